"""The faults at the venue crossed with the phases of a plan: what is provoked how, and what is left.

One row is one cell, or one variant of it. "SYMBOL" in a fault stands for the cell's own symbol. A cell
that cannot be provoked stands in IMPOSSIBLE with the reason; a test keeps the two complete.
"""

from dataclasses import dataclass, replace

FAULTS = {
    "E4": "503 Unknown error, the order did or did not execute",
    "E5": "503 Service Unavailable, or Internal error",
    "E6": "503 -1008 for entries, exempt for exits",
    "E7": "other 5xx, a page, 403, 408, 202 with an empty body, -1006, -1007",
    "E8": "a query says -2013 for 0 to 10 s after the acceptance",
    "E9": "the reply is lost after the acceptance; the stream tells first, late or never",
    "E12": "RST or FIN at a byte of request or reply",
    "E20": "partial fills, a fill after the end, a cancel that is rejected",
    "E24": "-2022, -2019, -4116, -4118, -4061, -4164, -1111",
}
BEFORE, DECIDING, INTENT, SENT, ACCEPTED, PARTLY, CANCELLING = PHASES = (
    "before snapshot", "deciding", "intent written", "request sent", "accepted unanswered",
    "partly filled", "cancelling")
ENTRY, EXIT = KINDS = ("entry", "exit")

# How much of the amount is traded in the phase "partly filled".
PERCENT = 40


@dataclass(frozen=True)
class Cell:
    """A fault in a phase of a plan, and what must be true at its end."""

    fault: str
    phase: str
    kind: str
    variant: str
    script: tuple
    end: str  # plan_finished.how: done, partly, failed
    traded: str  # all, none, or part: PERCENT of the amount, floored to the step
    saw: str = ""  # a state an order of the plan went through, or words in the detail of one
    act: str = ""  # what a person or an earlier run does meanwhile
    sent: int = 0  # how often the venue was sent an order of the plan, where no state tells the fault
    half: bool = False  # an exit that is to leave half of the position

    @property
    def name(self):
        return f"{self.fault} {self.phase} {self.kind}: {self.variant}"


def reply(name, **more):
    return {"effect": "status", "reply": name, **more}


def refusal(code, words="refused", **more):
    return {"effect": "status", "status": 400,
            "body": '{"code":%d,"msg":"%s"}' % (code, words), **more}


def post(fault, count=1, **more):
    return {**fault, "method": "POST", "path": "/fapi/v1/order", "where": {"symbol": "SYMBOL"},
            "count": count, **more}


def query(fault, count=1, **more):
    return {**fault, "method": "GET", "path": "/fapi/v1/order", "where": {"symbol": "SYMBOL"},
            "count": count, **more}


def trades(fault, count=3, **more):
    return {**fault, "method": "GET", "path": "/fapi/v1/userTrades", "where": {"symbol": "SYMBOL"},
            "count": count, **more}


def delete(fault, count=1, **more):
    return {**fault, "method": "DELETE", "path": "/fapi/v1/order",
            "where": {"symbol": "SYMBOL"}, "count": count, **more}


def read(fault, count=2, **more):
    return {**fault, "method": "GET", "path": "/fapi/v3/positionRisk", "count": count, **more}


def events(effect, **more):
    return {"effect": effect, "symbol": "SYMBOL", "count": 0, **more}


LOST = {"effect": "reset_after"}
SILENT = {"effect": "drop_reply"}
NEVER_TOLD = events("drop_events")
TOLD_LATE = events("delay_events", delay_ms=1500)
# What one and the other kind come to when nothing of an order was executed for good.
WITHOUT = {ENTRY: ("failed", "none"), EXIT: ("done", "all")}
# The same when PERCENT of an order was executed.
IN_PART = {ENTRY: ("partly", "part"), EXIT: ("done", "all")}
WHOLE = ("done", "all")
NOT_KNOWN = ["unknown_500", "bad_gateway_502", "gateway_timeout_504", "timeout_408",
             "challenge_202", "unexpected_400"]
