"""Drift against a real venue over TLS: who trades behind our back, what it is called, how it ends."""

import signal
import sqlite3
import unittest

from harness import OutsideTestCase, SluiceTestCase, a_reduce, an_open, free_port

BTC = "BTCUSDT"
# Holds come soon, so that a test need not wait for the defaults.
SOON = '\n[reconcile]\nquiet_window = "1s"\nperiod = "500ms"\nforeign = "{foreign}"\n'


class Books:
    """What the journal and the venue say of one position; mixed into the test cases."""

    def journal(self, question, *values):
        path = self.directory / "state" / "journal.db"
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10) as db:
            return db.execute(question, values).fetchall()

    def adjustments(self):
        return [row[0] for row in self.journal(
            "SELECT cause FROM ledger_adjustment ORDER BY seq")]

    def holds(self):
        """Causes of all that were ever placed."""
        return [row[0] for row in self.journal(
            "SELECT cause FROM hold_event WHERE event = 'placed' ORDER BY seq")]

    def held(self, symbol=BTC):
        """The venue's own position, in units of 0.001."""
        for account in self.venue("GET", "/sim/ledger")["accounts"]:
            for row in account["positions"]:
                if row["symbol"] == symbol:
                    return round(float(row["amount"]) * 1000)
        return 0

    def booked(self, symbol=BTC):
        row = self.position(symbol) or {}
        return round(float(row.get("ledger") or 0) * 1000)

    def until_books_agree(self, units):
        self.until(f"books and venue at {units}",
                   lambda: (self.booked(), self.held()) == (units, units))

    def open_by_us(self, plan_id="ours", quantity="0.100"):
        reply = self.post("/api/v1/plans?wait=5s", an_open(plan_id, quantity=quantity)).json()
        self.assertEqual(reply["judged"]["verdict"]["kind"], "allow", reply)
        self.until("filled", lambda: self.status()["orders"]["under_way"] == 0 and self.booked())

    def person(self, side, quantity):
        self.venue("POST", "/sim/trade", {"symbol": BTC, "side": side, "quantity": quantity})

    def mute_fills(self):
        """Account and order events are lost from now on; reads are not."""
        self.venue("POST", "/sim/fault", {"effect": "mute", "stream": "user"})

    def refuse_trades(self):
        self.venue("POST", "/sim/fault", {"effect": "status", "path": "/fapi/v1/userTrades",
                                          "status": 500, "body": "{}", "count": 1000})


