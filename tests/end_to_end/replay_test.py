"""Stored verdicts made again by the command line, as they were and under other limits."""

import json
import subprocess
import unittest

from harness import BINARY, LIMIT_S, SluiceTestCase, a_reduce, an_open


class ReplayTestCase(SluiceTestCase):
    def ask(self, *words):
        done = subprocess.run([BINARY, *words], capture_output=True, text=True, timeout=LIMIT_S,
                              cwd=self.directory)
        return done.returncode, done.stdout, done.stderr

    def trade_a_little(self):
        """Every kind of verdict: orders by amount and by value, refusals, a withdrawn plan."""
        self.run_ready(positions='"BTCUSDT=0.010"')
        for plan in (an_open("by-amount", symbol="ETHUSDT", quantity="1"),
                     an_open("by-value", symbol="SOLUSDT", quantity=None, notional="500"),
                     a_reduce("exit"), a_reduce("nothing", symbol="XRPUSDT"),
                     an_open("unknown", symbol="NOSUCHUSDT"),
                     an_open("small", symbol="DOGEUSDT", quantity="0.0001")):
            self.post("/api/v1/plans?wait=5s", {k: v for k, v in plan.items() if v is not None})
        self.post("/api/v1/plans?wait=5s", {"plan_id": "c", "source": "test", "symbol": "BTCUSDT",
                                            "kind": "cancel", "cancels": "none-such"})
        self.sluice.end()
        return str(self.directory / "state" / "journal.db")

    def test_every_verdict_of_a_run_is_the_same_when_it_is_made_again(self):
        journal = self.trade_a_little()
        code, words, errors = self.ask("replay", journal, "--json")
        self.assertEqual(code, 0, words + errors)
        report = json.loads(words)
        self.assertEqual(report["verdicts"], 7)
        self.assertEqual(report["same"], 6)
        self.assertEqual(report["outside"], 1)
        code, words, _ = self.ask("journal", "verify", journal)
        self.assertEqual(code, 0)
        self.assertIn("the chain holds", words)

    def test_another_limit_lists_the_plans_that_would_flip_with_both_verdicts(self):
        journal = self.trade_a_little()
        code, words, _ = self.ask("replay", journal, "--json", "--set",
                                  "gate.hold_blocks_reduce=true")
        self.assertEqual((code, json.loads(words)["differing"]), (0, []))
        code, words, _ = self.ask("replay", journal, "--json", "--set", "gate.mark_stale_after=1ms")
        self.assertEqual(code, 1)
        report = json.loads(words)
        flipped = {p["plan_id"]: p for p in report["differing"]}
        self.assertIn("by-amount", flipped)
        self.assertNotIn("exit", flipped)
        self.assertEqual(flipped["by-value"]["before"]["kind"], "allow")
        self.assertEqual(flipped["by-value"]["after"]["refusals"][0]["code"], "no_mark_price")
        self.assertEqual(report["by_reason"], {"allow -> no_mark_price": len(flipped)})
        code, words, _ = self.ask("replay", journal, "--set", "gate.mark_stale_after=1ms")
        self.assertIn("allow -> no_mark_price", words)

    def test_what_sets_no_limit_and_what_is_no_journal_are_refused(self):
        journal = self.trade_a_little()
        for change in ("gate.nonsense=1", "gate.cooldown", "gate.cooldown=soon"):
            code, _, errors = self.ask("replay", journal, "--set", change)
            self.assertEqual(code, 2)
            self.assertIn("gate.", errors)
        self.assertEqual(self.ask("replay", str(self.directory / "none.db"))[0], 74)
        text = self.directory / "text.db"
        text.write_text("no database\n" * 1000)
        self.assertEqual(self.ask("journal", "verify", str(text))[0], 1)


if __name__ == "__main__":
    unittest.main()
