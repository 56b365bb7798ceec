"""Replies, connections and names that cannot be trusted: E10, E11, E13, E14."""

import os
import socket
import struct
import subprocess
import threading
import time
import unittest

from field import BINARY, ORDER, RISK, FaultsTestCase, Process, rows

DAMAGES = ("cut", "nan", "overflow", "many_digits", "wrong_type", "missing_field", "duplicate_key",
           "deep_nesting", "not_utf8")
FRAMINGS = ("length_short", "length_long", "chunk_size", "chunk_unfinished", "gzip_header", "huge_body",
            "endless_headers")
IDENTITIES = {
    "expired": "the certificate has expired",
    "wrong_host": "the certificate is for another host",
    "self_signed": "the certificate is self-signed",
    "unknown_ca": "the authority of the certificate is not trusted",
    "tls_1_1": "the venue speaks no TLS 1.2 or newer",
}


class RepliesTestCase(FaultsTestCase):
    """A reply that is spoilt changes nothing, whatever is wrong with it."""

    bound = "700ms"
    ways = 'body_bytes_max = "2MiB"'  # Of what the test sends to the venue.

    def prepare(self):
        self.begin(snapshot='latency = "100ms"', gate='stale_after_entry = "3s"')
        self.symbol, = self.names_of_symbols(1)
        self.hold_positions([self.symbol])
        self.before = self.truth_of(self.symbol)

    def spoil(self, fault):
        """Each of these reads fails, is counted, and leaves all truth as it was."""
        failed, changes = self.reads_failed(), self.changes()
        self.provoke([{**fault, "path": RISK, "count": 1}])
        self.until(f"a failed read: {fault}", lambda: self.reads_failed() > failed)
        self.assertEqual(self.changes(), changes, fault)
        self.assertEqual(self.truth_of(self.symbol), self.before, fault)

    def check_lists_that_are_lists(self):
        """What is not in a list is flat, until the next read; nothing is sent for it."""
        after = self.last()
        for damage in ("missing_element", "extra_element", "empty_list"):
            self.provoke([{"effect": "damage", "damage": damage, "path": RISK, "count": 1}])
            self.until(f"met {damage}", lambda: self.venue("GET", "/sim/status")["request_faults"] == 0)
            self.until_read_again()
            self.until("as before", lambda: self.truth_of(self.symbol)[-1][:2] == self.before[-1][:2])
        self.assertEqual(self.arrivals(after, "POST", ORDER), [])

    def changes(self):
        return rows(self.journal(), "SELECT count(*) FROM truth_change")[0][0]

    def until_read_again(self):
        good = self.metric('sluice_reads_total{scope="account",result="good"}')
        self.until("a good read", lambda: self.metric(
            'sluice_reads_total{scope="account",result="good"}') > good)

    def test_e10_malformed_replies(self):
        self.prepare()
        for damage in DAMAGES:
            self.spoil({"effect": "damage", "damage": damage})
        self.spoil({"effect": "malform", "body": "[" * 1_000_000, "content_type": "application/json"})
        self.spoil({"effect": "malform", "body": '{"positions":[]}'})
        self.assertGreaterEqual(self.exchange()["reads"]["malformed"], len(DAMAGES))
        self.check_lists_that_are_lists()
        # While every read is spoilt truth ages, and old truth is not traded upon.
        self.provoke([{"effect": "damage", "damage": self.vary.one_of("damage", DAMAGES), "path": RISK,
                       "count": 0}])
        self.until("aged", lambda: self.position(self.symbol)["age_ms"] > 3_100)
        kind, codes = self.judged(self.entry(self.symbol, ttl="2s"))
        self.assertEqual(kind, "deny")
        self.assertIn("stale_exchange_state", codes)
        self.check_end()

    def test_e11_framing(self):
        self.prepare()
        for framing in FRAMINGS:
            self.spoil({"effect": "misframe", "framing": framing})
        self.spoil({"effect": "truncate"})
        self.check_memory()
        self.check_end()


