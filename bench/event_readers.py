#!/usr/bin/env python3
"""What 200 readers of /api/v1/events cost the process at 566 symbols; prints one JSON line.

  SLUICE=build/release/sluice bench/event_readers.py --readers 200 --seconds 30 --plans 2

The process runs the demo with so many plans a second, first without readers, then with them; the cost
is the difference of its CPU time, as a share of one core. With --at-most PERCENT it exits with 1 when the
cost is beyond that or a reader was lost.
"""

import argparse
import json
import os
import pathlib
import selectors
import signal
import socket
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests/end_to_end"))

import harness


def cpu_s(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Readers:
    """Connections that only read; all in one thread."""

    def __init__(self, port, count):
        self.selector = selectors.DefaultSelector()
        self.bytes = 0
        self.lost = 0
        for _ in range(count):
            link = socket.create_connection(("127.0.0.1", port))
            link.sendall(b"GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            self.selector.register(link, selectors.EVENT_READ)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        while True:
            for key, _ in self.selector.select():
                block = key.fileobj.recv(1 << 16)
                self.bytes += len(block)
                if not block:
                    self.lost += 1
                    self.selector.unregister(key.fileobj)


class Producer(threading.Thread):
    """Opens and closes small positions, so many plans a second."""

    def __init__(self, case, rate):
        super().__init__(daemon=True)
        self.case, self.period, self.ended = case, 1 / rate, False

    def run(self):
        number, due = 0, time.monotonic()
        while not self.ended:
            symbol = ("BTCUSDT", "ETHUSDT", "SOLUSDT")[number // 2 % 3]
            quantity = {"BTCUSDT": "0.010", "ETHUSDT": "0.1", "SOLUSDT": "1"}[symbol]
            name = f"load-{os.getpid()}-{number}"
            plan = (harness.an_open(name, symbol, quantity=quantity) if number % 2 == 0
                    else harness.a_reduce(name, symbol))
            self.case.post("/api/v1/plans", plan)
            number += 1
            due += self.period
            time.sleep(max(0, due - time.monotonic()))


def measure(process, seconds):
    before, start = cpu_s(process.pid), time.monotonic()
    time.sleep(seconds)
    return (cpu_s(process.pid) - before) / (time.monotonic() - start)


def main():
    cli = argparse.ArgumentParser()
    cli.add_argument("--readers", type=int, default=200)
    cli.add_argument("--seconds", type=float, default=30)
    cli.add_argument("--plans", type=float, default=2)
    cli.add_argument("--at-most", type=float, help="percent of a core")
    options = cli.parse_args()
    case = harness.SluiceTestCase()
    with tempfile.TemporaryDirectory(prefix="sluice-bench-") as folder:
        case.directory, case.started = pathlib.Path(folder), []
        try:
            process = case.run_ready(symbols=566, latency="300ms", port=harness.free_port()).process
            producer = Producer(case, options.plans)
            producer.start()
            alone = measure(process, options.seconds)
            readers = Readers(int(case.sluice.url.rsplit(":", 1)[1]), options.readers)
            records = case.status()["journal"]["records"]
            read_before = readers.bytes
            together = measure(process, options.seconds)
            records = case.status()["journal"]["records"] - records
            producer.ended = True
            print(json.dumps({
                "bench": "event_readers", "symbols": 566, "readers": options.readers,
                "plans_per_s": options.plans, "events_per_s": round(records / options.seconds, 1),
                "bytes_per_reader_s": round((readers.bytes - read_before) / options.readers / options.seconds),
                "readers_lost": readers.lost, "core_percent_without": round(100 * alone, 2),
                "core_percent_with": round(100 * together, 2),
                "cost_core_percent": round(100 * (together - alone), 2)}))
            if options.at_most is not None:
                # Readers that got nothing would cost nothing.
                served = readers.bytes - read_before >= options.readers * records
                return int(100 * (together - alone) > options.at_most or readers.lost > 0 or not served)
            return 0
        finally:
            for each in case.started:
                each.end(signal.SIGKILL)


sys.exit(main())
