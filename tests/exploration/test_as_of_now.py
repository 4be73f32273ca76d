"""Columns that describe the present are not features of a question asked in the past."""

import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from radix_assets.exploration.explore import explore, load_exploration
from radix_assets.exploration.schema import Exploration
from radix_assets.features.stage import load_features, make_features
from radix_assets.labels.stage import load_question, make_labels
from radix_assets.question.horizon import Future
from radix_assets.relationships.schema import Relationship
from radix_assets.tags.schema import ColumnTag, TableTags, Tags, Target

START, DAYS, ACCOUNTS = dt.datetime(2022, 1, 1), 720, 300  # noqa: DTZ001 data have no zone
HONEST = ["country", "seats", "born", "signup_channel", "renewal_due"]
OUTCOMES = ["is_gone", "state", "until", "motive", "uses", "seen"]
"""None of them is named after the target."""


def data(seed: int = 0) -> dict[str, pl.DataFrame]:
    """Return accounts that use a service until they leave, as some do."""
    random = np.random.default_rng(seed)
    leaves = random.random(ACCOUNTS) < 0.4
    end = np.where(leaves, random.integers(120, DAYS - 60, ACCOUNTS), DAYS)
    used = (random.random((ACCOUNTS, DAYS)) < random.choice([0.15, 0.4], ACCOUNTS)[:, None]) & (
        np.arange(DAYS) < end[:, None]
    )
    account, day = np.nonzero(used)
    order = np.argsort(day, kind="stable")
    until = [(START + dt.timedelta(days=int(day))).date() if day < DAYS else None for day in end]
    uses = pl.DataFrame({"account": account[order], "day": [START + dt.timedelta(days=int(d)) for d in day[order]]})
    last = [START + dt.timedelta(days=int(np.flatnonzero(row).max(initial=0))) for row in used]
    accounts = pl.DataFrame(
        {
            "account": range(ACCOUNTS),
            "country": random.choice(["de", "fr", "it"], ACCOUNTS),
            "seats": np.where(leaves & (random.random(ACCOUNTS) < 0.5), 1, random.integers(1, 9, ACCOUNTS)),
            "born": [dt.date(1980, 1, 1) + dt.timedelta(days=int(d)) for d in random.integers(0, 8000, ACCOUNTS)],
            "signup_channel": random.choice(["web", "shop"], ACCOUNTS),
            "renewal_due": [dt.date(2025, 1, 1) + dt.timedelta(days=int(d)) for d in random.integers(0, 300, ACCOUNTS)],
            "is_gone": leaves,
            "state": np.where(leaves, "b", np.where(random.random(ACCOUNTS) < 0.3, "c", "a")),
            "until": until,
            "motive": [str(random.choice(["price", "other", "moved"])) if gone else None for gone in leaves],
            "uses": used.sum(axis=1),
            "seen": last,
        }
    )
    return {"accounts": accounts, "log": uses}


def tags(tables: dict[str, pl.DataFrame], future: Future, confirmed: str = "") -> Tags:
    def line(name: str, role: str = "feature") -> ColumnTag:
        kind = {"seats": "numeric", "uses": "numeric"}.get(name, "datetime" if name in DATES else "categorical")
        return ColumnTag(role=role, type=kind, human=name == confirmed)

    columns = {
        name: line(name, "primary_key" if name == "account" else "feature") for name in tables["accounts"].columns
    }
    log = {"account": line("account", "foreign_key"), "day": line("day", "time_index")}
    return Tags(
        target=Target(table="accounts", column="", problem="binary", future=future),
        tables={
            "accounts": TableTags(primary_key=["account"], columns=columns),
            "log": TableTags(time_index=["day"], columns=log),
        },
        relationships=[
            Relationship(child="log", child_columns=["account"], parent="accounts", parent_columns=["account"])
        ],
    )


DATES = ("born", "until", "seen", "renewal_due")


def found(folder: Path, tables: dict[str, pl.DataFrame], asked: Tags) -> tuple[Exploration, Tags, dict[str, Path]]:
    paths = {}
    for name, frame in tables.items():
        paths[name] = folder / name
        paths[name].mkdir()
        frame.write_parquet(paths[name] / "data.parquet")
    labels, out = folder / "labels", folder / "out"
    labels.mkdir()
    out.mkdir()
    make_labels(asked, paths, labels)
    question = load_question(labels)
    explore(question.tags, paths | question.tables, {}, out)
    return load_exploration(out), question.tags, paths | question.tables


