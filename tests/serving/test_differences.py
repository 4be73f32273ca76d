"""What is said of rows that are unlike those of the table."""

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from radix_assets.raw.rows import FileRows, UnreadCells
from radix_assets.relationships.schema import Relationship
from radix_assets.serving.differences import Difference, differences, exceeds
from radix_assets.tags.schema import ColumnTag, TableTags, Tags, Target

TAGS = Tags(
    target=Target(table="orders", column="returned", problem="binary"),
    tables={
        "customers": TableTags(
            primary_key=["customer_no"], columns={"customer_no": ColumnTag(role="primary_key", type="categorical")}
        ),
        "orders": TableTags(
            time_index=["at"],
            columns={
                "customer_no": ColumnTag(role="foreign_key", type="not-generalizable"),
                "at": ColumnTag(role="time_index", type="datetime"),
                "channel": ColumnTag(role="feature", type="categorical"),
                "town": ColumnTag(role="feature", type="categorical"),
                "amount": ColumnTag(role="feature", type="numeric"),
                "note": ColumnTag(role="ignore", type="sentence"),
            },
        ),
    },
    relationships=[
        Relationship(child="orders", child_columns=["customer_no"], parent="customers", parent_columns=["customer_no"])
    ],
)
READ = {"customer_no", "at", "channel", "town", "amount"}
ROWS = 400


def orders(rows: int = ROWS) -> pl.DataFrame:
    """Return orders like those of the table: a tenth without an amount, every other town new."""
    return pl.DataFrame(
        {
            "customer_no": [f"{row % 9:04}" for row in range(rows)],
            "at": [datetime(2024, 1, 1) + timedelta(hours=row) for row in range(rows)],  # noqa: DTZ001 canonical
            "channel": [("web", "phone", "shop")[row % 3] for row in range(rows)],
            "town": [f"town {row if row % 2 else 0}" for row in range(rows)],
            "amount": [None if row % 10 == 0 else float(row) for row in range(rows)],
            "note": ["as usual"] * rows,
        }
    )


@pytest.fixture
def tables(tmp_path: Path) -> dict[str, Path]:
    customers = pl.DataFrame({"customer_no": [f"{number:04}" for number in range(9)]})
    for name, frame in {"orders": orders(), "customers": customers}.items():
        (tmp_path / name).mkdir()
        frame.write_parquet(tmp_path / name / "data.parquet")
    return {name: tmp_path / name for name in ("orders", "customers")}


def compared(frame: pl.DataFrame, tables: dict[str, Path], tags: Tags = TAGS, **unreadable: object) -> list[Difference]:
    given = {"unread": [], "set_aside": [], "too_long": [], "names": frame.columns, **unreadable}
    return differences(FileRows(frame, **given), READ, tags, tables)  # type: ignore[arg-type]


def test_rows_like_those_of_the_table_say_nothing(tables: dict[str, Path]):
    new = orders(ROWS + 100)[ROWS:]
    assert compared(new, tables) == []
    assert compared(new.clear(), tables) == []
    assert compared(new.with_columns(note=pl.lit(None, pl.String)), tables) == [], "the column is not read"


def test_keys_without_a_parent(tables: dict[str, Path]):
    new = orders(30).with_columns(customer_no=pl.col("customer_no").str.strip_chars_start("0"))
    (found,) = compared(new, tables)
    assert found.message == "customer_no: matches no row of customers in 30 of 30 rows; in the table 0 of 400"
    assert (found.kind, found.columns, found.rows, found.of) == ("no_parent", ["customer_no"], 30, 30)
    without = orders(30).with_columns(customer_no=pl.lit(None, pl.String))
    assert [each.kind for each in compared(without, tables)] == ["empty"]


def test_keys_that_are_compared_without_zeros_find_their_parent(tables: dict[str, Path]):
    link = TAGS.relationships[0].model_copy(update={"folded": True})
    new = orders(30).with_columns(customer_no=pl.col("customer_no").cast(pl.Int64).cast(pl.String))
    assert compared(new, tables, TAGS.model_copy(update={"relationships": [link]})) == []


def test_new_categories_where_new_ones_are_no_habit(tables: dict[str, Path]):
    (found,) = compared(orders(30).with_columns(channel=pl.lit("app")), tables)
    assert found.message == "channel: a category that the table never had, in 30 of 30 rows"
    assert [each.columns for each in compared(orders(30).with_columns(town=pl.lit("new")), tables)] == [["town"]]


def test_values_and_times_that_are_missing(tables: dict[str, Path]):
    new = orders(40).with_columns(
        at=pl.when(pl.int_range(pl.len()) % 2 == 0).then("at"),
        channel=pl.when(pl.int_range(pl.len()) > 0).then("channel"),
        amount=pl.lit(None, pl.Float64),
    )
    assert [each.message for each in compared(new, tables)] == [
        "at: no time in 20 of 40 rows, predicted as of now; in the table 0 of 400",
        "channel: empty in 1 of 40 rows; in the table 0 of 400",
        "amount: empty in 40 of 40 rows; in the table 40 of 400",
    ]


