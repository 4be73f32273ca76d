"""A person's words, one after the other in a YAML file beside the project: durable, and in its history."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from radix_resources.files import write_atomically


def append_entry(path: Path, heading: str, entry: Mapping[str, Any]) -> None:
    """Add an entry in one step: a reader sees the file without it or with it, also after a power cut.

    `heading` is the comment that a new file begins with.
    """
    text = path.read_text(encoding="utf-8") if path.exists() else f"# {heading}\n"
    write_atomically(path, text + yaml.safe_dump([dict(entry)], sort_keys=False, allow_unicode=True))
