"""Evidence from names for keys and references."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from radix_assets.common.words import singular, stems, words
from radix_assets.relationships.role_words import (
    ENDINGS,
    ORDINALS,
    PEOPLE,
    WRAPPING,
)

KEY_WORDS = frozenset(
    {"id", "ids", "key", "code", "cd", "no", "nr", "num", "number", "ref", "uuid", "guid", "pk", "fk", "sk"}
)
"""Words that indicate an identifier."""
COUNT_WORDS = frozenset({"no", "nr", "num", "number"})
"""Words that indicate a count if a plural, or `of`, follows: `num_calls`, `number_of_rooms`."""
SEQUENCE_WORDS = frozenset({"seq", "sequence", "line", "position", "pos", "ordinal", "item", "step"})
"""Words that indicate a running number within something else; a key only together with that."""
GENERIC = frozenset(
    {
        "id",
        "key",
        "code",
        "name",
        "names",
        "title",
        "label",
        "description",
        "desc",
        "type",
        "status",
        "value",
        "comment",
    }
    | {
        "date",
        "time",
        "timestamp",
        "year",
        "month",
        "day",
        "hour",
        "minute",
        "week",
        "quarter",
        "number",
        "no",
        "count",
    }
    | {"index", "uuid", "guid", "pk", "notes", "text", "url", "seq", "sequence", "rank", "position", "order", "line"}
)
"""Names that many tables share with different meanings."""
MOST_COLUMNS = 0.8
"""Share of a table's columns that must have a prefix that says nothing."""
MOST_TABLES = 0.8
"""Share of the tables whose names must begin with a word that says nothing."""
_ENDING = re.compile(r"(us|um|on|o|a|i|ae|en|e)$")
_NO_KEY = re.compile(
    r"(^|_)(url|link|email|phone|fax|address|description|comment|notes?|text|photo|image|title)s?(_|$)"
)
_ROW_NUMBER = re.compile(r"(row_?(names?|num(ber)?|nr|no|id|index)|index|unnamed(_0)*|level_0|idx|x|sl_?no|s_no)")


@lru_cache(maxsize=50_000)
def is_row_number(name: str) -> bool:
    """Return whether a name is that of a row number, which is meaningless."""
    return not name.strip() or bool(_ROW_NUMBER.fullmatch("_".join(words(name))))


@lru_cache(maxsize=50_000)
def is_key_like(name: str) -> bool:
    """Return whether a name indicates an identifier: `OrderID`, `faa_code`, `USUBJID`; a count is not one."""
    parts = words(name)
    if not parts or is_row_number(name):
        return False
    if parts[0] in COUNT_WORDS and ("of" in parts[1:2] or singular(parts[-1]) != parts[-1]):
        return False
    return bool({parts[0], parts[-1]} & KEY_WORDS) or bool(re.search(r"[a-z]{2}(id|cd|key|nr|num|number)$", parts[-1]))


@lru_cache(maxsize=50_000)
def is_attribute(name: str) -> bool:
    """Return whether a name indicates something that may be unique, but is not used as a key."""
    return bool(_NO_KEY.search("_".join(words(name))))


@lru_cache(maxsize=50_000)
def is_sequence(name: str) -> bool:
    """Return whether a name indicates a running number within something else: `stop_sequence`, `AESEQ`."""
    parts = words(name)
    return bool(parts) and (
        parts[-1] in SEQUENCE_WORDS
        or (len(parts) > 1 and parts[-2] in SEQUENCE_WORDS and parts[-1] in {"id", *COUNT_WORDS})
        or bool(re.search(r"[a-z]{2}seq$|^line(number|num|no|nr)$", parts[-1]))
    )


@lru_cache(maxsize=50_000)
def is_generic(name: str) -> bool:
    """Return whether a name may occur in any table with a different meaning."""
    return all(word in GENERIC or word.isdigit() for word in words(name)) or is_row_number(name)


@lru_cache(maxsize=50_000)
def core(name: str) -> str:
    """Return a name in the singular without identifier words: `Customer IDs` is `customer`."""
    joined = "".join(word for word in stems(name) if word not in KEY_WORDS)
    return re.sub(r"(?<=[a-z]{2})(id|key)$", "", joined)


