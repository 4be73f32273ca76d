"""What the name of a column tells of its values, where their form leaves several meanings."""

import re

_PARTS = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


VERSIONS = _words(
    """
    version versions ver release rev revision firmware build section chapter clause kapitel abschnitt versión versão
    versione versie
    """
)
LISTS = _words(
    """
    tags tag ids list lists codes items labels genres categories members refs keys liste listen kategorien etiquetas
    catégories
    """
)
CODES = _words(
    """
    phone telephone tel telefon mobile mobil handy fax cell contact téléphone teléfono telefono siren siret org orgnr
    nip kvk abn iban card account konto plz zip postal postcode pin pincode code serial imei
    ean gtin upc barcode isbn issn sku vin asin
    """
)
CLOCK = _words(
    """
    time times clock hour start started end ended begin departure arrival depart arrive departs arrives open opens
    opening close closes closing at checkin checkout sunrise sunset uhrzeit uhr zeit beginn ende abfahrt ankunft heure
    hora ora tijd orario from until von bis schedule scheduled timestamp
    """
)
SPANS = _words(
    """
    dur duration elapsed lap laps length runtime pace split playtime dauer laufzeit durée duree duración duracion durata
    duração duur ratio score aspect scale result odds ergebnis verhältnis maßstab track song spent overtime timer finish
    """
)
AMOUNTS = _words(
    """
    price prices amount cost costs total value values rate sum fee tax vat net gross revenue sales income salary budget
    balance population pop qty quantity count number area weight height width length depth distance volume km kg lat lon
    latitude longitude temperature temp percent share score preis preise betrag umsatz summe wert menge anzahl kosten
    gehalt einwohner fläche gewicht höhe länge breite quote inzidenz anteil prix montant valeur importe precio cantidad
    valor prezzo importo valore preço quantidade prijs bedrag aantal pris belopp cases deaths speed size mass gpa grade
    average avg mean gdp profit loss
    """
)


def tells(name: str, words: frozenset[str]) -> bool:
    """Return whether one of the words of a column's name is among these."""
    return any(part.lower() in words for part in _PARTS.findall(_CAMEL.sub(" ", name)))
