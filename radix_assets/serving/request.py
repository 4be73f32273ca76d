"""Checks what a caller sends, and turns it into rows. What is wrong is told in the words of every other error."""

import re
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, NotRequired

import polars as pl
from pydantic import BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from radix_assets.serving.columns import CANONICAL, missing_column, nearest
from radix_assets.serving.predictor import Predictor
from radix_resources.errors import ServingError

MAX_ROWS = 1_000
MAX_BYTES = 16 * 1024 * 1024
_TOLD = 20
"""Mistakes of one request that are told at most."""
_BITS = 2**63
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?!\d)")


def _dated(value: Any) -> Any:
    """Only text that begins with a date, for a number would be read as seconds since 1970; a date alone is midnight."""
    if not isinstance(value, str) or not _DATE.match(value):
        raise ValueError("no date")
    return value


_TYPES: dict[str, Any] = {
    "Int64": Annotated[int, Field(ge=-_BITS, le=_BITS - 1)],
    "Float64": Annotated[float, Field(allow_inf_nan=False)],
    "Boolean": bool,
    "String": str,
    # Strict: a number is no date, although it could be read as seconds since 1970.
    "Date": Annotated[date, Field(strict=True)],
    "Datetime": Annotated[datetime, BeforeValidator(_dated)],
    "Time": Annotated[time, Field(strict=True)],
}
_WORDS = {
    "Int64": "a whole number",
    "Float64": "a number",
    "Boolean": "true or false",
    "String": "text",
    "Date": 'a date such as "2024-05-31"',
    "Datetime": 'a point in time such as "2024-05-31T14:05:00", or a date for its midnight; UTC where no zone is given',
    "Time": 'a time of day such as "14:05:00"',
}


class Invalid(Exception):  # noqa: N818 what happened, not a fault of the program
    """A request that cannot be answered, with everything that is wrong with it."""

    def __init__(self, status: int, errors: list[ServingError]) -> None:
        super().__init__(status)
        self.status = status
        self.errors = errors


class Reader:
    """Reads requests for one predictor."""

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
        """The rows of a JSON object or list, and whether it was a list.

        Raises Invalid: 400 it is no JSON, 413 too many rows, 422 the content is wrong.
        """
        many = body.lstrip()[:1] == b"["
        try:
            found = self._many.validate_json(body) if many else [self._one.validate_json(body)]
        except ValidationError as error:
            raise self._explain(error, many=many) from None
        return self._frame(found), many

    def schema(self) -> dict[str, Any]:
        """JSON schema of one row. Definitions are inlined, for every type is a simple one."""
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
        given = {name for row in rows for name in row}
        held = {
            name: pl.Series([_plain(row.get(name)) for row in rows], dtype=CANONICAL[column.dtype])
            for name, column in self._columns.items()
            if name in given or column.required
        }
        return pl.DataFrame(held or {"": [None] * len(rows)})

    def _explain(self, error: ValidationError, *, many: bool) -> Invalid:
        found = error.errors(include_url=False, include_context=True)
        kinds = {one["type"] for one in found}
        if "json_invalid" in kinds:
            where = str(found[0].get("ctx", {}).get("error", ""))
            return Invalid(400, [_no_json(where)])
        if "too_long" in kinds and found[0]["loc"] == ():
            return Invalid(413, [too_many()])
        told = [self._mistake(one, many=many) for one in found[:_TOLD]]
        return Invalid(422, told)

    def _mistake(self, one: Any, *, many: bool) -> ServingError:
        place = list(one["loc"])
        row = int(place.pop(0)) if many and place else None
        where: dict[str, Any] = {"table": self._table, "row": row}
        if not place:
            return ServingError(
                "RDX-SRV-011",
                f"the {'element of the list' if many else 'request'} is {_kind(one['input'])}",
                expected="a JSON object with the columns of a row, or a list of such objects",
                hint="see /docs for an example",
                **where,
            )
        name = str(place[0])
        if one["type"] == "missing":
            return missing_column(name, list(one["input"]), **where)
        if one["type"] == "extra_forbidden" and name == self._target:
            return ServingError(
                "RDX-SRV-002",
                f"{name!r} is the target: it is what is predicted",
                expected="a row as it is before its outcome is known",
                hint="leave it out",
                **where,
                column=name,
            )
        if one["type"] == "extra_forbidden":
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
            f"{name} is {_kind(one['input'])} that cannot be used",
            expected=f"{_WORDS[self._columns[name].dtype]}, or null where it is not known",
            hint="send the value in that form",
            **where,
            column=name,
        )


def too_many() -> ServingError:
    """More than one request may hold."""
    return ServingError(
        "RDX-SRV-005",
        "the request is too large",
        expected=f"at most {MAX_ROWS:,} rows and {MAX_BYTES // 1024**2} MiB",
        hint="send several requests, or use `radix predict` for a file",
    )


def _no_json(where: str) -> ServingError:
    return ServingError(
        "RDX-SRV-001",
        f"the request is not JSON: {where}",
        expected="a JSON object with the columns of a row, or a list of such objects",
        hint="see /docs for an example",
    )


def _kind(value: Any) -> str:
    """What sort of thing it is; never the thing itself."""
    if value is None:
        return "null"
    kinds = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "a text",
        list: "a list",
        dict: "an object",
    }
    return kinds.get(type(value), "something")


def _plain(value: Any) -> Any:
    """Times without a zone: UTC."""
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(UTC).replace(tzinfo=None)
    if isinstance(value, time) and value.tzinfo:
        return value.replace(tzinfo=None)
    return value
