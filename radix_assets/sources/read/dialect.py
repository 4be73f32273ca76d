"""The structure of a text file, and names for its columns."""

from collections.abc import Sequence

from radix_assets.sources.read.delimited.structure import ONE_COLUMN, Dialect, Overrides, detect

__all__ = ["ONE_COLUMN", "Dialect", "Overrides", "detect", "unique_names"]


def unique_names(header: Sequence[str], width: int) -> list[str]:
    """Return a name for each column: an empty one is named by its position, a repeated one gets a number."""
    names = [*header, *[""] * (width - len(header))]
    header_names = {name for name in names if name}
    used: set[str] = set()
    result = []
    for position, name in enumerate(names, start=1):
        base = name or f"column_{position}"
        candidate, number = base, 2
        while candidate in used or (candidate != name and candidate in header_names):
            candidate, number = f"{base}_{number}", number + 1
        used.add(candidate)
        result.append(candidate)
    return result
