"""Runs config/incident.toml and the same file without its causes side by side, sends both the same
plans, and shows what becomes of them.

Exits with 0 when everything was seen that is listed at the end, 1 when not, 130 after Ctrl-C."""

import argparse
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import time

import claims
import screen
import setups
import side

PLAIN_EVERY_S = 5
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Terminal:
    """Draws frames over each other on a terminal of its own page, or plain lines one by one."""

    def __init__(self):
        self.draws = (sys.stdout.isatty() and not os.environ.get("NO_COLOR")
                      and os.environ.get("TERM", "dumb") != "dumb"
                      and (sys.stdout.encoding or "").lower().startswith("utf"))
        self.last = []

    def __enter__(self):
        if self.draws:
            sys.stdout.write("\x1b[?1049h\x1b[?25l")
        return self

    def show(self, sides, second, pace):
        if not self.draws:
            print(screen.plain(sides, second), flush=True)
            return
        size = shutil.get_terminal_size((100, 40))
        self.last = screen.frame(sides, second, pace, size)
        sys.stdout.write("\x1b[H" + "\x1b[K\r\n".join(self.last[:size.lines]) + "\x1b[K\x1b[J")
        sys.stdout.flush()

    def __exit__(self, *_):
        if self.draws:
            sys.stdout.write("\x1b[?25h\x1b[?1049l" + "\n".join(self.last) + "\n")
            sys.stdout.flush()


def watch(sides, pace, factor):
    """Shows both until the time is over."""
    for each in sides:
        each.wait_address()
    for each in sides:
        each.wait_known()
    began = time.monotonic()
    opening = side.Opening()
    for each in sides:
        each.begin(began, pace, opening)
    with Terminal() as terminal:
        every = 1 / factor if terminal.draws else PLAIN_EVERY_S / factor
        next_shown = every
        while (second := time.monotonic() - began) < pace.run:
            time.sleep(pace.look_every)
            trouble = next((each.trouble for each in sides if each.trouble), None)
            if trouble:
                raise trouble
            if not opening.at and second >= pace.plans_from and sides[0].positions_too_old():
                opening.at = time.monotonic()
            if second >= next_shown:
                terminal.show(sides, second, pace)
                next_shown += every
        terminal.show(sides, pace.run, pace)
    for each in sides:
        each.finish()


def ignore_endings():
    """From here on nothing keeps the processes alive, a second Ctrl-C neither."""
    for each in ENDING:
        signal.signal(each, signal.SIG_IGN)


def ended_early(*_):
    ignore_endings()
    raise KeyboardInterrupt


def run(binary, factor):
    text = setups.faster(setups.FILE.read_text(), factor)
    sides = [side.Side("as it was", "AS IT WAS", ", ".join(setups.causes(text)), text),
             side.Side("cured", "CURED", "the same file without these lines: the defaults",
                       setups.cured(text))]
    directory = pathlib.Path(tempfile.mkdtemp(prefix="sluice-incident-"))
    try:
        for place, each in enumerate(sides):
            each.start(binary, directory / str(place))
        watch(sides, side.pace(factor), factor)
        return 0 if claims.summary(sides) else 1
    except KeyboardInterrupt:
        print("ended before its time")
        return 130
    except side.NotRunning as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        ignore_endings()
        for each in sides:
            each.tell_to_end()
        for each in sides:
            each.wait_end()
        shutil.rmtree(directory, ignore_errors=True)


def main():
    options = argparse.ArgumentParser(prog="scripts/demo incident", description=__doc__)
    options.add_argument("--faster", type=int, default=1, choices=range(1, 11), metavar="1..10",
                         help="divide all times: latency, bound, and how long it runs")
    for each in ENDING:
        signal.signal(each, ended_early)
    binary = pathlib.Path(os.environ.get("SLUICE", "build/release/sluice")).resolve()
    return run(binary, options.parse_args().faster)


if __name__ == "__main__":
    sys.exit(main())
