"""What holds of every command, as the binary itself lists them: help, exit codes, JSON, nobody there."""

import json
import pathlib
import re
import subprocess
import unittest

from cli_test import Looking
from harness import BINARY, LIMIT_S, SluiceTestCase, a_reduce

# What a command that is only asked whether it finds anybody needs besides its name.
WORDS = {"explain": ["x"], "hold release": ["BTCUSDT"], "close disarm": ["BTCUSDT"],
         "close arm": ["BTCUSDT", "--for", "30m"], "state": ["halted"], "flatten": ["BTCUSDT"],
         "override set": ["gate.cooldown", "1s", "--for", "30m"],
         "override revert": ["gate.cooldown"], "plan": ["plan.json"], "log-level": ["gate", "debug"]}
# A group that does nothing itself, and texts for other programs.
WITHOUT_JSON = {"journal", "completion", "man"}


def commands(*path):
    """The binary's own list, groups and what is below them: (words, help)."""
    told = subprocess.run([BINARY, *path, "--help"], capture_output=True, text=True, check=True,
                          timeout=LIMIT_S).stdout
    if path:
        yield path, told
    for name in re.findall(r"^  ([\w-]+) ", told.partition("Subcommands:")[2], re.M):
        yield from commands(*path, name)


class CommandsTestCase(Looking, SluiceTestCase):
    sluice = None

    def test_every_command_has_examples_exit_codes_and_json(self):
        every = {" ".join(path): told for path, told in commands()}
        for name in ("run", "hold", "hold list", "hold release", "journal archive", "show-config",
                     "log-level", "resync", "version"):
            self.assertIn(name, every)
        self.assertEqual(WITHOUT_JSON - set(every), set())
        for name, told in every.items():
            with self.subTest(name):
                own = told.partition("Usage:")[0]
                self.assertIn("Examples:\n  sluice " if name != "completion" else "Examples:\n", own)
                self.assertIn("Exit codes: ", own)
                self.assertEqual(bool(re.search(r"^  --json ", told, re.M)), name not in WITHOUT_JSON)
                self.assertEqual(self.command(*name.split(), "--nonsense")[0], 2)

    def test_every_command_that_asks_a_process_says_when_nobody_answers(self):
        (self.directory / "plan.json").write_text(json.dumps(a_reduce("p")))
        asking = {" ".join(path): told for path, told in commands()
                  if re.search(r"^  --url ", told, re.M)}
        self.assertGreater(len(asking), 20)
        for name, told in asking.items():
            with self.subTest(name):
                words = [*name.split(), *WORDS.get(name, [])]
                if re.search(r"^  --reason ", told, re.M):
                    words += ["--reason", "a test", "--author", "me"]
                code, output, errors = self.command(*words)
                self.assertEqual((code, output), (69, ""), errors)
                self.assertIn("127.0.0.1:1", errors)
                self.assertEqual(self.command(*words, url="http://example.com:80")[0], 2)
        self.assertEqual(self.command("doctor", "--ask-exchange")[0], 2)

    def test_what_has_no_process_to_ask_prints_json_too(self):
        code, output, _ = self.command("version", "--json")
        self.assertEqual((code, json.loads(output)["name"]), (0, "sluice"))
        self.assertIn(json.loads(output)["version"], self.command("version")[1])
        self.write_config('mode = "demo"\n[snapshot]\nbound = "10ms"\nnonsense = 1\n', "bad.toml")
        code, output, _ = self.command("check", "bad.toml", "--json")
        told = json.loads(output)
        self.assertEqual((code, told["usable"], output.count("\n")), (78, False, 1))
        self.assertIn((3, "snapshot.bound"), [(f["line"], f["key"]) for f in told["faults"]])
        self.assertIn((4, "snapshot.nonsense"), [(f["line"], f["key"]) for f in told["faults"]])
        good = self.demo_config(symbols=20)
        code, output, _ = self.command("check", str(good), "--json")
        told = json.loads(output)
        self.assertEqual((code, told["usable"], told["mode"], told["faults"]), (0, True, "demo", []))
        for command in ("run", "sim"):
            process = self.start(good, command, "--json")
            url = json.loads(process.wait_url())["url"]
            self.assertRegex(url, r"^https?://127\.0\.0\.1:\d+$")
            process.end()
        journal = self.directory / "state" / "journal.db"
        code, output, _ = self.command("journal", "archive", str(journal), "--before", "2020-01-01",
                                       "--json")
        self.assertEqual((code, json.loads(output)["records"]), (0, 0))
        self.assertIsNone(json.loads(output)["file"])
        code, output, _ = self.command("journal", "archive", str(journal), "--before", "2999-01-01",
                                       "--json")
        told = json.loads(output)
        self.assertEqual(code, 0)
        self.assertGreater(told["records"], 0)
        self.assertTrue(pathlib.Path(self.directory, told["file"]).exists())


if __name__ == "__main__":
    unittest.main()
