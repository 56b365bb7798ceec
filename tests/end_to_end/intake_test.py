"""What comes in and what does not: hostile plans, sources with tokens and quotas, files and pipes."""

import json
import os
import time
import unittest

from harness import SluiceTestCase, a_reduce, an_open
from schema_check import admits

ALPHA = "alpha-word-0000001"
BETA = "beta-word-00000001"


class IntakeTestCase(SluiceTestCase):
    def post_raw(self, text, path="/api/v1/plans"):
        return self.post(path, text)

    def refused_field(self, plan):
        reply = self.post("/api/v1/plans", plan)
        self.assertEqual(reply.status, 400, (plan, reply.text))
        self.assertEqual(reply.headers["Content-Type"], "application/problem+json")
        return [e["field"] for e in reply.json()["errors"]]

    def test_hostile_plans_are_refused_by_field_and_nothing_of_them_is_kept(self):
        self.run_ready(symbols=20)
        rows = [
            (an_open("h", colour="red"), "/colour"),
            ({k: v for k, v in an_open("h").items() if k != "plan_id"}, "/plan_id"),
            (an_open("p" * 1_000_000), "/plan_id"),
            (an_open("../../etc/passwd"), "/plan_id"),
            (an_open("two\nlines"), "/plan_id"),
            (an_open("h", quantity="1e-999"), "/quantity"),
            (an_open("h", quantity="-0"), "/quantity"),
            (an_open("h", quantity="NaN"), "/quantity"),
            (an_open("h", side="long"), "/side"),
            (an_open("h", deadline="2020-01-01T00:00:00Z"), "/deadline"),
            (an_open("h", created_at="2020-01-01T00:00:00Z"), "/created_at"),
            (an_open("h", risk="5"), "/risk"),
        ]
        for plan, field in rows:
            self.assertIn(field, self.refused_field(plan))
        self.assertEqual(self.get("/api/v1/plans").json()["plans"], [])
        self.assertEqual(self.status()["orders"]["sent"], 0)

    def test_numbers_that_are_no_decimals_are_refused_in_any_spelling(self):
        self.run_ready(symbols=20)
        whole = json.dumps(an_open("n"))
        for spelling in ("1e-999", "-0", "NaN", "0.010", "Infinity", "1.0", "null", '["1"]'):
            reply = self.post_raw(whole.replace('"0.010"', spelling))
            self.assertEqual(reply.status, 400, spelling)

    def test_what_the_schema_admits_the_parser_reads_and_what_it_refuses_is_refused(self):
        self.run_ready(symbols=20)
        schema = self.get("/api/v1/schema/plan.json")
        self.assertEqual(schema.headers["Content-Type"], "application/schema+json")
        schema = schema.json()
        base = an_open("x")
        sized = {k: v for k, v in base.items() if k != "quantity"}
        documents = [
            base, {**base, "quantity": 5}, {**base, "quantity": "+1.50000000000"},
            {**base, "quantity": ".5"}, {**base, "quantity": "5."}, {**base, "quantity": "0"},
            {**base, "quantity": 0}, {**base, "quantity": "."}, {**base, "quantity": "1e5"},
            {**base, "quantity": "0.123456789"}, {**base, "quantity": "1 "},
            {**base, "quantity": True}, {**base, "quantity": None}, {**base, "quantity": ["1"]},
            {**base, "quantity": "123456789012"}, {**base, "quantity": "000000000000001"},
            sized, {**sized, "notional": "200"}, {**base, "notional": "200"},
            {**sized, "risk": "20"}, {**sized, "risk": "20", "stop": "1"},
            {**base, "risk": "20", "stop": "1"}, {**sized, "risk": "0", "stop": "1"},
            {**base, "ttl": "30s"}, {**base, "ttl": "1m30s"}, {**base, "ttl": "30"},
            {**base, "ttl": "0s"}, {**base, "ttl": "30s1m"}, {**base, "ttl": ""},
            {**base, "ttl": "30s", "deadline": "2099-01-01T00:00:00Z"},
            {**base, "deadline": "2099-01-01T00:00:00Z"},
            {**base, "deadline": "2099-01-01T00:00:00.123456789+00:00"},
            {**base, "deadline": "2099-01-01T00:00:00+01:00"},
            {**base, "deadline": "2099-01-01 00:00:00Z"}, {**base, "deadline": "tomorrow"},
            {**base, "position_side": "long"}, {**base, "position_side": "short"},
            {**base, "position_side": "both"}, {**base, "position_side": "LONG"},
            {**base, "side": "sell", "position_side": "short"},
            {**base, "side": "sell", "position_side": "long"}, {**base, "side": "long"},
            {**base, "kind": "close"}, {**base, "plan_id": ""}, {**base, "plan_id": "a b"},
            {**base, "plan_id": "p" * 64}, {**base, "plan_id": "p" * 65},
            {**base, "plan_id": "exit:1"}, {**base, "plan_id": "supersede:1"},
            {**base, "plan_id": 7}, {**base, "source": "exit_engine"},
            {**base, "source": "planner"}, {**base, "source": "s" * 33},
            {**base, "symbol": "BTC/USDT"}, {**base, "symbol": "币安人生USDT"},
            {**base, "symbol": ""}, {**base, "target": "0"}, {**base, "colour": "red"},
            {**base, "time_limit": "4h"}, {**base, "take_profit": "99999999"},
            a_reduce("r"), a_reduce("r", target="0.5"), a_reduce("r", target=0),
            a_reduce("r", target="-1"), a_reduce("r", reason="stop crossed"),
            a_reduce("r", reason="a\tb"), a_reduce("r", reason="r" * 65),
            a_reduce("r", side="sell"), {k: v for k, v in a_reduce("r").items() if k != "symbol"},
            {"plan_id": "c", "source": "s", "kind": "cancel", "cancels": "r"},
            {"plan_id": "c", "source": "s", "kind": "cancel", "cancels": "exit:BTCUSDT:both:1"},
            {"plan_id": "c", "source": "s", "kind": "cancel"},
            {"plan_id": "c", "source": "s", "kind": "cancel", "cancels": "r", "target": "0"},
            {}, [], "plan", 12, [base], [base, "plan"], [[base]],
            [an_open(f"m{i}") for i in range(1_001)],
        ]
        admitted = 0
        for n, document in enumerate(documents):
            document = json.loads(json.dumps(document).replace('"x"', f'"x-{n}"')
                                  .replace('"r"', f'"r-{n}"').replace('"c"', f'"c-{n}"'))
            says = admits(document, schema, schema)
            reply = self.post("/api/v1/plans", document)
            self.assertEqual(says, reply.status != 400, (document, reply.text[:300]))
            admitted += says
        self.assertGreater(admitted, 20)
        self.assertGreater(len(documents) - admitted, 40)

    def test_an_open_sized_by_risk_is_filled_for_what_it_risks(self):
        self.run_ready(symbols=20)
        mark = float(self.until("mark", lambda: (self.position("BTCUSDT") or {}).get("mark")))
        stop = f"{mark * 0.98:.1f}"
        plan = {k: v for k, v in an_open("risky", risk="20", stop=stop).items() if k != "quantity"}
        judged = self.post("/api/v1/plans?wait=5s", plan).json()["judged"]
        self.assertEqual(judged["verdict"]["kind"], "allow", judged)
        amount = float(judged["verdict"]["terms"]["amount"])
        self.assertLessEqual(amount * (mark - float(stop)), 20)
        self.assertGreater((amount + 0.001) * (mark - float(stop)), 20)
        crossed = {**plan, "plan_id": "crossed", "symbol": "ETHUSDT", "stop": "9999999"}
        verdict = self.post("/api/v1/plans?wait=5s", crossed).json()["judged"]["verdict"]
        self.assertEqual(verdict["refusals"][0]["code"], "stop_beyond_mark")

    def test_one_idea_under_two_ids_is_carried_out_once(self):
        self.run_ready(symbols=20, extra='\n[planner]\nduplicate_window = "1m"\n')
        first = self.post("/api/v1/plans?wait=5s", an_open("a")).json()
        second = self.post("/api/v1/plans?wait=5s", an_open("b"))
        self.assertEqual(second.status, 200, second.text)
        self.assertEqual(second.json()["status"], "duplicate")
        self.assertEqual(second.json()["duplicate_of"], "a")
        self.assertEqual(second.json()["judged"], first["judged"])
        self.until("filled", lambda: self.status()["orders"]["filled"] == 1)
        self.assertEqual(self.status()["orders"]["sent"], 1)
        # Its own id means the same for ever, also to a process that was not asked then.
        self.sluice.end()
        self.sluice = self.start(self.directory / "sluice.toml")
        self.sluice.wait_url()
        self.until_ready()
        again = self.post("/api/v1/plans?wait=5s", an_open("b")).json()
        self.assertEqual(again["status"], "repeated")
        stored = self.get("/api/v1/plans/b").json()
        self.assertIn("duplicate_plan", json.dumps(stored))
        self.assertEqual(self.status()["orders"]["sent"], 0)

    def test_plans_are_listed_by_filters_page_by_page(self):
        self.run_ready(symbols=20)
        for n in range(5):
            self.post("/api/v1/plans?wait=5s", a_reduce(f"r-{n}", symbol="ETHUSDT"))
        self.post("/api/v1/plans?wait=5s", an_open("o-1"))
        self.post("/api/v1/plans?wait=5s", {**an_open("o-2", symbol="NOSUCHUSDT"),
                                            "source": "other"})

        def ids(query):
            return [p["plan_id"] for p in self.get("/api/v1/plans?" + query).json()["plans"]]

        self.assertEqual(ids("symbol=ETHUSDT"), [f"r-{n}" for n in reversed(range(5))])
        self.assertEqual(ids("source=other"), ["o-2"])
        self.assertEqual(ids("lane=entry"), ["o-2", "o-1"])
        self.assertEqual(ids("kind=open&verdict=allow"), ["o-1"])
        self.assertEqual(ids("reason=symbol_not_in_universe"), ["o-2"])
        self.assertEqual(ids("status=undecided"), [])
        self.until("ended", lambda: "o-1" in ids("status=ended"))
        self.assertEqual(len(ids("since=1h")), 7)
        self.assertEqual(ids("until=1h"), [])
        page = self.get("/api/v1/plans?lane=exit&limit=2").json()
        seen = []
        while True:
            seen += [p["plan_id"] for p in page["plans"]]
            if not page["next"]:
                break
            page = self.get(f"/api/v1/plans?lane=exit&limit=2&cursor={page['next']}").json()
        self.assertEqual(seen, [f"r-{n}" for n in reversed(range(5))])
        for wrong in ("colour=red", "limit=0", "limit=1001", "lane=left", "cursor=x", "since=soon",
                      "reason=mood", "symbol=A&symbol=B", "verdict=yes", "status=done"):
            reply = self.get("/api/v1/plans?" + wrong)
            self.assertEqual(reply.status, 400, wrong)
            self.assertEqual(reply.json()["errors"][0]["field"], wrong.split("=")[0])


