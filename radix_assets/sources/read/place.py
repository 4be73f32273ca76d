"""The table and the file that are being read, for errors."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """The table and the file that are being read, for errors."""

    table: str
    file: str

    def context(self) -> dict[str, str]:
        """Return both as the context of an error."""
        return {"table": self.table, "file": self.file}
