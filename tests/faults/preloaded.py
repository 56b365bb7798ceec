"""The binary with a few of libc's functions replaced: what they do is up to a number in a file that both map."""

import mmap
import os
import pathlib
import shutil
import struct
import subprocess

from field import BINARY, FaultsTestCase, Process


class PreloadedTestCase(FaultsTestCase):
    library_source = ""  # Of C, beside this file; it maps BENT_FILE.

    def setUp(self):
        super().setUp()
        self.skip_with_a_sanitizer()
        compiler = shutil.which("cc") or self.skipTest("no C compiler")
        source = pathlib.Path(__file__).with_name(self.library_source)
        self.library = self.directory / "bent.so"
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", self.library, source, "-ldl"], check=True)
        self.bent_file = self.directory / "bent"
        self.bent_file.write_bytes(bytes(mmap.PAGESIZE))

    def bend(self, number):
        with open(self.bent_file, "r+b") as file:
            file.write(struct.pack("l", number))

    def start(self, config, command="run", *flags, stdin=None):
        if command != "run":
            return super().start(config, command, *flags, stdin=stdin)
        process = Process(["env", f"LD_PRELOAD={self.library}", f"BENT_FILE={self.bent_file}",
                           os.path.realpath(BINARY), command, str(config), *flags], self.directory, stdin)
        self.started.append(process)
        return process
