"""A test case with a browser: opens the dashboard, fills its forms, keeps pictures, hears complaints.

The browser's own complaints (script errors, refused by the content security policy) fail a test.
"""

import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "end_to_end"))

import chromium
from harness import SluiceTestCase, a_reduce, an_open, free_port

SCREENSHOTS = pathlib.Path(os.environ.get("SCREENSHOTS", "screenshots"))
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 740, "scale": 2, "touch": True}
VIEWS = {"desktop": DESKTOP, "phone": PHONE}
HOLDING = '[reconcile]\nforeign = "hold"\n'
BY = {"author": "alice", "reason": "drill"}


class MarkedTestCase(SluiceTestCase):
    """A process that is ready has marks, too, so that its first entry is not refused for want of one."""

    def run_ready(self, **options):
        super().run_ready(**options)
        self.until("a mark", lambda: (self.position("BTCUSDT") or {}).get("mark"))


class BrowserTestCase(MarkedTestCase):
    def setUp(self):
        if not chromium.find():
            self.skipTest("chromium is missing: scripts/setup --dev installs it")
        super().setUp()
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.browser = chromium.Chromium()
        self.addCleanup(self.browser.end)

    def open(self, view=None, **more):
        page = self.browser.page(self.sluice.url + "/", **(view or DESKTOP), **more)
        page.until("document.body.classList.contains('ready')")
        page.until_text("#live", "Live")
        self.addCleanup(lambda: self.assertEqual(page.complaints, []))
        return page

    def shoot(self, page, name):
        page.run("scrollTo(0, 0)")
        page.shoot(SCREENSHOTS / f"{name}.png")

    def submit(self, page, author="alice", reason="drill", **values):
        for name, value in {**values, "author": author, "reason": reason}.items():
            page.fill(f"dialog [name={name}]", value)
        page.click("dialog button[type=submit]")

    def until_closed(self, page):
        page.until("!document.querySelector('dialog')")

    def run_held(self):
        """One position that is held, one that is not, and plans of both verdicts."""
        self.run_ready(positions='"ETHUSDT=0.500","SOLUSDT=-5"', extra=HOLDING, port=free_port())
        # What is there before the books are opened is taken as it is.
        self.until("booked", lambda: self.position("ETHUSDT")["ledger"] == "0.5")
        self.venue("POST", "/sim/trade", {"symbol": "ETHUSDT", "side": "BUY", "quantity": "0.3"})
        self.until("a hold", lambda: self.get("/api/v1/holds").json()["holds"])
        for plan, verdict in ((an_open("first-open"), "allow"), (a_reduce("first-exit", "DOGEUSDT"), "deny")):
            judged = self.post("/api/v1/plans?wait=20s", plan).json()["judged"]
            self.assertEqual(judged["verdict"]["kind"], verdict, judged)
