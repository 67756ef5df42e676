"""The real server as the rendered Deployment starts it: with its command, its configuration, and files where its volumes put
them. Its probes are answered in the clear beside TLS, each as the kubelet would ask, from start to SIGTERM."""
import contextlib
import json
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from collections.abc import Callable, Iterator
from typing import Any

import places

places.require_packages()

import manifests as kubernetes  # noqa: E402
from policies.ports import PROBES  # noqa: E402

PATIENCE = 60
SERVING, NOT_SERVING = 1, 2

RETAILER = """
name: shop
directory: {root}/run
threads: 1
synthesize: {{users: 300, items: 120, events: 6000, days: 60, categories: 6}}
data:
  events: {{paths: [source/events.csv], columns: {{user: user, item: item, time: time}}}}
model: {{dimension: 8, user_hidden: [8]}}
train: {{epochs: 1, batch_size: 1024}}
evaluate: {{k: [10], bootstrap_samples: 10, baselines: [popularity]}}
"""


def ask(address: str, service: str) -> int:
    """What grpc.health.v1.Health says, by the bytes of its two small messages."""
    import grpc
    with grpc.insecure_channel(address) as channel:
        check: Callable[..., bytes] = channel.unary_unary("/grpc.health.v1.Health/Check")
        request = bytes([10, len(service)]) + service.encode()
        return check(request, timeout=PATIENCE)[1]


def make_models(root: pathlib.Path) -> None:
    configuration = root / "shop.yaml"
    configuration.write_text(RETAILER.format(root=root))
    for stage in (f"synthesize --out {root}/source", "prepare", "train", "index", f"publish --models {root}/models"):
        name, *arguments = stage.split()
        subprocess.run([str(places.program()), name, str(configuration), *arguments], check=True, capture_output=True)


def make_secrets(root: pathlib.Path) -> None:
    """What the Secrets of k8s/helm/values/production.yaml hold, under the keys that the chart expects."""
    for folder in ("tls", "authorities", "clients", "pseudonym"):
        (root / "etc/shortlist" / folder).mkdir(parents=True)
    tls = root / "etc/shortlist/tls"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                    "2", "-subj", "/CN=server", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", tls / "tls.key",
                    "-out", tls / "tls.crt"], check=True, capture_output=True)
    shutil.copy(tls / "tls.crt", root / "etc/shortlist/authorities/ca.crt")
    client = {"name": "shop", "scopes": ["read"], "token_sha256": "0" * 64}
    (root / "etc/shortlist/clients/clients.json").write_text(json.dumps({"clients": [client]}))
    (root / "etc/shortlist/pseudonym/key").write_text("a key of pseudonyms, for tests alone")


class RunningPod:
    """The server of a golden, on free ports of this machine and with less patience at its end."""

    def __init__(self, golden: pathlib.Path, root: pathlib.Path) -> None:
        documents = kubernetes.load(golden.read_text())
        self.container = kubernetes.the(documents, "Deployment")["spec"]["template"]["spec"]["containers"][0]
        text = kubernetes.of_kind(documents, "ConfigMap")[0]["data"]["shortlist.yaml"]
        text = re.sub(r"(0\.0\.0\.0|127\.0\.0\.1):\d+", "127.0.0.1:0", text).replace("/etc/", f"{root}/etc/")
        text = re.sub(r"lame_duck_seconds: \d+", "lame_duck_seconds: 3", text)
        configuration = root / "etc/shortlist/configuration/shortlist.yaml"
        configuration.parent.mkdir(parents=True, exist_ok=True)
        configuration.write_text(text)
        self.log = root / f"{golden.stem}.log"
        moved = [re.sub(r"^/(etc|models)", rf"{root}/\1", word) for word in self.container["command"][1:]]
        self.command = [str(places.program()), *moved]

    @contextlib.contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        with self.log.open("w") as log, subprocess.Popen(self.command, stdout=log, stderr=log) as process:
            try:
                yield process
            finally:
                process.kill()

    def address(self, what: str) -> str:
        end = time.monotonic() + PATIENCE
        while not (found := re.search(rf"(?m)^{what}.* on (\S+)$", self.log.read_text())):
            if time.monotonic() > end:
                raise AssertionError(f"no line '{what}': {self.log.read_text()}")
            time.sleep(0.05)
        return found.group(1)

    def service(self, probe: str) -> str:
        return self.container[probe]["grpc"]["service"]


class ServingTest(unittest.TestCase):
    root: Any

    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory(prefix="shortlist.serving.")
        cls.addClassCleanup(folder.cleanup)
        cls.root = pathlib.Path(folder.name)
        make_models(cls.root)
        make_secrets(cls.root)

    def test_starts_is_probed_and_leaves_as_the_manifest_says(self) -> None:
        for name in ("small", "production"):
            with self.subTest(name):
                pod = RunningPod(places.GOLDENS / f"{name}.yaml", self.root)
                with pod.running() as process:
                    pod.address("serving")
                    health = pod.address("health")
                    for probe in PROBES:
                        self.assertEqual(ask(health, pod.service(probe)), SERVING, probe)
                    process.send_signal(signal.SIGTERM)
                    self.wait_until_unready(health, pod.service("readinessProbe"))
                    self.assertEqual(ask(health, pod.service("livenessProbe")), SERVING)
                    self.assertEqual(process.wait(PATIENCE), 0, pod.log.read_text())

    def wait_until_unready(self, health: str, service: str) -> None:
        end = time.monotonic() + PATIENCE
        while ask(health, service) != NOT_SERVING:
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)


if __name__ == "__main__":
    places.program()
    try:
        import grpc  # noqa: F401
    except ImportError:
        print("skipped: there is no grpcio; tools/setup.sh installs it")
        sys.exit(places.SKIPPED)
    if not shutil.which("openssl"):
        print("skipped: there is no openssl")
        sys.exit(places.SKIPPED)
    unittest.main()
