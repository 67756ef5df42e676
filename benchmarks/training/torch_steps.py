"""The same training step by PyTorch, FBGEMM and TorchRec, for training.py, which runs them in turns with the program.

    PYTHONPATH=benchmarks torch_steps.py LIBRARY FOLDER TASK

Starts from the weights and batches that training_step left in FOLDER, and answers each line of stdin, a number of
steps, with a line of JSON: their time and mean loss. Libraries:

    torch_sparse   EmbeddingBag with sparse gradients, torch.optim.Adagrad
    torch_dense    EmbeddingBag with dense gradients, the fused torch.optim.Adagrad, which gives the same weights
    fbgemm         one table-batched embedding for histories and candidates, Adagrad by row inside of its backward pass
    torchrec       the same through FusedEmbeddingBagCollection and KeyedJaggedTensor

"+compile" behind a name compiles everything but the tables with torch.compile, "+bf16" lets products of float32 matrices
round their factors to bfloat16 (torch.set_float32_matmul_precision). What depends on a batch alone, in each
library's own form, and the mask of accidental hits with the logQ correction, is made before the clock runs.
"""

import json
import pathlib
import sys
import time

import arrays
import torch


DENSE_RATE, BETAS, EPSILON = 0.003, (0.9, 0.98), 1e-8


def read_arrays(path):
    return {name: torch.from_numpy(array.copy()) for name, array in arrays.read(path).items()}


class Head(torch.nn.Module):
    """Everything behind the tables: the user tower's perceptron, cosines, and the softmax over the batch's items."""

    def __init__(self, weights, scale):
        super().__init__()
        self.wide, self.narrow = (self.layer(weights, place) for place in (0, 1))
        self.scale = scale

    @staticmethod
    def layer(weights, place):
        weight = weights[f"user.layer_{place}.weight"]
        layer = torch.nn.Linear(*weight.shape)
        with torch.no_grad():
            layer.weight.copy_(weight.T)
            layer.bias.copy_(weights[f"user.layer_{place}.bias"].flatten())
        return layer

    def forward(self, pooled, items, bias, positives):
        user = pooled + self.narrow(torch.relu(self.wide(pooled)))
        user = torch.nn.functional.normalize(user, dim=1)
        items = torch.nn.functional.normalize(items, dim=1)
        logits = torch.addmm(bias, user, items.T, alpha=self.scale)
        return torch.nn.functional.cross_entropy(logits, positives)


class TorchTable:
    """One EmbeddingBag that both towers read, and its optimizer."""

    def __init__(self, table, task, sparse):
        self.bag = torch.nn.EmbeddingBag.from_pretrained(table, freeze=False, mode="sum", sparse=sparse)
        fused = {} if sparse else {"fused": True}
        self.optimizer = torch.optim.Adagrad(self.bag.parameters(), lr=task["train"]["optimizer"]["embedding_rate"],
                                             eps=EPSILON, **fused)

    def batch(self, histories, weights, candidates):
        return histories, weights, candidates

    def read(self, batch):
        histories, weights, candidates = batch
        pooled = self.bag(histories, per_sample_weights=weights)
        return pooled, torch.nn.functional.embedding(candidates, self.bag.weight, sparse=self.bag.sparse)

    def update(self):
        self.optimizer.step()
        self.optimizer.zero_grad()


class FbgemmTable:
    """Table-batched embedding: histories and candidates are two features of one table. Updates in the backward pass."""

    def __init__(self, table, task):
        from fbgemm_gpu.split_embedding_configs import EmbOptimType
        from fbgemm_gpu.split_table_batched_embeddings_ops_common import EmbeddingLocation
        from fbgemm_gpu.split_table_batched_embeddings_ops_training import (
            ComputeDevice, SplitTableBatchedEmbeddingBagsCodegen)
        self.width = table.shape[1]
        self.tables = SplitTableBatchedEmbeddingBagsCodegen(
            [(len(table), self.width, EmbeddingLocation.HOST, ComputeDevice.CPU)], feature_table_map=[0, 0],
            optimizer=EmbOptimType.EXACT_ROWWISE_ADAGRAD, learning_rate=task["train"]["optimizer"]["embedding_rate"],
            eps=EPSILON)
        self.tables.split_embedding_weights()[0].data.copy_(table)

    def batch(self, histories, weights, candidates):
        rows, length = histories.shape
        ids = torch.cat([histories.flatten(), candidates]).long()
        all_weights = torch.cat([weights.flatten(), torch.ones(rows)])
        lengths = torch.tensor([length] * rows + [1] * rows)
        return ids, torch.cat([torch.zeros(1, dtype=torch.long), lengths.cumsum(0)]), all_weights

    def read(self, batch):
        return self.tables(*batch).split(self.width, dim=1)

    def update(self):
        pass


