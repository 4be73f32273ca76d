"""Impact of an edit of the tags: what it rebuilds, about how long that takes and what it costs."""

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from radix_assets.pipeline.output import Table
from radix_assets.pipeline.stage import Stage, Tools, steps
from radix_assets.project.settings import Project, slug
from radix_assets.tags.schema import TAGS_JSON, Tags
from radix_assets.tags_file.diff import Change, changes

if TYPE_CHECKING:
    from radix_resources.storage.base import Commit


class Rebuilt(NamedTuple):
    """One asset that an edit affects."""

    asset: str
    """Its key without the project."""
    seconds: float | None
    """Duration of the last materialization; None if it was never materialized."""
    certain: bool
    """False if it is rebuilt only when its input turns out to differ."""


class Impact(NamedTuple):
    """Everything that an edit rebuilds."""

    rebuilt: list[Rebuilt]
    dollars_per_hour: float

    @property
    def seconds(self) -> float:
        """Upper bound of the total duration, from the last materializations."""
        return round(sum(asset.seconds or 0.0 for asset in self.rebuilt), 3)

    @property
    def dollars(self) -> float:
        """Cost of that duration; 0 on a machine that is not paid by the hour."""
        return round(self.seconds / 3600 * self.dollars_per_hour, 4)

    @property
    def sentence(self) -> str:
        """Summary in words."""
        if not self.rebuilt:
            return "nothing is rebuilt"
        new = sum(1 for asset in self.rebuilt if asset.seconds is None)
        first_time = f", {new} of them for the first time" if new else ""
        count = f"{len(self.rebuilt)} asset{'s' if len(self.rebuilt) > 1 else ''}"
        return f"rebuilds at most {count}{first_time}: about {_duration(self.seconds)}, ${self.dollars:.2f}"

    def to_json(self) -> dict[str, Any]:
        """Return the impact as plain data."""
        return {
            "rebuilt": [asset._asdict() for asset in self.rebuilt],
            "seconds": self.seconds,
            "compute_seconds": self.seconds,
            "dollars": self.dollars,
        }

    def shown(self) -> Table:
        """Return the table for the UI."""
        words = {True: "yes", False: "if its input differs"}
        return Table(
            [
                {
                    "asset": asset.asset,
                    "rebuilt": words[asset.certain],
                    "seconds": asset.seconds and round(asset.seconds, 1),
                }
                for asset in self.rebuilt
            ]
        )


def digest(tags: Tags) -> str:
    """Return the sha256 of the tags: only a difference here rebuilds anything."""
    return hashlib.sha256(tags.canonical().model_dump_json(indent=1).encode()).hexdigest()


def impact(project: Project, tools: Tools, stages: Sequence[Stage], tags: Tags) -> Impact:
    """Return the impact of applying these tags, compared with those applied last."""
    rebuilt: list[Rebuilt] = []
    rate = tools.provider.rate("compute").dollars_hour
    applied = tools.storage.latest(project.key("tags"))
    if applied is not None and applied.files.get(TAGS_JSON) == digest(tags):
        return Impact(rebuilt, rate)
    changed = {"tags"} | _profiles_to_redact(tools, applied, tags)
    for step in steps(project, tuple(stages)):
        changed_inputs = changed.intersection(step.deps + step.optional_deps)
        if step.name == "tags" or not (changed_inputs or step.name in changed):
            continue
        commit: Commit | None = tools.storage.latest(step.key)
        certain = step.name in changed or "tags" in changed_inputs
        rebuilt.append(Rebuilt(step.name, commit.seconds if commit else None, certain))
        changed.add(step.name)
    return Impact(rebuilt, rate)


def _profiles_to_redact(tools: Tools, applied: "Commit | None", tags: Tags) -> set[str]:
    """Return the profiles of tables whose private columns changed: no value of these may be shown."""
    if applied is None:
        return set()
    previous = Tags.model_validate_json((tools.storage.path(applied) / TAGS_JSON).read_text(encoding="utf-8"))
    common = set(previous.tables) & set(tags.tables)
    return {f"profile/{slug(name)}" for name in common if previous.tables[name].private != tags.tables[name].private}


def pending(applied: Tags, now: Tags) -> list[Change]:
    """Return the differences between the tags that were applied last and these."""
    return changes(_settings(applied.canonical()), _settings(now.canonical()))


def _settings(tags: Tags) -> dict[str, Any]:
    tables = {
        name: {
            "primary_key": table.primary_key,
            "time_index": table.time_index,
            "columns": {column: tag.model_dump() for column, tag in table.columns.items()},
        }
        for name, table in tags.tables.items()
    }
    links = [link.name for link in tags.relationships]
    return {"target": tags.target.name, "problem": tags.target.problem, "relationships": links, "tables": tables}


def describe_changes(changes: Sequence[Change], most: int = 40) -> list[str]:
    """Return the changes as lines of text, at most `most`."""
    lines = [_line(change) for change in changes[:most]]
    return lines + ([f"… and {len(changes) - most} more"] if len(changes) > most else [])


def _line(change: Change) -> str:
    if change.path[2:3] == ("columns",) and change.path[-1] == "human":  # the mark of a line that a user wrote
        column = change.name.removesuffix(".human")
        return f"{column}: {'confirmed' if change.after else 'no longer confirmed'} by a user"
    return f"{change.name}: {_word(change.before)} → {_word(change.after)}"


def _word(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(value)}]"
    return "(not set)" if value in (None, "") else str(value).lower() if isinstance(value, bool) else str(value)


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"  # noqa: PLR2004 two minutes
