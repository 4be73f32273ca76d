"""Files elsewhere become local files of the same names in a directory, which are then read as all local files are."""

import codecs
import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Final

from radix_assets.sources.places.address import WEB, Address, display
from radix_assets.sources.places.base import Place, RemoteFile
from radix_assets.sources.places.cache import Cache, through
from radix_assets.sources.places.errors import changed, failed
from radix_assets.sources.places.patterns import fixed_part, matches
from radix_assets.sources.read.compression import SUFFIXES, Codec, Hashed, codec_of, unpacked
from radix_assets.sources.read.place import Place as Reading
from radix_resources.errors import RadixError, SourceError

MOST_FILES: Final = 200_000
_LONGEST: Final = 200
_PACKED: Final[dict[str, Codec]] = {"gzip": "gzip", "x-gzip": "gzip", "zstd": "zstd", "br": "brotli"}
_PLAIN: Final = {".gz": b"\x1f\x8b", ".gzip": b"\x1f\x8b", ".zst": b"\x28\xb5\x2f\xfd", ".zstd": b"\x28\xb5\x2f\xfd"}
_DEFAULTS: Final = frozenset({"utf-8", "ascii", "iso8859-1"})
"""Encodings that servers state of any text, whatever it is in."""
_HIDDEN: Final = (".", "_SUCCESS", "_metadata", "_common_metadata")


