"""Check that the approvals and tags in the log are unaltered: see `chain`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import dagster as dg

from radix_resources.action_log.chain import CHAINED, START, Link, digest
from radix_resources.action_log.log import chains, write
from radix_resources.action_log.reading import Entry, Filter, entries
from radix_resources.action_log.schema import Action
from radix_resources.home import Home

_AT_ONCE = 60.0
"""Seconds."""

Head = Mapping[str, Any]
"""Number and hash of a link, as commit records store it."""


@dataclass(frozen=True)
class Flaw:
    """A link that is missing or was altered."""

    project: str
    found: str
    fix: str
    fixed: bool = False


def audit(instance: dg.DagsterInstance, home: Home, heads: Mapping[str, list[Head]]) -> list[Flaw]:
    """Return the flaws of the chains; `heads` are those in the commit records of each project.

    Links missing at the end of the log, after a crash or the loss of the database, are written again from their
    files.
    """
    logged = [entry for entry in entries(instance, Filter(), made=False, ascending=True) if _chained(entry)]
    names = {entry.action.project for entry in logged} | set(chains(instance, home).projects()) | set(heads)
    flaws = []
    for project in sorted(names):
        mine = [entry for entry in logged if entry.action.project == project]
        flaws += _Audit(instance, home, project, mine).run(heads.get(project, []))
    return flaws


def _chained(entry: Entry) -> bool:
    return entry.action.kind in CHAINED


class _Audit:
    """The check of one project."""

    def __init__(self, instance: dg.DagsterInstance, home: Home, project: str, logged: list[Entry]) -> None:
        self._instance = instance
        self._chains = chains(instance, home)
        self._project = project
        self._logged = logged
        self._files = self._chains.links(project)
        self._flaws: list[Flaw] = []

    def run(self, heads: list[Head]) -> list[Flaw]:
        marked = [entry for entry in self._logged if entry.chain]
        for entry in self._logged:
            if not entry.chain:
                self._add_flaw(f"event {entry.storage_id} ({_name(entry.action)}) is in no chain", _FORGED)
        self._check_order(marked)
        for entry in marked:  # one that is there twice was written twice after a crash
            self._check_entry(_number(entry), entry)
        by_number = {_number(entry): entry for entry in marked}
        hashes = {number: str(entry.chain["hash"]) for number, entry in by_number.items() if entry.chain}
        hashes |= {number: link.hash for number, link in self._files.items() if link}
        self._check_files(by_number, hashes)
        self._check_missing(by_number)
        for head in heads:
            self._check_head(head, hashes)
        return self._flaws

    def _add_flaw(self, found: str, fix: str, *, fixed: bool = False) -> None:
        self._flaws.append(Flaw(self._project, found, fix, fixed))

    def _check_order(self, marked: list[Entry]) -> None:
        """Report links that are out of order, unless their events were written at the same time."""
        before: Entry | None = None
        for entry in marked:
            if before is None or _number(entry) >= _number(before):
                before = entry
            elif abs(entry.timestamp - before.timestamp) > _AT_ONCE:
                problem = f"number {_number(entry)} ({_name(entry.action)}) is after number {_number(before)}"
                self._add_flaw(problem, _CHANGED)

    def _check_entry(self, number: int, entry: Entry) -> None:
        mark, file = entry.chain or {}, self._files.get(number)
        action = mark.get("action", {})
        changed = digest(number, str(mark.get("previous")), action) != mark.get("hash")
        if changed or (file and file.hash != mark.get("hash")):
            self._add_flaw(f"number {number} ({_name(entry.action)}) was changed", _CHANGED)
        elif file is None:
            self._chains.restore(self._project, Link(number, str(mark["previous"]), action))
            self._add_flaw(f"the file of number {number} was missing", "nothing: it was restored", fixed=True)

    def _check_files(self, by_number: Mapping[int, Entry], hashes: Mapping[int, str]) -> None:
        for number, file in self._files.items():
            previous = START if number == 1 else hashes.get(number - 1)
            if file and previous is not None and file.previous != previous and number not in by_number:
                self._add_flaw(f"the file of number {number} does not follow the one before", _CHANGED)

    def _check_missing(self, by_number: Mapping[int, Entry]) -> None:
        """Report a missing event: at the end of a chain a crash explains it, before the end it was removed."""
        last = max(by_number, default=0)
        for number in range(1, max([last, *self._files], default=0) + 1):
            file = self._files.get(number)
            if number in by_number:
                continue
            if number > last and file:
                write(self._instance, Action.model_validate(file.action), file)
                self._add_flaw(
                    f"number {number} ({_name(Action.model_validate(file.action))}) was not in the log",
                    "nothing: it was written again",
                    fixed=True,
                )
            else:
                name = f" ({_name(Action.model_validate(file.action))})" if file else ""
                self._add_flaw(f"number {number}{name} is not in the log any more", _CHANGED)

    def _check_head(self, head: Head, hashes: Mapping[int, str]) -> None:
        number = int(head["sequence"])
        if number not in hashes:
            self._add_flaw(f"a commit record remembers {number} approvals and tags; there are {len(hashes)}", _CHANGED)
        elif hashes[number] != head["hash"]:
            self._add_flaw(f"number {number} is not the one that a commit record remembers", _CHANGED)


_CHANGED = "find out who could write to the database and to RADIX_HOME; the folder chains/ holds what was written first"
_FORGED = "find out who wrote it; what it approves or tags is not to be relied on"


def _number(entry: Entry) -> int:
    return int((entry.chain or {}).get("sequence", 0))


def _name(action: Action) -> str:
    return f"{action.kind} {action.subject} by {action.actor}"
