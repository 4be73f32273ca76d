"""What is shown of a raw snapshot, and what is not."""

import json

import polars as pl

from radix_assets.pipeline.output import Table, View
from radix_assets.raw.ingestion import scan
from radix_assets.sources.schema import load_schema_of


def test_the_metadata_of_a_table_is_shown(read):
    raw = read("id,when,rate\n1,31/12/2024,10%\n2,01/02/2024,n/a\n")
    facts = raw.output.shown
    assert (facts["rows"], facts["columns"], raw.output.rows) == (2, 3, 2)
    assert facts["source"] == "table.csv"
    assert facts["read as"] == "utf-8, delimiter ,"
    how = {row["column"]: row["how"] for row in facts["schema"].rows}
    assert "DD/MM/YYYY" in how["when"]
    assert "per cent" in how["rate"]
    assert '"n/a"' in how["rate"]
    assert json.loads((raw.path / "schema.json").read_text())["columns"][2]["reading"]["unit"] == "%"
    assert load_schema_of(raw.path) == [("id", "integer"), ("when", "date"), ("rate", "float")]
    assert scan(raw.path).collect().equals(raw.frame)


def test_rejected_cells_are_counted_and_located_and_their_text_is_stored(read):
    text = "n,secret_pin\n" + "".join(f"{number},{number}\n" for number in range(2_000)) + "x-ray,1\n"
    raw = read(text)
    assert raw.output.shown["rejected cells"] == 1
    assert raw.output.shown["rejected"] == Table([{"column": "n", "cells": 1, "in rows": "2001"}])
    assert pl.read_parquet(raw.path / "rejects.parquet").rows() == [
        (2001, "n", "x-ray", "cannot be read as whole numbers", "table.csv")
    ]
    verdicts = {check.name: check for check in raw.output.checks}
    assert not verdicts["cells_readable"].passed
    assert verdicts["cells_readable"].severity == "WARN"
    assert "x-ray" not in str(raw.output)


def test_nothing_private_is_shown(read):
    people = [("Ann Smith", "ann@example.org", "555-01-1234"), ("Bob Jones", "bob@example.org", "555-02-4321")] * 5
    raw = read("first_name,email,ssn,visits\n" + "".join(f"{','.join(row)},3\n" for row in people))
    assert raw.output.shown["preview"] == View("raw/t")
    assert [row["visits"] for row in raw.output.shown["form of the first rows"].rows] == ["9"] * 5
    assert raw.output.shown["form of the first rows"].rows[0]["ssn"] == "999-99-9999"
    assert raw.schema.suspected == ["email", "first_name", "ssn"]
    for secret in [text for row in people for text in row]:
        assert secret not in str(raw.output)


def test_a_table_with_very_many_columns_stays_readable(read):
    names = [f"c{number}" for number in range(2_000)]
    raw = read(",".join(names) + "\n" + ",".join("1" for _ in names) + "\n")
    assert len(raw.output.shown["schema"].rows) == 100
    assert "2,000" in raw.output.shown["schema shows"]
    assert len(str(raw.output.shown)) < 60_000
