#!/usr/bin/env python3
"""Sets the tuned index beside the best that hand-tuning of hnswlib, faiss-cpu and the program's own Faiss reaches.

    benchmarks/indexes.py                            40,981 item vectors of derived_mips_gowalla, 2,000 user vectors
    benchmarks/indexes.py --bundle runs/gowalla/bundle --k 10 --target 0.95

By hand means a grid: flat, inverted lists, the same with 8-bit codes or 4-bit product-quantizer codes and refinement, and
graphs, each with several numbers of lists or links, on the vectors as they are and on vectors of equal norm; the least
probes, depth and refinement that reach the target on the same queries; of each family the fastest. Then everything is
timed in turns, one thread each, in CPU time, one query at a time and all in one call. Medians over the rounds.

Peers are those of peers.py, and left out by name where they cannot be installed. All use AVX2: hnswlib is compiled for
it and faiss-cpu told by its environment, as this machine may have more. A bundle must have a
flat index, and its sample is what asks (index.sample_queries). hnswlib's loop over queries is its own, so its time for
all in one call stands for single calls too, which spares it Python's share.
"""

import argparse
import json
import os
import pathlib
import statistics
import struct
import subprocess
import sys
import time

from peers import log, run_among_peers

ROOT = pathlib.Path(__file__).resolve().parent.parent
PEERS = ("numpy", "zstandard", "faiss-cpu", "hnswlib")
PEERS_USE = {"FAISS_OPT_LEVEL": "avx2", "FAISS_SIMD_LEVEL": "AVX2", "OMP_NUM_THREADS": "1"}
REFINEMENTS = (2, 4, 8, 16)


def read_vector_file(path):
    import numpy
    import zstandard
    data = zstandard.ZstdDecompressor().decompress(path.read_bytes())
    width = struct.unpack("<i", data[:4])[0]
    return numpy.frombuffer(data, dtype="<f4").reshape(-1, width + 1)[:, 1:].copy()


def read_bundle(bundle):
    import faiss
    import numpy
    index = faiss.read_index(str(bundle / "items.faiss"))
    items = index.reconstruct_n(0, index.ntotal)
    data = (bundle / "sample.safetensors").read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    entry = json.loads(data[8:8 + length])["queries"]
    begin, end = entry["data_offsets"]
    queries = numpy.frombuffer(data[8 + length + begin:8 + length + end], dtype="<f4").reshape(entry["shape"])
    return items, queries.copy()


def with_equal_norms(items, queries, width):
    import numpy
    squares = (items.astype("f8") ** 2).sum(1)
    wide = numpy.zeros((len(items), width), "f4")
    wide[:, :items.shape[1]] = items
    wide[:, items.shape[1]] = numpy.sqrt(numpy.maximum(0, squares.max() - squares))
    asked = numpy.zeros((len(queries), width), "f4")
    asked[:, :queries.shape[1]] = queries
    return wide, asked


def least_that_reaches(least, most, reaches):
    low = high = least
    while not reaches(high):
        if high >= most:
            return None
        low, high = high + 1, min(most, high * 2)
    while high - low > high // 32:
        middle = (low + high) // 2
        if reaches(middle):
            high = middle
        else:
            low = middle + 1
    return high


class Truth:
    def __init__(self, items, queries, k):
        import numpy
        scores = queries @ items.T
        best = numpy.argpartition(-scores, k - 1, axis=1)[:, :k]
        self.best = [set(row) for row in best.tolist()]
        self.k = k

    def recall(self, ids):
        hits = sum(len(best & set(row)) for best, row in zip(self.best, ids.tolist()))
        return hits / (len(self.best) * self.k)


