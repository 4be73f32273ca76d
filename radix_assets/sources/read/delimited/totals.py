"""Whether the numbers of a record are the sums of those above it, over all rows of a file."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from radix_assets.sources.read.delimited.footer import TOTAL
from radix_assets.sources.read.delimited.grammar import Grammar, Parser, Record
from radix_assets.sources.read.delimited.layout import Layout
from radix_assets.sources.read.delimited.source import decode
from radix_assets.sources.read.grids.totals import Sums, number_of

_MOST = 1 << 25
"""Bytes of rows that are added up. In larger files a total is not proved by its sum."""


def matching(
    path: Path, grammar: Grammar, newline: str, layout: Layout, extent: tuple[int, int]
) -> Callable[[Record], bool]:
    """Return whether a record's numbers are the sums of the rows between two bytes of a UTF-8 file.

    The rows are read when a record is asked about for the first time.
    """
    memory: list[list[list[str]]] = []

    def rows() -> Iterator[list[str]]:
        if extent[1] - extent[0] > _MOST:
            return
        with path.open("rb") as file:
            file.seek(extent[0])
            text = decode(file.read(extent[1] - extent[0]))
        for record, _ in Parser(grammar, newline, layout.width).records(text):
            if len(record.cells) == layout.width and not record.blank:
                yield record.cells

    def matches(record: Record) -> bool:
        if not memory:
            memory.append(list(rows()))
        above = memory[0]
        place = next((place for place in range(len(above) - 1, -1, -1) if above[place] == record.cells), len(above))
        return is_sum(record.cells, above[:place], layout)

    return matches


def is_sum(cells: Sequence[str], above: Iterable[Sequence[str]], layout: Layout) -> bool:
    """Return whether a number of a row is the sum of its column, of all rows above or of those since the last total."""
    numeric = [index for index, shape in enumerate(layout.shapes) if shape == "number" and index < len(cells)]
    rows = list(above)
    for decimal in ".,":
        wanted = [number_of(cells[index], decimal) for index in numeric]
        everything, section = Sums(len(numeric)), Sums(len(numeric))
        for row in rows:
            label = next((cell.strip() for cell in row if cell.strip()), "")
            if TOTAL.fullmatch(label) or list(row) == layout.names:
                section = Sums(len(numeric))
                continue
            numbers = [number_of(row[index], decimal) for index in numeric]
            everything.add(numbers)
            section.add(numbers)
        if everything.match(wanted) or section.match(wanted):
            return True
    return False
