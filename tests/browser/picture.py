#!/usr/bin/env python3
"""Takes the pictures of the README: the demo with the example strategy, after some minutes, and the
head of the page while the venue is away.

  SLUICE=build/dev/sluice tests/browser/picture.py docs/images --minutes 4
"""

import argparse
import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/end_to_end"), str(ROOT / "scripts/first_minute")]

import chromium
import harness
import setups


def take_venue_away(case):
    """As the demo does, for long enough that everything that stands still is named."""
    script = [{**{k: v for k, v in fault.items() if k not in ("from_ms", "until_ms")}, "for_ms": 60_000}
              for fault in setups.faults()]
    case.venue("POST", "/sim/script", "\n".join(map(json.dumps, script)))


def main():
    cli = argparse.ArgumentParser()
    cli.add_argument("folder", type=pathlib.Path)
    cli.add_argument("--minutes", type=float, default=4)
    options = cli.parse_args()
    case = harness.SluiceTestCase()
    strategy = browser = None
    with tempfile.TemporaryDirectory(prefix="sluice-picture-") as folder:
        case.directory, case.started = pathlib.Path(folder), []
        try:
            case.run_ready(latency="300ms", port=harness.free_port(),
                           positions='"BTCUSDT=0.010","ETHUSDT=-0.300","SOLUSDT=5"',
                           replace=(("volatility_bp = 0", "volatility_bp = 5"),
                                    ('cooldown = "0ms"', 'cooldown = "15s"')),
                           extra='[exits]\nstop_bp = 40\ntarget_bp = 80\n[reconcile]\nforeign = "hold"\n')
            strategy = subprocess.Popen(
                [sys.executable, "-B", ROOT / "examples/breakout.py", "--url", case.sluice.url,
                 "--symbols", "40", "--window", "12"], stdout=subprocess.DEVNULL)
            browser = chromium.Chromium()
            page = browser.page(case.sluice.url + "/", width=1440, height=1240)
            page.until("document.body.classList.contains('ready')")
            time.sleep(60 * options.minutes)
            case.venue("POST", "/sim/trade", {"symbol": "SUIUSDT", "side": "BUY", "quantity": "30"})
            page.until_text("#holds", "SUIUSDT")
            page.until("document.querySelector('.key.age-held b').textContent === '1'")
            options.folder.mkdir(parents=True, exist_ok=True)
            page.shoot(options.folder / "dashboard.png")
            page.close()
            page = browser.page(case.sluice.url + "/", width=1440, height=620)
            page.until("document.body.classList.contains('ready')")
            take_venue_away(case)
            page.until_text("#alerts", "Stalled: exchange away")
            page.until_text("#alerts", "Stalled: mark stream down")
            page.shoot(options.folder / "outage.png")
        finally:
            if browser:
                browser.end()
            if strategy:
                strategy.terminate()
                strategy.wait()
            for each in case.started:
                each.end(signal.SIGKILL)


main()
