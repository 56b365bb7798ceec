"""Lets the binary trade for hours at ten times its usual load, with faults and restarts; a line a sample.

Exit code 0: nothing grew, nothing came too late, books and venue agree. 1: what does not hold is named
with its sample. Samples are kept in build/soak/<time>/samples.json, the rest of the folder only after a
failure or with --keep.
"""

import argparse
import json
import os
import pathlib
import platform
import shutil
import signal
import sys
import time
from collections import Counter

import faults
import judging
from load import PRODUCERS, Producer, Readers
from world import ROOT, World

SETTLE_S = 25  # Longer than any plan of the load lives.


def say(text=""):
    print(text, flush=True)


class Soak:
    def __init__(self, options, directory):
        self.options, self.directory = options, directory
        self.world = World()
        self.samples, self.end, self.restarts = [], {}, []
        self.faults = Counter()
        self.seconds = options.hours * 3600 if options.hours else options.minutes * 60
        self.producers, self.readers = [], None

    def second(self):
        return time.monotonic() - self.began

    # ---- the run

    def begin(self):
        w, o = self.world, self.options
        w.begin(self.directory, o.symbols, o.seed)
        took = w.go()
        say(f"ready after {took:.1f} s at http://127.0.0.1:{w.port}/, files in {self.directory}")
        symbols = w.tradable()
        self.began = time.monotonic()
        self.readers = Readers(w.port, o.readers)
        self.producers = [Producer(w.port, i, o.rate / PRODUCERS, symbols, o.seed) for i in range(PRODUCERS)]
        for each in self.producers:
            each.start()
            each.working.set()

    def happenings(self):
        """What is to be done when, in order; samples come last where times are equal."""
        o = self.options
        out = [(s, 0, name) for s, name in faults.schedule(o.seed, self.seconds)]
        out += [(s, 1, name) for s, name in faults.restarts(self.seconds)] if o.restarts else []
        out += [((n + 1) * o.every, 2, None) for n in range(int(self.seconds / o.every))]
        return sorted(out, key=lambda each: each[:2])

    def run(self):
        """False as soon as something does not hold."""
        for second, kind, name in self.happenings():
            time.sleep(max(0, second - self.second()))
            if self.world.sluice.process.poll() is not None:
                kind = 2
            (self.provoke, self.restart, self.sample)[kind](name)
            if kind == 2 and judging.so_far(self.samples):
                return False
        return True

    def provoke(self, name):
        """The faults before it are over then."""
        self.faults[name] += 1
        self.clear()
        for fault in faults.KINDS[name]:
            self.venue("POST", faults.path_of(name), fault)

    def clear(self):
        self.venue("POST", "/sim/faults/clear")

    def venue(self, method, path, body=None):
        """The venue may refuse connections, since it was told to."""
        end = time.monotonic() + 20
        while True:
            try:
                return self.world.venue(method, path, body)
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)

    def restart(self, name):
        code = self.world.stop(name)
        self.clear()
        took = self.world.go()
        for p in self.producers:  # Who ends may give up what is asked just then; it is counted all the same.
            p.take_broken()
        self.restarts.append({"at_s": round(self.second(), 1), "signal": name, "code": code,
                              "ready_after_s": round(took, 2)})
        say(f"{self.second():7.0f} s  restart by {name}: exit code {code}, ready after {took:.1f} s")

    def sample(self, _=None):
        waited_for = [plan for p in self.producers for plan in p.take_acknowledged()]
        broken = [text for p in self.producers for text in p.take_broken()]
        s = {"number": len(self.samples) + 1, "at_s": round(self.second(), 1), "broken_replies": broken,
             **self.world.sample(waited_for)}
        self.samples.append(s)
        if "ended" in s:
            return say(f"{s['at_s']:7.0f} s  ended with {s['ended']}")
        say(f"{s['at_s']:7.0f} s  rss {s['rss_mib']:.1f} MiB  fds {s['descriptors']}  threads {s['threads']}  "
            f"plans {s['plans']} ({s['bytes_per_plan']} bytes each, {s['allowed']} allowed)  mailbox {s['mailbox']}"
            f" {s['deepest']}  oldest {s['oldest_ms']} ms  {'ready' if s['ready'] else ' '.join(s['not_ready'])}")

    # ---- its end

    def finish(self):
        """Faults end, the load goes on until it is ready again; then all plans end, and books
        are compared while nothing may trade."""
        self.clear()
        ready, missing = self.world.ready_after(judging.READY_AGAIN_MAX_S)
        self.end = {"ready_after_s": ready, "not_ready": missing}
        for p in self.producers:
            p.over = True
        for p in self.producers:
            p.join()
        time.sleep(SETTLE_S if self.seconds > 60 else SETTLE_S / 4)
        self.sample()
        self.world.halt()
        self.end["differ"] = self.world.differences()
        self.readers.over = True
        self.end["exit_code"] = self.world.stop("SIGTERM")
        self.end["differ"] += self.world.state_faults()

    def statuses(self):
        return sum((p.statuses for p in self.producers), Counter())

    def summary(self, found):
        lived = [s for s in self.samples if "rss_mib" in s]
        say(f"\n{self.second() / 60:.1f} min, {len(self.samples)} samples, "
            f"{sum(self.faults.values())} faults of {len(self.faults)} kinds, {len(self.restarts)} restarts")
        say("replies: " + ", ".join(f"{code} x {n}" for code, n in sorted(self.statuses().items(), key=str)))
        if lived:
            last = lived[-1]
            say(f"plans {last['plans']}, {last['bytes_per_plan']} bytes each; deepest mailbox "
                f"{max(s['mailbox'] for s in lived)}; oldest truth {max(s['oldest_ms'] or 0 for s in lived)} ms; "
                f"not ready in {sum(not s['ready'] for s in lived)} samples")
        for bound in judging.BOUNDS:
            g = judging.growth(self.samples, bound.key)
            say(f"{bound.key}: " + (f"{g.level:.1f}{bound.unit}, {g.per_hour:+.2f}{bound.unit} an hour (±"
                                    f"{g.error / g.fitted_s * 3600:.2f}) over {g.fitted_s / 60:.0f} min"
                                    if g else "too short to tell whether it grows"))
        say("\n".join(f"BROKEN: {text}" for text in found) or "all of it holds")

    def write(self, found):
        path = self.directory / "samples.json"
        path.write_text(json.dumps({
            "seed": self.options.seed, "rate": self.options.rate, "symbols": self.options.symbols,
            "seconds": self.seconds, "binary": os.environ["SLUICE"], "machine": platform.platform(),
            "cores": os.cpu_count(), "faults": self.faults, "restarts": self.restarts, "end": self.end,
            "statuses": {str(code): n for code, n in self.statuses().items()},
            "broken": found, "samples": self.samples}, indent=1))
        return path


