"""A question about the future, as a user writes it, and its durations."""

import json
import re

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

UNITS = {
    "s": "1s",
    "m": "1m",
    "min": "1m",
    "h": "1h",
    "d": "1d",
    "w": "1w",
    "mo": "1mo",
    "q": "1q",
    "y": "1y",
}
"""Units of a duration, for users and for Polars. A minute is `m` or `min`, a month `mo`. Months, quarters and years are
those of the calendar."""
_DAYS = {
    "s": 1 / 86_400,
    "m": 1 / 1_440,
    "min": 1 / 1_440,
    "h": 1 / 24,
    "d": 1.0,
    "w": 7.0,
    "mo": 30.4375,
    "q": 91.3125,
    "y": 365.25,
}
_LONGEST = {"mo": 31.0, "q": 92.0, "y": 366.0}
_DURATION = re.compile(rf"([1-9]\d{{0,5}})\s*({'|'.join(sorted(UNITS, key=len, reverse=True))})")


class Future(BaseModel):
    """A question about the future of an entity, asked repeatedly: churn, next month's revenue, a failure."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    for_each: str = Field(description="The table for each of whose rows the question is asked, such as customers.")
    predict: str = Field(
        description="What to predict within that time, such as 'count(orders) == 0' or 'sum(orders.amount)'."
    )
    within: str = Field(description="How far to look ahead, such as 30d; units: s, m (or min), h, d, w, mo, q, y.")
    every: str | None = Field(
        None, description="Interval at which the question is asked in the past; default: `within`."
    )
    where: str | None = Field(
        None, description="Which rows are asked about, from what was known by then, such as 'count(orders, 365d) > 0'."
    )

    @field_validator("within", "every")
    @classmethod
    def _duration(cls, text: str | None) -> str | None:
        if text is not None and not is_duration(text):
            raise ValueError(f"{text!r} is not a duration; write a number and one of {', '.join(UNITS)}, such as 30d")
        return text

    @property
    def step(self) -> str:
        """The interval between two times at which the question is asked."""
        return self.every or self.within

    @property
    def text(self) -> str:
        """The question on one line of YAML, as written to a file."""
        settings = {key: value for key, value in self if value is not None}
        return "{" + ", ".join(f"{key}: {_quoted(value)}" for key, value in settings.items()) + "}"

    @property
    def name(self) -> str:
        """The question on one line, for display."""
        condition = f" where {self.where}" if self.where else ""
        return f"{self.predict} within {self.within} for each of {self.for_each}{condition}"


def future_of(text: str) -> Future:
    """Parse what `Future.text` writes. Raises ValueError, with a message for users, if it is not a question."""
    try:
        settings = yaml.safe_load(text)
    except yaml.YAMLError:
        raise ValueError("it is not YAML; put the expressions in quotes") from None
    if not isinstance(settings, dict):
        raise ValueError("it is not a mapping")  # noqa: TRY004 the text is wrong, not its type
    try:
        return Future.model_validate({str(key): value for key, value in settings.items()})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        allowed = f"; the settings are {', '.join(Future.model_fields)}" if first["type"] == "extra_forbidden" else ""
        words = {"missing": "is missing", "extra_forbidden": "is not a setting", "string_type": "is not text"}
        message = first["msg"].removeprefix("Value error, ")
        raise ValueError(f"{name} {words.get(first['type'], message)}{allowed}") from None


def is_duration(text: str) -> bool:
    """Return whether a text is a duration such as 30d or 1mo."""
    return bool(_DURATION.fullmatch(text.strip()))


def offset(text: str) -> str:
    """Return a duration as Polars' `offset_by` writes it. Raises ValueError if it is not a duration."""
    number, unit = _parts(text)
    return f"{number}{UNITS[unit][1:]}"


def days(text: str) -> float:
    """Return the average length of a duration in days. Raises ValueError if it is not a duration."""
    number, unit = _parts(text)
    return number * _DAYS[unit]


def horizon(text: str) -> int:
    """Return the longest possible length of a duration in microseconds. Raises ValueError if it is not a duration."""
    number, unit = _parts(text)
    return round(number * (_LONGEST.get(unit) or _DAYS[unit]) * 86_400_000_000)


def _parts(text: str) -> tuple[int, str]:
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    return int(match[1]), match[2]


def _quoted(value: str) -> str:
    plain = re.fullmatch(r"[A-Za-z_]\w*|\d+[a-z]+", value) and value.lower() not in {
        "yes",
        "no",
        "true",
        "false",
        "null",
    }
    return value if plain else json.dumps(value, ensure_ascii=False)
