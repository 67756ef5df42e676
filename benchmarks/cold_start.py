#!/usr/bin/env python3
"""Measures new items and new shoppers: the configurations of docs/quality.md with a tenth of both held back.

    benchmarks/cold_start.py                          every configuration
    benchmarks/cold_start.py --only amazon_beauty_small --seeds 1 2 3

Items and shoppers are chosen by a hash of their id (data.split.new_item_share, new_user_share); training sees no event
of either. Nothing is chosen by these figures. Everything made stands below build/cold_start.
"""

import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHARES = "new_item_share: 0.1, new_user_share: 0.1"
# Gowalla's places have no features, so that a new one cannot be told from another.
CONFIGURATIONS = {"amazon_beauty_small": SHARES, "amazon_beauty": SHARES, "online_retail": SHARES,
                  "gowalla": "new_user_share: 0.1"}
BASELINES = {"gowalla": "popularity, item_knn"}


def held_back(name):
    """The text of a configuration with the shares held back."""
    text = (ROOT / "configs" / f"{name}.yaml").read_text()
    shares = CONFIGURATIONS[name]
    text, flow = re.subn(r"split: \{", "split: {" + shares + ", ", text)
    if not flow:
        text = text.replace("  split:\n", "  split:\n    " + shares.replace(", ", "\n    ") + "\n")
    baselines = BASELINES.get(name, "popularity, item_knn, content")
    text = re.sub(r"baselines: \[.*\]", f"baselines: [{baselines}]", text)
    return text.replace(f"directory: runs/{name}", f"directory: runs/{name}_cold_start")


def run(arguments, folder, name, seed):
    environment = dict(os.environ, SHORTLIST_DATA_DIR=str(arguments.data.resolve()))
    configuration = folder / f"{name}.yaml"
    configuration.write_text(held_back(name))
    report = folder / f"{name}.json"
    options = ["--seed", str(seed), "--threads", str(arguments.threads)]
    for command in (["prepare"], ["train"], ["evaluate", "--json", report]):
        print(f"{name}, seed {seed}: {command[0]}", flush=True)
        step = subprocess.run([arguments.program.resolve(), command[0], configuration, *command[1:], *options], cwd=folder,
                              env=environment, capture_output=True, text=True)
        if step.returncode:
            sys.exit(f"{command[0]} failed:\n{step.stderr}")
    return json.loads(report.read_text())["cold_start"]


def show(name, runs):
    """A row per group: shoppers, then the means over the runs for every recommender."""
    print(f"\n{name}, mean of {len(runs)} seed(s), recall / ndcg")
    for place, group in enumerate(runs[0]):
        cells = [f"{group['group']:<28} {group['ranked_items']:>6} items {group['results'][0]['shoppers']:>6} shoppers"]
        for number, result in enumerate(group["results"]):
            at = [r[place]["results"][number]["at"][0] for r in runs]
            recall, ndcg = (statistics.mean(a[metric]["value"] for a in at) for metric in ("recall", "ndcg"))
            cells.append(f"{result['recommender']} @{at[0]['k']} {recall:.4f} / {ndcg:.4f}")
        print("   ".join(cells))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=ROOT / "build/release/tools/shortlist", type=pathlib.Path)
    parser.add_argument("--data", default=os.environ.get("SHORTLIST_DATA_DIR", ROOT / "../shared/data"), type=pathlib.Path)
    parser.add_argument("--only", nargs="+", choices=CONFIGURATIONS, default=list(CONFIGURATIONS), metavar="CONFIGURATION")
    parser.add_argument("--seeds", nargs="+", type=int, default=[1], metavar="SEED")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    folder = ROOT / "build" / "cold_start"
    folder.mkdir(parents=True, exist_ok=True)
    for name in arguments.only:
        show(name, [run(arguments, folder, name, seed) for seed in arguments.seeds])
    return 0


if __name__ == "__main__":
    sys.exit(main())
