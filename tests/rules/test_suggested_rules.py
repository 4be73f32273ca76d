"""Rules that are suggested from the data."""

import random

import polars as pl
import pytest

from radix_assets.profiles.compute import profile_table
from radix_assets.relationships.find import find_schema
from radix_assets.rules.evaluate import evaluate
from radix_assets.rules.parse import parse_rule
from radix_assets.rules.suggest import suggest_rules
from radix_assets.suggestions.suggest import suggest
from radix_assets.tags_file.schema import Located


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    rng = random.Random(1)  # noqa: S311 data of a test
    count = 400
    frames = {
        "customers": pl.DataFrame(
            {
                "id": range(1, 101),
                "email": [f"person{number}@example.org" for number in range(1, 101)],
                "segment": [rng.choice(["gold", "silver", "wood"]) for _ in range(100)],
            }
        ),
        "orders in EUR": pl.DataFrame(
            {
                "order_id": range(1000, 1000 + count),
                "customer_id": [rng.randint(1, 100) for _ in range(count)],
                "amount": [round(rng.uniform(0, 90), 2) for _ in range(count)],
                "change": [round(rng.uniform(-9, 9), 2) for _ in range(count)],
                "status": [rng.choice(["open", "paid"]) for _ in range(count)],
            }
        ),
    }
    paths = {}
    for name, frame in frames.items():
        paths[name] = tmp_path_factory.mktemp("raw")
        frame.write_parquet(paths[name] / "data.parquet")
    profiles = {name: profile_table(name, path / "data.parquet") for name, path in paths.items()}
    schema = find_schema(paths, profiles)
    return frames, paths, profiles, schema, suggest(paths, profiles, schema)


def test_what_is_suggested_holds_and_can_be_read(shop):
    frames, paths, profiles, schema, suggestions = shop
    texts = [rule.text for rule in suggest_rules(profiles, schema, suggestions)]
    columns = {name: frame.columns for name, frame in frames.items()}
    rules = [parse_rule(Located(text, 1), columns) for text in texts]
    assert all(result.passed for result in evaluate(rules, paths))
    assert "orders in EUR.order_id is unique" in texts
    assert "orders in EUR.customer_id -> customers.id" in texts
    assert "orders in EUR.amount >= 0" in texts
    assert not any(".change" in text for text in texts)


def test_no_value_of_a_private_column_is_suggested(shop):
    _, _, profiles, schema, suggestions = shop
    private = profiles["customers"].columns["segment"].model_copy(update={"private": True})
    table = profiles["customers"].model_copy(update={"columns": {**profiles["customers"].columns, "segment": private}})
    hidden = suggest_rules({**profiles, "customers": table}, schema, suggestions)
    assert any("gold" in rule.text for rule in suggest_rules(profiles, schema, suggestions))
    assert not any("gold" in rule.text for rule in hidden)
