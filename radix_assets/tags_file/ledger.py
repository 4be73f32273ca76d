"""What Radix wrote into a tags file and what the file said when it was last looked at.

It stands beside the file, so that it travels with it. A line that still reads as Radix wrote it is as suggested; every
other line is a person's. Where the ledger is lost every line is a person's, save those that read as they would be
suggested now.
"""

import json
import uuid
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from radix_assets.tags_file.lines import Key, written

_KEPT = 2
"""Texts of a line that count as Radix's: the newest, and the one before, in case its writing was cut off."""


@dataclass
class Entry:
    """One line that Radix wrote."""

    prints: list[str]
    """Of its text, newest first."""
    said: dict[str, str] = field(default_factory=dict)
    """The settings it held."""
    confirmed: bool = False
    """Whether a person has confirmed it since."""


@dataclass
class Ledger:
    """All that Radix remembers of one tags file."""

    sha: str = ""
    """Of the text at the last look."""
    confirmed: bool = False
    written: dict[str, Entry] = field(default_factory=dict)
    held: dict[str, Any] = field(default_factory=dict)
    """What the file said at the last look."""
    known: dict[str, list[str]] = field(default_factory=dict)
    """By table, every column that ever was in the data."""
    gone: dict[str, str] = field(default_factory=dict)
    """The marks of vanished columns and tables, as they were written."""
    outbox: list[dict[str, Any]] = field(default_factory=list)
    """What is still to be written into the action log."""
    new: bool = True
    """Whether there was no ledger."""

    def untouched(self, key: Key, seen: str) -> bool:
        """Whether a line with this print is as Radix wrote it, confirmed since or not."""
        entry = self.written.get(written(key))
        return entry is not None and seen in entry.prints

    def suggested(self, key: Key, seen: str) -> bool:
        """Whether a line with this print is as Radix wrote it and nobody has confirmed it."""
        entry = self.written.get(written(key))
        return entry is not None and seen in entry.prints and not entry.confirmed

    def write(self, key: Key, seen: str, said: dict[str, str] | None = None) -> None:
        """Remember that Radix is about to write a line."""
        entry = self.written.setdefault(written(key), Entry([]))
        entry.prints = [seen, *(other for other in entry.prints if other != seen)][:_KEPT]
        entry.said, entry.confirmed = said or {}, False

    def settle(self, key: Key, seen: str) -> None:
        """Of the texts a line may have, the one that it has."""
        entry = self.written[written(key)]
        entry.prints = [seen]

    def confirm(self) -> None:
        """A person has confirmed every line that is there."""
        for entry in self.written.values():
            entry.confirmed = True

    def knew(self, table: str, column: str | None = None) -> bool:
        """Whether a table or a column was once in the data."""
        return table in self.known if column is None else column in self.known.get(table, ())

    def tell(self, kind: str, actor: str, reason: str, before: dict[str, Any], after: dict[str, Any]) -> None:
        """Put an action into the outbox."""
        self.outbox.append(
            {
                "id": uuid.uuid4().hex,
                "kind": kind,
                "actor": actor,
                "reason": reason,
                "before": before,
                "after": after,
                "input_hash": self.sha,
            }
        )

    def to_bytes(self) -> bytes:
        """As it is kept."""
        content = asdict(self)
        del content["new"]
        return json.dumps({"version": 1, **content}, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def ledger_path(path: Path) -> Path:
    """Where the ledger of a tags file is."""
    return path.with_name(f".{path.name}.radix")


def load_ledger(path: Path) -> Ledger:
    """The ledger of a tags file; an empty one where there is none, or none that can be read."""
    try:
        content = json.loads(ledger_path(path).read_bytes())
        if content.pop("version") != 1:
            return Ledger()
        entries = {key: Entry(**entry) for key, entry in content.pop("written").items()}
        return Ledger(**content, written=entries, new=False)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Ledger()
