"""Second lines of labels, as surveys are exported, and years in the headers of workbooks."""

import io

import openpyxl
import pytest

SEX, REGION, ANSWER = "mf", "NSEW", ["yes", "no", "rather not"]
ROWS = [f"R{row},{SEX[row % 2]},{REGION[row % 4]},{ANSWER[row % 3]}\n" for row in range(30)]


def codes(raw):
    return [warning.code for warning in raw.schema.warnings]


@pytest.mark.parametrize("names", ["id,sex,region,answer", "V1,V2,V3,V4", "q_id,q1,q2,q3"])
def test_labels_below_the_names_of_words_are_no_row(read, names):
    labels = "Respondent,Sex of respondent,Region of residence,Would you buy again?"
    raw = read(f"{names}\n{labels}\n{''.join(ROWS)}")
    assert raw.schema.rows == 30
    assert raw.frame.columns[1] == f"{names.split(',')[1]} Sex of respondent"
    assert codes(raw) == ["several_header_rows"]


def test_labels_that_are_not_certain_are_said(read):
    raw = read(
        "id,sex,answer\nRespondent,Sex,Answer\n"
        + "".join(f"R{row},{SEX[row % 2]},{ANSWER[row % 3]}\n" for row in range(30))
    )
    assert raw.schema.rows == 31
    assert codes(raw) == ["label_row"]
    assert "`header: [1, 2]`" in raw.schema.warnings[0].message


def test_options_of_a_question_below_its_name(read):
    rows = "".join(
        f"{1000 + row},1,{'Friends' if row % 2 else ''},{'' if row % 3 else 'TV'},{20 + row}\n" for row in range(20)
    )
    raw = read(f"Respondent ID,Collector,How did you hear of us?,,Age\n,,Friends,TV,Response\n{rows}")
    assert raw.frame.columns[2:4] == ["How did you hear of us? Friends", "How did you hear of us? TV"]
    assert raw.types()["Age Response"] == "integer"


@pytest.mark.parametrize(
    "text",
    [
        "id,sex,region,answer\n" + "".join(ROWS),
        "id,sex,region,answer\nR99,f,X,no\n" + "".join(ROWS),
        "name,city\nAnn Smith,New York\n" + "".join(f"P{row},{'Rome' if row % 2 else 'Bonn'}\n" for row in range(20)),
        ",temp,hum\na,pending,open\nb,1,2\nc,3,4\nd,5,6\n",
    ],
)
def test_a_first_row_is_a_row(read, text):
    raw = read(text)
    assert raw.schema.rows == len(text.splitlines()) - 1
    assert "label_row" not in codes(raw)


COUNTRIES = ["FR", "DE", "IT", "ES"]
VALUES = [[country, row * 3, row * 5, row * 7, row * 2] for row, country in enumerate(COUNTRIES, start=1)]


@pytest.mark.parametrize(
    ("lines", "merged", "names"),
    [
        (
            [["Country", 2019, 2019, 2020, 2020], [None, "male", "female", "male", "female"]],
            (),
            ["Country", "2019 male", "2019 female", "2020 male", "2020 female"],
        ),
        (
            [["Country", 2019, None, 2020, None], [None, "male", "female", "male", "female"]],
            ("B1:C1", "D1:E1"),
            ["Country", "2019 male", "2019 female", "2020 male", "2020 female"],
        ),
        (
            [[None, "Male", None, "Female", None], ["Country", 2019, 2020, 2019, 2020]],
            ("B1:C1", "D1:E1"),
            ["Country", "Male 2019", "Male 2020", "Female 2019", "Female 2020"],
        ),
        ([["Country", 2019, 2020, 2021, 2022]], (), ["Country", "2019", "2020", "2021", "2022"]),
        ([[None, 2019, 2020, 2021, 2022]], (), ["column_1", "2019", "2020", "2021", "2022"]),
    ],
)
def test_years_in_the_header_of_a_workbook_are_names(read, lines, merged, names):
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in [*lines, *VALUES]:
        sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    content = io.BytesIO()
    book.save(content)
    raw = read(content.getvalue(), name="book.xlsx")
    assert raw.frame.columns == names
    assert [list(row) for row in raw.frame.rows()] == VALUES


def test_years_below_a_name_are_values(read):
    book = openpyxl.Workbook()
    for row in [["Country", "Year"], ["FR", 2019], ["DE", 2020], ["IT", 2021]]:
        book.worksheets[0].append(row)
    content = io.BytesIO()
    book.save(content)
    assert read(content.getvalue(), name="book.xlsx").frame["Year"].to_list() == [2019, 2020, 2021]


def test_fixed_width_with_decimal_commas_and_blank_cells(read):
    amounts = [f"{1000 + row:<8}{('Kasse', 'Bank', 'Miete')[row % 3]:<20}{f'{row * 10},50':>12}\n" for row in range(12)]
    raw = read(
        f"Liste der Konten\n----------------\n\n{'Konto':<8}{'Name':<20}{'Betrag':>12}\n{''.join(amounts)}",
        name="k.txt",
    )
    assert raw.frame["Betrag"].to_list() == [row * 10 + 0.5 for row in range(12)]
    assert raw.frame["Konto"].to_list() == list(range(1000, 1012))
    rows = [
        f"{row:<5}{'Ann' if row % 2 else '':<12}{'' if row % 3 else 'Oslo':<10}{row * 3:>5}\n" for row in range(1, 25)
    ]
    raw = read(f"{'id':<5}{'name':<12}{'city':<10}{'n':>5}\n{''.join(rows)}", name="b.txt")
    assert raw.frame.columns == ["id", "name", "city", "n"]
    assert raw.frame["n"].to_list() == [row * 3 for row in range(1, 25)]
