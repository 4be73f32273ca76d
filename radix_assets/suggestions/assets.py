"""The suggestions stage: what Radix infers about the data."""

from radix_assets.pipeline.output import Output
from radix_assets.pipeline.stage import Stage, Work
from radix_assets.project.settings import PROJECT_FILE
from radix_assets.question.target import parse_target, unread_table
from radix_resources.errors import TagError


def _compute(work: Work) -> Output:
    from radix_assets.profiles.load import load_profiles
    from radix_assets.relationships.stage import load_schema
    from radix_assets.suggestions.stage import make_suggestions

    profiles = load_profiles(work.profiles(), work.raw())
    raw = {table: path for table, path in work.raw().items() if table in profiles}
    goal = work.project.goal.target
    target = goal if isinstance(goal, str) else None
    schema = load_schema(work.input("relationships"))
    try:
        return make_suggestions(raw, profiles, schema, target, work.out)
    except TagError as error:
        if error.code != "RDX-TAG-002":
            raise
        if target and _was_there(target, work):  # the gate of the tags asks a person about columns that disappeared
            return make_suggestions(raw, profiles, schema, None, work.out)
        if unread := unread_table(target or "", work.project.tables, raw):
            raise unread from None
        hint = f"fix goal.target in {PROJECT_FILE}" + (f"; {error.hint}" if "did you mean" in error.hint else "")
        raise TagError(error.code, error.found, expected=error.expected, hint=hint, target=target) from None


def _was_there(target: str, work: Work) -> bool:
    """Return whether a target was in the data before."""
    from radix_assets.suggestions.stage import load_suggestions

    if work.previous is None:
        return False
    tables = load_suggestions(work.tools.storage.path(work.previous)).tables
    try:
        parse_target(target, {name: list(table.columns) for name, table in tables.items()})
    except TagError:
        return False
    return True


SUGGESTIONS = Stage(
    name="suggestions",
    action="suggest",
    description="What every column and table seems to mean: role, type, sensitivity, time, and the questions the data "
    "may answer, each with confidence and evidence. A person confirms it in the next step.",
    deps=("raw", "profile", "relationships"),
    checks={
        "a_target_was_found": "There is a question that the data may answer.",
    },
    compute=_compute,
    settings=lambda project, _table: project.goal.model_dump()["target"],
)
