"""The processes of a soak, and what is measured of them: a venue apart, so that restarts lose nothing of it."""

import os
import pathlib
import re
import signal
import sqlite3
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / part) for part in ("end_to_end", "crash")]

import oracle  # noqa: E402
from harness import NO_LIMITS, OutsideTestCase, free_port  # noqa: E402

AWAY_S = 15  # So long after a restart nothing is called late: the process was not there.
LATE_MS = 1000  # Of the deadline: verdicts are made in time, their wall clock is read a little later.

VENUE = """
mode = "demo"
[simulator]
port = 0
certificate_file = "{dir}/venue.pem"
api_key_file = "{dir}/key"
api_secret_file = "{dir}/secret"
latency = "20ms"
latency_jitter = "30ms"
symbols = {symbols}
seed = {seed}
fills_max = 3
balance = "100000000"
weight_limit_1m = 24000
order_limit_10s = 0
order_limit_1m = 0
history_max = 100000000
"""

# What is bounded is bounded low, so that it is full before growth is measured.
SLUICE = """
mode = "testnet"
account = "soak"
[exchange]
rest_url = "https://127.0.0.1:{venue}"
stream_url = "wss://127.0.0.1:{venue}"
ca_file = "{dir}/venue.pem"
api_key_file = "{dir}/key"
api_secret_file = "{dir}/secret"
reconnect_max = "500ms"
[snapshot]
bound = "1900ms"
[gate]
cooldown = "0ms"
allow_add = true
[exits]
stop_bp = 30
target_bp = 60
[intake]
remembered_ids_max = 5000
""" + NO_LIMITS + """[journal]
state_dir = "state"
trade_ids_kept = 50
[status]
listen = "127.0.0.1:{port}"
[log]
level = "warn"
"""


