"""Proves on kernels with known faults that the budget goes red.    budget_test.py LIBRARY"""
import contextlib
import io
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True

import budget  # noqa: E402
from cubin import Usage, usages, without_parameters  # noqa: E402

LIBRARY = pathlib.Path(sys.argv.pop())


class CubinTest(unittest.TestCase):
    """The figures are what ptxas -v prints for spilling_kernels.cu."""

    def test_shared_memory(self):
        for architecture in ("sm_80", "sm_90", "sm_100"):
            usage = usages(LIBRARY)[0]["shortlist::cuda::SharedReverse", architecture]
            self.assertEqual((usage.shared_bytes, usage.stack_bytes), (512, 0), architecture)
            self.assertTrue(0 < usage.registers < 32)

    def test_local_array(self):
        self.assertEqual(usages(LIBRARY)[0]["shortlist::cuda::LocalArray", "sm_80"].stack_bytes, 256)

    def test_spill(self):
        usage = usages(LIBRARY)[0]["shortlist::cuda::Spill<120>", "sm_90"]
        self.assertEqual(usage.registers, 64)
        self.assertGreater(usage.stack_bytes, 0)

    def test_names(self):
        self.assertEqual(without_parameters("void a::F<(int)4, B<c>>(float*, G<(bool)1>)"), "a::F<(int)4, B<c>>")
        self.assertEqual(without_parameters("a::F(int)"), "a::F")


class BudgetTest(unittest.TestCase):
    place = ("Add", "sm_80")

    def violations(self, used, limits):
        return list(budget.limit_violations(used, limits))

    def test_within(self):
        self.assertEqual(self.violations({self.place: Usage(10, 0, 0)}, {self.place: (10, 0)}), [])

    def test_over(self):
        found = self.violations({self.place: Usage(11, 8, 0)}, {self.place: (10, 4)})
        self.assertEqual(found, ["Add on sm_80: 11 registers, budget 10",
                                 "Add on sm_80: 8 bytes of shared memory, budget 4"])

    def test_new_and_stale(self):
        self.assertIn("no line", self.violations({self.place: Usage(1, 0, 0)}, {})[0])
        self.assertIn("no such kernel", self.violations({}, {self.place: (1, 0)})[0])

    def test_written_budget_is_met_but_for_the_stack(self):
        with tempfile.TemporaryDirectory() as folder:
            files = [pathlib.Path(folder) / name for name in ("budget.csv", "gpu.md")]
            files[1].write_text(f"before\n{budget.BEGIN_TABLE}\n{budget.END_TABLE}\nbehind\n")
            budget.update(LIBRARY, *files)
            said = io.StringIO()
            with contextlib.redirect_stdout(said):
                self.assertTrue(budget.check(LIBRARY, *files))
        self.assertEqual(said.getvalue().count("bytes of stack"), 6)
        self.assertEqual(len(said.getvalue().splitlines()), 7)

    def test_table_of_another_budget(self):
        with tempfile.TemporaryDirectory() as folder:
            files = [pathlib.Path(folder) / name for name in ("budget.csv", "gpu.md")]
            files[1].write_text(f"{budget.BEGIN_TABLE}\n{budget.END_TABLE}\n")
            budget.update(LIBRARY, *files)
            files[1].write_text(files[1].read_text().replace("| 512 |", "| 256 |"))
            said = io.StringIO()
            with contextlib.redirect_stdout(said):
                budget.check(LIBRARY, *files)
        self.assertIn("gpu.md: its table", said.getvalue())


if __name__ == "__main__":
    unittest.main()
