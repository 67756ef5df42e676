"""The ranks of the indexed Job as processes, told of each other by the manifest's own environment: they begin, stop together
with a checkpoint when one of them gets SIGTERM, end with the status that the Job does not count, and go on when started again."""
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time
import unittest

import places

places.require_packages()

import manifests as kubernetes  # noqa: E402
from policies.training import STOPPED, environment  # noqa: E402

PATIENCE = 120
SHOP = """
name: shop
directory: {root}/runs/shop
threads: 1
synthesize: {{users: 300, items: 120, events: 6000, days: 60, categories: 6}}
data:
  events: {{paths: [{root}/source/events.csv], columns: {{user: user, item: item, time: time}}}}
model: {{dimension: 8, user_hidden: [8]}}
train: {{epochs: {epochs}, batch_size: 512}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RanksTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="shortlist.job.")
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.job = next(document for document in kubernetes.load((places.TRAINING / "indexed_job.yaml").read_text())
                        if document["kind"] == "Job")["spec"]
        self.container = self.job["template"]["spec"]["containers"][0]
        configuration = self.configure(epochs=1)
        for stage in (["synthesize", configuration, "--out", str(self.root / "source")], ["prepare", configuration]):
            subprocess.run([str(places.program()), *stage], check=True, capture_output=True)

    def configure(self, epochs: int) -> str:
        file = self.root / "shop.yaml"
        file.write_text(SHOP.format(root=self.root, epochs=epochs))
        return str(file)

    def start(self, configuration: str) -> list[subprocess.Popen[bytes]]:
        told = {**environment(self.container), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port())}
        command = [configuration if word.endswith(".yaml") else word for word in self.container["command"][1:]]
        ranks = []
        for index in range(self.job["completions"]):
            with (self.root / f"rank-{index}.log").open("w") as log:
                # What Kubernetes adds to the pods of an indexed Job.
                variables = {**os.environ, **told, "JOB_COMPLETION_INDEX": str(index)}
                ranks.append(subprocess.Popen([str(places.program()), *command], env=variables, stdout=log, stderr=log))
        self.addCleanup(lambda: [rank.kill() or rank.wait() for rank in ranks])  # type: ignore[func-returns-value]
        return ranks

    def logs(self) -> str:
        return "\n".join(file.read_text() for file in sorted(self.root.glob("rank-*.log")))

    def wait_for(self, text: str) -> None:
        end = time.monotonic() + PATIENCE
        while text not in self.logs():
            self.assertLess(time.monotonic(), end, self.logs())
            time.sleep(0.05)

    def test_ranks_stop_together_without_a_failure_and_go_on(self) -> None:
        ranks = self.start(self.configure(epochs=100000))
        self.wait_for("epoch 2:")
        ranks[2].send_signal(signal.SIGTERM)
        self.assertEqual({rank.wait(PATIENCE) for rank in ranks}, {STOPPED}, self.logs())
        ranks = self.start(self.configure(epochs=1))
        self.assertEqual({rank.wait(PATIENCE) for rank in ranks}, {0}, self.logs())


if __name__ == "__main__":
    places.program()
    unittest.main()
