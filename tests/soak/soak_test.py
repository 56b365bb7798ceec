"""scripts/soak for less than a minute, against the real binary: what it says, keeps and finds."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = str(pathlib.Path(os.environ.get("SLUICE", "build/dev/sluice")).resolve())


class SoakTestCase(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="sluice-soak-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.told = self.directory / "told"

    def start(self, *options):
        with open(self.told, "wb") as told:
            script = subprocess.Popen(
                ["bash", ROOT / "scripts" / "soak", "--symbols", "40", "--out", self.directory / "run", *options],
                env={**os.environ, "SLUICE": BINARY}, stdout=told, stderr=subprocess.STDOUT)
        self.addCleanup(self.end, script)
        return script

    @staticmethod
    def end(script):
        if script.poll() is None:
            script.terminate()
            script.wait(30)

    def kept(self):
        return json.loads((self.directory / "run" / "samples.json").read_text())

    def test_a_short_soak_with_faults_and_restarts_holds_and_keeps_its_samples(self):
        script = self.start("--minutes", "0.6", "--every", "5", "--rate", "10")
        self.assertEqual(script.wait(170), 0, self.told.read_text())
        kept = self.kept()
        self.assertEqual([r["signal"] for r in kept["restarts"]], ["SIGTERM", "SIGKILL"])
        self.assertEqual([r["code"] for r in kept["restarts"]], [0, -signal.SIGKILL])
        self.assertEqual(kept["broken"], [])
        self.assertEqual(kept["end"]["exit_code"], 0)
        self.assertGreaterEqual(len(kept["samples"]), 7)
        self.assertGreater(kept["samples"][-1]["plans"], 100)
        self.assertGreater(sum(kept["faults"].values()), 0)
        self.assertEqual(os.listdir(self.directory / "run"), ["samples.json"])

    def test_a_process_that_is_ended_by_somebody_else_fails_the_soak(self):
        script = self.start("--minutes", "2", "--every", "3", "--rate", "5", "--no-restarts")
        end = time.monotonic() + 60
        while not re.search(r"^ .* rss ", self.told.read_text(), re.M):
            self.assertLess(time.monotonic(), end, self.told.read_text())
            time.sleep(0.1)
        os.kill(self.binary_of(script.pid), signal.SIGKILL)
        self.assertEqual(script.wait(60), 1, self.told.read_text())
        self.assertIn("the process ended by itself with -9, at sample", self.told.read_text())
        self.assertTrue((self.directory / "run" / "state").exists())

    def binary_of(self, script):
        """The binary that trades, not its venue; found by its parent and its words."""
        for each in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                parent = int((each / "stat").read_text().rsplit(")", 1)[1].split()[1])
                words = (each / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if parent == script and words[1:2] == [b"run"]:
                return int(each.name)
        return self.fail("the binary is not there")


if __name__ == "__main__":
    unittest.main()
