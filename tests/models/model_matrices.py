"""Hand-written feature snapshots."""

from pathlib import Path

import numpy as np
import polars as pl

from radix_assets.features.schema import CUTOFF, GROUP, ROW, TARGET, Feature, FeatureSet


def snapshot(path, frame, target, problem, *, cutoff=None, group=None, key=None):
    """Write a features snapshot of a frame; all columns except the target are features."""
    path = Path(path)
    path.mkdir(parents=True, exist_ok=True)
    names = [name for name in frame.columns if name not in {target, cutoff, group, key}]
    features = [
        Feature(name=name, type=kind(frame[name].dtype), explanation=name, tables=["t"], columns=[f"t.{name}"])
        for name in names
    ]
    moment = pl.col(cutoff) if cutoff else pl.lit(None, dtype=pl.Datetime("us"))
    matrix = frame.select(
        pl.int_range(pl.len(), dtype=pl.Int64).alias(ROW),
        moment.alias(CUTOFF),
        pl.col(target).alias(TARGET),
        *([pl.col(group).alias(GROUP)] if group else []),
        *names,
    )
    matrix.write_parquet(path / "matrix.parquet")
    if key:
        frame.select(key).write_parquet(path / "keys.parquet")
    whole = FeatureSet(table="t", key=[key] if key else [], target=f"t.{target}", problem=problem, features=features)
    (path / "features.json").write_text(whole.model_dump_json(indent=1), encoding="utf-8")
    return path


def kind(dtype):
    if dtype == pl.Boolean:
        return "boolean"
    return "numeric" if dtype.is_numeric() else "categorical"


def signal(rows, *, seed=0, noise=1.0):
    """Return two informative features, an informative category and an uninformative one, with nulls and odd names."""
    generator = np.random.default_rng(seed)
    a, b, c = generator.normal(size=(3, rows))
    colour = generator.choice(["red", "green", "blue"], rows)
    score = a + 0.5 * b * b + (colour == "red") + noise * generator.normal(size=rows)
    frame = pl.DataFrame(
        {
            'a "quoted" {name}': a,
            "b, with [json]: marks": b,
            "": c,
            "colour": colour,
            "score": score,
            "yes": score > np.median(score),
            "level": np.array(["low", "middle", "high"])[np.digitize(score, np.quantile(score, [0.3, 0.7]))],
        }
    )
    return frame.with_columns(pl.when(pl.int_range(pl.len()) % 11 != 0).then(pl.col("colour")).alias("colour"))


def made(tmp_path, target, problem, rows=700, **options):
    """Write a features snapshot with signal."""
    others = {"score", "yes", "level"} - {target}
    return snapshot(tmp_path / f"features_{target}", signal(rows, **options).drop(others), target, problem)
