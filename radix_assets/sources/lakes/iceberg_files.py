"""Files of an Iceberg table that lies in a folder: read where the folder is now, and nowhere else."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from pyiceberg.io import FileIO
from pyiceberg.io.pyarrow import PyArrowFile

from radix_assets.sources.lakes.errors import inside, not_read

if TYPE_CHECKING:
    from pyiceberg.io import InputFile, OutputFile


class FilesOfFolder(FileIO):  # type: ignore[misc]
    """Opens files of one folder. A table states absolute addresses, so those of its first place are found here."""

    def __init__(
        self, root: Path, location: str, table: str, fetch: Callable[[Sequence[str]], None] | None = None
    ) -> None:
        """Take the folder, the address that the table states for itself, and what fetches files into the folder."""
        super().__init__({})
        self._root, self._location, self._table = root, location.rstrip("/"), table
        self._fetch = fetch

    def prepare(self, locations: Sequence[str]) -> None:
        """Have files here that will be opened, several at once."""
        if self._fetch is not None:
            paths = [inside(self._path(location), self._root, self._table) for location in locations]
            self._fetch([path.relative_to(self._root).as_posix() for path in paths])

    def new_input(self, location: str) -> "InputFile":
        """Open a file for reading. Raise SourceError RDX-SRC-070 if it is not in the folder."""
        from pyarrow.fs import LocalFileSystem

        path = inside(self._path(location), self._root, self._table)
        if not path.exists():
            self.prepare([location])
        return PyArrowFile(location=location, path=str(path), fs=LocalFileSystem())

    def _path(self, location: str) -> Path:
        if location.startswith(f"{self._location}/"):
            return self._root / location[len(self._location) + 1 :]
        parts = urlsplit(location)
        if parts.scheme not in {"", "file"} or parts.netloc:
            hint = "name its catalog, or read a copy of the table that holds its own files"
            raise not_read(f"data files in another place ({parts.scheme}://)", self._table, hint)
        return Path(parts.path if not parts.scheme else unquote(parts.path))

    def new_output(self, location: str) -> "OutputFile":
        """Refuse to write: a table is only read."""
        raise io.UnsupportedOperation(f"{location} is only read")

    def delete(self, location: Any) -> None:
        """Refuse to delete: a table is only read."""
        raise io.UnsupportedOperation(f"{location} is only read")