RESETS = [(bytes_, ending) for bytes_ in (0, 1, 12, 60, 200) for ending in ("reset", "close")]
CODES = (-2022, -2019, -4116, -4118, -4061, -4164, -1111)


def of_reads(phase):
    """The read that the plan waits for is hit; a later one lets the plan go on."""
    variants = [("E4", "unknown error", reply("unknown_503")),
                ("E5", "unavailable", reply("unavailable_503")),
                ("E5", "internal error", reply("internal_503"))]
    variants += [("E7", name, reply(name)) for name in NOT_KNOWN]
    variants += [("E12", f"{ending} after {n} bytes of the reply",
                  {"effect": "cut_reply", "bytes": n, "ending": ending}) for n, ending in RESETS[::3]]
    variants += [("E12", "reset of the request", {"effect": "reset_before"})]
    for fault, variant, effect in variants:
        for kind in KINDS:
            yield Cell(fault, phase, kind, variant, (read(effect),), *WHOLE)


def of_intents():
    """The intent is durable, the order never took effect, the process is gone: the next one asks."""
    for kind in KINDS:
        def cell(fault, variant, *script, end=WITHOUT[kind], saw="unknown"):
            return Cell(fault, INTENT, kind, variant, script, *end, saw=saw)
        yield cell("E4", "the query is told unknown error", query(reply("unknown_503"), 2))
        yield cell("E5", "the query is told unavailable", query(reply("unavailable_503"), 2))
        yield cell("E5", "the query is told internal error", query(reply("internal_503"), 2))
        for name in NOT_KNOWN:
            yield cell("E7", f"the query is told {name}", query(reply(name)))
        yield cell("E8", "-2013 is said, and true")
        for n, ending in RESETS[::2]:
            yield cell("E12", f"{ending} after {n} bytes of the query's reply",
                       query({"effect": "cut_reply", "bytes": n, "ending": ending}))
    yield Cell("E6", INTENT, EXIT, "orders are throttled when it is sent again",
               (post(reply("throttled_503"), 0),), *WHOLE, saw="unknown")
    for code in CODES:
        yield Cell("E24", INTENT, EXIT, f"{code} when it is sent again", (post(refusal(code)),),
                   *WHOLE, saw="unknown")


def of_requests():
    """The request is at the venue, and nothing of it took effect."""
    for kind in KINDS:
        def cell(fault, variant, *script, end=WITHOUT[kind], **seen):
            return Cell(fault, SENT, kind, variant, script, *end, **seen)
        yield cell("E4", "did not execute", post(reply("unknown_503")), saw="unknown")
        yield cell("E5", "unavailable_503 twice", post(reply("unavailable_503"), 2), end=WHOLE, sent=3)
        # Of what opens it is asked whether it was done after all.
        yield cell("E5", "internal_503 twice", post(reply("internal_503"), 2),
                   **({"end": WHOLE, "sent": 3} if kind == EXIT else {"saw": "unknown", "sent": 1}))
        yield cell("E5", "more often than it is sent again", post(reply("unavailable_503"), 4),
                   saw="rejected")
        yield cell("E6", "throttled twice", post({**reply("throttled_503"), "spares_reducing": False},
                                                 2), end=WHOLE, sent=3)
        for name in NOT_KNOWN:
            yield cell("E7", name, post(reply(name)), saw="unknown")
        yield cell("E7", "-1007", post(refusal(-1007)), saw="unknown")
        yield cell("E8", "-2013 is said, and true", post({"effect": "hang"}), saw="unknown")
        for n, ending in ((0, "reset"), (0, "close"), (1, "reset"), (30, "close"), (5000, "reset")):
            yield cell("E12", f"{ending} after {n} bytes of the request",
                       {"effect": "cut_request", "holds": "POST /fapi/v1/order?symbol=SYMBOL&",
                        "bytes": n, "ending": ending}, saw="unknown")
        for code in CODES:
            yield cell("E24", str(code), post(refusal(code)),
                       saw="unknown" if code == -4116 else str(code))
    yield Cell("E6", SENT, ENTRY, "throttled for long", (post(reply("throttled_503"), 0),),
               "failed", "none", saw="-1008")
    yield Cell("E6", SENT, EXIT, "exempt while entries are throttled",
               (post(reply("throttled_503"), 0),), *WHOLE, sent=1)
    for code in (-2022, -4118):
        yield Cell("E24", SENT, EXIT, f"{code} twice", (post(refusal(code), 2),), *WHOLE, saw=str(code))
    yield Cell("E24", SENT, EXIT, "-2022: flat meanwhile, by somebody else",
               (NEVER_TOLD, post({"effect": "delay_before", "delay_ms": 1200})), "done", "none",
               saw="-2022", act="flat_meanwhile")
    yield Cell("E24", SENT, EXIT, "-4118: a resting order of somebody else", (), *WHOLE, saw="-4118",
               act="foreign_resting")


