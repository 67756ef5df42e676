"""Growth is told from sizes and costs alone, without measuring any."""
import contextlib
import io
import pathlib
import sys
import types
import unittest

sys.path.append(str(pathlib.Path(sys.argv.pop(1))))

import scaling  # noqa: E402

SIZES = (10**3, 10**4, 10**5, 10**6)


class GrowthTest(unittest.TestCase):
    def growth(self, cost):
        return scaling.Growth([(size, cost(size)) for size in SIZES])

    def test_exponents(self):
        self.assertAlmostEqual(self.growth(lambda n: 3 * n**1.5).exponent(), 1.5)
        steps = self.growth(lambda n: max(n, 10**4))
        self.assertLess(steps.exponent(), steps.exponent_of_largest())

    def test_faster_than_n_log_n(self):
        for cost in (lambda n: n**1.3, lambda n: n**2):
            self.assertTrue(self.growth(cost).too_fast())

    def test_no_faster(self):
        for cost in (lambda n: 7, lambda n: n, lambda n: n * len(str(n)), lambda n: 5 + n**1.1):
            self.assertFalse(self.growth(cost).too_fast())

    def test_those_that_are_too_fast_are_named(self):
        growing = {"train": (self.growth(lambda n: n * n), self.growth(lambda n: n))}
        self.assertEqual(scaling.too_fast("items", growing), ["CPU of train by items"])

    def test_sizes(self):
        self.assertEqual(scaling.powers(10, 1000), [10, 100, 1000])


class MadeUpShop:
    """Stages that cost what is said, without running any."""

    def __init__(self, _folder, size):
        self.size = size

    def stages(self, _kinds):
        yield "prepare", types.SimpleNamespace(seconds=self.size * 2e-6, bytes=self.size * 100, expected=self.size * 110)
        yield "evaluate", types.SimpleNamespace(seconds=self.size**2 * 1e-6, bytes=5e7, expected=None)

    def report(self, _stage):
        return {"read": self.size + 7, "items": self.size}


class SeriesTest(unittest.TestCase):
    def setUp(self):
        with contextlib.redirect_stderr(io.StringIO()):
            self.costs = scaling.measure("items", SIZES, MadeUpShop, ["flat"])

    def test_table_has_formulas_below_peaks(self):
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            scaling.print_tables("items", scaling.growths(self.costs), scaling.expected(self.costs))
        self.assertIn("| prepare | 0.00 | 0.02 | 0.20 | 2.00 | 1.00 | 1.00 |", printed.getvalue())
        self.assertIn("| prepare | 0 | 1 | 10 | 100 | 1.00 | 1.00 |\n| by its formula | 0 | 1 | 11 | 110 | | |", printed.getvalue())

    def test_json(self):
        figures = scaling.json_of(scaling.growths(self.costs), scaling.expected(self.costs))
        self.assertTrue(figures["evaluate"]["cpu_seconds"]["too_fast"])
        self.assertFalse(figures["evaluate"]["peak_bytes"]["too_fast"])
        self.assertEqual(figures["prepare"]["peak_bytes"]["by_formula"][-1], 110 * 10**6)


if __name__ == "__main__":
    unittest.main()