class World(OutsideTestCase):
    """Borrows the harness of the tests; is none itself."""

    def runTest(self):
        """Nothing: never run as a test."""

    def begin(self, directory, symbols, seed):
        self.directory, self.started = directory, []
        self.port = free_port()
        self.write_keys()
        venue = self.start(self.write_config(
            VENUE.format(dir=directory, symbols=symbols, seed=seed), "venue.toml"), "sim")
        self.venue_port = int(venue.wait_url().rsplit(":", 1)[1])
        self.config = self.write_config(
            SLUICE.format(dir=directory, venue=self.venue_port, port=self.port))
        self.checked_ms = 0
        self.lives = 0
        self.away = []  # From when to when, in wall milliseconds, nobody could judge.

    def go(self):
        """Starts the binary; returns the seconds until it was ready."""
        begin = time.monotonic()
        since_ms = self.away[-1][0] if self.away and self.away[-1][1] is None else time.time() * 1000
        self.sluice = self.start(self.config)
        self.sluice.wait_url()
        self.until_ready()
        self.lives += 1
        self.life_began = time.monotonic()
        self.away = self.away[:-1] if self.away and self.away[-1][1] is None else self.away
        self.away.append((since_ms, time.time() * 1000 + AWAY_S * 1000))
        return time.monotonic() - begin

    def stop(self, name):
        """Ends the binary by this signal; returns its exit code."""
        self.away.append((time.time() * 1000, None))
        return self.sluice.end(getattr(signal, name))

    def end_all(self):
        for process in self.started:
            if process.process.poll() is None:
                process.end(signal.SIGKILL)

    def tradable(self):
        listing = self.venue("GET", "/fapi/v1/exchangeInfo")["symbols"]
        return [s["symbol"] for s in listing if s["status"] == "TRADING"]

    # ---- what is measured

    def proc(self):
        folder = pathlib.Path("/proc") / str(self.sluice.process.pid)
        status = dict(re.findall(r"(?m)^(\w+):\s+(\d+)", (folder / "status").read_text()))
        return {"rss_mib": round(int(status["VmRSS"]) / 1024, 2),
                "anonymous_mib": round(int(status["RssAnon"]) / 1024, 2), "threads": int(status["Threads"]),
                "descriptors": len(os.listdir(folder / "fd"))}

    def journal(self):
        return self.directory / "state" / "journal.db"

    def journal_bytes(self):
        return sum(f.stat().st_size for f in self.journal().parent.glob("journal.db*"))

    def was_away(self, ms):
        return any(begin - LATE_MS <= ms and (end is None or ms <= end) for begin, end in self.away)

    def plans(self, waited_for):
        """Overdue, late and lost plans since the last look, and how many there are in all.

        `waited_for` are ids that were accepted; those of this look are taken out of it.
        """
        now_ms = time.time() * 1000
        self.away = [a for a in self.away if a[1] is None or a[1] > now_ms - 3_600_000]
        found = {"overdue": [], "late": [], "lost": []}
        connection = sqlite3.connect(f"file:{self.journal()}?mode=ro", uri=True)
        try:
            for plan, deadline, judged, verdict in connection.execute(
                    "SELECT plan_id, deadline_ms, judged_ms, verdict FROM plan"
                    " WHERE verdict IS NULL OR judged_ms >= ?", (self.checked_ms,)):
                if self.was_away(deadline):
                    continue
                if verdict is None:
                    if now_ms > deadline + 5 * LATE_MS:
                        found["overdue"].append(plan)
                elif judged > deadline + LATE_MS:
                    found["late"].append(plan)
            for plan in waited_for:
                if not connection.execute("SELECT 1 FROM plan WHERE plan_id = ?", (plan,)).fetchone():
                    found["lost"].append(plan)
            count = connection.execute("SELECT count(*) FROM plan").fetchone()[0]
        finally:
            connection.close()
        self.checked_ms = now_ms
        return found, count

    def sample(self, waited_for):
        """Everything at once; only `ended` when the process is not there any more."""
        code = self.sluice.process.poll()
        if code is not None:
            return {"ended": code}
        found, count = self.plans(waited_for)
        status = self.status()
        mailboxes = {name: int(n) for name, n in re.findall(
            r'(?m)^sluice_actor_mailbox_messages\{actor="(\w+)"\} (\d+)', self.get("/metrics").text)}
        deepest = max(mailboxes, key=mailboxes.get, default="none")
        return {**self.proc(), "up_s": round(time.monotonic() - self.life_began, 1), "life": self.lives,
                "ready": status["ready"], "not_ready": [r["reason"] for r in status["not_ready"]],
                "oldest_ms": status["truth"]["age_ms"]["max"], "plans": count,
                "allowed": status["plans"]["allowed"], "orders": status["orders"], "holds": status["holds"],
                "by_reason": status["plans"]["by_reason"],
                "journal_mib": round(self.journal_bytes() / 1048576, 1),
                "bytes_per_plan": round(self.journal_bytes() / max(1, count)),
                "mailbox": mailboxes.get(deepest, 0), "deepest": deepest, **found}

    # ---- the end

    def ready_after(self, limit_s):
        """Seconds until it is ready, or None and what is missing."""
        begin = time.monotonic()
        while (reply := self.get("/readyz")).status != 200:
            if time.monotonic() - begin > limit_s:
                return None, reply.text
            time.sleep(0.05)
        return time.monotonic() - begin, None

    def halt(self):
        """Stops exits too, which never end while prices move: books can be compared only when all stands."""
        reply = self.post("/api/v1/state", {"state": "halted", "author": "soak", "reason": "books are compared"})
        self.assertEqual(reply.status, 200, reply.text)
        self.until("orders resolved", lambda: self.status()["orders"]["under_way"] == 0)

    def differences(self, limit_s=120):
        """What books and venue do not agree on; what is being repaired is waited for."""
        end = time.monotonic() + limit_s
        while True:
            account = self.venue("GET", "/sim/ledger")["accounts"][0]
            found = oracle.violations(self.journal(), account)
            found += [f"held: {hold}" for hold in oracle.holds(self.journal())]
            if not found or time.monotonic() > end:
                return found
            time.sleep(2)

    def state_faults(self):
        return oracle.state_faults(self.journal())
