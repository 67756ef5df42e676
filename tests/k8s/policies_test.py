"""Plants one violation at a time into the manifests of a values file and expects it to be named."""
import copy
import unittest
from collections.abc import Callable
from typing import Any

import places

places.require_packages()

import api_schema  # noqa: E402
import manifests as kubernetes  # noqa: E402
import policies  # noqa: E402
import server  # noqa: E402
from manifests import Manifest, the  # noqa: E402

Plant = Callable[[list[Manifest]], Any]


def pod(manifests: list[Manifest]) -> dict[str, Any]:
    return the(manifests, "Deployment")["spec"]["template"]["spec"]


def container(manifests: list[Manifest]) -> dict[str, Any]:
    return pod(manifests)["containers"][0]


def spec(manifests: list[Manifest], kind: str) -> dict[str, Any]:
    return the(manifests, kind)["spec"]


def mount(manifests: list[Manifest], name: str) -> dict[str, Any]:
    (found,) = [mount for mount in container(manifests)["volumeMounts"] if mount["name"] == name]
    return found


# What is planted, how, and what must be said of it.
VIOLATIONS: list[tuple[str, Plant, str]] = [
    ("root", lambda m: pod(m)["securityContext"].update(runAsNonRoot=False), "may run as root"),
    ("user 0", lambda m: container(m)["securityContext"].update(runAsUser=0), "runs as root"),
    ("no seccomp", lambda m: pod(m)["securityContext"].pop("seccompProfile"), "no seccomp profile"),
    ("the node's network", lambda m: pod(m).update(hostNetwork=True), "sets hostNetwork"),
    ("a folder of the node", lambda m: pod(m)["volumes"].append({"name": "x", "hostPath": {"path": "/"}}), "hostPath"),
    ("a privileged container", lambda m: container(m)["securityContext"].update(privileged=True), "is privileged"),
    ("escalation", lambda m: container(m)["securityContext"].pop("allowPrivilegeEscalation"), "gain privileges"),
    ("capabilities", lambda m: container(m)["securityContext"]["capabilities"].update(add=["NET_ADMIN"]), "capabilities"),
    ("a writable root", lambda m: container(m)["securityContext"].pop("readOnlyRootFilesystem"), "write to its image"),
    ("a port of the node", lambda m: container(m)["ports"][0].update(hostPort=50051), "port of its node"),
    ("a token", lambda m: pod(m).pop("automountServiceAccountToken"), "carries a token"),
    ("a role", lambda m: m.append({"kind": "Role", "metadata": {"name": "all"}}), "grants rights"),
    ("a moving image", lambda m: container(m).update(image="registry.example:5000/shortlist"), "may change"),
    ("no bound of memory", lambda m: container(m)["resources"]["limits"].pop("memory"), "no limits of memory"),
    ("no request of CPU", lambda m: container(m)["resources"]["requests"].update({"ephemeral-storage": "1Ti"}),
     "requests more ephemeral-storage"),
    ("a disk without end", lambda m: pod(m)["volumes"].append({"name": "x", "emptyDir": {}}), "volume x has no bound"),
    ("a disk beyond the bound", lambda m: pod(m)["volumes"].append({"name": "x", "emptyDir": {"sizeLimit": "1Gi"}}),
     "may hold more than"),
    ("another port", lambda m: container(m)["ports"][0].update(containerPort=50099), "the server opens"),
    ("a probe of another port", lambda m: container(m)["readinessProbe"]["grpc"].update(port=50051), "not there"),
    ("a probe of nothing", lambda m: container(m)["livenessProbe"]["grpc"].update(service="alive"), "not there"),
    ("readiness that kills", lambda m: container(m)["livenessProbe"]["grpc"].update(service="readiness"),
     "asks for 'readiness' instead of 'liveness'"),
    ("a probe by HTTP", lambda m: container(m)["startupProbe"].pop("grpc"), "no startupProbe by gRPC"),
    ("an unguarded port", lambda m: spec(m, "NetworkPolicy")["ingress"].pop(), "no rule for metrics on port 9464"),
    ("a rule for nothing", lambda m: spec(m, "NetworkPolicy")["ingress"].append({"ports": [{"port": 80}]}), "opens 80"),
    ("a rule for anybody", lambda m: spec(m, "NetworkPolicy")["ingress"][0].pop("from"), "anybody reach retrieval"),
    ("open ways out", lambda m: spec(m, "NetworkPolicy").update(policyTypes=["Ingress"]), "leaves a direction open"),
    ("metrics for clients", lambda m: spec(m, "Service")["ports"][0].update(targetPort="metrics"), "offers metrics"),
    ("a monitor of nothing", lambda m: spec(m, "PodMonitor")["podMetricsEndpoints"][0].update(port="http"),
     "reads port http"),
    ("impatience", lambda m: pod(m).update(terminationGracePeriodSeconds=45), "grace period of 45 s"),
    ("a preStop that takes the drain's time",
     lambda m: container(m).update(lifecycle={"preStop": {"sleep": {"seconds": 20}}}), "preStop"),
    ("a rollout with less", lambda m: spec(m, "Deployment")["strategy"]["rollingUpdate"].update(maxUnavailable=1),
     "takes pods away"),
    ("a rollout called stuck", lambda m: spec(m, "Deployment").update(progressDeadlineSeconds=600), "called stuck"),
    ("no budget", lambda m: m.remove(the(m, "PodDisruptionBudget")), "no budget"),
    ("two who count pods", lambda m: spec(m, "Deployment").update(replicas=3), "both say how many pods"),
    ("an old checksum", lambda m: the(m, "ConfigMap")["data"].update(more="x") or
     kubernetes.all_pods([the(m, "Deployment")])[0].annotations.update({"checksum/configuration": "0"}), "checksum"),
    ("threads of the node", lambda m: container(m)["resources"]["requests"].update(cpu="2500m"), "4 threads for 3"),
    ("a selector of others", lambda m: spec(m, "Service")["selector"].update({"app.kubernetes.io/instance": "x"}),
     "which the pods are not"),
    ("a policy for others", lambda m: spec(m, "NetworkPolicy")["podSelector"]["matchLabels"].update(app="x"),
     "which the pods are not"),
    ("a spread of others", lambda m: pod(m)["topologySpreadConstraints"][0]["labelSelector"]["matchLabels"].update(a="b"),
     "labels that they have not"),
    ("no account", lambda m: m.remove(the(m, "ServiceAccount")), "ServiceAccount/shop-shortlist is spoken of"),
    ("scaling of nothing", lambda m: spec(m, "HorizontalPodAutoscaler")["scaleTargetRef"].update(name="x"),
     "Deployment/x is spoken of"),
    ("a certificate for nobody", lambda m: spec(m, "Certificate").update(secretName="x"), "which no pod mounts"),
    ("a certificate of other names", lambda m: spec(m, "Certificate")["dnsNames"].remove("shop-shortlist"),
     "does not cover shop-shortlist"),
    ("a route to nowhere", lambda m: spec(m, "GRPCRoute")["rules"][0]["backendRefs"][0].update(port=1), "is no service"),
    ("a secret that is not mounted", lambda m: container(m)["volumeMounts"].remove(mount(m, "clients")),
     "reads /etc/shortlist/clients/clients.json"),
    ("a secret that is never renewed", lambda m: mount(m, "tls").update(subPath="tls.crt"), "because it is mounted alone"),
    ("no models", lambda m: container(m)["volumeMounts"].remove(mount(m, "models")), "serves /models"),
    ("models that may be written", lambda m: mount(m, "models").pop("readOnly"), "may write to /models"),
]


