"""Validate cron expressions as Dagster does, which refuses the whole code location if one is invalid."""

import re

_PLAIN = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
"""The least and the largest number of each field."""


def is_cron(text: str) -> bool:
    """Return whether Dagster accepts a text of five fields; simple ones are decided here, without loading Dagster."""
    fields = text.split()
    if len(fields) != len(_PLAIN):
        return False
    plain = all(
        _is_plain(part, *bounds) for field, bounds in zip(fields, _PLAIN, strict=True) for part in field.split(",")
    )
    if plain and "*" in {fields[2], fields[3]}:  # with both there are days that never come, such as the 31st of June
        return True
    from dagster._utils.schedules import is_valid_cron_string  # loading it takes a second

    return bool(is_valid_cron_string(text))


def _is_plain(part: str, least: int, most: int) -> bool:
    match = re.fullmatch(r"(?:\*|([0-9]{1,2})(?:-([0-9]{1,2}))?)(?:/([1-9]))?", part)
    ends = [int(number) for number in match.group(1, 2) if number] if match else []
    return match is not None and ends == sorted(ends) and all(least <= end <= most for end in ends)
