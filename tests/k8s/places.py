"""Where things stand, and what a test is told about them by CTest. Ends a test program with status 77, and a line that
begins with "skipped:", where something that set-up installs is not there."""
import os
import pathlib
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2]
CHART = SOURCE / "k8s/helm/shortlist"
VALUES = sorted((SOURCE / "k8s/helm/values").glob("*.yaml"))
GOLDENS = SOURCE / "tests/k8s/goldens"
TRAINING = SOURCE / "k8s/training"
SKIPPED = 77

# Versions of Kubernetes between which the manifests hold (k8s/README.md).
OLDEST, NEWEST = "1.31", "1.37"


def _given(variable: str, what: str) -> pathlib.Path:
    path = pathlib.Path(os.environ.get(variable, ""))
    if not os.environ.get(variable) or not path.exists():
        print(f"skipped: there is no {what}; tools/setup.sh installs it, {variable} names it")
        sys.exit(SKIPPED)
    return path


def require_packages() -> None:
    try:
        import kubernetes_validate  # noqa: F401
    except ImportError:
        print("skipped: there is no kubernetes-validate; tools/setup.sh installs it")
        sys.exit(SKIPPED)


def program() -> pathlib.Path:
    return _given("SHORTLIST_PROGRAM", "shortlist program")


def helm_programs() -> list[pathlib.Path]:
    folder = _given("HELM_DIRECTORY", "Helm")
    return [folder / "helm-3", folder / "helm-4"]


def golden(values: pathlib.Path) -> pathlib.Path:
    return GOLDENS / values.name