def bare_names(columns: Sequence[str]) -> dict[str, str]:
    """Return column names without a short prefix that all share: `l_orderkey`, `l_partkey` of `lineitem`."""
    if len(columns) < 3:  # noqa: PLR2004 two may agree by chance
        return {name: name for name in columns}
    split = {name: re.match(r"([A-Za-z]{1,3})_(?=.)", name) for name in columns}
    prefix, count = Counter(match[1].lower() if match else "" for match in split.values()).most_common(1)[0]
    # A column that was added later, such as the time of loading, has no such prefix.
    if not prefix or (count < len(columns) and count < max(4, MOST_COLUMNS * len(columns))):
        return {name: name for name in columns}
    return {
        name: name[match.end() :] if match and match[1].lower() == prefix else name for name, match in split.items()
    }


def bare_tables(tables: Sequence[str]) -> dict[str, str]:
    """Return names of tables without a word that nearly all begin with and that names none: `posts` of `wp_posts`."""
    same = {name: name for name in tables}
    first = Counter(parts[0] for name in tables if len(parts := words(name)) > 1)
    if len(tables) < 4 or not first:  # noqa: PLR2004 fewer may agree by chance
        return same
    prefix, count = first.most_common(1)[0]
    if count < MOST_TABLES * len(tables) or any(stems(name) == (singular(prefix),) for name in tables):
        return same
    bare = {name: "_".join(words(name)[1:]) if words(name)[0] == prefix else name for name in tables}
    return bare if len(set(bare.values())) == len(tables) and all(bare.values()) else same


@lru_cache(maxsize=50_000)
def is_count(name: str) -> bool:
    """Return whether a name is that of a count: a plural that is not an identifier, such as `UpVotes`."""
    parts = words(name)
    return bool(parts) and not is_key_like(name) and singular(parts[-1]) != parts[-1]


def is_named_after(column: str, table: str, *, whole: bool = False) -> bool:
    """Return whether a column names its own table's rows: `companies.company_id`, `companies.id`.

    The end of the table's name is enough (`feature_usage.usage_id`), unless the whole is required.
    """
    own, rest = "".join(stems(table)), core(column)
    return is_key_like(column) and (rest in {"", own} or (not whole and len(rest) > 2 and own.endswith(rest)))  # noqa: PLR2004


@lru_cache(maxsize=50_000)
def table_stems(name: str) -> tuple[str, ...]:
    """Return the words of a table's name in the singular, without those around it: `tbl_orders`, `dim_customer`."""
    parts = stems(name)
    inner = parts[1:] if parts[:1] and parts[0] in WRAPPING else parts
    inner = inner[:-1] if inner[-1:] and inner[-1] in WRAPPING else inner
    return inner or parts


@lru_cache(maxsize=50_000)
def names_people(name: str) -> bool:
    """Return whether a table's name says that its rows are people."""
    return bool(set(table_stems(name)) & PEOPLE)


def is_short_for(column: str, table: str) -> bool:
    """Return whether an identifier begins its own table's name: `EMP_NO` of `EMPLOYEE`."""
    return is_key_like(column) and abbreviates(core(column), "".join(table_stems(table)))


@lru_cache(maxsize=50_000)
def is_ordinal(name: str) -> bool:
    """Return whether a name is that of a number within something that is no table: `month_no`, `floor_number`."""
    parts = [word for word in stems(name) if word not in KEY_WORDS]
    return bool(parts) and parts[-1] in ORDINALS and bool(set(words(name)) & {"no", "nr", "num", "number"})


def names_the_table_of(column: str, table: str) -> bool:
    """Return whether a column has a table's whole name: `customer_id` of `customers`."""
    owner, about = "".join(table_stems(table)), core(column)
    return bool(about) and (about == owner or is_plural(about, owner))


def is_plural(word: str, table: str) -> bool:
    """Return whether a table's name is the plural of a word in a language that adds an ending."""
    short, long = sorted((word, table), key=len)
    if len(short) > 3 and long.startswith(short) and long[len(short) :] in ENDINGS:  # noqa: PLR2004 chance
        return True
    roots = {_ENDING.sub("", short), _ENDING.sub("", long)}  # Konto, Konten
    return len(roots) == 1 and len(roots.pop()) > 3  # noqa: PLR2004 chance


def abbreviates(word: str, name: str) -> bool:
    """Return whether one of two words is an abbreviation of the other: its beginning, or its consonants."""
    short, long = sorted((word, name), key=len)
    return len(short) > 2 and short != long and (long.startswith(short) or _is_skeleton(short, long))  # noqa: PLR2004 shorter prefixes agree by chance


def _is_skeleton(short: str, long: str) -> bool:
    """Return whether a word is another without its vowels and some consonants: `ctry` of `country`."""
    if short[0] != long[0] or short[-1] != long[-1] or re.search(r"[aeiou]", short[1:]):
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)
