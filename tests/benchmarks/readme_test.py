"""The README has the figures of docs/benchmarks.md, and no others in its table of speed."""
import pathlib
import sys
import unittest

sys.path.append(str(pathlib.Path(sys.argv.pop(1))))

import readme  # noqa: E402

PAGE = readme.PAGE.read_text()


class ReadmeTest(unittest.TestCase):
    def test_has_the_figures_of_the_page(self):
        self.assertEqual(readme.README.read_text(), readme.with_table(readme.README.read_text(), PAGE))

    def test_another_figure_of_the_page_is_another_figure_of_the_readme(self):
        prepare = readme.Table(PAGE, "prepare").number("CPU seconds", "Shortlist")
        page = PAGE.replace(f"| Shortlist | {prepare:.2f} |", "| Shortlist | 7.77 |")
        self.assertIn("| 7.77 s |", readme.with_table(readme.README.read_text(), page))

    def test_a_library_that_was_left_out_is_not_named(self):
        page = "\n".join(line for line in PAGE.splitlines() if "| torchrec |" not in line and "| Polars" not in line)
        table = readme.table(page)
        self.assertNotIn("TorchRec", table)
        self.assertNotIn("Polars", table)
        self.assertIn("FBGEMM", table)

    def test_figures_are_short(self):
        self.assertEqual([readme.short(number) for number in (354.29, 23.1, 0.149)], ["354", "23.1", "0.149"])

    def test_without_marks_nothing_is_written(self):
        with self.assertRaises(ValueError):
            readme.with_table("no table", PAGE)


if __name__ == "__main__":
    unittest.main()
