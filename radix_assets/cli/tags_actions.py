"""The actions of `radix tags`: show, edit, preview and explain a project's tags."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.syntax import Syntax

from radix_assets.cli.common import Place, login, out, relative, say_json
from radix_assets.cli.tags_options import SETTINGS, Options, edits_from
from radix_assets.pipeline.status import assemble, latest
from radix_assets.profiles.load import load_profiles
from radix_assets.project.settings import Project
from radix_assets.question.target import parse_target
from radix_assets.relationships.stage import load_schema
from radix_assets.suggestions.stage import load_suggestions
from radix_assets.tags.edit import apply_edits
from radix_assets.tags.edit_plan import Edits
from radix_assets.tags.explain import current_state, edit_history, suggestion_history
from radix_assets.tags.gate import waiting_for
from radix_assets.tags.impact import describe_changes, digest, impact, pending
from radix_assets.tags.schema_gate import review
from radix_assets.tags.stage import load_tags
from radix_assets.tags.sync import Draft, log_changes, prepare_tags
from radix_assets.tags_file.diff import nested
from radix_assets.tags_file.errors import Mistakes
from radix_assets.tags_file.file import read_tags
from radix_resources.action_log.log import logged_action, record
from radix_resources.action_log.reading import read
from radix_resources.action_log.schema import Action
from radix_resources.errors import ConfigError, RadixError, TagError

if TYPE_CHECKING:
    from radix_assets.pipeline.stage import Work

_TRIES = 5
"""Attempts at an edit when another writer comes first."""


def edit(here: Place, project: Project, options: Options, *, by: str | None, if_version: str | None) -> None:
    """Edit tags.yaml. Raise TagError before anything is written if an edit is invalid."""
    work = refresh(here, project)
    author = by or login()
    for attempt in range(_TRIES):
        edits = edits_from(project, options)
        draft = _draft(work, edits, author)
        mistakes = Mistakes()
        mistakes.errors = draft.errors if options.confirm else draft.new_errors
        mistakes.raise_if_any()
        before, after = nested(draft.changes)
        action = Action(
            kind="tag",
            subject=project.key("tags"),
            project=project.name,
            actor=author,
            reason="; ".join(describe_changes(draft.changes, 5)),
            input_hash=draft.sha,
            before=before,
            after=after,
        )
        try:
            with logged_action(here.instance, here.home, action):
                apply_edits(project.tags_path, edits, who=author, expected=if_version or draft.sha)
        except TagError as error:
            if error.code != "RDX-TAG-006" or if_version or attempt == _TRIES - 1:
                raise
        else:
            return


def preview(here: Place, project: Project, options: Options, *, by: str | None, as_json: bool) -> None:
    """Print what the edits change, and what they would rebuild. Nothing is written."""
    from radix_assets.stages import STAGES

    work = refresh(here, project)
    draft = _draft(work, edits_from(project, options), by or login())
    then = load_tags(work.tools.storage.path(work.previous)) if work.previous else None
    waits = pending(then, draft.tags) if then and draft.tags else draft.changes
    follows = impact(project, work.tools, STAGES, draft.tags) if draft.tags else None
    if as_json:
        say_json(
            {
                "project": project.name,
                "version": draft.sha,
                "changes": [{"tag": change.name, "before": change.before, "after": change.after} for change in waits],
                "impact": follows and follows.to_json(),
                "digest": draft.tags and digest(draft.tags),
                "errors": [error.attrs() for error in draft.errors],
            }
        )
        return
    since = f"since the tags were applied (version {work.previous.sequence})" if work.previous else "now"
    out.print(f"[bold]{len(waits)} changes[/] {since}" if waits else f"nothing changes {since}", soft_wrap=True)
    for line in describe_changes(waits):
        out.print(f"  {escape(line)}", soft_wrap=True)
    if follows:
        for rebuilt in follows.rebuilt:
            seconds = "never computed" if rebuilt.seconds is None else f"{rebuilt.seconds:9.1f} s"
            out.print(f"{seconds}  {rebuilt.asset}{'' if rebuilt.certain else '  (if its input changes)'}")
        out.print(follows.sentence, soft_wrap=True)
    for error in draft.errors:
        out.print(f"[red]{escape(str(error))}[/]", soft_wrap=True)


def explain(here: Place, project: Project, name: str, *, as_json: bool) -> None:
    """Print the history of one column's tag, and its current value."""
    work = refresh(here, project)
    file = read_tags(project.tags_path)
    profiles = load_profiles(work.profiles(), work.raw())
    columns = {table: list(profile.columns) for table, profile in profiles.items()}
    for table, names in file.ledger.columns_seen.items():
        columns[table] = [*columns.get(table, []), *(old for old in names if old not in columns.get(table, []))]
    try:
        table, column, *_ = parse_target(name, columns)
    except TagError as error:
        raise TagError(error.code, error.found, expected="table.column", hint=error.hint, column=name) from None
    storage = work.tools.storage
    snapshots = [
        (commit.created, commit.run_id, storage.path(commit)) for commit in storage.history(project.key("suggestions"))
    ]
    actions = [
        {
            "when": datetime.fromtimestamp(entry.timestamp, UTC).isoformat(timespec="seconds"),
            **entry.action.model_dump(),
        }
        for entry in reversed(read(here.instance, subject=project.key("tags"), limit=100_000))
        if entry.action.phase == "outcome" and not entry.action.after.get("changes")
    ]
    history = [*suggestion_history(snapshots[-200:], table, column), *edit_history(actions, table, column)]
    history.sort(key=lambda event: str(event["when"]))
    draft = _draft(work, Edits(), "")
    tags = draft.tags
    tag = tags.tables[table].columns.get(column) if tags and table in tags.tables else None
    now = current_state(file, tag, table, column, project.policy.tags)
    if as_json:
        say_json({"project": project.name, "table": table, "column": column, "history": history, "now": now})
        return
    out.print(f"[bold]{escape(f'{table}.{column}')}[/]", soft_wrap=True)
    for event in history:
        out.print(f"{str(event['when'])[:19].replace('T', ' ')}  {escape(_sentence(event))}", soft_wrap=True)
    current = ", ".join(
        f"{key} {value}" for key, value in (now["tag"] or now["says"]).items() if value and key != "human"
    )
    line = f" (line {now['line']})" if now["line"] else ""
    out.print(f"{'now':19}  {escape(current)}: {escape(now['why'])}{line}", soft_wrap=True)


