"""Rows at and after the cutoff change nothing, on every kind of path in the graph of tables."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from feature_shop import START, link, save, tag
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from test_feature_parity import agree, everything

from radix_assets.asof.plan import Aggregation, Direct, Node, Plan, walk
from radix_assets.features.engines.dispatch import compute
from radix_assets.features.prepared import Prepared
from radix_assets.features.schema import CUTOFF
from radix_assets.tags.schema import TableTags, Tags, Target

PEOPLE, TEAMS, TASKS, HOURS = 6, 3, 120, 1500
NOTES = 2 * TASKS
KEYS = {"id": "primary_key not-generalizable", "at": "time_index datetime"}
COLUMNS = {
    "people": {"team": "foreign", "boss": "foreign", "born": "datetime", "pay": "numeric", "kind": "categorical"},
    "teams": {"lead": "foreign", "size": "numeric", "kind": "categorical"},
    "tasks": {"person": "foreign", "effort": "numeric", "kind": "categorical"},
    "notes": {"task": "foreign", "words": "numeric", "kind": "categorical"},
    "events": {"team": "foreign", "cost": "numeric", "kind": "categorical"},
}


def company() -> dict[str, pl.DataFrame]:
    """Return people in teams that people lead, their bosses, tasks of people, notes on tasks, events of teams."""

    def table(rows: int, **columns: list) -> pl.DataFrame:
        at = [START + dt.timedelta(hours=(37 * i * i) % HOURS) for i in range(rows)]
        kind = ["a", "b", None, "a"]
        return pl.DataFrame({"id": range(rows), "at": at, "kind": [kind[i % 4] for i in range(rows)], **columns})

    return {
        "people": table(
            PEOPLE,
            team=[0, 1, 0, 2, None, 1],
            boss=[None, 0, 0, 1, 3, 99],
            born=[START - dt.timedelta(days=9_000 + 37 * i) for i in range(PEOPLE)],
            pay=[10.0, 7.5, None, 3.0, 4.0, 8.0],
        ),
        "teams": table(TEAMS, lead=[0, 2, 5], size=[3.0, None, 5.0]),
        "tasks": table(TASKS, person=[i % PEOPLE for i in range(TASKS)], effort=[float(i % 5) for i in range(TASKS)]),
        "notes": table(NOTES, task=[i % TASKS for i in range(NOTES)], words=[float(i) for i in range(NOTES)]),
        "events": table(12, team=[i % TEAMS for i in range(12)], cost=[float(i * i) for i in range(12)]),
    }


def tags_of() -> Tags:
    tables = {
        name: TableTags(
            primary_key=["id"],
            time_index=["at"],
            columns={c: tag(t) for c, t in KEYS.items()}
            | {
                c: tag("foreign_key not-generalizable" if t == "foreign" else f"feature {t}")
                for c, t in columns.items()
            },
        )
        for name, columns in COLUMNS.items()
    }
    tables["people"].columns["pay"] = tag("target numeric")
    links = [
        link("people", ["team"], "teams", ["id"]),
        link("people", ["boss"], "people", ["id"]),
        link("teams", ["lead"], "people", ["id"]),
        link("tasks", ["person"], "people", ["id"]),
        link("notes", ["task"], "tasks", ["id"]),
        link("events", ["team"], "teams", ["id"]),
    ]
    target = Target(table="people", column="pay", problem="regression")
    return Tags(target=target, confirmed_by="person", tables=tables, relationships=links)


def kinds(plan: Plan) -> set[str]:
    """Return the kinds of paths of the features."""
    found = set()

    def step(node: Node, *, above: bool) -> None:
        if isinstance(node, Direct):
            found.add("parent" if plan.source(plan.links[node.link].parent) != plan.table else "itself, upwards")
            step(node.base, above=True)
        elif isinstance(node, Aggregation):
            last = plan.source(plan.links[node.path[-1]].child)
            found.add(
                ("circle" if above else "itself, downwards")
                if last == plan.table
                else "parent's other children"
                if above
                else "child"
                if len(node.path) == 1
                else "grandchild"
            )
            found.update("stacked" for part in walk(node.base) if isinstance(part, Aggregation))
            found.update(["window"] if node.window else [], ["condition"] if node.where else [])

    for output in plan.outputs:
        step(output.node, above=False)
    return found


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> tuple[Tags, dict[str, Path], Plan]:
    tags, tables = tags_of(), save(tmp_path_factory.mktemp("before"), company())
    return tags, tables, everything(tags, tables)


@pytest.fixture(scope="module")
def prepared(before: tuple[Tags, dict[str, Path], Plan]) -> Prepared:
    return Prepared(before[2], before[1])


def test_the_plan_covers_every_kind_of_path(before) -> None:
    expected = {"child", "grandchild", "parent", "parent's other children", "itself, upwards", "itself, downwards"}
    assert kinds(before[2]) >= expected | {"circle", "stacked", "window", "condition"}
    assert any("TIME_SINCE(" in output.name for output in before[2].outputs)


@pytest.mark.slow
def test_every_feature_of_such_paths_equals_featuretools(before) -> None:
    tags, tables, _ = before
    agree(tags, tables, list(range(PEOPLE)))


moments = st.integers(0, HOURS).map(lambda hours: START + dt.timedelta(hours=hours, microseconds=1))
later = st.sampled_from([0, 0, 1, 3_600_000_000, 10**12]).map(lambda n: dt.timedelta(microseconds=n))
people, teams, tasks = st.integers(0, PEOPLE), st.integers(0, TEAMS), st.integers(0, TASKS)
some = {"max_size": 3}
planted = st.fixed_dictionaries(
    {
        "people": st.lists(st.tuples(later, teams, people), **some),
        "teams": st.lists(st.tuples(later, people), **some),
        "tasks": st.lists(st.tuples(later, people), **some),
        "notes": st.lists(st.tuples(later, tasks), **some),
        "events": st.lists(st.tuples(later, teams), **some),
    }
)


def grown(cutoff: dt.datetime, new: dict[str, list[tuple]]) -> dict[str, pl.DataFrame]:
    """Return the company with rows created at the cutoff or after it, numbered after the existing ones."""
    tables = company()
    for name, rows in new.items():
        schema = tables[name].schema
        keys = [column for column, kind in COLUMNS[name].items() if kind == "foreign"]
        odd = {c: -1e9 if schema[c] == pl.Float64 else START if schema[c].is_temporal() else "planted" for c in schema}
        made = [
            odd | {"id": len(tables[name]) + i, "at": cutoff + after} | dict(zip(keys, parents, strict=True))
            for i, (after, *parents) in enumerate(rows)
        ]
        tables[name] = pl.concat([tables[name], pl.DataFrame(made, schema=schema)])
    return tables


@pytest.mark.extended
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(row=st.integers(0, PEOPLE - 1), cutoff=moments, new=planted)
def test_rows_at_and_after_the_cutoff_change_no_feature_on_any_path(
    tmp_path_factory, before, prepared, row, cutoff, new
) -> None:
    _, tables, plan = before
    after = save(tmp_path_factory.mktemp("after"), grown(cutoff, new))
    asked = company()["people"][row : row + 1]
    own = asked.with_columns(pl.lit(cutoff).alias("at"))
    assert_frame_equal(prepared.compute(own), Prepared(plan, after).compute(own), check_exact=True)
    once = asked.with_columns(pl.lit(cutoff).alias(CUTOFF))
    assert_frame_equal(compute(plan, tables, once), compute(plan, after, once), check_exact=True)
