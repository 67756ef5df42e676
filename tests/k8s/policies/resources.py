"""No pod takes more than it says."""
from collections.abc import Iterator

from manifests import Manifest, Pod, all_pods
from quantity import number

NEEDED = {"requests": ("cpu", "memory", "ephemeral-storage"), "limits": ("memory", "ephemeral-storage")}


def bounded_containers(manifests: list[Manifest]) -> Iterator[str]:
    for pod in all_pods(manifests):
        for container in pod.containers():
            resources = container.get("resources", {})
            for kind, names in NEEDED.items():
                for name in names:
                    if name not in resources.get(kind, {}):
                        yield f"{pod.owner}: container {container['name']} has no {kind} of {name}"
            for name, limit in resources.get("limits", {}).items():
                if number(resources.get("requests", {}).get(name, 0)) > number(limit):
                    yield f"{pod.owner}: container {container['name']} requests more {name} than its limit"


def bounded_disks(manifests: list[Manifest]) -> Iterator[str]:
    """Empty volumes are bounded, and the bounds of their containers allow for them."""
    for pod in all_pods(manifests):
        empty = [volume for volume in pod.spec.get("volumes", []) if "emptyDir" in volume]
        for volume in empty:
            if "sizeLimit" not in volume["emptyDir"]:
                yield f"{pod.owner}: volume {volume['name']} has no bound"
        taken = sum(_bytes(volume) for volume in empty if volume["emptyDir"].get("medium") != "Memory")
        if taken > _storage(pod):
            yield f"{pod.owner}: its empty volumes may hold more than its containers' ephemeral-storage"


def _bytes(volume: Manifest) -> float:
    return number(volume["emptyDir"].get("sizeLimit", 0))


def _storage(pod: Pod) -> float:
    """What the containers may use that run at the same time: all but the init containers that end."""
    running = [container for container in pod.spec.get("initContainers", []) if container.get("restartPolicy")]
    limits = [container.get("resources", {}).get("limits", {}) for container in running + pod.spec["containers"]]
    return sum(number(limit.get("ephemeral-storage", 0)) for limit in limits)