def show(here: Place, project: Project, *, as_json: bool) -> None:
    """Print tags.yaml, its mistakes and the next step."""
    work = refresh(here, project)
    file = read_tags(project.tags_path)
    reviewed = review(work, file)
    wish = waiting_for(project, file) or reviewed.task(project.name)
    errors = _draft(work, Edits(), "").errors
    if as_json:
        tags = {key: value for key, value in asdict(file).items() if key not in {"text", "lines", "ledger"}}
        attrs = [error.attrs() for error in errors]
        content = {
            "file": str(project.tags_path),
            "version": file.sha,
            "waiting": wish,
            "changed_columns": reviewed.to_json(project.name),
            "missing_tables": dict(reviewed.vanished),
            "errors": attrs,
            "tags": tags,
        }
        say_json({"project": project.name, **content})
        return
    text = project.tags_path.read_text(encoding="utf-8")
    if out.is_terminal:
        out.print(Syntax(text, "yaml", theme="ansi_dark", background_color="default"))
    else:
        out.print(text, markup=False, soft_wrap=True)
    out.print(f"file  {relative(project.tags_path)}", soft_wrap=True)
    for error in errors:
        out.print(f"[red]{escape(str(error))}[/]", soft_wrap=True)
    for text in reviewed.vanished.values():
        out.print(f"[yellow]![/] {escape(text)}", soft_wrap=True)
    for change in reviewed.to_json(project.name):
        _print_change(change)
    out.print(f"next  {wish or 'radix run ' + project.name}", soft_wrap=True, markup=False)


def _print_change(change: Mapping[str, Any]) -> None:
    """Print a change of the data that a person must decide about."""
    out.print(f"[yellow]![/] {escape(change['change'])}", soft_wrap=True)
    out.print(f"    needed by {change['reader']}: {change['depends on it']}", soft_wrap=True, markup=False)
    for line in change["requests"]:
        out.print(f"    requests {line.strip()}", soft_wrap=True, markup=False)
    for answer in change["answers"]:
        out.print(f"    {answer['answer']}:\n        {answer['command']}", soft_wrap=True, markup=False)
    out.print("    or keep waiting: the old version serves on, and new data are kept", soft_wrap=True)


def refresh(here: Place, project: Project) -> "Work":
    """Refresh tags.yaml, log what changed in it, and return the inputs of the tags."""
    from radix_assets.pipeline.stage import steps
    from radix_assets.stages import STAGES

    tools = here.tools(project)
    storage = tools.storage
    if latest(storage, project, "suggestions") is None:
        raise ConfigError(
            "RDX-CFG-008",
            f"{project.name} has not been run yet, so there are no tags to show",
            hint=f"radix run {project.name}",
        )
    step = next(step for step in steps(project, STAGES) if step.name == "tags")
    work = replace(assemble(project, step, tools, storage.latest(step.key)), stages=STAGES)
    instance = here.instance

    def record_edit(action: dict[str, Any]) -> None:
        record(instance, here.home, Action(subject=step.key, project=project.name, outcome="ok", **action))

    try:
        prepare_tags(project, *_inputs(work))
    except RadixError:
        if not project.tags_path.exists():
            raise  # otherwise its mistakes are shown
    log_changes(project.tags_path, record_edit)
    return work


def _inputs(work: "Work") -> tuple[Any, Any, Any]:
    return (
        load_suggestions(work.input("suggestions")),
        load_schema(work.input("relationships")),
        load_profiles(work.profiles(), work.raw()),
    )


def _draft(work: "Work", edits: Edits, author: str) -> Draft:
    return Draft(work.project, *_inputs(work), work.raw(), edits, author)


def _sentence(event: Mapping[str, Any]) -> str:
    if event["what"] == "suggested":
        suggestion = ", ".join(str(event["said"][name]) for name in SETTINGS if name in event["said"])
        origin = f"by {event['rule']}; run {event['run'][:8]}"
        return f"suggested {suggestion}, {event['confidence']:.0%}: {event['evidence']} ({origin})"
    if "from" in event and not event["from"] and event["what"].startswith("written"):
        return f"{event['what']}, by {event['by']}"
    if "from" in event:
        before, after = event["from"], event["to"]
        words = [
            f"{key} {before.get(key) or '(not set)'} → {after.get(key) or '(not set)'}"
            for key in {**before, **after}
            if key != "human" and before.get(key) != after.get(key)
        ]
        if before.get("human") != after.get("human"):
            words.append("confirmed by a user" if after.get("human") else "no longer confirmed by a user")
        return f"{event['what']} by {event['by']}: {', '.join(words)}"
    return f"{event['what']}, by {event['by']}"
