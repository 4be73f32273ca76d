"""`radix tags` from the command line: what is rebuilt, reported, and attributed to whom."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from driving import Installation, states
from prepared import copy_of_finished_shop

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shop(session_folder: Path) -> Installation:
    """Return the finished shop, now confirmed by a user."""
    copy = copy_of_finished_shop(session_folder).installation
    copy.rewrite("shop", policy={"tags": "human"})
    copy.radix("tags", "shop", "--confirm", "--by", "Ada")
    copy.radix("run", "shop")
    return copy


def rebuilt(shop: Installation) -> set[str]:
    """Return the assets that are computed because they were not fresh."""
    found = states(shop.radix("run", "shop", "--json").json)
    return {name for name, state in found.items() if state == "made"}


def preview(shop: Installation, *arguments: str) -> dict[str, Any]:
    answer: dict[str, Any] = shop.radix("tags", "shop", "--preview", "--json", *arguments).json
    return answer


def test_a_comment_a_name_and_a_mark_rebuild_only_the_tags(shop: Installation):
    path = shop.tags_file("shop")
    path.write_text(path.read_text().replace("confirmed_by: Ada", "confirmed_by: Bob  # and Ada"))
    assert preview(shop)["impact"]["rebuilt"] == []
    assert rebuilt(shop) == {"tags"}
    shop.radix("tags", "shop", "--set", "orders.order_id=primary_key", "--by", "Ada")
    assert "human: true" in path.read_text()
    assert rebuilt(shop) == {"tags"}
    assert rebuilt(shop) == set()


@pytest.mark.extended
def test_a_preview_names_what_is_rebuilt_and_writes_nothing(shop: Installation):
    before = shop.tags_file("shop").read_bytes()
    answer = preview(shop, "--set", "orders.days=leak", "--set", "customers.country.sensitivity=personal")
    assert shop.tags_file("shop").read_bytes() == before
    changes = {(one["tag"], one["before"], one["after"]) for one in answer["changes"]}
    assert {("orders.days.role", "feature", "leak"), ("customers.country.sensitivity", "none", "personal")} <= changes
    names = {one["asset"] for one in answer["impact"]["rebuilt"]}
    assert {"features", "model", "report"} <= names
    assert "profile/customers" in names  # its page shows the column
    assert not {name for name in names if name.startswith("raw/")} | {"profile/orders", "profile/items"} & names
    assert answer["impact"]["seconds"] > 0
    assert answer["impact"]["dollars"] == 0
    assert rebuilt(shop) == set()
    shop.radix("tags", "shop", "--set", "customers.country.sensitivity=personal")
    made = rebuilt(shop)
    assert "exploration" in made
    assert made <= names | {"tags"}


def test_a_column_is_explained_from_the_suggestion_to_the_current_state(shop: Installation):
    path = shop.tags_file("shop")
    path.write_text(path.read_text().replace("weight: {role: feature", "weight: {role: ignore"))
    shop.radix("tags", "shop", "--set", "orders.weight.unit=kg", "--by", "Bob")
    answer = shop.radix("tags", "shop", "--explain", "orders.weight", "--json").json
    events = [(one["what"], one["by"]) for one in answer["history"]]
    assert events[0] in {("suggested", "Radix"), ("written into the file, as suggested", "Radix")}
    assert ("confirmed, with all others", "Ada") in events
    assert events[-2:] == [("edited", "a user (file)"), ("edited", "Bob")]
    edit = answer["history"][-2]
    assert (edit["from"]["role"], edit["to"]["role"]) == ("feature", "ignore")
    first = next(one for one in answer["history"] if one["what"] == "suggested")
    assert first["evidence"]
    assert first["run"]
    assert 0 < first["confidence"] <= 1
    assert answer["now"]["tag"]["role"] == "ignore"
    assert "set by a user" in answer["now"]["why"]
    text = shop.radix("tags", "shop", "--explain", "orders.weight").out
    assert "role feature → ignore" in text


def test_the_second_writer_gets_an_error_and_concurrent_processes_lose_nothing(shop: Installation):
    version = shop.radix("tags", "shop", "--json").json["version"]
    shop.radix("tags", "shop", "--set", "items.price=ignore", "--if-version", version)
    late = shop.radix("tags", "shop", "--set", "items.price=feature", "--if-version", version, expect=1)
    assert "RDX-TAG-006" in late.err
    command = [sys.executable, "-m", "radix_assets.cli", "tags", "shop", "--json", "--set"]
    edits = ["items.quantity=ignore", "customers.country=ignore"]
    running = [
        subprocess.Popen([*command, edit], env=shop.environment, cwd=shop.folder, stdout=subprocess.DEVNULL)
        for edit in edits
    ]
    assert [process.wait() for process in running] == [0, 0]
    text = shop.tags_file("shop").read_text()
    assert "quantity: {role: ignore" in text
    assert "country: {role: ignore" in text


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--target", "orders.days > 3 and"], "RDX-TGT-006"),
        (["--set", "orders.express=weight"], "RDX-TAG-013"),
        (["--primary-key", "orders.customer_id"], "RDX-TAG-012"),
        (["--time-index", "orders.express"], "RDX-TAG-008"),
        (["--time-index", "orders.expres"], "RDX-CFG-007"),
        (["--relationship", "items.product -> customers.email"], "RDX-TAG-009"),
        (["--no-relationship", "items.product -> customers.email"], "RDX-TAG-009"),
    ],
)
def test_an_impossible_edit_is_refused_and_nothing_is_written(shop: Installation, arguments: list[str], code: str):
    before = shop.tags_file("shop").read_bytes()
    assert code in shop.radix("tags", "shop", *arguments, expect=1).err
    assert shop.tags_file("shop").read_bytes() == before


def test_lists_and_relationships_are_edited(shop: Installation):
    shop.radix("tags", "shop", "--no-relationship", "orders.customer_id -> customers.customer_id")
    shop.radix("tags", "shop", "--relationship", "orders.customer_id -> customers.customer_id")
    shop.radix("tags", "shop", "--time-index", "customers=none", "--primary-key", "items.item_id")
    tags = shop.radix("tags", "shop", "--json").json["tags"]
    assert tags["tables"]["customers"]["time_index"] == []
    assert "orders.customer_id -> customers.customer_id" in [link["text"] for link in tags["relationships"]]
