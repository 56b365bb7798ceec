"""A venue and the real binary before it, with one symbol for each cell of the matrix."""

import hashlib
import hmac
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import urllib.parse
from decimal import Decimal

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent.parent / part)
                for part in ("end_to_end", "crash")]

import oracle  # noqa: E402
from harness import (BINARY, LIMIT_S, OUTSIDE, OutsideTestCase, a_reduce, an_open,  # noqa: E402,F401
                     ask)
from oracle import rows  # noqa: E402

VENUE = """
mode = "demo"
[simulator]
port = 0
certificate_file = "{dir}/venue.pem"
api_key_file = "{dir}/key"
api_secret_file = "{dir}/secret"
latency = "{latency}"
volatility_bp = 0
tick_period = "250ms"
symbols = {symbols}
balance = "100000000"
weight_limit_1m = 1000000
order_limit_10s = 0
order_limit_1m = 0
transcript_max = 1000000
{ways}
"""

SETTINGS = """
[gate]
cooldown = "0ms"
allow_add = true
[exits]
enabled = false
"""

VALUE = "2000"  # Of every position, so that it has steps enough for fifty fills.
PROBE_VALUE = "2100"


def without_nothing(plan):
    return {k: v for k, v in plan.items() if v is not None}


def an_entry(plan_id, symbol, value=VALUE, **more):
    return without_nothing(an_open(plan_id, symbol=symbol, quantity=None, notional=value, **more))


