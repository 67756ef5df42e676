"""Runs one structure check.    check.py NAME ROOT    with NAME one of includes, conditionals, mirrors, words"""
import importlib
import sys

sys.dont_write_bytecode = True

from source_tree import SourceTree  # noqa: E402


def main(name, root):
    found = list(importlib.import_module(f"check_{name}").violations(SourceTree(root)))
    print("\n".join(found) if found else f"{name}: no violation")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
