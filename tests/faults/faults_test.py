"""The table is whole: each fault has a row, each row its tests, each test a row, and the page says the same."""

import importlib
import pathlib
import unittest

import rows as faults

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


class CompletenessTestCase(unittest.TestCase):
    def test_every_fault_is_provoked_or_a_reason_is_given(self):
        self.assertEqual(faults.missing(), [])
        self.assertEqual({r.number for r in faults.ROWS} - set(faults.NUMBERS), set())
        self.assertTrue(all(faults.NOT_HERE.values()))
        for row in faults.ROWS:
            self.assertTrue(row.provoked and row.asserted and row.tests, row)

    def test_every_row_has_its_tests_and_every_test_its_row(self):
        named = {test for row in faults.ROWS for test in row.tests}
        there = set()
        for file in HERE.glob("*_test.py"):
            if file.stem == pathlib.Path(__file__).stem:
                continue
            module = importlib.import_module(file.stem)
            self.assertIn(file.name, (HERE / "CMakeLists.txt").read_text())
            for name, suite in vars(module).items():
                if isinstance(suite, type) and suite.__module__ == module.__name__:
                    there |= {f"{file.stem}.{name}.{method}"
                              for method in unittest.TestLoader().getTestCaseNames(suite)}
        self.assertEqual(named, there)

    def test_a_test_says_in_its_name_which_rows_it_is_of(self):
        for row in faults.ROWS:
            for test in row.tests:
                words = test.rsplit(".", 1)[1].split("_")
                self.assertIn(row.number.lower(), words, test)

    def test_the_page_has_the_same_table(self):
        self.assertIn(faults.table(), (ROOT / "docs/verification.md").read_text())


if __name__ == "__main__":
    unittest.main()
