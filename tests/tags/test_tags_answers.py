"""Answers to changes of the data: a column continues another, or its change is accepted."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest
from tag_shop import Shop, frames, open_shop

from radix_assets.tags.edit import confirm, set_tags
from radix_assets.tags.refresh import refresh_tags
from radix_assets.tags.resolve import Resolution, resolve
from radix_assets.tags.write import write_tags
from radix_assets.tags_file.file import read_tags
from radix_resources.errors import RadixError


def changed(folder: Path, items: pl.DataFrame) -> tuple[Shop, Shop]:
    """Return a shop with confirmed tags, and the same one whose items have changed."""
    shops = []
    for name, tables in (("before", frames()), ("after", {**frames(), "order items": items})):
        (folder / name).mkdir()
        shops.append(open_shop(folder / name, tables))
    before, after = shops
    write_tags(before.path, before.project, *before.args())
    set_tags(before.path, {"order items.total": {"unit": "EUR"}}, target="order items.total > 15", who="Ada")
    confirm(before.path, "Ada")
    refresh_tags(before.path, *after.args(), before.project)
    return before, after


def resolved(before: Shop, after: Shop) -> Resolution:
    return resolve(before.project, read_tags(before.path), after.suggestions, after.schema, after.profiles)


def answer(before: Shop, edits: Mapping[str, Mapping[str, str]]) -> str:
    """Apply answers; return what else changed in the file, which must be nothing."""
    lines = before.path.read_text().splitlines()
    set_tags(before.path, edits, who="Ada")
    now = before.path.read_text().splitlines()
    columns = [name.partition(".")[2] for name in edits]
    return "\n".join(
        line for line in {*now} - {*lines} if not any(line.strip().startswith(f"{column}:") for column in columns)
    )


def test_a_column_continues_another_with_its_tags_in_target_keys_and_links(tmp_path: Path):
    names = {"total": "amount", "order_id": "id", "customer_id": "customer", "order_date": "day"}
    before, after = changed(tmp_path, frames()["order items"].rename(names))
    with pytest.raises(RadixError):
        resolved(before, after)
    edits = {f"order items.{new}": {"was": old} for old, new in names.items()}
    assert answer(before, edits) == ""
    tags, warnings = resolved(before, after)
    items = tags.tables["order items"]
    assert tags.target.name == "order items.amount > 15"
    assert (items.columns["amount"].unit, items.columns["amount"].role) == ("EUR", "target")
    assert (items.primary_key, items.time_index) == (["id"], ["day"])
    assert [link.name for link in tags.relationships] == ["order items.customer -> customers.customer_id"]
    assert not any("no longer in the data" in warning for warning in warnings)


def test_a_column_that_continues_a_private_one_is_private(tmp_path: Path):
    before, after = changed(tmp_path, frames()["order items"].rename({"note": "words"}))
    set_tags(before.path, {"order items.note": {"sensitivity": "personal", "role": "ignore"}}, who="Ada")
    answer(before, {"order items.words": {"was": "note"}})
    tag = resolved(before, after).tags.tables["order items"].columns["words"]
    assert (tag.sensitivity, tag.role) == ("personal", "ignore")


def test_an_accepted_removal_drops_the_column_from_the_lists(tmp_path: Path):
    before, after = changed(tmp_path, frames()["order items"].drop("order_id", "color"))
    answer(before, {"order items.order_id": {"accept": "removed"}, "order items.color": {"accept": "removed"}})
    tags, warnings = resolved(before, after)
    assert tags.tables["order items"].primary_key == []
    assert not any("color" in warning for warning in warnings)


def test_an_accepted_type_is_read_as_the_values_are(tmp_path: Path):
    words = frames()["order items"].with_columns(
        pl.format("{} kg", "total").alias("total"), pl.col("gift").cast(pl.Int8)
    )
    before, after = changed(tmp_path, words)
    set_tags(before.path, target="order items.gift", who="Ada")
    answer(before, {"order items.total": {"accept": "string"}})
    assert resolved(before, after).tags.tables["order items"].columns["total"].type == "categorical"


def test_continuing_what_was_never_there_is_an_error_and_what_is_still_there_a_warning(tmp_path: Path):
    before, after = changed(tmp_path, frames()["order items"].with_columns(weight=pl.lit(1.5)))
    answer(before, {"order items.weight": {"was": "total"}})
    assert any("`was` has no effect" in warning for warning in resolved(before, after).warnings)
    answer(before, {"order items.weight": {"was": "totals"}})
    with pytest.raises(RadixError) as raised:
        resolved(before, after)
    assert (raised.value.code, raised.value.hint) == ("RDX-TAG-007", "did you mean total?")