class PoliciesTest(unittest.TestCase):
    def setUp(self) -> None:
        golden = places.GOLDENS / "production.yaml"
        self.clean = kubernetes.load(golden.read_text())
        # One service and no more maps than the server's, so that a plant has one place.
        self.clean = [document for document in self.clean
                      if document["metadata"]["name"] not in ("shop-shortlist-pods", "shop-shortlist-dashboard")]
        self.outline = server.outline(places.program(), self.clean)

    def found(self, manifests: list[Manifest]) -> list[str]:
        return policies.violations(manifests, self.outline)

    def test_clean_manifests_are_clean(self) -> None:
        self.assertEqual(self.found(self.clean), [])

    def test_each_violation_is_found(self) -> None:
        for what, plant, part in VIOLATIONS:
            with self.subTest(what):
                planted = copy.deepcopy(self.clean)
                plant(planted)
                self.assertTrue(any(part in line for line in self.found(planted)), self.found(planted))

    def test_a_nightly_job_that_could_reach_somebody_is_found(self) -> None:
        clean = kubernetes.load((places.GOLDENS / "retrain.yaml").read_text())
        self.assertEqual(list(policies.ports.jobs_are_cut_off(clean)), [])
        open_ways = copy.deepcopy(clean)
        for policy in kubernetes.of_kind(open_ways, "NetworkPolicy"):
            policy["spec"]["egress"] = [{"ports": [{"port": 443}]}]
        self.assertIn("opens a way", "\n".join(policies.ports.jobs_are_cut_off(open_ways)))
        unguarded = [each for each in clean if each["kind"] != "NetworkPolicy"]
        self.assertIn("closes both directions", "\n".join(policies.ports.jobs_are_cut_off(unguarded)))

    def test_an_unknown_field_is_found(self) -> None:
        planted = copy.deepcopy(self.clean)
        container(planted)["readynessProbe"] = {}
        for version in (places.OLDEST, places.NEWEST):
            (problem,) = api_schema.problems(planted, version)
            self.assertIn("readynessProbe", problem)

    def test_an_unknown_field_of_another_projects_kind_is_found(self) -> None:
        planted = copy.deepcopy(self.clean)
        spec(planted, "PodMonitor")["podMetricsEndpoint"] = []
        spec(planted, "GRPCRoute")["rules"][0]["matches"][0]["method"]["servce"] = "x"
        found = api_schema.problems(planted, places.NEWEST)
        self.assertEqual(len(found), 2, found)
        self.assertIn("spec.rules.0.matches.0.method: 'servce'", "\n".join(found))

    def test_an_unknown_kind_is_found(self) -> None:
        unknown = [{"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "x"}}]
        self.assertEqual(len(api_schema.problems(unknown, places.NEWEST)), 1)


if __name__ == "__main__":
    places.program()
    unittest.main()
