"""`sluice plan` as a source uses it: the token of a file, and the exit code of many plans."""

import json
import os
import subprocess
import unittest

from harness import BINARY, LIMIT_S, SluiceTestCase, a_reduce, an_open

ALPHA = "alpha-word-0000001"
BETA = "beta-word-00000001"


class PlanCommandTestCase(SluiceTestCase):
    def token_file(self, name, text, mode=0o600):
        path = self.directory / name
        path.write_text(text + "\n")
        os.chmod(path, mode)
        return path

    def two_sources(self):
        alpha = self.token_file("alpha.token", ALPHA)
        beta = self.token_file("beta.token", BETA)
        return (f'\n[intake.sources.alpha]\ntoken_file = "{alpha}"\n'
                f'\n[intake.sources.beta]\ntoken_file = "{beta}"\n')

    def command(self, plan, *words):
        done = subprocess.run([BINARY, "plan", "-", "--url", self.sluice.url, *words],
                              input=json.dumps(plan), capture_output=True, text=True,
                              timeout=LIMIT_S, cwd=self.directory)
        self.assertNotIn(ALPHA, done.stdout + done.stderr)
        return done.returncode, done.stdout, done.stderr

    def test_the_command_shows_the_token_of_a_file_that_is_its_owners_alone(self):
        self.run_ready(symbols=20, extra=self.two_sources())
        self.until("a mark", lambda: (self.position("BTCUSDT") or {}).get("mark"))
        alpha = str(self.directory / "alpha.token")
        beta = str(self.directory / "beta.token")
        loose = str(self.token_file("loose.token", ALPHA, 0o640))
        # One that is allowed: its verdict may be there before the answer.
        plans = [{**an_open(f"t-{n}"), "source": "alpha"} for n in range(2)]
        for words, expected in (((), 1), (("--token-file", beta), 1),
                                (("--token-file", loose), 2),
                                (("--token-file", str(self.directory / "none")), 2)):
            code, out, errors = self.command(plans[0], *words)
            self.assertEqual(code, expected, (words, out, errors))
            self.assertNotEqual(errors, "")
        self.assertEqual(self.get("/api/v1/plans").json()["plans"], [])
        code, out, errors = self.command(plans[1], "--token-file", alpha)
        self.assertEqual(code, 0, (out, errors))
        self.assertEqual([p["plan_id"] for p in self.get("/api/v1/plans").json()["plans"]],
                         ["t-1"])
        self.assertNotIn(ALPHA, self.sluice.log())

    def test_the_command_fails_when_one_of_many_is_not_taken_in(self):
        self.run_ready(symbols=20, extra=self.two_sources())
        alpha = ("--token-file", str(self.directory / "alpha.token"))
        # Nobody takes it back, so that its symbol stays busy until it has ended.
        first = {**an_open("o-1"), "source": "alpha"}
        busy = {**an_open("o-2", quantity="0.020"), "source": "alpha"}
        code, out, errors = self.command([first, busy], "--json", *alpha)
        self.assertEqual([p["status"] for p in json.loads(out)], ["accepted", "symbol_busy"])
        self.assertEqual(code, 1, (out, errors))
        code, out, errors = self.command([first, {**first, "plan_id": "o-3"}], "--json", *alpha)
        self.assertEqual([p["status"] for p in json.loads(out)], ["repeated", "duplicate"])
        self.assertEqual(code, 0, (out, errors))
        exits = [{**a_reduce("r-1", symbol="ETHUSDT"), "source": "alpha"},
                 {**a_reduce("r-2", symbol="ETHUSDT"), "source": "alpha"}]
        # The code also tells of a denial, which may be known by then: nothing is held there.
        _, out, _ = self.command(exits, "--json", *alpha)
        self.assertEqual([p["status"] for p in json.loads(out)], ["accepted", "accepted"])


if __name__ == "__main__":
    unittest.main()
