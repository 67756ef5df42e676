#!/usr/bin/env python3
"""How the cost of building a graph (hnsw) grows with items: how many distances, and how long one takes.

    benchmarks/graph_growth.py
    benchmarks/graph_growth.py --most-items 1e5

Inserting an item is a search for its neighbors. Faiss counts the distances that searches compute, so they are counted in
searches of the built graph that are as deep as those of insertion were. The vectors are normal numbers, which have no
structure that would spare distances; one thread.
"""

import argparse
import time

from peers import ONE_THREAD, run_among_peers
from scaling import powers, size

PEERS = ("numpy", "faiss-cpu")
WIDTH, LINKS, DEPTH = 64, 16, 40
QUERIES = 5000


def cpu_seconds(work):
    begin = time.process_time()
    work()
    return time.process_time() - begin


def print_row(items):
    import faiss
    import numpy
    vectors = numpy.random.default_rng(items).standard_normal((items, WIDTH), numpy.float32)
    graph = faiss.IndexHNSWFlat(WIDTH, LINKS, faiss.METRIC_INNER_PRODUCT)
    graph.hnsw.efConstruction = graph.hnsw.efSearch = DEPTH
    insertion = cpu_seconds(lambda: graph.add(vectors)) / items
    faiss.cvar.hnsw_stats.reset()
    search = cpu_seconds(lambda: graph.search(vectors[:QUERIES], 10)) / QUERIES
    distances = faiss.cvar.hnsw_stats.ndis / QUERIES
    print(f"| {items:,} | {insertion * 1e6:.0f} us | {distances:,.0f} | {search / distances * 1e9:.0f} ns |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most-items", type=size, default=10**6)
    arguments = parser.parse_args()
    run_among_peers(PEERS, ONE_THREAD)
    print("| items | CPU of an insertion | distances of a search as deep | CPU of a distance |")
    print("|---|---|---|---|")
    for items in powers(10**4, arguments.most_items):
        print_row(items)


if __name__ == "__main__":
    main()
