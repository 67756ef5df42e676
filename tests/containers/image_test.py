#!/usr/bin/env python3
"""The images of k8s/images, built by buildah and run by podman as Kubernetes runs them.

Usage: image_test.py BUILD     skipped, saying why, where containers cannot be made

The program is that of the build directory; its layout, the Dockerfiles and the manifests are what users get.
"""
import json
import os
import pathlib
import re
import shutil
import sys
import unittest

import engine
import images
import pods

BUILD = pathlib.Path(sys.argv[1])
MOST_BYTES = 150_000_000  # of the image for CPUs beyond its base

# What Helm renders of k8s/helm/values/small.yaml, and what it calls things.
RENDERED = images.SOURCE / "tests/k8s/goldens/small.yaml"
RENDERED_IMAGE = re.search(r'(?m)^ +image: "(\S+)"$', RENDERED.read_text()).group(1)
RENDERED_CONTAINER = "shop-shortlist-pod-0-server"
MODELS = "shortlist-models"

CONFIGURATION = {
    "name": "shop",
    "directory": "/data/run",
    "threads": 1,
    "synthesize": {"users": 300, "items": 120, "events": 6000, "days": 60, "categories": 6},
    "data": {
        "events": {"paths": ["/data/source/events.csv"], "columns": {
            "user": "user", "item": "item", "time": "time", "event_id": "event_id"}},
        "catalog": {"paths": ["/data/source/catalog.csv"], "title": "title"},
        "max_bad_fraction": 0.05,
    },
    "model": {"dimension": 16, "user_hidden": [16]},
    "train": {"epochs": 1, "batch_size": 256},
    "evaluate": {"k": [10], "bootstrap_samples": 10, "baselines": ["popularity"]},
}
# The restricted profile of the Pod Security Standards, and a root that cannot be written to.
RESTRICTED_POD = {"runAsNonRoot": True, "runAsUser": pods.USER, "runAsGroup": pods.USER,
                  "seccompProfile": {"type": "RuntimeDefault"}}
RESTRICTED_CONTAINER = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                        "capabilities": {"drop": ["ALL"]}}


def pod_spec(data, *arguments):
    """Of a stage of the pipeline, whose artifacts stand in a folder of this machine."""
    return {
        "restartPolicy": "Never",
        "securityContext": RESTRICTED_POD,
        "containers": [{
            "name": "shortlist", "image": images.CPU, "imagePullPolicy": "Never", "args": list(arguments),
            "securityContext": RESTRICTED_CONTAINER,
            "volumeMounts": [{"name": "data", "mountPath": "/data"}, {"name": "models", "mountPath": "/models"}],
        }],
        "volumes": [{"name": "data", "hostPath": {"path": str(data), "type": "Directory"}},
                    {"name": "models", "persistentVolumeClaim": {"claimName": MODELS}}],
    }


def setUpModule():
    global made, layers, debian
    try:
        made = unittest.enterModuleContext(engine.Engine())
    except engine.CannotRunContainers as reason:
        raise unittest.SkipTest(str(reason)) from None
    layers = images.make_layers(BUILD, made.root / "build")
    debian = images.import_debian(made)
    images.build(made, "cpu", images.CPU, images.DEBIAN, layers, "--build-arg", "VERSION=1.2.3", "--build-arg",
                 "REVISION=0123abc")


class CpuImage(unittest.TestCase):
    def test_is_small_beside_its_base(self):
        base, *own = images.layer_bytes(made, images.CPU)
        print(f"base {base / 1e6:.1f} MB, libraries and program {' + '.join(f'{size / 1e6:.1f}' for size in own)} MB")
        self.assertEqual(len(own), 2, "libraries and program are a layer each")
        self.assertLess(sum(own), MOST_BYTES)

    def test_says_what_it_is(self):
        image = made.inspect_image(images.CPU)
        labels = {name.removeprefix("org.opencontainers.image."): value for name, value in image["Labels"].items()}
        self.assertEqual((labels["title"], labels["version"], labels["revision"], labels["licenses"]),
                         ("Shortlist", "1.2.3", "0123abc", "Apache-2.0"))
        self.assertEqual(labels["base.name"], images.DEBIAN)
        self.assertEqual(image["Config"]["User"], f"{pods.USER}:{pods.USER}")

    def test_has_all_folders_in_its_path_that_packages_on_top_of_it_need(self):
        (path,) = [value for value in made.inspect_image(images.CPU)["Config"]["Env"] if value.startswith("PATH=")]
        self.assertLessEqual({"/usr/sbin", "/usr/bin", "/sbin", "/bin"}, set(path.removeprefix("PATH=").split(":")))

    def test_tells_scanners_its_packages(self):
        folder = layers / "layers/libraries/var/lib/dpkg/status.d"
        described = {path.name: path.read_text() for path in folder.iterdir()}
        for package in ("libssl3", "libgrpc29", "libopenblas0-pthread", "libstdc++6", "zlib1g"):
            self.assertRegex(described[package], rf"(?m)^Package: {package.replace('+', '[+]')}$")
            self.assertRegex(described[package], r"(?m)^Version: \S+$")
            self.assertTrue((layers / "layers/libraries/usr/share/doc" / package / "copyright").stat().st_size)

    def test_runs_on_a_base_without_a_shell(self):
        images.import_bare(made, debian)
        images.build(made, "cpu", "localhost/shortlist:bare", images.BARE, layers)
        run = ("run", "--rm", "--read-only", "--read-only-tmpfs=false", "--network", "none", "--cap-drop", "all")
        self.assertIn("kernels for", made.podman(*run, "localhost/shortlist:bare", "doctor"))
        with self.assertRaisesRegex(AssertionError, "no such file"):
            made.podman(*run, "--entrypoint", "/bin/sh", "localhost/shortlist:bare", "-c", "true")


