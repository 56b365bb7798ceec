"""Following records: on after the last one, each once, and told where some are missing."""

import http.client
import json
import re
import sqlite3
import unittest

from harness import LIMIT_S, SluiceTestCase, a_reduce, an_open


class EventsTestCase(SluiceTestCase):
    def follow(self, last_id=None, query=""):
        host, port = re.match(r"http://([^:]+):(\d+)", self.sluice.url).groups()
        connection = http.client.HTTPConnection(host, int(port), timeout=LIMIT_S)
        self.addCleanup(connection.close)
        headers = {} if last_id is None else {"Last-Event-ID": str(last_id)}
        connection.request("GET", "/api/v1/events" + query, headers=headers)
        answer = connection.getresponse()
        self.assertEqual(answer.status, 200)
        return answer

    @staticmethod
    def next_event(stream):
        event = {}
        while True:
            line = stream.readline().decode().rstrip("\n")
            if not line and event:
                return event
            if line and not line.startswith(":"):
                field, _, value = line.partition(": ")
                event[field] = value

    def events(self, stream, count):
        return [self.next_event(stream) for _ in range(count)]

    def many_records(self, count):
        """So many that a reader who comes late misses some."""
        for n in range(0, count, 100):
            plans = [a_reduce(f"r-{n}-{i}", symbol="XRPUSDT") for i in range(100)]
            self.assertEqual(self.post("/api/v1/plans?wait=10s", plans).status, 200)
        return int(self.events(self.follow(query="?last=1"), 1)[0]["id"])

    def test_a_reader_goes_on_after_its_last_record_and_gets_each_once(self):
        self.run_ready(symbols=20)
        self.post("/api/v1/plans?wait=5s", a_reduce("before", symbol="XRPUSDT"))
        stream = self.follow(0)
        first = self.events(stream, 4)
        self.assertEqual([e["id"] for e in first], ["1", "2", "3", "4"])
        self.assertEqual(json.loads(first[0]["data"])["seq"], 1)
        stream.close()
        resumed = self.follow(2)
        self.post("/api/v1/plans?wait=5s", a_reduce("r", symbol="XRPUSDT"))
        seen = []
        while not seen or '"plan_id":"r"' not in seen[-1]["data"] or "judged" not in seen[-1]["event"]:
            seen.append(self.next_event(resumed))
        ids = [int(e["id"]) for e in seen]
        self.assertEqual(ids, list(range(3, 3 + len(ids))))

    def test_a_reader_too_far_behind_is_told_what_it_misses(self):
        self.run_ready(symbols=20)
        newest = self.many_records(800)
        self.assertGreater(newest, 1_500)
        stream = self.follow(5)
        gap, after = self.events(stream, 2)
        self.assertEqual(gap["event"], "gap")
        told = json.loads(gap["data"])
        self.assertEqual(told["from"], 6)
        self.assertGreater(told["to"], 400)
        self.assertEqual(gap["id"], str(told["to"]))
        self.assertEqual(int(after["id"]), told["to"] + 1)
        rest = self.events(stream, newest - int(after["id"]))
        self.assertEqual([int(e["id"]) for e in rest], list(range(told["to"] + 2, newest + 1)))
        # Whoever is near enough misses nothing.
        near = self.next_event(self.follow(newest - 1))
        self.assertEqual((near["event"] != "gap", near["id"]), (True, str(newest)))

    def test_an_id_of_another_journal_is_a_gap_of_everything(self):
        self.run_ready(symbols=20)
        newest = self.many_records(800)
        gap, after = self.events(self.follow(1_000_000), 2)
        self.assertEqual(gap["event"], "gap")
        told = json.loads(gap["data"])
        self.assertEqual(told["from"], 1)
        self.assertGreaterEqual(told["to"], newest - 1_000)
        self.assertEqual(gap["id"], str(told["to"]))
        self.assertNotEqual(after["event"], "gap")
        self.assertEqual(int(after["id"]), told["to"] + 1)

    def test_what_is_no_number_is_refused(self):
        self.run_ready(symbols=20)
        for path, headers in (("/api/v1/events", {"Last-Event-ID": "abc"}),
                              ("/api/v1/events", {"Last-Event-ID": "-4"}),
                              ("/api/v1/events?last=x", {}), ("/api/v1/logs?after=x", {})):
            self.assertEqual(self.get(path, headers).status, 400, (path, headers))

    def journal_verdict(self, plan_id):
        """What the plan's row says, and the record that it names."""
        with sqlite3.connect(f"file:{self.directory}/state/journal.db?mode=ro", uri=True) as journal:
            kind, reason, body = journal.execute(
                "SELECT verdict, reason, body FROM plan JOIN record ON record.seq = verdict_seq WHERE plan_id = ?",
                (plan_id,)).fetchone()
        return kind, reason, json.loads(body)

    def test_reply_event_page_and_journal_give_the_same_verdict(self):
        """I4, of one allow and one deny."""
        self.run_ready(symbols=20)
        stream = self.follow(0)
        for plan, expected in ((an_open("allowed"), "allow"),
                               (an_open("denied", symbol="ETHUSDT", quantity="0.0001"), "deny")):
            with self.subTest(expected):
                replied = self.post("/api/v1/plans?wait=5s", plan).json()["judged"]["verdict"]
                codes = [r["code"] for r in replied["refusals"]]
                self.assertEqual((replied["kind"], bool(codes)), (expected, expected == "deny"))
                event = self.next_event(stream)
                while event["event"] != "plan_judged":
                    event = self.next_event(stream)
                told = json.loads(event["data"])
                self.assertEqual((told["plan_id"], told["verdict"]), (plan["plan_id"], replied))
                page, = self.get(f"/api/v1/plans/{plan['plan_id']}").json()["verdicts"]
                self.assertEqual((page["seq"], page["verdict"]), (told["seq"], replied))
                kind, reason, record = self.journal_verdict(plan["plan_id"])
                self.assertEqual((kind, reason), (expected, codes[0] if codes else None))
                # All but the term's end, which the record has as a number.
                self.assertEqual((record["verdict"]["kind"], record["verdict"]["refusals"]),
                                 (expected, replied["refusals"]))


if __name__ == "__main__":
    unittest.main()
