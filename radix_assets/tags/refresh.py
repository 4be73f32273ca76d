"""A tags file brought up to date with the data: what is still suggested, what is new, what is gone."""

import difflib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from radix_assets.profiles.schema import TableProfile
from radix_assets.project.settings import Project
from radix_assets.relationships.schema import Relationship, Schema
from radix_assets.suggestions.schema import Suggestions
from radix_assets.tags.additions import add_relationships, append_columns, append_tables, remove_relationships
from radix_assets.tags.references import plain
from radix_assets.tags.resolve_question import checked_target
from radix_assets.tags.write import AT_ONCE, Wanted, relationship_line, table_lines, wanted
from radix_assets.tags_file.atomic import Beside, rewrite
from radix_assets.tags_file.diff import Change, changes, nested, said_in
from radix_assets.tags_file.file import TagsFile, parse_tags, sha_of
from radix_assets.tags_file.ledger import Ledger, ledger_path, load_ledger
from radix_assets.tags_file.lines import Key, written
from radix_assets.tags_file.splices import NEW, Splices
from radix_assets.tags_file.yaml_text import aligned, quoted, remark
from radix_resources.errors import RadixError, TagError

EDITOR = "whoever edited (file)"
"""Who changed the file in an editor, as far as Radix can tell."""
_RENAMED = 0.75
"""Likeness of two names from which on one may be the other."""

Step = tuple[str, Callable[[Splices], None]]


def refresh_tags(
    path: Path,
    suggestions: Suggestions,
    schema: Schema,
    profiles: Mapping[str, TableProfile],
    project: Project | None = None,
    today: str | None = None,
) -> bool:
    """Bring up to date what is still suggested, add what is new in the data, mark what is gone and unmark what is back.

    A line is suggested while it reads as Radix wrote it and nobody has confirmed it; no byte of any other line
    changes, and none changes its place. What the person changed in the file since the last look, and what is changed
    here, goes into the ledger's outbox. `today` is written beside what is gone. False where the file stays as it is.
    """
    ledger = Ledger()

    def change(text: str) -> str:
        nonlocal ledger
        ledger = load_ledger(path)
        file = parse_tags(text, path, ledger)
        notice(file)
        lines = _wanted(file, suggestions, schema, profiles, project)
        if ledger.new:
            _adopt(file, lines)
        job = _Refresh(file, suggestions, schema, profiles, project, lines, today or _today())
        after = job.carried_out()
        ledger.sha, ledger.held, ledger.new = sha_of(after.text), said_in(after), False
        for name, profile in profiles.items():
            known = ledger.known.setdefault(name, [])
            known += [column for column in profile.columns if column not in known]
        return after.text

    def beside() -> Beside:
        return ledger_path(path.resolve()), ledger.to_bytes()

    return rewrite(path, change, beside=beside)


def notice(file: TagsFile) -> list[Change]:
    """What a person changed in the file since the last look; lines they touched are theirs from now on."""
    ledger = file.ledger
    seen = {written(key): (key, file.print_of(key)) for key in file.lines}
    for name, entry in list(ledger.written.items()):
        key, found = seen.get(name, ((), ""))
        if found in entry.prints:
            ledger.settle(key, found)
        elif found or not name.startswith('["relationships"'):
            # A relationship that a person took out stays known, so that it is not suggested again.
            del ledger.written[name]
    found_changes = [] if ledger.new else changes(ledger.held, said_in(file))
    if found_changes:
        before, after = nested(found_changes)
        ledger.tell("tag", EDITOR, f"{len(found_changes)} changes in {file.path.name}", before, after)
    if file.confirmed and not ledger.confirmed:
        ledger.confirm()
    ledger.confirmed = file.confirmed
    return found_changes


def _wanted(
    file: TagsFile,
    suggestions: Suggestions,
    schema: Schema,
    profiles: Mapping[str, TableProfile],
    project: Project | None,
) -> dict[Key, Wanted]:
    if project is not None and project.policy.tags == "auto" and not project.goal.target and file.target:
        # Nobody looks before the tags apply, so the question must not change by itself once it was asked.
        return wanted(suggestions, schema, profiles, None, file.target.text)
    own = file.target.text if file.target and not file.suggested(("target",)) and _says(file, profiles) else None
    return wanted(suggestions, schema, profiles, project, own)


def _says(file: TagsFile, profiles: Mapping[str, TableProfile]) -> bool:
    """Whether the target can be read. A misspelt one asks nothing new: nothing follows from it until it is mended."""
    try:
        checked_target(file.target.text if file.target else "", {t: list(held.columns) for t, held in profiles.items()})
    except RadixError:
        return False
    return True


