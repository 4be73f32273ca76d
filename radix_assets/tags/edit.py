"""Edit `tags.yaml` on a user's behalf: everything else in the file stays, byte for byte."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from radix_assets.relationships.references import normalize
from radix_assets.tags.additions import add_items, remove_items
from radix_assets.tags.edit_plan import EditPlan, Edits, check_setting
from radix_assets.tags.target import target_value
from radix_assets.tags.user_edits import record_edits
from radix_assets.tags_file import nodes
from radix_assets.tags_file.atomic import Companion, rewrite
from radix_assets.tags_file.diff import changes, settings_in
from radix_assets.tags_file.errors import Mistakes
from radix_assets.tags_file.file import TagsFile, parse_tags, sha_of
from radix_assets.tags_file.ledger import Ledger, ledger_path, load_ledger
from radix_assets.tags_file.lines import Key
from radix_assets.tags_file.rule_text import without_word
from radix_assets.tags_file.schema import LISTS, Located
from radix_assets.tags_file.splices import Splices
from radix_assets.tags_file.yaml_text import listed, quoted, quoted_reference, remark
from radix_resources.errors import TagError

_OURS = re.compile(r"# by [^;#]{1,80}; (Radix suggested|as suggested)\b.*")
"""A comment written by an earlier edit."""


def apply_edits(
    path: Path, edits: Edits, *, who: str = "a person", today: str | None = None, expected: str | None = None
) -> bool:
    """Apply corrections to the file itself. Return False if nothing changed.

    A correction that equals the present value confirms the line (`human: true`). The evidence that Radix wrote beside a
    line is kept as what was suggested, after `who` and `today`. `expected` is the sha256 of the text the caller saw.
    What the user changed in the file since the last inspection goes into the ledger's outbox.

    Raise TagError RDX-TAG-004 (no such role …), RDX-TAG-006 (changed meanwhile), RDX-TAG-007 (no such column),
    RDX-TAG-009 (no such relationship), RDX-TAG-014 (no such rule) or RDX-TAG-011 (cannot be edited without other
    changes); nothing is written then.
    """
    ledger = Ledger()

    def change(text: str) -> str:
        nonlocal ledger
        ledger = load_ledger(path)
        file = parse_tags(text, path, ledger)
        record_edits(file)
        after = parse_tags(edited(file, edits, who=who, today=today), path, ledger)
        if edits.confirm:
            ledger.confirm()
            ledger.confirmed = after.confirmed
        ledger.sha, ledger.content = sha_of(after.text), settings_in(after)
        ledger.new = ledger.new and not ledger.written
        return after.text

    def companion() -> Companion | None:
        # Without a stored ledger, the next refresh finds out which lines are Radix's.
        return None if ledger.new else (ledger_path(path.resolve()), ledger.to_bytes())

    return rewrite(path, change, expected=expected, companion=companion)


def set_tags(
    path: Path,
    columns: Mapping[str, Mapping[str, str]] | None = None,
    *,
    target: str | None = None,
    time_index: Mapping[str, Sequence[str]] | None = None,
    primary_key: Mapping[str, Sequence[str]] | None = None,
    add_relationships: Sequence[str] = (),
    remove_relationships: Sequence[str] = (),
    who: str = "a person",
    today: str | None = None,
    expected: str | None = None,
) -> bool:
    """Apply these corrections with `apply_edits`."""
    edits = Edits(columns or {}, target, time_index or {}, primary_key or {}, add_relationships, remove_relationships)
    return apply_edits(path, edits, who=who, today=today, expected=expected)


def confirm(path: Path, who: str, *, expected: str | None = None) -> bool:
    """Write that `who` has confirmed the tags. Return False if they are confirmed already."""
    return apply_edits(path, Edits(confirm=True), who=who, expected=expected)


def edited(file: TagsFile, edits: Edits, *, who: str = "a person", today: str | None = None) -> str:
    """Return the file's text with the corrections; nothing is written. Raise what `apply_edits` raises."""
    mistakes = Mistakes()
    for name, settings in edits.columns.items():
        for setting, value in settings.items():
            with mistakes.collect():
                check_setting(name, setting, value)
    mistakes.raise_if_any()
    plan = EditPlan(file, edits)
    splices = Splices(file.text, file.path)
    by = remark(f"by {who.replace(';', ',').replace('#', '')} {today or datetime.now(UTC).date().isoformat()}")
    if plan.target is not None and (file.target is None or plan.target != file.target.text):
        _set_top(splices, "target", target_value(plan.target))
        _note_author(splices, file, ("target",), by, file.target.text if file.target else "nothing")
        if file.problem is not None:
            _set_top(splices, "problem", "")
    for table, setting, names in plan.lists:
        _set_in_table(splices, file, table, setting, list(names), by)
    for (table, name), settings in plan.settings.items():
        _set_column(splices, file, table, name, settings, by)
    _edit_list(splices, "relationships", file.relationships, edits.add_relationships, edits.remove_relationships)
    _edit_list(splices, "rules", file.rules, edits.add_rules, edits.remove_rules)
    if edits.confirm and not file.confirmed:
        _set_top(splices, "confirmed", "true")
    if edits.confirm and file.confirmed_by != who and not (file.confirmed and file.confirmed_by):
        _set_top(splices, "confirmed_by", quoted(who), after="confirmed")
    return _verified_text(splices, file, plan)


