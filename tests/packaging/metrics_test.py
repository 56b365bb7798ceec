"""What the running binary tells Prometheus, as Prometheus' own tool sees it."""

import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "end_to_end"))

from harness import SluiceTestCase, a_reduce, an_open  # noqa: E402


class MetricsTestCase(SluiceTestCase):
    def test_promtool_finds_nothing_wrong_with_the_metrics(self):
        if not shutil.which("promtool"):
            self.skipTest("promtool is missing: scripts/setup --dev installs it")
        self.run_ready()
        self.post("/api/v1/plans?wait=5s", an_open("m-1"))
        self.post("/api/v1/plans?wait=5s", a_reduce("m-2"))
        self.post("/api/v1/plans?wait=5s", a_reduce("m-3", symbol="ETHUSDT"))
        done = subprocess.run(["promtool", "check", "metrics"], input=self.get("/metrics").text,
                              capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))


if __name__ == "__main__":
    unittest.main()
