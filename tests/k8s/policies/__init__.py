"""What must hold of rendered manifests beyond their schema. Each policy yields one line for each violation."""
from collections.abc import Callable, Iterator

from manifests import Manifest
from policies import files, pod_security, ports, references, resources, rollout, selectors, training
from server import Outline

PodPolicy = Callable[[list[Manifest]], Iterator[str]]
ServingPolicy = Callable[[list[Manifest], Outline], Iterator[str]]

# Of every pod, whatever it runs.
POD_POLICIES: list[PodPolicy] = [
    pod_security.restricted, pod_security.no_token, pod_security.pinned_images, resources.bounded_containers,
    resources.bounded_disks,
]

# Of the chart's objects among themselves.
CHART_POLICIES: list[PodPolicy] = [
    selectors.match_the_pods, ports.jobs_are_cut_off, references.exist, references.certificate_covers_services, references.backends_are_services,
    rollout.keeps_capacity, rollout.restarts_on_new_configuration, rollout.counts_threads,
    training.tries_again_with_reason, training.retrains_one_at_a_time,
]

# Of the jobs that train, among themselves.
TRAINING_POLICIES: list[PodPolicy] = [
    training.shares_memory, training.counts_ranks, training.finds_the_first_rank, training.tries_again_with_reason,
    training.retrains_one_at_a_time, training.waits_in_a_queue, training.names_what_is_there,
]

# Of the chart's objects and the server in them.
SERVING_POLICIES: list[ServingPolicy] = [
    ports.are_declared, ports.are_probed, ports.are_guarded, ports.are_offered, rollout.outlasts_the_drain,
    files.are_mounted,
]


def training_violations(manifests: list[Manifest]) -> list[str]:
    return [line for policy in POD_POLICIES + TRAINING_POLICIES for line in policy(manifests)]


def violations(manifests: list[Manifest], outline: Outline) -> list[str]:
    found = [line for policy in POD_POLICIES + CHART_POLICIES for line in policy(manifests)]
    return found + [line for policy in SERVING_POLICIES for line in policy(manifests, outline)]
