"""What the compiler and the linker were told to put between a bug and whoever would use it, read from the binary.

What needs optimisation or is asked of release builds alone is skipped for others, by name. CMakeLists.txt runs
all of it on the binary that scripts/test builds in release, too.
"""

import os
import pathlib
import platform
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BINARY = os.environ.get("SLUICE", "build/dev/sluice")
RELEASE = os.environ.get("SLUICE_BUILD_TYPE", "") in ("RelWithDebInfo", "Release")
SANITIZER = os.environ.get("SLUICE_SANITIZER", "")
ENDBR64 = bytes.fromhex("f30f1efa")


def read(*words):
    return subprocess.run(["readelf", "-W", *words], capture_output=True, text=True, check=True).stdout


@unittest.skipUnless(shutil.which("readelf"), "readelf is missing: Debian's binutils has it")
class HardeningTestCase(unittest.TestCase):
    def setUp(self):
        if not os.path.exists(BINARY):
            self.skipTest(f"{BINARY} is not built")

    def segments(self):
        """Name to flags; of the loaded ones a list."""
        rows = re.findall(r"^  (\w+) +0x\w+ 0x\w+ 0x\w+ 0x\w+ 0x(\w+) ([RWE ]{3}) ", read("-l", BINARY), re.M)
        self.assertGreater(len(rows), 6)
        return [(name, flags.replace(" ", "")) for name, _, flags in rows]

    def release_only(self):
        if not RELEASE:
            self.skipTest("only release builds are compiled and linked with this")

    def x86_only(self):
        if platform.machine() != "x86_64":
            self.skipTest("control-flow enforcement is of x86-64")

    def imported(self):
        return {name.split("@")[0] for name in re.findall(r" UND (\S+)", read("--dyn-syms", BINARY))}

    # ---- every build

    def test_it_is_loaded_at_an_address_nobody_can_foretell(self):
        self.assertRegex(read("-h", BINARY), r"Type: +DYN \(Position-Independent Executable file\)")

    def test_no_memory_is_writable_and_executable(self):
        segments = self.segments()
        self.assertIn(("GNU_STACK", "RW"), segments)
        loaded = [flags for name, flags in segments if name == "LOAD"]
        self.assertIn("RE", loaded)
        self.assertEqual([flags for flags in loaded if "W" in flags and "E" in flags], [])
        self.assertNotIn("TEXTREL", read("-d", BINARY))

    def test_libraries_come_from_the_system_alone(self):
        if SANITIZER == "tsan":
            self.skipTest("the build for ThreadSanitizer brings a library of its own")
        self.assertNotRegex(read("-d", BINARY), r"\((RPATH|RUNPATH)\)")

    def test_a_part_is_read_only_after_it_is_relocated(self):
        self.assertIn("GNU_RELRO", [name for name, _ in self.segments()])

    # ---- release builds

    def test_all_addresses_are_bound_at_start_and_read_only_then(self):
        self.release_only()
        dynamic = read("-d", BINARY)
        self.assertRegex(dynamic, r"\(FLAGS\).*BIND_NOW")
        self.assertRegex(dynamic, r"\(FLAGS_1\).*NOW")
        tables = re.findall(r"\] (\.got\S*) +PROGBITS +(\w+) ", read("-S", BINARY))
        self.assertTrue(tables)
        begin, size = next((int(a, 16), int(s, 16)) for a, s in re.findall(
            r"GNU_RELRO +0x\w+ (0x\w+) 0x\w+ 0x\w+ (0x\w+)", read("-l", BINARY)))
        end, begin = begin + size, begin & ~0xfff  # The loader protects whole pages.
        for name, address in tables:
            # The linker may leave this one's first word on the page before: the address of the dynamic section,
            # by which nothing is called.
            spare = 8 if name == ".got.plt" else 0
            self.assertTrue(begin <= int(address, 16) + spare < end, name)

    def test_overflows_of_buffers_on_the_stack_end_the_process(self):
        self.release_only()
        self.assertIn("__stack_chk_fail", self.imported())

    def test_calls_of_the_c_library_check_what_they_write(self):
        self.release_only()
        checked = {name for name in self.imported() if re.fullmatch(r"__\w+_chk", name)}
        self.assertGreaterEqual(len(checked), 4, checked)
        # With the checks off these would be called by their plain names.
        self.assertEqual(self.imported() & {"sprintf", "vsprintf", "snprintf", "gets"}, set())

    def test_every_file_was_compiled_for_clash_protection_and_control_flow_enforcement(self):
        self.release_only()
        build = pathlib.Path(BINARY).resolve().parent
        commands = build / "compile_commands.json"
        if not commands.exists():
            self.skipTest("the binary does not stand in a build folder")
        lines = [l for l in commands.read_text().splitlines() if '"command"' in l and "/src/" in l]
        self.assertGreater(len(lines), 100)
        for line in lines:
            for flag in ("-fstack-clash-protection", "-fstack-protector-strong", "-fcf-protection", "-fPIE",
                         "-D_FORTIFY_SOURCE=2", "-D_GLIBCXX_ASSERTIONS", "-ftrivial-auto-var-init=zero"):
                self.assertIn(flag, line)

    def functions(self):
        """Global functions of the program's own: name to offset in the file; empty when it is stripped."""
        text = re.search(r"\] \.text +PROGBITS +(\w+) (\w+) (\w+)", read("-S", BINARY))
        address, offset, size = (int(each, 16) for each in text.groups())
        out = {}
        for value, kind, name in re.findall(r"^ +\d+: (\w+) +\w+ FUNC +(GLOBAL|WEAK) +\w+ +\d+ (\S+)$",
                                            read("-s", BINARY), re.M):
            at = int(value, 16)
            if address <= at < address + size and name.startswith("_ZN6sluice"):
                out[name] = offset + at - address
        return out

    def test_functions_begin_where_jumps_may_land(self):
        self.release_only()
        self.x86_only()
        functions = self.functions()
        with open(BINARY, "rb") as binary:
            if not functions:
                # Stripped: names are gone, the landing places are not.
                self.assertGreater(binary.read().count(ENDBR64), 2000)
                return
            self.assertGreater(len(functions), 1000)
            for name, offset in functions.items():
                binary.seek(offset)
                self.assertEqual(binary.read(4), ENDBR64, name)

    def test_the_mark_for_the_processor_is_there_where_the_systems_own_start_has_it(self):
        self.release_only()
        self.x86_only()
        compiler = shutil.which("g++") or shutil.which("c++")
        if not compiler:
            self.skipTest("no compiler tells where the system's start files are")
        start = subprocess.run([compiler, "-print-file-name=Scrt1.o"], capture_output=True, text=True,
                               check=True).stdout.strip()
        if "IBT" not in read("-n", start):
            self.skipTest("the system's own start files lack the mark, so no linker gives it")
        self.assertRegex(read("-n", BINARY), "IBT.*SHSTK")

    def test_no_path_of_the_machine_that_built_it_stands_in_it(self):
        self.release_only()
        with open(BINARY, "rb") as file:
            self.assertNotIn(str(ROOT).encode() + b"/", file.read())


