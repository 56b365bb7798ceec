"""What the running binary tells Prometheus, as Prometheus' own tool sees it."""

import pathlib
import re
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "end_to_end"))

from harness import SluiceTestCase, a_reduce, an_open  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


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

    def test_each_cause_of_a_stall_has_its_series_and_its_rule(self):
        self.run_ready(symbols=20)
        series = r'^sluice_stalled\{cause="(\w+)"\} (\d)$'
        self.until("all are looked at", lambda: re.search(series, self.get("/metrics").text, re.M))
        told = dict(re.findall(series, self.get("/metrics").text, re.M))
        rules = (ROOT / "packaging" / "prometheus" / "sluice.rules.yml").read_text()
        self.assertEqual(set(told), set(re.findall(r'sluice_stalled\{cause="(\w+)"\} == 1', rules)))
        self.assertGreaterEqual(len(told), 13)
        self.venue("POST", "/sim/offline", {"for_ms": 60_000})
        self.until("away", lambda: re.search(r'^sluice_stalled\{cause="exchange_away"\} 1$',
                                             self.get("/metrics").text, re.M))


if __name__ == "__main__":
    unittest.main()
