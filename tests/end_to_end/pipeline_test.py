"""A plan's way through the running product: in, judged, carried out, visible, durable."""

import json
import re
import signal
import sqlite3
import time
import unittest

from harness import SluiceTestCase, a_reduce, an_open


def venue_amount(ledger, symbol):
    for account in ledger.get("accounts", [ledger]):
        for row in account.get("positions", []):
            if row["symbol"] == symbol:
                return row["amount"]
    return "0"


class PipelineTestCase(SluiceTestCase):
    def proven_until(self):
        found = re.search(r"^sluice_truth_oldest_as_of_timestamp_seconds (\S+)$", self.get("/metrics").text, re.M)
        return float(found[1])

    def test_soon_after_the_start_every_symbol_is_known_and_young(self):
        self.run_ready(latency="300ms")
        truth = self.status()["truth"]
        self.assertEqual(truth["unknown"], 0)
        self.assertGreaterEqual(truth["symbols"], 566)
        self.assertEqual(truth["promise"]["strategy"], "adaptive")
        for _ in range(50):
            self.assertLess(self.status()["truth"]["age_ms"]["max"], 1900 + 300)

    def test_an_allowed_plan_is_filled_at_the_venue_and_changes_the_truth(self):
        self.run_ready()
        reply = self.post("/api/v1/plans?wait=5s", an_open("p-1"))
        self.assertEqual(reply.status, 200, reply.text)
        self.assertEqual(reply.json()["judged"]["verdict"]["kind"], "allow")
        row = self.until("position", lambda: (self.position("BTCUSDT") or {}).get("amount")
                         == "0.01" and self.position("BTCUSDT"))
        self.until("ledger equals truth", lambda: self.position("BTCUSDT")["ledger"] == "0.01")
        self.assertEqual(row["truth"], "open")
        self.assertIn('"0.01', json.dumps(self.venue("GET", "/sim/ledger")))
        self.until("order filled", lambda: self.status()["orders"]["filled"] == 1)
        explained = self.until("plan explained", lambda: self.get("/api/v1/plans/p-1")).json()
        self.assertIn("facts", json.dumps(explained))

    def test_a_denied_plan_says_why_with_what_was_seen_and_what_is_allowed(self):
        self.run_ready()
        for plan, reason in ((a_reduce("r-1"), "no_position"),
                             (an_open("o-1", symbol="NOSUCHUSDT"), "symbol_not_in_universe"),
                             (an_open("o-2", quantity="0.0001"), "below_min_quantity")):
            reply = self.post("/api/v1/plans?wait=5s", plan)
            self.assertEqual(reply.status, 200, reply.text)
            verdict = reply.json()["judged"]["verdict"]
            self.assertEqual(verdict["kind"], "deny")
            self.assertEqual(verdict["refusals"][0]["code"], reason)
        self.assertEqual(self.status()["orders"]["sent"], 0)
        self.assertEqual(self.status()["plans"]["by_reason"]["no_position"], 1)

    def test_a_position_that_crosses_its_stop_is_closed_by_the_exit_engine(self):
        self.run_ready(positions='"BTCUSDT=0.010", "ETHUSDT=-0.3"')
        row = self.until("position with a stop",
                         lambda: (self.position("BTCUSDT") or {}).get("stop") and
                         self.position("BTCUSDT"))
        self.assertEqual(row["amount"], "0.01")
        below = f"{float(row['stop']) * 0.999:.1f}"
        self.venue("POST", "/sim/mark", {"symbol": "BTCUSDT", "price": below})
        self.until("closed", lambda: self.position("BTCUSDT")["truth"] == "flat")
        self.assertEqual(self.position("ETHUSDT")["amount"], "-0.3")
        plans = self.get("/api/v1/plans?symbol=BTCUSDT").json()["plans"]
        self.assertEqual([p["verdict"] for p in plans], ["allow"])
        self.assertTrue(plans[0]["plan_id"].startswith("exit:BTCUSDT:"))
        self.until("ledger flat", lambda: self.position("BTCUSDT")["ledger"] == "0")

    def test_a_reduce_plan_never_closes_more_than_the_position(self):
        self.run_ready(positions='"BTCUSDT=0.010"')
        self.post("/api/v1/plans?wait=5s", a_reduce("half", target="0.004"))
        self.until("reduced", lambda: self.position("BTCUSDT")["amount"] == "0.004")
        self.post("/api/v1/plans?wait=5s", a_reduce("rest"))
        self.until("flat", lambda: self.position("BTCUSDT")["truth"] == "flat")
        again = self.post("/api/v1/plans?wait=5s", a_reduce("more")).json()
        self.assertEqual(again["judged"]["verdict"]["refusals"][0]["code"], "no_position")

    def test_a_repeated_plan_gets_its_verdict_again_and_other_content_is_refused(self):
        self.run_ready()
        first = self.post("/api/v1/plans?wait=5s", an_open("same")).json()
        self.until("filled", lambda: self.status()["orders"]["filled"] == 1)
        again = self.post("/api/v1/plans?wait=5s", an_open("same"))
        self.assertEqual(again.json()["status"], "repeated")
        self.assertEqual(again.json()["judged"], first["judged"])
        other = self.post("/api/v1/plans?wait=5s", an_open("same", quantity="0.020"))
        self.assertEqual(other.status, 409)
        self.assertEqual(self.status()["orders"]["sent"], 1)

    def test_a_batch_of_plans_gets_one_answer_each(self):
        self.run_ready()
        batch = [an_open("b-1"), a_reduce("b-2", symbol="ETHUSDT"),
                 an_open("b-3", symbol="SOLUSDT", quantity="5")]
        reply = self.post("/api/v1/plans?wait=5s", batch)
        self.assertEqual(reply.status, 200, reply.text)
        kinds = [p["judged"]["verdict"]["kind"] for p in reply.json()]
        self.assertEqual(kinds, ["allow", "deny", "allow"])

    def test_a_plan_written_to_the_file_is_carried_out(self):
        plans = self.directory / "plans.jsonl"
        plans.write_text(json.dumps(an_open("old")) + "\n")
        self.run_ready(extra=f'\n[intake]\nfile = "{plans}"\n')
        with open(plans, "a") as out:
            out.write("garbage\n" + json.dumps(an_open("from-file")) + "\n")
        self.until("filled", lambda: self.status()["orders"]["filled"] == 1)
        self.assertEqual(self.get("/api/v1/plans/from-file").status, 200)
        self.assertEqual(self.get("/api/v1/plans/old").status, 404)
        self.assertIn("line_refused", self.sluice.log())

    def test_the_log_can_be_followed_over_http(self):
        self.run_ready()
        connection = self.connection()
        connection.request("GET", "/api/v1/logs")
        stream = connection.getresponse()
        self.assertEqual(stream.getheader("Content-Type").split(";")[0], "text/event-stream")
        self.post("/api/v1/plans?wait=5s", a_reduce("shown-in-log"))
        end = time.monotonic() + 30
        while b"shown-in-log" not in stream.readline():
            self.assertLess(time.monotonic(), end)
        connection.close()

    def test_events_carry_the_journal_and_resume_after_a_sequence_number(self):
        self.run_ready()
        self.post("/api/v1/plans?wait=5s", a_reduce("event-1"))
        connection = self.connection()
        connection.request("GET", "/api/v1/events", headers={"Last-Event-ID": "0"})
        stream = connection.getresponse()
        kinds = []
        while "plan_judged" not in kinds:
            line = stream.readline().decode()
            if line.startswith("event: "):
                kinds.append(line[7:].strip())
        self.assertIn("plan_accepted", kinds)
        connection.close()

    def test_probes_version_and_metrics_answer(self):
        self.run_ready()
        self.assertEqual(self.get("/healthz").status, 200)
        version = self.get("/version").json()
        self.assertEqual(version["name"], "sluice")
        self.assertRegex(version["config_hash"], "^[0-9a-f]{16}$")
        self.assertRegex(version["revision"], "^([0-9a-f]{7,40}|unknown)")
        with sqlite3.connect(f"file:{self.directory}/state/journal.db?mode=ro", uri=True) as journal:
            started, = journal.execute("SELECT body FROM record WHERE body LIKE '%process_started%'").fetchone()
        self.assertIn(version["config_hash"], started)
        self.assertIn(version["revision"], started)
        metrics = self.get("/metrics").text
        self.assertIn("sluice_ready 1", metrics)
        self.assertIn('sluice_stream_up{stream="user"} 1', metrics)
        self.assertEqual(self.get("/no/such/page").status, 404)
        self.assertEqual(self.post("/api/v1/status", {}).status, 405)

    def test_per_symbol_reads_keep_every_symbol_young_when_the_venue_allows_it(self):
        self.run_ready(symbols=60, replace=[("[snapshot]", '[snapshot]\nstrategy = "per_symbol"\n'
                                             "concurrency = 64")],
                       extra="weight_limit_1m = 0\n")
        truth = self.status()["truth"]
        self.assertEqual(truth["promise"]["strategy"], "per_symbol")
        self.until("rounds", lambda: self.status()["truth"]["reads_total"] > 180)
        # No account-wide read comes by itself here; the age that people are called for moves all the same.
        proven = self.proven_until()
        self.until("all are proven anew", lambda: self.proven_until() > proven + 2)
        self.assertLess(self.status()["truth"]["age_ms"]["max"], 1900 + 300)

    def test_trading_state_reduce_only_stops_entries_and_lets_exits_through(self):
        self.run_ready(positions='"BTCUSDT=0.010"')
        order = {"author": "test", "reason": "drill", "state": "reduce_only"}
        self.assertEqual(self.post("/api/v1/state", order).status, 200)
        entry = self.post("/api/v1/plans?wait=5s", an_open("e", symbol="ETHUSDT", quantity="1"))
        self.assertEqual(entry.json()["judged"]["verdict"]["refusals"][0]["code"],
                         "reduce_only_state")
        leaving = self.post("/api/v1/plans?wait=5s", a_reduce("x")).json()
        self.assertEqual(leaving["judged"]["verdict"]["kind"], "allow")

    def test_where_freshness_comes_from_is_changed_at_run_time_or_refused_with_arithmetic(self):
        self.run_ready()
        order = {"author": "test", "reason": "drill", "strategy": "adaptive", "bound": "1500ms"}
        changed = self.post("/api/v1/freshness", order)
        self.assertEqual(changed.status, 200)
        self.assertEqual(changed.json()["bound_ms"], 1500)
        self.assertEqual(self.get("/api/v1/status").json()["truth"]["promise"]["bound_ms"], 1500)
        impossible = self.post("/api/v1/freshness", dict(order, strategy="per_symbol"))
        self.assertEqual(impossible.status, 409)
        self.assertIn("weight a minute", impossible.json()["detail"])
        self.assertEqual(self.post("/api/v1/freshness", dict(order, strategy="hope")).status, 400)
        self.assertEqual(self.post("/api/v1/freshness", dict(order, bound="soon")).status, 400)
        self.until("the promise is kept",
                   lambda: self.get("/api/v1/status").json()["truth"]["age_ms"]["max"] <= 1500)

    def test_a_symbol_tells_where_its_rules_come_from_and_what_may_be_done_with_it(self):
        self.run_ready(extra='[universe]\nallow = ["BTCUSDT"]\n')
        everything = self.get("/api/v1/universe").json()
        self.assertEqual(everything["source"], "live")
        self.assertEqual(everything["offered"], 1)
        self.assertGreater(everything["count"], 500)
        bitcoin = self.get("/api/v1/universe/BTCUSDT").json()
        self.assertEqual(bitcoin["allowed"], "entries and exits")
        self.assertEqual(bitcoin["source"], "live")
        left_out = self.get("/api/v1/universe/ETHUSDT").json()
        self.assertIn("left out by universe.allow", left_out["allowed"])
        unknown = self.get("/api/v1/universe/NOSUCHUSDT").json()
        self.assertEqual(unknown["allowed"], "nothing: not listed")
        self.assertIsNone(unknown["rules"])


