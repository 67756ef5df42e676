#!/usr/bin/env python3
"""Hosts with addresses of their own on this machine: network namespaces joined by a bridge.

Usage: hosts.py HOSTS COMMAND...          one rank per host, started by the variables of torchrun
       hosts.py HOSTS --mpirun COMMAND...  the same by mpirun

Hosts are 10.77.N.1, 10.77.N.2 and so on, and are called host-1, host-2; what was made is removed at the end. Ends with
status 77, which CTest shows as skipped, where namespaces cannot be made.
"""
import contextlib
import os
import shutil
import signal
import subprocess
import sys

SKIPPED = 77
PORT = 29500


class CannotMakeHosts(Exception):
    pass


def run(*command):
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise CannotMakeHosts(f"{' '.join(command)}: {result.stderr.strip()}")


class Hosts:
    """Network namespaces `names`, by which `command` wraps a command; a context that removes them at its end."""

    def __init__(self, count):
        # Several tests may have hosts at the same time.
        self.net = os.getpid() % 250 + 1
        self.prefix = f"shortlist-{os.getpid()}"
        self.names = [f"{self.prefix}-{index + 1}" for index in range(count)]
        self.bridge = f"sl{os.getpid()}"

    def address(self, index):
        return f"10.77.{self.net}.{index + 1}"

    def command(self, index, command):
        """`command` as it is run on a host: in its network, and under its name."""
        named = f'hostname host-{index + 1}; exec "$@"'
        return ["ip", "netns", "exec", self.names[index], "unshare", "--uts", "sh", "-c", named, "sh", *command]

    def __enter__(self):
        if os.geteuid() != 0 or not shutil.which("ip"):
            raise CannotMakeHosts("network namespaces need root and the command ip")
        try:
            run("ip", "link", "add", self.bridge, "type", "bridge")
            run("ip", "link", "set", self.bridge, "up")
            run("ip", "address", "add", f"10.77.{self.net}.254/24", "dev", self.bridge)
            for index, name in enumerate(self.names):
                self._add(index, name)
        except CannotMakeHosts:
            self.__exit__()
            raise
        return self

    def _add(self, index, name):
        outside, inside = f"{self.bridge}-{index}", "eth0"
        run("ip", "netns", "add", name)
        run("ip", "link", "add", outside, "type", "veth", "peer", "name", inside, "netns", name)
        run("ip", "link", "set", outside, "master", self.bridge, "up")
        run("ip", "-n", name, "address", "add", f"{self.address(index)}/24", "dev", inside)
        run("ip", "-n", name, "link", "set", inside, "up")
        run("ip", "-n", name, "link", "set", "lo", "up")

    def __exit__(self, *_):
        for command in [["ip", "netns", "delete", name] for name in self.names] + [["ip", "link", "delete", self.bridge]]:
            with contextlib.suppress(CannotMakeHosts):
                run(*command)


def start(hosts, command, **options):
    """One rank per host, by the variables of torchrun."""
    return [
        subprocess.Popen(hosts.command(index, command), env=os.environ | {
            "RANK": str(index), "WORLD_SIZE": str(len(hosts.names)), "LOCAL_RANK": "0", "LOCAL_WORLD_SIZE": "1",
            "MASTER_ADDR": hosts.address(0), "MASTER_PORT": str(PORT),
        }, **options) for index in range(len(hosts.names))
    ]


def mpirun(hosts, command):
    """The command line that starts one rank per host by mpirun. Instead of ssh it enters the namespace of an address."""
    agent = os.path.abspath(__file__)
    places = ",".join(f"{hosts.address(index)}:1" for index in range(len(hosts.names)))
    network = f"10.77.{hosts.net}.0/24"
    return ["mpirun", "-n", str(len(hosts.names)), "--host", places, "--bind-to", "none",
            "--mca", "plm_rsh_agent", f"{sys.executable} {agent} --enter {hosts.prefix}",
            "--mca", "oob_tcp_if_include", network, "--mca", "btl_tcp_if_include", network,
            "--mca", "btl", "self,tcp", *command]


def enter(prefix, address, command):
    """What mpirun calls in the place of ssh: the command, as words for a shell, on the host of the address."""
    index = int(address.rsplit(".", 1)[1])
    os.execvp("ip", ["ip", "netns", "exec", f"{prefix}-{index}", "unshare", "--uts", "sh", "-c",
                     f"hostname host-{index}; {' '.join(command)}"])


def run_ranks(hosts, arguments):
    if arguments[0] == "--mpirun":
        return subprocess.run(hosts.command(0, mpirun(hosts, arguments[1:])), check=False).returncode
    processes = start(hosts, arguments)
    try:
        statuses = [process.wait() for process in processes]
    finally:
        for process in processes:
            process.kill()
    return next((abs(status) for status in statuses if status), 0)


def main():
    if sys.argv[1] == "--enter":
        enter(sys.argv[2], sys.argv[3], sys.argv[4:])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was made is removed then, too
    try:
        with Hosts(int(sys.argv[1])) as hosts:
            sys.exit(run_ranks(hosts, sys.argv[2:]))
    except CannotMakeHosts as reason:
        print(f"skipped: {reason}")
        sys.exit(SKIPPED)


if __name__ == "__main__":
    main()
