"""The report is one page that shows what exists, fetches nothing and shows nothing private."""

import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from radix_assets.exploration.explore import explore
from radix_assets.features.schema import Feature, FeatureSet
from radix_assets.models.schema import Champion, ModelCard, Score
from radix_assets.monitoring.schema import ColumnDrift, Monitoring
from radix_assets.pipeline.output import Page
from radix_assets.profiles.compute import profile_table
from radix_assets.project.settings import Project
from radix_assets.reports.plain import duration, meaning, number, optimism, price, question, split
from radix_assets.reports.stage import make_report
from radix_assets.serving.deployment import Served
from radix_assets.sources.kinds.files import FileSource
from radix_assets.tags.schema import ColumnTag, TableTags, Tags, Target

EVIL = "</script><img src=x onerror=alert(1)>"
PROJECT = Project(name="shop", description="Which visitors buy?", sources=[FileSource(table="t", path="t.csv")])


class Links(HTMLParser):
    """Collects what a browser would fetch or run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.found += [tag] * (tag in {"script", "iframe", "object", "embed", "link"})
        self.found += [name for name in values if name.startswith("on")]
        fetched = [values.get("src"), values.get("href"), values.get("srcset")]
        self.found += [value for value in fetched if value and not value.startswith("data:image/png;base64,")]

    def handle_data(self, data: str) -> None:
        self.text += data


def score(value: float, spread: float = 0.02) -> Score:
    return Score(value=value, low=value - spread, high=value + spread)


def card(**changes: object) -> ModelCard:
    values: dict[str, object] = {
        "problem": "binary",
        "metric": "roc_auc",
        "greater_is_better": True,
        "score": score(0.82),
        "metrics": {"log_loss": score(0.4)},
        "baselines": {"class shares": score(0.5, 0.0), "one rule": score(0.7)},
        "classes": ["no", "yes"],
        "split": "time: it is judged on what came after.",
        "train_rows": 800,
        "test_rows": 200,
        "random_score": score(0.9),
        "accepted": True,
        "reason": "It is better than the baselines.",
        "estimator": "lgbm",
        "importance": {"amount": 0.4, f"kind {EVIL}": 0.1},
        "calibration": [(0.1, 0.12, 100), (0.6, 0.5, 100)],
        "dropped_leaks": {"SUM(x)": "AUC 1.0"},
    }
    return ModelCard.model_validate({**values, **changes})


def write(path: Path, name: str, text: str) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    (path / name).write_text(text)
    return path


@pytest.fixture
def parts(tmp_path: Path) -> dict[str, Path]:
    """Return all inputs of a report."""
    return build(tmp_path)


def build(tmp_path: Path, *, private: bool = False) -> dict[str, Path]:
    rng = np.random.default_rng(0)
    amount = rng.normal(size=400)
    bought = np.where(
        amount + rng.normal(size=400) > 0, "hush_yes" if private else "yes", "hush_no" if private else "no"
    )
    frame = pl.DataFrame({"amount": amount, "kind": EVIL, "copy": bought, "email": "hush@x.org", "bought": bought})
    raw = tmp_path / "raw"
    raw.mkdir()
    frame.write_parquet(raw / "data.parquet")
    columns = {name: ColumnTag(role="feature", type="categorical") for name in frame.columns}
    columns["bought"] = ColumnTag(role="target", type="categorical", sensitivity="sensitive" if private else "none")
    columns["email"] = ColumnTag(role="ignore", type="sentence", sensitivity="personal")
    tags = Tags(
        target=Target(table="t", column="bought", problem="binary"),
        tables={"t": TableTags(columns=columns)},
        relationships=[],
        confirmed_by="person",
    )
    found = {
        name: tmp_path / name for name in ("exploration", "features", "model", "champion", "endpoint", "monitoring")
    }
    found["labels"] = write(tmp_path / "tags", "tags.json", tags.model_dump_json())
    profile = profile_table("t", raw / "data.parquet")
    found["profile/t"] = write(tmp_path / "profile", "profile.json", profile.model_dump_json())
    found["exploration"].mkdir()
    explore(tags, {"t": raw}, {"t": profile}, found["exploration"])
    features = FeatureSet(
        table="t",
        key=[],
        target="t.bought",
        problem="binary",
        features=[
            Feature(name="amount", type="numeric", explanation=f"amount of the row {EVIL}", tables=["t"], columns=[])
        ],
        dropped={"email": "private"},
    )
    write(found["features"], "features.json", features.model_dump_json())
    labels = ["hush_no", "hush_yes"] if private else ["no", "yes"]
    write(found["model"], "model.json", card(classes=labels).model_dump_json())
    write(found["champion"], "champion.json", Champion(model_id="a1", reason="It is the first.").model_dump_json())
    served = Served(project="shop", version="1", table="t", address="http://127.0.0.1:8000/shop")
    write(found["endpoint"], "endpoint.json", served.model_dump_json())
    drift = ColumnDrift(column="amount", method="KS", score=0.3, threshold=0.1, drifted=True, times=3)
    monitoring = Monitoring(
        reference="earlier rows", current="later rows", reference_rows=9, current_rows=9, columns=[drift]
    )
    write(found["monitoring"], "monitoring.json", monitoring.model_dump_json())
    return found


def render(parts: dict[str, Path], tmp_path: Path) -> tuple[str, Links]:
    out = tmp_path / "out"
    out.mkdir()
    output = make_report(PROJECT, parts, {"model": 61.0, "profile/t": 1.0}, out)
    assert output.shown["page"] == Page("report.html")
    page = (out / "report.html").read_text()
    links = Links()
    links.feed(page)
    return page, links


def test_a_price_is_shown_to_the_cent():
    assert price(1234.5) == "$1,234.50"
    assert price(0.004) == "less than one cent"


def test_the_report_shows_verdict_drivers_leaks_drift_use_and_cost(parts: dict[str, Path], tmp_path: Path) -> None:
    _, links = render(parts, tmp_path)
    text = re.sub(r"\s+", " ", links.text)
    for phrase in (
        "What will bought be?",
        "Good enough to use",
        "82 times in 100",
        "0.080 too good to be true",
        "t.copy",
        "one for one",
        "SUM(x)",
        "earlier rows",
        "http://127.0.0.1:8000/shop/predict",
        "1 min 02 s",
        "predicted 60%, observed 50%, 100 rows",
    ):
        assert phrase in text
    assert text.index("Good enough") < text.index("What drives") < text.index("Leaks") < text.index("What it cost")


def test_the_report_fetches_nothing_and_runs_nothing(parts: dict[str, Path], tmp_path: Path) -> None:
    page, links = render(parts, tmp_path)
    assert links.found == []
    assert EVIL not in page
    assert EVIL in links.text
    assert "url(" not in page
    assert "@import" not in page


def test_the_report_contains_no_private_value(tmp_path: Path) -> None:
    page, links = render(build(tmp_path, private=True), tmp_path)
    assert "hush" not in page
    assert "t.email" in links.text


@pytest.mark.parametrize("missing", ["all", "model", "exploration", "features", "labels", "monitoring", "champion"])
def test_missing_parts_are_left_out(parts: dict[str, Path], tmp_path: Path, missing: str) -> None:
    rest = {} if missing == "all" else {name: path for name, path in parts.items() if name != missing}
    _, links = render(rest, tmp_path)
    assert "shop" in links.text
    assert ("No model yet" in links.text) == (missing in {"all", "model"})


def test_a_refused_model_is_shown_first_and_not_offered(parts: dict[str, Path], tmp_path: Path) -> None:
    refused = card(accepted=False, reason="Refused: it is not better.", score=score(0.51))
    write(parts["model"], "model.json", refused.model_dump_json())
    _, links = render(parts, tmp_path)
    assert "Not good enough to use" in links.text
    assert "Refused: it is not better." in links.text
    assert "How to use it" not in links.text


def test_a_part_that_cannot_be_read_is_left_out(parts: dict[str, Path], tmp_path: Path) -> None:
    (parts["monitoring"] / "monitoring.json").write_text("{")
    _, links = render(parts, tmp_path)
    assert "Have the data changed?" not in links.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"metric": "rmse", "greater_is_better": False, "score": score(12.3)}, "off by 12.3"),
        ({"metric": "log_loss", "greater_is_better": False}, "log loss of 0.820"),
        ({"metric": "r2"}, "82 %"),
        ({"metric": "unheard_of"}, "unheard of is 0.820"),
    ],
)
def test_every_metric_has_a_description(changes: dict[str, object], words: str) -> None:
    assert words in meaning(card(**changes))


def test_questions_numbers_and_durations_in_words() -> None:
    assert (
        question(Target(table="t", column="y", operator=">", value=15.0, problem="binary"))
        == "Will y be greater than 15?"
    )
    assert [number(each) for each in (0.12345, 12.345, 12345.6, float("nan"))] == ["0.123", "12.35", "12,346", "-"]
    assert [duration(each) for each in (3.25, 61, 3600)] == ["3.2 s", "1 min 01 s", "60 min 00 s"]
    assert split(card()) == "It was tested on the latest rows. It is judged on what came after."
    assert "hardly different" in optimism(card(random_score=score(0.825)))
    assert optimism(card(random_score=None)) == ""
