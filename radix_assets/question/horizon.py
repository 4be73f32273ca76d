"""A question about what will happen, as a person writes it."""

import json
import re

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

UNITS = {
    "s": "1s",
    "min": "1m",
    "h": "1h",
    "d": "1d",
    "w": "1w",
    "mo": "1mo",
    "q": "1q",
    "y": "1y",
}
"""Units of a duration, in the words of a person and in those of Polars. Months, quarters and years: the calendar's."""
_DAYS = {"s": 1 / 86_400, "min": 1 / 1_440, "h": 1 / 24, "d": 1.0, "w": 7.0, "mo": 30.4375, "q": 91.3125, "y": 365.25}
_LONGEST = {"mo": 31.0, "q": 92.0, "y": 366.0}
_DURATION = re.compile(rf"([1-9]\d{{0,5}})\s*({'|'.join(sorted(UNITS, key=len, reverse=True))})")


class Future(BaseModel):
    """Something that will happen to an entity, asked again and again: churn, next month's revenue, a failure."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    for_each: str = Field(description="The table whose rows the question is asked of, such as customers.")
    predict: str = Field(
        description="What happens within the time, such as 'count(orders) == 0' or 'sum(orders.amount)'."
    )
    within: str = Field(description="How far to look ahead, such as 30d; units: s, min, h, d, w, mo, q, y.")
    every: str | None = Field(
        None, description="How often the question is asked in the past; as far as it looks ahead."
    )
    where: str | None = Field(
        None, description="Of whom it is asked, from what was known by then, such as 'count(orders, 365d) > 0'."
    )

    @field_validator("within", "every")
    @classmethod
    def _duration(cls, text: str | None) -> str | None:
        if text is not None and not is_duration(text):
            raise ValueError(f"{text!r} is no duration; write a number and one of {', '.join(UNITS)}, such as 30d")
        return text

    @property
    def step(self) -> str:
        """The time from one moment of asking to the next."""
        return self.every or self.within

    @property
    def text(self) -> str:
        """On one line of YAML, as it stands in a file."""
        said = {key: value for key, value in self if value is not None}
        return "{" + ", ".join(f"{key}: {_quoted(value)}" for key, value in said.items()) + "}"

    @property
    def name(self) -> str:
        """In one line, for people."""
        asked = f" where {self.where}" if self.where else ""
        return f"{self.predict} within {self.within} for each of {self.for_each}{asked}"


def future_of(text: str) -> Future:
    """Read what `Future.text` writes. Raises ValueError, in a person's words, where it is no question."""
    try:
        said = yaml.safe_load(text)
    except yaml.YAMLError:
        raise ValueError("it is not YAML; mind the quotes around the expressions") from None
    if not isinstance(said, dict):
        raise ValueError("it holds no settings")  # noqa: TRY004 the text is wrong, not its type
    try:
        return Future.model_validate({str(key): value for key, value in said.items()})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        known = f"; known are {', '.join(Future.model_fields)}" if first["type"] == "extra_forbidden" else ""
        words = {"missing": "is missing", "extra_forbidden": "is not a setting", "string_type": "is no text"}
        said_so = first["msg"].removeprefix("Value error, ")
        raise ValueError(f"{name} {words.get(first['type'], said_so)}{known}") from None


def is_duration(text: str) -> bool:
    """Whether a text is a duration such as 30d or 1mo."""
    return bool(_DURATION.fullmatch(text.strip()))


def offset(text: str) -> str:
    """A duration in the words of Polars' `offset_by`."""
    number, unit = _parts(text)
    return f"{number}{UNITS[unit][1:]}"


def days(text: str) -> float:
    """About how many days a duration has."""
    number, unit = _parts(text)
    return number * _DAYS[unit]


def horizon(text: str) -> int:
    """The longest that a duration can be, in microseconds."""
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
