"""A row is known from the latest of its moments: what it is about, when it was written, when it was closed."""

import datetime as dt
import json

import polars as pl
import pytest
from feature_shop import START, link, save, tag

from radix_assets.features.graph.build import build_graph
from radix_assets.features.reads import columns_read
from radix_assets.features.stage import make_features
from radix_assets.tags.schema import TableTags, Tags, Target

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
JOBS = 40


def moved(days, *, name="entered_at", every=1, machines=False):
    """Return jobs of machines, and a finding an hour before each of them, with another time some days later."""
    starts = [START + number * DAY for number in range(JOBS)]
    jobs = pl.DataFrame(
        {
            "job": range(JOBS),
            "machine": [n % 4 for n in range(JOBS)],
            "at": starts,
            "load": [n % 7 for n in range(JOBS)],
            "failed": [n % 2 for n in range(JOBS)],
        }
    )
    other = [start + days * DAY if n % every == 0 else None for n, start in enumerate(starts)]
    findings = pl.DataFrame(
        {
            "finding": range(JOBS),
            "machine": [n % 4 for n in range(JOBS)],
            "observed_at": [start - HOUR for start in starts],
            name: pl.Series(other, dtype=pl.Datetime("us")),
            "severity": [float(n % 5) for n in range(JOBS)],
        }
    )
    owner = pl.DataFrame({"machine": range(4), "since": [START - DAY] * 4, "maker": list("abab")})
    return {"jobs": jobs, "machines": owner, "findings": findings}


def tags_of(name="entered_at", role="leak"):
    def table(time, key, **columns):
        return TableTags(primary_key=[key], time_index=[time], columns={n: tag(t) for n, t in columns.items()})

    numeric, key = "feature numeric", "not-generalizable"
    machine = f"foreign_key {key}"
    return Tags(
        target=Target(table="jobs", column="failed", problem="binary"),
        confirmed_by="person",
        tables={
            "jobs": table(
                "at",
                "job",
                job=f"primary_key {key}",
                machine=machine,
                at="time_index datetime",
                load=numeric,
                failed="target categorical",
            ),
            "machines": table(
                "since",
                "machine",
                machine=f"primary_key {key}",
                since="time_index datetime",
                maker="feature categorical",
            ),
            "findings": table(
                "observed_at",
                "finding",
                finding=f"primary_key {key}",
                machine=machine,
                observed_at="time_index datetime",
                severity=numeric,
                **{name: f"{role} datetime"},
            ),
        },
        relationships=[
            link("jobs", ["machine"], "machines", ["machine"]),
            link("findings", ["machine"], "machines", ["machine"]),
        ],
    )


def counts(tmp_path, frames, tags):
    """Return for each job how many findings of its machine were known, and what the stage shows."""
    out = tmp_path / "out"
    out.mkdir()
    output = make_features(tags, save(tmp_path, frames), (), out)
    matrix = pl.read_parquet(out / "matrix.parquet")
    names = {f["name"]: f["explanation"] for f in json.loads((out / "features.json").read_text())["features"]}
    (name,) = [name for name in names if name in matrix.columns and name.upper().endswith("COUNT(FINDINGS)")]
    return matrix[name].to_list(), output, out


def expected(frames, name):
    findings = frames["findings"].with_columns(known=pl.max_horizontal("observed_at", name))
    return [
        findings.filter((pl.col("machine") == machine) & (pl.col("known") < at)).height
        for machine, at in frames["jobs"].select("machine", "at").iter_rows()
    ]


@pytest.mark.parametrize(
    ("name", "role"),
    [("entered_at", "leak"), ("created_on", "feature"), ("last_updated", "ignore"), ("closed_at", "leak")],
)
def test_a_row_written_later_is_known_from_then(tmp_path, name, role):
    frames = moved(7, name=name)
    values, output, out = counts(tmp_path, frames, tags_of(name, role))
    assert values == expected(frames, name)
    assert max(values) > 0
    (row,) = output.shown["rows known later than they are dated"].rows
    assert (row["table"], row["known from"]) == ("findings", f"the latest of observed_at, {name}")
    assert "the time from which a row is known" in columns_read(out)["findings", name]


def test_a_row_that_is_not_closed_is_known_from_its_time(tmp_path):
    frames = moved(7, name="closed_at", every=3)
    values, _, _ = counts(tmp_path, frames, tags_of("closed_at"))
    assert values == expected(frames, "closed_at")


@pytest.mark.parametrize(("name", "days"), [("due_at", 7), ("expected_completion", 7), ("entered_at", -7)])
def test_what_is_planned_or_earlier_does_not_count(tmp_path, name, days):
    frames = moved(days, name=name)
    graph = build_graph(tags_of(name), save(tmp_path, frames), ())
    assert not any(table.known for table in graph.tables.values())


def test_a_parent_existed_before_the_rows_that_refer_to_it(tmp_path):
    frames = moved(7)
    frames["machines"] = frames["machines"].with_columns(updated_at=pl.lit(START + 400 * DAY))
    tags = tags_of()
    tags.tables["machines"].columns["updated_at"] = tag("ignore datetime")
    graph = build_graph(tags, save(tmp_path, frames), ())
    assert {name: table.known for name, table in graph.tables.items() if table.known} == {"findings": ("entered_at",)}
