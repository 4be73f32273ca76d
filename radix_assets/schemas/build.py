"""Schemas built from the models that read the files. `python -m radix_assets.schemas.build` writes what ships."""

import json
from pathlib import Path
from typing import Any

from radix_assets.project.settings import Project
from radix_assets.schemas.shipped import NAMES, Name, file_name
from radix_assets.tags_file.document import TagsDocument

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def build(name: Name) -> str:
    """Build a schema from its model, as JSON text; equal models give equal text."""
    schema = _project() if name == "project" else TagsDocument.model_json_schema()
    return json.dumps({"$schema": _DIALECT, **schema}, indent=1, ensure_ascii=False) + "\n"


def _project() -> dict[str, Any]:
    """Build the schema of project.yaml; the loader sets the folder, and the name where the file leaves it out."""
    schema = Project.model_json_schema()
    del schema["properties"]["folder"]
    schema["required"] = [name for name in schema["required"] if name != "name"]
    return schema


if __name__ == "__main__":
    for each in NAMES:
        Path(__file__).with_name(file_name(each)).write_text(build(each), encoding="utf-8")