def read():
    o = argparse.ArgumentParser(prog="scripts/soak", description=__doc__.split("\n")[0])
    length = o.add_mutually_exclusive_group(required=True)
    length.add_argument("--hours", type=float)
    length.add_argument("--minutes", type=float)
    o.add_argument("--rate", type=float, default=20, help="requests a second (default: %(default)s)")
    o.add_argument("--symbols", type=int, default=566, help="of the venue (default: %(default)s)")
    o.add_argument("--every", type=float, default=60, help="seconds between samples (default: %(default)s)")
    o.add_argument("--readers", type=int, default=50, help="of the events (default: %(default)s)")
    o.add_argument("--seed", type=int, default=1, help="of faults and load (default: %(default)s)")
    o.add_argument("--no-restarts", dest="restarts", action="store_false", help="one life only")
    o.add_argument("--keep", action="store_true", help="journal and logs too")
    o.add_argument("--out", type=pathlib.Path, help="folder (default: build/soak/<time>)")
    return o.parse_args()


def tidy(directory):
    for each in directory.iterdir():
        if each.name != "samples.json":
            shutil.rmtree(each) if each.is_dir() else each.unlink()


def main():
    options = read()
    directory = (options.out or ROOT / "build" / "soak" / time.strftime("%Y%m%dT%H%M%S")).resolve()
    directory.mkdir(parents=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
    soak = Soak(options, directory)
    found = ["it was ended before its time"]
    try:
        soak.begin()
        if soak.run():
            soak.finish()
        found = judging.violations(soak.samples, soak.end or {"ready_after_s": 0})
    except KeyboardInterrupt:
        pass
    except (AssertionError, OSError) as error:
        found = [f"{error} (after {judging.at(soak.samples[-1]) if soak.samples else 'no sample'})"]
    finally:
        soak.world.end_all()
    soak.summary(found)
    say(f"samples in {soak.write(found)}")
    if not found and not options.keep:
        tidy(directory)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
