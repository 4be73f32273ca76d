"""The summary of the action log, updated from a cursor.

The summary is cached in a small file, so that an update reads only the new entries and not the whole log. The file
holds nothing that the log does not: if it is lost, damaged, of another format or of another database, it is rebuilt
from the whole log.
"""

import contextlib
import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from radix_resources.action_log.reading import Decoder
from radix_resources.action_log.schema import Action
from radix_resources.action_log.stream import MADE, OBSERVED, Log, Row, ids, rows
from radix_resources.files import write_atomically

FORMAT = 1
_RECENT = 200
"""Ids before the cursor that are read again, because PostgreSQL numbers events before they are visible."""
_HOURS = 24 * 90
"""Hours for which failures are counted by hour."""


@dataclass
class Failures:
    """The failures with one code in one project."""

    code: str
    project: str
    count: int = 0
    first: float = 0.0
    last: float = 0.0
    """UTC, seconds since 1970."""
    hours: dict[str, int] = field(default_factory=dict)
    """Counts by hour since 1970, for the last ninety days."""
    subject: str = ""
    found: str = ""
    hint: str = ""
    """Subject of the newest."""


@dataclass
class ProjectLog:
    """The summary of one project."""

    actions: int = 0
    made: int = 0
    last: float = 0.0
    """UTC, seconds since 1970, of the newest event."""
    dollars: dict[str, float] = field(default_factory=dict)
    """Costs by month, `2030-01`."""
    subjects: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The newest action of each asset and component: kind, outcome, actor, reason, when."""
    open: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Intents without an outcome, by id of the action."""
    failed: list[str] = field(default_factory=list)
    """Run, subject and code of the newest failure, which both the step and the action inside it may log."""


@dataclass
class LogState:
    """The summary of the whole log."""

    cursor: int = 0
    """Storage id of the newest event that is included."""
    anchor: list[Any] = field(default_factory=list)
    """Key and time of that event, which identify its database."""
    recent: list[int] = field(default_factory=list)
    projects: dict[str, ProjectLog] = field(default_factory=dict)
    failures: dict[str, Failures] = field(default_factory=dict)

    def of(self, project: str) -> ProjectLog:
        """Return the summary of one project."""
        return self.projects.get(project, ProjectLog())


def folded(log: Log, cache: Path) -> LogState:
    """Return the current summary, and update the cache if it can be written."""
    state = _load(cache)
    if state is None or not _same_database(log, state):
        state = LogState()
    decoder = Decoder(log)
    changed = False
    for row in _new_rows(log, state):
        changed = True
        _add(state, row, decoder)
        state.recent.append(row.storage_id)
        if row.storage_id > state.cursor:
            state.cursor, state.anchor = row.storage_id, [row.key, row.timestamp]
        if len(state.recent) > 2 * _RECENT:
            state.recent = sorted(state.recent)[-_RECENT:]
    if changed:
        state.recent = sorted(state.recent)[-_RECENT:]
        _save(cache, state)
    return state


def _new_rows(log: Log, state: LogState) -> Any:
    late: list[int] = []
    if state.recent:
        folded_ids = set(state.recent)
        floor = state.recent[0] if len(state.recent) == _RECENT else 0
        late = [number for number in ids(log, above=floor) if number < state.cursor and number not in folded_ids]
    for number in late:
        yield from rows(log, after=number - 1, before=number + 1, content=(OBSERVED,))
    yield from rows(log, after=state.cursor, ascending=True, content=(OBSERVED,))


def _same_database(log: Log, state: LogState) -> bool:
    if not state.cursor:
        return True
    row = next(rows(log, after=state.cursor - 1, before=state.cursor + 1, content=()), None)
    return row is not None and [row.key, row.timestamp] == state.anchor


def _add(state: LogState, row: Row, decoder: Decoder) -> None:
    if row.type == MADE:
        project = state.projects.setdefault(row.key.partition("/")[0], ProjectLog())
        project.made += 1
        project.last = max(project.last, row.timestamp)
        return
    entry = decoder.entry(row)
    if entry is None:
        return
    action, when = entry.action, entry.timestamp
    project = state.projects.setdefault(action.project, ProjectLog())
    project.last = max(project.last, when)
    if action.phase == "intent":
        project.open[action.id] = _brief(action, when)
        return
    project.open.pop(action.id, None)
    project.actions += 1
    project.subjects[action.subject] = _brief(action, when)
    if action.cost_dollars:
        month = datetime.fromtimestamp(when, UTC).strftime("%Y-%m")
        project.dollars[month] = project.dollars.get(month, 0.0) + action.cost_dollars
    if action.outcome == "failed" and action.kind != "credential-check":  # a task for a user is not a failure
        _add_failure(state, project, action, when)


def _add_failure(state: LogState, project: ProjectLog, action: Action, when: float) -> None:
    code = action.error_code or "unknown"
    same = [action.run_id or "", action.subject, code]
    if action.run_id and project.failed == same and action.kind == "materialize":
        return
    project.failed = same
    failures = state.failures.setdefault(f"{action.project} {code}", Failures(code, action.project, first=when))
    failures.count += 1
    failures.last = max(failures.last, when)
    hour = int(when // 3600)
    failures.hours[str(hour)] = failures.hours.get(str(hour), 0) + 1
    for old in [number for number in failures.hours if int(number) < hour - _HOURS]:
        del failures.hours[old]
    failures.subject = action.subject
    failures.found = action.reason or str(action.after.get("found", ""))
    failures.hint = str(action.after.get("hint", ""))


def _brief(action: Action, when: float) -> dict[str, Any]:
    return {
        "kind": action.kind,
        "subject": action.subject,
        "outcome": action.outcome,
        "actor": action.actor,
        "reason": action.reason,
        "when": when,
        "run_id": action.run_id,
    }


def _load(cache: Path) -> LogState | None:
    try:
        cached = json.loads(cache.read_bytes())
        content = cached["state"]
        if cached["format"] != FORMAT or cached["sha256"] != _digest(content):
            return None
        projects = {name: ProjectLog(**fields) for name, fields in content.pop("projects").items()}
        failures = {name: Failures(**fields) for name, fields in content.pop("failures").items()}
        return LogState(**content, projects=projects, failures=failures)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _save(cache: Path, state: LogState) -> None:
    content = asdict(state)
    with contextlib.suppress(OSError):  # the disk is full; the next reader folds again
        cache.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(cache, json.dumps({"format": FORMAT, "sha256": _digest(content), "state": content}))


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
