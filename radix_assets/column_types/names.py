"""Features from the name of a column."""

import re

from radix_assets.column_types.lexicon import LEXICON
from radix_assets.column_types.vocabulary import KNOWN, fluent, readable
from radix_assets.common.words import singular, words

_SHORT = 2
_VOWELS = frozenset("aeiouy")
_YEAR = re.compile(r"(?<!\d)(1[6-9]|20)\d{2}(?!\d)")
_CODED = re.compile(r"[a-z]{1,4}\d+([a-z]{0,3}\d*)*", re.IGNORECASE)
_RUN = re.compile(r"[^aeiouy\W\d_]+", re.IGNORECASE)
_UNNAMED = re.compile(r"(unnamed:?\s*\d*|column_?\d*|field_?\d*|v\d+|x\d*|_c\d+|var_?\d+|)", re.IGNORECASE)


def name_features(name: str) -> dict[str, float]:
    """Return features of a name."""
    parts = words(name)
    alphabetic = [part for part in parts if part.isalpha()]
    forms = {*parts, *map(singular, parts)}
    letters = "".join(alphabetic)
    length = len(name)
    features: dict[str, float] = {
        "name_length": length,
        "name_words": len(parts),
        "name_word_mean": sum(map(len, alphabetic)) / max(1, len(alphabetic)),
        "name_word_max": max(map(len, alphabetic), default=0),
        "name_short_words": sum(1 for part in alphabetic if len(part) <= _SHORT) / max(1, len(alphabetic)),
        "name_digits": sum(1 for char in name if char.isdigit()),
        "name_digit_groups": len(re.findall(r"\d+", name)),
        "name_ends_digit": float(bool(re.search(r"\d$", name))),
        "name_starts_digit": float(bool(re.match(r"\d", name))),
        "name_spaces": name.count(" "),
        "name_underscores": name.count("_"),
        "name_dots": name.count("."),
        "name_percent": float("%" in name),
        "name_brackets": float(bool(re.search(r"[(\[{]", name))),
        "name_question": float("?" in name),
        "name_hash": float("#" in name),
        "name_upper": float(name.isupper()),
        "name_lower": float(name.islower()),
        "name_camel": float(bool(re.search(r"[a-z][A-Z]", name))),
        "name_title": float(name.istitle()),
        "name_foreign": sum(1 for char in name if not char.isascii()) / max(1, length),
        "name_vowels": sum(1 for char in letters if char in _VOWELS) / max(1, len(letters)),
        "name_consonants": max((len(run) for run in _RUN.findall(" ".join(alphabetic))), default=0),
        "name_year": float(bool(_YEAR.search(name))),
        "name_is_number": float(name.strip().replace(".", "", 1).isdigit()),
        "name_coded": float(bool(_CODED.fullmatch(name))),
        "name_unnamed": float(bool(_UNNAMED.fullmatch(name.strip()))),
        "name_known": sum(len(part) for part in alphabetic if part in KNOWN or singular(part) in KNOWN)
        / max(1, len(letters)),
        "name_readable": sum(len(part) * readable(part) for part in alphabetic) / max(1, len(letters)),
        "name_unreadable": sum(len(part) * (1 - readable(part)) for part in alphabetic),
        "name_fluent": min((fluent(part) for part in alphabetic), default=0.0),
        "name_fluent_mean": sum(len(part) * fluent(part) for part in alphabetic) / max(1, len(letters)),
    }
    for kind, lexicon in LEXICON.items():
        features[f"name_is_{kind}"] = float(bool(forms & lexicon))
        last = parts[-1] if parts else ""
        features[f"name_ends_{kind}"] = float(last in lexicon or singular(last) in lexicon)
    return features
