"""The service, the manual page, the completions and the package, asked by the tools that judge them.

SLUICE names the binary; the package is made in its build folder.
"""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SLUICE = os.environ.get("SLUICE", "build/dev/sluice")
HARDENING = ["hardening-no-pie", "hardening-no-relro", "hardening-no-bindnow",
             "hardening-no-fortify-functions"]
SERVICE = ROOT / "packaging" / "systemd" / "sluice.service"


def run(*words, **options):
    return subprocess.run(words, capture_output=True, text=True, check=False, **options)


def commands():
    """The binary's own list."""
    listed = run(SLUICE, "--help").stdout.split("Subcommands:")[1]
    return re.findall(r"^  ([\w-]+)  ", listed, re.M)


class PackageTestCase(unittest.TestCase):
    def need(self, tool):
        if not shutil.which(tool):
            self.skipTest(f"{tool} is missing: scripts/setup --dev installs it")

    def test_the_service_may_do_little(self):
        self.need("systemd-analyze")
        said = run("systemd-analyze", "security", "--offline=true", "--no-pager", str(SERVICE))
        level = re.search(r"Overall exposure level for sluice.service: ([\d.]+)", said.stdout)
        self.assertIsNotNone(level, said.stdout + said.stderr)
        self.assertLessEqual(float(level.group(1)), 2.0)

    def test_what_no_new_start_can_mend_is_told_by_the_main_process(self):
        lines = SERVICE.read_text().splitlines()
        self.assertIn("RestartPreventExitStatus=75 77 78", lines)
        # systemd tries again after any failure of a command before it.
        self.assertEqual([l for l in lines if l.startswith("ExecStartPre")], [])

    def test_the_manual_page_tells_every_command_and_reads_well(self):
        page = run(SLUICE, "man").stdout
        self.assertIn("show-config", commands())
        self.assertGreater(len(commands()), 20)
        for name in commands():
            written = name.replace("-", "\\-")
            self.assertIn(f'.SS "sluice {written}"', page)
        self.need("mandoc")
        said = run("mandoc", "-Tlint", "-W", "error", input=page)
        self.assertEqual((said.returncode, said.stdout), (0, ""))

    def completed(self, words):
        script = run(SLUICE, "completion", "bash").stdout
        said = run("bash", "-c", script + f"\nCOMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))"
                                          "\n_sluice\necho ${COMPREPLY[@]}")
        self.assertEqual(said.stderr, "")
        return said.stdout.split()

    def test_bash_completes_commands_and_their_options(self):
        self.assertEqual(set(commands()) - set(self.completed("sluice ''")), set())
        self.assertEqual(self.completed("sluice fla"), ["flatten"])
        self.assertEqual(self.completed("sluice hold rel"), ["release"])
        self.assertIn("--reason", self.completed("sluice hold release --re"))
        self.assertNotIn("run", self.completed("sluice hold ''"))

    def test_zsh_takes_its_completion(self):
        self.need("zsh")
        said = run("zsh", "-n", "/dev/stdin", input=run(SLUICE, "completion", "zsh").stdout)
        self.assertEqual((said.returncode, said.stderr), (0, ""))

    def test_zsh_is_told_every_command_and_its_options(self):
        self.need("zsh")
        # Of zsh's own functions, only those that the script hands its words to.
        stubs = 'compdef() { : }; _files() { : }; compadd() { shift; print -l -- "$@" }\n'

        def told(*words):
            ask = f"words=({' '.join(words)} ''); CURRENT={len(words) + 1}; _sluice"
            said = run("zsh", "-f", "-c", stubs + run(SLUICE, "completion", "zsh").stdout + "\n" + ask)
            self.assertEqual((said.returncode, said.stderr), (0, ""))
            return set(said.stdout.split())

        self.assertEqual(set(commands()) - told("sluice"), set())
        self.assertTrue({"list", "release"} <= told("sluice", "hold"))
        self.assertIn("--reason", told("sluice", "hold", "release"))
        self.assertNotIn("run", told("sluice", "hold"))

    def test_fish_completes_commands_and_their_options(self):
        self.need("fish")
        script = run(SLUICE, "completion", "fish").stdout
        said = run("fish", "--no-execute", "/dev/stdin", input=script)
        self.assertEqual((said.returncode, said.stderr), (0, ""))

        def completed(line):
            # Without the files of whoever runs the test, and without a terminal.
            with tempfile.TemporaryDirectory() as home:
                said = run("fish", "--no-config", "-c", f"{script}\ncomplete -C '{line}'",
                           env={**os.environ, "HOME": home})
            self.assertEqual(said.returncode, 0, said.stderr)
            return {row.split("\t")[0] for row in said.stdout.splitlines()}

        self.assertEqual(set(commands()) - completed("sluice "), set())
        self.assertEqual(completed("sluice show-c"), {"show-config"})
        self.assertEqual(completed("sluice hold rel"), {"release"})
        self.assertIn("--reason", completed("sluice hold release --re"))
        self.assertNotIn("--reason", completed("sluice version --"))

    def test_an_unknown_shell_is_refused(self):
        self.assertEqual(run(SLUICE, "completion", "ksh").returncode, 2)

    def test_lintian_finds_nothing_wrong_with_the_package(self):
        self.need("lintian")
        self.need("cpack")
        build = pathlib.Path(SLUICE).resolve().parent
        if not (build / "CPackConfig.cmake").exists():
            self.skipTest("the binary does not stand in a build folder")
        with tempfile.TemporaryDirectory() as directory:
            made = run("cpack", "-G", "DEB", "-B", directory, cwd=build)
            self.assertEqual(made.returncode, 0, made.stdout + made.stderr)
            package = next(pathlib.Path(directory).glob("*.deb"))
            inside = run("dpkg-deb", "-c", str(package)).stdout
            names = ["usr/bin/sluice", "system/sluice.service", "man1/sluice.1.gz",
                     "completions/sluice", "examples/demo.toml", "etc/logrotate.d/sluice"]
            # A build with a sanitizer has no list of its parts.
            if re.search("^SLUICE_SANITIZER:STRING=$", (build / "CMakeCache.txt").read_text(), re.M):
                names.append("doc/sluice/sluice.cdx.json")
            for name in names:
                self.assertIn(name, inside)
            self.assertEqual(run("dpkg-deb", "-I", str(package), "conffiles").stdout,
                             "/etc/logrotate.d/sluice\n")
            # Neither started nor enabled: there is nothing that runs when it is installed.
            self.assertEqual(run("dpkg-deb", "-I", str(package), "postinst").stdout, "")
            # Only release builds are hardened.
            kind = re.search(r"^CMAKE_BUILD_TYPE:\w+=(\w*)", (build / "CMakeCache.txt").read_text(), re.M)
            self.assertIsNotNone(kind)
            let_pass = [] if kind.group(1) in ("Release", "RelWithDebInfo") else HARDENING
            said = run("lintian", "--fail-on", "error,warning", "--suppress-tags-from-file", "/dev/stdin",
                       "--allow-root", str(package), input="\n".join(let_pass) + "\n")
            self.assertEqual((said.returncode, said.stdout), (0, ""), said.stderr)


if __name__ == "__main__":
    unittest.main()