class RestartTestCase(SluiceTestCase):
    def test_after_a_kill_the_journaled_plans_and_fills_are_still_there(self):
        self.run_ready()
        self.post("/api/v1/plans?wait=5s", an_open("before"))
        self.until("ledger", lambda: (self.position("BTCUSDT") or {}).get("ledger") == "0.01")
        self.sluice.end(signal.SIGKILL)
        self.run_demo()
        explained = self.get("/api/v1/plans/before")
        self.assertEqual(explained.status, 200)
        self.assertEqual(explained.json()["fills"][0]["amount"], "0.01")
        self.until_ready()
        repeated = self.post("/api/v1/plans", an_open("before"))
        self.assertEqual(repeated.json()["status"], "repeated")

    def test_sigterm_drains_and_exits_zero_within_ten_seconds(self):
        self.run_ready()
        began = time.monotonic()
        self.assertEqual(self.sluice.end(signal.SIGTERM), 0, self.sluice.log())
        self.assertLess(time.monotonic() - began, 10)
        self.assertIn("ended exit_code=0", self.sluice.log())

    def test_a_second_instance_on_the_same_state_is_refused(self):
        self.run_ready()
        code, _, errors = self.finish(self.demo_config())
        self.assertEqual(code, 75)
        self.assertIn("state_dir", errors)

    def test_a_state_directory_is_never_shared_by_two_accounts(self):
        self.run_ready()
        self.sluice.end()
        other = self.demo_config(replace=[('account = "demo"', 'account = "other"')])
        code, _, errors = self.finish(other)
        self.assertEqual(code, 78)
        self.assertIn("demo demo", errors)


if __name__ == "__main__":
    unittest.main()