def of_acceptances():
    """The order was executed, and its reply does not say so."""
    for kind in KINDS:
        def cell(fault, variant, *script, saw="unknown"):
            return Cell(fault, ACCEPTED, kind, variant, script, *WHOLE, saw=saw)
        yield cell("E4", "did execute, told", post(reply("unknown_503", execute=True)), saw="filled")
        yield cell("E4", "did execute, not told", post(reply("unknown_503", execute=True)), NEVER_TOLD)
        if kind == ENTRY:
            yield cell("E5", "internal_503, and it was done", post(reply("internal_503", execute=True)), NEVER_TOLD)
        for name in ("unavailable_503", "internal_503"):
            yield cell("E5", f"the query is told {name}", post(LOST), NEVER_TOLD, query(reply(name), 2))
        for name in NOT_KNOWN:
            yield cell("E7", name, post(reply(name, execute=True)), NEVER_TOLD)
        yield cell("E7", "the query is told a page", post(LOST), NEVER_TOLD,
                   query(reply("bad_gateway_502"), 2))
        for hidden in (500, 3000, 10000):
            yield cell("E8", f"not found for {hidden} ms", post(LOST), NEVER_TOLD,
                       query({"effect": "hide_order", "delay_ms": hidden}, 0))
        for name, effect in (("reset", LOST), ("silence", SILENT)):
            yield cell("E9", f"{name}, the stream tells first", post(effect), saw="filled")
            yield cell("E9", f"{name}, the stream tells late", post(effect), TOLD_LATE,
                       saw="unknown" if effect is LOST else "filled")
            yield cell("E9", f"{name}, the stream never tells", post(effect), NEVER_TOLD)
        for event in ("ORDER_TRADE_UPDATE", "ACCOUNT_UPDATE"):
            yield cell("E9", f"the stream never tells {event}", post(LOST),
                       events("drop_events", event=event), saw="filled")
            yield cell("E9", f"the stream tells {event} 4 s late", post(LOST),
                       events("delay_events", event=event, delay_ms=4000), saw="filled")
        for name in ("unknown_503", "unavailable_503", "bad_gateway_502"):
            yield cell("E4" if name == "unknown_503" else "E5" if name == "unavailable_503" else "E7",
                       f"the read of its fills is told {name}", post(LOST), NEVER_TOLD,
                       trades(reply(name)))
        yield cell("E12", "the reply with its fills is cut", post(LOST), NEVER_TOLD,
                   trades({"effect": "cut_reply", "bytes": 60}))
        for n, ending in RESETS:
            yield cell("E12", f"{ending} after {n} bytes of the reply",
                       post({"effect": "cut_reply", "bytes": n, "ending": ending}), NEVER_TOLD)
        for parts in (2, 7, 50):
            yield cell("E20", f"{parts} fills, never told", NEVER_TOLD,
                       post({"effect": "fill_parts", "parts": parts}), post(LOST))
            yield cell("E20", f"{parts} fills, told late and twice", TOLD_LATE,
                       events("duplicate_events"), post({"effect": "fill_parts", "parts": parts}),
                       post(LOST))
        yield cell("E24", "-4116 to an order that exists", NEVER_TOLD,
                   post(refusal(-4116, execute=True)))


