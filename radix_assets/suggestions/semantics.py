"""What a column measures or names, from its header alone."""

import re

from radix_assets.suggestions.lexicon import joined

_KINDS = (
    ("latitude", r"lat|latitude"),
    ("longitude", r"lon|lng|long|longitude"),
    ("country", r"country|countries|land|pays|pais|nation(ality)?"),
    ("city", r"city|town|stadt|ville|ciudad|cidade"),
    ("state or region", r"state|province|region|bundesland|departement|provincia"),
    ("currency", r"currency|waehrung|moneda"),
    ("amount of money", r"price|costs?|fare|salary|amount|revenue|income|fees?|charges?|payment|preis|precio|prix"),
    ("amount of money", r"freight|usd|eur|budget|balance|tips?|toll|tax|turnover|sales"),
    ("share", r"pct|percent(age)?|ratio|rate|share"),
    ("age", r"age|alter|edad"),
    ("year", r"year|yr|jahr|ano|annee"),
    ("month", r"month|mon|mth|monat|mes|mois"),
    ("day", r"day|dy|tag|dia|jour"),
    ("hour", r"hour|hr|stunde|hora|heure"),
    ("minute", r"minutes?"),
    ("duration", r"duration|seconds|secs|milliseconds|delay|elapsed|lead_time|air_time|dauer"),
    ("length", r"distance|height|length|width|depth|miles|km|meters?"),
    ("weight", r"weight|mass|kg|lbs?"),
    ("temperature", r"temp|temperature|dewp|temperatur"),
    ("count", r"count|cnt|num|number|quantity|qty|total|n"),
    ("language", r"language|lang|sprache|idioma"),
    ("colour", r"colou?r|farbe"),
    ("gender", r"gender|sex|geschlecht|genero|sexo"),
    ("organisation", r"company|organi[sz]ation|firm|employer|firma|empresa"),
)  # fmt: skip
_PATTERNS = tuple((kind, re.compile(rf"(?:^|_)(?:{words})(?=_|$)")) for kind, words in _KINDS)


def semantic_type(name: str) -> str:
    """The first kind that the header speaks of; empty where it speaks of none."""
    header = joined(name)
    return next((kind for kind, pattern in _PATTERNS if pattern.search(header)), "")
