"""A day of the market at a hundred times its speed: the example strategy enters, the exit engine
exits, and the books agree with the venue's to the last digit.

Environment: DAY_MARKS (marks of each symbol, one for a second of the day; default 3000, which takes
half a minute; a whole day has 86400).
"""

import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest
from collections import Counter, defaultdict
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "end_to_end"), str(HERE.parent / "crash")]

import oracle  # noqa: E402
from harness import LIMIT_S, SluiceTestCase  # noqa: E402

MARKS = int(os.environ.get("DAY_MARKS", "3000"))
TICK_S = 0.01

VENUE = """
tick_period = "10ms"
volatility_bp = 5
half_spread_bp = 1
fills_max = 3
weight_limit_1m = 100000
order_limit_10s = 0
order_limit_1m = 0
[exits]
retry_after = "100ms"
"""


def digits(value, rounding):
    return value.quantize(Decimal("1e-8"), rounding=rounding)


class Book:
    """One position by its fills alone: average entry, profit when it shrinks."""

    def __init__(self):
        self.amount, self.entry, self.realised = Decimal(0), Decimal(0), Decimal(0)

    def apply(self, change, price):
        before = self.amount
        self.amount += change
        if before * change >= 0:
            value = abs(before) * self.entry + abs(change) * price
            self.entry = digits(value / abs(self.amount), ROUND_HALF_UP)
        else:
            closed = min(abs(change), abs(before))
            gain = (price - self.entry) * (1 if before > 0 else -1)
            self.realised += digits(closed * gain, ROUND_DOWN)
            if before * self.amount < 0:
                self.entry = price


class TradingDayTestCase(SluiceTestCase):
    def start_strategy(self):
        out = open(self.directory / "strategy.txt", "wb")
        self.addCleanup(out.close)
        self.strategy = subprocess.Popen(
            [sys.executable, "-B", str(HERE.parent.parent / "examples" / "breakout.py"), "--url",
             self.sluice.url, "--symbols", "12", "--window", "60", "--period", "0.02",
             "--time-limit", "6s"], stdout=out, stderr=out)
        self.addCleanup(self.end_strategy)

    def end_strategy(self):
        if self.strategy.poll() is None:
            self.strategy.send_signal(signal.SIGTERM)
            self.strategy.wait(LIMIT_S)

    def trade(self):
        self.run_ready(symbols=12, latency="2ms", extra=VENUE,
                       replace=[("volatility_bp = 0\n", "")])
        self.start_strategy()
        end = time.monotonic() + MARKS * TICK_S
        while time.monotonic() < end:
            self.assertIsNone(self.strategy.poll(), (self.directory / "strategy.txt").read_text())
            time.sleep(min(0.5, MARKS * TICK_S / 10))
        self.end_strategy()

    def all_flat(self):
        return not [p for p in self.get("/api/v1/positions?all").json()["positions"]
                    if p["truth"] != "flat"]

    def journal(self):
        return self.directory / "state" / "journal.db"

    def account(self):
        return self.venue("GET", "/sim/ledger")["accounts"][0]

    def agrees(self, account):
        """True when every trade of the venue is in the journal."""
        return oracle.rows(self.journal(), "SELECT count(*) FROM fill")[0][0] == \
            len(account["fills"])

    def test_a_day_of_the_example_strategy_earns_what_the_venue_says_to_the_last_digit(self):
        self.trade()
        self.until("every position closed by the exit engine", self.all_flat)
        account = self.account()
        self.assertEqual(account["positions"], [])
        self.until("every trade in the journal", lambda: self.agrees(account))
        self.check_books(account)
        self.check_reasons()
        self.assertEqual(oracle.violations(self.journal(), account), [])
        self.assertEqual(self.sluice.end(), 0)
        self.assertEqual(oracle.state_faults(self.journal()), [])

    def check_books(self, account):
        """Once by what the venue told of each trade, once from prices and amounts alone."""
        books, fees, told = defaultdict(Book), Decimal(0), Decimal(0)
        for symbol, side, amount, price, fee, realised in oracle.rows(
                self.journal(), "SELECT symbol, direction, amount, price, fee, realised FROM fill"
                                " ORDER BY symbol, trade_id"):
            signed = Decimal(amount) * (1 if side == "buy" else -1)
            books[symbol].apply(signed, Decimal(price))
            fees += Decimal(fee)
            told += Decimal(realised)
        profit = sum(b.realised for b in books.values())
        self.assertEqual(told, Decimal(account["realised"]))
        self.assertEqual(profit, Decimal(account["realised"]))
        self.assertEqual(fees, Decimal(account["fees"]))
        self.assertEqual(
            Decimal(account["wallet"]),
            Decimal(account["initial_balance"]) + profit - fees + Decimal(account["funding"]))
        print(f"{len(account['fills'])} trades, profit {profit}, fees {fees}")

    def check_reasons(self):
        """Entries came, all by the strategy; exits came, all by the engine, for several reasons."""
        plans = Counter(oracle.rows(
            self.journal(), "SELECT source, kind FROM plan WHERE verdict = 'allow'"))
        reasons = Counter(r[0] for r in oracle.rows(
            self.journal(), "SELECT json_extract(body, '$.body.reason') FROM record"
                            " WHERE kind = 'plan_accepted'") if r[0])
        print(plans, reasons)
        self.assertEqual({k for _, k in plans}, {"open", "reduce"})
        self.assertEqual({s for s, k in plans if k == "open"}, {"breakout"})
        self.assertEqual({s for s, k in plans if k == "reduce"}, {"exit_engine"})
        self.assertGreater(plans["breakout", "open"], 10)
        self.assertGreaterEqual(len(reasons), 2)


if __name__ == "__main__":
    unittest.main()
