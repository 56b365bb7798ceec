"""What the venue and other persons change: clocks, trades, forced rounds, symbols, maintenance."""

import os
import re
import time
import unittest
from decimal import Decimal

from field import KEY, ORDER, RISK, rows
from streams_test import StreamTalk

# 50 ms are promised of an optimised binary on a machine of its own; this may be neither.
STALL_MAX_S = 8 if os.environ.get("SLUICE_SANITIZER") else 1.5
REFUSED_FOR_TIME = (-1021, -5028)


class ClockTestCase(StreamTalk):
    """E15: the venue's clock goes wrong, in steps and by drifting."""

    def test_e15_clock_steps(self):
        self.begin()
        held = self.held()
        symbols = iter(self.vary.some_of("symbols", [s for s in self.rules if s not in held], 12))
        factor = self.vary.number("percent", 100, 60, 150)
        # Back first, and where nothing is held: what is known would look newer than all after it.
        for step in (500, -500, -5_000, 5_000, -60_000, 60_000):
            with self.subTest(step):
                self.step(step * factor // 100, next(symbols), next(symbols))
        self.check_end()

    def step(self, ms, reading, trading):
        after, before = self.last(), self.exchange()["clock"]["offset_ms"]
        self.provoke([{"effect": "clock_step", "number": ms}])
        plan = self.entry(trading, ttl="60s")
        self.offer([plan])
        if ms < -5_000:
            # A stranger's trade would look older than the truth before it: a hold (docs/verification.md).
            self.assert_allowed(self.entry(reading))
        else:
            self.until_seen(reading, self.person(reading))
        self.assert_allowed(self.exit(reading))
        self.until_ended([plan])
        if abs(ms) > 2_000:
            found = self.until_cured(ms, before, after)
            seen_at = time.monotonic()
        if ms > 2_000:
            # Ahead, as if the machine had stood still: nothing opens for a while, and exits go.
            self.assertEqual(self.ended()[plan["plan_id"]][0], "failed")
            self.assertFalse(self.done(after, trading))
            self.assertLess(self.done(after, reading)[-1]["time"] - found["time"], 12_000)
            self.until("time is over", lambda: time.monotonic() > seen_at + 13)
            plan = self.entry(trading, ttl="60s")
            self.assert_allowed(plan)
        self.assertEqual(self.ended()[plan["plan_id"]][0], "done")
        # Refused for its time at most once, then sent again: never twice in effect.
        sends = [r for r in self.arrivals(after, "POST", ORDER)
                 if self.parameter(r, "symbol") == trading]
        self.assertEqual(len(self.done(after, trading)), 1, sends)
        self.assertLessEqual(len(sends), 2, sends)
        self.assertLessEqual({r["code"] for r in sends}, {0, *REFUSED_FOR_TIME}, sends)

    def done(self, after, symbol):
        return [r for r in self.arrivals(after, "POST", ORDER)
                if self.parameter(r, "symbol") == symbol and r["status"] == 200]

    def until_cured(self, ms, before, after):
        """The first request that was refused for its time, once the clock is known again."""
        def refused():
            return [r for r in self.arrivals(after) if r["code"] in REFUSED_FOR_TIME]

        self.until("refused for its time", refused)
        first = refused()[0]
        self.until("measured anew", lambda: [
            r for r in self.arrivals(first["number"], "GET", "/fapi/v1/time")])
        clock = self.until("known", lambda: self.measured(before + ms))
        self.assertLess(clock["error_ms"], 1_000)
        return first

    def measured(self, offset):
        clock = self.exchange()["clock"]
        return clock if abs(clock["offset_ms"] - offset) <= clock["error_ms"] + 50 else None

    def test_e15_a_late_order_and_drift(self):
        self.begin()
        symbol, other = self.names_of_symbols(2)
        self.hold_positions([symbol])
        after = self.last()
        self.provoke([{"effect": "status", "reply": "late_400", "method": "POST", "path": ORDER,
                       "count": 1}])
        # That it means "not done" is not verified, so it is proven first.
        self.assert_allowed(self.exit(symbol))
        first, second = self.arrivals(after, "POST", ORDER)
        self.assertGreater(second["time"] - first["time"], 5_000)
        self.assertTrue(self.arrivals(first["number"], "GET", ORDER), "it was not asked for")
        self.assertTrue(self.arrivals(first["number"], "GET", "/fapi/v1/time"))
        # Half a second a second: each order is sent by a clock that is wrong again.
        self.provoke([{"effect": "clock_drift", "number": self.vary.number("ppm", 500_000, 1_000, 900_000),
                       "for_ms": 6_000}])
        for _ in range(2):
            self.until_seen(other, self.person(other))
            self.assert_allowed(self.exit(other))
        self.check_end()


class PersonsTestCase(StreamTalk):
    """E21 and E22: others trade the account, and so does the venue."""

    def adjustments(self, symbol):
        return [row[0] for row in rows(self.journal(), "SELECT cause FROM ledger_adjustment"
                                       f" WHERE symbol = '{symbol}' ORDER BY seq")]

    def follow(self, symbol, amount):
        self.until_seen(symbol, amount)
        self.until("in the books", lambda: Decimal(self.position(symbol)["ledger"] or 0) == amount)

    def begin_with_reads(self):
        self.begin(reconcile='quiet_window = "1s"\nperiod = "500ms"', universe='refresh = "1s"')

    def test_e21_a_person_trades_the_account(self):
        self.begin_with_reads()
        adding, closing, flipping, waiting = symbols = self.names_of_symbols(4)
        held = self.hold_positions(symbols)
        self.follow(adding, self.person(adding))
        self.assertEqual(self.adjustments(adding), ["foreign_fill"])
        self.person_order(closing, "SELL", held[closing])
        self.follow(closing, Decimal(0))
        self.assertEqual(self.adjustments(closing), ["foreign_fill"])
        self.flip(flipping, held[flipping])
        self.judged_again(waiting, held[waiting])
        self.cancel_ours(adding)
        self.venue("POST", "/sim/leverage", {"symbol": adding, "leverage": 7})
        self.until_logged(f"leverage of {adding}: 7")
        self.check_end()

    def person_order(self, symbol, side, quantity):
        self.venue("POST", "/sim/order", {"symbol": symbol, "side": side, "quantity": f"{quantity:f}"})

    def flip(self, symbol, held):
        """A hold stops entries; an exit passes, and the hold ends with the position."""
        self.person_order(symbol, "SELL", held * 3)
        self.until("held", lambda: self.status()["holds"] == 1)
        kind, codes = self.judged(self.entry(symbol, side="sell"))
        self.assertEqual(kind, "deny")
        self.assertIn("reconcile_hold_active", codes)
        self.assert_allowed(self.exit(symbol))
        self.follow(symbol, Decimal(0))
        self.until("released", lambda: self.status()["holds"] == 0)

    def judged_again(self, symbol, held):
        """A plan that waits for a read is judged by what a person does meanwhile."""
        after = self.last()
        self.provoke([{"effect": "delay", "path": RISK, "count": 0, "delay_ms": 60_000}])
        self.until("old", lambda: self.position(symbol)["age_ms"] > 10_100)
        plan = self.exit(symbol, ttl="40s")
        self.offer([plan])
        self.until("waits", lambda: self.status()["plans"]["parked"] == 1)
        self.person_order(symbol, "SELL", held)
        self.until("judged", lambda: self.verdict_of(plan))
        self.assertEqual(self.verdict_of(plan), ("deny", "no_position"))
        self.assertEqual([r for r in self.arrivals(after, "POST", ORDER)
                          if self.parameter(r, "symbol") == symbol], [])
        self.clear()
        self.until_recovered()

    def cancel_ours(self, symbol):
        """An order of ours rests at the venue, and a person cancels it: an exit closes all the same."""
        self.plant(symbol, self.held()[symbol], 1)
        self.venue("POST", "/sim/cancel", {"symbol": symbol})
        self.assert_allowed(self.exit(symbol))

    def test_e21_a_person_changes_the_position_mode(self):
        self.configure(universe='refresh = "1s"')
        self.start_sluice()
        symbol, = self.names_of_symbols(1)
        self.venue("POST", "/sim/position_mode", {"hedge": True})
        self.until("named", lambda: "hedge_mode" in self.get("/readyz").text)
        after = self.last()
        plan = self.entry(symbol, ttl="2s")
        self.offer([plan])
        self.until("judged", lambda: self.verdict_of(plan))
        # Whatever is sent meanwhile names no leg, so that the venue refuses it.
        self.until("ended", lambda: plan["plan_id"] in self.ended())
        self.assertNotEqual(self.ended()[plan["plan_id"]][0], "done")
        self.assertLessEqual({r["code"] for r in self.arrivals(after, "POST", ORDER)}, {-4061})
        self.assertEqual(self.held(), {})
        self.venue("POST", "/sim/position_mode", {"hedge": False})
        self.until("well", lambda: "hedge_mode" not in self.get("/readyz").text)
        self.check_end()

    def test_e22_forced_orders(self):
        self.begin_with_reads()
        liquidated, deleveraged, settled = symbols = self.names_of_symbols(3)
        held = self.hold_positions(symbols)
        self.venue("POST", "/sim/liquidate", {"symbol": liquidated})
        self.follow(liquidated, Decimal(0))
        self.until_logged("reconciler liquidation")
        # Twice under the one constant id: each is a trade of its own.
        step = self.step_of(deleveraged)
        part = held[deleveraged] / 4 // step * step
        for times in (1, 2):
            self.venue("POST", "/sim/adl", {"symbol": deleveraged, "quantity": f"{part:f}"})
            self.follow(deleveraged, held[deleveraged] - part * times)
        self.until_logged("reconciler auto_deleveraging")
        self.venue("POST", "/sim/settle", {"symbol": settled})
        self.follow(settled, Decimal(0))
        self.until_logged("reconciler settlement")
        del self.rules[settled]  # It is closed for good.
        # A trade that a read showed before its event came has no such id: the list of trades names none.
        forced = rows(self.journal(), "SELECT client_order_id, trade_id FROM fill"
                                      f" WHERE symbol = '{deleveraged}' AND ours = 0")
        self.assertEqual((len(forced), len({trade for _, trade in forced})), (2, 2))
        self.assertIn({name.split("-")[0] for name, _ in forced}, ({"adl_autoclose"}, {"adl_autoclose", ""}))
        self.assertEqual(rows(self.journal(), "SELECT count(*) FROM orders WHERE client_order_id LIKE"
                                              " '%autoclose%'"), [(0,)])
        for symbol in symbols:
            self.assertEqual(set(self.adjustments(symbol)), {"foreign_fill"}, symbol)
        self.check_end()


class SymbolsTestCase(StreamTalk):
    """E23: symbols come, go and change."""

    bound = "8s"  # Thousands of symbols take a venue that is not optimised a second or more.

    def test_e23_filters_and_symbols(self):
        self.begin(universe='refresh = "1s"', gate='mark_stale_after = "60s"')
        delisted, changed, closing = self.names_of_symbols(3)
        self.hold_positions([closing])
        self.venue("POST", "/sim/symbol", {"symbol": delisted, "status": "SETTLING"})
        self.until("known", lambda: self.rules_of(delisted)["status"] == "SETTLING")
        kind, codes = self.judged(self.entry(delisted))
        self.assertEqual(kind, "deny")
        self.assertIn("symbol_not_trading", codes)
        step = self.step_of(changed) * 10
        self.venue("POST", "/sim/symbol", {"symbol": changed, "step": f"{step:f}"})
        self.until("known", lambda: Decimal(self.rules_of(changed)["step"]) == step)
        before = self.held().get(changed, Decimal(0))
        self.assert_allowed(self.entry(changed))
        self.assertEqual((self.held()[changed] - before) % step, 0)
        self.venue("POST", "/sim/symbol", {"symbol": delisted, "status": "TRADING"})
        self.until("known", lambda: self.rules_of(delisted)["status"] == "TRADING")
        self.grow(closing)
        self.check_end()

    def rules_of(self, symbol):
        return self.get(f"/api/v1/universe/{symbol}").json()["rules"]

    def grow(self, closing):
        """Thousands of symbols more in one reply; exits go on beside it."""
        # With a sanitizer the venue itself is too slow for the marks of more.
        plain = 3_000 if self.has_a_sanitizer() else 10_000
        wanted = self.vary.number("symbols_then", plain, 3_000, 10_000)
        self.provoke([{"effect": "more_symbols", "number": wanted}])
        slowest, left, step = 0, self.held()[closing], self.step_of(closing)
        whole, parts = left, 0
        while self.status()["universe"]["count"] < wanted:
            if left <= step:
                continue
            # A little less each time, so that there are many exits of one position.
            left, parts = max(left - max(whole / 100 // step, 1) * step, step), parts + 1
            began = time.monotonic()
            self.assert_allowed(self.exit(closing, target=f"{left:f}"))
            slowest = max(slowest, time.monotonic() - began)
        self.assertGreater(parts, 1, "no plan was judged meanwhile")
        self.assertLess(slowest, 5)
        longest = {name: float(seconds) for name, seconds in re.findall(
            r'handler_longest_seconds\{actor="(\w+)"\} (\S+)', self.get("/metrics").text)}
        self.assertIn("gate", longest)
        self.assertEqual({k: v for k, v in longest.items() if v > STALL_MAX_S}, {})
        self.check_memory()


class MaintenanceTestCase(StreamTalk):
    """E25: the venue goes for long, and all of it comes back at once."""

    def test_e25_maintenance(self):
        self.begin(gate='stale_after_entry = "3s"\nstale_after_exit = "3s"\npark_entry = "1s"')
        closing, opening = self.names_of_symbols(2)
        self.hold_positions([closing])
        lasts = self.vary.number("lasts_ms", 9_000, 6_000, 30_000)
        after = self.last()
        self.provoke([{"effect": "status", "reply": "maintenance_503", "count": 0, "for_ms": lasts},
                      {"effect": "refuse_stream", "stream": "user", "for_ms": lasts},
                      {"effect": "refuse_stream", "stream": "market", "for_ms": lasts},
                      {"effect": "drop_connection", "stream": "user"},
                      {"effect": "drop_connection", "stream": "market"}])
        end = self.venue_time() + lasts
        self.until("old", lambda: self.position(opening)["age_ms"] > 3_100)
        kind, codes = self.judged(self.entry(opening))
        self.assertEqual(kind, "deny")
        self.assertIn("stale_exchange_state", codes)
        leaving = self.exit(closing, ttl="3m")
        self.offer([leaving])
        self.until("over", lambda: self.venue_time() > end)
        self.until_recovered()
        self.until_ended([leaving])
        self.assertEqual(self.ended()[leaving["plan_id"]][0], "done")
        during = len(self.between(0, end, after=after))
        herd = self.between(end - 300, end + 2_000, after=after)
        keys = self.arrivals(after, "POST", KEY)
        self.assertLess(during, lasts // 1000 * 15)
        self.assertLess(len(herd), 20, herd)
        self.assertEqual(len([k for k in keys if k["status"] == 200]), 1, keys)
        self.assertEqual(len(re.findall("snapshot_manager exchange_reachable", self.sluice.log())), 2)
        self.check_end()


if __name__ == "__main__":
    unittest.main()
