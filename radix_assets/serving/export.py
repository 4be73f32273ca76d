"""Write tables so that a spreadsheet does not run their text as formulas."""

from collections.abc import Callable
from pathlib import Path

import polars as pl

from radix_resources.errors import ServingError

_FORMULA = r"^[\s]*[=+\-@\t\r\n＝＋－＠]"
_NUMBER = r"^[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?%?$"


def demand_unused(file: Path, *, force: bool, is_read: Callable[[Path], bool]) -> None:
    """Raise ServingError if a file must not be written: RDX-SRV-014 if it exists, RDX-SRV-015 if it is read.

    `is_read` says of a resolved path whether it is the input or a source of the project. With `force` another existing
    file may be replaced.
    """
    if is_read(file.resolve()):
        raise ServingError(
            "RDX-SRV-015",
            f"{file.name} is the input, or is read by the project",
            expected="an output file apart from the input and the sources of the project",
            hint="choose another file",
            file=file,
        )
    if file.exists() and not force:
        raise ServingError(
            "RDX-SRV-014",
            f"{file.name} exists",
            expected="a file that does not exist yet",
            hint="choose another file, or replace it with --force",
            file=file,
        )


def write_table(table: pl.DataFrame, file: Path) -> None:
    """Write CSV or Parquet, by the suffix, replacing a file in one step.

    In CSV, each text and column name that a spreadsheet would run as a formula gets an apostrophe in front; numbers
    stay numbers. Raise ServingError RDX-SRV-010 if the suffix is another one or the file cannot be written.
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
            expected="a writable directory with enough free space",
            hint="choose another directory",
            file=file,
        ) from None


def harmless(table: pl.DataFrame) -> pl.DataFrame:
    """Return the table with an apostrophe before each text that a spreadsheet would run."""
    cells = [
        pl.when(pl.col(name).str.contains(_FORMULA) & ~pl.col(name).str.contains(_NUMBER))
        .then(pl.lit("'") + pl.col(name))
        .otherwise(pl.col(name))
        .alias(name)
        for name, dtype in table.schema.items()
        if dtype == pl.String
    ]
    safe = table.with_columns(cells)
    names = pl.Series(safe.columns, dtype=pl.String)
    formulas = names.str.contains(_FORMULA) & ~names.str.contains(_NUMBER)
    return safe.rename({name: f"'{name}" for name in names.filter(formulas)})