WILL_LEAVE = Future(for_each="accounts", predict="count(log) == 0", within="60d", where="count(log, 60d) > 0")


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_outcomes_are_left_out_and_stable_attributes_are_used(tmp_path: Path, seed: int) -> None:
    tables = data(seed)
    exploration, asked, paths = found(tmp_path, tables, tags(tables, WILL_LEAVE))
    excluded = exploration.excluded(asked)
    assert excluded == sorted(f"accounts.{name}" for name in OUTCOMES)
    reasons = {suspect.column: suspect.reason for suspect in exploration.suspects if suspect.code == "as_of_now"}
    assert "the table says what is so now" in reasons["is_gone"]
    assert "asked in" in reasons["seen"]
    (tmp_path / "features").mkdir()
    make_features(asked, paths, excluded, tmp_path / "features")
    features = load_features(tmp_path / "features")
    used = {column for feature in features.features for column in feature.columns}
    assert not used & set(excluded)
    assert "accounts.country" in used
    assert features.dropped["accounts.is_gone"].startswith("never used: known too late")


def test_the_name_decides_if_the_values_do_not(tmp_path: Path) -> None:
    tables = data()
    random = np.random.default_rng(1)
    noise = pl.Series(random.random(ACCOUNTS) < 0.5)
    more = {
        "log_total": pl.Series(random.integers(0, 9, ACCOUNTS)),
        "churn_flag": noise,
        "first_log": noise,
        "account_kind": noise,
    }
    tables["accounts"] = tables["accounts"].select(
        "account", "country", **{name: pl.lit(one) for name, one in more.items()}
    )
    about = WILL_LEAVE.model_copy(update={"predict": "count(log where log.account >= 0) == 0"})
    exploration, asked, _ = found(tmp_path, tables, tags(tables, about))
    assert exploration.excluded(asked) == ["accounts.churn_flag", "accounts.log_total"]


def test_requested_amounts_are_recognized_by_their_totals(tmp_path: Path) -> None:
    tables = data()
    future = Future(for_each="accounts", predict="count(log)", within="60d", where="count(log, 60d) > 0")
    asked = tags(tables, future)
    asked.target.problem = "count"
    exploration, asked, _ = found(tmp_path, tables, asked)
    assert "accounts.uses" in exploration.strong
    assert not exploration.strong & {f"accounts.{name}" for name in HONEST}


def test_a_column_filled_together_with_a_later_end_is_left_out(tmp_path: Path) -> None:
    tables = data()
    random = np.random.default_rng(2)
    start = [START + dt.timedelta(days=int(day)) for day in random.integers(0, 300, 900)]
    ended = random.random(900) < 0.6
    after = [one + dt.timedelta(days=int(day)) for one, day in zip(start, random.integers(5, 300, 900), strict=True)]
    tables["contracts"] = pl.DataFrame(
        {
            "account": random.integers(0, ACCOUNTS, 900),
            "start": start,
            "until": [day if over else None for day, over in zip(after, ended, strict=True)],
            "over": ended,
            "phase": np.where(ended, "z", random.choice(["x", "y"], 900)),
            "kind": random.choice(["p", "q"], 900),
        }
    )
    asked = tags(tables, WILL_LEAVE)
    line = {name: ColumnTag(role="feature", type="categorical") for name in ("over", "phase", "kind")}
    line |= {"account": ColumnTag(role="foreign_key", type="not-generalizable")}
    line |= {"until": ColumnTag(role="feature", type="datetime")}
    line |= {"start": ColumnTag(role="time_index", type="datetime")}
    asked.tables["contracts"] = TableTags(time_index=["start"], columns=line)
    link = Relationship(child="contracts", child_columns=["account"], parent="accounts", parent_columns=["account"])
    asked.relationships.append(link)
    exploration, asked, _ = found(tmp_path, tables, asked)
    excluded = {name for name in exploration.excluded(asked) if name.startswith("contracts.")}
    assert excluded == {"contracts.until", "contracts.over", "contracts.phase"}


def test_a_user_may_keep_a_column(tmp_path: Path) -> None:
    tables = data()
    exploration, asked, _ = found(tmp_path, tables, tags(tables, WILL_LEAVE, confirmed="state"))
    assert "accounts.state" not in exploration.excluded(asked)
    assert exploration.kept(asked) == ["accounts.state"]
