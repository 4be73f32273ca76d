"""The labelled rows of a feature matrix, as arrays."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from radix_assets.common.plural import counted
from radix_assets.common.vocabulary import NUMERIC, Problem
from radix_assets.features.equal_rows import EQUAL_FILE, FIRST
from radix_assets.features.schema import CUTOFF, GROUP, LEAST_ROWS, ROW, TARGET, Feature, FeatureSet
from radix_assets.models.split import Floats, Ints, Rows
from radix_resources.errors import ModelError, TargetError

LEAST_CLASS_ROWS = 5
MOST_CLASSES = 100
MOSTLY = 0.4
"""Least share of distinct rows for equal rows to count as copies. Below it the table may have few values only, and
equal rows may well describe different things."""
TELLING = 0.8
"""Values of a column, as a share of the distinct rows, from which equal rows are copies all the same."""
LEAST_DIFFERENT, MOST_COPIES = 50, 10
"""Least distinct rows, and most rows for each of them on average, for that."""


@dataclass(frozen=True)
class Data:
    """The rows whose target is known, in the order of the matrix."""

    features: list[Feature]
    frame: pl.DataFrame
    """One column per feature, in their order."""
    target: Ints | Floats
    """Positions in `classes`, or numbers."""
    problem: Problem
    classes: list[str]
    """As text, sorted; empty for a numeric target."""
    dtype: str
    """The target's type in the matrix: Boolean, Int64, Float64 or String."""
    original: pl.Series
    """The target as the matrix holds it, or masked."""
    positions: Ints
    """The ROW column of the matrix."""
    rows: Rows
    dropped_classes: dict[str, int]
    table: str
    name: str
    """The target as a user writes it."""
    sealed: list[str] = field(default_factory=list)
    """Keyed hashes of private classes, which `classes` calls `class 1` …."""
    private: bool = False
    """Whether the target's values may not be shown."""
    copies: int = 0
    """Rows that are equal to another row in everything but the key, beyond the first of each; see `first_copies`."""

    def __len__(self) -> int:
        return len(self.target)


def read_features(path: Path) -> FeatureSet:
    """Read `features.json` of a snapshot."""
    return FeatureSet.model_validate_json((path / "features.json").read_text(encoding="utf-8"))


def read(path: Path, *, seed: int = 0, private_time: bool = False) -> Data:
    """Read the labelled rows of a features snapshot. Keys are hashed with `seed`.

    Raise ModelError RDX-MOD-001 (no feature), and TargetError RDX-TGT-201 (too few labelled rows), RDX-TGT-202
    (a single class or value), RDX-TGT-203 (too many classes), RDX-TGT-204 (a numeric target that is not numeric).
    """
    features = read_features(path)
    matrix = pl.read_parquet(path / "matrix.parquet")
    names = [feature.name for feature in features.features]
    where = {"table": features.table, "target": features.target}
    if not names:
        raise ModelError(
            "RDX-MOD-001", "there is no feature", expected="one or more", hint="tag more columns as features", **where
        )
    first = first_copies(path, features, matrix)
    hashes = _hashes(path, features, matrix, seed)[first]
    labelled = matrix[TARGET].is_not_null()
    if matrix[TARGET].dtype.is_float():
        labelled &= matrix[TARGET].is_finite().fill_null(value=False)
    if labelled.sum() < LEAST_ROWS:
        raise TargetError(
            "RDX-TGT-201",
            f"the target is known in {counted(int(labelled.sum()), 'row')}",
            expected=f"at least {LEAST_ROWS}",
            hint="add rows whose outcome is known",
            **where,
        )
    dropped: dict[str, int] = {}
    if features.problem not in NUMERIC:
        text = class_text(matrix[TARGET])
        sizes = text.filter(labelled).value_counts().sort(text.name)
        rare = sizes.filter(pl.col("count") < LEAST_CLASS_ROWS)
        dropped = dict(zip(rare[text.name].to_list(), rare["count"].to_list(), strict=True))
        labelled &= ~text.is_in(list(dropped)).fill_null(value=False)
    matrix = matrix.filter(labelled)
    hashes, first = hashes[labelled.to_numpy()], first[labelled.to_numpy()]
    target, classes = _target(matrix[TARGET], features.problem, where, dropped)
    return Data(
        features=features.features,
        frame=matrix.select(names),
        target=target,
        problem="binary" if len(classes) == 2 else "multiclass" if classes else features.problem,  # noqa: PLR2004
        classes=classes,
        dtype=_dtype(matrix[TARGET]),
        original=matrix[TARGET],
        positions=matrix[ROW].to_numpy().astype(np.int64),
        rows=Rows(
            hashes,
            _strata(target, classes),
            _moments(matrix),
            _groups(matrix),
            private_time=private_time,
            horizon=features.horizon,
        ),
        dropped_classes=dropped,
        table=features.table,
        name=features.target,
        copies=len(first) - len(np.unique(first)),
    )


def class_text(values: pl.Series) -> pl.Series:
    """Return class labels as text: `true`, `3` (also for 3.0), or the text itself."""
    if values.dtype.is_float():
        whole = values.drop_nulls()
        if (whole == whole.round()).all():
            values = values.cast(pl.Int64)
    return values.cast(pl.String)