class OldTestCase(unittest.TestCase):
    """The reading itself, on a binary that has none of it."""

    def test_a_binary_without_hardening_is_told_apart(self):
        compiler = shutil.which("gcc") or shutil.which("g++")
        if not compiler or not shutil.which("readelf"):
            self.skipTest("gcc and readelf are needed to make and read such a binary")
        with tempfile.TemporaryDirectory(prefix="sluice-hardening-") as directory:
            program = pathlib.Path(directory) / "weak"
            subprocess.run([compiler, "-x", "c", "-", "-o", program, "-no-pie", "-Wl,-z,norelro,-z,lazy",
                            "-Wl,-z,execstack", "-fno-stack-protector", "-U_FORTIFY_SOURCE", "-w",
                            f"-Wl,-rpath,{ROOT}/"],
                           input=b'#include <stdio.h>\nint main(int n, char** v) { char b[9]; '
                                 b'return sprintf(b, "%s", v[n - 1]); }', check=True)
            names = [name for name in dir(HardeningTestCase) if name.startswith("test_")]
            global BINARY, RELEASE
            kept, BINARY, RELEASE = (BINARY, RELEASE), str(program), True
            try:
                result = unittest.TestResult()
                for name in names:
                    HardeningTestCase(name).run(result)
            finally:
                BINARY, RELEASE = kept
            broken = {test.id().rsplit(".", 1)[1] for test, _ in result.failures + result.errors}
            skipped = {test.id().rsplit(".", 1)[1] for test, _ in result.skipped}
            self.assertEqual(set(names) - broken - skipped, set())
            # A sanitizer's binary brings libraries of its own, so that one question is not asked of it.
            self.assertGreaterEqual(len(broken), 8 if os.environ.get("SLUICE_SANITIZER") else 9, (broken, skipped))


if __name__ == "__main__":
    unittest.main()
