"""Where the UI says that the MLflow run of a model is."""

import pytest

from radix_assets.models.metadata import plotted, tracked
from radix_assets.models.registry import Registration
from radix_assets.models.schema import Score
from radix_assets.pipeline.output import Markdown

RUN = Registration(run_id="abc", version="3")


def test_a_local_store_is_shown_with_the_command_that_opens_it():
    assert tracked("sqlite:////state/mlflow.db", "shop", RUN) == {
        "MLflow experiment": "shop",
        "open in MLflow": Markdown("`mlflow ui --backend-store-uri sqlite:////state/mlflow.db`"),
    }


def test_a_server_is_shown_with_a_link():
    link = tracked("https://mlflow.example/", "shop", RUN)["MLflow"]
    assert link == Markdown("[https://mlflow.example/](https://mlflow.example/#/models/shop/versions/3)")


@pytest.mark.parametrize("registration", [RUN, Registration()])
def test_the_address_of_a_database_is_not_shown(registration: Registration):
    assert "hunter2" not in str(tracked("postgresql://radix:hunter2@db/radix", "shop", registration))


def test_a_score_has_six_digits():
    score = Score(value=2 / 3, low=0.5, high=0.75)
    assert plotted("roc_auc", score) == {"roc_auc": 0.666667, "roc_auc low": 0.5, "roc_auc high": 0.75}
