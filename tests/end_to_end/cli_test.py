"""What an operator looks with: status, top, tail, explain, why, show-config, doctor."""

import contextlib
import json
import os
import pty
import signal
import sqlite3
import subprocess
import termios
import threading
import unittest

from harness import BINARY, LIMIT_S, OutsideTestCase, SluiceTestCase, a_reduce, an_open, free_port

NOBODY = "http://127.0.0.1:1"


class Looking:
    """Runs commands as a person would."""

    def command(self, *words, url=None, **environment):
        done = subprocess.run(
            [BINARY, *words], capture_output=True, text=True, timeout=LIMIT_S, cwd=self.directory,
            env={**os.environ, "SLUICE_URL": url or (self.sluice.url if self.sluice else NOBODY),
                 **environment})
        return done.returncode, done.stdout, done.stderr

    def checks(self, *words):
        """The lines of doctor: step to (result, seen, cure), the worst of each step."""
        code, output, errors = self.command("doctor", "--json", *words)
        self.assertIn(code, (0, 1, 3), errors)
        worst = {}
        for line in json.loads(output)["checks"]:
            order = ["pass", "warn", "fail"]
            known = worst.get(line["step"])
            if not known or order.index(line["result"]) > order.index(known["result"]):
                worst[line["step"]] = line
        return code, worst

    def assert_fits(self, text, width=80):
        for line in text.splitlines():
            self.assertLessEqual(len(line), width, line)


