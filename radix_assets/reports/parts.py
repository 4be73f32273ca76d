"""The content of the report: the snapshots that exist, loaded; missing ones are None."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import polars as pl
from pydantic import ValidationError

from radix_assets.exploration.explore import load_exploration
from radix_assets.exploration.schema import Exploration
from radix_assets.features.schema import FeatureSet
from radix_assets.features.stage import load_features
from radix_assets.models.schema import Champion, ModelCard
from radix_assets.models.stored import load_card, load_champion
from radix_assets.monitoring.monitor import load_monitoring
from radix_assets.monitoring.schema import Monitoring
from radix_assets.profiles.load import load_profile
from radix_assets.profiles.schema import TableProfile
from radix_assets.relationships.schema import Schema
from radix_assets.relationships.stage import load_schema
from radix_assets.serving.deployment import Served, load_served
from radix_assets.tags.schema import Tags
from radix_assets.tags.stage import load_tags
from radix_resources.errors import RadixError

T = TypeVar("T")

PICTURES = {
    "diagram": ("relationships", "diagram.png"),
    "target": ("exploration", "target.png"),
    "over_time": ("exploration", "over_time.png"),
    "associations": ("exploration", "associations.png"),
    "importance": ("model", "importance.png"),
    "fit": ("model", "fit.png"),
    "confusion": ("model", "confusion.png"),
    "drift": ("monitoring", "drift.png"),
}


@dataclass
class Parts:
    """The loaded snapshots of a project."""

    tags: Tags | None = None
    schema: Schema | None = None
    profiles: list[TableProfile] = field(default_factory=list)
    exploration: Exploration | None = None
    features: FeatureSet | None = None
    card: ModelCard | None = None
    champion: Champion | None = None
    served: Served | None = None
    predicted: int | None = None
    monitoring: Monitoring | None = None
    pictures: dict[str, bytes] = field(default_factory=dict)
    """PNG files by what they show."""


def read_parts(parts: Mapping[str, Path]) -> Parts:
    """Load the snapshots. One that cannot be read is left out, like one that does not exist."""
    return Parts(
        tags=_read(parts, "labels", load_tags),
        schema=_read(parts, "relationships", load_schema),
        profiles=[
            profile
            for name in sorted(parts)
            if name.startswith("profile/") and (profile := _read(parts, name, load_profile)) is not None
        ],
        exploration=_read(parts, "exploration", load_exploration),
        features=_read(parts, "features", load_features),
        card=_read(parts, "model", load_card),
        champion=_read(parts, "champion", load_champion),
        served=_read(parts, "endpoint", load_served),
        predicted=_read(parts, "predictions", _rows),
        monitoring=_read(parts, "monitoring", load_monitoring),
        pictures={
            name: (parts[stage] / file).read_bytes()
            for name, (stage, file) in PICTURES.items()
            if stage in parts and (parts[stage] / file).is_file()
        },
    )


def _read(parts: Mapping[str, Path], name: str, load: Callable[[Path], T]) -> T | None:
    if name not in parts:
        return None
    try:
        return load(parts[name])
    except (OSError, RadixError, ValidationError, pl.exceptions.PolarsError):
        return None


def _rows(path: Path) -> int:
    return int(pl.scan_parquet(path / "predictions.parquet", glob=False).select(pl.len()).collect().item())
