"""What may go wrong around the running product, and what it does then."""

import socket
import time
import unittest

from harness import SluiceTestCase, a_reduce, an_open

class ExchangeFaultsTestCase(SluiceTestCase):
    def test_a_venue_that_goes_away_is_named_and_recovered_from_without_a_flood(self):
        self.run_ready(positions='"BTCUSDT=0.010"', replace=[
            ('cooldown = "0ms"', 'cooldown = "0ms"\nstale_after_exit = "2s"\n'
             'stale_after_entry = "2s"')])
        self.venue("POST", "/sim/offline", {"for_ms": 12000})
        self.until("named", lambda: "exchange_unreachable" in self.get("/readyz").text)
        self.until("stale", lambda: "truth_stale" in self.get("/readyz").text)
        reply = self.post("/api/v1/plans?wait=9s", a_reduce("x", ttl="2s")).json()
        verdict = reply["judged"]["verdict"]
        codes = [r["code"] for r in verdict["refusals"]]
        self.assertNotEqual(verdict["kind"], "allow")
        self.assertIn("stale_exchange_state", codes)
        lines = self.sluice.log().splitlines()
        self.assertLess(len(lines), 200, "the log was flooded")
        self.until_ready()
        self.assertEqual(
            self.post("/api/v1/plans?wait=9s", a_reduce("y")).json()["judged"]["verdict"]["kind"],
            "allow")

    def test_an_order_whose_reply_is_lost_is_found_and_never_sent_twice(self):
        self.run_ready()
        self.venue("POST", "/sim/fault", {"effect": "reset_after", "method": "POST",
                                          "path": "/fapi/v1/order", "count": 1})
        self.post("/api/v1/plans?wait=5s", an_open("lost"))
        self.until("filled", lambda: self.status()["orders"]["filled"] == 1)
        self.until("position", lambda: self.position("BTCUSDT")["amount"] == "0.01")
        orders = [r for r in self.venue("GET", "/sim/transcript")
                  if r["method"] == "POST" and r["path"] == "/fapi/v1/order"]
        self.assertEqual(len(orders), 1)
        self.until("resolved", lambda: self.status()["orders"]["under_way"] == 0)

    def test_an_order_that_never_arrived_is_proven_absent_and_frees_its_symbol(self):
        self.run_ready()
        self.venue("POST", "/sim/fault", {"effect": "hang", "method": "POST",
                                          "path": "/fapi/v1/order", "count": 1})
        self.post("/api/v1/plans?wait=1s", an_open("gone"))
        self.until("unknown", lambda: self.status()["orders"]["unknown"] == 1)
        blocked = self.post("/api/v1/plans?wait=5s", an_open("next", quantity="0.020"))
        self.assertEqual(blocked.status, 409, blocked.text)
        self.assertIn("symbol_busy", blocked.text)
        self.assertIn("gone", blocked.text)
        self.until("resolved", lambda: self.status()["orders"]["under_way"] == 0)
        # The journal tells of it a moment later.
        self.until("rejected", lambda: self.get("/api/v1/orders").json()["orders"][0]["state"]
                   == "rejected")
        free = self.post("/api/v1/plans?wait=5s", an_open("then")).json()
        self.assertEqual(free["judged"]["verdict"]["kind"], "allow")

    def test_a_stranger_who_trades_untold_does_not_keep_an_order_in_doubt(self):
        self.run_ready()
        for fault in ({"effect": "hang", "method": "POST", "path": "/fapi/v1/order", "count": 1},
                      {"effect": "drop_events", "count": 0, "event": "ORDER_TRADE_UPDATE"}):
            self.venue("POST", "/sim/fault", fault)
        self.post("/api/v1/plans?wait=1s", an_open("gone"))
        offered = time.monotonic()
        self.until("unknown", lambda: self.status()["orders"]["unknown"] == 1)
        # Nearer to the intent, the truth before it might have the trade in it already.
        self.until("a later moment", lambda: time.monotonic() - offered > 6)
        self.venue("POST", "/sim/trade", {"symbol": "BTCUSDT", "side": "BUY", "quantity": "0.020"})
        self.until("resolved", lambda: self.status()["orders"]["under_way"] == 0, 60)
        asked = [r for r in self.venue("GET", "/sim/transcript")
                 if r["path"] == "/fapi/v1/order" and "orderId=" in r["parameters"]]
        self.assertEqual([r["method"] for r in asked], ["GET"], asked)
        self.until("rejected", lambda: self.get("/api/v1/orders").json()["orders"][0]["state"]
                   == "rejected")
        left = self.post("/api/v1/plans?wait=5s", a_reduce("leave")).json()
        self.assertEqual(left["judged"]["verdict"]["kind"], "allow")

    def test_a_refused_order_is_sent_again_only_when_it_definitely_did_not_execute(self):
        self.run_ready()
        self.venue("POST", "/sim/fault", {
            "effect": "status", "method": "POST", "path": "/fapi/v1/order", "count": 1,
            "status": 503, "body": '{"code":-1001,"msg":"Service Unavailable."}'})
        self.post("/api/v1/plans?wait=5s", an_open("again"))
        self.until("filled", lambda: self.status()["orders"]["filled"] == 1)
        self.until("position", lambda: self.position("BTCUSDT")["amount"] == "0.01")

    def test_malformed_reads_change_nothing_and_are_survived(self):
        self.run_ready(positions='"BTCUSDT=0.010"')
        self.venue("POST", "/sim/fault", {"effect": "malform", "method": "GET",
                                          "path": "/fapi/v3/positionRisk", "count": 3})
        self.until("failed reads", lambda: self.status()["truth"]["reads_failed"] >= 3)
        self.assertEqual(self.position("BTCUSDT")["amount"], "0.01")
        self.until_ready()

    def test_a_mute_user_stream_is_found_and_opened_anew(self):
        self.run_ready()
        self.venue("POST", "/sim/fault", {"effect": "mute", "stream": "user"})
        self.venue("POST", "/sim/trade", {"symbol": "ETHUSDT", "side": "BUY", "quantity": "0.3"})
        self.until("seen by a read",
                   lambda: (self.position("ETHUSDT") or {}).get("amount") == "0.3")
        self.until("found", lambda: "user_stream_mute" in self.sluice.log())
        self.until("named", lambda: "user_stream_mute" in
                   [s["cause"] for s in self.status()["stalls"]])
        self.venue("POST", "/sim/faults/clear")
        self.until("up again", lambda: self.status()["stream"]["user"] == "up")
        self.venue("POST", "/sim/trade", {"symbol": "ETHUSDT", "side": "BUY", "quantity": "0.1"})
        self.until("told by the stream", lambda: self.position("ETHUSDT")["amount"] == "0.4"
                   and self.position("ETHUSDT")["source"] == "stream")

    def test_a_manual_trade_is_seen_and_adopted(self):
        self.run_ready()
        self.venue("POST", "/sim/trade", {"symbol": "ETHUSDT", "side": "BUY", "quantity": "0.3"})
        self.until("truth", lambda: (self.position("ETHUSDT") or {}).get("amount") == "0.3")
        self.until("ledger", lambda: self.position("ETHUSDT")["ledger"] == "0.3")
        self.assertEqual(self.status()["holds"], 0)


