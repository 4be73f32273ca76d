"""Accuracy of personal and sensitive columns, compared with the labels of reviewers.

    python benchmarks/sensitivity.py
    python benchmarks/sensitivity.py --misses development

Four sources: the real datasets in ../shared (their `pii`), headers and tables written for the purpose
(tests/personal_data/personal_columns.tsv), and public tables whose columns were labelled by hand
(benchmarks/sensitivity_labels.csv: ids only), and tables by domain, most of whose columns are traps
(benchmarks/private/). Each is split: "development" was inspected while the rules were written;
"held out" was measured before it was inspected and corrected: docs/benchmarks.md has the figures before inspection.
"""

import argparse
import csv
import json
import random
import string
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from common import ROOT, SHARED, table

from radix_assets.personal_data.detect import personal_of_table
from radix_assets.suggestions.samples import texts

WRITTEN = ROOT / "tests" / "personal_data" / "personal_columns.tsv"
LABELS = Path(__file__).parent / "sensitivity_labels.csv"
DEVELOPED_ON = frozenset(
    {
        "chinook",
        "clinical_sdtm",
        "oracle_hr",
        "gtfs_porto_alegre",
        "titanic",
        "adult_income",
        "german_credit",
        "penguins",
    }
    | {"movies_json", "ames_housing", "nyc_taxis", "bike_sharing", "mlc_churn", "sp500_daily"}
)
"""Names of real datasets."""
DEVELOPED_FOLDS = frozenset("012")


@dataclass(frozen=True)
class Case:
    """One table, with the truth of each column: personal, harmless or (None) disputable, which does not count."""

    source: str
    held_out: bool
    name: str
    columns: dict[str, list[str]]
    personal: dict[str, bool | None]


def real_sets() -> Iterator[Case]:
    """Yield the datasets of ../shared whose columns were reviewed."""
    for file in sorted((SHARED / "data").glob("*/truth.json")):
        truth = json.loads(file.read_text(encoding="utf-8"))
        if truth["category"] in {"dirty", "semantic_types"}:
            continue
        for name, about in truth["tables"].items():
            frame = _read(file.parent / about.get("file", name), about, truth.get("null_tokens") or [])
            listed = about.get("pii") or {}
            listing = about["columns"] if isinstance(about["columns"], dict) else {}
            yield Case(
                "real sets",
                truth["name"] not in DEVELOPED_ON,
                Path(name).stem,
                {column: texts(frame[column]) for column in frame.columns},
                {column: bool(listed.get(column) or listing.get(column, {}).get("pii")) for column in frame.columns},
            )


