"""Read the text of a project file, and locate settings in it."""

from pathlib import Path
from typing import Any

import yaml

from radix_assets.common.yaml_depth import is_too_deep
from radix_resources.errors import ConfigError

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_settings(path: Path) -> tuple[str, Any]:
    """Return the text of a project file, and its content.

    Raise ConfigError RDX-CFG-001 (no such file) or RDX-CFG-002 (not YAML, with line and column).
    """
    try:
        raw = path.read_bytes()
    except OSError:
        raise ConfigError(
            "RDX-CFG-001", "there is no project file", expected=path.name, hint="radix new NAME SOURCE…", file=path
        ) from None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        read = raw[: error.start].decode("utf-8")
        raise _unreadable("a byte is not UTF-8 text", path, read, len(read)) from None
    if is_too_deep(text):
        raise _unreadable("it is nested too deeply", path, text, 0)
    try:
        return text, yaml.load(text, _LOADER)  # noqa: S506 a safe loader
    except yaml.reader.ReaderError as error:
        raise _unreadable("a character is not allowed there", path, text, error.position) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        problem = getattr(error, "problem", None) or "unreadable"
        raise _unreadable(problem, path, text, 0, (mark.line, mark.column) if mark else None) from None
    except Exception:  # noqa: BLE001 a value that does not fit its form or its tag, such as 2026-02-31
        raise _unreadable("invalid value", path, text, 0, _first_invalid_value(text)) from None


def _first_invalid_value(text: str) -> tuple[int, int] | None:
    """Return line and column of the first invalid value; None if no single value is invalid."""
    loader = _LOADER(text)
    waiting = [loader.get_single_node()]
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.ScalarNode):
            try:
                loader.construct_object(node)
            except Exception:  # noqa: BLE001 the constructors do not document what they raise
                return node.start_mark.line, node.start_mark.column
        elif node is not None:
            parts = [part for item in node.value for part in (item if isinstance(item, tuple) else (item,))]
            waiting += reversed(parts)
    return None


def _unreadable(problem: str, path: Path, text: str, position: int, at: tuple[int, int] | None = None) -> ConfigError:
    before = text[:position]
    line, column = at or (before.count("\n"), position - (before.rfind("\n") + 1))
    bracket = "expected ',' or " in problem
    if bracket:  # libyaml begins with "did not find", the parser in Python adds what it found
        problem = problem.removeprefix("did not find ").partition(", but got")[0] + " here"
    return ConfigError(
        "RDX-CFG-002",
        f"the file is not valid YAML: {problem}",
        hint="close the bracket before this place, or put the comma" if bracket else "correct the line",
        file=path,
        line=line + 1,
        column=column + 1,
    )


def place_of(text: str, where: tuple[Any, ...]) -> dict[str, int]:
    """Return line and column of a setting; of the nearest enclosing one if it is missing."""
    node = yaml.compose(text, _LOADER)
    line, column = 1, 1
    for part in where:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(part):
                    node, line, column = value, key.start_mark.line + 1, key.start_mark.column + 1
                    break
            else:
                break
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line, column = node.start_mark.line + 1, node.start_mark.column + 1
    return {"line": line, "column": column}