def of_parts():
    """An order was executed in part, and ended: an entry has had its order, an exit goes on."""
    for kind in KINDS:
        def cell(fault, variant, *script, saw="expired", parts=3):
            part = post({"effect": "fill_parts", "parts": parts, "percent": PERCENT})
            return Cell(fault, PARTLY, kind, variant, (part, *script), *IN_PART[kind], saw=saw)
        yield cell("E4", "told", post(reply("unknown_503", execute=True)))
        yield cell("E4", "not told", NEVER_TOLD, post(reply("unknown_503", execute=True)), saw="unknown")
        for name in ("unavailable_503", "internal_503"):
            yield cell("E5", f"the query is told {name}", NEVER_TOLD, post(LOST), query(reply(name), 2),
                       saw="unknown")
        for name in NOT_KNOWN:
            yield cell("E7", name, NEVER_TOLD, post(reply(name, execute=True)), saw="unknown")
        for hidden in (500, 10000):
            yield cell("E8", f"not found for {hidden} ms", NEVER_TOLD, post(LOST),
                       query({"effect": "hide_order", "delay_ms": hidden}, 0), saw="unknown")
        yield cell("E9", "the stream tells first", post(LOST))
        yield cell("E9", "the stream tells late", post(LOST), TOLD_LATE)
        yield cell("E9", "the stream never tells", post(LOST), NEVER_TOLD, saw="unknown")
        for n, ending in RESETS[1::2]:
            yield cell("E12", f"{ending} after {n} bytes of the reply", NEVER_TOLD,
                       post({"effect": "cut_reply", "bytes": n, "ending": ending}), saw="unknown")
        for parts in (1, 2, 10, 50):
            yield cell("E20", f"{parts} fills", parts=parts)
        yield cell("E20", "fills never told, and their read cut twice", NEVER_TOLD,
                   trades({"effect": "cut_reply", "bytes": 60}, 2), saw="expired", parts=9)
        yield cell("E20", "fills told after the end", parts=2, *(
            events("delay_events", event="ORDER_TRADE_UPDATE", delay_ms=1500, count=2),))
        yield cell("E20", "every event twice", events("duplicate_events"), parts=5)
        yield cell("E24", "-4116 to an order that exists", NEVER_TOLD,
                   post(refusal(-4116, execute=True)), saw="unknown")
    part = post({"effect": "fill_parts", "parts": 3, "percent": PERCENT})
    yield Cell("E6", PARTLY, EXIT, "throttled when it goes on",
               (part, post(reply("throttled_503"), 0)), *WHOLE, saw="expired")
    for code in CODES:
        yield Cell("E24", PARTLY, EXIT, f"{code} to the next order",
                   (part, post(refusal(code), skip=1)), *WHOLE,
                   saw="unknown" if code == -4116 else str(code))


def of_cancels():
    """A resting order that an earlier run left takes the position, and the exit has it cancelled."""
    def cell(fault, variant, *script, traded="all", act="ours_resting"):
        return Cell(fault, CANCELLING, EXIT, variant, script, "done", traded, saw="-4118", act=act)
    yield cell("E4", "did cancel", delete(reply("unknown_503", execute=True)))
    yield cell("E4", "did not cancel", delete(reply("unknown_503")))
    for name in ("unavailable_503", "internal_503"):
        yield cell("E5", name, delete(reply(name), 2))
    yield cell("E6", "cancels are exempt", post(reply("throttled_503"), 0))
    for name in NOT_KNOWN:
        yield cell("E7", f"{name}, did cancel", delete(reply(name, execute=True)))
        yield cell("E7", f"{name}, did not cancel", delete(reply(name)))
    yield cell("E9", "the cancel's reply is lost", delete(LOST))
    yield cell("E9", "the cancel is never answered nor told", delete(SILENT), NEVER_TOLD)
    for n, ending in RESETS[::2]:
        yield cell("E12", f"{ending} after {n} bytes of the cancel's reply",
                   delete({"effect": "cut_reply", "bytes": n, "ending": ending}))
    yield cell("E12", "reset of the cancel", delete({"effect": "reset_before"}))
    yield cell("E20", "the cancel is rejected, the order stands", delete(refusal(-2011)))
    yield cell("E20", "filled before the cancel", delete({"effect": "delay_before", "delay_ms": 1300}),
               traded="none", act="ours_filled")
    for code in CODES:
        yield cell("E24", f"{code} after the cancel", post(refusal(code), skip=1))


