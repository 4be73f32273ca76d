"""The steps of a refresh of a tags file: each changes only lines that Radix may change."""

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence

from radix_assets.profiles.schema import TableProfile
from radix_assets.project.settings import Project
from radix_assets.relationships.references import normalize
from radix_assets.relationships.schema import Relationship, Schema
from radix_assets.suggestions.schema import Suggestions
from radix_assets.tags.additions import add_items, append_columns, append_tables, remove_items
from radix_assets.tags.check_target import checked_target
from radix_assets.tags.write import AT_ONCE, SuggestedLine, table_lines
from radix_assets.tags_file.diff import Change, changes, nested, settings_in
from radix_assets.tags_file.file import TagsFile, parse_tags
from radix_assets.tags_file.lines import Key, key_text
from radix_assets.tags_file.rule_text import without_values, without_word
from radix_assets.tags_file.schema import LISTS, Located
from radix_assets.tags_file.splices import NEW, Splices
from radix_assets.tags_file.yaml_text import quoted, remark
from radix_resources.errors import RadixError, TagError

_RENAMED = 0.75
"""Similarity of two names from which on one may be the other, renamed."""

Step = tuple[str, Callable[[Splices], None]]


class Refresh:
    """One refresh of one text."""

    def __init__(
        self,
        file: TagsFile,
        suggestions: Suggestions,
        schema: Schema,
        profiles: Mapping[str, TableProfile],
        project: Project | None,
        lines: dict[Key, SuggestedLine],
        today: str,
    ) -> None:
        self.file, self.ledger = file, file.ledger
        self.suggestions, self.schema, self.profiles, self.project = suggestions, schema, profiles, project
        self.lines, self.today = lines, today
        self.own: set[Key] = set()
        """Lines that Radix may change."""
        self.marks: dict[str, str] = {}

    def apply(self) -> TagsFile:
        """Return the refreshed file. A step that would change more than it may is skipped."""
        steps = list(self._steps())
        after = self._apply(self.file, steps)
        if after is None:
            after = self.file
            for step in steps:
                after = self._apply(after, [step]) or after
        self._record(after)
        return after

    def _apply(self, before: TagsFile, steps: list[Step]) -> TagsFile | None:
        if not steps:
            return before
        try:
            splices = Splices(before.text, before.path)
            for _, step in steps:
                step(splices)
            after = parse_tags(splices.applied(), before.path, self.ledger)
        except TagError:
            return None
        forbidden = [
            change
            for change in changes(settings_in(before), settings_in(after))
            if not self._may_change(change, before)
        ]
        return None if forbidden else after

    def _may_change(self, change: Change, before: TagsFile) -> bool:
        path = change.path
        if path[0] in LISTS:
            own = {without_values(key[1]) for key in self.own if key[0] == path[0]}
            users = [text for text in change.before or [] if text not in own]
            return [text for text in change.after or [] if text in users] == users
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
        yield from self._rules()
        yield from self._missing()

    def _updates(self) -> Iterator[Step]:
        stale: list[tuple[Key, str, str]] = []
        for key, line in self.lines.items():
            if key in self.file.lines and self.file.suggested(key):
                stale.append((key, line.body.strip(), line.note))
                self.own.add(key)
        problem: Key = ("problem",)
        new_target = (
            not self.ledger.new and not self.file.untouched(("target",)) and target_is_valid(self.file, self.profiles)
        )
        if new_target and self.file.suggested(problem):
            # The user set another target, so the problem type has to be determined again.
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
        present = self.file.tables
        return [name for name in self.suggestions.tables if name not in present and name in self.profiles]

    def _relationships(self) -> Iterator[Step]:
        if self.file.relationships is None:
            return
        links = {link.name: link for link in self.schema.relationships}
        yield from self._list("relationships", self.file.relationships, lambda name: self._is_new(links[name]))

    def _rules(self) -> Iterator[Step]:
        if self.file.rules is not None:
            yield from self._list("rules", self.file.rules, self._is_new_rule)

    def _list(self, setting: str, items: Sequence[Located], is_new: Callable[[str], bool]) -> Iterator[Step]:
        """Withdraw the items that are only suggested and no longer valid, and add those that are new."""
        suggested = {key[1]: line for key, line in self.lines.items() if key[0] == setting}
        texts = [item.text for item in items]
        present = {normalize(without_word(text)) for text in texts}
        withdrawn = [text for text in texts if text not in suggested and self.file.suggested((setting, text))]
        self.own |= {(setting, text) for text in withdrawn}
        for text in withdrawn:
            self.ledger.written.pop(key_text((setting, text)), None)
        new = [text for text in suggested if normalize(text) not in present and is_new(text)]
        if withdrawn:
            yield f"withdrawn {setting}", lambda splices: remove_items(splices, setting, texts, withdrawn)
        if new:
            lines = [(suggested[text].body, suggested[text].note) for text in new]
            yield setting, lambda splices: add_items(splices, setting, new, lines)

    def _is_new_rule(self, text: str) -> bool:
        """Return whether a rule was never suggested before and may be added: until the tags are confirmed."""
        return not (self.ledger.new or self.file.confirmed or key_text(("rules", text)) in self.ledger.written)

    def _is_new(self, link: Relationship) -> bool:
        """Return whether a relationship was never suggested before and may be added."""
        added = set(self._added())
        if added & {link.child, link.parent}:
            return bool(self.file.tables)
        if self.ledger.new or key_text(("relationships", link.name)) in self.ledger.written:
            return False
        sides = [(link.child, link.child_columns), (link.parent, link.parent_columns)]
        fresh = any(not self.ledger.was_in_data(table, column) for table, columns in sides for column in columns)
        return fresh or not self.file.confirmed

    def _missing(self) -> Iterator[Step]:
        add: list[tuple[Key, str]] = []
        remove: list[str] = []
        for key, name in self._named():
            mark = self.ledger.missing_marks.get(key_text(key))
            missing = self._is_missing(key)
            if missing and mark is None and self.ledger.was_in_data(key[1], key[3] if len(key) > 3 else None):  # noqa: PLR2004 a column
                mark = f"# missing since {self.today}: {remark(name)}{self._renamed(key)}"
                add.append((key, mark))
                self.marks[key_text(key)] = mark
            elif missing and mark is not None:
                self.marks[key_text(key)] = mark
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

    def _is_missing(self, key: Key) -> bool:
        _, table, *column = key
        if column:
            return column[1] not in self.profiles[table].columns
        # A table that is still in the project but could not be read this time is not missing.
        return table not in self.profiles and (self.project is None or table not in self.project.tables)

    def _renamed(self, key: Key) -> str:
        if len(key) == 2:  # noqa: PLR2004 a table
            return ""
        block = self.file.tables[key[1]]
        new = [column for column in self.profiles[key[1]].columns if column not in block.columns]
        near = difflib.get_close_matches(key[3], new, n=1, cutoff=_RENAMED)
        return f" (now {remark(near[0])}?)" if near else ""

    def _record(self, after: TagsFile) -> None:
        """Record what Radix wrote, for the next inspection and for the log."""
        for key, line in self.lines.items():
            fingerprint = after.fingerprint(key)
            if fingerprint and (
                key not in self.file.lines or (key in self.own and fingerprint != self.file.fingerprint(key))
            ):
                fresh = key not in self.file.lines and not _has_entry(self.file, key)
                if fresh or key in self.own:
                    self.ledger.write(key, fingerprint, line.settings)
        problem: Key = ("problem",)
        if problem in self.own and after.fingerprint(problem) != self.file.fingerprint(problem):
            self.ledger.write(problem, after.fingerprint(problem))
        self.ledger.missing_marks = self.marks
        own_changes = changes(settings_in(self.file), settings_in(after))
        for start in range(0, len(own_changes), AT_ONCE):
            before, now = nested(own_changes[start : start + AT_ONCE])
            self.ledger.record("suggest", "Radix", f"refreshed {after.path.name} with the data", before, now)


