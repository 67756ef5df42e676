"""The nightly jobs' command, run by the real program as the kubelet runs it: what each status makes of the job."""
import json
import pathlib
import subprocess
import tempfile
import unittest
from typing import Any

import places

places.require_packages()

import manifests as kubernetes  # noqa: E402
import yaml  # noqa: E402
from helm import Helm  # noqa: E402

CONFIGURATION = {
    "synthesize": {"users": 300, "items": 120, "events": 6000, "days": 60, "categories": 6},
    "data": {"events": {"paths": ["/lake/events"], "columns": {"user": "user", "item": "item", "time": "time"}},
             "split": {"rule": "time", "validation_days": 1, "test_days": 2}},
    "threads": 1, "model": {"dimension": 8, "user_hidden": [8]}, "train": {"epochs": 1, "batch_size": 1024},
    "evaluate": {"k": [10, 20], "bootstrap_samples": 10, "baselines": ["popularity"]},
    "index": {"items": {"kind": "flat"}},
}
CLAIMS = {"lake": {"claimName": "lake", "subPath": "one"}, "runs": {"claimName": "runs"}}


def chart(configuration: dict[str, Any]) -> list[kubernetes.Manifest]:
    given = json.dumps({"enabled": True, "configuration": configuration, **CLAIMS})
    return kubernetes.load(Helm(places.helm_programs()[-1], places.CHART).render(changes=(f"retrain={given}",)))


def cron_job(documents: list[kubernetes.Manifest]) -> kubernetes.Manifest:
    return kubernetes.the(documents, "CronJob")


def action(cron: kubernetes.Manifest, status: int) -> str:
    """What becomes of the job when its container ends with a status other than 0."""
    for rule in cron["spec"]["jobTemplate"]["spec"]["podFailurePolicy"]["rules"]:
        if status in rule.get("onExitCodes", {}).get("values", []):
            return rule["action"]
    return "Count"


class RetrainTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="shortlist.retrain.")
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        (self.root / "lake").mkdir()
        (self.root / "models").mkdir()
        for users, file in ((300, "first.csv"), (310, "second.csv")):
            seed = self.root / "seed.yaml"
            seed.write_text(yaml.safe_dump({**CONFIGURATION, "directory": str(self.root / "seed"), "synthesize": {
                **CONFIGURATION["synthesize"], "users": users}}))
            made = self.root / "made"
            self.assertEqual(self.call("synthesize", str(seed), "--out", str(made)).returncode, 0)
            (made / "events.csv").rename(self.root / file)

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([places.program(), *arguments], capture_output=True, text=True, timeout=200)

    def bring(self, file: str) -> None:
        (self.root / "lake/events").mkdir(exist_ok=True)
        (self.root / file).rename(self.root / "lake/events" / file)

    def run_job(self, documents: list[kubernetes.Manifest]) -> int:
        """The container's command with its configuration, volumes being folders."""
        cron = cron_job(documents)
        (pod,) = kubernetes.pods(cron)
        (container,) = pod.containers()
        mounted = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
        (volume,) = [volume for volume in pod.spec["volumes"] if "configMap" in volume]
        (written,) = [each for each in kubernetes.of_kind(documents, "ConfigMap")
                      if each["metadata"]["name"] == volume["configMap"]["name"]]
        moved = written["data"]["shop.yaml"]
        for name in ("lake", "runs", "models"):
            moved = moved.replace(mounted[name] + "/", f"{self.root}/{name}/")
            moved = moved.replace(f"models: {mounted['models']}\n", f"models: {self.root}/models\n")
        file = self.root / "shop.yaml"
        file.write_text(moved)
        command = [str(file) if word.startswith(mounted[volume["name"]]) else word for word in container["command"]]
        return self.call(*command[1:]).returncode

    def published(self) -> set[str]:
        return {manifest.parent.name for manifest in (self.root / "models").glob("*/manifest.json")}

    def test_publishes_once_for_each_state_of_the_events(self) -> None:
        documents = chart(CONFIGURATION)
        self.bring("first.csv")
        self.assertEqual(self.run_job(documents), 0)
        self.assertEqual(len(self.published()), 1)
        self.assertEqual(self.run_job(documents), 0)
        self.assertEqual(len(self.published()), 1)

    def test_a_refused_model_fails_the_job_at_once(self) -> None:
        documents = chart({**CONFIGURATION, "retrain": {"gates": {"min_shoppers": 1000000}}})
        self.bring("first.csv")
        self.assertEqual(self.run_job(documents), 0)
        first = self.published()
        self.bring("second.csv")
        status = self.run_job(documents)
        self.assertEqual((status, action(cron_job(documents), status)), (3, "FailJob"))
        self.assertEqual(self.published(), first)

    def test_a_mistake_fails_the_job_at_once_and_anything_else_is_tried_again(self) -> None:
        mistaken = chart({**CONFIGURATION, "model": {"dimensions": 8}})
        status = self.run_job(mistaken)
        self.assertEqual((status, action(cron_job(mistaken), status)), (2, "FailJob"))
        sound = chart(CONFIGURATION)
        self.bring("first.csv")
        (self.root / "runs").write_text("")  # in the place of the volume
        status = self.run_job(sound)
        self.assertEqual((status, action(cron_job(sound), status)), (1, "Count"))
        self.assertEqual(action(cron_job(sound), 75), "Ignore")

    def test_the_plain_manifest_and_the_chart_agree(self) -> None:
        plain = cron_job(kubernetes.load((places.TRAINING / "retrain.yaml").read_text()))
        charted = cron_job(chart(CONFIGURATION))
        job, other = plain["spec"]["jobTemplate"]["spec"], charted["spec"]["jobTemplate"]["spec"]
        self.assertEqual(job["podFailurePolicy"], other["podFailurePolicy"])
        for cron in (plain, charted):
            (pod,) = kubernetes.pods(cron)
            self.assertEqual(pod.containers()[0]["command"][:3], ["shortlist", "retrain", "/etc/shortlist/shop.yaml"])


if __name__ == "__main__":
    places.program()
    places.helm_programs()
    unittest.main()
