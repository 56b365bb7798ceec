"""What can be ordered from the dashboard, in a real browser, at desktop and phone width."""

import shutil
import unittest

from browser_case import BY, DESKTOP, PHONE, VIEWS, BrowserTestCase


class ActionsTestCase(BrowserTestCase):
    def test_the_trading_state_is_changed_with_author_and_reason(self):
        self.run_ready(symbols=20)
        for name, view in VIEWS.items():
            with self.subTest(view=name):
                page = self.open(view)
                page.click("#do-state")
                page.click("dialog input[value=reduce_only]")
                page.click("dialog button[type=submit]")
                page.until_text("dialog [data-field=reason]", "is missing")
                self.shoot(page, f"{name}-state")
                self.submit(page, **{"for": "soon"})
                page.until_text("dialog [data-field=for]", "takes a duration")
                self.submit(page, **{"for": "30m"})
                self.until_closed(page)
                page.until_text("#light-state", "reduce only")
                state = self.get("/api/v1/state").json()
                self.assertEqual((state["author"], state["reason"]), ("alice", "drill"))
                self.post("/api/v1/state", {"state": "active", **BY})
                page.complaints = [c for c in page.complaints if "status of 400" not in c]
                page.close()

    def test_a_hold_is_released(self):
        self.run_held()
        for name, view, seen in (("desktop", DESKTOP, "ledger 0.5, truth 0.8"),
                                 ("phone", PHONE, "ledger 0.8, truth 1.1")):
            with self.subTest(view=name):
                page = self.open(view)
                page.click("#holds td.act button")
                page.until_text("dialog", seen)
                self.shoot(page, f"{name}-release")
                self.submit(page)
                self.until_closed(page)
                page.until_text("#holds", "Nothing is held")
                page.close()
                self.assertEqual(self.get("/api/v1/holds").json()["holds"], [])
                self.venue("POST", "/sim/trade", {"symbol": "ETHUSDT", "side": "BUY", "quantity": "0.3"})
                self.until("held again", lambda: self.get("/api/v1/holds").json()["holds"])

    def test_an_override_is_set_shown_and_ended(self):
        self.run_ready(symbols=20)
        for name, view in VIEWS.items():
            with self.subTest(view=name):
                page = self.open(view)
                page.click("#do-override")
                page.until_text("dialog [data-field=key]", "at most")
                page.choose("dialog [name=key]", "gate.cooldown")
                self.submit(page, value="9h")
                page.until("document.querySelector('dialog .wrong') !== null")
                self.shoot(page, f"{name}-override")
                self.submit(page, value="20s")
                self.until_closed(page)
                page.until_text("#overrides", "29 m")
                page.click("#overrides td.act button")
                page.until_text("dialog", "It is 20s")
                self.submit(page, reason="enough")
                self.until_closed(page)
                page.until_text("#overrides", "as the file has it")
                self.assertEqual(self.get("/api/v1/overrides").json()["overrides"], [])
                page.complaints = [c for c in page.complaints if "status of 400" not in c]
                page.close()

    def test_a_flatten_is_shown_then_confirmed_then_watched_until_it_is_done(self):
        self.run_ready(symbols=20, positions='"ETHUSDT=0.500","SOLUSDT=-5"')
        for name, view, symbol in (("desktop", DESKTOP, "ETHUSDT"), ("phone", PHONE, "SOLUSDT")):
            with self.subTest(view=name):
                page = self.open(view)
                page.until_text("#positions", symbol)
                page.click("#positions td.act button")
                page.until(f"document.querySelector('dialog [name=symbol]').value === '{symbol}'")
                self.submit(page)
                page.until_text("dialog", "This is what would be done")
                page.until_text("dialog", symbol)
                self.assertEqual(self.position(symbol)["truth"], "open")
                self.shoot(page, f"{name}-flatten")
                page.click("dialog button.danger")
                page.until_text("dialog", "ended: done")
                self.until("flat", lambda s=symbol: self.position(s)["truth"] == "flat")
                page.press("Escape", number=27)
                self.until_closed(page)
                page.close()

    def test_the_whole_account_is_flattened_from_the_page(self):
        for name, view in VIEWS.items():
            with self.subTest(view=name):
                self.run_ready(symbols=20, positions='"ETHUSDT=0.500","SOLUSDT=-5"')
                page = self.open(view)
                page.until_text("#positions", "SOLUSDT")
                page.click("#do-flatten")
                page.click("dialog input[value=all]")
                page.until("document.querySelector('dialog [name=symbol]').offsetParent === null")
                self.submit(page)
                page.until_text("dialog", "This is what would be done on the whole account")
                for symbol in ("ETHUSDT", "SOLUSDT"):
                    page.until_text("dialog", symbol)
                    self.assertEqual(self.position(symbol)["truth"], "open")
                self.shoot(page, f"{name}-flatten-all")
                page.click("dialog button.danger")
                page.until_text("dialog", "ended: done")
                self.until("flat", lambda: all(
                    self.position(s)["truth"] == "flat" for s in ("ETHUSDT", "SOLUSDT")))
                page.press("Escape", number=27)
                self.until_closed(page)
                # Nothing is opened there until somebody orders another state.
                page.until_text("#light-state", "reduce only")
                page.close()
                self.sluice.end()
                shutil.rmtree(self.directory / "state")

    def run_guarded(self):
        keys = ""
        for name in ("read", "write"):
            path = self.directory / f"{name}.token"
            path.write_text(f"{name}-sesame-000001\n")
            path.chmod(0o600)
            keys += f'{name}_token_file = "{path}"\n'
        self.sluice = self.start(self.demo_config(symbols=20, replace=[("[log]", keys + "[log]")]))
        self.sluice.wait_url()
        self.until_ready()

    def state(self):
        return self.get("/api/v1/state", {"Authorization": "Bearer read-sesame-000001"}).json()["state"]

    def test_tokens_are_asked_for_sent_and_kept_nowhere(self):
        self.run_guarded()
        page = self.browser.page(self.sluice.url + "/", **DESKTOP)
        for token in ("wrong", "read-sesame-000001"):
            # Asked for anew after a wrong one.
            page.until("document.querySelector('dialog #read-token')?.value === ''")
            page.fill("dialog [name=token]", token)
            page.click("dialog button[type=submit]")
        self.until_closed(page)
        page.until("document.body.classList.contains('ready')")
        page.until_text("#live", "Live")
        page.click("#do-state")
        page.click("dialog input[value=reduce_only]")
        self.submit(page)
        page.until_text("dialog .message", "wants a token for orders")
        page.fill("dialog [name=token]", "wrong")
        page.click("dialog button[type=submit]")
        page.until_text("dialog .message", "not accepted")
        self.assertEqual(self.state(), "active")
        # A slip of the hand there takes nothing from the page.
        looked = "import('/assets/api.js').then((m) => m.get('/api/v1/state')).then((s) => s.state, (e) => e.message)"
        self.assertEqual(page.run(looked), "active")
        page.fill("dialog [name=token]", "write-sesame-000001")
        page.click("dialog button[type=submit]")
        self.until_closed(page)
        self.until("changed", lambda: self.state() == "reduce_only")
        page.until_text("#light-state", "reduce only")
        self.assertNotIn("sesame", page.run(
            "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href])"))
        self.assertEqual([c for c in page.complaints if "status of 40" not in c], [])


if __name__ == "__main__":
    unittest.main()
