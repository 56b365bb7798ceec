"""Keys in memory stay there: no core dump, and no reading or tracing by another process of the same user."""

import os
import pathlib
import resource
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "end_to_end"))

from forms import Scanner  # noqa: E402
from harness import BINARY, SluiceTestCase  # noqa: E402

WORD = "w0rd-that-only-the-memory-holds-4711"
# Holds the word as text that no file holds, says that it does, and waits.
HOLDER = "import sys; w = ''.join(chr(int(n)) for n in sys.argv[1].split(',')); print(1, flush=True); input()"
NOBODY = 65534
# Another user may not see the folder that this interpreter stands in.
PYTHON = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable
PTRACE_ATTACH, PTRACE_DETACH = 16, 17

READER = """
import sys
place = f"/proc/{sys.argv[1]}/"
for name in ("mem", "environ", "maps", "auxv"):
    try:
        with open(place + name, "rb", buffering=0) as file:
            file.read(0 if name == "mem" else 1)
        print(name, "read")
    except PermissionError:
        print(name, "refused")
"""


def as_nobody():
    """Popen's words for another user; where there is no right to change, all run as this one."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.getuid() == 0 else {}


def letters(text):
    return ",".join(str(ord(letter)) for letter in text)


class MemoryTestCase(SluiceTestCase):
    def setUp(self):
        super().setUp()
        if os.getuid() == 0:
            os.chown(self.directory, NOBODY, NOBODY)

    def popen(self, command, **options):
        process = subprocess.Popen(command, cwd=self.directory, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, **options)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stdin.close)
        self.addCleanup(lambda: process.poll() is None and (process.kill(), process.wait()))
        self.assertTrue(process.stdout.readline(), command)
        return process

    def run_sluice(self, **options):
        """As another user who need not see the folder that the binary stands in."""
        config = self.demo_config(symbols=20)
        os.chmod(config, 0o644)
        binary = os.open(BINARY, os.O_RDONLY)
        self.addCleanup(os.close, binary)
        return self.popen([f"/proc/self/fd/{binary}", "run", str(config)], pass_fds=[binary], **options)

    def holder(self, **options):
        return self.popen([PYTHON, "-c", HOLDER, letters(WORD)], **options)

    def read_as_nobody(self, pid):
        done = subprocess.run([PYTHON, "-c", READER, str(pid)], capture_output=True, text=True,
                              check=True, **as_nobody())
        return dict(line.split() for line in done.stdout.splitlines())

    def test_another_process_of_the_same_user_cannot_read_the_memory(self):
        if set(self.read_as_nobody(self.holder(**as_nobody()).pid).values()) != {"read"}:
            self.skipTest("this machine lets no process read another one of its user")
        found = self.read_as_nobody(self.run_sluice(**as_nobody()).pid)
        self.assertEqual(found, dict.fromkeys(("mem", "environ", "maps", "auxv"), "refused"))

    def test_another_process_of_the_same_user_cannot_trace_it(self):
        def attached(pid):
            code = ("import ctypes, os, sys; c = ctypes.CDLL(None, use_errno=True); p = int(sys.argv[1]); "
                    f"r = c.ptrace({PTRACE_ATTACH}, p, None, None); "
                    f"r == 0 and (os.waitpid(p, 0x40000000), c.ptrace({PTRACE_DETACH}, p, None, None)); "
                    "print(r)")
            done = subprocess.run([PYTHON, "-c", code, str(pid)], capture_output=True, text=True,
                                  check=True, **as_nobody())
            return int(done.stdout) == 0
        if not attached(self.holder(**as_nobody()).pid):
            self.skipTest("this machine lets no process trace another one of its user")
        self.assertFalse(attached(self.run_sluice(**as_nobody()).pid))

    def crash(self, process, which):
        """Ends it by the signal; whether the system wrote a core."""
        process.send_signal(which)
        _, status = os.waitpid(process.pid, 0)
        process.returncode = -which
        # Sanitizers end the process themselves, after a report.
        if not os.environ.get("SLUICE_SANITIZER"):
            self.assertTrue(os.WIFSIGNALED(status) and os.WTERMSIG(status) == which, status)
        return os.WCOREDUMP(status)

    def cores(self):
        return [file for file in self.directory.iterdir() if "core" in file.name]

    def test_a_crash_leaves_no_core(self):
        _, most = resource.getrlimit(resource.RLIMIT_CORE)
        options = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_CORE, (most, most))}
        if most == 0 or not self.crash(self.holder(**options), signal.SIGSEGV):
            self.skipTest("this machine writes no cores")
        # Where cores are files, that of the other program holds what it had in memory: cores do tell.
        for core in self.cores():
            self.assertTrue(Scanner({"word": WORD}).find(core.read_bytes()))
            core.unlink()
        for which in (signal.SIGSEGV, signal.SIGABRT, signal.SIGQUIT):
            with self.subTest(which=which):
                self.assertFalse(self.crash(self.run_sluice(**options), which))
                self.assertEqual(self.cores(), [])

    def test_what_it_runs_under_says_so_too(self):
        process = self.run_sluice()
        limits = pathlib.Path(f"/proc/{process.pid}/limits")
        if os.getuid() != 0 and not os.access(limits, os.R_OK):
            self.skipTest("only root may read the limits of a process that keeps its memory to itself")
        line = next(l for l in limits.read_text().splitlines() if l.startswith("Max core file size"))
        self.assertEqual(line.split()[4:6], ["0", "0"])


if __name__ == "__main__":
    unittest.main()
