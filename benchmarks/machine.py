"""The machine that something is measured on."""

import datetime
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent


def description():
    names = [line.partition(":")[2].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
             if line.startswith("model name")]
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores of {names[0]}, load {os.getloadavg()[0]:.0f}; commit {commit.strip()}; {datetime.date.today()}"
