"""Batches that a person accepts although they break a blocking rule, in `projects/<name>/batches.yaml`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from radix_assets.common.yaml_log import append_entry

BATCHES_FILE = "batches.yaml"


def accept_batch(folder: Path, batch: str, *, by: str, why: str) -> None:
    """Append an acceptance of a batch, named by its digest. Do nothing if it is there already with this reason."""
    if any(entry["batch"] == batch and why in {str(entry.get("why", "")), ""} for entry in _entries(folder)):
        return
    entry = {"batch": batch, "by": by, "why": why, "at": datetime.now(UTC).isoformat(timespec="seconds")}
    append_entry(folder / BATCHES_FILE, "Data that were accepted although they break a blocking rule.", entry)


def accepted_batches(folder: Path) -> dict[str, str]:
    """Return who accepted each accepted batch, by its digest."""
    return {entry["batch"]: str(entry.get("by", "")) for entry in _entries(folder)}


def _entries(folder: Path) -> list[dict[str, Any]]:
    path = folder / BATCHES_FILE
    if not path.exists():
        return []
    return [entry for entry in yaml.safe_load(path.read_text(encoding="utf-8")) or [] if "batch" in entry]
