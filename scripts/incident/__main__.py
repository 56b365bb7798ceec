"""Runs config/incident.toml and the same file without its causes side by side, sends both the same
plans, and shows what becomes of them.

The exit code is 0 when everything was seen that is said at the end, 1 when not, 130 after Ctrl-C."""

import argparse
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import time

import screen
import setups
import side

PLAIN_EVERY_S = 5
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def claims(was, now):
    """What this is run to show, each with whether it was seen."""
    ill, well = was.seen, now.seen
    promise = ill.status["truth"]["promise"]
    bound_ms = promise["bound_ms"]
    stale, exits = ill.count("exit", "deny", "stale_exchange_state"), ill.total("exit")
    ages = (f", {screen.seconds(min(ill.stale_ms))} to {screen.seconds(max(ill.stale_ms))} old"
            if ill.stale_ms else "")
    named = ill.named.get("slow_rounds")
    told = any(each["reason"] == "bound_cannot_be_kept" for each in ill.status["not_ready"])
    return [
        (f"{was.name}: the oldest truth grew to {screen.seconds(ill.oldest_ms)}, ten times the "
         f"{screen.whole(bound_ms)} promised or more", ill.oldest_ms >= 10 * bound_ms),
        (f"{was.name}: {stale} of {exits} exits denied stale_exchange_state{ages}",
         0 < exits == stale),
        (f"{was.name}: slow_rounds named within a minute" +
         (f", after {named:.0f} s" if named else ""), named is not None and named <= 60),
        (f"{was.name}: not ready, because its reads keep "
         f"{screen.seconds(promise['kept_ms'])} and not {screen.whole(bound_ms)}", told),
        (f"{now.name}: the oldest truth stayed within the promise, "
         f"{screen.seconds(well.oldest_ms)} at most", 0 < well.oldest_ms <= bound_ms),
        (f"{now.name}: {well.count('exit', 'allow')} of {well.total('exit')} exits allowed",
         0 < well.total("exit") == well.count("exit", "allow")),
        (f"{now.name}: nothing named as standing still" +
         (f" but {', '.join(well.named)}" if well.named else ""), not well.named),
    ]


def summary(sides):
    """Prints what was to be seen with what was measured; returns whether all of it was seen."""
    seen = claims(*sides)
    print("\nWhat was to be seen, and whether it was:")
    for text, holds in seen:
        print(f"  {'yes' if holds else 'NO '}  {text}")
    for each in sides:
        allowed, total = each.seen.count("entry", "allow"), each.seen.total("entry")
        print(f"       {each.name}: {allowed} of {total} entries allowed; at most "
              f"{each.seen.weight:,} request weight in a minute")
    return all(holds for _, holds in seen)


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
        while (second := time.monotonic() - began) < pace.run + pace.look_every:
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
        return 0 if summary(sides) else 1
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
