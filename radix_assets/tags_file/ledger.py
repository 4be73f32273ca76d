"""The ledger of a tags file: what Radix wrote into it, and its content at the last inspection.

The ledger is a hidden file next to the tags file, so that the two move together. A line that still reads as Radix wrote
it is a suggestion; every other line belongs to the user. If the ledger is lost, every line belongs to the user, except
those that read exactly as Radix would suggest them now.
"""

import json
import uuid
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from radix_assets.tags_file.lines import Key, key_text

_KEPT = 2
"""Texts of a line that count as Radix's: the newest, and the previous one in case a write was interrupted."""

_STORED = {"content": "held", "columns_seen": "known", "missing_marks": "gone"}
"""Names of fields in the stored file, if they differ: a ledger of an earlier version is still read."""
_FIELDS = {stored: name for name, stored in _STORED.items()}


@dataclass
class Entry:
    """One line that Radix wrote."""

    fingerprints: list[str]
    """Fingerprints of the line's text, newest first."""
    settings: dict[str, str] = field(default_factory=dict)
    """The settings on the line."""
    confirmed: bool = False
    """Whether a user has confirmed it since."""

    def to_json(self) -> dict[str, Any]:
        """Return the entry as stored."""
        return {"prints": self.fingerprints, "said": self.settings, "confirmed": self.confirmed}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Entry":
        """Return a stored entry. Raise KeyError or TypeError if it is not one."""
        return cls(stored["prints"], stored.get("said", {}), stored.get("confirmed", False))


@dataclass
class Ledger:
    """The record of one tags file."""

    sha: str = ""
    """The hash of the text at the last inspection."""
    confirmed: bool = False
    written: dict[str, Entry] = field(default_factory=dict)
    content: dict[str, Any] = field(default_factory=dict)
    """Settings of the file at the last inspection."""
    columns_seen: dict[str, list[str]] = field(default_factory=dict)
    """By table, every column that was ever in the data."""
    missing_marks: dict[str, str] = field(default_factory=dict)
    """The comments that mark missing columns and tables, as written."""
    outbox: list[dict[str, Any]] = field(default_factory=list)
    """Actions that are still to be written to the action log."""
    new: bool = True
    """Whether no ledger was stored."""

    def untouched(self, key: Key, fingerprint: str) -> bool:
        """Return whether a line with this fingerprint is as Radix wrote it, whether confirmed since or not."""
        entry = self.written.get(key_text(key))
        return entry is not None and fingerprint in entry.fingerprints

    def suggested(self, key: Key, fingerprint: str) -> bool:
        """Return whether a line with this fingerprint is as Radix wrote it and has not been confirmed."""
        entry = self.written.get(key_text(key))
        return entry is not None and fingerprint in entry.fingerprints and not entry.confirmed

    def write(self, key: Key, fingerprint: str, settings: dict[str, str] | None = None) -> None:
        """Record that Radix is about to write a line."""
        entry = self.written.setdefault(key_text(key), Entry([]))
        entry.fingerprints = [fingerprint, *(older for older in entry.fingerprints if older != fingerprint)][:_KEPT]
        entry.settings, entry.confirmed = settings or {}, False

    def settle(self, key: Key, fingerprint: str) -> None:
        """Record which of its possible texts a line really has."""
        entry = self.written[key_text(key)]
        entry.fingerprints = [fingerprint]

    def confirm(self) -> None:
        """Record that a user has confirmed every line."""
        for entry in self.written.values():
            entry.confirmed = True

    def was_in_data(self, table: str, column: str | None = None) -> bool:
        """Return whether a table or a column was ever in the data."""
        return table in self.columns_seen if column is None else column in self.columns_seen.get(table, ())

    def record(self, kind: str, actor: str, reason: str, before: dict[str, Any], after: dict[str, Any]) -> None:
        """Add an action to the outbox."""
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
        """Return the ledger as stored."""
        content = {_STORED.get(name, name): value for name, value in asdict(self).items() if name != "new"}
        content["written"] = {key: entry.to_json() for key, entry in self.written.items()}
        return json.dumps({"version": 1, **content}, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def ledger_path(path: Path) -> Path:
    """Return the path of a tags file's ledger."""
    return path.with_name(f".{path.name}.radix")


def load_ledger(path: Path) -> Ledger:
    """Load the ledger of a tags file; an empty one if there is none or it cannot be read."""
    try:
        content = json.loads(ledger_path(path).read_bytes())
        if content.pop("version") != 1:
            return Ledger()
        entries = {key: Entry.from_json(entry) for key, entry in content.pop("written").items()}
        return Ledger(**{_FIELDS.get(key, key): value for key, value in content.items()}, written=entries, new=False)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Ledger()