class FaissPeer:
    """An index of faiss-cpu; its settings can be given to the program's own Faiss."""

    library = "faiss-cpu"

    def __init__(self, family, factory, by_distance, items, queries):
        import faiss
        self.family, self.factory, self.by_distance = family, factory, by_distance
        self.probes = self.depth = self.refine = 0
        width = items.shape[1]
        self.queries = queries
        if by_distance:
            items, self.queries = with_equal_norms(items, queries, width + 8)
        self.index = faiss.index_factory(items.shape[1], factory, faiss.METRIC_INNER_PRODUCT)
        self.base = faiss.downcast_index(self.index.base_index) if "RFlat" in factory else self.index
        if by_distance:
            self.quantizer = faiss.IndexFlatL2(items.shape[1])
            self.base.own_fields = False
            self.base.quantizer = self.quantizer
            self.base.cp.spherical = False
        self.index.train(items)
        self.index.add(items)

    def set(self, value):
        if "HNSW" in self.factory:
            self.depth = value
            self.base.hnsw.efSearch = value
        elif "IVF" in self.factory:
            self.probes = value
            self.base.nprobe = value

    def set_refinement(self, factor):
        self.refine = factor
        if factor:
            self.index.k_factor = factor

    def most(self):
        return 2000 if "HNSW" in self.factory else self.base.nlist // 2 if "IVF" in self.factory else 1

    def variants(self):
        return REFINEMENTS if "RFlat" in self.factory else (0,)

    def together(self, k):
        return self.index.search(self.queries, k)[1]

    def singly(self, k):
        import faiss
        import numpy
        scores, ids = numpy.empty((1, k), "f4"), numpy.empty((1, k), "i8")
        to_scores, to_ids = faiss.swig_ptr(scores), faiss.swig_ptr(ids)
        rows = [faiss.swig_ptr(row) for row in self.queries]
        begin = time.thread_time()
        for row in rows:
            self.index.search_c(1, row, k, to_scores, to_ids)
        return (time.thread_time() - begin) * 1e6 / len(rows)

    def settings(self):
        parts = [("probes", self.probes), ("depth", self.depth), ("refine", self.refine)]
        where = " by distance" if self.by_distance else ""
        return self.factory + where + "".join(f", {name} {value}" for name, value in parts if value)

    def command(self):
        return f"add {self.factory} {int(self.by_distance)} {self.probes} {self.depth} {self.refine}"


class HnswlibPeer:
    library = "hnswlib"
    family = "graph"

    def __init__(self, links, by_distance, items, queries):
        import hnswlib
        self.links, self.by_distance, self.queries = links, by_distance, queries
        if by_distance:
            items, self.queries = with_equal_norms(items, queries, items.shape[1] + 4)
        self.index = hnswlib.Index("l2" if by_distance else "ip", items.shape[1])
        self.index.init_index(len(items), M=links, ef_construction=200)
        self.index.add_items(items, num_threads=os.cpu_count())
        self.index.set_num_threads(1)

    def set(self, value):
        self.depth = value
        self.index.set_ef(value)

    def set_refinement(self, factor):
        pass

    def most(self):
        return 2000

    def variants(self):
        return (0,)

    def together(self, k):
        return self.index.knn_query(self.queries, k=k, num_threads=1)[0]

    def singly(self, k):
        begin = time.thread_time()
        self.together(k)
        return (time.thread_time() - begin) * 1e6 / len(self.queries)

    def settings(self):
        return f"M {self.links}{' by distance' if self.by_distance else ''}, ef {self.depth}"


FAMILIES = ("flat", "lists", "bytes", "codes", "graph")


