"""Whatever selects pods by labels selects those of the Deployment."""
from collections.abc import Iterator

from manifests import Manifest, label, pods, the


def match_the_pods(manifests: list[Manifest]) -> Iterator[str]:
    (pod,) = pods(the(manifests, "Deployment"))
    for owner, selector in _selectors(manifests):
        missing = selector.items() - pod.labels.items()
        if not selector or missing:
            yield f"{owner}: selects {selector}, which the pods are not"
    for constraint in pod.spec["topologySpreadConstraints"]:
        if constraint["labelSelector"]["matchLabels"].items() - pod.labels.items():
            yield f"the pods are spread over {constraint['topologyKey']} by labels that they have not"


def _selectors(manifests: list[Manifest]) -> Iterator[tuple[str, dict[str, str]]]:
    for manifest in manifests:
        spec = manifest.get("spec", {})
        if manifest["kind"] == "Service":
            yield label(manifest), spec["selector"]
        elif manifest["kind"] in ("Deployment", "PodDisruptionBudget", "PodMonitor"):
            yield label(manifest), spec["selector"]["matchLabels"]
        elif manifest["kind"] == "NetworkPolicy":
            yield label(manifest), spec["podSelector"]["matchLabels"]
