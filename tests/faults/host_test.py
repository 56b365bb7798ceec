"""The machine beneath: too little memory, a stopped process, a wrong clock, no descriptors: H5 to H7, H10."""

import contextlib
import datetime
import http.client
import json
import os
import re
import resource
import signal
import socket
import subprocess
import time
import unittest

from field import LIMIT_S, ORDER, PROMISED_MIB, RISK, FaultsTestCase, oracle, rows
from preloaded import PreloadedTestCase

MIB = 1024 * 1024
PERMIT_MS = 2_000
RECV_WINDOW_MS = 1_500


class MemoryTestCase(FaultsTestCase):
    """H5."""

    def setUp(self):
        super().setUp()
        self.skip_with_a_sanitizer()

    def test_h5_memory_limit(self):
        self.begin()
        closing, = self.names_of_symbols(1)
        self.hold_positions([closing])
        # Within what is promised it lives through replies as large as they come.
        self.limit(PROMISED_MIB)
        failed = self.reads_failed()
        self.provoke([{"effect": "misframe", "framing": "huge_body", "path": RISK, "count": 3}])
        self.assertFalse(self.does_not_live_through(rounds=3), self.sluice.log()[-3000:])
        self.until("huge replies", lambda: self.reads_failed() >= failed + 3)
        self.assert_allowed(self.exit(closing))
        # With hardly any room it may end; then all is found again by the next.
        used = self.process_number("VmData") * 1024 // MIB
        self.limit(used + self.vary.number("room_mib", 2, 1, 12))
        self.provoke([{"effect": "misframe", "framing": "huge_body", "path": RISK, "count": 3}])
        if self.does_not_live_through(rounds=20) or self.ends_before_it_has_room():
            self.assertNotEqual(self.sluice.end(), 0)
            self.assertEqual(oracle.state_faults(self.journal()), [])
            self.clear()
            self.start_sluice()
        self.check_end()

    def ends_before_it_has_room(self):
        """Lifts the limit; it may have met it in the last moment."""
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(self.sluice.process.pid, resource.RLIMIT_DATA, (-1, -1))
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.sluice.process.wait(2)
        return self.sluice.process.poll() is not None

    def limit(self, mib):
        resource.prlimit(self.sluice.process.pid, resource.RLIMIT_DATA, (mib * MIB, -1))

    def does_not_live_through(self, rounds):
        """Whether batches of plans, one after the other, find that the process has ended."""
        for _ in range(rounds):
            try:
                self.post("/api/v1/plans", [self.entry(s, ttl="5s") for s in self.rules])
                self.until("orders resolved", lambda: self.status()["orders"]["under_way"] == 0)
            except (OSError, http.client.HTTPException, KeyError, ValueError):
                self.until("ended", lambda: self.sluice.process.poll() is not None)
                return True
        return False


class StoppedTestCase(FaultsTestCase):
    """H6."""

    symbols = 120

    def test_h6_stopped_and_continued(self):
        self.begin(gate='stale_after_entry = "2s"\nstale_after_exit = "2s"',
                   exchange="connections_max = 4")
        symbols = self.names_of_symbols(100)
        closing, waiting, busy = symbols[0], symbols[1], symbols[2:]
        held = self.hold_positions([closing, waiting])
        # Two plans wait for a read; meanwhile the position of one goes, and nobody hears of it.
        self.provoke([{"effect": "delay", "path": RISK, "count": 0, "delay_ms": 60_000}])
        self.until("old", lambda: self.position(closing)["age_ms"] > 2_100)
        gone, left = self.exit(closing, ttl="60s"), self.exit(waiting, ttl="60s")
        self.offer([gone, left])
        self.until("waits", lambda: self.status()["plans"]["parked"] == 2)
        after = self.last()
        with self.stopped():
            self.clear()
            self.venue("POST", "/sim/order", {"symbol": closing, "side": "SELL",
                                              "quantity": f"{held[closing]:f}"})
        self.until_ended([gone, left])
        self.assertEqual(self.verdict_of(gone), ("deny", "no_position"))
        self.assertEqual(self.ended()[left["plan_id"]][0], "done")
        self.assertEqual([self.parameter(r, "symbol") for r in self.arrivals(after, "POST", ORDER)], [waiting])
        # Many are judged, permitted, written down or sent just then.
        self.until_recovered()
        self.venue("POST", "/sim/latency", {"ms": self.vary.number("latency_ms", 60, 40, 100)})
        plans, after = [self.entry(s, ttl="60s") for s in busy], self.last()
        self.offer(plans)
        with self.stopped():
            sent = len(self.arrivals(after, "POST", ORDER))
        self.assertLess(sent, len(plans), "everything was sent before the stop")
        continued = self.venue_time()
        self.until_ended(plans)
        self.check_nothing_old(after, continued)
        self.check_end()

    @contextlib.contextmanager
    def stopped(self):
        self.sluice.process.send_signal(signal.SIGSTOP)
        began = self.venue_time()
        yield
        lasts = self.vary.number("stopped_ms", 4_000, 3_000, 30_000)
        self.until("time passed", lambda: self.venue_time() > began + lasts)
        self.sluice.process.send_signal(signal.SIGCONT)

    def check_nothing_old(self, after, continued):
        """No order took effect by a permit, a signature or a truth from before the stop."""
        intended = {name: (at, plan) for name, at, plan in rows(
            self.journal(), "SELECT client_order_id, intended_ms, plan_id FROM orders")}
        late = [r for r in self.arrivals(after, "POST", ORDER) if r["time"] > continued + 50
                and r["status"] == 200]
        for request in late:
            at, plan = intended[self.parameter(request, "newClientOrderId")]
            self.assertLess(request["time"] - at, PERMIT_MS + RECV_WINDOW_MS, request)
            self.assertLessEqual(request["time"] - int(self.parameter(request, "timestamp")),
                                 RECV_WINDOW_MS + 50, request)
        self.check_allows(2_000)


