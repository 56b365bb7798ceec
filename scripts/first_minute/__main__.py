"""Runs config/demo.toml with the example strategy, lets its venue go away for a while, and tells what
happens, until Ctrl-C. With --for it ends by itself: 0 when everything was seen that is listed then,
1 when not."""

import argparse
import http.client
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse

import setups
from story import Story

START_LIMIT_S = 30
ASK_LIMIT_S = 10
END_LIMIT_S = 15
LOOK_EVERY_S = 0.5
PORT_TAKEN = 69
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class NotRunning(Exception):
    """A process did not start, or ended before it was told to."""


def ended_early(*_):
    for each in ENDING:  # From here on nothing keeps the processes alive, a second Ctrl-C neither.
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


def say(text=""):
    print(text, flush=True)


class Demo:
    def __init__(self, binary, directory):
        self.binary, self.directory = binary, directory
        self.processes = []
        self.url = None
        self.running = False

    def start(self, name, command):
        """Its output goes to a file. A session of its own: Ctrl-C reaches this script alone, which
        then ends both in order."""
        with open(self.directory / f"{name}.out", "wb") as log:
            try:
                process = subprocess.Popen(command, stdout=subprocess.PIPE if name == "sluice" else log,
                                           stderr=log, cwd=self.directory, start_new_session=True)
            except OSError as error:
                raise NotRunning(f"{name}: {error}") from error
        self.processes.append((name, process))
        return process

    def run_sluice(self, port):
        config = self.directory / "demo.toml"
        config.write_text(setups.placed(setups.CONFIG.read_text(), self.directory, port))
        self.began = time.monotonic()
        process = self.start("sluice", [self.binary, "run", config])
        readable, _, _ = select.select([process.stdout], [], [], START_LIMIT_S)
        self.url = process.stdout.readline().decode().strip() if readable else ""
        if not self.url.startswith("http://"):
            self.end()
            taken = "\n--port 0 takes any free port." if process.returncode == PORT_TAKEN else ""
            raise NotRunning(self.tail("sluice", "did not start") + taken)

    def tail(self, name, what):
        return f"{name} {what}\n{(self.directory / f'{name}.out').read_text(errors='replace')[-2000:]}"

    def check(self):
        for name, process in self.processes:
            if process.poll() is not None:
                raise NotRunning(self.tail(name, "ended"))

    def second(self):
        return time.monotonic() - self.began

    def ask(self, path):
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=ASK_LIMIT_S)
        try:
            connection.request("GET", path)
            return json.loads(connection.getresponse().read())
        except OSError as error:
            self.check()
            raise NotRunning(f"sluice does not answer: {error}") from error
        finally:
            connection.close()

    def why(self, plan_id):
        """An exit's rule and the numbers that it compared."""
        body = self.ask(f"/api/v1/plans/{urllib.parse.quote(plan_id, safe='')}")["plan"]["body"]
        return f"{body.get('reason', 'asked for')}: {body.get('numbers', '').split(';')[0]}".rstrip(": ")

    def end(self):
        """Strategy first; each is gone afterwards: by itself, or else killed."""
        for _, process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(END_LIMIT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def announce(demo):
    away, back = setups.outage_s()
    say(f"""
  {demo.url}/   is the dashboard: open it in a browser

  at once    prices of 566 symbols move; three positions are open, and the exit engine watches them
  from 12 s  examples/breakout.py opens positions over HTTP; stops and targets close them
  at {away:.0f} s    the venue goes away for {back - away:.0f} s: watch the banner say what stands still, and the cure
  at {back:.0f} s    it is back: truth within a second or two, the streams a little later

  In a second terminal:  export SLUICE_URL={demo.url}
                         {demo.binary} top     also: status, doctor, why, tail
  Files, logs and journal are in {demo.directory}
  Ctrl-C ends all of it.
""")


def watch(demo, seconds):
    """Tells until Ctrl-C, or for so many seconds."""
    story = Story(demo.why)
    try:
        while seconds is None or demo.second() < seconds:
            for told in story.take(demo.second(), demo.ask("/api/v1/status"),
                                   demo.ask("/api/v1/plans?limit=200")["plans"]):
                say(told)
            time.sleep(LOOK_EVERY_S)
            demo.check()
    except KeyboardInterrupt:
        say()
    say("\nWhat was to be seen, and whether it was:")
    for text, holds in story.seen():
        say(f"  {'yes' if holds else 'NO '}  {text}")
    return all(holds for _, holds in story.seen()) or seconds is None


def run(binary, options):
    kept = setups.ROOT / "var" / "demo"
    kept.mkdir(parents=True, exist_ok=True)
    # Anew each time: the venue forgets, and a journal of positions it does not have would be drift.
    demo = Demo(binary, pathlib.Path(tempfile.mkdtemp(prefix=time.strftime("%Y%m%dT%H%M%S-"), dir=kept)))
    try:
        demo.run_sluice(options.port)
        demo.running = True
        announce(demo)
        demo.start("strategy", setups.strategy(demo.url))
        return 0 if watch(demo, options.seconds) else 1
    except KeyboardInterrupt:
        return 130
    except NotRunning as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        for each in ENDING:
            signal.signal(each, signal.SIG_IGN)
        demo.end()
        if not demo.running:
            shutil.rmtree(demo.directory)


def main():
    options = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    options.add_argument("--port", type=int, default=8645, help="of the dashboard and API; 0 takes any")
    options.add_argument("--for", dest="seconds", type=float, metavar="SECONDS",
                         help="end after so many seconds, and say whether all was seen")
    for each in ENDING:
        signal.signal(each, ended_early)
    binary = pathlib.Path(os.environ.get("SLUICE", "build/release/sluice")).resolve()
    return run(binary, options.parse_args())


if __name__ == "__main__":
    sys.exit(main())
