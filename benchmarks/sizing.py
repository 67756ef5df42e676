#!/usr/bin/env python3
"""How many servers a shop needs, and how large: from the measured CPU per answer of docs/benchmarks.md, the layout of index
files (docs/formats.md) and the formulas of docs/scale.md.

  benchmarks/sizing.py                                          writes what docs/scale.md has of it
  benchmarks/sizing.py --items 2e6 --users 5e6 --qps 3000       a shop of one's own, every kind of index
"""
import argparse
import math
import pathlib
import re
from typing import NamedTuple

DOCS = pathlib.Path(__file__).resolve().parents[1] / "docs"
BENCHMARKS, PAGE = DOCS / "benchmarks.md", DOCS / "scale.md"
BLOCK = re.compile(r"(?<=<!-- sizing: benchmarks/sizing.py -->\n).*?(?=<!-- end -->)", re.DOTALL)
MEASURED_ITEMS, MEASURED_WIDTH = 100_000, 64
KINDS = ("flat", "hnsw", "ivf_flat", "ivf_pq_fastscan")
LINKS, PROBES = 32, 16  # index.items.hnsw_links, probes
PROCESS_BYTES = 100e6   # what a server takes beside its bundle; 55 MB were measured with an empty cache


class Shop(NamedTuple):
    items: float
    users: float
    qps: float
    width: int = 64
    events: float = 30       # of a shopper's history
    text: float = 100        # bytes of ids, titles and attributes of an item
    cores: int = 4           # of a server
    busy: float = 0.6        # share of the cores that is used at the peak
    hourly: float = 0.05     # price of a core for an hour
    batch: int = 1           # shoppers per call: 1 or 16


class Size(NamedTuple):
    replicas: int
    cores: int
    bundle: float
    memory: float            # of a server: two bundles at once
    monthly: float
    microseconds: float


def measured(kind: str, batch: int) -> tuple[float, float]:
    """Microseconds of a server's CPU per shopper: of the whole answer, and of Faiss alone in it."""
    row = re.search(rf"^\| {kind} \| {batch} \|(.*)\|$", BENCHMARKS.read_text(), re.MULTILINE)
    assert row, f"{BENCHMARKS} has no row of {kind} with {batch} shoppers per call"
    columns = [float(cell) for cell in row.group(1).split("|")]
    return columns[8], columns[0]


def lists(items: float) -> float:
    return min(4 * math.sqrt(items), items / 39)


def growth(kind: str, items: float, width: int) -> float:
    """The work of a search beside that of the measured one: vectors scored times width."""
    scored = {
        "flat": lambda n: n,
        "hnsw": math.log2,
        "ivf_flat": lambda n: lists(n) + PROBES * n / lists(n),
        "ivf_pq_fastscan": lambda n: lists(n) + PROBES * n / lists(n),
    }[kind]
    return scored(items) / scored(MEASURED_ITEMS) * width / MEASURED_WIDTH


def microseconds(kind: str, shop: Shop) -> float:
    """What of an answer is not its search stays; what is, grows. All of `flat` counts as search."""
    whole, search = measured(kind, shop.batch)
    search = min(search, whole)
    return whole - search + search * growth(kind, shop.items, shop.width)


def index_bytes(kind: str, count: float, width: int) -> float:
    """Of a Faiss file, as docs/formats.md describes it; an inner product by lists takes a coordinate more."""
    wide = width + 1
    padded = math.ceil(wide / 2) * 2
    codes = math.ceil(padded / 4) * (count + 16 * lists(count))  # blocks of 32, of which each list's last is half empty
    return {
        "flat": count * 4 * width,
        "hnsw": count * (4 * width + 8 * LINKS + 16),
        "ivf_flat": count * (4 * wide + 8) + lists(count) * 4 * wide,
        "ivf_pq_fastscan": count * (4 * padded + 8) + codes + (lists(count) + 16) * 4 * padded,  # 16 entries of a codebook
    }[kind]


def size(kind: str, shop: Shop) -> Size:
    shoppers = shop.users * (4 * shop.width + 12 * shop.events + 24)
    bundle = index_bytes(kind, shop.items, shop.width) + shop.items * shop.text + shoppers
    cost = microseconds(kind, shop)
    needed = shop.qps * cost / 1e6 / (shop.cores * shop.busy)
    replicas = max(2, math.ceil(needed) + 1)
    memory = 2 * bundle + PROCESS_BYTES
    return Size(replicas, replicas * shop.cores, bundle, memory, replicas * shop.cores * shop.hourly * 730, cost)


def gigabytes(count: float) -> str:
    return f"{count / 1e9:.2g} GB" if count < 10e9 else f"{count / 1e9:.0f} GB"


def row(kind: str, shop: Shop) -> str:
    found = size(kind, shop)
    return (f"| {shop.items:,.0f} | {shop.qps:,.0f} | `{kind}` | {found.microseconds:,.0f} us | {found.replicas} | "
            f"{found.cores} | {gigabytes(found.bundle)} | {gigabytes(found.memory)} | {found.monthly:,.0f} |")


HEADER = """| items | shoppers/s | index | CPU per answer | replicas | cores | bundle | memory of each | a month |
|---|---|---|---|---|---|---|---|---|"""


def answers() -> str:
    """What the sizes are computed from."""
    of_kinds = (f"| `{kind}` | {measured(kind, 1)[0]:.0f} us | {measured(kind, 16)[0]:.0f} us |" for kind in KINDS)
    return "\n".join(["| CPU per answer | single calls | in batches of 16 |", "|---|---|---|", *of_kinds])


def table() -> str:
    shops = [Shop(items, users, qps) for items, users in ((1e5, 1e6), (1e6, 1e7), (1e7, 1e7)) for qps in (2000, 20000)]
    return "\n".join([HEADER, *(row(kind, shop) for shop in shops for kind in KINDS)])


def block() -> str:
    return f"""{answers()}

With d 64, 30 events per shopper, ten shoppers per item (one at 10 million), servers of four cores at $.05 per core and hour,
and single calls:

{table()}
"""


def write() -> None:
    """What docs/scale.md has of it, anew."""
    page = PAGE.read_text()
    assert BLOCK.search(page), f"{PAGE} has no marks around the sizes"
    PAGE.write_text(BLOCK.sub(lambda _: block(), page))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, kind in Shop.__annotations__.items():
        parser.add_argument(f"--{name}", type=float if kind is float else int, default=Shop._field_defaults.get(name))
    given = {name: value for name, value in vars(parser.parse_args()).items() if value is not None}
    if "items" not in given:
        write()
        return
    shop = Shop(**{"users": 0, "qps": 1000, **given})
    print("\n".join([HEADER, *(row(kind, shop) for kind in KINDS)]))


if __name__ == "__main__":
    main()
