"""What an operator does by hand: halt file, signals, trading state, overrides, holds, commands."""

import datetime
import json
import os
import signal
import socket
import subprocess
import threading
import unittest

from harness import BINARY, LIMIT_S, SluiceTestCase, a_reduce, an_open

BY = {"author": "alice", "reason": "drill"}


class OperatorTestCase(SluiceTestCase):
    def state(self):
        return self.get("/api/v1/state").json()

    def until_state(self, wanted):
        self.until(wanted, lambda: self.state()["state"] == wanted)

    def order_state(self, state, **more):
        return self.post("/api/v1/state", {"state": state, **BY, **more})

    def override(self, key="gate.stale_after_entry", value="20s", **more):
        return self.post("/api/v1/overrides", {"key": key, "value": value, "for": "10m", **BY, **more})

    def overrides(self):
        return self.get("/api/v1/overrides").json()["overrides"]

    def verdict(self, plan):
        return self.post("/api/v1/plans?wait=5s", plan).json()["judged"]["verdict"]

    def reason(self, plan):
        return self.verdict(plan)["refusals"][0]["code"]

    def fault_of(self, reply, field):
        self.assertEqual(reply.status, 400, reply.text)
        for fault in reply.json()["errors"]:
            if fault["field"] == field:
                return fault["reason"]
        self.fail(f"{field} is not named: {reply.text}")

    def command(self, *words, url=None):
        """Runs a command as a person would; returns exit code, output and errors."""
        environment = {**os.environ, "SLUICE_URL": url or self.sluice.url, "USER": "carol"}
        done = subprocess.run([BINARY, *words], capture_output=True, text=True, timeout=LIMIT_S,
                              cwd=self.directory, env=environment)
        return done.returncode, done.stdout, done.stderr

    def restart(self):
        self.sluice = self.start(self.directory / "sluice.toml")
        self.sluice.wait_url()

    # ---- trading state

    def test_a_halt_file_stops_everything_and_lets_go_when_it_is_removed(self):
        self.run_ready()
        halt = self.directory / "state" / "halt"
        halt.write_text("disk is smoking\nand more\n")
        self.until_state("halted")
        self.assertEqual(self.state()["author"], "halt_file")
        self.until("the reason", lambda: self.state()["reason"] == "disk is smoking")
        self.assertEqual(self.reason(an_open("a")), "halted")
        self.assertIn("halt_file: disk is smoking", self.get("/readyz").text)
        ready = self.get("/readyz")
        self.assertEqual(ready.status, 503)
        self.assertEqual(ready.json()["trading_state"], "halted")
        refused = self.order_state("active")
        self.assertEqual(refused.status, 409)
        self.assertIn(f"remove {self.directory}/state/halt", refused.text)
        self.assertEqual(self.state()["state"], "halted")
        halt.unlink()
        self.until_state("active")
        self.assertEqual(self.verdict(an_open("b"))["kind"], "allow")

    def test_exits_alone_can_be_ordered_before_the_halt_file_goes(self):
        self.run_ready()
        halt = self.directory / "state" / "halt"
        halt.touch()
        self.until_state("halted")
        answer = self.order_state("reduce_only")
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.json()["state"], "halted")
        halt.unlink()
        self.until("another state", lambda: self.state()["state"] != "halted")
        self.assertEqual(self.state()["state"], "reduce_only")
        self.assertEqual(self.reason(an_open("a")), "reduce_only_state")

    def test_a_halt_file_is_seen_before_anything_can_be_allowed(self):
        state = self.directory / "state"
        state.mkdir(mode=0o700)
        (state / "halt").symlink_to("nowhere")
        self.run_demo()
        self.assertEqual(self.state()["state"], "halted")
        self.assertIn("state/halt is there", self.state()["reason"])
        self.until("nothing else", lambda: [r["reason"] for r in self.get("/readyz").json()["reasons"]]
                   == ["halted"])
        self.assertEqual(self.reason(an_open("a")), "halted")
        (state / "halt").unlink()
        self.until_state("active")

    def test_signals_restrict_and_never_permit_more(self):
        self.run_ready()
        self.sluice.process.send_signal(signal.SIGUSR2)
        self.until_state("reduce_only")
        self.assertEqual(self.state()["author"], "signal")
        self.sluice.process.send_signal(signal.SIGUSR1)
        self.until_state("halted")
        self.assertEqual(self.state()["reason"], "SIGUSR1")
        self.sluice.process.send_signal(signal.SIGUSR2)
        self.assertEqual(self.reason(an_open("a")), "halted")
        self.assertEqual(self.order_state("active").status, 200)
        self.assertEqual(self.verdict(an_open("b"))["kind"], "allow")

    def test_a_state_with_a_time_ends_by_itself(self):
        self.run_ready()
        answer = self.order_state("reduce_only", **{"for": "2s"})
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.json()["state"], "reduce_only")
        self.assertIsNotNone(answer.json()["until"])
        self.assertEqual(self.reason(an_open("a")), "reduce_only_state")
        self.until_state("active")
        self.assertEqual(self.state()["author"], "gate")
        self.assertEqual(self.order_state("active", **{"for": "1m"}).status, 409)
        self.assertIn("no field", self.fault_of(self.order_state("halted", fro="1m"), "fro"))
        self.assertEqual(self.state()["state"], "active")

    def test_a_state_survives_a_kill_and_one_whose_time_ran_out_does_not(self):
        self.run_ready()
        self.assertEqual(self.order_state("halted", **{"for": "1h"}).status, 200)
        self.sluice.end(signal.SIGKILL)
        self.restart()
        self.assertEqual(self.state()["state"], "halted")
        self.assertEqual(self.state()["author"], "alice")
        # A short order would lift the longer one; nobody gets that by the way.
        self.assertEqual(self.order_state("reduce_only", **{"for": "1s"}).status, 409)
        self.assertEqual(self.order_state("active").status, 200)
        self.assertEqual(self.order_state("reduce_only", **{"for": "1s"}).status, 200)
        until = self.state()["until"]
        self.sluice.end(signal.SIGKILL)
        self.until("the time is over", lambda: now_text() > until)
        self.restart()
        self.assertEqual(self.state()["state"], "active")
        self.assertEqual(self.state()["author"], "gate")

    def test_a_restart_without_the_halt_file_goes_back_to_what_was_ordered(self):
        self.run_ready()
        self.assertEqual(self.order_state("reduce_only").status, 200)
        halt = self.directory / "state" / "halt"
        halt.touch()
        self.until_state("halted")
        self.sluice.end(signal.SIGKILL)
        halt.unlink()
        self.restart()
        self.assertEqual(self.state()["state"], "reduce_only")
        self.assertEqual(self.state()["author"], "alice")

    # ---- overrides

    def test_an_override_holds_over_a_kill_until_it_is_reverted(self):
        self.run_ready()
        answer = self.override()
        self.assertEqual(answer.status, 200, answer.text)
        self.assertEqual(answer.json()["value"], "20s")
        self.sluice.end(signal.SIGKILL)
        self.restart()
        self.until_ready()
        standing = self.overrides()
        self.assertEqual([o["key"] for o in standing], ["gate.stale_after_entry"])
        self.assertEqual(standing[0]["author"], "alice")
        self.assertEqual(self.get("/readyz").json()["overrides"][0]["value"], "20s")
        self.assertIn('sluice_override_active{key="gate.stale_after_entry"} 1',
                      self.get("/metrics").text)
        judged = self.post("/api/v1/plans?wait=5s", an_open("a")).json()["judged"]
        self.assertEqual(judged["verdict"]["kind"], "allow")
        explained = self.get("/api/v1/plans/a").text
        self.assertIn('"stale_after_entry_ms":20000', explained.replace(" ", ""))
        path = "/api/v1/overrides/gate.stale_after_entry/revert"
        self.assertEqual(self.post(path, BY).status, 200)
        self.assertEqual(self.overrides(), [])
        self.assertEqual(self.post(path, BY).status, 404)
        self.assertIn('sluice_override_active{key="gate.stale_after_entry"} 0',
                      self.get("/metrics").text)
        self.assertIn("override_ended", self.sluice.log())

    def test_an_override_ends_by_itself(self):
        self.run_ready()
        self.assertEqual(self.override("gate.allow_add", True, **{"for": "2s"}).status, 200)
        self.assertEqual(len(self.overrides()), 1)
        self.until("its end", lambda: self.overrides() == [])

    def test_an_override_ends_early_once_truth_is_fresh(self):
        self.run_ready()
        answer = self.override(**{"for": "1h", "until": "fresh_for 2s"})
        self.assertEqual(answer.status, 200, answer.text)
        self.until("its end", lambda: self.overrides() == [])
        self.until("its end in the log", lambda: "cause_gone" in self.sluice.log())

    def test_an_override_is_refused_by_the_field_that_is_wrong(self):
        self.run_ready()
        fault = self.fault_of
        self.assertIn("gate.cooldown", fault(self.override("gate.nonsense"), "key"))
        self.assertIn("would lock exits", fault(self.override("gate.hold_blocks_reduce", True), "key"))
        self.assertIn("may not be overridden", fault(self.override("journal.state_dir", "x"), "key"))
        self.assertIn("beyond the ceiling of gate.stale_after_entry, 30s",
                      fault(self.override(value="31s"), "value"))
        self.assertIn("takes a duration", fault(self.override(value="a while"), "value"))
        self.assertIn("from 1s to 1d", fault(self.override(**{"for": "25h"}), "for"))
        self.assertIn("takes a duration", fault(self.override(**{"for": "soon"}), "for"))
        self.assertIn("is missing", fault(self.override(**{"for": None}), "for"))
        self.assertIn("fresh_for", fault(self.override(until="tomorrow"), "until"))
        self.assertIn("not empty", fault(self.override(author=" "), "author"))
        for name in ("halt_file", "signal", "gate", "supervisor", "reconciler"):
            self.assertIn("nobody's name", fault(self.override(author=name), "author"))
        self.assertIn("one line", fault(self.override(reason="a\nb"), "reason"))
        self.assertEqual(self.overrides(), [])

    # ---- sources, holds, commands

    def test_nobody_may_send_plans_under_the_product_s_own_names(self):
        self.run_ready()
        for name in ("exit_engine", "reconciler", "flatten"):
            reply = self.post("/api/v1/plans", {**a_reduce("x"), "source": name})
            self.assertEqual(reply.status, 400)
            self.assertIn("/source", reply.text)

    def test_the_command_that_a_hold_names_releases_it(self):
        self.run_ready(positions='"ETHUSDT=0.500"', extra='[reconcile]\nforeign = "hold"\n')
        self.venue("POST", "/sim/trade", {"symbol": "ETHUSDT", "side": "BUY", "quantity": "0.3"})
        hold = self.until("a hold", lambda: self.get("/api/v1/holds").json()["holds"])[0]
        self.assertEqual(hold["symbol"], "ETHUSDT")
        self.assertEqual(hold["side"], "long")
        self.assertEqual(float(hold["truth_amount"]), 0.8)
        self.assertEqual(float(hold["ledger_amount"]), 0.5)
        self.assertIn("by an operator", hold["release_rule"])
        self.assertEqual(self.reason(an_open("a", "ETHUSDT", quantity="0.1")), "reconcile_hold_active")
        code, output, _ = self.command("hold")
        self.assertEqual(code, 0)
        self.assertIn(hold["release_command"], output)
        done = subprocess.run(
            hold["release_command"].replace("sluice", f"'{BINARY}'", 1), shell=True, text=True,
            capture_output=True, timeout=LIMIT_S, cwd=self.directory,
            env={**os.environ, "SLUICE_URL": self.sluice.url, "USER": "carol"})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.until("no hold", lambda: self.get("/api/v1/holds").json()["holds"] == [])

    def test_a_close_is_armed_shown_and_disarmed_over_a_kill(self):
        self.run_ready()
        code, output, errors = self.command("close", "arm", "BTCUSDT", "--for", "30m",
                                            "--reason", "left over")
        self.assertEqual(code, 0, errors)
        self.assertIn("author: carol", output)
        closes = lambda: self.get("/api/v1/closes").json()["closes"]
        self.until("shown", lambda: [c["symbol"] for c in closes()] == ["BTCUSDT"])
        self.sluice.end(signal.SIGKILL)
        self.restart()
        self.until_ready()
        self.assertEqual([c["reason"] for c in closes()], ["left over"])
        self.assertIn("symbol: BTCUSDT", self.command("close")[1])
        self.assertEqual(self.command("close", "disarm", "BTCUSDT", "--reason", "done")[0], 0)
        self.until("gone", lambda: closes() == [])
        code, _, errors = self.command("close", "disarm", "BTCUSDT", "--reason", "done")
        self.assertEqual(code, 1)
        self.assertIn("refused: ", errors)
        self.assertIn("is missing", self.fault_of(self.post("/api/v1/closes/BTCUSDT/arm", BY), "for"))

    def test_commands_do_what_a_person_asks_and_say_why_not(self):
        self.run_ready()
        code, output, _ = self.command("state")
        self.assertEqual((code, output.splitlines()[0]), (0, "state: active"))
        code, output, _ = self.command("state", "reduce_only", "--for", "30m", "--reason", "spike")
        self.assertEqual(code, 0)
        self.assertIn("author: carol", output)
        self.assertEqual(self.state()["reason"], "spike")
        code, output, _ = self.command("state", "--json")
        self.assertEqual(json.loads(output)["state"], "reduce_only")
        code, _, errors = self.command("state", "halted")
        self.assertEqual(code, 2)
        self.assertIn("--reason", errors)
        self.assertEqual(self.command("state", "off", "--reason", "x")[0], 2)
        code, output, _ = self.command("override", "set", "gate.cooldown", "1s", "--for", "30m",
                                       "--reason", "catching up", "--fresh-for", "10m")
        self.assertEqual(code, 0)
        self.assertIn("fresh_for: 10m", output)
        code, output, _ = self.command("override")
        self.assertIn("key: gate.cooldown", output)
        self.assertIn("ceiling: 30s", output)
        code, _, errors = self.command("override", "set", "gate.cooldown", "2h", "--for", "30m",
                                       "--reason", "catching up")
        self.assertEqual(code, 1)
        self.assertIn("value: 2h is beyond the ceiling of gate.cooldown, 1h", errors)
        self.assertEqual(self.command("override", "revert", "gate.cooldown", "--reason", "done")[0], 0)
        code, _, errors = self.command("hold", "release", "BTCUSDT", "--reason", "looked")
        self.assertEqual(code, 1)
        self.assertIn("BTCUSDT has no hold", errors)
        (self.directory / "state" / "halt").touch()
        self.until_state("halted")
        code, _, errors = self.command("state", "active", "--reason", "over")
        self.assertEqual(code, 1)
        self.assertIn(f"remove {self.directory}/state/halt", errors)
        self.assertEqual(self.command("state", url="http://127.0.0.1:1")[0], 69)
        order = ("state", "reduce_only", "--reason", "drill")
        self.assertEqual(self.command(*order, url="http://127.0.0.1:1")[0], 69)
        # Taken in, and closed without an answer: whether it was obeyed nobody knows.
        with socket.create_server(("127.0.0.1", 0)) as server:
            def swallow():
                for _ in range(2):
                    came, _ = server.accept()
                    with came:
                        came.recv(65536)
            swallowing = threading.Thread(target=swallow, daemon=True)
            swallowing.start()
            url = f"http://127.0.0.1:{server.getsockname()[1]}"
            code, _, errors = self.command(*order, url=url)
            self.assertEqual(code, 75)
            self.assertIn("look before you repeat it", errors)
            self.assertEqual(self.command("state", url=url)[0], 69)
            swallowing.join(LIMIT_S)
        self.assertEqual(self.command("state", url="http://example.com:80")[0], 2)
        for words in (["state"], ["hold"], ["override"], ["override", "set"], ["hold", "release"],
                      ["close"], ["close", "arm"]):
            code, output, _ = self.command(*words, "--help")
            self.assertEqual(code, 0)
            self.assertIn("Example", output)


def now_text():
    """The time as the API writes it."""
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


if __name__ == "__main__":
    unittest.main()
