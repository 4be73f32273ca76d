"""Every mistake of a tags file at once, each with its line."""

import contextlib
from collections.abc import Iterator
from typing import Any

from radix_resources.errors import RadixError, TagError, TargetError

MOST = 25
"""Mistakes that are told of; a person mends these first."""


class TagsError(TagError):
    """Several mistakes of one file. Code and place are those of the first; `errors` holds them all."""

    def __init__(self, errors: list[RadixError]) -> None:
        first = errors[0]
        super().__init__(first.code, first.found, expected=first.expected, hint=first.hint, **first.context)
        self.errors = errors

    def __str__(self) -> str:
        more = len(self.errors) - MOST
        told = "\n".join(str(error) for error in self.errors[:MOST])
        return told + (f"\n… and {more} more" if more > 0 else "")

    def attrs(self) -> dict[str, Any]:
        return {**super().attrs(), "errors": [error.attrs() for error in self.errors[:MOST]]}


class Mistakes:
    """Gathers what is wrong, so that a person hears of all of it together."""

    def __init__(self) -> None:
        self.found: list[RadixError] = []

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        """A mistake inside is kept, and what follows goes on."""
        try:
            yield
        except TagsError as several:
            self.found += several.errors
        except (TagError, TargetError) as error:
            self.found.append(error)

    def raise_if_any(self) -> None:
        """Raise the only mistake as it is, several as TagsError, in the order of the lines."""
        unique = {(error.code, error.found, str(error.context)): error for error in self.found}
        errors = sorted(unique.values(), key=lambda error: error.context.get("line", 0))
        if len(errors) == 1:
            raise errors[0]
        if errors:
            raise TagsError(errors)
