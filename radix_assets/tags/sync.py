"""A look at a project's tags: written where there are none, brought up to date, and what changed told to the log."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from radix_assets.profiles.schema import TableProfile
from radix_assets.project.settings import Project
from radix_assets.relationships.schema import Schema
from radix_assets.suggestions.schema import Suggestions
from radix_assets.tags.edit import Edits, edited
from radix_assets.tags.refresh import refresh_tags
from radix_assets.tags.resolve import resolve
from radix_assets.tags.schema import Tags
from radix_assets.tags.write import write_tags
from radix_assets.tags_file.atomic import rewrite
from radix_assets.tags_file.diff import Change, changes, said_in
from radix_assets.tags_file.errors import Mistakes
from radix_assets.tags_file.file import TagsFile, parse_tags, read_tags, read_text
from radix_assets.tags_file.ledger import ledger_path, load_ledger
from radix_resources.errors import RadixError

Tell = Callable[[dict[str, Any]], None]
"""Writes one action down: id, kind, actor, reason, before, after, input_hash."""


def prepare_tags(
    project: Project, suggestions: Suggestions, schema: Schema, profiles: Mapping[str, TableProfile]
) -> TagsFile:
    """Write the project's tags file where there is none, else bring it up to date with the data; and read it."""
    path = project.tags_path
    if not write_tags(path, project, suggestions, schema, profiles):
        refresh_tags(path, suggestions, schema, profiles, project)
    return read_tags(path)


def tell_all(path: Path, tell: Tell) -> int:
    """Write down what happened to a tags file since the last time; returns how many actions.

    An action is forgotten once it is written down. A crash in between writes it twice, with the same id.
    """
    waiting = load_ledger(path).outbox
    for action in waiting:
        tell(action)
    if waiting:
        done = {action["id"] for action in waiting}
        left = load_ledger(path)

        def kept(text: str) -> str:
            nonlocal left
            left = load_ledger(path)
            left.outbox = [action for action in left.outbox if action["id"] not in done]
            return text

        rewrite(path, kept, beside=lambda: (ledger_path(path.resolve()), left.to_bytes()))
    return len(waiting)


class Draft:
    """A tags file as it would be after an edit; nothing is written."""

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
        now = parse_tags(read_text(path), path, load_ledger(path), Mistakes())
        self.sha = now.sha
        text = edited(read_tags(path), edits, who=who) if edits.any else now.text
        self.file = parse_tags(text, path, now.ledger, Mistakes())
        self.changes: list[Change] = changes(said_in(now), said_in(self.file))
        """What the edit changes in the file."""
        self.before: list[RadixError] = []
        self.tags: Tags | None = None
        self.errors: list[RadixError] = []
        """Everything that is wrong with the file then."""
        self.tags, self.errors = self._resolved(self.file)
        if edits.any and self.errors:
            self.before = self._resolved(now)[1]

    @property
    def new_errors(self) -> list[RadixError]:
        """What would be wrong because of the edit."""
        known = {(error.code, error.found) for error in self.before}
        return [error for error in self.errors if (error.code, error.found) not in known]

    def _resolved(self, file: TagsFile) -> tuple[Tags | None, list[RadixError]]:
        suggestions, schema, profiles, raw = self._args
        mistakes = Mistakes()
        parse_tags(file.text, file.path, file.ledger, mistakes)
        try:
            return resolve(self.project, file, suggestions, schema, profiles, raw, mistakes).tags, []
        except RadixError as error:
            return None, list(getattr(error, "errors", [error]))
