"""A person's words, one after the other in a YAML file beside the project: durable, and in its history."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml


def append_entry(path: Path, heading: str, entry: Mapping[str, Any]) -> None:
    """Add an entry in one step: a reader sees the file without it or with it, also after a power cut.

    `heading` is the comment that a new file begins with.
    """
    text = path.read_text(encoding="utf-8") if path.exists() else f"# {heading}\n"
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    with draft.open("w", encoding="utf-8") as stream:
        stream.write(text + yaml.safe_dump([dict(entry)], sort_keys=False, allow_unicode=True))
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)
