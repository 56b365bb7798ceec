"""One instance or more of each fault that tests/matrix crosses with every phase: E4 to E9, E12, E20, E24."""

import unittest
from decimal import Decimal

from field import ORDER, FaultsTestCase, rows, table

ACCEPTED, CANCELLING, ENTRY, EXIT, GROUPS, PARTLY, SENT = (
    table.ACCEPTED, table.CANCELLING, table.ENTRY, table.EXIT, table.GROUPS, table.PARTLY, table.SENT)

# Which of a phase and kind is run when no seed chooses: one whose variant begins like this.
WANTED = (
    ("E4", SENT, ENTRY, "did not execute"), ("E4", SENT, EXIT, "did not execute"),
    ("E4", ACCEPTED, ENTRY, "did execute, not told"), ("E4", ACCEPTED, EXIT, "did execute, told"),
    ("E6", SENT, ENTRY, "throttled for long"), ("E6", SENT, EXIT, "exempt"),
    ("E7", SENT, ENTRY, "challenge_202"), ("E7", ACCEPTED, ENTRY, "bad_gateway_502"),
    ("E7", SENT, EXIT, "timeout_408"), ("E7", ACCEPTED, EXIT, "unexpected_400"),
    ("E8", ACCEPTED, ENTRY, "not found for 3000"), ("E8", ACCEPTED, EXIT, "not found for 500"),
    ("E9", ACCEPTED, ENTRY, "silence, the stream tells late"),
    ("E9", ACCEPTED, EXIT, "reset, the stream never tells"),
    ("E12", SENT, ENTRY, "reset after 1 bytes"), ("E12", SENT, EXIT, "close after 30 bytes"),
    ("E12", ACCEPTED, ENTRY, "close after 12 bytes"), ("E12", ACCEPTED, EXIT, "reset after 200 bytes"),
    ("E20", PARTLY, ENTRY, "50 fills"), ("E20", PARTLY, EXIT, "every event twice"),
    ("E20", ACCEPTED, ENTRY, "7 fills, told late and twice"),
    ("E20", CANCELLING, EXIT, "the cancel is rejected"),
)
# Each code is one of its own, so none is left to chance.
BY_CODE = [("E24", SENT, kind, str(code)) for kind in (ENTRY, EXIT) for code in table.CODES]
WAIT_FOR_PROOF_MS = 1_500 + 5_000  # recvWindow, and what is added to it.


class OrdersTestCase(FaultsTestCase):
    symbols = 60

    def cell(self, fault, phase, kind, variant, fixed=False):
        fitting = [c for c in GROUPS[phase] if (c.fault, c.kind, c.half) == (fault, kind, False)]
        first = [c for c in fitting if c.variant.startswith(variant)]
        self.assertTrue(first, (fault, phase, kind, variant))
        if fixed:
            return first[0]
        names = [c.variant for c in first[:1] + fitting]
        chosen = self.vary.one_of(f"{fault} {phase} {kind}", names)
        return next(c for c in fitting if c.variant == chosen)

    def sends_of(self, plan):
        """When the venue met orders of the plan, by client id."""
        ours = [row[0] for row in rows(self.journal(), "SELECT client_order_id FROM orders"
                                                       f" WHERE plan_id = '{plan}' ORDER BY attempt")]
        return {name: [r["time"] for r in self.arrivals(method="POST", path=ORDER)
                       if self.parameter(r, "newClientOrderId") == name] for name in ours}

    def check_cells(self):
        """Asked before the probes, which share the symbols."""
        self.assertEqual(self.repeated_in_doubt(), [])
        super().check_cells()

    def repeated_in_doubt(self):
        """Orders sent again, or followed by another, while nobody could know what became of them."""
        found = []
        for cell, symbol, plan in self.cells:
            if cell.saw != "unknown":
                continue
            times = sorted(t for sends in self.sends_of(plan).values() for t in sends)
            gaps = [after - before for before, after in zip(times, times[1:])]
            if cell.traded == "all" and cell.kind == ENTRY and gaps:
                found.append(f"{cell.name}: sent {len(times)} times")
            elif cell.fault == "E4" and cell.variant == "did not execute" and gaps:
                if gaps[0] < WAIT_FOR_PROOF_MS:
                    found.append(f"{cell.name}: sent again after {gaps[0]} ms")
        return found

    def test_e4_e6_e7_e8_e9_e12_e20_e24_side_by_side(self):
        cells = [self.cell(*each) for each in WANTED] + [self.cell(*each, fixed=True) for each in BY_CODE]
        self.run_at_once(cells)

    def test_e5_503_unavailable(self):
        self.begin()
        *symbols, held = self.names_of_symbols(4)
        refused = self.vary.number("refusals", 2, 1, 3)
        plan, given_up, doubted = (self.entry(s) for s in symbols)
        amount = self.hold_positions([held])[held]
        step = self.step_of(held)
        part = self.exit(held, target=f"{amount / 2 // step * step:f}")
        unavailable = "unavailable_503"
        self.provoke([{"effect": "status", "reply": reply, "method": "POST", "path": ORDER, "count": count,
                       "where": {"symbol": each["symbol"]}}
                      for each, reply, count in ((plan, unavailable, refused), (given_up, unavailable, 0),
                                                 (doubted, "internal_503", 0), (part, "internal_503", 1))])
        self.offer([plan, given_up, doubted, part])
        self.until_ended([plan, given_up, doubted, part])
        self.assertEqual(self.ended()[plan["plan_id"]][0], "done")
        self.assertEqual(self.ended()[given_up["plan_id"]], ("failed", Decimal(0)))
        self.check_back_off(plan, refused)
        self.check_back_off(given_up, 3)
        # Of an order that opens, or reduces a part, it is asked whether it was done after all; none follows it in doubt.
        self.assertEqual(self.ended()[doubted["plan_id"]], ("failed", Decimal(0)))
        self.assertEqual([len(times) for times in self.sends_of(doubted["plan_id"]).values()], [1])
        self.assertEqual(self.ended()[part["plan_id"]][0], "done")
        first, second = sorted(t for times in self.sends_of(part["plan_id"]).values() for t in times)
        self.assertGreaterEqual(second - first, WAIT_FOR_PROOF_MS)
        self.check_end()

    def check_back_off(self, plan, repeats):
        """The same id again, after 200, 400, 800 ms at the least."""
        sends = self.sends_of(plan["plan_id"])
        self.assertEqual(len(sends), 1, sends)
        times, = sends.values()
        self.assertEqual(len(times), repeats + 1, sends)
        for n, (before, after) in enumerate(zip(times, times[1:])):
            self.assertGreaterEqual(after - before, 200 * 2 ** n - 20, times)


if __name__ == "__main__":
    unittest.main()
