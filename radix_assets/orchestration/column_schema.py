"""The column schema of a commit: descriptions, constraints and tags from what is committed about each column.

Statistics come from the profile, meaning from the tags or, before they are confirmed, from the suggestions. Only counts
and tags are shown, never a value.
"""

import contextlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from radix_assets.orchestration.metadata import column_lineage, commit_metadata
from radix_assets.project.settings import slug
from radix_resources.errors import RadixError
from radix_resources.storage.base import Commit, Storage

if TYPE_CHECKING:
    from radix_assets.profiles.schema import ColumnProfile, TableProfile
    from radix_assets.suggestions.schema import ColumnSuggestion
    from radix_assets.tags.schema import ColumnTag

    Meaning = ColumnTag | ColumnSuggestion

MOST_COLUMNS = 500
"""Columns that an event holds."""

SCHEMA, LINEAGE = "dagster/column_schema", "dagster/column_lineage"


def event_metadata(storage: Storage, commit: Commit) -> dict[str, dg.MetadataValue]:
    """Return all metadata of the event that announces a commit."""
    directory = storage.path(commit)
    metadata = commit_metadata(commit, directory, commit.asset.partition("/")[0])
    with contextlib.suppress(RadixError, OSError, ValueError):  # of a version that wrote them otherwise
        metadata |= column_metadata(storage, commit, directory)
    return metadata


def column_metadata(storage: Storage, commit: Commit, directory: Path) -> dict[str, dg.MetadataValue]:
    """Return the column schema of a commit, and the column lineage of features; empty for assets without columns.

    `directory` is the commit's snapshot. Nothing is computed: newest committed snapshots of the project are read.
    """
    project, _, name = commit.asset.partition("/")
    stage, _, table = name.partition("/")
    if stage == "features":
        return _features(storage, directory, project)
    if stage == "tags":
        return _schema(_tagged(directory))
    if stage not in {"raw", "profile"}:
        return {}
    profile = _profile(directory if stage == "profile" else _newest(storage, f"{project}/profile/{table}"))
    types = dict(commit.shown.get("columns") or {})
    if stage == "profile" and profile:
        types = {column: statistics_of.dtype for column, statistics_of in profile.columns.items()}
    meanings, confirmed = _meanings(storage, project, table)
    statistics = profile.columns if profile else {}
    return _schema(
        [
            _column(column, kind, statistics.get(column), meanings.get(column), confirmed=confirmed)
            for column, kind in types.items()
        ]
    )


def _schema(columns: list[dg.TableColumn]) -> dict[str, dg.MetadataValue]:
    return {SCHEMA: dg.MetadataValue.table_schema(dg.TableSchema(columns[:MOST_COLUMNS]))} if columns else {}


def _column(
    name: str, kind: str, statistics: "ColumnProfile | None", meaning: "Meaning | None", *, confirmed: bool
) -> dg.TableColumn:
    sentences = []
    if meaning:
        sentences.append(_meaning(meaning, confirmed=confirmed))
    if statistics:
        sentences.append(_statistics(statistics))
    return dg.TableColumn(
        name=name,
        type=kind,
        description=" ".join(sentences) or None,
        constraints=_constraints(statistics),
        tags=_tags(meaning) if meaning else None,
    )


def _meaning(meaning: "Meaning", *, confirmed: bool) -> str:
    words = [meaning.role.replace("_", " "), meaning.type]
    if meaning.semantic_type:
        words.append(meaning.semantic_type)
    if meaning.unit:
        words.append(f"in {meaning.unit}")
    if meaning.sensitivity != "none":
        words.append(f"{meaning.sensitivity} data")
    text = ", ".join(words)
    return f"{text[0].upper()}{text[1:]}." if confirmed else f"Suggested: {text}."


def _statistics(statistics: "ColumnProfile") -> str:
    about = "about " if "distinct" in statistics.errors else ""
    missing = f"{statistics.nulls:,} of {statistics.rows:,} null" if statistics.nulls else "No nulls"
    return f"{missing}, {about}{statistics.distinct:,} distinct."


def _constraints(statistics: "ColumnProfile | None") -> dg.TableColumnConstraints | None:
    if statistics is None or not statistics.rows:
        return None
    exact = "distinct" not in statistics.errors
    return dg.TableColumnConstraints(
        nullable=statistics.nulls > 0,
        unique=exact and statistics.nulls == 0 and statistics.distinct == statistics.rows,
    )


def _tags(meaning: "Meaning") -> dict[str, str]:
    tags: dict[str, str] = {"role": meaning.role, "type": meaning.type, "sensitivity": meaning.sensitivity}
    tags |= {"semantic_type": meaning.semantic_type, "unit": meaning.unit}
    return {name: value for name, value in tags.items() if value and value != "none"}


def _meanings(storage: Storage, project: str, table: str) -> "tuple[Mapping[str, Meaning], bool]":
    """The tags of a table's columns, else what is suggested; and whether they are confirmed."""
    tags = _newest(storage, f"{project}/tags")
    if tags:
        return _of_table(_tags_in(tags), table), True
    suggestions = _newest(storage, f"{project}/suggestions")
    return (_of_table(_suggestions_in(suggestions), table) if suggestions else {}), False


def _of_table(tables: Mapping[str, Any], table: str) -> "Mapping[str, Meaning]":
    return next((columns for name, columns in tables.items() if slug(name) == table), {})


def _tagged(directory: Path) -> list[dg.TableColumn]:
    return [
        _column(f"{table}.{name}", tag.type, None, tag, confirmed=True)
        for table, columns in _tags_in(directory).items()
        for name, tag in columns.items()
    ]


def _features(storage: Storage, directory: Path, project: str) -> dict[str, dg.MetadataValue]:
    from radix_assets.features.stage import load_features

    features = load_features(directory).features[:MOST_COLUMNS]
    columns = [dg.TableColumn(feature.name, feature.type, feature.explanation) for feature in features]
    tables = {table for feature in features for table in feature.tables}
    read = {table for table in tables if storage.latest(f"{project}/raw/{slug(table)}")}  # not a table of labels
    lineage = {
        feature.name: [
            (f"raw/{slug(table)}", column.removeprefix(f"{table}."))
            for column in feature.columns
            for table in [max((name for name in read if column.startswith(f"{name}.")), key=len, default="")]
            if table
        ]
        for feature in features
    }
    return {**_schema(columns), LINEAGE: column_lineage(lineage, project)}


def _newest(storage: Storage, asset: str) -> Path | None:
    commit = storage.latest(asset)
    return storage.path(commit) if commit and storage.is_there(commit) else None


@lru_cache(maxsize=32)
def _profile(directory: Path | None) -> "TableProfile | None":
    from radix_assets.profiles.load import load_profile

    return load_profile(directory) if directory else None


@lru_cache(maxsize=8)
def _tags_in(directory: Path) -> "Mapping[str, Mapping[str, ColumnTag]]":
    from radix_assets.tags.stage import load_tags

    return {table: block.columns for table, block in load_tags(directory).tables.items()}


@lru_cache(maxsize=8)
def _suggestions_in(directory: Path) -> "Mapping[str, Mapping[str, ColumnSuggestion]]":
    from radix_assets.suggestions.stage import load_suggestions

    return {table: block.columns for table, block in load_suggestions(directory).tables.items()}
