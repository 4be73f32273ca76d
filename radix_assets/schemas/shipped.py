"""The schemas as they ship, their copies beside the projects, and the line of a file that names its schema.

A file names its schema by a path relative to itself, `../.schemas/<name>.schema.json`. The copy beside the projects is
valid wherever the folder is mounted and whatever becomes of the virtual environment; a path into the installed package
would be neither.
"""

import contextlib
from importlib.resources import files
from pathlib import Path
from typing import Literal

from radix_resources.files import write_atomically

Name = Literal["project", "tags"]
NAMES: tuple[Name, ...] = ("project", "tags")
FOLDER = ".schemas"
"""Beside the folders of the projects."""


def file_name(name: Name) -> str:
    """Return the name of a schema's file."""
    return f"{name}.schema.json"


def shipped(name: Name) -> str:
    """Return a schema as it ships with this version of Radix, as JSON text."""
    return files("radix_assets.schemas").joinpath(file_name(name)).read_text(encoding="utf-8")


def schema_line(name: Name) -> str:
    """Return the first line of a file that Radix writes, with its line end; YAML language servers read it."""
    return f"# yaml-language-server: $schema=../{FOLDER}/{file_name(name)}\n"


def publish_schemas(projects: Path) -> None:
    """Copy the schemas beside the projects, where they are missing or of another version.

    A folder that cannot be written to is left as it is: an editor then completes nothing, and Radix needs no schema.
    """
    with contextlib.suppress(OSError):
        for name in NAMES:
            path, text = projects / FOLDER / file_name(name), shipped(name)
            if path.is_file() and path.read_text(encoding="utf-8") == text:
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, text)
