"""Write a project file."""

import re
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from radix_assets.project.load import load_project
from radix_assets.project.settings import INFRASTRUCTURE, PROJECT_FILE, Project, slug
from radix_assets.question.horizon import Future
from radix_assets.question.target import nearest, parse_target
from radix_assets.raw.discovery import FileLeftOut, discover_all, headers
from radix_assets.schemas.shipped import publish_schemas, schema_line
from radix_assets.sources.kinds.base import SourceContext
from radix_resources.credentials.lookup import credentials
from radix_resources.errors import ConfigError, RadixError, TagError, TargetError
from radix_resources.files import draft, sync_directory
from radix_resources.home import Home

HEADER = """\
# A Radix project: the data, the question, the rules. Every setting is described in docs/project-file.md.
# Secrets are references such as ${NAME}, given once with `radix credentials set NAME`; never write one into this file.
"""


class NewProject(NamedTuple):
    """A project whose file was written."""

    secrets: list[str]
    """The names of the credentials to set."""
    project: Project
    left_out: list[FileLeftOut]
    """Files of the arguments that are not taken for tables."""


def create_project(home: Home, name: str, arguments: list[str], *, target: str | None, accept: str) -> NewProject:
    """Write `projects/<name>/project.yaml`.

    Raise ConfigError RDX-CFG-006 if the project exists already: a user's file is never overwritten; and
    TagError RDX-TAG-002 or TargetError RDX-TGT-006 if the sources' headers show that the target is invalid.
    """
    folder = home.projects / name
    path = folder / PROJECT_FILE
    if path.exists():
        raise ConfigError(
            "RDX-CFG-006",
            f"the project {name!r} exists already",
            hint="edit its file, or choose another name",
            file=path,
        )
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) or name.lower() == INFRASTRUCTURE:
        raise ConfigError(
            "RDX-CFG-009",
            f"{name!r} is not a valid project name",
            expected=f"letters, digits and underscores, starting with a letter; `{INFRASTRUCTURE}` is reserved",
            hint="choose another name" if name.lower() == INFRASTRUCTURE else f"try {_valid_name(name)}",
        )
    discovered = discover_all(arguments, folder, credentials(home.state), home.fetched)
    entries = [source.model_dump(mode="json", exclude_defaults=True, by_alias=True) for source in discovered.sources]
    content: dict[str, Any] = {"name": name, "sources": entries}
    if target:
        content["goal"] = {"target": target}
    content["policy"] = {"tags": accept}
    text = schema_line("project") + HEADER + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)
    created = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with draft(path, text) as temporary:
            project = _check(temporary, path, target)
            if target:
                check_target(target, project, home)
            temporary.replace(path)
        sync_directory(folder)
    except RadixError:
        if created:
            folder.rmdir()
        raise
    publish_schemas(home.projects)
    return NewProject(discovered.credential_names, project, discovered.left_out)


def empty_tables(project: Project, home: Home) -> list[str]:
    """Return the tables whose files hold no bytes. A database is not asked."""
    context = SourceContext(project.folder, credentials(home.state))
    return [
        table
        for source in project.sources
        if not source.connection_address()
        for table in source.list_tables()
        if source.estimate_bytes(table, context) == 0
    ]


def check_target(text: str, project: Project, home: Home) -> None:
    """Check the target against the columns that are known before a run, which may not cover all tables.

    Raise TagError RDX-TAG-002 if it names no column, TargetError RDX-TGT-006 if no number follows < or >.
    """
    if isinstance(project.goal.target, Future):
        _check_question(project.goal.target, project)
        return
    columns_of = headers(project, credentials(home.state), home.fetched)
    readable = {table: columns for table, columns in columns_of.items() if columns is not None}
    whole = len(readable) == len(columns_of)
    if not whole and not any(text.strip().casefold().startswith(f"{table.casefold()}.") for table in readable):
        return
    try:
        _, _, operator, value = parse_target(text, readable)
    except TagError as error:
        specific = error.hint.startswith(("did you mean", "name a column"))
        hint = error.hint if specific else f"the tables are {', '.join(columns_of)}"
        raise TagError(error.code, error.found, expected=error.expected, hint=hint, target=text) from None
    if operator in {"<", "<=", ">", ">="} and isinstance(value, str):
        raise TargetError(
            "RDX-TGT-006",
            f"the comparison cannot be read: {value!r} is not a number",
            expected=f"one number after {operator}, such as 'table.column {operator} 15'",
            hint="correct --target; one comparison only, without `and` or `or`",
            target=text,
        )


def _check_question(question: Future, project: Project) -> None:
    """Check a question's expressions and its tables. Raise TargetError RDX-TGT-301, 302 or 303."""
    from radix_assets.question.parse import parse, wrong
    from radix_assets.question.syntax import Aggregate, Column, aggregates, columns

    names = {table.casefold() for table in project.tables}
    for expression in (question.predict, question.where):
        if not expression:
            continue
        tree = parse(expression)
        named: list[Aggregate | Column] = [*aggregates(tree), *columns(tree)]
        for part in named:
            if part.table.casefold() not in names:
                near = nearest(part.table, project.tables, 1)
                raise wrong(
                    expression,
                    part.place,
                    f"there is no table {part.table!r}",
                    expected=f"one of {', '.join(project.tables)}",
                    hint=f"did you mean {near[0]}?" if near else "correct --target",
                    code="RDX-TGT-302",
                )
    if question.for_each not in project.tables:
        near = nearest(question.for_each, project.tables, 1)
        raise TargetError(
            "RDX-TGT-303",
            f"the question is asked for each of {question.for_each!r}, which is not a table",
            expected=f"one of {', '.join(project.tables)}",
            hint=f"did you mean {near[0]}?" if near else "correct for_each",
        )


def _check(temporary: Path, path: Path, target: str | None) -> Project:
    """Load the draft of a project file. An error of the target names the option: the file is not written then."""
    try:
        return load_project(temporary)
    except ConfigError as error:
        if target and error.found.startswith("goal.target"):
            raise ConfigError(
                error.code,
                error.found.replace("goal.target", "the target", 1),
                expected=error.expected,
                hint="correct --target",
                option="--target",
            ) from None
        error.context["file"] = path
        raise


def _valid_name(name: str) -> str:
    """Return a valid project name that resembles an invalid one."""
    candidate = slug(name)
    return candidate if candidate[0].isalpha() else f"project_{candidate}"
