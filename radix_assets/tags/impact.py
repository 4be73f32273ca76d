"""What an edit of the tags will rebuild, about how long that takes, and what it costs."""

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from radix_assets.pipeline.output import Table
from radix_assets.pipeline.stage import Stage, Tools, steps
from radix_assets.project.settings import Project, slug
from radix_assets.tags.schema import Tags
from radix_assets.tags_file.diff import Change, changes

if TYPE_CHECKING:
    from radix_resources.storage.base import Commit

TAGS_FILE = "tags.json"


class Rebuilt(NamedTuple):
    """One asset that an edit concerns."""

    asset: str
    """Without the project."""
    seconds: float | None
    """What it took the last time; None where it was never made."""
    certain: bool
    """False where it is made anew only if what it reads comes out different."""


class Impact(NamedTuple):
    """All that an edit sets going."""

    rebuilt: list[Rebuilt]
    dollars_an_hour: float

    @property
    def seconds(self) -> float:
        """Of all of it, at most, as it took the last time."""
        return round(sum(one.seconds or 0.0 for one in self.rebuilt), 3)

    @property
    def dollars(self) -> float:
        """Of that time; 0 on a machine that nobody pays for by the hour."""
        return round(self.seconds / 3600 * self.dollars_an_hour, 4)

    @property
    def sentence(self) -> str:
        """In words."""
        if not self.rebuilt:
            return "nothing is rebuilt"
        new = sum(1 for one in self.rebuilt if one.seconds is None)
        unknown = f", {new} of them for the first time" if new else ""
        count = f"{len(self.rebuilt)} asset{'s' if len(self.rebuilt) > 1 else ''}"
        return f"rebuilds at most {count}{unknown}: about {_lasting(self.seconds)}, ${self.dollars:.2f}"

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "rebuilt": [one._asdict() for one in self.rebuilt],
            "seconds": self.seconds,
            "compute_seconds": self.seconds,
            "dollars": self.dollars,
        }

    def shown(self) -> Table:
        """For the UI."""
        words = {True: "yes", False: "if its input differs"}
        return Table(
            [
                {"asset": one.asset, "rebuilt": words[one.certain], "seconds": one.seconds and round(one.seconds, 1)}
                for one in self.rebuilt
            ]
        )


def digest(tags: Tags) -> str:
    """What two readings of the tags are told apart by: only a difference here rebuilds anything."""
    return hashlib.sha256(tags.law().model_dump_json(indent=1).encode()).hexdigest()


def impact(project: Project, tools: Tools, stages: Sequence[Stage], tags: Tags) -> Impact:
    """What follows once these tags apply, against those that were applied last."""
    found: list[Rebuilt] = []
    rate = tools.provider.rate("compute").dollars_hour
    applied = tools.storage.latest(project.key("tags"))
    if applied is not None and applied.files.get(TAGS_FILE) == digest(tags):
        return Impact(found, rate)
    changed = {"tags"} | _shown_anew(tools, applied, tags)
    for step in steps(project, tuple(stages)):
        read = changed.intersection(step.deps + step.optional_deps)
        if step.name == "tags" or not (read or step.name in changed):
            continue
        commit: Commit | None = tools.storage.latest(step.key)
        certain = step.name in changed or "tags" in read
        found.append(Rebuilt(step.name, commit.seconds if commit else None, certain))
        changed.add(step.name)
    return Impact(found, rate)


def _shown_anew(tools: Tools, applied: "Commit | None", tags: Tags) -> set[str]:
    """The profiles of tables in which other columns are private than before: no value of these may be shown."""
    if applied is None:
        return set()
    then = Tags.model_validate_json((tools.storage.path(applied) / TAGS_FILE).read_text(encoding="utf-8"))
    both = set(then.tables) & set(tags.tables)
    return {f"profile/{slug(name)}" for name in both if then.tables[name].private != tags.tables[name].private}


def pending(applied: Tags, now: Tags) -> list[Change]:
    """What differs between the tags that were applied last and these."""
    return changes(_plainly(applied.law()), _plainly(now.law()))


def _plainly(tags: Tags) -> dict[str, Any]:
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


def told(changes: Sequence[Change], most: int = 40) -> list[str]:
    """Changes as a person reads them."""
    lines = [f"{one.name}: {_word(one.before)} → {_word(one.after)}" for one in changes[:most]]
    return lines + ([f"… and {len(changes) - most} more"] if len(changes) > most else [])


def _word(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(value)}]"
    return "nothing" if value in (None, "") else str(value).lower() if isinstance(value, bool) else str(value)


def _lasting(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"  # noqa: PLR2004 two minutes