def _read(path: Path, about: dict[str, Any], nulls: list[str]) -> pl.DataFrame:
    if path.suffix == ".parquet":
        frame = pl.read_parquet(path)
    elif path.suffix == ".json":
        rows = json.loads(path.read_text(encoding="utf-8"))
        frame = pl.DataFrame(
            {name: [None if row.get(name) is None else str(row[name]) for row in rows] for name in rows[0]}
        )
    else:
        how: dict[str, Any] = {**about, **about.get("read", {})}
        with path.open(encoding=how.get("encoding", "utf-8"), errors="replace", newline="") as file:
            records = list(csv.reader(file, delimiter=how.get("delimiter", ",")))
        names = list(about["columns"]) if not how.get("header", True) else records.pop(0)
        empty = {"", "NA", *how.get("null_tokens", []), *nulls}
        records = [record for record in records if len(record) == len(names)]
        frame = pl.DataFrame(
            {name: [None if r[place] in empty else r[place] for r in records] for place, name in enumerate(names)},
            schema_overrides=dict.fromkeys(names, pl.String),
        )
    step = max(1, frame.height // 2_000)
    return frame.gather_every(step)


def written() -> Iterator[Case]:
    """Yield headers and tables written for the purpose, in a dozen languages; no value belongs to a real person.

    The first list was written before the rules, the second when they were done.
    """
    with WRITTEN.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    tables: list[list[dict[str, str]]] = []
    for row in rows:
        if tables and row["table"] and tables[-1][0]["table"] == row["table"]:
            tables[-1].append(row)
        else:
            tables.append([row])
    for rows in tables:
        yield Case(
            "written tables" if rows[0]["table"] else "written headers",
            rows[0]["list"] == "2",
            rows[0]["table"],
            {row["header"]: row["values"].split("|") if row["values"] else [] for row in rows},
            {row["header"]: None if row["kind"] == "quasi" else row["kind"] != "-" for row in rows},
        )


def labelled() -> Iterator[Case]:
    """Yield public tables, five values per column, labelled by hand."""
    folder = SHARED / "benchmarks" / "column_types"
    labels = {row["id"]: row["label"] for row in csv.DictReader(LABELS.open(encoding="utf-8"))}
    files = {row["Record_id"]: row["name"] for row in csv.DictReader((folder / "sources.csv").open(encoding="utf-8"))}
    tables: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader((folder / "dev.csv").open(encoding="utf-8", newline="")):
        tables.setdefault(row["Record_id"], []).append(row)
    for record, rows in tables.items():
        names = {row["id"]: row["Attribute_name"] for row in rows}
        means: dict[str, bool | None] = {"personal": True, "disputable": None}
        yield Case(
            "labelled columns",
            rows[0]["fold"] not in DEVELOPED_FOLDS,
            Path(files[record]).stem,
            {row["Attribute_name"]: [v for n in range(1, 6) if (v := row[f"sample_{n}"])] for row in rows},
            {name: means.get(labels.get(key, ""), False) for key, name in names.items()},
        )


def domains() -> Iterator[Case]:
    """Yield tables by domain, whole domains of which are held out; the files say what the marks mean."""
    rng = random.Random(11)  # noqa: S311 values of patterns
    for file in sorted((Path(__file__).parent / "private").glob("*.txt")):
        name, columns, personal = "", dict[str, list[str]](), dict[str, bool | None]()
        for line in [*file.read_text(encoding="utf-8").splitlines(), "= end"]:
            if line[:2] in {"+ ", "- ", "? "}:
                header, _, listed = line[2:].partition(": ")
                columns[header] = _drawn(listed.split(" | "), rng)
                personal[header] = {"+": True, "-": False}.get(line[0])
            elif line and line[0] != "#":
                if columns:
                    yield Case("tables by domain", file.stem == "held_out", name, columns, personal)
                    columns, personal = {}, {}
                name = "" if line[:2] == "= " else line


def _drawn(values: list[str], rng: random.Random) -> list[str]:
    """Return the values; a single one with # or % is a pattern of digits and letters, of which twelve are drawn."""
    if len(values) > 1 or not set(values[0]) & {"#", "%"}:
        return values
    marks = {"#": string.digits, "%": string.ascii_uppercase}
    return ["".join(rng.choice(marks.get(char, char)) for char in values[0]) for _ in range(12)]


def measure(cases: list[Case], *, show: bool) -> dict[str, object]:
    """Return precision, recall, F1 of personal or not, the share of flagged harmless columns, the calibration error."""
    hits = misses = alarms = harmless = 0
    seen: list[tuple[float, bool]] = []
    for case in cases:
        found = personal_of_table(case.name, case.columns)
        for column, truth in case.personal.items():
            if truth is None:
                continue
            finding = found.get(column)
            hits += truth and finding is not None
            misses += truth and finding is None
            alarms += not truth and finding is not None
            harmless += not truth
            if finding:
                seen.append((finding.confidence, truth))
            if show and truth != (finding is not None):
                what = f"{finding.kind}, {finding.confidence:.2f}, {finding.evidence}" if finding else "not found"
                print(f"  {case.name}.{column}: {what}")
    precision, recall = hits / max(1, hits + alarms), hits / max(1, hits + misses)
    return {
        "personal": hits + misses,
        "harmless": harmless,
        "precision": f"{precision:.3f}",
        "recall": f"{recall:.3f}",
        "F1": f"{2 * precision * recall / max(1e-9, precision + recall):.3f}",
        "harmless flagged": f"{alarms} ({alarms / max(1, harmless):.2%})",
        "calibration error": f"{_calibration(seen):.3f}",
    }


def _calibration(seen: list[tuple[float, bool]]) -> float:
    """Return the expected calibration error of the flagged columns, in ten equal bins."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for confidence, truth in seen:
        bins.setdefault(min(9, int(confidence * 10)), []).append((confidence, truth))
    return sum(abs(sum(c - t for c, t in part)) for part in bins.values()) / max(1, len(seen))


def main() -> None:
    """Measure every source, both halves."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--misses", choices=("development", "held"), help="print where the answer is wrong")
    asked = parser.parse_args()
    cases = [*real_sets(), *written(), *labelled(), *domains()]
    rows: list[dict[str, object]] = []
    for held in (False, True):
        part = [case for case in cases if case.held_out is held]
        show = asked.misses == ("held" if held else "development")
        half = "held out" if held else "development"
        for source in dict.fromkeys(case.source for case in part):
            if show:
                print(f"{half}, {source}")
            of = [case for case in part if case.source == source]
            rows.append({"half": half, "columns from": source, **measure(of, show=show)})
        rows.append({"half": half, "columns from": "all", **measure(part, show=False)})
    print(table(rows))
    wide = [case for case in cases if case.source == "real sets"]
    columns = sum(len(case.columns) for case in wide)
    started = time.process_time()
    for case in wide:
        personal_of_table(case.name, case.columns)
    print(f"\n{300 * (time.process_time() - started) / columns:.2f} CPU seconds for 300 columns, everything loaded")


if __name__ == "__main__":
    main()
