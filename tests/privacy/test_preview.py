"""The preview of a table is rendered on request, without the columns that are private at that time."""

import threading

import dagster as dg
import httpx
import pytest
import yaml

from radix_assets.orchestration.assets import build_assets
from radix_assets.orchestration.metadata import to_json, to_metadata
from radix_assets.pipeline.output import Output, View
from radix_assets.pipeline.tools import tools
from radix_assets.project.load import load_project
from radix_assets.raw.assets import RAW
from radix_assets.raw.metadata import form
from radix_assets.reports.server import serve_pages
from radix_resources.home import Home

ROWS = "id,note,email\n" + "".join(f"{number},<b>Qzx {number}</b>,a{number}@example.org\n" for number in range(30))


@pytest.fixture
def address(home: Home, instance: dg.DagsterInstance):
    folder = home.projects / "shop"
    folder.mkdir(parents=True)
    (folder / "my orders.csv").write_text(ROWS)
    settings = {"name": "shop", "sources": [{"table": "my orders", "path": "my orders.csv"}]}
    (folder / "project.yaml").write_text(yaml.safe_dump(settings))
    assets = build_assets(load_project(folder / "project.yaml"), (RAW,), tools(home))
    assert dg.materialize(assets, instance=instance, resources=tools(home).backends).success
    server = serve_pages(home, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def get(address: str) -> tuple[str, dict[str, str]]:
    answer = httpx.get(address, timeout=10).raise_for_status()
    return answer.text, dict(answer.headers)


def test_the_preview_shows_columns_that_are_not_private_now_and_is_not_cached(address: str, home: Home):
    page, headers = get(f"{address}/view/shop/raw/my_orders")
    assert "&lt;b&gt;Qzx 3&lt;/b&gt;" in page
    assert "<b>Qzx" not in page
    assert "@example" not in page
    assert headers["cache-control"] == "no-store"
    assert "default-src 'none'" in headers["content-security-policy"]
    tags = home.projects / "shop" / "tags.yaml"
    lines = "      note: {role: feature, sensitivity: personal}\n      email: {role: ignore, sensitivity: none}\n"
    tags.write_text(f"tables:\n  my orders:\n    columns:\n{lines}")
    page, _ = get(f"{address}/view/shop/raw/my_orders")
    assert "Qzx" not in page
    assert "a3@example.org" in page
    tags.write_text("tables: [")
    page, _ = get(f"{address}/view/shop/raw/my_orders")
    assert "Qzx" not in page
    assert "@example" not in page


@pytest.mark.parametrize(
    "path",
    ["view/shop/raw/other", "view/other/raw/my_orders", "view/shop/features", "view/../raw/x", "view/shop", "view/"],
)
def test_a_missing_preview_is_not_found(address: str, path: str):
    assert httpx.get(f"{address}/{path}", timeout=10).status_code == 404


def test_the_event_contains_the_address_and_the_shapes_of_values(tmp_path, instance: dg.DagsterInstance, address: str):
    event = instance.get_latest_materialization_event(dg.AssetKey(["shop", "raw", "my_orders"]))
    metadata = event.asset_materialization.metadata
    assert metadata["preview"].value == "http://127.0.0.1:3001/view/shop/raw/my_orders"
    forms = [record.data["email"] for record in metadata["form of the first rows"].records]
    assert "a9@aaaaaaa.aaa" in forms
    assert "Qzx" not in str(metadata)
    shown = to_metadata(to_json(Output(shown={"look": View("raw/a")})), tmp_path, "p")
    assert shown["look"].value.endswith("/view/p/raw/a")


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        (None, None), ("Ada 36", "Aaa 99"), (-3.25, "-9.99"), (True, "true or false"), ("ß<a>…", "a?a??"),
        ("٣", "9"), ("x" * 40, "a" * 30 + "…"), ("a|b\n", "a?a?"),
    ],
)  # fmt: skip
def test_a_shape_distinguishes_only_letters_and_digits(value, seen):
    assert form(value) == seen
