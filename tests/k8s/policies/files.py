"""What the server reads at its start is mounted."""
import pathlib
from collections.abc import Iterator

from manifests import Manifest
from policies.ports import server_container
from server import Outline


def are_mounted(manifests: list[Manifest], outline: Outline) -> Iterator[str]:
    container = server_container(manifests)
    mounts = {mount["mountPath"]: mount for mount in container["volumeMounts"]}
    configuration = next(argument for argument in container["command"] if argument.endswith(".yaml"))
    for file in [configuration, *outline.reads]:
        mount = mounts.get(str(pathlib.PurePosixPath(file).parent))
        if mount is None:
            yield f"the server reads {file}, which no volume holds"
        elif "subPath" in mount:
            yield f"{file} would not change when its secret does, because it is mounted alone"
    if outline.models not in mounts:
        yield f"the server serves {outline.models}, which no volume holds"
    for path, mount in mounts.items():
        if mount.get("readOnly") is not True:
            yield f"the server may write to {path}"
