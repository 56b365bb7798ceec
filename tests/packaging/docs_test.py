"""The pages people read: every link leads somewhere, and the first one is short."""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
README_LINES_MAX = 260


def pages():
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def anchors(page):
    """Of its headings, as the pages that show Markdown make them."""
    heads = re.findall(r"^#+ (.*)$", page.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


class DocsTestCase(unittest.TestCase):
    def test_every_link_leads_somewhere(self):
        seen = 0
        for page in [*pages(), ROOT / "SECURITY.md"]:
            for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
                if target.startswith(("http:", "https:")):
                    continue
                file, _, anchor = target.partition("#")
                there = (page.parent / file).resolve() if file else page
                self.assertTrue(there.exists(), f"{page.name}: {target}")
                if anchor:
                    self.assertIn(anchor, anchors(there), f"{page.name}: {target}")
                seen += 1
        self.assertGreater(seen, 40)

    def test_every_proof_that_is_named_is_there(self):
        text = (ROOT / "SECURITY.md").read_text()
        named = re.findall(r"`((?:tests|scripts)/[\w./-]+)`", text)
        self.assertGreater(len(named), 9)
        for name in named:
            self.assertTrue((ROOT / name).exists(), name)
        self.assertIn("](SECURITY.md)", (ROOT / "README.md").read_text())

    def test_the_readme_is_short_and_leads_to_every_page(self):
        text = (ROOT / "README.md").read_text()
        self.assertLessEqual(len(text.splitlines()), README_LINES_MAX)
        for page in pages()[1:]:
            self.assertIn(f"](docs/{page.name})", text)


if __name__ == "__main__":
    unittest.main()
