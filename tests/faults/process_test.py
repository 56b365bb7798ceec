"""The process and its journal: killed, refused by the disk, damaged, started twice, reloaded, ended: H1 to H3, H8, H9, H11."""

import shutil
import signal
import subprocess
import time
import unittest

from field import BINARY, LIMIT_S, ORDER, FaultsTestCase, Parameters, crash_test, oracle
from preloaded import PreloadedTestCase

FRAME_PAYLOAD = 32 + 24 + 2_000  # Of a write-ahead log: in the page of its first frame.


class CrashesTestCase(crash_test.CrashTestCase):
    """One kill, and one refusal by the disk; each call in its turn is tests/crash's to try."""

    test_a_kill_at_any_sync_loses_nothing_and_repeats_nothing = None
    test_a_disk_that_fails_at_any_sync_or_write_ends_trading_with_74 = None
    held_at_the_end = 0

    def test_h1_killed_at_a_sync(self):
        at = Parameters(self.id()).number("sync", 20, 5, 28)
        self.assertTrue(self.one_crash("fdatasync", at), "it was never killed")

    def test_h2_refused_by_the_disk(self):
        vary = Parameters(self.id())
        for call, error, at in (("fdatasync", "EIO", vary.number("sync", 20, 5, 28)),
                                ("pwrite64", "ENOSPC", vary.number("write", 150, 60, 200))):
            with self.subTest(call):
                self.assertTrue(self.one_failure(call, error, at), f"{call} {at} was never refused")


class SlowDiskTestCase(PreloadedTestCase):
    """H11: a commit takes longer than a permit lives."""

    library_source = "slow_disk.c"

    def test_h11_slow_commits(self):
        self.begin()
        whole, part, third = self.names_of_symbols(3)
        held = self.hold_positions([whole, part])
        each = self.vary.number("each_commit_ms", 2_500, 1_000, 3_000)
        self.bend(each)
        before, began = self.last(), time.monotonic()
        of_before = self.held().get(third, 0)
        left = held[part] // 2
        exits = [self.exit(whole), self.exit(part, target=f"{left:f}")]
        entry = self.entry(third, ttl="12s")
        self.offer([entry, *exits])
        self.until_ended([entry, *exits])
        self.assertGreater(time.monotonic() - began, 2 * each / 1_000, "the disk was not slow")
        self.assertEqual([self.ended()[e["plan_id"]][0] for e in exits], ["done", "done"])
        self.assertEqual({s: self.held().get(s, 0) for s in (whole, part)}, {whole: 0, part: left})
        # An entry whose permit ran out meanwhile is none; each order went out once.
        traded = self.ended()[entry["plan_id"]][1]
        self.assertEqual(abs(self.held().get(third, 0) - of_before), traded)
        sent = [self.parameter(r, "newClientOrderId") for r in self.arrivals(before, "POST", ORDER)]
        self.assertEqual(sorted(sent), sorted(set(sent)))
        self.assertEqual(len(sent), len(exits) + (traded > 0))
        self.bend(0)
        self.check_end()


