"""A fleet of servers, each on a host with an address of its own, and its clients."""
import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import time
import urllib.request

import hosts
from name_server import NameServer

PATIENCE = 60  # seconds for what takes a few on an idle machine
NAME = "shortlist.shop"  # of the fleet, with one address per server, as a headless service of Kubernetes has
CLIENT = -1  # the last host
LONGEST_LOAD = 180  # seconds


def wait_for(what, condition):
    """The first true value of the condition."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if value := condition():
                return value
        time.sleep(0.1)
    raise AssertionError(f"no {what} within {PATIENCE} s")


class Server:
    def __init__(self, program, configuration, made_hosts, index, root):
        self.hosts, self.index = made_hosts, index
        self.address = made_hosts.address(index)
        self.models = root / f"models-{index}"
        self.log = root / f"server-{index}.log"
        self.program = program
        self.command = made_hosts.command(index, [program, "serve", str(configuration), "--bundle", str(self.models)])
        self.process = None

    def start(self):
        with open(self.log, "w") as output:
            self.process = subprocess.Popen(self.command, stdout=output, stderr=subprocess.STDOUT)
        wait_for(f"server\n{self.log.read_text()}", lambda: re.search(r"(?m)^serving ", self.log.read_text()))

    def stop(self):
        """SIGTERM; the status with which it ended."""
        self.process.terminate()
        return self.process.wait(PATIENCE)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def answered(self):
        """Calls answered since it started."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        text = opener.open(f"http://{self.address}:9464/metrics", timeout=PATIENCE).read().decode()
        found = re.search(r'shortlist_requests_total\{code="OK",method="Recommend"\} (\d+)', text)
        return int(found.group(1)) if found else 0

    def await_calls(self):
        """Waits until it answers more calls than it has by now."""
        before = self.answered()
        wait_for(f"calls at {self.address}", lambda: self.answered() > before)

    def stable_version(self):
        listing = subprocess.run(self.hosts.command(self.index, [self.program, "versions", "list"]), text=True,
                                 capture_output=True, check=True).stdout
        return re.search(r"(?m)^stable +\S+ +(\S+)", listing).group(1)

    def set_link(self, state):
        hosts.run("ip", "link", "set", f"{self.hosts.bridge}-{self.index}", state)


class Load:
    """Calls at a steady rate to the fleet's name, from when the context begins until `end`."""

    def __init__(self, fleet, attempts, rate=60):
        self.report = fleet.root / "load.json"
        self.process = fleet.start_client("--log-level", "error", "loadtest", "--address", f"dns:///{NAME}:50051", "--rate", rate,
                                          "--arrivals", "constant", "--duration", LONGEST_LOAD, "--warm-up", 0,
                                          "--deadline", 10000, "--attempts", attempts, "--json", self.report)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def end(self):
        """Calls by the code with which they ended."""
        assert self.process.poll() is None, "the load ended before the scenario"
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(PATIENCE) == 0
        return json.loads(self.report.read_text())["calls_by_code"]


class Fleet:
    """A context: as many servers as `published`, and one more host that has none yet."""

    def __init__(self, program, configuration, root, published=4):
        self.program, self.root, self.published = program, pathlib.Path(root), published
        self.hosts = hosts.Hosts(published + 2)
        self.configuration = configuration
        self.stack = contextlib.ExitStack()

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            stack.enter_context(self.hosts)
            self.servers = [Server(self.program, self.configuration, self.hosts, index, self.root)
                            for index in range(self.published + 1)]
            stack.callback(lambda: [server.kill() for server in self.servers if server.process])
            self.names = NameServer(self.hosts, self.root)
            stack.callback(self.names.stop)
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()

    def start(self):
        """Starts the published servers that do not run."""
        for server in self.servers[:self.published]:
            if server.process is None or server.process.poll() is not None:
                server.start()
        self.publish(self.servers[:self.published])

    def publish(self, servers):
        self.names.publish(NAME, [server.address for server in servers])

    def start_client(self, *arguments):
        """The program on the clients' host, which asks the fleet's name server."""
        command = self.names.command(CLIENT, [self.program, *map(str, arguments)])
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                env=os.environ | {"no_proxy": "*"})

    def await_calls(self):
        """Waits until all published servers answer calls."""
        for server in self.servers[:self.published]:
            server.await_calls()
