"""The panels of exits and limits in a real browser, at desktop and phone width, in dark and light."""

import unittest

from browser_case import SCREENSHOTS, VIEWS, BrowserTestCase
from harness import an_open

EXITS = """
[exits]
stop_bp = 200
target_bp = 400
[exits.symbols.SOLUSDT]
enabled = false
"""
LIMITS = (('open_positions_max = 0', 'open_positions_max = 4'),
          ('daily_loss_max = "0"', 'daily_loss_max = "100"'),
          ('margin_use_percent_max = 0', 'margin_use_percent_max = 90'),
          ('symbol_entries_per_hour_max = 0', 'symbol_entries_per_hour_max = 3'))


class WatchPanelsTestCase(BrowserTestCase):
    def run_watched(self):
        """A position at its policy's stops, one whose exits are disabled, and one of a plan."""
        self.run_ready(symbols=20, positions='"ETHUSDT=-0.500","SOLUSDT=5"', extra=EXITS, replace=LIMITS)
        mark = self.mark_of("XRPUSDT")
        plan = an_open("watched", "XRPUSDT", quantity="100", stop=f"{mark * 0.99:.4f}",
                       take_profit=f"{mark * 1.004:.4f}", time_limit="1h")
        judged = self.post("/api/v1/plans?wait=20s", plan).json()["judged"]
        self.assertEqual(judged["verdict"]["kind"], "allow", judged)
        self.until("all are watched", lambda: all(
            (self.position(s) or {}).get("exit") for s in ("ETHUSDT", "SOLUSDT", "XRPUSDT")))

    @staticmethod
    def cells(page, panel, name):
        """Head to text of the row whose first cell has that text."""
        return page.run(
            f"(() => {{ const row = [...document.querySelectorAll('#{panel} tbody tr')]"
            f".find(r => r.cells[0].textContent === '{name}');"
            "return row && Object.fromEntries([...row.cells].map(c => [c.dataset.head, c.textContent])); })()")

    def test_exits_and_limits_are_shown_as_the_api_says_at_every_width_and_shade(self):
        self.run_watched()
        for name, view in VIEWS.items():
            for shade in ("light", "dark"):
                with self.subTest(view=name, shade=shade):
                    page = self.open(view, dark=shade == "dark")
                    page.until_text("#exits", "XRPUSDT")
                    page.until_text("#limits", "open positions")
                    self.check_exits(page)
                    self.check_limits(page)
                    self.assertLessEqual(page.run("document.documentElement.scrollWidth"), view["width"])
                    page.run("document.querySelector('#exits').closest('section').scrollIntoView()")
                    page.shoot(SCREENSHOTS / f"{name}-{shade}-exits.png")
                    page.run("document.querySelector('#limits').closest('section').scrollIntoView()")
                    page.shoot(SCREENSHOTS / f"{name}-{shade}-limits.png")
                    page.close()

    def check_exits(self, page):
        bare = self.cells(page, "exits", "SOLUSDT")
        self.assertEqual((bare["Guard"], bare["Next rule"]), ("■ disabled", "none by mark"))
        self.assertEqual(bare["Settings"], "symbol SOLUSDT")
        short = self.cells(page, "exits", "ETHUSDT")
        self.assertEqual((short["Side"], short["Guard"]), ("▼ short", "● watched"))
        self.assertRegex(short["Stop"], r"^[0-9.]+ first$")
        self.assertRegex(short["Next part"], r"^1/2 at 1 r$")
        self.assertRegex(short["Kill score"], r"^0.1[0-9] / 0.5$")
        self.assertRegex(short["Time left"], r"^23 h 5[0-9] m$")
        shown = self.cells(page, "exits", "XRPUSDT")
        next_level = self.position("XRPUSDT")["exit"]["next_level"]
        self.assertEqual(next_level["reason"], "target_reached")
        self.assertEqual(shown["Next rule"],
                         f"target reached at {next_level['at']}, {next_level['away_bp'] / 100:.2f} % away")
        self.assertRegex(shown["Time left"], r"^5[0-9] m")
        self.assertEqual(page.text("#title-exits .count"), "3")

    def check_limits(self, page):
        asked = self.get("/api/v1/limits").json()
        self.assertEqual(self.cells(page, "limits", "open positions")["Used"], "3")
        self.assertEqual(self.cells(page, "limits", "open positions")["Left"], "1")
        self.assertEqual(self.cells(page, "limits", "open positions")["Share"], "75 %")
        self.assertEqual(self.cells(page, "limits", "symbol entries per hour")["Most by"], "XRPUSDT")
        self.assertEqual(self.cells(page, "limits", "account notional")["Share"], "no limit")
        self.assertEqual(len(asked["limits"]), page.run("document.querySelectorAll('#limits tbody tr').length"))
        page.until_text("#today", asked["today"]["result"])
        page.until_text("#today", "ago")
        bar = ("(() => { const m = [...document.querySelectorAll('#limits tbody tr')].find(r => "
               "r.textContent.startsWith('open positions')).querySelector('.meter');"
               "return m.firstElementChild.getBoundingClientRect().width / m.getBoundingClientRect().width; })()")
        self.assertAlmostEqual(page.run(bar), 0.75, delta=0.02)

    def test_a_limit_that_is_used_up_is_marked_and_counted(self):
        self.run_ready(symbols=20, positions='"ETHUSDT=-0.500"',
                       replace=(("open_positions_max = 0", "open_positions_max = 1"),))
        page = self.open()
        page.until_text("#title-limits", "1 used up")
        self.assertIn("bad", page.run(
            "[...document.querySelectorAll('#limits tbody tr')].find(r => "
            "r.textContent.startsWith('open positions')).querySelector('.meter i').className"))

    def test_both_panels_scroll_by_keyboard_and_keep_their_rows_in_place(self):
        self.run_watched()
        page = self.open()
        page.until_text("#exits", "XRPUSDT")
        page.run("window.kept = document.querySelector('#exits tbody tr')")
        asked = page.run("performance.getEntriesByType('resource').filter(e => "
                         "e.name.endsWith('/positions')).length")
        page.until("performance.getEntriesByType('resource').filter(e => "
                   f"e.name.endsWith('/positions')).length > {asked + 2}")
        self.assertTrue(page.run("window.kept.isConnected"))
        for panel in ("exits", "limits"):
            self.assertEqual(page.run(f"document.getElementById('{panel}').tabIndex"), 0)
            self.assertTrue(page.run(f"document.getElementById('{panel}').getAttribute('aria-labelledby')"))


if __name__ == "__main__":
    unittest.main()