def of_firewall():
    """A firewall's page pauses the whole process for a minute, so these have a process of their own.

    It comes late enough for the orders of all cells to be on their way before the first pause; a delay leaves room
    for the fault after it, not the other way about.
    """
    late = post({"effect": "delay", "delay_ms": 1_500})
    for kind in KINDS:
        yield Cell("E7", SENT, kind, "403 from the firewall", (late, post(reply("forbidden_403"))),
                   *WITHOUT[kind], saw="no document of the venue")
        yield Cell("E7", ACCEPTED, kind, "403 from the firewall, though executed",
                   (late, post({**reply("forbidden_403", execute=True),
                                "body": "<html><title>403</title></html>"}), NEVER_TOLD), *WHOLE, saw="unknown")


def with_halves(cells):
    """Exits to a target above zero besides those that close: what is left must stand exactly."""
    for cell in cells:
        yield cell
        if cell.kind == EXIT and not cell.act:
            yield replace(cell, variant=cell.variant + ", to a half", half=True)


GROUPS = {BEFORE: tuple(of_reads(BEFORE)), DECIDING: tuple(of_reads(DECIDING)),
          INTENT: tuple(with_halves(of_intents())), SENT: tuple(with_halves(of_requests())), ACCEPTED: tuple(with_halves(of_acceptances())),
          PARTLY: tuple(with_halves(of_parts())), CANCELLING: tuple(of_cancels()), "firewall": tuple(of_firewall())}

NO_ORDER = "no order exists yet, only a read can be hit"
NOTHING_ACCEPTED = "the venue has accepted nothing yet"
NEVER_CANCELLED = "an entry is one MARKET order: nothing of it rests, nothing is cancelled"
ONLY_ORDERS = "-1008 is said to new orders alone, and this phase sends none"

IMPOSSIBLE = {}
for _kind in KINDS:
    for _phase in (BEFORE, DECIDING):
        IMPOSSIBLE.update({(f, _phase, _kind): NO_ORDER for f in ("E6", "E8", "E9", "E20", "E24")})
    IMPOSSIBLE.update({(f, _phase, _kind): NOTHING_ACCEPTED for f in ("E9", "E20")
                       for _phase in (INTENT, SENT)})
    IMPOSSIBLE[("E6", ACCEPTED, _kind)] = ONLY_ORDERS
IMPOSSIBLE.update({(f, CANCELLING, ENTRY): NEVER_CANCELLED for f in FAULTS})
IMPOSSIBLE[("E6", INTENT, ENTRY)] = "an entry is not sent again: its permit has run out"
IMPOSSIBLE[("E24", INTENT, ENTRY)] = IMPOSSIBLE[("E6", INTENT, ENTRY)]
IMPOSSIBLE[("E6", PARTLY, ENTRY)] = "an entry has one order, and that one has ended"
IMPOSSIBLE[("E8", CANCELLING, EXIT)] = "a cancel is not asked after: the next order of the exit shows it"


def missing():
    """What is neither provoked nor explained, or both."""
    provoked = {(c.fault, c.phase, c.kind) for cells in GROUPS.values() for c in cells}
    found = []
    for cell in ((f, p, k) for f in FAULTS for p in PHASES for k in KINDS):
        if (cell in provoked) == (cell in IMPOSSIBLE):
            found.append(cell)
    return found + sorted(provoked - {(f, p, k) for f in FAULTS for p in PHASES for k in KINDS})
