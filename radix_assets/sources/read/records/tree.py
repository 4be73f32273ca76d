"""The lists of records in a document: which there are, and the rows of one of them with the keys of its parents."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from typing import Any, Final

from radix_assets.sources.read.records.decode import NOT_JSON, Broken, Decoded

Pointer = tuple[str, ...]
"""The names that lead to a list of records, as in a JSON pointer: ("data", "items") for the items of each datum."""

_DEEPEST: Final = 6
_LEAST_ALIKE: Final = 0.5
_LOOK: Final = 100
"""Elements that decide of which kind the records are."""
_WORDS: Final = {dict: "an object", list: "an array", None: "a single value"}
_VALUE: Final = re.compile(r"[-+]?[\d.,]*\d")
"""Beginnings of numbers and dates, which few names of columns have."""
KEY: Final = "key"
"""The column with the names of an object whose values are the records."""


def parse(part: str | None) -> Pointer:
    """Return a part such as `data/items` as its names; `~1` is a slash in a name, `~0` a tilde."""
    return tuple(name.replace("~1", "/").replace("~0", "~") for name in part.split("/")) if part else ()


def render(pointer: Pointer) -> str:
    """Return the names as a part."""
    return "/".join(shown(name).replace("~", "~0").replace("/", "~1") for name in pointer)


def shown(text: str) -> str:
    """Return a text with halves of a character written as escapes, as no file or message can hold them."""
    return text if text.isprintable() else text.encode("utf-8", "backslashreplace").decode()


@dataclass
class Root:
    """The records of a document that are not inside another record."""

    pointer: Pointer
    records: Iterable[Any]
    beside: tuple[str, ...] = ()
    """Names beside the list, such as `count` and `next`, which are not read."""


def roots(content: Any) -> list[Root]:
    """Return the outermost lists of records in a document."""
    if not isinstance(content, dict):
        return [Root((), content)]
    whole = _as_records(content)
    if whole is not None:
        return [Root((), whole)]
    lists = list(_lists(content, ()))
    if not lists:
        return [Root((), [content])]
    beside = tuple(name for name in content if all(pointer[0] != name for pointer, _ in lists))
    return [Root(pointer, records, beside) for pointer, records in lists]


def _lists(content: Mapping[str, Any], path: Pointer) -> Iterator[tuple[Pointer, list[Any]]]:
    for name, value in content.items():
        if isinstance(value, list) and any(isinstance(item, dict) for item in value):
            yield (*path, name), value
        elif isinstance(value, dict) and len(path) < _DEEPEST:
            yield from _lists(value, (*path, name))


def _as_records(content: Mapping[str, Any]) -> list[Any] | None:
    """Return the records of an object that is a table: of columns, with `columns` and `data`, or one record a name."""
    columns, data = content.get("columns"), content.get("data")
    if isinstance(columns, list) and isinstance(data, list) and data and all(isinstance(row, list) for row in data):
        return [dict(zip(map(str, columns), row, strict=False)) for row in data]
    values = list(content.values())
    if len(values) > 1 and all(isinstance(value, list) for value in values):
        lengths = {len(value) for value in values}
        if (
            len(lengths) == 1
            and lengths != {0}
            and not any(isinstance(cell, dict) for value in values for cell in value)
        ):
            return [dict(zip(content, row, strict=True)) for row in zip(*values, strict=True)]
    if len(values) > 1 and all(isinstance(value, dict) and value for value in values):
        shared = set(values[0]).intersection(*values[1:])
        scalars = all(
            not isinstance(cell, list | dict) for name in shared for cell in (value[name] for value in values)
        )
        if shared and scalars and len(shared) >= _LEAST_ALIKE * max(map(len, values)):
            return [{KEY: name, **value} for name, value in content.items()]
    return None


def record_of(item: Any, names: Sequence[str] = ()) -> dict[str, Any]:
    """Return an element as a record: a scalar is the record of a `value`, an array one of a cell a column."""
    if isinstance(item, dict):
        return item
    if isinstance(item, list):
        missing = [f"column_{index + 1}" for index in range(len(names), len(item))]
        return dict(zip([*names, *missing], item, strict=False))
    return {"value": item}


def records_of(
    items: Iterable[Any], notes: Decoded, set_aside: Callable[[int, Any, str], None] | None = None
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the elements of a list as records, each with its number, from 1.

    The first elements decide of which kind the records are: objects if there is one, else arrays, else scalars.
    `set_aside` is given what is of another kind, with the reason. A first array of distinct texts names the columns of
    the arrays that follow; `notes` gets the names.
    """
    iterator = iter(items)
    head = list(islice(iterator, _LOOK))
    kind = next((kind for kind in (dict, list) if any(isinstance(item, kind) for item in head)), None)
    names = _header([item for item in head if isinstance(item, list)], notes) if kind is list else []
    for number, item in enumerate(chain(head, iterator), start=1):
        if isinstance(item, Broken):
            if set_aside and item:
                set_aside(number, item, NOT_JSON)
        elif isinstance(item, kind) if kind else not isinstance(item, dict | list):
            if item is not names:
                yield number, record_of(item, names)
        elif set_aside:
            set_aside(number, item, f"not {_WORDS[kind]}, as the other elements are")


def _header(rows: list[list[Any]], notes: Decoded) -> list[str]:
    """Return the first of some arrays if it names the columns of the others, else an empty list."""
    first, below = rows[0], rows[1:]
    is_text = len(first) > 1 and all(isinstance(cell, str) and cell for cell in first)
    if not is_text or len(set(first)) < len(first):
        return []
    columns = list(zip_longest(*below))[: len(first)]
    if any(name in column for name, column in zip(first, columns, strict=False)):
        return []
    notes.header = tuple(first)
    notes.is_header_sure = any(
        not isinstance(cell, str) or (_VALUE.match(cell) and not _VALUE.match(name))
        for name, column in zip(first, columns, strict=False)
        for cell in column
        if cell is not None
    )
    return first


def inner_lists(record: Mapping[str, Any], path: Pointer, lists: dict[Pointer, None]) -> None:
    """Add the lists of records inside a record to `lists`."""
    for name, value in record.items():
        if isinstance(value, dict):
            if len(path) < 2 * _DEEPEST:
                inner_lists(value, (*path, name), lists)
        elif isinstance(value, list) and value and any(isinstance(item, dict) for item in value):
            inner = (*path, name)
            lists[inner] = None
            for item in value:
                if isinstance(item, dict):
                    inner_lists(item, inner, lists)


def descend(record: Any, pointer: Pointer, keys: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yield the elements of a list inside a record, each with the keys of its parents and its position, from 1."""
    if isinstance(record, list):
        for position, item in enumerate(record, start=1):
            if pointer:
                yield from descend(item, pointer, (*keys, position))
            else:
                yield (*keys, position), item
    elif isinstance(record, dict):
        if pointer:
            yield from descend(record.get(pointer[0]), pointer[1:], keys)
        else:
            yield (*keys, 1), record
