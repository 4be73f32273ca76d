"""Edits of `tags.yaml` on a person's behalf: what they do not concern stays byte for byte."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from radix_assets.question.target import nearest, parse_target
from radix_assets.tags.additions import add_relationships, remove_relationships
from radix_assets.tags.references import plain
from radix_assets.tags.refresh import notice
from radix_assets.tags.resolve_question import checked_target
from radix_assets.tags.write import target_value
from radix_assets.tags_file import nodes
from radix_assets.tags_file.atomic import Beside, rewrite
from radix_assets.tags_file.diff import changes, said_in
from radix_assets.tags_file.errors import Mistakes
from radix_assets.tags_file.file import ALIASES, COLUMN_SETTINGS, TagsFile, not_allowed, parse_tags, sha_of
from radix_assets.tags_file.ledger import Ledger, ledger_path, load_ledger
from radix_assets.tags_file.lines import Key
from radix_assets.tags_file.splices import Splices
from radix_assets.tags_file.yaml_text import listed, quoted, quoted_reference, remark
from radix_resources.errors import TagError

_OURS = re.compile(r"# by [^;#]{1,80}; (Radix suggested|as suggested)\b.*")
"""A comment that an earlier edit left."""


@dataclass(frozen=True)
class Edits:
    """Corrections that belong together."""

    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By `table.column`: role, type, sensitivity, semantic_type, unit. The role `target` sets the target."""
    target: str | None = None
    time_index: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By table: the column, or its parts from year to minute; none where time does not matter."""
    primary_key: Mapping[str, Sequence[str]] = field(default_factory=dict)
    add_relationships: Sequence[str] = ()
    remove_relationships: Sequence[str] = ()
    confirm: bool = False
    """Whether the person says that the tags are right."""

    @property
    def any(self) -> bool:
        """Whether there is anything to do."""
        return any(vars(self).values())


def apply_edits(
    path: Path, edits: Edits, *, who: str = "a person", today: str | None = None, expected: str | None = None
) -> bool:
    """Carry out corrections in the file itself. False where nothing changed.

    A correction to what stands there already confirms the line (`human: true`). Evidence that Radix wrote beside a line
    is marked as what was suggested; `who` and `today` stand before it. `expected` is the sha256 of the text the caller
    saw. What the person changed in the file since the last look goes into the ledger's outbox.

    Raises TagError RDX-TAG-004 (no such role …), RDX-TAG-006 (changed meanwhile), RDX-TAG-007 (no such column),
    RDX-TAG-009 (no such relationship), RDX-TAG-011 (cannot be edited without changing more); then nothing is written.
    """
    ledger = Ledger()

    def change(text: str) -> str:
        nonlocal ledger
        ledger = load_ledger(path)
        file = parse_tags(text, path, ledger)
        notice(file)
        after = parse_tags(edited(file, edits, who=who, today=today), path, ledger)
        if edits.confirm:
            ledger.confirm()
            ledger.confirmed = after.confirmed
        ledger.sha, ledger.held, ledger.new = sha_of(after.text), said_in(after), ledger.new and not ledger.written
        return after.text

    def beside() -> Beside | None:
        # Where nothing was ever remembered, the next refresh finds out which lines are Radix's.
        return None if ledger.new else (ledger_path(path.resolve()), ledger.to_bytes())

    return rewrite(path, change, expected=expected, beside=beside)


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
    """`apply_edits` of these corrections."""
    edits = Edits(columns or {}, target, time_index or {}, primary_key or {}, add_relationships, remove_relationships)
    return apply_edits(path, edits, who=who, today=today, expected=expected)


def confirm(path: Path, who: str, *, expected: str | None = None) -> bool:
    """Write that a person, named by `who`, has confirmed the tags. False where that stands there already."""
    return apply_edits(path, Edits(confirm=True), who=who, expected=expected)


def edited(file: TagsFile, edits: Edits, *, who: str = "a person", today: str | None = None) -> str:
    """The file's text with corrections carried out; nothing is written. Raises what `apply_edits` raises."""
    mistakes = Mistakes()
    for name, settings in edits.columns.items():
        for setting, value in settings.items():
            with mistakes.kept():
                _check_setting(name, setting, value)
    mistakes.raise_if_any()
    plan = _Plan(file, edits)
    splices = Splices(file.text, file.path)
    by = remark(f"by {who.replace(';', ',').replace('#', '')} {today or datetime.now(UTC).date().isoformat()}")
    if plan.target is not None and (file.target is None or plan.target != file.target.text):
        _set_top(splices, "target", target_value(plan.target))
        _mark(splices, file, ("target",), by, file.target.text if file.target else "nothing")
        if file.problem is not None:
            _set_top(splices, "problem", "")
    for table, setting, names in plan.lists:
        _set_in_table(splices, file, table, setting, list(names), by)
    for (table, name), settings in plan.wanted.items():
        _set_column(splices, file, table, name, settings, by)
    _relate(splices, file, edits)
    if edits.confirm and not file.confirmed:
        _set_top(splices, "confirmed", "true")
    if edits.confirm and file.confirmed_by != who and not (file.confirmed and file.confirmed_by):
        _set_top(splices, "confirmed_by", quoted(who), after="confirmed")
    return _checked(splices, file, plan)


