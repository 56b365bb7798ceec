"""scripts/setup with every command of the system replaced: what it would have done to a machine."""

import os
import pathlib
import shutil
import stat
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
COMMANDS = ("apt-get", "systemctl", "sudo")


class SetupTestCase(unittest.TestCase):
    def setUp(self):
        kept = tempfile.TemporaryDirectory(prefix="sluice-setup-")
        self.addCleanup(kept.cleanup)
        self.directory = pathlib.Path(kept.name)
        self.calls = self.directory / "calls"
        self.calls.touch()
        for name in COMMANDS:
            run = 'exec "$@"' if name == "sudo" else f'echo {name} "$@" >> {self.calls}'
            self.command(name, run + '\n[ "$1" != "${SETUP_FAILS:-}" ]')

    def command(self, name, text):
        path = self.directory / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def run_setup(self, *words, missing, fails=""):
        absent = "|".join(missing) or "none"
        self.command("dpkg-query", f'case "$3" in {absent}) exit 1 ;; esac; printf installed')
        done = subprocess.run(
            [ROOT / "scripts" / "setup", *words], capture_output=True, text=True, check=False,
            env={"PATH": f"{self.directory}:{os.environ['PATH']}", "SETUP_FAILS": fails})
        return done.returncode, self.calls.read_text().splitlines()

    def test_a_server_that_was_not_there_is_installed_and_never_started(self):
        code, calls = self.run_setup(missing=["redis-server"])
        self.assertEqual(code, 0)
        self.assertEqual(calls, [
            "systemctl --quiet mask redis-server",
            "apt-get update -q",
            "apt-get install -y -q --no-install-recommends redis-server",
            "systemctl --quiet unmask redis-server",
            "systemctl --quiet disable --now redis-server",
        ])

    def test_a_server_that_was_there_stays_as_it_is(self):
        _, calls = self.run_setup(missing=["strace"])
        self.assertEqual([c for c in calls if c.startswith("systemctl")], [])
        self.assertIn("apt-get install -y -q --no-install-recommends strace", calls)
        _, calls = self.run_setup("--dev", missing=["mandoc"])
        self.assertEqual([c for c in calls if c.startswith("systemctl")], [])

    def test_what_the_browser_and_foreign_clients_need_is_for_developers(self):
        # Node.js that is there from elsewhere stays: Debian's npm does not go with it.
        wanted = ["chromium", "fonts-dejavu-core"] + ([] if shutil.which("npm") else ["nodejs", "npm"])
        _, calls = self.run_setup(missing=wanted)
        self.assertEqual(calls, [])
        _, calls = self.run_setup("--dev", missing=wanted)
        self.assertIn("apt-get install -y -q --no-install-recommends " + " ".join(wanted), calls)

    def test_the_server_of_metrics_is_not_started_either(self):
        _, calls = self.run_setup("--dev", missing=["prometheus"])
        self.assertEqual(calls[0], "systemctl --quiet mask prometheus prometheus-node-exporter")
        self.assertEqual(calls[-1], "systemctl --quiet disable --now prometheus-node-exporter")

    def test_what_was_masked_is_free_again_when_the_installation_fails(self):
        code, calls = self.run_setup(missing=["redis-server"], fails="install")
        self.assertNotEqual(code, 0)
        self.assertEqual(calls[-1], "systemctl --quiet unmask redis-server")


if __name__ == "__main__":
    unittest.main()
