"""The chart as Helm renders it."""
import pathlib
import subprocess

from manifests import normalized

RELEASE, NAMESPACE = "shop", "retrieval"


class Failed(Exception):
    """Helm refuses; the text is what it says."""


class Helm:
    def __init__(self, program: pathlib.Path, chart: pathlib.Path) -> None:
        self.program, self.chart = program, chart

    def lint(self, values: pathlib.Path) -> None:
        self._run("lint", "--strict", str(self.chart), "--namespace", NAMESPACE, "--values", str(values))

    def render(self, values: pathlib.Path | None = None, changes: tuple[str, ...] = ()) -> str:
        arguments = ["--values", str(values)] if values else []
        for change in changes:
            arguments += ["--set-json", change]
        # The oldest version that the chart supports, so that nothing depends on what Helm was built with.
        return normalized(self._run("template", RELEASE, str(self.chart), "--namespace", NAMESPACE, "--kube-version",
                                    "1.31.0", *arguments))

    def _run(self, *arguments: str) -> str:
        done = subprocess.run([str(self.program), *arguments], capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise Failed(done.stderr + done.stdout)
        return done.stdout
