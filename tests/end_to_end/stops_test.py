"""Protective stops and the dead man's switch against a real venue over TLS, restarts among them."""

import hashlib
import hmac
import http.client
import signal
import sqlite3
import ssl
import time
import unittest
import urllib.parse

from harness import OutsideTestCase, SluiceTestCase, a_reduce, an_open, free_port

BTC = "BTCUSDT"
STOPS = """
[protective_stops]
enabled = true
grace = "1s"
audit_period = "5s"
retry_after = "500ms"
"""
DEAD_MAN = """
[dead_man]
enabled = true
after = "5s"
refresh = "2s"
symbols_max = 1
"""


class Stops:
    """What venue and journal say of stops and positions; mixed into the test cases."""

    def account(self):
        return self.venue("GET", "/sim/ledger")["accounts"][0]

    def algos(self, status="NEW"):
        return [a for a in self.account()["algos"] if status in (None, a["status"])]

    def resting(self):
        """Trigger prices of the stops that wait at the venue."""
        return sorted(float(a["trigger"]) for a in self.algos())

    def held(self):
        return sum(round(float(p["amount"]) * 1000) for p in self.account()["positions"])

    def mark(self):
        return self.mark_of(BTC)

    def set_mark(self, price):
        self.venue("POST", "/sim/mark", {"symbol": BTC, "price": f"{price:.1f}"})

    def journal(self, question, *values):
        path = self.directory / "state" / "journal.db"
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10) as db:
            return db.execute(question, values).fetchall()

    def placed(self):
        return [r for r in self.venue("GET", "/sim/transcript")
                if r["method"] == "POST" and r["path"] == "/fapi/v1/algoOrder"]

    def open_by_us(self, stop_at=None, plan_id="ours", quantity="0.100", **more):
        if stop_at:
            more["stop"] = f"{stop_at:.1f}"
        reply = self.post("/api/v1/plans?wait=5s", an_open(plan_id, quantity=quantity, **more)).json()
        self.assertEqual(reply["judged"]["verdict"]["kind"], "allow", reply)
        self.until("filled", lambda: self.held() != 0)

    def close_by_us(self, plan_id="close"):
        reply = self.post("/api/v1/plans?wait=5s", a_reduce(plan_id)).json()
        self.assertEqual(reply["judged"]["verdict"]["kind"], "allow", reply)

    def until_resting(self, *prices):
        self.until(f"stops at {prices}", lambda: self.resting() == sorted(prices))

    def fault(self, **what):
        self.venue("POST", "/sim/fault", what)

    def until_flat_and_agreed(self):
        self.until("flat", lambda: self.held() == 0)
        self.until("books", lambda: float((self.position(BTC) or {}).get("ledger") or 0) == 0)

    def assert_booked_as_ours(self, fills):
        """Every trade is ours, fees and profit are those of the venue, and no hold ever stood."""
        self.until("fills booked", lambda: self.journal("SELECT count(*) FROM fill") == [(fills,)])
        self.assertEqual(self.journal("SELECT count(*) FROM fill WHERE ours = 0"), [(0,)])
        self.assertEqual(self.journal("SELECT count(*) FROM hold_event"), [(0,)])
        venue = self.account()
        realised = sum(float(r[0]) for r in self.journal("SELECT realised FROM ledger_line"))
        fees = sum(float(r[0]) for r in self.journal("SELECT amount FROM ledger_fee"))
        self.assertAlmostEqual(realised, float(venue["realised"]), 6)
        self.assertAlmostEqual(fees, float(venue["fees"]), 6)


