"""Objects against the schemas of the Kubernetes API, in which an unknown field is an error."""
import functools

import kubernetes_validate
import kubernetes_validate.utils

from manifests import Manifest, label

# Parsing the schemas takes most of the time, and every object needs the same.
kubernetes_validate.utils.schema_contents = functools.cache(kubernetes_validate.utils.schema_contents)

# Kinds that other projects define, which no schema of Kubernetes has.
CUSTOM = {
    "cert-manager.io/v1": {"Certificate"},
    "gateway.networking.k8s.io/v1": {"BackendTLSPolicy", "GRPCRoute"},
    "jobset.x-k8s.io/v1alpha2": {"JobSet"},
    "keda.sh/v1alpha1": {"ScaledObject"},
    "kubeflow.org/v2beta1": {"MPIJob"},
    "kueue.x-k8s.io/v1beta1": {"ClusterQueue", "LocalQueue", "ResourceFlavor"},
    "monitoring.coreos.com/v1": {"PodMonitor", "PrometheusRule"},
    "trainer.kubeflow.org/v1alpha1": {"TrainJob", "TrainingRuntime"},
}


def problems(manifests: list[Manifest], version: str) -> list[str]:
    return [problem for manifest in manifests if (problem := _problem(manifest, version))]


def _problem(manifest: Manifest, version: str) -> str | None:
    if manifest["kind"] in CUSTOM.get(manifest["apiVersion"], set()):
        return None
    try:
        kubernetes_validate.validate(manifest, version, strict=True)
        return None
    except kubernetes_validate.ValidationError as error:
        return f"{label(manifest)}: {'.'.join(str(part) for part in error.path)}: {error.message}"
    except kubernetes_validate.SchemaNotFoundError as error:
        return f"{label(manifest)}: {error.message}"