def test_what_could_not_be_read(tables: dict[str, Path]):
    found = compared(
        orders(10), tables, unread=[UnreadCells("amount", "float", [3])], set_aside=list(range(11, 18)), too_long=[4]
    )
    assert [each.message for each in found] == [
        "no answer to 7 of 17 rows, which cannot be read: rows 11, 12, 13, 14, 15 …",
        "cells beyond the last column in 1 of 17 rows: row 4",
        "amount: not of type float, and taken as empty, in 1 of 17 rows: row 3",
    ]
    assert found[0].as_json()["kind"] == "unread_rows"


def test_a_share_is_larger_only_if_chance_does_not_explain_it():
    assert not exceeds(0, 100, 0, 100)
    assert exceeds(1, 100, 0, 100)
    assert not exceeds(12, 100, 10, 100)
    assert exceeds(30, 100, 10, 100)
    assert not exceeds(100, 100, 100, 100)


KEYED = TAGS.model_copy(
    update={"tables": {**TAGS.tables, "orders": TAGS.tables["orders"].model_copy(update={"primary_key": ["no"]})}}
)


def keyed(rows: int = ROWS) -> pl.DataFrame:
    """Return orders with a key of two digits after a point, and an outcome except for the last tenth."""
    number = pl.int_range(pl.len())
    return orders(rows).with_columns(
        no=(number.cast(pl.Decimal(12, 2)) / 4).cast(pl.Decimal(12, 2)),
        returned=pl.when(number < rows * 9 // 10).then(number % 2 == 0),
    )


@pytest.fixture
def keyed_tables(tables: dict[str, Path]) -> dict[str, Path]:
    keyed().write_parquet(tables["orders"] / "data.parquet")
    return tables


def remarks(frame: pl.DataFrame, tables: dict[str, Path], tags: Tags = KEYED, **given: object) -> dict[str, Difference]:
    return {each.kind: each for each in compared(frame, tables, tags, **given)}


def test_keys_that_the_file_repeats(keyed_tables: dict[str, Path]):
    new = keyed(ROWS + 40)[ROWS:].drop("returned")
    assert remarks(new, keyed_tables) == {}
    twice = pl.concat([new, new[:3], new[:1]])
    (repeated,) = remarks(twice, keyed_tables).values()
    assert repeated.message == "no: a key that another row of the file has, in 7 of 44 rows; in the table 0 of 400"
    assert (repeated.kind, repeated.columns, repeated.rows, repeated.of) == ("repeated_key", ["no"], 7, 44)
    assert repeated.is_unlike
    unknown = twice.with_columns(no=pl.lit(None, pl.Decimal(12, 2)))
    assert "repeated_key" not in remarks(unknown, keyed_tables), "no key is no repeated key"


def test_rows_that_the_model_may_have_learned_from(keyed_tables: dict[str, Path]):
    old = keyed()[ROWS - 60 :].drop("returned").with_columns(no=pl.col("no").cast(pl.Decimal(20, 4)))
    known = remarks(old, keyed_tables)["known_rows"]
    assert known.message == (
        "no: the key of a row of the table whose outcome is known, in 20 of 60 rows: the model may have learned from "
        "them, so its answers look better than they are for new rows"
    ), "the outcome of the others is not known"
    assert (known.columns, known.known_rows, known.known_of, known.is_unlike) == (["no"], 0, ROWS, False)


@pytest.mark.parametrize("columns", [["customer_no", "at", "channel", "town", "amount", "note"], ["channel", "note"]])
def test_rows_without_a_key_are_known_if_more_of_them_are_equal_than_by_chance(
    keyed_tables: dict[str, Path], columns: list[str]
):
    old = keyed()[:60].select(columns)
    known = remarks(old, keyed_tables, names=columns)
    assert ("known_rows" in known) == ("at" in columns), "in the other columns rows of the table are equal too"
    new = keyed(ROWS + 60)[ROWS:].select(columns)
    assert "known_rows" not in remarks(new, keyed_tables, names=columns)


def test_columns_that_the_table_lacks(keyed_tables: dict[str, Path]):
    new = keyed(ROWS + 40)[ROWS:].drop("returned")
    extra = remarks(new, keyed_tables, names=[*new.columns, "colour", "returned"])["extra_columns"]
    assert extra.message == "1 column that the table does not have, and that the model ignores: colour"
    assert (extra.columns, extra.is_unlike) == (["colour"], False)
    names = [*(name for name in new.columns if name != "channel"), "Channels"]
    renamed = remarks(new, keyed_tables, names=names)["extra_columns"]
    assert renamed.message.endswith("ignores: Channels; is Channels meant to be channel, which the file lacks?")
