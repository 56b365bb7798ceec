#!/usr/bin/env python3
"""Takes the picture of the README: the demo with the example strategy, after some minutes.

  SLUICE=build/dev/sluice tests/browser/picture.py docs/images/dashboard.png --minutes 4
"""

import argparse
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/end_to_end"))

import chromium
import harness


def main():
    cli = argparse.ArgumentParser()
    cli.add_argument("path", type=pathlib.Path)
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
            options.path.parent.mkdir(parents=True, exist_ok=True)
            page.shoot(options.path)
        finally:
            if browser:
                browser.end()
            if strategy:
                strategy.terminate()
                strategy.wait()
            for each in case.started:
                each.end(signal.SIGKILL)


main()
