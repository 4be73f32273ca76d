"""What all places have in common: files with a name, a size and a version, which are listed and fetched."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar


@dataclass(frozen=True)
class RemoteFile:
    """A file elsewhere."""

    name: str
    """Its path below the server or the bucket, without a slash at its beginning."""
    size: int | None = None
    """Bytes; None if the server does not tell."""
    version: str | None = None
    """A text that changes with the content: an ETag, a generation, size and time; None if the server tells none."""
    location: str = ""
    """How the place names it, if that is not its name: a URL."""
    media: str = ""
    """What the server says that it is, such as text/csv; empty if it does not."""
    charset: str | None = None
    """The encoding of its text, if the server tells it."""
    md5: str | None = None
    """The MD5 of its content in base64, if the server tells it."""


@dataclass(frozen=True)
class Fetched:
    """What was fetched."""

    version: str | None
    """The version of what was fetched, in the form of `RemoteFile.version`."""
    encoded: str = ""
    """`Content-Encoding` of the answer: how it is packed, beyond what its name says; empty for nothing."""


class Place(ABC):
    """A server or a bucket. Its methods raise the errors of `radix_assets.sources.places.errors`, and nothing else."""

    at_once: ClassVar[int] = 8
    """How many threads may fetch at the same time."""

    @abstractmethod
    def look(self, name: str) -> RemoteFile | None:
        """Return the file of this exact name; None if there is none."""

    @abstractmethod
    def listing(self, folder: str, *, deep: bool) -> Iterator[RemoteFile]:
        """Yield the files in a folder, and with `deep` in those below, in any order.

        `folder` is empty or ends with a slash. One that does not exist holds none.
        """

    @abstractmethod
    def fetch(self, file: RemoteFile, target: Path) -> Fetched:
        """Write the content of a file, as it was when it was listed, into a new local file.

        Raise TransientSourceError RDX-SRC-011 if it has changed since, SourceError RDX-SRC-081 if it is too large.
        """

    def permissions(self) -> tuple[str, tuple[str, ...]]:
        """Return what is known of the credential, for display, and warnings of what it may do beyond reading."""
        return "whether it may write too was not tried", ()

    @abstractmethod
    def close(self) -> None:
        """Close the connections."""
