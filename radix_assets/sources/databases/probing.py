"""What the probes of databases share: whether tables may be read, and the result in words."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet

from radix_assets.common.plural import counted
from radix_resources.errors import SourceError


def require_readable(read: Callable[[str], object], tables: Sequence[str]) -> None:
    """Call `read`, which reads no row of a table, for each table. Raise SourceError RDX-SRC-014 or 015 as it does.

    A broken view (RDX-SRC-016) is not a matter of permission.
    """
    for table in tables:
        try:
            read(table)
        except SourceError as error:
            if error.code != "RDX-SRC-016":
                raise


def in_words(user: str, rights: AbstractSet[str], reading: AbstractSet[str], count: int) -> tuple[str, tuple[str, ...]]:
    """Return how many tables may be seen, and a warning if the rights go beyond those for reading."""
    more = sorted(rights - reading)
    warnings = (f"{user} may do more than read: {', '.join(more[:5])}",) if more else ()
    return f"connected as {user}; {counted(count, 'table')} may be seen", warnings
