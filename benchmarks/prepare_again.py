#!/usr/bin/env python3
"""What `shortlist prepare` costs on the day after: all files anew, beside --reuse of what the day before made of them.

    benchmarks/prepare_again.py
    benchmarks/prepare_again.py --events 10000000 --rounds 3

A made-up retailer's events lie as a file for each of 91 days, as CSV and as Parquet with the columns of a server's lake.
Each prepare is a process of its own, one thread, in turns; medians of the rounds. `before` is another build of the program
to set beside. `first` fills an empty folder; `next day` finds in it what was made of the 90 days before. All must make the
same dataset, or nothing is reported.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from peers import ONE_THREAD, log, run_among_peers

ROOT = pathlib.Path(__file__).resolve().parent.parent
DAYS = 91
LAKE_COLUMNS = "{user: user, item: item, time: time, event_type: event_type, event_id: event_id, request_id: request_id}"
CSV_COLUMNS = "{time: time, event_type: event_type, event_id: event_id}"
CONFIGURATION = """
name: prepare again
threads: 1
directory: {folder}/run-{name}
synthesize: {{users: {users}, items: {items}, events: {events}, days: 91}}
data:
  events: {{paths: [{folder}/{source}], columns: {columns}}}
  max_bad_fraction: 0.05
  split: {{rule: time, test_days: 1}}
"""


def configure(arguments, folder, name, source, columns):
    path = folder / f"{name}.yaml"
    path.write_text(CONFIGURATION.format(folder=folder, name=name, source=source, columns=columns, events=arguments.events,
                                         users=arguments.events // 16, items=max(1000, arguments.events // 100)))
    return path


def write_days(arguments, folder):
    """csv/ and lake/ with a file for each day."""
    import polars
    configuration = configure(arguments, folder, "source", "source", CSV_COLUMNS)
    subprocess.run([arguments.program, "synthesize", configuration, "--out", folder / "source"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    source = folder / "source/events.csv"
    events = polars.read_csv(source, truncate_ragged_lines=True, infer_schema=False)
    seconds = polars.col("time").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", strict=False).dt.epoch("s")
    events = events.with_columns(day=(seconds // 86400).forward_fill().fill_null(0)).sort("day", maintain_order=True)
    # About a third followed an answer, as in a shop with recommendations.
    lake = events.select("day", "event_id", "user", "item", time=seconds, event_type="event_type",
                         quantity=polars.col("quantity").cast(polars.Float64, strict=False),
                         price=polars.col("price").cast(polars.Float64, strict=False),
                         dwell_seconds=polars.lit(None, polars.Float64), query=polars.lit(None, polars.String),
                         device="device", channel=polars.lit(None, polars.String), locale=polars.lit(None, polars.String),
                         request_id=polars.when(polars.int_range(polars.len()) % 3 == 0).then("event_id"))
    for name, table in (("csv", events), ("lake", lake.drop_nulls("time"))):
        (folder / name).mkdir()
        for (day,), rows in table.group_by("day", maintain_order=True):
            rows = rows.drop("day")
            path = folder / name / f"{day:08}.{'csv' if name == 'csv' else 'parquet'}"
            if name == "csv":
                rows.write_csv(path)
            else:
                rows.write_parquet(path, compression="snappy", row_group_size=1 << 16)
    shutil.rmtree(folder / "source")
    return len(events), len(lake)


def run(command):
    """CPU seconds, seconds and the peak of memory of a process."""
    begin = time.monotonic()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    complaint = process.stderr.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{command} failed: {complaint}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - begin, usage.ru_maxrss / 1000


def dataset_of(folder, name):
    return json.loads((folder / f"run-{name}/dataset/dataset.json").read_text())["files"]


def measure(arguments, folder, name, columns):
    configuration = configure(arguments, folder, name, name, columns)
    parsed, kept = folder / "parsed", folder / "kept"
    newest = sorted((folder / name).iterdir())[-1]
    aside = folder / f"aside{newest.suffix}"
    newest.rename(aside)
    shutil.rmtree(kept, ignore_errors=True)
    run([arguments.program, "prepare", configuration, "--reuse", kept])
    aside.rename(newest)
    ways = {"full": (arguments.program, None), "first": (arguments.program, "empty"),
            "next day": (arguments.program, "kept")}
    if arguments.before:
        ways = {"before": (arguments.before, None), **ways}
    costs = {way: [] for way in ways}
    expected = None
    for _ in range(arguments.rounds):
        for way, (program, state) in ways.items():
            shutil.rmtree(parsed, ignore_errors=True)
            if state == "kept":
                shutil.copytree(kept, parsed)
            costs[way].append(run([program, "prepare", configuration, *(["--reuse", parsed] if state else [])]))
            made = dataset_of(folder, name)
            expected = expected or made
            if made != expected:
                sys.exit(f"{name}: {way} made another dataset")
            log(f"{name}: {way}: {costs[way][-1]}")
    kept_bytes = sum(file.stat().st_size for file in kept.iterdir())
    source_bytes = sum(file.stat().st_size for file in (folder / name).iterdir())
    return {way: [statistics.median(column) for column in zip(*rows)] for way, rows in costs.items()}, kept_bytes, source_bytes


def print_table(name, rows, costs, kept_bytes, source_bytes):
    print(f"\n{name}: {rows:,} rows in {DAYS} files of {source_bytes / 1e6:.0f} MB; their parsed forms take "
          f"{kept_bytes / 1e6:.0f} MB\n")
    print("| prepare | CPU seconds | seconds | peak memory, MB | CPU of the full one |")
    print("|---|---|---|---|---|")
    for way, (cpu, seconds, memory) in costs.items():
        print(f"| {way} | {cpu:.2f} | {seconds:.2f} | {memory:.0f} | {cpu / costs['full'][0]:.2f} × |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/tools/shortlist")
    parser.add_argument("--before", type=pathlib.Path, help="another build, for a full prepare")
    parser.add_argument("--events", type=int, default=2000000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    run_among_peers(("polars",), ONE_THREAD)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        # In a process of its own, whose memory would count as that of those started afterwards.
        with concurrent.futures.ProcessPoolExecutor(1) as writer:
            csv_rows, lake_rows = writer.submit(write_days, arguments, folder).result()
        print_table("CSV", csv_rows, *measure(arguments, folder, "csv", CSV_COLUMNS))
        print_table("Parquet", lake_rows, *measure(arguments, folder, "lake", LAKE_COLUMNS))


if __name__ == "__main__":
    main()
