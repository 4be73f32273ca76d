"""Some rows of a table, staged at a cost that does not depend on its size."""

from dataclasses import dataclass

from radix_assets.sources.read.staging import Staged


@dataclass(frozen=True)
class Sample:
    """Rows from all over a table, or from its beginning where the source allows no more."""

    staged: Staged
    how: str
    """How they were taken, such as `16 parts of the file`, for display."""
    rows: int | None = None
    """The rows of the table, estimated; None if there is nothing to estimate them from."""
