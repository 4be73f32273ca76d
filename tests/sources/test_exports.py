"""Files as banks, companies, devices and spreadsheets of several countries export them."""
# ruff: noqa: DTZ001 cells have no time zone

import datetime as dt

import pytest

DAYS = range(1, 21)


def codes(raw):
    return [warning.code for warning in raw.schema.warnings]


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("{0}.234,56-", lambda row: -(row * 1000 + 234.56)),
        ("{0}000,000-", lambda row: -1000.0 * row),
        ("{0}.50-", lambda row: -(row + 0.5)),
        ("({0},234.50)", lambda row: -(row * 1000 + 234.5)),
        ("R$ {0}.234,50", lambda row: row * 1000 + 234.5),
        ("{0} 234,50 Kč", lambda row: row * 1000 + 234.5),
        ("￥{0},234.5", lambda row: row * 1000 + 234.5),
    ],
)
def test_amounts_of_which_all_are_written_alike(read, form, value):
    raw = read("id;amount\n" + "".join(f"{row};{form.format(row)}\n" for row in DAYS))
    assert raw.frame["amount"].to_list() == [value(row) for row in DAYS]


def test_dates_that_most_rows_lack(read):
    raw = read("id;changed\n" + "".join(f"{row};{'00000000' if row % 3 else f'202402{row:02}'}\n" for row in DAYS))
    assert raw.frame["changed"].to_list() == [None if row % 3 else dt.date(2024, 2, row) for row in DAYS]
    assert raw.schema.rejected == 14


def test_a_line_of_dashes_below_names_and_a_count_below_rows(read):
    rows = "".join(f"{7000 + row:>10} {'KING':<10} {row:02d}-JAN-1981 {row * 100:>10}\n" for row in DAYS)
    head = "\n     EMPNO ENAME      HIREDATE           SAL\n---------- ---------- ----------- ----------\n"
    raw = read(f"{head}{rows}\n20 rows selected.\n", name="spool.txt")
    assert raw.frame["HIREDATE"].to_list() == [dt.date(1981, 1, row) for row in DAYS]
    assert (raw.schema.rows, codes(raw)) == (20, ["footer"])


@pytest.mark.parametrize("mark", ["# ", "% ", "#Software: IIS\n#Version: 1.0\n#Fields: "])
def test_names_behind_the_mark_of_a_comment(read, mark):
    raw = read(
        f"{mark}year day value flag\n" + "".join(f"2024 {row:3} {row * 1.5:8.3f}   1.0\n" for row in DAYS), name="w.dat"
    )
    assert raw.frame.columns == ["year", "day", "value", "flag"]
    assert raw.frame["value"].to_list() == [row * 1.5 for row in DAYS]


def test_notes_behind_a_blank_line_are_no_rows(read):
    raw = read("Country,2019\n" + "".join(f"C{row},{row}\n" for row in DAYS) + "\nSource: own\n.. = not available\n")
    assert raw.schema.rows in {20, 22}
    wide = read("Country,2019,2020\n" + "".join(f"C{row},{row},{row}\n" for row in DAYS) + "\nSource: own\n.. = none\n")
    assert (wide.schema.rows, codes(wide)) == (20, ["footer"])


@pytest.mark.parametrize("cell", ['"=""{0}"""', '="{0}"'])
def test_texts_written_as_formulas_are_the_text(read, cell):
    raw = read("code,name\n" + "".join(cell.format(f"00{row:03}") + f",N{row}\n" for row in DAYS))
    assert raw.frame["code"].to_list() == [f"00{row:03}" for row in DAYS]
    assert codes(raw) == ["formula_texts"]


@pytest.mark.parametrize(("true", "false"), [("WAHR", "FALSCH"), ("VRAI", "FAUX"), ("PRAWDA", "FAŁSZ")])
def test_truth_values_of_spreadsheets(read, true, false):
    raw = read("id;active\n" + "".join(f"{row};{true if row % 2 else false}\n" for row in DAYS))
    assert raw.frame["active"].to_list() == [row % 2 == 1 for row in DAYS]


def test_moments_of_forms_with_a_half_of_the_day_and_a_zone(read):
    raw = read("Timestamp,n\n" + "".join(f"2024/01/{row:02} 1:05:33 PM GMT+1,{row}\n" for row in DAYS))
    assert raw.frame["Timestamp"].to_list() == [dt.datetime(2024, 1, row, 12, 5, 33) for row in DAYS]


def test_tabs_inside_cells_do_not_divide_them(read):
    raw = read("id,name\n" + "".join(f"{row},\tN{row}\t\n" for row in DAYS))
    assert raw.frame["name"].to_list() == [f"N{row}" for row in DAYS]


@pytest.mark.parametrize("first", ["a,5,9", "a,83155031,83237124"])
def test_a_first_row_of_rising_numbers_is_a_row(read, first):
    raw = read(f"{first}\nb,3,2\nc,41026786,7\nd,8,9\ne,1,5\n")
    assert raw.schema.rows == 5
