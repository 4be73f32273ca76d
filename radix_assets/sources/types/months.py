"""Names of months and weekdays in the languages of Western Europe, and dates written with them in one plain form."""

import re
from typing import Final

import polars as pl

_MONTHS: Final = {
    "jan": "jan january januar jänner jän january janv janvier januari ene enero gen gennaio janeiro января",
    "feb": "feb february februar feber févr fevr fév fev février fevrier februari febrero febbraio fevereiro февраля",
    "mar": "mar march mär märz maerz mrz mars marzo março marco maart mrt марта",
    "apr": "apr april avr avril abr abril aprile апреля",
    "may": "may mai mei mayo mag maggio maio maj мая",
    "jun": "jun june juni juin junio giu giugno junho июня",
    "jul": "jul july juli juil juillet julio lug luglio julho июля",
    "aug": "aug august août aout ago agosto augustus augusti августа",
    "sep": "sep sept september septembre septiembre setiembre set settembre setembro сентября",
    "oct": "oct october okt oktober octobre octubre ott ottobre out outubro октября",
    "nov": "nov november novembre noviembre novembro ноября",
    "dec": "dec december dez dezember déc décembre decembre dic diciembre dicembre dezembro декабря",
}
_MONTH_OF: Final = {name: month for month, names in _MONTHS.items() for name in names.split()}
_DAYS: Final = """
    monday mon montag mo lundi lun lunes lunedì lunedi maandag ma segunda tuesday tue tues dienstag di mardi mar
    martes martedì martedi dinsdag terça wednesday wed mittwoch mi mercredi mer miércoles mié mercoledì mercoledi
    woensdag wo quarta thursday thu thur thurs donnerstag do jeudi jeu jueves jue giovedì giovedi gio donderdag
    quinta friday fri freitag fr vendredi ven viernes vie venerdì venerdi vrijdag vr sexta saturday sat samstag sa
    samedi sam sábado sáb sabato sab zaterdag za sunday sun sonntag so dimanche dim domingo dom domenica zondag zo
"""
_DAY = "|".join(sorted(_DAYS.split(), key=len, reverse=True))
_WEEKDAY: Final = rf"^(?:{_DAY})(?:-feira)?[.,]*\s+(\d{{1,2}}\S*\s+\pL|\pL{{3}}\S*\s+\d)"
_GUARDS: Final = {"%d": r"\d{1,2}", "%b": "[a-z]{3}", "%Y": r"\d{4}", "%y": r"\d{2}"}


def is_named(pattern: str) -> bool:
    """Return whether a format has the name of a month."""
    return "%b" in pattern or "%B" in pattern


def plain_format(pattern: str) -> str:
    """Return a format for the texts that `plain` gives."""
    pattern = re.sub("^%[aA],? ", "", pattern).replace(",", "").replace("%B", "%b")
    return pattern.replace("%d.", "%d").replace("%b.", "%b")


def plain(text: pl.Expr, pattern: str) -> pl.Expr:
    """Return dates in which English abbreviations stand for the months: `3. März 2024` becomes `3 mar 2024`.

    Null if a text has no name of a month, or not the parts of the format: `March 2024` has no day.
    """
    lower = text.str.to_lowercase().str.replace(_WEEKDAY, "${1}").str.replace_all(",", "", literal=True)
    lower = lower.str.replace(r"(^|\s)(\d{1,2})(?:st|nd|rd|th|er|º|ª|°|\.)(\s|-|\pL)", "${1}${2}${3}")
    lower = lower.str.replace_all(r"(\d|\pL)\s+(?:de|del|of)\s+(\pL|\d)", "${1} ${2}")
    lower = lower.str.replace_all(r"\s+", " ").str.replace(r" uhr$", "")
    parts = lower.str.extract_groups(r"^([^\pL]*)(\pL{3,})\.?(.*)$")
    month = parts.struct.field("2").replace_strict(_MONTH_OF, default=None, return_dtype=pl.String)
    date = parts.struct.field("1") + month + parts.struct.field("3")
    return pl.when(date.str.contains(_guard(pattern))).then(date)


def _guard(pattern: str) -> str:
    day = re.split(r"[ T:]*%[HIMSTRprszZ.#]", plain_format(pattern), maxsplit=1)[0]
    for directive, expression in _GUARDS.items():
        day = day.replace(directive, expression)
    day = re.sub("%.", ".*?", day)
    return rf"^{day}(?:\D|$)"
