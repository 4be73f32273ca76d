"""The subject of a table: people, organisations and places, or animals."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from radix_assets.common.words import singular
from radix_assets.personal_data.lexicon import of_persons, spelled_out

_THINGS = frozenset(
    re.findall(
        r"\w+",
        "airport airline employer headquarter headquarters hq station stop restaurant hotel store shop agency "
        "school university college "
        "hospital clinic venue "
        "facility company organization organisation org firm business branch office warehouse depot park library "
        "museum "
        "church pharmacy merchant shipper carrier vendor bank brand manufacturer publisher distributor market site "
        "stadium "
        "product item article sku census tract county district municipality shelter airfield port terminal plant "
        "factory "
        "studio theater theatre cinema gym salon garage dealer dealership franchise outlet mall landmark attraction "
        "place poi "
        "flughafen bahnhof haltestelle filiale firma unternehmen schule krankenhaus aeropuerto empresa tienda escuela "
        "aeroport gare entreprise magasin ecole negozio azienda scuola loja winkel bedrijf sklep",
    )
)
_ANIMALS = frozenset({"animal", "pet", "dog", "cat", "horse", "breed", "cattle", "species", "livestock", "pokemon"})
_CREATORS = frozenset(
    re.findall(
        r"\w+",
        "author artist director actor actress actors composer writer singer musician conductor soloist producer "
        "speaker "
        "designer photographer band creator novelist poet painter inventor editor columnist autor autore auteur",
    )
)
_MAP = ({"lat", "latitude"}, {"lon", "lng", "long", "longitude"}, {"name", "nombre", "nom", "title"})
"""Headers of map data: named points."""
DIRECT = frozenset(
    {"person name", "user name", "email", "phone", "date of birth", "national id", "medical record", "address"}
    | {"bank account", "credit card", "gender by name"}
)
"""Kinds that identify a person; a table with two of them is about identified people."""
_NAMING = frozenset({"person name", "user name", "national id", "medical record", "email"})


@dataclass(frozen=True)
class Context:
    """The context that a table gives to its columns."""

    of_people: bool
    """Whether its name refers to people."""
    of_things: bool
    """Whether its name refers to organisations, places or goods, and not to people."""
    thing_columns: bool
    """Whether a column names an organisation or a place: `store_name`."""
    of_animals: bool
    kinds: frozenset[str] = frozenset()
    """Kinds of personal data found so far."""

    @property
    def named(self) -> bool:
        """Return whether it holds names or birth dates of people."""
        return bool(self.kinds & {"person name", "date of birth", "national id", "medical record"})

    @property
    def persons(self) -> bool:
        """Return whether its rows are about individual people."""
        return self.of_people or bool(self.kinds & (_NAMING | {"date of birth"}))

    @property
    def identified(self) -> bool:
        """Return whether it names people and holds a second identifier of them."""
        return bool(self.kinds & _NAMING) and len(self.kinds & DIRECT) > 1

    @property
    def things(self) -> bool:
        """Return whether a phone or an address in it belongs to an organisation."""
        return self.of_things or (self.thing_columns and not self.named and not self.of_people)


def _stems(name: str) -> set[str]:
    return {singular(word) for word in spelled_out(name).split("_")}


def names_things(name: str) -> bool:
    """Return whether a name refers to an organisation or a place."""
    return bool(_stems(name) & _THINGS)


def names_creators(name: str) -> bool:
    """Return whether a name refers to authors of works, whose names are public."""
    return bool(_stems(name) & _CREATORS)


def context_of(table: str, columns: Iterable[str], findings: Mapping[str, str]) -> Context:
    """Return the context of a table; `findings` are the kinds found so far, by column."""
    names = list(columns)
    people = of_persons(table)
    return Context(
        of_people=people,
        of_things=not people and names_things(table),
        thing_columns=any(names_things(name) and {"name", "dba", "iata"} & _stems(name) for name in names)
        or all(any(stems & _stems(name) for name in names) for stems in _MAP),
        of_animals=bool(_stems(table) & _ANIMALS) or any(_stems(name) & _ANIMALS for name in names),
        kinds=frozenset(findings.values()),
    )
