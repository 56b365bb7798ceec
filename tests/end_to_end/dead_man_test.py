"""The venue's own countdown: armed while orders of ours are open, and what it does without us."""

import signal
import unittest

from harness import OutsideTestCase, SluiceTestCase, an_open, free_port

BTC = "BTCUSDT"
DEAD_MAN = """
[dead_man]
enabled = true
after = "5s"
refresh = "2s"
symbols_max = 1
"""


class DeadMan:
    """What the venue was told and what it did; mixed into the test cases."""

    def countdowns(self, symbol=BTC):
        """What was asked for, oldest first, in milliseconds."""
        found = []
        for r in self.venue("GET", "/sim/transcript"):
            given = dict(p.split("=") for p in r["parameters"].split("&") if "=" in p)
            if r["path"] == "/fapi/v1/countdownCancelAll" and given["symbol"] == symbol:
                found.append(int(given["countdownTime"]))
        return found

    def open_one_that_gets_lost(self, plan_id="lost", symbol=BTC):
        """An order that stays open for us until it is proven that it never arrived."""
        self.venue("POST", "/sim/fault", {"effect": "hang", "method": "POST",
                                          "path": "/fapi/v1/order", "count": 1})
        self.post("/api/v1/plans", an_open(plan_id, symbol=symbol, quantity="0.010"))
        self.until("open", lambda: self.status()["orders"]["under_way"] == 1)

    def a_resting_order_of_a_person(self):
        mark = self.mark_of(BTC)
        self.venue("POST", "/sim/order", {"symbol": BTC, "side": "BUY", "quantity": "0.010",
                                          "price": f"{mark * 0.9:.0f}"})

    def open_at_venue(self):
        return [o for o in self.venue("GET", "/sim/ledger")["accounts"][0]["orders"] if o["open"]]


class DeadManTestCase(DeadMan, SluiceTestCase):
    def test_the_countdown_is_armed_while_an_order_is_open_and_then_disarmed(self):
        self.run_ready(symbols=20, extra=DEAD_MAN)
        self.assertEqual(self.status()["dead_man"],
                         {"enabled": True, "healthy": True, "armed": [], "left_out": 0})
        self.open_one_that_gets_lost()
        self.until("armed", lambda: self.status()["dead_man"]["armed"] == [BTC])
        self.until("signs", lambda: self.countdowns().count(5000) >= 2)
        self.until("resolved", lambda: self.status()["orders"]["under_way"] == 0)
        self.until("disarmed", lambda: self.status()["dead_man"]["armed"] == [])
        self.until("taken back", lambda: self.countdowns()[-1] == 0)
        self.assertEqual(self.countdowns().count(0), 1)

    def test_orders_that_end_at_once_cost_no_sign(self):
        self.run_ready(symbols=20, extra=DEAD_MAN)
        for i in range(3):
            self.post("/api/v1/plans?wait=5s", an_open(f"p{i}", side="buy" if i == 0 else "sell"))
        self.until("filled", lambda: self.status()["orders"]["filled"] >= 1)
        self.until("ended", lambda: self.status()["orders"]["under_way"] == 0)
        self.assertEqual(self.countdowns(), [])

    def test_switched_off_no_sign_is_given(self):
        self.run_ready(symbols=20)
        self.open_one_that_gets_lost()
        self.until("resolved", lambda: self.status()["orders"]["under_way"] == 0)
        self.assertEqual(self.countdowns(), [])
        self.assertFalse(self.status()["dead_man"]["enabled"])

    def test_more_weight_than_its_share_is_refused_with_the_arithmetic(self):
        config = self.demo_config(extra=DEAD_MAN.replace("symbols_max = 1", "symbols_max = 9"))
        code, _, errors = self.finish(config)
        self.assertEqual(code, 78)
        self.assertIn("9 symbols every 2s cost weight 2700 a minute", errors)


class DeadManOutsideTestCase(DeadMan, OutsideTestCase):
    def test_when_the_process_is_killed_the_venue_cancels_what_rests(self):
        self.write_keys()
        port = free_port()
        self.start_venue(port)
        config = self.outside(port)
        config.write_text(config.read_text() + DEAD_MAN)
        self.sluice = self.start(config)
        self.sluice.wait_url()
        self.until_ready()
        self.a_resting_order_of_a_person()
        self.open_one_that_gets_lost()
        self.until("armed", lambda: self.status()["dead_man"]["armed"] == [BTC])
        self.until("a second sign", lambda: len(self.countdowns()) >= 2)
        self.assertEqual(len(self.open_at_venue()), 1)
        self.sluice.end(signal.SIGKILL)
        self.until("cancelled by the venue", lambda: self.open_at_venue() == [])


if __name__ == "__main__":
    unittest.main()
