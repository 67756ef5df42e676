"""The rules are rules to promtool, each alert has a test that sees it fire and a line on what to do then, and what rules,
dashboard and manifests name by metric or record is there."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import places

places.require_packages()

import yaml  # noqa: E402

RULES = places.CHART / "rules/shortlist.yaml"
TESTS = pathlib.Path(__file__).with_name("rules_test.yaml")
OPERATIONS = places.SOURCE / "docs/operations.md"


def rules() -> list[dict[str, str]]:
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def promtool(folder: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["promtool", *arguments], cwd=folder, capture_output=True, text=True, timeout=120)


class RulesTest(unittest.TestCase):
    def run_unit_tests(self, text: str) -> subprocess.CompletedProcess[str]:
        with tempfile.TemporaryDirectory(prefix="shortlist.rules.") as folder:
            pathlib.Path(folder, RULES.name).write_text(text)
            pathlib.Path(folder, TESTS.name).write_text(TESTS.read_text())
            return promtool(folder, "test", "rules", TESTS.name)

    def test_are_valid(self) -> None:
        done = promtool(str(RULES.parent), "check", "rules", RULES.name)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_do_what_their_tests_say(self) -> None:
        done = self.run_unit_tests(RULES.read_text())
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_no_alert_could_be_silent_or_cry_always_unseen(self) -> None:
        """With every alert silent, or every one firing, the tests of each turn red."""
        alerts = {rule["alert"] for rule in rules() if "alert" in rule}
        for other in ("vector(1) < 0", "vector(1)"):
            changed = yaml.safe_load(RULES.read_text())
            for rule in changed["groups"][1]["rules"]:
                rule["expr"] = other
            done = self.run_unit_tests(yaml.safe_dump(changed))
            self.assertEqual(set(re.findall(r"alertname: (\w+)", done.stdout + done.stderr)), alerts, other)

    def test_every_alert_says_how_urgent_it_is_and_has_a_line_in_the_runbook(self) -> None:
        for rule in rules():
            if "alert" in rule:
                self.assertIn(rule["labels"]["severity"], ("page", "ticket"))  # type: ignore[index]
                self.assertIn(f"| `{rule['alert']}` |", OPERATIONS.read_text())

    def test_the_runbook_speaks_of_no_other_alert(self) -> None:
        spoken_of = set(re.findall(r"^\| `(Shortlist\w+)` \|", OPERATIONS.read_text(), re.MULTILINE))
        self.assertEqual(spoken_of, {rule["alert"] for rule in rules() if "alert" in rule})

    def test_records_that_are_read_are_written(self) -> None:
        written = {rule["record"] for rule in rules() if "record" in rule}
        texts = [RULES.read_text(), (places.CHART / "dashboards/shortlist.json").read_text(),
                 (places.CHART / "templates/scaled_object.yaml").read_text()]
        texts += [file.read_text() for file in (places.SOURCE / "k8s/observability").glob("*")]
        for text in texts:
            self.assertLessEqual(set(re.findall(r"shortlist:\w+:\w+", text)), written)


if __name__ == "__main__":
    if not shutil.which("promtool"):
        print("skipped: there is no promtool; tools/setup.sh installs it")
        sys.exit(places.SKIPPED)
    unittest.main()
