"""What a project says of a column of text, in place of what Radix would infer."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from radix_assets.sources.types.whole_formats import has_year


class ColumnSettings(BaseModel):
    """How one column is read, in place of what Radix would infer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Literal["text", "integer", "decimal", "float", "date", "datetime", "time", "boolean"] | None = Field(
        None, description="The type of its values; inferred if omitted."
    )
    format: str | None = Field(
        None, description="Dates and times: how they are written, such as %d.%m.%Y; inferred if omitted."
    )
    pivot: int | None = Field(
        None, ge=1900, le=9999, description="Dates with years of two digits: the latest year that they mean."
    )
    decimal: Literal[".", ","] | None = Field(None, description="Numbers: the decimal mark.")
    thousands: Literal[".", ",", " ", "'", ""] | None = Field(
        None, description="Numbers: the mark between groups of digits; empty text if there is none."
    )
    null: list[str] = Field([], description="Texts that mean null in this column, in addition to empty text.")

    @field_validator("format")
    @classmethod
    def _has_directive(cls, value: str | None) -> str | None:
        if value is not None and "%" not in value:
            raise ValueError("a format consists of directives such as %d.%m.%Y")
        return value

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        if self.format is not None and self.type not in {"date", "datetime", "time"}:
            raise ValueError("`format` needs `type: date`, `datetime` or `time`")
        if self.format is not None and self.type != "time" and not has_year(self.format):
            raise ValueError("a format of dates needs a year, such as %Y; where values have none they are `type: text`")
        if self.pivot is not None and self.type not in {"date", "datetime"}:
            raise ValueError("`pivot` needs `type: date` or `datetime`")
        if (self.decimal is not None or self.thousands) and self.type not in {"integer", "decimal", "float"}:
            raise ValueError("`decimal` and `thousands` need `type: integer`, `decimal` or `float`")
        if self.decimal is not None and self.decimal == self.thousands:
            raise ValueError("`decimal` and `thousands` must differ")
        return self