class SourcesTestCase(SluiceTestCase):
    def token_file(self, name, text, mode=0o600):
        path = self.directory / name
        path.write_text(text + "\n")
        os.chmod(path, mode)
        return path

    def two_sources(self, more=""):
        alpha = self.token_file("alpha.token", ALPHA)
        beta = self.token_file("beta.token", BETA)
        return (f'\n[intake.sources.alpha]\ntoken_file = "{alpha}"\n{more}'
                f'\n[intake.sources.beta]\ntoken_file = "{beta}"\nlanes = ["exit"]\n')

    def send(self, plan, token=None, path="/api/v1/plans?wait=5s"):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.post(path, plan, headers)

    def test_a_source_proves_itself_by_its_token_and_keeps_to_its_lanes(self):
        self.run_ready(symbols=20, extra=self.two_sources())

        def by(source, plan):
            return {**plan, "source": source}

        rows = [
            (by("alpha", a_reduce("1")), ALPHA, 200),
            (by("alpha", a_reduce("2")), None, 401),
            (by("alpha", a_reduce("3")), BETA, 403),
            (by("alpha", a_reduce("4")), "wrong", 401),
            (by("beta", an_open("5")), BETA, 403),
            (by("beta", a_reduce("6")), BETA, 200),
            (by("gamma", a_reduce("7")), None, 200),
            ([by("alpha", a_reduce("8")), by("beta", a_reduce("9"))], ALPHA, 403),
        ]
        for plan, token, status in rows:
            reply = self.send(plan, token)
            self.assertEqual(reply.status, status, (plan, token, reply.text))
            if status == 401:
                self.assertEqual(reply.headers["WWW-Authenticate"], "Bearer")
        kept = {p["plan_id"] for p in self.get("/api/v1/plans").json()["plans"]}
        self.assertEqual(kept, {"1", "6", "7"})
        everywhere = self.sluice.log() + self.get("/api/v1/status").text + self.get("/metrics").text
        for word in (ALPHA, BETA):
            self.assertNotIn(word, everywhere)

    def test_a_source_without_a_table_is_refused_where_the_file_says_so(self):
        self.run_ready(symbols=20,
                       extra='\n[intake]\nunlisted_source = "refuse"\n' + self.two_sources())
        reply = self.send({**a_reduce("1"), "source": "gamma"})
        self.assertEqual(reply.status, 403)
        self.assertEqual(reply.json()["errors"][0]["field"], "/source")

    def test_a_quota_names_when_to_come_again_and_leaves_exits_theirs(self):
        self.run_ready(symbols=20, extra=self.two_sources("plans_per_second_max = 1\n"
                                                          "plans_burst_max = 3\n"))
        entries = [{**an_open(f"e-{n}", symbol="NOSUCHUSDT", quantity=str(n + 1)),
                    "source": "alpha"} for n in range(5)]
        self.assertEqual(self.send(entries[:3], ALPHA).status, 200)
        late = self.send(entries[3:], ALPHA)
        self.assertEqual(late.status, 429, late.text)
        wait = int(late.headers["Retry-After"])
        self.assertIn(wait, (1, 2))
        exits = [{**a_reduce(f"x-{n}"), "source": "alpha"} for n in range(3)]
        self.assertEqual(self.send(exits, ALPHA).status, 200)
        end = time.monotonic() + wait
        self.until("the wait is over", lambda: time.monotonic() > end)
        self.assertEqual(self.send(entries[3:], ALPHA).status, 200)

    def test_a_token_file_that_others_may_read_stops_the_start(self):
        loose = self.token_file("loose.token", "word", 0o644)
        config = self.demo_config(
            symbols=20, extra=f'\n[intake.sources.alpha]\ntoken_file = "{loose}"\n')
        code, _, errors = self.finish(config)
        self.assertEqual(code, 77, errors)
        self.assertIn("intake.sources.alpha", errors)

    def test_two_sources_with_one_token_stop_the_start(self):
        both = self.token_file("both.token", "word")
        config = self.demo_config(
            symbols=20, extra=f'\n[intake.sources.alpha]\ntoken_file = "{both}"\n'
                              f'\n[intake.sources.beta]\ntoken_file = "{both}"\n')
        code, _, errors = self.finish(config)
        self.assertEqual(code, 78, errors)


