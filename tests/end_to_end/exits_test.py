"""Exits that arise by themselves against a real venue over TLS, restarts among them."""

import json
import signal
import unittest

from harness import OutsideTestCase, free_port
from stops_test import BTC, STOPS, Stops

OF_SOURCE = """
[exits.sources.test]
trail_distance_r = "0.9"
"""


class ExitsTestCase(Stops, OutsideTestCase):
    def setUp(self):
        super().setUp()
        self.write_keys()
        self.port = free_port()
        self.start_venue(self.port)

    def run_outside(self, more):
        config = self.outside(self.port)
        config.write_text(config.read_text() + more)
        self.sluice = self.start(config)
        self.sluice.wait_url()
        self.until_ready()

    def exit(self):
        return (self.position(BTC) or {}).get("exit") or {}

    def exits(self):
        """Reason and target of each exit, oldest first."""
        return [(body["body"]["reason"], body["body"]["target"]) for body in (
            json.loads(text) for (text,) in self.journal(
                "SELECT body FROM record WHERE kind = 'plan_accepted' ORDER BY seq"))
            if body["source"] == "exit_engine"]

    def test_a_gain_is_taken_in_parts_and_the_rest_follows_the_mark_over_a_kill(self):
        self.run_outside(STOPS + OF_SOURCE)
        start = self.mark()
        risk = round(start * 0.02, 1)
        stop = round(start - risk, 1)
        self.open_by_us(stop)
        self.until_resting(stop)
        entry = float(self.position(BTC)["entry"])
        self.until("shown", lambda: self.exit().get("policy") == "source test")
        self.assertEqual(self.exit()["next_tranche"]["target"], "0.075")
        self.until("fee counted", lambda: float(self.exit()["cost"]) > 0)
        d0 = entry - stop
        per_unit = float(self.exit()["cost"]) / 0.1
        self.set_mark(entry + 1.02 * d0 + per_unit)
        self.until("a quarter taken", lambda: self.held() == 75)
        self.until("seen", lambda: self.exit()["next_tranche"]["number"] == 2)
        self.until("stop moved", lambda: len(self.resting()) == 1 and self.resting()[0] > entry)
        self.assertEqual(self.exits(), [("take_profit", "0.075")])
        tightened = self.resting()
        self.sluice.end(signal.SIGKILL)

        self.run_outside(STOPS + OF_SOURCE)
        self.until("resumed", lambda: self.exit().get("next_tranche", {}).get("number") == 2)
        self.assertEqual(self.resting(), tightened)
        self.set_mark(entry + 1.7 * d0 + per_unit)
        self.until("another quarter taken", lambda: self.held() == 50)
        self.until("trailing", lambda: self.exit()["stop_by"] == "trailing")
        self.set_mark(entry + 0.6 * d0)
        self.until_flat_and_agreed()
        taken = self.exits()
        self.assertEqual(taken[:2], [("take_profit", "0.075"), ("take_profit", "0.05")])
        # The venue's own stop may have been first.
        self.assertIn(taken[2:], ([], [("trailing", "0")]))

    def test_the_numbers_of_an_exit_are_told_by_explain(self):
        self.run_outside("")
        stop = round(self.mark() * 0.99, 1)
        self.open_by_us(stop)
        self.set_mark(stop - 5)
        self.until_flat_and_agreed()
        self.assertEqual(self.exits(), [("stop_crossed", "0")])
        exit_plan = self.journal("SELECT plan_id FROM plan WHERE source = 'exit_engine'")[0][0]
        story = self.get("/api/v1/plans/" + exit_plan).text
        self.assertIn(f"mark {stop - 5:.1f} <= stop {stop:.1f}".replace(".0 ", " ").removesuffix(".0"),
                      story)

    def test_a_position_that_nothing_limits_is_told_of(self):
        self.run_outside(f'[exits.symbols.{BTC}]\nstop_bp = 0\ntime_limit = "0s"\n')
        self.venue("POST", "/sim/trade", {"symbol": BTC, "side": "BUY", "quantity": "0.1"})
        self.until("seen", lambda: (self.position(BTC) or {}).get("unprotected") is True)
        self.until("warned", lambda: "unprotected" in [w["reason"] for w in self.status()["warnings"]])
        self.assertIn("sluice_positions_unprotected 1", self.get("/metrics").text)


if __name__ == "__main__":
    unittest.main()
