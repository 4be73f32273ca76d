"""Entries of databases: tables of one name, and what decides whether a table is read again."""

import pytest

from radix_assets.sources.kinds.registry import parse_source

ENTRY = {"database": "postgresql://reader@db/shop", "tables": ["orders", "customers"]}


def test_a_table_of_a_server_may_have_another_name_in_the_project():
    source = parse_source(ENTRY | {"names": {"orders": "west_orders"}})
    assert source.list_tables() == ["west_orders", "customers"]
    assert source.describe_table("west_orders").endswith("public.orders")


@pytest.mark.parametrize("scheme", ["postgresql", "mysql", "mssql"])
def test_settings_that_are_not_set_leave_no_mark(scheme: str):
    source = parse_source(ENTRY | {"database": f"{scheme}://reader@db/shop"})
    assert set(source.model_dump()) == {"database", "tables"} | (set() if scheme == "mysql" else {"schema_name"}), (
        "marks of projects of earlier versions stay"
    )


@pytest.mark.parametrize("address", ["postgresql://reader@db/shop", "sqlite:///shop.db"])
def test_a_table_that_is_added_leaves_the_others_as_they_are(address: str):
    before, after = (parse_source({"database": address, "tables": tables}) for tables in (["a", "b"], ["a", "b", "c"]))
    assert before.settings_of("a") == after.settings_of("a") != after.settings_of("b")
    moved = parse_source({"database": f"{address}2", "tables": ["a"]})
    assert moved.settings_of("a") != before.settings_of("a")
