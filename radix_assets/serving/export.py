"""Tables for people: written so that a spreadsheet takes text for text."""

from pathlib import Path

import polars as pl

from radix_resources.errors import ServingError

_FORMULA = r"^[\s]*[=+\-@\t\r\n＝＋－＠]"
_NUMBER = r"^[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?%?$"


def write_table(table: pl.DataFrame, file: Path) -> None:
    """Write CSV or Parquet, by the suffix, replacing a file in one step.

    In CSV an apostrophe stands before every text, and every column name, that a spreadsheet would run as a formula;
    numbers stay numbers. Raises ServingError RDX-SRV-010 where the suffix is another or the file cannot be written.
    """
    suffix = file.suffix.lower()
    if suffix not in {".csv", ".parquet"}:
        raise ServingError(
            "RDX-SRV-010",
            f"{file.name} has the suffix {suffix!r}",
            expected=".csv or .parquet",
            hint="give the output file one of these suffixes",
        )
    draft = file.with_name(f".{file.name}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if suffix == ".csv":
            harmless(table).write_csv(draft)
        else:
            table.write_parquet(draft, compression="zstd")
        draft.replace(file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise ServingError(
            "RDX-SRV-010",
            f"{file.name} cannot be written: {error.strerror or type(error).__name__}",
            expected="a folder that may be written to, with room for the file",
            hint="choose another place",
            file=file,
        ) from None


def harmless(table: pl.DataFrame) -> pl.DataFrame:
    """The same table with an apostrophe before whatever a spreadsheet would run."""
    cells = [
        pl.when(pl.col(name).str.contains(_FORMULA) & ~pl.col(name).str.contains(_NUMBER))
        .then(pl.lit("'") + pl.col(name))
        .otherwise(pl.col(name))
        .alias(name)
        for name, dtype in table.schema.items()
        if dtype == pl.String
    ]
    found = table.with_columns(cells)
    names = pl.Series(found.columns, dtype=pl.String)
    formulas = names.str.contains(_FORMULA) & ~names.str.contains(_NUMBER)
    return found.rename({name: f"'{name}" for name in names.filter(formulas)})
