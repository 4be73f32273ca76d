"""A YAML text as nodes that know where they stand, so that an edit touches nothing else."""

from pathlib import Path
from typing import Any

from radix_resources.errors import TagError

Node = Any
"""A node of ruamel.yaml: scalar, sequence or mapping, with `start_mark` and `end_mark`."""


def compose(text: str, file: Path | None = None) -> Node | None:
    """The root node of a text; None where it holds nothing. Raises TagError RDX-TAG-003 where it is not YAML."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        return YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise TagError(
            "RDX-TAG-003",
            f"the file is not YAML: {error.problem or error.context or 'unreadable'}",
            expected="key: value, indented by spaces; a name with signs in quotes",
            hint="mend the line",
            file=file,
            line=mark.line + 1 if mark else None,
        ) from None
    except YAMLError as error:
        raise TagError(
            "RDX-TAG-003", f"the file is not YAML: {error}".splitlines()[0], hint="mend the file", file=file
        ) from None


def is_mapping(node: Node) -> bool:
    """Whether a node holds keys and values."""
    return type(node).__name__ == "MappingNode"


def is_sequence(node: Node) -> bool:
    """Whether a node is a list."""
    return type(node).__name__ == "SequenceNode"


def is_scalar(node: Node) -> bool:
    """Whether a node is a single value."""
    return type(node).__name__ == "ScalarNode"


def is_null(node: Node) -> bool:
    """Whether a node holds nothing."""
    return is_scalar(node) and node.style is None and node.value in {"", "~", "null", "Null", "NULL"}


def line(node: Node) -> int:
    """The line where a node begins, from 1."""
    return int(node.start_mark.line) + 1


def column(node: Node) -> int:
    """The column where a node begins, from 0."""
    return int(node.start_mark.column)


def start(node: Node) -> int:
    """The position of a node's first character."""
    return int(node.start_mark.index)


def end(node: Node) -> int:
    """The position behind a node's last character; comments and blank lines behind it are not part of it."""
    if not is_scalar(node) and not node.flow_style and node.value:
        last = node.value[-1]
        return end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def pairs(node: Node) -> list[tuple[Node, Node]]:
    """Keys and values of a mapping; none of anything else."""
    return list(node.value) if is_mapping(node) else []


def child(node: Node, key: str) -> tuple[Node, Node] | None:
    """Key and value of a mapping's entry."""
    return next((pair for pair in pairs(node) if is_scalar(pair[0]) and pair[0].value == key), None)
