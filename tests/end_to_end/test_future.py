"""A question about the future, from the project file to predictions as of any time."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml
from driving import Installation, states

from radix_assets.labels.stage import load_question
from radix_assets.pipeline.tools import tools
from radix_assets.privacy import Seal
from radix_assets.serving.batch import predict_moments

pytestmark = [pytest.mark.slow, pytest.mark.extended]

START = datetime(2023, 1, 1)  # noqa: DTZ001 the files hold no time zone
QUESTION = {"for_each": "members", "predict": "count(visits) == 0", "within": "14d", "where": "count(visits, 60d) > 0"}


def write_club(folder: Path, members: int = 60, days: int = 400) -> list[str]:
    """Write members who visit often, rarely, or stop visiting: whether one stays away depends on past visits."""
    random = np.random.default_rng(3)
    rate = random.choice([0.02, 0.08, 0.4], members)
    came = random.random((members, days)) < rate[:, None]
    member, day = np.nonzero(came)
    order = np.lexsort((member, day))
    visits = pl.DataFrame(
        {
            "visit_id": range(1, len(order) + 1),
            "member_id": member[order] + 1,
            "visited_at": [START + timedelta(days=int(each)) for each in day[order]],
            "minutes": random.gamma(4.0, 15.0, len(order)).round(),
        }
    )
    people = pl.DataFrame({"member_id": range(1, members + 1), "level": random.choice(["basic", "plus"], members)})
    folder.mkdir(parents=True, exist_ok=True)
    people.write_csv(folder / "members.csv")
    visits.write_csv(folder / "visits.csv", datetime_format="%Y-%m-%d")
    return [str(folder / "members.csv"), str(folder / "visits.csv")]


@pytest.fixture(scope="module")
def club(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = Installation(tmp_path_factory.mktemp("club"))
    made.new(
        "club",
        *write_club(made.data),
        "--accept",
        "auto",
        "--target",
        yaml.safe_dump(QUESTION, default_flow_style=True),
    )
    made.radix("run", "club")
    yield made
    made.close()


def test_the_question_becomes_labels_a_model_and_open_rows(club: Installation) -> None:
    assert set(states(club.radix("status", "--json").json["projects"][0]).values()) <= {"fresh"}
    storage = tools(club.home).storage
    labels = storage.latest("club/labels")
    assert labels is not None
    question = load_question(storage.path(labels))
    assert question.tags.target.problem == "binary"
    rows = pl.read_parquet(storage.path(labels) / "data.parquet")
    asked_now = rows.filter(pl.col("label").is_null())
    assert asked_now["at"].unique().to_list() == [rows["at"].max()]
    predictions = storage.latest("club/predictions")
    assert predictions is not None
    assert len(pl.read_parquet(storage.path(predictions) / "predictions.parquet")) == len(asked_now)


def test_every_entity_can_be_scored_at_any_time_from_what_was_known_then(
    club: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = tmp_path / "answers.csv"
    club.radix("predict", "club", "--at", "2023-06-01,2023-09-01", "--output", str(answers))
    found = pl.read_csv(answers, try_parse_dates=True)
    assert found.columns[:4] == ["member_id", "at", "asked", "prediction"]
    assert found["at"].n_unique() == 2
    assert found["asked"].any()

    for name, value in club.home.environment().items():
        monkeypatch.setenv(name, value)
    storage = tools(club.home).storage
    champion, visits = storage.latest("club/champion"), storage.latest("club/raw/visits")
    members, labels = storage.latest("club/raw/members"), storage.latest("club/labels")
    assert champion
    assert visits
    assert members
    assert labels
    earlier = tmp_path / "visits"
    earlier.mkdir()
    path = storage.path(visits) / "data.parquet"
    pl.read_parquet(path).filter(pl.col("visited_at") < datetime(2023, 9, 1)).write_parquet(earlier / "data.parquet")  # noqa: DTZ001
    tables = {"visits": earlier, "members": storage.path(members), "labels": storage.path(labels)}
    predict_moments(storage.path(champion), tables, ["2023-06-01", "2023-09-01"], tmp_path / "earlier.csv", Seal())
    assert (tmp_path / "earlier.csv").read_bytes() == answers.read_bytes()


def test_a_time_after_the_end_of_the_data_is_answered_with_a_warning(club: Installation, tmp_path: Path) -> None:
    last = pl.read_csv(club.data / "visits.csv", try_parse_dates=True)["visited_at"].max()
    assert isinstance(last, date)
    moments = [last, last + timedelta(days=1), last + timedelta(days=41)]
    asked = ",".join(map(str, moments))
    result = club.radix("predict", "club", "--at", asked, "--output", str(tmp_path / "late.csv"))
    assert f"{moments[2]} is 41 days after the newest row" in result.out
    assert result.out.count("after the newest row") == 1


def test_predictions_are_better_than_chance(club: Installation, tmp_path: Path) -> None:
    """A member who visits often does not stay away."""
    answers = tmp_path / "answers.parquet"
    club.radix("predict", "club", "--at", "2023-10-01", "--output", str(answers))
    visits = pl.read_csv(club.data / "visits.csv", try_parse_dates=True)
    past = visits.filter(pl.col("visited_at") < datetime(2023, 10, 1)).group_by("member_id").len()  # noqa: DTZ001
    joined = pl.read_parquet(answers).join(past, on="member_id")
    correlation = joined.select(pl.corr("probability_true", "len", method="spearman")).item()
    assert correlation < -0.5


def test_mistakes_in_the_question_point_at_their_position(club: Installation) -> None:
    wrong = {**QUESTION, "predict": "count(vists) == 0"}
    club.new("wrong", str(club.data / "members.csv"), str(club.data / "visits.csv"), "--accept", "auto")
    club.rewrite("wrong", goal={"target": wrong})
    result = club.radix("run", "wrong", expect=None)
    assert "RDX-TGT-302" in result.out + result.err
    assert "^^^^^" in result.out + result.err
    assert "visits" in result.out + result.err
