"""Old records moved into an archive by the command line: whole or not at all, whenever it is killed."""

import json
import shutil
import sqlite3
import subprocess
import unittest

from harness import BINARY, LIMIT_S, SluiceTestCase, a_reduce, an_open


class ArchiveTestCase(SluiceTestCase):
    def ask(self, *words):
        done = subprocess.run([BINARY, *words], capture_output=True, text=True, timeout=LIMIT_S,
                              cwd=self.directory, check=False)
        return done.returncode, done.stdout, done.stderr

    def trade_a_little(self):
        self.run_ready(positions='"BTCUSDT=0.010"')
        for plan in (an_open("old-open", symbol="ETHUSDT", quantity="1"), a_reduce("old-exit"),
                     an_open("new-open", symbol="SOLUSDT", quantity="1"),
                     a_reduce("new-exit", symbol="ETHUSDT")):
            self.post("/api/v1/plans?wait=5s", {k: v for k, v in plan.items() if v is not None})
            self.until(f"{plan['plan_id']} is carried out", lambda: any(
                p["plan_id"] == plan["plan_id"] and p["ended"]
                for p in self.get("/api/v1/plans").json()["plans"]))

    def a_journal(self):
        """Of a process that has ended, with the instant that its newer half begins at."""
        self.trade_a_little()
        self.sluice.end()
        journal = self.directory / "state" / "journal.db"
        with sqlite3.connect(journal) as connection:
            seq, at = connection.execute(
                "SELECT seq, strftime('%Y-%m-%dT%H:%M:%S', wall_ms / 1000, 'unixepoch')"
                " || printf('.%03dZ', wall_ms % 1000) FROM record WHERE kind = 'plan_accepted'"
                " AND body LIKE '%new-open%'").fetchone()
        connection.close()
        self.assertGreater(seq, 5)
        return journal, at

    def verified(self, file):
        code, words, errors = self.ask("journal", "verify", "--json", str(file))
        self.assertEqual(code, 0, errors)
        return json.loads(words)

    def check_both(self, journal, archive, whole):
        old, rest = self.verified(archive), self.verified(journal)
        self.assertTrue(old["archived"])
        self.assertEqual(old["last_seq"], rest["begins_after"])
        self.assertEqual(old["ends_with"], rest["begins_with"])
        self.assertEqual(rest["ends_with"], whole["ends_with"])
        self.assertEqual(old["records"] + rest["records"], whole["records"])

    def test_an_archive_and_the_journal_verify_and_replay_and_the_next_run_goes_on(self):
        journal, at = self.a_journal()
        whole = self.verified(journal)
        code, words, errors = self.ask("journal", "archive", str(journal), "--before", at, "--to",
                                       "old.db")
        self.assertEqual(code, 0, words + errors)
        archive = self.directory / "old.db"
        self.check_both(journal, archive, whole)
        self.assertEqual(archive.stat().st_mode & 0o777, 0o600)
        code, words, _ = self.ask("journal", "verify", str(journal))
        self.assertIn("ends with it", words)
        judged = 0
        for file in (archive, journal):
            code, words, errors = self.ask("replay", str(file), "--json")
            self.assertEqual(code, 0, words + errors)
            judged += json.loads(words)["verdicts"]
        self.assertEqual(judged, 4)
        code, _, errors = self.ask("journal", "archive", str(journal), "--before", at, "--to",
                                   "old.db")
        self.assertEqual(code, 0, errors)  # Nothing more is that old.
        code, _, _ = self.ask("journal", "archive", str(journal), "--before", "yesterday")
        self.assertEqual(code, 2)
        self.run_ready(positions='"BTCUSDT=0.010"')
        again = self.post("/api/v1/plans?wait=5s", a_reduce("old-exit"))
        self.assertIn(again.status, (200, 202))
        with sqlite3.connect(journal) as connection:
            self.assertEqual(connection.execute(
                "SELECT count(*) FROM plan WHERE plan_id = 'old-exit'").fetchone(), (0,))
        connection.close()
        self.assertEqual(self.verified(journal)["begins_after"], whole["last_seq"] -
                         (whole["records"] - self.verified(archive)["records"]))

    def test_an_archive_of_a_running_journal_exits_75(self):
        self.trade_a_little()
        code, _, errors = self.ask("journal", "archive", str(self.directory / "state" / "journal.db"),
                                   "--before", "2099-01-01")
        self.assertEqual(code, 75, errors)

    def killed_at(self, call, when, journal, at):
        """False when the archive was done before it came to that."""
        done = subprocess.run(
            ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e",
             f"inject={call}:signal=SIGKILL:when={when}", BINARY, "journal", "archive", str(journal),
             "--before", at], capture_output=True, timeout=LIMIT_S, check=False)
        return done.returncode != 0

    def test_an_archive_that_is_killed_at_any_sync_or_rename_is_whole_or_was_not_begun(self):
        if not shutil.which("strace") or subprocess.run(
                ["strace", "-o", "/dev/null", "true"], check=False).returncode != 0:
            self.skipTest("strace is missing, or this machine forbids tracing")
        journal, at = self.a_journal()
        whole = self.verified(journal)
        kept = self.directory / "kept"
        shutil.copytree(journal.parent, kept)
        kills, outcomes = 0, set()
        for call, step in (("fdatasync", 1), ("fsync", 1), ("rename", 1), ("pwrite64", 25)):
            when = 1
            while True:
                shutil.rmtree(journal.parent)
                shutil.copytree(kept, journal.parent)
                if not self.killed_at(call, when, journal, at):
                    break
                kills += 1
                found = self.verified(journal)
                outcomes.add(found["begins_after"] > 0)
                if found["begins_after"] == 0:
                    self.assertEqual(found["records"], whole["records"])
                    self.assertEqual(list(journal.parent.glob("archive/*.db")), [])
                code, words, errors = self.ask("journal", "archive", str(journal), "--before", at)
                self.assertEqual(code, 0, f"{call} {when}: {words}{errors}")
                archives = list(journal.parent.glob("archive/*"))
                self.assertEqual(len(archives), 1, archives)
                self.check_both(journal, archives[0], whole)
                when += step
        self.assertGreater(kills, 10)
        self.assertEqual(outcomes, {False, True})


if __name__ == "__main__":
    unittest.main()
