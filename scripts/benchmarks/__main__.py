"""Runs the benchmarks of bench/ one after the other and writes build/bench/table.md and results.json.

Exit code 1: a benchmark failed or told less than it should, or with --compare a figure got worse over its
floor than before. A goal that is missed is only shown: the machine may have been busy.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import re
import subprocess
import sys

import table
from figures import FIGURES, SCRIPTS

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / "build" / "release" / "bench"
LIMIT_S = 3600


def known():
    return list(dict.fromkeys(f.bench for f in FIGURES))


def read():
    o = argparse.ArgumentParser(prog="scripts/bench", description=__doc__.split("\n")[0])
    o.add_argument("names", nargs="*", metavar="NAME", help=f"which (default: all): {', '.join(known())}")
    o.add_argument("--build", action="store_true", help="build them first, in the release preset")
    o.add_argument("--compare", type=pathlib.Path, metavar="FILE", help="an earlier results.json")
    o.add_argument("--factor", type=float, default=2.0, help="worse by this is a failure (default: %(default)s)")
    o.add_argument("--results", type=pathlib.Path, metavar="FILE", help="run nothing, read this results.json")
    o.add_argument("--publish", action="store_true", help="put the table into the page of the project, too")
    o.add_argument("--page", type=pathlib.Path, default=ROOT / "docs" / "performance.md", help="which page that is")
    o.add_argument("--recorded", type=pathlib.Path, default=ROOT / "bench" / "recorded.json", metavar="FILE",
                   help="where --publish keeps the results that later runs are compared with")
    o.add_argument("--out", type=pathlib.Path, default=ROOT / "build" / "bench", help="folder of the two files")
    o.add_argument("--programs", type=pathlib.Path, default=PROGRAMS, help="folder of the programs")
    options = o.parse_args()
    strange = set(options.names) - set(known())
    if strange:
        o.error(f"there is no benchmark {', '.join(sorted(strange))}: {', '.join(known())}")
    return options


def build(names):
    targets = ["sluice" if n in SCRIPTS else f"bench_{n}" for n in names]
    subprocess.run(["cmake", "--preset", "release"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", "--preset", "release", "--target", *targets],
                   cwd=ROOT, check=True)


def git(*words):
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()


def cpu():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def kernel():
    """Its version alone: what else its name has tells of a machine, and nothing of figures."""
    return re.match(r"[\d.]*\d", platform.release()).group()


def about():
    return {"date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
            "revision": git("rev-parse", "--short=12", "HEAD") + ("+" if git("status", "--porcelain") else ""),
            "machine": f"{cpu()}, {platform.system()} {kernel()}", "cores": os.cpu_count(),
            "load_average": round(os.getloadavg()[0], 2)}


def command(programs, name):
    """A program of bench/, or one of its scripts, which start the release binary."""
    if name in SCRIPTS:
        return [sys.executable, "-B", ROOT / "bench" / f"{name}.py"], {**os.environ, "SLUICE": str(programs.parent / "sluice")}
    return [programs / name], None


def run(programs, name):
    """Its lines, and what went wrong."""
    print(f"{name} ...", file=sys.stderr, flush=True)
    try:
        words, environment = command(programs, name)
        done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=LIMIT_S,
                              check=False)
    except FileNotFoundError:
        return [], f"{name} is not built: scripts/bench --build"
    except subprocess.TimeoutExpired:
        return [], f"{name} did not end within {LIMIT_S} s"
    lines = table.lines_of(name, done.stdout)
    return lines, f"{name} ended with {done.returncode}: {done.stderr[-500:]}" if done.returncode else None


def measure(options):
    names = options.names or known()
    if options.build:
        build(names)
    results = {"about": about(), "lines": [], "failed": []}
    for name in names:
        lines, failed = run(options.programs, name)
        results["lines"] += lines
        results["failed"] += [failed] if failed else []
    return results


def publish(options, text, results, found, ran):
    """Puts a whole table into the page and keeps its results; why not, where it is not whole."""
    lacking = sorted(set(known()) - ran)
    if found or lacking:
        return [f"not published: {', '.join(lacking) or 'something failed'}"]
    options.page.write_text(table.published(options.page.read_text(), text))
    options.recorded.write_text(json.dumps(results, indent=1) + "\n")
    return []


def main():
    options = read()
    if options.publish:
        table.published(options.page.read_text(), "")  # A page without a place is told before hours of work.
    # Read before anything is written: it may be the file of the last run.
    before = json.loads(options.compare.read_text()) if options.compare else None
    results = json.loads(options.results.read_text()) if options.results else measure(options)
    now = table.rows(results["lines"])
    text = table.markdown(now, results["about"])
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "table.md").write_text(text)
    if not options.results:
        (options.out / "results.json").write_text(json.dumps(results, indent=1))
    print(text)
    found = results["failed"] + [f"not told: {each}" for each in table.missing(now)]
    if options.publish:
        found += publish(options, text, results, found, {r.figure.bench for r in now})
    if before:
        earlier = table.rows(before["lines"])
        found += table.worse(earlier, now, options.factor)
        print(f"{table.compared(earlier, now)} figures compared with {before['about']['revision']}")
    for each in found:
        print(each, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
