"""Keys that a source declares stand above what the values suggest."""

from pathlib import Path
from typing import Any

import polars as pl

from radix_assets.profiles.compute import profile_table
from radix_assets.question.target import parse_target
from radix_assets.relationships.find import find_schema
from radix_assets.relationships.schema import Relationship, Schema
from radix_assets.sources.schema import DATA_FILE, SCHEMA_FILE, Declared, ForeignKey, RawSchema
from radix_assets.suggestions.suggest import suggest

Table = tuple[dict[str, list[Any]], Declared]


def snapshots(folder: Path, tables: dict[str, Table]) -> dict[str, Path]:
    paths = {}
    for name, (columns, declared) in tables.items():
        paths[name] = folder / name
        paths[name].mkdir()
        frame = pl.DataFrame(columns)
        frame.write_parquet(paths[name] / DATA_FILE)
        schema = RawSchema(table=name, rows=frame.height, columns=[], declared=declared)
        (paths[name] / SCHEMA_FILE).write_text(schema.model_dump_json())
    return paths


def schema_of(folder: Path, tables: dict[str, Table]) -> Schema:
    paths = snapshots(folder, tables)
    return find_schema(paths, {name: profile_table(name, path / DATA_FILE) for name, path in paths.items()})


def sides(link: Relationship) -> tuple[str, list[str], str, list[str]]:
    return link.child, link.child_columns, link.parent, link.parent_columns


def foreign(columns: list[str], parent: str, parent_columns: list[str]) -> ForeignKey:
    return ForeignKey(columns=columns, parent=parent, parent_columns=parent_columns)


def test_declared_foreign_keys_are_certain_and_contradicting_guesses_are_left_out(tmp_path: Path):
    rows = range(1, 101)
    staff = {"nr": [*rows], "boss": [1 + n % 3 for n in rows], "backup": [1 + n * 13 % 100 for n in rows]}
    schema = schema_of(
        tmp_path,
        {
            "staff": (
                staff,
                Declared(
                    primary_key=["nr"],
                    foreign_keys=[foreign(["boss"], "staff", ["nr"]), foreign(["backup"], "staff", ["nr"])],
                ),
            ),
            # The same range of ids as the staff, by chance.
            "orders": ({"nr": [*rows], "amount": [n * 1.5 for n in rows]}, Declared(primary_key=["nr"])),
        },
    )
    assert [sides(link) for link in schema.relationships] == [
        ("staff", ["backup"], "staff", ["nr"]),
        ("staff", ["boss"], "staff", ["nr"]),
    ]
    assert {link.confidence for link in schema.relationships} == {1.0}
    assert {link.coverage for link in schema.relationships} == {1.0}
    assert [(key.table, key.columns, key.confidence) for key in schema.primary_keys] == [
        ("staff", ["nr"], 1.0),
        ("orders", ["nr"], 1.0),
    ]


def test_a_composite_foreign_key_keeps_the_order_of_its_columns_and_counts_orphans(tmp_path: Path):
    parent = {"x": [1, 1, 2, 2], "y": [1, 2, 1, 2], "note": ["a", "b", "c", "d"]}
    child = {"id": [1, 2, 3, 4], "py": [1, 2, 2, None], "px": [2, 2, 9, 1]}
    schema = schema_of(
        tmp_path,
        {
            "parent": (parent, Declared(primary_key=["y", "x"])),
            "child": (child, Declared(primary_key=["id"], foreign_keys=[foreign(["px", "py"], "parent", ["x", "y"])])),
        },
    )
    [link] = [link for link in schema.relationships if link.child == "child"]
    assert sides(link) == ("child", ["px", "py"], "parent", ["x", "y"])
    assert link.coverage == round(2 / 3, 4)
    assert schema.key_of("parent") == ["y", "x"]


def test_a_key_that_is_unique_in_the_child_makes_one_row_of_one_row(tmp_path: Path):
    ids = [*range(1, 51)]
    schema = schema_of(
        tmp_path,
        {
            "person": ({"id": ids, "name": [f"n{n}" for n in ids]}, Declared(primary_key=["id"])),
            "passport": (
                {"person_id": ids[:40], "number": [f"P{n}" for n in ids[:40]]},
                Declared(primary_key=["person_id"], foreign_keys=[foreign(["person_id"], "person", ["id"])]),
            ),
        },
    )
    assert [(sides(link), link.cardinality) for link in schema.relationships] == [
        (("passport", ["person_id"], "person", ["id"]), "one_to_one")
    ]


def test_tables_without_rows_and_columns_that_were_left_out(tmp_path: Path):
    schema = schema_of(
        tmp_path,
        {
            "parent": ({"id": pl.Series([], dtype=pl.Int64)}, Declared(primary_key=["id"])),
            "child": (
                {"id": pl.Series([], dtype=pl.Int64), "parent": pl.Series([], dtype=pl.Int64)},
                Declared(
                    primary_key=["gone"],
                    foreign_keys=[foreign(["parent"], "parent", ["id"]), foreign(["gone"], "elsewhere", ["id"])],
                ),
            ),
        },
    )
    assert [sides(link) for link in schema.relationships] == [("child", ["parent"], "parent", ["id"])]
    assert schema.key_of("parent") == ["id"]


def test_a_comment_of_the_source_is_evidence(tmp_path: Path):
    declared = Declared(comments={"v": "Share of\nthe price " + "x" * 200})
    paths = snapshots(tmp_path, {"t": ({"id": [1, 2, 3], "v": [0.1, 0.2, 0.3]}, declared)})
    profiles = {"t": profile_table("t", paths["t"] / DATA_FILE)}
    target = parse_target("t.v", {"t": ["id", "v"]})
    evidence = suggest(paths, profiles, find_schema(paths, profiles), target).tables["t"].columns["v"].evidence
    assert "described as “Share of the price x" in evidence
    assert evidence.endswith("…”")