class TrustTestCase(FaultsTestCase):
    def requests_of_ours(self, after):
        return self.arrivals(after)

    def test_e13_tls(self):
        self.configure(exchange='connect_timeout = "700ms"')
        began = time.monotonic()
        self.start_sluice()
        # A fault lasts from before a start: where starting takes long, it has to last longer.
        starting_ms = round(1_000 * (time.monotonic() - began))
        symbol, = self.names_of_symbols(1)
        self.hold_positions([symbol])
        self.sluice.end()
        lasts = starting_ms + self.vary.number("lasts_ms", 2_000, 1_500, 4_000)
        for identity, reason in IDENTITIES.items():
            self.refused_while({"effect": "certificate", "identity": identity}, reason, lasts, symbol)
        self.refused_while({"effect": "slow_handshake", "delay_ms": 3_000}, "TLS with .*due to a timeout", lasts, symbol)
        self.start_sluice()
        self.check_end()

    def refused_while(self, fault, reason, lasts, symbol):
        """Nothing is asked of a venue that is not trusted; once it is, all is well at once."""
        after = self.last()
        self.provoke([{**fault, "count": 0, "for_ms": lasts}])
        end = self.venue_time_by_clock() + lasts
        self.start_sluice(ready=False)
        self.until_logged(reason)
        self.assertEqual(self.judged(self.exit(symbol, ttl="600ms"))[0], "deny", fault)
        self.until("over", lambda: self.venue_time_by_clock() > end)
        self.until_ready()
        self.assertEqual([r for r in self.arrivals(after) if r["time"] < end - 100], [], fault)
        self.assertEqual(self.sluice.end(), 0)

    @staticmethod
    def venue_time_by_clock():
        """Without a connection, which would meet the fault as well."""
        return time.time() * 1000


class NameServer:
    """Answers, or leaves unanswered, every question for a name; a port 53 of its own on loopback."""

    ADDRESS = "127.0.0.153"

    def __init__(self):
        self.says = None  # None: silence. "": there is no such name. Else an address.
        self.asked = 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((self.ADDRESS, 53))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                question, asker = self.socket.recvfrom(512)
            except OSError:
                return
            self.asked += 1
            if self.says is not None:
                self.socket.sendto(self.answer(question), asker)

    def answer(self, question):
        end = question.index(b"\0", 12) + 5
        kind = struct.unpack("!H", question[end - 4:end - 2])[0]
        found = self.says and kind == 1
        head = question[:2] + struct.pack("!HHHHH", 0x8180 if self.says else 0x8183, 1, bool(found), 0, 0)
        body = question[12:end]
        if found:
            body += struct.pack("!HHHIH", 0xC00C, 1, 1, 1, 4) + socket.inet_aton(self.says)
        return head + body

    def close(self):
        self.socket.close()


class NamesTestCase(FaultsTestCase):
    host = "localhost"  # Which the venue's certificate names; looked up by the server above.

    def setUp(self):
        super().setUp()
        try:
            self.names = NameServer()
        except OSError as why:
            self.skipTest(f"no port 53 may be opened here: {why}")
        self.addCleanup(self.names.close)
        (self.directory / "hosts").write_text("127.0.0.9 nobody\n")
        (self.directory / "resolv.conf").write_text(
            f"nameserver {NameServer.ADDRESS}\noptions timeout:30 attempts:1\n")
        self.alone = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-r", "-m"]
        self.mounts = " && ".join(f"mount --bind {self.directory}/{name} $(realpath /etc/{name})"
                                  for name in ("hosts", "resolv.conf"))
        if subprocess.run([*self.alone, "sh", "-c", self.mounts], check=False).returncode != 0:
            self.skipTest("no mount namespace can be made here")

    def start(self, config, command="run", *flags, stdin=None):
        """With name lookup of its own; the process keeps its id."""
        if command != "run":
            return super().start(config, command, *flags, stdin=stdin)
        process = Process([*self.alone, "sh", "-c", f'{self.mounts} && exec "$0" "$@"',
                           os.path.realpath(BINARY), command, str(config), *flags], self.directory, stdin)
        self.started.append(process)
        return process

    def test_e14_names(self):
        self.configure()
        symbol, = self.names_of_symbols(1)
        after = self.last()
        self.start_sluice(ready=False)
        self.until("asked", lambda: self.names.asked > 0)
        # Nobody answers: plans are judged in time all the same, and the process goes when it is told to.
        began = time.monotonic()
        kind, codes = self.judged(self.entry(symbol, ttl="1s"))
        self.assertEqual(kind, "deny")
        self.assertIn("no_exchange_snapshot", codes)
        self.assertLess(time.monotonic() - began, 5)
        began = time.monotonic()
        self.assertEqual(self.sluice.end(), 0)
        self.assertLess(time.monotonic() - began, 10)
        self.assertEqual(self.arrivals(after), [])
        # No such name, then an address where nobody listens, then the right one.
        self.names.says = ""
        self.start_sluice(ready=False)
        self.until_logged("unreachable.*localhost")
        self.names.says = "127.0.0.2"
        self.until_logged("refused")
        self.assertEqual(self.get("/readyz").status, 503)
        self.assertEqual(self.arrivals(after), [])
        self.names.says = "127.0.0.1"
        self.until_ready()
        self.until_marks(self.rules)
        self.check_end()


if __name__ == "__main__":
    unittest.main()
