"""Kinds of keys that databases nobody has seen hold, each with a table that would mislead."""

import random

import polars as pl
import pytest
from shared_sets import write_set

from radix_assets.relationships.find import find_schema
from radix_assets.relationships.schema import Schema

DRAW = random.Random(3)  # noqa: S311 data of tests
Tables = dict[str, dict[str, list]]


def running(rows: int) -> list[int]:
    return list(range(1, rows + 1))


def among(values: list, rows: int) -> list:
    return [DRAW.choice(values) for _ in range(rows)]


def names(rows: int, word: str) -> list[str]:
    return [f"{word} {number * 7919 % 10007}" for number in range(rows)]


def schema_of(tmp_path, tables: Tables) -> Schema:
    return find_schema(*write_set({name: pl.DataFrame(columns) for name, columns in tables.items()}, tmp_path / "raw"))


def links(schema: Schema) -> set[str]:
    return {link.name for link in schema.relationships}


@pytest.mark.parametrize(
    ("column", "parent", "key"),
    [
        ("species_id", "animal_species", "id"),
        ("class_id", "damage_classes", "id"),
        ("status_id", "tbl_listing_status", "id"),
        ("konto_id", "konten", "id"),
        ("habitacion_id", "habitaciones", "id_habitacion"),
        ("date_key", "dim_date", "date_key"),
    ],
)
def test_the_short_name_of_a_longer_table_points_to_it(tmp_path, column, parent, key):
    schema = schema_of(
        tmp_path,
        {
            "reports": {"report_no": running(500), column: among(running(8), 500), "level": among(running(5), 500)},
            parent: {key: running(8), "label": names(8, "kind")},
            "rangers": {"ranger_id": running(12), "ranger": names(12, "ranger")},
        },
    )
    assert links(schema) == {f"reports.{column} -> {parent}.{key}"}


def test_who_did_it_and_where_it_goes(tmp_path):
    schema = schema_of(
        tmp_path,
        {
            "users": {"id": running(60), "login": names(60, "u"), "manager": [None, *among(running(60), 59)]},
            "addresses": {"id": running(120), "street": names(120, "street")},
            "orders": {
                "id": list(range(1000, 1500)),
                "approved_by": among(running(60), 500),
                "created_by": among(running(60), 500),
                "ship_to": among(running(120), 500),
                "bill_to": among(running(120), 500),
            },
        },
    )
    assert links(schema) == {
        "orders.approved_by -> users.id",
        "orders.created_by -> users.id",
        "orders.ship_to -> addresses.id",
        "orders.bill_to -> addresses.id",
        "users.manager -> users.id",
    }


def test_a_small_code_of_something_else_points_to_no_short_table(tmp_path):
    schema = schema_of(
        tmp_path,
        {
            "venues": {"id": running(6), "venue": names(6, "venue")},
            "payments": {
                "payment_id": running(900),
                "venue_id": among(running(6), 900),
                "source_id": among(running(6), 900),
                "colour_code": among(running(5), 900),
                "line_no": among(running(6), 900),
            },
        },
    )
    assert links(schema) == {"payments.venue_id -> venues.id"}


def test_a_second_number_of_the_same_rows_is_no_reference(tmp_path):
    schema = schema_of(
        tmp_path,
        {
            "orders": {
                "order_id": running(300),
                "legacy_id": DRAW.sample(running(300), 300),
                "pay": among(running(9), 300),
            }
        },
    )
    assert not links(schema)
    assert schema.key_of("orders") == ["order_id"]


@pytest.mark.parametrize("copied", ["country_name", "name"])
def test_a_name_that_repeats_the_link_of_the_id_is_another_way_to_join(tmp_path, copied):
    countries = names(40, "land")
    ids = among(running(40), 800)
    schema = schema_of(
        tmp_path,
        {
            "countries": {"country_id": running(40), copied: countries},
            "customers": {
                "customer_id": running(800),
                "country_id": ids,
                copied: [countries[number - 1] for number in ids],
            },
        },
    )
    assert links(schema) == {"customers.country_id -> countries.country_id"}
    if schema.alternatives:
        assert [(other.child_columns, other.repeats) for other in schema.alternatives] == [
            ([copied], "customers.country_id -> countries.country_id")
        ]
        assert "another way to join" in schema.alternatives[0].evidence


def test_a_name_that_is_the_only_link_is_a_relationship(tmp_path):
    lands = names(40, "land")
    schema = schema_of(
        tmp_path,
        {
            "countries": {"country_id": running(40), "country_name": lands},
            "customers": {"customer_id": running(800), "country_name": among(lands, 800)},
        },
    )
    assert links(schema) == {"customers.country_name -> countries.country_name"}


