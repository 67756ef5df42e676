#!/usr/bin/env python3
"""Measures anew what docs/benchmarks.md has tables of, and writes them into it.

    benchmarks/tables.py                     all of them: hours on a busy machine
    benchmarks/tables.py training prepare    some

In the page a table stands between `<!-- NAME: COMMAND -->` and `<!-- end -->`: what the command prints, and on which
machine it did so, at which commit, when. A command that fails leaves its table as it was, and is named at the end.
"""

import argparse
import pathlib
import re
import subprocess
import sys

from machine import description

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
TABLE = re.compile(r"(?P<begin><!-- (?P<name>\w+): (?P<command>.*?) -->\n)(?P<content>.*?)(?P<end><!-- end -->)", re.DOTALL)


def log(message):
    print(message, file=sys.stderr, flush=True)


def measured(command):
    """What a table becomes; none if the command fails."""
    log(f"== {command}")
    done = subprocess.run(command, shell=True, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    return f"{done.stdout.strip()}\n\n{description()}\n" if done.returncode == 0 else None


def write_anew(page, wanted, measure):
    """The page with the wanted tables measured, and the names of those that could not be."""
    failed = []

    def content(table):
        if wanted and table["name"] not in wanted:
            return table[0]
        text = measure(table["command"])
        if text is None:
            failed.append(table["name"])
            return table[0]
        return table["begin"] + text + table["end"]

    return TABLE.sub(content, page), failed


def main():
    page = PAGE.read_text()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(table["name"] for table in TABLE.finditer(page)))
    wanted = parser.parse_args().names
    unknown = set(wanted) - {table["name"] for table in TABLE.finditer(page)}
    if unknown:
        parser.error(f"no table is named {', '.join(sorted(unknown))}")
    page, failed = write_anew(page, wanted, measured)
    PAGE.write_text(page)
    if failed:
        sys.exit(f"not measured: {', '.join(failed)}")


if __name__ == "__main__":
    main()
