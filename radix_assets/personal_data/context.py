"""What a table is about: people, organisations and places, or animals."""

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
"""Headers of a map: named points."""
DIRECT = frozenset(
    {"person name", "user name", "email", "phone", "date of birth", "national id", "medical record", "address"}
    | {"bank account", "credit card", "gender by name"}
)
"""Kinds that tell who somebody is; two of them make a table one of identified people."""
_NAMING = frozenset({"person name", "user name", "national id", "medical record", "email"})


@dataclass(frozen=True)
class Context:
    """Of one table."""

    of_people: bool
    """Its name speaks of people."""
    of_things: bool
    """Its name speaks of organisations, places or goods, and of no people."""
    thing_columns: bool
    """A column names an organisation or a place: `store_name`."""
    of_animals: bool
    kinds: frozenset[str] = frozenset()
    """Personal data found in it so far."""

    @property
    def named(self) -> bool:
        """Whether it holds somebody's name or birth."""
        return bool(self.kinds & {"person name", "date of birth", "national id", "medical record"})

    @property
    def persons(self) -> bool:
        """Whether its rows are about people who can be told apart."""
        return self.of_people or bool(self.kinds & (_NAMING | {"date of birth"}))

    @property
    def identified(self) -> bool:
        """Whether it names people and holds a second thing that tells who they are."""
        return bool(self.kinds & _NAMING) and len(self.kinds & DIRECT) > 1

    @property
    def things(self) -> bool:
        """Whether a phone or an address in it is an organisation's."""
        return self.of_things or (self.thing_columns and not self.named and not self.of_people)


def _stems(name: str) -> set[str]:
    return {singular(word) for word in spelled_out(name).split("_")}


def speaks_of_things(name: str) -> bool:
    """Whether a name speaks of an organisation or a place."""
    return bool(_stems(name) & _THINGS)


def speaks_of_creators(name: str) -> bool:
    """Whether a name speaks of those who made a work: they are named to be known."""
    return bool(_stems(name) & _CREATORS)


def context_of(table: str, columns: Iterable[str], findings: Mapping[str, str]) -> Context:
    """What a table is about; `findings` are the kinds found in it so far, by column."""
    names = list(columns)
    people = of_persons(table)
    return Context(
        of_people=people,
        of_things=not people and speaks_of_things(table),
        thing_columns=any(speaks_of_things(name) and {"name", "dba", "iata"} & _stems(name) for name in names)
        or all(any(stems & _stems(name) for name in names) for stems in _MAP),
        of_animals=bool(_stems(table) & _ANIMALS) or any(_stems(name) & _ANIMALS for name in names),
        kinds=frozenset(findings.values()),
    )
