"""Totals, notes and empty rows of text files and of sheets: set aside with a proof, else they are rows."""

import io
from datetime import date

import openpyxl
import pytest

HEADER = ["id", "name", "qty", "amount"]
ROWS = [[i, f"n{i}", 10 + i, 1.5 * i] for i in range(12)]
SUM = [sum(row[2] for row in ROWS), sum(row[3] for row in ROWS)]


def csv(*rows, delimiter=","):
    return "".join(delimiter.join(map(str, row)) + "\n" for row in rows)


def sheet(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([None if cell == "" else cell for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


PAIRS = [["name", "qty"], ["BP", 3], ["Shell", 4], ["Exxon", 7]]
PLACES = [["company", "city", "qty"], ["BP", "London", 3], ["Shell", "Hague", 4], ["Exxon", "Dallas", 7]]


@pytest.mark.parametrize(
    ("rows", "total", "is_row"),
    [
        (PAIRS, ["Total", 9], True),
        (PAIRS, ["Total", 14], False),
        (PAIRS, ["Summe", 14], False),
        (PLACES, ["Total", "Paris", 9], True),
        (PLACES, ["Total", "Paris", 14], True),
        (PLACES, ["Total", "", 9], False),
        ([HEADER, *ROWS], ["Total", "", *SUM], False),
        ([HEADER, *ROWS], ["Total", "", 77, 12.5], False),
        ([HEADER, *ROWS], ["Total", "", "", ""], False),
        ([HEADER, *ROWS], [12, "Total", 77, 12.5], True),
    ],
)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_total_needs_more_than_its_label(read, kind, rows, total, is_row):
    raw = read(csv(*rows, total)) if kind == "csv" else read(sheet(*rows, total), "t.xlsx")
    assert raw.schema.rows == len(rows) - 1 + is_row
    assert raw.schema.rejected == (not is_row)
    assert bool(raw.schema.warnings) == (not is_row)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_total_below_a_blank_row_is_set_aside(read, kind):
    rows = [*PAIRS, [], ["Total", 9]]
    raw = read(csv(*rows)) if kind == "csv" else read(sheet(*rows), "t.xlsx")
    assert (raw.schema.rows, raw.schema.rejected) == (3, 1)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("gap", [[], [[]]])
def test_a_note_takes_no_rows_along_whose_values_are_missing(read, kind, gap):
    rows = [*PAIRS, ["Total", ""], ["Eni", ""], *gap, ["Source: annual reports of the companies"]]
    raw = read(csv(*rows)) if kind == "csv" else read(sheet(*rows), "t.xlsx")
    assert raw.frame["name"].to_list() == ["BP", "Shell", "Exxon", "Total", "Eni"]
    assert raw.schema.rejected == 1


def test_a_note_over_two_full_rows_is_set_aside_where_it_leaves_names_blank(read):
    note = "the totals of this table count those twice who moved during the year and none who left"
    raw = read(csv(*PLACES, *PLACES[1:] * 3, [f"Note: {note}", "", ""], [note, "", ""]))
    assert (raw.schema.rows, raw.schema.rejected) == (12, 2)


def test_sums_are_found_in_any_locale_and_over_sections(read):
    raw = read("Land;Fälle;Quote\nA;1.250;0,5\nB;2.500;1,5\nC;750;2,5\nSumme;4.500;\n")
    assert raw.frame["Fälle"].to_list() == [1250, 2500, 750]
    assert raw.schema.rejected == 1


def test_totals_above_a_repeated_header_are_set_aside(read):
    first, second = ROWS[:6], ROWS[6:]
    totals = [["Total", "", sum(r[2] for r in part), sum(r[3] for r in part)] for part in (first, second)]
    raw = read(csv(HEADER, *first, totals[0], HEADER, *second, totals[1]))
    assert raw.frame["id"].to_list() == list(range(12))
    assert [(each.code, each.lines) for each in raw.schema.warnings] == [
        ("footer", [16]),
        ("totals", [8]),
        ("repeated_header", [9]),
    ]
    assert raw.schema.rejected == 2


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_rows_of_delimiters_only_are_counted(read, delimiter):
    empty = [["", "", "", ""]]
    raw = read(csv(HEADER, *ROWS[:4], *empty, *ROWS[4:], *empty * 3, delimiter=delimiter))
    assert raw.schema.rows == len(ROWS)
    assert [(each.code, each.count, each.lines) for each in raw.schema.warnings] == [("empty_rows", 4, [6, 15, 16, 17])]


def test_names_that_occur_twice_are_reported(read):
    raw = read("id,name,name,v\n1,a,b,2\n2,c,d,3\n")
    assert raw.frame.columns == ["id", "name", "name_2", "v"]
    assert [each.code for each in raw.schema.warnings] == ["repeated_names"]


def test_a_clean_file_that_ends_with_a_date_has_no_footer(read):
    raw = read(csv(["day", "v"], *[[date(2024, 1, day), day] for day in range(1, 9)]))
    assert (raw.schema.rows, raw.schema.warnings) == (8, [])
