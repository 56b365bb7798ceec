"""The venue, the real binary before it, and what every row of faults does with them.

FAULTS_SEED=N draws the parameters of a row from N and prints them; without it each row has its plain ones.
"""

import os
import pathlib
import random
import re
import subprocess
import sys
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent.parent / part)
                for part in ("matrix", "crash", "end_to_end")]

import crash_test  # noqa: E402,F401
import harness  # noqa: E402
import matrix_test  # noqa: E402
import oracle  # noqa: E402,F401
import table  # noqa: E402,F401
from harness import BINARY, OUTSIDE  # noqa: E402,F401
from world import LIMIT_S, a_reduce, an_entry, ask, rows  # noqa: E402,F401

SEED = os.environ.get("FAULTS_SEED")
RECOVERY_S = 10  # After the last fault, as promised.
MS = 1_000_000  # Nanoseconds.
PROMISED_MIB = 256  # Of memory, at 10,000 symbols.

ORDER = "/fapi/v1/order"
RISK = "/fapi/v3/positionRisk"
KEY = "/fapi/v1/listenKey"

BASE = {"gate": 'cooldown = "0ms"\nallow_add = true', "exits": "enabled = false"}


def with_lines(text, table, lines):
    """The TOML text with these lines in that table."""
    head = f"[{table}]\n"
    return text.replace(head, head + lines + "\n") if head in text else f"{text}{head}{lines}\n"


class Process(harness.Process):
    """One that is begun by other words than the binary's name alone."""

    def __init__(self, words, directory, stdin=None):
        self.log_path = directory / f"log-{time.monotonic_ns()}"
        self.log_file = open(self.log_path, "wb")
        self.process = subprocess.Popen(words, stdin=stdin, stdout=subprocess.PIPE,
                                        stderr=self.log_file, cwd=directory)
        self.url = None


class Parameters:
    """What a row may vary: the plain value, or one drawn from the seed."""

    def __init__(self, name):
        self.random = random.Random(f"{SEED}:{name}") if SEED else None
        self.drawn = {}

    def number(self, name, plain, low, high):
        self.drawn[name] = self.random.randint(low, high) if self.random else plain
        return self.drawn[name]

    def one_of(self, name, options):
        """The first of them without a seed."""
        self.drawn[name] = self.random.choice(options) if self.random else options[0]
        return self.drawn[name]

    def some_of(self, name, options, count):
        """The first `count` of them without a seed."""
        options = list(options)
        self.drawn[name] = self.random.sample(options, count) if self.random else options[:count]
        return self.drawn[name]


