"""buildah and podman with a storage of their own, so that images and containers of this machine are left alone."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

COMMANDS = ("buildah", "podman", "runc", "debootstrap", "unshare")
# Without cgroups of systemd, and with limits that a container may set without the capability to raise its own.
CONFIGURATION = """
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
[engine]
cgroup_manager = "cgroupfs"
runtime = "runc"
"""


class CannotRunContainers(Exception):
    pass


def require_containers():
    """Raises CannotRunContainers, which says what is missing."""
    if os.geteuid() != 0:
        raise CannotRunContainers("containers with users of their own need root")
    missing = [command for command in COMMANDS if not shutil.which(command)]
    if missing:
        raise CannotRunContainers(f"there is no {', '.join(missing)}; tools/setup.sh installs them")
    probe = subprocess.run(["unshare", "--mount", "--net", "true"], capture_output=True, text=True, check=False)
    if probe.returncode:
        raise CannotRunContainers(f"no namespaces can be made: {probe.stderr.strip()}")


class Engine:
    """A context that ends with no container, mount or file left."""

    def __init__(self):
        require_containers()
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="shortlist.containers."))
        configuration = self.root / "containers.conf"
        configuration.write_text(CONFIGURATION)
        self.environment = os.environ | {"CONTAINERS_CONF": str(configuration), "BUILDAH_ISOLATION": "chroot"}
        self.storage = ["--root", str(self.root / "storage"), "--runroot", str(self.root / "run"),
                        "--storage-driver", "overlay"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["podman", *self.storage, "rm", "--all", "--force", "--time", "0"], env=self.environment,
                       capture_output=True, check=False)
        self.unmount()
        shutil.rmtree(self.root)

    def unmount(self):
        places = [line.split()[1] for line in pathlib.Path("/proc/self/mounts").read_text().splitlines()]
        for place in reversed([place for place in places if place.startswith(f"{self.root}/")]):
            subprocess.run(["umount", "--lazy", place], check=False)

    def run(self, program, *arguments, **options):
        """What the command prints; an AssertionError with all that it said if it fails."""
        done = subprocess.run([program, *self.storage, *map(str, arguments)], env=self.environment, text=True,
                              capture_output=True, check=False, **options)
        if done.returncode:
            raise AssertionError(f"{program} {' '.join(map(str, arguments))}\n{done.stdout}{done.stderr}")
        return done.stdout.strip()

    def buildah(self, *arguments, **options):
        return self.run("buildah", *arguments, **options)

    def podman(self, *arguments, **options):
        return self.run("podman", *arguments, **options)

    def import_image(self, directory, name):
        """An image of one layer that holds what is in the directory."""
        container = self.buildah("from", "scratch")
        self.buildah("copy", "--quiet", container, directory, "/")
        self.buildah("commit", "--quiet", "--rm", container, name)

    def inspect_image(self, name):
        return json.loads(self.podman("image", "inspect", name))[0]

    def inspect_container(self, name):
        return json.loads(self.podman("container", "inspect", name))[0]
