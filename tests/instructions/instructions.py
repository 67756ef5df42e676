#!/usr/bin/env python3
"""Holds the instructions that each hot case takes against those of the last agreed measurement.

instructions.py check  HOT_CASES COUNTS    exits 1 and names each case that takes over 5% more, and each case without a
                                           count or count without a case; one that takes less is said to be so
instructions.py update HOT_CASES COUNTS    writes the counts anew

Valgrind counts, and shows programs the same processor on every machine that has AVX2; a machine without it, or without
valgrind, skips the check (exit code 77). Counts depend on the compiler and on the libraries beneath, so they are
compared only for the release of the distribution that they were made with.
"""
import concurrent.futures
import csv
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile

TOLERANCE = 0.05
SKIPPED = 77
FIELDS = ("case", "instructions")
# Fixes which kernels libraries choose, and on how many threads.
ENVIRONMENT = {"OPENBLAS_CORETYPE": "Haswell", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def release():
    return platform.freedesktop_os_release()["PRETTY_NAME"]


def why_not():
    """Why this machine cannot count, or None."""
    if not shutil.which("valgrind"):
        return "valgrind is not installed"
    if "avx2" not in pathlib.Path("/proc/cpuinfo").read_text():
        return "the processor has no AVX2"
    return None


def count(program, case):
    with tempfile.TemporaryDirectory(prefix="shortlist.hot_cases.") as folder:
        out = pathlib.Path(folder) / "callgrind.out"
        work = pathlib.Path(folder) / "work"
        work.mkdir()
        command = ["valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={out}", program, case, work]
        run = subprocess.run(command, env=os.environ | ENVIRONMENT, capture_output=True, text=True)
        if run.returncode:
            sys.exit(f"instructions: {case} failed:\n{run.stdout}{run.stderr}")
        return int(re.search(r"^totals: (\d+)", out.read_text(), re.MULTILINE).group(1))


def measure(program):
    """{case: instructions}"""
    cases = subprocess.run([program], capture_output=True, text=True, check=True).stdout.split()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(cases, pool.map(lambda case: count(program, case), cases)))


def read_counts(path):
    """({case: instructions}, release of the distribution)"""
    first, *rows = pathlib.Path(path).read_text().splitlines()
    return {row["case"]: int(row["instructions"]) for row in csv.DictReader(rows)}, first.removeprefix("# ")


def write_counts(path, counts):
    rows = [f"# {release()}", ",".join(FIELDS), *(f"{case},{number}" for case, number in counts.items())]
    pathlib.Path(path).write_text("\n".join(rows) + "\n")


def compare(agreed, measured):
    """(lines to print, those of them that are faults)"""
    lines, faults = [], []
    for case in agreed.keys() | measured.keys():
        if case not in measured:
            faults.append(f"{case}: has a count, but there is no such case")
        elif case not in agreed:
            faults.append(f"{case}: has no count")
        else:
            change = measured[case] / agreed[case] - 1
            line = f"{case}: {measured[case]:,} instructions, {change:+.1%}"
            (faults if measured[case] > agreed[case] * (1 + TOLERANCE) else lines).append(line)
    return sorted(lines) + sorted(faults), sorted(faults)


def check(program, path):
    agreed, agreed_release = read_counts(path)
    if agreed_release != release():
        print(f"instructions: skipped, because the counts are those of {agreed_release}")
        return SKIPPED
    lines, faults = compare(agreed, measure(program))
    print(*lines, sep="\n")
    if faults:
        print("\ntoo many instructions, or counts that do not fit the cases:", *faults, sep="\n")
        print("if it is meant: cmake --build --preset release --target update_instruction_counts")
    return 1 if faults else 0


def main(action, program, path):
    if reason := why_not():
        print(f"instructions: skipped, because {reason}")
        return SKIPPED
    if action == "check":
        return check(program, path)
    write_counts(path, measure(program))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