class _Plan:
    """Which line is to hold what; names checked."""

    def __init__(self, file: TagsFile, edits: Edits) -> None:
        self.file = file
        self.known = {table: list(block.columns) for table, block in file.tables.items()}
        self.wanted: dict[tuple[str, str], dict[str, str]] = {}
        self.target = edits.target
        mistakes = Mistakes()
        if edits.target is not None:
            with mistakes.kept():
                self.target = checked_target(edits.target, self.known)
        times = {self._table(table): names for table, names in edits.time_index.items()}
        for name, given in edits.columns.items():
            with mistakes.kept():
                self._column_said(name, dict(given), times)
        self.lists = [(table, "time_index", names) for table, names in times.items()]
        self.lists += [(self._table(table), "primary_key", names) for table, names in edits.primary_key.items()]
        for table, role, names in self.lists:
            with mistakes.kept():
                self._list_said(table, role, names)
        mistakes.raise_if_any()
        if self.target is not None:
            self._target_said(self.target)

    def _column_said(self, name: str, settings: dict[str, str], times: dict[str, Sequence[str]]) -> None:
        table, column = self._column(name)
        for setting, value in settings.items():
            settings[setting] = ALIASES.get(setting, {}).get(value, value)
        if settings.get("role") == "target":
            self.target = f"{table}.{column}"
            del settings["role"]
        elif settings.get("role") == "time_index":
            times.setdefault(table, [column])
        if settings:
            self.wanted[table, column] = settings

    def _list_said(self, table: str, role: str, names: Sequence[str]) -> None:
        """The roles of the columns that come into a table's list, or leave it."""
        for name in names:
            self._column(f"{table}.{name}")
            held = self.file.tables[table].columns[name].role
            if not (role == "primary_key" and held in {"foreign_key", "time_index", "target"}) and held != role:
                self.wanted.setdefault((table, name), {}).setdefault("role", role)
        for name, line in self.file.tables[table].columns.items():
            if line.role == role and name not in names:
                self.wanted.setdefault((table, name), {}).setdefault("role", "feature")

    def _target_said(self, target: str) -> None:
        """The column that was the target is a feature again; the new one says that it is the target."""
        question = target.startswith("{")
        table, column = ("", "") if question else parse_target(target, self.known)[:2]
        for other, block in self.file.tables.items():
            for name, line in block.columns.items():
                if line.role == "target" and (other, name) != (table, column):
                    self.wanted.setdefault((other, name), {}).setdefault("role", "feature")
        if question:
            return
        line = self.file.tables[table].columns[column]
        if line.role is not None and line.role != "target" and "role" not in self.wanted.get((table, column), {}):
            self.wanted.setdefault((table, column), {})["role"] = "target"

    def _column(self, name: str) -> tuple[str, str]:
        try:
            table, column, operator, _ = parse_target(name, self.known)
        except TagError:
            table, column, operator = "", "", ">"
        if operator is not None:
            near = nearest(name, [f"{table}.{column}" for table, names in self.known.items() for column in names])
            raise TagError(
                "RDX-TAG-007",
                f"{name!r} is not in the tags file",
                expected="table.column",
                hint=f"did you mean {' or '.join(near)}?" if near else "look it up in the file",
                file=self.file.path,
            )
        return table, column

    def _table(self, name: str) -> str:
        if name not in self.known:
            near = nearest(name, list(self.known), 1)
            hint = f"did you mean {near[0]}?" if near else "look it up in the file"
            raise TagError("RDX-TAG-007", f"the table {name!r} is not in the tags file", hint=hint, file=self.file.path)
        return name