class LookingTestCase(Looking, SluiceTestCase):
    sluice = None

    # ---- status and top

    def test_status_shows_one_screen_and_says_by_its_code_whether_it_is_ready(self):
        self.run_ready(positions='"BTCUSDT=0.500"')
        code, output, _ = self.command("status")
        self.assertEqual(code, 0, output)
        self.assert_fits(output)
        for part in ("demo  account demo  active", "READY", "569 flat", "promised (adaptive)",
                     "user up, market up", "POSITIONS", "BTCUSDT"):
            self.assertIn(part, output)
        self.assertNotIn("\x1b", output)
        document = json.loads(self.command("status", "--json")[1])
        self.assertTrue(document["status"]["ready"])
        self.assertEqual([p["symbol"] for p in document["positions"]], ["BTCUSDT"])
        self.assertEqual(document["holds"], [])
        (self.directory / "state" / "halt").write_text("smoke\x1b[2J\n")
        self.until("halted", lambda: self.status()["trading_state"] == "halted")
        code, output, _ = self.command("status", "--color", "always")
        self.assertEqual(code, 1)
        self.assertIn("NOT READY", output)
        self.assertIn("halt_file: smoke", output)
        self.assertIn("\x1b[1;31m", output)
        self.assertNotIn("\x1b[2J", output)

    def test_top_keeps_the_terminal_until_q_or_a_signal_and_gives_it_back(self):
        self.run_ready()
        for end in ("q", signal.SIGTERM, signal.SIGINT):
            with self.subTest(end=end):
                main, side = pty.openpty()
                before = termios.tcgetattr(side)
                shown = bytearray()
                process = subprocess.Popen([BINARY, "top", "--url", self.sluice.url], stdin=side,
                                           stdout=side, stderr=side, cwd=self.directory,
                                           env={**os.environ, "TERM": "xterm"})
                reader = threading.Thread(target=self.collect, args=(main, shown), daemon=True)
                reader.start()
                self.until("a second frame", lambda: shown.count(b"READY") >= 2)
                self.assertIn(b"\x1b[?1049h", shown)
                self.assertNotEqual(termios.tcgetattr(side), before)
                if end == "q":
                    os.write(main, b"q")
                else:
                    process.send_signal(end)
                self.assertEqual(process.wait(LIMIT_S), 0)
                self.assertEqual(termios.tcgetattr(side), before)
                os.close(side)
                reader.join(LIMIT_S)
                os.close(main)
                self.assertTrue(bytes(shown).endswith(b"\x1b[?25h\x1b[?1049l"), shown[-40:])

    def on_a_terminal(self, *words, **environment):
        """What a command draws on a terminal until it ends."""
        main, side = pty.openpty()
        shown = bytearray()
        process = subprocess.Popen(
            [BINARY, *words, "--url", self.sluice.url], stdin=side, stdout=side, stderr=side,
            cwd=self.directory, env={**os.environ, "TERM": "xterm", **environment})
        reader = threading.Thread(target=self.collect, args=(main, shown), daemon=True)
        reader.start()
        if words == ("top",):
            self.until("a frame", lambda: b"POSITIONS" in shown)
            os.write(main, b"q")
        self.assertEqual(process.wait(LIMIT_S), 0)
        os.close(side)
        reader.join(LIMIT_S)
        os.close(main)
        return bytes(shown)

    def test_nothing_is_coloured_on_a_terminal_where_no_color_is_set(self):
        self.run_ready(positions='"BTCUSDT=0.500"')
        for words in (("status",), ("top",), ("top", "--once")):
            with self.subTest(words=words):
                self.assertRegex(self.on_a_terminal(*words), rb"\x1b\[[0-9;]+m")
                plain = self.on_a_terminal(*words, NO_COLOR="1")
                self.assertIn(b"READY", plain)
                self.assertNotRegex(plain, rb"\x1b\[[0-9;]*[1-9][0-9;]*m")

    @staticmethod
    def collect(main, shown):
        try:
            while block := os.read(main, 65536):
                shown += block
        except OSError:
            pass

    def test_top_without_a_terminal_shows_one_frame(self):
        self.run_ready()
        code, output, _ = self.command("top")
        self.assertEqual(code, 0)
        self.assertIn("READY", output)
        self.assertNotIn("\x1b", output)

    # ---- explain and why

    def test_a_denied_plan_is_explained_by_a_running_process_and_by_its_journal(self):
        self.run_ready()
        self.assertEqual(self.post("/api/v1/plans?wait=5s", an_open("a")).status, 200)
        self.until("its end", lambda: self.get("/api/v1/plans/a").json()["finished"])
        self.post("/api/v1/plans?wait=5s", a_reduce("b", "DOGEUSDT"))
        code, output, _ = self.command("explain", "b")
        self.assertEqual(code, 0)
        self.assert_fits(output)
        for part in ("DENIED: no_position", "pass    stale_exchange_state", "REFUSED no_position: seen 0",
                     "cure: None needed", "truth      flat, proven at"):
            self.assertIn(part, output)
        code, allowed, _ = self.command("explain", "a")
        for part in ("ALLOWED: buy 0.01", "ORDERS", "FILLS", "END done: 0.01 executed"):
            self.assertIn(part, allowed)
        self.assertEqual(json.loads(self.command("explain", "b", "--json")[1]),
                         self.get("/api/v1/plans/b").json())
        code, _, errors = self.command("explain", "nobody")
        self.assertEqual(code, 1)
        self.assertIn("no plan has this id", errors)
        self.sluice.end()
        journal = ("--journal", "state/journal.db")
        self.assertEqual(self.command("explain", "b", *journal)[:2], (0, output))
        self.assertEqual(self.command("explain", "nobody", *journal)[0], 1)
        self.assertEqual(self.command("explain", "b", "--journal", "none.db")[0], 74)

    def test_why_counts_reasons_by_lane_over_a_window(self):
        self.run_ready()
        for number in range(3):
            self.post("/api/v1/plans?wait=5s", a_reduce(f"r{number}", "DOGEUSDT"))
        self.post("/api/v1/plans?wait=5s", an_open("a"))
        code, output, _ = self.command("why")
        self.assertEqual(code, 0)
        self.assert_fits(output)
        self.assertIn("4 verdicts", output)
        self.assertIn("       3  100.0 %  no_position", output)
        self.assertIn("newest: plan r2 of DOGEUSDT", output)
        lanes = {l["lane"]: l for l in json.loads(self.command("why", "--json")[1])["lanes"]}
        self.assertEqual(lanes["exit"]["shares"][0]["newest"]["observed"], "0")
        self.assertEqual(lanes["entry"]["allowed"], 1)
        code, output, _ = self.command("why", "BTCUSDT", "--for", "15m")
        self.assertIn("1 verdicts of BTCUSDT", output)
        self.assertIn("truth", output)
        self.assertIn("hold      none", output)
        self.assertEqual(self.command("why", "--for", "soon")[0], 2)
        self.assertEqual(self.command("why", "--for", "99d")[0], 1)
        self.sluice.end()
        code, output, _ = self.command("why", "DOGEUSDT", "--journal", "state/journal.db")
        self.assertEqual(code, 0)
        self.assertIn("3 verdicts of DOGEUSDT", output)
        # Nothing of the hour is older than a millisecond before the last record but the last ones.
        code, output, _ = self.command("why", "--for", "1ms", "--json", "--journal", "state/journal.db")
        self.assertLess(json.loads(output)["verdicts"], 4)

    # ---- tail

    def test_tail_filters_the_log_and_the_records(self):
        self.run_ready()
        self.post("/api/v1/plans?wait=5s", an_open("a"))
        self.until("its end", lambda: self.get("/api/v1/plans/a").json()["finished"])
        code, output, _ = self.command("tail", "--no-follow", "--component", "gate", "--plan", "a")
        self.assertEqual(code, 0)
        self.assertRegex(output, r"INFO gate plan_judged plan=a symbol=BTCUSDT verdict=allow")
        self.assertEqual(len(output.splitlines()), 1, output)
        self.assertEqual(self.command("tail", "--no-follow", "--level", "error")[1], "")
        self.assertEqual(len(self.command("tail", "--no-follow", "--lines", "3")[1].splitlines()), 3)
        code, output, _ = self.command("tail", "--events", "--no-follow", "--plan", "a", "--json")
        kinds = [json.loads(line)["kind"] for line in output.splitlines()]
        self.assertEqual(kinds[0], "plan_accepted")
        self.assertIn("plan_finished", kinds)
        code, output, _ = self.command("tail", "--events", "--no-follow", "--symbol", "ETHUSDT")
        self.assertEqual((code, output), (0, ""))

    def test_tail_goes_on_after_a_restart_and_ends_in_order(self):
        port = free_port()
        self.run_ready(port=port)
        following = subprocess.Popen(
            [BINARY, "tail", "--events", "--symbol", "BTCUSDT", "--url", self.sluice.url],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self.directory)
        lines = []
        reader = threading.Thread(target=lambda: lines.extend(following.stdout), daemon=True)
        self.post("/api/v1/plans?wait=5s", an_open("before"))
        reader.start()
        self.until("the first", lambda: any("plan_finished" in l for l in self.read(lines)))
        self.sluice.end()
        self.sluice = self.start(self.directory / "sluice.toml")
        self.sluice.wait_url()
        self.until_ready()
        self.post("/api/v1/plans?wait=5s", a_reduce("after"))
        self.until("the second", lambda: any("plan_id=after" in l for l in self.read(lines)))
        following.send_signal(signal.SIGINT)
        self.assertEqual(following.wait(LIMIT_S), 0)
        reader.join(LIMIT_S)
        numbers = [int(line.split()[1]) for line in lines if line[0] == "2"]
        self.assertEqual(numbers, sorted(set(numbers)))
        self.assertIn("connection lost", following.stderr.read())
        following.stdout.close()
        following.stderr.close()

    @staticmethod
    def read(lines):
        return list(lines)

    def test_tail_ends_when_nobody_reads_on(self):
        self.run_ready()
        following = subprocess.Popen([BINARY, "tail", "--lines", "5", "--url", self.sluice.url],
                                     stdout=subprocess.PIPE, text=True, cwd=self.directory)
        self.assertTrue(following.stdout.readline())
        following.stdout.close()
        self.assertEqual(following.wait(LIMIT_S), 0)

    # ---- show-config and doctor

    def test_the_configuration_is_shown_with_the_source_of_each_value(self):
        self.run_ready()
        code, running, _ = self.command("show-config")
        self.assertEqual(code, 0)
        self.assertRegex(running, r'snapshot\.bound = "1s900ms"  # .*sluice\.toml:5')
        self.assertIn('gate.permit_ttl = "2s"  # default', running)
        code, of_file, _ = self.command("show-config", "sluice.toml")
        self.assertEqual(code, 0)
        self.assertEqual(len(of_file.splitlines()), len(running.splitlines()))
        keys = json.loads(self.command("show-config", "--json")[1])["keys"]
        self.assertEqual(len(keys), len(running.splitlines()))
        self.write_config('mode = "demo"\nnonsense = 1\n', "bad.toml")
        code, _, errors = self.command("show-config", "bad.toml")
        self.assertEqual(code, 78)
        self.assertIn("bad.toml:2", errors)

    def test_doctor_passes_a_healthy_process_and_names_what_is_unusual(self):
        self.run_ready(positions='"BTCUSDT=0.500"')
        code, found = self.checks()
        self.assertEqual(code, 0, found)
        for step in ("permits", "snapshots", "ages", "venue", "progress", "strategy", "sources",
                     "budget", "clock", "account", "state", "streams", "holds", "overrides", "limits",
                     "positions", "journal"):
            self.assertEqual(found[step]["result"], "pass", found[step])
        self.command("state", "reduce_only", "--reason", "drill", USER="carol")
        self.command("override", "set", "gate.cooldown", "1s", "--for", "30m", "--reason", "drill",
                     USER="carol")
        self.until("both", lambda: self.status()["overrides"]
                   and self.status()["trading_state"] == "reduce_only")
        code, found = self.checks()
        self.assertEqual(code, 1, found)
        self.assertEqual(found["state"]["result"], "warn")
        self.assertIn("carol", found["overrides"]["seen"])
        self.assertIn("sluice override revert gate.cooldown", found["overrides"]["cure"])
        self.assert_fits(self.command("doctor")[1])

    def test_doctor_reads_files_without_a_process(self):
        self.run_ready(positions='"BTCUSDT=0.500"')
        self.post("/api/v1/plans?wait=5s", a_reduce("b", "DOGEUSDT"))
        self.sluice.end()
        code, found = self.checks("--config", "sluice.toml")
        self.assertEqual(code, 0, found)
        self.assertIn("each as it was written", found["journal"]["seen"])
        self.assertIn("keeps 1.9 s", found["strategy"]["seen"])
        (self.directory / "state").chmod(0o755)
        (self.directory / "state" / "halt").write_text("smoke\n")
        code, found = self.checks("--config", "sluice.toml")
        self.assertEqual(code, 3)
        self.assertIn("chmod 700", found["state_dir"]["cure"])
        self.assertIn("smoke", found["state"]["seen"])
        code, found = self.checks("--journal", "state/journal.db")
        self.assertEqual(code, 0, found)
        self.write_config('mode = "demo"\n[snapshot]\nbound = "10ms"\n', "bad.toml")
        code, found = self.checks("--config", "bad.toml")
        self.assertEqual(code, 3)
        self.assertIn("bad.toml:3", found["config"]["seen"])
        journal = self.directory / "state" / "journal.db"
        with contextlib.closing(sqlite3.connect(journal)) as whole, \
                contextlib.closing(sqlite3.connect(self.directory / "damaged.db")) as damaged:
            whole.backup(damaged)
            damaged.execute("UPDATE record SET body = replace(body, 'DOGEUSDT', 'BTCUSDT')")
            damaged.commit()
        code, found = self.checks("--journal", "damaged.db")
        self.assertEqual(code, 3)
        self.assertEqual(found["journal"]["result"], "fail")


