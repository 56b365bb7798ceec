"""Flattens against a venue of its own process: dry run, confirmation, and everything in between."""

import hashlib
import hmac
import http.client
import json
import os
import re
import signal
import sqlite3
import ssl
import subprocess
import time
import unittest
import urllib.parse

from harness import BINARY, LIMIT_S, OutsideTestCase, an_open, free_port

BY = {"author": "alice", "reason": "it's a drill"}
SOON = """
[gate]
permit_ttl = "500ms"
cooldown = "0ms"
[flatten]
retry_after = "500ms"
give_up_after = "{give_up}"
"""


class FlattenTestCase(OutsideTestCase):
    def run_outside(self, give_up="2m"):
        self.write_keys()
        self.port = free_port()
        self.start_venue(self.port)
        self.config = self.outside(self.port)
        self.config.write_text(self.config.read_text() + SOON.format(give_up=give_up))
        self.begin()

    def begin(self):
        self.sluice = self.start(self.config)
        self.sluice.wait_url()
        self.until_ready()

    def command(self, *words):
        environment = {**os.environ, "SLUICE_URL": self.sluice.url, "USER": "carol"}
        done = subprocess.run([BINARY, *words], capture_output=True, text=True, timeout=LIMIT_S,
                              cwd=self.directory, env=environment)
        return done.returncode, done.stdout, done.stderr

    # ---- the venue, as a person uses it

    def person(self, symbol, side, quantity):
        self.venue("POST", "/sim/trade", {"symbol": symbol, "side": side, "quantity": quantity})

    def signed(self, method, path, **parameters):
        query = urllib.parse.urlencode({**parameters, "timestamp": int(time.time() * 1000)})
        signature = hmac.new(b"s" * 32, query.encode(), hashlib.sha256).hexdigest()
        return self.venue_with_key(method, f"{path}?{query}&signature={signature}")

    def venue_with_key(self, method, path):
        context = ssl.create_default_context(cafile=str(self.directory / "venue.pem"))
        connection = http.client.HTTPSConnection("127.0.0.1", self.venue_port, timeout=LIMIT_S,
                                                 context=context)
        connection.request(method, path, headers={"X-MBX-APIKEY": "k" * 32})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        self.assertEqual(answer.status, 200, text)
        return json.loads(text)

    def mark(self, symbol):
        return float(self.signed("GET", "/fapi/v1/premiumIndex", symbol=symbol)["markPrice"])

    def rest_a_limit(self, symbol, quantity):
        """A person's order to buy far below the mark."""
        self.venue("POST", "/sim/order", {"symbol": symbol, "side": "BUY", "quantity": quantity,
                                          "price": str(round(self.mark(symbol) * 0.9))})

    def rest_a_stop(self, symbol):
        """A person's stop that closes a long position far below the mark."""
        self.signed("POST", "/fapi/v1/algoOrder", algoType="CONDITIONAL", symbol=symbol,
                    side="SELL", type="STOP_MARKET", closePosition="true",
                    triggerPrice=str(round(self.mark(symbol) * 0.8)))

    def resting(self):
        return (len(self.signed("GET", "/fapi/v1/openOrders")),
                len(self.signed("GET", "/fapi/v1/openAlgoOrders")))

    def held(self):
        rows = self.venue("GET", "/sim/ledger")["accounts"][0]["positions"]
        return {row["symbol"] for row in rows if float(row["amount"]) != 0}

    def until_seen(self, *symbols):
        self.until("seen", lambda: all((self.position(s) or {}).get("truth") == "open"
                                       or float((self.position(s) or {}).get("amount") or 0) != 0
                                       for s in symbols))

    def hang_orders(self, count):
        self.venue("POST", "/sim/fault", {"effect": "hang", "method": "POST",
                                          "path": "/fapi/v1/order", "count": count})

    # ---- flattens

    def dry_run(self, **scope):
        reply = self.post("/api/v1/flatten", {**BY, **scope})
        self.assertEqual(reply.status, 200, reply.text)
        return reply.json()

    def confirm(self, **scope):
        reply = self.post("/api/v1/flatten",
                          {**BY, **scope, "confirm": self.dry_run(**scope)["confirm"]})
        self.assertEqual(reply.status, 202, reply.text)
        return reply.json()["id"]

    def flatten(self, number):
        return self.get(f"/api/v1/flatten/{number}").json()

    def until_done(self, number):
        self.until("done", lambda: self.flatten(number)["state"] == "done")

    def journal(self, question):
        path = self.directory / "state" / "journal.db"
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10) as db:
            return db.execute(question).fetchall()

    # ---- tests

    def test_a_dry_run_changes_nothing_and_its_command_closes_the_position(self):
        self.run_outside()
        self.person("BTCUSDT", "BUY", "0.100")
        self.rest_a_limit("BTCUSDT", "0.010")
        self.rest_a_stop("BTCUSDT")
        self.until_seen("BTCUSDT")
        code, output, errors = self.command("flatten", "BTCUSDT", "--reason", "it's a drill")
        self.assertEqual(code, 0, errors)
        for words in ("symbol: BTCUSDT", "kind: regular", "kind: conditional", "ours: false",
                      "notional: ", "Nothing was done"):
            self.assertIn(words, output)
        self.assertEqual((self.held(), self.resting()), ({"BTCUSDT"}, (1, 1)))
        self.assertEqual(self.get("/api/v1/flatten").json(), {"flattens": []})
        command = output.strip().splitlines()[-1]
        done = subprocess.run(
            command.replace("sluice", f"'{BINARY}'", 1), shell=True, text=True,
            capture_output=True, timeout=LIMIT_S, cwd=self.directory,
            env={**os.environ, "SLUICE_URL": self.sluice.url, "USER": "carol"})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("all is flat, and nothing rests", done.stdout)
        self.assertEqual((self.held(), self.resting()), (set(), (0, 0)))
        self.assertEqual(self.get("/api/v1/state").json()["state"], "active")
        number = self.get("/api/v1/flatten").json()["flattens"][0]["id"]
        shown = self.flatten(number)
        self.assertEqual((shown["state"], shown["author"], shown["reason"]),
                         ("done", "carol", "it's a drill"))
        self.assertEqual([p["state"] for p in shown["positions"]], ["flat"])
        # The token stands nowhere but in the dry run.
        token = command.split()[-1]
        self.assertRegex(token, "^[0-9a-f]{32}$")
        self.assertNotIn(token, self.sluice.log())
        for file in (self.directory / "state").iterdir():
            self.assertNotIn(token.encode(), file.read_bytes())
        story = self.get(f"/api/v1/plans/flatten:{number}:BTCUSDT:both:1").json()
        self.assertEqual([r["kind"] for r in story["flatten"]],
                         ["flatten_ordered", "flatten_ended"])

    def test_tokens_that_confirm_nothing_are_refused(self):
        self.run_outside()
        self.person("BTCUSDT", "BUY", "0.100")
        self.until_seen("BTCUSDT")
        wrong = self.post("/api/v1/flatten", {**BY, "symbol": "BTCUSDT", "confirm": "0" * 32})
        self.assertEqual(wrong.status, 403)
        other = self.dry_run(all=True)["confirm"]
        self.assertEqual(self.post("/api/v1/flatten", {**BY, "symbol": "BTCUSDT",
                                                       "confirm": other}).status, 403)
        token = self.dry_run(symbol="BTCUSDT")["confirm"]
        order = {**BY, "symbol": "BTCUSDT", "confirm": token}
        begun = self.post("/api/v1/flatten", order)
        self.assertEqual(begun.status, 202)
        self.until_done(begun.json()["id"])
        self.assertEqual(self.post("/api/v1/flatten", order).status, 403)
        for body in ({**BY}, {**BY, "symbol": "BTCUSDT", "all": True}, {**BY, "all": "yes"},
                     {**BY, "symbol": "BTCUSDT", "confrim": token}, {"symbol": "BTCUSDT"}):
            self.assertEqual(self.post("/api/v1/flatten", body).status, 400, body)
        self.assertEqual(self.get("/api/v1/flatten/7").status, 404)
        self.assertEqual(self.command("flatten", "BTCUSDT", "--all", "--reason", "x")[0], 2)
        self.assertEqual(self.command("flatten", "--all")[0], 2)

    def test_one_symbol_closes_only_that_and_lets_nothing_in_meanwhile(self):
        self.run_outside()
        self.person("BTCUSDT", "BUY", "0.100")
        self.person("ETHUSDT", "SELL", "1.0")
        self.rest_a_limit("ETHUSDT", "0.1")
        self.until_seen("BTCUSDT", "ETHUSDT")
        self.hang_orders(1)
        number = self.confirm(symbol="BTCUSDT")
        refused = self.post("/api/v1/plans?wait=1s",
                            an_open("in", "BTCUSDT", quantity="0.01", ttl="500ms")).json()
        self.assertIn("reconcile_hold_active",
                      [r["code"] for r in refused["judged"]["verdict"]["refusals"]])
        busy = self.post("/api/v1/flatten", {**BY, "symbol": "BTCUSDT"})
        self.assertEqual(busy.status, 409)
        self.assertIn(f"flatten {number} of BTCUSDT", busy.text)
        self.until_done(number)
        self.assertEqual((self.held(), self.resting()), ({"ETHUSDT"}, (1, 0)))
        reply = self.post("/api/v1/plans?wait=5s", an_open("later", quantity="0.01")).json()
        self.assertEqual(reply["judged"]["verdict"]["kind"], "allow", reply)

    def test_all_closes_what_is_there_and_what_comes(self):
        self.run_outside()
        self.person("BTCUSDT", "BUY", "0.100")
        self.person("ETHUSDT", "SELL", "1.0")
        self.rest_a_limit("XRPUSDT", "100")
        self.rest_a_stop("BTCUSDT")
        self.until_seen("BTCUSDT", "ETHUSDT")
        self.hang_orders(1)
        number = self.confirm(all=True)
        self.until("one is closed", lambda: len(self.held()) < 2)
        self.person("DOGEUSDT", "BUY", "1000")
        self.until_done(number)
        self.assertEqual((self.held(), self.resting()), (set(), (0, 0)))
        self.assertEqual({p["symbol"] for p in self.flatten(number)["positions"]},
                         {"BTCUSDT", "ETHUSDT", "DOGEUSDT"})
        state = self.get("/api/v1/state").json()
        self.assertEqual((state["state"], state["author"]), ("reduce_only", "alice"))
        refused = self.post("/api/v1/plans?wait=5s", an_open("in")).json()
        self.assertEqual(refused["judged"]["verdict"]["refusals"][0]["code"], "reduce_only_state")
        self.assertIn("flatten_cancelled", self.journal(
            "SELECT group_concat(event) FROM notice")[0][0])

    def test_an_exchange_that_goes_away_in_the_middle_only_delays_it(self):
        self.run_outside()
        self.person("BTCUSDT", "BUY", "0.100")
        self.rest_a_stop("BTCUSDT")
        self.until_seen("BTCUSDT")
        self.hang_orders(1)
        number = self.confirm(all=True)
        self.venue("POST", "/sim/offline", {"for_ms": 3000})
        self.until("noticed", lambda: self.get("/readyz").status == 503)
        self.assertEqual(self.flatten(number)["state"], "running")
        self.until_done(number)
        self.assertEqual((self.held(), self.resting()), (set(), (0, 0)))

    def test_a_kill_in_the_middle_and_a_restart_finish_it(self):
        self.run_outside()
        self.person("BTCUSDT", "BUY", "0.100")
        self.person("ETHUSDT", "SELL", "1.0")
        self.rest_a_stop("BTCUSDT")
        self.until_seen("BTCUSDT", "ETHUSDT")
        self.hang_orders(2)
        number = self.confirm(all=True)
        self.until("sent", lambda: self.status()["orders"]["sent"] >= 1)
        self.sluice.end(signal.SIGKILL)
        self.venue("POST", "/sim/faults/clear")
        self.sluice = self.start(self.config)
        self.sluice.wait_url()
        self.assertEqual(self.flatten(number)["state"], "running")
        self.until_done(number)
        self.assertEqual((self.held(), self.resting()), (set(), (0, 0)))
        self.assertEqual(self.journal("SELECT outcome FROM flatten"), [("done",)])
        self.assertEqual(self.get("/api/v1/state").json()["state"], "reduce_only")
        # An ended one is still shown after another restart.
        self.sluice.end()
        self.begin()
        self.assertEqual(self.flatten(number)["state"], "done")

    def test_while_halted_it_is_refused_with_the_cure(self):
        self.run_outside()
        self.person("BTCUSDT", "BUY", "0.100")
        self.until_seen("BTCUSDT")
        self.post("/api/v1/state", {**BY, "state": "halted"})
        code, _, errors = self.command("flatten", "--all", "--reason", "drill")
        self.assertEqual(code, 1)
        self.assertIn("trading is halted by alice", errors)
        self.assertIn("sluice state reduce_only", errors)
        self.assertEqual(self.held(), {"BTCUSDT"})

    def test_what_cannot_be_closed_is_told_when_its_time_is_over(self):
        self.run_outside(give_up="10s")
        self.person("BTCUSDT", "BUY", "0.100")
        self.until_seen("BTCUSDT")
        self.venue("POST", "/sim/fault", {
            "effect": "status", "method": "POST", "path": "/fapi/v1/order", "count": 1000,
            "status": 400, "body": '{"code":-2019,"msg":"Margin is insufficient."}'})
        _, output, _ = self.command("flatten", "BTCUSDT", "--reason", "drill")
        token = re.search("--confirm ([0-9a-f]{32})", output).group(1)
        code, output, errors = self.command("flatten", "BTCUSDT", "--reason", "drill",
                                            "--confirm", token)
        self.assertEqual(code, 3, errors)
        self.assertIn("given_up: BTCUSDT both 0.1", errors)
        self.assertIn("-2019", errors)
        self.assertEqual(self.held(), {"BTCUSDT"})
        self.assertIn("flatten_given_up", self.sluice.log())
        self.assertIn('sluice_flattens_ended_total{how="given_up"} 1', self.get("/metrics").text)


if __name__ == "__main__":
    unittest.main()
