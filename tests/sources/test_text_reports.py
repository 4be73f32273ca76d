"""Reports as people export them: lines above and below the table, several header rows, totals between the rows."""

import io

import openpyxl
import polars as pl
import pytest

TABLE = "date,product,region,units\n2024-01-01,apple,North,5\n2024-01-02,pear,South,7\n2024-01-03,plum,North,9\n"
PAIRS = "product,units\napple,5\npear,7\nplum,9\n"
FIXED = (
    "Name      City        Amount\nAnna      Rome            12\n"
    "Bob       Paris            7\nCarla     New York       100\n"
)
BANK = (
    "Konto;DE12 3456\nInhaber;Anna Muster\nZeitraum;01.01.2024 - 31.01.2024\nWährung;EUR\n"
    "Buchungstag;Verwendungszweck;Betrag;Saldo\n02.01.2024;Miete, Januar;-500,00;1.234,56\n"
    "03.01.2024;Lohn;2.000,00;3.234,56\n15.01.2024;Strom, Gas;-80,10;3.154,46\n19.01.2024;Laden;-12,30;3.142,16\n"
)
LOGGER = (
    '"TOA5","CR1000","CR1000","1234","Std.27","CPU:prog.CR1","12345","Table1"\n"TIMESTAMP","RECORD","BattV","AirTC"\n'
    '"TS","RN","Volts","Deg C"\n"","","Min","Avg"\n"2024-01-01 00:00:00",0,12.5,1.2\n"2024-01-01 00:10:00",1,12.4,1.3\n'
)


def codes(raw):
    return [warning.code for warning in raw.schema.warnings]


@pytest.mark.parametrize(
    ("above", "table"),
    [
        ("Report,Sales 2024\nRun by,Ann\n", TABLE),
        ("Report,Sales 2024,,\nRun by,Ann,,\n", TABLE),
        ("Report:,Sales 2024,,\nDate:,2024-03-01,,\n,,,\n", TABLE),
        ("This file holds the sales, by region, of last year.\nPlease note, that returns, if any, are out.\n", TABLE),
        ("Report,Sales 2024\nRun by,Ann\n", PAIRS),
        ("Report,Sales 2024\nRun by,Ann\n\n", PAIRS),
        ("Device,Logger 7\nSerial,00123\nFirmware,1.2\nInterval,60\n", "time,temp\n2024-01-01,1.5\n2024-01-02,1.6\n"),
        ("Sales of 2024, all regions, net\n", "name,city,units\nAnn,Rome,3\nBob,Oslo,4\nCid,Bern,5\n"),
    ],
)
def test_lines_above_a_table_are_no_part_of_it(read, above, table):
    raw, plain = read(above + table), read(table)
    assert raw.frame.equals(plain.frame)
    assert (codes(raw), codes(plain)) == (["skipped_lines"], [])


@pytest.mark.parametrize(
    "text",
    [
        "Key,Value\na,1\nb,2\nc,3\n",
        "name,city\nReport,Sales 2024\nRun by,Ann\nAnna,Rome\nBob,Paris\n",
        "Account,Balance\nX1,pending\nX2,5\nX3,7\nX4,9\n",
        "Country,2022\nFrance,5\nSpain,7\n",
        "Station,Sensor 1,Sensor 2\nA,1,2\nB,3,4\n",
    ],
)
def test_a_header_like_a_line_above_a_table_is_a_header(read, text):
    raw = read(text)
    assert raw.frame.columns == text.split("\n", 1)[0].split(",")
    assert raw.schema.rows == text.count("\n") - 1


def test_a_bank_statement_is_divided_as_its_few_rows_are(read):
    raw = read(BANK)
    assert raw.frame.columns == ["Buchungstag", "Verwendungszweck", "Betrag", "Saldo"]
    assert raw.frame["Betrag"].to_list() == [-500.0, 2000.0, -80.1, -12.3]
    assert (codes(raw), raw.schema.warnings[0].lines) == (["skipped_lines"], [1, 2, 3, 4])


@pytest.mark.parametrize(
    "title", ["", "Monthly report\n", "Monthly report of sales\n", "MONTHLY REPORT\n==============\n\n"]
)
@pytest.mark.parametrize("rule", ["", "--------- ----------- ------\n"])
def test_fixed_width_below_a_title(read, title, rule):
    head, body = FIXED.split("\n", 1)
    for name in ("t.txt", "t.csv"):
        raw = read(f"{title}{head}\n{rule}{body}\nTotal                    119\n", name)
        assert raw.frame.columns == ["Name", "City", "Amount"]
        assert raw.frame["City"].to_list() == ["Rome", "Paris", "New York"]
        assert raw.schema.rejected == 1
        assert codes(raw) == ["fixed_width", *["skipped_lines"] * bool(title), "footer"]