class Retailer(unittest.TestCase):
    """From events to answers: a pod per stage, and the chart's deployment as it is rendered."""

    def setUp(self):
        self.data = made.root / "data"
        self.data.mkdir()
        self.addCleanup(shutil.rmtree, self.data)
        (self.data / "shop.yaml").write_text(json.dumps(CONFIGURATION))
        os.chown(self.data, pods.USER, pods.USER)

        made.podman("volume", "create", MODELS)
        self.addCleanup(made.podman, "volume", "rm", "--force", MODELS)
        models = made.podman("volume", "inspect", "--format", "{{.Mountpoint}}", MODELS)
        os.chown(models, pods.USER, pods.USER)  # as the kubelet does for fsGroup

    def run_to_end(self, stage, *arguments):
        spec = pod_spec(self.data, stage, "/data/shop.yaml", *arguments)
        with pods.Pod(made, pods.write_manifest(made, stage, spec), f"{stage}-shortlist") as pod:
            self.assertEqual(pod.wait(), 0, pod.logs())

    def assert_confined(self, pod):
        status, root_options = pods.process_facts(pod.state()["Pid"])
        self.assertEqual(status["Uid"].split(), [str(pods.USER)] * 4)
        self.assertEqual(status["Gid"].split(), [str(pods.USER)] * 4)
        for capabilities in ("CapEff", "CapPrm", "CapBnd"):
            self.assertEqual(int(status[capabilities], 16), 0, capabilities)
        self.assertEqual(status["NoNewPrivs"].strip(), "1")
        self.assertEqual(status["Seccomp"].strip(), "2", "the profile RuntimeDefault")
        self.assertIn("ro", root_options)

    def test_goes_from_events_to_answers_and_leaves_at_sigterm(self):
        self.run_to_end("synthesize", "--out", "/data/source")
        for stage in ("prepare", "train", "evaluate", "index"):
            self.run_to_end(stage)
        self.run_to_end("publish", "--models", "/models")
        made.podman("tag", images.CPU, f"localhost/{RENDERED_IMAGE}")
        rendered = pods.write_without_ports(made, RENDERED)
        with pods.Pod(made, rendered, RENDERED_CONTAINER) as server:
            answer = server.await_success("shortlist", "query", "--user", "user-1", "-k", "3")
            self.assertRegex(answer, r"(?m)^shortlist: personalized, from [1-9]\d* events; bundle \S+$")
            self.assertEqual(re.findall(r"(?m)^ +(\d) +-?\d[.]\d+ +\w+ +item-\d+", answer), ["1", "2", "3"])
            self.assert_confined(server)
            self.assertEqual(server.stop(grace_seconds=40), 0, server.logs())


class CudaImage(unittest.TestCase):
    """As far as it goes without a GPU: it is built, its libraries are found, and it computes on the CPU."""

    @classmethod
    def setUpClass(cls):
        if not list((layers / "layers/cuda").rglob("libshortlist_cuda.so")):
            raise unittest.SkipTest("the build has no plug-in for GPUs")
        nvidia = images.nvidia_context(made.root / "nvidia")
        if nvidia is None:
            raise unittest.SkipTest("there is no CUDA toolkit with cuBLAS and NCCL")
        images.build(made, "cuda", images.CUDA, images.DEBIAN, layers, "--build-context", f"nvidia={nvidia}")

    def test_has_nvidia_libraries_in_a_layer_of_their_own(self):
        sizes = images.layer_bytes(made, images.CUDA)
        print(f"NVIDIA libraries {sizes[1] / 1e6:.1f} MB, then {', '.join(f'{size / 1e6:.1f}' for size in sizes[2:])} MB")
        self.assertEqual(len(sizes), 5)
        expected = sum(library.stat().st_size for library in images.CUDA_LIBRARIES)
        self.assertLess(abs(sizes[1] - expected), 100_000)

    def test_starts_without_a_driver_and_finds_what_its_plugin_needs(self):
        run = ("run", "--rm", "--read-only", "--network", "none")
        self.assertIn("libcuda.so.1 does not open", made.podman(*run, images.CUDA, "doctor"))
        listing = made.podman(*run, "--entrypoint", "/lib64/ld-linux-x86-64.so.2", images.CUDA, "--list",
                              "/opt/shortlist/lib/libshortlist_cuda.so")
        self.assertRegex(listing, r"libcublasLt\.so\.13 => /opt/shortlist/lib/")
        self.assertNotIn("not found", listing)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
