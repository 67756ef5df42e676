"""The script that copies bundles from a bucket, run by a real rclone on folders: a server never sees a version whose files
are still on their way, a version that the bucket no longer has goes, and a bucket that is not there is a failure."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import places

places.require_packages()

import manifests as kubernetes  # noqa: E402

# In the place of rclone: calls it, then notes which files are there.
WITNESS = """#!/bin/sh
{rclone} "$@" || exit $?
(cd {models} && find . -type f | sort | tr '\\n' ' ') >> {log}
echo >> {log}
"""


class FetchTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="shortlist.fetch.")
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.models, self.bucket, self.log = self.root / "models", self.root / "bucket", self.root / "log"
        self.models.mkdir()
        witness = self.root / "bin/rclone"
        witness.parent.mkdir()
        witness.write_text(WITNESS.format(rclone=shutil.which("rclone"), models=self.models, log=self.log))
        witness.chmod(0o755)

    def publish(self, version: str) -> None:
        for name in ("manifest.json", "items.faiss", "model/weights.safetensors"):
            file = self.bucket / version / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(version + name)

    def fetch(self) -> int:
        """As the init container does; what it saw after each step is in the log."""
        deployment = kubernetes.the(kubernetes.load((places.GOLDENS / "s3.yaml").read_text()), "Deployment")
        container = deployment["spec"]["template"]["spec"]["initContainers"][0]
        script = container["args"][0].replace("/models", str(self.models)).replace('$MODELS_PATH', "")
        environment = {**os.environ, "PATH": f"{self.root / 'bin'}:{os.environ['PATH']}", "HOME": str(self.root),
                       "RCLONE_CONFIG": "/dev/null", "RCLONE_CONFIG_MODELS_TYPE": "alias",
                       "RCLONE_CONFIG_MODELS_REMOTE": str(self.bucket)}
        self.log.write_text("")
        return subprocess.run([*container["command"], script], env=environment, capture_output=True,
                              timeout=60).returncode

    def steps(self) -> list[list[str]]:
        return [line.split() for line in self.log.read_text().splitlines()]

    def test_a_manifest_comes_when_all_else_is_there(self) -> None:
        self.publish("v1")
        self.assertEqual(self.fetch(), 0)
        data = ["./v1/items.faiss", "./v1/model/weights.safetensors"]
        whole = sorted([*data, "./v1/manifest.json"])
        self.assertEqual(self.steps(), [data, whole, whole])

    def test_a_version_that_is_gone_goes_last(self) -> None:
        self.publish("v1")
        self.fetch()
        shutil.rmtree(self.bucket / "v1")
        self.publish("v2")
        self.assertEqual(self.fetch(), 0)
        manifests = [[name for name in step if name.endswith("manifest.json")] for step in self.steps()]
        self.assertEqual(manifests, [["./v1/manifest.json"], ["./v1/manifest.json", "./v2/manifest.json"],
                                     ["./v2/manifest.json"]])

    def test_a_bucket_that_is_not_there_is_a_failure(self) -> None:
        self.assertNotEqual(self.fetch(), 0)
        self.assertEqual(self.steps(), [])


if __name__ == "__main__":
    if not shutil.which("rclone"):
        print("skipped: there is no rclone; tools/setup.sh installs it")
        sys.exit(places.SKIPPED)
    unittest.main()
