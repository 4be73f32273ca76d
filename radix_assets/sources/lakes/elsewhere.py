"""The folder of a table in a bucket or on a server: its files are fetched when they are needed.

Then they are read like those of a local folder.
"""

import contextlib
import json
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from radix_assets.sources.places.access import Access
from radix_assets.sources.places.base import RemoteFile
from radix_assets.sources.places.cache import Cache
from radix_assets.sources.places.mirror import Mirror, bounded
from radix_assets.sources.places.opening import opened
from radix_assets.sources.read.lakes import METADATA
from radix_resources.credentials.lookup import Credentials

_LOG: Final = "_delta_log/"
_CHECKPOINT: Final = "_last_checkpoint"
_NUMBER: Final = re.compile(r"\d{20}")


class Elsewhere:
    """The folder of a table, as a directory that holds what was fetched of it."""

    def __init__(self, mirror: Mirror) -> None:
        path = mirror.address.path.strip("/")
        self._mirror = mirror
        self._base = path.rsplit("/", 2)[0] if path.endswith(METADATA) else path
        self._known: dict[str, RemoteFile] | None = None
        self.folder = mirror.path_of(self._base) if self._base else mirror.root
        self.named = mirror.path_of(path) if path else mirror.root
        """What the address names: the folder, or a file of metadata in it."""

    def fetch_log(self, version: int | None) -> None:
        """Have the log of a Delta table: all of it for a certain version, else from the last checkpoint on."""
        files = {file.name.rpartition("/")[2]: file for file in self._list(_LOG, deep=True)}
        first = 0
        if version is None and _CHECKPOINT in files:
            (hint,) = self._mirror.fetch([files[_CHECKPOINT]])
            with contextlib.suppress(ValueError, KeyError, TypeError):
                first = int(json.loads(hint.read_bytes())["version"])
        needed = [file for name, file in files.items() if _number(name) is None or (_number(name) or 0) >= first]
        self._mirror.fetch(needed)

    def fetch_metadata(self) -> None:
        """Have the files that describe the versions of an Iceberg table."""
        files = self._list("metadata/", deep=False)
        self._mirror.fetch([file for file in files if file.name.endswith((METADATA, "version-hint.text"))])

    def fetch(self, names: Iterable[str]) -> None:
        """Have files of the folder, named relative to it. One that does not exist is left to the reader."""
        if self._known is None:
            self._known = {file.name: file for file in self._list("", deep=True)}
        prefix = f"{self._base}/" if self._base else ""
        files = [self._known[prefix + name] for name in names if prefix + name in self._known]
        if files:
            self._mirror.fetch(files)

    def fetch_ending(self, ending: str) -> None:
        """Have all files of the folder whose names end so."""
        self.fetch([])
        self._mirror.fetch([file for name, file in (self._known or {}).items() if name.endswith(ending)])

    def _list(self, part: str, *, deep: bool) -> list[RemoteFile]:
        folder = f"{self._base}/{part}" if self._base else part
        return bounded(self._mirror.place.listing(folder, deep=deep), self._mirror.where)


def _number(name: str) -> int | None:
    match = _NUMBER.match(name)
    return int(match[0]) if match else None


@contextlib.contextmanager
def elsewhere(
    text: str, access: Access, credentials: Credentials, cache: Path | None, work: Path | None = None
) -> Iterator[Elsewhere]:
    """Yield the folder at an address. Nothing is connected to yet. Raise what `places.opening.opened` raises.

    `cache` is where fetched files are kept between reads; `work` a directory for those of this time.
    """
    with (
        tempfile.TemporaryDirectory(prefix="lake-", dir=work) as folder,
        opened(text, access, credentials) as (place, address),
    ):
        yield Elsewhere(Mirror(place, address, text, Path(folder), Cache(cache) if cache else None))
