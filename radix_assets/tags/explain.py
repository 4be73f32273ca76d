"""The history of one column's tag: what was suggested why, who changed what, and what holds now."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from radix_assets.suggestions.stage import load_suggestions
from radix_assets.tags.schema import ColumnTag
from radix_assets.tags_file.file import TagsFile

if TYPE_CHECKING:
    from radix_assets.suggestions.schema import ColumnSuggestion

MOST_SNAPSHOTS = 200


def suggested(snapshots: Iterable[tuple[str, str, Path]], table: str, column: str) -> list[dict[str, Any]]:
    """What was suggested of a column, whenever it differed from before. A snapshot is when, run and directory."""
    found: list[dict[str, Any]] = []
    last: ColumnSuggestion | None = None
    for when, run, directory in snapshots:
        try:
            item = load_suggestions(directory).tables[table].columns.get(column)
        except (OSError, ValueError, KeyError):
            continue  # a snapshot that was collected since, or of a table that was not there yet
        if item is None or item == last:
            continue
        last = item
        said = {name: value for name, value in item.model_dump().items() if value not in ("", None, "none", [], {})}
        found.append(
            {
                "when": when,
                "what": "suggested",
                "by": "Radix",
                "run": run,
                "rule": said.pop("rule", None) or "names, statistics and values of the column",
                "confidence": round(item.confidence, 4),
                "evidence": said.pop("evidence", ""),
                "said": said,
            }
        )
    return found


def edits(actions: Iterable[Mapping[str, Any]], table: str, column: str) -> list[dict[str, Any]]:
    """What was done to a column's tag, and when all tags were confirmed. An action has when, kind, actor, reason …"""
    found: list[dict[str, Any]] = []
    seen: set[str] = set()
    for action in actions:
        if action["id"] in seen or action.get("outcome") not in {None, "ok"}:
            continue
        both = [_of(action[side], table, column) for side in ("before", "after")]
        about = {"when": action["when"], "by": action["actor"], "reason": action["reason"], "run": action.get("run_id")}
        if both[0] != both[1]:
            suggest = "brought up to date" if both[0] else "written into the file, as suggested"
            what = suggest if action["kind"] == "suggest" else "edited"
            found.append({**about, "what": what, "from": both[0], "to": both[1]})
            seen.add(action["id"])
        if action["after"].get("confirmed") is True and action["before"].get("confirmed") is not True:
            by = action["after"].get("confirmed_by") or action["actor"]
            found.append({**about, "what": "confirmed, with all others", "by": by})
            seen.add(action["id"])
    return found


def _of(said: Mapping[str, Any], table: str, column: str) -> dict[str, Any]:
    """What a part of a tags file says of a column, and of its table's key and time where they name it."""
    block = said.get("tables", {}).get(table, {})
    held = dict(block.get("columns", {}).get(column, {}))
    for setting in ("primary_key", "time_index"):
        if column in (block.get(setting) or []):
            held[f"in {setting}"] = True
    target = said.get("target")
    if isinstance(target, str) and target.startswith(f"{table}.{column}"):
        held["target"] = target
    return held


def holds(file: TagsFile, tag: ColumnTag | None, table: str, column: str, policy: str) -> dict[str, Any]:
    """What holds now, and why: a person's word, a suggestion that a person confirmed, or the project's policy."""
    key = ("tables", table, "columns", column)
    block = file.tables.get(table)
    line = block.columns.get(column) if block else None
    if line is None:
        why = "there is no line for it in the file, so it is as suggested"
    elif line.human:
        why = "a person's word: the line says human"
    elif not file.untouched(key):
        why = "a person's word: the line differs from what Radix wrote"
    elif file.confirmed:
        why = f"as suggested, confirmed by {file.confirmed_by or 'a person'}"
    elif policy == "auto":
        why = "as suggested; the project's policy accepts suggestions"
    else:
        why = "suggested; a person has not confirmed it yet"
    return {
        "line": line.line if line else None,
        "says": line.said if line else {},
        "tag": tag and tag.model_dump(),
        "why": why,
    }
