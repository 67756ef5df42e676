"""The chart renders every values file as its golden says, with Helm 3 and 4, and refuses values that make no sense."""
import unittest

import places

places.require_packages()

import api_schema  # noqa: E402
import manifests  # noqa: E402
import update_goldens  # noqa: E402
from helm import Failed, Helm  # noqa: E402

# Values that must be refused, and a word of the reason.
BAD_VALUES = {
    "an unknown value": ("replica=3", "replica"),
    "an unknown value deep inside": ('tls={"enabeld": true}', "enabeld"),
    "a text for a number": ('replicas="two"', "replicas"),
    "a negative number": ("replicas=-1", "replicas"),
    "a privileged port": ('ports={"retrieval": 443}', "retrieval"),
    "a memory of no unit that exists": ('resources={"limits": {"memory": "2Gb"}}', "memory"),
    "a name that is none": ('model={"pvc": {"claimName": "Models"}}', "claimName"),
    "a source that is none": ('model={"source": "ftp"}', "source"),
    "a bucket without a path": ('model={"source": "s3"}', "path"),
    "an image without a reference": ('model={"source": "image"}', "reference"),
    "TLS without a certificate": ('tls={"enabled": true}', "tls"),
    "cert-manager without an issuer": ('tls={"enabled": true, "certManager": {"enabled": true}}', "name"),
    "tokens in the clear": ('clients={"secretName": "clients"}', "tls"),
    "mutual TLS without TLS": ('tls={"clientAuthorities": {"secretName": "authority"}}', "tls"),
    "a route to nowhere": ('gateway={"enabled": true}', "parentRefs"),
    "a digest of another length": ('image={"digest": "sha256:12"}', "digest"),
    "an unknown setting of the server": ('serve={"trheads": 4}', "trheads"),
    "a setting that the chart makes": ('serve={"address": "0.0.0.0:1"}', "address"),
    "a file that the chart mounts": ('serve={"security": {"certificate": "/tls.crt"}}', "certificate"),
    "a setting out of bounds": ('serve={"overload": {"max_in_flight": 0}}', "max_in_flight"),
    "a drain without seconds": ('serve={"shutdown": {"drain_seconds": null}}', "drain_seconds"),
    "a canary beside nothing": ('serve={"versions": {"policy": "labels", "canary_percent": 5}}', "stable"),
    "an autoscaler that is none": ('autoscaling={"kind": "vpa"}', "kind"),
    "a liveness that kills at once": ('probes={"livenessFailures": 1}', "livenessFailures"),
    "a budget that blocks every drain": ('podDisruptionBudget={"maxUnavailable": 0}', "maxUnavailable"),
    "a retraining without a configuration": ('retrain={"enabled": true, "lake": {"claimName": "l"}, "runs": {"claimName": '
                                             '"r"}}', "data"),
    "a retraining that has nowhere to go on from": ('retrain={"enabled": true, "lake": {"claimName": "l"}, '
                                                    '"configuration": {"data": {}}}', "claimName"),
    "a retraining that cannot publish": ('model={"source": "image", "image": {"reference": "r"}}|retrain={"enabled": true, '
                                         '"lake": {"claimName": "l"}, "runs": {"claimName": "r"}, "configuration": '
                                         '{"data": {}}}', "source"),
    "a time that is none": ('retrain={"schedule": "tomorrow"}', "schedule"),
    "a folder that the chart mounts": ('retrain={"configuration": {"directory": "/tmp"}}', "directory"),
    "a peer that is none": ('networkPolicy={"clients": [{"namespace": "shop"}]}', "clients"),
}


