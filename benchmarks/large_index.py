#!/usr/bin/env python3
"""A large catalog: what its index of items takes to build, publish and open, mapped and copied.

    benchmarks/large_index.py                      1,000,000 items x 64 in 4,000 lists of ivf_flat, 32 of them visited
    benchmarks/large_index.py --items 200000

Seconds are of CPU, so that other work on the machine does not count. Recall and bytes are those of the bundle's manifest.
Everything made stands below build/large_index; a bundle that is there is made anew.
"""

import argparse
import json
import pathlib
import resource
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def cpu_seconds(command):
    """Of a command and those that it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([str(part) for part in command], check=True, stdout=sys.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def answer(command):
    output = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout
    return json.loads(output.splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=ROOT / "build/release/tools/shortlist", type=pathlib.Path)
    parser.add_argument("--maker", default=ROOT / "build/release/benchmarks/large_bundle", type=pathlib.Path)
    parser.add_argument("--items", default=1_000_000, type=int)
    parser.add_argument("--lists", default=4000, type=int)
    parser.add_argument("--probes", default=32, type=int)
    options = parser.parse_args()
    folder = ROOT / "build" / "large_index"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    bundle = folder / "bundle"
    made = answer([options.maker, "make", options.items, options.lists, options.probes, bundle])
    published = cpu_seconds([options.program, "publish", "--bundle", bundle, "--models", folder / "models"])
    mapped = answer([options.maker, "open", bundle, "map"])
    copied = answer([options.maker, "open", bundle, "copy"])
    items = json.loads((bundle / "manifest.json").read_text())["items"]
    print("| step | CPU | bytes | |\n|---|---|---|---|")
    print(f"| build and write the bundle | {made['cpu_seconds']:.1f} s | {items['bytes']:,} of the index | "
          f"recall@{items['recall']['k']} {items['recall']['value']:.4f} |")
    print(f"| `publish` | {published:.1f} s | | |")
    for name, opened in (("mapped", mapped), ("copied", copied)):
        print(f"| open the index, {name} | {opened['cpu_seconds']:.2f} s | {opened['own_bytes'] / 1e6:.0f} M of its own | |")


if __name__ == "__main__":
    main()
