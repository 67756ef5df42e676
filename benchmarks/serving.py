#!/usr/bin/env python3
"""What an answer costs beside the least it could cost: search by Faiss alone and a call that does nothing.

    benchmarks/serving.py                        four kinds of index, single calls and batches of 16, five rounds
    benchmarks/serving.py --kinds flat,hnsw --rounds 3 --seconds 2

Every round measures each part and the whole server in turn, so that whatever else the machine does meets all of them;
the figures are medians over the rounds, in microseconds of CPU per shopper. Callers wait for answers (closed loop). The
ratio says what share of the best possible throughput, cores / (search + empty call of server and client), is reached
when no core is idle: the CPU of search and empty call over the CPU that server and client took. The ratio to the bare
server sets them beside a gRPC server, and its client, that does nothing but the search by Faiss: empty calls arrive and
leave in bunches and share their system calls and wake-ups, which calls with work behind them cannot. What the machine's
clock saw is the column `at the clock`; it means something on an idle machine only. Everything made stands below
build/serving.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
KINDS = ("flat", "hnsw", "ivf_flat", "ivf_pq_fastscan")
USERS = 10_000  # of the bundles that serving_parts makes
BATCH = 16
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
# Waiting is no fault here: 64 callers with batches of 16 scans each wait longer than shoppers should.
CONFIGURATION = """serve:
  overload:
    max_wait_milliseconds: 60000
