#!/usr/bin/env python3
"""Writes the README's table of speed from the tables of docs/benchmarks.md, so that it has no figures of its own.

    benchmarks/readme.py            writes it
    benchmarks/readme.py --check    fails if the README says anything else
"""

import argparse
import pathlib
import re
import sys

from peers import pinned

ROOT = pathlib.Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- speed: benchmarks/readme.py -->\n", "<!-- end -->"
LARGE, SMALL, WIDE = "1,000,000 × 64, 128, 50", "40,981 × 64, 128, 50", "12,101 × 256, 512, 8"


class Table:
    """One of the page's tables: figures by column, of the row that begins with the given cells."""

    def __init__(self, page, name):
        text = re.search(rf"<!-- {name}: .*? -->\n(.*?)<!-- end -->", page, re.DOTALL)[1]
        lines = [line for line in text.splitlines() if line.startswith("|")]
        self.header, _, *self.rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)

    def number(self, column, *first):
        """None where there is no such row, because a library was left out."""
        found = [row[self.header.index(column)] for row in self.rows if row[:len(first)] == list(first)]
        return float(found[0].replace(",", "")) if found else None


def short(number):
    """Three digits at the most."""
    return f"{number:.0f}" if number >= 100 else f"{number:.3g}"


def beside(unit, *others):
    """What others take, without those that were left out: pairs of a number and a text with a place for it."""
    return "; ".join(text.format(f"{short(number)} {unit}") for number, text in others if number is not None)


def rows(page):
    versions = {peer: ".".join(version.split(".")[:2]) for peer, version in pinned().items()}
    training, prepare, evaluation, ials = (Table(page, name) for name in ("training", "prepare", "evaluation", "ials"))

    def step(*first):
        return training.number("CPU ms a step", *first)

    torch, fbgemm, torchrec = (f"{name} {versions[peer]}" for name, peer in
                               (("PyTorch", "torch"), ("FBGEMM", "fbgemm-gpu-cpu"), ("TorchRec", "torchrec")))

    def by_torch(shape):
        return beside("ms", (step(shape, "adagrad", "torch_dense+compile"), torch + ": {} with dense gradients, compiled"),
                      (step(shape, "adagrad", "torch_sparse+compile"), "{} with sparse ones"))

    def by_row(shape):
        return beside("ms", (step(shape, "rowwise_adagrad", "fbgemm+compile"), fbgemm + ": {}"),
                      (step(shape, "rowwise_adagrad", "torchrec"), torchrec + ": {}"))

    def rounded(shape, optimizer, library):
        return beside("ms", (step(shape, optimizer, f"{library}+bf16"),
                             (torch if library.startswith("torch") else fbgemm) + ": {}, compiled"))

    seconds = "CPU seconds"
    iteration = "CPU seconds an iteration"
    polars, implicit = f"Polars {versions['polars']}", f"implicit {pinned()['implicit']}"
    return [
        ("training step, 40,981 items × 64, histories of 50, Adagrad", step(SMALL, "adagrad", "Shortlist"), "ms",
         by_torch(SMALL)),
        ("the same, factors of matrix products in `bf16`", step(SMALL, "adagrad", "Shortlist, bf16"), "ms",
         rounded(SMALL, "adagrad", "torch_dense+compile")),
        ("the same with a million items, all in `fp32`", step(LARGE, "adagrad", "Shortlist"), "ms", by_torch(LARGE)),
        ("the same with a million items, Adagrad by row", step(LARGE, "rowwise_adagrad", "Shortlist"), "ms", by_row(LARGE)),
        ("the same, 12,101 items × 256, histories of 8, where matrix products are nearly all",
         step(WIDE, "rowwise_adagrad", "Shortlist"), "ms", by_row(WIDE)),
        ("the same in `bf16`", step(WIDE, "rowwise_adagrad", "Shortlist, bf16"), "ms",
         rounded(WIDE, "rowwise_adagrad", "fbgemm+compile")),
        ("`prepare`, two million events", prepare.number(seconds, "Shortlist"), "s",
         beside("s", (prepare.number(seconds, f"Polars {pinned()['polars']}"), polars + ": {}"))),
        ("`evaluate`, 29,858 shoppers × 40,981 items × 64", evaluation.number(seconds, "shortlist evaluate"), "s",
         beside("s", (evaluation.number(seconds, "NumPy"), "NumPy: {}"))),
        ("an iteration of iALS on Gowalla, 64 wide", ials.number(iteration, "Shortlist"), "s",
         beside("s", (ials.number(iteration, "implicit, conjugate gradients"), implicit + ": {} by conjugate gradients"),
                (ials.number(iteration, "implicit, Cholesky"), "{} exact"))),
    ]


def table(page):
    lines = ["| what | Shortlist | beside it |", "|---|---|---|"]
    lines += [f"| {what} | {short(own)} {unit} | {others} |" for what, own, unit, others in rows(page)]
    return "\n".join(lines) + "\n"


def with_table(readme, page):
    """The README with the figures of the page."""
    before, _, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"no table stands between {BEGIN.strip()} and {END}")
    return before + BEGIN + table(page) + END + after


def write():
    README.write_text(with_table(README.read_text(), PAGE.read_text()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    if not parser.parse_args().check:
        write()
    elif README.read_text() != with_table(README.read_text(), PAGE.read_text()):
        sys.exit("README.md has other figures than docs/benchmarks.md; benchmarks/readme.py writes them")


if __name__ == "__main__":
    main()
