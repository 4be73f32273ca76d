"""How files that are dirty on purpose are read, compared with what is known of them; writes the table of docs.

python benchmarks/reading_sets.py [--write] [--verbose]
"""

import argparse
import json
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from common import SHARED

from radix_assets.common.plural import counted
from radix_assets.raw.read_source import TableRead, TableUnread, read_source
from radix_resources.errors import RadixError

DATA = SHARED / "data"
SETS = ("csv_spectrum", "csvkit_examples", "duckdb_csv_auto", "messytables_horror", "dataprofiler_files")
PAGE = Path(__file__).parents[1] / "docs" / "sources" / "dirty-files.md"
_OTHERS = (".json", ".parquet", ".parq", ".ods", ".xls", ".xlsx", ".xlsm", ".avro", ".zip")
RIGHT, WRONG, CRASH = "as expected", "other rows or columns", "crash"
DISAGREE = {
    "csvs/newlines_crlf.csv": "the expectation has carriage returns that the file does not have",
    "csvs/location_coordinates.csv": "the expectation is that of another version of the file",
    "complex.csv": "its dates are written in two ways, of which each column has one",
    "csv/graph-data-input-json.json": "it is one JSON object",
    "excel_pasting.csv": "the total and the notes below the rows are set aside",
    "spanish_chars.csv": "the note below the rows is set aside",
    "comments/only_midline.csv": "the notes divide it at commas, of which it has none",
    "csv/sentence-4x.txt": "prose is refused",
}
"""Files whose truth is read otherwise on purpose, with the reason."""


@dataclass(frozen=True)
class Verdict:
    """How one file was read."""

    file: str
    expected: str
    outcome: str
    detail: str = ""

    @property
    def text(self) -> bool:
        """Whether it is a text file by its name."""
        return Path(self.file.removesuffix(".gz")).suffix not in _OTHERS


def main() -> None:
    """Read every file and print or write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the page of docs")
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    verdicts = {name: judge(name, only=arguments.only) for name in SETS}
    for name, of_set in verdicts.items():
        print(f"{name}: {dict(Counter(verdict.outcome for verdict in of_set))}")
        for verdict in of_set:
            if verdict.outcome != RIGHT:
                print(f"  {verdict.file} [{verdict.expected}] {verdict.outcome}: {verdict.detail}")
    if arguments.write:
        PAGE.write_text(page(verdicts), encoding="utf-8")


def judge(name: str, *, only: str = "") -> list[Verdict]:
    """Read every file of a set."""
    folder = DATA / name
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return [verdict_of(folder, about) for about in truth["files"] if only in about["file"]]


def verdict_of(folder: Path, about: dict[str, Any]) -> Verdict:  # noqa: PLR0911 one for each outcome
    """Read one file, and compare it with what is known of it."""
    file, expected = about["file"], about["expect"]
    with tempfile.TemporaryDirectory() as out:
        try:
            answers = list(read_source(str(folder / file), Path(out)))
        except RadixError as error:
            return _refused(file, expected, error)
        except BaseException as error:  # noqa: BLE001 whatever ends it is a crash
            return Verdict(file, expected, CRASH, f"{type(error).__name__}: {str(error)[:80]}")
        read = [answer for answer in answers if isinstance(answer, TableRead)]
        if not read:
            unread = [answer for answer in answers if isinstance(answer, TableUnread)]
            return _refused(file, expected, unread[0].error) if unread else Verdict(file, expected, WRONG, "nothing")
        if about.get("layout") == "object" or file.endswith(".ods"):
            return Verdict(file, expected, RIGHT, f"{len(read)} tables; the notes know no way to read it as a table")
        if expected == "reject":
            return Verdict(
                file,
                expected,
                WRONG,
                f"read as {counted(read[0].schema.rows, 'row')} of {len(read[0].schema.columns)} columns",
            )
        if len(read) > 1 or "n_rows" not in about:
            return Verdict(file, expected, RIGHT, f"{len(read)} tables")
        return _compared(about, read[0], folder)


def _refused(file: str, expected: str, error: RadixError) -> Verdict:
    allowed = "reject" in expected or error.code == "RDX-SRC-004"
    return Verdict(file, expected, RIGHT if allowed else WRONG, f"{error.code} {error.found[:70]}")


def _compared(about: dict[str, Any], read: TableRead, folder: Path) -> Verdict:
    file, expected, schema = about["file"], about["expect"], read.schema
    warned = [warning.code for warning in schema.warnings]
    shape = f"{counted(schema.rows, 'row')} of {counted(len(schema.columns), 'column')}"
    if warned:
        shape += f"; {', '.join(dict.fromkeys(warned))}"
    reported = bool(warned) or schema.rejected > 0
    rows = schema.rows + schema.blank_rows if about["n_rows"] != schema.rows else schema.rows
    ok = about["n_rows"] == rows and about.get("n_cols") in {
        None,
        len(schema.columns),
        len(schema.columns) + len(schema.dropped),
    }
    names = about.get("columns")
    if (
        ok
        and names
        and about.get("header_row") is not None
        and len(set(names)) == len(names)
        and all(names)
        and "..." not in str(names[-1:])
    ):
        mine = [column.source.strip() for column in schema.columns]
        ok = mine == [name.strip() for name in names]
        shape += "" if ok else f"; names {mine[:4]}"
    if ok and about.get("expected") and (folder / about["expected"]).exists():
        ok = _equal(read.file, json.loads((folder / about["expected"]).read_text(encoding="utf-8")))
        shape += "" if ok else "; other values"
    if expected == "warn":
        return Verdict(
            file,
            expected,
            RIGHT if reported else WRONG,
            shape + ("" if reported else f"; no warning (truth {about['n_rows']}x{about.get('n_cols')})"),
        )
    if not ok and about.get("header_row") == "ambiguous" and schema.rows - about["n_rows"] in {-1, 0, 1}:
        ok = True
    return Verdict(
        file,
        expected,
        RIGHT if ok else WRONG,
        shape + ("" if ok else f" (truth {about['n_rows']}x{about.get('n_cols')})"),
    )


def _equal(file: Path, expected: list[dict[str, str]]) -> bool:
    frame = pl.read_parquet(file)
    expected = [expected] if isinstance(expected, dict) else expected
    rows = [[str(value).strip() for value in row.values() if value != ""] for row in expected]
    mine = [[str(value) for value in row if value is not None] for row in frame.rows()]
    return rows == mine


def page(verdicts: dict[str, list[Verdict]]) -> str:
    """Return the page of docs."""
    lines = [
        "# Files that are dirty on purpose",
        "",
        "`python benchmarks/reading_sets.py --write` reads every file of five public collections that were made to",
        "test readers, and writes this page.",
        "",
        "| collection | files | as expected | other rows or columns | crash |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, of_set in verdicts.items():
        counts = Counter(verdict.outcome for verdict in of_set)
        lines.append(f"| {name} | {len(of_set)} | {counts[RIGHT]} | {counts[WRONG]} | {counts[CRASH]} |")
    lines += [
        "",
        "Expected is what the notes of each collection say: `ok` exactly these rows and columns, `warn` the data with",
        "a warning, `reject` an error with a code. Rows without any value are counted beside the rows.",
        "",
        "## What is read otherwise than the notes say",
        "",
        "| file | expected | read as | why |",
        "| --- | --- | --- | --- |",
    ]
    lines += [
        f"| {name}/{verdict.file} | {verdict.expected} | {verdict.detail.replace('|', '/')} "
        f"| {DISAGREE.get(verdict.file, '')} |"
        for name, of_set in verdicts.items()
        for verdict in of_set
        if verdict.outcome != RIGHT
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
