"""Workbooks: which sheets are tables, where a table begins and ends, and what its cells hold."""

import datetime as dt
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from old_workbook import old_workbook
from workbook import workbook

from radix_assets.raw.read_source import TableRead, read_source
from radix_assets.sources.read.workbooks import plain
from radix_resources.errors import SourceError

DATA = Path(__file__).parents[2].parent / "shared" / "data"
DAY = dt.datetime(2024, 1, 5)  # noqa: DTZ001 cells have no time zone


def book(rows: list[list[Any]], *, merge: tuple[str, ...] = (), formats: dict[str, str] | None = None) -> bytes:
    """Return a workbook with one sheet; formats are by column."""
    file = openpyxl.Workbook()
    sheet = file.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for area in merge:
        sheet.merge_cells(area)
    for letter, code in (formats or {}).items():
        for cell in sheet[letter]:
            cell.number_format = code
    return saved(file)


def saved(file: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    file.save(buffer)
    return buffer.getvalue()


def edited(content: bytes, part: str, *changes: tuple[str, str]) -> bytes:
    """Return a workbook with changes in the XML of one of its parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            if name == part:
                for before, after in changes:
                    assert before.encode() in text
                    text = text.replace(before.encode(), after.encode())
            new.writestr(name, text)
    return buffer.getvalue()


def codes(raw: Any) -> list[str]:
    return [warning.code for warning in raw.schema.warnings]


def tables(content: bytes, tmp_path: Path, name: str = "book.xlsx") -> dict[str, TableRead]:
    """Read every table of a workbook."""
    (tmp_path / name).write_bytes(content)
    read = list(read_source(str(tmp_path / name), tmp_path / "out"))
    assert all(isinstance(table, TableRead) for table in read)
    return {table.schema.table: table for table in read if isinstance(table, TableRead)}


# plain sheets


def test_a_workbook_is_read_like_text(read):
    rows = [
        ["id", "joined", "share", "price", "name", "mixed", None],
        [1, ("date", 45292), "100%", "$1,715.0", "Ann", 5, "x"],
        [2, ("date", 45293), "38%", "$20.5", "Bob", "n/a", "y"],
    ]
    raw = read(workbook({"One": rows}), "table.xlsx")
    assert raw.types() == {
        "id": "integer",
        "joined": "date",
        "share": "float",
        "price": "float",
        "name": "string",
        "mixed": "integer",
        "column_7": "string",
    }
    assert raw.frame.row(0) == (1, dt.date(2024, 1, 1), 100.0, 1715.0, "Ann", 5, "x")


def test_a_plain_sheet_gives_no_warning(read):
    raw = read(book([["id", "name", "when", "share"], *([i, f"n{i}", DAY, i / 8] for i in range(300))]), "t.xlsx")
    assert codes(raw) == []
    assert raw.schema.rejected == 0
    assert raw.frame.height == 300
    assert raw.frame["share"].to_list() == [i / 8 for i in range(300)]


def test_cells_keep_their_kind(read):
    rows = [
        ["day", "moment", "clock", "spent", "yes", "share"],
        [dt.date(2024, 2, 29), DAY, dt.time(6, 30), dt.timedelta(hours=30), True, 0.5],
        [dt.date(1950, 12, 31), DAY.replace(hour=3, second=7), dt.time(0, 0), dt.timedelta(minutes=1), False, 0.07],
    ]
    raw = read(book(rows, formats={"F": "0%"}), "t.xlsx")
    assert list(raw.types().values()) == ["date", "datetime", "time", "float", "boolean", "float"]
    assert raw.frame["clock"].to_list() == [dt.time(6, 30), dt.time(0, 0)]
    assert raw.frame["spent"].to_list() == [108_000.0, 60.0]
    assert raw.frame["share"].to_list() == [0.5, 0.07]


def test_the_calendar_that_begins_in_1904_is_respected(read):
    file = openpyxl.Workbook()
    file.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    sheet = file.active
    sheet.append(["id", "day"])
    sheet.append([1, DAY])
    assert read(saved(file), "t.xlsx").frame["day"].to_list() == [DAY.date()]


@pytest.mark.parametrize(
    ("code", "value", "text"),
    [("00000", 42, "00042"), ("000-00-0000", 1020304, "001-02-0304"), ('"ID-"0000', 7, "ID-0007"), ("00", 123, "123")],
)
def test_codes_keep_the_zeros_that_their_format_shows(read, code, value, text):
    raw = read(book([["zip", "n"], [value, 1], [value, 2]], formats={"A": code}), "t.xlsx")
    assert raw.frame["zip"].to_list() == [text, text]


def test_long_whole_numbers_keep_all_digits_that_the_file_holds(read):
    content = book([["id", "ean"], [111, 222], [1, 2]])
    changes = (("<v>111</v>", "<v>12345678901234567890</v>"), ("<v>222</v>", "<v>9007199254740993</v>"))
    raw = read(edited(content, "xl/worksheets/sheet1.xml", *changes), "t.xlsx")
    assert [str(value) for value in raw.frame["id"]] == ["12345678901234567890", "1"]
    assert raw.frame["ean"].to_list() == [9007199254740993, 2]
    assert codes(raw) == ["beyond_exact", "beyond_exact"]


def test_formulas_of_an_attacker_are_text(read):
    hostile = ["=cmd|' /C calc'!A0", '=HYPERLINK("http://x.invalid","a")', "@SUM(1)", "+1+1", "-2+3"]
    content = book([["id", "text"], *([i, f"X{text}"] for i, text in enumerate(hostile))])
    raw = read(edited(content, "xl/worksheets/sheet1.xml", (">X", ">")), "t.xlsx")
    assert raw.frame["text"].to_list() == hostile


# headers


@pytest.mark.parametrize("merged", [True, False])
def test_a_header_of_two_lines_is_joined(read, merged):
    rows = [["Store", "Q1", None, "Q2", None], [None, "units", "revenue", "units", "revenue"]]
    rows += [[f"S{i}", i, i * 1.5, i + 1, i * 2.5] for i in range(8)]
    raw = read(book(rows, merge=("B1:C1", "D1:E1") if merged else ()), "t.xlsx")
    assert raw.frame.columns == ["Store", "Q1 units", "Q1 revenue", "Q2 units", "Q2 revenue"]
    assert raw.frame.height == 8
    assert codes(raw) == []


def test_a_header_of_three_lines_below_a_title_is_joined(read):
    rows = [
        ["Report", None, None, None, None],
        [None] * 5,
        ["Store", "2023", None, None, None],
        [None, "Q1", None, "Q2", None],
        [None, "units", "sum", "units", "sum"],
        *([f"S{i}", i, i, i, i] for i in range(5)),
    ]
    raw = read(book(rows, merge=("A1:E1", "A3:A5", "B3:E3", "B4:C4", "D4:E4")), "t.xlsx")
    assert raw.frame.columns == ["Store", "2023 Q1 units", "2023 Q1 sum", "2023 Q2 units", "2023 Q2 sum"]
    assert codes(raw) == ["rows_above_header"]
    assert raw.schema.dialect["header_rows"] == [3, 4, 5]


def test_units_below_names_belong_to_them(read):
    rows = [["name", "weight", "born"], [None, "(kg)", "(year)"], ["Ann", 5.5, 1990], ["Bob", 7.25, 1980]]
    assert read(book(rows), "t.xlsx").frame.columns == ["name", "weight (kg)", "born (year)"]


def test_years_and_dates_name_columns(read):
    rows = [["country", 2020, 2021, DAY], ["A", 5, 6, 1], ["B", 7, 8, 2]]
    raw = read(book(rows), "t.xlsx")
    assert raw.frame.columns == ["country", "2020", "2021", "2024-01-05"]
    assert codes(raw) == []


def test_a_sheet_without_a_header_keeps_its_first_row(read):
    raw = read(book([["Germany", 5.5], ["France", 4.25], ["Spain", 6]]), "t.xlsx")
    assert raw.frame.rows() == [("Germany", 5.5), ("France", 4.25), ("Spain", 6.0)]
    assert codes(raw) == ["no_header"]


def test_the_first_rows_of_data_may_lack_values(read):
    rows = [["key", "a", "b"], ["x", None, None], ["y", "n/a", None], ["z", 3, 4], ["w", 5, 6]]
    raw = read(book(rows), "t.xlsx")
    assert raw.frame.columns == ["key", "a", "b"]
    assert raw.frame.height == 4


def test_a_table_may_begin_anywhere(read):
    rows = [[None] * 4, [None] * 4, [None, None, "id", "n"], [None, None, 1, "a"], [None] * 4, [None, None, 2, "b"]]
    raw = read(book(rows), "t.xlsx")
    assert raw.frame.rows() == [(1, "a"), (2, "b")]
    assert codes(raw) == []


# bodies


def test_a_merged_cell_holds_for_all_its_cells(read):
    rows = [["region", "store", "n"], *([("N", None, "S", None)[i], f"s{i}", i] for i in range(4))]
    raw = read(book(rows, merge=("A2:A3", "A4:A5")), "t.xlsx")
    assert raw.frame["region"].to_list() == ["N", "N", "S", "S"]


def test_totals_and_notes_below_the_table_are_set_aside(read):
    rows = [["id", "amount"], *([i, i * 2] for i in range(20)), ["Total", 380], [None, None], ["Source: ledger", None]]
    raw = read(book(rows), "t.xlsx")
    assert raw.frame.height == 20
    assert codes(raw) == ["total_row", "note_row"]
    rejects = pl.read_parquet(raw.path / "rejects.parquet")
    assert rejects["text"].to_list() == ["Total | 380", "Source: ledger"]
    assert rejects["row"].to_list() == [22, 24]


def test_a_last_row_with_few_values_is_a_row(read):
    rows = [["name", "a", "b", "c"], *([f"n{i}", i, i, i] for i in range(9)), ["n9", None, None, None]]
    raw = read(book(rows), "t.xlsx")
    assert raw.frame.height == 10
    assert codes(raw) == []


def test_a_category_called_total_is_a_row(read):
    rows = [["sex", "n"], ["m", 1], ["f", 2], ["total", 3], ["m", 4], ["f", 5], ["total", 9]]
    assert read(book(rows), "t.xlsx").frame.height == 6


def test_a_header_that_is_repeated_is_set_aside(read):
    rows = [["id", "n"], *([i, i] for i in range(5)), ["id", "n"], *([i, i] for i in range(5, 9))]
    raw = read(book(rows), "t.xlsx")
    assert raw.frame["id"].to_list() == list(range(9))
    assert codes(raw) == ["repeated_header"]


def test_tables_side_by_side_are_reported(read):
    rows = [
        ["id", "n", None, "code", "label"],
        *([i, i, None, *(["c", "x"] if i < 3 else [None] * 2)] for i in range(9)),
    ]
    raw = read(book(rows), "t.xlsx")
    assert raw.frame.columns == ["id", "n", "code", "label"]
    assert codes(raw) == ["side_by_side"]


def test_errors_are_set_aside_with_their_name(read):
    rows = [["id", "n"], [1, "#DIV/0!"], [2, 5], [3, "#N/A"]]
    raw = read(book(rows), "t.xlsx")
    assert raw.types()["n"] == "integer"
    assert raw.frame["n"].to_list() == [None, 5, None]
    assert raw.schema.rejected == 2
    assert codes(raw) == ["error_cells"]
    assert pl.read_parquet(raw.path / "rejects.parquet").select("row", "column", "reason").rows() == [
        (2, "n", "#DIV/0!"),
        (4, "n", "#N/A"),
    ]


def test_a_row_of_errors_only_is_a_row(read):
    raw = read(book([["a", "b"], [1, 2], ["#REF!", "#REF!"], [3, 4]]), "t.xlsx")
    assert raw.frame["a"].to_list() == [1, None, 3]


def test_formulas_without_a_result_are_reported(read):
    raw = read(book([["id", "sum"], [1, "=A2+1"], [2, "=A3+1"]]), "t.xlsx")
    assert raw.frame.rows() == [(1, None), (2, None)]
    assert codes(raw) == ["formulas_not_calculated"]
    assert pl.read_parquet(raw.path / "rejects.parquet")["text"].to_list() == ["=A2+1", "=A3+1"]


def test_mixed_types_are_text_and_reported(read):
    raw = read(book([["id", "m"], [1, "abc"], [2, 5], [3, True], [4, DAY], [5, 0.1]]), "t.xlsx")
    assert raw.frame["m"].to_list() == ["abc", "5", "TRUE", "2024-01-05", "0.1"]
    assert codes(raw) == ["mixed_types"]


# sheets


def test_every_sheet_with_rows_is_a_table(tmp_path):
    content = workbook({"Shops": [["a", "b"], [1, 2]], "Empty": [], "Sales": [["c", "d"], [3, 4], [5, 6]]})
    read = tables(content, tmp_path)
    assert {name: table.schema.rows for name, table in read.items()} == {"Shops": 1, "Sales": 2}
    assert not any(table.schema.warnings for table in read.values())


def test_a_workbook_with_one_table_is_named_like_the_file(tmp_path):
    notes = [["This workbook holds the sales"], ["of all stores in 2023,"], ["see the wiki for more."]]
    read = tables(workbook({"Read me": notes, "data": [["a", "b"], [1, 2]]}), tmp_path, "sales.xlsx")
    assert list(read) == ["sales"]
    (warning,) = read["sales"].schema.warnings
    assert warning.code == "sheet_not_read"
    assert "'Read me'" in warning.message


def test_a_hidden_sheet_is_read_and_reported(tmp_path):
    file = openpyxl.Workbook()
    file.active.append(["a", "b"])
    file.active.append([1, 2])
    hidden = file.create_sheet("Secret")
    hidden.append(["c", "d"])
    hidden.append([3, 4])
    hidden.sheet_state = "hidden"
    read = tables(saved(file), tmp_path)
    assert [warning.code for warning in read["Secret"].schema.warnings] == ["hidden_sheet"]
    assert read["Sheet"].schema.dialect["other_sheets"] == {"Secret": "hidden, table"}


def test_the_declared_sheet_is_read_and_a_wrong_one_named(read):
    content = workbook({"One": [["a"], [1]], "Two": [["b"], [2.5]]})
    assert read(content, "t.xlsx", sheet="Two").frame.columns == ["b"]
    with pytest.raises(SourceError, match=r"RDX-SRC-010.*\n.*One, Two"):
        read(content, "t.xlsx", sheet="Three")


# hostile and broken files


def test_a_workbook_without_rows_and_an_invalid_one_are_refused(read):
    with pytest.raises(SourceError, match="RDX-SRC-004"):
        read(workbook({"One": [["a", "b"]]}), "t.xlsx")
    for broken in (b"PK\x03\x04nothing", workbook({"One": [["a"], [1]]})[:-30]):
        with pytest.raises(SourceError, match="RDX-SRC-005"):
            read(broken, "t.xlsx")


def test_cells_far_apart_are_refused_before_memory_is_taken(read):
    changes = (('<row r="2">', '<row r="1048576">'), ('"B2"', '"XFD1048576"'))
    content = edited(book([["a", "b"], [1, 2]]), "xl/worksheets/sheet1.xml", *changes)
    with pytest.raises(SourceError, match="RDX-SRC-040"):
        read(content, "t.xlsx")


def test_empty_cells_far_away_do_no_harm(read):
    content = edited(
        book([["a", "b"], [1, 2]]), "xl/worksheets/sheet1.xml",
        ("</sheetData>", '<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'),
        ('ref="A1:B2"', 'ref="A1:XFD1048576"'),
    )  # fmt: skip
    assert read(content, "t.xlsx").frame.rows() == [(1, 2)]


def test_a_part_that_unpacks_to_much_more_is_refused(read):
    buffer = io.BytesIO(book([["a", "b"], [1, 2]]))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/bomb.xml", "w") as part:
        for _ in range(80):
            part.write(b"\0" * (1 << 20))
    with pytest.raises(SourceError, match="RDX-SRC-040"):
        read(buffer.getvalue(), "t.xlsx")


def test_declared_entities_are_refused(read):
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet'
    content = edited(book([["a", "b"], [1, 2]]), "xl/worksheets/sheet1.xml", ("<worksheet", bomb))
    with pytest.raises(SourceError, match="RDX-SRC-005"):
        read(content, "t.xlsx")


def test_a_workbook_with_a_password_is_refused(read):
    encrypted = b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600
    with pytest.raises(SourceError, match="RDX-SRC-041"):
        read(encrypted, "t.xlsx")


def test_the_sheets_of_readxl_are_read_as_described(tmp_path):
    folder = DATA / "readxl_sheets"
    if not folder.is_dir():
        pytest.skip("the public data sets are not here")
    for file, names, rows in (
        ("deaths.xlsx", {"arts", "other"}, 10),
        ("deaths.xls", {"arts", "other"}, 10),
        ("clippy.xlsx", {"list-column", "two-row-header"}, None),
        ("datasets.xlsx", {"mtcars", "chickwts", "quakes"}, None),
        ("los-angeles-arrests-xlsx.xlsx", {"los-angeles-arrests-xlsx"}, 193),
    ):
        read = tables((folder / file).read_bytes(), tmp_path, file)
        assert set(read) == names
        assert rows is None or {table.schema.rows for table in read.values()} == {rows}
    shape = json.loads((folder / "truth.json").read_text())
    assert shape["name"] == "readxl_sheets"


# other formats


def ods(rows: str) -> bytes:
    """Return an .ods workbook with one sheet, from the XML of its rows."""
    names = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = " ".join(f'xmlns:{name}="{names}:{name}:1.0"' for name in ("office", "table", "text"))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        file.writestr("META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{names}:manifest:1.0"/>')
        file.writestr(
            "content.xml",
            f'<office:document-content {spaces} xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:'
            f'xmlns:calcext:1.0"><office:body><office:spreadsheet><table:table table:name="S">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return buffer.getvalue()


def ods_cell(value: Any, more: str = "") -> str:
    kind = (
        f'office:value-type="float" office:value="{value}"' if isinstance(value, int) else 'office:value-type="string"'
    )
    return f"<table:table-cell {kind} {more}><text:p>{value}</text:p></table:table-cell>"


def ods_row(*cells: str, repeated: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{repeated}">{"".join(cells)}</table:table-row>'


def test_errors_and_merged_cells_of_open_document_sheets(read):
    error = ods_cell("#DIV/0!", 'table:formula="of:=1/0" calcext:value-type="error"')
    merged = ods_cell("N", 'table:number-rows-spanned="2" table:number-columns-spanned="1"')
    rows = [
        ods_row(ods_cell("region"), ods_cell("n")),
        ods_row(merged, ods_cell(1)),
        ods_row("<table:covered-table-cell/>", error),
        ods_row(ods_cell("S"), ods_cell(3)),
    ]
    raw = read(ods("".join(rows)), "t.ods")
    assert raw.frame.rows() == [("N", 1), ("N", None), ("S", 3)]
    assert codes(raw) == ["error_cells"]


def test_repeated_cells_that_do_not_fit_into_memory_are_refused(read):
    wide = ods_cell(1, 'table:number-columns-repeated="16384"')
    with pytest.raises(SourceError, match="RDX-SRC-040"):
        read(ods(ods_row(wide, repeated=1_048_576)), "t.ods")


def test_errors_in_old_workbooks_are_set_aside(tmp_path):
    file = DATA / "readxl_sheets" / "deaths.xls"
    if not file.is_file():
        pytest.skip("the public data sets are not here")
    content = bytearray(file.read_bytes())
    kids = content.find(b"\x05\x02\x08\x00\x06\x00\x03\x00")  # the truth value in D7, which becomes an error
    content[kids + 10 : kids + 12] = b"\x07\x01"
    table = tables(bytes(content), tmp_path, "deaths.xls")["arts"]
    assert "error_cells" in [warning.code for warning in table.schema.warnings]
    rejects = pl.read_parquet(table.file.with_suffix(".rejects.parquet"))
    assert (7, "Has kids", "#DIV/0!") in rejects.select("row", "column", "reason").rows()


# large sheets, and round trips


def both_ways(content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Any]:
    """Return a sheet that was read column by column, None if it is not plain, and cell by cell."""
    from radix_assets.sources.read.place import Place
    from radix_assets.sources.read.workbooks import reader, sheet

    monkeypatch.setattr(reader, "_LARGE", 0)
    (tmp_path / "t.xlsx").write_bytes(content)
    with reader.open_workbook(tmp_path / "t.xlsx", Place("t", "t.xlsx")) as workbook:
        name = workbook.names[0]
        return sheet._read_plain(workbook, name), sheet._read_cells(workbook, name)


def long_rows(count: int) -> list[list[Any]]:
    values = ["Ann", 0.5, DAY, dt.time(6, 30), True, DAY.replace(hour=7)]
    return [[i, *(None if i % (7 + j) == 0 else value for j, value in enumerate(values))] for i in range(1, count)]


@pytest.mark.parametrize("margin", [0, 2])
def test_a_large_plain_sheet_is_read_as_cell_by_cell(tmp_path, monkeypatch, margin):
    header = ["id", "name", "share", "day", "clock", "yes", "moment"]
    rows = [["Report"], [], header, *long_rows(150), [], *long_rows(150), ["Total", None, 12], [], ["Source: x"]]
    plain, cells = both_ways(book([[None] * margin + row for row in rows]), tmp_path, monkeypatch)
    assert plain.frame.equals(cells.frame)
    assert plain.frame.schema == cells.frame.schema
    assert (plain.names, plain.rejects, plain.warnings, plain.dialect) == (
        (cells.names, cells.rejects, cells.warnings, cells.dialect)
    )


@pytest.mark.parametrize("odd", ["text", True, DAY, "#N/A", "=A1", 12345678901234567890])
def test_a_large_sheet_with_an_odd_cell_is_read_cell_by_cell(tmp_path, monkeypatch, odd):
    rows = [["id", "n"], *([i, i / 4] for i in range(300))]
    rows[150][1] = odd
    plain, cells = both_ways(book(rows), tmp_path, monkeypatch)
    assert plain is None
    assert cells.frame.height == 300


VALUES = {
    "number": st.floats(-1e9, 1e9).map(lambda value: float(f"{value:.12g}")) | st.integers(-(2**50), 2**50),
    "text": st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=12).map(
        lambda text: f"v{text}"
    ),
    "day": st.datetimes(dt.datetime(1905, 1, 1), dt.datetime(2200, 1, 1)).map(lambda m: m.replace(microsecond=0)),  # noqa: DTZ001
    "truth": st.booleans(),
}


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_written_is_read(data, tmp_path_factory):
    kinds = data.draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=5))
    row = st.tuples(*(VALUES[kind] | (st.none() if i else st.nothing()) for i, kind in enumerate(kinds)))
    rows = data.draw(st.lists(row, min_size=3, max_size=30))
    names = [f"{kind}_{i}" for i, kind in enumerate(kinds)]
    folder = tmp_path_factory.mktemp("trip")
    (table,) = tables(book([names, *map(list, rows)]), folder).values()
    frame = pl.read_parquet(table.file)
    assert frame.columns == names
    assert table.schema.rejected == 0
    for name, kind, expected in zip(names, kinds, zip(*rows, strict=True), strict=True):
        values = frame[name].to_list()
        if kind == "day":
            values = pl.Series(values, strict=False).cast(pl.Datetime("us")).to_list()
        if kind != "text" or frame[name].dtype == pl.String:
            assert values == [v.strip() if isinstance(v, str) else v for v in expected]


@pytest.mark.parametrize(
    "rows",
    [
        [["order", "qty", "ok"], ["A", "5", "yes"], ["B", "6", "no"], ["C", 7, True], ["D", 8, False]],
        [
            ["sku", "n", "when"],
            *([f"A{n}", str(n), f"2024-01-0{n}"] for n in (1, 2, 3)),
            *([f"A{n}", n, dt.date(2024, 1, n)] for n in range(4, 28)),
        ],
        [
            ["name", "age", "joined"],
            ["Anna", "tbc", "tbc"],
            ["Bo", 33, dt.date(2024, 1, 2)],
            ["Cy", 41, dt.date(2024, 1, 3)],
            ["Di", "tbc", dt.date(2024, 1, 4)],
        ],
    ],
)
def test_rows_of_text_above_rows_of_numbers_are_rows(tmp_path, rows):
    (table,) = tables(book(rows), tmp_path).values()
    assert [column.name for column in table.schema.columns] == rows[0]
    assert table.schema.rows == len(rows) - 1


# siblings of the cases

GROUPS = [[None, "2023", None, "2024", None], ["region", "Q1", "Q2", "Q1", "Q2"], ["N", 1, 2, 3, 4], ["S", 5, 6, 7, 8]]
STAFF = [["Region", "Sales", None, "Staff"], [None, "net", "gross", None], ["N", 1, 2, 3], ["S", 5, 6, 7]]
LEVELS = [["id", "A", None, None], [None, "b", "c", None], [None, "x", "y", "z"], [1, 2, 3, 4], [5, 6, 7, 8]]


@pytest.mark.parametrize(
    ("rows", "merge", "names"),
    [
        (GROUPS, ("B1:C1", "D1:E1"), ["region", "2023 Q1", "2023 Q2", "2024 Q1", "2024 Q2"]),
        (STAFF, ("A1:A2", "B1:C1", "D1:D2"), ["Region", "Sales net", "Sales gross", "Staff"]),
        (LEVELS, ("A1:A3", "B1:D1", "C2:D2"), ["id", "A b x", "A c y", "A c z"]),
    ],
)
def test_merged_headers_of_several_rows_are_joined(read, rows, merge, names):
    raw = read(book(rows, merge=merge), "t.xlsx")
    assert raw.frame.columns == names
    assert raw.frame.height == 2


@pytest.mark.parametrize(
    ("code", "cells", "seconds"),
    [
        ("[h]:mm", [dt.timedelta(hours=30, minutes=15), dt.timedelta(hours=2)], [108_900.0, 7200.0]),
        ("[h]:mm:ss", [dt.timedelta(hours=3), dt.timedelta(hours=10)], [10_800.0, 36_000.0]),
        ("[mm]:ss", [dt.timedelta(minutes=90), dt.timedelta(seconds=5)], [5400.0, 5.0]),
    ],
)
def test_durations_are_seconds(read, code, cells, seconds):
    raw = read(book([["id", "t"], [1, cells[0]], [2, cells[1]]], formats={"B": code}), "t.xlsx")
    assert raw.frame["t"].to_list() == seconds


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("0.0%", "number"),
        ('"€" #,##0.00', "number"),
        ("#,##0.00 [$€-407]", "number"),
        ("_-* #,##0.00_-;[Red](#,##0.00)", "number"),
        ('0" days"', "number"),
        ('dd"th of" mmmm yyyy', "date"),
        ("[$-409]d-mmm-yy", "date"),
        ("yyyy/mm/dd;@", "date"),
    ],
)
def test_a_format_decides_between_numbers_and_dates_only(read, code, kind):
    raw = read(book([["id", "v"], [1, 45351], [2, 45352]], formats={"B": code}), "t.xlsx")
    expected = [45351, 45352] if kind == "number" else [dt.date(2024, 2, 29), dt.date(2024, 3, 1)]
    assert raw.frame["v"].to_list() == expected


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ([["id", "n"], [1, 2], [3, 4], [], [], ["name", "city"], ["Ann", "Rome"], ["Bob", "Oslo"]], 6),
        ([["id", "n"], [1, 2], [3, 4], [], ["People"], ["name", "city"], ["Ann", "Rome"], ["Bob", "Oslo"]], 5),
        ([["a", "n"], ["x", 2], ["y", 4], [], ["b", "m"], ["z", 5], ["w", 6]], 5),
    ],
)
def test_tables_below_each_other_are_said(read, rows, line):
    raw = read(book(rows), "t.xlsx")
    stacked = [warning for warning in raw.schema.warnings if warning.code == "stacked_tables"]
    assert [warning.lines for warning in stacked] == [[line]]


def test_blank_rows_inside_a_table_are_no_end(read):
    raw = read(book([["name", "n"], ["a", 1], ["b", 2], [], ["c", 3], ["d", 4]]), "t.xlsx")
    assert (raw.frame.height, codes(raw)) == (4, [])


def test_values_of_old_workbooks(tmp_path):
    rows = [
        ["id", "name", "day", "clock", "ok", "share"],
        [1, "Zürich", (45351, "dd/mm/yyyy"), (0.25, "hh:mm"), True, (0.125, "0.0%")],
        [2, "007", (45352, "dd/mm/yyyy"), (0.5, "hh:mm"), False, "#DIV/0!"],
        [3, "012", None, (0.75, "hh:mm"), None, (0.5, "0.0%")],
    ]
    (table,) = tables(old_workbook({"S": rows}), tmp_path, "t.xls").values()
    frame = pl.read_parquet(table.file)
    assert frame.rows() == [
        (1, "Zürich", dt.date(2024, 2, 29), dt.time(6), True, 0.125),
        (2, "007", dt.date(2024, 3, 1), dt.time(12), False, None),
        (3, "012", None, dt.time(18), None, 0.5),
    ]
    assert [warning.code for warning in table.schema.warnings] == ["error_cells"]


@pytest.mark.parametrize("starts_1904", [True, False])
def test_both_calendars_of_old_workbooks(tmp_path, starts_1904):
    days = [dt.date(2024, 2, 29), dt.date(1999, 12, 31)]
    first = dt.date(1904, 1, 1) if starts_1904 else dt.date(1899, 12, 30)
    rows = [["id", "day"], *([n, ((day - first).days, "yyyy-mm-dd")] for n, day in enumerate(days))]
    (table,) = tables(old_workbook({"S": rows}, starts_1904=starts_1904), tmp_path, "t.xls").values()
    assert pl.read_parquet(table.file)["day"].to_list() == days


@pytest.mark.parametrize("name", ["t.xlsm", "t.xlsx"])
def test_sheets_of_charts_and_wide_sheets(tmp_path, name):
    file = openpyxl.Workbook()
    sheet = file.active
    assert sheet is not None
    for row in ([f"c{number}" for number in range(300)], list(range(300)), list(range(300))):
        sheet.append(row)
    file.create_chartsheet("Chart")
    (table,) = tables(saved(file), tmp_path, name).values()
    assert (len(table.schema.columns), table.schema.rows) == (300, 2)


def test_blanks_between_rows_are_looked_at_once():
    padded = b'<sheetData><row r="1"></row>' + b" " * (1 << 26)
    first, second = plain._blocks(io.BytesIO(padded + b'<row r="2"></row>'))
    assert first == b"<sheetData>"
    assert second.startswith(b'<row r="1">')
    assert len(second) < 1 << 26, "no piece grows without a bound"
