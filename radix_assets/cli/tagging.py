"""Shows and edits a project's tags."""

import getpass
from dataclasses import asdict

from rich.syntax import Syntax

from radix_assets.cli.common import Place, out, relative, say_json
from radix_assets.project import Project
from radix_assets.standing import latest
from radix_assets.suggestions import Suggestions, load_suggestions
from radix_assets.tags import confirm, read_tags, set_tags, waiting_for
from radix_resources.action_log import Action, doing
from radix_resources.errors import ConfigError


def login() -> str:
    """Who is at the keyboard, as far as the machine knows."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody"


def edit(
    here: Place, project: Project, *, confirm_it: bool, edits: list[str], target: str | None, by: str | None
) -> None:
    """Carry out corrections in tags.yaml."""
    _suggestions(here, project)
    changes: dict[str, dict[str, str]] = {}
    for text in edits:
        column, _, role = text.rpartition("=")
        if not column or not role:
            raise ConfigError(
                "RDX-CFG-007",
                f"{text!r} is no edit",
                expected="table.column=role",
                hint="such as --set customers.email=ignore",
            )
        changes[column.strip()] = {"role": role.strip()}
    who = by or login()
    what = [*edits, *([f"target {target}"] if target else []), *(["confirmed"] if confirm_it else [])]
    action = Action(kind="tag", subject=project.key("tags"), project=project.name, actor=who, reason="; ".join(what))
    with doing(here.instance, action):
        if changes or target:
            set_tags(project.tags_path, changes, target=target)
        if confirm_it:
            confirm(project.tags_path, who)


def show(here: Place, project: Project, *, as_json: bool) -> None:
    """Print the tags as they stand in the file, which is written to be read."""
    _suggestions(here, project)
    file = read_tags(project.tags_path)
    wish = waiting_for(project, file)
    if as_json:
        tags = {key: value for key, value in asdict(file).items() if key != "text"}
        say_json({"project": project.name, "file": str(project.tags_path), "waiting": wish, "tags": tags})
        return
    text = project.tags_path.read_text(encoding="utf-8")
    if out.is_terminal:
        out.print(Syntax(text, "yaml", theme="ansi_dark", background_color="default"))
    else:
        out.print(text, markup=False, soft_wrap=True)
    out.print(f"file  {relative(project.tags_path)}", soft_wrap=True)
    out.print(f"next  {wish or 'radix run ' + project.name}", soft_wrap=True, markup=False)


def _suggestions(here: Place, project: Project) -> Suggestions:
    found = latest(here.tools.storage, project, "suggestions")
    if found is None or not project.tags_path.exists():
        raise ConfigError(
            "RDX-CFG-008", "there are no suggestions yet", expected="a first round", hint=f"radix run {project.name}"
        )
    return load_suggestions(found)
