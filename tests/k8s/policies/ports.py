"""The ports that the server opens are those that everything else speaks of."""
from collections.abc import Iterator
from typing import Any

from manifests import Manifest, of_kind, pods, the
from policies import selectors
from server import Outline

PROBES = {"startupProbe": "startup", "readinessProbe": "readiness", "livenessProbe": "liveness"}


def server_container(manifests: list[Manifest]) -> dict[str, Any]:
    return the(manifests, "Deployment")["spec"]["template"]["spec"]["containers"][0]


def are_declared(manifests: list[Manifest], outline: Outline) -> Iterator[str]:
    declared = {port["containerPort"]: port["name"] for port in server_container(manifests)["ports"]}
    if declared != outline.reachable_ports():
        yield f"the container declares the ports {declared}, the server opens {outline.reachable_ports()}"


def are_probed(manifests: list[Manifest], outline: Outline) -> Iterator[str]:
    services = {port.number: port.health_services for port in outline.ports}
    for name, service in PROBES.items():
        probe = server_container(manifests).get(name, {}).get("grpc")
        if probe is None:
            yield f"there is no {name} by gRPC"
        elif probe.get("service", "") not in services.get(probe["port"], []):
            yield f"{name} asks port {probe['port']} for '{probe.get('service', '')}', which is not there"
        elif probe["service"] != service:
            yield f"{name} asks for '{probe['service']}' instead of '{service}'"


def are_guarded(manifests: list[Manifest], outline: Outline) -> Iterator[str]:
    """The network policy has a rule for each port that is open, and for no other."""
    (pod,) = pods(the(manifests, "Deployment"))
    policies = selectors.of_pod(manifests, "NetworkPolicy", pod)
    if len(policies) != 1:
        yield f"{len(policies)} network policies are for the server's pods"
        return
    policy = policies[0]["spec"]
    if set(policy["policyTypes"]) != {"Ingress", "Egress"}:
        yield "the network policy leaves a direction open"
    rules = {port["port"]: rule for rule in policy["ingress"] for port in rule.get("ports", [{"port": "every port"}])}
    for number, purpose in outline.reachable_ports().items():
        if number not in rules:
            yield f"the network policy has no rule for {purpose} on port {number}"
        elif purpose != "health" and not rules[number].get("from"):
            yield f"the network policy lets anybody reach {purpose} on port {number}"
    for number in rules.keys() - outline.reachable_ports().keys():
        yield f"the network policy opens {number}, where no server listens"


def jobs_are_cut_off(manifests: list[Manifest]) -> Iterator[str]:
    """Pods of nightly jobs, which work on volumes, reach nobody and are reached by nobody."""
    for job in of_kind(manifests, "CronJob"):
        (pod,) = pods(job)
        policies = [policy["spec"] for policy in selectors.of_pod(manifests, "NetworkPolicy", pod)]
        if not any(set(spec["policyTypes"]) == {"Ingress", "Egress"} for spec in policies):
            yield f"{pod.owner}: no network policy closes both directions"
        if any(spec["ingress"] or spec["egress"] for spec in policies):
            yield f"{pod.owner}: a network policy opens a way"


def are_offered(manifests: list[Manifest], outline: Outline) -> Iterator[str]:
    """Services and monitors lead to ports of the container by their names, and only calls of shoppers are offered."""
    names = {port["name"] for port in server_container(manifests)["ports"]}
    for service in of_kind(manifests, "Service"):
        for port in service["spec"]["ports"]:
            if port["targetPort"] != "retrieval":
                yield f"Service/{service['metadata']['name']}: offers {port['targetPort']}"
    for monitor in of_kind(manifests, "PodMonitor"):
        for endpoint in monitor["spec"]["podMetricsEndpoints"]:
            if endpoint["port"] not in names or endpoint["port"] not in outline.reachable_ports().values():
                yield f"PodMonitor/{monitor['metadata']['name']}: reads port {endpoint['port']}, which is not there"
