#!/usr/bin/env python3
"""Sets `shortlist prepare` beside the same work by Polars: rows read per second of CPU.

    benchmarks/prepare.py
    benchmarks/prepare.py --events 10000000 --rounds 3

Both read a made-up retailer's events from CSV, drop malformed rows and repeated event ids, take the 5-core of shoppers
and items, sort by shopper and time, number shoppers and items, set each shopper's last event and the one before it
apart, and write Arrow IPC files. They must agree on how many rows, shoppers and items remain in each part, or nothing
is reported. One thread each, in turns; medians of the rounds. The program is measured as a whole process, with the
digests of what it writes and the list of what it refused; Polars from its first call on.
"""

import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

from peers import ONE_THREAD, log, run_among_peers

ROOT = pathlib.Path(__file__).resolve().parent.parent
CORE = 5
PARTS = ("train", "validation", "test")
COLUMNS = ("event_id", "user", "item", "time")
CONFIGURATION = """
name: prepare
threads: 1
directory: {folder}/run
synthesize: {{users: {users}, items: {items}, events: {events}, days: 365}}
data:
  events: {{paths: [{folder}/source/events.csv], columns: {{time: time, event_id: event_id}}}}
  user_core: {core}
  item_core: {core}
  max_bad_fraction: 0.05
"""


def children_cpu():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def write_source(arguments, folder):
    configuration = folder / "prepare.yaml"
    configuration.write_text(CONFIGURATION.format(folder=folder, events=arguments.events, users=arguments.events // 16,
                                                  items=max(1000, arguments.events // 50), core=CORE))
    subprocess.run([arguments.program, "synthesize", configuration, "--out", folder / "source"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return configuration


def prepare_by_program(program, configuration):
    """CPU seconds, and what remained."""
    begin = children_cpu()
    subprocess.run([program, "prepare", configuration], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seconds = children_cpu() - begin
    report = json.loads((configuration.parent / "run/reports/prepare.json").read_text())
    parts = {part: report[f"{part}_events"] for part in PARTS}
    return seconds, {"users": report["users"], "items": report["items"], **parts}


def core_of(events):
    """What remains when those with too few events are dropped until there are none."""
    import polars
    while True:
        rows = len(events)
        for column in ("user", "item"):
            events = events.filter(polars.len().over(column) >= CORE)
        if len(events) == rows:
            return events


def numbered(events, column):
    """The ids that remain, and the events with their places in that list."""
    import polars
    ids = events.select(polars.col(column).unique(maintain_order=True)).with_row_index("number")
    places = events.select(column).join(ids, on=column, how="left", maintain_order="left")["number"]
    return ids, events.with_columns(places.alias(column))


def prepare_by_polars(source, folder):
    import polars
    begin = time.process_time()
    texts = {column: polars.String for column in COLUMNS}
    ids = [polars.col(column).cast(polars.Categorical) for column in ("user", "item")]
    read = polars.scan_csv(source, schema_overrides=texts, truncate_ragged_lines=True).select(COLUMNS)
    events = (read.with_columns(polars.col("time").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", strict=False), *ids).drop_nulls()
              .unique("event_id", keep="first", maintain_order=True).drop("event_id").collect())
    events = core_of(events)
    users, events = numbered(events, "user")
    items, events = numbered(events, "item")
    events = events.sort("user", "time", maintain_order=True)
    events = events.with_columns(behind=polars.len().over("user") - 1 - polars.int_range(polars.len()).over("user"))
    behind = polars.col("behind")
    parts = dict(zip(PARTS, (events.filter(behind > 1), events.filter(behind == 1), events.filter(behind == 0))))
    for name, table in (*parts.items(), ("users", users), ("items", items)):
        table.write_ipc(folder / f"{name}.arrow")
    counts = {"users": len(users), "items": len(items), **{name: len(part) for name, part in parts.items()}}
    return time.process_time() - begin, counts


def measure(ways, rounds):
    """The median of CPU seconds by name."""
    costs = {name: [] for name in ways}
    for _ in range(rounds):
        remained = {}
        for name, prepare in ways.items():
            seconds, remained[name] = prepare()
            costs[name].append(seconds)
            log(f"{name}: {seconds:.2f} s of CPU, {remained[name]}")
        if any(counts != remained["Shortlist"] for counts in remained.values()):
            sys.exit("they do not agree on what remains")
    return {name: statistics.median(seconds) for name, seconds in costs.items()}


def print_table(costs, rows):
    print("| library | CPU seconds | rows per CPU-second | CPU of Shortlist's |")
    print("|---|---|---|---|")
    for name, seconds in costs.items():
        print(f"| {name} | {seconds:.2f} | {rows / seconds:,.0f} | {seconds / costs['Shortlist']:.2f} × |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/tools/shortlist")
    parser.add_argument("--events", type=int, default=2000000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    run_among_peers(("polars",), ONE_THREAD)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        configuration = write_source(arguments, folder)
        source = folder / "source/events.csv"
        ways = {"Shortlist": lambda: prepare_by_program(arguments.program, configuration)}
        try:
            import polars
            ways[f"Polars {polars.__version__}"] = lambda: prepare_by_polars(source, folder)
        except ImportError:
            log("left out: polars")
        costs = measure(ways, arguments.rounds)
        with source.open() as lines:
            print_table(costs, sum(1 for _ in lines) - 1)


if __name__ == "__main__":
    main()
