#!/usr/bin/env python3
"""Writes anew what is derived from the chart and from the server's settings: the rendered goldens, and the sections of
values.schema.json that are the server's own. `cmake --build --preset release --target update_kubernetes_goldens` calls it."""
import json
import subprocess

import places
from compact_json import compact
from helm import Helm
from schema_sections import with_server_sections


def program_schema() -> dict:
    text = subprocess.run([places.program(), "config", "schema"], check=True, capture_output=True, text=True).stdout
    return json.loads(text)


def updated_values_schema() -> str:
    values_schema = json.loads((places.CHART / "values.schema.json").read_text())
    return compact(with_server_sections(values_schema, program_schema()))


def main() -> None:
    (places.CHART / "values.schema.json").write_text(updated_values_schema())
    helm = Helm(places.helm_programs()[-1], places.CHART)
    places.GOLDENS.mkdir(exist_ok=True)
    for values in places.VALUES:
        places.golden(values).write_text(helm.render(values))
    for stale in set(places.GOLDENS.iterdir()) - {places.golden(values) for values in places.VALUES}:
        stale.unlink()


if __name__ == "__main__":
    main()
