"""The text of a rule in `rules:`, as far as it can be read without the data."""

import re
from typing import Final

_WORD: Final = re.compile(r"\s*(block|warn)\s*:\s*", re.IGNORECASE)


def without_word(text: str) -> str:
    """Return a rule's text without `block:` or `warn:` before it."""
    word = _WORD.match(text)
    return text[word.end() :] if word else text


def is_blocking(text: str) -> bool:
    """Return whether `block:` is before a rule's text."""
    word = _WORD.match(text)
    return word is not None and word[1].casefold() == "block"


def without_values(text: str) -> str:
    """Return a rule's text without its allowed values or its pattern, for logs."""
    for word, replacement in ((" matches ", "(a pattern)"), (" in (", "a list of values)")):
        head, found, _ = text.partition(word)
        if found:
            return f"{head}{word}{replacement}"
    return text
