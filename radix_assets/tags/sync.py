"""Synchronize a project's tags file: write it if missing, refresh it, and log what changed."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from radix_assets.profiles.schema import TableProfile
from radix_assets.project.settings import Project
from radix_assets.relationships.schema import Schema
from radix_assets.suggestions.schema import Suggestions
from radix_assets.tags.edit import edited
from radix_assets.tags.edit_plan import Edits
from radix_assets.tags.refresh import refresh_tags
from radix_assets.tags.resolve import resolve
from radix_assets.tags.schema import Tags
from radix_assets.tags.write import write_tags
from radix_assets.tags_file.atomic import rewrite
from radix_assets.tags_file.diff import Change, changes, settings_in
from radix_assets.tags_file.errors import Mistakes
from radix_assets.tags_file.file import TagsFile, parse_tags, read_tags, read_text
from radix_assets.tags_file.ledger import ledger_path, load_ledger
from radix_resources.errors import RadixError

Log = Callable[[dict[str, Any]], None]
"""Writes one action to the log: id, kind, actor, reason, before, after, input_hash."""


def prepare_tags(
    project: Project, suggestions: Suggestions, schema: Schema, profiles: Mapping[str, TableProfile]
) -> TagsFile:
    """Write the project's tags file if there is none, else refresh it with the data; return it as read."""
    path = project.tags_path
    if not write_tags(path, project, suggestions, schema, profiles):
        refresh_tags(path, suggestions, schema, profiles, project)
    return read_tags(path)


def log_changes(path: Path, log: Log) -> int:
    """Log what happened to a tags file since the last time; return the number of actions.

    An action leaves the outbox once it is logged. After a crash in between it is logged twice, with the same id.
    """
    waiting = load_ledger(path).outbox
    for action in waiting:
        log(action)
    if waiting:
        done = {action["id"] for action in waiting}
        ledger = load_ledger(path)

        def unchanged(text: str) -> str:
            nonlocal ledger
            ledger = load_ledger(path)
            ledger.outbox = [action for action in ledger.outbox if action["id"] not in done]
            return text

        rewrite(path, unchanged, companion=lambda: (ledger_path(path.resolve()), ledger.to_bytes()))
    return len(waiting)


class Draft:
    """A tags file as an edit would leave it; nothing is written."""

    def __init__(
        self,
        project: Project,
        suggestions: Suggestions,
        schema: Schema,
        profiles: Mapping[str, TableProfile],
        raw: Mapping[str, Path] | None,
        edits: Edits,
        who: str,
    ) -> None:
        path = project.tags_path
        self._args = (suggestions, schema, profiles, raw)
        self.project = project
        present = parse_tags(read_text(path), path, load_ledger(path), Mistakes())
        self.sha = present.sha
        text = edited(read_tags(path), edits, who=who) if edits.any else present.text
        self.file = parse_tags(text, path, present.ledger, Mistakes())
        self.changes: list[Change] = changes(settings_in(present), settings_in(self.file))
        """The settings that the edit changes."""
        self.before: list[RadixError] = []
        self.tags: Tags | None = None
        self.errors: list[RadixError] = []
        """All mistakes in the file after the edit."""
        self.tags, self.errors = self._resolved(self.file)
        if edits.any and self.errors:
            self.before = self._resolved(present)[1]

    @property
    def new_errors(self) -> list[RadixError]:
        """Mistakes that the edit would introduce."""
        present = {(error.code, error.found) for error in self.before}
        return [error for error in self.errors if (error.code, error.found) not in present]

    def _resolved(self, file: TagsFile) -> tuple[Tags | None, list[RadixError]]:
        suggestions, schema, profiles, raw = self._args
        mistakes = Mistakes()
        parse_tags(file.text, file.path, file.ledger, mistakes)
        try:
            return resolve(self.project, file, suggestions, schema, profiles, raw, mistakes).tags, []
        except RadixError as error:
            return None, list(getattr(error, "errors", [error]))
