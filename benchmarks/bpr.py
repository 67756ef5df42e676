#!/usr/bin/env python3
"""What a recall costs: the program's training beside the pairwise learning (BPR) of implicit, in seconds of CPU.

    benchmarks/bpr.py
    benchmarks/bpr.py --grid    implicit's settings by their recall on a tenth of the training file

Both learn vectors of one width from the training file of Gowalla with one thread; the recall is that of the test file
over the full catalog, without what a shopper has. implicit counts the passes of `fit` alone, with the settings that did
best of those of the grid that were run; the program is `shortlist train` as a whole process, which reads the dataset and
writes a checkpoint. It learns by sampled softmax, not by pairs, so that what both are measured by is the recall, not the pass:
the settings are those of configs/gowalla.yaml at the width of the others.
"""

import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import tempfile
import time

from peers import ONE_THREAD, log, run_among_peers

ROOT = pathlib.Path(__file__).resolve().parent.parent
PEERS = ("numpy", "scipy", "zstandard", "implicit")
IMPLICIT_SETTINGS = {"learning_rate": 0.005, "regularization": 0.0003}
GRID = [{"learning_rate": rate, "regularization": strength} for rate in (0.005, 0.01, 0.02, 0.05)
        for strength in (0.0001, 0.0003, 0.001)]
OWN_PASSES = (1, 2)
PASSES = (100, 200, 400)
CONFIGURATION = """
name: bpr
seed: {seed}
threads: 1
directory: {folder}/run
data:
  events: {{paths: [{data}/train.txt.zst], format: sequences}}
  split: {{rule: files, test_paths: [{data}/test.txt.zst], validation_fraction: 0.1}}
model:
  dimension: {width}
  temperature: 0.05
  history: {{max_length: 1000, pools: [{{weighting: mean}}]}}
  user_hidden: []
  dropout: 0.5
  prior: {{kind: popularity, weight: 0.4}}
train:
  epochs: {passes}
  include_validation: true
  batch_size: 2048
  history_rule: others
  weight_average_decay: 0.995
  optimizer: {{embedding_rate: 0.002, dense_rate: 0.002, beta1: 0.9, beta2: 0.98}}
evaluate: {{k: [20], baselines: [], bootstrap_samples: 0}}
"""


def children_cpu():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def learn_by_pairs(matrix, width, passes, seed, settings):
    """The model of implicit, and seconds of CPU."""
    from implicit.cpu.bpr import BayesianPersonalizedRanking
    model = BayesianPersonalizedRanking(factors=width, iterations=passes, num_threads=1, random_state=seed, **settings)
    begin = time.process_time()
    model.fit(matrix, show_progress=False)
    return model, time.process_time() - begin


def print_grid(data, arguments):
    held_out = data.without_a_tenth(arguments.seed)
    for settings in GRID:
        for passes in PASSES:
            model, seconds = learn_by_pairs(held_out.matrix, arguments.width, passes, arguments.seed, settings)
            recall = held_out.recall(model.user_factors, model.item_factors)
            print(settings, f"{passes} passes: {recall:.4f}, {seconds:.0f} s of CPU", flush=True)


class Program:
    name = "Shortlist, sampled softmax"

    def __init__(self, path, data, width, folder):
        self.path, self.data, self.width, self.folder = path, data, width, folder

    def run(self, command, passes, seed):
        configuration = self.folder / "bpr.yaml"
        configuration.write_text(CONFIGURATION.format(folder=self.folder, data=self.data, width=self.width, passes=passes,
                                                      seed=seed))
        begin = children_cpu()
        subprocess.run([self.path, command, configuration], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        return children_cpu() - begin

    def learn(self, passes, seed):
        """Recall and seconds of CPU."""
        self.run("prepare", passes, seed)
        seconds = self.run("train", passes, seed)
        self.run("evaluate", passes, seed)
        report = json.loads((self.folder / "run/reports/test.json").read_text())
        return report["results"][0]["at"][0]["recall"]["value"], seconds


class Pairs:
    name = "implicit, BPR"

    def __init__(self, data, width):
        self.data, self.width = data, width

    def learn(self, passes, seed):
        model, seconds = learn_by_pairs(self.data.matrix, self.width, passes, seed, IMPLICIT_SETTINGS)
        return self.data.recall(model.user_factors, model.item_factors), seconds


def compare(contenders, seeds):
    """Medians over the seeds, in turns."""
    outcomes = {}
    for seed in seeds:
        for contender, all_passes in contenders:
            for passes in all_passes:
                recall, seconds = contender.learn(passes, seed)
                outcomes.setdefault((contender.name, passes), []).append((recall, seconds))
                log(f"seed {seed}: {contender.name}, {passes} passes: recall {recall:.4f}, {seconds:.1f} s of CPU")
    print("| library | passes | recall@20 | CPU seconds |")
    print("|---|---|---|---|")
    for (name, passes), of_seeds in outcomes.items():
        recall, seconds = (statistics.median(figures) for figures in zip(*of_seeds))
        print(f"| {name} | {passes} | {recall:.4f} | {seconds:.1f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/tools/shortlist")
    parser.add_argument("--data", type=pathlib.Path,
                        default=os.environ.get("SHORTLIST_DATA_DIR", ROOT.parent / "shared" / "data"))
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--grid", action="store_true", help="print the recall of implicit's settings instead")
    arguments = parser.parse_args()
    run_among_peers(PEERS, ONE_THREAD)
    from gowalla import Gowalla
    source = pathlib.Path(arguments.data).resolve() / "gowalla_lightgcn"
    data = Gowalla.read(source)
    if arguments.grid:
        print_grid(data, arguments)
        return
    with tempfile.TemporaryDirectory() as folder:
        compare([(Program(arguments.program, source, arguments.width, pathlib.Path(folder)), OWN_PASSES),
                 (Pairs(data, arguments.width), PASSES)], arguments.seeds)


if __name__ == "__main__":
    main()
