"""Exits larger than one MARKET order may be, with the process killed between any two of their orders."""

import signal
import unittest
from decimal import Decimal

from world import SETTINGS, WorldTestCase, a_reduce, an_entry, rows

SLICES = 4


class SlicesTestCase(WorldTestCase):
    symbols = 20
    latency = "120ms"
    settings = SETTINGS + '[universe]\nrefresh = "1s"\n'

    def hold_more_than_one_order_takes(self, symbols):
        """Positions of three and a half of the largest MARKET orders each, and the sizes of those."""
        self.carry_out([an_entry(f"seed-{s}", s) for s in symbols])
        most = {}
        for symbol in symbols:
            step = self.step_of(symbol)
            most[symbol] = self.held()[symbol] / (SLICES - Decimal("0.5")) // step * step
            self.venue("POST", "/sim/symbol", {"symbol": symbol, "market_max": str(most[symbol])})
        # The second read begins when what the first has brought is in use.
        after = self.venue("GET", "/sim/transcript")[-1]["number"]
        self.until("filters", lambda: sum(
            r["path"] == "/fapi/v1/exchangeInfo"
            for r in self.venue("GET", f"/sim/transcript?after={after}")) >= 2)
        return most

    def orders_at_venue(self, symbol):
        return sorted((o for o in self.account()["orders"]
                       if o["symbol"] == symbol and o["reduce_only"]), key=lambda o: o["order_id"])

    def kill_after(self, symbol, count):
        self.until(f"order {count}", lambda: len(self.orders_at_venue(symbol)) >= count)
        self.sluice.end(signal.SIGKILL)
        self.assertLess(len(self.orders_at_venue(symbol)), SLICES, "the kill came too late")

    def check_slices(self, symbol, plan, before, most):
        orders = self.orders_at_venue(symbol)
        amounts = [Decimal(o["executed"]) for o in orders]
        self.assertEqual(amounts, [most] * (SLICES - 1) + [before - most * (SLICES - 1)])
        known = rows(self.journal(), "SELECT client_order_id, attempt, amount FROM orders"
                                     f" WHERE plan_id = '{plan}' ORDER BY attempt")
        self.assertEqual([o["client_order_id"] for o in orders], [row[0] for row in known])
        self.assertEqual([row[1] for row in known], list(range(1, SLICES + 1)))
        self.assertEqual([Decimal(row[2]) for row in known], amounts)
        self.assertEqual(self.ended()[plan], ("done", before))

    def close_with_kills(self, kills):
        self.start_sluice()
        symbols = list(self.rules)[:3]
        most = self.hold_more_than_one_order_takes(symbols)
        before = self.held()
        # Time enough to kill before the next order takes effect, which it does all the same.
        self.venue("POST", "/sim/fault", {"effect": "delay_before", "delay_ms": 900, "method": "POST",
                                          "path": "/fapi/v1/order", "count": 0,
                                          "where": {"symbol": symbols[0]}})
        exits = [a_reduce(f"exit-{s}", symbol=s, ttl="60s") for s in symbols]
        self.offer(exits)
        for count in kills:
            self.kill_after(symbols[0], count)
            self.start_sluice()
        self.until_ended(exits)
        self.until_books_agree()
        self.assertEqual(self.held(), {})
        for symbol in symbols:
            self.check_slices(symbol, f"exit-{symbol}", before[symbol], most[symbol])
        self.check_symbols_are_free(list(self.rules)[3:6])
        self.until_books_agree()
        self.check_replay()

    def test_a_position_above_the_largest_market_order_is_closed_by_several(self):
        self.close_with_kills([])

    def test_slices_go_on_under_the_next_ids_after_a_kill_between_any_two(self):
        self.close_with_kills([1, 2, 3])

    def test_slices_go_on_after_a_kill_while_replies_are_lost(self):
        self.start_sluice()
        symbol = next(iter(self.rules))
        most = self.hold_more_than_one_order_takes([symbol])
        before = self.held()[symbol]
        self.venue("POST", "/sim/fault", {"effect": "drop_reply", "method": "POST",
                                          "path": "/fapi/v1/order", "count": 2})
        self.venue("POST", "/sim/fault", {"effect": "drop_events", "symbol": symbol, "count": 0})
        exits = [a_reduce("exit", symbol=symbol, ttl="120s")]
        self.offer(exits)
        for count in (1, 2):
            self.kill_after(symbol, count)
            self.start_sluice()
        self.until_ended(exits, 120)
        self.venue("POST", "/sim/faults/clear")
        self.until_books_agree()
        self.check_slices(symbol, "exit", before, most[symbol])
        self.check_replay()


if __name__ == "__main__":
    unittest.main()