def _mark(splices: Splices, marks: list[tuple[Key, str]]) -> None:
    for key, mark in marks:
        splices.comment_above(key, mark)


def _unmark(splices: Splices, marks: list[str]) -> None:
    for mark in marks:
        splices.remove_comment(mark)


def target_is_valid(file: TagsFile, profiles: Mapping[str, TableProfile]) -> bool:
    """Return whether the target can be parsed. A misspelt target has no effect until it is fixed."""
    try:
        columns = {name: list(profile.columns) for name, profile in profiles.items()}
        checked_target(file.target.text if file.target else "", columns)
    except RadixError:
        return False
    return True


def _has_entry(file: TagsFile, key: Key) -> bool:
    """Return whether a file has an entry, on a line of its own or not."""
    if key[0] in LISTS:
        return any(item.text == key[1] for item in getattr(file, key[0]) or [])
    if key[0] != "tables":
        return bool(getattr(file, key[0]))
    block = file.tables.get(key[1])
    if block is None or len(key) == 2:  # noqa: PLR2004 a table
        return block is not None
    return key[3] in block.columns if key[2] == "columns" else getattr(block, key[2]) is not None


def column_value_of(line: SuggestedLine) -> str:
    """Return the value in a column's line."""
    return f"{{{', '.join(f'{name}: {quoted(value)}' for name, value in line.settings.items())}}}"
