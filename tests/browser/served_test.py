"""What the dashboard is given, without a browser: its files, ages, and the verdicts of a minute."""

import unittest

from browser_case import MarkedTestCase
from harness import a_reduce, an_open


class ServedTestCase(MarkedTestCase):
    def test_the_page_is_served_with_a_strict_policy_and_revalidated(self):
        self.run_ready(symbols=20)
        page = self.get("/")
        self.assertEqual(page.headers["Content-Type"], "text/html; charset=utf-8")
        self.assertIn("default-src 'self'", page.headers["Content-Security-Policy"])
        self.assertNotIn("unsafe", page.headers["Content-Security-Policy"])
        self.assertEqual(page.headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        again = self.get("/", {"If-None-Match": page.headers["ETag"]})
        self.assertEqual((again.status, again.text), (304, ""))
        for path in ("/assets/app.js", "/assets/style.css", "/assets/vendor/uplot/uPlot.iife.min.js"):
            self.assertEqual(self.get(path).status, 200, path)
        for path in ("/assets/../index.html", "/assets/%2e%2e/app.js", "/assets/", "/index.html"):
            self.assertEqual(self.get(path).status, 404, path)
        self.assertEqual(self.post("/", {}).status, 405)

    def test_ages_have_a_row_for_each_symbol_with_what_is_promised(self):
        self.run_ready(symbols=20, positions='"ETHUSDT=0.500"')
        document = self.get("/api/v1/ages").json()
        self.assertEqual(document["bound_ms"], 1900)
        rows = {row[0]: dict(zip(document["columns"], row)) for row in document["rows"]}
        self.assertEqual(len(rows), self.status()["truth"]["symbols"])
        self.assertEqual(rows["ETHUSDT"]["truth"], "open")
        self.assertEqual(rows["BTCUSDT"]["truth"], "flat")
        for row in rows.values():
            self.assertEqual(row["position_side"], "both")
            self.assertTrue(row["promised"])
            self.assertTrue(0 <= row["age_ms"] < 60_000, row)

    def test_under_open_positions_nothing_is_promised_of_what_is_flat(self):
        self.run_ready(symbols=20, positions='"ETHUSDT=0.500"',
                       replace=(('bound = "1900ms"', 'bound = "1900ms"\nstrategy = "open_positions"'),))
        rows = {row[0]: row[4] for row in self.get("/api/v1/ages").json()["rows"]}
        self.assertEqual({name for name, promised in rows.items() if promised}, {"ETHUSDT"})

    def test_the_status_counts_and_times_the_verdicts_of_the_last_minute_by_lane(self):
        self.run_ready(symbols=20)
        before = self.status()["verdicts_1m"]
        self.assertEqual(before["exit"]["latency_us"], {"p50": None, "p99": None})
        self.post("/api/v1/plans?wait=20s", an_open("one"))
        self.post("/api/v1/plans?wait=20s", a_reduce("two", "DOGEUSDT"))
        recent = self.until("counted", lambda: [v for v in [self.status()["verdicts_1m"]]
                                                if v["exit"]["denied"] and v["entry"]["allowed"]])[0]
        for lane in ("exit", "entry"):
            self.assertGreater(recent[lane]["latency_us"]["p50"], 0)
            self.assertLessEqual(recent[lane]["latency_us"]["p50"], recent[lane]["latency_us"]["p99"])
        # An exit of what is flat has what it wanted.
        self.assertEqual(recent["exits_blocked"], 0)
        self.assertIsNone(recent["last_exit_blocked"])

    def test_an_exit_that_ends_blocked_is_in_the_status_with_why(self):
        self.run_ready(symbols=20, positions='"ETHUSDT=0.500"')
        self.post("/api/v1/state", {"state": "halted", "author": "alice", "reason": "drill"})
        self.post("/api/v1/plans?wait=20s", a_reduce("out", "ETHUSDT", ttl="1s"))
        recent = self.until("blocked", lambda: [v for v in [self.status()["verdicts_1m"]]
                                                if v["exits_blocked"]])[0]
        self.assertEqual(recent["exits_blocked"], 1)
        self.assertIn("plan out wanted", recent["last_exit_blocked"]["what"])


if __name__ == "__main__":
    unittest.main()
