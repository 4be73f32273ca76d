"""All mistakes in a tags file at once, each with its line."""

import contextlib
from collections.abc import Iterator
from typing import Any

from radix_resources.errors import RadixError, TagError, TargetError

MOST = 25
"""Mistakes that are listed; the user fixes these first."""


class TagsError(TagError):
    """Several mistakes in one file. Code and context are those of the first; `errors` holds all."""

    def __init__(self, errors: list[RadixError]) -> None:
        first = errors[0]
        super().__init__(first.code, first.found, expected=first.expected, hint=first.hint, **first.context)
        self.errors = errors

    def __str__(self) -> str:
        more = len(self.errors) - MOST
        listing = "\n".join(str(error) for error in self.errors[:MOST])
        return listing + (f"\n… and {more} more" if more > 0 else "")

    def attrs(self) -> dict[str, Any]:
        return {**super().attrs(), "errors": [error.attrs() for error in self.errors[:MOST]]}


class Mistakes:
    """Collector of errors, so that all are reported together."""

    def __init__(self) -> None:
        self.errors: list[RadixError] = []

    @contextlib.contextmanager
    def collect(self) -> Iterator[None]:
        """Collect an error raised inside the block, and continue after it."""
        try:
            yield
        except TagsError as several:
            self.errors += several.errors
        except (TagError, TargetError) as error:
            self.errors.append(error)

    def raise_if_any(self) -> None:
        """Raise a single error as it is, several as TagsError, in the order of their lines."""
        unique = {(error.code, error.found, str(error.context)): error for error in self.errors}
        errors = sorted(unique.values(), key=lambda error: error.context.get("line", 0))
        if len(errors) == 1:
            raise errors[0]
        if errors:
            raise TagsError(errors)