def _adopt(file: TagsFile, lines: Mapping[Key, Wanted]) -> None:
    """Where nothing is remembered, a line that reads as it would be written now is taken to be Radix's."""
    for key, line in lines.items():
        place = file.lines.get(key)
        body = line.body.strip().removeprefix("- ")
        note = aligned([(body, line.note)])[0][len(body) :].strip()
        if place is None:
            continue
        held = file.text[place.start : place.value], file.text[place.value : place.stop].strip()
        # Radix sets the remarks of a block under each other, so the space before a remark tells nothing.
        if held == (body, note):
            file.ledger.write(key, file.print_of(key), line.said)
    if file.confirmed:
        file.ledger.confirm()


class _Refresh:
    """One refresh of one text."""

    def __init__(
        self,
        file: TagsFile,
        suggestions: Suggestions,
        schema: Schema,
        profiles: Mapping[str, TableProfile],
        project: Project | None,
        lines: dict[Key, Wanted],
        today: str,
    ) -> None:
        self.file, self.ledger = file, file.ledger
        self.suggestions, self.schema, self.profiles, self.project = suggestions, schema, profiles, project
        self.lines, self.today = lines, today
        self.own: set[Key] = set()
        """Lines that are Radix's to change."""
        self.marks: dict[str, str] = {}

    def carried_out(self) -> TagsFile:
        """The file as it is afterwards. A step that would change more than it should is left out."""
        steps = list(self._steps())
        after = self._after(self.file, steps)
        if after is None:
            after = self.file
            for step in steps:
                after = self._after(after, [step]) or after
        self._remember(after)
        return after

    def _after(self, before: TagsFile, steps: list[Step]) -> TagsFile | None:
        if not steps:
            return before
        try:
            splices = Splices(before.text, before.path)
            for _, step in steps:
                step(splices)
            after = parse_tags(splices.applied(), before.path, self.ledger)
        except TagError:
            return None
        wrong = [one for one in changes(said_in(before), said_in(after)) if not self._may(one, before)]
        return None if wrong else after

    def _may(self, change: Change, before: TagsFile) -> bool:
        path = change.path
        if path[0] == "relationships":
            theirs = [text for text in change.before or [] if ("relationships", text) not in self.own]
            return [text for text in change.after or [] if text in theirs] == theirs
        if path[0] != "tables":
            return path in self.own
        block = before.tables.get(path[1])
        if block is None:
            return True
        key = path[:4] if path[2] == "columns" else path
        return key in self.own or (path[2] == "columns" and path[3] not in block.columns)

    def _steps(self) -> Iterator[Step]:
        yield from self._updates()
        yield from self._columns()
        yield from self._tables()
        yield from self._relationships()
        yield from self._gone()

    def _updates(self) -> Iterator[Step]:
        stale: list[tuple[Key, str, str]] = []
        for key, line in self.lines.items():
            if key in self.file.lines and self.file.suggested(key):
                stale.append((key, line.body.strip(), line.note))
                self.own.add(key)
        problem: Key = ("problem",)
        asked = not self.ledger.new and not self.file.untouched(("target",)) and _says(self.file, self.profiles)
        if asked and self.file.suggested(problem):
            # The person asks another question; what kind of answer it has is to be found anew.
            stale = [item for item in stale if item[0] != problem]
            stale.append((problem, "problem:", "follows from the target"))
            self.own.add(problem)

        def update(splices: Splices) -> None:
            for key, body, note in stale:
                splices.line(self.file.lines[key], body.removeprefix("- "), note)

        yield "what is suggested", update

    def _columns(self) -> Iterator[Step]:
        for name, table in self.suggestions.tables.items():
            block = self.file.tables.get(name)
            if block is None:
                continue
            new = [
                (f"{quoted(key[3])}: {column_value_of(line)}", f"{NEW[2:]}{line.note}")
                for key, line in self.lines.items()
                if key[:3] == ("tables", name, "columns") and key[3] not in block.columns and key[3] in table.columns
            ]
            if new:
                yield f"columns of {name}", lambda splices, name=name, new=new: append_columns(splices, name, new)  # type: ignore[misc]

    def _tables(self) -> Iterator[Step]:
        added = self._added()
        if added:
            blocks = [table_lines(name, self.suggestions.tables[name], self.lines) for name in added]
            yield "tables", lambda splices: append_tables(splices, blocks)

    def _added(self) -> list[str]:
        known = self.file.tables
        return [name for name in self.suggestions.tables if name not in known and name in self.profiles]

    def _relationships(self) -> Iterator[Step]:
        if self.file.relationships is None:
            return
        held = {plain(said.text) for said in self.file.relationships}
        found = {link.name for link in self.schema.relationships}
        withdrawn = [
            said.text
            for said in self.file.relationships
            if said.text not in found and self.file.suggested(("relationships", said.text))
        ]
        self.own |= {("relationships", text) for text in withdrawn}
        for text in withdrawn:
            self.ledger.written.pop(written(("relationships", text)), None)
        new = [link for link in self.schema.relationships if plain(link.name) not in held and self._is_new(link)]
        if withdrawn:
            texts = [said.text for said in self.file.relationships]
            yield "withdrawn relationships", lambda splices: remove_relationships(splices, texts, withdrawn)
        if new:
            lines = [relationship_line(link.name, link.confidence, link.evidence) for link in new]
            names = [link.name for link in new]
            yield "relationships", lambda splices: add_relationships(splices, names, lines)

    def _is_new(self, link: Relationship) -> bool:
        """Whether a relationship was never suggested before, and may be added without asking."""
        added = set(self._added())
        if added & {link.child, link.parent}:
            return bool(self.file.tables)
        if self.ledger.new or written(("relationships", link.name)) in self.ledger.written:
            return False
        sides = [(link.child, link.child_columns), (link.parent, link.parent_columns)]
        fresh = any(not self.ledger.knew(table, column) for table, columns in sides for column in columns)
        return fresh or not self.file.confirmed

    def _gone(self) -> Iterator[Step]:
        add: list[tuple[Key, str]] = []
        remove: list[str] = []
        for key, name in self._named():
            mark = self.ledger.gone.get(written(key))
            gone = self._is_gone(key)
            if gone and mark is None and self.ledger.knew(key[1], key[3] if len(key) > 3 else None):  # noqa: PLR2004 a column
                mark = f"# gone since {self.today}: {remark(name)}{self._renamed(key)}"
                add.append((key, mark))
                self.marks[written(key)] = mark
            elif gone and mark is not None:
                self.marks[written(key)] = mark
            elif mark is not None:
                remove.append(mark)
        if add:
            yield "marks", lambda splices: _mark(splices, add)
        if remove:
            yield "unmarks", lambda splices: _unmark(splices, remove)

    def _named(self) -> Iterator[tuple[Key, str]]:
        for table, block in self.file.tables.items():
            yield ("tables", table), table
            for column in block.columns if table in self.profiles else ():
                yield ("tables", table, "columns", column), column

    def _is_gone(self, key: Key) -> bool:
        _, table, *column = key
        if column:
            return column[1] not in self.profiles[table].columns
        # A table that is still asked for but could not be read this time is not gone.
        return table not in self.profiles and (self.project is None or table not in self.project.tables)

    def _renamed(self, key: Key) -> str:
        if len(key) == 2:  # noqa: PLR2004 a table
            return ""
        block = self.file.tables[key[1]]
        new = [column for column in self.profiles[key[1]].columns if column not in block.columns]
        near = difflib.get_close_matches(key[3], new, n=1, cutoff=_RENAMED)
        return f" (now {remark(near[0])}?)" if near else ""

    def _remember(self, after: TagsFile) -> None:
        """Write down what Radix wrote, for the next look and for the log."""
        for key, line in self.lines.items():
            seen = after.print_of(key)
            if seen and (key not in self.file.lines or (key in self.own and seen != self.file.print_of(key))):
                fresh = key not in self.file.lines and not _held(self.file, key)
                if fresh or key in self.own:
                    self.ledger.write(key, seen, line.said)
        problem: Key = ("problem",)
        if problem in self.own and after.print_of(problem) != self.file.print_of(problem):
            self.ledger.write(problem, after.print_of(problem))
        self.ledger.gone = self.marks
        found = changes(said_in(self.file), said_in(after))
        for place in range(0, len(found), AT_ONCE):
            before, now = nested(found[place : place + AT_ONCE])
            self.ledger.tell("suggest", "Radix", f"brought {after.path.name} up to date with the data", before, now)


def _mark(splices: Splices, marks: list[tuple[Key, str]]) -> None:
    for key, mark in marks:
        splices.above(key, mark)


def _unmark(splices: Splices, marks: list[str]) -> None:
    for mark in marks:
        splices.without(mark)


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _held(file: TagsFile, key: Key) -> bool:
    """Whether a file says something of an entry, be it on a line of its own or not."""
    if key[0] == "relationships":
        return any(said.text == key[1] for said in file.relationships or [])
    if key[0] != "tables":
        return bool(getattr(file, key[0]))
    block = file.tables.get(key[1])
    if block is None or len(key) == 2:  # noqa: PLR2004 a table
        return block is not None
    return key[3] in block.columns if key[2] == "columns" else getattr(block, key[2]) is not None


def column_value_of(line: Wanted) -> str:
    """What stands behind the name in a column's line."""
    return f"{{{', '.join(f'{name}: {quoted(value)}' for name, value in line.said.items())}}}"