class FaultsTestCase(matrix_test.MatrixTestCase):
    symbols = 20
    settings = ""
    bound = "1900ms"  # The age that is promised; shorter means more reads.
    host = "127.0.0.1"

    def setUp(self):
        super().setUp()
        self.vary = Parameters(self.id())
        self.tables = {}
        self.serial = 0
        if SEED:
            self.addCleanup(lambda: print(f"{self.id()} seed={SEED} {self.vary.drawn}"))

    # ---- starting

    def configure(self, **tables):
        """Further lines for tables of the configuration, e.g. gate='park_entry = "1s"'."""
        self.tables = tables

    def start_sluice(self, ready=True):
        self.sluice = self.start(self.configuration())
        self.sluice.wait_url()
        if ready:
            self.until_ready()
            self.until_marks(self.rules)

    def configuration(self):
        text = OUTSIDE.format(port=self.venue_port, dir=self.directory, mode="testnet", more="")
        text = text.replace('bound = "1900ms"', f'bound = "{self.bound}"')
        text = text.replace("://127.0.0.1", f"://{self.host}")
        for table in {**BASE, **self.tables}:
            lines = "\n".join(filter(None, (BASE.get(table), self.tables.get(table))))
            text = with_lines(text, table, lines)
        return self.write_config(text)

    def begin(self, **tables):
        """Starts, and trades a little: at which plan a fault begins is up to the seed."""
        self.configure(**tables)
        self.start_sluice()
        self.trade(self.vary.number("plans_before", 2, 1, 8))

    # ---- trading

    def name(self, word="plan"):
        self.serial += 1
        return f"{word}-{self.serial}"

    def names_of_symbols(self, count):
        """Tradable ones for a row to use."""
        return self.vary.some_of("symbols", self.rules, count)

    def trade(self, count=1):
        """Entries that nothing is in the way of, on different symbols."""
        self.carry_out([an_entry(self.name("calm"), symbol, value=self.value())
                        for symbol in list(self.rules)[-count:]])

    def value(self):
        """Never the same twice: the same wish within seconds would be a duplicate."""
        self.serial += 1
        return str(2000 + self.serial)

    def hold_positions(self, symbols):
        self.carry_out([an_entry(self.name("seed"), s, value=self.value()) for s in symbols])
        self.until_books_agree()
        return {s: a for s, a in self.held().items() if s in symbols}

    def entry(self, symbol, **more):
        return an_entry(self.name("entry"), symbol, value=self.value(), **more)

    def exit(self, symbol, **more):
        return a_reduce(self.name("exit"), symbol, **more)

    def judged(self, plan, wait="20s"):
        """Its verdict and the codes of its refusals."""
        reply = self.post(f"/api/v1/plans?wait={wait}", plan)
        self.assertEqual(reply.status, 200, reply.text)
        verdict = reply.json()["judged"]["verdict"]
        return verdict["kind"], [r["code"] for r in verdict["refusals"]]

    def assert_allowed(self, plan):
        self.assertEqual(self.judged(plan), ("allow", []), plan)
        self.until_ended([plan])
        self.assertEqual(self.ended()[plan["plan_id"]][0], "done", plan)

    def verdict_of(self, plan):
        """Verdict and reason in the journal; None while there is none."""
        found = rows(self.journal(), "SELECT verdict, reason FROM plan WHERE plan_id ="
                                     f" '{plan['plan_id']}' AND verdict IS NOT NULL")
        return found[0] if found else None

    # ---- what the venue was asked

    def arrivals(self, after=0, method=None, path=None):
        return [r for r in self.venue("GET", f"/sim/transcript?after={after}")
                if r["path"].startswith("/fapi/") and method in (None, r["method"])
                and path in (None, r["path"])]

    def last(self):
        """The number of the last request."""
        return (self.venue("GET", "/sim/transcript") or [{"number": 0}])[-1]["number"]

    def between(self, begin, end, **which):
        """What arrived from one time of the venue to another, in milliseconds."""
        return [r for r in self.arrivals(**which) if begin < r["time"] < end]

    def until_answered(self, status, after, **which):
        return self.until(f"an answer {status}", lambda: [
            r for r in self.arrivals(after, **which) if r["status"] == status])[0]

    def parameter(self, request, name):
        found = re.search(rf"(?:^|&){name}=([^&]*)", request["parameters"])
        return found.group(1) if found else None

    def venue_time(self):
        return self.venue("GET", "/sim/status")["server_time"]

    def clear(self):
        self.venue("POST", "/sim/faults/clear")

    # ---- the process

    def exchange(self):
        return self.get("/api/v1/exchange").json()

    def reads_failed(self):
        return self.status()["truth"]["reads_failed"]

    def metric(self, name):
        for line in self.get("/metrics").text.splitlines():
            if line.split(" ")[0] == name:
                return float(line.split(" ")[1])
        return 0.0

    def until_logged(self, words, limit_s=LIMIT_S):
        self.until(words, lambda: re.search(words, self.sluice.log()), limit_s)

    def process_number(self, name):
        """A line of /proc/PID/status, e.g. VmHWM in kB."""
        text = pathlib.Path(f"/proc/{self.sluice.process.pid}/status").read_text()
        return int(re.search(rf"^{name}:\s+(\d+)", text, re.M).group(1))

    def has_a_sanitizer(self):
        needs = subprocess.run(["ldd", BINARY], capture_output=True, text=True, check=False).stdout
        return "libasan" in needs or "libtsan" in needs

    def skip_with_a_sanitizer(self):
        """It has a memory and a loader of its own."""
        if self.has_a_sanitizer():
            self.skipTest("not with a sanitizer")

    def check_memory(self):
        """The most that the process ever had is what is promised."""
        if not self.has_a_sanitizer():
            self.assertLess(self.process_number("VmHWM"), PROMISED_MIB * 1024)

    # ---- what must be true

    def truth_of(self, symbol):
        """Kind and amount of every truth of it that the journal knows, oldest first."""
        return rows(self.journal(), "SELECT kind_after, amount_after, source FROM truth_change"
                                    f" WHERE symbol = '{symbol}' ORDER BY seq")

    def until_recovered(self):
        """Ready in time after the last fault."""
        began = time.monotonic()
        self.until("ready again", lambda: self.get("/readyz").status == 200, RECOVERY_S)
        return time.monotonic() - began

    def check_end(self):
        """No promise was broken, all is as before, and every verdict is made again."""
        self.clear()
        self.until_recovered()
        self.until("orders resolved", lambda: self.status()["orders"]["under_way"] == 0)
        self.until_books_agree()
        symbols = self.names_of_symbols(2)
        self.until_proven(symbols)
        for symbol in symbols:
            self.assert_allowed(self.entry(symbol))
        self.until_books_agree()
        self.check_allows()
        self.check_replay()

    def check_allows(self, limit_ms=10_000):
        """I1: each allow stood on a truth that was known, and younger than its limit."""
        import json
        for plan, text in rows(self.journal(), "SELECT plan_id, facts FROM verdict WHERE kind = 'allow'"
                                               " AND times_judged > 0"):
            facts = json.loads(text)
            position = facts["position"]
            self.assertIn(position["truth"]["kind"], ("flat", "open"), plan)
            self.assertLessEqual(-position["as_of_ns"], limit_ms * MS, plan)
            self.assertTrue(facts["exchange"]["reachable"], plan)
            self.assertIsNone(facts["in_flight"], plan)
