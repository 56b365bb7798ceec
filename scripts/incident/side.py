"""One of the two processes: started, asked what it knows, sent its plans, ended by its pid."""

import collections
import dataclasses
import http.client
import itertools
import json
import select
import signal
import subprocess
import threading
import time

import setups

START_LIMIT_S = 30
ASK_LIMIT_S = 10
END_LIMIT_S = 15


class NotRunning(Exception):
    """A process did not start, or ended before it was told to."""


@dataclasses.dataclass(frozen=True)
class Pace:
    """When what happens, in seconds since both sides know every position."""
    run: float
    plans_from: float  # Not earlier, see Opening.
    plans_every: float
    look_every: float


def pace(factor):
    return Pace(120 / factor, 15 / factor, 5 / factor, max(0.25 / factor, 0.05))


@dataclasses.dataclass
class Opening:
    """When the plans begin, on the steady clock: once the truth that every run starts with has
    grown too old. An exit allowed before that is followed by a read, which keeps its position
    young for the next one."""
    at: float | None = None


@dataclasses.dataclass
class Seen:
    """What one side has shown so far."""
    status: dict = dataclasses.field(default_factory=dict)
    ages: list = dataclasses.field(default_factory=list)  # (second, oldest truth in ms)
    weight: int = 0  # The most that was used of a minute's limit.
    named: dict = dataclasses.field(default_factory=dict)  # Cause of a stall to the second.
    verdicts: collections.Counter = dataclasses.field(
        default_factory=collections.Counter)  # Of (lane, kind, first reason or None).
    stale_ms: list = dataclasses.field(default_factory=list)  # Ages that exits were refused for.

    @property
    def oldest_ms(self):
        return max((age for _, age in self.ages), default=0)

    def count(self, lane, kind, reason=None):
        """Verdicts of a lane ("exit", "entry") and kind ("allow", "deny", ...)."""
        return sum(n for (of, was, why), n in self.verdicts.items()
                   if of == lane and was == kind and reason in (None, why))

    def total(self, lane):
        return sum(n for (of, _, _), n in self.verdicts.items() if of == lane)

    def looked(self, second, status):
        self.status = status
        self.ages.append((second, status["truth"]["age_ms"]["max"]))
        self.weight = max(self.weight, status["budget"]["weight_used_1m"])
        for stall in status["stalls"]:
            self.named.setdefault(stall["cause"], second)

    def judged(self, reply):
        """One plan's part of the answer; without a verdict it waits, which is none either."""
        verdict = reply.get("judged", {}).get("verdict")
        lane = reply["plan_id"].split("-")[0]
        if not verdict:
            self.verdicts[(lane, "none", reply.get("status"))] += 1
            return
        first = next(iter(verdict["refusals"]), {})
        self.verdicts[(lane, verdict["kind"], first.get("code"))] += 1
        if lane == "exit" and first.get("code") == "stale_exchange_state":
            self.stale_ms.append(first["observed"]["ms"])


class Side:
    """`name` stands in lines of text, `title` and `words` over its column."""

    def __init__(self, name, title, words, text):
        self.name, self.title, self.words, self.text = name, title, words, text
        self.held = setups.positions(text)
        self.seen = Seen()
        self.stop = threading.Event()
        self.trouble = None
        self.threads = []
        self.process = None

    def start(self, binary, directory):
        directory.mkdir()
        config = directory / "sluice.toml"
        config.write_text(setups.placed(self.text, directory / "state"))
        self.log = directory / "log"
        with open(self.log, "wb") as log:
            # A session of its own: Ctrl-C reaches the script alone, which then ends both in order.
            try:
                self.process = subprocess.Popen([binary, "run", config], stdout=subprocess.PIPE,
                                                stderr=log, cwd=directory, start_new_session=True)
            except OSError as error:
                raise NotRunning(f"{self.name}: {error}") from error

    def wait_address(self):
        readable, _, _ = select.select([self.process.stdout], [], [], START_LIMIT_S)
        line = self.process.stdout.readline().decode().strip() if readable else ""
        if not line.startswith("http://"):
            raise NotRunning(f"{self.name}: did not start\n{self.log_tail()}")
        self.address = line.removeprefix("http://")

    def wait_known(self):
        """Until the first read has shown every position."""
        end = time.monotonic() + START_LIMIT_S
        while True:
            truth = self.ask("GET", "/api/v1/status")["truth"]
            if truth["open"] >= len(self.held) and not truth["unknown"]:
                return
            if time.monotonic() > end:
                raise NotRunning(f"{self.name}: does not know its positions\n{self.log_tail()}")
            time.sleep(0.05)

    def log_tail(self):
        return self.log.read_text(errors="replace")[-3000:]

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection(self.address, timeout=ASK_LIMIT_S)
        try:
            connection.request(method, path, body and json.dumps(body),
                               {"Content-Type": "application/json"} if body else {})
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def begin(self, began, speed, opening):
        """Looks from now on and posts from the opening on, until `finish`."""
        for work in ((self.look, began, speed), (self.post, began, speed, opening)):
            self.threads.append(threading.Thread(target=self.guarded, daemon=True, args=work))
            self.threads[-1].start()

    def guarded(self, work, *given):
        try:
            work(*given)
        except Exception as error:  # Told by the main thread, which ends everything.
            self.trouble = NotRunning(f"{self.name}: {error!r}\n{self.log_tail()}")

    def look(self, began, speed):
        while not self.stop.wait(speed.look_every):
            self.seen.looked(time.monotonic() - began, self.ask("GET", "/api/v1/status"))

    def positions_too_old(self):
        """Whether no plan on a position can find it young enough any more."""
        bound_ms = self.seen.status["truth"]["promise"]["bound_ms"]
        return all(each["age_ms"] > bound_ms
                   for each in self.ask("GET", "/api/v1/positions")["positions"])

    def post(self, began, speed, opening):
        while not opening.at:
            if self.stop.wait(speed.look_every / 5):
                return
        due, end = opening.at, began + speed.run - speed.plans_every / 2
        for number in itertools.count(1):
            if due > end or self.stop.wait(max(due - time.monotonic(), 0)):
                return
            for reply in self.ask("POST", "/api/v1/plans?wait=5s",
                                  setups.wave(number, self.held)):
                self.seen.judged(reply)
            due += speed.plans_every

    def finish(self):
        self.stop.set()
        for thread in self.threads:
            thread.join(ASK_LIMIT_S)

    def tell_to_end(self):
        self.stop.set()
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def wait_end(self):
        """The process is gone afterwards: by itself, or else killed."""
        if not self.process:
            return
        try:
            self.process.wait(END_LIMIT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