def _target(
    values: pl.Series, problem: Problem, where: dict[str, str], dropped: dict[str, int]
) -> tuple[Ints | Floats, list[str]]:
    if problem in NUMERIC:
        if not (values.dtype.is_numeric() or values.dtype == pl.Boolean):
            raise TargetError(
                "RDX-TGT-204",
                f"the target is of type {values.dtype}",
                expected="numbers, since the problem predicts a number",
                hint="tag another target, or set goal.problem to multiclass",
                **where,
            )
        if values.n_unique() == 1:
            raise _constant(where, 0)
        return values.cast(pl.Float64).to_numpy(), []
    text = class_text(values)
    classes = sorted(text.unique().to_list())
    if len(classes) < 2:  # noqa: PLR2004
        raise _constant(where, len(dropped))
    if len(classes) > MOST_CLASSES:
        raise TargetError(
            "RDX-TGT-203",
            f"the target has {len(classes):,} classes",
            expected=f"at most {MOST_CLASSES}",
            hint="predict a coarser column, or a comparison such as table.column > 15",
            **where,
        )
    codes = text.replace_strict(classes, range(len(classes)), return_dtype=pl.Int64).to_numpy()
    return codes, classes


def _constant(where: dict[str, str], dropped: int) -> TargetError:
    others = counted(dropped, "other has", "others have")
    more = f" ({others} fewer than {LEAST_CLASS_ROWS} rows each)" if dropped else ""
    return TargetError(
        "RDX-TGT-202",
        f"the target has a single value{more}",
        expected=f"at least two, each in {LEAST_CLASS_ROWS} rows or more",
        hint="tag another target, or add rows with the other outcome",
        **where,
    )


def _dtype(values: pl.Series) -> str:
    if values.dtype == pl.Boolean:
        return "Boolean"
    if values.dtype.is_numeric():
        return "Float64" if values.dtype.is_float() else "Int64"
    return "String"


def _strata(target: Ints | Floats, classes: list[str]) -> Ints:
    if classes:
        return target.astype(np.int64)
    edges = np.unique(np.quantile(target, np.linspace(0.1, 0.9, 9)))
    return np.searchsorted(edges, target, side="right").astype(np.int64)


def _moments(matrix: pl.DataFrame) -> Ints | None:
    """Return the time of each row; None if a row has none, or all are equal."""
    if CUTOFF not in matrix.columns or matrix[CUTOFF].null_count() or matrix[CUTOFF].n_unique() < 2:  # noqa: PLR2004
        return None
    return matrix[CUTOFF].cast(pl.Datetime("us")).to_physical().to_numpy().astype(np.int64)


def _groups(matrix: pl.DataFrame) -> npt.NDArray[np.uint64] | None:
    """Return a hash of each row's group. A row without a group is a group of its own."""
    if GROUP not in matrix.columns or matrix[GROUP].n_unique() < 2:  # noqa: PLR2004
        return None
    hashes = matrix[GROUP].cast(pl.String).hash(seed=0).to_numpy()
    alone = matrix[GROUP].is_null().to_numpy()
    return np.where(alone, mix(matrix[ROW].to_numpy()), hashes)


def _hashes(path: Path, features: FeatureSet, matrix: pl.DataFrame, seed: int) -> npt.NDArray[np.uint64]:
    """Return a hash of each row: of its key if there is one, which does not depend on the order of the table."""
    file = path / "keys.parquet"
    if features.key and file.exists():
        keys = pl.read_parquet(file)
        if keys.height == matrix.height and set(features.key) <= set(keys.columns):
            if len(features.key) == 1 and keys[features.key[0]].dtype.is_integer():
                numbers = mix(keys[features.key[0]].fill_null(-1).to_numpy())
                return mix((numbers ^ np.uint64(seed)).astype(np.int64)) if seed else numbers
            return keys.select(features.key).hash_rows(seed=seed).to_numpy()
    return mix(matrix[ROW].to_numpy())


def first_copies(path: Path, features: FeatureSet, matrix: pl.DataFrame) -> Ints:
    """Return for each row the position of the row that it is a copy of; its own if it is none.

    Copies are equal in every column of the table but its key. They must not be on both sides of a split, where a model
    that remembers rows would be right for that alone. Rows of a table with few values are equal by chance, and are no
    copies: most rows then have an equal one, and no column has nearly as many values as there are different rows.
    """
    own = [feature.name for feature in features.features if feature.tables == [features.table]] or features.names
    file = path / EQUAL_FILE
    if file.exists():
        first = pl.read_parquet(file)[FIRST].to_numpy().astype(np.int64)
    elif features.key:
        return np.arange(matrix.height)
    else:
        others = [name for name in (CUTOFF, TARGET) if name in matrix.columns]
        hashes = matrix.select(*others, *own).hash_rows(seed=0).to_numpy()
        _, firsts, place = np.unique(hashes, return_index=True, return_inverse=True)
        first = firsts[place]
    different = len(np.unique(first))
    if different == len(first):
        return first
    few_copies = different >= LEAST_DIFFERENT and len(first) <= MOST_COPIES * different
    telling = few_copies and max(matrix[name].n_unique() for name in own) >= TELLING * different
    return first if telling or different >= MOSTLY * len(first) else np.arange(matrix.height)


def mix(numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    """Spread whole numbers evenly over 64 bits (the finalizer of SplitMix64)."""
    value = numbers.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))
