"""Requests that are slow, refused, or answered as the venue answers in trouble: E1 to E3."""

import time
import unittest

from field import ORDER, RISK, FaultsTestCase


class WaitingTestCase(FaultsTestCase):
    def test_e1_latency(self):
        self.begin(gate='stale_after_entry = "2s"\nstale_after_exit = "2s"\npark_entry = "1s"')
        closing, opening, other = self.names_of_symbols(3)
        self.hold_positions([closing])
        for latency in (50, 300):
            self.venue("POST", "/sim/latency", {"ms": latency})
            self.assert_allowed(self.entry(opening))
        self.venue("POST", "/sim/latency", {"ms": 2})
        # Every read but those of one symbol is late; then the rest of the journey is slow, too.
        after = self.last()
        self.provoke([{"effect": "delay", "path": RISK, "unless": {"symbol": closing}, "count": 0,
                       "delay_ms": self.vary.number("delay_ms", 30_000, 3_000, 60_000)}])
        self.until("too old", lambda: self.position(closing)["age_ms"] > 2_100)
        kind, codes = self.judged(self.entry(other))
        self.assertEqual(kind, "deny")
        self.assertIn("stale_exchange_state", codes)
        self.assert_allowed(self.exit(closing))
        refreshed = [r for r in self.arrivals(after, "GET", RISK)
                     if self.parameter(r, "symbol") == closing and r["status"] == 200]
        self.assertTrue(refreshed, "the exit was not refreshed by a read of its own")
        self.venue("POST", "/sim/latency", {"ms": 3_000})
        self.until_not_ready()
        self.venue("POST", "/sim/latency", {"ms": 2})
        self.check_end()

    def until_not_ready(self):
        self.until("not ready", lambda: self.get("/readyz").status == 503)


class PauseTestCase(FaultsTestCase):
    settle_ms = 400  # What was under way when the answer came.

    def test_e2_429_with_retry_after_pauses_everything(self):
        self.begin()
        closing, opening = self.names_of_symbols(2)
        self.hold_positions([closing])
        pause = self.vary.number("retry_after_s", 4, 3, 12)
        after = self.last()
        self.provoke([{"effect": "status", "reply": "too_many_429", "path": RISK,
                       "retry_after_s": pause, "count": 1}])
        said = self.until_answered(429, after)
        plans = [self.exit(closing), self.entry(opening)]
        self.offer(plans)
        self.until("told", lambda: self.exchange()["paused"])
        self.until("over", lambda: not self.exchange()["paused"], pause + 20)
        self.assertEqual(self.between(said["time"] + self.settle_ms, said["time"] + pause * 1000 - 50,
                                      after=after), [])
        self.until_ended(plans)
        self.assertEqual(self.ended()[plans[0]["plan_id"]][0], "done")
        self.no_hammering(said["time"] + pause * 1000 - 50)
        self.check_end()

    def no_hammering(self, since):
        """What comes in the first second after the pause."""
        self.assertLess(len(self.between(since, since + 1_000)), 15)

    def test_e2_429_of_orders_without_a_header_pauses_orders_alone(self):
        self.begin()
        opening, other = self.names_of_symbols(2)
        after = self.last()
        self.provoke([{"effect": "status", "status": 429, "path": ORDER, "method": "POST", "count": 1,
                       "body": '{"code":-1015,"msg":"Too many new orders; current limit is 300 orders'
                               ' per 10 SECOND."}'}])
        plans = [self.entry(opening)]
        self.offer(plans)
        said = self.until_answered(429, after)
        self.until("told", lambda: self.exchange()["paused"])
        plans.append(self.entry(other))
        self.offer(plans[1:])
        end = (said["time"] // 10_000 + 1) * 10_000
        self.until("over", lambda: not self.exchange()["paused"], 30)
        self.assertEqual(self.between(said["time"] + self.settle_ms, end, after=after, method="POST",
                                      path=ORDER), [])
        if end - said["time"] > 2_500:
            self.assertTrue(self.between(said["time"] + self.settle_ms, end, path=RISK),
                            "reads were paused, too")
        self.until_ended(plans)
        self.check_end()

    def test_e3_418_ban_over_a_restart(self):
        self.begin()
        closing, opening = self.names_of_symbols(2)
        self.hold_positions([closing])
        ban = self.vary.number("ban_s", 9, 8, 30)
        after = self.last()
        self.provoke([{"effect": "ban", "time_ms": ban * 1000}])
        said = self.until_answered(418, after)
        self.until("told", lambda: self.exchange()["banned_until"])
        self.until("told", lambda: "exchange_banned" in self.get("/readyz").text)
        for plan in (self.entry(opening, ttl="1s"), self.exit(closing, ttl="1s")):
            kind, codes = self.judged(plan)
            self.assertEqual(kind, "deny")
            self.assertIn("exchange_banned", codes)
        self.assertEqual(self.sluice.end(), 0)
        self.start_sluice(ready=False)
        self.until("told again", lambda: "exchange_banned" in self.get("/readyz").text)
        for plan in (self.entry(opening, ttl="1s"), self.exit(closing, ttl="1s")):
            kind, codes = self.judged(plan)
            self.assertEqual(kind, "deny")
            self.assertIn("exchange_banned", codes)
        self.until("over", lambda: not self.exchange()["banned_until"], ban + 20)
        began = time.monotonic()
        self.until_ready()
        self.assertLess(time.monotonic() - began, 20)
        self.assertEqual(self.between(said["time"] + self.settle_ms, said["time"] + ban * 1000 - 50), [])
        self.assertEqual(len([r for r in self.arrivals(after) if r["status"] == 418 and
                              r["time"] > said["time"] + self.settle_ms]), 0)
        self.check_end()


if __name__ == "__main__":
    unittest.main()
