"""A small training job of the real program: a made-up retailer, prepared once, trained by one rank or several."""
import array
import json
import math
import pathlib
import shutil
import struct
import subprocess
import tempfile

import launch

# A job that has not ended by then hangs.
PATIENCE = 240

SETTINGS = {
    "name": "ranks",
    "threads": 1,
    "synthesize": {"users": 300, "items": 120, "events": 6000, "days": 60},
    "data": {
        "events": {"paths": ["source/events.csv"], "columns": {
            "user": "user", "item": "item", "time": "time", "event_id": "event_id", "context": ["device"]}},
        "catalog": {"paths": ["source/catalog.csv"], "attributes": ["category"]},
        "max_bad_fraction": 0.05,
    },
    "features": {"item": [{"column": "category"}], "context": [{"column": "device"}]},
    "model": {"dimension": 16, "user_hidden": [16], "dropout": 0.2},
    "train": {
        "epochs": 4, "batch_size": 64, "checkpoint_steps": 7, "early_stop": {"patience": 0},
        "communication": {"timeout_seconds": 20},
    },
}


class Job:
    """The program, its configuration and its artifacts below a directory of its own."""

    def __init__(self, program, mpirun=()):
        self.program = program
        self.mpirun = list(mpirun)
        self.scratch = tempfile.TemporaryDirectory(prefix="shortlist.ranks.")
        self.root = pathlib.Path(self.scratch.name)
        self.configuration = self.root / "job.yaml"
        self.configure()
        self.run("synthesize", "--out", str(self.root / "source"))
        self.run("prepare")

    def configure(self, **train):
        settings = json.loads(json.dumps(SETTINGS))
        settings["directory"] = str(self.root / "run")
        settings["train"].update(train)
        self.configuration.write_text(json.dumps(settings))

    def command(self, stage, *flags):
        return [self.program, stage, str(self.configuration), *flags]

    def run(self, stage, *flags):
        subprocess.run(self.command(stage, *flags), check=True, timeout=PATIENCE, capture_output=True)

    def start(self, ranks, *flags, **options):
        """One process per rank, by the variables of torchrun."""
        return launch.start(ranks, self.command("train", *flags), stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, text=True, **options)

    def train(self, ranks, *flags):
        """The report of a job that ends well."""
        processes = self.start(ranks, *flags)
        try:
            errors = [process.communicate(timeout=PATIENCE)[1] for process in processes]
        finally:
            for process in processes:
                process.kill()
        assert all(process.returncode == 0 for process in processes), "\n".join(errors)
        return self.report()

    def run_by_mpi(self, ranks, stage, *flags):
        subprocess.run([*self.mpirun, "-n", str(ranks), *self.command(stage, *flags)], check=True, timeout=PATIENCE,
                       capture_output=True)

    def train_by_mpi(self, ranks, *flags):
        self.run_by_mpi(ranks, "train", *flags)
        return self.report()

    def report(self):
        return json.loads((self.root / "run/reports/train.json").read_text())

    def parameters(self):
        """Array name to the values of all rows, of the last checkpoint's parameters and optimizer state."""
        last = self.root / "run/checkpoints/last"
        arrays = {}
        for stem in (last / "model/weights", last / "optimizer"):
            parts = sorted(stem.parent.glob(f"{stem.name}*.safetensors"))
            for index, part in enumerate(parts):
                for name, (columns, values) in read_safetensors(part).items():
                    stride = len(parts) if "embedding" in name else 1
                    rows = arrays.setdefault(name, {})
                    for row in range(len(values) // max(columns, 1)):
                        rows[row * stride + index * (stride > 1)] = values[row * columns:(row + 1) * columns]
        return {name: [value for row in sorted(rows) for value in rows[row]] for name, rows in arrays.items()}

    def resume_flags(self):
        """To go on from the last checkpoint, if there is one."""
        return ["--resume"] if (self.root / "run/checkpoints/last").exists() else []

    def forget_checkpoints(self):
        shutil.rmtree(self.root / "run/checkpoints", ignore_errors=True)


def read_safetensors(path):
    """Array name to columns and float32 values."""
    data = path.read_bytes()
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8:8 + length])
    arrays = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        arrays[name] = entry["shape"][-1], array.array("f", data[begin:end])
    return arrays


def assert_same_parameters(case, arrays, expected, tolerance):
    """Per array |a - b| / |b|, in the Euclidean norm."""
    case.assertEqual(arrays.keys(), expected.keys())
    for name, values in expected.items():
        case.assertEqual(len(arrays[name]), len(values), name)
        difference = math.dist(arrays[name], values)
        case.assertLessEqual(difference, tolerance * math.hypot(*values), name)


def assert_same_training(case, report, expected):
    """Sums over ranks round differently; nothing else does."""
    case.assertEqual(report["steps"], expected["steps"])
    case.assertEqual(len(report["epochs"]), len(expected["epochs"]))
    for epoch, other in zip(report["epochs"], expected["epochs"]):
        case.assertAlmostEqual(epoch["loss"], other["loss"], delta=1e-4 * other["loss"])
        case.assertAlmostEqual(epoch["validation_metric"], other["validation_metric"], delta=5e-3)
