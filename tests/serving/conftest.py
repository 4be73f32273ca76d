import asyncio
import json
from types import SimpleNamespace

import httpx
import polars as pl
import pytest

from radix_assets.serving.predictor import Predictor

INPUTS = [
    SimpleNamespace(name="age", dtype="Int64", required=True, examples=[30, 20]),
    SimpleNamespace(name='odd "name" $[]', dtype="String", required=False, examples=[]),
    SimpleNamespace(name="arrived", dtype="Datetime", required=False, examples=["2024-05-01T10:00:00"]),
    SimpleNamespace(name="share", dtype="Float64", required=False, examples=[0.5]),
    SimpleNamespace(name="member", dtype="Boolean", required=False, examples=[True]),
]


class FakeFeatures:
    """Reads three columns of a table of guests; `odd "name"` represents the names of real tables."""

    def __init__(self):
        self.input_columns = list(INPUTS)

    def compute(self, rows):
        if rows["age"].eq(-1).any():
            secret = "the secret age"
            raise ValueError(secret)
        return rows


class FakeModel:
    """Predicts `yes` above the age of 40, with more certainty the older."""

    def __init__(self, classes=("no", "yes")):
        self.classes = classes

    def predict(self, features):
        chance = features["age"].fill_null(0).cast(pl.Float64).clip(0, 80) / 80
        if not self.classes:
            return SimpleNamespace(prediction=chance, probabilities=None)
        prediction = pl.Series(["yes" if one > 0.5 else "no" for one in chance], dtype=pl.String)
        return SimpleNamespace(
            prediction=prediction,
            probabilities=pl.DataFrame({"probability_no": 1 - chance, "probability_yes": chance}),
        )

    def unknown(self, features):
        if 'odd "name" $[]' not in features.columns:
            return {}
        rows = features['odd "name" $[]'].eq("never seen").fill_null(value=False).arg_true().to_list()
        return {"MODE(odd)": rows} if rows else {}


KNOWN = {
    "id": "Int64", "age": "Int64", 'odd "name" $[]': "String", "arrived": "Datetime", "share": "Float64",
    "member": "Boolean", "comment": "String",
}  # fmt: skip


@pytest.fixture
def predictor():
    return Predictor(FakeFeatures(), FakeModel(), "guests", "guests.stays", ["id"], KNOWN, "stays")


@pytest.fixture
def regressor():
    return Predictor(FakeFeatures(), FakeModel(classes=()), "guests", "guests.pays", [], KNOWN)


class Client:
    """Calls an ASGI application without a socket."""

    def __init__(self, app):
        self.app = app

    def request(self, method, path, **arguments):
        async def call():
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8123") as client:
                return await client.request(method, path, **arguments)

        return asyncio.run(call())

    def get(self, path):
        return self.request("GET", path)

    def predict(self, rows):
        content = rows if isinstance(rows, bytes) else json.dumps(rows).encode()
        return self.request("POST", "/predict", content=content)


@pytest.fixture
def client_of():
    return Client
