#!/usr/bin/env python3
"""Runs clang-tidy on every .cc file of a build and remembers which ones were clean.

Usage: clang_tidy.py BUILD_DIRECTORY [FILE...]      FILE limits the run to these sources

A clean result is kept in ~/.cache/shortlist/clang-tidy under a digest of all that it depends on: the tool, .clang-tidy,
the compile command, the source and every file that it includes (as the last build recorded them). So a repeated run
looks only at what changed.
"""
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
CACHE = pathlib.Path.home() / ".cache/shortlist/clang-tidy"
TOOL = "clang-tidy-14"
# Compile options of GCC that clang complains of.
REFUSED = ("-fno-tree-sra", "--param=tsan-instrument-func-entry-exit=0", "-fsanitize=bounds-strict",
           "-fno-sanitize-recover=bounds-strict")
FOLDERS = ("src", "cuda", "tools", "tests", "benchmarks")
# Some compile options are GCC's only. The analyzer's shallow mode halves the time of a run.
OPTIONS = ["--quiet", "--extra-arg=-Wno-unknown-warning-option",
           *(f"--extra-arg={word}" for word in ("-Xclang", "-analyzer-config", "-Xclang", "mode=shallow"))]


def recorded_dependencies(build):
    """Object file to the paths it was built from, as ninja recorded them."""
    listing = subprocess.run(["ninja", "-C", build, "-t", "deps"], capture_output=True, text=True, check=True).stdout
    dependencies, current = {}, []
    for line in listing.splitlines():
        if line.startswith("    "):
            current.append(line.strip())
        elif "#deps" in line:
            current = dependencies.setdefault(line.partition(":")[0], [])
    return dependencies


@functools.lru_cache(maxsize=None)
def fingerprint(path):
    """Contents of the project's own and generated files; of all others name, size and time suffice."""
    if path.startswith("/usr/"):
        status = os.stat(path)
        return f"{path} {status.st_size} {status.st_mtime_ns}"
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def digest(entry, build, dependencies):
    """None if the file was not built yet, so that nothing is known of what it includes."""
    paths = dependencies.get(entry["output"])
    if not paths:
        return None
    base = [tool_version(), *OPTIONS, *(path.read_text() for path in (ROOT / ".clang-tidy", ROOT / "tests/.clang-tidy")),
            entry["command"].replace(str(build), "BUILD").replace(str(ROOT), "ROOT")]
    included = [fingerprint(os.path.normpath(os.path.join(build, path))) for path in paths]
    return hashlib.sha256("\0".join(base + included).encode()).hexdigest()


@functools.lru_cache(maxsize=None)
def tool_version():
    return subprocess.run([TOOL, "--version"], capture_output=True, text=True, check=True).stdout


def tidy(database, source):
    """The findings; empty if the file is clean."""
    run = subprocess.run([TOOL, *OPTIONS, "-p", database, source], capture_output=True, text=True)
    return "" if run.returncode == 0 else run.stdout + run.stderr


def sources(build, only):
    """The project's own compile commands, with the object that each makes: the first one of each file."""
    seen = set()
    wanted = {str(pathlib.Path(path).resolve()) for path in only}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["file"])
        own = path.is_relative_to(ROOT) and path.relative_to(ROOT).parts[0] in FOLDERS
        # nvcc alone reads .cu files.
        if own and path.suffix == ".cc" and (not wanted or str(path) in wanted) and path not in seen:
            seen.add(path)
            words = [word for word in entry["command"].split() if word not in REFUSED]
            yield entry | {"command": " ".join(words), "output": words[words.index("-o") + 1]}


def write_database(build, entries):
    """A folder with these commands alone: clang-tidy looks at a file once for each command that it finds."""
    database = build / "clang-tidy"
    database.mkdir(exist_ok=True)
    (database / "compile_commands.json").write_text(json.dumps(entries))
    return database


def main(build, *only):
    build = pathlib.Path(build).resolve()
    CACHE.mkdir(parents=True, exist_ok=True)
    dependencies = recorded_dependencies(build)
    commands = list(sources(build, only))
    database = write_database(build, commands)
    entries = [(entry["file"], digest(entry, build, dependencies)) for entry in commands]
    due = [(source, key) for source, key in entries if key is None or not (CACHE / key).exists()]
    print(f"clang-tidy: {len(entries)} files, {len(due)} to look at", flush=True)
    unclean = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda item: (*item, tidy(database, item[0])), due)
        for source, key, findings in results:
            if findings:
                unclean += 1
                print(f"{source}\n{findings}", flush=True)
            elif key:
                (CACHE / key).touch()
    print(f"clang-tidy: {len(entries) - unclean} files clean, {unclean} with findings")
    return unclean > 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
