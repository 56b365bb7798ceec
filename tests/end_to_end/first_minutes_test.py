"""Runs the first ten minutes of docs/operator.md as they stand there, and compares what they print."""

import os
import pathlib
import re
import signal
import subprocess
import unittest

from harness import BINARY, LIMIT_S, SluiceTestCase, free_port

GUIDE = pathlib.Path(__file__).parents[2] / "docs" / "operator.md"
BLOCKS = re.compile(r"```sh\n(.*?)```\n```text\n(.*?)```\n", re.DOTALL)


def pattern(line):
    """The line as it must stand in the output, blanks at its ends aside; … stands for anything."""
    return re.compile(".*".join(re.escape(part) for part in line.strip().split("…")))


class GuideTestCase(SluiceTestCase):
    """Has a shell that finds `sluice`, and compares what it prints with what is written."""

    def use_binary(self, binary):
        self.port = str(free_port())
        tools = self.directory / "bin"
        tools.mkdir()
        (tools / "sluice").symlink_to(pathlib.Path(binary).resolve())
        self.environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}",
                            "SLUICE_URL": f"http://127.0.0.1:{self.port}", "COLUMNS": "100"}

    def run_steps(self, steps):
        """All in one shell, as a person would; gives what each printed."""
        mark = "---- step"
        script = "".join(f"{commands}\necho '{mark}'\n" for commands, _ in steps)
        shell = subprocess.Popen(["bash", "-c", script], stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True, cwd=self.directory,
                                 env=self.environment, start_new_session=True)
        try:
            output, _ = shell.communicate(timeout=2 * LIMIT_S)
        except subprocess.TimeoutExpired:
            os.killpg(shell.pid, signal.SIGKILL)
            self.fail("the steps do not end:\n" + shell.communicate()[0])
        return output.split(mark)[:-1]

    def assert_told(self, wanted, output):
        rest = iter(output.splitlines())
        for line in wanted.splitlines():
            if not any(pattern(line).fullmatch(told.strip()) for told in rest):
                self.fail(f"not told, or not in this order: {line}\n{output}")

    def check_guide(self):
        steps = BLOCKS.findall(GUIDE.read_text().replace("8645", self.port))
        self.assertGreaterEqual(len(steps), 8)
        told = self.run_steps(steps)
        self.assertEqual(len(told), len(steps))
        for (commands, wanted), output in zip(steps, told):
            with self.subTest(commands=commands):
                self.assert_told(wanted, output)


class FirstMinutesTestCase(GuideTestCase):
    def test_the_first_ten_minutes_go_as_they_are_written(self):
        self.use_binary(BINARY)
        self.check_guide()


if __name__ == "__main__":
    unittest.main()
