#!/usr/bin/env python3
"""What share of the machine's rate each operation of the CPU backend reaches, from tensor_benchmark, one thread.

    benchmarks/kernels.py

Operations that multiply matrices are set beside the largest product at their precision: of OpenBLAS (Gemm), or of the
processor's matrix tiles (the largest Linear); those that move floats beside the sum of two arrays that is as large as what
they touch (Stream), in the cache or out of it. Below 80% the table says what they do besides. Shares of the time in it are
those of a profile of one shape of the operation:

    perf record -e cpu-clock build/release/benchmarks/tensor_benchmark --benchmark_filter='^SoftmaxLoss/1024/1024/64/2$'
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
    "Linear": "packing (12% of the time at 64 dimensions) and a pass for bias and ReLU (6% in fp32, 31% in bf16)",
    "LinearBackward": "passes for the gradients of activation and bias (22% of the time in bf16) and packing (19%)",
    "SoftmaxLoss": "exponentials (7% of the time in fp32, 21% in bf16), bias and mask (3%, 8%), packing (14%, 13%)",
    "TopK": "the selection of the k best: a quarter of the time for 20 of them, three quarters for 1,000",
    "CausalAttention": "inner products of a head's few rows, one by one, and an exponential per pair (14% of the time)",
    "Gru": "a small product per time step, whose packing takes 21% of the time and its gates 14%",
    "GatherPool": "waiting for rows of a table in random order, which are prefetched",
    "SparseUpdate": "grouping the uses by row (39% of the time), then Adam with its own corrections per row (30%)",
    "NormalizeRows": "a pass for the norms (half of the time) before the one that scales",
    "LayerNorm": "sums of each row for mean and variance before the pass that writes",
    "Dropout": "random numbers, ten rounds of Philox for four: 98% of the time with the mask",
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
