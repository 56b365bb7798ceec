"""The table: what is provoked in each row, what must be true, and which tests do it."""

import sys
from dataclasses import dataclass

NUMBERS = [f"E{n}" for n in range(1, 26)] + [f"H{n}" for n in range(1, 12)]


@dataclass(frozen=True)
class Row:
    number: str
    provoked: str
    asserted: str
    tests: tuple  # "module.Class.method" each.
    scale: str = ""  # How much shorter or smaller than in real life.


def row(number, tests, provoked, asserted, scale=""):
    return Row(number, provoked, asserted, tuple(tests.split()), scale)


ORDERS = "orders_test.OrdersTestCase.test_e4_e6_e7_e8_e9_e12_e20_e24_side_by_side"

ROWS = (
    row("E1", "requests_test.WaitingTestCase.test_e1_latency",
        "latency of 50 ms, 300 ms and 3 s; every read but those of one symbol 3 to 60 s late",
        "at 50 and 300 ms entries pass; then an entry is denied `stale_exchange_state`, an exit is allowed after a read of its own;"
        " ready within 10 s", "truth is too old after 2 s instead of 10"),
    row("E2", "requests_test.PauseTestCase.test_e2_429_with_retry_after_pauses_everything"
        " requests_test.PauseTestCase.test_e2_429_of_orders_without_a_header_pauses_orders_alone",
        "429 with Retry-After to a read; 429 without a header, for 10 seconds, to an order",
        "nothing arrives in the pause, in the other case no order while reads go on; fewer than 15 requests in the second after it;"
        " the exit that waited is done", "4 s instead of up to 120"),
    row("E3", "requests_test.PauseTestCase.test_e3_418_ban_over_a_restart", "a ban of the address, and a restart in it",
        "no request arrives before its end; entries and exits, before and after the restart, end by deny with `exchange_banned`; ready"
        " after it", "9 s instead of 2 minutes to 3 days"),
    row("E4", ORDERS, "503 \"Unknown error\" to entries and exits that were and were not executed",
        "one order alone where it was executed; sent again not before recvWindow + 5 s; ends exact"),
    row("E5", "orders_test.OrdersTestCase.test_e5_503_unavailable", "503 \"Service Unavailable.\" or \"Internal error\", some times and for ever",
        "the same id again after at least 200, 400, 800 ms, three times at most; then the plan fails with nothing traded. An entry, and an"
        " exit of a part, that met \"Internal error\" is sent once and asked after"),
    row("E6", ORDERS, "503 -1008 to entries, for long", "the entry fails, the exit passes with one order"),
    row("E7", ORDERS, "202 without a body, pages of a proxy, -1006, 408 -1007, executed and not",
        "unknown first, then found or proven absent; no second order in doubt"),
    row("E8", ORDERS, "a query says -2013 for 0.5 and 3 s after the acceptance", "not taken as proof: found later, ends exact"),
    row("E9", ORDERS, "replies lost after the acceptance; the stream tells late, or never", "no second order, ends exact"),
    row("E10", "replies_test.RepliesTestCase.test_e10_malformed_replies",
        "account reads that are cut, NaN, 1e400, of 30 digits, of a wrong type, without a field, with a key twice, nested 10^6 deep, not"
        " UTF-8, no list; lists with one element more, one less, or none",
        "each is refused whole and counted, and no truth changes; what is missing in a list that is a list is not believed gone so soon"
        " after its event, and nothing is sent for it; while it lasts, entries are denied `stale_exchange_state`", "too old after 3 s"),
    row("E11", "replies_test.RepliesTestCase.test_e11_framing",
        "Content-Length too short and too long, wrong and unfinished chunks, gzip that nobody asked for, a body of 200 MB, 64 MB of"
        " headers, half a body", "each read fails and is counted, no truth changes, memory stays below 256 MiB"),
    row("E12", ORDERS, "reset and close after chosen bytes of requests and replies", "unknown, then found or proven absent; no second order"),
    row("E13", "replies_test.TrustTestCase.test_e13_tls",
        "certificates that are expired, for another host, self-signed, of an unknown authority; TLS 1.1 alone; a slow handshake",
        "each is refused with a reason of its own, no request arrives, a plan ends by deny; ready by itself once it is right",
        "2 s each"),
    row("E14", "replies_test.NamesTestCase.test_e14_names",
        "a name server that is silent, that knows no such name, that names an address where nobody listens (in a mount namespace)",
        "plans are judged in time and the process ends when told to, with the lookup open; ready once the address is right"),
    row("E15", "changes_test.ClockTestCase.test_e15_clock_steps changes_test.ClockTestCase.test_e15_a_late_order_and_drift",
        "the venue's clock steps by ±0.5, ±5, ±60 s and drifts by half a second a second; -5028 to an order",
        "each order takes effect once and is refused for its time at most once; the clock is measured anew; after a step of"
        " more than a second ahead nothing opens for twelve seconds, and exits go; -5028 is looked up before it is sent again"),
    row("E16", "streams_test.StreamsTestCase.test_e16_mute_stream", "the user stream falls silent, its connection lives on",
        "a trade is seen by a read within its period and a second, `user_stream_mute` is named, reads and an exit go on; a new stream"
        " tells again", "some seconds instead of up to 2 h"),
    row("E17", "streams_test.StreamsTestCase.test_e17_events_out_of_order streams_test.StreamsTestCase.test_e17_a_dropped_event",
        "events twice, reordered, up to 3 s late and 10 % of them lost, during entries and exits on eight symbols",
        "each trade is booked once, no truth goes back, what was lost is found by the next read",
        "up to 3 s late, 10 with a seed, instead of 30"),
    row("E18", "streams_test.StreamsTestCase.test_e18_listen_keys_and_closed_streams streams_test.ForcedCloseTestCase.test_e18_forced_close",
        "the key ends with its event, without it, with -1125; connections are cut and closed for their age",
        "a new key, a new stream, a whole read after it, and it tells of the next trade",
        "4 s instead of 24 h; told within 3 s instead of 1, for a shared machine"),
    row("E19", "streams_test.StreamsTestCase.test_e19_event_between_request_and_reply"
        " streams_test.StreamsTestCase.test_e19_reads_that_lag_behind_the_stream",
        "a trade between a read's answer and its arrival; reads that show for 6 s what was before it", "the truth is what the event said, once, and is not taken back"),
    row("E20", ORDERS, "7 and 50 fills, told late and twice, a part alone, a cancel that is rejected", "executed, booked and held are equal to the last digit"),
    row("E21", "changes_test.PersonsTestCase.test_e21_a_person_trades_the_account"
        " changes_test.PersonsTestCase.test_e21_a_person_changes_the_position_mode",
        "a person adds, closes, turns a position, cancels an order of ours, changes leverage and position mode",
        "`foreign_fill` in the books; a hold stops entries on what was turned and ends with it; an exit that waited is judged again"
        " (`no_position`) and nothing is sent; `hedge_mode` is named and nothing trades in it"),
    row("E22", "changes_test.PersonsTestCase.test_e22_forced_orders", "a liquidation, two rounds of ADL under the one constant id, a settlement",
        "each is named; both rounds are booked; none of the ids is an order of ours"),
    row("E23", "changes_test.SymbolsTestCase.test_e23_filters_and_symbols", "a symbol ends and comes back, a step grows, 20 symbols become 10,000 in one reply",
        "`symbol_not_trading`; the next order fits the new step; plans are judged meanwhile, no stage stalls, memory stays below 256 MiB",
        "a stall is 1.5 s, since nothing is optimised here; nothing judges the 50 ms"),
    row("E24", ORDERS, "-2022, -2019, -4116, -4118, -4061, -4164, -1111 to an entry and an exit each", "as the matrix has it: refused, or closed by another order; exact"),
    row("E25", "changes_test.MaintenanceTestCase.test_e25_maintenance", "503 to everything and no streams, then all back at once",
        "entries are denied meanwhile; one recovery: one key, fewer than 20 requests in the first two seconds; the exit that waited is"
        " done", "9 s instead of 4 h"),
    row("H1", "process_test.CrashesTestCase.test_h1_killed_at_a_sync", "SIGKILL at a sync, and a start after it",
        "I2, I4, I6, I7, I8 by the oracle of tests/crash", "one sync; all of them in `scripts/crash-test`"),
    row("H2", "process_test.CrashesTestCase.test_h2_refused_by_the_disk", "EIO at a sync, ENOSPC at a write", "exit 74, a clean next start (that nothing goes on"
        " after it: the simulation, which wants exit 74 within 5 s, and where a later order breaks I8, a later verdict I4)",
        "one of each"),
    row("H3", "process_test.JournalTestCase.test_h3_a_damaged_journal",
        "a bit of the log, a missing log, half a file, bits anywhere in the file",
        "exit 74 that names the journal; bits anywhere: that, or all rows of state are what the records make of them"),
    row("H5", "host_test.MemoryTestCase.test_h5_memory_limit", "a limit of 256 MiB, then of 2 MiB more than is used, with replies of 200 MB and plans",
        "lives and trades within the first; with the second it may end, and the next start finds everything"),
    row("H6", "host_test.StoppedTestCase.test_h6_stopped_and_continued", "SIGSTOP with exits that wait, and in the middle of a hundred entries; a close by hand meanwhile; SIGCONT",
        "`no_position` for what was closed; no order takes effect by a permit, a signature or a truth from before", "4 s instead of up to 120"),
    row("H7", "host_test.ClockTestCase.test_h7_wall_clock", "the wall clock of the process jumps by ±1 h and back",
        "every verdict as before, orders within 2 s, ages stay small, at most two requests refused for their time",
        "5 s, for a shared machine"),
    row("H8", "process_test.LifeTestCase.test_h8_a_second_instance", "a second process on the same state directory",
        "exit 75 within a second (and what loading the program takes), the first trades on", "the best of three starts"),
    row("H9", "process_test.LifeTestCase.test_h9_a_broken_file_on_sighup process_test.LifeTestCase.test_h9_sigterm_under_load"
        " process_test.LifeTestCase.test_h9_sigterm_twice process_test.LifeTestCase.test_h9_halted_while_it_ends",
        "a broken file and SIGHUP; SIGTERM amid 150 plans; SIGTERM twice, and SIGUSR1 between them, while orders hang",
        "nothing of the file is in force, and the mended one is taken; ends with 0 within 10 s; the second signal ends it at once; each"
        " plan has one verdict after the next start; SIGUSR1 halts as ever"),
    row("H10", "host_test.DescriptorsTestCase.test_h10_no_descriptors host_test.DescriptorsTestCase.test_h10_streams_come_back_while_http_wants_all",
        "four descriptors left beside those that no client gets, and more HTTP clients",
        "clients are turned away, plans over a kept connection are carried out, lost streams come back"),
    row("H11", "process_test.SlowDiskTestCase.test_h11_slow_commits", "each sync takes 2.5 s, longer than a permit lives, while two exits and an entry wait",
        "the exits are done, to the last digit; the entry is done or nothing of it was sent; each order went out once"),
)

NOT_HERE = {"H4": "the list has no such row"}


def missing():
    """Numbers that are neither provoked nor explained, or both, or twice."""
    there = [each.number for each in ROWS]
    return [n for n in NUMBERS if (there.count(n), n in NOT_HERE) not in ((1, False), (0, True))]


def table():
    """As it stands in docs/verification.md."""
    lines = ["| | provoked | must be true | shortened |", "|---|---|---|---|"]
    lines += [f"| {r.number} | {r.provoked} | {r.asserted} | {r.scale} |" for r in ROWS]
    lines += [f"| {number} | not provoked: {reason} | | |" for number, reason in NOT_HERE.items()]
    return "\n".join(lines)


def tests_of(number):
    """The tests of one row; of all without a number."""
    if number and number not in {each.number for each in ROWS}:
        sys.exit(f"there is no row {number}")
    found = [test for each in ROWS if number in ("", each.number) for test in each.tests]
    return sorted(set(found), key=found.index)


if __name__ == "__main__":
    print(" ".join(tests_of(sys.argv[2])) if sys.argv[1:2] == ["--tests"] else table())
