"""Decompress files as a stream, with a limit on how much a small file may become."""

import bz2
import gzip
import hashlib
import io
import lzma
import zlib
from collections.abc import Iterator
from typing import IO, Any, Final, Literal

from radix_assets.sources.read.place import Place
from radix_resources.errors import SourceError

Codec = Literal["gzip", "bz2", "xz", "zstd", "lz4", "brotli"]

_MAGIC: Final[tuple[tuple[bytes, Codec], ...]] = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x04\x22\x4d\x18", "lz4"),
)
SUFFIXES: Final[dict[str, Codec]] = {
    ".gz": "gzip",
    ".gzip": "gzip",
    ".bz2": "bz2",
    ".xz": "xz",
    ".zst": "zstd",
    ".zstd": "zstd",
    ".lz4": "lz4",
    ".br": "brotli",
}
"""Suffixes that compression appends to a file's name."""
_CHUNK = 1 << 20
MOST_UNPACKED: Final = 256 << 20
"""Bytes that may come out of a file whatever its size."""
MOST_TIMES: Final = 250
"""Beyond `MOST_UNPACKED`, how many times larger than the file its content may be. Text rarely shrinks to a fiftieth."""


def codec_of(head: bytes, name: str) -> Codec | None:
    """Return how a file is compressed, by its first bytes; Brotli has none of its own and is known by its suffix."""
    if name.lower().endswith(".br"):
        return "brotli"
    return next((codec for magic, codec in _MAGIC if head.startswith(magic)), None)


def without_suffix(name: str) -> str:
    """Return a file's name without the suffix of its compression."""
    lower = name.lower()
    return next((name[: -len(suffix)] for suffix in SUFFIXES if lower.endswith(suffix)), name)


class Hashed(io.RawIOBase):
    """A stream that counts and hashes what is read from another."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self.size = 0

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read into a buffer, and return how many bytes."""
        content = self._stream.read(len(buffer))
        buffer[: len(content)] = content
        self._digest.update(content)
        self.size += len(content)
        return len(content)

    def copy_to(self, target: IO[bytes]) -> None:
        """Write all that is left to another stream, through one buffer that stays in the cache of the processor."""
        buffer = memoryview(bytearray(_CHUNK))
        # A buffered stream reads into it directly.
        while size := self._stream.readinto(buffer):  # type: ignore[attr-defined]
            content = buffer[:size]
            self._digest.update(content)
            self.size += size
            target.write(content)

    def sha256(self) -> str:
        """Return the digest of what was read."""
        return self._digest.hexdigest()


def unpacked(stream: Hashed, codec: Codec | None, place: Place) -> Iterator[bytes]:
    """Yield the content of a compressed stream in chunks, or the stream itself if it is not compressed.

    Raise SourceError RDX-SRC-005 if it is broken or cut off, RDX-SRC-030 if it becomes suspiciously large.
    """
    if codec is None:
        while chunk := stream.read(_CHUNK << 2):
            yield chunk
        return
    total = 0
    for chunk in _chunks(stream, codec, place):
        total += len(chunk)
        check_expansion(total, stream.size, place)
        yield chunk
    while stream.read(_CHUNK):  # what follows the compressed content belongs to the file's hash
        pass


def check_expansion(total: int, packed: int, place: Place) -> None:
    """Raise SourceError RDX-SRC-030 if `total` bytes came out of `packed` compressed ones and that is suspicious."""
    if total > MOST_UNPACKED and total > MOST_TIMES * max(packed, 1):
        raise SourceError(
            "RDX-SRC-030",
            f"the file unpacks to more than {MOST_TIMES} times its size",
            expected=f"at most {MOST_UNPACKED >> 20} MiB, or {MOST_TIMES} times the size of the file",
            hint="unpack it yourself if you trust it, and name the unpacked file",
            **place.context(),
        )


def _chunks(stream: Hashed, codec: Codec, place: Place) -> Iterator[bytes]:
    try:
        if codec == "gzip":
            yield from _gzip(stream)
            return
        reader = _reader(stream, codec)
        while chunk := reader.read(_CHUNK):
            yield chunk
    except (zlib.error, lzma.LZMAError, EOFError, gzip.BadGzipFile, ValueError) as error:
        raise _broken(codec, place) from error
    except OSError as error:
        if error.errno is not None:
            raise
        raise _broken(codec, place) from None


def _reader(stream: Hashed, codec: Codec) -> Any:
    if codec == "bz2":
        return bz2.BZ2File(io.BufferedReader(stream, _CHUNK))
    if codec == "xz":
        return lzma.LZMAFile(io.BufferedReader(stream, _CHUNK))
    import pyarrow as pa

    return pa.CompressedInputStream(pa.PythonFile(stream, "r"), codec)


def _gzip(stream: Hashed) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(wbits=31)
    while chunk := stream.read(_CHUNK):
        rest = chunk
        while rest:
            if unpacker.eof:  # a gzip file may have several members, one after the other
                if not rest.strip(b"\0"):
                    break
                unpacker = zlib.decompressobj(wbits=31)
            yield unpacker.decompress(rest, _CHUNK)
            rest = unpacker.unconsumed_tail or unpacker.unused_data
    if not unpacker.eof:
        raise EOFError


def _broken(codec: str, place: Place) -> SourceError:
    return SourceError(
        "RDX-SRC-005",
        f"the {codec} file is broken or cut off",
        expected=f"a complete {codec} file",
        hint="write the file again",
        **place.context(),
    )