class DriftTestCase(Books, SluiceTestCase):
    def run_books(self, foreign="adopt", **options):
        self.run_ready(symbols=20, extra=SOON.format(foreign=foreign), **options)

    def test_manual_trades_of_every_kind_are_followed(self):
        self.run_books()
        self.open_by_us()
        for side, quantity, units in (("BUY", "0.050", 150), ("SELL", "0.030", 120),
                                      ("SELL", "0.120", 0)):
            self.person(side, quantity)
            self.until_books_agree(units)
        self.assertEqual(set(self.adjustments()), {"foreign_fill"})
        self.assertEqual(self.holds(), [])

    def test_manual_trades_that_no_event_tells_are_found_by_asking(self):
        self.run_books()
        self.open_by_us()
        self.mute_fills()
        self.person("BUY", "0.050")
        self.until_books_agree(150)
        self.assertEqual(self.adjustments(), ["foreign_fill"])
        self.assertEqual(self.holds(), [])
        foreign = self.journal("SELECT amount FROM fill WHERE ours = 0")
        self.assertEqual(len(foreign), 1)

    def test_our_own_fills_are_counted_once_though_replies_and_events_are_lost(self):
        self.run_books()
        self.open_by_us()
        self.mute_fills()
        self.venue("POST", "/sim/fault", {"effect": "reset_after", "method": "POST",
                                          "path": "/fapi/v1/order", "count": 1})
        self.post("/api/v1/plans?wait=5s", a_reduce("part", target="0.040"))
        self.until("resolved", lambda: self.status()["orders"]["under_way"] == 0
                   and self.status()["orders"]["sent"] == 2)
        self.until_books_agree(40)
        self.assertEqual(self.holds(), [])
        self.assertEqual(self.journal("SELECT count(*) FROM fill WHERE ours = 1"), [(2,)])
        fees = self.venue("GET", "/sim/ledger")["accounts"][0]["fees"]
        booked = self.journal("SELECT amount FROM ledger_fee WHERE symbol = ?", BTC)
        self.assertEqual([round(float(row[0]), 8) for row in booked], [round(float(fees), 8)])

    def test_a_manual_flip_is_a_hold_that_lets_exits_pass_and_ends_with_the_position(self):
        self.run_books()
        self.open_by_us()
        self.person("SELL", "0.250")
        self.until("hold", lambda: self.status()["holds"] == 1)
        self.assertEqual(self.holds(), ["side_flip"])
        refused = self.post("/api/v1/plans?wait=5s", an_open("more", side="sell")).json()
        codes = [r["code"] for r in refused["judged"]["verdict"]["refusals"]]
        self.assertIn("reconcile_hold_active", codes)
        left = self.post("/api/v1/plans?wait=5s", a_reduce("leave")).json()
        self.assertEqual(left["judged"]["verdict"]["kind"], "allow")
        # Off the other side, the trades account for the rest.
        self.until_books_agree(0)
        self.until("released", lambda: self.status()["holds"] == 0)
        self.assertEqual(self.adjustments(), ["foreign_fill"])

    def test_under_the_policy_hold_a_manual_trade_stops_entries_until_it_is_undone(self):
        self.run_books(foreign="hold")
        self.open_by_us()
        self.person("BUY", "0.050")
        self.until("hold", lambda: self.status()["holds"] == 1)
        self.assertEqual(self.holds(), ["foreign_fill"])
        self.assertEqual(self.booked(), 100)
        self.person("SELL", "0.050")
        self.until("released", lambda: self.status()["holds"] == 0)
        self.until_books_agree(100)
        self.assertEqual(self.adjustments(), [])

    def test_liquidation_is_named_and_followed(self):
        self.run_books()
        self.open_by_us()
        self.venue("POST", "/sim/liquidate", {"symbol": BTC})
        self.until_books_agree(0)
        self.named("liquidation")

    def test_auto_deleveraging_with_the_same_client_id_twice_is_followed_twice(self):
        self.run_books()
        self.open_by_us()
        for units in (70, 40):
            self.venue("POST", "/sim/adl", {"symbol": BTC, "quantity": "0.030"})
            self.until_books_agree(units)
        self.named("auto_deleveraging")
        self.assertEqual(self.adjustments(), ["foreign_fill"] * 2)

    def test_an_armed_close_sells_what_the_books_never_had_and_ends_the_hold(self):
        self.run_books()
        self.open_by_us()
        self.mute_fills()
        self.refuse_trades()
        self.person("BUY", "0.050")
        self.until("hold", lambda: self.status()["holds"] == 1)
        self.assertEqual(self.holds(), ["unexplained_drift"])
        self.venue("POST", "/sim/faults/clear")
        armed = self.post(f"/api/v1/closes/{BTC}/arm",
                          {"author": "test", "reason": "not ours", "for": "5m"})
        self.assertEqual(armed.status, 200, armed.text)
        self.until_books_agree(100)
        self.until("released", lambda: self.status()["holds"] == 0)
        self.assertEqual(set(self.adjustments()), {"reconcile_close"})
        plans = [p for p in self.get(f"/api/v1/plans?symbol={BTC}").json()["plans"]
                 if p["source"] == "reconciler"]
        hold = self.journal("SELECT hold_id FROM hold_event WHERE event = 'placed'")[0][0]
        self.assertEqual([(p["plan_id"], p["verdict"]) for p in plans],
                         [(f"reconcile-close:{hold}", "allow")])
        self.assertEqual(self.get("/api/v1/closes").json()["closes"], [])

    def test_funding_is_booked_and_moves_no_position(self):
        self.run_books()
        self.open_by_us()
        # Funding is due every eight hours of the venue's time.
        self.venue("POST", "/sim/fault", {"effect": "clock_step", "number": 8 * 3600 * 1000})
        paid = self.until("booked", lambda: self.journal("SELECT symbol, amount FROM funding"))
        self.until_ready()
        self.until_books_agree(100)
        fundings = self.venue("GET", "/sim/ledger")["accounts"][0]["fundings"]
        self.assertEqual([row[0] for row in paid], [BTC] * len(paid))
        self.assertEqual(sum(float(row[1]) for row in paid),
                         sum(float(f["amount"]) for f in fundings))
        self.assertLess(sum(float(row[1]) for row in paid), 0)
        self.assertEqual((self.adjustments(), self.holds()), ([], []))

    def test_settlement_is_named_and_followed(self):
        self.run_books()
        self.open_by_us()
        self.venue("POST", "/sim/settle", {"symbol": BTC})
        self.until_books_agree(0)
        self.named("settlement")

    def named(self, event):
        self.until("told to a person", lambda: f"reconciler {event}" in self.sluice.log())
        self.assertEqual(self.holds(), [])

    def test_a_hold_waits_for_trades_and_says_that_they_could_not_be_read(self):
        self.run_books()
        self.open_by_us()
        self.mute_fills()
        self.refuse_trades()
        self.person("BUY", "0.050")
        self.until("hold", lambda: self.status()["holds"] == 1)
        self.assertEqual(self.holds(), ["unexplained_drift"])
        evidence = self.journal("SELECT evidence FROM hold_event")[0][0]
        self.assertIn("3 attempts failed", evidence)
        self.person("SELL", "0.050")
        self.until("released", lambda: self.status()["holds"] == 0)
        self.until_books_agree(100)


