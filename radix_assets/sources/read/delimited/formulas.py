"""Texts that are written as formulas, by which spreadsheets keep them from being numbers: `="00123"`."""

import re
from pathlib import Path
from typing import Final

from radix_assets.sources.schema import ReadWarning

_MOST: Final = 1 << 26
_QUOTED: Final = re.compile(rb'(?m)(^|[,;\t|])"=""([^"\r\n]*)"""(?=[,;\t|\r\n]|\Z)')
_BARE: Final = re.compile(rb'(?m)(^|[,;\t|])="([^"\r\n]*)"(?=[,;\t|\r\n]|\Z)')


def without_formulas(path: Path) -> int:
    """Rewrite a UTF-8 file with texts in place of the formulas that give them. Return how many there were."""
    if path.stat().st_size > _MOST:
        return 0
    raw = path.read_bytes()
    if b'="' not in raw:
        return 0
    text, quoted = _QUOTED.subn(rb'\1"\2"', raw)
    text, bare = _BARE.subn(rb'\1"\2"', text)
    if quoted or bare:
        path.write_bytes(text)
    return quoted + bare


def warnings_of_formulas(number: int) -> list[ReadWarning]:
    """Return what a person should know of such texts."""
    if not number:
        return []
    message = f'{number:,} cells are texts written as formulas, such as ="00123"; they are read as the text'
    return [ReadWarning(code="formula_texts", message=message, count=number)]
