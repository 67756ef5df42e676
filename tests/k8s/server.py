"""What the built server says of a configuration: `shortlist serve --check-config`."""
import json
import pathlib
import shlex
import subprocess
import tempfile
from typing import Any, NamedTuple

from manifests import Manifest, of_kind, the


class Port(NamedTuple):
    purpose: str
    number: int
    reachable: bool  # from beyond the pod
    health_services: list[str]


class Outline(NamedTuple):
    models: str
    ports: list[Port]
    reads: list[str]
    lame_duck_seconds: int
    drain_seconds: int

    def reachable_ports(self) -> dict[int, str]:
        return {port.number: port.purpose for port in self.ports if port.reachable}


class Refused(Exception):
    """The server would not start with a configuration; the text is what it says."""


def outline(program: pathlib.Path, manifests: list[Manifest]) -> Outline:
    """Of the server in rendered manifests, with the arguments that its container has."""
    container = the(manifests, "Deployment")["spec"]["template"]["spec"]["containers"][0]
    configuration = of_kind(manifests, "ConfigMap")[0]["data"]["shortlist.yaml"]
    with tempfile.TemporaryDirectory(prefix="shortlist.configuration.") as folder:
        file, answer = pathlib.Path(folder, "shortlist.yaml"), pathlib.Path(folder, "outline.json")
        file.write_text(configuration)
        return _parse(_ask(program, container["command"], file, answer))


def _ask(program: pathlib.Path, command: list[str], file: pathlib.Path, answer: pathlib.Path) -> dict[str, Any]:
    arguments = [str(file) if argument.endswith("/shortlist.yaml") else argument for argument in command[1:]]
    checked = [str(program), *arguments, "--check-config", "--json", str(answer)]
    done = subprocess.run(checked, capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise Refused(f"{shlex.join(checked)}: {done.stderr}")
    return json.loads(answer.read_text())


def _parse(answer: dict[str, Any]) -> Outline:
    ports = []
    for port in answer["ports"]:
        host, _, number = port["address"].rpartition(":")
        ports.append(Port(port["purpose"], int(number), not host.startswith("127."), port["health_services"]))
    return Outline(answer["models"], ports, answer["reads"], answer["lame_duck_seconds"], answer["drain_seconds"])
