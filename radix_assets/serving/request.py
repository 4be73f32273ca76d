"""Validate requests and convert them to rows. Mistakes are reported as Radix errors."""

import re
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, NotRequired

import polars as pl
from pydantic import BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from radix_assets.features.conform import CANONICAL
from radix_assets.serving.columns import missing_column, nearest
from radix_assets.serving.predictor import Predictor
from radix_resources.errors import ServingError

MAX_ROWS = 1_000
MAX_BYTES = 16 * 1024 * 1024
_MOST_ERRORS = 20
"""Most mistakes of one request that are reported."""
_BITS = 2**63
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?!\d)")


def _demand_date(value: Any) -> Any:
    """Accept only text that begins with a date: a number would be read as seconds since 1970."""
    if not isinstance(value, str) or not _DATE.match(value):
        raise ValueError("not a date")
    return value


_TYPES: dict[str, Any] = {
    "Int64": Annotated[int, Field(ge=-_BITS, le=_BITS - 1)],
    "Float64": Annotated[float, Field(allow_inf_nan=False)],
    "Boolean": bool,
    "String": str,
    # Strict: a number is not a date, although it could be read as seconds since 1970.
    "Date": Annotated[date, Field(strict=True)],
    "Datetime": Annotated[datetime, BeforeValidator(_demand_date)],
    "Time": Annotated[time, Field(strict=True)],
}
_WORDS = {
    "Int64": "a whole number",
    "Float64": "a number",
    "Boolean": "true or false",
    "String": "text",
    "Date": 'a date such as "2024-05-31"',
    "Datetime": 'a point in time such as "2024-05-31T14:05:00", or a date for its midnight; UTC if it has no time zone',
    "Time": 'a time of day such as "14:05:00"',
}


class Invalid(Exception):  # noqa: N818 a response, not a fault of the program
    """A request that cannot be answered: the HTTP status and the mistakes."""

    def __init__(self, status: int, errors: list[ServingError]) -> None:
        super().__init__(status)
        self.status = status
        self.errors = errors


class Reader:
    """Read the requests for one predictor."""

    def __init__(self, predictor: Predictor) -> None:
        self._columns = {column.name: column for column in predictor.columns}
        self._known = list(predictor.known)
        self._table = predictor.table
        self._target = predictor.target_column
        self._unread = {name for name in self._known if name not in self._columns}
        row: Any = self._row_type()
        rows: Any = Annotated[list[row], Field(max_length=MAX_ROWS)]
        self._one: TypeAdapter[dict[str, Any]] = TypeAdapter(row)
        self._many: TypeAdapter[list[dict[str, Any]]] = TypeAdapter(rows)

    def read(self, body: bytes) -> tuple[pl.DataFrame, bool]:
        """Return the rows of a JSON object or list, and whether it was a list.

        Raise Invalid with status 400 (not JSON), 413 (too many rows) or 422 (wrong columns or values).
        """
        many = body.lstrip()[:1] == b"["
        try:
            rows = self._many.validate_json(body) if many else [self._one.validate_json(body)]
        except ValidationError as error:
            raise self._explain(error, many=many) from None
        return self._frame(rows), many

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of one row, without references, since all types are simple."""
        schema = self._one.json_schema()
        properties = {name: value for name, value in schema["properties"].items() if name in self._columns}
        for name, value in properties.items():
            value.pop("title", None)
            value["description"] = _WORDS[self._columns[name].dtype]
        return {
            "type": "object",
            "title": f"A row of {self._table}",
            "properties": properties,
            "required": schema.get("required", []),
            "additionalProperties": False,
        }

    def _row_type(self) -> Any:
        fields: dict[str, Any] = {}
        for column in self._columns.values():
            dtype = _TYPES[column.dtype] | None
            fields[column.name] = dtype if column.required else NotRequired[dtype]
        fields |= dict.fromkeys(self._unread, NotRequired[Any])
        row = TypedDict("Row", fields)  # type: ignore[misc]
        row.__pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[attr-defined]
        return row

    def _frame(self, rows: list[dict[str, Any]]) -> pl.DataFrame:
        fields = {name for row in rows for name in row}
        columns = {
            name: pl.Series([_plain(row.get(name)) for row in rows], dtype=CANONICAL[column.dtype])
            for name, column in self._columns.items()
            if name in fields or column.required
        }
        return pl.DataFrame(columns or {"": [None] * len(rows)})

    def _explain(self, error: ValidationError, *, many: bool) -> Invalid:
        errors = error.errors(include_url=False, include_context=True)
        kinds = {each["type"] for each in errors}
        if "json_invalid" in kinds:
            where = str(errors[0].get("ctx", {}).get("error", ""))
            return Invalid(400, [_not_json(where)])
        if "too_long" in kinds and errors[0]["loc"] == ():
            return Invalid(413, [too_many()])
        return Invalid(422, [self._mistake(each, many=many) for each in errors[:_MOST_ERRORS]])

    def _mistake(self, error: Any, *, many: bool) -> ServingError:
        place = list(error["loc"])
        row = int(place.pop(0)) if many and place else None
        where: dict[str, Any] = {"table": self._table, "row": row}
        if not place:
            return ServingError(
                "RDX-SRV-011",
                f"the {'element of the list' if many else 'request'} is {_kind(error['input'])}",
                expected="a JSON object with the columns of a row, or a list of such objects",
                hint="see /docs for an example",
                **where,
            )
        name = str(place[0])
        if error["type"] == "missing":
            return missing_column(name, list(error["input"]), **where)
        if error["type"] == "extra_forbidden" and name == self._target:
            return ServingError(
                "RDX-SRV-002",
                f"{name!r} is the target, which is predicted",
                expected="a row without its outcome",
                hint="leave it out",
                **where,
                column=name,
            )
        if error["type"] == "extra_forbidden":
            near = nearest(name, self._known)
            return ServingError(
                "RDX-SRV-002",
                f"{self._table} has no column {name!r}",
                expected=f"one of {', '.join(list(self._columns)[:30])}",
                hint=f"did you mean {near!r}?" if near else "leave it out",
                **where,
                column=name,
            )
        return ServingError(
            "RDX-SRV-004",
            f"{name} is {_kind(error['input'])} that cannot be used",
            expected=f"{_WORDS[self._columns[name].dtype]}, or null if unknown",
            hint="correct the value",
            **where,
            column=name,
        )


def too_many() -> ServingError:
    """Return the error for a request that is too large."""
    return ServingError(
        "RDX-SRV-005",
        "the request is too large",
        expected=f"at most {MAX_ROWS:,} rows and {MAX_BYTES // 1024**2} MiB",
        hint="send several requests, or use `radix predict` for a file",
    )


def _not_json(where: str) -> ServingError:
    return ServingError(
        "RDX-SRV-001",
        f"the request is not JSON: {where}",
        expected="a JSON object with the columns of a row, or a list of such objects",
        hint="see /docs for an example",
    )


def _kind(value: Any) -> str:
    """Return the kind of a value, never the value itself."""
    if value is None:
        return "null"
    kinds = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "text",
        list: "a list",
        dict: "an object",
    }
    return kinds.get(type(value), "something")


def _plain(value: Any) -> Any:
    """Convert times to UTC without a time zone."""
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(UTC).replace(tzinfo=None)
    if isinstance(value, time) and value.tzinfo:
        return value.replace(tzinfo=None)
    return value
