#!/usr/bin/env python3
"""How the time and memory of every stage grow with events and with items: whole processes on a made-up retailer.

    benchmarks/scaling.py                          10^4 to 10^7 events, 10^3 to 10^6 items
    benchmarks/scaling.py --by events              one of the two
    benchmarks/scaling.py --most-events 1e6 --most-items 1e5 --json scaling.json

Twice all stages run at sizes ten times apart, each a process of its own on one thread: with more and more events of
10,000 items, 16 for each shopper, so that shoppers grow with events; and with more and more items in 2,000,000 events
of 31,250 shoppers, of which every item has one at least that is trained on. Training is one epoch with candidates
from the batch and 1,000 shoppers in validation; evaluation has no baselines, and ranks all items for all shoppers in
the first series and for 2,000 in the second, so that its work, shoppers times items, grows in proportion to what
grows. `serve` loads the bundle and stops.

Exponents are slopes of log cost over log size, by least squares. Over the largest three sizes none may grow faster than
n log n by more than a factor of two from the smallest of them to the largest, which is left to what no longer fits into
caches; the command fails otherwise.
"""

import argparse
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile

from memory import expected_of_prepare

ROOT = pathlib.Path(__file__).resolve().parent.parent
FIXED_ITEMS = 10_000
FIXED_EVENTS = 2_000_000
EVENTS_PER_SHOPPER = {"events": 16, "items": 64}  # more in the second series, so that items outnumber shoppers
LARGEST = 3  # sizes that the check is made on
LEEWAY = 2.0  # between the smallest and the largest of them
EARLIER_SECOND = 1600000000  # before the made-up retailer opens
DAYS = 365
MEGABYTE = 1e6
CONFIGURATION = """
name: scaling
threads: 1
directory: {folder}/run
synthesize: {{users: {users}, items: {items}, events: {events}, days: {days}, malformed_share: 0}}
data:
  events: {{paths: [{paths}], columns: {{time: time, event_id: event_id}}}}
evaluate: {{baselines: [], k: [10], max_users: {evaluated}}}
index: {{items: {{kind: {kind}, hnsw_links: 16, hnsw_build_depth: 40}}, target_recall: 0}}
train: {{epochs: 1, early_stop: {{max_users: 1000}}}}
serve: {{address: "127.0.0.1:0"}}
"""


def log(message):
    print(message, file=sys.stderr, flush=True)


class Cost:
    """Of a process from its start to its end; `expected` are the bytes that it should take, where a formula says so."""

    def __init__(self, usage):
        self.seconds = usage.ru_utime + usage.ru_stime
        self.bytes = usage.ru_maxrss * 1024
        self.expected = None


def end_of(process, command):
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed with status {process.returncode}")
    return Cost(usage)


def run(command):
    return end_of(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL), command)


def serve(command):
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    with process.stdout:
        if not process.stdout.readline().startswith("serving"):
            sys.exit(f"{' '.join(map(str, command))} did not start")
        process.terminate()
        return end_of(process, command)


class Retailer:
    """A made-up retailer in a folder of its own, and what its stages cost there."""

    def __init__(self, program, folder, events, users, items, evaluated=0, every_item=False):
        self.program, self.folder = program, folder
        self.users, self.evaluated = users, evaluated
        drawn = events - (items if every_item else 0)
        paths = [folder / "source/events.csv"] + ([folder / "every_item.csv"] if every_item else [])
        self.sizes = {"users": self.users, "items": items, "events": drawn, "days": DAYS,
                      "paths": ", ".join(map(str, paths))}
        run([program, "synthesize", self.configured("flat"), "--out", folder / "source"])
        if every_item:
            self.write_every_item(items)

    def write_every_item(self, items):
        """An event of each item, spread over shoppers, before all others, so that it is trained on."""
        with (self.folder / "every_item.csv").open("w") as file:
            file.write("user,item,time,event_id\n")
            for item in range(1, items + 1):
                file.write(f"user-{item * 7919 % self.users + 1},item-{item},{EARLIER_SECOND + item},every-{item}\n")

    def configured(self, kind):
        path = self.folder / f"{kind}.yaml"
        path.write_text(CONFIGURATION.format(folder=self.folder, kind=kind, evaluated=self.evaluated, **self.sizes))
        return path

    def stages(self, kinds):
        """Name and cost of each, as it ends."""
        configuration = self.configured(kinds[0])
        yield "prepare", self.prepare(configuration)
        yield "train", self.train(configuration)
        yield "evaluate", run([self.program, "evaluate", configuration])
        for kind in kinds:
            yield f"index, {kind}", run([self.program, "index", self.configured(kind)])
            yield f"serve, {kind}", serve([self.program, "serve", self.configured(kind)])

    def prepare(self, configuration):
        cost = run([self.program, "prepare", configuration])
        cost.expected = expected_of_prepare(self.report("prepare"))
        return cost

    def train(self, configuration):
        cost = run([self.program, "train", configuration])
        cost.expected = self.report("train")["expected_memory_bytes"]
        return cost

    def report(self, stage):
        return json.loads((self.folder / f"run/reports/{stage}.json").read_text())


def slope(points):
    """Of log y over log x, by least squares."""
    xs, ys = zip(*((math.log(x), math.log(y)) for x, y in points))
    x_mean, y_mean = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys)) / sum((x - x_mean) ** 2 for x in xs)


