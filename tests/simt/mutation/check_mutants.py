"""Plants small faults into the CUDA sources one by one; each has to turn a witness red.

    check_mutants.py ROOT BUILD KIND... [--seconds N]    KIND is barrier or bound

BUILD holds the programs of simt_conformance_test and simt_detector_conformance_test, built. Mutants that no test can
tell from the original stand in equivalent.txt with the reason. With --seconds, mutants are taken evenly from all files
until the time is up; the rest is named.
"""
import argparse
import pathlib
import sys
import tempfile
import time

sys.dont_write_bytecode = True

from mutants import mutants  # noqa: E402
from witness import Witness  # noqa: E402

# The suites of tests/conformance that run a file's kernels; all for files that are not listed.
SUITES = {
    "bias_activation.cu": "Linear",
    "column_sums.cu": "Linear",
    "dense_update.cu": "DenseUpdate",
    "gather_pool.cu": "GatherPool",
    "normalize_rows.cu": "NormalizeRows",
    "occurrences.cu": "SparseUpdate",
    "random.cu": "Dropout|FillNormal|Random",
    "round_bfloat16.cu": "Linear",
    "select_best.cu": "TopK",
    "softmax_tile.cu": "SoftmaxLoss",
    "sort_occurrences.cu": "SparseUpdate",
    "sparse_update.cu": "SparseUpdate|ScatterAdd",
    "squared_norm.cu": "Elementwise|SquaredNorm",
    "table_row.h": "SparseUpdate|ScatterAdd",
}


def test_filter(path, row):
    suites = SUITES.get(path.name, "").split("|")
    return ":".join(f"*{suite}*{row}*" for suite in suites)


def equivalent(directory):
    lines = (directory / "equivalent.txt").read_text().splitlines()
    rows = [line.split(" | ", 2) for line in lines if line and not line.startswith("#")]
    return {(file, text) for file, text, _ in rows}


class Check:
    def __init__(self, root, build):
        self.root = root
        self.known = equivalent(pathlib.Path(__file__).parent)
        # The detector first: it needs one order to see a race, values need the order in which the race is lost.
        self.witnesses = [
            (Witness(build, "detector", "simt_detector_conformance_test", []), "random_1_lazy"),
            (Witness(build, "plain", "simt_conformance_test", []), ""),
        ]

    def killed_by(self, path, mutant):
        """The witness that turns red; None if all stay green."""
        with tempfile.TemporaryDirectory() as name:
            scratch = pathlib.Path(name)
            overlay = scratch / "overlay"
            changed = overlay / path.relative_to(self.root)
            changed.parent.mkdir(parents=True)
            changed.write_text(mutant.apply(path.read_text()))
            for witness, row in self.witnesses:
                objects = []
                for source in witness.users_of(path):
                    objects.append(scratch / (pathlib.Path(source).name + ".o"))
                    compiled = witness.compile(source, self.root, overlay, objects[-1])
                    if compiled.returncode != 0:
                        return "the compiler"
                if not witness.passes(objects, scratch, test_filter(path, row)):
                    return witness.name
        return None

    def all_mutants(self, kinds):
        """Of all files in turn, so that a run that is cut short has seen some of each."""
        files = sorted([*(self.root / "cuda").glob("*.cu"), *(self.root / "cuda").glob("*.h")])
        found = [[(file, mutant) for kind in kinds for mutant in mutants(file.read_text(), kind)] for file in files]
        for place in range(max(map(len, found))):
            for of_file in found:
                if place < len(of_file) and not self.is_known(*of_file[place]):
                    yield of_file[place]

    def is_known(self, path, mutant):
        return (str(path.relative_to(self.root)), mutant.original) in self.known

    def run(self, kinds, seconds):
        begin = time.monotonic()
        survivors = []
        left_out = []
        for path, mutant in self.all_mutants(kinds):
            place = f"{path.relative_to(self.root)}:{mutant.line}: {mutant.kind}: {mutant.text.strip()}"
            if seconds and time.monotonic() - begin > seconds:
                left_out.append(place)
                continue
            witness = self.killed_by(path, mutant)
            print(f"{place}    seen by {witness}" if witness else f"{place}    SURVIVES", flush=True)
            if not witness:
                survivors.append(place)
        for place in left_out:
            print(f"{place}    not tried: time is up")
        return survivors


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("kinds", nargs="+", choices=["barrier", "bound"])
    parser.add_argument("--seconds", type=float)
    arguments = parser.parse_args()
    survivors = Check(arguments.root.resolve(), arguments.build.resolve()).run(arguments.kinds, arguments.seconds)
    print(f"{len(survivors)} mutants survive")
    return bool(survivors)


if __name__ == "__main__":
    sys.exit(main())
