"""The history of one column's tag: what was suggested and why, who changed what, and the current state."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from radix_assets.suggestions.stage import load_suggestions
from radix_assets.tags.schema import ColumnTag
from radix_assets.tags_file.file import TagsFile

if TYPE_CHECKING:
    from radix_assets.suggestions.schema import ColumnSuggestion


def suggestion_history(snapshots: Iterable[tuple[str, str, Path]], table: str, column: str) -> list[dict[str, Any]]:
    """Return each suggestion for a column that differs from the one before. Snapshots are (time, run, directory)."""
    history: list[dict[str, Any]] = []
    last: ColumnSuggestion | None = None
    for when, run, directory in snapshots:
        try:
            item = load_suggestions(directory).tables[table].columns.get(column)
        except (OSError, ValueError, KeyError):
            continue  # the snapshot was deleted since, or the table did not exist yet
        if item is None or item == last:
            continue
        last = item
        settings = {name: value for name, value in item.model_dump().items() if value not in ("", None, "none", [], {})}
        history.append(
            {
                "when": when,
                "what": "suggested",
                "by": "Radix",
                "run": run,
                "rule": settings.pop("rule", None) or "names, statistics and values of the column",
                "confidence": round(item.confidence, 4),
                "evidence": settings.pop("evidence", ""),
                "said": settings,
            }
        )
    return history


def edit_history(actions: Iterable[Mapping[str, Any]], table: str, column: str) -> list[dict[str, Any]]:
    """Return the edits of a column's tag and the confirmations, from actions with when, kind, actor, before, after …"""
    history: list[dict[str, Any]] = []
    handled: set[str] = set()
    for action in actions:
        if action["id"] in handled or action.get("outcome") not in {None, "ok"}:
            continue
        sides = [_settings_of(action[side], table, column) for side in ("before", "after")]
        common = {
            "when": action["when"],
            "by": action["actor"],
            "reason": action["reason"],
            "run": action.get("run_id"),
        }
        if sides[0] != sides[1]:
            by_radix = "brought up to date" if sides[0] else "written into the file, as suggested"
            change = by_radix if action["kind"] == "suggest" else "edited"
            history.append({**common, "what": change, "from": sides[0], "to": sides[1]})
            handled.add(action["id"])
        if action["after"].get("confirmed") is True and action["before"].get("confirmed") is not True:
            by = action["after"].get("confirmed_by") or action["actor"]
            history.append({**common, "what": "confirmed, with all others", "by": by})
            handled.add(action["id"])
    return history


def _settings_of(content: Mapping[str, Any], table: str, column: str) -> dict[str, Any]:
    """Return a column's settings in a part of a tags file, and whether its table's key or time index names it."""
    block = content.get("tables", {}).get(table, {})
    settings = dict(block.get("columns", {}).get(column, {}))
    for setting in ("primary_key", "time_index"):
        if column in (block.get(setting) or []):
            settings[f"in {setting}"] = True
    target = content.get("target")
    if isinstance(target, str) and target.startswith(f"{table}.{column}"):
        settings["target"] = target
    return settings


def current_state(file: TagsFile, tag: ColumnTag | None, table: str, column: str, policy: str) -> dict[str, Any]:
    """Return the tag in force and why: a user's edit, a suggestion confirmed by a user, or the project's policy."""
    key = ("tables", table, "columns", column)
    block = file.tables.get(table)
    line = block.columns.get(column) if block else None
    if line is None:
        why = "as suggested: the file has no line for it"
    elif line.human:
        why = "set by a user: the line has human: true"
    elif not file.untouched(key):
        why = "set by a user: the line differs from what Radix wrote"
    elif file.confirmed:
        why = f"as suggested, confirmed by {file.confirmed_by or 'a user'}"
    elif policy == "auto":
        why = "as suggested; the project's policy accepts suggestions"
    else:
        why = "suggested, not confirmed yet"
    return {
        "line": line.line if line else None,
        "says": line.settings if line else {},
        "tag": tag and tag.model_dump(),
        "why": why,
    }
