"""The settings of a table that is read from files."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from radix_assets.sources.types.column_settings import ColumnSettings

Line = Annotated[int, Field(ge=1)]
_FIRST = frozenset({"table", "path", "delimiter", "encoding", "null_values", "sheet"})
"""Settings of the first version, which are always written out."""


class FileSettings(BaseModel):
    """One table from one file, or from many files of the same shape."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    table: str = Field(description="The table's name in Radix.", min_length=1)
    path: str = Field(description="A file, or a pattern such as orders/*.csv; relative to the project file.")
    leave_out: list[str] = Field(
        [], description="Pattern: names of files that match it and are no part of the table, such as a damaged one."
    )
    delimiter: str | None = Field(
        None,
        description='Text: the delimiter, one or several characters; "none" for one column. Detected if omitted.',
    )
    encoding: str | None = Field(None, description="Text: the encoding, such as cp1252; detected if omitted.")
    quote: str | None = Field(
        None,
        description='Text: the mark around cells that hold a delimiter; "none" if there is none. Detected if omitted.',
    )
    header: Line | list[Line] | bool | None = Field(
        None,
        description="Text: the line of the header, counted from 1, or a list of lines whose names are joined; false if "
        "there is no header. Detected if omitted.",
    )
    skip: int = Field(0, description="Text: how many lines at the top are no part of the table.", ge=0)
    comment: str | None = Field(
        None,
        description='Text: lines that begin so are left out; "none" if there are no comments. Detected if omitted.',
        min_length=1,
    )
    footer: int | None = Field(
        None, description="Text: how many lines at the end are no rows, 0 for none. Detected if omitted.", ge=0
    )
    null_values: list[str] = Field([], description="Texts that mean null, in addition to empty text.")
    sheet: str | None = Field(None, description="Workbook: the sheet; the first one that holds a table if omitted.")
    part: str | None = Field(
        None,
        description="Archive: the member, or a pattern such as 2024/*.csv. JSON and Avro: the list of records, such as "
        "data/items. Text: the number of a table, from 1, where several stand one below the other. Steps are separated "
        "by !/: archive.zip holds inner.zip!/orders.json!/data.",
    )
    columns: dict[str, ColumnSettings] = Field(
        {}, description="How columns are read, by the column's name; all others are inferred."
    )

    @model_serializer(mode="wrap")
    def _without_defaults(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave later settings out where they are not set, so that marks of earlier versions still name a project."""
        fields = type(self).model_fields
        return {
            name: value
            for name, value in handler(self).items()
            if name in _FIRST or name not in fields or value != fields[name].default
        }
