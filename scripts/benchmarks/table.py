"""Reads the lines of benchmarks, finds the published figures in them, and compares two runs. Starts nothing."""

import json
from collections import namedtuple

from figures import FIGURES, MORE, SCRIPTS

Row = namedtuple("Row", "figure value floor")


def lines_of(bench, text):
    """The JSON lines of a benchmark's output; other lines are its own remarks."""
    out = []
    for line in text.splitlines():
        if line.startswith("{"):
            fields = json.loads(line)
            if fields.get("bench") != bench:
                raise ValueError(f"{bench} told a line of {fields.get('bench')}")
            out.append(fields)
    return out


def at(fields, path):
    for key in path:
        if not isinstance(fields, dict) or key not in fields:
            return None
        fields = fields[key]
    return fields


def find(lines, bench, wanted, path):
    """The value on the line of these fields; the last one has it when there are more."""
    found = [at(each, path) for each in lines
             if each["bench"] == bench and all(each.get(k) == v for k, v in wanted.items())]
    found = [each for each in found if each is not None]
    return found[-1] if found else None


def rows(lines):
    """A row for each figure whose benchmark ran; value None where it did not tell it."""
    ran = {each["bench"] for each in lines}
    return [Row(f, find(lines, f.bench, f.line, f.value),
                find(lines, f.bench, *f.floor) if f.floor else None)
            for f in FIGURES if f.bench in ran]


def missing(table):
    """Figures and floors that a benchmark which ran did not tell: it changed, or ended early."""
    return [f"{r.figure.bench}: {r.figure.name}" for r in table
            if r.value is None or (r.figure.floor and r.floor is None)]


def number(value, unit):
    if value is None:
        return "—"
    text = f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"
    return f"{text} {unit}".strip()


def command(bench):
    return f"bench/{bench}.py" if bench in SCRIPTS else f"build/release/bench/{bench}"


def goal_text(f):
    return "" if f.goal is None else f"{'≥' if f.better == MORE else '≤'} {number(f.goal, f.unit)}"


def met(row):
    if row.figure.goal is None or row.value is None:
        return None
    return row.value >= row.figure.goal if row.figure.better == MORE else row.value <= row.figure.goal


def markdown(table, about):
    out = [f"Measured {about['date']} at revision {about['revision']} on {about['machine']}, "
           f"{about['cores']} cores, load average {about['load_average']} at the start.", "",
           "| figure | measured | goal | floor of the same run | command |", "|---|---|---|---|---|"]
    for r in table:
        f = r.figure
        goal = goal_text(f) + {True: "", False: " (missed)", None: ""}[met(r)]
        floor = number(r.floor, f.unit) if f.floor else ""
        out.append(f"| {f.name} | {number(r.value, f.unit)} | {goal} | {floor} | `{command(f.bench)}` |")
    return "\n".join(out) + "\n"


BEGIN, END = "<!-- begin of the table, made by scripts/bench --publish -->\n", "<!-- end of the table -->\n"


def published(page, text):
    """The page with this table between its two marks. ValueError when it has them not."""
    head, begin, rest = page.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError("the page has no place for the table")
    return head + BEGIN + "\n" + text + "\n" + END + tail


# ---- two runs

def cost(row):
    """What a figure costs over its floor: more is worse. None where it has no floor, or a zero."""
    if not row.floor or not row.value:
        return None
    return row.floor / row.value if row.figure.better == MORE else row.value / row.floor


def worse(before, now, factor):
    """Figures whose ratio to their floor got worse by more than the factor, and those that are not told any more."""
    old = {(r.figure.bench, r.figure.name): r for r in before}
    found = []
    for r in now:
        recorded = old.get((r.figure.bench, r.figure.name))
        if recorded is None or cost(recorded) is None:
            continue
        if cost(r) is None:
            found.append(f"{r.figure.bench}: {r.figure.name}: not told any more")
        elif cost(r) > cost(recorded) * factor:
            found.append(f"{r.figure.bench}: {r.figure.name}: {cost(r):.2f} times its floor, "
                         f"{cost(recorded):.2f} before; {factor:g} times that is the limit")
    return found


def compared(before, now):
    """How many figures have a ratio in both."""
    old = {(r.figure.bench, r.figure.name) for r in before if cost(r) is not None}
    return sum((r.figure.bench, r.figure.name) in old for r in now)
