"""Approvals of models, in `projects/<name>/approvals.yaml`."""

from datetime import UTC, datetime
from pathlib import Path

import yaml

from radix_assets.common.yaml_log import append_entry

APPROVALS_FILE = "approvals.yaml"


def approve(folder: Path, model: str, *, by: str, why: str) -> None:
    """Append an approval of a model, named by its id. Do nothing if it is approved already."""
    if model in approved(folder):
        return
    path = folder / APPROVALS_FILE
    entry = {"model": model, "by": by, "why": why, "at": datetime.now(UTC).isoformat(timespec="seconds")}
    append_entry(path, "Models approved for serving.", entry)


def approved(folder: Path) -> dict[str, str]:
    """Return the approver of each approved model by the model's id."""
    path = folder / APPROVALS_FILE
    if not path.exists():
        return {}
    entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    return {entry["model"]: entry["by"] for entry in entries}
