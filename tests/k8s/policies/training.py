"""Ranks find each other, and a job tries again what may go better the next time and nothing else."""
from collections.abc import Iterator
from typing import Any

from manifests import Manifest, Pod, all_pods, label, of_kind
from quantity import number

GPU = "nvidia.com/gpu"
MISTAKE, REFUSED, STOPPED = 2, 3, 75  # what the program ends with, beside 0 and 1


def environment(container: dict[str, Any]) -> dict[str, str]:
    return {variable["name"]: variable["value"] for variable in container.get("env", [])}


def shares_memory(manifests: list[Manifest]) -> Iterator[str]:
    """NCCL needs /dev/shm, of which containers have 64 MiB unless a volume of memory is mounted."""
    for pod in all_pods(manifests):
        volumes = {volume["name"]: volume.get("emptyDir", {}) for volume in pod.spec.get("volumes", [])}
        for container in pod.containers():
            limits = container["resources"]["limits"]
            mounts = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
            if GPU not in limits:
                continue
            shared = volumes.get(mounts.get("/dev/shm", ""), {})
            if shared.get("medium") != "Memory":
                yield f"{pod.owner}: container {container['name']} has a GPU, but no memory at /dev/shm"
            elif number(shared["sizeLimit"]) >= number(limits["memory"]):
                yield f"{pod.owner}: /dev/shm may take all memory of container {container['name']}"


def _indexed_jobs(value: Any, owner: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(value, list):
        for item in value:
            yield from _indexed_jobs(item, owner)
    elif isinstance(value, dict):
        if value.get("completionMode") == "Indexed" and "completions" in value:
            yield owner, value
        for item in value.values():
            yield from _indexed_jobs(item, owner)


def counts_ranks(manifests: list[Manifest]) -> Iterator[str]:
    jobs = [found for manifest in manifests for found in _indexed_jobs(manifest, label(manifest))]
    for owner, job in jobs:
        ranks = environment(job["template"]["spec"]["containers"][0]).get("WORLD_SIZE")
        if not ranks == str(job["completions"]) == str(job["parallelism"]):
            yield f"{owner}: {job['completions']} pods, {job['parallelism']} at once, are told of {ranks} ranks"
    for job in of_kind(manifests, "TrainJob"):
        trainer = job["spec"]["trainer"]
        if environment(trainer).get("WORLD_SIZE") != str(trainer["numNodes"]):
            yield f"{label(job)}: {trainer['numNodes']} nodes are told of another number of ranks"


def finds_the_first_rank(manifests: list[Manifest]) -> Iterator[str]:
    for manifest in of_kind(manifests, "Job", "JobSet", "TrainJob"):
        wanted = _first_rank(manifest)
        told = [environment(container)["MASTER_ADDR"] for container in _containers(manifest)
                if "MASTER_ADDR" in environment(container)]
        if any(address != wanted for address in told):
            yield f"{label(manifest)}: ranks look for {told[0]}, the first one is {wanted}"
    services = {service["metadata"]["name"]: service for service in of_kind(manifests, "Service")}
    for job in of_kind(manifests, "Job"):
        subdomain = job["spec"]["template"]["spec"].get("subdomain")
        if subdomain and not _names_pods(services.get(subdomain), job):
            yield f"{label(job)}: no headless service {subdomain} names its pods"


def _containers(manifest: Manifest) -> list[dict[str, Any]]:
    if manifest["kind"] == "TrainJob":
        return [manifest["spec"]["trainer"]]
    return [container for pod in all_pods([manifest]) for container in pod.containers()]


def _first_rank(manifest: Manifest) -> str:
    """The name that pod 0 has in DNS."""
    name = manifest["metadata"]["name"]
    if manifest["kind"] == "Job":
        return f"{name}-0.{manifest['spec']['template']['spec'].get('subdomain')}"
    replicated = "node" if manifest["kind"] == "TrainJob" else manifest["spec"]["replicatedJobs"][0]["name"]
    return f"{name}-{replicated}-0-0.{name}"


def _names_pods(service: Manifest | None, job: Manifest) -> bool:
    spec = service["spec"] if service else {}
    wanted = {"batch.kubernetes.io/job-name": job["metadata"]["name"]}
    return spec.get("clusterIP") == "None" and spec["publishNotReadyAddresses"] and spec["selector"] == wanted


def tries_again_with_reason(manifests: list[Manifest]) -> Iterator[str]:
    for manifest in of_kind(manifests, "Job", "CronJob"):
        job = manifest["spec"].get("jobTemplate", manifest)["spec"]
        if not job["backoffLimit"]:
            continue
        rules = job.get("podFailurePolicy", {}).get("rules", [])
        actions = {(code, rule["action"]) for rule in rules for code in rule.get("onExitCodes", {}).get("values", [])}
        if (MISTAKE, "FailJob") not in actions:
            yield f"{label(manifest)}: tries again after a mistake in its configuration"
        if _runs(manifest, "retrain") and (REFUSED, "FailJob") not in actions:
            yield f"{label(manifest)}: tries again after the gates refused a model"
        if _runs(manifest, "train", "retrain") and (STOPPED, "Ignore") not in actions:
            yield f"{label(manifest)}: counts a stop with a checkpoint as a failure"
        if not any("onPodConditions" in rule for rule in rules):
            yield f"{label(manifest)}: counts a node that leaves as a failure"


def _runs(manifest: Manifest, *commands: str) -> bool:
    return any(command in container["command"]
               for pod in all_pods([manifest]) for container in pod.containers() for command in commands)


def retrains_one_at_a_time(manifests: list[Manifest]) -> Iterator[str]:
    for manifest in of_kind(manifests, "CronJob"):
        if manifest["spec"].get("concurrencyPolicy") != "Forbid":
            yield f"{label(manifest)}: begins while the one before may be at it"
        for pod in all_pods([manifest]):
            kept = {volume["name"] for volume in pod.spec["volumes"] if volume.get("persistentVolumeClaim")}
            runs = [mount["name"] for mount in pod.spec["containers"][0]["volumeMounts"] if mount["mountPath"] == "/runs"]
            if not kept.intersection(runs):
                yield f"{pod.owner}: keeps nothing for the next pod to go on from"


def waits_in_a_queue(manifests: list[Manifest]) -> Iterator[str]:
    queues = {queue["metadata"]["name"] for queue in of_kind(manifests, "LocalQueue")}
    for manifest in of_kind(manifests, "Job", "JobSet", "MPIJob", "TrainJob"):
        if manifest["metadata"]["labels"].get("kueue.x-k8s.io/queue-name") not in queues:
            yield f"{label(manifest)}: waits in no queue that is there"


def names_what_is_there(manifests: list[Manifest]) -> Iterator[str]:
    present = {label(manifest) for manifest in manifests}
    for pod in all_pods(manifests):
        for name in _named_by(pod):
            if name not in present:
                yield f"{pod.owner}: {name} is not there"


def _named_by(pod: Pod) -> Iterator[str]:
    for volume in pod.spec.get("volumes", []):
        if "configMap" in volume:
            yield f"ConfigMap/{volume['configMap']['name']}"
        if "persistentVolumeClaim" in volume:
            yield f"PersistentVolumeClaim/{volume['persistentVolumeClaim']['claimName']}"
    for container in pod.containers():
        for source in container.get("envFrom", []):
            yield f"ConfigMap/{source['configMapRef']['name']}"
