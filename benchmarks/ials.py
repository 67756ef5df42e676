#!/usr/bin/env python3
"""Sets the program's iALS beside that of implicit: iterations per second of CPU, with the recall that they lead to.

    benchmarks/ials.py

Both factor the training file of Gowalla with vectors of one width and one thread, in turns; medians of the rounds. The
recall is that of the test file over the full catalog, without what a shopper has, from the vectors of shoppers and
items that each library made. The program solves each vector by conjugate gradients to a residual of a thousandth;
implicit's default is three steps of them from the vector before, and use_cg=False solves exactly. implicit's confidence
and regularization are the best of four that were tried by hand; --grid tries sixteen.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

from peers import ONE_THREAD, log, run_among_peers

ROOT = pathlib.Path(__file__).resolve().parent.parent
PEERS = ("numpy", "scipy", "zstandard", "implicit")
OWN_SETTINGS = {"unobserved_weight": 0.02, "regularization": 0.003}  # of configs/gowalla.yaml
IMPLICIT_SETTINGS = {"alpha": 40, "regularization": 20}
GRID = [{"alpha": alpha, "regularization": strength} for alpha in (10, 20, 40, 80) for strength in (1, 5, 20, 40)]


class Program:
    name = "Shortlist"

    def __init__(self, path, data, width, folder):
        import arrays
        arrays.write(folder / "histories.safetensors", {"ids": data.ids, "offsets": data.offsets})
        settings = {"ials": {"dimension": width, **OWN_SETTINGS}}
        task = json.dumps({"items": data.items, "threads": 1, "evaluate": settings})
        self.vectors = folder / "vectors.safetensors"
        self.process = subprocess.Popen([path, folder, task], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.costs = []

    def fit(self, epochs):
        self.process.stdin.write(f"{epochs}\n")
        self.process.stdin.flush()
        self.costs.append(json.loads(self.process.stdout.readline())["cpu"] / epochs)

    def factors(self):
        import arrays
        vectors = arrays.read(self.vectors)
        return vectors["shoppers"], vectors["items"]


class Implicit:
    def __init__(self, data, width, conjugate_gradients, settings):
        from implicit.cpu.als import AlternatingLeastSquares
        self.library = AlternatingLeastSquares
        self.name = "implicit, " + ("conjugate gradients" if conjugate_gradients else "Cholesky")
        self.data, self.width, self.conjugate_gradients, self.settings = data, width, conjugate_gradients, settings
        self.costs = []

    def fit(self, epochs):
        self.model = self.library(factors=self.width, iterations=epochs, use_cg=self.conjugate_gradients,
                                  num_threads=1, random_state=1, **self.settings)
        begin = time.process_time()
        self.model.fit(self.data.matrix, show_progress=False)
        self.costs.append((time.process_time() - begin) / epochs)

    def factors(self):
        return self.model.user_factors, self.model.item_factors


def print_grid(data, arguments):
    for settings in GRID:
        peer = Implicit(data, arguments.width, True, settings)
        peer.fit(arguments.epochs)
        print(settings, f"{data.recall(*peer.factors()):.4f}", flush=True)


def compare(data, arguments, folder):
    contenders = [Program(arguments.program, data, arguments.width, folder)]
    try:
        contenders += [Implicit(data, arguments.width, way, IMPLICIT_SETTINGS) for way in (True, False)]
    except ImportError:
        log("left out: implicit")
    for round_number in range(arguments.rounds):
        for contender in contenders:
            contender.fit(arguments.epochs)
            log(f"round {round_number}: {contender.name}, {contender.costs[-1]:.3f} s of CPU an iteration")
    own = statistics.median(contenders[0].costs)
    print(f"| library | recall@20 after {arguments.epochs} iterations | CPU seconds an iteration | iterations per CPU-second | "
          "CPU of Shortlist's |")
    print("|---|---|---|---|---|")
    for each in contenders:
        cost = statistics.median(each.costs)
        print(f"| {each.name} | {data.recall(*each.factors()):.4f} | {cost:.3f} | {1 / cost:.2f} | {cost / own:.2f} × |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/benchmarks/ials_epochs")
    parser.add_argument("--data", type=pathlib.Path,
                        default=os.environ.get("SHORTLIST_DATA_DIR", ROOT.parent / "shared" / "data"))
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--grid", action="store_true", help="print the recall of implicit's settings instead")
    arguments = parser.parse_args()
    run_among_peers(PEERS, ONE_THREAD)
    from gowalla import Gowalla
    data = Gowalla.read(pathlib.Path(arguments.data) / "gowalla_lightgcn")
    if arguments.grid:
        print_grid(data, arguments)
        return
    with tempfile.TemporaryDirectory() as folder:
        compare(data, arguments, pathlib.Path(folder))


if __name__ == "__main__":
    main()
