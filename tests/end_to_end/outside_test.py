"""Trading on a venue of its own process, as in modes testnet and live."""

import time
import unittest

from harness import LIMIT_S, OutsideTestCase, Relay, an_open, free_port


class OutsideVenueTestCase(OutsideTestCase):
    def test_a_venue_of_its_own_process_is_traded_on_like_any_other(self):
        self.write_keys()
        port = free_port()
        self.start_venue(port)
        self.sluice = self.start(self.outside(port))
        self.sluice.wait_url()
        self.until_ready()
        reply = self.post("/api/v1/plans?wait=5s", an_open("p")).json()
        self.assertEqual(reply["judged"]["verdict"]["kind"], "allow")
        self.until("filled", lambda: self.status()["orders"]["filled"] == 1)

    def test_it_is_not_ready_before_half_of_the_symbols_have_a_mark(self):
        """Marks of symbols that are not known yet count for nothing; what is held has one, by its read."""
        self.write_keys()
        self.start_venue(free_port())
        self.venue("POST", "/sim/trade", {"symbol": "BTCUSDT", "side": "buy", "quantity": "0.010"})
        self.venue("POST", "/sim/fault", {"effect": "delay", "path": "/fapi/v1/exchangeInfo", "count": 0,
                                          "delay_ms": 2_500})
        self.sluice = self.start(self.outside(self.venue_port))
        self.sluice.wait_url()
        self.until_ready()
        marks = [row["mark"] for row in self.get("/api/v1/positions?all").json()["positions"]]
        self.assertGreaterEqual(2 * sum(mark is not None for mark in marks), len(marks))

    def test_a_clock_that_is_known_too_roughly_is_measured_again_within_seconds(self):
        """It would be in a minute: at first both measurements of a start take long, as on a busy machine."""
        self.write_keys()
        self.start_venue(free_port())
        self.venue("POST", "/sim/fault", {"effect": "delay", "path": "/fapi/v1/time", "count": 2, "delay_ms": 2_500})
        self.sluice = self.start(self.outside(self.venue_port))
        self.sluice.wait_url()
        self.until("named", lambda: "clock_uncertain" in self.get("/readyz").text)
        self.until("ready", lambda: self.get("/readyz").status == 200, LIMIT_S / 2)

    def test_without_a_venue_nothing_is_allowed_until_it_comes(self):
        self.write_keys()
        port = free_port()
        behind = free_port()
        self.start_venue(behind)
        self.sluice = self.start(self.outside(port))
        self.sluice.wait_url()
        self.until("reasons", lambda: "exchange_unreachable" in self.get("/readyz").text
                   or "no_truth" in self.get("/readyz").text)
        self.assertEqual(self.get("/readyz").status, 503)
        reply = self.post("/api/v1/plans?wait=9s", an_open("p", ttl="2s")).json()
        self.assertNotEqual(reply["judged"]["verdict"]["kind"], "allow")
        relay = Relay(port, behind)
        self.addCleanup(relay.close)
        self.until_ready()

    def test_a_secret_that_others_may_read_is_refused(self):
        self.write_keys(mode=0o644)
        code, _, errors = self.finish(self.outside(free_port()))
        self.assertEqual(code, 77)
        self.assertIn("0600", errors)
        self.assertNotIn("s" * 32, errors)

    def test_live_needs_to_be_understood_on_the_command_line_too(self):
        self.write_keys()
        port = free_port()
        self.start_venue(port)
        config = self.outside(port, mode="live", more="live = true")
        code, output, errors = self.finish(config)
        self.assertEqual(code, 78)
        self.assertIn("--i-understand-live", errors)
        self.assertEqual(output, "")
        self.sluice = self.start(config, "run", "--i-understand-live")
        self.sluice.wait_url()
        self.until_ready()
        self.assertEqual(self.status()["mode"], "live")

    def test_a_ban_is_obeyed_over_a_restart(self):
        self.obeyed_over_a_restart(418, "exchange_banned")

    def test_a_pause_is_obeyed_over_a_restart(self):
        self.obeyed_over_a_restart(429, "truth_stale")

    def obeyed_over_a_restart(self, status, told):
        self.write_keys()
        port = free_port()
        self.start_venue(port)
        config = self.outside(port)
        self.sluice = self.start(config)
        self.sluice.wait_url()
        self.until_ready()
        self.venue("POST", "/sim/fault", {
            "effect": "status", "path": "/fapi/", "count": 1, "status": status, "retry_after_s": 12,
            "body": '{"code":-1003,"msg":"Way too many requests; IP banned."}'})
        self.until("stopped", lambda: told in self.get("/readyz").text)
        stopped_at = time.monotonic()
        self.assertEqual(self.sluice.end(), 0)
        self.sluice = self.start(config)
        self.sluice.wait_url()
        what = "exchange_banned" if status == 418 else "no_truth"
        self.until("still stopped", lambda: what in self.get("/readyz").text)
        sent = len(self.api_requests())
        self.until("over", lambda: what not in self.get("/readyz").text)
        self.assertGreater(time.monotonic() - stopped_at, 8)
        self.until_ready()
        answers = [r["status"] for r in self.api_requests()]
        self.assertEqual(answers[sent - 1], status, "something was sent while stopped")


if __name__ == "__main__":
    unittest.main()
