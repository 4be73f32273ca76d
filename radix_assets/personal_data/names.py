"""Detect names of people by value, from the name lists of Faker (about seventy languages)."""

import re
from collections.abc import Sequence
from functools import lru_cache

from radix_assets.common.words import words
from radix_assets.personal_data.forms import TITLE

_TOKEN = re.compile(r"[^\W\d_][^\W\d_'’.\-]*(?:['’.\-][^\W\d_]*)*")
_LONGEST = 60
_FIRMS = frozenset(
    re.findall(
        r"\w+",
        "inc llc ltd gmbh ag kg co corp corporation company sa srl spa bv nv plc lp llp pty church foundation "
        "school club "
        "association assoc society trust university college center centre institute committee council union group "
        "ministries ministry temple lodge league fund bank hotel restaurant hospital clinic park street road avenue "
        "house "
        "university bros sons partners holdings services solutions systems museum library theatre airport station "
        "team",
    )
)
"""Words in names of organisations or places: `Anna Bell Foundation`."""
_MOST_WORDS = 6


@lru_cache(maxsize=1)
def _name_lists() -> tuple[frozenset[str], frozenset[str]]:
    """Return given and family names, without accents and in lower case."""
    import importlib
    import pkgutil

    from faker.providers import person

    given_names: set[str] = set()
    family: set[str] = set()
    for module in pkgutil.iter_modules(person.__path__):
        provider = importlib.import_module(f"faker.providers.person.{module.name}").Provider
        for attribute in dir(provider):
            into = (
                given_names
                if attribute.startswith("first_name")
                else family
                if attribute.startswith("last_name")
                else None
            )
            names = getattr(provider, attribute) if into is not None else ()
            if into is not None and isinstance(names, dict | list | tuple | set):
                into.update("".join(words(str(name))) for name in names)
    return frozenset(given_names - {""}), frozenset(family - {""})


def is_full_name(text: str) -> bool:
    """Return whether a text is a given name with a family name, an initial or another word, in any order."""
    if len(text) > _LONGEST or not text:
        return False
    if TITLE.search(text):
        return True
    tokens = text.replace(",", " ").replace("(", " ").replace(")", " ").split()
    plain = ["".join(words(token)) for token in tokens]
    if not 1 < len(tokens) <= _MOST_WORDS or _FIRMS & set(plain) or not all(_TOKEN.fullmatch(t) for t in tokens):
        return False
    given_names, family = _name_lists()
    first = [place for place, token in enumerate(plain) if token in given_names and len(token) > 1]
    for place in first:
        others = [token for other, token in enumerate(plain) if other != place]
        if any(token in family or (token in given_names and len(token) > 1) for token in others):
            return True
        if place == 0 and any(len(token) == 1 for token in others):
            return True
    initials = [token for token in tokens if re.fullmatch(r"[A-Z]{1,3}|(?:[A-Z]\.)+", token)]
    return bool(initials) and any(token in family for token in plain if len(token) > 2)  # noqa: PLR2004


def is_single_name(text: str) -> bool:
    """Return whether a text is one word that is a given or a family name."""
    token = "".join(words(text))
    given_names, family = _name_lists()
    return len(text.split()) == 1 and len(token) > 1 and (token in given_names or token in family)


def name_share(values: Sequence[str]) -> float:
    """Return the share of values that are names of people, of two words or more."""
    return sum(1 for value in values if is_full_name(value)) / len(values) if values else 0.0


def single_share(values: Sequence[str]) -> float:
    """Return the share of values that are one given or family name."""
    return sum(1 for value in values if is_single_name(value)) / len(values) if values else 0.0
