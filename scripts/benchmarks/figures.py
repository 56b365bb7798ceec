"""The figures that are published, where each stands in a benchmark's JSON lines, its goal and its floor."""

from collections import namedtuple

# `line`: fields that tell the line among those of the benchmark. `value`, `floor`: the path of keys in it, or
# for a floor in another line, (fields of that line, path). `goal`: what is wanted, None where nobody said.
# `better`: which way is better.
Figure = namedtuple("Figure", "bench line name value unit goal floor better")

SCRIPTS = ("event_readers",)  # The others are programs.
LESS, MORE = "less", "more"


def figure(bench, line, name, value, unit, goal=None, floor=None, better=LESS):
    parts = tuple(value.split("."))
    if isinstance(floor, str):
        floor = (line, floor)
    if floor is not None:
        floor = (floor[0], tuple(floor[1].split(".")))
    return Figure(bench, line, name, parts, unit, goal, floor, better)


JOURNAL = [
    figure("journal", {}, "verdicts made durable", "durable_verdicts_per_s", "/s", 2000, better=MORE),
    figure("journal", {}, "plan to its order leaving, intent durable, p50", "plan_to_wire.p50_us", "µs",
           floor="bare_fdatasync.p50_us"),
    figure("journal", {}, "plan to its order leaving, intent durable, p99", "plan_to_wire.p99_us", "µs", 5000,
           "bare_fdatasync.p99_us"),
    figure("journal", {}, "meanwhile one thread wakes another, p99", "wake_floor.p99_us", "µs"),
    figure("journal", {}, "one intent alone, durable, p99", "durable_intent.p99_us", "µs", None, "bare_fdatasync.p99_us"),
    figure("journal", {}, "start on a million records", "start.ms", "ms", 3000),
    figure("journal", {}, "bytes a plan", "start.bytes_per_plan", "B"),
]
RATE, WAIT, BURST = ({"figure": f} for f in ("accepted_per_second", "verdict_by_wait", "burst"))
INTAKE = [
    *(figure("intake", {**RATE, "connections": c, "plans_a_request": n},
             f"plans taken in, {n} a request, {c} connections", "value", "/s", 20000 if n == 100 else None,
             better=MORE) for n in (1, 100) for c in (1, 8, 64)),
    figure("intake", WAIT, "plan posted with ?wait to its verdict, p50", "round_trip.p50_us", "µs"),
    figure("intake", WAIT, "plan posted with ?wait to its verdict, p99", "round_trip.p99_us", "µs", 1000),
    figure("intake", BURST, "exit to its verdict, idle, p99", "exit_to_verdict_idle.p99_us", "µs", None,
           "floor_idle.p99_us"),
    figure("intake", BURST, "exit to its verdict, in a burst, p99", "exit_to_verdict_in_burst.p99_us", "µs",
           None, "floor_in_burst.p99_us"),
    figure("intake", BURST, "plans lost in a burst", "lost", "", 0),
]
GATE = [figure("gate", {"symbols": s}, f"plan to verdict, {s} symbols, 50,000 updates a second, {q}",
               f"updates_50000.{key}", "µs") for s in (566, 10000) for q, key in (("p50", "p50_us"), ("p99", "p99_us"))]
GATE += [figure("gate", {"symbols": s}, f"plans judged in batches, {s} symbols", "updates_50000.plans_per_s",
                "/s", better=MORE) for s in (566, 10000)]
REAL = {"clock": "real", "strategy": "adaptive", "lost_percent": 0}


def oldest(symbols, what="", faults=0, **more):
    return figure("freshness", {**REAL, "runs": "truth_alone", "symbols": symbols, "faults": faults, **more},
                  f"oldest truth, {symbols:,} symbols{what}", "age_max_ms", "ms", more.get("bound_ms", 1320))


WHOLE = [(s, {**REAL, "runs": "whole_pipeline", "symbols": s, "faults": 0}) for s in (566, 10000)]
FRESHNESS = [
    oldest(566, ", half the weight", bound_ms=2320), oldest(566, bound_ms=1320),
    oldest(566, ", a lost poll", 1),
    oldest(10000),
    *(figure("freshness", line, f"cost of the whole pipeline, {s:,} symbols", "cpu_percent", "% of a core")
      for s, line in WHOLE),
    *(figure("freshness", line, f"memory of the whole pipeline, {s:,} symbols", "rss_mib_max", "MiB", 256)
      for s, line in WHOLE),
    figure("freshness", {**REAL, "strategy": "per_symbol", "symbols": 566}, "one sweep of 566 symbols, a request each",
           "sweep_ms", "ms"),
]
CLIENT = [
    *(figure("client", {"part": "account_read"}, f"account read of {rows:,} rows, parsed and applied, {q}",
             f"rows_{rows}.parse_and_apply_{q}_ms", "ms", 30 if rows == 10000 else None)
      for rows in (566, 10000) for q in ("p50", "p99")),
    figure("client", {"part": "order"}, "signed order, round trip over TLS, p50", "order.round_trip_p50_ms", "ms",
           None, "order.floor_p50_ms"),
    figure("client", {"part": "requests"}, "requests on one connection", "connections_1.per_s", "/s", None,
           "connections_1.floor_per_s", MORE),
    figure("client", {"part": "requests"}, "requests on sixteen connections", "connections_16.per_s", "/s", None,
           "connections_16.floor_per_s", MORE),
]
CHANGES = [
    figure("change_latency", {}, "change at the venue, from its frame to the table, p50", "frame_to_table.p50_us", "µs"),
    figure("change_latency", {}, "change at the venue, from its frame to the table, p99", "frame_to_table.p99_us", "µs"),
    figure("change_latency", {}, "mark through a stop, from its frame to the exit order at the venue, p99",
           "mark_frame_to_exit_order_by_stop.to_venue.p99_us", "µs"),
    figure("change_latency", {}, "mark through a stop, from its frame to the exit order at the venue, p50",
           "mark_frame_to_exit_order_by_stop.to_venue.p50_us", "µs"),
]
URGENT = [
    figure("urgent", {}, "exit on stale truth to its verdict, beyond the read's round trip, p99",
           "exit.verdict_beyond_round_trip.p99_us", "µs"),
    figure("urgent", {}, "reads for 500 plans on 500 stale symbols", "together.reads_at_venue_max", ""),
]
STATE_TABLE = [
    figure("state_table", {"mechanism": "seqlock_slots", "symbols": 566}, "one row read beside a writer, p50",
           "one_reads_rows.read.p50_ns", "ns", None, ({"mechanism": "clock_alone"}, "p50_ns")),
]
VENUE = [figure("venue", {}, "requests a second that the simulated venue answers", "time.per_s", "/s", better=MORE)]
READERS = [
    figure("event_readers", {"readers": 200}, "cost of 200 readers of events", "cost_core_percent", "% of a core"),
    figure("event_readers", {"readers": 200}, "readers lost", "readers_lost", "", 0),
]

FIGURES = JOURNAL + INTAKE + GATE + FRESHNESS + CLIENT + CHANGES + URGENT + STATE_TABLE + VENUE + READERS
