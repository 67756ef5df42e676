"""The page of benchmarks is written anew table by table, and every table of the page has a command that is there."""
import pathlib
import sys
import tempfile
import unittest

BENCHMARKS = pathlib.Path(sys.argv.pop(1))
sys.path.append(str(BENCHMARKS))

import peers  # noqa: E402
import tables  # noqa: E402

PAGE = """before
<!-- one: benchmarks/one.py --fast -->
| old |
<!-- end -->
between
<!-- two: benchmarks/two.py -->
| old |
<!-- end -->
"""


class WriteAnewTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.page = pathlib.Path(folder.name) / "page.md"
        self.page.write_text(PAGE)

    def test_only_what_is_wanted_is_measured(self):
        commands = []
        failed = tables.write_anew(self.page, ["two"], lambda command: commands.append(command) or "| new |\n")
        self.assertEqual((commands, failed), (["benchmarks/two.py"], []))
        self.assertEqual(self.page.read_text(), PAGE[::-1].replace("| old |"[::-1], "| new |"[::-1], 1)[::-1])

    def test_all_are_measured_where_none_is_named(self):
        tables.write_anew(self.page, [], lambda command: command + "\n")
        self.assertNotIn("old", self.page.read_text())
        self.assertIn("-->\nbenchmarks/one.py --fast\n<!-- end -->", self.page.read_text())

    def test_what_fails_stays_and_is_named(self):
        self.assertEqual(tables.write_anew(self.page, [], lambda _: None), ["one", "two"])
        self.assertEqual(self.page.read_text(), PAGE)

    def test_tables_of_one_name_are_told_apart_by_their_commands(self):
        self.page.write_text(PAGE.replace("<!-- two:", "<!-- one:"))
        tables.write_anew(self.page, ["one"], lambda command: command + "\n")
        for command in ("benchmarks/one.py --fast", "benchmarks/two.py"):
            self.assertIn(f"-->\n{command}\n<!-- end -->", self.page.read_text())

    def test_what_others_wrote_meanwhile_stays(self):
        def measure(_):
            self.page.write_text(self.page.read_text() + "theirs\n")
            return "| new |\n"
        tables.write_anew(self.page, ["one"], measure)
        self.assertEqual(self.page.read_text(), PAGE.replace("| old |", "| new |", 1) + "theirs\n")


class PageTest(unittest.TestCase):
    def test_commands_of_the_page_are_there(self):
        found = [table["command"] for table in tables.TABLE.finditer(tables.PAGE.read_text())]
        self.assertGreater(len(found), 4)
        for command in found:
            self.assertTrue((tables.ROOT / command.split()[0]).exists(), command)

    def test_all_that_peers_need_is_pinned(self):
        needed = {name for names in peers.NEEDS.values() for name in names} | set(peers.NEEDS)
        self.assertLessEqual(needed, set(peers.pinned()))


if __name__ == "__main__":
    unittest.main()
