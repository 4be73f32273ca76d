"""The documents of a source, and the outermost lists of records in them."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from radix_assets.sources.read.files import SourceFile
from radix_assets.sources.read.guard import reading_errors
from radix_assets.sources.read.naming import stem
from radix_assets.sources.read.place import Place
from radix_assets.sources.read.records.columns import dump, escaped
from radix_assets.sources.read.records.decode import LINES, Broken, Decoded
from radix_assets.sources.read.records.lines import holds_lists_of_records
from radix_assets.sources.read.records.tree import Pointer, Root, inner_lists, records_of, render, roots
from radix_assets.sources.read.settings import FileSettings
from radix_assets.sources.read.staging import Reject
from radix_resources.errors import SourceError

Reader = Callable[[Path, Decoded, Place], Any]
"""Returns the content of a file: an iterator over records, or an object that holds them."""


def list_tables(file: Path, name: str, reader: Reader, place: Place) -> list[tuple[str, str]]:
    """Return the names and parts of the lists of records in a document, parents first. Raise as `stage_records`."""
    result: list[tuple[str, str]] = []
    with reading_errors(place):
        notes = Decoded()
        outer = roots(reader(file, notes, place))
        if notes.layout == LINES and not holds_lists_of_records(file):
            return [(name, "")]
        for root in outer:
            own = name if len(outer) == 1 else root.pointer[-1]
            inner: dict[Pointer, None] = {}
            for _, record in records_of(root.records, Decoded()):
                inner_lists(record, (), inner)
            base = root.pointer if len(outer) > 1 or inner else ()
            result.append((own, render(base) if len(outer) > 1 else ""))
            result += [("_".join((own, *path)), render((*root.pointer, *path))) for path in inner]
    return result


class Documents:
    """The files of a source, decoded as often as their rows are asked for; objects are decoded once."""

    def __init__(self, source: FileSettings, files: Sequence[SourceFile], pointer: Pointer, reader: Reader) -> None:
        self.source, self._files, self._pointer, self._reader = source, files, pointer, reader
        self._decoded: dict[int, list[Root]] = {}
        self.name = ""
        """The table of the outermost records, as `list_tables` gives it; known when a root was opened."""

    def root(self, number: int, notes: Decoded) -> Root:
        """Return the outermost records in which the part is."""
        file = self._files[number]
        place = Place(self.source.table, file.name)
        with reading_errors(place):
            outer = self._decoded.get(number) or roots(self._reader(file.path, notes, place))
        if all(isinstance(root.records, list) for root in outer):
            self._decoded[number] = outer
        root = _chosen(outer, self._pointer, place)
        self.name = root.pointer[-1] if len(outer) > 1 else stem(file.name.rpartition("/")[2])
        return root

    def records(self, number: int, notes: Decoded) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield the outermost records of a file with their numbers, from 1; `notes` get what is no record."""

        def set_aside(row: int, item: Any, reason: str) -> None:
            text = item if isinstance(item, Broken) else escaped(dump(item))
            notes.set_aside(Reject(row, number, None, text, reason))

        with reading_errors(Place(self.source.table, self._files[number].name)):
            yield from records_of(self.root(number, notes).records, notes, set_aside)


def _chosen(outer: list[Root], pointer: Pointer, place: Place) -> Root:
    if not pointer and len(outer) > 1:
        names = ", ".join(render(root.pointer) for root in outer[:5])
        raise SourceError(
            "RDX-SRC-033",
            f"the document holds {len(outer)} lists of records, and none is named",
            expected=f"`part`: one of {names}",
            hint="name one in `part`, or let `radix new` list them",
            **place.context(),
        )
    matching = [root for root in outer if not pointer or pointer[: len(root.pointer)] == root.pointer]
    if not matching:
        raise SourceError(
            "RDX-SRC-031",
            f"the document has no list of records {render(pointer)!r}",
            expected=f"one of {', '.join(render(root.pointer) or '(the whole)' for root in outer[:5])}",
            hint="correct `part`",
            **place.context(),
        )
    return matching[0]
