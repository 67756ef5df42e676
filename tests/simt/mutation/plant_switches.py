"""Writes cuda/ anew with a switch for each mutant, so that one program holds them all.

    plant_switches.py ROOT TARGET    writes TARGET/cuda/* and TARGET/mutants.json
"""
import json
import pathlib
import sys

sys.dont_write_bytecode = True

from mutants import mutants, with_switches  # noqa: E402


def write_if_changed(path, text):
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def main():
    root, target = map(pathlib.Path, sys.argv[1:])
    (target / "cuda").mkdir(parents=True, exist_ok=True)
    found = []
    for path in sorted([*(root / "cuda").glob("*.cu"), *(root / "cuda").glob("*.h")]):
        source = path.read_text()
        # Numbers begin at 1.
        write_if_changed(target / "cuda" / path.name, with_switches(source, len(found) + 1))
        for mutant in mutants(source):
            place = {"file": f"cuda/{path.name}", "line": mutant.line, "kind": mutant.kind}
            found.append({**place, "planted": mutant.planted(source)})
    write_if_changed(target / "mutants.json", json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
