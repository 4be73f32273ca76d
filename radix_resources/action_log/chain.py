"""Approvals and tags, chained by hash, so that a changed, reordered or removed one is noticed.

Each project has one chain. A link holds the action, its number and the hash of the link before it. It is first written
as a file of its own, put-if-absent under *project + next number*, which alone decides whose turn it is; then the event
is written, with the link's hash. Anyone who can write to the database cannot remove something without a mismatch to
the files, and the commit records store how far the chain had come and its hash at that point.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from radix_resources.action_log.schema import Action, Kind
from radix_resources.files import put_if_absent

CHAINED: frozenset[Kind] = frozenset({"approve", "reject", "tag"})
HEAD = "chain"
"""The key of a commit record's `shown` with the number and hash of the project's newest link at that time."""
START = "0" * 64
"""The previous hash of the first link."""


@dataclass(frozen=True)
class Link:
    """One action of a chain."""

    sequence: int
    """1 for the first link of the project."""
    previous: str
    """Hash of the previous link."""
    action: dict[str, Any]

    @property
    def hash(self) -> str:
        """Hash of the whole link."""
        return digest(self.sequence, self.previous, self.action)

    @property
    def mark(self) -> dict[str, Any]:
        """The metadata of the event beside the action."""
        return {"sequence": self.sequence, "previous": self.previous, "hash": self.hash}


def digest(sequence: int, previous: str, action: dict[str, Any]) -> str:
    """Return the hash of a link."""
    content = json.dumps([sequence, previous, action], sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(content.encode()).hexdigest()


class Chains:
    """The links as files, `<root>/<project>/<number>.json`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def projects(self) -> list[str]:
        """Return the projects that have a chain."""
        return sorted(path.name for path in self._root.glob("*") if path.is_dir())

    def append(self, action: Action) -> Link:
        """Add an action to its project's chain, durably."""
        folder = self._root / action.project
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        plain = json.loads(action.model_dump_json())
        while True:
            files = self._files(action.project)
            last = _load(files[-1]) if files else None
            sequence = int(files[-1].stem) + 1 if files else 1
            link = Link(sequence, last.hash if last else START, plain)
            if _put(folder / f"{sequence:08d}.json", link):
                return link

    def head(self, project: str) -> dict[str, Any] | None:
        """Return number and hash of a project's last link, or None."""
        last = self.last(project)
        return {"sequence": last.sequence, "hash": last.hash} if last else None

    def last(self, project: str) -> Link | None:
        """Return a project's last link, or None."""
        files = self._files(project)
        return _load(files[-1]) if files else None

    def links(self, project: str) -> dict[int, Link | None]:
        """Return the links by number, with None for a file that cannot be read."""
        return {int(file.stem): _load(file) for file in self._files(project)}

    def restore(self, project: str, link: Link) -> None:
        """Restore the missing file of a link that the log contains."""
        folder = self._root / project
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _put(folder / f"{link.sequence:08d}.json", link)

    def _files(self, project: str) -> list[Path]:
        return sorted((self._root / project).glob("[0-9]*.json"))


def _load(file: Path) -> Link | None:
    try:
        return Link(**json.loads(file.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def _put(path: Path, link: Link) -> bool:
    """Create the file; return False if another process created it first."""
    return put_if_absent(path, json.dumps(vars(link), ensure_ascii=False))
