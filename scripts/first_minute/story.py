"""Turns what the API shows, look by look, into lines that tell what happened since the look before."""

import textwrap

WIDTH = 98
HEAD = 19  # Columns of second and kind.


def line(second, head, text):
    """One event; longer texts go on below it, set in."""
    return textwrap.fill(text, WIDTH, initial_indent=f"{second:5.0f} s  {head:<9}  ",
                         subsequent_indent=" " * HEAD)


class Story:
    """Remembers what was told. `why(plan_id)` gives in words why the engine asked for an exit."""

    def __init__(self, why):
        self.why = why
        self.told = set()
        self.stalls = {}
        self.ready = None
        self.entries = self.exits = self.denied = 0
        self.named = {}  # Cause of a stall to the second it was named.
        self.ready_again = None  # The second of the first time after a stall.

    def take(self, second, status, plans):
        """The lines of this look; plans come newest first."""
        out = []
        for plan in reversed(plans):
            if plan["plan_id"] not in self.told and (told := self.plan_line(second, plan)):
                self.told.add(plan["plan_id"])
                out.append(told)
        out += self.stall_lines(second, status["stalls"])
        if self.ready != status["ready"]:
            out += self.ready_lines(second, status)
            self.ready = status["ready"]
        return out

    def plan_line(self, second, plan):
        """None while the plan is under way."""
        wanted = "exit" if plan["kind"] == "reduce" else "entry"
        if plan["verdict"] in ("deny", "expire"):
            self.denied += 1
            told = {"deny": "denied", "expire": "expired"}[plan["verdict"]]
            return line(second, wanted, f"{plan['symbol']}: {told}, {plan['reason']}")
        if plan["ended"] is None:
            return None
        if plan["executed"] in (None, "0"):
            return line(second, wanted, f"{plan['symbol']}: ended {plan['ended']}, nothing executed")
        done = f"{plan['symbol']}: {plan['executed']} executed"
        if wanted == "entry":
            self.entries += 1
            return line(second, wanted, f"{done} for {plan['source']}")
        self.exits += plan["source"] == "exit_engine"
        return line(second, wanted, f"{done}, {self.why(plan['plan_id'])}")

    def stall_lines(self, second, stalls):
        now = {each["cause"]: each for each in stalls}
        out = []
        for cause, each in now.items():
            if cause not in self.stalls:
                self.named.setdefault(cause, second)
                out.append(line(second, "STALL", f"{cause}, since {each['since'][11:19]} UTC: {each['what']}"))
                out.append(line(second, "", f"effect: {each['effect']}"))
                out.append(line(second, "", f"cure: {each['cure']}"))
        out += [line(second, "cured", cause) for cause in self.stalls if cause not in now]
        self.stalls = now
        return out

    def ready_lines(self, second, status):
        if status["ready"]:
            if self.named and self.ready_again is None:
                self.ready_again = second
            return [line(second, "ready", "plans can be allowed")]
        reasons = ", ".join(each["reason"] for each in status["not_ready"])
        return [line(second, "not ready", reasons)]

    def seen(self):
        """What the first minute is for, each with whether it was seen."""
        causes = ", ".join(f"{cause} after {at:.0f} s" for cause, at in self.named.items())
        again = "" if self.ready_again is None else f", after {self.ready_again:.0f} s"
        return [(f"entries of the strategy were executed: {self.entries}", self.entries > 0),
                (f"exits of the exit engine were executed: {self.exits}", self.exits > 0),
                (f"the outage was named: {causes or 'no'}", "exchange_away" in self.named),
                (f"plans could be allowed again{again}", self.ready_again is not None)]
