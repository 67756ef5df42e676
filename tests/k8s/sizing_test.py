"""The sizing tables of docs/scale.md are what benchmarks/sizing.py computes, and its bytes per item are those of real files."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import places

sys.path.insert(0, str(places.SOURCE / "benchmarks"))

import sizing  # noqa: E402

SHOP = """
name: sizes
directory: {root}
threads: 1
synthesize: {{users: 2500, items: 5000, events: 100000, days: 60, categories: 6}}
data:
  events: {{paths: [{root}/source/events.csv], columns: {{user: user, item: item, time: time}}}}
model: {{dimension: 16, user_hidden: [16]}}
train: {{epochs: 1, batch_size: 4096}}
index: {{items: {{kind: {kind}}}, recall_queries: 10, target_recall: 0}}
"""


class SizingTest(unittest.TestCase):
    def test_the_documentation_has_the_computed_table(self) -> None:
        self.assertIn(sizing.block(), (places.SOURCE / "docs/scale.md").read_text(),
                      "the output of benchmarks/sizing.py belongs there")

    def test_more_shoppers_never_need_fewer_servers(self) -> None:
        for kind in sizing.KINDS:
            replicas = [sizing.size(kind, sizing.Shop(1e6, 1e6, qps)).replicas for qps in (1, 100, 1e4, 1e6)]
            self.assertEqual(replicas, sorted(replicas))
            self.assertEqual(replicas[0], 2)

    def test_bytes_per_item_are_those_of_written_files(self) -> None:
        with tempfile.TemporaryDirectory(prefix="shortlist.sizes.") as folder:
            root = pathlib.Path(folder)
            self.run_stages(root, "flat", ["synthesize", "--out", str(root / "source")], ["prepare"], ["train"])
            for kind in sizing.KINDS:
                self.run_stages(root, kind, ["index"])
                manifest = json.loads((root / "bundle/manifest.json").read_text())
                self.assertEqual(manifest["items"]["kind"], kind)
                written = (root / "bundle/items.faiss").stat().st_size
                computed = sizing.index_bytes(kind, manifest["items"]["vectors"], manifest["vector_width"])
                self.assertAlmostEqual(computed / written, 1, delta=0.01, msg=kind)

    def run_stages(self, root: pathlib.Path, kind: str, *stages: list[str]) -> None:
        file = root / f"{kind}.yaml"
        file.write_text(SHOP.format(root=root, kind=kind))
        for name, *arguments in stages:
            done = subprocess.run([places.program(), name, file, *arguments], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    places.program()
    unittest.main()
