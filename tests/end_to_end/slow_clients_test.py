"""A thousand clients that are as slow as they can be, while exits come in: slowhttptest in three modes."""

import http.client
import math
import re
import shutil
import socket
import subprocess
import threading
import time
import unittest

from harness import LIMIT_S, SluiceTestCase, a_reduce

CLIENTS = 1_000
EXITS = 200
SECONDS = 8


@unittest.skipUnless(shutil.which("slowhttptest"),
                     "slowhttptest is missing: scripts/setup --dev installs it")
class SlowClientsTestCase(SluiceTestCase):
    def post_exit(self, plan_id):
        """As a producer does that has no connection yet; asked again where it was closed for a newer
        one, which the plan's id makes harmless."""
        begun = time.monotonic()
        for _ in range(20):
            try:
                reply = self.post("/api/v1/plans?wait=5s", a_reduce(plan_id, symbol="XRPUSDT"))
            except (http.client.HTTPException, OSError):
                self.lost += 1
                continue
            if reply.status == 200:
                return time.monotonic() - begun, reply.json()
        self.fail(f"{plan_id} got no verdict")

    def exits(self, name, count, meanwhile=lambda: False):
        ids, took = [], []
        while len(ids) < count or meanwhile():
            plan_id = f"{name}-{len(ids)}"
            seconds, answer = self.post_exit(plan_id)
            self.assertEqual(answer["judged"]["verdict"]["kind"], "deny", answer)
            self.assertEqual(answer["judged"]["verdict"]["refusals"][0]["code"], "no_position")
            ids.append(plan_id)
            took.append(seconds)
        return ids, took

    def gate_ms(self, ids):
        """From acceptance to verdict, by the process's own clock; of as many as there were before."""
        out = []
        for plan_id in ids[::max(1, len(ids) // EXITS)]:
            story = self.get(f"/api/v1/plans/{plan_id}").json()
            facts = story["verdicts"][-1]["facts"]
            out.append((int(facts["now_ns"]) - int(story["plan"]["received_ns"])) / 1e6)
        return out

    @staticmethod
    def share(values, part):
        return sorted(values)[math.ceil(len(values) * part) - 1]

    def metric(self, name):
        text = self.get("/metrics").text
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines()
                   if re.match(re.escape(name) + r"[ {]", line))

    def run_slow(self, mode, path):
        return subprocess.Popen(
            ["slowhttptest", *mode, "-c", str(CLIENTS), "-r", "400", "-l", str(SECONDS), "-i", "1",
             "-p", "5", "-u", self.sluice.url + path], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=self.directory)

    def check(self, *mode, path, answered=False):
        self.lost = 0
        self.run_ready(symbols=20)
        calm, _ = self.exits("calm", EXITS)
        slow = self.run_slow(mode, path)
        self.addCleanup(lambda: slow.poll() is None and slow.kill())
        out = []
        reader = threading.Thread(target=lambda: out.append(slow.stdout.read()))
        reader.start()
        most = 0

        def running():
            nonlocal most
            most = max(most, self.metric("sluice_http_connections"))
            return slow.poll() is None

        stormy, took = self.exits("stormy", EXITS, running)
        reader.join(LIMIT_S)
        self.assertEqual(slow.returncode, 0, out[0][-2000:])
        # The newest get in: an exit is heard at once, however many are slow.
        self.assertLess(self.share(took, 0.99), 2.0)
        self.assertLess(self.lost, len(stormy) / 10)
        self.assertLessEqual(most, 256)
        shed = self.metric("sluice_http_connections_shed_total")
        refused = self.metric("sluice_http_connections_refused_total")
        # Nobody is held up by more than the limit: the others made room, at once or by time-out.
        if not answered:
            late = self.metric('sluice_http_requests_total{code="408"}')
            self.assertGreaterEqual(shed + refused + late, CLIENTS - 256 - 1)
        calm_ms, stormy_ms = self.gate_ms(calm), self.gate_ms(stormy)
        # 10 %, and what cores that others use too add to figures of less than a millisecond.
        self.assertLessEqual(self.share(stormy_ms, 0.5), self.share(calm_ms, 0.5) * 1.1 + 3.0)
        self.assertLessEqual(self.share(stormy_ms, 0.99), self.share(calm_ms, 0.99) * 1.1 + 25.0)
        self.until("all gone", lambda: self.metric("sluice_http_connections") <= 1)
        print(f"\n{mode[0]}: gate p99 {self.share(calm_ms, 0.99):.2f} ms calm, "
              f"{self.share(stormy_ms, 0.99):.2f} ms stormy; posts p99 "
              f"{self.share(took, 0.99) * 1e3:.0f} ms, {len(stormy)} of them, {self.lost} again; "
              f"shed {shed:.0f}, refused {refused:.0f}, most open {most:.0f}")

    def test_slow_heads_hold_up_no_exit(self):
        self.check("-H", path="/api/v1/status")

    def test_slow_bodies_hold_up_no_exit(self):
        self.check("-B", "-s", "60000", "-f", "application/json", path="/api/v1/plans")

    def test_slow_readers_hold_up_no_exit(self):
        self.check("-X", "-w", "10", "-y", "20", "-n", "2", "-z", "16", "-k", "10",
                   path="/assets/vendor/uplot/uPlot.iife.min.js", answered=True)


class SilentReadersTestCase(SluiceTestCase):
    PLACES = 16
    SHED = 'sluice_http_connections_shed_total{phase="write"} '
    PAGE = "GET /assets/vendor/uplot/uPlot.iife.min.js HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"

    def shed_at_a_write(self):
        try:
            text = self.get("/metrics").text
        except (http.client.HTTPException, OSError):
            return 0.0
        return sum(float(line.removeprefix(self.SHED)) for line in text.splitlines() if line.startswith(self.SHED))

    def test_readers_that_take_nothing_of_several_megabytes_make_room(self):
        """More than the system takes in for a client, or no write would ever wait."""
        places = f"connections_max = {self.PLACES}\n"
        self.sluice = self.start(self.demo_config(symbols=20, replace=[("[log]", places + "[log]")]))
        self.sluice.wait_url()
        self.until("ready", lambda: self.get("/readyz").status == 200)
        self.assertEqual(self.shed_at_a_write(), 0)
        port = int(self.sluice.url.rsplit(":", 1)[1])
        for _ in range(self.PLACES):
            silent = socket.socket()
            self.addCleanup(silent.close)
            silent.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            silent.settimeout(LIMIT_S)
            silent.connect(("127.0.0.1", port))
            silent.sendall(self.PAGE.encode() * 120)  # 6 MB of answers.
        self.until("room", lambda: self.shed_at_a_write() > 0)
        reply = self.post("/api/v1/plans?wait=5s", a_reduce("exit", symbol="XRPUSDT"))
        self.assertEqual(reply.status, 200, reply.text)


if __name__ == "__main__":
    unittest.main()
