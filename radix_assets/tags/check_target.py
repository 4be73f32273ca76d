"""Check a target as a user writes it, before any data is read."""

from collections.abc import Mapping, Sequence

from radix_assets.question.horizon import future_of
from radix_assets.question.parse import parse
from radix_assets.question.target import parse_target
from radix_resources.errors import TagError


def checked_target(text: str, columns: Mapping[str, Sequence[str]]) -> str:
    """Return a target, given by the user, as it is written to the file: a reference unchanged, a question normalized.

    Raise TagError RDX-TAG-002 and 004, and TargetError RDX-TGT-301, if it is not valid.
    """
    if not text.lstrip().startswith("{"):
        parse_target(text, columns)
        return text
    try:
        future = future_of(text)
    except ValueError as error:
        raise TagError(
            "RDX-TAG-004",
            f"the target cannot be read: {error}",
            expected="{for_each: customers, predict: 'count(orders) == 0', within: 30d}",
            hint="fix the target",
        ) from None
    for expression in (future.predict, future.where):
        if expression:
            parse(expression)
    return future.text
