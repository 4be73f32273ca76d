"""A person's word that a model may go live, in `projects/<name>/approvals.yaml`, durable and in its history."""

import os
from datetime import UTC, datetime
from pathlib import Path

import yaml

APPROVALS_FILE = "approvals.yaml"


def approve(folder: Path, model: str, *, by: str, why: str) -> None:
    """Add an approval of exactly this model, named by the data version of its snapshot. Saying it twice is harmless."""
    if model in approved(folder):
        return
    path = folder / APPROVALS_FILE
    entry = {"model": model, "by": by, "why": why, "at": datetime.now(UTC).isoformat(timespec="seconds")}
    text = path.read_text(encoding="utf-8") if path.exists() else "# Models that a person let go live.\n"
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    with draft.open("w", encoding="utf-8") as stream:
        stream.write(text + yaml.safe_dump([entry], sort_keys=False, allow_unicode=True))
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)


def approved(folder: Path) -> dict[str, str]:
    """Data version of each approved model, to who approved it."""
    path = folder / APPROVALS_FILE
    if not path.exists():
        return {}
    entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    return {entry["model"]: entry["by"] for entry in entries}
