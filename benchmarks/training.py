#!/usr/bin/env python3
"""Sets the program's training step beside those of PyTorch, FBGEMM and TorchRec: examples per second of CPU.

    benchmarks/training.py
    benchmarks/training.py --rounds 9 --threads 2 --json training.json

All train the same model from the same weights on the same batches: one table of items for both towers, a weighted sum
of the history, a perceptron with a residual, cosines, a softmax over the batch's items with logQ correction and without
accidental hits, Adam for the perceptron and Adagrad for the table. Before anything is timed, the mean losses of the
first steps must agree. Then all take turns, and the medians of the rounds count; what is left out of a step is the same
for all: making batches. The program trains at each of its precisions, which a processor without matrix tiles has only one
of; libraries with "+bf16" behind their names round the factors of matrix products to bfloat16, too. They are those of
peers.py, written as torch_steps.py says, and left out by name where they cannot be installed.
"""

import argparse
import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import peers
from peers import log

BENCHMARKS = pathlib.Path(__file__).resolve().parent
ROOT = BENCHMARKS.parent
STEPS_BEFORE = 8
LOSS_TOLERANCE = {"fp32": 1e-3, "tf32": 1e-3, "bf16": 5e-3}
SECONDS_OF_A_TURN = 0.4
PRECISIONS = ("fp32", "tf32", "bf16")

SHAPES = ({"items": 40981, "length": 50, "dimension": 64, "hidden": 128, "batch": 1024},
          {"items": 1000000, "length": 50, "dimension": 64, "hidden": 128, "batch": 1024},
          {"items": 12101, "length": 8, "dimension": 256, "hidden": 512, "batch": 1024})
OPTIMIZERS = {"adagrad": ("torch_sparse", "torch_dense", "torch_sparse+compile", "torch_dense+compile",
                          "torch_sparse+compile+bf16", "torch_dense+compile+bf16"),
              "rowwise_adagrad": ("fbgemm", "fbgemm+compile", "torchrec", "fbgemm+compile+bf16")}
PACKAGES = {"torch_sparse": "torch", "torch_dense": "torch", "fbgemm": "fbgemm-gpu-cpu", "torchrec": "torchrec"}
PROGRAM = "Shortlist"


def precision_of(name):
    return next((precision for precision in PRECISIONS if name.endswith(precision)), PRECISIONS[0])


def task_of(shape, optimizer, threads, precision):
    model = {"dimension": shape["dimension"], "user_hidden": [shape["hidden"]], "temperature": 0.05, "dropout": 0}
    rates = {"embeddings": optimizer, "embedding_rate": 0.003, "dense_rate": 0.003, "beta1": 0.9, "beta2": 0.98}
    return {"items": shape["items"], "length": shape["length"], "threads": threads, "precision": precision,
            "model": model, "train": {"batch_size": shape["batch"], "optimizer": rates}}


class Contender:
    """A process that takes training steps when it is told to."""

    def __init__(self, name, command, threads):
        self.name = name
        self.costs = []
        self.walls = []
        environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "PYTHONPATH": str(BENCHMARKS), "PYTHONWARNINGS": "ignore"}
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{self.name} ended without an answer")
        return json.loads(line)

    def run(self, steps):
        self.process.stdin.write(f"{steps}\n")
        self.process.stdin.flush()
        return self.answer()

    def warm_up(self):
        """The mean loss of the first steps. Finds out how many steps a turn takes."""
        loss = self.run(STEPS_BEFORE)["loss"]
        step = self.run(STEPS_BEFORE)["cpu"] / STEPS_BEFORE
        self.steps = max(2, round(SECONDS_OF_A_TURN / step))
        return loss

    def take_turn(self):
        took = self.run(self.steps)
        self.costs.append(took["cpu"] / self.steps)
        self.walls.append(took["wall"] / self.steps)


def check_losses(losses):
    first = losses[PROGRAM]
    for name, loss in losses.items():
        if abs(loss - first) > LOSS_TOLERANCE[precision_of(name)] * first:
            sys.exit(f"{name} has a mean loss of {loss:.5f} in its first steps, {PROGRAM} {first:.5f}: not the same model")


def own_name(precision):
    return PROGRAM if precision == PRECISIONS[0] else f"{PROGRAM}, {precision}"


def compare(shape, optimizer, libraries, arguments, folder):
    """For each contender its name, and the medians of CPU and wall seconds of a step."""
    def task(precision):
        return json.dumps(task_of(shape, optimizer, arguments.threads, precision))

    with contextlib.ExitStack() as stack:
        def start(name, command):
            return stack.enter_context(Contender(name, command, arguments.threads))

        contenders = [start(own_name(precision), [arguments.program, folder, task(precision)]) for precision in PRECISIONS]
        losses = {own.name: own.warm_up() for own in contenders}  # their answers say that weights and batches are there
        steps = BENCHMARKS / "training" / "torch_steps.py"
        for library in libraries:
            peer = start(library, [peers.PYTHON, steps, library, folder, task(PRECISIONS[0])])
            peer.answer()
            losses[library] = peer.warm_up()
            contenders.append(peer)
        check_losses(losses)
        for _ in range(arguments.rounds):
            for contender in contenders:
                contender.take_turn()
    return [(each.name, statistics.median(each.costs), statistics.median(each.walls)) for each in contenders]


def rows_of(shape, optimizer, times):
    own = {precision: cpu for precision, (_, cpu, _) in zip(PRECISIONS, times)}
    return [{**shape, "optimizer": optimizer, "library": name, "cpu_ms_per_step": 1e3 * cpu, "wall_ms_per_step": 1e3 * wall,
             "examples_per_cpu_second": shape["batch"] / cpu,
             **{f"times_{precision}": cpu / own[precision] for precision in PRECISIONS}} for name, cpu, wall in times]


def print_table(rows):
    print("| items × width, hidden, history | optimizer of the table | library | CPU ms a step | examples per CPU-second | "
          "CPU of Shortlist's step | of tf32's | of bf16's |")
    print("|---|---|---|---|---|---|---|---|")
    for row in rows:
        what = f"{row['items']:,} × {row['dimension']}, {row['hidden']}, {row['length']}"
        ratios = " | ".join(f"{row[f'times_{precision}']:.1f} ×" for precision in PRECISIONS)
        print(f"| {what} | {row['optimizer']} | {row['library']} | {row['cpu_ms_per_step']:.2f} | "
              f"{row['examples_per_cpu_second']:,.0f} | {ratios} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/benchmarks/training_step")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=1, help="of every library (default 1)")
    parser.add_argument("--json", type=pathlib.Path, help="write the rows of the table to this file, too")
    arguments = parser.parse_args()
    there = peers.installed("torch", "fbgemm-gpu-cpu", "torchrec")
    rows = []
    for shape in SHAPES:
        for optimizer, libraries in OPTIMIZERS.items():
            usable = [library for library in libraries if PACKAGES[library.partition("+")[0]] in there]
            log(f"{optimizer} on {shape['items']} x {shape['dimension']}: {PROGRAM}, {', '.join(usable)}")
            with tempfile.TemporaryDirectory() as folder:
                times = compare(shape, optimizer, usable, arguments, pathlib.Path(folder))
            rows += rows_of(shape, optimizer, times)
    print_table(rows)
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