class StopsTestCase(Stops, SluiceTestCase):
    def run_stops(self, more="", **options):
        self.run_ready(symbols=20, extra=STOPS + more, **options)

    def test_a_stop_follows_its_position_from_opening_to_flat(self):
        self.run_stops()
        stop = round(self.mark() * 0.9)
        self.open_by_us(stop)
        self.until_resting(stop)
        only = self.algos()[0]
        self.assertEqual(only["type"], "STOP_MARKET")
        self.assertTrue(only["closes_position"])
        self.assertIn("workingType=MARK_PRICE", self.placed()[0]["parameters"])
        self.until("shown", lambda: self.status()["stops"] == {"resting": 1, "unsettled": 0})
        shown = self.position(BTC)["protective_stops"]
        self.assertEqual([s["state"] for s in shown], ["resting"])
        self.close_by_us()
        self.until_flat_and_agreed()
        self.until_resting()
        self.until("settled", lambda: self.status()["stops"] == {"resting": 0, "unsettled": 0})
        self.assertEqual(len(self.placed()), 1)
        self.assertEqual([a["status"] for a in self.algos(None)], ["CANCELED"])

    def test_without_a_stop_of_its_own_the_configured_distance_holds(self):
        self.run_stops("distance_bp = 1000\n[exits]\nstop_bp = 0\n")
        self.open_by_us()
        self.until("a stop", self.resting)  # By then truth shows the position.
        entry = float(self.position(BTC)["entry"])
        self.assertAlmostEqual(self.resting()[0], entry * 0.9, delta=0.11)
        self.assertGreaterEqual(self.resting()[0], entry * 0.9 - 1e-6)

    def test_a_position_that_turns_gets_a_stop_of_the_other_side(self):
        self.run_stops()
        self.open_by_us(round(self.mark() * 0.9))
        self.until("a stop", lambda: [a["side"] for a in self.algos()] == ["sell"])
        self.venue("POST", "/sim/trade", {"symbol": BTC, "side": "SELL", "quantity": "0.300"})
        self.until("turned", lambda: [a["side"] for a in self.algos()] == ["buy"])
        self.assertEqual(len(self.placed()), 2)

    def test_a_stop_that_a_person_cancels_is_placed_again(self):
        self.run_stops()
        stop = round(self.mark() * 0.9)
        self.open_by_us(stop)
        self.until_resting(stop)
        self.venue("POST", "/sim/cancel", {"symbol": BTC})
        self.until("placed again", lambda: len(self.placed()) == 2 and self.resting() == [stop])

    def test_a_stop_that_a_person_cancels_unseen_is_placed_again_by_the_audit(self):
        self.run_stops()
        stop = round(self.mark() * 0.9)
        self.open_by_us(stop)
        self.until_resting(stop)
        self.until("resting", lambda: self.status()["stops"]["resting"] == 1)
        self.fault(effect="mute", stream="user")
        self.venue("POST", "/sim/cancel", {"symbol": BTC})
        self.until("placed again", lambda: len(self.placed()) == 2 and self.resting() == [stop])

    def test_a_triggered_stop_is_booked_as_ours(self):
        self.run_stops("[exits]\nenabled = false\n")
        stop = round(self.mark() * 0.9)
        self.open_by_us(stop)
        self.until_resting(stop)
        self.set_mark(stop - 10)
        self.until_flat_and_agreed()
        self.assert_booked_as_ours(2)
        self.until("finished", lambda: self.journal(
            "SELECT state, triggered_order_id <> 0 FROM protective_stop") == [("finished", 1)])
        self.assertEqual(self.journal("SELECT count(*) FROM ledger_adjustment "
                                      "WHERE cause <> 'adopted_at_start'"), [(0,)])

    def test_a_triggered_stop_whose_order_has_an_id_of_the_venue_is_booked_as_ours(self):
        self.run_stops("[exits]\nenabled = false\n[reconcile]\nforeign = \"hold\"\n",
                       replace=[("volatility_bp = 0", 'volatility_bp = 0\nchild_id = "random"')])
        stop = round(self.mark() * 0.9)
        self.open_by_us(stop)
        self.until_resting(stop)
        self.set_mark(stop - 10)
        self.until_flat_and_agreed()
        self.assert_booked_as_ours(2)

    def test_stop_and_exit_engine_together_close_once_and_never_turn_the_position(self):
        self.run_stops()
        stop = round(self.mark() * 0.99)
        self.open_by_us(stop)
        self.until_resting(stop)
        self.set_mark(stop - 10)
        self.until_flat_and_agreed()
        self.until("nothing open", lambda: self.status()["orders"]["under_way"] == 0)
        self.assertEqual(self.held(), 0)
        self.assert_booked_as_ours(2)

    def test_a_lost_reply_leaves_one_stop(self):
        self.run_stops()
        self.fault(effect="reset_after", method="POST", path="/fapi/v1/algoOrder", count=1)
        stop = round(self.mark() * 0.9)
        self.open_by_us(stop)
        self.until("resting", lambda: self.status()["stops"]["resting"] == 1)
        self.until_resting(stop)
        self.assertEqual(len(self.placed()), 1)
        self.assertEqual(len(self.algos(None)), 1)

    def test_a_lost_reply_without_events_leaves_one_stop(self):
        self.run_stops()
        self.open_by_us(round(self.mark() * 0.9))
        self.until("resting", lambda: self.status()["stops"]["resting"] == 1)
        self.fault(effect="mute", stream="user")
        self.fault(effect="reset_after", method="POST", path="/fapi/v1/algoOrder", count=1)
        self.venue("POST", "/sim/cancel", {"symbol": BTC})
        self.until("one again", lambda: len(self.algos()) == 1
                   and self.status()["stops"] == {"resting": 1, "unsettled": 0})
        self.assertEqual(len(self.algos(None)), 2)

    def test_a_stop_that_never_arrived_is_placed_anew_once_that_is_proven(self):
        self.run_stops()
        self.fault(effect="hang", method="POST", path="/fapi/v1/algoOrder", count=1)
        self.open_by_us(round(self.mark() * 0.9))
        self.until("told", lambda: "position_without_stop" in self.get("/readyz").text)
        self.until("resting", lambda: self.status()["stops"] == {"resting": 1, "unsettled": 0})
        self.assertEqual(len(self.algos(None)), 1)
        self.until_ready()

    def test_a_position_without_a_stop_is_named_until_it_has_one(self):
        self.run_stops()
        self.fault(effect="status", method="POST", path="/fapi/v1/algoOrder", count=1000,
                   status=400, body='{"code":-4045,"msg":"Reach max stop order limit."}')
        self.open_by_us(round(self.mark() * 0.9))
        self.until("named", lambda: "position_without_stop" in self.get("/readyz").text)
        self.assertIn("-4045", self.get("/readyz").text)
        self.assertIn("sluice_positions_without_stop 1", self.get("/metrics").text)
        self.assertIn("position_without_stop", self.sluice.log())
        self.venue("POST", "/sim/faults/clear", {})
        self.until_ready()
        self.assertIn("sluice_positions_without_stop 0", self.get("/metrics").text)
        self.until("both on record", lambda: [r[0] for r in self.journal(
            "SELECT event FROM notice WHERE event LIKE 'position_%'")] == ["position_without_stop", "position_guarded"])

    def test_a_crossed_stop_is_not_tried_again_and_named(self):
        self.run_stops("[exits]\nenabled = false\n")
        self.fault(effect="status", method="POST", path="/fapi/v1/algoOrder", count=1000,
                   status=400, body='{"code":-2021,"msg":"Order would immediately trigger."}')
        stop = round(self.mark() * 0.9)
        self.open_by_us(stop)
        self.until("refused", self.placed)
        self.set_mark(stop - 10)
        self.until("named", lambda: "position_without_stop" in self.get("/readyz").text)
        tried = len(self.placed())
        self.until("crossed", lambda: "has crossed" in self.get("/readyz").text)
        self.assertLessEqual(len(self.placed()), tried + 1)

    def test_a_venue_that_takes_one_stop_at_a_time_gets_them_one_after_the_other(self):
        self.run_stops()
        first = round(self.mark() * 0.9)
        self.open_by_us(first)
        self.until_resting(first)
        # Turned around, so that another stop is wanted.
        self.fault(effect="status", method="POST", path="/fapi/v1/algoOrder", count=1, status=400,
                   body='{"code":-4130,"msg":"An open stop or take profit order with GTE and '
                        'closePosition in the direction is existing."}')
        self.venue("POST", "/sim/trade", {"symbol": BTC, "side": "SELL", "quantity": "0.300"})
        self.until("turned", lambda: [a["side"] for a in self.algos()] == ["buy"])
        self.assertEqual(len(self.placed()), 3)

    def test_a_halted_process_keeps_its_stops(self):
        self.run_stops()
        stop = round(self.mark() * 0.9)
        self.open_by_us(stop)
        self.until_resting(stop)
        self.post("/api/v1/state", {"state": "halted", "author": "alice", "reason": "drill"})
        self.venue("POST", "/sim/cancel", {"symbol": BTC})
        self.until("placed again", lambda: len(self.placed()) == 2 and self.resting() == [stop])

    def test_switched_off_no_stop_is_placed(self):
        self.run_ready(symbols=20)
        self.open_by_us(round(self.mark() * 0.9))
        self.close_by_us()
        self.until_flat_and_agreed()
        self.assertEqual(self.placed(), [])


