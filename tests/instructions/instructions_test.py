"""Proves that the comparison of counts goes red."""
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True

import instructions  # noqa: E402


class CompareTest(unittest.TestCase):
    def faults(self, agreed, measured):
        return instructions.compare(agreed, measured)[1]

    def test_equal_and_less_pass(self):
        self.assertEqual(self.faults({"a": 1000, "b": 1000}, {"a": 1050, "b": 10}), [])

    def test_more_is_a_fault(self):
        (fault,) = self.faults({"a": 1000, "b": 1000}, {"a": 1000, "b": 1051})
        self.assertIn("b: 1,051 instructions, +5.1%", fault)

    def test_cases_and_counts_must_fit(self):
        self.assertEqual(len(self.faults({"a": 1}, {"b": 1})), 2)

    def test_counts_survive_a_file(self):
        with tempfile.NamedTemporaryFile() as file:
            instructions.write_counts(file.name, {"a": 5, "b": 6})
            self.assertEqual(instructions.read_counts(file.name), ({"a": 5, "b": 6}, instructions.release()))


if __name__ == "__main__":
    unittest.main()
