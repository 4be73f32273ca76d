"""Read project files: one, all below a folder, or the attributes of a component."""

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from radix_assets.project.explain import explain_mistake
from radix_assets.project.settings import PROJECT_FILE, Project
from radix_assets.project.text import place_of, read_settings
from radix_resources.errors import ConfigError


def load_project(path: Path) -> Project:
    """Read and validate a project file.

    Raise ConfigError RDX-CFG-001 (no such file), RDX-CFG-002 (not YAML) or RDX-CFG-003 (not a valid project), each
    with the file, the line, what was found and what is allowed.
    """
    text, content = read_settings(path)
    if not isinstance(content, dict):
        raise ConfigError(
            "RDX-CFG-003",
            "the file holds no settings",
            expected="sources: and goal:",
            hint="see docs/project-file.md",
            file=path,
        )
    try:
        project = Project.model_validate({"name": path.parent.name, **content, "folder": path.parent})
    except ValidationError as error:
        raise explain_mistake(error, text, path, content) from None
    except ConfigError as error:  # of a kind of source that cannot be used
        error.context.setdefault("file", path)
        raise
    if project.name != path.parent.name:
        raise ConfigError(
            "RDX-CFG-003",
            f"the name is {project.name!r}",
            expected=f"the folder's name, {path.parent.name!r}",
            hint="rename one of them",
            file=path,
            **place_of(text, ("name",)),
        )
    return project


def project_in(content: dict[str, Any], file: Path) -> Project:
    """Build the project whose settings are below `attributes:` of a component's file; its folder holds the tags.

    Raise ConfigError RDX-CFG-003 as `load_project` does.
    """
    try:
        return Project.model_validate({"name": file.parent.name, **content, "folder": file.parent})
    except ValidationError as error:
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        source = "" if "\n---" in text else text  # several components share the file
        raise explain_mistake(error, source, file, content, below=("attributes",)) from None


def load_projects(root: Path) -> tuple[list[Project], dict[str, ConfigError]]:
    """Load all projects below a folder. Return them, and by name the errors of those that cannot be loaded."""
    good, broken = [], {}
    for path in sorted(root.glob(f"*/{PROJECT_FILE}")):
        try:
            good.append(load_project(path))
        except ConfigError as error:
            broken[path.parent.name] = error
    return good, broken
