#!/usr/bin/env python3
"""What prepare and train take of memory at their peak, beside the formulas of docs/scale.md.

Each is a process of its own, whose peak the kernel reports. Between the formula and the peak there may be a quarter of
either. One case spends its memory on events, one on items, one sorts in less memory than its events take.
"""
import argparse
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "benchmarks"))

from memory import expected_of_prepare  # noqa: E402
from scaling import Retailer, run  # noqa: E402

FACTOR = 1.25
LITTLE_MIB = 32


class MemoryTest(unittest.TestCase):
    program = None

    def retailer(self, **sizes):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return Retailer(self.program, pathlib.Path(folder.name), every_item=True, **sizes)

    def expect_near(self, measured, expected, what):
        ratio = measured / expected
        self.assertTrue(1 / FACTOR < ratio < FACTOR, f"{what}: {measured / 1e6:.0f} MB, by formula {expected / 1e6:.0f} MB")

    def expect_formulas_hold(self, shop, **settings):
        path = shop.configured("flat")
        text = path.read_text()
        for name, value in settings.items():
            text += f"{name}: {value}\n"
        path.write_text(text)
        for stage in (shop.prepare, shop.train):
            cost = stage(path)
            self.expect_near(cost.bytes, cost.expected, stage.__name__)

    def test_many_events(self):
        self.expect_formulas_hold(self.retailer(events=1_000_000, users=62_500, items=10_000))

    def test_many_items(self):
        self.expect_formulas_hold(self.retailer(events=200_000, users=12_500, items=100_000), model="{dimension: 128}")

    def test_nearly_as_many_items_as_events(self):
        shop = self.retailer(events=700_000, users=12_500, items=500_000)
        cost = shop.prepare(shop.configured("flat"))
        self.expect_near(cost.bytes, cost.expected, "prepare")

    def test_fewer_than_are_sorted_at_once(self):
        shop = self.retailer(events=1_000_000, users=62_500, items=10_000)
        path = shop.configured("flat")
        path.write_text(path.read_text().replace("data:\n", f"data:\n  memory_mib: {LITTLE_MIB}\n"))
        cost = run([self.program, "prepare", path])
        self.expect_near(cost.bytes, expected_of_prepare(shop.report("prepare"), memory_mib=LITTLE_MIB), "prepare")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True, type=pathlib.Path)
    options, rest = parser.parse_known_args()
    MemoryTest.program = options.program
    unittest.main(argv=[sys.argv[0], *rest])
