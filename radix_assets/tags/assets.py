"""Tags: what the data mean, as a person confirmed it."""

import hashlib
from typing import TYPE_CHECKING, Any

from radix_assets.pipeline.output import Markdown, Output
from radix_assets.pipeline.stage import Stage, Work
from radix_assets.tags.gate import waiting_for
from radix_assets.tags_file.file import read_tags

if TYPE_CHECKING:
    from radix_assets.tags.impact import Impact
    from radix_assets.tags.launchpad import TagEdits


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


def _before(work: Work, edits: "TagEdits | None") -> None:
    from radix_assets.tags.edit import Edits, apply_edits
    from radix_assets.tags.impact import told
    from radix_assets.tags.sync import Draft, prepare_tags, tell_all
    from radix_assets.tags_file.diff import nested
    from radix_assets.tags_file.errors import Mistakes
    from radix_resources.action_log.schema import Action

    project, path = work.project, work.project.tags_path
    inputs = _inputs(work)
    prepare_tags(project, *inputs)

    def tell(action: dict[str, Any]) -> None:
        work.record(Action(subject=work.step.key, project=project.name, outcome="ok", **action))

    tell_all(path, tell)
    if edits is None:
        return
    wanted = Edits(
        columns={name: edit.model_dump(exclude_none=True) for name, edit in edits.columns.items()},
        target=edits.target,
        time_index=edits.time_index,
        primary_key=edits.primary_key,
        add_relationships=edits.add_relationships,
        remove_relationships=edits.remove_relationships,
        confirm=edits.confirm,
    )
    if not wanted.any:
        return
    draft = Draft(project, *inputs, work.raw(), wanted, edits.by)
    mistakes = Mistakes()
    mistakes.found = draft.new_errors
    mistakes.raise_if_any()
    if apply_edits(path, wanted, who=edits.by, expected=edits.if_version or draft.sha):
        before, after = nested(draft.changes)
        reason = "; ".join(told(draft.changes, 5))
        tell({"kind": "tag", "actor": edits.by, "reason": reason, "before": before, "after": after})


def _compute(work: Work) -> Output | None:
    from radix_assets.tags.impact import pending, told
    from radix_assets.tags.stage import load_tags, make_tags
    from radix_assets.tags_file.diff import nested

    output = make_tags(work.project, *_inputs(work), work.out, raw=work.raw())
    if output is None:
        return None
    now = load_tags(work.out)
    then = load_tags(work.tools.storage.path(work.previous)) if work.previous else None
    found = pending(then, now) if then else []
    follows = _impact(work)
    output.shown["changed since the last time"] = told(found) if then else "everything: these are the first"
    output.shown["what follows"] = Markdown(follows.sentence)
    output.shown["rebuilt by this"] = follows.shown()
    output.shown["version of the file"] = read_tags(work.project.tags_path).sha
    before, after = nested(found[:200])
    output.decision = {"before": before, "after": after, "changes": len(found), **follows.to_json()}
    return output


def _impact(work: Work) -> "Impact":
    from radix_assets.tags.impact import impact
    from radix_assets.tags.stage import load_tags

    return impact(work.project, work.tools, work.stages, load_tags(work.out))


def _outside(work: Work) -> str | None:
    path = work.project.tags_path
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None


def _asks(work: Work) -> str | None:
    path = work.project.tags_path
    return waiting_for(work.project, read_tags(path)) if path.exists() else None


TAGS = Stage(
    name="tags",
    action="tag",
    description="What the data mean, as confirmed in `projects/{project}/tags.yaml`. All that follows waits for it. "
    "Edit the file, or open this asset's launchpad: it corrects columns, sets the target, and confirms.",
    kinds=("yaml",),
    deps=("raw", "profile", "relationships", "suggestions"),
    checks={"tags_apply": "Every tag names something that is in the data."},
    compute=_compute,
    settings=lambda project, _table: [project.goal.model_dump(), project.policy.tags, project.policy.accept_above],
    external_state=_outside,
    pending_action=_asks,
    launchpad=_launchpad,
    apply_config=_before,
)
