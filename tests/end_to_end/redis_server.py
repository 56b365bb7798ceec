"""A real redis-server of a test's own, and the few lines of its protocol that a test needs."""

import shutil
import signal
import socket
import subprocess
import time

LIMIT_S = 60


class RedisError(Exception):
    pass


class Redis:
    """On a socket in the test's directory; keeps what it has on disk only when asked to."""

    def __init__(self, directory, keeps=False):
        self.directory = directory
        self.path = directory / "redis.sock"
        self.keeps = keeps
        self.password = None
        self.process = None
        self.start()

    @staticmethod
    def missing():
        return shutil.which("redis-server") is None

    def start(self):
        self.process = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", str(self.path), "--save", "",
             "--appendonly", "yes" if self.keeps else "no", "--appendfsync", "always",
             "--dir", str(self.directory), "--logfile", "redis.log"],
            stdout=subprocess.DEVNULL)
        end = time.monotonic() + LIMIT_S
        while True:
            try:
                if self.ask("PING") == "PONG":
                    return
            except (OSError, RedisError):
                pass
            if time.monotonic() > end:
                raise AssertionError("redis-server does not answer")
            time.sleep(0.01)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait(LIMIT_S)

    def ask(self, *words):
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(LIMIT_S)
            link.connect(str(self.path))
            with link.makefile("rb") as answer:
                if self.password:
                    link.sendall(self.command("AUTH", self.password))
                    self.read(answer)
                link.sendall(self.command(*words))
                return self.read(answer)

    @staticmethod
    def command(*words):
        parts = [f"*{len(words)}\r\n".encode()]
        for word in words:
            data = word if isinstance(word, bytes) else str(word).encode()
            parts.append(b"$%d\r\n%s\r\n" % (len(data), data))
        return b"".join(parts)

    def read(self, answer):
        line = answer.readline()
        if not line.endswith(b"\r\n"):
            raise RedisError("no answer")
        kind, text = line[:1], line[1:-2].decode(errors="replace")
        if kind == b"+":
            return text
        if kind == b"-":
            raise RedisError(text)
        if kind == b":":
            return int(text)
        if text == "-1":
            return None
        if kind == b"$":
            return answer.read(int(text) + 2)[:-2].decode(errors="replace")
        return [self.read(answer) for _ in range(int(text))]

    # ---- what the tests ask for

    def add(self, fields, stream="quantum:stream:apply.plan", entry_id="*"):
        words = [word for pair in fields.items() for word in pair]
        return self.ask("XADD", stream, entry_id, *words)

    def hash(self, key):
        flat = self.ask("HGETALL", key)
        return dict(zip(flat[::2], flat[1::2]))

    def refused(self):
        rows = self.ask("XRANGE", "quantum:stream:apply.plan.refused", "-", "+")
        return [dict(zip(fields[::2], fields[1::2])) for _, fields in rows]

    def pending(self, group="sluice"):
        return self.ask("XPENDING", "quantum:stream:apply.plan", group)[0]
