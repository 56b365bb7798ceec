"""Starts the real binary with a configuration of its own, talks to it, and ends it by its pid."""

import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import unittest

BINARY = os.environ.get("SLUICE", "build/dev/sluice")
# Generous: these machines are shared, and sanitizers slow everything down.
LIMIT_S = 60

# What most tests trade is beyond what is permitted to who says nothing; those of the limits say so.
NO_LIMITS = """
[limits]
order_notional_max = "0"
symbol_notional_max = "0"
account_notional_max = "0"
open_positions_max = 0
price_collar_bp = 0
symbol_entries_per_minute_max = 0
symbol_entries_per_hour_max = 0
entries_per_minute_max = 0
entries_per_hour_max = 0
round_trips_per_day_max = 0
losses_in_a_row_max = 0
daily_loss_max = "0"
margin_use_percent_max = 0
drawdown_percent_max = 0
"""

DEMO = """
mode = "demo"
account = "demo"
[snapshot]
bound = "1900ms"
[gate]
cooldown = "0ms"
""" + NO_LIMITS + """[journal]
state_dir = "{state}"
[status]
listen = "127.0.0.1:{port}"
[log]
level = "info"
[simulator]
symbols = {symbols}
volatility_bp = 0
latency = "{latency}"
certificate_file = "{dir}/venue.pem"
initial_positions = [{positions}]
"""

OUTSIDE = """
mode = "{mode}"
{more}
account = "outside"
[exchange]
rest_url = "https://127.0.0.1:{port}"
stream_url = "wss://127.0.0.1:{port}"
ca_file = "{dir}/venue.pem"
api_key_file = "{dir}/key"
api_secret_file = "{dir}/secret"
reconnect_max = "500ms"
[snapshot]
bound = "1900ms"
""" + NO_LIMITS + """[journal]
state_dir = "{dir}/state"
[status]
listen = "127.0.0.1:0"
"""

