"""A day of demo trading, dense in time: every stored verdict is made again, and other limits list flips.

Environment: DAY_PLANS (how many plans are offered, default 4000), DAY_SEED (default 1).
"""

import json
import os
import random
import subprocess
import sys
import time
import unittest
from collections import Counter
from decimal import Decimal

import world
from harness import BINARY, SluiceTestCase
from world import a_reduce, an_entry, rows

PLANS = int(os.environ.get("DAY_PLANS", "4000"))
SEED = int(os.environ.get("DAY_SEED", "1"))
ROUND = 50

VENUE = """
volatility_bp = 20
fills_max = 5
thin_book_percent = 10
balance = "10000000"
weight_limit_1m = 100000
order_limit_10s = 0
order_limit_1m = 0
[reconcile]
foreign = "hold"
"""


class DayTestCase(SluiceTestCase):
    def start_day(self, plans, more=""):
        self.plans = plans
        self.random = random.Random(SEED)
        self.run_ready(symbols=60, latency="5ms", extra=VENUE, replace=[
            ("volatility_bp = 0\n", ""),
            ('cooldown = "0ms"', 'cooldown = "200ms"\nstale_after_exit = "1500ms"\n'
                                 'stale_after_entry = "1500ms"\npark_entry = "800ms"\n' + more),
            ('bound = "1900ms"', 'bound = "1400ms"')])
        listing = self.get("/api/v1/universe").json()["symbols"]
        self.names = [s["symbol"] for s in listing if s["tradable"]]
        self.steps = {s["symbol"]: Decimal(s["step"]) for s in listing}

    def worth(self, name, value):
        """How much of it has that value, on its step."""
        mark = Decimal(self.venue("GET", f"/fapi/v1/premiumIndex?symbol={name}")["markPrice"])
        return value / mark // self.steps[name] * self.steps[name] + self.steps[name]

    def a_plan(self, number):
        name = self.random.choice(self.names)
        kind = self.random.randrange(20)
        if kind < 9:
            return an_entry(f"day-{number}", name, value=str(self.random.randrange(100, 3000)),
                            side=self.random.choice(["buy", "sell"]), ttl="3s")
        if kind < 17:
            return a_reduce(f"day-{number}", symbol=name, ttl="5s")
        if kind == 17:
            return an_entry(f"day-{number}", "NOSUCHUSDT")
        if kind == 18:
            return an_entry(f"day-{number}", name, value="1")
        return {"plan_id": f"day-{number}", "source": "test", "symbol": name, "kind": "cancel",
                "cancels": f"day-{max(number - 10, 0)}"}

    def something_happens(self, turn):
        """In turn: reads stop, a person trades, orders are in doubt, replies are late; then calm."""
        what = turn % 20
        name = self.random.choice(self.names)
        if what == 1:
            self.venue("POST", "/sim/fault", {"effect": "hang", "method": "GET", "for_ms": 3500,
                                              "path": "/fapi/v3/positionRisk", "count": 0})
        elif what == 3:
            self.venue("POST", "/sim/trade", {
                "symbol": name, "side": self.random.choice(["BUY", "SELL"]),
                "quantity": str(self.worth(name, 400))})
        elif what == 5:
            self.venue("POST", "/sim/fault", {"effect": "status", "reply": "unknown_503", "count": 3,
                                              "execute": True, "method": "POST",
                                              "path": "/fapi/v1/order"})
        elif what == 7:
            self.venue("POST", "/sim/fault", {"effect": "delay", "delay_ms": 400, "for_ms": 1000,
                                              "count": 0})

    def trade(self):
        """Offers one round after the other, each when all of the earlier ones are judged.

        A second open of a symbol is refused at the door and leaves nothing to judge.
        """
        self.taken = self.by_the_gate = 0
        for turn, first in enumerate(range(0, self.plans, ROUND)):
            plans = [self.a_plan(n) for n in range(first, min(first + ROUND, self.plans))]
            reply = self.post("/api/v1/plans", plans)
            self.assertIn(reply.status, (200, 202), reply.text)
            statuses = Counter(r["status"] for r in reply.json())
            self.taken += statuses["accepted"] + statuses["duplicate"]
            self.by_the_gate += statuses["accepted"]
            self.something_happens(turn)
            self.until("judged", lambda: self.judged() >= self.taken)
        self.assertGreater(self.taken, self.plans * 3 // 4)
        self.until("all judged", lambda: self.judged() == self.taken)
        self.until("all resolved", lambda: self.status()["orders"]["under_way"] == 0)
        self.assertEqual(self.sluice.end(), 0)

    def journal(self):
        return self.directory / "state" / "journal.db"

    def judged(self):
        return rows(self.journal(), "SELECT count(*) FROM plan WHERE plan_id LIKE 'day-%'"
                                    " AND verdict IS NOT NULL")[0][0]

    def kinds(self):
        return Counter(reason or "allow" for reason, in rows(
            self.journal(), "SELECT reason FROM verdict"))

    def replay(self, *more):
        began = time.monotonic()
        done = subprocess.run([BINARY, "replay", "--json", str(self.journal()), *more],
                              capture_output=True, text=True, check=False)
        report = json.loads(done.stdout)
        self.assertEqual(done.returncode, 1 if report["differing"] else 0, done.stderr)
        report["seconds"] = time.monotonic() - began
        return report

    def test_a_day_of_trading_agrees_on_every_verdict_and_other_limits_list_flips(self):
        began = time.monotonic()
        self.start_day(PLANS)
        self.trade()
        traded_s = time.monotonic() - began
        kinds = self.kinds()
        # A day that shows nothing would agree with anything.
        for reason in ("allow", "no_position", "stale_exchange_state", "reconcile_hold_active",
                       "symbol_not_in_universe", "cooldown_in_flight"):
            self.assertGreater(kinds[reason], 0, f"{reason}: {kinds}")
        same = self.replay()
        self.assertEqual(same["differing"], [])
        self.assertEqual(same["same"] + same["outside"], same["verdicts"])
        self.assertGreaterEqual(same["verdicts"], self.by_the_gate)
        shorter = self.replay("--set", "gate.stale_after_entry=100ms")
        self.assertGreater(shorter["by_reason"].get("allow -> stale_exchange_state", 0), 0)
        done = subprocess.run([BINARY, "journal", "verify", str(self.journal())],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        print(json.dumps({"plans": PLANS, "traded_s": round(traded_s), "verdicts": same["verdicts"],
                          "outside": same["outside"], "replay_s": round(same["seconds"], 2),
                          "verdicts_replayed_per_s": round(same["verdicts"] / same["seconds"]),
                          "flips_at_100ms": len(shorter["differing"]), "reasons": dict(kinds)}),
              file=sys.stderr)

    def test_a_longer_limit_lists_what_was_denied_for_truth_that_came_late(self):
        """As in the incident: reads are slow, and no plan has one made on demand."""
        self.start_day(min(PLANS, 600), "read_on_demand = false\n")
        self.venue("POST", "/sim/fault", {"effect": "delay", "delay_ms": 1600, "count": 0,
                                          "path": "/fapi/v3/positionRisk"})
        self.until("late", lambda: "truth_stale" in self.get("/readyz").text)
        self.trade()
        self.assertEqual(self.replay()["differing"], [])
        longer = self.replay("--set", "gate.stale_after_entry=1m", "--set",
                             "gate.stale_after_exit=1m")
        self.assertGreater(longer["by_reason"].get("stale_exchange_state -> allow", 0), 0,
                           self.kinds())


assert world  # It puts the harness on the path.

if __name__ == "__main__":
    unittest.main()
