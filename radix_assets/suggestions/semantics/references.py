"""Closed lists: countries, currencies, states, weekdays. From Faker's lists and the standard library."""

from functools import lru_cache

from radix_assets.common.words import words


def plain(text: str) -> str:
    """Return words in lower case without accents, separated by single blanks."""
    return " ".join(words(text))


_LANGUAGES = (
    "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL", "pt_BR", "pl_PL", "ru_RU", "sv_SE", "cs_CZ", "ja_JP", "zh_CN", "ko_KR",
)  # fmt: skip


@lru_cache(maxsize=1)
def countries() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return country names (in the languages of Faker), two-letter and three-letter codes (ISO 3166)."""
    import importlib

    from faker.providers.date_time import Provider

    names = {plain(country.name) for country in Provider.countries}
    names |= {
        plain(name) for name in ("USA", "UK", "United States", "Russia", "South Korea", "Czechia", "Vietnam", "Iran")
    }
    for place in _LANGUAGES:
        provider = importlib.import_module(f"faker.providers.address.{place}").Provider
        names |= {plain(str(name)) for name in getattr(provider, "countries", ())}
    return (
        frozenset(names),
        frozenset(country.alpha_2_code for country in Provider.countries),
        frozenset(country.alpha_3_code for country in Provider.countries),
    )


@lru_cache(maxsize=1)
def currencies() -> frozenset[str]:
    """Return currency codes (ISO 4217)."""
    from faker.providers.currency import Provider

    return frozenset(code for code, _ in Provider.currencies)


@lru_cache(maxsize=1)
def states() -> frozenset[str]:
    """Return names of states and provinces of seven large countries."""
    import importlib

    names: set[str] = set()
    for place in ("en_US", "en_CA", "de_DE", "en_IN", "pt_BR", "en_AU", "es_MX"):
        provider = importlib.import_module(f"faker.providers.address.{place}").Provider
        for attribute in ("states", "provinces", "estados", "states_and_abbr"):
            for entry in getattr(provider, attribute, ()) or ():
                names.add(plain(entry if isinstance(entry, str) else str(entry[1])))
    return frozenset(names)


def _names(text: str) -> frozenset[str]:
    return frozenset(plain(word) for word in text.split())


WEEKDAYS = _names(
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun montag "
    "dienstag "
    "mittwoch donnerstag freitag samstag sonnabend sonntag lundi mardi mercredi jeudi vendredi samedi dimanche "
    "lunes martes "
    "miércoles jueves viernes sábado domingo segunda terça quarta quinta sexta lunedì martedì mercoledì giovedì "
    "venerdì "
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag poniedziałek wtorek środa czwartek piątek sobota "
    "niedziela"
)
MONTHS = _names(
    "january february march april may june july august september october november december jan feb mar apr jun jul "
    "aug sep "
    "sept oct nov dec januar februar märz mai juni juli oktober dezember janvier février mars avril juin juillet août "
    "septembre octobre novembre décembre enero febrero marzo abril mayo junio julio agosto septiembre octubre "
    "noviembre "
    "diciembre janeiro fevereiro março maio junho julho setembro outubro novembro dezembro gennaio febbraio aprile "
    "maggio "
    "giugno luglio settembre ottobre novembre dicembre"
)
GENDERS = _names(
    "male female m f man woman men women boy girl männlich weiblich mann frau homme femme masculin féminin hombre "
    "mujer "
    "masculino femenino maschio femmina uomo donna man vrouw divers diverse other nonbinary unknown u x w h"
)
BOOLEANS = _names(
    "true false yes no y n t f ja nein oui non si sí sim não da нет да on off tak nie wahr falsch vrai faux"
)
