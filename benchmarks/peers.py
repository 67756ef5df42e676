#!/usr/bin/env python3
"""The libraries that benchmarks compare with, in a virtual environment of their own: build/peers, never the program's.

    benchmarks/peers.py                 installs all of them; PyTorch brings libraries for GPUs, 6 GB in all
    benchmarks/peers.py polars implicit

Versions stand in peers.txt. A benchmark asks for those that it needs and leaves out by name what cannot be installed.
"""

import argparse
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "peers"
PYTHON = FOLDER / "bin" / "python"
VERSIONS = pathlib.Path(__file__).with_name("peers.txt")

# TorchRec asks for the FBGEMM of GPUs, so that what else it needs is named here.
NEEDS = {"torchrec": ("torch", "fbgemm-gpu-cpu", "tensordict", "torchmetrics", "pyre-extensions", "tqdm"),
         "fbgemm-gpu-cpu": ("torch",), "torch": ("numpy",), "implicit": ("scipy",)}
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1"}
# hnswlib is compiled here, for AVX2.
BUILD_FLAGS = {"HNSWLIB_NO_NATIVE": "1", "CFLAGS": "-O3 -mavx2 -mfma"}


def log(message):
    print(message, file=sys.stderr, flush=True)


def pinned():
    lines = VERSIONS.read_text().splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def present(peer, version):
    ask = f"import importlib.metadata as m, sys; sys.exit(m.version({peer!r}) != {version!r})"
    return subprocess.run([PYTHON, "-c", ask], stderr=subprocess.DEVNULL, check=False).returncode == 0


def install(peer):
    """True if the peer is there afterwards, with all that it needs."""
    version = pinned()[peer]
    if not all([install(needed) for needed in NEEDS.get(peer, ())]):
        return False
    if present(peer, version):
        return True
    log(f"installing {peer} {version} into {FOLDER}")
    alone = ["--no-deps"] if peer == "torchrec" else []
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--constraint", VERSIONS, *alone, f"{peer}=={version}"]
    return subprocess.run(command, env={**os.environ, **BUILD_FLAGS}, check=False).returncode == 0


def installed(*names):
    """Of the libraries, those that are there; makes the environment and installs what is missing."""
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", FOLDER], check=True)
    there = [name for name in names if install(name)]
    for name in names:
        if name not in there:
            log(f"left out: {name} cannot be installed")
    return there


def run_among_peers(names, environment):
    """Goes on in the environment with those libraries and these variables."""
    if pathlib.Path(sys.prefix) == FOLDER:
        return
    installed(*names)
    os.execve(PYTHON, [str(PYTHON), *sys.argv], {**os.environ, **environment})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(pinned()))
    wanted = parser.parse_args().names or list(pinned())
    sys.exit(0 if installed(*wanted) == wanted else 1)
