#!/usr/bin/env python3
"""What share of the machine's rate each operation of the CPU backend reaches, from tensor_benchmark, one thread.

    benchmarks/kernels.py

Operations that multiply matrices are set beside the largest product at their precision: of OpenBLAS (Gemm), or of the
processor's matrix tiles (the largest Linear); those that move floats beside the sum of two arrays that is as large as what
they touch (Stream), in the cache or out of it. Below 80% the table says what they do besides, which is known from how
they are written and was not measured one by one.
"""

import argparse
import json
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
CEILING = "Gemm/1024/1024/1024"
PRECISIONS = ("fp32", "tf32", "bf16")
WITH_PRECISION = ("Linear", "LinearBackward", "SoftmaxLoss")  # their last argument
ENOUGH = 0.8

# Floats that an operation touches, from its arguments; decides which Stream it is set beside.
TOUCHED = {
    "GatherPool": lambda rows, length, table, columns: min(rows * length, table) * columns,
    "SparseUpdate": lambda rows, length, table, columns: 3 * min(rows * length, table) * columns,
    "NormalizeRows": lambda rows, columns: 2 * rows * columns,
    "LayerNorm": lambda rows, columns: 2 * rows * columns,
    "Dropout": lambda values: values,
    "DenseAdam": lambda values: 4 * values,
}
BESIDES = {
    "Gemm": "packing, which small products do not share out",
    "Linear": "packing; bias and ReLU are a pass of their own",
    "LinearBackward": "two products and a pass for the activation's and the bias's gradient",
    "SoftmaxLoss": "one exponential per logit and passes over the logits between three products",
    "TopK": "the selection of the k best, which grows with k, behind each product of 64 or 256 dimensions",
    "CausalAttention": "products of a head's few rows, too small to pack, and an exponential per pair",
    "Gru": "a product per time step, which depends on the one before, and its gates",
    "GatherPool": "waiting for rows of a table in random order, which are prefetched",
    "SparseUpdate": "sorting the ids by row, then rows in random order",
    "NormalizeRows": "two passes, and a square root and a division per row",
    "LayerNorm": "three passes over each row: mean, variance, result",
    "Dropout": "the random numbers: ten rounds of Philox for four",
    "DenseAdam": "a square root and a division per value",
}


def measured(program, seconds):
    command = [program, f"--benchmark_min_time={seconds}", "--benchmark_format=json"]
    report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return {row["name"]: row for row in report["benchmarks"]}


def stream_for(floats, rates):
    """The Stream nearest in size: it touches two arrays."""
    sizes = sorted(int(name.split("/")[1]) for name in rates if name.startswith("Stream/"))
    return next((size for size in sizes if 2 * size >= floats), sizes[-1])


def ceiling_of(precision):
    return CEILING if precision == 0 else f"Linear/1024/1024/1024/{precision}"


def row_of(name, row, rates):
    operation, *arguments = name.split("/")
    precision = int(arguments.pop()) if operation in WITH_PRECISION else 0
    if "flops" in row:
        rate, ceiling, unit = row["flops"] / 1e9, rates[ceiling_of(precision)]["flops"] / 1e9, "GFLOP/s"
    else:
        size = stream_for(TOUCHED[operation](*map(int, arguments)), rates)
        rate, ceiling, unit = row["bytes"] / 1e9, rates[f"Stream/{size}"]["bytes"] / 1e9, "GB/s"
    share = rate / ceiling
    limit = "" if share >= ENOUGH else BESIDES[operation]
    shape = " × ".join(f"{int(argument):,}" for argument in arguments)
    what = f"{operation}, {PRECISIONS[precision]}" if precision else operation
    return f"| {what} | {shape} | {rate:.1f} {unit} | {ceiling:.1f} | {share:.2f} | {limit} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/benchmarks/tensor_benchmark")
    parser.add_argument("--seconds", default=0.3, type=float, help="of CPU for each shape")
    arguments = parser.parse_args()
    rates = measured(arguments.program, arguments.seconds)
    print("| operation | shape | rate | rate of the machine | share | what it does besides |")
    print("|---|---|---|---|---|---|")
    for name, row in rates.items():
        if name in map(ceiling_of, range(3)) or name.startswith("Stream/") or not {"flops", "bytes"} & row.keys():
            continue
        print(row_of(name, row, rates))


if __name__ == "__main__":
    main()
