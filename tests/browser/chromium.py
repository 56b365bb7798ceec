"""Drives the system's headless Chromium by its DevTools protocol over a pipe; needs no package."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time

LIMIT_S = 60


def find():
    """The browser's path, or None."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path:
            return path
    return None


class Chromium:
    """A running browser; its commands and answers are JSON, each ended by a zero byte."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="sluice-chromium-")
        to_browser, self.writing = os.pipe()
        self.reading, from_browser = os.pipe()

        def hand_over():
            # By way of high numbers, so that neither pipe overwrites the other.
            inputs, outputs = os.dup2(to_browser, 98), os.dup2(from_browser, 99)
            os.dup2(inputs, 3)
            os.dup2(outputs, 4)

        self.process = subprocess.Popen(
            [find(), "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions",
             "--disable-background-networking", "--disable-component-update",
             f"--user-data-dir={self.folder}", "--remote-debugging-pipe"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=(3, 4),
            preexec_fn=hand_over)
        os.close(to_browser)
        os.close(from_browser)
        self.number = 0
        self.answers = {}
        self.listeners = {}
        self.arrived = threading.Condition()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        rest = b""
        while block := os.read(self.reading, 1 << 16):
            *whole, rest = (rest + block).split(b"\0")
            for text in whole:
                self.take(json.loads(text))
        with self.arrived:
            self.answers = None
            self.arrived.notify_all()

    def take(self, message):
        if "id" not in message:
            listener = self.listeners.get(message.get("sessionId"))
            if listener:
                listener(message["method"], message["params"])
            return
        with self.arrived:
            self.answers[message["id"]] = message
            self.arrived.notify_all()

    def post(self, method, session=None, **params):
        """Sends a command and returns its number, without waiting."""
        with self.arrived:
            self.number += 1
            number = self.number
        command = {"id": number, "method": method, "params": params}
        if session:
            command["sessionId"] = session
        os.write(self.writing, json.dumps(command).encode() + b"\0")
        return number

    def call(self, method, session=None, **params):
        number = self.post(method, session, **params)
        with self.arrived:
            if not self.arrived.wait_for(
                    lambda: self.answers is None or number in self.answers, LIMIT_S):
                raise TimeoutError(method)
            if self.answers is None:
                raise ConnectionError("the browser ended")
            answer = self.answers.pop(number)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def page(self, url, **view):
        return Page(self, url, **view)

    def end(self):
        self.process.terminate()
        self.process.wait(LIMIT_S)
        os.close(self.writing)
        shutil.rmtree(self.folder, ignore_errors=True)


class Page:
    """One tab; what its console complains of is kept in `complaints`."""

    def __init__(self, browser, url, width=1440, height=900, dark=False, scale=1, touch=False):
        self.browser = browser
        self.complaints = []
        self.target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=self.target,
                                    flatten=True)["sessionId"]
        browser.listeners[self.session] = self.hear
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=scale, mobile=touch)
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.call("Page.navigate", url=url)

    def call(self, method, **params):
        return self.browser.call(method, self.session, **params)

    def hear(self, method, params):
        if method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description", details["text"]))
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning"):
            self.complaints.append(" ".join(str(a.get("value", "")) for a in params["args"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            entry = params["entry"]
            self.complaints.append(f"{entry['text']} {entry.get('url', '')}")

    # ---- looking and acting

    def run(self, script):
        """The value of an expression; promises are awaited."""
        result = self.call("Runtime.evaluate", expression=script, awaitPromise=True,
                           returnByValue=True)
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise RuntimeError(details.get("exception", {}).get("description", details["text"]))
        return result["result"].get("value")

    def until(self, script, limit_s=LIMIT_S):
        """Waits until the expression is true, and returns its value."""
        end = time.monotonic() + limit_s
        while True:
            try:
                value = self.run(script)
            except RuntimeError as failed:  # While the page loads.
                value, why = None, failed
            else:
                why = value
            if value:
                return value
            if time.monotonic() > end:
                raise AssertionError(f"not within {limit_s} s: {script} ({why})")
            time.sleep(0.05)

    def text(self, selector):
        return self.run(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''")

    def until_text(self, selector, part):
        self.until(f"(document.querySelector({json.dumps(selector)})?.innerText ?? '')"
                   f".includes({json.dumps(part)})")

    def click(self, selector):
        """A real click in the element's middle."""
        at = self.until(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            "if (!e) return null; e.scrollIntoView({block: 'center'});"
            "const r = e.getBoundingClientRect();"
            "return r.width && !e.disabled ? [r.x + r.width / 2, r.y + r.height / 2] : null; })()")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=at[0], y=at[1], button="left",
                      clickCount=1)

    def press(self, key, code=None, number=0, text=None):
        more = {"text": text} if text else {}
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=code or key,
                      windowsVirtualKeyCode=number, **(more if kind == "keyDown" else {}))

    def fill(self, selector, text):
        self.run(f"document.querySelector({json.dumps(selector)}).select()")
        self.call("Input.insertText", text=text)

    def choose(self, selector, value):
        self.run(f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
                 f"e.value = {json.dumps(value)};"
                 "e.dispatchEvent(new Event('change', {bubbles: true})); })()")

    def shoot(self, path, whole=False):
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(shot["data"]))

    def close(self):
        self.browser.listeners.pop(self.session, None)
        self.browser.call("Target.closeTarget", targetId=self.target)
