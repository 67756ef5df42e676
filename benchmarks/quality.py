#!/usr/bin/env python3
"""Reproduces the table of docs/quality.md, one configuration after the other, and holds it against benchmarks/quality.csv.

    benchmarks/quality.py            prepare, train and evaluate every configuration
    benchmarks/quality.py --fast     what takes seconds: baselines without Gowalla, whose EASE takes minutes, and one small model
    benchmarks/quality.py --only amazon_beauty --seeds 1 2 3     the means of three models

A line of the file is a recommender under a protocol with the figures it must reach, within a relative tolerance: lower
fails, and higher asks to write the better figure down. Everything made stands below build/quality.
"""

import argparse
import csv
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = {"amazon_beauty": "amazon_beauty", "amazon_beauty_ids": "amazon_beauty",
           "amazon_beauty_small": "amazon_beauty", "amazon_beauty_sequence": "amazon_beauty",
           "online_retail": "online_retail_ii", "gowalla": "gowalla_lightgcn"}
FAST = ("amazon_beauty", "online_retail")  # their baselines
SMALL = ("amazon_beauty_small",)  # trained even then
SKIPPED = 77  # what CTest takes for a skipped test


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class Runner:
    """Executes stages of the program and says what each took."""

    def __init__(self, program, data, stages):
        self.program, self.total, self.done = program, stages, 0
        self.environment = dict(os.environ, SHORTLIST_DATA_DIR=str(data))
        self.folder = ROOT / "build" / "quality"
        self.folder.mkdir(parents=True, exist_ok=True)

    def stage(self, configuration, command, *options):
        self.done += 1
        print(f"[{self.done}/{self.total}] {configuration}: {command}", end="", flush=True)
        start, cpu = time.monotonic(), cpu_seconds()
        arguments = [self.program, command, ROOT / "configs" / f"{configuration}.yaml", *options]
        run = subprocess.run(arguments, cwd=self.folder, env=self.environment, capture_output=True, text=True)
        print(f"  {time.monotonic() - start:.0f} s, {cpu_seconds() - cpu:.0f} s of processor time", flush=True)
        if run.returncode:
            sys.exit(f"{command} failed:\n{run.stderr}")

    def evaluate(self, configuration, *options):
        report = self.folder / f"{configuration}.json"
        self.stage(configuration, "evaluate", "--json", report, *options)
        return json.loads(report.read_text())["results"]

    def train_and_evaluate(self, configuration, seed):
        self.stage(configuration, "train", "--threads", "1", "--seed", str(seed))
        return self.evaluate(configuration, "--seed", str(seed))


def figures(results, line):
    """Recall, NDCG and processor seconds of a line, or nothing if it was not scored."""
    for result in results:
        if (result["recommender"], result["seen"]) != (line["recommender"], line["seen"]):
            continue
        at = next(at for at in result["at"] if at["k"] == int(line["k"]))
        return at["recall"]["value"], at["ndcg"]["value"], result["cpu_seconds"]
    return None


def summary(runs, line):
    """Means of the runs' figures and the standard deviations of Recall and NDCG over them, or nothing."""
    found = [figures(results, line) for results in runs]
    if None in found:
        return None
    means = [statistics.mean(values) for values in zip(*found)]
    return means, [statistics.stdev(values) if len(found) > 1 else 0.0 for values in zip(*found)][:2]


def verdict(measured, expected, tolerance):
    if any(found < (1 - tolerance) * wanted for found, wanted in zip(measured, expected)):
        return "TOO LOW"
    if any(found > (1 + tolerance) * wanted for found, wanted in zip(measured, expected)):
        return "better"
    return "ok"


def compare(results, lines):
    """Prints a row per line; the number of lines that were not reached."""
    missed = 0
    for line in lines:
        measured = summary(results[line["configuration"]], line)
        name = f"{line['configuration']:<20} {line['seen']:<6} {line['recommender']:<18}"
        expected = float(line["recall"]), float(line["ndcg"])
        if measured is None:
            print(f"{name} not scored")
            missed += 1
            continue
        means, deviations = measured
        word = verdict(means[:2], expected, float(line["tolerance"]))
        missed += word == "TOO LOW"
        print(f"{name} {means[0]:.4f} / {means[1]:.4f}   {deviations[0]:.4f} / {deviations[1]:.4f}   "
              f"{expected[0]:.4f} / {expected[1]:.4f}   {means[2]:>7.1f} s   {word}")
    return missed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=ROOT / "build/release/tools/shortlist", type=pathlib.Path)
    parser.add_argument("--data", default=os.environ.get("SHORTLIST_DATA_DIR", ROOT / "../shared/data"), type=pathlib.Path)
    parser.add_argument("--fast", action="store_true")
    parser.add_argument("--only", nargs="+", choices=FOLDERS, default=list(FOLDERS), metavar="CONFIGURATION")
    parser.add_argument("--seeds", nargs="+", type=int, default=[1], metavar="SEED")
    arguments = parser.parse_args()
    data = arguments.data.resolve()
    configurations = [name for name in arguments.only if name in FAST + SMALL or not arguments.fast]
    missing = [FOLDERS[name] for name in configurations if not (data / FOLDERS[name]).is_dir()]
    if missing:
        print(f"skipped: {', '.join(missing)} not in {data}")
        return SKIPPED

    trained = [name for name in configurations if name in SMALL or not arguments.fast]
    stages = 2 * len(configurations) - len(trained) + 2 * len(trained) * len(arguments.seeds)
    runner = Runner(arguments.program.resolve(), data, stages)
    results = {}
    for name in configurations:
        runner.stage(name, "prepare")
        if name in trained:
            results[name] = [runner.train_and_evaluate(name, seed) for seed in arguments.seeds]
        else:
            results[name] = [runner.evaluate(name, "--baselines-only")]
    with open(ROOT / "benchmarks" / "quality.csv", newline="", encoding="utf-8") as table:
        lines = [line for line in csv.DictReader(table) if line["configuration"] in configurations]
    lines = [line for line in lines if line["recommender"] != "two_tower" or line["configuration"] in trained]
    print(f"\n{'':<46} recall / ndcg     deviation         expected          processor")
    missed = compare(results, lines)
    print(f"\n{len(lines) - missed} of {len(lines)} reached")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
