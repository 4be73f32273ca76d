"""The key of records that hold lists of records, so that the rows of a list can name the record they belong to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

_NAMES: Final = ("id", "_id", "uuid", "guid", "@id", "key", "code")
_MOST: Final = 5_000_000
"""Records beyond which a field is not proved to be unique, and the record's number is the key."""


@dataclass
class KeyFinder:
    """Finds a field whose values are integers or texts, all present and all different."""

    table: str
    candidates: dict[str, set[Any]] = field(default_factory=dict)
    records: int = 0

    def add(self, record: Mapping[str, Any]) -> None:
        """Look at one more record."""
        self.records += 1
        if self.records == 1:
            self.candidates = {name: set() for name in self._candidates(list(record))}
        if self.records > _MOST:
            self.candidates.clear()
        for name in list(self.candidates):
            value = record.get(name)
            if type(value) not in (int, str) or value in self.candidates[name] or not is_unicode(value):
                del self.candidates[name]
            else:
                self.candidates[name].add(value)

    @property
    def key(self) -> str | None:
        """The field that is the key; None if there is none, so that the record's number is."""
        return next(iter(self.candidates), None) if self.records else None

    def column(self, taken: set[str]) -> str:
        """Return the name of the column with the key: in the table itself without a key, and in the lists inside."""
        key = self.key
        if key is None:
            return unused(f"{self.table}_row", taken)
        own = re.sub(r"\W|_", "", key).lower()
        stem = re.sub(r"\W|_", "", self.table).lower().rstrip("s")
        return unused(key if stem and stem in own else f"{self.table}_{key.lstrip('_@')}", taken)

    def _candidates(self, names: list[str]) -> list[str]:
        lower = {name.lower(): name for name in reversed(names)}
        stem = re.sub(r"[^a-z0-9]", "", self.table.lower()).rstrip("s")
        chosen = [lower[name] for name in _NAMES if name in lower]
        chosen += [name for name in names if re.sub(r"[^a-z0-9]", "", name.lower()) in {f"{stem}id", f"{stem}key"}]
        chosen += [name for name in names[:1] if re.search(r"(_id|[a-z]I[dD]|_key|_no)$", name)]
        return list(dict.fromkeys(chosen))


def is_unicode(value: Any) -> bool:
    """Return whether a value is no text, or text without halves of a character."""
    return not isinstance(value, str) or value.isprintable() or not any("\ud800" <= mark <= "\udfff" for mark in value)


def unused(name: str, taken: set[str]) -> str:
    """Return a name that no column has: the name itself, or with a number."""
    candidate, number = name, 2
    while candidate in taken:
        candidate, number = f"{name}_{number}", number + 1
    return candidate
