"""With any change to the files of a project the code location loads, the other projects are unaffected, and the mistake
is reported with its position."""

from pathlib import Path

import dagster as dg
import pytest
from dagster._utils.schedules import is_valid_cron_string
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from radix_assets.orchestration.assets import build_assets
from radix_assets.orchestration.sensors import build_schedules
from radix_assets.pipeline.tools import tools
from radix_assets.project.cron import is_cron
from radix_assets.project.load import load_project, load_projects
from radix_assets.stages import STAGES
from radix_assets.tags_file.file import read_tags
from radix_resources.errors import ConfigError, TagError
from radix_resources.home import Home

PROJECT = """\
name: shop
description: "what: it is"
sources:
  - {table: orders, path: data/orders.csv, delimiter: ";"}
  - database: postgresql://reader:${SHOP_PASSWORD}@db/shop
    tables: [customers, "Order Details"]
goal:
  target: {for_each: customers, predict: "count(orders) == 0", within: 30d}
schedule: "0 5 * * *"
policy: {tags: auto, accept_above: 0.5}
budget: {gigabytes: 3}
"""
TAGS = """\
confirmed: true
target: orders.total
problem: regression
relationships:
  - orders.customer_id -> customers.customer_id
tables:
  orders:
    primary_key: [order_id]
    columns:
      order_id: {role: primary_key, type: numeric}
      total: {role: target, type: numeric}   # 90 %
"""
BITS = [
    *":{}[]'\"\t\n#|>@`~%&*!?-,\0\a\x85\u2028\ufeff\ud800",
    *(
        "- ",
        "? ",
        "  ",
        "&a ",
        "*a",
        "<<: ",
        "---\n",
        "%YAML 9\n",
        "null",
        "1e999",
        "-1",
        ".inf",
        "2026-02-31",
        "* * 31",
    ),
    *("!!python/object:os.system ", "!!binary x", "!!timestamp x", "!!int x", "!!set ", "99 99 99 99 99", "[[" * 60),
]
place = st.floats(0, 1)
edits = st.lists(
    st.one_of(
        st.tuples(st.just("insert"), place, st.sampled_from(BITS)),
        st.tuples(st.just("replace"), place, st.text(max_size=4)),
        st.tuples(st.just("remove"), place, st.integers(1, 12)),
        st.tuples(st.just("repeat"), place, st.integers(1, 40)),
    ),
    min_size=1,
    max_size=4,
)


def mutated(text: str, changes: list[tuple[str, float, str | int]]) -> bytes:
    for kind, where, what in changes:
        at = int(where * len(text))
        if isinstance(what, str):
            text = text[:at] + what + text[at + (len(what) if kind == "replace" else 0) :]
        else:
            text = text[:at] + (text[at : at + what] * 2 if kind == "repeat" else "") + text[at + what :]
    return text.encode("utf-8", "surrogatepass")


def write(root: Path, content: bytes, name: str = "shop", file: str = "project.yaml") -> Path:
    path = root / name / file
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=edits)
def test_a_mutated_project_file_affects_no_other_and_is_reported_with_line_and_column(home: Home, changes):
    tmp_path = home.projects
    write(tmp_path, PROJECT.replace("shop\n", "other\n", 1).encode(), name="other")
    path = write(tmp_path, mutated(PROJECT, changes))
    good, broken = load_projects(tmp_path)
    assert "other" in {project.name for project in good}
    assert len(good) + len(broken) == 2
    for error in broken.values():
        assert error.context["file"] == path
        assert error.context["line"] >= 1
        assert error.context["column"] >= 1
        assert error.hint
    dg.Definitions(
        assets=[asset for project in good for asset in build_assets(project, STAGES[:1], tools(home))],
        schedules=build_schedules(good),
    )


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=edits)
def test_a_mutated_tags_file_is_read_or_reported_with_its_line(tmp_path: Path, changes):
    path = write(tmp_path, mutated(TAGS, changes), file="tags.yaml")
    try:
        read_tags(path)
    except TagError as error:
        for one in getattr(error, "errors", [error]):
            assert one.code.startswith("RDX-TAG-00")
            assert one.context["line"] >= 1


