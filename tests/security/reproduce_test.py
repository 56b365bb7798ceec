"""scripts/reproduce: what it calls the same is the same. The two builds themselves take too long for a test."""

import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
OBJECTS = ("sluice", "src/a/a.cpp.o", "src/b.cpp.o")


class ReproduceTestCase(unittest.TestCase):
    def setUp(self):
        kept = tempfile.TemporaryDirectory(prefix="sluice-reproduce-")
        self.addCleanup(kept.cleanup)
        self.builds = [pathlib.Path(kept.name) / name for name in ("one", "two")]
        for build in self.builds:
            for name in OBJECTS:
                (build / name).parent.mkdir(parents=True, exist_ok=True)
                (build / name).write_text(name)

    def compare(self):
        done = subprocess.run([ROOT / "scripts" / "reproduce", "--compare", *self.builds], capture_output=True,
                              text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    def test_builds_of_the_same_bytes_are_the_same(self):
        code, said, errors = self.compare()
        self.assertEqual((code, errors), (0, ""))
        self.assertRegex(said, r"^[0-9a-f]{64}  sluice: the same")

    def test_one_byte_anywhere_is_a_difference_that_is_named(self):
        for name in OBJECTS:
            with self.subTest(name=name):
                file = self.builds[1] / name
                file.write_text(name[:-1] + "x")
                code, said, errors = self.compare()
                self.assertEqual((code, said), (1, ""))
                self.assertIn(f"differs: {name}\n", errors)
                file.write_text(name)

    def test_a_file_that_is_missing_is_a_difference(self):
        (self.builds[1] / OBJECTS[1]).unlink()
        code, _, errors = self.compare()
        self.assertEqual(code, 1)
        self.assertIn(OBJECTS[1], errors)


if __name__ == "__main__":
    unittest.main()