def _set_top(splices: Splices, key: str, value: str, after: str = "") -> None:
    pair, before = splices.find(key), splices.find(after) if after else None
    if pair is not None:
        splices.set(pair, value)
    elif before is not None and not splices.root.flow_style:  # type: ignore[union-attr]
        splices.lines_after(nodes.end(before[1]), [f"{' ' * before[0].start_mark.column}{key}: {value}"])
    else:
        splices.add(None, [(key, value, "")])


def _set_in_table(splices: Splices, file: TagsFile, table: str, key: str, names: list[str], by: str) -> None:
    pair = splices.find("tables", table, key)
    present = getattr(file.tables[table], key)
    if present == names:
        return
    if pair is not None:
        splices.set(pair, listed(names))
        _note_author(splices, file, ("tables", table, key), by, listed(present or []))
    else:
        splices.add(splices.find("tables", table), [(key, listed(names), "")], indent=4)


def _set_column(splices: Splices, file: TagsFile, table: str, name: str, settings: dict[str, str], by: str) -> None:
    pair = splices.find("tables", table, "columns", name)
    assert pair is not None  # noqa: S101 names were checked against the same text
    line = file.tables[table].columns[name]
    key: Key = ("tables", table, "columns", name)
    previous = ", ".join(line.settings.get(setting, "none") for setting in settings)
    if all(line.settings.get(setting, "") == value for setting, value in settings.items()):
        settings, previous = {"human": "true"}, ""
        if line.human:
            return
    _note_author(splices, file, key, by, previous)
    if not nodes.is_mapping(pair[1]):
        merged = {"role": line.role, **settings} if line.role else settings
        splices.set(pair, f"{{{', '.join(f'{key}: {quoted(value)}' for key, value in merged.items())}}}")
        return
    missing = []
    for setting, value in settings.items():
        own = nodes.child(pair[1], setting)
        text = value if setting == "human" else quoted(value)
        if own is not None:
            splices.set(own, text)
        else:
            missing.append((setting, text, ""))
    if missing:
        splices.add(pair, missing, indent=8)


def _note_author(splices: Splices, file: TagsFile, key: Key, by: str, previous: str) -> None:
    """Write beside a line who edited it, and keep the evidence that Radix wrote as what it suggested."""
    line = file.lines.get(key)
    if line is None:
        return
    text = file.text[line.start : line.stop]
    position = file.text.find("#", line.value, line.stop)
    comment = file.text[position : line.stop].strip() if position >= 0 else ""
    if comment and not file.untouched(key) and not _OURS.fullmatch(comment):
        return  # the user's own comment
    if _OURS.fullmatch(comment):
        note = f"{by}; {comment.partition('; ')[2]}"
    elif file.untouched(key):
        origin = f"Radix suggested {previous}" if previous else "as suggested"
        note = f"{by}; {origin}{', ' + comment[2:] if comment else ''}"
    else:
        note = by
    if "#" not in by and text:
        splices.note(line, note)


def _edit_list(
    splices: Splices, setting: str, items: Sequence[Located] | None, add: Sequence[str], remove: Sequence[str]
) -> None:
    """Add items to `relationships` or `rules`, and remove items from it."""
    texts = [item.text for item in items or []]
    present = {normalize(text) for text in texts}
    if remove:
        remove_items(splices, setting, texts, remove)
    new = [text for text in add if normalize(text) not in present]
    # `block: X` replaces X.
    bare = {normalize(without_word(text)) for text in new}
    replaced = [text for text in texts if setting == "rules" and normalize(without_word(text)) in bare]
    remove = [*remove, *(text for text in replaced if text not in remove)]
    if new:
        add_items(splices, setting, new, [(f"  - {quoted_reference(text)}", "") for text in new])


def _verified_text(splices: Splices, before: TagsFile, plan: EditPlan) -> str:
    """Return the new text, if it differs from the old one only in what was to be changed."""
    text = splices.applied()
    mistakes = Mistakes()
    after = parse_tags(text, before.path, mistakes=mistakes)
    lists = {("tables", table, setting) for table, setting, _ in plan.lists}
    top = {"target", "problem", *LISTS, "confirmed", "confirmed_by"}
    for change in changes(settings_in(before), settings_in(after)):
        path = change.path
        intended = path[0] in top or path in lists or (len(path) > 3 and (path[1], path[3]) in plan.settings)  # noqa: PLR2004
        if mistakes.errors or not intended:
            block = before.tables.get(path[1]) if path[0] == "tables" else None
            line = block.columns.get(path[3]) if block and len(path) > 3 else None  # noqa: PLR2004 a column
            raise TagError(
                "RDX-TAG-011",
                "Radix cannot make this edit without changing other entries",
                expected="one line per column, as Radix writes it",
                hint="edit the file by hand",
                file=before.path,
                line=line.line if line else None,
            )
    mistakes.raise_if_any()
    return text
