#!/usr/bin/env python3
"""What is left of a server's throughput when five times as much is asked of it as it can answer.

    benchmarks/overload.py                                single calls of a graph index, three rounds
    benchmarks/overload.py --kind ivf_flat --batch 16     batched calls

The server has one core and the load generator another, so that figures are about the server. A closed loop finds the
server's capacity; then calls arrive at once, twice and five times that rate, whatever becomes of those before them. The
server has its default settings. Goodput is what is answered: per second, and per second of the server's CPU, which stays
what it is when other work takes the core away; both are medians over the rounds, as is the 99th percentile of the
latency of answered calls, which the generator counts from when a call was due. Outcomes other than an answer or
RESOURCE_EXHAUSTED end the run.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys

import serving
from machine import description

FACTORS = (1, 2, 5)
EXPECTED = {"OK", "RESOURCE_EXHAUSTED"}


class Overload:
    def __init__(self, options):
        self.options = options
        self.bench = serving.Bench(options)
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) < 2:
            sys.exit("one core for the server and one for the load generator are needed")
        self.server_core, self.client_core = cores[:2]

    def start(self):
        return serving.ServerProcess(["taskset", "--cpu-list", str(self.server_core), self.options.program, "serve",
                                      "--bundle", self.bench.bundle(self.options.kind), "--address", "127.0.0.1:0",
                                      "--admin-address", "127.0.0.1:0"])

    def load(self, server, arguments):
        """What the load generator reports, and the server's CPU."""
        report = self.bench.folder / "overload.json"
        before = server.cpu_seconds()
        subprocess.run(["taskset", "--cpu-list", str(self.client_core), self.options.program, "loadtest",
                        "--address", server.address, "--users", self.bench.users, "--batch", str(self.options.batch),
                        "--warm-up", "0", "--duration", str(self.options.seconds), "--deadline", "10000",
                        "--json", report, *arguments], check=True, capture_output=True)
        result = json.loads(report.read_text())
        calls = result["calls_by_code"]
        if not set(calls) <= EXPECTED:
            sys.exit(f"not every call was answered or refused: {calls}")
        cpu = server.cpu_seconds() - before
        return {"sent": result["offered_calls_per_second"], "answered": result["answered_calls_per_second"],
                "per_cpu_second": calls["OK"] / cpu, "server_cores": cpu / result["seconds"],
                "refused": calls.get("RESOURCE_EXHAUSTED", 0) / result["seconds"],
                "p99_milliseconds": 1e3 * result["latency_seconds"]["p99"],
                "late_milliseconds": 1e3 * result["send_lag_p99_seconds"]}

    def round(self, server):
        capacity = self.load(server, ["--concurrency", str(self.options.concurrency)])
        rows = {"closed loop": capacity}
        for factor in FACTORS:
            rate = factor * capacity["answered"]
            serving.log(f"{factor} times {capacity['answered']:.0f} calls/s")
            rows[f"{factor} x capacity"] = self.load(server, ["--rate", str(rate), "--concurrency", "1000000"])
        return rows


def medians(rounds):
    return {load: {figure: statistics.median(one[load][figure] for one in rounds) for figure in rounds[0][load]}
            for load in rounds[0]}


def table(rows):
    peak = max(row["answered"] for row in rows.values())
    peak_per_cpu = max(row["per_cpu_second"] for row in rows.values())
    lines = ["| load | calls/s sent | answered | of peak | refused | answered per CPU-second | of peak "
             "| server's cores | p99 of answers, ms | sent late by, p99, ms |", "|" + "---|" * 10]
    for load, row in rows.items():
        lines.append(f"| {load} | {row['sent']:.0f} | {row['answered']:.0f} | {row['answered'] / peak:.2f} "
                     f"| {row['refused']:.0f} | {row['per_cpu_second']:.0f} "
                     f"| {row['per_cpu_second'] / peak_per_cpu:.2f} | {row['server_cores']:.2f} "
                     f"| {row['p99_milliseconds']:.0f} | {row['late_milliseconds']:.1f} |")
    return "\n".join(lines)


def parse_options():
    parser = serving.bench_parser(__doc__)
    parser.add_argument("--kind", default="hnsw", choices=serving.KINDS, help="of index")
    parser.add_argument("--batch", default=1, type=int, help="shoppers per call")
    parser.add_argument("--rounds", default=3, type=int)
    parser.add_argument("--seconds", default=5.0, type=float, help="of each load")
    parser.add_argument("--concurrency", default=16, type=int, help="callers of the closed loop")
    parser.add_argument("--json", type=pathlib.Path, help="file that receives the medians")
    return parser.parse_args()


def main():
    options = parse_options()
    overload = Overload(options)
    server = overload.start()
    try:
        rows = medians([overload.round(server) for _ in range(options.rounds)])
    finally:
        server.stop()
    print(f"{options.kind}, {options.batch} shoppers per call; {description()}\n\n{table(rows)}")
    if options.json:
        options.json.write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
