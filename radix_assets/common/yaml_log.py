"""Append entries that users write, such as approvals, to a YAML file beside the project."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from radix_resources.files import write_atomically


def append_entry(path: Path, heading: str, entry: Mapping[str, Any]) -> None:
    """Append an entry atomically: a reader sees the file without it or with it, also after a power failure.

    `heading` is the comment at the top of a new file.
    """
    text = path.read_text(encoding="utf-8") if path.exists() else f"# {heading}\n"
    write_atomically(path, text + yaml.safe_dump([dict(entry)], sort_keys=False, allow_unicode=True))
