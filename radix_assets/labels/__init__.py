"""Labels: what is to be learnt, row by row; for a question about the future, asked at many moments of the past."""

from typing import TYPE_CHECKING

from radix_resources.lazy import lazily

if TYPE_CHECKING:
    from radix_assets.labels.ask import ASKED, Asker
    from radix_assets.labels.make import Question, load_question, make_labels, problem_of
    from radix_assets.labels.table import asker, entities_at, moments_of

__all__ = [
    "ASKED",
    "Asker",
    "Question",
    "asker",
    "entities_at",
    "load_question",
    "make_labels",
    "moments_of",
    "problem_of",
]

__getattr__ = lazily(
    __name__,
    ask="ASKED Asker",
    make="Question load_question make_labels problem_of",
    table="asker entities_at moments_of",
)
