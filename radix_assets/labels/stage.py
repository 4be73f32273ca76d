"""The stage: write the target of each row. A question about the future gets a table of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from radix_assets.asof.columns import exactly
from radix_assets.common.vocabulary import Sensitivity
from radix_assets.labels.ask import Asker, asker
from radix_assets.labels.plot import draw
from radix_assets.labels.table import Labels, label, open_rows
from radix_assets.pipeline.output import Check, Output, Picture, Shown
from radix_assets.question.horizon import Future
from radix_assets.question.syntax import Aggregate, parts
from radix_assets.question.syntax import columns as columns_of
from radix_assets.relationships.schema import Relationship
from radix_assets.sources.schema import ColumnSchema, DType, RawSchema
from radix_assets.tags.bind_expression import kind_of
from radix_assets.tags.bind_question import LABEL, LABEL_TABLE
from radix_assets.tags.schema import ColumnTag, TableTags, Tags, Target

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from radix_assets.labels.spark.table import SparkLabels

AT = "at"
"""Name of the label table's time column. This and the table's other names get a suffix if the data use them."""
_PICTURE = "moments.png"
_DTYPES: dict[str, DType] = {
    "Int64": "integer",
    "Float64": "float",
    "Boolean": "boolean",
    "String": "string",
    "Date": "date",
    "Datetime": "datetime",
    "Time": "time",
}


@dataclass(frozen=True)
class Question:
    """The target, as later stages see it."""

    tags: Tags
    tables: dict[str, Path]
    """The label table, as a raw snapshot; empty if the target is a column."""


def make_labels(tags: Tags, tables: Mapping[str, Path], out: Path, session: "SparkSession | None" = None) -> Output:
    """Write `tags.json`, the tags that later stages use, into `out`.

    For a question about the future also write `data.parquet`, a row for each entity and time of the question, with its
    tags: the time is the time index, so that each row learns from what was known by then. The newest time has no label
    yet: these are the rows to predict. `tables` are raw snapshots by name. With a `session` the cluster builds the
    table, and only summaries are collected here.

    Raises TargetError RDX-TGT-301 to 304, and ComputeError of the cluster.
    """
    future = tags.target.future
    if future is None:
        (out / "tags.json").write_text(tags.model_dump_json(indent=1), encoding="utf-8")
        return Output(
            shown={"asked for": f"each row of {tags.target.table}", "predicted": tags.target.name},
            checks=[Check("has_a_past", passed=True, description="the target is a column of the data")],
        )
    question = asker(future, tags.tables, tags.relationships, tables)
    key = tags.tables[future.for_each].primary_key
    at, named = _free(AT, key), _free(LABEL, key)
    file = out / "data.parquet"
    labels: Labels | SparkLabels
    if session is None:
        labels = label(question, key, at, named)
        rows_to_predict = open_rows(question, key, at, named, labels.rows.schema)
        pl.concat([labels.rows, rows_to_predict]).write_parquet(file, compression="zstd")
    else:
        from radix_assets.labels.spark.table import label as on_spark

        labels = on_spark(session, question, key, file, at, named)
    rows = pl.scan_parquet(file)
    table = _free(LABEL_TABLE, tables)
    (out / "schema.json").write_text(_schema(table, rows).model_dump_json(indent=1), encoding="utf-8")
    labelled_tags = _with_labels(tags, question, table, at, named)
    (out / "tags.json").write_text(labelled_tags.model_dump_json(indent=1), encoding="utf-8")
    private = labelled_tags.tables[table].columns[named].sensitivity != "none"
    return _output(labels, rows, future, named, out, private=private)


def load_question(path: Path) -> Question:
    """Load the question of a snapshot directory of this stage."""
    tags = Tags.model_validate_json((path / "tags.json").read_text(encoding="utf-8"))
    return Question(tags, {tags.target.table: path} if tags.target.future else {})


def _with_labels(tags: Tags, question: Asker, table: str, at: str, named: str) -> Tags:
    entity = tags.tables[question.future.for_each]
    key = entity.primary_key
    of_key = {
        name: ColumnTag(role="foreign_key", type="not-generalizable", sensitivity=entity.columns[name].sensitivity)
        for name in key
    }
    block = TableTags(
        primary_key=[*key, at],
        time_index=[at],
        columns={
            **of_key,
            at: ColumnTag(role="time_index", type="datetime"),
            named: ColumnTag(role="target", type="numeric", sensitivity=_sensitivity(tags, question)),
        },
    )
    link = Relationship(
        child=table,
        child_columns=list(key),
        parent=question.future.for_each,
        parent_columns=list(key),
        evidence="each label is of one row",
    )
    target = Target(table=table, column=named, problem=tags.target.problem, future=question.future)
    return tags.model_copy(
        update={
            "target": target,
            "tables": {table: block, **tags.tables},
            "relationships": [link, *tags.relationships],
        }
    )


def _sensitivity(tags: Tags, question: Asker) -> Sensitivity:
    """Return the highest sensitivity of the columns in the question."""
    sensitivities: set[Sensitivity] = set()
    for bound in (question.predict, question.where):
        for tree in parts(bound.tree) if bound else ():
            inner = [tree.of, tree.where] if isinstance(tree, Aggregate) else [tree]
            for column in (column for each in inner if each for column in columns_of(each)):
                line = tags.tables[column.table].columns.get(column.name)
                sensitivities.add(line.sensitivity if line else "none")
    return "sensitive" if "sensitive" in sensitivities else "personal" if "personal" in sensitivities else "none"


def _schema(table: str, rows: pl.LazyFrame) -> RawSchema:
    columns = [
        ColumnSchema(name=name, dtype=_DTYPES[str(dtype.base_type())], source=name, source_type="made", coerced="")
        for name, dtype in rows.collect_schema().items()
    ]
    return RawSchema(table=table, rows=_count(rows), columns=columns)


def _count(rows: pl.LazyFrame) -> int:
    return int(rows.select(pl.len()).collect().item())


def _output(
    labels: "Labels | SparkLabels", rows: pl.LazyFrame, future: Future, named: str, out: Path, *, private: bool
) -> Output:
    schema = rows.collect_schema()
    known = rows.filter(exactly(named).is_not_null())
    labels_known, total = _count(known), _count(rows)
    shown: dict[str, Shown] = {
        "asked for": f"each of {future.for_each}, at {len(labels.moments)} times every {future.step}",
        "predicted": future.name,
        "labels": labels_known,
        "times": f"{labels.moments[0][:10]} to {labels.moments[-1][:10]}",
        "rows to predict": total - labels_known,
    }
    if labels.undefined:
        shown["without outcome"] = f"{labels.undefined:,} of {labels.asked:,}: their outcome is undefined"
    if labels.share < 1:
        shown["share sampled"] = labels.share
    if not private and kind_of(schema[named]) in {"truth", "number"}:
        mean = known.select(exactly(named).cast(pl.Float64).mean()).collect().item()
        shown["share true" if schema[named] == pl.Boolean else "mean"] = round(float(mean or 0.0), 4)
        draw(known, named, future, out / _PICTURE)
        shown["over time"] = Picture(_PICTURE, f"{future.predict} within {future.within}, at each time of the question")
    enough = len(labels.moments) >= 3 and labels_known > 0  # noqa: PLR2004 train, validate, test
    return Output(
        rows=total,
        shown=shown,
        columns={name: str(dtype) for name, dtype in schema.items()},
        checks=[
            Check(
                "has_a_past",
                enough,
                f"asked at {len(labels.moments)} times, with {labels_known:,} known outcomes; at least three times are "
                "required to train on earlier ones and evaluate on later ones",
                "WARN",
            )
        ],
    )


def _free(name: str, taken: object) -> str:
    while name in taken:  # type: ignore[operator]
        name += "_"
    return name
