"""A run with everything in it, and all that came out of it: the scene of secrecy_test.py."""

import hashlib
import hmac
import http.client
import itertools
import json
import os
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "end_to_end"))

import redis_test  # noqa: E402
from forms import Scanner  # noqa: E402
from harness import (BINARY, LIMIT_S, OutsideTestCase, Relay, a_reduce, an_open, ask,  # noqa: E402
                     free_port)
from redis_server import Redis  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# Made up here. The venue wants letters and digits in its own; everything else has what some form changes.
KEY = "Qv7Lk2Wn9Xb4Tj8Rm1Hc6Fd5Gs0PaZe7Uo3Ti2Ny8Kx5Wv1Lz6Mb4Jr9Cf0DhYs"
SECRET = "tBZwE8LkV2n7Xb4TjY9Rm1Hc6Fd5Gs0PaQe7Uo3TDi2Ny8Kx5Wv1Lz6Mb4Jr9CfU"
READ = "r3ad+ing/word~5521-Kq8Zt0.Wm"
OLD_READ = "r0ad+old/word~1177-Bx4Ny6.Ud"
WRITE = "wr1te+ing/word~9034-Ge7Lp2.Sc"
ALPHA = "alph4+own/word~3308-Vj5Rf9.Ho"
PASSWORD = "redis+pass/word~6642-Ta1Mi3.Xw"
# No secret: given as a reason, it must come out wherever reasons are told.
CANARY = "canary-that-everybody-may-see-and-hear-0815"

MORE = """read_token_file = "{dir}/read.token"
write_token_file = "{dir}/write.token"
[log]
level = "debug"
file = "{dir}/sluice.log"
[intake]
file = "{dir}/plans.jsonl"
dead_letter_file = "{dir}/refused.jsonl"
[intake.sources.alpha]
token_file = "{dir}/alpha.token"
[intake.redis]
enabled = true
address = "127.0.0.1:{redis}"
password_file = "{dir}/redis.password"
entry_sources = ["intent_bridge"]
write_permits = true
write_snapshots = true
snapshot_period = "1s"
reconnect_max = "400ms"
[protective_stops]
enabled = true
"""
SECRET_FILES = {"key": KEY, "secret": "", "read.token": f"{OLD_READ}\n{READ}\n", "write.token": WRITE,
                "alpha.token": ALPHA, "redis.password": PASSWORD}
PARTS = {"{id}": "a-1", "{symbol}": "BTCUSDT", "{key}": "gate.cooldown"}


class Parrot:
    """Refuses the first connections by quoting each command that comes; the others go on to a real Redis."""

    REFUSED = 4

    def __init__(self, behind):
        self.behind = behind
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.heard = b""
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        for number in itertools.count():
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            if number < self.REFUSED:
                threading.Thread(target=self.quote, args=(near,), daemon=True).start()
                continue
            far = socket.socket(socket.AF_UNIX)
            far.connect(str(self.behind))
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=Relay.copy, args=(source, sink), daemon=True).start()

    def quote(self, link):
        with link:
            try:
                while block := link.recv(65536):
                    self.heard += block
                    words = re.sub(rb"[\r\n]+", b" ", block)
                    link.sendall(b"-ERR unknown command, with args beginning with: " + words + b"\r\n")
            except OSError:
                pass

    def close(self):
        self.listener.close()


