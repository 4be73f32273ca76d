"""The fitted model: save, load, predict."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from pydantic import BaseModel

from radix_assets.common.vocabulary import Problem
from radix_assets.models.encode import Encoder
from radix_assets.models.fit import expand
from radix_assets.models.inputs import Inputs
from radix_assets.models.learners.base import Learner
from radix_assets.models.learners.registry import get_learner
from radix_assets.models.schema import FOLDER, JUDGED
from radix_assets.models.split import Floats
from radix_resources.errors import ModelError

MANIFEST = "manifest.json"


class Part(BaseModel):
    """One fitted learner of a model."""

    kind: str
    """The learner's name."""
    file: str
    weight: float
    seen: list[int] = []
    """Codes of the classes in its learning rows."""
    log: bool = False
    """Whether it predicts log(1 + y)."""
    top: float = 0.0
    """With `log`: the largest plausible value, as log(1 + y)."""


class Description(BaseModel):
    """The content of `fitted.json`."""

    version: int = 1
    problem: Problem
    classes: list[str]
    dtype: str
    """The type of predicted classes: that of the target."""
    sealed: list[str] = []
    """Keyed hashes of private classes, which `classes` calls `class 1` …."""
    encoder: Encoder
    parts: list[Part]


@dataclass(frozen=True)
class Predictions:
    """Predictions of rows, in their order."""

    prediction: pl.Series
    """The most probable class in the target's type, or the number."""
    probabilities: pl.DataFrame | None
    """One column `probability_<class>` per class; None if numbers are predicted."""


class FittedModel:
    """A fitted encoder and fitted learners, which predict together."""

    def __init__(self, description: Description, learners: list[Learner]) -> None:
        self.description = description
        self.learners = learners
        self._labels = _labels(description)

    @property
    def features(self) -> list[str]:
        """Return the names of the feature columns that the model needs."""
        return self.description.encoder.features

    @property
    def classes(self) -> list[str]:
        """Return the classes as text; empty if numbers are predicted."""
        return self.description.classes

    def scores(self, features: pl.DataFrame) -> Floats:
        """Return probabilities, rows x classes, or one number per row. Raise what `predict` raises."""
        encoder = self.description.encoder
        return self.scores_of(Inputs(encoder, encoder.codes(features)))

    def scores_of(self, inputs: Inputs) -> Floats:
        """Return the scores of encoded rows."""
        classes = len(self.description.classes)
        total = np.zeros((len(inputs), max(classes, 1)))
        if len(inputs) == 0:
            return total if classes else total[:, 0]
        for part, learner in zip(self.description.parts, self.learners, strict=True):
            out = expand(learner.predict(inputs), np.array(part.seen, np.int64), classes)
            total += part.weight * (np.expm1(np.clip(out, 0.0, part.top)) if part.log else out)
        return total if classes else total[:, 0]

    def predict(self, features: pl.DataFrame) -> Predictions:
        """Predict rows of the feature matrix; other columns are ignored.

        Raise ModelError RDX-MOD-005 if the column of a feature is missing.
        """
        return self.present(self.scores(features))

    def unknown(self, features: pl.DataFrame) -> dict[str, list[int]]:
        """Return, by feature, the rows whose category was rare or absent in training."""
        return self.description.encoder.unknown(features)

    def present(self, scores: Floats) -> Predictions:
        """Convert scores to classes and probabilities, or to numbers."""
        if not self.classes:
            return Predictions(pl.Series("prediction", scores, dtype=pl.Float64), None)
        chosen = pl.Series("prediction", scores.argmax(axis=1))
        names = [f"probability_{name}" for name in self.classes]
        return Predictions(
            self._labels.gather(chosen).alias("prediction"),
            pl.DataFrame({name: scores[:, i] for i, name in enumerate(names)}, schema=dict.fromkeys(names, pl.Float64)),
        )

    def save(self, folder: Path) -> str:
        """Write all files and their manifest; return the model's id, a hash of the content."""
        folder.mkdir(parents=True, exist_ok=True)
        for part, learner in zip(self.description.parts, self.learners, strict=True):
            (folder / part.file).write_bytes(learner.to_bytes())
        (folder / "fitted.json").write_text(self.description.model_dump_json(indent=1), encoding="utf-8")
        files = {path.name: _sha256(path.read_bytes()) for path in sorted(folder.iterdir()) if path.name != MANIFEST}
        text = json.dumps(files, indent=1, sort_keys=True)
        (folder / MANIFEST).write_text(text, encoding="utf-8")
        return _sha256(text.encode())[:16]


def load_model(path: Path) -> FittedModel:
    """Read a model from a snapshot of the model or of the champion, or from the folder of its files.

    Every file is checked against the manifest before it is parsed, and nothing is unpickled. Raise ModelError
    RDX-MOD-002 (there is no model) or RDX-MOD-003 (a file is not what was written), and ConfigError RDX-CFG-019 if the
    package of one of its learners is not installed.
    """
    folder = path / FOLDER if (path / FOLDER).is_dir() else path
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelError(
            "RDX-MOD-002", "there is no fitted model", expected=MANIFEST, hint="materialize the model", file=folder
        ) from None
    except ValueError:
        raise _damaged(folder / MANIFEST) from None
    if not isinstance(manifest, dict) or "fitted.json" not in manifest:
        raise _damaged(folder / MANIFEST)
    content = {}
    for name, expected in manifest.items():
        file = folder / name
        if Path(name).name != name or not file.is_file():
            raise _damaged(file)
        content[name] = file.read_bytes()
        if _sha256(content[name]) != expected:
            raise _damaged(file)
    description = Description.model_validate_json(content["fitted.json"])
    if not {part.file for part in description.parts} <= set(content):
        raise _damaged(folder / "fitted.json")
    return FittedModel(description, [_read(part, content[part.file], folder) for part in description.parts])


def load_judged(path: Path) -> FittedModel:
    """Read the model that was judged, from a snapshot of the model or of the champion.

    It has never seen the rows that it was judged on. The model that serves has, so it must not be compared on them.
    After cross-validation there is one model only. Raise what `load_model` raises.
    """
    return load_model(path / JUDGED if (path / JUDGED).is_dir() else path)


def _read(part: Part, content: bytes, folder: Path) -> Learner:
    """Return a fitted learner. Bytes that match the manifest may still not be what the learner can read."""
    learner = get_learner(part.kind)
    try:
        return learner.from_bytes(content)
    except Exception as error:
        raise _damaged(folder / part.file) from error


def model_id(path: Path) -> str | None:
    """Return the id of the fitted model in a snapshot; None if there is none."""
    file = path / FOLDER / MANIFEST
    return _sha256(file.read_bytes())[:16] if file.is_file() else None


def _damaged(file: Path) -> ModelError:
    return ModelError(
        "RDX-MOD-003",
        f"{file.name} is not what Radix wrote",
        expected="content that matches the hash in the manifest",
        hint="materialize the model again; the file was damaged or changed by hand",
        file=file,
    )


def _labels(description: Description) -> pl.Series:
    text = pl.Series("prediction", description.classes, dtype=pl.String)
    if description.sealed:
        return text
    if description.dtype == "Boolean":
        return text == "true"
    return text.cast({"Int64": pl.Int64, "Float64": pl.Float64}.get(description.dtype, pl.String))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
