"""What streams leave out, tell twice or tell late, and the keys they hang on: E16 to E19."""

import unittest
from decimal import Decimal

from field import KEY, ORDER, RISK, FaultsTestCase, rows

BY_READ = ("bulk", "worker")
BY_STREAM = ("stream",)
READ_PERIOD_S = 1.9  # The age that is promised, which no read period passes.
TOLD_WITHIN_S = 1  # By a stream that lives.


class StreamTalk(FaultsTestCase):
    """What persons do, and how it is seen."""

    slack_s = 2  # For a machine that does other things, too.
    found_within_s = 12

    def person(self, symbol, side="BUY"):
        """Somebody else trades the account, always the same amount."""
        self.venue("POST", "/sim/trade", {"symbol": symbol, "side": side,
                                          "quantity": f"{self.some_of(symbol):f}"})
        return self.held().get(symbol, Decimal(0))

    def some_of(self, symbol):
        """An amount worth a little more than the venue asks for."""
        mark = Decimal(self.venue("GET", f"/fapi/v1/premiumIndex?symbol={symbol}")["markPrice"])
        step = self.step_of(symbol)
        return (300 / mark // step + 1) * step

    def until_seen(self, symbol, amount, sources=None, limit_s=60):
        def seen():
            row = self.position(symbol)
            return row and Decimal(row["amount"] or 0) == amount and (
                sources is None or row["source"] in sources)
        self.until(f"{symbol} at {amount} by {sources}", seen, limit_s)

    def opened(self):
        return self.exchange()["streams"]["opened"]

    def keys_made(self, after):
        return len(self.arrivals(after, "POST", KEY))

    def check_live_again(self, symbol, opened, after, new_key=True):
        """A new stream, a whole read after it, and it tells of what happens."""
        self.until("opened anew", lambda: self.opened() > opened
                   and self.status()["stream"]["user"] == "up")
        if new_key:
            self.assertGreaterEqual(self.keys_made(after), 1)
        made = [r["number"] for r in self.arrivals(after, "POST", KEY)] or [after]
        self.until("a whole read after it", lambda: [
            r for r in self.arrivals(made[-1], "GET", RISK) if self.parameter(r, "symbol") is None])
        self.until_seen(symbol, self.person(symbol), BY_STREAM, TOLD_WITHIN_S + self.slack_s)


class StreamsTestCase(StreamTalk):
    # ---- E16

    def test_e16_mute_stream(self):
        self.begin()
        symbol, = self.names_of_symbols(1)
        opened, after = self.opened(), self.last()
        reads = self.status()["truth"]["reads_total"]
        self.provoke([{"effect": "mute", "stream": "user"}])
        amount = self.person(symbol)
        # By a read, within its period and a second; and the stream is then known to be mute.
        self.until_seen(symbol, amount, BY_READ, READ_PERIOD_S + 1 + self.slack_s)
        self.until_logged("user_stream_mute", self.found_within_s)
        self.assertGreater(self.status()["truth"]["reads_total"], reads)
        # It stays silent for a while; reads carry on, and trading with them.
        for _ in range(self.vary.number("trades", 2, 1, 6)):
            amount = self.person(symbol)
            self.until_seen(symbol, amount, BY_READ)
        # An exit before the books have the last trade, and a trade by hand after it, end in `side_flip`.
        self.until("in the books", lambda: Decimal(self.position(symbol)["ledger"] or 0) == amount)
        self.assert_allowed(self.exit(symbol))
        self.clear()
        self.until("up again", lambda: self.status()["stream"]["user"] == "up")
        self.check_live_again(symbol, opened, after, new_key=False)
        self.check_end()

    # ---- E17

    def test_e17_events_out_of_order(self):
        self.begin()
        symbols = self.names_of_symbols(8)
        self.provoke([
            {"effect": "duplicate_events", "count": 0, "chance_percent": 40},
            {"effect": "reorder_events", "count": 0, "chance_percent": 30},
            {"effect": "delay_events", "count": 0, "chance_percent": 30, "delay_ms": 100,
             "delay_jitter_ms": self.vary.number("late_ms", 3_000, 500, 10_000)},
            {"effect": "drop_events", "count": 0,
             "chance_percent": self.vary.number("dropped_percent", 10, 1, 10)}])
        for _ in range(self.vary.number("rounds", 3, 2, 5)):
            plans = [self.entry(s, ttl="2m") for s in symbols]
            self.offer(plans)
            self.until_ended(plans)
            self.assertEqual({self.ended()[p["plan_id"]][0] for p in plans}, {"done"})
        exits = [self.exit(s, ttl="2m") for s in symbols[:4]]
        self.offer(exits)
        self.until_ended(exits)
        # What was dropped is found by reads while faults go on.
        for symbol in symbols:
            self.until_seen(symbol, self.held().get(symbol, Decimal(0)))
        self.assertGreater(self.metric("sluice_fills_total"), 0)
        self.check_once()
        self.check_end()

    def check_once(self):
        """No trade is in the books twice; each truth was held once, and none after a later one."""
        self.until_books_agree()
        twice = rows(self.journal(), "SELECT symbol, trade_id FROM fill GROUP BY 1, 2 HAVING count(*) > 1")
        self.assertEqual(twice, [])
        held = {}
        for fill in sorted(self.account()["fills"], key=lambda f: f["trade_id"]):
            amounts = held.setdefault(fill["symbol"], [Decimal(0)])
            sign = 1 if fill["side"].lower() == "buy" else -1
            amounts.append(amounts[-1] + sign * Decimal(fill["quantity"]))
        for symbol, amounts in held.items():
            place = 0
            for _, amount, _ in self.truth_of(symbol):
                self.assertIn(Decimal(amount), amounts[place:], (symbol, amounts, self.truth_of(symbol)))
                place = amounts.index(Decimal(amount), place)

    def test_e17_a_dropped_event(self):
        self.begin()
        symbol, = self.names_of_symbols(1)
        self.provoke([{"effect": "drop_events", "count": 0, "symbol": symbol}])
        self.until_seen(symbol, self.person(symbol), BY_READ, READ_PERIOD_S + 1 + self.slack_s)
        self.check_end()

    # ---- E18

    def test_e18_listen_keys_and_closed_streams(self):
        self.begin(exchange='listen_key_keep_alive = "700ms"')
        symbol, = self.names_of_symbols(1)
        for what, fault, new_key in (
                ("told", {"effect": "expire_listen_key"}, True),
                ("not told", {"effect": "expire_listen_key", "silent": True}, True),
                ("-1125", {"effect": "status", "status": 400, "method": "PUT", "path": KEY, "count": 1,
                           "body": '{"code":-1125,"msg":"This listenKey does not exist."}'}, True),
                ("closed", {"effect": "drop_connection", "stream": "user"}, False)):
            with self.subTest(what):
                opened, after = self.opened(), self.last()
                self.provoke([fault])
                self.check_live_again(symbol, opened, after, new_key)
        self.check_end()

    # ---- E19

    def test_e19_event_between_request_and_reply(self):
        self.begin()
        for symbol in self.names_of_symbols(self.vary.number("symbols", 3, 2, 6)):
            before, known = self.last(), self.truth_of(symbol)
            held = self.held().get(symbol, Decimal(0))
            self.provoke([{"effect": "hold_for_event", "path": RISK, "count": 1, "delay_ms": 20_000}])
            # The read has been answered inside the venue, and its reply waits for what happens now.
            self.until("a read waits", lambda: self.venue("GET", "/sim/status")["request_faults"] == 0)
            amount = self.person(symbol)
            self.until_seen(symbol, amount)
            self.until("later reads", lambda: len([r for r in self.arrivals(before, "GET", RISK)]) > 3)
            self.until("on record", lambda: len(self.truth_of(symbol)) > len(known))
            self.assertEqual([(kind, Decimal(of), source) for kind, of, source
                              in self.truth_of(symbol)[len(known):]], [("open", amount, "stream")])
            self.person(symbol, "SELL")
            self.until_seen(symbol, held)
        self.assertEqual(self.arrivals(before, "POST", ORDER), [])
        self.check_end()

    def test_e19_reads_that_lag_behind_the_stream(self):
        self.begin()
        symbol, = self.names_of_symbols(1)
        held, known, before = self.held().get(symbol, Decimal(0)), self.truth_of(symbol), self.last()
        lasts = self.vary.number("lag_ms", 6_000, 3_000, 20_000)
        end = self.venue_time() + lasts
        self.provoke([{"effect": "freeze", "method": "GET", "path": RISK, "count": 0, "for_ms": lasts}])
        self.until("what is repeated", lambda: len(self.arrivals(before, "GET", RISK)) > 1)
        amount = self.person(symbol)
        self.until_seen(symbol, amount)
        asked = self.last()
        self.until("over", lambda: self.venue_time() > end + 1_000)
        self.assertGreater(len(self.arrivals(asked, "GET", RISK)), 2, "nothing was read meanwhile")
        self.until("on record", lambda: len(self.truth_of(symbol)) > len(known))
        self.assertEqual([(kind, Decimal(of), source) for kind, of, source
                          in self.truth_of(symbol)[len(known):]], [("open", amount, "stream")])
        self.person(symbol, "SELL")
        self.until_seen(symbol, held)
        self.check_end()


class ForcedCloseTestCase(StreamTalk):
    """The close after 24 hours, after 4 seconds here."""

    ways = 'stream_life = "4s"'

    def test_e18_forced_close(self):
        self.begin()
        symbol, = self.names_of_symbols(1)
        for _ in range(2):
            opened = self.opened()
            self.until("opened anew", lambda: self.opened() >= opened + 2)
            self.until_seen(symbol, self.person(symbol))
        self.assertGreaterEqual(self.exchange()["streams"]["lost"], 2)
        self.check_end()


if __name__ == "__main__":
    unittest.main()
