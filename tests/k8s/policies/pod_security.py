"""The profile "restricted" of Pod Security, and what goes beyond it."""
from collections.abc import Iterator
from typing import Any

from manifests import Manifest, Pod, all_pods

ALLOWED_VOLUMES = {
    "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected", "secret",
}
FORBIDDEN_IN_PODS = ("hostNetwork", "hostPID", "hostIPC")


def restricted(manifests: list[Manifest]) -> Iterator[str]:
    for pod in all_pods(manifests):
        yield from _of_pod(pod)
        for container in pod.containers():
            for problem in _of_container(container):
                yield f"{pod.owner}: container {container['name']} {problem}"


def _of_pod(pod: Pod) -> Iterator[str]:
    context = pod.spec.get("securityContext", {})
    if context.get("runAsNonRoot") is not True or not context.get("runAsUser"):
        yield f"{pod.owner}: may run as root"
    if context.get("seccompProfile", {}).get("type") not in ("RuntimeDefault", "Localhost"):
        yield f"{pod.owner}: has no seccomp profile"
    for field in FORBIDDEN_IN_PODS:
        if pod.spec.get(field):
            yield f"{pod.owner}: sets {field}"
    for volume in pod.spec.get("volumes", []):
        for kind in volume.keys() - {"name"} - ALLOWED_VOLUMES:
            yield f"{pod.owner}: volume {volume['name']} is of type {kind}"


def _of_container(container: dict[str, Any]) -> Iterator[str]:
    context = container.get("securityContext", {})
    if context.get("privileged"):
        yield "is privileged"
    if context.get("allowPrivilegeEscalation") is not False:
        yield "may gain privileges"
    capabilities = context.get("capabilities", {})
    if capabilities.get("drop") != ["ALL"] or capabilities.get("add"):
        yield "keeps capabilities"
    if context.get("readOnlyRootFilesystem") is not True:
        yield "may write to its image"
    if context.get("runAsUser") == 0 or context.get("runAsNonRoot") is False:
        yield "runs as root"
    if any("hostPort" in port for port in container.get("ports", [])):
        yield "takes a port of its node"


def no_token(manifests: list[Manifest]) -> Iterator[str]:
    """Nothing here speaks to the Kubernetes API."""
    for pod in all_pods(manifests):
        if pod.spec.get("automountServiceAccountToken") is not False:
            yield f"{pod.owner}: carries a token of its service account"
    for manifest in manifests:
        if manifest["kind"] in ("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"):
            yield f"{manifest['kind']}/{manifest['metadata']['name']}: grants rights that nothing needs"


def pinned_images(manifests: list[Manifest]) -> Iterator[str]:
    for pod in all_pods(manifests):
        for container in pod.containers():
            image = container["image"]
            tag = image.rpartition("/")[2].partition(":")[2]
            if tag in ("", "latest"):
                yield f"{pod.owner}: image {image} may change under its name"
