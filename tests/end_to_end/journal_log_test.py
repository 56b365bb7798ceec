"""A journal whose write-ahead log was damaged or taken away stops a start until somebody accepts the loss."""

import contextlib
import sqlite3
import subprocess
import unittest

from harness import BINARY, LIMIT_S, SluiceTestCase, a_reduce, an_open

FRAME_PAYLOAD = 32 + 24 + 2_000  # In the first frame's page.


class JournalLogTestCase(SluiceTestCase):
    def ask(self, *words):
        done = subprocess.run([BINARY, *words], capture_output=True, text=True, timeout=LIMIT_S,
                              cwd=self.directory, check=False)
        return done.returncode, done.stdout, done.stderr

    def killed_after_trading(self):
        self.run_ready(positions='"BTCUSDT=0.010"')
        for plan in (an_open("first", symbol="ETHUSDT", quantity="1"), a_reduce("second")):
            self.post("/api/v1/plans?wait=5s", plan)
            self.until("carried out", lambda p=plan: any(
                each["plan_id"] == p["plan_id"] and each["ended"]
                for each in self.get("/api/v1/plans").json()["plans"]))
        self.sluice.process.kill()
        self.sluice.process.wait(LIMIT_S)
        return self.directory / "state" / "journal.db"

    def refused(self):
        code, _, errors = self.finish(self.demo_config())
        self.assertEqual(code, 74, errors)
        self.assertIn("sluice journal accept", errors)
        return errors

    def accepted(self, journal):
        code, words, errors = self.ask("journal", "accept", str(journal), "--reason", "looked at it")
        self.assertEqual(code, 0, errors)
        self.assertIn("accepted", words)
        code, words, errors = self.ask("journal", "verify", "--json", str(journal))
        self.assertEqual(code, 0, errors)
        self.run_ready()

    def test_a_bit_that_fell_over_is_found_by_start_and_verify_and_can_be_accepted(self):
        journal = self.killed_after_trading()
        log = journal.with_name("journal.db-wal")
        content = bytearray(log.read_bytes())
        content[FRAME_PAYLOAD] ^= 1
        log.write_bytes(content)
        self.assertIn("commits stand behind it", self.refused())
        code, _, errors = self.ask("journal", "verify", str(journal))
        self.assertEqual(code, 1, errors)
        self.assertIn("journal.db-wal", errors)
        self.accepted(journal)
        # Who accepted what is on record.
        with contextlib.closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as connection:
            text = connection.execute(
                "SELECT text FROM notice WHERE event = 'journal_accepted'").fetchone()[0]
        self.assertIn("looked at it", text)
        self.assertIn("commits stand behind it", text)

    def test_a_log_that_was_tidied_away_stops_the_start(self):
        journal = self.killed_after_trading()
        for name in ("journal.db-wal", "journal.db-shm"):
            journal.with_name(name).unlink()
        self.assertIn("missing", self.refused())
        self.accepted(journal)

    def test_there_is_nothing_to_accept_of_a_journal_that_was_only_left(self):
        journal = self.killed_after_trading()
        code, words, errors = self.ask("journal", "accept", str(journal), "--reason", "in doubt")
        self.assertEqual(code, 0, errors)
        self.assertIn("nothing to accept", words)
        self.run_ready()


if __name__ == "__main__":
    unittest.main()
