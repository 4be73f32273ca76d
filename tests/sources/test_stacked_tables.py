"""Several tables one below the other in a text file."""

import polars as pl
import pytest

from radix_assets.raw.read_source import read_source
from radix_resources.errors import SourceError

SALES = "id,colour,price\n" + "".join(f"{row},{'red' if row % 3 else 'blue'},{row * 1.5}\n" for row in range(1, 15))
LABELS = "code,label\nr,red\nb,blue\ng,green\ny,yellow\n"
COSTS = "sku,city,amount\n" + "".join(f"{row},{'Rome' if row % 2 else 'Bonn'},{row * 2.25}\n" for row in range(1, 9))
PEOPLE = "name,city\nAnn,Rome\nBob,Bonn\nCid,Paris\nEve,Oslo\n"
GOODS = "product,colour\npen,red\ncup,blue\nhat,green\njug,white\n"


def tables(tmp_path, text, settings=()):
    path = tmp_path / "report.csv"
    path.write_text(text)
    return list(read_source(str(path), tmp_path / "out", settings=settings))


@pytest.mark.parametrize(
    ("first", "second"),
    [(SALES, LABELS), (LABELS, SALES), (SALES, COSTS), (PEOPLE, GOODS), (SALES, PEOPLE), (COSTS, GOODS)],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n", "\nTable 2: other things\n", ",,\n"])
def test_two_tables_become_two(tmp_path, first, second, gap):
    both = tables(tmp_path, first + gap + second)
    for table, text in zip(both, (first, second), strict=True):
        alone = pl.read_csv(text.encode())
        assert pl.read_parquet(table.file).rows() == alone.rows()
        assert [column.name for column in table.schema.columns] == alone.columns
        assert table.schema.warnings[0].code == "stacked_tables"


def test_three_tables_with_titles_and_no_blank_line_before_typed_ones(tmp_path):
    read = tables(tmp_path, f"Sales\n{SALES}{COSTS}\nPeople\n{PEOPLE}")
    assert [table.schema.table for table in read] == ["report", "report_2", "report_3"]
    assert [table.schema.rows for table in read] == [14, 8, 4]


def test_without_a_part_the_longest_is_read_and_the_others_are_set_aside(read):
    raw = read(SALES + "\n" + LABELS)
    warning = raw.schema.warnings[0]
    assert (warning.code, warning.count, warning.lines) == ("stacked_tables", 2, [17])
    assert raw.schema.rows == 14
    rejects = pl.read_parquet(raw.path / "rejects.parquet")
    assert rejects["text"].to_list() == LABELS.splitlines()
    assert rejects["reason"].unique().to_list() == ["another table"]


def test_a_declared_header_reads_all_as_one(tmp_path):
    (table,) = tables(tmp_path, SALES + "\n" + COSTS, ["header=1"])
    assert (table.schema.table, table.schema.rows) == ("report", 23)


@pytest.mark.parametrize(
    "text",
    [
        SALES + "\n" + SALES.partition("\n")[2],
        SALES + "\n" + SALES,
        SALES + "\nTotal,,157.5\n",
        SALES + "\nSource: own figures\nPrices in euro\n",
        PEOPLE + "\nFay,Bern\nGus,Rome\nHal,Oslo\n",
        "Device,Logger 7\nSerial,00123\nFirmware,1.2\nInterval,60\n\n" + SALES,
        "id,state\n1,open\n2,shut\n\n3,unknown\n4,open\n",
        'id,note\n1,"a\n\nb"\n2,c\n3,d\n',
        "name,visits\nAnn,5\nBob,pending\nCid,7\nEve,9\n",
    ],
)
def test_one_table_stays_one(tmp_path, text):
    assert len(tables(tmp_path, text)) == 1


def test_a_part_that_is_not_there_is_an_error(read):
    with pytest.raises(SourceError, match="there is no table '3'"):
        read(SALES + "\n" + LABELS, part="3")
    assert read(SALES + "\n" + LABELS, part="2").schema.rows == 4
