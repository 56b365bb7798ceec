"""What the process says: formats, levels at run time, files that are moved away, and no secrets."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import unittest

from harness import BINARY, LIMIT_S, OutsideTestCase, SluiceTestCase, an_open, free_port

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BY = {"author": "alice", "reason": "drill"}
JSON = (("[log]\n", '[log]\nformat = "json"\n'),)


class LogTestCase(SluiceTestCase):
    def order_level(self, component, level):
        return self.post("/api/v1/log-levels", {"component": component, "level": level, **BY})

    def level_of(self, component):
        for row in self.get("/api/v1/log-levels").json()["components"]:
            if row["component"] == component:
                return row
        return self.fail(component)

    def command(self, *words):
        done = subprocess.run([BINARY, *words, "--url", self.sluice.url], capture_output=True, text=True,
                              timeout=LIMIT_S, cwd=self.directory, env={**os.environ, "USER": "carol"})
        return done.returncode, done.stdout, done.stderr

    def with_file(self, **options):
        """A demo whose log goes to a file as well."""
        self.run_ready(replace=(("[log]\n", '[log]\nfile = "sluice.log"\n'),), **options)
        return self.directory / "sluice.log"

    def test_every_line_is_an_object_where_json_is_wanted_and_the_api_stays_readable(self):
        self.run_ready(replace=JSON)
        self.post("/api/v1/plans?wait=5s", an_open("j-1"))
        self.until("the verdict", lambda: "plan_judged" in self.sluice.log())
        judged = []
        for line in self.sluice.log().splitlines():
            each = json.loads(line)
            self.assertLessEqual({"ts", "level", "component", "event"}, each.keys())
            if each["event"] == "plan_judged":
                judged.append(each)
        self.assertEqual([(j["component"], j["plan"], j["verdict"]) for j in judged],
                         [("gate", "j-1", "allow")])
        code, output, _ = self.command("tail", "--no-follow", "--lines", "1000", "--plan", "j-1")
        self.assertEqual(code, 0)
        self.assertIn(" INFO gate plan_judged plan=j-1", output)

    def test_levels_change_at_run_time_by_api_and_command_until_they_are_taken_back(self):
        self.run_ready(extra='[log.levels]\nstatus = "error"\n')
        self.assertEqual(self.level_of("status")["level"], "error")
        answer = self.order_level("gate", "error")
        self.assertEqual(answer.status, 200, answer.text)
        self.assertTrue(self.level_of("gate")["changed"])
        self.post("/api/v1/plans?wait=5s", an_open("quiet"))
        self.assertIn("log_level_changed of=gate to=error author=alice", self.sluice.log())
        self.assertEqual(self.command("log-level", "gate", "default", "--reason", "enough")[0], 0)
        self.post("/api/v1/plans?wait=5s", an_open("loud", symbol="ETHUSDT"))
        self.until("loud again", lambda: "plan_judged plan=loud" in self.sluice.log())
        self.assertNotIn("plan_judged plan=quiet", self.sluice.log())
        self.assertEqual(self.level_of("gate"), {
            "component": "gate", "level": "info", "configured": "info", "changed": False})
        code, output, _ = self.command("log-level", "--json")
        self.assertEqual((code, json.loads(output)["all"]), (0, "info"))
        self.assertEqual(self.command("log-level", "all", "warn", "--reason", "quiet night")[0], 0)
        self.assertEqual(self.level_of("gate")["level"], "warn")
        self.assertEqual(self.level_of("status")["level"], "error")
        records = self.command("tail", "--events", "--no-follow", "--lines", "1000")[1]
        self.assertIn("gate to error by alice: drill", records)

    def test_an_order_for_a_component_or_level_that_there_is_not_names_those_there_are(self):
        self.run_demo()
        answer = self.order_level("gaet", "loud")
        self.assertEqual(answer.status, 400)
        reasons = {e["field"]: e["reason"] for e in answer.json()["errors"]}
        self.assertIn("exit_engine", reasons["component"])
        self.assertIn("debug", reasons["level"])
        code, _, errors = self.command("log-level", "gate", "debug")
        self.assertEqual(code, 2)
        self.assertIn("--reason", errors)
        bad = self.write_config('mode = "demo"\n[log.levels]\ngaet = "debug"\n', "bad.toml")
        code, _, errors = self.finish(bad, "check")
        self.assertEqual(code, 78)
        self.assertIn("log.levels.gaet: unknown key; did you mean gate?", errors)

    def test_a_file_that_was_moved_away_is_opened_anew_at_a_signal(self):
        log = self.with_file()
        for number, which in enumerate((signal.SIGHUP, signal.SIGURG)):
            log.rename(self.directory / f"sluice.log.{2 - number}")
            self.sluice.process.send_signal(which)
            self.until("a new file", log.exists)
        self.until("lines in it", lambda: "log_reopened" in log.read_text())
        self.post("/api/v1/plans?wait=5s", an_open("after"))
        self.until("later lines too", lambda: "plan=after" in log.read_text())
        self.assertNotIn("plan=after", (self.directory / "sluice.log.1").read_text())
        self.assertIsNone(self.sluice.process.poll())

    def test_the_packaged_logrotate_rules_rotate_without_losing_a_line(self):
        tool = shutil.which("logrotate") or shutil.which("logrotate", path="/usr/sbin:/sbin")
        if not tool:
            self.skipTest("logrotate is missing: scripts/setup --dev installs it")
        log = self.with_file()
        rules = (ROOT / "packaging" / "logrotate" / "sluice").read_text()
        self.assertIn("systemctl kill", rules)
        lines = [f"kill -URG {self.sluice.process.pid}" if "systemctl kill" in line else line
                 for line in rules.replace("/var/log/sluice/sluice.log", str(log)).splitlines()]
        chosen = self.write_config("\n".join(lines) + "\n", "logrotate.conf")
        os.chmod(chosen, 0o644)
        os.chmod(self.directory, 0o755)
        done = subprocess.run([tool, "-f", "-s", str(self.directory / "rotated"), str(chosen)],
                              capture_output=True, text=True, timeout=LIMIT_S)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.until("a new file", lambda: log.exists() and "log_reopened" in log.read_text())
        self.assertIn("running", (self.directory / "sluice.log.1").read_text())
        self.assertNotIn("config reload", log.read_text())


class LogSecretsTestCase(OutsideTestCase):
    """Whatever is logged, at the lowest level and in both formats, holds no secret."""

    TOKEN = "t0ken-of-alpha-4711-0815"

    def run_with(self, form):
        self.write_keys()
        (self.directory / "token").write_text(self.TOKEN)
        os.chmod(self.directory / "token", 0o600)
        port = free_port()
        self.start_venue(port)
        config = self.outside(port)
        self.write_config(config.read_text() + f'[log]\nlevel = "debug"\nformat = "{form}"\n'
                          '[intake.sources.alpha]\ntoken_file = "token"\n')
        self.sluice = self.start(config)
        self.sluice.wait_url()
        self.until_ready()

    def search(self, form):
        self.run_with(form)
        with_token = {"Authorization": f"Bearer {self.TOKEN}"}
        self.assertEqual(self.post("/api/v1/plans?wait=5s", {**an_open("a"), "source": "alpha"},
                                   with_token).status, 200)
        wrong = self.TOKEN[:-1] + "x"
        self.post("/api/v1/plans", {**an_open("b"), "source": "alpha"}, {"Authorization": f"Bearer {wrong}"})
        self.post("/api/v1/plans", "{" + self.TOKEN, with_token)
        self.venue("POST", "/sim/fault", {"effect": "malform", "method": "GET", "count": 5})
        self.until("failed reads", lambda: self.status()["truth"]["reads_failed"] > 0)
        self.sluice.process.send_signal(signal.SIGHUP)
        self.until("the hang-up", lambda: "log_reopened" in self.sluice.log())
        said = self.sluice.log()
        for secret in ("k" * 32, "s" * 32, self.TOKEN, wrong, "listenKey=", "signature="):
            self.assertNotIn(secret, said)
        return said

    def test_no_secret_stands_in_logfmt(self):
        self.assertRegex(self.search("logfmt"), r"(?m)^\S+ INFO sluice running ")

    def test_no_secret_stands_in_json(self):
        for line in self.search("json").splitlines():
            json.loads(line)


if __name__ == "__main__":
    unittest.main()
