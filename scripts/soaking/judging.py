"""Judges the samples of a soak: what grows, what comes too late, what went away. Knows no process."""

from collections import namedtuple

# From here on a slope says something; a start takes memory that it keeps.
FITTED_MIN_S = 600
# While it still runs, growth must have been fitted for so long to end it: every look may err.
FITTED_ENDS_S = 4 * 3600
SAMPLES_MIN = 4
# What the product counts over an hour (entries, losses) fills up for so long; fitted only by shorter runs.
WINDOW_S = 3600
# A position whose closing was told by no event is known to be gone up to 30 s after its last one.
READY_AGAIN_MAX_S = 40
# A fault every 20 s makes the process not ready for some of the time; one that never gets over them is worse than each.
NOT_READY_MAX_PERCENT = 40
JUDGED_MIN = 10  # Samples; fewer say nothing about a share.
ERRORS_MIN = 3  # A rise of fewer standard errors may be chance.
# What may be added over all that is fitted, and how much of the level in an hour.
Bound = namedtuple("Bound", "key unit rise percent_per_hour")
BOUNDS = (Bound("rss_mib", " MiB", 8, 1), Bound("descriptors", "", 8, 0), Bound("threads", "", 2, 0))

Growth = namedtuple("Growth", "level per_hour rise error fitted_s")


def second_halves(samples):
    """Of each life of the process the samples of its second half; lives too short for one are left out."""
    lives = {}
    begin_s = WINDOW_S if samples and samples[-1]["at_s"] >= 2 * WINDOW_S else 0
    for s in samples:
        if s.get("up_s") is not None and s["at_s"] >= begin_s:
            lives.setdefault(s["life"], []).append(s)
    halves = [[s for s in life if s["up_s"] >= life[-1]["up_s"] / 2] for life in lives.values()]
    return [half for half in halves if len(half) >= SAMPLES_MIN]


def growth(samples, key):
    """One slope for all lives, each with a level of its own: a restart hides nothing that goes on after it.

    None when too little was measured to tell.
    """
    squares = products = total = fitted_s = 0.0
    parts = []
    for half in second_halves(samples):
        at = [s["at_s"] for s in half]
        values = [s[key] for s in half]
        mean_at, mean = sum(at) / len(at), sum(values) / len(values)
        parts.append((at, values, mean_at, mean))
        squares += sum((t - mean_at) ** 2 for t in at)
        products += sum((t - mean_at) * (v - mean) for t, v in zip(at, values))
        total += sum(values)
        fitted_s += at[-1] - at[0]
    if fitted_s < FITTED_MIN_S or squares == 0:
        return None
    slope = products / squares
    count = sum(len(at) for at, _, _, _ in parts)
    left = sum((v - mean - slope * (t - mean_at)) ** 2
               for at, values, mean_at, mean in parts for t, v in zip(at, values))
    error = (left / max(1, count - len(parts) - 1) / squares) ** 0.5
    return Growth(total / count, slope * 3600, slope * fitted_s, error * fitted_s, fitted_s)


def grown(samples):
    """What has grown beyond its bound, as sentences that name the last sample fitted."""
    found = []
    for bound in BOUNDS:
        g = growth(samples, bound.key)
        if g is None or g.rise <= bound.rise or g.rise <= ERRORS_MIN * g.error:
            continue
        if g.per_hour > g.level * bound.percent_per_hour / 100:
            found.append(f"{bound.key} grew: {g.per_hour:.1f}{bound.unit} an hour on {g.level:.1f}{bound.unit},"
                         f" {g.rise:.1f}{bound.unit} over {g.fitted_s / 60:.0f} min, at {at(samples[-1])}")
    return found


def at(sample):
    return f"sample {sample['number']} ({sample['at_s']:.0f} s)"


def of_sample(sample):
    """What one sample shows broken at once, as sentences."""
    found = []
    if sample.get("ended") is not None:
        found.append(f"the process ended by itself with {sample['ended']}")
    for text, key in (("had no verdict by its deadline", "overdue"), ("was judged after its deadline", "late"),
                      ("was accepted and is in no journal", "lost")):
        if sample.get(key):
            found.append(f"{len(sample[key])} plan(s): {sample[key][0]} {text}")
    if sample.get("broken_replies"):
        found.append(f"a request was answered with {sample['broken_replies'][0]}")
    return [f"{text}, at {at(sample)}" for text in found]


def of_end(end):
    """What the end shows broken: readiness after the last fault, books, exit code."""
    found = []
    ready = end.get("ready_after_s")
    if ready is None or ready > READY_AGAIN_MAX_S:
        found.append(f"not READY within {READY_AGAIN_MAX_S} s after the last fault: "
                     + (f"it took {ready:.1f} s" if ready is not None else str(end.get("not_ready"))))
    found += [f"books and venue differ: {text}" for text in end.get("differ", [])]
    if end.get("exit_code") not in (0, None):
        found.append(f"the last end, by SIGTERM, was with {end['exit_code']}")
    return found


def away(samples):
    """Whether it was not ready for too much of the time, as sentences that name the last such sample."""
    seen = [s for s in samples if "ready" in s]
    lacking = [s for s in seen if not s["ready"]]
    if len(seen) < JUDGED_MIN or 100 * len(lacking) <= NOT_READY_MAX_PERCENT * len(seen):
        return []
    return [f"not READY in {len(lacking)} of {len(seen)} samples, the last time at {at(lacking[-1])}: "
            + " ".join(lacking[-1]["not_ready"])]


def so_far(samples):
    """What ends a soak at once."""
    found = [text for s in samples for text in of_sample(s)]
    memory = growth(samples, "rss_mib")
    return found + (grown(samples) if memory and memory.fitted_s >= FITTED_ENDS_S else [])


def violations(samples, end):
    """All of it."""
    return [text for s in samples for text in of_sample(s)] + away(samples) + grown(samples) + of_end(end)
