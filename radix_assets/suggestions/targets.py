"""Which questions the data may be meant to answer."""

import re
from collections.abc import Mapping

from radix_assets.profiles.model import ColumnProfile, TableProfile
from radix_assets.relationships.model import Schema
from radix_assets.relationships.words import words
from radix_assets.suggestions.model import TableSuggestion, TargetSuggestion
from radix_assets.suggestions.problems import problem_of

MOST = 3
_NAMES = (
    (0.6, "target|labels?|class|classification|outcome|ground_truth"),
    (
        0.55,
        "churn(ed)?|attrition|attrited|survived|survival_status|fraud(ulent)?|default(ed|er)?|spam|exited|readmitted",
    ),
    (0.5, "converted|conversion|subscribed|approved|approval|accepted|clicked|purchased|bought|cancell?ed|returned"),
    (0.5, "delinquent|diagnosis|sentiment|response|responded|no_show|complaint|bad_loan|loan_status|arrested"),
    (0.45, "prices?|delay|delayed|quality|species|salary|charges|demand|sales|revenue|fare|rating|mpg|yield"),
    (0.45, "consumption|sev(erity)?|failure|failed|lateness"),
    (0.3, "status|score|income|result|grade|risk|amount|total|profit|tip|cnt|value|rent|success|winner|won|strength"),
    (0.3, "rides|points|stage|life_expectancy|close|freight|cost"),
    (0.15, "type|count|duration|temperature|weather|category|level|spend(ing)?|expenses|weight"),
)
"""How much a word in a name speaks for a target."""
_PATTERNS = tuple((score, re.compile(rf"(?:^|_)(?:{names})(?:_flag)?(?=_|$)")) for score, names in _NAMES)
_INPUT = re.compile(
    r"(^|_)(min|max|prev|previous|last|avg|mean|lag|forecast|predicted|baseline|unit|list|per|count_of)(_|$)"
)
_FEW_ROWS = 30


def rank_targets(
    profiles: Mapping[str, TableProfile], tables: Mapping[str, TableSuggestion], schema: Schema
) -> list[TargetSuggestion]:
    """The likeliest questions, at most three, from names, positions, distributions and the schema."""
    links = {name: _degree(name, schema) for name in profiles}
    most_links = max(links.values(), default=0) or 1
    most_rows = max((profile.rows for profile in profiles.values()), default=0) or 1
    found: list[tuple[float, TargetSuggestion]] = []
    for name, profile in profiles.items():
        if profile.rows < 2:  # noqa: PLR2004 nothing to learn from
            continue
        central = 0.1 * links[name] / most_links
        if len(profiles) > 1 and profile.rows < _FEW_ROWS and most_rows > 5 * profile.rows:
            central -= 0.3
        if tables[name].time_index:
            central += 0.05
        for place, column in enumerate(profile.columns.values()):
            suggestion = tables[name].columns[column.name]
            problem = problem_of(column, suggestion.type)
            if problem is None or suggestion.role != "feature" or column.nulls > 0.5 * column.rows:
                continue
            if suggestion.type not in {"numeric", "categorical", "embedded-number", "context-specific"}:
                continue
            score, why = _score(place, column, profile)
            target = TargetSuggestion(
                table=name,
                column=column.name,
                problem=problem,
                confidence=round(min(0.95, max(0.05, score + central)), 2),
                evidence=why,
            )
            found.append((score + central, target))
    found.sort(key=lambda item: -item[0])
    return [target for _, target in found[:MOST]]


def _score(place: int, column: ColumnProfile, profile: TableProfile) -> tuple[float, str]:
    header, why = "_".join(words(column.name)), []
    # Some schemas put the table before every column's name: AESEV of the table ae.
    own = "_".join(words(profile.table))
    if len(own) > 1 and header.startswith(own) and len(header) > len(own) + 2:
        header = header.removeprefix(own).strip("_")
    named, whole = next(
        ((score, pattern.fullmatch(header)) for score, pattern in _PATTERNS if pattern.search(header)), (0.0, None)
    )
    score = 0.1 + (0.6 if header == "y" else named) + (0.1 if whole else 0.0)
    if named:
        why.append("named as something people predict")
    if _INPUT.search(header):
        score -= 0.2
    last = len(profile.columns) - 1
    if place == last and last > 0:
        score += 0.15
        why.append("last column")
    elif place == 0 and named:
        score += 0.05
    # Of two like columns the later one is usually the consequence.
    score += 0.03 * place / max(1, last)
    if column.distinct == 2:  # noqa: PLR2004 yes or no
        score += 0.05
        why.append("two values")
    score -= 0.3 * column.nulls / column.rows
    return score, "; ".join(why) or "nothing speaks against it"


def _degree(table: str, schema: Schema) -> int:
    return sum((r.child == table) + (r.parent == table) for r in schema.relationships if r.child != r.parent)
