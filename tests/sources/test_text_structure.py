"""The structure of text files: damage stays local, guesses are reported, nothing is lost silently."""

import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radix_assets.raw.read_source import TableRead, read_source
from radix_assets.sources.read.settings import FileSettings
from radix_assets.sources.read.stage_files import stage_files
from radix_assets.sources.read.staging import Staged, scan_staged
from radix_resources.errors import RadixError, SourceError


def staged(
    content: str | bytes, name: str = "t.csv", **overrides: object
) -> tuple[Staged, list[tuple[str | None, ...]]]:
    """Stage one file; return it, and its rows of text without blank ones."""
    with tempfile.TemporaryDirectory() as folder:
        raw = content.encode() if isinstance(content, str) else content
        Path(folder, name).write_bytes(raw)
        work = Path(folder, "work")
        work.mkdir()
        result = stage_files(FileSettings(table="t", path=name, **overrides), Path(folder), work)
        frame = scan_staged(result).select(result.columns).collect()
        return result, [row for row in frame.rows() if any(cell is not None for cell in row)]


def codes(result: Staged) -> list[str]:
    return [warning.code for warning in result.warnings]


TABLE = "id;name;when\n" + "".join(f"{n};name {n};2024-01-{n % 28 + 1:02}\n" for n in range(30))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "~", "^", "§", "||", "::", "\x01"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(delimiter, newline):
    result, rows = staged(TABLE.replace(";", delimiter).replace("\n", newline))
    assert result.unique == ["id", "name", "when"]
    assert rows[3] == ("3", "name 3", "2024-01-04")
    assert (len(rows), result.dialect["delimiter"], codes(result)) == (30, delimiter, [])


def test_blanks_and_fixed_width():
    aligned = "id    name      amount\n" + "".join(f"{n:<6}{'n' + str(n):<10}{n * 7:>6}\n" for n in range(12))
    result, rows = staged(aligned, "t.dat")
    assert (result.unique, rows[11]) == (["id", "name", "amount"], ("11", "n11", "77"))
    apart = "code  city            amount\n" + "".join(f"K{n:<5}New  York {n:<6}{n * 7:>6}\n" for n in range(10, 30))
    result, rows = staged(apart.replace("New  York", "New York"), "t.dat")
    assert (result.unique, rows[0]) == (["code", "city", "amount"], ("K10", "New York 10", "70"))
    assert codes(result) == ["fixed_width"]


@pytest.mark.parametrize("line", [2, 17, 31])
def test_a_quotation_mark_that_is_never_closed_keeps_its_row(line):
    lines = TABLE.split("\n")
    lines[line - 1] = lines[line - 1].replace(";name", ';"name')
    result, rows = staged("\n".join(lines))
    assert len(rows) == 30
    assert rows[line - 2][1] == f'"name {line - 2}'
    assert [(warning.code, warning.lines) for warning in result.warnings] == [("broken_quotes", [line])]


def test_a_quotation_mark_that_swallows_rows_up_to_another_is_text():
    lines = TABLE.split("\n")
    lines[5] = lines[5].replace(";name 4", ';"name 4')
    lines[9] = lines[9].replace("name 8;", 'name 8";')
    result, rows = staged("\n".join(lines))
    assert (len(rows), codes(result)) == (30, ["broken_quotes"])


def test_cells_over_several_lines_are_single_cells():
    text = 'id,note\n1,"a\n\nb, ""c"""\n2,"x\ny"\n'
    result, rows = staged(text)
    assert rows == [("1", 'a\n\nb, "c"'), ("2", "x\ny")]
    assert codes(result) == []


@pytest.mark.parametrize("quote", ["'", '"'])
def test_quotes_and_escapes(quote):
    doubled = f"id|text\n1|{quote}a|b{quote}\n2|{quote}c{quote * 2}d{quote}\n3|plain\n"
    result, rows = staged(doubled)
    assert [row[1] for row in rows] == ["a|b", f"c{quote}d", "plain"]
    assert result.dialect["quote"] == quote
    escaped = f"id|text\n1|{quote}a|b{quote}\n2|{quote}c\\{quote}d{quote}\n3|plain\n"
    result, rows = staged(escaped)
    assert [row[1] for row in rows] == ["a|b", f"c{quote}d", "plain"]
    assert result.dialect["escape"] == "\\"


@pytest.mark.parametrize(
    ("above", "code"),
    [
        ("sep=;\n", []),
        ("\ufeffsep=;\r\n", []),
        ("# made by a tool\n# unit: kg\n", []),
        ("Report of sales\nMade: 2024-05-01\n\n", ["skipped_lines"]),
        ("Report of sales;;\nMade;2024-05-01;\n;;\n", ["skipped_lines"]),
        ("\n\n", []),
    ],
)
def test_lines_above_the_header(above, code):
    result, rows = staged(above + TABLE)
    assert (result.unique, len(rows), codes(result)) == (["id", "name", "when"], 30, code)
    line = len((above + "x").splitlines())
    assert (result.dialect["header_lines"], result.dialect["first_row"]) == ([line], line + 1)