@pytest.mark.parametrize("named", [True, False])
def test_a_type_beside_an_id_says_to_which_table_it_points(tmp_path, named):
    kinds = among([0, 1], 600)
    texts = [("Photo", "Post")[kind] if named else kind + 1 for kind in kinds]
    schema = schema_of(
        tmp_path,
        {
            "photos": {"id": running(300), "file": names(300, "file")},
            "posts": {"id": running(100), "title": names(100, "title")},
            "comments": {
                "id": running(600),
                "subject_type": texts,
                "subject_id": [DRAW.randint(1, (300, 100)[kind]) for kind in kinds],
            },
        },
    )
    assert not links(schema)
    (pair,) = schema.polymorphic
    assert (pair.table, pair.type_column, pair.id_column) == ("comments", "subject_type", "subject_id")
    assert pair.parents == ["photos", "posts"]


def test_a_type_that_describes_the_parent_leaves_the_link(tmp_path):
    schema = schema_of(
        tmp_path,
        {
            "customers": {"id": running(200), "city": names(200, "city")},
            "orders": {
                "id": running(900),
                "customer_type": among(["new", "old"], 900),
                "customer_id": among(running(200), 900),
            },
        },
    )
    assert links(schema) == {"orders.customer_id -> customers.id"}
    assert not schema.polymorphic


@pytest.mark.parametrize("flaw", ["repeated", "empty"])
def test_a_parent_whose_key_has_flaws_is_still_pointed_to(tmp_path, flaw):
    ids = [*running(200), 77 if flaw == "repeated" else None]
    schema = schema_of(
        tmp_path,
        {
            "players": {"player_id": ids, "height": among(running(60), 201)},
            "goals": {"goal_id": running(900), "player_id": among(running(200), 900)},
        },
    )
    assert links(schema) == {"goals.player_id -> players.player_id"}
    (key,) = [key for key in schema.primary_keys if key.table == "players"]
    assert key.columns == ["player_id"]
    assert key.duplicates == (flaw == "repeated")
    assert "1 of 201 rows" in key.evidence


def test_facts_of_the_same_things_do_not_point_to_each_other(tmp_path):
    cells = [(shop, month) for shop in running(30) for month in running(12)]
    facts = {"shop_id": [shop for shop, _ in cells], "month": [month for _, month in cells]}
    schema = schema_of(
        tmp_path,
        {
            "shops": {"shop_id": running(30), "town": names(30, "town")},
            "budget": {**facts, "planned": [DRAW.random() for _ in cells]},
            "turnover": {**facts, "sold": [DRAW.random() for _ in cells]},
        },
    )
    assert links(schema) == {"budget.shop_id -> shops.shop_id", "turnover.shop_id -> shops.shop_id"}


@pytest.mark.parametrize(
    ("own", "other"),
    [
        ([f"{n:06d}" for n in running(150)], running(150)),
        ([f"{n:06d}" for n in running(150)], [str(n) for n in running(150)]),
        ([f"AB-{n:03d}" for n in running(150)], [f"ab-{n:03d}" for n in running(150)]),
        (running(150), [f"{n:05d}" for n in running(150)]),
    ],
    ids=["padded", "padded text", "capitals", "padded child"],
)
def test_keys_that_two_tables_spell_differently_belong_together(tmp_path, own, other):
    schema = schema_of(
        tmp_path,
        {
            "products": {"sku": own, "price": among(running(90), 150)},
            "sales": {"sale": running(600), "sku": among(other, 600), "quantity": among(running(5), 600)},
        },
    )
    (link,) = schema.relationships
    assert (link.name, link.folded, link.coverage) == ("sales.sku -> products.sku", True, 1.0)
    assert "capitals and leading zeros are ignored" in link.evidence
    assert link.confidence <= 0.95


def test_keys_that_differ_only_in_spelling_are_not_folded(tmp_path):
    codes = [f"{letter}{n:03d}" for n in running(60) for letter in "ab"]
    schema = schema_of(
        tmp_path,
        {
            "parts": {"part_code": [*codes, *(code.upper() for code in codes)], "price": among(running(90), 240)},
            "uses": {"use_id": running(500), "part_code": [f"0{code}" for code in among(codes, 500)]},
        },
    )
    assert not schema.relationships


def test_an_exact_key_is_compared_exactly(tmp_path):
    codes = [f"P{n:04d}" for n in running(80)]
    schema = schema_of(
        tmp_path,
        {
            "parts": {"part_code": codes, "price": among(running(90), 80)},
            "uses": {"use_id": running(500), "part_code": among(codes, 500)},
        },
    )
    assert [(link.name, link.folded) for link in schema.relationships] == [("uses.part_code -> parts.part_code", False)]
