"""Every committed manifest obeys the API's strict schema of the oldest and newest Kubernetes, the policies, and what the
built server says of its own configuration in them."""
import pathlib
import unittest

import places

places.require_packages()

import api_schema  # noqa: E402
import manifests  # noqa: E402
import policies  # noqa: E402
import server  # noqa: E402


class ServingManifestsTest(unittest.TestCase):
    def goldens(self) -> list[pathlib.Path]:
        return [places.golden(values) for values in places.VALUES]

    def test_obey_the_schema_of_every_supported_version(self) -> None:
        for golden in self.goldens():
            for version in (places.OLDEST, places.NEWEST):
                with self.subTest(golden.name, version=version):
                    self.assertEqual(api_schema.problems(manifests.load(golden.read_text()), version), [])

    def test_obey_the_policies_with_the_server_that_was_built(self) -> None:
        for golden in self.goldens():
            with self.subTest(golden.name):
                documents = manifests.load(golden.read_text())
                outline = server.outline(places.program(), documents)
                self.assertEqual(policies.violations(documents, outline), [])

    def test_a_configuration_that_the_server_refuses_is_noticed(self) -> None:
        documents = manifests.load(places.golden(places.VALUES[0]).read_text())
        configuration = manifests.of_kind(documents, "ConfigMap")[0]["data"]
        configuration["shortlist.yaml"] = configuration["shortlist.yaml"].replace("threads:", "trheads:")
        with self.assertRaisesRegex(server.Refused, "serve.trheads: unknown field"):
            server.outline(places.program(), documents)


if __name__ == "__main__":
    places.program()
    unittest.main()
