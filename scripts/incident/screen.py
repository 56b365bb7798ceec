"""What both sides look like at one moment: a frame of two columns, or one plain line."""

import itertools
import textwrap

STYLES = {"": "", "bold": "1", "dim": "2", "good": "32", "bad": "31;1", "odd": "33"}
BLOCKS = " ▁▂▃▄▅▆▇█"
LABEL = 9
BETWEEN = " │ "


def seconds(ms):
    return f"{ms / 1000:,.1f} s"


def whole(ms):
    return f"{ms / 1000:g} s"


def cut(text, width):
    return text if len(text) <= width else text[:max(width - 1, 0)] + "…"


def painted(segments, width, colour):
    """Segments of (text, style) as one line of exactly this width."""
    out, left = "", width
    for text, style in segments:
        text = cut(text, left)
        left -= len(text)
        code = STYLES[style] if colour else ""
        out += f"\x1b[{code}m{text}\x1b[0m" if code else text
    return out + " " * left


def field(label, text, style, width):
    """A label and its text, wrapped beside it."""
    wrapped = textwrap.wrap(text, max(width - LABEL, 10)) or [""]
    return [[(f"{label if i == 0 else '':<{LABEL}}", "dim"), (line, style)]
            for i, line in enumerate(wrapped)]


def by_column(ages, span, count):
    """The highest age of each of `count` equal parts of the time; None where nothing was seen."""
    columns = [None] * count
    for second, age in ages:
        at = min(int(second / span * count), count - 1)
        columns[at] = max(columns[at] or 0, age)
    return columns


def chart(ages, bound_ms, top_ms, span, size):
    """The oldest truth over time, up to `top_ms`; what is past the bound has another colour."""
    width, height = size
    columns = by_column(ages, span, width - LABEL)
    rows = []
    for row in range(height):
        floor = top_ms * (height - 1 - row) / height
        label = whole(top_ms) if row == 0 else "0 s" if row == height - 1 else ""
        segments = [(f"{label:>{LABEL - 2}} ", "dim"), ("▏", "dim")]
        cells = []
        for age in columns:
            eighths = 0 if age is None else round((age - floor) / (top_ms / height) * 8)
            if age is not None and row == height - 1:
                eighths = max(eighths, 1)
            style = "bad" if age is not None and age > bound_ms else "good"
            cells.append((BLOCKS[min(max(eighths, 0), 8)], style))
        for style, same in itertools.groupby(cells, key=lambda cell: cell[1]):
            segments.append(("".join(cell[0] for cell in same), style))
        rows.append(segments)
    return rows


def lane_text(seen, lane):
    """Allowed and denied with the most frequent first reason, and a style."""
    allowed, total = seen.count(lane, "allow"), seen.total(lane)
    if not total:
        return "none yet", "dim"
    parts = [f"{allowed} of {total} allowed"]
    refused = {why: n for (of, kind, why), n in seen.verdicts.items()
               if of == lane and kind != "allow"}
    if refused:
        parts.append(f"{max(refused, key=refused.get)}")
    return ": ".join(parts), "good" if allowed == total else "bad" if allowed == 0 else "odd"


def ready_text(status):
    reasons = [each["reason"] for each in status["not_ready"]]
    return ("yes", "good") if not reasons else ("no: " + ", ".join(reasons), "bad")


def promise_text(status):
    promise = status["truth"]["promise"]
    if not promise["fault"]:
        return f"{whole(promise['bound_ms'])}, kept", "good"
    return f"{whole(promise['bound_ms'])}; these reads keep {seconds(promise['kept_ms'])}", "bad"


def stall_rows(seen, width):
    stalls = seen.status["stalls"]
    if not stalls:
        return field("stall", "none", "good", width)
    first, *others = stalls
    rows = field("stall", f"{first['cause']}, named after {seen.named[first['cause']]:.0f} s"
                 + "".join(f"; {each['cause']}" for each in others), "bad", width)
    return (rows + field("effect", first["effect"], "", width)
            + field("cure", first["cure"], "", width))


def caption(side, width):
    """What a side is: the lines of the file that make the difference."""
    return [[(side.title, "bold")]] + [[(line, "dim")] for line in
                                       textwrap.wrap(side.words, width)]


def panel(side, pace, size):
    """One side's rows: how old its truth grew, and what became of its plans."""
    width, height = size
    status = side.seen.status
    if not status:
        return [[("starting", "dim")]]
    promise, budget = status["truth"]["promise"], status["budget"]
    oldest = status["truth"]["age_ms"]["max"]
    rows = chart(side.seen.ages, promise["bound_ms"], pace.run * 1000, pace.run, (width, height))
    rows.append([])
    rows += field("oldest", f"{seconds(oldest)} now, {seconds(side.seen.oldest_ms)} at most",
                  "good" if oldest <= promise["bound_ms"] else "bad", width)
    rows += field("promised", *promise_text(status), width)
    rows += field("ready", *ready_text(status), width)
    rows += field("exits", *lane_text(side.seen, "exit"), width)
    rows += field("entries", *lane_text(side.seen, "entry"), width)
    rows += field("weight", f"{budget['weight_used_1m']:,} of {budget['weight_limit_1m']:,} in "
                  "this minute", "", width)
    return rows + stall_rows(side.seen, width)


def frame(sides, second, pace, size, colour=True):
    """The lines of one picture, none wider than the terminal; `size` is its columns and rows. In a
    low terminal the charts shrink, and the last lines may find no place."""
    columns, rows = size
    width = (columns - len(BETWEEN)) // 2
    clock = f"{min(second, pace.run):.0f} s of {pace.run:g} s"
    head = "Sluice: the incident, and the same without its causes"
    lines = [painted([(cut(head, columns - len(clock) - 1), "bold")], columns - len(clock), colour)
             + clock,
             painted([("The same plans go to both. Oldest truth: green within the promise, red "
                       "past it.", "dim")], columns, colour), ""]
    height = min(max(rows - 26, 3), 8)
    for part in ([caption(each, width) for each in sides],
                 [panel(each, pace, (width, height)) for each in sides]):
        for pair in itertools.zip_longest(*part, fillvalue=[]):
            lines.append(BETWEEN.join(painted(row, width, colour) for row in pair))
    return lines


def plain(sides, second):
    """One line about both."""
    parts = []
    for side in sides:
        status = side.seen.status
        if not status:
            continue
        named = ", ".join(each["cause"] for each in status["stalls"]) or "none"
        parts.append(f"{side.name}: oldest {seconds(status['truth']['age_ms']['max'])}, exits "
                     f"{lane_text(side.seen, 'exit')[0]}, stall {named}")
    return f"{second:5.1f} s | " + " | ".join(parts)
