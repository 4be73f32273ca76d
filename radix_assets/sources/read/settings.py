"""The settings of a table that is read from files."""

from pydantic import BaseModel, ConfigDict, Field

from radix_assets.sources.types.column_settings import ColumnSettings


class FileSettings(BaseModel):
    """One table from one file, or from many files of the same shape."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    table: str = Field(description="The table's name in Radix.", min_length=1)
    path: str = Field(description="A file, or a pattern such as orders/*.csv; relative to the project file.")
    delimiter: str | None = Field(None, description="CSV: the delimiter; detected if omitted.")
    encoding: str | None = Field(None, description="CSV: the encoding; detected if omitted.")
    null_values: list[str] = Field([], description="Texts that mean null, in addition to empty text.")
    sheet: str | None = Field(None, description="Workbook: the sheet; the first one that holds a table if omitted.")
    part: str | None = Field(
        None,
        description="Archive: the member, or a pattern such as 2024/*.csv. JSON and Avro: the list of records, such as "
        "data/items. Steps are separated by !/: archive.zip holds inner.zip!/orders.json!/data.",
    )
    columns: dict[str, ColumnSettings] = Field(
        {}, description="How columns are read, by the column's name; all others are inferred."
    )
