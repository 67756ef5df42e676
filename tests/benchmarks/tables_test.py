"""The page of benchmarks is written anew table by table, and every table of the page has a command that is there."""
import pathlib
import sys
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


class TablesTest(unittest.TestCase):
    def test_only_what_is_wanted_is_measured(self):
        commands = []
        page, failed = tables.write_anew(PAGE, ["two"], lambda command: commands.append(command) or "| new |\n")
        self.assertEqual(commands, ["benchmarks/two.py"])
        self.assertEqual(failed, [])
        self.assertEqual(page, PAGE[:PAGE.index("| old |\n<!-- end -->\n", 60)] + "| new |\n<!-- end -->\n")

    def test_all_are_measured_where_none_is_named(self):
        page, _ = tables.write_anew(PAGE, [], lambda command: command + "\n")
        self.assertNotIn("old", page)
        self.assertIn("-->\nbenchmarks/one.py --fast\n<!-- end -->", page)

    def test_what_fails_stays_and_is_named(self):
        self.assertEqual(tables.write_anew(PAGE, [], lambda _: None), (PAGE, ["one", "two"]))

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
