"""A person's word that a model may go live, in `projects/<name>/approvals.yaml`, durable and in its history."""

from datetime import UTC, datetime
from pathlib import Path

import yaml

from radix_assets.common.yaml_log import append_entry

APPROVALS_FILE = "approvals.yaml"


def approve(folder: Path, model: str, *, by: str, why: str) -> None:
    """Add an approval of exactly this model, named by the data version of its snapshot. Saying it twice is harmless."""
    if model in approved(folder):
        return
    path = folder / APPROVALS_FILE
    entry = {"model": model, "by": by, "why": why, "at": datetime.now(UTC).isoformat(timespec="seconds")}
    append_entry(path, "Models that a person let go live.", entry)


def approved(folder: Path) -> dict[str, str]:
    """Data version of each approved model, to who approved it."""
    path = folder / APPROVALS_FILE
    if not path.exists():
        return {}
    entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    return {entry["model"]: entry["by"] for entry in entries}
