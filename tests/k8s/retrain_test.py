"""The nightly job's steps, run by the real program in their order as the kubelet runs them: each only after the one before has
succeeded. A model that passes the gates is published; one that does not ends the job as a failure that is not tried again."""
import pathlib
import re
import subprocess
import tempfile
import unittest

import places

places.require_packages()

import manifests as kubernetes  # noqa: E402

GATES = re.compile(r"--(at-least|better-than)=")
SHOP = """
name: shop
directory: {root}/runs/shop
threads: 1
synthesize: {{users: 300, items: 120, events: 6000, days: 60, categories: 6}}
data:
  events: {{paths: [{root}/source/events.csv], columns: {{user: user, item: item, time: time}}}}
model: {{dimension: 8, user_hidden: [8]}}
train: {{epochs: 1, batch_size: 1024}}
evaluate: {{k: [10, 20], bootstrap_samples: 10, baselines: [popularity, item_knn]}}
"""


class RetrainTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="shortlist.retrain.")
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.configuration = self.root / "shop.yaml"
        self.configuration.write_text(SHOP.format(root=self.root))
        self.call("synthesize", str(self.configuration), "--out", str(self.root / "source"))
        (cron,) = kubernetes.load((places.TRAINING / "retrain.yaml").read_text())
        self.job = cron["spec"]["jobTemplate"]["spec"]
        (self.pod,) = kubernetes.pods(cron)

    def call(self, *arguments: str) -> int:
        return subprocess.run([places.program(), *arguments], capture_output=True, timeout=120).returncode

    def run_steps(self, gate: str) -> tuple[str, int]:
        """The last step that ran, and its status, with one gate in the place of the manifest's."""
        name, status = "", 0
        for container in self.pod.containers():
            moved = [re.sub("^/etc/shortlist/shop.yaml$", str(self.configuration), word) for word in container["command"]]
            moved = [re.sub("^/models$", str(self.root / "models"), word) for word in moved if not GATES.match(word)]
            name, status = container["name"], self.call(*moved[1:], *([gate] if container["name"] == "evaluate" else []))
            if status != 0:
                break
        return name, status

    def published(self) -> list[pathlib.Path]:
        return list((self.root / "models").glob("*/manifest.json"))

    def test_a_model_that_passes_is_published(self) -> None:
        self.assertEqual(self.run_steps("--at-least=ndcg@10=0"), ("publish", 0))
        self.assertEqual(len(self.published()), 1)

    def test_a_model_that_does_not_pass_ends_the_job_and_is_not_published(self) -> None:
        step, status = self.run_steps("--at-least=ndcg@10=1")
        self.assertEqual(step, "evaluate")
        self.assertEqual(self.published(), [])
        rules = [rule for rule in self.job["podFailurePolicy"]["rules"] if rule.get("onExitCodes", {}).get(
            "containerName") == "evaluate"]
        self.assertEqual([(rule["action"], rule["onExitCodes"]["values"]) for rule in rules], [("FailJob", [status])])


if __name__ == "__main__":
    places.program()
    unittest.main()