class LinesTestCase(SluiceTestCase):
    def with_letters(self, source, more=""):
        self.letters = self.directory / "dead.jsonl"
        return (f'\n[intake]\nfile = "{source}"\ndead_letter_file = "{self.letters}"\n{more}')

    def read_letters(self):
        if not self.letters.exists():
            return []
        return [json.loads(line) for line in self.letters.read_text().splitlines()]

    def test_garbage_goes_to_the_dead_letters_with_its_line_number_and_the_rest_goes_on(self):
        plans = self.directory / "plans.jsonl"
        plans.write_text("was there\nbefore\n")
        self.run_ready(symbols=20, extra=self.with_letters(plans))
        lines = [b"garbage", b"\xff\xfe" * 10, json.dumps(an_open("bad", quantity="-1")).encode(),
                 b"", b"x" * 100_000, json.dumps(a_reduce("good")).encode()]
        with open(plans, "ab") as out:
            out.write(b"\n".join(lines) + b"\n")
        self.until("good one judged", lambda: self.get("/api/v1/plans/good").status == 200)
        letters = self.until("letters", lambda: len(self.read_letters()) == 4
                             and self.read_letters())
        self.assertEqual([l["line"] for l in letters], [3, 4, 5, 7])
        self.assertEqual(letters[0]["text"], "garbage")
        self.assertEqual(letters[2]["errors"][0]["field"], "/quantity")
        self.assertTrue(letters[3]["cut"])
        self.assertLess(len(letters[3]["text"]), 5_000)
        self.assertEqual(os.stat(self.letters).st_mode & 0o777, 0o600)
        self.assertIn('sluice_dead_letters_total{outcome="kept"} 4', self.get("/metrics").text)

    def test_a_dead_letter_file_that_cannot_be_written_stops_nothing(self):
        plans = self.directory / "plans.jsonl"
        plans.write_text("")
        self.run_ready(symbols=20, extra=self.with_letters(plans).replace(
            str(self.directory / "dead.jsonl"), str(self.directory / "no" / "such" / "place")))
        with open(plans, "a") as out:
            out.write("garbage\n" * 20 + json.dumps(a_reduce("good")) + "\n")
        self.until("good one judged", lambda: self.get("/api/v1/plans/good").status == 200)
        self.until("counted", lambda: 'sluice_dead_letters_total{outcome="lost"} 20'
                   in self.get("/metrics").text)
        self.assertEqual(self.sluice.log().count("dead_letter_file_failed"), 1)

    def test_the_dead_letter_file_is_bounded(self):
        plans = self.directory / "plans.jsonl"
        plans.write_text("")
        self.run_ready(symbols=20,
                       extra=self.with_letters(plans, 'dead_letter_size_max = "64KiB"\n'))
        with open(plans, "a") as out:
            out.write(("g" * 4_000 + "\n") * 100 + json.dumps(a_reduce("good")) + "\n")
        self.until("good one judged", lambda: self.get("/api/v1/plans/good").status == 200)
        self.until("all written", lambda: 'outcome="kept"} 100' in self.get("/metrics").text)
        older = self.directory / "dead.jsonl.1"
        self.assertTrue(older.exists())
        for path in (self.letters, older):
            self.assertLessEqual(path.stat().st_size, 64 * 1024)
            self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)

    def test_a_replaced_file_is_read_from_its_beginning(self):
        plans = self.directory / "plans.jsonl"
        plans.write_text(json.dumps(a_reduce("backlog")) + "\n")
        self.run_ready(symbols=20, extra=self.with_letters(plans))
        self.until("opened", lambda: "plan_file_opened" in self.sluice.log())
        fresh = self.directory / "fresh"
        fresh.write_text(json.dumps(a_reduce("new-1")) + "\nnoise\n")
        os.replace(fresh, plans)
        self.until("new one judged", lambda: self.get("/api/v1/plans/new-1").status == 200)
        self.assertEqual(self.get("/api/v1/plans/backlog").status, 404)
        self.assertEqual([l["line"] for l in self.until("letter", self.read_letters)], [2])

    def test_a_pipe_is_read_whoever_opens_it_anew(self):
        pipe = self.directory / "plans.pipe"
        os.mkfifo(pipe)
        self.run_ready(symbols=20, extra=self.with_letters(pipe))
        for n in range(3):
            with open(pipe, "w") as out:
                out.write(json.dumps(a_reduce(f"pipe-{n}")) + "\n")
            self.until("judged", lambda: self.get(f"/api/v1/plans/pipe-{n}").status == 200)

    def test_standard_input_is_read_to_its_end_and_the_process_goes_on(self):
        read, write = os.pipe()
        config = self.demo_config(symbols=20, extra=self.with_letters("-"))
        self.sluice = self.start(config, stdin=read)
        os.close(read)
        self.sluice.wait_url()
        self.until_ready()
        with os.fdopen(write, "w") as out:
            out.write(json.dumps(a_reduce("in-1")) + "\nnoise\n" + json.dumps(a_reduce("in-2")))
        self.until("the last line, which has no end", lambda: self.get("/api/v1/plans/in-2").status
                   == 200)
        self.until("ended", lambda: "plan_input_ended" in self.sluice.log())
        self.assertEqual([l["line"] for l in self.until("letter", self.read_letters)], [2])
        self.assertEqual(self.get("/healthz").status, 200)

    def test_a_file_of_more_exits_than_the_queue_takes_loses_none(self):
        plans = self.directory / "plans.jsonl"
        plans.write_text("")
        self.run_ready(symbols=20, extra=self.with_letters(plans, "exit_queue_max = 5\n"))
        with open(plans, "a") as out:
            for n in range(60):
                out.write(json.dumps(a_reduce(f"x-{n}", symbol="ETHUSDT")) + "\n")
        self.until("every exit judged", lambda: len([p for p in self.get(
            "/api/v1/plans?lane=exit&limit=100").json()["plans"] if p["verdict"]]) == 60)
        self.assertEqual(self.read_letters(), [])


if __name__ == "__main__":
    unittest.main()
