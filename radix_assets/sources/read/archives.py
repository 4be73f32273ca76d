"""The members of ZIP and TAR archives. None is ever written under its own name.

A member's name is a label that is compared, never a path that is opened: an absolute name or one with `..` reaches
nothing. Links, devices and encrypted members are refused, and so is a name that occurs twice.
"""

import contextlib
import errno
import fnmatch
import stat
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import IO, Final, Literal

from radix_assets.sources.read.compression import check_expansion
from radix_assets.sources.read.place import Place
from radix_resources.errors import RadixError, SourceError

Archive = Literal["zip", "tar"]

STEP: Final = "!/"
"""Separates the steps of a part: a member of an archive inside an archive is `inner.zip!/orders.csv`."""
MOST_MEMBERS: Final = 100_000
_CHUNK = 1 << 20
_ENCRYPTED = 0x1
# zipfile raises NotImplementedError for compression methods that it lacks, RuntimeError for encrypted members.
_BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError)


@dataclass(frozen=True)
class Member:
    """One member of an archive."""

    name: str
    """As in the archive; a label only."""
    size: int
    """Bytes when unpacked, as the archive says."""
    problem: str = ""
    """Why it is not read: it is a link, a device, encrypted, or its name occurs twice."""

    @property
    def base(self) -> str:
        """The last part of its name."""
        return PurePosixPath(self.name.replace("\\", "/")).name


