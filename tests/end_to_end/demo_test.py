"""scripts/demo as a person starts it: its first minute, its end, and what it says when something is missing."""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import types
import unittest

import harness
from harness import LIMIT_S, SluiceTestCase

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts" / "first_minute"))
import setups  # noqa: E402
from story import Story  # noqa: E402

# The outage is over after 45 s; the rest is for streams that come back and for busy machines.
RUN_S = 100


class DemoTestCase(SluiceTestCase):
    def run_script(self, *options, binary=None):
        """Its lines go to a file, so that it is never held up by who reads them."""
        self.told_path = self.directory / "told"
        binary = pathlib.Path(binary or harness.BINARY).resolve()
        with open(self.told_path, "wb") as told:
            self.script = subprocess.Popen(
                ["bash", ROOT / "scripts" / "demo", *options], stdout=told, stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL, env={**os.environ, "SLUICE": str(binary)})
        self.addCleanup(self.end_script)
        return self.script

    def end_script(self):
        if self.script.poll() is None:
            self.script.terminate()
            self.script.wait(LIMIT_S)
        if kept := re.search(r"journal are in (\S+)", self.told()):
            shutil.rmtree(kept[1])

    def told(self):
        return self.told_path.read_text()

    def until_told(self, pattern, limit_s=LIMIT_S):
        def look():
            found = re.search(pattern, self.told(), re.M)
            if not found and self.script.poll() is not None:
                self.fail(f"ended without telling {pattern}\n{self.told()}")
            return found
        return self.until(pattern, look, limit_s)

    def find_it(self):
        """The demo's own process, to be asked by the harness."""
        self.sluice = types.SimpleNamespace(url=self.until_told(r"(http://\S+)/ ")[1])
        self.folder = pathlib.Path(self.until_told(r"journal are in (\S+)")[1])

    def assert_nothing_is_left(self):
        host, port = re.match(r"http://([^:]+):(\d+)", self.sluice.url).groups()
        with socket.socket() as probe:
            self.assertNotEqual(probe.connect_ex((host, int(port))), 0)
        for command in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            try:
                self.assertNotIn(str(self.folder).encode(), command.read_bytes())
                self.assertNotIn(self.sluice.url.encode(), command.read_bytes())
            except (FileNotFoundError, ProcessLookupError):
                pass

    def test_the_first_minute_has_entries_exits_and_an_outage_that_is_named_and_cured(self):
        self.run_script("--port", "0", "--for", str(RUN_S))
        self.find_it()
        away, back = setups.outage_s()
        self.assertIn(f"at {away:.0f} s    the venue goes away for {back - away:.0f} s", self.told())
        named = self.until_told(r"^ +(\d+) s +STALL +exchange_away, since \d\d:\d\d:\d\d UTC: no read of the "
                                r"exchange succeeds")
        self.assertLessEqual(int(named[1]), away + 60)
        ready = self.get("/readyz").json()
        self.assertIn("exchange_unreachable", [each["reason"] for each in ready["reasons"]])
        stall = ready["stalls"][0]
        self.assertEqual(stall["cause"], "exchange_away")
        self.assertRegex(stall["since"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
        self.assertIn("network", stall["cure"])
        self.assertNotIn("slow_rounds", [each["cause"] for each in ready["stalls"]])
        self.assertRegex((self.folder / "sluice.log").read_text(),
                         r"ERROR watchdog exchange_away what=.* since=\S+ effect=.* cure=")
        self.until_told(r"cured +exchange_away")
        self.assertEqual(self.script.wait(RUN_S + LIMIT_S), 0, self.told())
        for claim in ("entries of the strategy were executed: [1-9]", "exits of the exit engine were executed: [1-9]",
                      "the outage was named: .*exchange_away after", "plans could be allowed again, after"):
            self.assertRegex(self.told(), "  yes  " + claim)
        self.assertRegex(self.told(), r"exit +\S+: \S+ executed, (stop_crossed|target_reached|take_profit): ")
        self.assert_nothing_is_left()

    def test_ctrl_c_ends_everything_it_started(self):
        self.run_script("--port", "0")
        self.find_it()
        self.until_told("ready +plans can be allowed")
        self.script.send_signal(signal.SIGINT)
        self.assertEqual(self.script.wait(LIMIT_S), 0, self.told())
        self.assertIn("NO   the outage was named: no", self.told())
        self.assert_nothing_is_left()

    def test_a_port_that_is_taken_is_told_with_what_to_do(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            self.run_script("--port", str(other.getsockname()[1]))
            self.assertEqual(self.script.wait(LIMIT_S), 1)
        self.assertIn("--port 0 takes any free port", self.told())

    def test_a_binary_that_cannot_run_is_told(self):
        self.run_script(binary="/bin/false")
        self.assertEqual(self.script.wait(LIMIT_S), 1)
        self.assertIn("sluice did not start", self.told())


class StoryTestCase(unittest.TestCase):
    def setUp(self):
        self.story = Story(lambda plan_id: f"why {plan_id}")

    @staticmethod
    def status(ready=True, stalls=()):
        return {"ready": ready, "not_ready": [{"reason": "a_reason"}], "stalls": [
            {"cause": cause, "since": "2026-11-26T05:00:01.000Z", "what": "what", "effect": "effect",
             "cure": "cure"} for cause in stalls]}

    @staticmethod
    def plan(plan_id, **more):
        return {"plan_id": plan_id, "kind": "open", "symbol": "XRPUSDT", "source": "breakout",
                "verdict": "allow", "reason": None, "ended": None, "executed": None, **more}

    def test_each_thing_is_told_once_and_plans_when_they_have_ended(self):
        self.assertEqual(self.story.take(1, self.status(), [self.plan("a")]),
                         ["    1 s  ready      plans can be allowed"])
        done = self.plan("a", ended="done", executed="5")
        left = self.plan("b", kind="reduce", source="exit_engine", ended="done", executed="5")
        self.assertEqual(self.story.take(2, self.status(), [left, done]),
                         ["    2 s  entry      XRPUSDT: 5 executed for breakout",
                          "    2 s  exit       XRPUSDT: 5 executed, why b"])
        self.assertEqual(self.story.take(3, self.status(), [left, done]), [])
        stalled = self.story.take(4, self.status(False, ["exchange_away"]), [])
        self.assertIn("exchange_away, since 05:00:01 UTC: what", stalled[0])
        self.assertIn("not ready  a_reason", stalled[-1])
        self.assertEqual(self.story.take(5, self.status(False, ["exchange_away"]), []), [])
        self.assertEqual([told.split()[2] for told in self.story.take(6, self.status(), [])],
                         ["cured", "ready"])
        self.assertEqual({holds for _, holds in self.story.seen()}, {True})

    def test_what_was_not_seen_is_not_claimed(self):
        self.assertEqual({holds for _, holds in self.story.seen()}, {False})
        by_hand = self.plan("b", kind="reduce", source="me", ended="done", executed="5")
        nothing = self.plan("c", ended="done", executed="0")
        self.story.take(1, self.status(), [by_hand, nothing, self.plan("d", verdict="deny", reason="halted")])
        self.story.take(2, self.status(False), [])
        self.story.take(3, self.status(), [])
        self.assertEqual({holds for _, holds in self.story.seen()}, {False})


if __name__ == "__main__":
    unittest.main()
