"""The profile as a whole: its files, what is shown, and what must not be shown."""

import datetime as dt
import sys

import numpy as np
import polars as pl
import pytest

from radix_assets.pipeline.output import Page, Picture, Table
from radix_assets.profiles.compute import profile_table
from radix_assets.profiles.display.alerts import find_alerts
from radix_assets.profiles.load import load_profile, load_profiles
from radix_assets.profiles.private import without_values
from radix_assets.profiles.stage import make_profile
from radix_resources.errors import StorageError


@pytest.fixture
def snapshot(tmp_path):
    """Return the directory of a raw snapshot and an empty one for the profile."""

    def write(frame: pl.DataFrame):
        raw, out = tmp_path / "raw", tmp_path / "profile"
        raw.mkdir(exist_ok=True)
        out.mkdir(exist_ok=True)
        frame.write_parquet(raw / "data.parquet")
        return raw, out

    return write


def people(rows: int = 300) -> pl.DataFrame:
    rng = np.random.default_rng(0)
    return pl.DataFrame(
        {
            "email": [f"person{number}@example.org" for number in range(rows)],
            "age": rng.integers(18, 90, rows),
            "city": rng.choice(["Rome", "Oslo", "<img src=x onerror=alert(1)>"], rows),
            "joined": pl.date_range(pl.date(2020, 1, 1), pl.date(2030, 1, 1), "1d", eager=True).head(rows),
            "<script>alert(1)</script> $x_1$": rng.normal(size=rows),
        }
    )


def test_a_profile_has_statistics_a_chart_and_a_page(snapshot):
    raw, out = snapshot(people())
    output = make_profile("people", raw, out)
    whole = profile_table("people", raw / "data.parquet")
    assert load_profile(out) == without_values(whole, {"email"})
    email = whole.columns["email"].model_copy(update={"private": True})
    complete = whole.model_copy(update={"columns": whole.columns | {"email": email}})
    assert load_profiles({"people": out}, {"people": raw})["people"] == complete
    assert output.shown["overview"].file == "overview.png"
    assert isinstance(output.shown["overview"], Picture)
    assert output.shown["page"] == Page("page.html")
    assert output.shown["page shows"] == "people: 300 rows, 1 private column left out"
    assert (out / "overview.png").read_bytes().startswith(b"\x89PNG")
    assert (out / "overview.png").stat().st_size < 60_000
    assert (output.rows, output.shown["columns"], output.shown["missing cells %"]) == (300, 5, 0.0)


def test_no_private_value_and_no_script_reaches_the_page_or_the_metadata(snapshot):
    raw, out = snapshot(people())
    output = make_profile("people", raw, out)
    page = (out / "page.html").read_text()
    assert "@example.org" not in page + str(output)
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
    assert "Rome" in page


def test_equal_data_give_equal_profiles(snapshot):
    raw, out = snapshot(people())
    make_profile("people", raw, out)
    first = (out / "profile.json").read_bytes()
    make_profile("people", raw, out)
    assert (out / "profile.json").read_bytes() == first


def test_a_page_that_cannot_be_rendered_does_not_fail_the_profile(snapshot, monkeypatch):
    monkeypatch.setitem(sys.modules, "ydata_profiling", None)
    raw, out = snapshot(people())
    output = make_profile("people", raw, out)
    assert output.shown["page"].startswith("none: ydata-profiling failed")
    assert not (out / "page.html").exists()
    assert load_profile(out).rows == 300


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame(schema={"a": pl.Int64, "b": pl.String}),
        pl.DataFrame({"a": [1]}),
        pl.DataFrame({"a": pl.Series([None, None], dtype=pl.String), "b": pl.Series([None, None], dtype=pl.Float64)}),
        pl.DataFrame({"": [1, 2], "^x$": [True, None], "日本語": ["é", "🎉"], "t": [None, "12"]}),
    ],
)
def test_odd_tables_have_a_profile(snapshot, frame, caplog):
    raw, out = snapshot(frame)
    output = make_profile("odd", raw, out)
    assert output.rows == frame.height
    assert (out / "overview.png").exists()