def contenders(items, queries):
    """What is tried by hand: its family, and what makes it."""
    count, width = items.shape
    lists = sorted({min(count // 39, int(factor * count ** 0.5)) for factor in (2, 4, 8)})
    makers = []
    try:
        import faiss
        log(f"faiss-cpu {faiss.__version__}")
        makers.append(("flat", lambda: FaissPeer("flat", "Flat", False, items, queries)))
        for number in lists:
            for by_distance in (False, True):
                wide = width + 8 if by_distance else width
                factories = [("lists", f"IVF{number},Flat"), ("bytes", f"IVF{number},SQ8")]
                factories += [("codes", f"IVF{number},PQ{wide // values}x4fs,RFlat") for values in (2, 4)
                              if wide % values == 0]
                makers += [(family, lambda a=family, b=factory, c=by_distance: FaissPeer(a, b, c, items, queries))
                           for family, factory in factories]
        makers += [("graph", lambda a=links: FaissPeer("graph", f"HNSW{a}", False, items, queries))
                   for links in (16, 32)]
    except ImportError:
        log("left out: faiss-cpu")
    try:
        import hnswlib
        log(f"hnswlib {getattr(hnswlib, '__version__', '')}")
        makers += [("graph", lambda a=links, b=by_distance: HnswlibPeer(a, b, items, queries))
                   for links in (16, 32) for by_distance in (False, True)]
    except ImportError:
        log("left out: hnswlib")
    return makers


def tuned_by_hand(make, truth, target):
    """The fastest settings of a contender that reach the target; none if there are none."""
    peer = make()
    best = None
    for refinement in peer.variants():
        peer.set_refinement(refinement)

        def reaches(value):
            peer.set(value)
            return truth.recall(peer.together(truth.k)) >= target

        value = least_that_reaches(truth.k if peer.family == "graph" else 1, peer.most(), reaches)
        if value is None:
            continue
        peer.set(value)
        microseconds = peer.singly(truth.k)
        if best is None or microseconds < best[0]:
            best = (microseconds, value, refinement)
    if best is None:
        return None
    peer.set_refinement(best[2])
    peer.set(best[1])
    peer.hand_microseconds = best[0]
    return peer


class Program:
    def __init__(self, path, items, queries, k, target, folder):
        items.astype("<f4").tofile(folder / "items.f32")
        queries.astype("<f4").tofile(folder / "queries.f32")
        self.process = subprocess.Popen(
            [path, folder / "items.f32", folder / "queries.f32", str(items.shape[1]), str(k), str(target)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.chosen = json.loads(self.process.stdout.readline())

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def chosen_text(settings):
    kind = settings["kind"]
    if kind == "flat":
        return kind
    if kind == "hnsw":
        return f"hnsw, links {settings['hnsw_links']}, depth {settings['hnsw_search_depth']}"
    text = f"{kind}, lists {settings['lists']}, probes {settings['probes']}"
    return text + (f", {settings['pq_bytes']} bytes, refine {settings['refine_factor']}" if "pq" in kind else "")


def measure(program, peers, k, rounds):
    """Per contender the times of each round, one by one and together: the tuned, the peers, the peers in this Faiss."""
    times = {}
    for _ in range(rounds):
        for place, pair in enumerate(program.ask("time")):
            times.setdefault(("program", place), []).append((pair["single"], pair["together"]))
        for place, peer in enumerate(peers):
            begin = time.thread_time()
            peer.together(k)
            together = (time.thread_time() - begin) * 1e6 / len(peer.queries)
            times.setdefault(("peer", place), []).append((peer.singly(k), together))
    return {key: tuple(statistics.median(column) for column in zip(*rows)) for key, rows in times.items()}


def compare(items, queries, k, target, arguments, folder):
    families = arguments.families.split(",")
    truth = Truth(items, queries, k)
    program = Program(arguments.program, items, queries, k, target, folder)
    log(f"tuned: {chosen_text(program.chosen['settings'])}, recall {program.chosen['recall']:.4f}")
    best = {}
    for family, make in contenders(items, queries):
        if family not in families:
            continue
        peer = tuned_by_hand(make, truth, target)
        if peer is None:
            continue
        log(f"{peer.library:10} {peer.settings():60} {peer.hand_microseconds:8.1f} us")
        key = (peer.library, peer.family)
        if key not in best or peer.hand_microseconds < best[key].hand_microseconds:
            best[key] = peer
    peers = list(best.values())
    rows = [("Shortlist, tuned", chosen_text(program.chosen["settings"]), program.chosen["recall"], ("program", 0))]
    rows += [(peer.library, peer.settings(), truth.recall(peer.together(k)), ("peer", place))
             for place, peer in enumerate(peers)]
    for place, peer in enumerate([peer for peer in peers if peer.library == "faiss-cpu"], start=1):
        recall = program.ask(peer.command())["recall"]
        rows.append(("this Faiss", peer.settings(), recall, ("program", place)))
    times = measure(program, peers, k, arguments.rounds)
    program.process.stdin.close()
    return [(library, settings, recall, *times[key]) for library, settings, recall, key in rows]


def print_table(rows, k, target):
    print(f"\nrecall@{k} of at least {target}\n")
    print("| library | settings | recall | one by one | all in one call |\n|---|---|---|---|---|")
    reached = [row for row in rows[1:] if row[2] >= target - 0.002]
    for library, settings, recall, single, together in sorted(rows, key=lambda row: row[3]):
        print(f"| {library} | {settings} | {recall:.4f} | {single:.1f} | {together:.1f} |")
    for name, column in (("one by one", 3), ("all in one call", 4)):
        fastest = min(row[column] for row in reached)
        print(f"\ntuned / best by hand, {name}: {rows[0][column] / fastest:.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/benchmarks/index_trials")
    parser.add_argument("--data", type=pathlib.Path,
                        default=os.environ.get("SHORTLIST_DATA_DIR", ROOT.parent / "shared" / "data"))
    parser.add_argument("--bundle", type=pathlib.Path)
    parser.add_argument("--k", type=int)
    parser.add_argument("--target", type=float)
    parser.add_argument("--families", default=",".join(FAMILIES), help="tried by hand, separated by commas")
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    folder = ROOT / "build" / "indexes"
    folder.mkdir(parents=True, exist_ok=True)
    run_among_peers(PEERS, PEERS_USE)
    if arguments.bundle:
        items, queries = read_bundle(arguments.bundle)
    else:
        vectors = pathlib.Path(arguments.data) / "derived_mips_gowalla"
        if not vectors.exists():
            sys.exit(f"left out: no vectors in {vectors}")
        items, queries = (read_vector_file(vectors / f"{name}.fvecs.zst") for name in ("items", "queries"))
    goals = [(arguments.k, arguments.target or 0.95)] if arguments.k else [(10, 0.95), (100, 0.90)]
    print(f"{items.shape[0]} vectors x {items.shape[1]}, {len(queries)} queries, us of CPU per query")
    for k, target in goals:
        print_table(compare(items, queries, k, target, arguments, folder), k, target)


if __name__ == "__main__":
    main()