class Growth:
    """What a stage takes at each size."""

    def __init__(self, points):
        self.points = sorted(points)

    def exponent(self):
        return slope(self.points)

    def exponent_of_largest(self):
        return slope(self.points[-LARGEST:])

    def too_fast(self):
        """Whether the largest sizes grow faster than n log n by more than the leeway."""
        largest = self.points[-LARGEST:]
        decades = math.log(largest[-1][0] / largest[0][0])
        beside = slope([(size, cost / (size * math.log(size))) for size, cost in largest])
        return beside > math.log(LEEWAY) / decades


def measure(name, sizes, retailer, kinds):
    """Costs by stage and by what there was of that name in the dataset."""
    costs = {}
    (ROOT / "build").mkdir(exist_ok=True)
    for size in sizes:
        with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
            shop = retailer(pathlib.Path(folder), size)
            for stage, cost in shop.stages(kinds):
                found = shop.report("prepare")["read" if name == "events" else "items"]
                costs.setdefault(stage, {})[found] = cost
                log(f"{size:,} {name} ({found:,} in the dataset), {stage}: {cost.seconds:.2f} s of CPU, "
                    f"{cost.bytes / MEGABYTE:,.0f} MB")
    return costs


def growths(costs):
    """By stage: of its seconds and of its bytes."""
    return {stage: (Growth([(size, cost.seconds) for size, cost in by_size.items()]),
                    Growth([(size, cost.bytes) for size, cost in by_size.items()])) for stage, by_size in costs.items()}


def expected(costs):
    """By stage that has a formula: bytes by size."""
    return {stage: {size: cost.expected for size, cost in by_size.items()} for stage, by_size in costs.items()
            if all(cost.expected for cost in by_size.values())}


def print_header(title, growing):
    sizes = [size for size, _ in next(iter(growing.values()))[0].points]
    print(f"| {title} | " + " | ".join(f"{size:,}" for size in sizes) + f" | exponent of the largest {LARGEST} | of all |")
    print("|---" * (len(sizes) + 3) + "|")


def print_row(stage, growth, text):
    cells = " | ".join(text(cost) for _, cost in growth.points)
    print(f"| {stage} | {cells} | {growth.exponent_of_largest():.2f} | {growth.exponent():.2f} |")


def megabytes(number):
    return f"{number / MEGABYTE:,.0f}"


def print_tables(name, growing, expected_bytes):
    print_header(f"CPU seconds by {name}", growing)
    for stage, (seconds, _) in growing.items():
        print_row(stage, seconds, lambda cost: f"{cost:.2f}")
    print()
    print_header(f"peak memory by {name}, MB", growing)
    for stage, (_, peak) in growing.items():
        print_row(stage, peak, megabytes)
        if stage in expected_bytes:
            print(f"| by its formula | {' | '.join(map(megabytes, expected_bytes[stage].values()))} | | |")
    print()


def json_of(growing, expected_bytes):
    figures = {stage: {what: {"points": growth.points, "exponent": growth.exponent(),
                              "exponent_of_largest": growth.exponent_of_largest(), "too_fast": growth.too_fast()}
                       for what, growth in zip(("cpu_seconds", "peak_bytes"), pair)} for stage, pair in growing.items()}
    for stage, by_size in expected_bytes.items():
        figures[stage]["peak_bytes"]["by_formula"] = list(by_size.values())
    return figures


def too_fast(name, growing):
    return [f"{what} of {stage} by {name}" for stage, pair in growing.items() for what, growth in zip(("CPU", "memory"), pair)
            if growth.too_fast()]


def powers(least, most):
    sizes = []
    while least <= most:
        sizes.append(least)
        least *= 10
    return sizes


def size(text):
    return int(float(text))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/tools/shortlist")
    parser.add_argument("--by", choices=("events", "items"), nargs="+", help="default: both")
    parser.add_argument("--most-events", type=size, default=10**7)
    parser.add_argument("--most-items", type=size, default=10**6)
    parser.add_argument("--kinds", nargs="+", default=["flat", "ivf_flat"], help="of the index of more and more items")
    parser.add_argument("--json", type=pathlib.Path, help="file that receives all figures")
    arguments = parser.parse_args()

    def of_events(folder, events):
        return Retailer(arguments.program, folder, events, events // EVENTS_PER_SHOPPER["events"], FIXED_ITEMS)

    def of_items(folder, items):
        return Retailer(arguments.program, folder, FIXED_EVENTS, FIXED_EVENTS // EVENTS_PER_SHOPPER["items"], items,
                        evaluated=2000, every_item=True)

    series = {"events": lambda: measure("events", powers(10**4, arguments.most_events), of_events, ["flat"]),
              "items": lambda: measure("items", powers(10**3, arguments.most_items), of_items, arguments.kinds)}
    figures, fast = {}, []
    for name in arguments.by or series:
        costs = series[name]()
        growing = growths(costs)
        print_tables(name, growing, expected(costs))
        figures[name] = json_of(growing, expected(costs))
        fast += too_fast(name, growing)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n")
    if fast:
        sys.exit(f"faster than n log n: {'; '.join(fast)}")
    print(f"None grows faster than n log n by more than a factor of {LEEWAY:.0f} over the largest {LARGEST} sizes.")


if __name__ == "__main__":
    main()
