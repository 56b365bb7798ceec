"""Kills the real binary at its Nth sync or write, or lets that fail; starts it again, and asks the
oracle.

Environment: CRASH_EVERY (each which call, default 10), CRASH_SYMBOLS (default 8), CRASH_CALLS
(comma-separated system calls, default "fdatasync"), CRASH_FROM (default 1).
"""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "end_to_end"))

import oracle  # noqa: E402
from harness import LIMIT_S, OUTSIDE, OutsideTestCase, Process, a_reduce, an_open  # noqa: E402

EVERY = int(os.environ.get("CRASH_EVERY", "10"))
FROM = int(os.environ.get("CRASH_FROM", "1"))
SYMBOLS = int(os.environ.get("CRASH_SYMBOLS", "8"))
CALLS = os.environ.get("CRASH_CALLS", "fdatasync").split(",")

VENUE = """
mode = "demo"
[simulator]
port = 0
certificate_file = "{dir}/venue.pem"
api_key_file = "{dir}/key"
api_secret_file = "{dir}/secret"
latency = "2ms"
volatility_bp = 0
symbols = {symbols}
"""

# One symbol is traded by a stranger, which is held soon; nothing else may be.
HOLDS = """
[gate]
cooldown = "0ms"
allow_add = true
[reconcile]
foreign = "hold"
quiet_window = "500ms"
period = "250ms"
"""

# E8: not found for a while after acceptance.
HIDDEN = {"effect": "hide_order", "method": "GET", "path": "/fapi/v1/order", "delay_ms": 1500, "count": 0,
          "chance_percent": 30}
# E4 executed and not executed, E9 lost after accept.
FAULTS = [
    {"effect": "status", "reply": "unknown_503", "execute": True, "method": "POST",
     "path": "/fapi/v1/order", "count": 0, "chance_percent": 10},
    {"effect": "status", "reply": "unknown_503", "execute": False, "method": "POST",
     "path": "/fapi/v1/order", "count": 0, "chance_percent": 5},
    {"effect": "reset_after", "method": "POST", "path": "/fapi/v1/order", "count": 0,
     "chance_percent": 10},
    HIDDEN,
]


