"""How scripts/bench reads lines, finds figures and floors in them, and judges two runs: with made-up lines."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts" / "benchmarks"))

import table  # noqa: E402
from figures import FIGURES, SCRIPTS  # noqa: E402

ABOUT = {"date": "2026-11-26 12:00 UTC", "revision": "abc", "machine": "one", "cores": 2, "load_average": 0.1}
WIRE99, FLOOR99 = "plan to its order leaving, intent durable, p99", ("bare_fdatasync", "p99_us")


def journal(**changed):
    return {"bench": "journal", "durable_verdicts_per_s": 61500, "bare_fdatasync": {"p50_us": 200, "p99_us": 900},
            "wake_floor": {"p99_us": 800}, "durable_intent": {"p99_us": 700},
            "plan_to_wire": {"p50_us": 1000, "p99_us": 4500}, "start": {"ms": 3100, "bytes_per_plan": 3740}, **changed}


def lines_with_everything():
    """A line for each figure and each floor that stands in a line of its own."""
    wanted = [(f.bench, f.line, f.value) for f in FIGURES] + [(f.bench, *f.floor) for f in FIGURES if f.floor]
    lines = []
    for bench, fields, path in wanted:
        value = 1
        for key in reversed(path):
            value = {key: value}
        lines.append({"bench": bench, **value, **fields})
    return lines


def requests(one, floor):
    return {"bench": "client", "part": "requests", "connections_1": {"per_s": one, "floor_per_s": floor},
            "connections_16": {"per_s": 40000, "floor_per_s": 130000}}


def row(rows, name):
    return next(r for r in rows if r.figure.name == name)


class ReadingTestCase(unittest.TestCase):
    def test_lines_are_read_and_remarks_passed_over(self):
        self.assertEqual(table.lines_of("gate", 'warming up\n{"bench":"gate","symbols":566}\n\n'),
                         [{"bench": "gate", "symbols": 566}])

    def test_a_line_of_another_benchmark_is_an_error(self):
        with self.assertRaisesRegex(ValueError, "gate told a line of intake"):
            table.lines_of("gate", '{"bench":"intake"}')

    def test_figure_and_floor_are_found_by_their_paths(self):
        found = row(table.rows([journal()]), WIRE99)
        self.assertEqual((found.value, found.floor), (4500, 900))

    def test_a_line_is_chosen_by_its_fields(self):
        lines = [{"bench": "intake", "figure": "accepted_per_second", "connections": c, "plans_a_request": n,
                  "value": 100 * c + n} for c in (1, 8, 64) for n in (1, 100)]
        self.assertEqual(row(table.rows(lines), "plans taken in, 100 a request, 8 connections").value, 900)

    def test_a_floor_may_stand_in_another_line(self):
        lines = [{"bench": "state_table", "mechanism": "clock_alone", "p50_ns": 20},
                 {"bench": "state_table", "mechanism": "seqlock_slots", "symbols": 566,
                  "one_reads_rows": {"read": {"p50_ns": 33}}}]
        only, = table.rows(lines)
        self.assertEqual((only.value, only.floor), (33, 20))

    def test_only_figures_of_benchmarks_that_ran_are_shown(self):
        self.assertEqual({r.figure.bench for r in table.rows([journal()])}, {"journal"})

    def test_what_a_benchmark_that_ran_does_not_tell_is_missing(self):
        self.assertEqual(table.missing(table.rows([journal()])), [])
        short = journal()
        del short["start"], short["bare_fdatasync"]
        self.assertEqual(len(table.missing(table.rows([short]))), 5)

    def test_no_figure_is_named_twice(self):
        names = [(f.bench, f.name) for f in FIGURES]
        self.assertEqual(len(names), len(set(names)))

    def test_every_benchmark_that_is_built_has_a_figure(self):
        programs = {p.stem for p in (ROOT / "bench").glob("*.cpp") if "int main(" in p.read_text()}
        scripts = {p.stem for p in (ROOT / "bench").glob("*.py")}
        self.assertEqual({f.bench for f in FIGURES}, programs | scripts)
        self.assertEqual(set(SCRIPTS), scripts)

    # ---- the table

    def test_the_table_shows_goal_floor_and_command_and_names_what_is_missed(self):
        text = table.markdown(table.rows([journal()]), ABOUT)
        self.assertIn(f"| {WIRE99} | 4,500 µs | ≤ 5,000 µs | 900 µs | `build/release/bench/journal` |", text)
        self.assertIn("| verdicts made durable | 61,500 /s | ≥ 2,000 /s |  |", text)
        self.assertIn("| 3,100 ms | ≤ 3,000 ms (missed) |", text)
        self.assertIn("revision abc on one, 2 cores", text)

    def test_a_goal_of_more_is_missed_by_less(self):
        text = table.markdown(table.rows([journal(durable_verdicts_per_s=1999)]), ABOUT)
        self.assertIn("≥ 2,000 /s (missed)", text)

    def test_a_published_table_replaces_the_one_before_and_nothing_else(self):
        page = "head\n" + table.BEGIN + "old\n" + table.END + "tail\n"
        once = table.published(page, "| new |\n")
        self.assertEqual(once, "head\n" + table.BEGIN + "\n| new |\n\n" + table.END + "tail\n")
        self.assertEqual(table.published(once, "| new |\n"), once)

    def test_a_page_without_a_place_for_the_table_is_an_error(self):
        with self.assertRaisesRegex(ValueError, "no place"):
            table.published("head\ntail\n", "| new |\n")

    def test_the_page_of_the_project_has_every_figure(self):
        page = (ROOT / "docs" / "performance.md").read_text()
        self.assertEqual(table.published(page, ""), table.published(table.published(page, "x"), ""))
        for f in FIGURES:
            self.assertIn(f"| {f.name} |", page)

    # ---- two runs

    def worse(self, before, now, factor=2.0):
        return table.worse(table.rows(before), table.rows(now), factor)

    def test_a_ratio_that_got_worse_by_more_than_the_factor_is_named(self):
        slow = journal(plan_to_wire={"p50_us": 1000, "p99_us": 9100})
        found = self.worse([journal()], [slow])
        self.assertEqual(found, [f"journal: {WIRE99}: 10.11 times its floor, 5.00 before; 2 times that is the limit"])
        self.assertEqual(self.worse([journal()], [slow], 2.1), [])

    def test_a_slower_machine_is_no_regression(self):
        slow = journal(plan_to_wire={"p50_us": 10000, "p99_us": 45000}, durable_intent={"p99_us": 7000},
                       bare_fdatasync={"p50_us": 2000, "p99_us": 9000})
        self.assertEqual(self.worse([journal()], [slow]), [])

    def test_of_a_rate_less_is_worse(self):
        self.assertEqual(len(self.worse([requests(9700, 16500)], [requests(4000, 16500)])), 1)
        self.assertEqual(self.worse([requests(9700, 16500)], [requests(90000, 16500)]), [])

    def test_a_figure_that_is_not_told_any_more_is_named(self):
        gone = journal(plan_to_wire={"p50_us": 1000})
        self.assertEqual(self.worse([journal()], [gone]), [f"journal: {WIRE99}: not told any more"])

    def test_figures_without_a_floor_and_benchmarks_that_did_not_run_are_not_compared(self):
        self.assertEqual(self.worse([journal()], [journal(durable_verdicts_per_s=1)]), [])
        self.assertEqual(self.worse([journal()], [requests(1, 1)]), [])
        self.assertEqual(table.compared(table.rows([journal()]), table.rows([journal()])), 3)


class ScriptTestCase(unittest.TestCase):
    """The script itself, with programs that only print."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="sluice-bench-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.write_program(journal())

    def write_program(self, fields, code=0):
        program = self.folder / "journal"
        program.write_text(f"#!/bin/sh\necho '{json.dumps(fields)}'\nexit {code}\n")
        os.chmod(program, 0o755)

    def bench(self, *options):
        return subprocess.run(["bash", ROOT / "scripts" / "bench", "--programs", self.folder, "--out",
                               self.folder / "out", *options], capture_output=True, text=True, check=False)

    def test_a_run_writes_table_and_results(self):
        done = self.bench("journal")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(WIRE99, (self.folder / "out" / "table.md").read_text())
        results = json.loads((self.folder / "out" / "results.json").read_text())
        self.assertEqual(results["lines"], [journal()])
        self.assertTrue({"date", "revision", "machine", "cores"} <= set(results["about"]))

    def test_a_worse_run_fails_the_comparison_with_the_file_it_is_about_to_replace(self):
        self.bench("journal")
        self.write_program(journal(plan_to_wire={"p50_us": 5000, "p99_us": 4500}))
        done = self.bench("journal", "--compare", self.folder / "out" / "results.json")
        self.assertEqual(done.returncode, 1)
        self.assertIn("intent durable, p50: 25.00 times its floor, 5.00 before", done.stderr)

    def test_an_equal_run_passes_the_comparison(self):
        self.bench("journal")
        done = self.bench("journal", "--compare", self.folder / "out" / "results.json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("3 figures compared", done.stdout)

    def test_only_a_whole_table_is_published(self):
        page = self.folder / "page.md"
        page.write_text(table.BEGIN + table.END)
        recorded = self.folder / "recorded.json"
        done = self.bench("journal", "--publish", "--page", page, "--recorded", recorded)
        self.assertFalse(recorded.exists())
        self.assertEqual(done.returncode, 1)
        self.assertIn("not published: change_latency, client", done.stderr)
        self.assertEqual(page.read_text(), table.BEGIN + table.END)

    def test_a_table_with_all_figures_is_published(self):
        results, page = self.folder / "all.json", self.folder / "page.md"
        results.write_text(json.dumps({"about": ABOUT, "failed": [], "lines": lines_with_everything()}))
        page.write_text(table.BEGIN + table.END)
        recorded = self.folder / "recorded.json"
        done = self.bench("--results", results, "--publish", "--page", page, "--recorded", recorded)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(recorded.read_text()), json.loads(results.read_text()))
        self.assertIn("`bench/event_readers.py`", page.read_text())

    def test_a_program_that_fails_or_is_not_there_fails_the_run(self):
        self.write_program(journal(), code=3)
        self.assertIn("journal ended with 3", self.bench("journal").stderr)
        done = self.bench("gate")
        self.assertEqual(done.returncode, 1)
        self.assertIn("gate is not built", done.stderr)

    def test_an_unknown_name_is_refused(self):
        self.assertEqual(self.bench("speed").returncode, 2)


if __name__ == "__main__":
    unittest.main()
