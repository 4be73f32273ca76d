"""Match the columns that a caller sends to the expected ones."""

from typing import TYPE_CHECKING, Any

from radix_resources.errors import ServingError

if TYPE_CHECKING:
    from collections.abc import Sequence

import difflib
from collections.abc import Sequence


def missing_column(name: str, present: Sequence[str], *, others: int = 0, **context: Any) -> ServingError:
    """Return the error for a missing column that the features require."""
    near = nearest(name, present)
    hint = f"did you mean that by {near!r}?" if near else "add it, with null for unknown values"
    more = f", and {others} more" if others else ""
    return ServingError(
        "RDX-SRV-003",
        f"the column {name!r} is missing{more}",
        expected="all columns that the model reads",
        hint=hint,
        **context,
        column=name,
    )


def nearest(name: str, names: Sequence[str]) -> str | None:
    """Return the known name that is most similar; None if none is similar."""
    folded = {each.casefold(): each for each in reversed(names)}
    close = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.7)
    return folded[close[0]] if close else None
