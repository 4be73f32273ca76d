"""What a person is told when nothing runs: an endpoint that was stopped, files that are gone, a target that is not."""

from collections.abc import Iterator

import pytest
from driving import DONE, FAILED, Installation, errors
from little_shop import write_shop

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = Installation(tmp_path_factory.mktemp("still"))
    made.new("shop", *write_shop(made.data), "--target", "orders.returned", "--accept", "auto")
    made.radix("run", "shop")
    yield made
    made.close()


def test_a_stopped_endpoint_is_told_of_and_how_to_start_it(shop: Installation):
    shop.radix("down")
    said = shop.radix("status", "shop")
    assert said.code == DONE
    assert "endpoint  stopped" in said.out
    assert "radix up" in said.out
    row = shop.radix("status", "shop", "--json").json["projects"][0]
    assert (row["state"], row["endpoint"], row["endpoint_state"]) == ("done", None, "stopped")


def test_the_doctor_notices_files_that_are_gone(shop: Installation):
    file = shop.data / "items.csv"
    moved = file.rename(file.with_name("elsewhere.csv"))
    findings = {one["check"]: one for one in shop.radix("doctor", "--json", expect=None).json}
    moved.rename(file)
    assert not findings["source shop/items"]["fine"]
    assert "items.csv" in findings["source shop/items"]["found"]
    assert "elsewhere.csv" in findings["source shop/items"]["mend"]
    assert "source shop/orders" not in findings


def test_a_misspelt_target_of_the_project_file_is_mended_there(shop: Installation):
    shop.rewrite("shop", goal={"target": "orders.retruned"})
    said = shop.radix("run", "shop", "--json", expect=FAILED)
    assert errors(said.json)["suggestions"] == "RDX-TAG-002"
    assert "goal.target in project.yaml" in said.err
    assert "did you mean orders.returned" in said.err