def test_totals_of_groups_are_set_aside_if_they_add_up(read):
    rows = ["North,a,100", "North,b,200", "{},,{}", "South,a,50", "South,b,60", "{},,110", "East,c,5", "{},,5"]
    for labels in (
        ("Subtotal North", "Subtotal South"),
        ("North Total", "South Total"),
        ("Zwischensumme", "Teilsumme"),
    ):
        first, second, third = rows[2].format(labels[0], 300), rows[5].format(labels[1]), rows[7].format(labels[0])
        raw = read(
            "\n".join(["region,product,amount", *rows[:2], first, *rows[3:5], second, rows[6], third, "Total,,415"])
        )
        assert raw.frame["amount"].to_list() == [100, 200, 50, 60, 5]
        assert raw.schema.rejected == 4
        assert {each.code: each.lines for each in raw.schema.warnings} == {"footer": [10], "totals": [4, 7, 9]}
    raw = read("\n".join(["region,product,amount", *rows[:2], "Subtotal,,999", *rows[3:5]]))
    assert (raw.schema.rows, raw.schema.rejected) == (5, 0)
    assert {each.code: each.lines for each in raw.schema.warnings} == {"doubtful_totals": [4]}


def test_a_company_named_total_between_others_is_a_row(read):
    for amount in (9, 7):
        raw = read(f"company,amount\nBP,3\nShell,4\nTotal,{amount}\nExxon,8\nEni,1\n")
        assert (raw.schema.rows, raw.schema.warnings) == (5, [])


def quoted(*cells):
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\n"


@pytest.mark.parametrize("names", [["StartDate", "Q1"], ["Q1", "Q2"]])
def test_the_ids_of_a_survey_end_its_header(read, names):
    ids = [f'{{"ImportId":"{name}"}}' for name in names]
    raw = read(
        quoted(*names)
        + quoted("Start Date", "How old are you, in years?")
        + quoted(*ids)
        + "2024-01-01,34\n2024-01-02,41\n"
    )
    assert raw.frame.columns == names
    assert raw.frame[names[1]].to_list() == [34, 41]
    assert (codes(raw), raw.schema.dialect["header_lines"]) == (["several_header_rows"], [1, 2, 3])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("time,temp,name\n(s),(°C),\n1,20.5,a\n2,20.6,b\n", ["time (s)", "temp (°C)", "name"]),
        (
            "at,temp,hum\nTS,Deg C,%\n,Avg,Smp\n2024-01-01,1.5,80\n2024-01-02,1.6,81\n",
            ["at TS", "temp Deg C Avg", "hum % Smp"],
        ),
        (LOGGER, ["TIMESTAMP TS", "RECORD RN", "BattV Volts Min", "AirTC Deg C Avg"]),
        (
            "id,What do you use?,,Other\n,Phone,Laptop,Text\n1,Phone,,\n2,,Laptop,watch\n",
            ["id", "What do you use? Phone", "What do you use? Laptop", "Other Text"],
        ),
    ],
)
def test_several_header_rows_above_few_rows(read, text, names):
    raw = read(text)
    assert (raw.frame.columns, raw.schema.rows) == (names, 2)
    assert "several_header_rows" in codes(raw)


@pytest.mark.parametrize(
    ("text", "header", "certain"),
    [
        ("name,city,colour\nBob,Paris,blue\nCarla,Oslo,red\nDan,Bern,green\n", True, True),
        ("first_name,favorite_color\nBob,blue\nCarla,red\nDan,green\n", True, True),
        ("Name,E-Mail\nBob Stone,bob@y.org\nCarla Wood,carla@z.org\n", True, True),
        ("Vorname;Ort\nBob;Paris\nCarla;Oslo\n", True, True),
        ("Anna Miller,anna@x.org\nBob Stone,bob@y.org\nCarla Wood,carla@z.org\n", False, True),
        ("apple,fruit\ncarrot,vegetable\npear,fruit\nplum,fruit\nbean,vegetable\npea,vegetable\n", False, True),
        ("Anna,Rome,red\nBob,Paris,blue\nCarla,Oslo,red\nDan,Bern,green\n", False, False),
        ("Fuchs,Vulpes\nWolf,Canis\nDachs,Meles\n", True, False),
    ],
)
def test_whether_words_above_words_are_a_header(read, text, header, certain):
    raw = read(text)
    assert raw.schema.rows == text.count("\n") - header
    assert codes(raw) == ([] if certain else ["ambiguous_header"])