class BadInputTestCase(SluiceTestCase):
    def test_every_fault_of_a_configuration_is_named_at_once(self):
        config = self.write_config('mode = "demo"\n[snapshot]\nbound = 5\nstrateyg = "adaptive"\n'
                                   '[gate]\ncooldown = "-1s"\n')
        for command in ("check", "run"):
            code, _, errors = self.finish(config, command)
            self.assertEqual(code, 78)
            for line, key in ((3, "snapshot.bound"), (4, "strateyg"), (6, "gate.cooldown")):
                self.assertRegex(errors, rf"sluice\.toml:{line}:\d+: .*{key}")

    def test_a_good_configuration_is_usable(self):
        code, output, errors = self.finish(self.demo_config(), "check")
        self.assertEqual((code, errors), (0, ""))
        self.assertIn("usable", output)

    def test_per_symbol_reads_under_the_real_limit_are_refused_with_the_arithmetic(self):
        config = self.write_config('mode = "demo"\n[snapshot]\nstrategy = "per_symbol"\n'
                                   'bound = "10s"\n')
        code, _, errors = self.finish(config, "check")
        self.assertEqual(code, 78)
        for part in ("566 symbols", "2,400", "1,200", "adaptive"):
            self.assertIn(part, errors)

    def test_a_bad_plan_gets_a_problem_that_names_the_field_and_is_not_recorded(self):
        self.run_ready()
        for body, field in ((an_open("x", side="up"), "side"),
                            (an_open("x", quantity="1e3"), "quantity"),
                            (an_open("../x"), "plan_id"),
                            ({**an_open("x"), "colour": "red"}, "colour"),
                            ("{", "")):
            reply = self.post("/api/v1/plans", body)
            self.assertEqual(reply.status, 400, reply.text)
            self.assertEqual(reply.headers["Content-Type"], "application/problem+json")
            self.assertIn(field, reply.text)
        self.assertEqual(self.status()["plans"]["accepted"], 0)
        self.assertEqual(self.get("/api/v1/plans").json()["plans"], [])

    def test_a_post_that_is_not_json_is_refused(self):
        self.run_ready()
        reply = self.post("/api/v1/plans", "plan_id=1", {"Content-Type": "text/plain"})
        self.assertEqual(reply.status, 415)

    def test_a_taken_port_is_said_clearly(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            code, _, errors = self.finish(self.demo_config(port=port))
        self.assertEqual(code, 69)
        self.assertIn(str(port), errors)


if __name__ == "__main__":
    unittest.main()
