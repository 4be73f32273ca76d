"""The shipped schemas match the models; files written by Radix are valid, name their schema and keep that line."""

import json
import shutil
from pathlib import Path
from typing import get_args

import jsonschema
import polars as pl
import pytest
import yaml
from tag_shop import open_shop

from radix_assets.cli.new_project import create_project
from radix_assets.project.load import load_project
from radix_assets.project.settings import PROJECT_FILE
from radix_assets.schemas.build import build
from radix_assets.schemas.shipped import FOLDER, NAMES, file_name, publish_schemas, schema_line, shipped
from radix_assets.tags.edit import confirm, set_tags
from radix_assets.tags.refresh import refresh_tags
from radix_assets.tags.write import write_tags
from radix_assets.tags_file import document, schema
from radix_assets.tags_file.file import parse_tags, read_tags

REPOSITORY = Path(__file__).parents[2]


def errors(name: str, text: str) -> list[str]:
    """Return what an editor would underline; keys are strings in JSON."""
    content = json.loads(json.dumps(yaml.safe_load(text), default=str))
    validator = jsonschema.Draft202012Validator(json.loads(shipped(name)))
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(content)]


@pytest.fixture
def shop(tmp_path):
    shop = open_shop(tmp_path / "projects" / "shop")
    shop.path.parent.mkdir(parents=True, exist_ok=True)
    assert write_tags(shop.path, shop.project, *shop.args())
    return shop


@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_schema_matches_the_models(name):
    assert shipped(name) == build(name), "run: make schemas"
    jsonschema.Draft202012Validator.check_schema(json.loads(shipped(name)))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("sample", sorted((REPOSITORY / "samples").iterdir()), ids=lambda folder: folder.name)
def test_the_samples_are_valid_and_name_their_schema(sample, name):
    text = (sample / f"{name}.yaml").read_text()
    assert text.startswith(schema_line(name))
    assert not errors(name, text)


def test_the_example_of_the_docs_is_valid():
    page = (REPOSITORY / "docs" / "project-file.md").read_text()
    example = page.split("```yaml\n", 1)[1].split("```", 1)[0]
    assert not errors("project", example)


@pytest.mark.parametrize(
    "target", [None, "orders.amount > 3", '{for_each: orders, predict: "count(lines) == 0", within: 30d}']
)
def test_a_new_project_is_valid_and_its_schema_is_where_the_file_says(home, tmp_path, target):
    for name in ("orders", "lines"):
        pl.DataFrame({"id": [1, 2], "amount": [3.5, 4.5]}).write_csv(tmp_path / f"{name}.csv")
    sources = [str(tmp_path / "orders.csv"), str(tmp_path / "lines.csv")]
    create_project(home, "shop", sources, target=target, accept="auto")
    path = home.projects / "shop" / PROJECT_FILE
    first, _, rest = path.read_text().partition("\n")
    assert not errors("project", rest)
    assert (path.parent / first.partition("$schema=")[2]).read_text() == shipped("project")
    assert load_project(path).name == "shop"


def test_tags_are_valid_and_keep_the_schema_line_after_any_edit(shop):
    set_tags(shop.path, {"order items.shipped": {"role": "leak"}}, who="Ada")
    refresh_tags(shop.path, *shop.args(), shop.project)
    confirm(shop.path, "Ada")
    text = shop.path.read_text()
    assert text.startswith(schema_line("tags"))
    assert not errors("tags", text)
    named = text.partition("\n")[0].partition("$schema=")[2]
    assert (shop.path.parent / named).read_text() == shipped("tags")


def test_a_file_without_the_line_stays_as_it_is(shop):
    text = shop.path.read_text().removeprefix(schema_line("tags"))
    shop.path.write_text(text)
    refresh_tags(shop.path, *shop.args(), shop.project)
    assert shop.path.read_text() == text
    set_tags(shop.path, {"order items.shipped": {"role": "leak"}}, who="Ada")
    assert shop.path.read_text().startswith(text.partition("\n")[0])
    assert read_tags(shop.path).tables["order items"].columns["shipped"].role == "leak"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("project", "sources: [{table: a, path: a.csv}]\nserach: {trials: 3}"),
        ("project", "sources: [{table: a, path: a.csv}]\nsearch: {trials: 0}"),
        ("project", "sources: []"),
        ("tags", "tables: {a: {columns: {b: {role: leek}}}}"),
        ("tags", "tables: {a: {keys: [b]}}"),
        ("tags", "problem: guess"),
    ],
)
def test_a_mistake_is_underlined(name, text):
    assert errors(name, text)


def test_the_schema_of_tags_matches_the_parser():
    assert set(document.TagsDocument.model_fields) == set(schema.TOP_SETTINGS)
    assert set(document.TableTags.model_fields) == set(schema.TABLE_SETTINGS)
    assert set(document.ColumnTags.model_fields) == set(schema.COLUMN_SETTINGS)
    assert set(get_args(document.PlainType)) == set(schema.ALIASES["type"])


@pytest.mark.parametrize(
    "text",
    [
        "confirmed: yes\nconfirmed_by: 7\n",
        "target:\nproblem:\nrelationships:\ntables:\n",
        "target: {for_each: a, predict: 'count(b) == 0', within: 30d}\n",
        "relationships: a.b -> c.d\ntables: {a: , b: {primary_key: x, time_index: [2024], columns: }}\n",
        "tables: {a: {columns: {b: feature, c: , d: {type: text, human: no, unit: 5}}}}\n",
    ],
)
def test_a_file_that_is_read_without_a_mistake_is_valid(tmp_path, text):
    parse_tags(text, tmp_path / "tags.yaml")
    assert not errors("tags", text)


def test_copies_of_another_version_are_replaced_and_a_folder_that_cannot_be_written_to_is_left(tmp_path):
    publish_schemas(tmp_path)
    copy = tmp_path / FOLDER / file_name("tags")
    copy.write_text("{}")
    publish_schemas(tmp_path)
    assert copy.read_text() == shipped("tags")
    assert sorted(path.name for path in copy.parent.iterdir()) == sorted(map(file_name, NAMES))
    shutil.rmtree(copy.parent)
    copy.parent.write_text("a file is in the way")
    publish_schemas(tmp_path)
    assert copy.parent.is_file()
