"""Gowalla check-ins in the split of NGCF and LightGCN, and the recall of vectors on it. Needs numpy, scipy and zstandard."""

import statistics

import numpy
import scipy.sparse
import zstandard

LENGTH = 20


def read_shoppers(path):
    with path.open("rb") as file:
        text = zstandard.ZstdDecompressor().stream_reader(file).read().decode()
    rows = [[int(word) for word in line.split()] for line in text.splitlines()]
    return {row[0]: sorted(set(row[1:])) for row in rows if row}


class Gowalla:
    """What shoppers have, and what they are tested on: items by shopper."""

    def __init__(self, train, test):
        self.train, self.test = train, test
        shoppers = max(max(train), max(test)) + 1
        lists = [train.get(shopper, []) for shopper in range(shoppers)]
        self.offsets = numpy.cumsum([0] + [len(items) for items in lists]).astype(numpy.int64)
        self.ids = numpy.concatenate([numpy.array(items, numpy.int32) for items in lists])
        self.items = 1 + max(max(items, default=0) for part in (train, test) for items in part.values())
        ones = numpy.ones(len(self.ids), numpy.float32)
        self.matrix = scipy.sparse.csr_matrix((ones, self.ids, self.offsets), (shoppers, self.items))

    @classmethod
    def read(cls, folder):
        return cls(*(read_shoppers(folder / f"{part}.txt.zst") for part in ("train", "test")))

    def without_a_tenth(self, seed):
        """Tested on a tenth of each shopper's items, drawn from those to learn from."""
        random = numpy.random.default_rng(seed)
        kept, held_out = {}, {}
        for shopper, items in self.train.items():
            order = random.permutation(items).tolist()
            tested = len(items) // 10
            held_out[shopper], kept[shopper] = sorted(order[:tested]), sorted(order[tested:])
        return Gowalla(kept, held_out)

    def recall(self, shoppers, items):
        """Of the best items in the order of dot products, without those that a shopper has; mean over who has targets."""
        asking = [shopper for shopper, targets in self.test.items() if targets]
        recalls = []
        for begin in range(0, len(asking), 1024):
            rows = asking[begin:begin + 1024]
            scores = shoppers[rows] @ items.T
            for row, shopper in zip(scores, rows):
                row[self.matrix[shopper].indices] = -numpy.inf
                best = numpy.argpartition(-row, LENGTH)[:LENGTH]
                targets = self.test[shopper]
                recalls.append(len(set(best.tolist()) & set(targets)) / len(targets))
        return statistics.mean(recalls)
