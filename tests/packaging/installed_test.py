"""The package as a person has it: installed below a folder of its own, and the first ten minutes with it.

dpkg keeps a database below that folder; nothing of this system is changed. What the package depends on
is not installed there: this system's libraries serve.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "end_to_end"))

from first_minutes_test import GuideTestCase  # noqa: E402
from harness import BINARY, LIMIT_S  # noqa: E402

SHARED = "usr/share/doc/sluice"
DAYS = """
sluice run demo.toml > address 2> log &
echo $! > pid
until sluice status > screen; do sleep 0.2; done
cat screen
"""
DAYS_TOLD = """demo  account demo  active …
READY: plans can be allowed
BTCUSDT    0.01 …
ETHUSDT    -0.3 …
SOLUSDT       5 …
"""
DENIED = """
echo '{"plan_id":"no-1","source":"me","symbol":"DOGEUSDT","kind":"reduce","target":"0"}' |
  sluice plan --wait 5s - || echo "exit code $?"
sluice explain no-1
"""
DENIED_TOLD = """kind: deny
exit code 1
DENIED: no_position, …
why:  There is nothing to reduce: the position is flat.
cure: …
"""
BROKEN = """
sluice doctor || true
kill $(cat pid); wait $(cat pid)
sed 's/^bound = .*/bound = "fast"\\nbounds = 3/' demo.toml > broken.toml
sluice check broken.toml || echo "exit code $?"
sluice doctor --config broken.toml || echo "exit code $?"
sluice status || echo "exit code $?"
"""
BROKEN_TOLD = """pass  permits    …
pass  snapshots  …
… 0 fail
broken.toml:…: snapshot.bound: …
broken.toml:…: snapshot.bounds: …
exit code 78
fail  config     broken.toml:…
exit code 3
exit code 69
"""


def run(*words, **options):
    return subprocess.run(words, capture_output=True, text=True, check=False, **options)


class InstalledTestCase(GuideTestCase):
    @classmethod
    def setUpClass(cls):
        for tool in ("cpack", "dpkg", "dpkg-deb"):
            if not shutil.which(tool):
                raise unittest.SkipTest(f"{tool} is missing: scripts/setup --dev installs it")
        if os.getuid() != 0 and not shutil.which("fakeroot"):
            raise unittest.SkipTest("needs root, or fakeroot")
        build = pathlib.Path(BINARY).resolve().parent
        if not (build / "CPackConfig.cmake").exists():
            raise unittest.SkipTest("the binary does not stand in a build folder")
        cls.kept = tempfile.TemporaryDirectory(prefix="sluice-package-")
        cls.addClassCleanup(cls.kept.cleanup)
        made = run("cpack", "-G", "DEB", "-B", cls.kept.name, cwd=build)
        if made.returncode:
            raise AssertionError(made.stdout + made.stderr)
        cls.package = next(pathlib.Path(cls.kept.name).glob("*.deb"))

    def setUp(self):
        super().setUp()
        self.root = self.directory / "root"
        for place in ("updates", "info"):
            (self.root / "var/lib/dpkg" / place).mkdir(parents=True)
        (self.root / "var/lib/dpkg/status").touch()
        self.dpkg("--force-depends", "-i", str(self.package))
        self.use_binary(self.root / "usr/bin/sluice")

    def dpkg(self, *words):
        as_root = () if os.getuid() == 0 else ("fakeroot",)
        done = run(*as_root, "dpkg", f"--root={self.root}", "--log=/dev/null", *words)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def files(self):
        return {path.relative_to(self.root).as_posix() for path in self.root.rglob("*")
                if not path.is_dir() and "dpkg" not in path.parts}

    def test_the_guide_goes_as_it_is_written_with_the_installed_binary(self):
        self.assertNotEqual(pathlib.Path(BINARY).resolve(), (self.root / "usr/bin/sluice").resolve())
        self.check_guide()

    def test_the_installed_example_runs_denies_and_is_diagnosed_when_it_is_broken(self):
        text = (self.root / SHARED / "examples/demo.toml").read_text()
        (self.directory / "demo.toml").write_text(text.replace("8645", self.port))
        steps = [(DAYS, DAYS_TOLD), (DENIED, DENIED_TOLD), (BROKEN, BROKEN_TOLD)]
        for (commands, wanted), output in zip(steps, self.run_steps(steps)):
            with self.subTest(commands=commands):
                self.assert_told(wanted, output)

    def test_every_page_that_the_guide_names_is_installed_and_every_example_is_usable(self):
        there = self.files()
        guide = next(name for name in there if re.fullmatch(f"{SHARED}/operator.md(.gz)?", name))
        named = re.findall(r"\]\((\w+\.md)\)", (pathlib.Path(__file__).parents[2] / "docs/operator.md").read_text())
        self.assertGreater(len(named), 3)
        for page in named:
            self.assertTrue({f"{SHARED}/{page}", f"{SHARED}/{page}.gz"} & there, f"{page} beside {guide}")
        self.assertIn("usr/lib/systemd/system/sluice.service", there | {
            name.replace("lib/systemd", "usr/lib/systemd", 1) for name in there if name.startswith("lib/")})
        for example in ("demo.toml", "incident.toml"):
            done = run(str(self.root / "usr/bin/sluice"), "check", str(self.root / SHARED / "examples" / example),
                       timeout=LIMIT_S)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_it_is_removed_without_a_trace(self):
        self.assertIn("usr/bin/sluice", self.files())
        self.assertIn("install ok installed", self.dpkg("-s", "sluice"))
        self.dpkg("--purge", "sluice")
        self.assertEqual(self.files(), set())


if __name__ == "__main__":
    unittest.main()
