"""Plants small faults into the CUDA sources one by one; each has to turn the program's tests red.

    check_mutants.py PROGRAM MUTANTS KIND    KIND is barrier or bound

PROGRAM is simt_mutants, built of the sources that plant_switches.py has written, and MUTANTS its mutants.json. Mutants
that no test can tell from the original stand in equivalent.txt with the reason; they are tried, too, so that the list
stays true.
"""
import json
import os
import pathlib
import resource
import signal
import subprocess
import sys

# The suites that run a file's kernels.
SUITES = {
    "bfloat16.cu": ["Unaligned", "Gemm", "Elementwise"],
    "bias_activation.cu": ["BiasActivation"],
    "block_reduce.h": ["NormalizeRows", "SoftmaxLoss", "Elementwise"],
    "causal_attention.cu": ["Attention"],
    "column_sums.cu": ["Linear"],
    "dense_update.cu": ["Unaligned", "Elementwise"],
    "elementwise_kernel.h": ["Unaligned", "Elementwise"],
    "gather_pool.cu": ["GatherPool"],
    "gru.cu": ["Gru"],
    "layer_norm.cu": ["LayerNorm"],
    "normalize_rows.cu": ["NormalizeRows"],
    "occurrences.cu": ["SparseUpdate"],
    "random.cu": ["Random"],
    "row_part.h": ["GatherPool", "SparseUpdate"],
    "select_best.cu": ["TopK"],
    "softmax_tile.cu": ["SoftmaxLoss"],
    "sparse_update.cu": ["SparseUpdate"],
    "squared_norm.cu": ["Unaligned", "Elementwise"],
    "table_row.h": ["SparseUpdate"],
}
# A race is seen in any order of threads, so one is enough.
OTHER_ORDERS = "*_forward_*:*_reverse_*:*_eager_*:*_random_2_*:*_random_3_*"
# Of the processor: some mutants never end. The tests of any file take a small part of it.
SECONDS = 40


def known_equivalent():
    lines = (pathlib.Path(__file__).parent / "equivalent.txt").read_text().splitlines()
    rows = [line.split(" | ", 2) for line in lines if line and not line.startswith("#")]
    return {(file, planted) for file, planted, _ in rows}


def limit_time():
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run(program, file, number):
    """None if the tests pass, else what was seen first."""
    tests = ":".join(f"*{suite}Test.*" for suite in SUITES[pathlib.Path(file).name])
    finished = subprocess.run(
        [program, "--gtest_brief=1", "--gtest_fail_fast", f"--gtest_filter={tests}-{OTHER_ORDERS}"],
        env={**os.environ, "SHORTLIST_MUTANT": str(number)}, preexec_fn=limit_time, capture_output=True, text=True,
        check=False)
    if finished.returncode == 0:
        return None
    if finished.returncode == -signal.SIGKILL:
        return f"no end within {SECONDS} s"
    # "file:line: Failure", then what failed; or the message of the compiler's own checks.
    _, _, failure = finished.stdout.partition(": Failure\n")
    text = " ".join((failure.removeprefix("Failed\n") or finished.stderr).split())
    return text[:100] or f"exit status {finished.returncode}"


def survivors_of(program, mutants, kind):
    survivors = set()
    for number, mutant in enumerate(mutants, 1):
        if mutant["kind"] != kind:
            continue
        seen = run(program, mutant["file"], number)
        place = f"{mutant['file']}:{mutant['line']}: {mutant['planted']}"
        print(f"{place}\n    {'survives' if seen is None else seen}", flush=True)
        if seen is None:
            survivors.add((mutant["file"], mutant["planted"]))
    return survivors


def main():
    program, list_of_mutants, kind = sys.argv[1:]
    mutants = json.loads(pathlib.Path(list_of_mutants).read_text())
    survivors = survivors_of(program, mutants, kind)
    of_other_kinds = {(mutant["file"], mutant["planted"]) for mutant in mutants if mutant["kind"] != kind}
    known = known_equivalent() - of_other_kinds
    for file, planted in sorted(survivors - known):
        print(f"UNSEEN {file}: {planted}")
    for file, planted in sorted(known - survivors):
        print(f"STALE in equivalent.txt, seen or not there: {file}: {planted}")
    tried = sum(mutant["kind"] == kind for mutant in mutants)
    print(f"{tried} mutants tried, {len(survivors)} survive, {len(known)} of them known to compute the same")
    return survivors != known or tried == 0


if __name__ == "__main__":
    sys.exit(main())
