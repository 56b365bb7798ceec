"""The configuration read again by signal, API and command: whole or not at all."""

import json
import os
import signal
import subprocess
import unittest

from harness import BINARY, LIMIT_S, SluiceTestCase, a_reduce, an_open

BY = {"author": "alice", "reason": "drill"}
FIRST = "first-token-000001"
SECOND = "second-token-00001"
WRITE = "ordering-word-00001"
NEW_WRITE = "ordering-word-00002"
READ = "reading-word-000001"
TABLE = '[intake.sources.alpha]\ntoken_file = "token"\n'


class ReloadTestCase(SluiceTestCase):
    def change(self, *replaced, more=""):
        path = self.directory / "sluice.toml"
        text = path.read_text()
        for old, new in replaced:
            self.assertIn(old, text)
            text = text.replace(old, new)
        path.write_text(text + more)

    def reload(self):
        return self.post("/api/v1/reload", BY)

    def command(self, *words):
        done = subprocess.run([BINARY, *words, "--url", self.sluice.url], capture_output=True, text=True,
                              timeout=LIMIT_S, cwd=self.directory, env={**os.environ, "USER": "carol"})
        return done.returncode, done.stdout, done.stderr

    def reason(self, plan):
        verdict = self.post("/api/v1/plans?wait=5s", plan).json()["judged"]["verdict"]
        return verdict["refusals"][0]["code"] if verdict["refusals"] else verdict["kind"]

    def metric(self, name):
        for line in self.get("/metrics").text.splitlines():
            if line.split(" ")[0] == name:
                return float(line.split(" ")[1])
        return None

    def test_a_reload_by_api_applies_names_and_journals_and_replay_stays_equal(self):
        self.run_ready()
        self.assertEqual(self.reason(an_open("before")), "allow")
        began = self.metric("sluice_config_last_reload_success_timestamp_seconds")
        self.assertEqual(self.metric("sluice_config_last_reload_successful"), 1)
        first_hash = self.get("/version").json()["config_hash"]
        self.change(('order_notional_max = "0"', 'order_notional_max = "1"'),
                    ('cooldown = "0ms"', 'cooldown = "0ms"\nentry_sources = ["somebody"]'))
        answer = self.reload()
        self.assertEqual(answer.status, 200, answer.text)
        document = answer.json()
        self.assertEqual([(c["key"], c["before"], c["after"]) for c in document["changed"]],
                         [("limits.order_notional_max", '"0"', '"1"')])
        self.assertEqual([c["key"] for c in document["restart_needed"]], ["gate.entry_sources"])
        self.assertEqual(self.reason(an_open("after", symbol="ETHUSDT")), "limit_order_notional")
        self.assertEqual(self.status()["restart_needed"], ["gate.entry_sources"])
        self.assertEqual(self.status()["account"], "demo")
        self.assertIn("restart_needed", [w["reason"] for w in self.status()["warnings"]])
        self.assertNotEqual(self.get("/version").json()["config_hash"], first_hash)
        self.assertGreater(self.metric("sluice_config_last_reload_success_timestamp_seconds"), began)
        self.assertRegex(self.sluice.log(), "WARN config reloaded .*keys=limits.order_notional_max "
                                            "restart_needed=gate.entry_sources author=alice")
        keys = {k["key"]: k for k in self.get("/api/v1/config").json()["keys"]}
        self.assertIsNotNone(keys["limits.order_notional_max"]["changed_at"])
        self.assertIsNone(keys["gate.cooldown"]["changed_at"])
        shown = self.command("show-config")[1]
        self.assertRegex(shown, r'limits\.order_notional_max = "1"  # .*sluice\.toml:\d+, changed on reload at 20')
        self.assertIn('# waits for a restart: gate.entry_sources = ["somebody"]', shown)
        self.sluice.end()
        journal = str(self.directory / "state" / "journal.db")
        done = subprocess.run([BINARY, "replay", journal, "--json"], capture_output=True, text=True)
        report = json.loads(done.stdout)
        self.assertEqual((done.returncode, report["same"]), (0, report["verdicts"]))
        # Judged by the limits in force at the time, and told with them.
        for plan, limited in (("before", False), ("after", True)):
            told = subprocess.run([BINARY, "explain", plan, "--journal", journal, "--json"],
                                  capture_output=True, text=True)
            self.assertEqual(told.returncode, 0, told.stderr)
            self.assertEqual('"order_notional_max":"1"' in told.stdout, limited, told.stdout)
        verified = subprocess.run([BINARY, "journal", "verify", journal], capture_output=True, text=True)
        self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)

    def test_a_file_that_cannot_be_used_is_refused_whole_with_every_fault(self):
        self.run_ready()
        self.change(('order_notional_max = "0"', 'order_notional_max = "1"'),
                    ('level = "info"', 'level = "loud"\nnonsense = 1'))
        answer = self.reload()
        self.assertEqual(answer.status, 422, answer.text)
        checked = self.finish(self.directory / "sluice.toml", "check")[2].splitlines()
        self.assertEqual([e["reason"] for e in answer.json()["errors"]], checked)
        self.assertEqual(len(checked), 2)
        self.assertEqual(self.reason(an_open("p")), "allow")
        self.assertEqual(self.metric("sluice_config_last_reload_successful"), 0)
        self.assertEqual(self.metric('sluice_config_reloads_total{outcome="refused"}'), 1)
        self.assertIn("ERROR config reload_refused", self.sluice.log())
        self.assertIn("config_reload_refused", [w["reason"] for w in self.status()["warnings"]])
        code, _, errors = self.command("reload", "--reason", "again")
        self.assertEqual(code, 1)
        self.assertIn("log.nonsense: unknown key", errors)
        self.change(('level = "loud"\nnonsense = 1', 'level = "info"'))
        code, output, errors = self.command("reload", "--reason", "mended")
        self.assertEqual(code, 0, errors)
        self.assertIn("limits.order_notional_max", output)
        self.assertEqual(self.metric("sluice_config_last_reload_successful"), 1)
        self.assertEqual(self.command("reload")[0], 2)

    def test_the_file_of_another_account_is_refused_whole(self):
        self.run_ready()
        self.change(('order_notional_max = "0"', 'order_notional_max = "1"'),
                    ('account = "demo"', 'account = "other"'))
        answer = self.reload()
        self.assertEqual(answer.status, 422, answer.text)
        self.assertIn("account", answer.json()["errors"][0]["reason"])
        self.assertEqual(self.reason(an_open("p")), "allow")

    def test_sighup_reloads_as_well(self):
        self.run_ready(positions='"BTCUSDT=0.010"')
        self.change(('order_notional_max = "0"', 'order_notional_max = "1"'),
                    ("[log]\n", '[log]\nformat = "json"\n'))
        self.sluice.process.send_signal(signal.SIGHUP)
        self.until("taken", lambda: '"event":"reloaded"' in self.sluice.log())
        self.assertIn('"author":"signal"', self.sluice.log())
        self.until("in force", lambda: self.reason(an_open(f"p{os.urandom(4).hex()}", symbol="ETHUSDT"))
                   == "limit_order_notional")
        # Whatever is stricter for entries leaves exits as they were.
        self.assertEqual(self.reason(a_reduce("exit")), "allow")

    def test_the_token_of_a_source_is_read_again(self):
        token = self.directory / "token"
        token.write_text(FIRST)
        os.chmod(token, 0o600)
        self.run_ready(extra=TABLE)

        def admitted(text, plan):
            status = self.post("/api/v1/plans", {**a_reduce(plan), "source": "alpha"},
                               {"Authorization": f"Bearer {text}"}).status
            self.assertIn(status, (200, 202, 401))
            return status != 401

        self.assertTrue(admitted(FIRST, "a"))
        token.write_text(SECOND)
        self.assertFalse(admitted(SECOND, "b"))
        self.assertEqual(self.reload().status, 200)
        self.assertTrue(admitted(SECOND, "c"))
        self.assertFalse(admitted(FIRST, "d"))
        os.chmod(token, 0o644)
        answer = self.reload()
        self.assertEqual(answer.status, 422)
        self.assertIn("intake.sources.alpha", answer.text)
        self.assertTrue(admitted(SECOND, "e"))
        self.assertNotIn(SECOND, self.sluice.log() + answer.text)

    def guarded(self):
        """A source with a token, and tokens for orders and for looking."""
        for name, text in (("token", FIRST), ("w", WRITE), ("r", READ)):
            (self.directory / name).write_text(text + "\n")
            os.chmod(self.directory / name, 0o600)
        keys = 'write_token_file = "w"\nread_token_file = "r"\n'
        self.sluice = self.start(self.demo_config(symbols=20, extra=TABLE, replace=[("[log]", keys + "[log]")]))
        self.sluice.wait_url()
        self.until("ready", lambda: self.get("/readyz").status == 200)

    def with_token(self, path, document, token):
        return self.post(path, document, {"Authorization": f"Bearer {token}"}).status

    def test_with_tokens_for_orders_too_a_new_one_of_a_source_is_good_after_a_reload(self):
        self.guarded()

        def send(plan, token):
            return self.with_token("/api/v1/plans?wait=5s", {**a_reduce(plan), "source": "alpha"}, token)

        self.assertEqual(send("a", FIRST), 200)
        (self.directory / "token").write_text(SECOND)
        self.assertEqual(send("b", SECOND), 401)
        self.assertEqual(self.with_token("/api/v1/reload", BY, WRITE), 200)
        self.assertEqual(send("c", SECOND), 200)
        self.assertEqual(send("d", FIRST), 401)

    def test_a_token_that_leaked_is_good_for_nothing_after_a_reload(self):
        self.guarded()
        (self.directory / "w").write_text(WRITE + "\n" + NEW_WRITE + "\n")
        self.assertEqual(self.with_token("/api/v1/reload", BY, NEW_WRITE), 401)
        self.assertEqual(self.with_token("/api/v1/reload", BY, WRITE), 200)
        # Both, so that everybody can be given the new one.
        for token in (WRITE, NEW_WRITE):
            self.assertEqual(self.with_token("/api/v1/reload", BY, token), 200)
        (self.directory / "w").write_text(NEW_WRITE + "\n")
        (self.directory / "r").write_text(SECOND + "\n")
        self.assertEqual(self.with_token("/api/v1/reload", BY, WRITE), 200)
        order = {"state": "reduce_only", **BY}
        self.assertEqual(self.with_token("/api/v1/state", order, WRITE), 401)
        self.assertEqual(self.with_token("/api/v1/plans", a_reduce("a"), WRITE), 401)
        self.assertEqual(self.with_token("/api/v1/state", order, NEW_WRITE), 200)
        for token, status in ((READ, 401), (WRITE, 401), (SECOND, 200)):
            self.assertEqual(self.get("/api/v1/status", {"Authorization": f"Bearer {token}"}).status, status)
        # An empty file opens nothing: what was in force stays.
        (self.directory / "w").write_text("\n")
        self.assertEqual(self.with_token("/api/v1/reload", BY, NEW_WRITE), 422)
        self.assertEqual(self.with_token("/api/v1/state", order, None), 401)
        self.assertEqual(self.with_token("/api/v1/state", order, NEW_WRITE), 200)

    def test_an_override_stands_and_the_answer_says_so(self):
        self.run_ready()
        self.post("/api/v1/overrides", {"key": "gate.cooldown", "value": "5s", "for": "10m", **BY})
        self.change(('cooldown = "0ms"', 'cooldown = "30s"'))
        self.assertEqual(self.reload().json()["overridden"], ["gate.cooldown"])
        overrides = self.get("/api/v1/overrides").json()
        self.assertEqual(overrides["overrides"][0]["value"], "5s")


if __name__ == "__main__":
    unittest.main()
