"""Pods of Kubernetes as podman plays them: alone, without a network but their own loopback interface."""
import json
import pathlib
import re
import time

PATIENCE = 60  # seconds for what takes a few on an idle machine
USER = 10001


def write_manifest(engine, name, spec):
    """A manifest of one pod."""
    path = engine.root / f"{name}.json"  # JSON is YAML
    path.write_text(json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}))
    return path


def write_without_ports(engine, manifest):
    """A copy of a manifest without the list of a container's ports: notes to Kubernetes, but podman would publish them."""
    text, count = re.subn(r"(?m)^ +ports:\n( +- \{name: \w+, containerPort: \d+\}\n)+", "", manifest.read_text())
    assert count == 1, f"{manifest} has {count} lists of ports"
    path = engine.root / manifest.name
    path.write_text(text)
    return path


class Pod:
    """The container of a manifest's one pod, which is played when the context begins and removed at its end."""

    def __init__(self, engine, manifest, container):
        self.engine, self.manifest, self.container = engine, manifest, container

    def __enter__(self):
        self.engine.podman("kube", "play", "--network", "none", self.manifest)
        return self

    def __exit__(self, *_):
        self.engine.podman("kube", "down", self.manifest)

    def state(self):
        return self.engine.inspect_container(self.container)["State"]

    def logs(self):
        return self.engine.podman("logs", self.container)

    def wait(self):
        """The status with which the program ended."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            state = self.state()
            if state["Status"] in ("exited", "stopped"):
                return state["ExitCode"]
            time.sleep(0.2)
        raise AssertionError(f"{self.container} has not ended within {PATIENCE} s\n{self.logs()}")

    def run(self, *command):
        """What a command prints inside of the running container."""
        return self.engine.podman("exec", self.container, *command)

    def await_success(self, *command):
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return self.run(*command)
            except AssertionError as failure:
                if time.monotonic() > end or self.state()["Status"] != "running":
                    raise AssertionError(f"{failure}\n{self.logs()}") from None
            time.sleep(0.2)

    def stop(self, grace_seconds):
        """SIGTERM, and SIGKILL after the grace, as the kubelet does; the status with which the program ended."""
        self.engine.podman("stop", "--time", grace_seconds, self.container)
        return self.wait()


def process_facts(pid):
    """What the kernel says of a container's first process, and the options of the mount of its root."""
    status = dict(line.split(":\t", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
                  if ":\t" in line)
    mounts = [line.split() for line in pathlib.Path(f"/proc/{pid}/mounts").read_text().splitlines()]
    return status, next(mount[3].split(",") for mount in mounts if mount[1] == "/")