class WorldTestCase(OutsideTestCase):
    """Starts venue and binary; compares journal and venue at the end."""

    symbols = 200
    latency = "2ms"
    settings = SETTINGS
    ways = ""  # Further settings of the venue.
    connections = 16  # Of the client to it.

    def setUp(self):
        super().setUp()
        self.write_keys()
        self.planted = set()
        venue = self.start(self.write_config(VENUE.format(
            dir=self.directory, symbols=self.symbols, latency=self.latency,
            ways=self.ways), "venue.toml"), "sim")
        self.venue_port = int(venue.wait_url().rsplit(":", 1)[1])
        listing = self.venue("GET", "/fapi/v1/exchangeInfo")["symbols"]
        self.rules = {s["symbol"]: {f["filterType"]: f for f in s["filters"]} for s in listing
                      if s["status"] == "TRADING"}

    def start_sluice(self, ready=True):
        text = OUTSIDE.format(port=self.venue_port, dir=self.directory, mode="testnet", more="").replace(
            "[snapshot]", f"connections_max = {self.connections}\n[snapshot]", 1)
        self.sluice = self.start(self.write_config(text + self.settings))
        self.sluice.wait_url()
        if ready:
            self.until_ready()
            self.until_marks(self.rules)

    def until_marks(self, symbols):
        """Nothing is opened without one, and they come a moment after the truth."""
        wanted = set(symbols)
        self.until("marks", lambda: wanted <= {
            row["symbol"] for row in self.get("/api/v1/positions?all").json()["positions"]
            if row["mark"]})

    # ---- what is offered and what became of it

    def offer(self, plans, wait=None):
        reply = self.post("/api/v1/plans" + (f"?wait={wait}" if wait else ""), plans)
        self.assertIn(reply.status, (200, 202), reply.text)
        return reply.json()

    def ended(self):
        return {plan: (how, Decimal(executed or 0)) for plan, how, executed in rows(
            self.journal(), "SELECT plan_id, ended, executed FROM plan WHERE ended IS NOT NULL"
                            " OR verdict IN ('deny', 'expire')")}

    def until_ended(self, plans, limit_s=LIMIT_S):
        wanted = {p["plan_id"] for p in plans}
        end = time.monotonic() + limit_s
        while not wanted <= set(self.ended()):
            if time.monotonic() > end:
                self.fail(f"not ended: {sorted(wanted - set(self.ended()))}")
            time.sleep(0.05)

    def carry_out(self, plans):
        """Nothing is in the way of these."""
        self.offer(plans)
        self.until_ended(plans)
        ended = self.ended()
        self.assertEqual([(p["plan_id"], ended[p["plan_id"]][0]) for p in plans
                          if ended[p["plan_id"]][0] != "done"], [])

    def journal(self):
        return self.directory / "state" / "journal.db"

    def account(self):
        return self.venue("GET", "/sim/ledger")["accounts"][0]

    def held(self):
        return {p["symbol"]: Decimal(p["amount"]) for p in self.account()["positions"]}

    # ---- faults, and persons

    def provoke(self, faults):
        self.venue("POST", "/sim/script", "\n".join(json.dumps(f) for f in faults))

    def step_of(self, symbol):
        return Decimal(self.rules[symbol]["LOT_SIZE"]["stepSize"])

    def far_price(self, symbol):
        """Where a sell rests: 3 % above the mark, on the tick."""
        mark = Decimal(self.venue("GET", f"/fapi/v1/premiumIndex?symbol={symbol}")["markPrice"])
        tick = Decimal(self.rules[symbol]["PRICE_FILTER"]["tickSize"])
        return (mark * Decimal("1.03") // tick + 1) * tick

    def plant(self, symbol, amount, number):
        """A resting reduce-only order under an id of ours, as an earlier run may have left it."""
        ours = rows(self.journal(), "SELECT client_order_id FROM orders LIMIT 1")[0][0]
        prefix = ours.rsplit("-", 1)[0]
        digits = "".join("abcdefghij"[int(d)] for d in f"{number:026d}")
        name = f"{prefix}-{digits}"
        body = urllib.parse.urlencode({
            "symbol": symbol, "side": "SELL", "type": "LIMIT", "timeInForce": "GTC",
            "quantity": str(amount), "price": str(self.far_price(symbol)), "reduceOnly": "true",
            "newClientOrderId": name, "recvWindow": 5000, "timestamp": int(time.time() * 1000)})
        sign = hmac.new(b"s" * 32, body.encode(), hashlib.sha256).hexdigest()
        reply = self.venue_call("POST", f"/fapi/v1/order?{body}&signature={sign}")
        self.assertEqual(reply.status, 200, reply.text)
        self.planted.add(name)

    def venue_call(self, method, path):
        import http.client
        import ssl
        context = ssl.create_default_context(cafile=str(self.directory / "venue.pem"))
        connection = http.client.HTTPSConnection("127.0.0.1", self.venue_address(),
                                                 timeout=LIMIT_S, context=context)
        return ask(connection, method, path, headers={"X-MBX-APIKEY": "k" * 32})

    # ---- what must hold at the end

    def violations(self):
        return oracle.violations(self.journal(), self.account(), self.planted)

    def until_books_agree(self):
        """Repairs are read back within a minute at the most."""
        end = time.monotonic() + LIMIT_S + 30
        while (found := self.violations() + oracle.holds(self.journal())) and time.monotonic() < end:
            time.sleep(0.2)
        self.assertEqual(found, [], self.sluice.log()[-3000:])

    def until_proven(self, symbols):
        """A position whose opening was told, and whose closing was not, is known to be gone half a minute later.

        Its age is small at first: what is no more was proven just before. Right after a start there is none yet:
        plans may have ended by reads of their own before the account was read."""
        self.until("proven as the books have it", lambda: all(
            row["age_ms"] is not None and row["age_ms"] < 5_000
            and Decimal(row["amount"] or 0) == Decimal(row["ledger"] or 0)
            for row in self.get("/api/v1/positions?all").json()["positions"]
            if row["symbol"] in set(symbols)), 2 * LIMIT_S)

    def check_symbols_are_free(self, symbols, name="probe"):
        self.until("no pause", lambda: not self.get("/api/v1/exchange").json()["paused"], 2 * LIMIT_S)
        self.until_proven(symbols)
        # Of another value: the same wish within seconds would be a duplicate.
        probes = [an_entry(f"{name}-{s}", s, value=PROBE_VALUE) for s in symbols]
        self.offer(probes)
        self.until_ended(probes)
        ended = self.ended()
        self.assertEqual([(p["plan_id"], ended[p["plan_id"]]) for p in probes
                          if ended[p["plan_id"]][0] != "done"], [])

    def check_replay(self):
        """After the end: every verdict again, and the state from the records."""
        self.assertEqual(self.sluice.end(signal.SIGTERM), 0)
        done = subprocess.run([BINARY, "replay", "--json", str(self.journal())], capture_output=True,
                              text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout[-3000:] + done.stderr)
        report = json.loads(done.stdout)
        self.assertEqual(report["differing"], [])
        # A start records verdicts, without facts, for intents that were durable before theirs.
        early = rows(self.journal(), "SELECT count(*) FROM verdict WHERE times_judged = 0")[0][0]
        self.assertEqual(report["outside"], early)
        self.assertEqual(report["verdicts"], report["same"] + report["outside"])
        self.assertEqual(oracle.state_faults(self.journal()), [])
        return report


if not os.environ.get("SLUICE"):
    os.environ["SLUICE"] = BINARY