class OutsideLookingTestCase(Looking, OutsideTestCase):
    sluice = None

    def test_doctor_names_a_venue_that_stopped(self):
        port = free_port()
        self.write_keys()
        venue = self.start_venue(port)
        self.sluice = self.start(self.outside(port))
        self.sluice.wait_url()
        self.until_ready()
        self.assertEqual(self.checks()[1]["venue"]["result"], "pass")
        venue.end()
        self.until("unreachable", lambda: "exchange_unreachable" in self.get("/readyz").text)
        code, found = self.checks()
        self.assertEqual(code, 3)
        self.assertEqual(found["venue"]["result"], "fail")
        self.assertIn("exchange_unreachable", found["venue"]["seen"])
        self.assertIn("network", found["venue"]["cure"])
        self.until("old", lambda: self.checks()[1]["ages"]["result"] == "fail")

    def test_doctor_asks_the_venue_only_when_it_is_told_to_and_orders_nothing(self):
        self.write_keys()
        self.start_venue(free_port())
        config = self.outside(self.venue_port)
        asked = len(self.api_requests())
        found = self.checks("--config", str(config))[1]
        self.assertEqual(found["keys"]["result"], "pass")
        self.assertNotIn("account", found)
        self.assertEqual(len(self.api_requests()), asked)
        found = self.checks("--config", str(config), "--ask-exchange")[1]
        self.assertEqual(found["venue"]["result"], "pass", found)
        self.assertEqual(found["account"]["result"], "pass", found)
        self.assertIn("read whole", found["snapshots"]["seen"])
        self.assertEqual([r for r in self.api_requests() if r["method"] != "GET"], [])
        (self.directory / "secret").chmod(0o644)
        code, found = self.checks("--config", str(config), "--ask-exchange")
        self.assertEqual(code, 3)
        self.assertIn("chmod 600", found["keys"]["cure"])
        self.assertEqual(found["venue"]["result"], "warn")
        config.write_text(config.read_text().replace(str(self.directory / "secret"),
                                                     "$CREDENTIALS_DIRECTORY/secret"))
        found = self.checks("--config", str(config))[1]
        self.assertIn("CREDENTIALS_DIRECTORY=", found["keys"]["cure"])


if __name__ == "__main__":
    unittest.main()