def _check_setting(name: str, setting: str, value: str) -> None:
    if setting not in COLUMN_SETTINGS:
        raise TagError(
            "RDX-TAG-005",
            f"{setting!r} is no setting of a column",
            expected=f"one of {', '.join(COLUMN_SETTINGS)}",
            hint="; ".join(f"did you mean {near}?" for near in nearest(setting, list(COLUMN_SETTINGS), 1)),
            column=name,
        )
    allowed = COLUMN_SETTINGS[setting]
    if allowed and ALIASES.get(setting, {}).get(value, value) not in allowed:
        raise not_allowed(setting, value, allowed, column=name)


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
    held = getattr(file.tables[table], key)
    if held == names:
        return
    if pair is not None:
        splices.set(pair, listed(names))
        _mark(splices, file, ("tables", table, key), by, listed(held or []))
    else:
        splices.add(splices.find("tables", table), [(key, listed(names), "")], indent=4)


def _set_column(splices: Splices, file: TagsFile, table: str, name: str, settings: dict[str, str], by: str) -> None:
    pair = splices.find("tables", table, "columns", name)
    assert pair is not None  # noqa: S101 names were checked against the same text
    line = file.tables[table].columns[name]
    key: Key = ("tables", table, "columns", name)
    was = ", ".join(line.said.get(setting, "none") for setting in settings)
    if all(line.said.get(setting, "") == value for setting, value in settings.items()):
        settings, was = {"human": "true"}, ""
        if line.human:
            return
    _mark(splices, file, key, by, was)
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


def _mark(splices: Splices, file: TagsFile, key: Key, by: str, was: str) -> None:
    """Say beside a line who edited it, and keep the evidence that Radix wrote as what it suggested."""
    line = file.lines.get(key)
    if line is None:
        return
    held = file.text[line.start : line.stop]
    place = file.text.find("#", line.value, line.stop)
    comment = file.text[place : line.stop].strip() if place >= 0 else ""
    if comment and not file.untouched(key) and not _OURS.fullmatch(comment):
        return  # a person's own words
    if _OURS.fullmatch(comment):
        note = f"{by}; {comment.partition('; ')[2]}"
    elif file.untouched(key):
        said = f"Radix suggested {was}" if was else "as suggested"
        note = f"{by}; {said}{', ' + comment[2:] if comment else ''}"
    else:
        note = by
    if "#" not in by and held:
        splices.note(line, note)


def _relate(splices: Splices, file: TagsFile, edits: Edits) -> None:
    texts = [said.text for said in file.relationships or []]
    held = {plain(text) for text in texts}
    if edits.remove_relationships:
        remove_relationships(splices, texts, edits.remove_relationships)
    new = [name for name in edits.add_relationships if plain(name) not in held]
    if new:
        add_relationships(splices, new, [(f"  - {quoted_reference(name)}", "") for name in new])


def _checked(splices: Splices, before: TagsFile, plan: _Plan) -> str:
    """The new text, if it reads as the old one does in all that was not to be changed."""
    text = splices.applied()
    mistakes = Mistakes()
    after = parse_tags(text, before.path, mistakes=mistakes)
    lists = {("tables", table, setting) for table, setting, _ in plan.lists}
    top = {"target", "problem", "relationships", "confirmed", "confirmed_by"}
    for change in changes(said_in(before), said_in(after)):
        path = change.path
        asked = path[0] in top or path in lists or (len(path) > 3 and (path[1], path[3]) in plan.wanted)  # noqa: PLR2004
        if mistakes.found or not asked:
            block = before.tables.get(path[1]) if path[0] == "tables" else None
            line = block.columns.get(path[3]) if block and len(path) > 3 else None  # noqa: PLR2004 a column
            raise TagError(
                "RDX-TAG-011",
                "Radix cannot edit this file without changing more than was asked for",
                expected="one line a column, as Radix writes it",
                hint="edit the file by hand",
                file=before.path,
                line=line.line if line else None,
            )
    mistakes.raise_if_any()
    return text
