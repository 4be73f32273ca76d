"""The gate."""

from radix_assets.project.settings import Project
from radix_assets.tags.resolve_question import checked_target
from radix_assets.tags_file.file import TagsFile
from radix_resources.errors import RadixError


def waiting_for(project: Project, file: TagsFile) -> str | None:
    """What a person must do before the project goes on; None where nothing.

    Confirmed tags pass. With the policy `auto` unconfirmed ones pass too, unless there is no target or the confidence
    that stands beside it is less than the project asks for. Without one beside it, it was written by a person.
    """
    if file.confirmed:
        return None
    if file.target is not None:
        try:
            checked_target(file.target.text, {name: list(block.columns) for name, block in file.tables.items()})
        except RadixError as error:
            place = f"{file.path.name}, line {file.target.line}"
            return f"mend {place}: {error.found} ({error.hint}); then confirm the tags"
    how = f"look at {file.path.name}, write `confirmed: true` and save (or: radix tags {project.name} --confirm)"
    if project.policy.tags == "human":
        return f"confirm the tags: {how}"
    if file.target is None:
        return f"name the target: nothing in the data looks like one; write `target: table.column` in {file.path.name}"
    sure = file.target_confidence
    if sure is not None and sure < project.policy.accept_above:
        return f"confirm the target {file.target.text}, which is only {sure:.0%} certain: {how}"
    return None