class DriftOverRestartsTestCase(Books, OutsideTestCase):
    def begin(self):
        self.write_keys()
        self.port = free_port()
        self.start_venue(self.port)

    def run_outside(self):
        config = self.outside(self.port)
        config.write_text(config.read_text() + SOON.format(foreign="adopt"))
        self.sluice = self.start(config)
        self.sluice.wait_url()
        self.until_ready()

    def orders_sent(self):
        return [r for r in self.api_requests()
                if r["method"] == "POST" and r["path"] == "/fapi/v1/order"]

    def let_holds_come(self):
        """Reads enough for every hold that could come."""
        def reads():
            return self.status()["truth"]["reads_total"]
        before = reads()
        self.until("more reads", lambda: reads() >= before + 6)

    def test_a_cold_start_takes_positions_as_they_are_and_trades_nothing(self):
        self.begin()
        self.person("BUY", "0.070")
        self.run_outside()
        self.until_books_agree(70)
        self.let_holds_come()
        self.assertEqual(self.adjustments(), ["adopted_at_start"])
        self.assertEqual(self.holds(), [])
        self.assertEqual(self.orders_sent(), [])

    def test_what_others_did_while_the_process_was_dead_is_followed(self):
        self.begin()
        self.run_outside()
        self.open_by_us()
        self.sluice.end(signal.SIGKILL)
        self.person("SELL", "0.030")
        self.person("BUY", "0.010")
        self.run_outside()
        self.until_books_agree(80)
        self.let_holds_come()
        self.assertEqual(self.adjustments(), ["foreign_fill"])
        self.assertEqual(self.holds(), [])
        self.assertEqual(len(self.orders_sent()), 1)

    def test_our_own_fills_that_were_never_told_are_found_after_a_kill(self):
        self.begin()
        self.run_outside()
        self.open_by_us()
        # The order of a second plan fills, and the process dies before it hears of it.
        self.mute_fills()
        self.venue("POST", "/sim/fault", {"effect": "reset_after", "method": "POST",
                                          "path": "/fapi/v1/order", "count": 1})
        self.post("/api/v1/plans", a_reduce("part", target="0.040"))
        self.until("filled at the venue", lambda: self.held() == 40)
        self.sluice.end(signal.SIGKILL)
        self.venue("POST", "/sim/faults/clear")
        self.person("BUY", "0.005")
        self.run_outside()
        self.until_books_agree(45)
        self.let_holds_come()
        self.assertEqual(self.holds(), [])
        self.assertEqual(len(self.orders_sent()), 2)
        self.assertEqual(self.journal("SELECT count(*) FROM fill WHERE ours = 1"), [(2,)])

    def test_a_hold_outlives_a_kill_and_goes_once_its_trades_can_be_read(self):
        self.begin()
        self.run_outside()
        self.open_by_us()
        self.mute_fills()
        self.refuse_trades()
        self.person("BUY", "0.050")
        self.until("hold", lambda: self.status()["holds"] == 1)
        self.sluice.end(signal.SIGKILL)
        self.run_outside()
        self.assertEqual(self.status()["holds"], 1)
        refused = self.post("/api/v1/plans?wait=5s", an_open("more")).json()
        self.assertNotEqual(refused["judged"]["verdict"]["kind"], "allow")
        self.let_holds_come()
        self.assertEqual(self.holds(), ["unexplained_drift"])
        self.assertEqual(self.status()["holds"], 1)
        self.sluice.end(signal.SIGKILL)
        self.venue("POST", "/sim/faults/clear")
        self.run_outside()
        self.until("released", lambda: self.status()["holds"] == 0)
        self.until_books_agree(150)
        self.assertEqual(self.adjustments(), ["foreign_fill"])
        self.assertEqual(self.journal("SELECT reason FROM hold_event WHERE event = 'released'"),
                         [("repaired: foreign_fill",)])


if __name__ == "__main__":
    unittest.main()
