#!/usr/bin/env python3
"""What it costs to write down what shoppers are shown: CPU of the server per answer, by the share that is written down.

    benchmarks/decisions.py                               none, a tenth and all of the answers, ten rounds

One server for each share, all of them up at once and with a folder of events, is asked in turn, in an order that changes
from round to round, so that what else the machine does falls on all of them. Files of decisions are rewritten as Parquet
every second, so that this is in the figure, and decisions that wait are written before it is taken. Besides medians over
the rounds it tells how far each server's figure is from that of the one that writes nothing, in the same round: the median
and the quartiles.
"""

import json
import pathlib
import statistics
import sys
import tempfile
import time

import serving
from machine import description

SHARES = (0, 0.1, 1)
SECONDS_TO_REWRITE = 3


class Recording:
    """A server that writes down a share of its answers."""

    def __init__(self, bench, options, folder, share):
        self.folder = folder / str(share)
        configuration = folder / f"{share}.yaml"
        configuration.write_text(json.dumps({"serve": {
            "address": "127.0.0.1:0", "admin": {"address": "127.0.0.1:0"}, "metrics": {"address": "127.0.0.1:0"},
            "events": {"directory": str(self.folder)}, "decisions": {"fraction": share, "rotate_seconds": 1}}}))
        self.server = serving.ServerProcess([options.program, "serve", configuration, "--bundle",
                                             bench.bundle(options.kind)])
        self.bench = bench

    def microseconds(self):
        """Of CPU per answer, with the writing of what the answers left to write."""
        before = self.server.cpu_seconds()
        per_answer = self.bench.load(self.server, 1)["server"]
        answers = 1e6 * (self.server.cpu_seconds() - before) / per_answer
        time.sleep(SECONDS_TO_REWRITE)
        return 1e6 * (self.server.cpu_seconds() - before) / answers

    def bytes_written(self):
        return sum(file.stat().st_size for file in self.folder.glob("lake/decisions/*.parquet"))


def measure(recordings, rounds):
    figures = {share: [] for share in recordings}
    for number in range(rounds):
        order = list(recordings)[number % len(recordings):] + list(recordings)[:number % len(recordings)]
        for share in order:
            figures[share].append(recordings[share].microseconds())
        serving.log(f"round {number + 1}: " + ", ".join(f"{share}: {figures[share][-1]:.1f} us" for share in recordings))
    return figures


def table(figures):
    lines = ["| answers written down | CPU per answer | beside none, quartiles |", "|---|---|---|"]
    for share, taken in figures.items():
        more = [ours - none for ours, none in zip(taken, figures[0])]
        low, middle, high = statistics.quantiles(more, n=4)
        beside = "" if share == 0 else f"{middle:+.1f} us ({low:+.1f} to {high:+.1f})"
        lines.append(f"| {share:.0%} | {statistics.median(taken):.1f} us | {beside} |")
    return "\n".join(lines)


def parse_options():
    parser = serving.bench_parser(__doc__)
    parser.add_argument("--kind", default="ivf_flat", choices=serving.KINDS, help="of index")
    parser.add_argument("--rounds", default=10, type=int)
    parser.add_argument("--seconds", default=3.0, type=float, help="of load in each round on each server")
    parser.add_argument("--concurrency", default=4, type=int, help="callers")
    parser.add_argument("--json", type=pathlib.Path, help="file that receives all figures")
    return parser.parse_args()


def main():
    options = parse_options()
    bench = serving.Bench(options)
    with tempfile.TemporaryDirectory(prefix="shortlist.decisions.") as name:
        recordings = {}
        try:
            for share in SHARES:
                recordings[share] = Recording(bench, options, pathlib.Path(name), share)
            figures = measure(recordings, options.rounds)
        finally:
            for recording in recordings.values():
                recording.server.stop()
        for share, recording in recordings.items():
            if (recording.bytes_written() > 0) != (share > 0):
                sys.exit(f"with a share of {share}, {recording.bytes_written()} bytes of decisions were written")
    print(f"{options.kind}, {options.items} items, {options.concurrency} callers; {description()}\n\n{table(figures)}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