def test_several_header_rows_are_joined_and_a_header_of_words_is_not():
    result, rows = staged(";2023;2023;2024;2024\nshop;units;sum;units;sum\n" + "a;1;2;3;4\nb;5;6;7;8\n" * 5)
    assert result.unique == ["shop", "2023 units", "2023 sum", "2024 units", "2024 sum"]
    result, rows = staged("name,weight,height\n,kg,cm\n" + "a,1,2\nb,3,4\n" * 5)
    assert (result.unique, len(rows)) == (["name", "weight kg", "height cm"], 10)
    assert codes(result) == ["several_header_rows"]


def test_names_of_rows_without_a_header_of_their_own():
    result, rows = staged('"x","y"\n' + "".join(f'"{n}",{n * 3},{n * 5}\n' for n in range(1, 9)))
    assert (result.unique, rows[0]) == (["column_1", "x", "y"], ("1", "3", "5"))
    assert codes(result) == ["row_names"]


def test_repeated_headers_totals_and_notes_are_no_rows():
    body = TABLE.split("\n", 1)[1]
    result, rows = staged(TABLE + "id;name;when\n" + body)
    assert (len(rows), codes(result)) == (60, ["repeated_header"])
    sums = "shop,units,sum\n" + "".join(f"s{n},{n},{n * 2}\n" for n in range(9)) + "Total,36,72\n\nSource: the office\n"
    result, rows = staged(sums)
    assert (len(rows), codes(result), len(result.rejects)) == (9, ["footer"], 2)
    assert result.warnings[0].lines == [11, 13]


def test_ragged_rows_are_reported_with_their_lines():
    result, rows = staged("a,b,c\n1,x\n2,y,3\n3,z,4\n4,w,5,more\n5,v,6\n")
    assert rows[0] == ("1", "x", None)
    assert {warning.code: warning.lines for warning in result.warnings} == {"short_rows": [2], "long_rows": [5]}
    assert result.overflow == ["x0"]
    result, rows = staged("a,b,c\n1,x,2\n2,y,3\n3,z,4\n4,w")
    assert {warning.code: warning.lines for warning in result.warnings} == {"truncated_last_row": [5]}


def test_line_breaks_in_cells_without_quotes_are_joined_where_that_is_certain():
    result, rows = staged("id,note,n\n1,one,1\n2,two\nlines,2\n3,three,3\n4,four,4\n")
    assert rows[1] == ("2", "two\nlines", "2")
    assert {warning.code: warning.lines for warning in result.warnings} == {"line_breaks": [3]}
    result, rows = staged("a,b,c\nx,y,z\nu,v\nw,t\nk,l,m\n")
    assert (len(rows), codes(result)) == (4, ["short_rows"])


def test_stray_marks_are_kept_in_their_cells():
    result, rows = staged("id,n\n1,a\r b\n2,c\n3,d\n")
    assert (rows[0], codes(result)) == (("1", "a\r b"), ["stray_returns"])
    result, rows = staged("id,n\n1,a\0b\n2,c\n")
    assert (rows[0], codes(result)) == (("1", "a\0b"), ["null_bytes"])
    result, rows = staged("id,n\n1,a\n2,c\n\x1a")
    assert (len(rows), codes(result)) == (2, ["padding"])


def test_bytes_that_are_no_text_spoil_their_cell_only():
    good = "id,city\n" + "".join(f"{n},Łódź\n" for n in range(50))
    raw = good.encode().replace("9,Łódź".encode(), b"9,\xffdz", 1)
    result, rows = staged(raw)
    assert (result.dialect["encoding"], len(rows), rows[9], rows[10]) == ("utf-8", 50, ("9", None), ("10", "Łódź"))
    assert [(reject.row, reject.column, reject.text) for reject in result.rejects] == [(10, 1, "\\xffdz")]
    cut, rows = staged(good.encode()[:-2])
    assert (cut.dialect["encoding"], len(rows), len(cut.rejects)) == ("utf-8", 50, 1)


WORDS = {
    "cp1252": "Köln Düsseldorf Gießen Café",
    "cp1250": "Łódź Gdańsk Kraków Częstochowa",
    "iso8859-2": "Plzeň Příbram Ústí České",
    "cp1251": "Москва Тверь Казань Орёл",
    "koi8-r": "Москва Тверь Казань Орёл",
    "cp866": "Москва Тверь Казань Орёл",
    "cp1253": "Αθήνα Θεσσαλονίκη Πάτρα Βόλος",
    "cp1254": "İstanbul Muğla Eskişehir Iğdır",
    "cp850": "København Århus Næstved Müller",
    "mac-roman": "Orléans Besançon Nîmes Évreux",
    "shift_jis": "東京 大阪 横浜 さくら",
    "euc-jp": "東京 大阪 さくら スズキ",
    "gb18030": "北京 上海 广州 深圳",
    "big5": "臺北 高雄 臺中 花蓮",
    "euc-kr": "서울 부산 대구 광주",
    "utf-16-le": "Łódź 東京 Москва x",
    "utf-32-be": "Łódź 東京 Москва x",
}


