"""Kinds of links that depend on how a database names its tables and columns."""

import random

import polars as pl
import pytest
from shared_sets import write_set

from radix_assets.relationships.find import find_schema
from radix_assets.relationships.name_scores import name_score
from radix_assets.relationships.names import bare_names, bare_tables, is_ordinal
from radix_assets.relationships.schema import Schema

RANDOM = random.Random(23)  # noqa: S311 rows of tests


def some(parent: int, rows: int) -> list[int]:
    return [RANDOM.randint(1, parent) for _ in range(rows)]


def schema_of(tmp_path, tables: dict[str, dict[str, list]]) -> tuple[Schema, set[str]]:
    raw, profiles = write_set({name: pl.DataFrame(columns) for name, columns in tables.items()}, tmp_path)
    schema = find_schema(raw, profiles)
    return schema, {relationship.name for relationship in schema.relationships}


def test_a_word_before_the_names_of_all_tables_says_nothing():
    names = ["wp_users", "wp_posts", "wp_comments", "wp_terms"]
    assert bare_tables(names) == {name: name.removeprefix("wp_") for name in names}
    assert (
        bare_tables(["orders", "order_items", "order_payments", "order_notes", "order_tags"])["order_items"]
        == "order_items"
    )
    assert bare_tables([]) == {}


def test_a_column_added_later_does_not_hide_the_prefix_of_the_others():
    columns = ["c_id", "c_name", "c_city_id", "c_zip", "loaded_at"]
    assert bare_names(columns)["c_city_id"] == "city_id"
    assert bare_names(columns)["loaded_at"] == "loaded_at"


@pytest.mark.parametrize(
    ("child", "column", "parent", "key"),
    [
        ("ventas", "comprador", "clientes", "id_cliente"),
        ("run", "operator", "scientists", "scientist_id"),
        ("product_template", "categ_id", "product_category", "id"),
        ("parties", "ctry", "country", "iso2"),
        ("perceel", "woonadres", "adres", "adres_id"),
        ("vessels", "owner_id", "shipping_companies", "id"),
        ("agent", "agt_chef", "agent", "agt_id"),
        ("organization", "part_of_id", "organization", "id"),
        ("sales", "curr_addr_sk", "customer_address", "address_sk"),
    ],
)
def test_names_hint_at_a_reference_in_other_languages_and_in_short(child, column, parent, key):
    assert name_score(child, column, parent, key)[0] >= 0.5


def test_a_number_of_the_calendar_refers_to_no_table():
    assert is_ordinal("month_no")
    assert is_ordinal("floor_number")
    assert not is_ordinal("month")
    assert not is_ordinal("order_no")


def test_a_second_number_of_the_same_form_beside_the_key_is_no_link(tmp_path):
    orders = {"id": list(range(1, 501)), "increment_id": [f"{n:09}" for n in range(1, 501)]}
    orders["total"] = [round(RANDOM.random() * 90, 2) for _ in range(500)]
    invoices = {
        "invoice_id": list(range(1, 401)),
        "order_id": RANDOM.sample(range(1, 501), 400),
        "increment_id": [f"{n:09}" for n in range(1, 401)],
    }
    _, links = schema_of(tmp_path, {"sales_order": orders, "sales_invoice": invoices})
    assert links == {"sales_invoice.order_id -> sales_order.id"}


def test_a_key_in_a_later_column_may_repeat_whole_rows_or_lack_a_value(tmp_path):
    stays = {"ROW_ID": list(range(1, 601)), "UNIT": some(6, 600), "STAY_ID": [200_000 + 7 * n for n in range(600)]}
    for name in stays:
        stays[name] += stays[name][:2]
    events = {"ROW_ID": list(range(1, 3001)), "STAY_ID": [200_000 + 7 * (n - 1) for n in some(600, 3000)]}
    schema, links = schema_of(tmp_path, {"STAYS": stays, "EVENTS": events})
    assert schema.key_of("STAYS") == ["STAY_ID"]
    assert links == {"EVENTS.STAY_ID -> STAYS.STAY_ID"}


def test_ids_of_several_tables_are_told_by_a_column_that_lists_tables(tmp_path):
    models = [RANDOM.choice(["sale.order", "res.partner"]) for _ in range(900)]
    tables = {
        "res_partner": {"id": list(range(1, 301)), "city": some(40, 300)},
        "sale_order": {"id": list(range(1, 201)), "partner_id": some(300, 200)},
        "mail_message": {
            "id": list(range(1, 901)),
            "model": models,
            "res_id": [RANDOM.randint(1, 200 if model == "sale.order" else 300) for model in models],
        },
    }
    schema, links = schema_of(tmp_path, tables)
    assert links == {"sale_order.partner_id -> res_partner.id"}
    assert [(pair.type_column, pair.id_column, pair.parents) for pair in schema.polymorphic] == [
        ("model", "res_id", ["res_partner", "sale_order"])
    ]


def test_codes_in_other_capitals_need_only_a_hint_of_the_name(tmp_path):
    codes = [a + b for a in "ABCDEFG" for b in "KLMNOP"]
    tables = {
        "country": {"iso2": codes, "label": [f"Country {code}" for code in codes]},
        "parties": {"party_id": list(range(1, 501)), "ctry": [RANDOM.choice(codes).lower() for _ in range(500)]},
    }
    schema, links = schema_of(tmp_path, tables)
    assert links == {"parties.ctry -> country.iso2"}
    assert schema.relationships[0].folded