class SceneTestCase(OutsideTestCase):
    """Everything that a run does and gives out; the venue is shown signatures of one kind."""

    SECRET = SECRET
    KEY_TYPE = "hmac"

    def setUp(self):
        super().setUp()
        self.heard = {}

    # ---- everything that comes out

    def note(self, channel, text):
        text = text.encode() if isinstance(text, str) else text
        self.heard[channel] = self.heard.get(channel, b"") + text + b"\n"

    def call(self, method, path, body=None, token=READ):
        """Asks, and keeps the whole answer under the path's name."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        reply = ask(self.connection(), method, path, body, headers)
        self.note(f"{method} {path.split('?')[0]}", json.dumps(reply.headers) + "\n" + reply.text)
        return reply

    def get(self, path, headers=None):
        return self.call("GET", path)

    def post(self, path, body, headers=None):
        return self.call("POST", path, body, token=WRITE)

    def command(self, *words, stdin=None):
        done = subprocess.run([BINARY, *words], capture_output=True, timeout=LIMIT_S, cwd=self.directory,
                              input=stdin)
        self.note("sluice " + " ".join(w for w in words if not w.startswith(("/", "-", "http"))),
                  done.stdout + done.stderr)
        return done.returncode

    def stream(self, path, end):
        """Reads server-sent events until the word has come."""
        connection = self.connection()
        connection.request("GET", path, headers={"Authorization": f"Bearer {READ}"})
        answer = connection.getresponse()
        self.assertEqual(answer.status, 200)
        text = b""
        while end.encode() not in text:
            line = answer.readline()
            self.assertTrue(line, f"{path} ended before {end}")
            text += line
        self.note("stream " + path.split("?")[0], text)
        connection.close()

    def venue_asked(self, method, path):
        context = ssl.create_default_context(cafile=str(self.directory / "venue.pem"))
        link = http.client.HTTPSConnection("127.0.0.1", self.venue_port, timeout=LIMIT_S, context=context)
        reply = ask(link, method, path, headers={"X-MBX-APIKEY": KEY})
        self.assertEqual(reply.status, 200, reply.text)
        return reply.json()

    def listen_key(self):
        return self.venue_asked("POST", "/fapi/v1/listenKey")["listenKey"]

    def signature(self, payload):
        return hmac.new(SECRET.encode(), payload.encode(), hashlib.sha256).hexdigest()

    def signature_bytes(self, payload):
        return bytes.fromhex(self.signature(payload))

    def more_secrets(self):
        """Name to what else of the key must not come out."""
        return {}

    def make_key(self):
        (self.directory / "secret").write_text(SECRET)

    # ---- the run

    def start_all(self):
        for name, text in SECRET_FILES.items():
            (self.directory / name).write_text(text)
            os.chmod(self.directory / name, 0o600)
        self.make_key()
        (self.directory / "plans.jsonl").touch()
        port = free_port()
        self.start_venue(port)
        self.redis = Redis(self.directory)
        self.addCleanup(self.redis.stop)
        self.redis.ask("CONFIG", "SET", "requirepass", PASSWORD)
        self.redis.password = PASSWORD
        self.parrot = Parrot(self.redis.path)
        self.addCleanup(self.parrot.close)
        config = self.outside(port)
        text = config.read_text().replace("[exchange]", f'[exchange]\nkey_type = "{self.KEY_TYPE}"')
        config.write_text(text + MORE.format(dir=self.directory, redis=self.parrot.port))
        self.config = config
        self.sluice = self.start(config)
        self.sluice.wait_url()
        self.until_ready()
        for component in self.get("/api/v1/log-levels").json()["components"]:
            self.post("/api/v1/log-levels", {"component": component["component"], "level": "debug",
                                             "author": "me", "reason": CANARY})

    def trade(self):
        # Marks come a little later than readiness.
        for symbol in ("BTCUSDT", "ETHUSDT", "BNBUSDT"):
            dry = an_open("dry-" + symbol, symbol=symbol)
            self.until("a price", lambda: '"allow"' in self.post("/api/v1/plans?dry_run=true", dry).text)
        judged = self.post("/api/v1/plans?wait=5s", an_open("a-1")).json()
        self.assertEqual(judged["judged"]["verdict"]["kind"], "allow", judged)
        self.until("filled", lambda: self.status()["orders"]["filled"] >= 1)
        self.post("/api/v1/plans?wait=5s", a_reduce("a-2", symbol="DOGEUSDT"))
        own = {**an_open("a-3", symbol="ETHUSDT"), "source": "alpha"}
        for token, status in ((ALPHA, 200), (ALPHA[:-1] + "x", 401), (READ, 403), (None, 401)):
            self.assertEqual(self.call("POST", "/api/v1/plans?wait=5s", own, token).status, status)
        for token in (ALPHA, WRITE):
            self.call("POST", "/api/v1/plans", '{"' + token, token)
            self.call("POST", "/api/v1/plans", json.dumps({**own, "plan_id": "a-4", token: 1}), token)
            self.call("GET", "/" + token.replace("/", "%2F"), token=token)
        with open(self.directory / "plans.jsonl", "a") as lines:
            lines.write('{"plan_id": 7}\n' + json.dumps(an_open("a-5", symbol="BNBUSDT")) + "\n")
        self.until("the line's fill", lambda: (self.position("BNBUSDT") or {}).get("amount"))

    def trade_by_redis(self):
        """An entry that is carried out, and a part of nothing, which is refused under its own name."""
        self.redis.add(redis_test.an_open("r-1", "LTCUSDT", qty="1"))
        self.redis.add(redis_test.a_close(CANARY, "DOGEUSDT", action="PARTIAL_50"))
        self.until("the entry's fill", lambda: (self.position("LTCUSDT") or {}).get("amount"))
        self.until("the refusal", self.redis.refused)
        self.read_redis()

    def read_redis(self):
        """All of its keys; permits live for a minute only."""
        for key in self.redis.ask("KEYS", "*"):
            kind = self.redis.ask("TYPE", key)
            if kind != "none":  # Its minute was over just now.
                words = {"string": ("GET", key), "hash": ("HGETALL", key), "stream": ("XRANGE", key, "-", "+")}[kind]
                self.note(f"Redis {kind}", key + " " + json.dumps(self.redis.ask(*words)))

    def refuse_strangers(self):
        for token in (READ, WRITE, OLD_READ):
            self.call("GET", "/api/v1/status", token=token[:-1] + "x")
            self.call("POST", "/api/v1/state", {"state": "halted"}, token=token[:-1] + "x")
        self.call("GET", "/api/v1/status", token=None)
        self.call("POST", "/api/v1/state", {"state": "halted"}, token=READ)

    def break_the_venue(self, listen_key):
        """Answers that quote what they were asked with, and answers that are none."""
        quoted = (f"{KEY} {KEY.encode().hex()} listenKey={listen_key} X-MBX-APIKEY: {KEY} "
                  f"/private/ws/{listen_key}")
        faults = [{"path": "/fapi/v1/order", "method": "POST", "status": 400,
                   "body": json.dumps({"code": -1102, "msg": f"bad {quoted}"})}]
        for status, body in ((400, json.dumps({"code": -1102, "msg": quoted})),
                             (401, json.dumps({"code": -2015, "msg": quoted})),
                             (503, json.dumps({"code": -1000, "msg": quoted})), (502, f"<html>{quoted}"),
                             (200, quoted), (200, json.dumps({quoted: quoted}))):
            faults.append({"path": "/fapi/v3/positionRisk", "status": status, "body": body})
        for fault in faults:
            self.venue("POST", "/sim/fault", {"effect": "status", "count": 1, **fault})
        self.post("/api/v1/plans?wait=5s", an_open("b-1", symbol="SOLUSDT", quantity="1"))
        self.until("the quoting refusal", lambda: "***" in self.call("GET", "/api/v1/plans/b-1").text)
        failed = self.status()["truth"]["reads_failed"]
        self.venue("POST", "/sim/fault", {"effect": "malform", "method": "GET", "count": 3})
        self.until("failed reads", lambda: self.status()["truth"]["reads_failed"] >= failed + 3)
        self.venue("POST", "/sim/fault", {"effect": "drop_reply", "path": "/fapi/v1/order", "method": "POST",
                                          "count": 1})
        self.until_ready()
        self.post("/api/v1/plans?wait=9s", an_open("b-2", symbol="ADAUSDT", quantity="10"))
        self.venue("POST", "/sim/fault", {"effect": "expire_listen_key"})
        self.until("another key", lambda: self.listen_key() != listen_key)
        self.until_ready()

    def reload(self):
        by = {"author": "me", "reason": CANARY}
        self.assertEqual(self.post("/api/v1/reload", by).status, 200)
        good = self.config.read_text()
        for bad in (f'[exchange]\napi_secret = "{self.SECRET}"\n', f'[log]\nlevel = "{self.SECRET}"\n',
                    f'"{KEY}" = "{WRITE}"\n', f'api_secret = {self.SECRET}\n'):
            self.config.write_text(good + bad)
            self.assertEqual(self.post("/api/v1/reload", by).status, 422)
            self.command("check", str(self.config))
        self.config.write_text(good)
        self.sluice.process.send_signal(signal.SIGHUP)
        self.until("the hang-up", lambda: "log_reopened" in (self.directory / "sluice.log").read_text())

    def look_everywhere(self):
        document = json.loads((ROOT / "docs/openapi.json").read_text())
        by = {"author": "me", "reason": CANARY}
        for pattern, methods in document["paths"].items():
            path = pattern
            for part, value in PARTS.items():
                path = path.replace(part, value)
            if "post" in methods and "plans" not in path:
                self.post(path, by)
            if "get" in methods and "text/event-stream" not in methods["get"]["responses"]["200"]["content"]:
                self.get(path)
        for path in ("/", "/assets/app.js", "/api/v1/positions?all", "/no/such/path"):
            self.get(path)
        preview = self.post("/api/v1/flatten", {"symbol": "BTCUSDT", **by}).json()
        self.post("/api/v1/flatten", {"symbol": "BTCUSDT", "confirm": preview["confirm"], **by})
        self.post("/api/v1/state", {"state": "reduce_only", **by})
        self.get("/api/v1/state")
        self.stream("/api/v1/events?last=100000", "reduce_only")
        self.stream("/api/v1/logs?level=debug", CANARY)

    def run_commands(self):
        url = ("--url", self.sluice.url, "--token-file", str(self.directory / "read.token"))
        for words in (("status",), ("doctor",), ("why",), ("show-config",), ("top", "--once"), ("state",),
                      ("hold",), ("override",), ("close",), ("flatten",), ("tail", "--no-follow"),
                      ("tail", "--events", "--no-follow"), ("explain", "a-1"), ("explain", "b-1")):
            self.command(*words, *url)
            self.command(*words, *url, "--json")
        writing = (*url[:2], "--token-file", str(self.directory / "write.token"))
        self.command("state", "active", "--reason", CANARY, "--author", "me", *writing)
        self.command("plan", "-", *writing, stdin=json.dumps(a_reduce("c-1")).encode())
        self.command("doctor", "--config", str(self.config), "--ask-exchange")
        self.command("show-config", str(self.config))
        self.command("check", str(self.config))
        # A file that others may read.
        os.chmod(self.directory / "secret", 0o644)
        self.command("doctor", "--config", str(self.config), "--ask-exchange")
        os.chmod(self.directory / "secret", 0o600)

    def look_from_outside(self):
        place = pathlib.Path(f"/proc/{self.sluice.process.pid}")
        for name in ("cmdline", "comm", "status"):
            self.note(f"/proc {name}", (place / name).read_bytes())
        try:
            self.note("/proc environ", (place / "environ").read_bytes())
        except PermissionError:
            self.assertNotEqual(os.getuid(), 0)

    def end_all(self):
        self.sluice.process.send_signal(signal.SIGTERM)
        self.note("stdout", self.sluice.process.stdout.read())
        self.assertEqual(self.sluice.end(), 0)
        journal = str(next((self.directory / "state").glob("*.db")))
        for words in (("journal", "verify", journal), ("replay", journal), ("explain", "a-1", "--journal", journal),
                      ("why", "--journal", journal), ("doctor", "--journal", journal)):
            self.command(*words)

    def read_files(self):
        """Everything in the test's folder that is not itself a secret."""
        for file in sorted(self.directory.rglob("*")):
            if file.is_file() and file.name not in (*SECRET_FILES, "venue.pem"):
                name = re.sub(r"log-\d+", "stderr", str(file.relative_to(self.directory)))
                self.note("file " + name, file.read_bytes())

    # ---- the search

    def secrets(self, listen_keys):
        out = {"API key": KEY, "API secret": self.SECRET, **self.more_secrets(), "token of readers": READ, "older token of readers": OLD_READ,
               "token of writers": WRITE, "token of a source": ALPHA, "password of Redis": PASSWORD}
        for n, key in enumerate(sorted(listen_keys)):
            out[f"listenKey {n}"] = key
        signed = {r["parameters"] for r in self.venue("GET", "/sim/transcript") if "timestamp=" in r["parameters"]}
        self.assertGreater(len(signed), 20)
        for n, payload in enumerate(sorted(signed)):
            out[f"signature {n}"] = self.signature(payload)
            out[f"bytes of signature {n}"] = self.signature_bytes(payload)
        # The venue takes what is computed here as the signature, so these are the ones it saw.
        payload = next(p for p in sorted(signed) if "recvWindow" in p)
        payload = re.sub(r"timestamp=\d+", f"timestamp={self.venue_time()}", payload)
        payload = re.sub(r"^.*?(recvWindow=\d+&timestamp=\d+).*$", r"\1", payload)
        self.venue_asked("GET", f"/fapi/v3/positionRisk?{payload}&signature="
                         + urllib.parse.quote(self.signature(payload), safe=""))
        return out

    def venue_time(self):
        return self.venue_asked("GET", "/fapi/v1/time")["serverTime"]

    def search(self):
        self.start_all()
        first = self.listen_key()
        self.trade()
        self.trade_by_redis()
        self.refuse_strangers()
        self.break_the_venue(first)
        self.reload()
        self.look_everywhere()
        self.run_commands()
        self.look_from_outside()
        self.until("Redis was told the password", lambda: PASSWORD.encode() in self.parrot.heard)
        self.read_redis()
        scanner = Scanner({**self.secrets({first, self.listen_key()})})
        self.end_all()
        self.read_files()
        self.assertGreater(len(self.heard), 60)
        self.assertIn("Redis hash", self.heard)
        leaks = {channel: found for channel, text in self.heard.items() if (found := scanner.find(text))}
        self.assertEqual(leaks, {})
        canary = Scanner({"canary": CANARY})
        seen = {channel for channel, text in self.heard.items() if canary.find(text)}
        told = {"GET /api/v1/state", "stream /api/v1/events", "stream /api/v1/logs", "sluice tail",
                "sluice state", "file sluice.log", "file stderr", "Redis stream", "Redis string"}
        self.assertEqual(told - seen, set(), seen)
        self.assertTrue([c for c in seen if re.match(r"file state/.*\.db(-wal)?$", c)], seen)
