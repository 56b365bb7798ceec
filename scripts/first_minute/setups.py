"""What scripts/demo runs: config/demo.toml in a folder of its own, with an outage; and the strategy."""

import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONFIG = ROOT / "config" / "demo.toml"
OUTAGE = ROOT / "scripts" / "first_minute" / "outage.jsonl"
# Few symbols and a short window: the first entries come after a dozen seconds, and stops of 15 basis
# points where marks wander by 5 a second are reached within a few more.
STRATEGY = ("--symbols", "12", "--window", "10", "--risk-bp", "15", "--time-limit", "2m")


def faults():
    """The script's faults, as it has them."""
    return [json.loads(line) for line in OUTAGE.read_text().splitlines()
            if line and not line.startswith("#")]


def outage_s():
    """From when until when the venue is away, in seconds since its start."""
    windows = {(each["from_ms"] / 1000, each["until_ms"] / 1000) for each in faults()}
    if len(windows) != 1:
        raise ValueError(f"{OUTAGE.name} has more than one time: {sorted(windows)}")
    return windows.pop()


def placed(text, directory, port):
    """The configuration with its files below the directory, on that port, and with the outage."""
    for pattern, wanted in (
            (r"var/demo\b", str(directory)),
            (r'(?m)^listen = .*$', f'listen = "127.0.0.1:{port}"'),
            (r"(?m)^\[simulator\]$", f"[simulator]\nscript = {json.dumps(str(OUTAGE))}")):
        text, count = re.subn(pattern, lambda _: wanted, text)
        if not count:
            raise ValueError(f"{CONFIG.name} has nothing like {pattern}")
    return text


def strategy(url):
    """The command of the example strategy."""
    return [sys.executable, "-B", str(ROOT / "examples" / "breakout.py"), "--url", url, *STRATEGY]