class TorchrecTable:
    """The same by TorchRec's own module, which calls FBGEMM."""

    def __init__(self, table, task):
        import torchrec
        from torchrec.modules.fused_embedding_modules import FusedEmbeddingBagCollection
        self.collection = FusedEmbeddingBagCollection(
            tables=[torchrec.EmbeddingBagConfig(name="item_table", num_embeddings=len(table), embedding_dim=table.shape[1],
                                                feature_names=["history", "candidate"],
                                                pooling=torchrec.PoolingType.SUM)],
            optimizer_type=torchrec.optim.RowWiseAdagrad, is_weighted=True, device=torch.device("cpu"),
            optimizer_kwargs={"lr": task["train"]["optimizer"]["embedding_rate"], "eps": EPSILON})
        with torch.no_grad():
            self.collection.state_dict()["embedding_bags.item_table.weight"].copy_(table)

    def batch(self, histories, weights, candidates):
        from torchrec import KeyedJaggedTensor
        rows, length = histories.shape
        return KeyedJaggedTensor.from_lengths_sync(
            keys=["history", "candidate"], values=torch.cat([histories.flatten(), candidates]).long(),
            weights=torch.cat([weights.flatten(), torch.ones(rows)]),
            lengths=torch.tensor([length] * rows + [1] * rows))

    def read(self, batch):
        read = self.collection(batch)
        return read["history"], read["candidate"]

    def update(self):
        pass


def make_table(library, table, task):
    if library.startswith("torch_"):
        return TorchTable(table, task, sparse=library == "torch_sparse")
    return FbgemmTable(table, task) if library == "fbgemm" else TorchrecTable(table, task)


class Trainer:
    def __init__(self, library, compiled, weights, batches, task):
        self.table = make_table(library, weights["item_id.embedding"], task)
        head = Head(weights, 1 / task["model"]["temperature"])
        self.optimizer = torch.optim.Adam(head.parameters(), lr=DENSE_RATE, betas=BETAS, eps=EPSILON, fused=True)
        self.head = torch.compile(head) if compiled else head
        self.batches = [self.prepared(batch) for batch in batches]
        self.steps = 0

    def prepared(self, batch):
        candidates = batch["candidates"]
        accidental = candidates[None, :] == candidates[:, None]
        accidental.fill_diagonal_(False)
        bias = (-batch["log_q"]).expand(accidental.shape).masked_fill(accidental, float("-inf"))
        read = self.table.batch(batch["histories"], batch["weights"], candidates)
        return read, bias.contiguous(), torch.arange(len(candidates))

    def step(self):
        read, bias, positives = self.batches[self.steps % len(self.batches)]
        self.steps += 1
        loss = self.head(*self.table.read(read), bias, positives)
        loss.backward()
        self.table.update()
        self.optimizer.step()
        self.optimizer.zero_grad()
        return loss.detach()


def grouped(named):
    batches = {}
    for name, array in named.items():
        number, part = name.split(".")
        batches.setdefault(int(number), {})[part] = array
    return [batches[number] for number in sorted(batches)]


def main():
    library, folder, task = sys.argv[1], pathlib.Path(sys.argv[2]), json.loads(sys.argv[3])
    torch.set_num_threads(task["threads"])
    torch.set_num_interop_threads(1)
    batches = grouped(read_arrays(folder / "batches.safetensors"))
    name, *ways = library.split("+")
    if "bf16" in ways:
        torch.set_float32_matmul_precision("medium")
    trainer = Trainer(name, "compile" in ways, read_arrays(folder / "weights.safetensors"), batches, task)
    print(json.dumps({"torch": torch.__version__}), flush=True)
    for line in sys.stdin:
        wall, cpu = time.perf_counter(), time.process_time()
        losses = torch.stack([trainer.step() for _ in range(int(line))])
        took = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
        print(json.dumps({**took, "loss": float(losses.mean())}), flush=True)


if __name__ == "__main__":
    main()
