"""The load of a soak: producers that post plans of all kinds, and readers of the events."""

import http.client
import json
import random
import selectors
import socket
import threading
import time
from collections import Counter, deque

PRODUCERS = 4
ASK_LIMIT_S = 40
# How often each of them, of a hundred.
MIX = {"entry": 34, "close": 22, "shrink": 6, "entry_with_exit": 8, "batch": 6, "waiting": 6, "cancel": 5,
       "repeat": 4, "other_content": 3, "dry_run": 3, "garbage": 3}
GARBAGE = ("{", "[]", '{"plan_id": "x"}', '{"plan_id":"../x","symbol":"BTCUSDT"}', "\u0000", "[" * 200)
# What such a service answers by design; anything else is broken.
FINE = {200, 202, 400, 401, 403, 404, 409, 413, 415, 422, 429, 503}


class Producer(threading.Thread):
    """Posts at a rate, on one connection. What was accepted stands in `acknowledged` until it is taken."""

    def __init__(self, port, number, rate, symbols, seed):
        super().__init__(daemon=True)
        self.port, self.number, self.period, self.symbols = port, number, 1 / rate, symbols
        self.choice = random.Random(f"{seed}-{number}")
        self.link = None
        self.count = 0
        self.recent = deque(maxlen=200)
        self.statuses, self.kinds, self.broken = Counter(), Counter(), []
        self.acknowledged = []
        self.lock = threading.Lock()
        self.working = threading.Event()
        self.over = False

    def run(self):
        due = time.monotonic()
        while not self.over:
            if not self.working.wait(0.2):
                due = time.monotonic()
                continue
            kind = self.choice.choices(list(MIX), MIX.values())[0]
            self.one(kind)
            # Who was held up does not catch up in a burst of more than a second's plans.
            due = max(due + self.period, time.monotonic() - 1)
            time.sleep(max(0, due - time.monotonic()))

    # ---- plans

    def named(self, **fields):
        self.count += 1
        return {"plan_id": f"soak-{self.number}-{time.time_ns()}-{self.count}", "source": f"soak-{self.number}",
                "symbol": self.choice.choice(self.symbols), "ttl": self.choice.choice(("3s", "8s", "20s")),
                **fields}

    def entry(self, **more):
        return self.named(kind="open", side=self.choice.choice(("buy", "sell")),
                          notional=str(self.choice.randint(200, 2000)), **more)

    def close(self):
        return self.named(kind="reduce", target="0")

    def cancel(self):
        wanted = self.choice.choice(self.recent) if self.recent else self.entry()
        return self.named(kind="cancel", symbol=wanted["symbol"], cancels=wanted["plan_id"])

    def one(self, kind):
        self.kinds[kind] += 1
        make = {"entry": self.entry, "waiting": self.entry, "dry_run": self.entry, "close": self.close,
                "cancel": self.cancel,
                "entry_with_exit": lambda: self.entry(time_limit="10s"),
                "shrink": lambda: self.named(kind="reduce", target=str(self.choice.choice(("0.5", "1", "10"))))}
        if kind == "garbage":
            return self.post("", self.choice.choice(GARBAGE), [])
        if kind == "batch":
            plans = [self.choice.choice((self.entry, self.close))() for _ in range(5)]
        elif kind in ("repeat", "other_content"):
            first = self.choice.choice(self.recent) if self.recent else self.entry()
            plans = [first if kind == "repeat" else {**first, "symbol": self.choice.choice(self.symbols)}]
        else:
            plans = [make[kind]()]
        query = {"waiting": "?wait=1s", "dry_run": "?dry_run=true"}.get(kind, "")
        self.post(query, json.dumps(plans if kind == "batch" else plans[0]), plans)
        if kind not in ("dry_run", "repeat", "other_content", "cancel"):
            self.recent.extend(plans)

    # ---- the wire

    def post(self, query, body, plans):
        try:
            if self.link is None:
                self.link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ASK_LIMIT_S)
            self.link.request("POST", "/api/v1/plans" + query, body, {"Content-Type": "application/json"})
            answer = self.link.getresponse()
            text = answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            self.statuses["no answer"] += 1
            if self.link:
                self.link.close()
            self.link = None
            return
        self.statuses[answer.status] += 1
        if answer.status not in FINE:
            with self.lock:
                self.broken.append(f"{answer.status} {text[:200]}")
        if answer.status in (200, 202) and "dry_run" not in query:
            with self.lock:
                self.acknowledged += accepted_ids(text)

    def take_broken(self):
        with self.lock:
            taken, self.broken = self.broken, []
        return taken

    def take_acknowledged(self):
        with self.lock:
            taken, self.acknowledged = self.acknowledged, []
        return taken


def accepted_ids(text):
    """Ids of the plans that a reply says were taken in; a duplicate's is another's."""
    body = json.loads(text)
    rows = body if isinstance(body, list) else body.get("plans", [body])
    return [row["plan_id"] for row in rows
            if row.get("status") in ("accepted", "judged") and "plan_id" in row and not row.get("duplicate_of")]


class Readers:
    """Connections that read events; all in one thread. Those that are cut come back while they are wanted."""

    def __init__(self, port, count):
        self.port, self.count = port, count
        self.bytes = self.cut = 0
        self.selector = selectors.DefaultSelector()
        self.over = False
        threading.Thread(target=self.read, daemon=True).start()

    def fill_up(self):
        try:
            while len(self.selector.get_map()) < self.count:
                link = socket.create_connection(("127.0.0.1", self.port), timeout=2)
                link.sendall(b"GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                self.selector.register(link, selectors.EVENT_READ)
        except OSError:
            time.sleep(0.2)

    def read(self):
        while not self.over:
            self.fill_up()
            for key, _ in self.selector.select(0.2):
                try:
                    block = key.fileobj.recv(1 << 16)
                except OSError:
                    block = b""
                self.bytes += len(block)
                if not block:
                    self.cut += 1
                    self.selector.unregister(key.fileobj)
                    key.fileobj.close()
