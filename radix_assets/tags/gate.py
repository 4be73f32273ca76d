"""The gate: what a user must do before the project continues."""

from radix_assets.project.settings import Project
from radix_assets.tags.check_target import checked_target
from radix_assets.tags_file.file import TagsFile
from radix_resources.errors import RadixError


def waiting_for(project: Project, file: TagsFile) -> str | None:
    """Return what a user must do before the project continues; None if nothing.

    Confirmed tags pass. With the policy `auto` unconfirmed tags pass too, unless there is no target or the confidence
    in the comment beside it is below `accept_above`. A target without such a comment was written by a user.
    """
    if file.confirmed:
        return None
    if file.target is not None:
        try:
            checked_target(file.target.text, {name: list(block.columns) for name, block in file.tables.items()})
        except RadixError as error:
            place = f"{file.path.name}, line {file.target.line}"
            return f"fix {place}: {error.found} ({error.hint}); then confirm the tags"
    how = f"check {file.path.name}, write `confirmed: true` and save (or: radix tags {project.name} --confirm)"
    if project.policy.tags == "human":
        return f"confirm the tags: {how}"
    if file.target is None:
        return f"set the target: no candidate was found in the data; write `target: table.column` in {file.path.name}"
    confidence = file.target_confidence
    if confidence is not None and confidence < project.policy.accept_above:
        return f"confirm the target {file.target.text} (confidence {confidence:.0%}): {how}"
    return None