class ClockTestCase(PreloadedTestCase):
    """H7: the wall clock of the process alone is shifted, by a library loaded before libc."""

    library_source = "shifted_clock.c"

    def test_h7_wall_clock(self):
        self.begin()
        symbols = self.names_of_symbols(8)
        hour = self.vary.number("seconds", 3_600, 600, 7_200)
        for jump in (hour, 0, -hour, 0):
            with self.subTest(jump):
                self.jump(jump, symbols)
        self.bend(0)
        self.check_end()

    def jump(self, seconds, symbols):
        self.hold_positions(symbols[:2])
        waiting = [self.by_true_time(self.exit(s)) for s in symbols[:2]]
        before = self.last()
        self.bend(seconds)
        began = time.monotonic()
        plans = [self.entry(s) for s in symbols[2:4]] + waiting
        for plan in plans:
            self.assertEqual(self.judged(plan), ("allow", []), plan)
        self.until_ended(plans)
        took = time.monotonic() - began
        self.assertEqual({self.ended()[p["plan_id"]][0] for p in plans}, {"done"})
        self.assertLess(took, 2 + self.slack_s)
        self.assertLess(max(row["age_ms"] for row in self.get("/api/v1/positions?all").json()["positions"]),
                        10_000)
        self.assertLessEqual(len([r for r in self.arrivals(before) if r["code"] == -1021]), 2)
        # The process did take the shifted clock for the true one.
        told = datetime.datetime.fromisoformat(self.status()["time"].replace("Z", "+00:00"))
        self.assertAlmostEqual(told.timestamp() - time.time(), seconds, delta=30)

    @staticmethod
    def by_true_time(plan):
        """As a producer on another machine writes it, whose clock is right."""
        now = datetime.datetime.now(datetime.timezone.utc)
        return plan | {"created_at": now.isoformat(timespec="milliseconds"),
                       "deadline": (now + datetime.timedelta(seconds=20)).isoformat(timespec="milliseconds")}

    slack_s = 3


KEPT_FOR_EXCHANGE = 32  # of src/status/http_server.cpp


class DescriptorsTestCase(FaultsTestCase):
    """H10."""

    def exhaust(self):
        """Leaves few descriptors beyond those that clients never get, and sends more clients."""
        pid = self.sluice.process.pid
        self.kept = self.connection()
        self.assertEqual(self.ask_kept("GET", "/api/v1/status")[0], 200)
        room = KEPT_FOR_EXCHANGE + self.vary.number("room", 4, 0, 8)
        used = len(os.listdir(f"/proc/{pid}/fd"))
        resource.prlimit(pid, resource.RLIMIT_NOFILE,
                         (used + room, resource.prlimit(pid, resource.RLIMIT_NOFILE)[1]))
        return self.crowd(room - KEPT_FOR_EXCHANGE + 20)

    def test_h10_no_descriptors(self):
        self.begin()
        symbols = self.names_of_symbols(6)
        crowd = self.exhaust()
        for symbol in symbols:
            for plan in (self.entry(symbol), self.exit(symbol)):
                status, answer = self.ask_kept("POST", "/api/v1/plans?wait=20s", plan)
                self.assertEqual(status, 200, answer)
                self.assertEqual(json.loads(answer)["judged"]["verdict"]["kind"], "allow", answer)
                self.until_ended([plan])
                self.assertEqual(self.ended()[plan["plan_id"]][0], "done")
        self.assertLess(self.answered(crowd), len(crowd) - 10, "there was room for everybody")
        self.let_go(crowd)
        self.check_end()

    def test_h10_streams_come_back_while_http_wants_all(self):
        self.begin()
        crowd = self.exhaust()
        opened = self.opened()
        self.provoke([{"effect": "drop_connection", "stream": which} for which in ("user", "market")])
        self.until("lost", lambda: self.streams()["lost"] >= 2)
        self.until("both anew", lambda: self.opened() >= opened + 2)
        self.let_go(crowd)
        self.check_end()

    def streams(self):
        return json.loads(self.ask_kept("GET", "/api/v1/exchange")[1])["streams"]

    def opened(self):
        return self.streams()["opened"]

    def let_go(self, crowd):
        for each in crowd:
            each.close()
        self.kept.close()
        self.until("served again", self.served)

    def ask_kept(self, method, path, body=None):
        self.kept.request(method, path, body and json.dumps(body), {"Content-Type": "application/json"})
        answer = self.kept.getresponse()
        return answer.status, answer.read().decode()

    def crowd(self, count):
        host, port = re.match(r"http://([^:]+):(\d+)", self.sluice.url).groups()
        found = []
        for _ in range(count):
            one = socket.create_connection((host, int(port)), timeout=LIMIT_S)
            one.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            one.setblocking(False)
            found.append(one)
        return found

    @staticmethod
    def answered(crowd):
        """How many were served while there was no room."""
        count = 0
        for each in crowd:
            try:
                count += b" 200 " in each.recv(4096)  # Whoever was turned away is at its end.
            except OSError:
                pass
        return count

    def served(self):
        try:
            return self.get("/healthz").status == 200
        except OSError:
            return False


if __name__ == "__main__":
    unittest.main()