"""
COLUMNS = ("search", "masked_search", "tower", "answer", "empty_server", "empty_client", "bare_server", "bare_client",
           "server", "client", "overhead", "ratio", "bare_ratio", "clock_ratio")
HEADINGS = ("Faiss", "masked search", "tower", "whole answer", "empty call: server", "client", "bare search: server",
            "client", "whole: server", "client", "server's overhead", "ratio", "ratio to bare search", "at the clock")
RATIOS = 3  # the last of them


def log(message):
    print(message, file=sys.stderr, flush=True)


class ServerProcess:
    """A process that says on stdout where it listens; its CPU can be read at any time."""

    def __init__(self, arguments):
        self.process = subprocess.Popen([str(argument) for argument in arguments], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        if " on " not in line:
            sys.exit(f"{arguments[0]} did not start serving: '{line.strip()}'")
        self.address = line.split(" on ")[1].strip()

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND

    def stop(self):
        self.process.stdin.close()
        self.process.terminate()
        self.process.wait()


class Bench:
    def __init__(self, options):
        self.options = options
        self.folder = ROOT / "build" / "serving"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.users = self.folder / "users.txt"
        self.users.write_text("".join(f"user-{user}\n" for user in range(USERS)))
        self.configuration = self.folder / "serve.yaml"
        self.configuration.write_text(CONFIGURATION)

    def bundle(self, kind):
        directory = self.folder / f"{kind}-{self.options.items}"
        manifest = directory / "manifest.json"
        if not manifest.exists() or manifest.stat().st_mtime < self.options.parts.stat().st_mtime:
            log(f"making {directory}")
            subprocess.run([self.options.parts, "make", kind, str(self.options.items), directory], check=True,
                           stderr=subprocess.DEVNULL)
        return directory

    def whole_server(self, kind):
        return ServerProcess([self.options.program, "serve", self.configuration, "--bundle", self.bundle(kind),
                              "--address", "127.0.0.1:0", "--admin-address", "127.0.0.1:0"])

    def bare_server(self, kind):
        return ServerProcess([self.options.parts, "search-server", self.bundle(kind)])

    def empty_server(self):
        return ServerProcess([self.options.parts, "empty-server"])

    def parts(self, kind):
        output = subprocess.run([self.options.parts, "measure", self.bundle(kind), str(self.options.seconds / 3)],
                                check=True, capture_output=True, text=True).stdout
        return json.loads(output)

    def load(self, server, batch):
        """Microseconds of CPU per shopper of server and client, and shoppers answered per second."""
        report = self.folder / "load.json"
        before = server.cpu_seconds()
        subprocess.run([self.options.program, "loadtest", "--address", server.address, "--users", self.users,
                        "--batch", str(batch), "--concurrency", str(self.options.concurrency), "--warm-up", "0",
                        "--duration", str(self.options.seconds), "--deadline", "60000", "--json", report],
                       check=True, capture_output=True)
        result = json.loads(report.read_text())
        calls = sum(result["calls_by_code"].values())
        if set(result["calls_by_code"]) != {"OK"}:
            sys.exit(f"calls failed: {result['calls_by_code']}")
        return {"server": 1e6 * (server.cpu_seconds() - before) / calls / batch,
                "client": 1e6 * result["client_cpu_seconds_per_call"] / batch,
                "rate": result["answered_calls_per_second"] * batch}


def figures(parts, empty, bare, whole, single):
    """One measurement of a kind of index, single or batched."""
    at = 0 if single else 1
    search, tower = parts["raw_search"][at], parts["tower"][at]
    least = search + empty["server"] + empty["client"]
    taken = whole["server"] + whole["client"]
    return {"search": search, "masked_search": parts["masked_search"], "tower": tower, "answer": parts["answer"][at],
            "empty_server": empty["server"], "empty_client": empty["client"],
            "bare_server": bare["server"], "bare_client": bare["client"],
            "server": whole["server"], "client": whole["client"],
            "overhead": whole["server"] - search - tower - empty["server"],
            "ratio": least / taken,
            "bare_ratio": (bare["server"] + bare["client"]) / taken,
            "clock_ratio": whole["rate"] * least * 1e-6 / len(os.sched_getaffinity(0))}


def medians(measurements):
    return {column: statistics.median(one[column] for one in measurements) for column in COLUMNS}


def measure(bench, servers, empty_server):
    """`servers` are pairs by kind: the bare one and the whole one."""
    rounds = {(kind, batch): [] for kind in servers for batch in (1, BATCH)}
    for number in range(bench.options.rounds):
        for kind, (bare, whole) in servers.items():
            log(f"round {number + 1} of {bench.options.rounds}: {kind}")
            parts = bench.parts(kind)
            for batch in (1, BATCH):
                loads = [bench.load(server, batch) for server in (empty_server, bare, whole)]
                rounds[kind, batch].append(figures(parts, *loads, batch == 1))
    return {key: medians(measurements) for key, measurements in rounds.items()}


def table(results):
    lines = ["| index | shoppers per call | " + " | ".join(HEADINGS) + " |", "|" + "---|" * (2 + len(HEADINGS))]
    for (kind, batch), row in results.items():
        cells = [f"{row[column]:.1f}" for column in COLUMNS[:-RATIOS]]
        cells += [f"{row[column]:.2f}" for column in COLUMNS[-RATIOS:]]
        lines.append(f"| {kind} | {batch} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def bench_parser(description):
    """Of a script that has a Bench: with what that is made of."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=ROOT / "build/release/tools/shortlist", type=pathlib.Path)
    parser.add_argument("--parts", default=ROOT / "build/release/benchmarks/serving_parts", type=pathlib.Path)
    parser.add_argument("--items", default=100_000, type=int, help="items of the catalog")
    return parser


def parse_options():
    parser = bench_parser(__doc__)
    parser.add_argument("--kinds", default=",".join(KINDS), help="index kinds, separated by commas")
    parser.add_argument("--rounds", default=5, type=int)
    parser.add_argument("--seconds", default=3.0, type=float, help="of each measurement")
    parser.add_argument("--concurrency", default=64, type=int, help="callers")
    parser.add_argument("--json", type=pathlib.Path, help="file that receives the medians")
    return parser.parse_args()


def main():
    options = parse_options()
    bench = Bench(options)
    kinds = options.kinds.split(",")
    running = []
    try:
        empty = bench.empty_server()
        running.append(empty)
        servers = {}
        for kind in kinds:
            servers[kind] = (bench.bare_server(kind), bench.whole_server(kind))
            running += servers[kind]
        results = measure(bench, servers, empty)
    finally:
        for server in running:
            server.stop()
    print(table(results))
    if options.json:
        options.json.write_text(json.dumps([{"kind": kind, "batch": batch, **row}
                                            for (kind, batch), row in results.items()], indent=2) + "\n")


if __name__ == "__main__":
    main()
