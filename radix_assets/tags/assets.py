"""Stage definition of the tags: the meaning of the data, confirmed by a user."""

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from radix_assets.pipeline.output import Markdown, Output, Table
from radix_assets.pipeline.stage import Stage, Work
from radix_assets.rules.acceptances import accept_batch, accepted_batches
from radix_assets.rules.gate import waiting_for_rules
from radix_assets.rules.schema import load_results
from radix_assets.tags.gate import waiting_for
from radix_assets.tags_file.file import TagsFile, read_tags

if TYPE_CHECKING:
    from radix_assets.tags.impact import Impact
    from radix_assets.tags.launchpad import TagEdits
    from radix_assets.tags.schema_gate import Review

COLUMNS_NOTE = "changes of the data"
"""The metadata that says which columns changed, on one line."""


def _launchpad() -> type:
    from radix_assets.tags.launchpad import TagEdits

    return TagEdits


def _inputs(work: Work) -> tuple[Any, Any, Any]:
    from radix_assets.profiles.load import load_profiles
    from radix_assets.relationships.stage import load_schema
    from radix_assets.suggestions.stage import load_suggestions

    return (
        load_suggestions(work.input("suggestions")),
        load_schema(work.input("relationships")),
        load_profiles(work.profiles(), work.raw()),
    )


def _apply_config(work: Work, edits: "TagEdits | None") -> None:
    from radix_assets.tags.edit import apply_edits
    from radix_assets.tags.edit_plan import Edits
    from radix_assets.tags.impact import describe_changes
    from radix_assets.tags.sync import Draft, log_changes, prepare_tags
    from radix_assets.tags_file.diff import nested
    from radix_assets.tags_file.errors import Mistakes
    from radix_resources.action_log.schema import Action

    project, path = work.project, work.project.tags_path
    inputs = _inputs(work)
    prepare_tags(project, *inputs)

    def log(action: dict[str, Any]) -> None:
        work.record(Action(subject=work.step.key, project=project.name, outcome="ok", **action))

    log_changes(path, log)
    if edits is None:
        return
    if edits.accept_batch and (batch := load_results(work.input("rules")).batch):
        accept_batch(project.folder, batch, by=edits.by, why=edits.why)
        log({"kind": "approve", "actor": edits.by, "reason": edits.why, "input_hash": batch})
    corrections = Edits(
        columns={name: edit.model_dump(exclude_none=True) for name, edit in edits.columns.items()},
        target=edits.target,
        time_index=edits.time_index,
        primary_key=edits.primary_key,
        add_relationships=edits.add_relationships,
        remove_relationships=edits.remove_relationships,
        add_rules=edits.add_rules,
        remove_rules=edits.remove_rules,
        confirm=edits.confirm,
    )
    if not corrections.any:
        return
    draft = Draft(project, *inputs, work.raw(), corrections, edits.by)
    mistakes = Mistakes()
    mistakes.errors = draft.new_errors
    mistakes.raise_if_any()
    if apply_edits(path, corrections, who=edits.by, expected=edits.if_version or draft.sha):
        before, after = nested(draft.changes)
        reason = "; ".join(describe_changes(draft.changes, 5))
        log({"kind": "tag", "actor": edits.by, "reason": reason, "before": before, "after": after})


def _compute(work: Work) -> Output | None:
    from radix_assets.schema_changes.describe import summary, to_rows
    from radix_assets.tags.impact import describe_changes, pending
    from radix_assets.tags.schema_gate import Review, review
    from radix_assets.tags.stage import load_tags, make_tags
    from radix_assets.tags_file.diff import nested

    if _pending_action(work):
        return None
    reviewed: list[Review] = []

    def may_go_on(file: TagsFile) -> bool:
        reviewed.append(review(work, file))
        return not reviewed[0].blocks

    output = make_tags(work.project, *_inputs(work), work.out, raw=work.raw(), may_go_on=may_go_on)
    if output is None:
        return None
    tags = load_tags(work.out)
    previous = load_tags(work.tools.storage.path(work.previous)) if work.previous else None
    changes = pending(previous, tags) if previous else []
    consequences = _impact(work)
    output.shown["changes since the last version"] = describe_changes(changes) if previous else "first version"
    output.shown["impact"] = Markdown(consequences.sentence)
    output.shown["rebuilt"] = consequences.shown()
    output.shown["file version"] = read_tags(work.project.tags_path).sha
    before, after = nested(changes[:200])
    output.decision = {"before": before, "after": after, "changes": len(changes), **consequences.to_json()}
    columns = reviewed[0].changes
    if columns:
        output.shown["changed columns"] = Table(to_rows(columns))
        output.shown[COLUMNS_NOTE] = summary(columns)
        output.decision["changed_columns"] = to_rows(columns[:200])
    return output


def _impact(work: Work) -> "Impact":
    from radix_assets.tags.impact import impact
    from radix_assets.tags.stage import load_tags

    return impact(work.project, work.tools, work.stages, load_tags(work.out))


def _file_state(work: Work) -> str | list[str] | None:
    """Return the hash of the tags file; with the batches that a person accepted, if there are any."""
    path = work.project.tags_path
    sha = hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None
    accepted = accepted_batches(work.project.folder)
    return [str(sha), *sorted(accepted)] if accepted else sha


def _pending_action(work: Work) -> str | None:
    path = work.project.tags_path
    if not path.exists():
        return None
    file, rules = read_tags(path), work.inputs.get("rules")
    return (
        waiting_for(work.project, file)
        or waiting_for_rules(work.project, rules.path if rules else None)
        or _review(work, file).task(work.project.name)
    )


def _review(work: Work, file: TagsFile) -> "Review":
    from radix_assets.tags.schema_gate import review

    return review(work, file)


def _pending_details(work: Work) -> Mapping[str, Any]:
    path = work.project.tags_path
    return _review(work, read_tags(path)).details(work.project.name) if path.exists() else {}


TAGS = Stage(
    name="tags",
    action="tag",
    description="The meaning of the data, confirmed in `projects/{project}/tags.yaml`. All later stages wait for it. "
    "Edit the file, or use this asset's launchpad to correct columns, set the target and confirm.",
    kinds=("yaml",),
    deps=("raw", "profile", "relationships", "suggestions", "rules"),
    checks={"tags_apply": "Every tag refers to something in the data."},
    compute=_compute,
    settings=lambda project, _table: [project.goal.model_dump(), project.policy.tags, project.policy.accept_above],
    external_state=_file_state,
    pending_action=_pending_action,
    pending_details=_pending_details,
    launchpad=_launchpad,
    apply_config=_apply_config,
)
