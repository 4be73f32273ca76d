"""The tables inside one file: the members of an archive, the lists of a document."""

import fnmatch
import tempfile
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from radix_assets.sources.read.archives import STEP, Member, extract, head_of, list_members
from radix_assets.sources.read.avro_files import read_avro
from radix_assets.sources.read.compression import codec_of, without_suffix
from radix_assets.sources.read.delimited.pages import without_page_lines
from radix_assets.sources.read.delimited.ruled import without_rules
from radix_assets.sources.read.delimited.stacked import find_sections
from radix_assets.sources.read.dialect import detect
from radix_assets.sources.read.encoding import to_utf8
from radix_assets.sources.read.files import copy, kind_of
from radix_assets.sources.read.formats import ARCHIVE_SUFFIXES, JSON_SUFFIXES, TEXT_SUFFIXES, WORKBOOK_SUFFIXES, Kind
from radix_assets.sources.read.guard import reading_errors
from radix_assets.sources.read.listing import is_named_as_table
from radix_assets.sources.read.naming import DIGITS, common_name, star_pattern, stem
from radix_assets.sources.read.place import Place
from radix_assets.sources.read.records.decode import decode
from radix_assets.sources.read.records.documents import list_tables
from radix_assets.sources.read.workbooks.sheets import list_table_sheets
from radix_resources.errors import RadixError

_HEAD = 1 << 20
_MOST_TEXT = 1 << 23
_CONTAINERS = (*ARCHIVE_SUFFIXES, *JSON_SUFFIXES, *WORKBOOK_SUFFIXES, ".avro")


@dataclass(frozen=True)
class Content:
    """One table inside a file."""

    name: str = ""
    """The table's name; empty if it is named like the file."""
    part: str | None = None
    """As in the settings of a source; None if it is the whole file."""
    sheet: str | None = None
    """The sheet of a workbook; None if it has one table."""


def list_contents(path: Path, beside: Collection[tuple[str, int]] = ()) -> list[Content]:
    """Return the tables in a file; none if it is one table, or cannot be read.

    `beside` are the names and sizes of the files beside it: an archive's member that is one of them is not listed, as
    it is a second copy.
    """
    place = Place(stem(path.name), path.name)
    with tempfile.TemporaryDirectory(prefix="radix_contents_") as work:
        try:
            with reading_errors(place):
                kind = kind_of(path, place)
                if kind == "archive":
                    return _in_archive(path, Path(work), place, beside, nested=True)
                if kind == "workbook":
                    return _in_workbook(path)
                if kind == "text":
                    return _in_text(path, Path(work), place)
                if kind in {"json", "avro"}:
                    return _lists(copy(path, Path(work, "copy"), place).path, stem(path.name), kind, place)
        except (RadixError, OSError):
            return []
    return []


def _in_archive(
    path: Path, work: Path, place: Place, beside: Collection[tuple[str, int]], *, nested: bool
) -> list[Content]:
    with path.open("rb") as file:
        codec = codec_of(file.read(16), path.name)
    if codec:
        path = copy(path, work / "unpacked", place).path
    members = [member for member in list_members(path, place) if is_named_as_table(member.base)]
    members = [member for member in members if "__MACOSX" not in member.name]
    members = [member for member in members if (member.base, member.size) not in beside]
    families: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        families[DIGITS.sub("#", member.name)].append(member)
    contents: list[Content] = []
    for family in families.values():
        pattern = _pattern(family, members, path, place)
        if pattern:
            folder = pattern.rpartition("/")[0].rpartition("/")[2] or stem(place.file)
            contents.append(Content(common_name(pattern.rpartition("/")[2], folder), pattern))
            continue
        for member in family:
            contents += _in_member(member, path, work, place, nested=nested)
    if len(contents) == 1:
        return [replace(contents[0], name="")]
    return contents


def _in_workbook(path: Path) -> list[Content]:
    sheets = list_table_sheets(path)
    return [Content(name, None, name) for name in sheets] if len(sheets) > 1 else []


def _in_text(path: Path, work: Path, place: Place) -> list[Content]:
    """Return the tables that stand one below the other in a text file."""
    if path.stat().st_size > _MOST_TEXT:
        return []
    decoded = to_utf8(copy(path, work / "copy", place).path, work / "text", None, place)
    without_rules(decoded.path)
    without_page_lines(decoded.path)
    name = stem(path.name)
    return [
        Content(name if number == 1 else f"{name}_{number}", str(number))
        for number in range(1, len(find_sections(decoded.path)) + 1)
    ]


def _pattern(family: list[Member], members: list[Member], path: Path, place: Place) -> str:
    """Return a pattern for members that are one table in parts: the same columns, and names that differ in numbers."""
    if len(family) == 1 or any(member.problem or set(member.name) & set("*?[") for member in family):
        return ""
    pattern = star_pattern([member.name for member in family])
    if {member.name for member in members if fnmatch.fnmatchcase(member.name, pattern)} != {
        member.name for member in family
    }:
        return ""
    if not without_suffix(family[0].name).lower().endswith(TEXT_SUFFIXES):
        return ""
    columns = {columns_of_text(head_of(path, member.name, _HEAD, place)) for member in family}
    return pattern if len(columns | {()}) == 2 else ""  # noqa: PLR2004 () is not a header


def _in_member(member: Member, path: Path, work: Path, place: Place, *, nested: bool) -> list[Content]:
    """Return the tables in a member; itself if it is one, or cannot be read, so that reading it says why."""
    name = without_suffix(member.base).lower()
    if member.problem or not name.endswith(_CONTAINERS):
        return [Content(stem(member.base), member.name)]
    inner = Place(place.table, f"{place.file}/{member.name}")
    try:
        ((_, file),) = extract(path, member.name, work / f"inner_{len(list(work.iterdir()))}", place)
        kind = kind_of(file, inner)
        contents = []
        if kind == "archive" and nested:
            scratch = file.with_suffix(".d")
            scratch.mkdir()
            contents = _in_archive(file, scratch, inner, (), nested=False)
        if kind == "workbook":
            contents = _in_workbook(file)
        elif kind in {"json", "avro"}:
            contents = _lists(copy(file, file.with_suffix(".copy"), inner).path, stem(member.base), kind, inner)
        file.unlink()
    except RadixError:
        contents = []
    if not contents:
        return [Content(stem(member.base), member.name)]
    return [
        Content(content.name or stem(member.base), STEP.join(filter(None, (member.name, content.part))), content.sheet)
        for content in contents
    ]


def _lists(path: Path, name: str, kind: Kind, place: Place) -> list[Content]:
    reader = decode if kind == "json" else read_avro
    return [Content(table, part or None) for table, part in list_tables(path, name, reader, place)]


def columns_of_text(head: bytes) -> tuple[str, ...]:
    """Return the sorted column names in the beginning of a text file; empty if it names none."""
    with tempfile.NamedTemporaryFile() as scratch:
        scratch.write(head)
        scratch.flush()
        dialect = detect(Path(scratch.name), None)
    return tuple(sorted(dialect.header)) if dialect else ()