@pytest.mark.parametrize(
    "notes",
    [
        "These are preliminary figures, which may change, as always, later.\nAsk Ann, Bob or Carla, if in doubt.\n",
        "\nThese figures are preliminary, which may change.\nAsk Ann, Bob or Carla.\n",
        "Note, units are in thousands, rounded\n",
        "* Bern, Thun, Basel estimated\n",
    ],
)
def test_notes_with_commas_below_a_table_are_set_aside(read, notes):
    for table in (TABLE, "name,city,units\nAnn,Rome,3\nBob,Oslo,4\nCid,Bern,5\n"):
        raw = read(table + notes)
        assert (raw.schema.rows, codes(raw)) == (3, ["footer"])
        assert raw.schema.rejected == len(notes.strip().split("\n"))


def test_what_is_below_the_rows_has_its_own_number(read):
    raw = read("Title\n\na,b,c\n1,x,2\n2,y,3\n\n3,z,4\nTotal,,9\n\nSource: office\n")
    assert pl.read_parquet(raw.path / "rejects.parquet")["row"].to_list() == [5, 7]
    assert raw.schema.warnings[-1].lines == [8, 10]


@pytest.mark.parametrize("title", [[], [["Sales"], []]])
def test_years_beside_an_empty_corner_are_names_in_a_sheet(read, title):
    book = openpyxl.Workbook()
    for row in [*title, [None, 2022, 2023], ["North", 5, 7], ["South", 8, 9], ["West", 1, 2]]:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    raw = read(out.getvalue(), "t.xlsx")
    assert (raw.frame.columns, raw.schema.rows) == (["column_1", "2022", "2023"], 3)
    assert codes(raw) == ["rows_above_header"] * bool(title)


@pytest.mark.parametrize("gap", ["", "\n"])
def test_a_header_once_more_does_not_make_rows_above_it_titles(read, gap):
    for width in (2, 3):
        parts = [
            ["Dept", "Q1", "Q2"],
            ["Sales", 10, 20],
            ["IT", 5, 6],
            ["Dept", "Q1", "Q2"],
            ["HR", 1, 2],
            ["Ops", 3, 4],
        ]
        lines = [",".join(map(str, cells[:width])) + "\n" for cells in parts]
        raw = read("".join([*lines[:3], gap, *lines[3:]]))
        assert raw.frame["Q1"].to_list() == [10, 5, 1, 3]
        assert codes(raw) == ["repeated_header"]
        total = ",".join(["Total", "15", "26"][:width]) + "\n"
        raw = read("".join([*lines[:3], total, gap, *lines[3:]]))
        assert raw.frame["Q1"].to_list() == [10, 5, 1, 3]
        assert codes(raw) == ["totals", "repeated_header"]


def test_a_long_preamble_above_few_rows(read):
    text = "Umsätze;Datei erstellt am: 01.02.2024\n;Update: aktuell\n\nIBAN;DE12\nName;Giro\nBank;X\nSaldo;1,56;EUR\n\n"
    text += "Buchung;Valuta;Empfänger;Text;Betrag\n31.01.2024;31.01.2024;REWE;Einkauf;-12,34\n"
    text += "30.01.2024;30.01.2024;Firma;Lohn;2.000,00\n"
    raw = read(text)
    assert raw.frame["Betrag"].to_list() == [-12.34, 2000.0]
    assert codes(raw) == ["skipped_lines"]


def test_the_label_of_a_group_is_no_header_and_a_sum_without_a_label_no_row(read):
    raw = read(",Jan,Feb\nIncome,,\nSales,100,200\nServices,50,60\n")
    assert raw.frame["column_1"].to_list() == ["Income", "Sales", "Services"]
    raw = read("channel,users,sessions\nDirect,100,150\nSearch,200,250\nReferral,30,35\n,330,435\n")
    assert (raw.schema.rows, codes(raw)) == (3, ["footer"])
    raw = read("channel,users,sessions\nDirect,100,150\nSearch,200,250\nReferral,30,35\n,331,436\n")
    assert (raw.schema.rows, codes(raw)) == (4, [])
