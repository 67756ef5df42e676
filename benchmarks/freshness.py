#!/usr/bin/env python3
"""How long a new item takes from the call that adds it to the first answer that holds it.

    benchmarks/freshness.py                       catalogs of 10,000 and 100,000 items, 30 new items each
    benchmarks/freshness.py --items 10000 --new 5

A made-up retailer of that many items is trained for one epoch and served. Then `shortlist catalog upsert` adds an item
that the model has not seen, of a brand of its own, and `shortlist query` asks for that brand until the item is in the
answer. `upsert` is the time of the first command, `until seen` that from its start to the end of the query that had the
item: the starts of both programs, their connections, the write to disk and the item tower are all in it. Everything
made stands below build/freshness.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
EVENTS_PER_ITEM = 12

CONFIGURATION = """name: freshness
directory: {folder}/run
synthesize: {{users: {users}, items: {items}, events: {events}, days: 60, categories: 20}}
data:
  events: {{paths: [source/events.csv], columns: {{time: time, event_id: event_id}}}}
  catalog: {{paths: [source/catalog.csv], title: title, price: price, attributes: [category, brand]}}
  max_bad_fraction: 0.05
features:
  item: [{{column: category}}, {{column: price, transform: quantile, buckets: 8}}]
model: {{dimension: 64}}
train: {{epochs: 1, batch_size: 1024, early_stop: {{max_users: 100}}}}
index: {{target_recall: 0, items: {{kind: ivf_flat}}, users: {{kind: flat}}}}
serve: {{address: "127.0.0.1:0", admin: {{address: "127.0.0.1:0"}}, catalog: {{log: {folder}/changes.log}}}}
"""


class Shop:
    """A served retailer of so many items."""

    def __init__(self, program, folder, items):
        self.program = program
        self.folder = folder
        self.config = folder / "freshness.yaml"
        folder.mkdir(parents=True, exist_ok=True)
        self.config.write_text(CONFIGURATION.format(folder=folder, items=items, users=items // 4,
                                                    events=items * EVENTS_PER_ITEM))
        (folder / "changes.log").unlink(missing_ok=True)
        if not (folder / "run/bundle").exists():
            self.run("synthesize", self.config, "--out", folder / "source")
            for stage in ("prepare", "train", "index"):
                self.run(stage, self.config)
        self.server = subprocess.Popen([program, "serve", self.config], stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL, text=True)
        self.address = self.server.stdout.readline().split(" on ")[1].strip()
        self.admin = self.server.stdout.readline().split(" on ")[1].strip()

    def run(self, *arguments):
        subprocess.run([self.program, *map(str, arguments)], check=True, capture_output=True)

    def items(self):
        manifest = json.loads((self.folder / "run/bundle/manifest.json").read_text())
        return manifest["items"]["vectors"]

    def add(self, number):
        """Seconds of the call, and until an answer had the item."""
        brand = f"freshly made {number}"
        file = self.folder / "item.jsonl"
        file.write_text(json.dumps({"id": f"fresh-{number}", "title": "Mug", "price": 8.5, "category": "category-1",
                                    "brand": brand}) + "\n")
        start = time.monotonic()
        self.run("catalog", "upsert", file, "--admin-address", self.admin)
        added = time.monotonic()
        while f"fresh-{number}" not in self.asked(brand):
            pass
        return added - start, time.monotonic() - start

    def asked(self, brand):
        query = [self.program, "query", "--address", self.address, "--user", "a visitor", "-k", "1",
                 "--where", f"brand = '{brand}'"]
        return subprocess.run(query, check=True, capture_output=True, text=True).stdout

    def close(self):
        self.server.terminate()
        self.server.wait()


def measure(program, folder, items, new):
    shop = Shop(program, folder, items)
    try:
        times = [shop.add(number) for number in range(new)]
        upserts, seen = zip(*times)
        print(f"| {shop.items():,} | {1e3 * statistics.median(upserts):.0f} ms | {1e3 * statistics.median(seen):.0f} ms | "
              f"{1e3 * max(seen):.0f} ms |", flush=True)
    finally:
        shop.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/tools/shortlist")
    parser.add_argument("--items", default="10000,100000", help="sizes of catalogs, separated by commas")
    parser.add_argument("--new", type=int, default=30, help="items that are added to each")
    arguments = parser.parse_args()
    if not arguments.program.exists():
        sys.exit(f"there is no {arguments.program}; build it first")
    print("| items | upsert | until seen, median | slowest |\n|---|---|---|---|", flush=True)
    for items in map(int, arguments.items.split(",")):
        measure(str(arguments.program), ROOT / f"build/freshness/{items}", items, arguments.new)


if __name__ == "__main__":
    main()
