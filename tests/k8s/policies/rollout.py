"""Pods come and go without a failed call."""
import hashlib
import math
from collections.abc import Iterator

import yaml

from manifests import Manifest, of_kind, pods, the
from policies.ports import server_container
from quantity import number
from server import Outline


def outlasts_the_drain(manifests: list[Manifest], outline: Outline) -> Iterator[str]:
    (pod,) = pods(the(manifests, "Deployment"))
    before = server_container(manifests).get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
    needed = before + outline.lame_duck_seconds + outline.drain_seconds
    grace = pod.spec["terminationGracePeriodSeconds"]
    if grace <= needed:
        yield f"the grace period of {grace} s is no longer than preStop, lame duck and drain, {needed} s"


def keeps_capacity(manifests: list[Manifest]) -> Iterator[str]:
    deployment = the(manifests, "Deployment")["spec"]
    if deployment["strategy"]["rollingUpdate"].get("maxUnavailable") != 0:
        yield "a rollout takes pods away before new ones serve"
    startup = server_container(manifests)["startupProbe"]
    longest = startup["periodSeconds"] * startup["failureThreshold"]
    if deployment["progressDeadlineSeconds"] <= longest:
        yield f"a rollout is called stuck after {deployment['progressDeadlineSeconds']} s, a start may take {longest} s"
    if len(of_kind(manifests, "PodDisruptionBudget")) != 1:
        yield "no budget bounds how many pods are disturbed at once"
    if of_kind(manifests, "HorizontalPodAutoscaler", "ScaledObject") and "replicas" in deployment:
        yield "the Deployment and its autoscaler both say how many pods there are"


def restarts_on_new_configuration(manifests: list[Manifest]) -> Iterator[str]:
    configuration = of_kind(manifests, "ConfigMap")[0]["data"]["shortlist.yaml"]
    (pod,) = pods(the(manifests, "Deployment"))
    digests = {hashlib.sha256(text.encode()).hexdigest() for text in (configuration, configuration.rstrip("\n"))}
    if pod.annotations.get("checksum/configuration") not in digests:
        yield "the pods' checksum is not that of their configuration"


def counts_threads(manifests: list[Manifest]) -> Iterator[str]:
    """The server would count the cores of its node."""
    container = server_container(manifests)
    wanted = math.ceil(number(container["resources"]["requests"]["cpu"]))
    threads = yaml.safe_load(of_kind(manifests, "ConfigMap")[0]["data"]["shortlist.yaml"])["serve"].get("threads", 0)
    if threads != wanted:
        yield f"the server has {threads} threads for {wanted} requested CPUs"
