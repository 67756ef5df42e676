#!/usr/bin/env python3
"""What it costs to rank the full catalog of Gowalla for everybody in the test file, beside NumPy: seconds of CPU.

    benchmarks/evaluation.py

Trains a model of 64 dimensions on the data for a few steps and evaluates it by `shortlist evaluate`, one thread,
without baselines and intervals: the best 20 of 40,981 items for each shopper without what that shopper has, and all
metrics of them. NumPy does the same from the model's weights: products of blocks, argpartition, recall. The two recalls
must agree. Medians of rounds in turns; the program is measured as a whole process that reads data and model from disk,
NumPy from the vectors on.
"""

import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

from peers import ONE_THREAD, log, run_among_peers

PEERS = ("numpy", "scipy", "zstandard", "polars")
ROOT = pathlib.Path(__file__).resolve().parent.parent
TOLERANCE = 2e-4  # of the recall: sums of floats in another order swap some neighbors
CONFIGURATION = """
name: evaluation
threads: 1
directory: {folder}/run
data:
  events: {{paths: [{data}/train.txt.zst], format: sequences}}
  split: {{rule: files, test_paths: [{data}/test.txt.zst], validation_fraction: 0}}
model: {{dimension: 64, user_hidden: [], history: {{max_length: 10000, pools: [{{weighting: mean}}]}}}}
train: {{max_steps: 100, batch_size: 1024, history_rule: others, include_validation: true}}
evaluate: {{k: [20], baselines: [], bootstrap_samples: 0}}
"""


def children_cpu():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class Program:
    name = "shortlist evaluate"

    def __init__(self, path, data, folder):
        self.path, self.folder = path, folder
        self.configuration = folder / "evaluation.yaml"
        self.configuration.write_text(CONFIGURATION.format(folder=folder, data=data))
        self.costs = []
        self.run("prepare")
        self.run("train")

    def run(self, command):
        subprocess.run([self.path, command, self.configuration], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    def evaluate(self):
        begin = children_cpu()
        self.run("evaluate")
        self.costs.append(children_cpu() - begin)

    def recall(self):
        return json.loads((self.folder / "run/reports/test.json").read_text())["results"][0]["at"][0]["recall"]["value"]

    def item_vectors(self):
        """By the number that the item has in the source, and what the program takes the mean of."""
        import arrays
        import numpy
        import polars
        numbers = polars.read_ipc(self.folder / "run/dataset/items.arrow")["id"].cast(polars.Int64)
        table = arrays.read(self.folder / "run/checkpoints/last/model/weights.safetensors")["item_id.embedding"]
        vectors = numpy.empty_like(table)
        vectors[numbers.to_numpy()] = table
        return vectors


class Reference:
    name = "NumPy"

    def __init__(self, vectors, data):
        self.vectors, self.data = vectors, data
        self.costs = []

    def evaluate(self):
        begin = time.process_time()
        shoppers = normalized(self.data.matrix @ self.vectors)
        self.found = self.data.recall(shoppers, normalized(self.vectors))
        self.costs.append(time.process_time() - begin)

    def recall(self):
        return self.found


def normalized(rows):
    import numpy
    return rows / numpy.maximum(numpy.linalg.norm(rows, axis=1, keepdims=True), 1e-12)


def print_table(contenders):
    print("| | recall@20 | CPU seconds |\n|---|---|---|")
    for each in contenders:
        print(f"| {each.name} | {each.recall():.4f} | {statistics.median(each.costs):.2f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/tools/shortlist")
    parser.add_argument("--data", type=pathlib.Path,
                        default=os.environ.get("SHORTLIST_DATA_DIR", ROOT.parent / "shared" / "data"))
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    run_among_peers(PEERS, ONE_THREAD)
    from gowalla import Gowalla
    source = pathlib.Path(arguments.data).resolve() / "gowalla_lightgcn"
    with tempfile.TemporaryDirectory() as folder:
        program = Program(arguments.program, source, pathlib.Path(folder))
        contenders = [program, Reference(program.item_vectors(), Gowalla.read(source))]
        for _ in range(arguments.rounds):
            for each in contenders:
                each.evaluate()
                log(f"{each.name}: {each.costs[-1]:.2f} s of CPU, recall {each.recall():.5f}")
        if abs(contenders[0].recall() - contenders[1].recall()) > TOLERANCE:
            sys.exit("they do not agree on the recall")
        print_table(contenders)


if __name__ == "__main__":
    main()