VENUE = """
mode = "demo"
[simulator]
port = {port}
certificate_file = "{dir}/venue.pem"
api_key_file = "{dir}/key"
api_secret_file = "{dir}/secret"
latency = "20ms"
volatility_bp = 0
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Relay:
    """Passes connections on to another port: a venue that appears where nobody listened before."""

    def __init__(self, port, behind):
        self.behind = behind
        self.open = []
        self.listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
                far = socket.create_connection(("127.0.0.1", self.behind))
            except OSError:
                return
            self.open += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self.copy, args=(source, sink), daemon=True).start()

    @staticmethod
    def copy(source, sink):
        try:
            while block := source.recv(65536):
                sink.sendall(block)
        except OSError:
            pass
        sink.close()

    def close(self):
        for each in [self.listener, *self.open]:
            each.close()


class Reply:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.text = body

    def json(self):
        return json.loads(self.text)


def ask(connection, method, path, body=None, headers=None):
    head = dict(headers or {})
    if body is not None and not isinstance(body, str):
        body = json.dumps(body)
    if body is not None:
        head.setdefault("Content-Type", "application/json")
    connection.request(method, path, body, head)
    answer = connection.getresponse()
    reply = Reply(answer.status, dict(answer.getheaders()), answer.read().decode())
    connection.close()
    return reply


class Process:
    """A running sluice command; its standard error goes to a file."""

    def __init__(self, command, directory, stdin=None):
        self.log_path = directory / f"log-{time.monotonic_ns()}"
        self.log_file = open(self.log_path, "wb")
        self.process = subprocess.Popen(
            [BINARY, *command], stdin=stdin, stdout=subprocess.PIPE, stderr=self.log_file,
            cwd=directory)
        self.url = None

    def wait_url(self):
        line = self.process.stdout.readline().decode().strip()
        if not line:
            raise AssertionError("did not start:\n" + self.log())
        self.url = line
        return line

    def log(self):
        return self.log_path.read_text(errors="replace")

    def end(self, with_signal=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        code = self.process.wait(LIMIT_S)
        self.process.stdout.close()
        self.log_file.close()
        return code


class SluiceTestCase(unittest.TestCase):
    """Gives each test a directory and ends what it started."""

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="sluice-e2e-"))
        self.started = []
        self.addCleanup(self.clean)

    def clean(self):
        for process in self.started:
            if process.process.poll() is None:
                process.end(signal.SIGKILL)
            if self.failed():
                print(process.log()[-6000:])
        shutil.rmtree(self.directory, ignore_errors=True)

    def failed(self):
        outcome = getattr(self, "_outcome", None)
        result = getattr(outcome, "result", None)
        return bool(result and (result.failures or result.errors))

    def until(self, what, condition, limit_s=LIMIT_S):
        """Waits for the condition; its last value is returned."""
        end = time.monotonic() + limit_s
        while True:
            value = condition()
            if value:
                return value
            if time.monotonic() > end:
                self.fail(f"not within {limit_s} s: {what}")
            time.sleep(0.02)

    # ---- configuration

    def write_config(self, text, name="sluice.toml"):
        path = self.directory / name
        path.write_text(text)
        return path

    def demo_config(self, extra="", symbols=566, latency="20ms", positions="", port=0,
                    state="state", replace=()):
        text = DEMO.format(state=state, port=port, symbols=symbols, latency=latency,
                           dir=self.directory, positions=positions)
        for old, new in replace:
            self.assertIn(old, text)
            text = text.replace(old, new)
        return self.write_config(text + extra)

    # ---- processes

    def start(self, config, command="run", *flags, stdin=None):
        process = Process([command, str(config), *flags], self.directory, stdin)
        self.started.append(process)
        return process

    def run_demo(self, **options):
        self.sluice = self.start(self.demo_config(**options))
        self.sluice.wait_url()
        return self.sluice

    def run_ready(self, **options):
        self.run_demo(**options)
        self.until_ready()
        return self.sluice

    def until_ready(self):
        self.until("ready", lambda: self.get("/readyz").status == 200)

    def finish(self, config, command="run"):
        """Runs a command that ends by itself; returns exit code, output and errors."""
        done = subprocess.run([BINARY, command, str(config)], capture_output=True, text=True,
                              timeout=LIMIT_S, cwd=self.directory)
        return done.returncode, done.stdout, done.stderr

    # ---- the status server

    def connection(self):
        host, port = re.match(r"http://([^:]+):(\d+)", self.sluice.url).groups()
        return http.client.HTTPConnection(host, int(port), timeout=LIMIT_S)

    def get(self, path, headers=None):
        return ask(self.connection(), "GET", path, headers=headers)

    def post(self, path, body, headers=None):
        return ask(self.connection(), "POST", path, body, headers)

    def status(self):
        return self.get("/api/v1/status").json()

    def mark_of(self, symbol):
        """The first marks may come after everything else is ready."""
        return float(self.until("a mark", lambda: self.position(symbol)["mark"]))

    def position(self, symbol):
        for row in self.get("/api/v1/positions?all").json()["positions"]:
            if row["symbol"] == symbol:
                return row
        return None

    # ---- the embedded venue

    def venue_address(self):
        return int(self.until("venue address", lambda: re.search(
            r"simulator listening url=https://127\.0\.0\.1:(\d+)", self.sluice.log())).group(1))

    def venue(self, method, path, body=None):
        context = ssl.create_default_context(cafile=str(self.directory / "venue.pem"))
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.venue_address(), timeout=LIMIT_S, context=context)
        reply = ask(connection, method, path, body)
        self.assertLess(reply.status, 300, reply.text)
        return reply.json() if reply.text else None


class OutsideTestCase(SluiceTestCase):
    """The venue runs by itself; sluice reaches it with keys from files."""

    def write_keys(self, mode=0o600):
        for name, text in (("key", "k" * 32), ("secret", "s" * 32)):
            path = self.directory / name
            path.write_text(text)
            os.chmod(path, mode)

    def outside(self, port, mode="testnet", more=""):
        return self.write_config(OUTSIDE.format(port=port, dir=self.directory, mode=mode, more=more))

    def start_venue(self, port):
        venue = self.start(self.write_config(VENUE.format(port=port, dir=self.directory),
                                             "venue.toml"), "sim")
        self.venue_port = int(venue.wait_url().rsplit(":", 1)[1])
        return venue

    def venue_address(self):
        return self.venue_port

    def api_requests(self):
        """What the venue was asked, oldest first."""
        return [r for r in self.venue("GET", "/sim/transcript") if r["path"].startswith("/fapi/")]


def an_open(plan_id, symbol="BTCUSDT", side="buy", quantity="0.010", **more):
    return {"plan_id": plan_id, "source": "test", "symbol": symbol, "kind": "open", "side": side,
            "quantity": quantity, **more}


def a_reduce(plan_id, symbol="BTCUSDT", target="0", **more):
    return {"plan_id": plan_id, "source": "test", "symbol": symbol, "kind": "reduce",
            "target": target, **more}
