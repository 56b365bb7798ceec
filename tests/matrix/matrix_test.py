"""Every fault at the venue in every phase of a plan, for entries and exits, by the real binary."""

import os
import signal
import threading
import time
import unittest
from collections import defaultdict
from decimal import Decimal

import table
from table import EXIT, GROUPS, IMPOSSIBLE, PERCENT
from world import SETTINGS, WorldTestCase, a_reduce, an_entry, rows

# Longer than an unknown order may take, and a pause of a minute.
TTL = "150s"
LIMIT_S = 160
# Plans offered together, and the pause after them: with a sanitizer both binaries are slow, an entry's order
# waits no longer than a second for a connection, and the venue takes none that is 1.5 s old.
AT_ONCE, PAUSE_S = (4, 2) if os.environ.get("SLUICE_SANITIZER") else (1_000, 0)


def for_symbol(value, symbol):
    """A fault of the table with its cell's symbol in it."""
    if isinstance(value, str):
        return value.replace("SYMBOL", symbol)
    if isinstance(value, dict):
        return {k: for_symbol(v, symbol) for k, v in value.items()}
    return value


class MatrixTestCase(WorldTestCase):
    def place_cells(self, cells):
        """One symbol and one plan for each; exits get the position they are to close."""
        names = iter(self.rules)
        self.cells = [(cell, next(names), f"cell-{n}") for n, cell in enumerate(cells)]
        seeds = [an_entry(f"seed-{plan}", symbol)
                 for cell, symbol, plan in self.cells if cell.kind == EXIT]
        if seeds:
            self.carry_out(seeds)
        self.before = self.held()

    def target(self, cell, symbol):
        """What an exit is to leave."""
        step = self.step_of(symbol)
        return self.before[symbol] / 2 // step * step if cell.half else Decimal(0)

    def plans(self, cells=None):
        return [a_reduce(plan, symbol=symbol, ttl=TTL, target=f"{self.target(cell, symbol):f}")
                if cell.kind == EXIT else an_entry(plan, symbol, ttl=TTL)
                for cell, symbol, plan in cells or self.cells]

    def faults(self):
        return [for_symbol(fault, symbol) for cell, symbol, _ in self.cells for fault in cell.script]

    # ---- what somebody does meanwhile

    def until_row(self, sql, limit_s=LIMIT_S):
        return self.until(sql, lambda: rows(self.journal(), sql), limit_s)

    def prepare_act(self, cell, symbol, number):
        amount = self.before.get(symbol)
        if cell.act in ("ours_resting", "ours_filled"):
            self.plant(symbol, amount, number)
        elif cell.act == "foreign_resting":
            self.venue("POST", "/sim/order", {
                "symbol": symbol, "side": "SELL", "quantity": str(amount), "reduce_only": True,
                "price": str(self.far_price(symbol))})

    def act(self, cell, symbol, plan):
        if cell.act == "flat_meanwhile":
            self.until_row(f"SELECT 1 FROM orders WHERE plan_id = '{plan}'")
            self.venue("POST", "/sim/order", {"symbol": symbol, "side": "SELL", "reduce_only": True,
                                              "quantity": str(self.before[symbol])})
        elif cell.act == "foreign_resting":
            self.until_row("SELECT 1 FROM notice WHERE event = 'exit_obstructed'"
                           f" AND text LIKE '%{plan} %'")
            self.venue("POST", "/sim/cancel", {"symbol": symbol})
        elif cell.act == "ours_filled":
            self.until_row(f"SELECT 1 FROM order_event WHERE plan_id = '{plan}'"
                           " AND detail LIKE '%-4118%'")
            self.venue("POST", "/sim/mark", {"symbol": symbol, "hold": True,
                                             "price": str(self.far_price(symbol))})

    def act_all(self):
        acting = [threading.Thread(target=self.act, args=each, daemon=True) for each in self.cells
                  if each[0].act and each[0].act != "ours_resting"]
        for each in acting:
            each.start()
        return acting

    def until_intended(self, plans):
        self.until("intents", lambda: rows(
            self.journal(), "SELECT count(DISTINCT plan_id) FROM orders WHERE plan_id LIKE 'cell-%'"
        )[0][0] == len(plans))

    # ---- what must be true of each cell

    saw_matters = True  # A kill may come before or after it.

    def expected(self, cell, symbol, plan):
        """How much the plan trades, and what is held after it."""
        step, target = self.step_of(symbol), Decimal(0)
        if cell.kind == EXIT:
            target = self.target(cell, symbol)
            asked = self.before[symbol] - target
        else:
            asked = Decimal(rows(self.journal(), "SELECT amount FROM orders WHERE plan_id ="
                                                 f" '{plan}'")[0][0])
        traded = {"all": asked, "none": Decimal(0),
                  "part": asked * PERCENT / 100 // step * step}[cell.traded]
        return traded, target if cell.kind == EXIT else traded

    def wrong_with(self, cell, symbol, plan, ended, held, seen):
        how, executed = ended[plan]
        traded, left = self.expected(cell, symbol, plan)
        found = []
        if (how, executed) != (cell.end, traded):
            found.append(f"ended {how} with {executed}, wanted {cell.end} with {traded}")
        if held.get(symbol, Decimal(0)) != left:
            found.append(f"holds {held.get(symbol)}, wanted {left}")
        if self.saw_matters and cell.saw and not any(state == cell.saw or cell.saw in detail
                                for state, detail in seen[plan]):
            found.append(f"never saw {cell.saw}: {seen[plan]}")
        if self.saw_matters and cell.sent and self.sent_of(plan) != cell.sent:
            found.append(f"was sent {self.sent_of(plan)} times, wanted {cell.sent}")
        return [f"{cell.name} ({symbol}, {plan}): {each}" for each in found]

    def sent_of(self, plan):
        ids = {row[0] for row in rows(self.journal(), "SELECT client_order_id FROM orders"
                                                      f" WHERE plan_id = '{plan}'")}
        return sum(not ids.isdisjoint(r["parameters"].replace("newClientOrderId=", "").split("&"))
                   for r in self.venue("GET", "/sim/transcript")
                   if (r["method"], r["path"]) == ("POST", "/fapi/v1/order"))

    def check_cells(self):
        self.until("orders resolved", lambda: self.status()["orders"]["under_way"] == 0, LIMIT_S)
        self.venue("POST", "/sim/faults/clear")
        self.until_books_agree()
        ended, held, seen = self.ended(), self.held(), defaultdict(list)
        for plan, state, detail in rows(self.journal(), "SELECT plan_id, state, detail FROM order_event"
                                                        " ORDER BY seq"):
            seen[plan].append((state, detail))
        found = []
        for cell, symbol, plan in self.cells:
            found += self.wrong_with(cell, symbol, plan, ended, held, seen)
        self.assertEqual(found, [], "\n".join(found))
        self.check_symbols_are_free([symbol for _, symbol, _ in self.cells])
        self.until_books_agree()
        self.check_replay()

    def run_at_once(self, cells):
        """All cells of a phase side by side, one symbol each."""
        began = time.monotonic()
        self.start_sluice()
        self.place_cells(cells)
        for number, (cell, symbol, _) in enumerate(self.cells):
            self.prepare_act(cell, symbol, number)
        self.provoke(self.faults())
        acting = self.act_all()
        plans = self.plans()
        self.offer(plans)
        self.until_ended(plans, LIMIT_S)
        for each in acting:
            each.join(LIMIT_S)
        self.check_cells()
        print(f"{len(cells)} cells in {time.monotonic() - began:.0f} s")


class CellsTestCase(MatrixTestCase):
    """Many cells side by side; that none lacks a connection is not what they are about."""

    connections = 64

    def offer(self, plans, wait=None):
        answers = []
        for first in range(0, len(plans), AT_ONCE):
            time.sleep(PAUSE_S if first else 0)
            answers += super().offer(plans[first:first + AT_ONCE], wait)
        return answers


class FaultsTestCase(CellsTestCase):
    def test_faults_of_requests_that_took_no_effect(self):
        self.run_at_once(GROUPS[table.SENT])

    def test_faults_of_accepted_orders_that_are_not_answered(self):
        self.run_at_once(GROUPS[table.ACCEPTED])

    def test_faults_of_orders_that_are_partly_filled(self):
        self.run_at_once(GROUPS[table.PARTLY])

    def test_faults_of_cancels(self):
        self.run_at_once(GROUPS[table.CANCELLING])

    def test_faults_of_a_firewall(self):
        self.run_at_once(GROUPS["firewall"])

    def test_faults_of_queries_after_the_process_ended_with_written_intents(self):
        self.start_sluice()
        self.place_cells(GROUPS[table.INTENT])
        self.provoke([{"effect": "hang", "method": "POST", "path": "/fapi/v1/order", "count": 0}])
        plans = self.plans()
        self.offer(plans)
        self.until_intended(plans)
        self.sluice.end(signal.SIGKILL)
        self.venue("POST", "/sim/faults/clear")
        self.provoke(self.faults())
        self.start_sluice()
        self.until_ended(plans, LIMIT_S)
        self.check_cells()


class DoubtTestCase(CellsTestCase):
    """Faults of orders, and something else at the same time."""

    def test_exits_wait_behind_entries_in_doubt_and_close_what_came_of_them(self):
        cells = [cell for group in (table.SENT, table.ACCEPTED, table.PARTLY)
                 for cell in GROUPS[group] if cell.kind != EXIT]
        self.start_sluice()
        self.place_cells(cells)
        self.provoke(self.faults())
        plans = self.plans()
        self.offer(plans)
        self.until_intended(plans)
        exits = [a_reduce(f"exit-{plan}", symbol=symbol, ttl=TTL) for _, symbol, plan in self.cells]
        self.offer(exits)
        self.until_ended(plans + exits, LIMIT_S)
        self.venue("POST", "/sim/faults/clear")
        self.until_books_agree()
        self.assertEqual(self.held(), {})
        ended = self.ended()
        for cell, _, plan in self.cells:
            self.assertEqual(ended[plan][0], cell.end, cell.name)
            # One that found nothing to close was denied, and has no end.
            self.assertEqual(ended[f"exit-{plan}"],
                             ("done", ended[plan][1]) if ended[plan][1] else (None, 0), cell.name)
        self.check_replay()

    def test_orders_in_doubt_are_followed_by_the_next_process_after_a_kill(self):
        self.start_sluice()
        self.place_cells([*GROUPS[table.ACCEPTED][::2], *GROUPS[table.PARTLY][::2]])
        self.provoke(self.faults())
        plans = self.plans()
        self.offer(plans)
        self.until_intended(plans)
        ids = {row[0] for row in rows(self.journal(), "SELECT client_order_id FROM orders"
                                                      " WHERE plan_id LIKE 'cell-%' AND attempt = 1")}
        self.until("arrivals", lambda: ids <= {o["client_order_id"]
                                               for o in self.account()["orders"]})
        self.sluice.end(signal.SIGKILL)
        self.start_sluice()
        self.until_ended(plans, LIMIT_S)
        self.saw_matters = False
        self.check_cells()


class OtherWaysTestCase(CellsTestCase):
    """The same where the venue is reported to do it in another way, and an exit begins with a limit."""

    latency = "30ms"
    settings = SETTINGS + "[executor]\nexit_collar_bp = 50\n"
    ways = """
latency_jitter = "60ms"
events = "shuffled"
updates = "per_order"
averages = "nowhere"
flat = "zero_row"
unique_ids = "all_orders"
oversized = "reject"
extra_legs = "sent"
lite = "omitted"
framing = "content_length"
"""

    def test_faults_of_requests_in_other_ways(self):
        self.run_at_once(GROUPS[table.SENT])

    def test_faults_of_accepted_orders_in_other_ways(self):
        self.run_at_once(GROUPS[table.ACCEPTED])

    def test_faults_of_partly_filled_orders_in_other_ways(self):
        self.run_at_once(GROUPS[table.PARTLY])

    def test_faults_of_cancels_in_other_ways(self):
        self.run_at_once(GROUPS[table.CANCELLING])


class ReadFaultsTestCase(CellsTestCase):
    """The read that a plan waits for is hit: one fault after the other, for both kinds at once."""

    def by_fault(self):
        groups = defaultdict(list)
        for each in self.cells:
            groups[each[0].fault, each[0].variant].append(each)
        return groups.values()

    def spoilt_reads(self, after):
        return [r for r in self.venue("GET", f"/sim/transcript?after={after}")
                if r["path"] == "/fapi/v3/positionRisk"
                and (r["status"] != 200 or not r["took_effect"])]

    def until_hit(self, after):
        self.until("a read is hit", lambda: self.spoilt_reads(after))

    def last_request(self):
        return self.venue("GET", "/sim/transcript")[-1]["number"]

    def test_faults_before_the_first_snapshot(self):
        self.start_sluice()
        self.place_cells(GROUPS[table.BEFORE])
        for together in self.by_fault():
            self.assertEqual(self.sluice.end(signal.SIGTERM), 0)
            self.provoke([{**fault, "count": 0} for fault in together[0][0].script])
            self.start_sluice(ready=False)
            # Marks come by another way; without one nothing is opened.
            self.until_marks(symbol for _, symbol, _ in together)
            plans = self.plans(together)
            self.offer(plans)
            self.until_hit(self.last_request())
            for plan in plans:
                self.assertEqual(rows(self.journal(), "SELECT * FROM orders WHERE plan_id ="
                                                      f" '{plan['plan_id']}'"), [])
            self.venue("POST", "/sim/faults/clear")
            self.until_ended(plans)
        self.check_cells()

    def test_faults_of_reads_that_a_plan_waits_for(self):
        self.start_sluice()
        self.place_cells(GROUPS[table.DECIDING])
        for together in self.by_fault():
            after = self.last_request()
            # A trade that no event tells of makes the truth too old to decide on.
            first = [an_entry(f"first-{plan}", symbol, value="1900")
                     for _, symbol, plan in together]
            silence = [{"effect": "drop_events", "event": "ACCOUNT_UPDATE", "count": 0}]
            self.provoke([*silence, *together[0][0].script])
            self.offer(first, "9s")
            self.until_ended(first)  # A symbol has one open plan at a time.
            plans = self.plans(together)
            self.offer(plans)
            self.until_ended(first + plans)
            self.assertNotEqual(self.spoilt_reads(after), [])
            self.venue("POST", "/sim/faults/clear")
            for _, symbol, plan in together:
                self.before[symbol] = (self.before.get(symbol, Decimal(0))
                                       + self.ended()[f"first-{plan}"][1])
        self.check_cells()

    def expected(self, cell, symbol, plan):
        traded, left = super().expected(cell, symbol, plan)
        if cell.phase == table.DECIDING and cell.kind != EXIT:
            left += self.before[symbol]
        return traded, left


class CompletenessTestCase(unittest.TestCase):
    def test_every_fault_meets_every_phase_for_both_kinds_or_a_reason_is_given(self):
        self.assertEqual(table.missing(), [])
        self.assertTrue(all(reason for reason in IMPOSSIBLE.values()))
        names = [cell.name for cells in GROUPS.values() for cell in cells]
        self.assertEqual(len(names), len(set(names)))
        # Whoever only ends well may never have met its fault; reads are watched by their tests.
        self.assertEqual([c.name for cells in GROUPS.values() for c in cells
                          if not c.saw and not c.sent and c.phase not in (table.BEFORE, table.DECIDING)],
                         [])


if __name__ == "__main__":
    unittest.main()
