"""Which of several tables in one text file is read, and what becomes of the others."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from radix_assets.sources.read.delimited.assemble import MOST_REJECTS
from radix_assets.sources.read.delimited.stacked import Section, find_sections, keep_section, lines_of
from radix_assets.sources.read.delimited.structure import Overrides
from radix_assets.sources.read.place import Place
from radix_assets.sources.schema import ReadWarning
from radix_resources.errors import SourceError


@dataclass(frozen=True)
class Stack:
    """The tables of one file, of which one is read."""

    sections: Sequence[Section] = ()
    number: int = 0
    """The place of the table that is read, from 0."""
    aside: Sequence[tuple[int, str]] = field(default=())
    """The lines of the other tables with their numbers, if no other source reads them."""

    def warnings(self, file: str) -> list[ReadWarning]:
        """Return what a person should know of it; none if the file holds one table."""
        if not self.sections:
            return []
        section, number = self.sections[self.number], self.number + 1
        message = (
            f"{f'{file}: ' if file else ''}the file holds {len(self.sections)} tables, one below the other; this is "
            f"number {number}, lines {section.first:,} to {section.last:,}"
        )
        others = [str(other + 1) for other in range(len(self.sections)) if other != self.number]
        if self.aside:
            message += (
                f'; the lines of the others are set aside; `part: "{others[0]}"` in project.yaml reads another, and '
                "`header` (the line of the header) reads all lines below it as one table"
            )
        lines = [other.first for place, other in enumerate(self.sections) if place != self.number]
        return [ReadWarning(code="stacked_tables", message=message, lines=lines, count=len(self.sections))]


def choose_section(path: Path, part: str | None, overrides: Overrides, place: Place) -> Stack:
    """Rewrite a UTF-8 file that holds several tables so that only one of them is left.

    `part` is its number, from 1. Without it the longest is read, unless the project says where the table is.

    Raise SourceError RDX-SRC-031 if there is no such table.
    """
    if part is None and (overrides.header is not None or overrides.skip or overrides.footer is not None):
        return Stack()
    sections = find_sections(path, overrides.delimiter)
    if part is None and not sections:
        return Stack()
    if part is None:
        number = max(range(len(sections)), key=lambda place: sections[place].last - sections[place].first)
        others = [section for section in sections if section != sections[number]]
        aside = [line for section in others for line in lines_of(path, section)][:MOST_REJECTS]
    else:
        aside = []
        if not part.isdecimal() or not 0 < int(part) <= len(sections):
            raise SourceError(
                "RDX-SRC-031",
                f"there is no table {part!r} in the file, which holds {max(1, len(sections))}",
                expected="the number of a table, from 1",
                hint="correct `part`, or leave it out if the file holds one table",
                **place.context(),
            )
        number = int(part) - 1
    keep_section(path, sections[number])
    return Stack(sections, number, aside)