@pytest.mark.parametrize("encoding", WORDS)
def test_encodings_are_distinguished_by_their_letters(encoding):
    words = WORDS[encoding].split()
    text = "id;name\n" + "".join(f"{n};{words[n % 4]}\n" for n in range(24))
    result, rows = staged(text.encode(encoding))
    assert [row[1] for row in rows[:4]] == words
    assert 0 < result.dialect["confidence"]["encoding"] <= 1


def test_what_is_declared_is_not_guessed():
    text = "x\nnote\na*b*c\n-- no row\n1*2*3\n4*5*6\nend\n"
    result, rows = staged(text, delimiter="*", header=3, comment="--", footer=1)
    assert (result.unique, rows) == (["a", "b", "c"], [("1", "2", "3"), ("4", "5", "6")])
    _, rows = staged("a,b\nc,d\n", header=False)
    assert rows == [("a", "b"), ("c", "d")]
    result, _ = staged("a,1\nb,2\nc,3\n", header=1)
    assert result.unique == ["a", "1"]
    _, rows = staged("text\na, b\nc, d\n", delimiter="none")
    assert rows == [("a, b",), ("c, d",)]
    _, rows = staged("a,b\n'x',1\n", quote="none")
    assert rows[0][0] == "'x'"
    with pytest.raises(SourceError, match="RDX-SRC-009"):
        staged("a,b\n1,2\n", quote="''")


def test_prose_and_markup_are_refused():
    for text in (
        "This is a sentence of words.\nHere is one more of them.\nAnd the last of all.\n",
        "<html><body>a,b</body></html>\n",
    ):
        with pytest.raises(RadixError, match="RDX-SRC-005"):
            staged(text, "t.txt")


cells = st.text(st.sampled_from("abcxyz, ;\"'\n|#äß0123456789.-"), min_size=1, max_size=8).filter(
    lambda cell: cell.strip()
)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(st.integers(0, 9999), cells, st.dates()), min_size=4, max_size=25),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    newline=st.sampled_from(["\n", "\r\n"]),
    everything=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_a_table_in_any_dialect_is_read_back(rows, delimiter, newline, everything, encoding):
    import csv

    buffer = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if everything else csv.QUOTE_MINIMAL
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=newline, quoting=quoting)
    writer.writerows([("id", "words", "when"), *rows])
    result, read = staged(buffer.getvalue().encode(encoding), delimiter=delimiter, comment="none", footer=0)
    assert result.unique == ["id", "words", "when"]
    assert read == [(str(number), text.strip(), day.isoformat()) for number, text, day in rows]


@settings(max_examples=80, deadline=None)
@given(
    changes=st.lists(
        st.tuples(st.floats(0, 1), st.sampled_from([b'"', b"\xff", b"\n", b"\r", b";", b"\0", b"'", b"#", b"\\", b""])),
        min_size=1,
        max_size=4,
    ),
    cut=st.floats(0.3, 1),
)
def test_damaged_files_never_crash_nor_lose_rows_silently(changes, cut):
    raw = TABLE.encode()
    for place, mark in changes:
        at = int(place * len(raw))
        raw = raw[:at] + mark + raw[at + (not mark) :]
    raw = raw[: int(cut * len(raw))]
    try:
        result, rows = staged(raw)
    except RadixError:
        return
    complete = sum(line.count(b";") == 2 and b'"' not in line for line in raw.splitlines()) - 1
    reported = len(result.rejects) + len(result.dialect["skipped_lines"]) + len(codes(result))
    assert len(rows) + reported >= complete - 2
    assert len(rows) >= complete - 2 or reported


@pytest.mark.parametrize(
    "text",
    [
        "id,date,amt\nA1,pending,pending\n" + "".join(f"A{n},2024-01-{n:02},{n}\n" for n in range(2, 29)),
        "name,start,end\nAnna,unknown,open\nBo,2024-01-02,2024-02-02\nCy,2024-01-03,2024-02-03\nDi,2024-01-04,2024-02-04\n",
    ],
)
def test_a_first_row_without_values_yet_is_no_header(tmp_path, text):
    (tmp_path / "t.csv").write_text(text)
    (table,) = read_source(str(tmp_path / "t.csv"), tmp_path / "out")
    assert isinstance(table, TableRead)
    assert [column.name for column in table.schema.columns] == text.split("\n", 1)[0].split(",")
    assert table.schema.rows == text.count("\n") - 1
