"""Describe a mistake in a project file in the words of the file."""

import difflib
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from radix_assets.project.machines import Infrastructure
from radix_assets.project.settings import Project
from radix_assets.project.text import place_of
from radix_assets.sources.kinds.registry import kind_of_settings
from radix_resources.errors import ConfigError
from radix_resources.providers.names import DEFAULT
from radix_resources.providers.registry import find_provider


def explain_mistake(
    error: ValidationError, text: str, path: Path, content: dict[str, Any], below: tuple[str, ...] = ()
) -> ConfigError:
    """Describe the first mistake in the words of the file."""
    first = error.errors()[0]
    loc = first["loc"]
    where = loc[:2] + loc[3:] if loc[:2] == ("goal", "target") else loc
    name = ".".join(str(part) for part in where) or "the project"
    if first["type"] == "extra_forbidden":
        names = _fields(where[:-1], content)
        near = difflib.get_close_matches(str(where[-1]), names, n=1)
        found, expected = f"{name} is not a setting", f"one of {', '.join(names)}"
        hint = f"did you mean {near[0]}?" if near else "remove it, or use one of these names"
    elif first["type"] == "missing":
        found, expected, hint = f"{name} is missing", "it is required", f"add {where[-1]}:"
    elif first["type"] == "unknown_name":
        found, expected, hint = (str(first["ctx"][part]) for part in ("found", "expected", "hint"))
    else:
        message = first["msg"].removeprefix("Value error, ")
        shown = "" if not where or where[0] == "sources" else f" (found {first['input']!r})"
        found, expected, hint = f"{name}{shown}: {message}", "", "fix the line" if where else "fix the file"
        if first["type"] in {"literal_error", "greater_than_equal", "less_than_equal"}:
            found, expected = f"{name} is {first['input']!r}", message.removeprefix("Input should be ")
    return ConfigError("RDX-CFG-003", found, expected=expected, hint=hint, file=path, **place_of(text, below + where))


def _fields(where: tuple[Any, ...], content: dict[str, Any]) -> list[str]:
    """Return the names of the settings that are allowed in a mapping of the file, such as ("policy",)."""
    model: type[BaseModel] = Project
    parts = list(where)
    if parts[:1] == ["sources"]:
        model = kind_of_settings(content["sources"][parts[1]])
        del parts[:2]
    fields = dict(model.model_fields)
    for part in parts:
        annotation = fields[str(part)].annotation
        for candidate in (annotation, *get_args(annotation)):
            if isinstance(candidate, type) and issubclass(candidate, BaseModel):
                model = candidate
        fields = dict(model.model_fields)
        if model is Infrastructure:
            provider = content["infrastructure"].get("provider", DEFAULT)
            fields |= find_provider(provider).settings.model_fields
    return sorted({field.alias or name for name, field in fields.items()} - {"folder"})
