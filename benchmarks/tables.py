#!/usr/bin/env python3
"""Measures anew what docs/benchmarks.md has tables of, and writes them into it, and what follows of them into README.md and
docs/scale.md.

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

import readme
import sizing
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


def with_content(page, begin, content):
    """The page with this in the table that begins with that mark."""
    def anew(table):
        return table["begin"] + content + table["end"] if table["begin"] == begin else table[0]
    return TABLE.sub(anew, page)


def write_anew(path, wanted, measure):
    """Measures the wanted tables, all where none is named, and returns the names of those that could not be.

    Each goes into the page as it is then, because others may have written to it since the first began.
    """
    failed = []
    for table in TABLE.finditer(path.read_text()):
        if wanted and table["name"] not in wanted:
            continue
        content = measure(table["command"])
        if content is None:
            failed.append(table["name"])
        else:
            path.write_text(with_content(path.read_text(), table["begin"], content))
    return failed


def main():
    names = [table["name"] for table in TABLE.finditer(PAGE.read_text())]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(names))
    wanted = parser.parse_args().names
    unknown = set(wanted) - set(names)
    if unknown:
        parser.error(f"no table is named {', '.join(sorted(unknown))}")
    failed = write_anew(PAGE, wanted, measured)
    readme.write()
    sizing.write()
    if failed:
        sys.exit(f"not measured: {', '.join(failed)}")


if __name__ == "__main__":
    main()
