"""Every panel of the dashboard in a real browser, at desktop and phone width."""

import re
import unittest

from browser_case import BY, SCREENSHOTS, VIEWS, BrowserTestCase
from harness import a_reduce, an_open, free_port

MARKUP = "<img src=/nowhere onerror=alert(1)> & <b>bold</b>"


class PanelsTestCase(BrowserTestCase):
    def test_every_panel_shows_what_the_api_says_at_desktop_and_phone_width(self):
        self.run_held()
        self.post("/api/v1/overrides", {"key": "gate.cooldown", "value": "20s", "for": "10m", **BY})
        for name, view in VIEWS.items():
            for shade in ("light", "dark"):
                with self.subTest(view=name, shade=shade):
                    page = self.open(view, dark=shade == "dark")
                    self.check_panels(page)
                    self.assertLessEqual(page.run("document.documentElement.scrollWidth"),
                                         view["width"], "the page is wider than its window")
                    self.shoot(page, f"{name}-{shade}")
                    page.shoot(SCREENSHOTS / f"{name}-{shade}-whole.png", whole=True)
                    page.close()

    def check_panels(self, page):
        page.until_text("#mode", "DEMO")
        page.until_text("#light-state", "active")
        page.until_text("#light-ready", "yes")
        page.until_text("#light-streams", "both up")
        page.until_text("#figure-age", "promised 1.90 s")
        page.until_text("#figure-budget", "of 2,400")
        page.until_text("#figure-plans", "1 allowed, 1 denied")
        page.until_text("#figure-orders", "1 filled")
        page.until_text("#positions", "SOLUSDT")
        page.until_text("#positions", "▼ short")
        row = page.run("[...document.querySelectorAll('#positions tr')]"
                       ".find(r => r.textContent.includes('ETHUSDT')).innerText")
        self.assertIn("0.8", row)
        self.assertIn("0.3", row)  # The drift.
        page.until_text("#plans", "no position")
        page.until_text("#plans", "first-open")
        page.until_text("#orders", "filled")
        page.until_text("#holds", "foreign fill")
        page.until_text("#overrides", "gate.cooldown")
        page.until_text("#overrides", "9 m")
        page.until_text("#tail", "plan_judged")
        self.check_map(page)
        for chart in ("age", "latency"):
            page.until(f"document.querySelector('#{chart}-chart canvas')?.width > 100")
        page.until_text("#age-legend", "1.90 s")
        page.until_text("#latency-legend", "ms")

    def check_map(self, page):
        symbols = self.status()["truth"]["symbols"]
        page.until(f"[...document.querySelectorAll('#map-legend li')].slice(0, 6)"
                   f".reduce((n, e) => n + Number(e.querySelector('b').textContent), 0) === {symbols}")
        page.until_text(".key.age-held", "1")
        page.until_text(".key.age-open", "3")
        painted = page.run(
            "(() => { const c = document.querySelector('#map'); const d = c.getContext('2d')"
            ".getImageData(0, 0, c.width, c.height).data; let n = 0;"
            "for (let i = 3; i < d.length; i += 4) n += d[i] > 0; return n / (d.length / 4); })()")
        self.assertGreater(painted, 0.5)

    def test_a_plan_is_explained_with_what_was_seen_why_and_what_helps(self):
        self.run_held()
        for name, view in VIEWS.items():
            with self.subTest(view=name):
                page = self.open(view)
                self.explain(page, "first-exit")
                page.until_text("dialog", "Verdict: deny")
                page.until_text("dialog", "no position")
                page.until_text("dialog tr.words", "There is nothing to reduce: the position is flat.")
                page.until_text("dialog tr.words", "Cure: None needed")
                page.click("dialog summary")
                page.until_text("dialog", "version")
                self.assertLessEqual(page.run("document.documentElement.scrollWidth"), view["width"])
                self.shoot(page, f"{name}-explain")
                page.press("Escape", number=27)
                self.until_closed(page)
                self.assertEqual(page.run("document.activeElement.textContent"), "first-exit")
                self.explain(page, "first-open")
                for part in ("intended", "filled", "fee", "done", "record"):
                    page.until_text("dialog", part)
                self.assertEqual(page.run("document.querySelectorAll('dialog tr.words').length"), 0)
                page.close()

    @staticmethod
    def explain(page, plan):
        page.fill("#plan-filter", plan)
        page.until("document.querySelectorAll('#plans tbody tr').length === 1"
                   f" && document.querySelector('#plans tbody').textContent.includes('{plan}')")
        page.click("#plans button.link")

    def test_verdicts_of_the_last_minute_are_counted_and_timed_by_lane(self):
        self.run_ready(symbols=20)
        page = self.open()
        page.until_text("#figure-entry", "no plan was judged")
        self.post("/api/v1/plans?wait=20s", an_open("one"))
        self.post("/api/v1/plans?wait=20s", a_reduce("two", "DOGEUSDT"))
        page.until_text("#figure-entry", "1 allowed")
        page.until_text("#figure-exit", "1 denied")
        for lane in ("entry", "exit"):
            self.assertRegex(page.text(f"#figure-{lane} .value"), r"^[0-9.]+ m?s$")

    def test_a_plan_and_its_order_appear_without_a_reload(self):
        self.run_ready(symbols=20)
        page = self.open()
        page.until_text("#plans", "No plan was taken in")
        page.click("#tab-events")
        self.post("/api/v1/plans?wait=5s", an_open("while-you-look"))
        page.until_text("#plans", "while-you-look")
        page.until_text("#orders", "filled")
        page.until_text("#positions", "BTCUSDT")
        page.until_text("#tail", "plan judged")
        self.assertEqual(page.run("document.querySelector('#tab-events').ariaSelected"), "true")

    def test_texts_of_the_api_are_never_markup(self):
        self.run_ready(symbols=20)
        self.post("/api/v1/state", {"state": "halted", "author": MARKUP, "reason": MARKUP})
        self.post("/api/v1/overrides", {"key": "gate.cooldown", "value": "20s", "for": "10m",
                                        "author": "alice", "reason": MARKUP})
        page = self.open()
        page.until_text("#overrides", MARKUP)
        page.until_text("#alerts", MARKUP)
        page.click("#do-state")
        page.until_text("dialog", MARKUP)
        self.assertEqual(page.run("document.querySelectorAll('img:not(.brand img), p b b').length"), 0)

    def test_what_stands_still_and_why_nothing_is_allowed_is_said_with_its_cure(self):
        self.run_ready(symbols=20, extra='[watchdog]\nnamed_after = "1s"\n')
        pages = {name: self.open(view) for name, view in VIEWS.items()}
        self.venue("POST", "/sim/fault", {"effect": "status", "path": "/fapi/v3/positionRisk",
                                          "status": 500, "body": "{}", "count": 1000})
        for name, page in pages.items():
            with self.subTest(view=name):
                page.call("Page.bringToFront")  # One that is not seen draws nothing.
                page.until_text("#light-ready", "no:")
                page.until_text("#alerts", "Not ready")
                page.until_text("#alerts", "Cure:")
                page.until("document.querySelector('#figure-age').classList.contains('bad')")
                page.until("Number(document.querySelector('.key.age-4 b').textContent) > 0")
                self.assertLessEqual(page.run("document.documentElement.scrollWidth"),
                                     VIEWS[name]["width"])
                self.shoot(page, f"{name}-stalled")

    def test_the_layout_stands_while_numbers_change(self):
        self.run_held()
        for name, view in VIEWS.items():
            with self.subTest(view=name):
                page = self.open(view)
                page.until_text("#age-since", "since")
                page.until_text("#holds", "foreign fill")
                page.until_text("#limits", "open positions")
                self.watch_layout(page)
                before = page.text("#clock")
                page.until(f"document.querySelector('#clock').innerText !== '{before}'")
                # As many polls as show every figure several times.
                shown = "new Promise(d => setTimeout(() => d(globalThis.moved), 6000))"
                self.assertLess(page.run(shown), 0.001)
                page.run("document.querySelector('#main').prepend("
                         "Object.assign(document.createElement('p'), {textContent: 'planted'}))")
                page.until("globalThis.moved > 0.001")
                page.close()

    @staticmethod
    def watch_layout(page):
        page.run("""(() => {
          globalThis.moved = 0;
          new PerformanceObserver((list) => {
            for (const e of list.getEntries()) globalThis.moved += e.value;
          }).observe({ type: 'layout-shift' });
        })()""")

    def test_charts_keep_fifteen_minutes_show_gaps_and_say_since_when_they_know(self):
        self.run_ready(symbols=20)
        page = self.open()
        self.assertRegex(page.until("document.querySelector('#age-since').innerText"),
                         r"^since \d\d:\d\d:\d\d UTC$")
        self.assertEqual(page.text("#age-since"), page.text("#latency-since"))
        kept = page.run("""(async () => {
          const { History } = await import('/assets/charts.js');
          const h = new History(2);
          h.add(1000, [1, 2]);
          h.add(1001, [3, 4]);
          h.add(1001, [9, 9]);
          h.add(1000.5, [9, 9]);
          const young = h.since();
          h.add(1010, [5, 6]);
          const gap = h.columns.map((c) => [...c]);
          for (let at = 1011; at <= 1910; ++at) h.add(at, [at, at]);
          return { young, gap, since: h.since(), first: h.columns[0][0], lengths: h.columns.map((c) => c.length) };
        })()""")
        self.assertEqual(kept["young"], 1000)
        self.assertEqual(kept["gap"], [[1000, 1001, 1002, 1010], [1, 3, None, 5], [2, 4, None, 6]])
        self.assertIsNone(kept["since"])
        self.assertEqual(kept["first"], 1010)
        self.assertEqual(kept["lengths"], [901] * 3)

    def test_a_lost_connection_is_said_with_the_age_and_events_go_on_where_they_stopped(self):
        port = free_port()
        self.run_ready(symbols=20, port=port)
        page = self.open()
        page.click("#tab-events")
        self.post("/api/v1/plans?wait=5s", an_open("before-it"))
        page.until_text("#tail", "before-it")
        seen = page.run("document.querySelectorAll('#tail .line').length")
        self.sluice.end()
        page.until_text("#lost", "Connection lost. What is shown is")
        page.until_text("#lost", "s old")
        self.assertEqual(page.run("getComputedStyle(document.querySelector('#light-state dd'), '::before').content"),
                         '"was "')
        self.shoot(page, "lost")
        self.sluice = self.start(self.directory / "sluice.toml")
        self.sluice.wait_url()
        self.until_ready()
        self.post("/api/v1/plans?wait=5s", a_reduce("after-it"))
        page.until("document.querySelector('#lost').hidden")
        page.until_text("#live", "Live")
        page.until_text("#tail", "after-it")
        numbers = page.run("[...document.querySelectorAll('#tail .line b')].map(e => Number(e.textContent))")
        self.assertGreater(len(numbers), seen)
        self.assertEqual(numbers, list(range(numbers[0], numbers[-1] + 1)), "events are missing")
        # The refused connections of the time between are the browser's to tell.
        page.complaints = [c for c in page.complaints if "ERR_" not in c]

    def test_a_hidden_page_reads_no_streams_and_goes_on_when_it_is_seen(self):
        self.run_ready(symbols=20)
        page = self.open()
        page.click("#tab-events")
        self.post("/api/v1/plans?wait=20s", an_open("seen"))
        page.until_text("#tail", "seen")
        self.until("both streams", lambda: self.readers() == 2)
        self.hide(page, "true")
        self.until("no stream", lambda: self.readers() == 0)
        self.post("/api/v1/plans?wait=20s", a_reduce("unseen"))
        self.assertNotIn("unseen", page.text("#tail"))
        self.hide(page, "false")
        page.until_text("#tail", "unseen")
        numbers = page.run("[...document.querySelectorAll('#tail .line b')].map(e => Number(e.textContent))")
        self.assertEqual(numbers, list(range(numbers[0], numbers[-1] + 1)), "events are missing")

    def readers(self):
        return int(re.search(r"^sluice_event_readers (\d+)", self.get("/metrics").text, re.M).group(1))

    @staticmethod
    def hide(page, hidden):
        page.run(f"Object.defineProperty(document, 'hidden', {{get: () => {hidden}, configurable: true}})")
        page.run("document.dispatchEvent(new Event('visibilitychange'))")

    def test_a_planted_breach_of_the_policy_is_heard(self):
        """So that a silent run of the others means something."""
        self.run_ready(symbols=20)
        page = self.open()
        page.run("document.body.setAttribute('style', 'color: red')")
        self.until("the complaint", lambda: page.complaints)
        self.assertIn("Content Security Policy", page.complaints[0])
        page.complaints = []

    # ---- by hand

    def test_the_map_and_the_dialogs_are_used_by_keyboard(self):
        self.run_held()
        page = self.open()
        page.until_text("#map-readout", "570 symbols")
        page.press("Tab", number=9)
        self.assertEqual(page.run("document.activeElement.className"), "skip")
        focused = set()
        for _ in range(5):
            page.press("Tab", number=9)
            focused.add(page.run("document.activeElement.id"))
        self.assertLessEqual({"do-state", "do-flatten", "map"}, focused)
        page.until("(document.querySelector('#map').focus({focusVisible: true}), true)")
        names = [row[0] for row in self.get("/api/v1/ages").json()["rows"]]
        page.press("Home", number=36)
        page.until_text("#map-readout", names[0] + " · ")
        for _ in range(names.index("ETHUSDT")):
            page.press("ArrowRight", number=39)
        page.until_text("#map-readout", "ETHUSDT · open")
        page.until_text("#map-readout", "held")  # The holds may come with the next look.
        page.press("End", number=35)
        page.until_text("#map-readout", names[-1] + " · ")
        self.assertIn(names[-1], page.run("document.querySelector('#map-said').textContent"))
        page.until("(document.querySelector('#do-state').focus(), true)")
        page.press("Enter", number=13, text="\r")
        page.until("document.querySelector('dialog[open]') !== null")
        page.press("Escape", number=27)
        self.until_closed(page)
        self.assertEqual(page.run("document.activeElement.id"), "do-state")

    def test_ten_thousand_cells_are_drawn_within_a_frame_or_three(self):
        self.run_ready(symbols=20)
        page = self.open()
        took = page.run("""(async () => {
          const { AgeMap } = await import('/assets/age_map.js');
          const map = new AgeMap();
          const rows = Array.from({length: 10000}, (_, i) =>
            [`S${i}USDT`, 'both', i % 9 ? 'flat' : 'open', i % 2500, true]);
          const times = [];
          for (let i = 0; i < 10; ++i) {
            const start = performance.now();
            map.update({rows, bound_ms: 1900});
            times.push(performance.now() - start);
          }
          return Math.min(...times);
        })()""")
        self.assertLess(took, 50)

    def test_the_log_is_filtered_by_level(self):
        self.run_ready(symbols=20)
        page = self.open()
        page.until_text("#tail", "INFO")
        page.choose("#log-level", "warn")
        page.until_text("#tail", "not_ready")
        page.until("!document.querySelector('#tail').innerText.includes('INFO')")


if __name__ == "__main__":
    unittest.main()
