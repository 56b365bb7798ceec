"""The files of the folder web, looked at as files: what is vendored, what is embedded, their size."""

import hashlib
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
WEB = ROOT / "web"
LINES_MAX = 400


def ours():
    return [p for p in sorted(WEB.rglob("*")) if p.is_file() and "vendor" not in p.parts]


class FilesTestCase(unittest.TestCase):
    def test_what_is_vendored_is_what_was_pinned(self):
        rows = re.findall(r"\| `([^`]+)` \| `([0-9a-f]{64})` \|", (WEB / "vendor/VENDOR.md").read_text())
        self.assertEqual(len(rows), 3)
        for name, pinned in rows:
            found = hashlib.sha256((WEB / "vendor" / name).read_bytes()).hexdigest()
            self.assertEqual(found, pinned, name)
        there = {p.relative_to(WEB / "vendor").as_posix() for p in (WEB / "vendor").rglob("*") if p.is_file()}
        self.assertEqual(there, {name for name, _ in rows} | {"VENDOR.md"})

    def test_every_file_is_built_into_the_binary(self):
        listed = (ROOT / "src/status/CMakeLists.txt").read_text().split("FILES")[1].rstrip(")\n ").split()
        served = {p.relative_to(WEB).as_posix() for p in WEB.rglob("*")
                  if p.suffix in (".html", ".css", ".js", ".svg")}
        self.assertEqual(set(listed), served)

    def test_files_are_short_and_begin_with_a_sentence(self):
        for path in ours():
            lines = path.read_text().splitlines()
            self.assertLessEqual(len(lines), LINES_MAX, path.name)
            if path.suffix == ".js":
                comment = re.match(r"((?:// .*\n)+)", path.read_text())
                self.assertTrue(comment and comment.group(1).rstrip().endswith("."), path.name)
            elif path.suffix == ".css":
                self.assertRegex(path.read_text(), r"\A/\* [^*]*\. \*/", path.name)

    def test_nothing_is_fetched_from_elsewhere_and_no_text_becomes_markup(self):
        for path in ours():
            text = path.read_text().replace("http://www.w3.org/2000/svg", "")
            self.assertNotRegex(text, r"https?://", path.name)
            self.assertNotRegex(text, r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(",
                                path.name)
            self.assertNotRegex(text, r"<[a-z][^>]*\sstyle=|<[a-z][^>]*\son[a-z]+=|<style|<script>", path.name)


if __name__ == "__main__":
    unittest.main()
