"""The package of an .xlsx workbook: its parts, checked before a reader unpacks them, and its number formats."""

import posixpath
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from xml.parsers import expat

from radix_assets.sources.read.files import Place
from radix_resources.errors import SourceError

_MOST_BYTES: Final = 8 << 30
"""Bytes of a part when unpacked; a sheet of 1,048,576 rows and 100 columns has about 4 GiB."""
_MOST_HELD: Final = 1 << 30
"""Bytes of a part that is held in memory, such as the texts that cells share."""
_LARGE, _RATIO = 1 << 26, 400
_PADDED = re.compile(r'(?:0|\\.|"[^"]*"|[-/ ().])+')
_ZEROS = re.compile(r"0")


@dataclass(frozen=True)
class Package:
    """What the parts of a workbook say beside the values of the cells."""

    path: Path
    sheets: Mapping[str, str] = field(default_factory=dict)
    """The name of the part of each sheet."""
    sizes: Mapping[str, int] = field(default_factory=dict)
    """Bytes of the part of each sheet when unpacked."""
    padded: Mapping[int, str] = field(default_factory=dict)
    """Cell styles whose numbers are codes with leading zeros, with the format, such as `00000`."""
    recalculated: bool = False
    """Whether the writer left the formulas for the program that opens the file to calculate."""


def open_package(path: Path, place: Place) -> Package | None:
    """Read what the package of a workbook says; None if it is not an .xlsx file.

    Raise SourceError RDX-SRC-040 if a part would be too large when unpacked.
    """
    with path.open("rb") as file:  # an .xls file may hold a ZIP file
        if file.read(2) != b"PK":
            return None
    with zipfile.ZipFile(path) as archive:
        parts = {info.filename: info for info in archive.infolist()}
        _check_sizes(list(parts.values()), place)
        main = _targets(archive, parts, "", "officeDocument")
        if not main:
            return None
        (path_of_main,) = list(main.values())[:1]
        if path_of_main not in parts or not path_of_main.endswith(".xml"):
            return None
        workbook = _Elements(archive.read(path_of_main)).items
        targets = _targets(archive, parts, path_of_main, "worksheet")
        sheets = {
            attributes.get("name", ""): targets.get(attributes.get("id", ""), "")
            for name, attributes in workbook
            if name == "sheet"
        }
        styles = next(iter(_targets(archive, parts, path_of_main, "styles").values()), "")
        padded = _padded(archive.read(styles)) if styles in parts else {}
    recalculated = any(
        name == "calcPr" and attributes.get("fullCalcOnLoad") in {"1", "true"} for name, attributes in workbook
    )
    sheets = {name: part for name, part in sheets.items() if part in parts}
    sizes = {name: parts[part].file_size for name, part in sheets.items()}
    return Package(path, sheets, sizes, padded, recalculated)


def _targets(archive: zipfile.ZipFile, parts: Mapping[str, zipfile.ZipInfo], part: str, kind: str) -> dict[str, str]:
    """Return the parts of a kind that a part refers to, by their identifiers. Links to other files are none."""
    folder, name = posixpath.split(part)
    relations = posixpath.join(folder, "_rels", f"{name}.rels")
    if relations not in parts:
        return {}
    return {
        attributes.get("Id", ""): posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", "")))[1:]
        for element, attributes in _Elements(archive.read(relations)).items
        if element == "Relationship"
        and attributes.get("Type", "").endswith(f"/{kind}")
        and attributes.get("TargetMode") != "External"
    }


def _check_sizes(parts: list[zipfile.ZipInfo], place: Place) -> None:
    for part in parts:
        most = _MOST_BYTES if "sharedstrings" not in part.filename.lower() else _MOST_HELD
        bomb = part.file_size > _LARGE and part.file_size > _RATIO * max(1, part.compress_size)
        if part.file_size > most or bomb:
            raise SourceError(
                "RDX-SRC-040",
                f"a part of the workbook has {part.file_size:,} bytes unpacked, {part.compress_size:,} in the file",
                expected=f"parts of at most {most:,} bytes that are packed to no less than 1/{_RATIO} of their size",
                hint="export the sheet as CSV or Parquet",
                **place.context(),
            )


class _Elements:
    """The elements of a small XML document, each with its name and attributes without prefixes."""

    def __init__(self, document: bytes) -> None:
        self.items: list[tuple[str, dict[str, str]]] = []
        parser = safe_parser()
        parser.StartElementHandler = self._start
        parser.Parse(document, True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.items.append((local(name), {local(key): value for key, value in attributes.items()}))


def safe_parser() -> expat.XMLParserType:
    """Return a parser that refuses declarations of entities, with which a small document can become huge."""
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise ValueError("a document type")

    parser.StartDoctypeDeclHandler = refuse
    return parser


def local(name: str) -> str:
    """Return a name without its prefix."""
    return name.rpartition(":")[2]


def _padded(styles: bytes) -> dict[int, str]:
    """Return the styles of cells whose format only pads a number with zeros, with the format."""
    items = _Elements(styles).items
    formats = {
        int(attributes["numFmtId"]): attributes.get("formatCode", "")
        for name, attributes in items
        if name == "numFmt" and attributes.get("numFmtId", "").isdigit()
    }
    result: dict[int, str] = {}
    inside, number = False, 0
    for name, attributes in items:
        if name in {"cellXfs", "cellStyles", "dxfs"}:
            inside = name == "cellXfs"
        elif inside and name == "xf":
            code = formats.get(int(attributes.get("numFmtId") or 0), "")
            if is_padded(code):
                result[number] = code
            number += 1
    return result


def is_padded(code: str) -> bool:
    """Return whether a number format shows a whole number with leading zeros, such as `00000` or `000-00-0000`."""
    plain = re.sub(r'\\.|"[^"]*"', "", code)
    return plain.count("0") > 1 and bool(_PADDED.fullmatch(code))


def shown(number: int, code: str) -> str:
    """Return a whole number as a format with leading zeros shows it."""
    zeros = len(_ZEROS.findall(re.sub(r'\\.|"[^"]*"', "", code)))
    digits = f"{abs(number):0{zeros}}"
    first, rest = digits[: len(digits) - zeros + 1], iter(digits[len(digits) - zeros + 1 :])
    result, begun = ["-"] if number < 0 else [], False
    for mark in re.findall(r'\\.|"[^"]*"|.', code):
        if mark == "0":
            result.append(next(rest) if begun else first)
            begun = True
        else:
            result.append(mark[1:-1] if mark[0] == '"' else mark[-1])
    return "".join(result)
