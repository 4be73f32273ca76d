"""A YAML text as nodes with positions, so that an edit touches nothing else."""

import warnings
from functools import lru_cache
from pathlib import Path
from typing import Any

from radix_assets.common.yaml_depth import is_too_deep
from radix_resources.errors import TagError

Node = Any
"""A node of ruamel.yaml: scalar, sequence or mapping, with `start_mark` and `end_mark`."""

_LARGE = 100_000
"""Characters from which on libyaml parses the text, which is ten times as fast."""


def compose(text: str, file: Path | None = None) -> Node | None:
    """Return the root node of a text; None if it is empty. Raise TagError RDX-TAG-003 if it is not YAML."""
    if len(text) >= _LARGE and not is_too_deep(text):
        try:
            return _composed_fast(text)
        except ValueError:
            pass  # the slower parser below raises the error, with its position
    return _composed(text, file)


@lru_cache(maxsize=2)
def _composed_fast(text: str) -> Node | None:
    import yaml

    try:
        root = yaml.compose(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise ValueError("not YAML") from error
    if "*" in text and _circular(root):
        raise ValueError("circular")
    return root


@lru_cache(maxsize=8)
def _composed(text: str, file: Path | None) -> Node | None:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.reader import ReaderError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an anchor that is used twice is allowed
            root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise TagError(
            "RDX-TAG-003",
            f"the file is not YAML: {error.problem or error.context or 'unreadable'}",
            expected="`key: value`, indented by spaces; names with special characters in quotes",
            hint="fix the line",
            file=file,
            line=mark.line + 1 if mark else None,
            column=mark.column + 1 if mark else None,
        ) from None
    except ReaderError as error:
        before = text[: error.position]
        raise TagError(
            "RDX-TAG-003",
            "the file is not YAML: a character is not allowed here",
            hint="remove it",
            file=file,
            line=before.count("\n") + 1,
            column=len(before) - before.rfind("\n"),
        ) from None
    except YAMLError as error:
        raise TagError(
            "RDX-TAG-003", f"the file is not YAML: {error}".splitlines()[0], hint="fix the file", file=file
        ) from None
    except RecursionError:
        raise TagError(
            "RDX-TAG-003", "the file is not YAML: it is nested too deeply", hint="fix the file", file=file, line=1
        ) from None
    if "*" in text and _circular(root):
        raise TagError("RDX-TAG-003", "a value contains itself through an alias", hint="write the value out", file=file)
    return root


def _circular(node: Node | None, above: tuple[int, ...] = ()) -> bool:
    if node is None or is_scalar(node):
        return False
    if id(node) in above:
        return True
    inner = [part for item in node.value for part in (item if isinstance(item, tuple) else (item,))]
    return any(_circular(part, (*above, id(node))) for part in inner)


def is_mapping(node: Node) -> bool:
    """Return whether a node is a mapping."""
    return type(node).__name__ == "MappingNode"


def is_sequence(node: Node) -> bool:
    """Return whether a node is a list."""
    return type(node).__name__ == "SequenceNode"


def is_scalar(node: Node) -> bool:
    """Return whether a node is a scalar."""
    return type(node).__name__ == "ScalarNode"


def is_null(node: Node) -> bool:
    """Return whether a node is null."""
    return is_scalar(node) and node.style is None and node.value in {"", "~", "null", "Null", "NULL"}


def line(node: Node) -> int:
    """Return the line where a node begins, from 1."""
    return int(node.start_mark.line) + 1


def column(node: Node) -> int:
    """Return the column where a node begins, from 0."""
    return int(node.start_mark.column)


def start(node: Node) -> int:
    """Return the position of a node's first character."""
    return int(node.start_mark.index)


def end(node: Node) -> int:
    """Return the position after a node's last character; trailing comments and blank lines are not part of it."""
    if not is_scalar(node) and not node.flow_style and node.value:
        last = node.value[-1]
        return end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def pairs(node: Node) -> list[tuple[Node, Node]]:
    """Return the keys and values of a mapping; an empty list for any other node."""
    return list(node.value) if is_mapping(node) else []


def child(node: Node, key: str) -> tuple[Node, Node] | None:
    """Return key and value of a mapping's entry; None if it has none."""
    return next((pair for pair in pairs(node) if is_scalar(pair[0]) and pair[0].value == key), None)
