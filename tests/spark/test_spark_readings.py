"""Spark parses values like Radix: numbers, booleans, dates and words in odd texts, timestamps in parts."""

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl

from radix_assets.asof.plan import Identity, Input, Output, Plan, Transform
from radix_assets.features.engines.polars import compute as here
from radix_assets.features.engines.spark.computing import write

NUMBERS = "12 kg|$1,200.50|1,20|-3|+4.5e2|1e|1e999|.5|5.||abc|12-13|1.2.3|٣|1,234,567|12%|a1b|1 2|€5|1E5 m|12\n"
TRUTHS = "  7 | yes|NO\t|true|1|0|on|nan|inf"
DATES = (
    "2020-01-05|2020-1-5|2020-01-05 10:11:12|2020-01-05T10:11:12.123456789|2020-01-05 10:11|2020-02-30|10:11|"
    "2020-01-05 24:00| 2020-01-05 |20200105|2020-01-05T10:11:12Z|0999-01-01|2020-13-01|2020-01-05 10:61|"
    "2020-01-05 9:5:7"
)
WORDS = "ÄÖ ß, x! y|red pen|a  b, c!|!! ?|x\n1"
PARTS = ("year", "month", "day", "hour", "minute", "weekday", "quarter", "is_weekend")


def same(session: Any, plan: Plan, frame: pl.DataFrame, folder: Path) -> pl.DataFrame:
    folder.mkdir(exist_ok=True)
    frame.write_parquet(folder / "data.parquet")
    write(plan, {"t": folder}, folder, session, folder / "found.parquet")
    mine, theirs = here(plan, {"t": folder}, frame), pl.read_parquet(folder / "found.parquet")
    assert mine.rows() == theirs.rows()
    return mine


def test_odd_texts(spark: Any, tmp_path: Path) -> None:
    texts = [*f"{NUMBERS}|{TRUTHS}|{DATES}|{WORDS}".split("|"), None]

    def read(reading: Any) -> Identity:
        return Identity(table="t", columns=("t",), reading=reading)

    nodes: dict[str, Any] = {"number": read("numeric"), "truth": read("boolean")}
    nodes |= {name: Transform(primitive=name, bases=(read("datetime"),)) for name in PARTS}
    nodes |= {name: Transform(primitive=name, bases=(read("text"),)) for name in ("num_characters", "num_words")}
    outputs = [Output(name=name, type="numeric", node=node) for name, node in nodes.items()]
    plan = Plan(table="t", times={}, links=[], outputs=outputs)
    plan.inputs = [Input(name="t", dtype="String", required=False)]
    found = same(spark, plan, pl.DataFrame({"t": texts}), tmp_path)
    assert (found.select(pl.all().count()) > 2).row(0) == (True,) * len(nodes)


def test_timestamps_in_parts(spark: Any, tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "y": [2020, 2021, None, 2020, 0],
            "m": [2, 13, 1, 12, 1],
            "d": [29, 1, 1, 31, 1],
            "h": [24, 5, 1, 25, 0],
            "s": ["10", "x", " 5", "3.7", "1"],
            "clock": [dt.time(1, 2, 3)] * 5,
        }
    )
    dtypes = {"s": "String", "clock": "Time"}
    for number, parts in enumerate([("y", "m", "d"), ("y", "m", "d", "h", "s"), ("y", "m", "d", "clock"), ("y",)]):
        node = Identity(table="t", columns=parts, reading="datetime")
        outputs = [
            Output(name=name, type="numeric", node=Transform(primitive=name, bases=(node,))) for name in PARTS[:5]
        ]
        plan = Plan(table="t", times={"t": parts}, links=[], outputs=outputs)
        plan.inputs = [Input(name=name, dtype=dtypes.get(name, "Int64"), required=False) for name in frame.columns]
        same(spark, plan, frame, tmp_path / str(number))
