"""Check a question about the future against the data and find its problem type."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from radix_assets.question.horizon import Future
from radix_assets.question.parse import parse
from radix_assets.relationships.schema import Relationship
from radix_assets.tags.bind_question import LABEL, LABEL_TABLE, bind_question, problem_of
from radix_assets.tags.schema import TableTags, Target
from radix_assets.tags_file.file import TagsFile
from radix_resources.errors import TargetError


def resolve_question(
    future: Future,
    file: TagsFile,
    tables: Mapping[str, TableTags],
    relationships: Sequence[Relationship],
    raw: Mapping[str, Path] | None,
) -> Target:
    """Return the target. Without `raw`, the raw snapshots' directories, only the syntax of the expressions is checked.

    Raise TargetError RDX-TGT-301 to 303 with the line of the target and the place in the expression.
    """
    try:
        for text in (future.predict, future.where):
            if text:
                parse(text)
        problem = problem_of(bind_question(future, tables, relationships, raw).predict) if raw is not None else "binary"
    except TargetError as error:
        place = {"file": file.path, "line": file.target.line if file.target else None, **error.context}
        raise TargetError(error.code, error.found, expected=error.expected, hint=error.hint, **place) from None
    return Target(table=LABEL_TABLE, column=LABEL, problem=problem, future=future)
