"""What one object says of another is true."""
from collections.abc import Iterator

from manifests import Manifest, all_pods, label, of_kind, pods, the


def exist(manifests: list[Manifest]) -> Iterator[str]:
    present = {label(manifest) for manifest in manifests}
    (pod,) = pods(the(manifests, "Deployment"))
    wanted = [f"ServiceAccount/{pod.spec['serviceAccountName']}"]
    wanted += [f"ConfigMap/{volume['configMap']['name']}"
               for each in all_pods(manifests) for volume in each.spec["volumes"] if "configMap" in volume]
    for scaler in of_kind(manifests, "HorizontalPodAutoscaler", "ScaledObject"):
        wanted.append(f"Deployment/{scaler['spec']['scaleTargetRef']['name']}")
    for policy in of_kind(manifests, "BackendTLSPolicy"):
        wanted += [f"Service/{target['name']}" for target in policy["spec"]["targetRefs"]]
    for name in wanted:
        if name not in present:
            yield f"{name} is spoken of, but is not there"


def certificate_covers_services(manifests: list[Manifest]) -> Iterator[str]:
    (pod,) = pods(the(manifests, "Deployment"))
    secrets = {volume["secret"]["secretName"] for volume in pod.spec["volumes"] if "secret" in volume}
    services = {service["metadata"]["name"] for service in of_kind(manifests, "Service")}
    for certificate in of_kind(manifests, "Certificate"):
        if certificate["spec"]["secretName"] not in secrets:
            yield f"{label(certificate)}: is written to {certificate['spec']['secretName']}, which no pod mounts"
        for name in services - set(certificate["spec"]["dnsNames"]):
            yield f"{label(certificate)}: does not cover {name}"


def backends_are_services(manifests: list[Manifest]) -> Iterator[str]:
    ports = {(service["metadata"]["name"], port["port"])
             for service in of_kind(manifests, "Service") for port in service["spec"]["ports"]}
    for route in of_kind(manifests, "GRPCRoute"):
        for rule in route["spec"]["rules"]:
            for backend in rule["backendRefs"]:
                if (backend["name"], backend["port"]) not in ports:
                    yield f"{label(route)}: leads to {backend['name']}:{backend['port']}, which is no service"
