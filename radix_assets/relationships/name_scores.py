"""How much the names of columns and tables suggest a reference."""

import re

from radix_assets.common.words import stems, words
from radix_assets.relationships.names import (
    KEY_WORDS,
    abbreviates,
    core,
    is_count,
    is_generic,
    is_key_like,
    is_plural,
    is_row_number,
    names_people,
    table_stems,
)
from radix_assets.relationships.role_words import DOERS, DOES, NO_AGENTS, PEOPLE, ROLES, SELF

_BESIDE_ROLES = frozenset({"to", "by", "of", "row", "record", "node", "direct", "line"})
"""Words beside a role that name nothing else."""
_AGENT = re.compile(r"\w{3}(er|or|eur|euse|ist|iste|aire|ador|ant)$")
"""Words for people who do something: `uploader`, `assessor`."""


def name_score(child: str, column: str, parent: str, key: str, *, people: bool = False) -> tuple[float, str]:
    """Return how much names suggest that `child.column` references `parent.key`, from 0 to 1, and why, in words.

    The same name, or the parent's name in the child's column, is nearly certain; the end of the parent's name
    (`species_id` of `animal_species`), an abbreviation or a usual role (`origin` of an airport, `manager` of an
    employee) is a hint. `people`: the parent's columns show that its rows are people.
    """
    plain, target = "".join(stems(column)), "".join(stems(key))
    if child == parent:
        return _self_score(column, key, people=people or names_people(parent))
    if not plain or is_row_number(column) or is_row_number(key):
        return 0.0, ""
    if plain == target and not is_generic(column):
        return 1.0, "same name"
    if is_count(column) and not _spells(column, key):
        return 0.0, ""
    score = _names_the_table(column, parent, key)
    if score[0] >= 0.8 or not (plain == target and is_key_like(column) and core(column)):  # noqa: PLR2004 see above
        return score if score[0] else _doer(column, parent, people=people)
    return 0.8, "same name"


def _spells(column: str, key: str) -> bool:
    """Return whether a column ends as a key is spelled: `adres` is no plural beside `adres_id`."""
    word = "".join(word for word in words(key) if word not in KEY_WORDS)
    return is_key_like(key) and len(word) > 3 and "".join(words(column)).endswith(word)  # noqa: PLR2004 chance


def _is_agent(column: str) -> bool:
    """Return whether a column is named for someone who does something: `assessor_id`, `comprador`."""
    last = [word for word in words(column) if word not in KEY_WORDS][-1:]
    return bool(last) and last[0] not in NO_AGENTS and bool(_AGENT.search(last[0]) or last[0] in PEOPLE)


def _doer(column: str, parent: str, *, people: bool) -> tuple[float, str]:
    parts = words(column)
    by = len(parts) > 1 and (parts[-1] in DOERS or (parts[-1] in KEY_WORDS and parts[-2] in DOERS))
    if by and (people or names_people(parent)):
        return 0.65, f"{column} says who did it, {parent} are people"
    if people and any(word in DOES for word in parts):
        return 0.6, f"{column} is a usual role of {parent}"
    if (people or names_people(parent)) and _is_agent(column):
        return 0.55, f"{column} sounds like one of {parent}"
    return 0.0, ""


def _names_the_table(column: str, parent: str, key: str) -> tuple[float, str]:  # noqa: PLR0911 a step of the score each
    plain, target = "".join(stems(column)), "".join(stems(key))
    owner, about = "".join(table_stems(parent)), core(column)
    named = bool(about) and (about == owner or is_plural(about, owner))
    chance = len(owner) <= 2 or len(about) <= 2  # noqa: PLR2004 such short names agree by chance
    if is_key_like(key) and core(key) in {"", owner} and (named or (about.endswith(owner) and not chance)):
        return (1.0, f"{column} names the table {parent}") if named else (0.9, f"{column} ends with {parent}")
    if len(target) > 3 and plain.endswith(target) and not is_generic(key):  # noqa: PLR2004 same
        return 0.85, f"{column} ends with {key}"
    if named and not chance:
        return 0.8, f"{column} names the table {parent}"
    bare = core(key) if is_key_like(key) else ""
    if len(about) > 1 and about == bare and not is_generic(column):
        return 0.8, f"{column} is {key} in short"
    if _ends_of(column, parent, key):
        return 0.75, f"{column} is {parent} in short"
    ending = [word for word in stems(column) if word not in KEY_WORDS][-1:]
    if bare and ending and is_key_like(column) and len(bare) > 3 and abbreviates(ending[0], bare):  # noqa: PLR2004 chance
        return 0.7, f"{column} ends with {key} in short"
    if bare and abbreviates(about, bare):
        return 0.6, f"{column} resembles {key}"
    return _hint(column, parent)


def _ends_of(column: str, parent: str, key: str) -> bool:
    """Return whether a column is named by the last words of its parent's name: `species_id` of `animal_species`."""
    about = tuple(word for word in stems(column) if word not in KEY_WORDS)
    whole = table_stems(parent)
    key_fits = is_key_like(key) and core(key) in {"", "".join(about), "".join(whole)}
    return bool(about) and key_fits and len(about) < len(whole) and whole[-len(about) :] == about and len(about[-1]) > 2  # noqa: PLR2004 chance


def _hint(column: str, parent: str) -> tuple[float, str]:
    own, other = stems(column), table_stems(parent)
    if any(set(other) & ROLES.get(word, frozenset()) for word in own):
        return 0.65, f"{column} is a usual role of {parent}"
    rest = [word for word in own if word not in KEY_WORDS]
    # An abbreviation; the whole word among others (`post_type_id`) names something else.
    if len(other) == 1 and any(abbreviates(word, other[0]) for word in rest):
        return 0.6, f"{column} resembles {parent}"
    short = len(rest) == 1 and is_key_like(column) and len(rest[0]) > 3  # noqa: PLR2004 chance
    if short and len(other) > 1 and abbreviates(rest[0], other[-1]):
        return 0.6, f"{column} resembles {parent}"
    return 0.0, ""


def is_role_of_row(column: str, key: str) -> bool:
    """Return whether a column names a row's role among the rows of its table: `parent`, `previous_booking`.

    `previous_cancellations` and `previous_price` hold such a word too, but name something else.
    """
    own = stems(column)
    rest = [word for word in own if word not in SELF | KEY_WORDS | _BESIDE_ROLES]
    if is_count(column) or not set(own) & SELF:
        return False
    return not rest or (bool(core(key)) and core(key).endswith(rest[-1]))


def _self_score(column: str, key: str, *, people: bool) -> tuple[float, str]:
    own = stems(column)
    if (set(own) & SELF and not is_count(column)) or "partof" in "".join(own):
        return 0.8, f"{column} is a usual role within the same table"
    if is_key_like(key) and core(key) and core(column).endswith(core(key)) and core(column) != core(key):
        return 0.7, f"{column} ends with {key}"
    if people and any(word in DOES for word in own) and own[:1] != stems(key)[:1]:
        return 0.6, f"{column} is a usual role among people"
    return 0.0, ""
