"""Monitoring detects drift, shows nothing private, and its pages run no script of the data."""

import contextlib
import re
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from radix_assets.features.schema import CUTOFF, ROW, TARGET, Feature, FeatureSet
from radix_assets.models.schema import ModelCard, Score
from radix_assets.monitoring import pages
from radix_assets.monitoring.monitor import load_monitoring, monitor
from radix_assets.pipeline.output import Page
from radix_assets.tags.schema import ColumnTag, TableTags, Tags, Target

EVIL = "</script><script>alert(1)</script>"
N = 1200
SCORE = Score(value=0.8, low=0.7, high=0.9)


class Scripts(HTMLParser):
    """Collects what a browser would run, and event handlers."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.handlers: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "script"
        if self._inside:
            self.scripts.append("")
        self.handlers += [name for name, _ in attrs if name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts[-1] += data


def parse(path: Path) -> Scripts:
    scripts = Scripts()
    scripts.feed(path.read_text())
    return scripts


def without_ids(page: Path) -> str:
    """Return a page with its random ids numbered in their order."""
    ids: dict[str, str] = {}
    pattern = r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}"
    return re.sub(pattern, lambda match: ids.setdefault(match[0], f"id {len(ids)}"), page.read_text())


def build(tmp_path: Path, problem: str, *, shift: float = 0.0, rows: int = N, evil: str = EVIL) -> tuple[Path, Path]:
    """Build features and a model; the last third are test rows, optionally shifted."""
    rng = np.random.default_rng(3)
    late = np.arange(rows) >= rows * 2 // 3
    x = rng.normal(size=rows) + shift * late
    classes = {"binary": ["no", f"yes{evil}"], "multiclass": ["a", "b", evil], "regression": []}[problem]
    target = x + rng.normal(size=rows) if problem == "regression" else rng.choice(classes, rows)
    start = datetime(2024, 1, 1)  # noqa: DTZ001
    matrix = pl.DataFrame(
        {
            ROW: range(rows),
            CUTOFF: [start + timedelta(hours=i) for i in range(rows)],
            TARGET: target,
            "x": x,
            f"kind {evil}": rng.choice(["a", "b", evil], rows),
            "secret": rng.choice(["hush1", "hush2"], rows),
        }
    )
    features, model = tmp_path / "features", tmp_path / "model"
    features.mkdir()
    model.mkdir()
    matrix.write_parquet(features / "matrix.parquet")
    made = FeatureSet(
        table="t",
        key=[],
        target="t.y",
        problem=problem,
        features=[
            Feature(name="x", type="numeric", explanation="", tables=["t"], columns=["t.x"]),
            Feature(name=f"kind {evil}", type="categorical", explanation="", tables=["t"], columns=["t.kind"]),
            Feature(name="secret", type="categorical", explanation="", tables=["t"], columns=["t.secret"]),
        ],
    )
    (features / "features.json").write_text(made.model_dump_json())
    test = matrix.filter(pl.Series(late)).select(ROW, TARGET)
    if problem == "regression":
        test = test.with_columns((pl.col(TARGET) * 0.9).alias("prediction"))
    else:
        p = rng.dirichlet(np.ones(len(classes)), test.height)
        best = [classes[i] for i in p.argmax(axis=1)]
        test = test.with_columns(pl.Series("prediction", best))
        test = test.with_columns(pl.Series(f"probability_{name}", p[:, i]) for i, name in enumerate(classes))
    test.write_parquet(model / "predictions.parquet")
    card = ModelCard(
        problem=problem,
        metric="roc_auc",
        greater_is_better=True,
        score=SCORE,
        classes=classes,
        split="time: later rows",
        train_rows=rows,
        test_rows=test.height,
        accepted=True,
        reason="good",
        estimator="lgbm",
        importance={"x": 1.0, "secret": 0.5},
    )
    (model / "model.json").write_text(card.model_dump_json())
    return features, model


def tags(problem: str) -> Tags:
    columns = {name: ColumnTag(role="feature", type="categorical") for name in ("x", "kind", "secret", "y")}
    columns["secret"].sensitivity = "personal"
    return Tags(
        target=Target(table="t", column="y", problem=problem),
        tables={"t": TableTags(columns=columns)},
        relationships=[],
        confirmed_by="person",
    )


@pytest.mark.slow
@pytest.mark.parametrize("problem", ["binary", "multiclass", "regression"])
def test_no_script_in_the_data_runs_in_a_page(tmp_path: Path, problem: str) -> None:
    def pages(name: str, evil: str) -> dict[str, Scripts]:
        (tmp_path / name).mkdir()
        features, model = build(tmp_path / name, problem, evil=evil)
        output = monitor(features, model, tmp_path / name, tags=tags(problem))
        assert [each.file for each in output.shown.values() if isinstance(each, Page)] == ["data.html", "model.html"]
        return {page: parse(tmp_path / name / page) for page in ("data.html", "model.html")}

    evil, tame = pages("evil", EVIL), pages("tame", "harmless")
    for page, scripts in evil.items():
        # The same scripts as without the attack: none was added, and none contains the injected text.
        assert len(scripts.scripts) == len(tame[page].scripts)
        assert scripts.handlers == tame[page].handlers
        assert not any(script.strip().startswith("alert(1)") for script in scripts.scripts)
        assert EVIL not in (tmp_path / "evil" / page).read_text()


def test_a_shift_is_drift_and_no_shift_is_none(tmp_path: Path) -> None:
    for name, shift, expected in (("still", 0.0, []), ("moved", 2.0, ["x"])):
        (tmp_path / name).mkdir()
        features, model = build(tmp_path / name, "binary", shift=shift, evil="")
        output = monitor(features, model, tmp_path / name, tags=tags("binary"))
        found = load_monitoring(tmp_path / name)
        assert found.drifted == expected
        assert output.shown["drift share"] == round(len(expected) / 3, 4)
        assert {"x", "kind ", "(target)"} == {each.column for each in found.columns}
        assert (found.reference_rows, found.current_rows) == (800, 400)
        assert found.scores["Accuracy"] > 0


@pytest.mark.parametrize(("kept", "pages"), [(["a", "b", "c"], 2), (["a", "b"], 1)])
def test_a_class_missing_from_the_evaluated_rows_is_tolerated(tmp_path: Path, kept: list[str], pages: int) -> None:
    features, model = build(tmp_path, "multiclass", evil="c")
    card = ModelCard.model_validate_json((model / "model.json").read_text())
    (model / "model.json").write_text(card.model_copy(update={"classes": ["a", "b", "c", "d"]}).model_dump_json())
    predictions = pl.read_parquet(model / "predictions.parquet").with_columns(probability_d=0.0)
    only = pl.col(TARGET).is_in(kept) & pl.col("prediction").is_in(kept)
    predictions.filter(only).write_parquet(model / "predictions.parquet")
    output = monitor(features, model, tmp_path, tags=tags("multiclass"))
    assert sum(isinstance(each, Page) for each in output.shown.values()) == pages
    assert ("Accuracy" in load_monitoring(tmp_path).scores) == (pages == 2)


def test_a_private_column_appears_in_no_page(tmp_path: Path) -> None:
    features, model = build(tmp_path, "binary", evil="")
    monitor(features, model, tmp_path, tags=tags("binary"))
    assert load_monitoring(tmp_path).left_out == {"secret": "made of a private column"}
    assert not any("hush" in file.read_text() for file in tmp_path.glob("*.html"))


def test_without_tags_no_category_value_is_shown(tmp_path: Path) -> None:
    features, model = build(tmp_path, "binary", evil="Xy")
    monitor(features, model, tmp_path)
    assert not any(word in file.read_text() for file in tmp_path.glob("*.html") for word in ("hush", "yesXy"))


def test_without_a_model_the_latest_rows_are_compared(tmp_path: Path) -> None:
    features, _ = build(tmp_path, "regression", shift=3.0, evil="")
    monitor(features, None, tmp_path, tags=tags("regression"))
    found = load_monitoring(tmp_path)
    assert found.current == "the last 30% of the rows in time"
    assert set(found.drifted) == {"x", "(target)"}
    assert not (tmp_path / "model.html").exists()


def test_the_page_is_what_evidently_makes_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    features, _ = build(tmp_path, "regression", evil="")
    monitor(features, None, tmp_path, tags=tags("regression"))
    page = without_ids(tmp_path / "data.html")
    monkeypatch.setattr(pages, "each_chart_drawn_once", contextlib.nullcontext)
    monitor(features, None, tmp_path, tags=tags("regression"))
    assert page == without_ids(tmp_path / "data.html")


@pytest.mark.parametrize(("rows", "with_model"), [(12, False), (50, True)])
def test_too_few_rows_to_compare_are_reported_and_stop_nothing(tmp_path: Path, rows: int, with_model: bool) -> None:  # noqa: FBT001 a case
    features, model = build(tmp_path, "regression", rows=rows, evil="")
    output = monitor(features, model if with_model else None, tmp_path, tags=tags("regression"))
    assert load_monitoring(tmp_path).columns == []
    assert [check.name for check in output.checks if not check.passed] == ["comparable"]
    assert not any(isinstance(each, Page) for each in output.shown.values())


def test_the_page_says_what_was_found(tmp_path: Path) -> None:
    features, _ = build(tmp_path, "regression", shift=3.0, evil="")
    monitor(features, None, tmp_path, tags=tags("regression"))
    page = (tmp_path / "data.html").read_text()
    assert "distance of ranks" in page
    assert "Jensen-Shannon distance" in page
