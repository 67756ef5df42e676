#!/usr/bin/env python3
"""Several ranks train Gowalla, end to end, to the quality of one rank.

Trains the configuration on one rank, then at each place, scores every model over the full catalog, prints a table, and
fails where loss or quality differ by more than the rounding of sums explains. A place is

  mpirun:N   N ranks of this host, by mpirun
  tcp:N      N ranks of this host, by the variables of torchrun
  hosts:N    N hosts with addresses of their own (hosts.py), one rank each, by the variables of torchrun
  hosts-mpirun:N   the same by mpirun

Ends with status 77 and a line that begins with "skipped:" without the data or the rights that the places take.
"""
import argparse
import json
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import time

import hosts
import launch

SKIPPED = 77
FOLDER = "gowalla_lightgcn"
# By format of the wire, of the loss, relative, and of recall and NDCG. Sums over ranks round differently, and training
# carries that on; quality is a mean over 29,858 shoppers, each of whom may gain or lose an item among near ties.
AGREEMENT = {"fp32": (1e-4, 5e-4), "bf16": (1e-3, 1e-3)}


class Job:
    """The configuration with another width and other epochs and without costly baselines, in a directory of its own."""

    def __init__(self, arguments, directory):
        self.arguments = arguments
        self.root = pathlib.Path(directory)
        text = pathlib.Path(arguments.configuration).read_text().replace("${SHORTLIST_DATA_DIR}", str(arguments.data))
        for pattern, value in [(r"^directory: .*$", f"directory: {self.root / 'run'}"),
                               (r"^  dimension: .*$", f"  dimension: {arguments.dimension}"),
                               (r"^  epochs: .*$", f"  epochs: {arguments.epochs}"),
                               (r"^  baselines: .*$", "  baselines: [popularity]"),
                               (r"^train:$", f"train:\n  communication: {{wire: {arguments.wire}}}")]:
            text, count = re.subn(pattern, value, text, flags=re.MULTILINE)
            assert count == 1, f"{arguments.configuration} has {count} lines '{pattern}'"
        self.configuration = self.root / "gowalla.yaml"
        self.configuration.write_text(text)

    def command(self, stage, *flags):
        return [self.arguments.program, stage, str(self.configuration), "--threads", "1", *flags]

    @staticmethod
    def run(command):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    def prepare(self):
        self.run(self.command("prepare"))

    def train(self, place):
        kind, _, ranks = place.partition(":")
        command = self.command("train")
        if kind == "one":
            self.run(command)
        elif kind == "mpirun":
            self.run([*self.arguments.mpirun, "-n", ranks, *command])
        elif kind == "tcp":
            self.await_all(launch.start(int(ranks), command, stdout=subprocess.DEVNULL))
        else:
            self.train_on_hosts(kind, int(ranks), command)

    def train_on_hosts(self, kind, count, command):
        with hosts.Hosts(count) as made:
            if kind == "hosts-mpirun":
                self.run(made.command(0, hosts.mpirun(made, command)))
            else:
                self.await_all(hosts.start(made, command, stdout=subprocess.DEVNULL))

    @staticmethod
    def await_all(processes):
        try:
            statuses = [process.wait() for process in processes]
        finally:
            for process in processes:
                process.kill()
        assert not any(statuses), f"ranks ended with {statuses}"

    def result(self, place):
        """Loss and quality of a training, and what it took."""
        start, cpu = time.monotonic(), cpu_of_children()
        self.train(place)
        row = {"place": place, "wall": time.monotonic() - start, "cpu": cpu_of_children() - cpu}
        report = json.loads((self.root / "run/reports/train.json").read_text())
        self.run(self.command("evaluate", "--json", str(self.root / "evaluation.json")))
        evaluation = json.loads((self.root / "evaluation.json").read_text())
        (model,) = [result["at"][0] for result in evaluation["results"] if result["recommender"] == "two_tower"]
        return row | {"steps": report["steps"], "loss": report["epochs"][-1]["loss"],
                      "recall": model["recall"]["value"], "ndcg": model["ndcg"]["value"]}


def cpu_of_children():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def show(row):
    print(f"{row['place']:<16} {row['steps']:>6} steps  loss {row['loss']:.6f}  recall@20 {row['recall']:.4f}  "
          f"ndcg@20 {row['ndcg']:.4f}  {row['wall']:>5.0f} s  {row['cpu']:>5.0f} CPU-s", flush=True)


def agree(row, expected, wire):
    of_loss, of_quality = AGREEMENT[wire]
    return (row["steps"] == expected["steps"]
            and abs(row["loss"] - expected["loss"]) <= of_loss * expected["loss"]
            and all(abs(row[name] - expected[name]) <= of_quality for name in ("recall", "ndcg")))


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--configuration", required=True)
    parser.add_argument("--data", required=True, type=pathlib.Path, help=f"the folder that holds {FOLDER}")
    parser.add_argument("--dimension", type=int, default=128)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--wire", choices=AGREEMENT, default="fp32", help="train.communication.wire")
    parser.add_argument("--mpirun", default="mpirun", type=str.split, help="with its options, as one word")
    parser.add_argument("places", nargs="+", metavar="PLACE")
    return parser.parse_args()


def main():
    arguments = parse()
    if not (arguments.data / FOLDER).exists():
        skip(f"no real data: {arguments.data / FOLDER} is missing")
    if any(place.startswith("hosts") for place in arguments.places):
        with hosts.Hosts(1):  # before work begins that would be in vain
            pass
    with tempfile.TemporaryDirectory(prefix="shortlist.gowalla.") as directory:
        job = Job(arguments, directory)
        job.prepare()
        expected = job.result("one")
        show(expected)
        differ = []
        for place in arguments.places:
            row = job.result(place)
            show(row)
            if not agree(row, expected, arguments.wire):
                differ.append(place)
    sys.exit(f"differ from one rank: {differ}" if differ else 0)


if __name__ == "__main__":
    try:
        main()
    except hosts.CannotMakeHosts as problem:
        skip(problem)
