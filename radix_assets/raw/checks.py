"""The checks of a raw snapshot."""

from collections.abc import Sequence

from radix_assets.common.plural import counted
from radix_assets.pipeline.output import Check
from radix_assets.raw.columns import Column
from radix_assets.sources.schema import REJECTS_FILE, RawSchema


def checks_of(schema: RawSchema, columns: Sequence[Column]) -> list[Check]:
    """Return the checks of a table that was converted."""
    dates, numbers = (_doubtful(columns, code) for code in ("ambiguous_dates", "ambiguous_number"))
    return [
        Check("rows", schema.rows > 0, counted(schema.rows, "row")),
        Check(
            "cells_readable",
            not schema.rejected,
            f"{counted(schema.rejected, 'cell')} could not be converted or "
            f"{'has' if schema.rejected == 1 else 'have'} no column; the text is in {REJECTS_FILE}"
            if schema.rejected
            else "every cell was converted",
            severity="WARN",
        ),
        Check(
            "dates_unambiguous",
            not dates,
            f"day and month may be swapped in: {', '.join(dates)}" if dates else "every date is unambiguous",
            severity="WARN",
        ),
        Check(
            "numbers_unambiguous",
            not numbers,
            f"kept as text until `columns` in project.yaml says what a point or comma means: {', '.join(numbers)}"
            if numbers
            else "every number is unambiguous",
            severity="WARN",
        ),
    ]


def _doubtful(columns: Sequence[Column], code: str) -> list[str]:
    """Return the columns with a warning of this code."""
    return [
        column.name
        for column in columns
        if column.finding and any(warning.code == code for warning in column.finding.warnings)
    ]