class JournalTestCase(FaultsTestCase):
    """H3: what was damaged is refused by name, or it is whole; it is never silently wrong."""

    def refused_or_whole(self, what, must_refuse=True):
        done = subprocess.Popen([BINARY, "run", str(self.configuration())], cwd=self.directory, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        line = done.stdout.readline()
        if line:
            done.send_signal(signal.SIGTERM)
        _, errors = done.communicate(timeout=LIMIT_S)
        if line:
            self.assertFalse(must_refuse, f"{what}: it started")
            self.assertEqual(oracle.state_faults(self.journal()), [], what)
        else:
            self.assertEqual(done.returncode, 74, f"{what}: {errors}")
            self.assertIn("journal", errors, what)

    def test_h3_a_damaged_journal(self):
        self.begin()
        self.hold_positions(self.names_of_symbols(3))
        self.sluice.end(signal.SIGKILL)
        state, good = self.directory / "state", self.directory / "good"
        shutil.copytree(state, good)
        flips = self.vary.number("flips", 3, 2, 6)
        size = (good / "journal.db").stat().st_size
        places = [self.vary.number(f"place_{n}", size * (n + 1) // (flips + 1), 100, size - 1)
                  for n in range(flips)]
        for what, damage, must_refuse in (
                ("a bit of the log", lambda: self.flip("journal.db-wal", FRAME_PAYLOAD), True),
                ("no log", lambda: self.remove("journal.db-wal", "journal.db-shm"), True),
                ("half the file", lambda: self.cut("journal.db", size // 2), True),
                *((f"a bit at {place}", lambda at=place: self.flip("journal.db", at), False)
                  for place in places)):
            shutil.rmtree(state)
            shutil.copytree(good, state)
            damage()
            self.refused_or_whole(what, must_refuse)
        shutil.rmtree(state)
        shutil.copytree(good, state)
        self.start_sluice()
        self.check_end()

    def flip(self, name, at):
        path = self.directory / "state" / name
        content = bytearray(path.read_bytes())
        content[at] ^= 1
        path.write_bytes(content)

    def cut(self, name, size):
        with open(self.directory / "state" / name, "r+b") as file:
            file.truncate(size)

    def remove(self, *names):
        for name in names:
            (self.directory / "state" / name).unlink()


class LifeTestCase(FaultsTestCase):
    symbols = 200

    @staticmethod
    def timed(act):
        began = time.monotonic()
        returned = act()
        return time.monotonic() - began, returned

    def test_h8_a_second_instance(self):
        """One second above what the program takes to be loaded and to end: with a sanitizer that alone is longer."""
        self.begin()
        took, loading = [], []
        for _ in range(3):
            loading.append(self.timed(lambda: subprocess.run([BINARY, "version"], capture_output=True, check=True))[0])
            seconds, (code, output, errors) = self.timed(lambda: self.finish(self.configuration()))
            took.append(seconds)
            self.assertEqual((code, output), (75, ""), errors)
        self.assertLess(min(took), 1 + min(loading), (took, loading))
        self.check_end()

    def test_h9_a_broken_file_on_sighup(self):
        self.begin(log='level = "info"')
        symbol, = self.names_of_symbols(1)
        good = self.configuration().read_text()
        self.configuration().write_text(good.replace('order_notional_max = "0"', 'order_notional_max = "1"')
                                        + "\n[nonsense]\nx = 1\n")
        self.sluice.process.send_signal(signal.SIGHUP)
        self.until_logged("ERROR config reload_refused")
        self.assertIn("config_reload_refused", [w["reason"] for w in self.status()["warnings"]])
        # Not even the half of it that is good is in force.
        self.assert_allowed(self.entry(symbol))
        self.configuration().write_text(good)
        self.sluice.process.send_signal(signal.SIGHUP)
        self.until("taken", lambda: self.metric("sluice_config_last_reload_successful") == 1)
        self.check_end()

    def load(self):
        """A batch that is being worked on."""
        plans = [self.entry(s) for s in list(self.rules)[:150]]
        accepted = [r for r in self.offer(plans) if r.get("status") == "accepted"]
        self.assertGreater(len(accepted), 100)
        return accepted

    def check_after(self):
        """What was accepted has one verdict, and what was under way is settled, after the next start."""
        self.clear()
        self.start_sluice()
        self.until("orders resolved", lambda: self.status()["orders"]["under_way"] == 0)
        self.until_books_agree()
        self.check_replay()

    def test_h9_sigterm_under_load(self):
        self.begin()
        self.venue("POST", "/sim/latency", {"ms": self.vary.number("latency_ms", 200, 2, 400)})
        self.load()
        began = time.monotonic()
        self.assertEqual(self.sluice.end(signal.SIGTERM), 0)
        self.assertLess(time.monotonic() - began, 10)
        self.check_after()

    def test_h9_sigterm_twice(self):
        self.begin()
        self.provoke([{"effect": "hang", "method": "POST", "path": ORDER, "count": 0}])
        self.load()
        self.until("sent", lambda: self.status()["orders"]["under_way"] > 0)
        self.sluice.process.send_signal(signal.SIGTERM)
        self.until_logged("stopping|SIGTERM")
        began = time.monotonic()
        self.assertEqual(self.sluice.end(signal.SIGTERM), -signal.SIGTERM)
        self.assertLess(time.monotonic() - began, 3)
        self.check_after()

    def test_h9_halted_while_it_ends(self):
        self.begin()
        self.provoke([{"effect": "hang", "method": "POST", "path": ORDER, "count": 0}])
        self.load()
        self.until("sent", lambda: self.status()["orders"]["under_way"] > 0)
        self.sluice.process.send_signal(signal.SIGTERM)
        self.until_logged("stopping|SIGTERM")
        self.sluice.process.send_signal(signal.SIGUSR1)
        self.until("halted", lambda: self.get("/api/v1/state").json()["state"] == "halted", 3)
        self.assertEqual(self.sluice.end(signal.SIGTERM), -signal.SIGTERM)


if __name__ == "__main__":
    unittest.main()
