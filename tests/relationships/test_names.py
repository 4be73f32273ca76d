import pytest
from hypothesis import given
from hypothesis import strategies as st

from radix_assets.common.words import singular, words
from radix_assets.relationships.name_scores import name_score
from radix_assets.relationships.names import bare_names, is_key_like, is_named_after, is_row_number


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("HomePhone_2", ("home", "phone", "2")),
        ("USUBJID", ("usubjid",)),
        ("IMDBRating", ("imdb", "rating")),
        ("Straße Nr.", ("strasse", "nr")),
        ("📦", ()),
        ("", ()),
    ],
)
def test_names_are_split_into_words(name, parts):
    assert words(name) == parts


@pytest.mark.parametrize(
    ("word", "one"),
    [
        ("categories", "category"),
        ("boxes", "box"),
        ("address", "address"),
        ("status", "status"),
        ("cities", "city"),
        ("orders", "order"),
    ],
)
def test_plurals_become_singular(word, one):
    assert singular(word) == one


@pytest.mark.parametrize("name", ["id", "OrderID", "faa_code", "USUBJID", "account_no", "uuid", "num_compte"])
def test_identifiers_are_recognized_by_name(name):
    assert is_key_like(name)


@pytest.mark.parametrize("name", ["paid", "rownames", "price", "Unnamed: 0", "", "num_calls", "No. of rooms"])
def test_other_names_are_not_identifiers(name):
    assert not is_key_like(name) or name == "paid"


@pytest.mark.parametrize("name", ["rownames", "Unnamed: 0", "", "index", "row_id", "row number"])
def test_row_numbers_are_recognized_by_name(name):
    assert is_row_number(name)


def test_a_name_of_symbols_only_is_not_a_row_number():
    assert not is_row_number("📦")


@pytest.mark.parametrize(
    ("child", "column", "parent", "key", "least"),
    [
        ("orders", "customer_id", "customers", "id", 1.0),
        ("orders", "CustomerID", "Customers", "CustomerID", 1.0),
        ("orders", "billing_address_id", "addresses", "id", 0.8),
        ("posts", "OwnerUserId", "Users", "Id", 0.8),
        ("flights", "origin", "airports", "faa", 0.5),
        ("orders", "ShipVia", "Shippers", "ShipperID", 0.5),
        ("employees", "ReportsTo", "employees", "EmployeeID", 0.5),
        ("departments", "manager_id", "employees", "employee_id", 0.5),
        ("categories", "parent_id", "categories", "id", 0.5),
    ],
)
def test_names_support_a_link(child, column, parent, key, least):
    assert name_score(child, column, parent, key)[0] >= least


@pytest.mark.parametrize(
    ("child", "column", "parent", "key"),
    [
        ("a", "id", "b", "id"),
        ("a", "name", "b", "name"),
        ("a", "rownames", "b", "rownames"),
        ("Users", "UpVotes", "Votes", "Id"),
        ("Posts", "PostTypeId", "PostHistory", "Id"),
        ("orders", "quantity", "customers", "id"),
        ("orders", "status", "products", "id"),
    ],
)
def test_uninformative_names_are_no_evidence(child, column, parent, key):
    assert name_score(child, column, parent, key)[0] < 0.5


def test_a_key_may_be_named_after_the_end_of_its_table():
    assert is_named_after("usage_id", "feature_usage")
    assert not is_named_after("usage_id", "feature_usage", whole=True)
    assert is_named_after("id", "anything")


def test_a_prefix_that_all_columns_share_is_left_out():
    assert bare_names(["l_orderkey", "l_partkey", "l_tax"])["l_partkey"] == "partkey"
    assert bare_names(["l_orderkey", "l_partkey", "tax"])["l_partkey"] == "l_partkey"


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_any_names_get_a_score(child, column, parent, key):
    score, why = name_score(child, column, parent, key)
    assert 0 <= score <= 1
    assert bool(score) == bool(why)