class CrashTestCase(OutsideTestCase):
    def phases(self):
        """Plans in batches: entries, exits to a half, exits of the rest."""
        names = self.symbols
        yield [an_open(f"open-{n}", symbol=n, quantity=None, notional="1000") for n in names]
        yield [a_reduce(f"half-{n}", symbol=n, target=self.halves[n]) for n in names]
        yield [an_open(f"again-{n}", symbol=n, quantity=None, notional="500") for n in names[::2]]
        yield [a_reduce(f"rest-{n}", symbol=n) for n in names[1::2]]

    def start_venue_with_faults(self):
        venue = self.start(self.write_config(
            VENUE.format(dir=self.directory, symbols=SYMBOLS + 3), "venue.toml"), "sim")
        self.venue_port = int(venue.wait_url().rsplit(":", 1)[1])
        for fault in FAULTS:
            self.venue("POST", "/sim/fault", fault)
        return venue

    def config(self):
        text = OUTSIDE.format(port=self.venue_port, dir=self.directory, mode="testnet", more="")
        return self.write_config(text + HOLDS)

    def start_to_fail(self, call, what):
        """The binary under strace, which does `what` to this call, e.g. "signal=SIGKILL:when=7"."""
        process = Process.__new__(Process)
        process.log_path = self.directory / f"log-{time.monotonic_ns()}"
        process.log_file = open(process.log_path, "wb")
        process.process = subprocess.Popen(
            ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e",
             f"inject={call}:{what}", os.environ.get("SLUICE", "build/dev/sluice"),
             "run", str(self.config())],
            stdout=subprocess.PIPE, stderr=process.log_file, cwd=self.directory)
        process.url = None
        self.started.append(process)
        return process

    def offer(self, plans, wait):
        """False when the process did not answer: it is ending."""
        plans = [{k: v for k, v in p.items() if v is not None} for p in plans]
        try:
            reply = self.post(f"/api/v1/plans?wait={wait}", plans)
        except OSError:
            return False
        if reply.status not in (200, 202):
            return False
        self.taken |= {a["plan_id"] for a in reply.json() if a["status"] == "accepted"}
        return True

    def run_until_it_ends(self, call, what):
        """False when all was done before it came to that."""
        self.taken = set()
        self.sluice = self.start_to_fail(call, what)
        line = self.sluice.process.stdout.readline().decode().strip()
        if not line:
            return self.sluice.process.wait(LIMIT_S) != 0
        self.sluice.url = line
        try:
            self.until("ready", lambda: self.get("/readyz").status == 200)
            self.be_held()
            for plans in self.phases():
                for i in range(0, len(plans), 2):
                    if not self.offer(plans[i:i + 2], "500ms"):
                        return self.process_ended()
        except (OSError, ValueError):
            pass
        if self.sluice.process.poll() is None:
            time.sleep(0.2)
        return self.sluice.process.poll() is not None

    def process_ended(self):
        try:
            self.sluice.process.wait(LIMIT_S)
            return True
        except subprocess.TimeoutExpired:
            return False

    def end_traced(self):
        if self.sluice.process.poll() is None:
            tracer = self.sluice.process.pid
            with contextlib.suppress(ProcessLookupError):
                for child in pathlib.Path(f"/proc/{tracer}/task/{tracer}/children").read_text().split():
                    os.kill(int(child), signal.SIGTERM)
        self.sluice.process.wait(LIMIT_S)
        self.sluice.process.stdout.close()

    def trade_as_stranger(self):
        self.venue("POST", "/sim/trade", {"symbol": self.stranger, "side": "BUY",
                                          "quantity": self.stranger_amount})

    def be_held(self):
        """A trade in the first moments of a process may still be taken for a position found at the start."""
        for _ in range(3):
            self.trade_as_stranger()
            end = time.monotonic() + 10
            while time.monotonic() < end:
                if self.status()["holds"] == 1:
                    return
                time.sleep(0.02)
        self.fail("a stranger's trades are not held")

    def check_hold(self, before):
        """What was held before the kill is held still, for the same reason; else it is held now."""
        if not before:
            self.be_held()
        refused = self.post("/api/v1/plans?wait=5s", {
            k: v for k, v in an_open("held", symbol=self.stranger, quantity=None,
                                     notional="500").items() if v is not None}).json()
        codes = [r["code"] for r in refused["judged"]["verdict"].get("refusals", [])]
        self.assertIn("reconcile_hold_active", codes, f"{before}: {refused}")

    def finish_the_run(self, held):
        """Starts again, offers everything again, and waits until nothing is open."""
        self.venue("POST", "/sim/faults/clear")
        # What the killed process left is looked up while orders are still hidden for a while.
        self.venue("POST", "/sim/fault", HIDDEN)
        self.sluice = self.start(self.config())
        self.sluice.wait_url()
        self.until("ready", lambda: self.get("/readyz").status == 200)
        self.until("what was left is resolved", lambda: self.status()["orders"]["under_way"] == 0)
        self.venue("POST", "/sim/faults/clear")
        self.check_hold(held)
        for plans in self.phases():
            self.assertTrue(self.offer(plans, "20s"))
            self.until("orders resolved", lambda: self.status()["orders"]["under_way"] == 0)
        # What a repair needs is read back within a minute at the most.
        end = time.monotonic() + LIMIT_S + 30
        while oracle.violations(self.journal(), self.account(), held={self.stranger}) and time.monotonic() < end:
            time.sleep(0.1)

    def journal(self):
        return self.directory / "state" / "journal.db"

    def account(self):
        return self.venue("GET", "/sim/ledger")["accounts"][0]

    def one_crash(self, call, at):
        venue = self.start_venue_with_faults()
        killed = self.run_until_it_ends(call, f"signal=SIGKILL:when={at}")
        self.end_traced()
        self.check_state(f"killed at {call} {at}")
        self.check_after(f"killed at {call} {at}", venue)
        return killed

    def check_state(self, what):
        """The rows of state are what the records make of them, in the file as it was left."""
        if self.journal().exists():
            self.assertEqual(oracle.state_faults(self.journal()), [], what)

    def check_taken(self, what):
        """Whatever a producer was told to be accepted is in the journal as it was left."""
        if not self.taken:
            return  # Nor a journal, perhaps.
        known = {row[0] for row in oracle.rows(self.journal(), "SELECT plan_id FROM plan")}
        self.assertEqual(self.taken - known, set(), what)
        self.taken_at_all += len(self.taken)

    def check_after(self, what, venue):
        self.check_taken(what)
        held = oracle.holds(self.journal()) if self.journal().exists() else []
        self.held_at_the_end += len(held)
        self.finish_the_run(held)
        found = oracle.violations(self.journal(), self.account(), held={self.stranger})
        found += oracle.state_faults(self.journal())
        left = oracle.holds(self.journal())
        if (held and left != held) or [h[0] for h in left] != [self.stranger]:
            found.append(f"holds were {held}, are {left}")
        self.assertEqual(found, [], f"{what}: {found}\n{self.sluice.log()[-3000:]}")
        self.sluice.end(signal.SIGTERM)
        venue.end(signal.SIGTERM)
        shutil.rmtree(self.directory / "state")

    def setUp(self):
        super().setUp()
        self.taken, self.taken_at_all = set(), 0
        if not shutil.which("strace"):
            self.fail("strace is needed: scripts/setup installs it")
        if subprocess.run(["strace", "-o", "/dev/null", "true"], check=False).returncode != 0:
            self.skipTest("this machine forbids tracing")
        self.write_keys()
        venue = self.start(self.write_config(
            VENUE.format(dir=self.directory, symbols=SYMBOLS + 3), "venue.toml"), "sim")
        self.venue_port = int(venue.wait_url().rsplit(":", 1)[1])
        self.choose_symbols()
        venue.end(signal.SIGTERM)

    @staticmethod
    def until_no_more(once, step):
        """Runs on with a later call each time, until two runs in a row never came to it."""
        times, missed, at = 0, 0, FROM
        while missed < 2:
            if once(at):
                times, missed = times + 1, 0
            else:
                missed += 1
            at += step
        return times

    def one_failure(self, call, error, at):
        """The disk refuses once: trading ends with 74 and nothing is sent any more."""
        venue = self.start_venue_with_faults()
        ended = self.run_until_it_ends(call, f"error={error}:when={at}")
        if ended:
            code = self.sluice.process.wait(LIMIT_S)
            self.assertEqual(code, 74, f"{error} at {call} {at}:\n{self.sluice.log()[-3000:]}")
        self.end_traced()
        self.check_state(f"{error} at {call} {at}")
        self.check_after(f"{error} at {call} {at}", venue)
        return ended

    def test_a_disk_that_fails_at_any_sync_or_write_ends_trading_with_74(self):
        failures = self.held_at_the_end = 0
        for call, error in (("fdatasync", "EIO"), ("pwrite64", "ENOSPC")):
            failures += self.until_no_more(lambda at: self.one_failure(call, error, at),
                                           EVERY * (1 if call == "fdatasync" else 20))
        print(f"{failures} failures of the disk survived")
        self.assertGreater(failures, 3)

    def test_a_kill_at_any_sync_loses_nothing_and_repeats_nothing(self):
        crashes = self.held_at_the_end = 0
        for call in CALLS:
            crashes += self.until_no_more(lambda at: self.one_crash(call, at), EVERY)
        print(f"{crashes} crashes survived, {self.held_at_the_end} of them with a hold")
        self.assertGreater(crashes, 3)
        self.assertGreater(self.held_at_the_end, 1)
        self.assertGreater(self.taken_at_all, crashes)

    def choose_symbols(self):
        """Those that trade, and about half of what 1,000 buys of each."""
        self.sluice = self.start(self.config())
        self.sluice.wait_url()
        self.until("ready", lambda: self.get("/readyz").status == 200)
        rules = [r for r in self.get("/api/v1/universe").json()["symbols"] if r["tradable"]]
        self.symbols = [r["symbol"] for r in rules][:SYMBOLS]
        self.stranger = rules[SYMBOLS]["symbol"]
        self.halves = {}
        probes = [an_open(f"probe-{n}", symbol=n, quantity=None, notional="1000")
                  for n in [*self.symbols, self.stranger]]
        probes = [{k: v for k, v in p.items() if v is not None} for p in probes]
        for probe in self.post("/api/v1/plans?wait=5s", probes).json():
            amount = float(probe["judged"]["verdict"]["terms"]["amount"])
            symbol = probe["plan_id"][len("probe-"):]
            if symbol == self.stranger:
                self.stranger_amount = f"{amount:.8f}"
            else:
                self.halves[symbol] = f"{amount / 2:.8f}"
        self.sluice.end(signal.SIGTERM)
        shutil.rmtree(self.directory / "state")


if __name__ == "__main__":
    unittest.main()
