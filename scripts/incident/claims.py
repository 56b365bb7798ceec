"""What the two sides are run to show, and whether it was seen."""

import screen


def listed(was, now):
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
    seen = listed(*sides)
    print("\nWhat was to be seen, and whether it was:")
    for text, holds in seen:
        print(f"  {'yes' if holds else 'NO '}  {text}")
    for each in sides:
        allowed, total = each.seen.count("entry", "allow"), each.seen.total("entry")
        print(f"       {each.name}: {allowed} of {total} entries allowed; at most "
              f"{each.seen.weight:,} request weight in a minute")
    return all(holds for _, holds in seen)