@pytest.mark.parametrize(
    ("change", "code", "line", "column"),
    [
        ((b"what: it", b"what \xff it"), "RDX-CFG-002", 2, 20),
        ((b"what: it", b"what\a: it"), "RDX-CFG-002", 2, 19),
        ((b"3}", b"3]"), "RDX-CFG-002", 11, 22),
        ((b"gigabytes: 3", b"gigabytes: 2026-02-31"), "RDX-CFG-002", 11, 21),
        ((b"3}", b"[" * 100_000), "RDX-CFG-002", 1, 1),
        ((b"3}", b"three}"), "RDX-CFG-003", 11, 10),
        ((b"0 5 * * *", b"61 5 * * *"), "RDX-CFG-003", 9, 1),
        ((b'{table: orders, path: data/orders.csv, delimiter: ";"}', b"data/orders.csv"), "RDX-CFG-003", 4, 5),
    ],
)
def test_each_kind_of_mistake_is_reported_with_its_position(
    tmp_path: Path, change: tuple[bytes, bytes], code: str, line: int, column: int
):
    assert change[0] in PROJECT.encode()
    path = write(tmp_path, PROJECT.encode().replace(*change))
    with pytest.raises(ConfigError) as caught:
        load_project(path)
    assert (caught.value.code, caught.value.context["line"], caught.value.context["column"]) == (code, line, column)
    assert f"file {path}, line {line}, column {column}" in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        *("0 5 * * *", "*/15 0-6,22 1,15 * 1", "59 23 31 12 7", "0 0 * jan-mar SUN", "0 22-6 * * *", "0 0 L * *"),
        *("60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * 31 2 *", "*/0 * * * *", "@daily", "a b c d e"),
        *("* * * *", "* * * * * *", "1,,2 * * * *", "1- * * * *", "\u0661 * * * *"),
    ],
)
def test_an_accepted_cron_expression_is_valid_for_dagster(text: str):
    five = len(text.split()) == 5
    assert is_cron(text) is (five and is_valid_cron_string(text))


def test_the_code_location_loads_with_every_kind_of_broken_project_and_shows_each(home: Home):
    from radix_assets.definitions import defs

    write(home.projects, PROJECT.encode())
    broken = {"bytes": b"\xff\xfe", "cron": PROJECT.replace("0 5", "61 5").encode(), "deep": b"a: " + b"[" * 100_000}
    broken |= {"empty": b"", "sources": b"sources: [orders.csv]", "date": b"name: 2026-02-31", "yaml": b"a: b: c"}
    odd = {"my-shop": b"", "my shop": b"", "\u00e9t\u00e9": b""}
    for name, content in {**broken, **odd}.items():
        write(home.projects, content, name=name)
    loaded = defs()
    loaded.get_repository_def()
    shown = {key.path[0] for key in loaded.resolve_asset_graph().get_all_asset_keys()}
    assert shown >= {"shop", *broken}
    assert len([name for name in shown if name.startswith("my_shop")]) == 2


@pytest.mark.parametrize(
    ("sources", "found", "hint"),
    [
        ("[{path: a.csv}", "the file is not valid YAML: expected ',' or ']' here", "close the bracket"),
        ("a: b: c", "the file is not valid YAML: mapping values are not allowed", "correct the line"),
    ],
)
def test_a_bracket_that_is_not_closed_is_described(home: Home, sources: str, found: str, hint: str):
    path = write(home.projects, f"name: shop\nsources: {sources}\ngoal: x\n".encode())
    error = load_projects(home.projects)[1]["shop"]
    assert error.context["file"] == path
    assert error.found.startswith(found)
    assert error.hint.startswith(hint)