@dataclass(frozen=True)
class Mirror:
    """A directory that holds files of a place."""

    place: Place
    address: Address
    text: str
    """The address as it is written in the settings."""
    folder: Path
    cache: Cache | None = None

    @property
    def where(self) -> str:
        """Return the address for messages."""
        return display(self.text)

    @property
    def root(self) -> Path:
        """Return the directory of the server or the bucket, named like it."""
        return self.folder / safe_name(self.address.host)

    def path_of(self, name: str) -> Path:
        """Return the local path of a file."""
        return self.root.joinpath(*map(safe_name, name.split("/")))

    def fetch(self, files: Sequence[RemoteFile]) -> list[Path]:
        """Have files here, unless they are already, and return their paths. Raise what fetching raises."""
        for _, error in self.try_fetch(files):
            if error is not None:
                raise error
        return [self.path_of(file.name) for file in files]

    def try_fetch(self, files: Sequence[RemoteFile]) -> Iterator[tuple[RemoteFile, RadixError | None]]:
        """Yield each file when it is here, unless there is an error, in their order. The rest can be left."""
        for file in files:
            self.hold(file)
        if self.place.at_once == 1 or len(files) == 1:
            yield from ((file, self._error(file)) for file in files)
        else:
            with ThreadPoolExecutor(self.place.at_once) as pool:
                try:
                    yield from zip(files, pool.map(self._error, files), strict=True)
                finally:
                    pool.shutdown(cancel_futures=True)
        if self.cache is not None:
            self.cache.make_room()

    def _error(self, file: RemoteFile) -> RadixError | None:
        try:
            self._fetch(file)
        except RadixError as error:
            return error
        return None

    def hold(self, file: RemoteFile) -> Path:
        """Make the directories of a file. Raise SourceError RDX-SRC-016 if another file has the name of one."""
        path = self.path_of(file.name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            clashes = path.is_dir()
        except (FileExistsError, NotADirectoryError):
            clashes = True
        if clashes:
            raise failed(self.where, "a file and a folder have the same name", "name a pattern for one of them")
        return path

    def key_of(self, file: RemoteFile) -> str | None:
        """Return the key of a file in the cache; None if the server tells no version."""
        if file.version is None:
            return None
        parts = (self.address.shown, self.address.account or "", self.address.query, file.name, file.version)
        return "\0".join((*parts, str(file.size)))

    def _fetch(self, file: RemoteFile) -> None:
        target = self.path_of(file.name)
        if target.exists():
            return
        with tempfile.TemporaryDirectory(dir=self.folder, prefix="part-") as part:
            draft = Path(part, "file")
            through(self.cache, self.key_of(file), draft, lambda: self._whole(file, draft))
            draft.replace(target)

    def _whole(self, file: RemoteFile, target: Path) -> None:
        fetched = self.place.fetch(file, target)
        if file.size is not None and fetched.version is None and not fetched.encoded:
            size = target.stat().st_size
            if size != file.size:
                raise changed(self.where)
        unpack(target, fetched.encoded, Reading(self.address.shown, file.name))


def safe_name(part: str) -> str:
    """Return a part of a path that a local file may have: not a step upwards, not empty, not too long."""
    if part in {"", ".", ".."}:
        return f"%{part.encode().hex() or '00'}"
    if len(part.encode(errors="replace")) > _LONGEST:
        suffix = "".join(PurePosixPath(part).suffixes[-2:])[-20:]
        return f"{part[:40]}-{hashlib.sha256(part.encode(errors='replace')).hexdigest()[:16]}{suffix}"
    return part


def unpack(path: Path, encoded: str, reading: Reading) -> None:
    """Remove the compression that a server has added for the way, in place; not that which the file's name states.

    Raise SourceError RDX-SRC-005 if it is broken, RDX-SRC-030 if it becomes suspiciously large.
    """
    codec = _PACKED.get(encoded.strip().lower())
    if codec is None:
        return
    with path.open("rb") as file:
        if codec != "brotli" and codec_of(file.read(16), "") != codec:
            return
    draft = path.with_name(f"{path.name}.unpacked")
    suffix = PurePosixPath(reading.file).suffix.lower()
    with path.open("rb") as file, draft.open("wb") as out:
        for number, chunk in enumerate(unpacked(Hashed(file), codec, reading)):
            named = SUFFIXES.get(suffix) == codec and not chunk.startswith(_PLAIN.get(suffix, b"\0\0"))
            if number == 0 and named:
                break  # packed once, as its name says
            out.write(chunk)
        else:
            draft.replace(path)
            return
    draft.unlink()


def files_of(mirror: Mirror, table: str) -> list[RemoteFile]:
    """Return the files that the address of a mirror names, sorted by name, without looking into them.

    Raise SourceError RDX-SRC-001 (no such file) or RDX-SRC-002 (nothing matches the pattern), and what listing raises.
    """
    address = mirror.address
    if not address.is_pattern or (address.scheme not in WEB and "*" not in address.path):
        file = mirror.place.look(address.path)
        if file is not None:
            return [file]
    if not address.is_pattern:
        raise SourceError(
            "RDX-SRC-001",
            f"there is no file {mirror.where!r}",
            expected="a file, or a pattern such as orders/*.csv",
            hint="correct the path",
            table=table,
            file=mirror.where,
        )
    folder, deep = fixed_part(address.path)
    everything = bounded(mirror.place.listing(folder, deep=deep), mirror.where)
    files = [file for file in everything if matches(address.path, file.name) and is_shown(file.name)]
    if not files:
        raise SourceError(
            "RDX-SRC-002",
            f"no file matches {mirror.where!r}",
            expected="at least one file",
            hint="correct the path",
            table=table,
            pattern=mirror.where,
        )
    return sorted(files, key=lambda file: file.name)


def is_shown(name: str) -> bool:
    """Return whether a file that matches a pattern is part of a table, as for local files."""
    return not name.rpartition("/")[2].startswith(_HIDDEN)


def bounded(files: Iterable[RemoteFile], where: str) -> list[RemoteFile]:
    """Return files as a list. Raise SourceError RDX-SRC-016 if there are too many."""
    result = list(islice(files, MOST_FILES + 1))
    if len(result) > MOST_FILES:
        raise failed(where, f"it lists more than {MOST_FILES:,} files", "name a folder or a pattern with fewer")
    return result


def version_of(mirror: Mirror, table: str) -> str:
    """Return a digest of the names, the sizes and the versions of the files.

    A file of which the server tells no version is fetched, and its content is the version.
    """
    digest = hashlib.sha256()
    for file in files_of(mirror, table):
        version = file.version
        if version is None:
            (path,) = mirror.fetch([file])
            with path.open("rb") as content:
                version = hashlib.file_digest(content, "sha256").hexdigest()
            path.unlink()
        digest.update(f"{file.name}\0{file.size}\0{version}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()


def stated_encoding(files: Sequence[RemoteFile], paths: Sequence[Path]) -> str | None:
    """Return the encoding that the server states of all files, if it is one that servers do not state of everything.

    None if a file does not begin with text of it, or is UTF-8.
    """
    names = {file.charset for file in files}
    try:
        name = codecs.lookup(str(names.pop())).name if len(names) == 1 else "utf-8"
    except LookupError:
        return None
    if name in _DEFAULTS:
        return None
    for path in paths:
        with path.open("rb") as file:
            head = file.read(1 << 16)
        if _decodes(head, "utf-8") or not _decodes(head, name):
            return None
    return name


def _decodes(head: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(head)
    except (ValueError, LookupError):
        return False
    return True
