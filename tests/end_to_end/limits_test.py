"""Limits that a restart forgets nothing of, what is shown of them, and plans that are only tried."""

import decimal
import itertools
import json
import subprocess
import unittest

from harness import BINARY, LIMIT_S, NO_LIMITS, SluiceTestCase, a_reduce, an_open


class LimitsTestCase(SluiceTestCase):
    def run_limited(self, **limits):
        """With these limits and no others."""
        text = NO_LIMITS
        for name, value in limits.items():
            line = next(old for old in NO_LIMITS.splitlines() if old.startswith(name + " ="))
            text = text.replace(line, f"{name} = {json.dumps(value)}")
        self.run_ready(positions="", symbols=20, replace=[(NO_LIMITS, text)])

    def limits(self):
        return self.get("/api/v1/limits").json()

    def judge(self, plan):
        reply = self.post("/api/v1/plans?wait=5s", plan).json()
        verdict = reply["judged"]["verdict"]
        return "allow" if verdict["kind"] == "allow" else verdict["refusals"][0]["code"]

    def open_and_close(self, name, symbol="BTCUSDT"):
        self.assertEqual(self.judge(an_open(f"in-{name}", symbol=symbol)), "allow")
        self.until("open", lambda: self.position(symbol)["truth"] == "open")
        self.assertEqual(self.judge(a_reduce(f"out-{name}", symbol=symbol)), "allow")
        self.until("closed", lambda: self.position(symbol)["truth"] == "flat"
                   and float(self.position(symbol)["ledger"] or 1) == 0)

    def test_the_last_place_is_given_once_and_is_free_again_when_the_position_is_closed(self):
        self.run_limited(open_positions_max=1)
        batch = [an_open(f"e-{i}", symbol=s, quantity=q) for i, (s, q) in enumerate(
            [("BTCUSDT", "0.010"), ("ETHUSDT", "0.100"), ("SOLUSDT", "5")])]
        judged = [r["judged"]["verdict"] for r in self.post("/api/v1/plans?wait=5s", batch).json()]
        self.assertEqual([v["kind"] for v in judged].count("allow"), 1)
        refused = next(v for v in judged if v["kind"] == "deny")["refusals"][0]
        self.assertEqual(refused["code"], "limit_open_positions")
        line = self.limits()["limits"]["open_positions"]
        self.assertEqual((line["used"], line["max"], line["left"], line["percent"]), (1, 1, 0, 100))
        self.until("gauge", lambda: 'sluice_limit_used{limit="open_positions"} 1'
                   in self.get("/metrics").text)
        self.assertIn('sluice_limit_max{limit="open_positions"} 1', self.get("/metrics").text)
        self.assertEqual(self.status()["limits"]["open_positions"]["max"], 1)
        held = self.until("held", lambda: next(
            (s for s in ("BTCUSDT", "ETHUSDT", "SOLUSDT")
             if (self.position(s) or {}).get("truth") == "open"), None))
        self.assertEqual(self.judge(a_reduce("close", symbol=held)), "allow")
        self.until("closed", lambda: self.position(held)["truth"] == "flat")
        self.until("free", lambda: self.limits()["limits"]["open_positions"]["used"] == 0)
        self.assertEqual(self.judge(an_open("next", symbol="XRPUSDT", quantity="100")), "allow")

    def test_rates_and_round_trips_and_the_day_survive_a_restart(self):
        self.run_limited(symbol_entries_per_hour_max=2, round_trips_per_day_max=1)
        self.open_and_close("first")
        before = self.limits()
        # Another amount: the same wish again would be a duplicate of the first.
        self.assertEqual(self.judge(an_open("again", quantity="0.011")), "limit_round_trips")
        self.assertEqual(before["symbols"][0]["banned"], True)
        config = self.directory / "sluice.toml"
        self.sluice.end()
        self.sluice = self.start(config)
        self.sluice.wait_url()
        self.until_ready()
        after = self.limits()
        self.assertEqual(after["today"], before["today"])
        for seen in (before, after):
            del seen["symbols"][0]["entries_minute"]  # A restart may take a minute.
        self.assertEqual(after["symbols"], before["symbols"])
        self.assertEqual(after["limits"]["symbol_entries_per_hour"]["used"], 1)
        # For a moment what the last run filled last binds like an order under way.
        tries = itertools.count()
        self.until("judged by the limit",
                   lambda: self.judge(an_open(f"later-{next(tries)}")) != "order_in_flight")
        self.assertEqual(self.judge(an_open("later")), "limit_round_trips")

    def test_the_result_of_the_day_is_that_of_the_venue_to_the_last_digit(self):
        self.run_limited(daily_loss_max="1000")
        for i, symbol in enumerate(("BTCUSDT", "ETHUSDT", "BTCUSDT")):
            mark = self.position(symbol)["mark"]
            self.assertEqual(self.judge(an_open(f"in-{i}", symbol=symbol, quantity=f"0.12{i}")),
                             "allow")
            self.until("open", lambda: self.position(symbol)["truth"] == "open")
            moved = decimal.Decimal(mark) * decimal.Decimal("0.9987")
            self.venue("POST", "/sim/mark", {"symbol": symbol, "price": f"{moved:.1f}"})
            self.until("seen", lambda: self.position(symbol)["mark"] != mark)
            self.assertEqual(self.judge(a_reduce(f"out-{i}", symbol=symbol)), "allow")
            self.until("closed", lambda: self.position(symbol)["truth"] == "flat")
        account = self.venue("GET", "/sim/ledger")["accounts"][0]
        result = decimal.Decimal(account["realised"]) - decimal.Decimal(account["fees"])
        self.until("booked", lambda: decimal.Decimal(self.limits()["today"]["result"]) == result)
        self.assertLess(result, 0)
        self.assertEqual(decimal.Decimal(self.limits()["limits"]["daily_loss"]["used"]), -result)

    def test_the_margin_is_read_where_a_limit_needs_it(self):
        self.run_limited(margin_use_percent_max=50, drawdown_percent_max=50)
        self.until("read", lambda: self.limits()["margin"])
        self.assertGreater(float(self.limits()["margin"]["equity"]), 0)
        self.assertEqual(self.limits()["limits"]["drawdown_percent"]["used"], 0)
        self.assertEqual(self.judge(an_open("e")), "allow")

    def dry_run(self, plan, *words):
        done = subprocess.run([BINARY, "plan", "--dry-run", "-", "--url", self.sluice.url, *words],
                              input=json.dumps(plan), capture_output=True, text=True,
                              timeout=LIMIT_S, cwd=self.directory)
        return done.returncode, done.stdout, done.stderr

    def test_a_dry_run_shows_every_rule_and_leaves_no_trace(self):
        self.run_limited(order_notional_max="100000", open_positions_max=3)
        shown = self.post("/api/v1/plans?dry_run=true", an_open("tried")).json()
        self.assertEqual((shown["verdict"], shown["reason"], shown["size"]),
                         ("allow", None, "0.01"))
        rules = {r["code"]: r for r in shown["rules"]}
        self.assertEqual(rules["limit_open_positions"],
                         {"code": "limit_open_positions", "passes": True, "observed": "1",
                          "limit": "3"})
        self.assertGreater(float(rules["limit_order_notional"]["observed"]), 0)
        self.assertNotIn("no_position", rules)
        self.assertIn("exposure", shown["facts"])
        self.assertEqual(self.get("/api/v1/plans/tried").status, 404)
        self.assertEqual(self.status()["plans"]["accepted"], 0)
        self.assertNotIn("sluice_verdicts_total{", self.get("/metrics").text)
        for misspelt in ("dry_run=perhaps", "dry-run=true", "dryrun=true", "DRY_RUN=true"):
            self.assertEqual(self.post(f"/api/v1/plans?{misspelt}", an_open("x")).status, 400)
        self.assertEqual(self.get("/api/v1/plans/x").status, 404)
        self.assertEqual(self.post("/api/v1/plans?dry_run=true", {"plan_id": "x"}).status, 400)
        code, words, errors = self.dry_run(an_open("tried"))
        self.assertEqual(code, 0, errors)
        self.assertIn("tried: allow (size 0.01)", words)
        code, words, _ = self.dry_run(a_reduce("nothing", symbol="XRPUSDT"))
        self.assertEqual(code, 1)
        self.assertIn("nothing: deny, no_position", words)
        self.assertEqual(json.loads(self.dry_run(an_open("tried"), "--json")[1])["verdict"],
                         "allow")
        # The id is free, and what was shown is what happens.
        self.assertEqual(self.judge(an_open("tried")), "allow")

    def test_another_limit_can_be_tried_on_what_was_judged(self):
        self.run_limited(order_notional_max="100000")
        self.assertEqual(self.judge(an_open("once")), "allow")
        self.sluice.end()
        journal = str(self.directory / "state" / "journal.db")
        done = subprocess.run([BINARY, "replay", journal, "--json", "--set",
                               "limits.order_notional_max=1.5"], capture_output=True, text=True,
                              timeout=LIMIT_S, cwd=self.directory)
        self.assertEqual(done.returncode, 1, done.stderr)
        report = json.loads(done.stdout)
        self.assertEqual(report["by_reason"], {"allow -> limit_order_notional": 1})


if __name__ == "__main__":
    unittest.main()