def archive_of(path: Path) -> Archive | None:
    """Return the kind of archive that an uncompressed file is, by its content; None if it is not an archive.

    Workbooks are ZIP files too; they are not archives.
    """
    with path.open("rb") as file:
        head = file.read(512)
    if head[:4] in {b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"}:
        return "zip" if zipfile.is_zipfile(path) and not is_workbook(path) else None
    return "tar" if head[257:262] == b"ustar" or _is_old_tar(head) else None


def is_workbook(path: Path) -> bool:
    """Return whether a ZIP file is an Excel or OpenDocument workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            kind = archive.read("mimetype")[:60] if "mimetype" in names else b""
            types = archive.read("[Content_Types].xml") if "[Content_Types].xml" in names else b""
    except (*_BROKEN, OSError, KeyError):
        return False
    is_excel = any(name.startswith("xl/workbook") for name in names) or b"spreadsheetml.sheet.main+xml" in types
    return is_excel or b"opendocument.spreadsheet" in kind


def list_members(path: Path, place: Place) -> list[Member]:
    """Return the files in an archive, in its order. Raise SourceError RDX-SRC-005 or RDX-SRC-030 (too many)."""
    with _opened(path, place) as archive:
        members = list(_members(archive, place))
    times = Counter(member.name for member in members)
    return [
        replace(member, problem=member.problem or "its name occurs twice") if times[member.name] > 1 else member
        for member in members
    ]


def extract(path: Path, pattern: str, into: Path, place: Place) -> list[tuple[str, Path]]:
    """Write the members that a name or a pattern matches as `into/0`, `into/1` …; return their names and files.

    An exact name wins over a pattern. Raise SourceError RDX-SRC-005 (broken), RDX-SRC-030 (too large), RDX-SRC-031 (no
    such member) or RDX-SRC-032 (a link, a device, encrypted, twice).
    """
    members = list_members(path, place)
    exact = [member for member in members if member.name == pattern]
    chosen = exact or [member for member in members if fnmatch.fnmatchcase(member.name, pattern)]
    if not chosen:
        near = ", ".join(member.name for member in members[:5])
        raise SourceError(
            "RDX-SRC-031",
            f"the archive has no member {pattern!r}",
            expected="the name of a member, or a pattern",
            hint=f"correct `part`; the first members are {near}" if near else "the archive is empty",
            **place.context(),
        )
    for member in chosen:
        if member.problem:
            raise SourceError(
                "RDX-SRC-032",
                f"the member {member.name!r} is not read: {member.problem}",
                expected="a plain file that occurs once, without a password",
                hint="pack the files again without links or a password, or unpack the archive yourself",
                **place.context(),
            )
    wanted = {member.name: number for number, member in enumerate(sorted(chosen, key=lambda member: member.name))}
    into.mkdir(parents=True)
    files: dict[str, Path] = {}
    total, packed = 0, path.stat().st_size
    with _opened(path, place) as archive:
        for name, stream in _streams(archive, wanted):
            files[name] = into / str(wanted[name])
            with files[name].open("xb") as target:
                while chunk := stream.read(_CHUNK):
                    total += len(chunk)
                    check_expansion(total, packed, place)
                    target.write(chunk)
    return sorted(files.items())


def head_of(path: Path, name: str, size: int, place: Place) -> bytes:
    """Return the first bytes of a member. Raise SourceError RDX-SRC-005."""
    with _opened(path, place) as archive:
        for _, stream in _streams(archive, {name: 0}):
            return stream.read(size)
    return b""


@contextlib.contextmanager
def _opened(path: Path, place: Place) -> Iterator[zipfile.ZipFile | tarfile.TarFile]:
    try:
        with path.open("rb") as file:
            is_zip = file.read(2) == b"PK"
        with zipfile.ZipFile(path) if is_zip else tarfile.open(path, "r:") as archive:
            yield archive
    except RadixError:
        raise
    except (*_BROKEN, OSError) as error:
        if isinstance(error, OSError) and error.errno not in {None, errno.EINVAL}:  # a place before the file's start
            raise
        raise SourceError(
            "RDX-SRC-005",
            f"the archive is broken, cut off or of an unsupported method ({type(error).__name__})",
            expected="a complete ZIP or TAR archive",
            hint="pack the files again",
            **place.context(),
        ) from None


def _members(archive: zipfile.ZipFile | tarfile.TarFile, place: Place) -> Iterator[Member]:
    entries: Iterable[zipfile.ZipInfo | tarfile.TarInfo] = (
        archive.infolist() if isinstance(archive, zipfile.ZipFile) else archive
    )
    for number, entry in enumerate(entries):
        if number == MOST_MEMBERS:
            raise SourceError(
                "RDX-SRC-030",
                f"the archive has more than {MOST_MEMBERS:,} members",
                expected="fewer members",
                hint="unpack it yourself if you trust it, and name the folder",
                **place.context(),
            )
        if isinstance(entry, zipfile.ZipInfo):
            kind = stat.S_IFMT(entry.external_attr >> 16)
            if not entry.is_dir():
                yield Member(entry.filename, entry.file_size, _problem_of_zip(entry, kind))
        elif not entry.isdir():
            yield Member(entry.name, entry.size, "" if entry.isreg() else "it is a link or a device")


def _problem_of_zip(entry: zipfile.ZipInfo, kind: int) -> str:
    if kind not in {0, stat.S_IFREG}:
        return "it is a link or a device"
    return "it is encrypted" if entry.flag_bits & _ENCRYPTED else ""


def _streams(archive: zipfile.ZipFile | tarfile.TarFile, wanted: dict[str, int]) -> Iterator[tuple[str, IO[bytes]]]:
    """Yield the wanted members in one pass over the archive."""
    if isinstance(archive, zipfile.ZipFile):
        for entry in archive.infolist():
            if entry.filename in wanted and not entry.is_dir():
                with archive.open(entry) as content:
                    yield entry.filename, content
        return
    for member in archive:
        stream = archive.extractfile(member) if member.name in wanted and member.isreg() else None
        if stream is not None:
            yield member.name, stream


def _is_old_tar(head: bytes) -> bool:
    """Return whether it is a TAR header without a magic: its checksum is right."""
    if len(head) < 512 or not head[0]:  # noqa: PLR2004 the size of a header
        return False
    digits = head[148:156].strip(b" \0")
    if not digits or any(digit not in b"01234567" for digit in digits):
        return False
    return int(digits, 8) == sum(head[:148]) + 8 * 32 + sum(head[156:])
