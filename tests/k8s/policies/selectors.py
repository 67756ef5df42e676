"""Whatever selects pods by labels selects those of the Deployment, or network policies those of a CronJob."""
from collections.abc import Iterator

from manifests import Manifest, Pod, label, of_kind, pods, the


def match_the_pods(manifests: list[Manifest]) -> Iterator[str]:
    (pod,) = pods(the(manifests, "Deployment"))
    jobs = [of_job for job in of_kind(manifests, "CronJob") for of_job in pods(job)]
    for owner, selector in _selectors(manifests):
        chosen = [pod, *jobs] if owner.startswith("NetworkPolicy/") else [pod]
        if not any(_selects(selector, each) for each in chosen):
            yield f"{owner}: selects {selector}, which the pods are not"
    for constraint in pod.spec["topologySpreadConstraints"]:
        if constraint["labelSelector"]["matchLabels"].items() - pod.labels.items():
            yield f"the pods are spread over {constraint['topologyKey']} by labels that they have not"


def of_pod(manifests: list[Manifest], kind: str, pod: Pod) -> list[Manifest]:
    """Those of a kind with a podSelector that take the pod."""
    return [each for each in of_kind(manifests, kind) if _selects(each["spec"]["podSelector"]["matchLabels"], pod)]


def _selects(selector: dict[str, str], pod: Pod) -> bool:
    return bool(selector) and selector.items() <= pod.labels.items()


def _selectors(manifests: list[Manifest]) -> Iterator[tuple[str, dict[str, str]]]:
    for manifest in manifests:
        spec = manifest.get("spec", {})
        if manifest["kind"] == "Service":
            yield label(manifest), spec["selector"]
        elif manifest["kind"] in ("Deployment", "PodDisruptionBudget", "PodMonitor"):
            yield label(manifest), spec["selector"]["matchLabels"]
        elif manifest["kind"] == "NetworkPolicy":
            yield label(manifest), spec["podSelector"]["matchLabels"]
