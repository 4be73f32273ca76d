"""Project files: a valid one is loaded, a mistake is explained at its line."""

import pickle
from pathlib import Path

import pytest

from radix_assets.project.load import load_project, load_projects
from radix_assets.project.settings import slug
from radix_resources.errors import ConfigError

GOOD = """\
name: shop
sources:
  - {table: orders, path: data/orders.csv}
  - database: postgresql://reader:${SHOP_PASSWORD}@db/shop
    tables: [customers, "Order Details"]
goal:
  target: orders.total
"""


def write(root: Path, text: str, name: str = "shop") -> Path:
    path = root / name / "project.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_good_file_gives_its_tables_and_keys(tmp_path: Path):
    project = load_project(write(tmp_path, GOOD))
    assert project.tables == ["orders", "customers", "Order Details"]
    assert project.key("raw", "Order Details") == "shop/raw/Order_Details"
    assert project.folder == tmp_path / "shop"
    assert project.policy.tags == "human"


def test_owners_are_not_a_setting_that_results_depend_on(tmp_path: Path):
    without = load_project(write(tmp_path, GOOD))
    owned = load_project(write(tmp_path, GOOD + 'owners: [ana@example.com, "team:sales"]\n'))
    assert owned.owners == ["ana@example.com", "team:sales"]
    assert owned.mark == without.mark == "720c3723a587c9ac", "run tags of an earlier version still name these settings"


@pytest.mark.parametrize(
    ("change", "line", "words"),
    [
        (("goal:\n", "gaol:\n"), 6, ["gaol", "did you mean goal?"]),
        (("  target: orders.total", "  trget: orders.total"), 7, ["trget", "target"]),
        (("name: shop", "name: other"), 1, ["other", "shop"]),
        (('tables: [customers, "Order Details"]', "tables: []"), 5, ["tables"]),
        (("reader:${SHOP_PASSWORD}@", "reader:hunter2@"), 4, ["password", "${NAME}"]),
        (("reader:${SHOP_PASSWORD}@", "reader:hunter2@at@"), 4, ["password"]),
        (("reader:${SHOP_PASSWORD}@db/shop", "reader@db/shop?password=hunter2"), 4, ["password"]),
        (("goal:\n", "policy: {tags: later}\ngoal:\n"), 6, ["later", "human", "auto"]),
        (("goal:\n", "search: {trials: 0}\ngoal:\n"), 6, ["trials", "0"]),
        (("goal:\n", "schedule: daily\ngoal:\n"), 6, ["cron"]),
        (("table: orders", "table: customers"), 1, ["customers", "same name"]),
        (("goal:\n", "owners: [ana]\ngoal:\n"), 6, ["ana", "team:NAME"]),
        (("goal:\n", "infrastructure:\n  provider: exmple\ngoal:\n"), 7, ["exmple", "example, local", "mean example?"]),
        (("goal:\n", "search: {learners: [lgbm, liner]}\ngoal:\n"), 6, ["'liner'", "lgbm, extra_tree", "mean linear?"]),
        (("goal:\n", "search:\n  learners: [lgbm, xgboost]\ngoal:\n"), 7, ["'xgboost'", "install the package"]),
        (("goal:\n", "infrastructure: {provider: 7}\ngoal:\n"), 6, ["provider", "7"]),
        (("goal:\n", "infrastructure:\n  shelf: upper\ngoal:\n"), 7, ["shelf is not", "endpoint_hours, provider"]),
        (
            ("goal:\n", "infrastructure:\n  provider: example\n  shlf: upper\ngoal:\n"),
            8,
            ["infrastructure.shlf", "mean shelf?"],
        ),
        (("goal:\n", "infrastructure:\n  provider: example\n  shelf: A b\ngoal:\n"), 8, ["shelf", "A b"]),
    ],
)
def test_a_mistake_is_reported_with_its_line_the_value_and_the_allowed_values(
    tmp_path: Path, change: tuple[str, str], line: int, words: list[str]
):
    path = write(tmp_path, GOOD.replace(*change))
    with pytest.raises(ConfigError) as caught:
        load_project(path)
    assert caught.value.code == "RDX-CFG-003"
    assert caught.value.context["file"] == path
    assert caught.value.context["line"] == line
    assert all(word in str(caught.value) for word in words), str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_provider_of_another_package_has_settings_of_its_own(tmp_path: Path):
    plain = load_project(write(tmp_path, GOOD + "infrastructure: {provider: example}\n"))
    upper = load_project(write(tmp_path, GOOD + "infrastructure: {provider: example, shelf: upper}\n"))
    assert [vars(project.infrastructure.settings) for project in (plain, upper)] == [{"shelf": ""}, {"shelf": "upper"}]
    assert plain.mark != upper.mark
    sent = pickle.loads(pickle.dumps(upper))  # noqa: S301 written just now
    assert sent.infrastructure == upper.infrastructure


def test_invalid_yaml_is_reported_with_its_line(tmp_path: Path):
    with pytest.raises(ConfigError) as caught:
        load_project(write(tmp_path, "name: shop\nsources: [\n"))
    assert caught.value.code == "RDX-CFG-002"
    assert caught.value.context["line"] >= 2


@pytest.mark.parametrize("text", ["", "just text", "- a\n- b\n"])
def test_a_file_without_settings_is_an_error(tmp_path: Path, text: str):
    with pytest.raises(ConfigError, match="RDX-CFG-003"):
        load_project(write(tmp_path, text))


def test_yaml_that_would_run_code_is_refused(tmp_path: Path):
    with pytest.raises(ConfigError, match="RDX-CFG-002"):
        load_project(write(tmp_path, "name: !!python/object/apply:os.system [true]\n"))


def test_a_broken_project_does_not_affect_the_others(tmp_path: Path):
    write(tmp_path, GOOD)
    write(tmp_path, "nonsense: 1", name="broken")
    good, broken = load_projects(tmp_path)
    assert [project.name for project in good] == ["shop"]
    assert list(broken) == ["broken"]


@pytest.mark.parametrize(
    ("name", "expected"), [("orders", "orders"), ("Order Details", "Order_Details"), ("été", "t"), ("…", "table")]
)
def test_table_names_become_key_parts(name: str, expected: str):
    assert slug(name) == expected
