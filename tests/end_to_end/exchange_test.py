"""What is known of the exchange, and the whole account read at an operator's order."""

import contextlib
import json
import os
import sqlite3
import subprocess
import time
import unittest

from harness import BINARY, LIMIT_S, SluiceTestCase

BY = {"author": "alice", "reason": "drill"}


class ExchangeTestCase(SluiceTestCase):
    def exchange(self):
        return self.get("/api/v1/exchange").json()

    def resync(self, *words):
        environment = {**os.environ, "SLUICE_URL": self.sluice.url, "USER": "carol"}
        done = subprocess.run([BINARY, "resync", *words], capture_output=True, text=True, check=False,
                              timeout=LIMIT_S, env=environment)
        return done.returncode, done.stdout, done.stderr

    def test_limits_streams_clock_and_reads_are_told(self):
        self.run_ready(symbols=20, positions='"BTCUSDT=0.500"')
        self.until("measured", lambda: self.exchange()["clock"])
        told = self.exchange()
        self.assertTrue(told["reachable"])
        self.assertEqual((told["why"], told["banned_until"], told["paused"]), (None, None, []))
        self.assertEqual((told["streams"]["user"], told["streams"]["market"]), ("up", "up"))
        weight = told["budget"]["weight_1m"]
        self.assertGreater(weight["used"], 0)
        self.assertGreater(weight["reserved_for_exits"], 0)
        self.assertEqual(weight["reserved_for_exits"],
                         weight["may_use"]["exit_demand"] - weight["may_use"]["entry_demand"])
        self.assertGreaterEqual(told["clock"]["error_ms"], 0)
        self.assertLess(abs(told["clock"]["offset_ms"]), 2_000)
        self.assertEqual(told["reads"]["last_good"]["scope"], "account")
        used = told["budget"]["orders_10s"]["used"] + told["budget"]["orders_1m"]["used"]
        self.post("/api/v1/plans?wait=5s", {"plan_id": "a", "source": "me", "symbol": "BTCUSDT",
                                            "kind": "reduce", "target": "0"})
        self.until("sent", lambda: self.status()["orders"]["filled"] == 1)
        budget = self.exchange()["budget"]
        self.assertGreaterEqual(budget["orders_1m"]["used"], 1)
        self.assertEqual(used, 0)

    def test_an_exchange_that_fails_and_bans_is_told_with_why_and_until_when(self):
        self.run_ready(symbols=20)
        self.venue("POST", "/sim/fault", {"effect": "status", "path": "/fapi/", "count": 1,
                                          "status": 418, "retry_after_s": 60,
                                          "body": '{"code":-1003,"msg":"Way too many requests."}'})
        self.until("banned", lambda: self.exchange()["banned_until"])
        told = self.exchange()
        self.assertFalse(told["reachable"])
        self.assertIn("banned", told["why"])
        self.assertEqual(told["paused"], [{"what": "everything", "until": told["banned_until"]}])
        self.assertIn("banned", told["reads"]["last_failed"]["why"])
        refused = self.post("/api/v1/resync", BY)
        self.assertEqual(refused.status, 409, refused.text)
        self.assertIn("banned", refused.text)
        code, _, errors = self.resync("--reason", "a test")
        self.assertEqual(code, 1)
        self.assertIn("the account was not read", errors)

    def test_a_resync_shows_what_was_done_by_hand_and_is_in_the_journal(self):
        self.run_ready(symbols=20)
        code, output, errors = self.resync("--reason", "after maintenance", "--json")
        self.assertEqual(code, 0, errors)
        told = json.loads(output)
        self.assertEqual((told["open"], told["unknown"]), (0, 0))
        self.assertEqual(self.resync("--json")[0], 2)
        self.assertEqual(self.post("/api/v1/resync", {"author": "alice"}).status, 400)
        self.venue("POST", "/sim/order", {"symbol": "ETHUSDT", "side": "BUY", "quantity": "1"})
        self.assertEqual(self.post("/api/v1/resync", BY).json()["open"], 1)
        self.assertEqual(self.position("ETHUSDT")["amount"], "1")
        code, output, _ = self.resync("--reason", "once more")
        self.assertEqual(code, 0)
        self.assertIn("as_of", output)
        self.assertIn("after maintenance", self.sluice.log())
        self.sluice.end()
        with contextlib.closing(sqlite3.connect(self.directory / "state" / "journal.db")) as file:
            notices = [body for (body,) in file.execute(
                "SELECT body FROM record WHERE kind = 'notice'") if "resync" in body]
        self.assertEqual(len(notices), 3)
        self.assertIn("by carol: after maintenance", notices[0])

    def test_resyncs_one_after_the_other_keep_their_pace(self):
        self.run_ready(symbols=20)
        began = time.monotonic()
        for _ in range(4):
            self.assertEqual(self.post("/api/v1/resync", BY).status, 200)
        took = time.monotonic() - began
        reads = self.exchange()["reads"]["total"]
        self.assertGreater(took, 0.5)
        self.assertGreater(reads, 3)


if __name__ == "__main__":
    unittest.main()