@pytest.mark.extended
def test_a_wide_and_long_table_is_sampled_and_the_page_states_it(snapshot):
    rng = np.random.default_rng(0)
    raw, out = snapshot(pl.DataFrame({f"c{i}": rng.integers(0, 9, 6_000) for i in range(70)}))
    output = make_profile("wide", raw, out)
    assert output.shown["page shows"] == "wide: 5,000 of 6,000 rows, the first 60 of 70 columns"
    assert (out / "overview.png").stat().st_size < 60_000


def test_alerts_say_what_a_person_should_know(snapshot):
    rng = np.random.default_rng(0)
    raw, _ = snapshot(
        pl.DataFrame(
            {
                "empty": pl.Series([None] * 200, dtype=pl.String),
                "constant": ["x"] * 200,
                "sparse": [1.5 if number < 50 else None for number in range(200)],
                "label": [f"label {number}" for number in range(200)],
                "zeros": [0] * 190 + list(range(1, 11)),
                "skewed": np.exp(rng.normal(size=200) * 4),
                "rare": [True] * 199 + [False],
                "fine": rng.normal(size=200),
            }
        )
    )
    alerts = {(alert.column, alert.kind) for alert in find_alerts(profile_table("t", raw / "data.parquet"))}
    assert alerts == {
        ("empty", "empty"),
        ("constant", "constant"),
        ("sparse", "mostly missing"),
        ("sparse", "constant"),
        ("label", "nearly unique"),
        ("zeros", "mostly zero"),
        ("skewed", "skewed"),
        ("rare", "almost constant"),
    }


def test_alerts_are_shown_as_a_table(snapshot):
    raw, out = snapshot(pl.DataFrame({"a": [1, 1, 1], "b": [1, 2, 3]}))
    output = make_profile("t", raw, out)
    assert output.shown["alerts"] == Table([{"column": "a", "alert": "constant", "detail": "every value is the same"}])


def test_a_directory_without_a_profile_is_named(tmp_path):
    with pytest.raises(StorageError, match="RDX-STO-011"):
        load_profile(tmp_path)


def test_the_next_profile_continues_from_the_previous_one(snapshot, tmp_path):
    frame = people(300)
    raw, out = snapshot(frame.head(250))
    make_profile("people", raw, out)
    raw, out = snapshot(frame)
    (tmp_path / "next").mkdir()
    output = make_profile("people", raw, tmp_path / "next", previous=out)
    assert output.shown["new rows"] == "50; the others are carried over from the profile before"
    found, whole = load_profile(tmp_path / "next"), profile_table("people", raw / "data.parquet")
    assert found.columns["age"].top == whole.columns["age"].top
    assert found.columns["age"].std == pytest.approx(whole.columns["age"].std, rel=1e-9)
    assert found.columns["email"].distinct == 300
    assert b"@example.org" not in (tmp_path / "next" / "state.arrow").read_bytes()


def test_associations_patterns_and_exactness_are_shown(snapshot):
    rng = np.random.default_rng(0)
    size = rng.normal(size=200)
    raw, out = snapshot(
        pl.DataFrame(
            {
                "size": size,
                "twice": 2 * size,
                "kind": np.where(size > 0, "large", "small"),
                "part": [f"PX-{number:04d}" for number in range(200)],
            }
        )
    )
    output = make_profile("parts", raw, out, private=[])
    pairs = output.shown["strongest associations"]
    assert pairs.rows[0] == {"column": "size", "with": "twice", "measure": "Pearson", "value": 1.0}
    assert output.shown["patterns"] == Table([{"column": "part", "patterns": "AA-9999 100%"}])
    assert output.shown["estimated"] == "nothing: every statistic is exact"
    assert output.shown["associations"] == Picture("associations.png", "parts: how columns go together")
    hidden = make_profile("parts", raw, out, private=["part", "twice"])
    assert "patterns" not in hidden.shown
    assert "twice" not in str(hidden.shown["strongest associations"])
    assert b"PX-" not in (out / "profile.json").read_bytes()


def test_the_page_accepts_distant_dates_and_times_of_day(snapshot):
    days = [dt.date(9999, 12, 31) if number % 9 == 0 else dt.date(2024, 1, 1) for number in range(90)]
    raw, out = snapshot(pl.DataFrame({"until": days, "clock": [dt.time(number % 24) for number in range(90)]}))
    output = make_profile("t", raw, out, private=[])
    assert output.shown["page"] == Page("page.html")
    page = (out / "page.html").read_text()
    assert "9999-12-31" in page
    assert "1970-01" not in page