class StopsOverRestartsTestCase(Stops, OutsideTestCase):
    def setUp(self):
        super().setUp()
        self.write_keys()
        self.port = free_port()
        self.start_venue(self.port)

    def run_outside(self, mode="testnet", more=STOPS):
        config = self.outside(self.port, mode=mode)
        config.write_text(config.read_text() + "\n[exits]\nenabled = false\n" + more)
        self.sluice = self.start(config)
        self.sluice.wait_url()
        self.until_ready()

    def signed(self, method, path, **parameters):
        """A request of somebody else who holds the account's key."""
        parameters["timestamp"] = int(time.time() * 1000)
        query = urllib.parse.urlencode(parameters)
        mac = hmac.new(b"s" * 32, query.encode(), hashlib.sha256).hexdigest()
        context = ssl.create_default_context(cafile=str(self.directory / "venue.pem"))
        connection = http.client.HTTPSConnection("127.0.0.1", self.venue_port, context=context)
        connection.request(method, f"{path}?{query}&signature={mac}",
                           headers={"X-MBX-APIKEY": "k" * 32})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        self.assertEqual(answer.status, 200, text)
        return text

    def guarded(self, *others):
        stop = round(self.mark() * 0.9)
        self.open_by_us(stop)
        self.until_resting(stop, *others)
        self.until("resting", lambda: self.status()["stops"]["resting"] == 1)
        return stop

    def test_a_stop_is_found_again_after_a_kill_and_no_second_one_is_placed(self):
        self.run_outside()
        stop = self.guarded()
        self.sluice.end(signal.SIGKILL)
        self.run_outside()
        self.until("found", lambda: self.status()["stops"] == {"resting": 1, "unsettled": 0})
        self.close_by_us()
        self.until_flat_and_agreed()
        self.until_resting()
        self.assertEqual(len(self.placed()), 1)

    def test_a_kill_before_the_reply_leaves_one_stop(self):
        self.run_outside()
        self.fault(effect="drop_reply", method="POST", path="/fapi/v1/algoOrder", count=1)
        self.open_by_us(round(self.mark() * 0.9))
        self.until("accepted", lambda: len(self.algos()) == 1)
        self.sluice.end(signal.SIGKILL)
        self.run_outside()
        self.until("found", lambda: self.status()["stops"] == {"resting": 1, "unsettled": 0})
        self.assertEqual(len(self.placed()), 1)

    def test_a_stop_that_triggers_while_the_process_is_dead_is_booked_as_ours(self):
        self.run_outside()
        stop = self.guarded()
        self.sluice.end(signal.SIGKILL)
        self.set_mark(stop - 10)
        self.until("closed by the venue", lambda: self.held() == 0)
        self.run_outside()
        self.until_flat_and_agreed()
        self.assert_booked_as_ours(2)
        self.assertEqual(self.algos(), [])

    def test_a_position_closed_while_the_process_is_dead_loses_its_stop(self):
        self.run_outside()
        self.guarded()
        self.sluice.end(signal.SIGKILL)
        self.venue("POST", "/sim/trade", {"symbol": BTC, "side": "SELL", "quantity": "0.100"})
        self.run_outside()
        self.until_resting()

    def test_switched_off_a_stop_of_an_earlier_run_goes_with_its_position(self):
        self.run_outside()
        stop = self.guarded()
        self.sluice.end(signal.SIGTERM)
        self.assertEqual(self.resting(), [stop])
        self.run_outside(more="")
        self.close_by_us()
        self.until_flat_and_agreed()
        self.until_resting()
        self.assertEqual(len(self.placed()), 1)

    def test_stops_of_others_are_left_alone(self):
        self.run_outside()
        low = round(self.mark() * 0.5)
        self.signed("POST", "/fapi/v1/algoOrder", algoType="CONDITIONAL", symbol=BTC, side="SELL",
                    type="STOP_MARKET", triggerPrice=low, workingType="MARK_PRICE",
                    closePosition="true", clientAlgoId="web_abc")
        self.guarded(low)
        self.close_by_us()
        self.until_flat_and_agreed()
        self.until_resting(low)

    def test_in_mode_shadow_nothing_is_sent(self):
        self.venue("POST", "/sim/trade", {"symbol": BTC, "side": "BUY", "quantity": "0.100"})
        self.run_outside(mode="shadow", more=STOPS + DEAD_MAN)
        self.until("known", lambda: self.position(BTC)["amount"] == "0.1")
        self.post("/api/v1/plans?wait=5s", a_reduce("x"))
        time_of_two_audits = 2
        self.until("some life", lambda: self.status()["uptime_s"] >= time_of_two_audits)
        sent = [r for r in self.api_requests() if r["method"] in ("POST", "DELETE")
                and r["path"] != "/fapi/v1/listenKey"]
        self.assertEqual(sent, [])


if __name__ == "__main__":
    unittest.main()
