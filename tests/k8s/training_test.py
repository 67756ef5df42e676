"""The manifests of training obey the API's schemas and the policies, each of which finds a violation that is planted; the
program knows their configuration and every option of their commands."""
import copy
import functools
import pathlib
import re
import subprocess
import tempfile
import unittest
from collections.abc import Callable
from typing import Any

import places

places.require_packages()

import api_schema  # noqa: E402
import manifests as kubernetes  # noqa: E402
import policies  # noqa: E402
from manifests import Manifest  # noqa: E402


def committed() -> list[Manifest]:
    return kubernetes.load_files(sorted(places.TRAINING.glob("*.yaml")))


def find(manifests: list[Manifest], name: str) -> Manifest:
    (found,) = [manifest for manifest in manifests if kubernetes.label(manifest) == name]
    return found


def job(manifests: list[Manifest]) -> dict[str, Any]:
    return find(manifests, "Job/shop-train")["spec"]


def cron(manifests: list[Manifest]) -> dict[str, Any]:
    return find(manifests, "CronJob/shop-retrain")["spec"]["jobTemplate"]["spec"]


def rank(manifests: list[Manifest]) -> dict[str, Any]:
    return job(manifests)["template"]["spec"]["containers"][0]


# What is planted, how, and what must be said of it.
VIOLATIONS: list[tuple[str, Callable[[list[Manifest]], Any], str]] = [
    ("no shared memory", lambda m: rank(m)["volumeMounts"].pop(), "no memory at /dev/shm"),
    ("shared memory for all", lambda m: job(m)["template"]["spec"]["volumes"][-1]["emptyDir"].update(sizeLimit="64Gi"),
     "may take all memory"),
    ("more pods than ranks", lambda m: job(m).update(completions=5), "5 pods, 4 at once, are told of 4 ranks"),
    ("ranks one after the other", lambda m: job(m).update(parallelism=2), "2 at once"),
    ("more nodes than ranks", lambda m: find(m, "TrainJob/shop")["spec"]["trainer"].update(numNodes=2), "2 nodes"),
    ("another first rank", lambda m: rank(m)["env"][1].update(value="shop-train-0"), "ranks look for shop-train-0,"),
    ("another name of a set", lambda m: find(m, "JobSet/shop")["metadata"].update(name="store"), "store-rank-0-0.store"),
    ("no service", lambda m: m.remove(find(m, "Service/shop-train")), "no headless service shop-train"),
    ("a service of others", lambda m: find(m, "Service/shop-train")["spec"]["selector"].clear(), "no headless service"),
    ("tries that cannot help", lambda m: job(m)["podFailurePolicy"]["rules"].pop(0), "after a mistake"),
    ("a stop that counts", lambda m: job(m)["podFailurePolicy"]["rules"].pop(1), "a stop with a checkpoint"),
    ("an eviction that counts", lambda m: job(m)["podFailurePolicy"]["rules"].pop(2), "a node that leaves"),
    ("a refused model that is tried again", lambda m: cron(m)["podFailurePolicy"]["rules"][0]["onExitCodes"].update(
        values=[2]), "after the gates refused"),
    ("a stopped retraining that counts", lambda m: cron(m)["podFailurePolicy"]["rules"].pop(1), "a stop with a checkpoint"),
    ("a second retraining beside the first", lambda m: find(m, "CronJob/shop-retrain")["spec"].pop("concurrencyPolicy"),
     "while the one before"),
    ("a retraining that forgets", lambda m: cron(m)["template"]["spec"]["volumes"].__setitem__(
        2, {"name": "runs", "emptyDir": {"sizeLimit": "64Mi"}}), "keeps nothing"),
    ("no queue", lambda m: find(m, "LocalQueue/shop")["metadata"].update(name="x"), "waits in no queue"),
    ("no claim", lambda m: m.remove(find(m, "PersistentVolumeClaim/shop-runs")), "PersistentVolumeClaim/shop-runs is not"),
    ("no environment", lambda m: m.remove(find(m, "ConfigMap/nccl")), "ConfigMap/nccl is not there"),
    ("root", lambda m: find(m, "CronJob/shop-retrain")["spec"]["jobTemplate"]["spec"]["template"]["spec"].pop(
        "securityContext"), "may run as root"),
    ("a token", lambda m: find(m, "MPIJob/shop")["spec"]["mpiReplicaSpecs"]["Worker"]["template"]["spec"].pop(
        "automountServiceAccountToken"), "carries a token"),
]


@functools.cache
def options(command: str) -> frozenset[str]:
    text = subprocess.run([places.program(), command, "--help"], check=True, capture_output=True, text=True).stdout
    return frozenset(re.findall(r"--[a-z-]+", text))


def commands(manifests: list[Manifest]) -> list[list[str]]:
    """From the name of the program on; mpirun has its own words before it."""
    lines = [container["command"] for pod in kubernetes.all_pods(manifests) for container in pod.containers()]
    lines += [job["spec"]["trainer"]["command"] for job in kubernetes.of_kind(manifests, "TrainJob")]
    return [line[line.index("shortlist"):] for line in lines if "shortlist" in line]


class TrainingTest(unittest.TestCase):
    def test_manifests_obey_the_schema_of_every_supported_version(self) -> None:
        for version in (places.OLDEST, places.NEWEST):
            self.assertEqual(api_schema.problems(committed(), version), [], version)

    def test_an_unknown_field_inside_of_another_projects_kind_is_found(self) -> None:
        planted = copy.deepcopy(committed())
        find(planted, "JobSet/shop")["spec"]["replicatedJobs"][0]["template"]["spec"]["backofLimit"] = 1
        workers = find(planted, "MPIJob/shop")["spec"]["mpiReplicaSpecs"]["Worker"]
        workers["template"]["spec"]["containers"][0]["volumeMount"] = []
        found = api_schema.problems(planted, places.NEWEST)
        self.assertEqual([line.partition(":")[0] for line in found], ["JobSet/shop", "MPIJob/shop"], found)

    def test_manifests_obey_the_policies(self) -> None:
        self.assertEqual(policies.training_violations(committed()), [])

    def test_each_violation_is_found(self) -> None:
        for what, plant, part in VIOLATIONS:
            with self.subTest(what):
                planted = copy.deepcopy(committed())
                plant(planted)
                found = policies.training_violations(planted)
                self.assertTrue(any(part in line for line in found), found)

    def test_the_program_takes_the_configuration(self) -> None:
        text = find(committed(), "ConfigMap/shop-training")["data"]["shop.yaml"]
        with tempfile.TemporaryDirectory(prefix="shortlist.training.") as folder:
            file = pathlib.Path(folder, "shop.yaml")
            file.write_text(text)
            done = subprocess.run([places.program(), "config", "check", file], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_the_program_has_every_command_and_option(self) -> None:
        found = commands(committed())
        self.assertGreaterEqual(len(found), 6)
        for line in found:
            used = {word.partition("=")[0] for word in line if word.startswith("--")}
            self.assertLessEqual(used, options(line[1]), line)


if __name__ == "__main__":
    places.program()
    unittest.main()