# What no values file uses, all at once.
REST = (
    'fullnameOverride="store"', 'image={"tag": "0.1.0-cpu", "pullSecrets": ["one", "two"]}', "preStopSeconds=5",
    'podAnnotations={"a": "b"}', 'podLabels={"c": "d"}', 'nodeSelector={"disk": "fast"}', 'priorityClassName="high"',
    'tolerations=[{"key": "dedicated", "operator": "Exists"}]', 'affinity={"nodeAffinity": {}}',
    'service={"type": "LoadBalancer", "annotations": {"internal": "true"}}', 'resources={"requests": {"cpu": "250m"}}',
    'serviceAccount={"annotations": {"iam.example/role": "reader"}}', 'podDisruptionBudget={"maxUnavailable": "20%"}',
    'model={"source": "s3", "s3": {"path": "bucket/shop", "region": "eu-north-1"}}',
    'networkPolicy={"clients": [{"ipBlock": {"cidr": "10.0.0.0/8"}}], "monitoring": [{"podSelector": {}}]}',
    'tls={"enabled": true, "secretName": "certificate"}', 'gateway={"enabled": true, "parentRefs": [{"name": "public"}], '
    '"backendAuthorities": "authority"}', 'monitoring={"dashboard": {"enabled": true, "labels": {"folder": "shop"}}}',
)
RETRAINING = (
    'retrain={"enabled": true, "schedule": "@daily", "lake": {"claimName": "lake", "subPath": "one"}, "runs": {"claimName": '
    '"runs", "subPath": "shop"}, "image": "registry.example/shortlist:0.1.0-cuda", "sharedMemory": "1Gi", "jobLabels": '
    '{"kueue.x-k8s.io/queue-name": "shop"}, "podLabels": {"c": "d"}, "nodeSelector": {"disk": "fast"}, "tolerations": '
    '[{"key": "dedicated", "operator": "Exists"}], "affinity": {"nodeAffinity": {}}, "priorityClassName": "low", '
    '"configuration": {"data": {"events": {"paths": ["/lake/events"]}}}}',
    'model={"pvc": {"claimName": "models", "subPath": "shop"}}', 'image={"pullSecrets": ["one"]}',
)
NOTHING = ('networkPolicy={"enabled": false}', 'podDisruptionBudget={"enabled": false}')


class ChartTest(unittest.TestCase):
    def test_there_are_values_files(self) -> None:
        self.assertGreaterEqual(len(places.VALUES), 6)

    def test_every_values_file_is_linted_and_rendered_as_its_golden(self) -> None:
        for program in places.helm_programs():
            helm = Helm(program, places.CHART)
            for values in places.VALUES:
                with self.subTest(program.name, values=values.name):
                    helm.lint(values)
                    self.assertEqual(helm.render(values), places.golden(values).read_text(),
                                     "if it is meant: --target update_kubernetes_goldens")

    def test_no_golden_is_left_over(self) -> None:
        self.assertEqual({file.name for file in places.GOLDENS.iterdir()}, {file.name for file in places.VALUES})

    def test_the_servers_sections_of_the_schema_are_those_of_the_program(self) -> None:
        self.assertEqual((places.CHART / "values.schema.json").read_text(), update_goldens.updated_values_schema(),
                         "if it is meant: --target update_kubernetes_goldens")

    def test_the_chart_has_the_version_of_the_program(self) -> None:
        project = (places.SOURCE / "CMakeLists.txt").read_text()
        self.assertIn(f"VERSION {self._chart_version()}", project)

    def test_every_value_renders_to_what_the_api_takes(self) -> None:
        for program in places.helm_programs():
            for changes in (REST, RETRAINING, NOTHING, ()):
                with self.subTest(program.name, changes=changes):
                    documents = manifests.load(Helm(program, places.CHART).render(changes=changes))
                    self.assertEqual(api_schema.problems(documents, places.OLDEST), [])
                    self.assertEqual(api_schema.problems(documents, places.NEWEST), [])

    def test_nothing_that_is_turned_off_is_rendered(self) -> None:
        documents = manifests.load(Helm(places.helm_programs()[-1], places.CHART).render(changes=NOTHING))
        self.assertEqual({document["kind"] for document in documents},
                         {"ConfigMap", "Deployment", "Service", "ServiceAccount"})

    def test_bad_values_are_refused_with_the_reason(self) -> None:
        for program in places.helm_programs():
            helm = Helm(program, places.CHART)
            for what, (change, word) in BAD_VALUES.items():
                with self.subTest(program.name, what=what), self.assertRaises(Failed) as refusal:
                    helm.render(changes=tuple(change.split("|")))
                self.assertIn(word, str(refusal.exception), what)

    def _chart_version(self) -> str:
        lines = (places.CHART / "Chart.yaml").read_text().splitlines()
        (version,) = [line.split()[1] for line in lines if line.startswith("appVersion:")]
        return version


if __name__ == "__main__":
    places.helm_programs()
    unittest.main()
