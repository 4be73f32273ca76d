"""Detect national identification numbers by their check digits, from python-stdnum."""

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from types import ModuleType

_LETTERED = ("it.codicefiscale", "es.dni", "es.nie", "mx.curp", "in_.pan", "fi.hetu", "ie.pps", "sg.nric")
"""With letters and check characters: ten valid values are not a coincidence."""
_DIGITS = (
    "br.cpf", "fr.nir", "de.idnr", "pl.pesel", "se.personnummer", "no.fodselsnummer", "dk.cpr", "be.nn", "cz.rc",
    "ro.cnp", "bg.egn", "ee.ik", "lt.asmens", "cn.ric", "kr.rrn", "in_.aadhaar", "tr.tckimlik", "za.idnr", "il.idnr",
    "ch.ssn",
    "hr.oib", "ua.rntrc", "gb.nhs", "cl.rut", "nl.bsn",
)  # fmt: skip
"""Digits only; accepted alone from eleven digits on, since a product number may have a check digit too."""
_LOOK_AT = 60
_LEAST = 3


@lru_cache(maxsize=1)
def _installed_formats() -> tuple[tuple[str, ModuleType], ...]:
    result = []
    for name in (*_LETTERED, *_DIGITS):
        try:
            result.append((name, import_module(f"stdnum.{name}")))
        except ImportError:  # another version of the library has other countries
            continue
    return tuple(result)


def _may_be(text: str) -> bool:
    return 8 <= len(text) <= 18 and sum(map(str.isdigit, text)) >= 4  # noqa: PLR2004 the shortest and longest known


def national_number(values: Sequence[str]) -> str:
    """Return the country whose identification number all values are, as "it"; empty if there is none."""
    looked = list(dict.fromkeys(values))[:_LOOK_AT]
    compact = [re.sub(r"[\s.\-/]", "", value) for value in looked]
    if len(compact) < _LEAST or not all(_may_be(value) for value in compact[:5]):
        return ""
    for name, module in _installed_formats():
        lettered = name in _LETTERED
        if not lettered and (len(compact[0]) < 11 or len(compact) < (_LEAST if looked[0] != compact[0] else 10)):  # noqa: PLR2004
            continue
        if all(module.is_valid(value) for value in looked[:3]):
            right = sum(1 for value in looked if module.is_valid(value))
            if right >= 0.95 * len(looked):
                return name.partition(".")[0].strip("_")
    return ""
