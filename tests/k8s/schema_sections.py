"""The sections of the chart's values that are the server's own settings, as the server's schema describes them."""
import copy
from typing import Any

SECTIONS = ("serve", "log")

# What the chart sets by itself, so that ports, probes, mounts and policies agree with it, and files that a server would
# write, for which pods have no place.
NOT_IN_VALUES = (
    "serve.address", "serve.admin", "serve.health", "serve.metrics.address", "serve.versions.state", "serve.catalog.log",
    "serve.security.insecure", "serve.security.certificate", "serve.security.private_key",
    "serve.security.client_authorities", "serve.security.client_certificates", "serve.security.clients",
    "serve.access_log.pseudonym_key",
)

# What the grace period is derived from.
REQUIRED = {"serve": ["shutdown"], "serve.shutdown": ["lame_duck_seconds", "drain_seconds"]}


def section(properties: dict[str, Any], path: str) -> dict[str, Any]:
    """The schema at a dotted path below top-level properties; empty if there is none."""
    found: dict[str, Any] = {"properties": properties}
    for key in path.split("."):
        found = found.get("properties", {}).get(key, {})
    return found


def bounds_alone(schema: Any) -> Any:
    """Without the defaults, which are those of values.yaml, and the meanings, which docs/config.md explains."""
    if isinstance(schema, list):
        return [bounds_alone(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    texts = {key for key in ("default", "description") if not isinstance(schema.get(key), dict)}
    return {key: bounds_alone(item) for key, item in schema.items() if key not in texts}


def server_sections(program_schema: dict[str, Any]) -> dict[str, Any]:
    properties = copy.deepcopy(program_schema["properties"])
    for path in NOT_IN_VALUES:
        parent, _, name = path.rpartition(".")
        if parent_section := section(properties, parent):
            parent_section["properties"].pop(name, None)
    for path, names in REQUIRED.items():
        section(properties, path)["required"] = names
    return {name: bounds_alone(properties[name]) for name in SECTIONS}


def with_server_sections(values_schema: dict[str, Any], program_schema: dict[str, Any]) -> dict[str, Any]:
    sections = server_sections(program_schema)
    return {**values_schema, "properties": {**values_schema["properties"], **sections}}
