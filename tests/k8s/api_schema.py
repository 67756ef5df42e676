"""Objects against the schemas of the Kubernetes API, in which an unknown field is an error."""
import functools
import pathlib
from collections.abc import Iterator
from typing import Any

import kubernetes_validate
import kubernetes_validate.utils
import yaml

from manifests import Manifest, label

# Parsing the schemas takes most of the time, and every object needs the same.
kubernetes_validate.utils.schema_contents = functools.cache(kubernetes_validate.utils.schema_contents)

# Of kinds that other projects define, the fields that are used here: no schema of Kubernetes has them.
CUSTOM = yaml.safe_load(pathlib.Path(__file__).with_name("custom_resources.yaml").read_text())


def problems(manifests: list[Manifest], version: str) -> list[str]:
    return [f"{label(manifest)}: {problem}" for manifest in manifests for problem in _problems(manifest, version)]


def _problems(manifest: Manifest, version: str) -> Iterator[str]:
    fields = CUSTOM.get(manifest["apiVersion"], {}).get(manifest["kind"])
    if fields is None:
        yield from _standard(manifest, version)
    else:
        yield from _custom(manifest["spec"], fields, "spec", version)


def _standard(manifest: Manifest, version: str) -> Iterator[str]:
    try:
        kubernetes_validate.validate(manifest, version, strict=True)
    except kubernetes_validate.ValidationError as error:
        yield f"{'.'.join(str(part) for part in error.path)}: {error.message}"
    except kubernetes_validate.SchemaNotFoundError as error:
        yield error.message


def _custom(value: Any, fields: Any, path: str, version: str) -> Iterator[str]:
    """A value whose members may be `fields`: a tree of names, "any", or an object of Kubernetes."""
    if fields == "job":
        yield from _standard({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "x"}, "spec": value}, version)
    elif fields == "pod":
        yield from _standard({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "spec": value["spec"]}, version)
    elif isinstance(fields, list):
        for number, item in enumerate(value):
            yield from _custom(item, fields[0], f"{path}.{number}", version)
    elif isinstance(fields, dict):
        for name, member in value.items():
            if name in fields:
                yield from _custom(member, fields[name], f"{path}.{name}", version)
            else:
                yield f"{path}: '{name}' is no field that custom_resources.yaml knows"
