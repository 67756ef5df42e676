"""Kubernetes objects as the tests see them: dictionaries, in the order of their file."""
import pathlib
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

Manifest = dict[str, Any]


def load(text: str) -> list[Manifest]:
    return [document for document in yaml.safe_load_all(text) if document]


def load_files(files: list[pathlib.Path]) -> list[Manifest]:
    return [document for file in files for document in load(file.read_text())]


def normalized(text: str) -> str:
    """Without empty lines, of which one version of Helm writes more than another."""
    return re.sub(r"\n(\s*\n)+", "\n", text)


def label(manifest: Manifest) -> str:
    return f"{manifest['kind']}/{manifest['metadata']['name']}"


def of_kind(manifests: list[Manifest], *kinds: str) -> list[Manifest]:
    return [manifest for manifest in manifests if manifest["kind"] in kinds]


def the(manifests: list[Manifest], kind: str) -> Manifest:
    (found,) = of_kind(manifests, kind)
    return found


class Pod(NamedTuple):
    """A pod as a template describes it, wherever in an object the template stands."""
    owner: str
    labels: dict[str, str]
    annotations: dict[str, str]
    spec: dict[str, Any]

    def containers(self) -> list[dict[str, Any]]:
        return self.spec.get("initContainers", []) + self.spec["containers"]


def pods(manifest: Manifest) -> Iterator[Pod]:
    yield from _pods_below(manifest, label(manifest))


def all_pods(manifests: list[Manifest]) -> list[Pod]:
    return [pod for manifest in manifests for pod in pods(manifest)]


def _pods_below(value: Any, owner: str) -> Iterator[Pod]:
    if isinstance(value, list):
        for item in value:
            yield from _pods_below(item, owner)
    elif isinstance(value, dict):
        spec = value.get("spec")
        if isinstance(spec, dict) and "containers" in spec:
            metadata = value.get("metadata") or {}
            yield Pod(owner, metadata.get("labels", {}), metadata.get("annotations", {}), spec)
        else:
            for item in value.values():
                yield from _pods_below(item, owner)
