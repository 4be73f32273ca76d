"""Split names of tables and columns into words."""

import re
import unicodedata
from functools import lru_cache

_SPLIT = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])|[\W_]+")


@lru_cache(maxsize=50_000)
def words(name: str) -> tuple[str, ...]:
    """Return a name's words in lower case and without accents: `HomePhone_2` is ("home", "phone", "2")."""
    plain = "".join(
        char for char in unicodedata.normalize("NFKD", name.replace("ß", "ss")) if not unicodedata.combining(char)
    )
    return tuple(word.lower() for word in _SPLIT.split(plain) if word)


@lru_cache(maxsize=50_000)
def singular(word: str) -> str:
    """Return an English word without its plural ending: `categories` is `category`, `address` stays."""
    if word in {"movies", "cookies", "calories", "series", "species"}:
        return word if word.endswith(("series", "species")) else word[:-1]
    if word.endswith("ies") and len(word) > 4:  # noqa: PLR2004 `ties` is no plural of `ty`
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:  # noqa: PLR2004 `gas`, `bus`
        return word[:-1]
    return word


@lru_cache(maxsize=50_000)
def stems(name: str) -> tuple[str, ...]:
    """Return the words of a name, each in the singular."""
    return tuple(singular(word) for word in words(name))
