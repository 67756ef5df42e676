"""Builds python/ as pip does, checks its types, and runs its tests against the real server, all in a temporary folder."""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SKIPPED = 77  # what CTest takes for a skipped test


def copy_sources(folder):
    shutil.copytree(ROOT / "python", folder, ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__"))
    shutil.copytree(ROOT / "src" / "serve" / "proto", folder / "proto")


def run(arguments, folder, environment):
    print("+", *arguments, flush=True)
    subprocess.run([sys.executable, "-B", "-m", *map(str, arguments)], cwd=folder, env=environment, check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True, type=pathlib.Path)
    parser.add_argument("--packages", required=True, type=pathlib.Path)
    options = parser.parse_args()
    if not (options.packages / "grpc").is_dir():
        print(f"skipped: there are no Python packages in {options.packages}; tools/setup.sh puts them there")
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="shortlist_python_") as temporary:
        folder, library = pathlib.Path(temporary) / "python", pathlib.Path(temporary) / "library"
        copy_sources(folder)
        environment = dict(os.environ, PYTHONPATH=str(options.packages), SHORTLIST_PROGRAM=str(options.program))
        run(["pip", "install", "--quiet", "--disable-pip-version-check", "--root-user-action=ignore", "--no-deps",
             "--no-index", "--no-build-isolation", "--target", library, "."], folder, environment)
        environment["PYTHONPATH"] = f"{library}{os.pathsep}{options.packages}"
        config = folder / "pyproject.toml"
        run(["mypy", "--strict", "--config-file", config, "--cache-dir", os.devnull, "-p", "shortlist_client"], library,
            environment)
        shutil.rmtree(folder / "shortlist_client")  # what is tested is what was installed
        run(["pytest", "-q", "tests"], folder, environment)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as failure:
        sys.exit(failure.returncode)
