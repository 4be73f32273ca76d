"""Refresh a tags file with the data: update suggestions, add what is new, mark what is missing."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from radix_assets.profiles.schema import TableProfile
from radix_assets.project.settings import Project
from radix_assets.relationships.schema import Schema
from radix_assets.suggestions.schema import Suggestions
from radix_assets.tags.refresh_steps import Refresh, target_is_valid
from radix_assets.tags.unconfirmed import accepted_part
from radix_assets.tags.user_edits import record_edits
from radix_assets.tags.write import SuggestedLine, earlier_note, suggested_lines
from radix_assets.tags_file.atomic import Companion, rewrite
from radix_assets.tags_file.diff import settings_in
from radix_assets.tags_file.file import TagsFile, parse_tags, sha_of
from radix_assets.tags_file.ledger import Ledger, ledger_path, load_ledger
from radix_assets.tags_file.lines import Key
from radix_assets.tags_file.yaml_text import aligned


def refresh_tags(
    path: Path,
    suggestions: Suggestions,
    schema: Schema,
    profiles: Mapping[str, TableProfile],
    project: Project | None = None,
    today: str | None = None,
) -> bool:
    """Update what is still suggested, add what is new in the data, mark what is missing and unmark what is back.

    A line is suggested while it reads as Radix wrote it and has not been confirmed. No byte of any other line changes,
    and no line moves. What the user changed in the file since the last inspection, and what is changed here, goes into
    the ledger's outbox. `today` is written beside what is missing. Return False if the file stays as it is.
    """
    ledger = Ledger()
    suggestions, schema = accepted_part(project, suggestions, schema)

    def change(text: str) -> str:
        nonlocal ledger
        ledger = load_ledger(path)
        file = parse_tags(text, path, ledger)
        record_edits(file)
        lines = _suggested_lines(file, suggestions, schema, profiles, project)
        if ledger.new:
            _adopt(file, lines)
        refresh = Refresh(file, suggestions, schema, profiles, project, lines, today or _today())
        after = refresh.apply()
        ledger.sha, ledger.content, ledger.new = sha_of(after.text), settings_in(after), False
        for name, profile in profiles.items():
            seen = ledger.columns_seen.setdefault(name, [])
            seen += [column for column in profile.columns if column not in seen]
        return after.text

    def companion() -> Companion:
        return ledger_path(path.resolve()), ledger.to_bytes()

    return rewrite(path, change, companion=companion)


def _suggested_lines(
    file: TagsFile,
    suggestions: Suggestions,
    schema: Schema,
    profiles: Mapping[str, TableProfile],
    project: Project | None,
) -> dict[Key, SuggestedLine]:
    fixed = project is not None and project.policy.tags == "auto" and not project.goal.target
    if fixed and file.target:
        # No user checks the tags before they apply, so the target must not change by itself once it is set.
        return suggested_lines(suggestions, schema, profiles, None, file.target.text)
    own = file.target and not file.suggested(("target",)) and target_is_valid(file, profiles)
    target = file.target.text if file.target and own else None
    return suggested_lines(suggestions, schema, profiles, project, target)


def _adopt(file: TagsFile, lines: Mapping[Key, SuggestedLine]) -> None:
    """Record a line as Radix's if it reads as it would be written now: used when the ledger is missing."""
    for key, line in lines.items():
        position = file.lines.get(key)
        body = line.body.strip().removeprefix("- ")
        note = aligned([(body, line.note)])[0][len(body) :].strip()
        if position is None:
            continue
        text = file.text[position.start : position.value], file.text[position.value : position.stop].strip()
        # Radix aligns the comments of a block, so the space before a comment is not compared.
        if (body, note) == text or (body, note.replace(line.note, earlier_note(line.note))) == text:
            file.ledger.write(key, file.fingerprint(key), line.settings)
    if file.confirmed:
        file.ledger.confirm()


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
