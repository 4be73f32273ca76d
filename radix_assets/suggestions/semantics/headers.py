"""Meanings by header, with the test that the values must pass."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from radix_assets.suggestions.semantics.forms import as_number, is_number, is_ticker, is_vin
from radix_assets.suggestions.semantics.references import BOOLEANS, GENDERS, MONTHS, WEEKDAYS, plain


@dataclass(frozen=True)
class Heading:
    """A meaning, the headers that indicate it, and a test that most values pass."""

    kind: str
    header: re.Pattern[str]
    test: Callable[[str], object]
    confidence: float


def _within(low: float, high: float, *, whole: bool = False) -> Callable[[str], bool]:
    def test(text: str) -> bool:
        number = as_number(text)
        return number is not None and low <= number <= high and (not whole or number == int(number))

    return test


def _any(text: str) -> bool:
    return bool(text)


def _text(text: str) -> bool:
    return not is_number(text)


def _amount(text: str) -> bool:
    return any(char.isdigit() for char in text) and len(text) < 30  # noqa: PLR2004 a number with a sign or a unit


def _flag(text: str) -> bool:
    return plain(text) in BOOLEANS or text in {"0", "1"}


def _gender(text: str) -> bool:
    return plain(text) in GENDERS or len(text) == 1


def _named(names: frozenset[str], low: int, high: int) -> Callable[[str], bool]:
    numbered = _within(low, high, whole=True)
    return lambda text: numbered(text) or plain(text) in names


def _heading(kind: str, header: str, test: Callable[[str], object] = _any, confidence: float = 0.85) -> Heading:
    return Heading(kind, re.compile(rf"(?:^|_)(?:{header})(?=_|$)"), test, confidence)


HEADINGS: tuple[Heading, ...] = (
    _heading("latitude", r"lat|latitude|latitud|breitengrad|lats?(?=_)", _within(-90, 90), 0.95),
    _heading("longitude", r"lon|lng|long|longitude|longtitude|longitud|laengengrad|"
    r"langengrad", _within(-180, 180), 0.95),
    _heading("vehicle number (VIN)", r"vin(_(no|number))?|chassis_(no|number)", is_vin, 0.95),
    _heading("isbn", r"isbn(_?1[03])?", lambda text: len(text) >= 9, 0.95),  # noqa: PLR2004
    _heading("article number (EAN)", r"ean(_?13)?|gtin|upc|"
    r"barcode", lambda text: len(text) >= 8, 0.9),  # noqa: PLR2004
    _heading("airport (IATA)", r"iata(_code)?|faa|airport_code|(origin|dest(ination)?)_airport(_code)?",
             lambda text: re.fullmatch(r"[A-Z0-9]{3}", text), 0.9),
    _heading("ticker", r"ticker|stock_symbol|symbol", is_ticker, 0.8),
    _heading("uuid", r"uuid|guid", lambda text: len(text) >= 32, 0.95),  # noqa: PLR2004
    _heading("hash", r"hash|md5|sha(1|256|512)?|checksum|digest", lambda text: len(text) >= 6, 0.8),  # noqa: PLR2004
    _heading("url", r"url|uri|href|link|website|web_?site|homepage|permalink", _text, 0.8),
    _heading("mime type", r"mime(_?type)?|content_type", _text, 0.85),
    _heading("file path", r"(file|full)?_?path|filename|file_?name|directory|folder", _text, 0.85),
    _heading("version", r"version|release_number", _amount, 0.8),
    _heading("language", r"languages?|lang|sprache|idioma|langue|lingua|taal|jezyk", _text, 0.85),
    _heading("colour", r"colou?rs?|farbe|couleur|colore|kleur|kolor", _text, 0.8),
    _heading("currency", r"currency(_code)?|waehrung|wahrung|moneda|devise|valuta|waluta|iso_?4217", _text, 0.9),
    _heading("gender", r"gender|sex|geschlecht|genero|sexo|sexe|sesso|geslacht|"
    r"plec", _gender, 0.9),
    _heading("country", r"country(_(code|name|or_area))?|countries|(?<!_)(?:land|pays|pais|paese|kraj)(?=$)|"
    r"nation(ality)?|"
    r"iso_?(alpha)?_?[23]|ulke",
             _text, 0.9),
    _heading("state or region", r"states?(_(name|code|abbr|province))?|provinces?|regions?|bundesland|departement|"
    r"provincia|regione|"
             r"county|counties|district|canton|prefecture|governorate|borough", _any, 0.75),
    _heading("city", r"city|cities|town|stadt|ville|ciudad|cidade|citta|stad|miasto|municipality|gemeinde|suburb|"
    r"village", _text, 0.85),
    _heading("postal code", r"zip(_?(code|cd|5))?|post(al)?_?code|plz|postleitzahl|code_postal|codigo_postal|"
    r"cep", _amount, 0.9),
    _heading("street address", r"(street_?)?addr(ess)?(_?(line)?_?[123])?|strasse|direccion|adresse|indirizzo|"
    r"endereco", _text, 0.8),
    _heading("time zone", r"time_?zone|tz|tzone|utc_offset", _any, 0.85),
    _heading("weekday", r"week_?day|day_of_(the_)?week|dow|wochentag|day_?name|weekday_name|jour_semaine|dia_semana",
             _named(WEEKDAYS, 0, 7), 0.92),
    _heading("month", r"months?|mon|mth|mnth|monat|mes|mois|mese|maand|miesiac|month_?(name|num|number|of_year)",
             _named(MONTHS, 1, 12), 0.92),
    _heading("quarter", r"quarter|qtr|quartal|trimestre", lambda text: re.fullmatch(r"[qQ]?[1-4](?:\.0)?|"
    r"\d{4}.?[qQ][1-4]", text), 0.9),
    _heading("year", r"years?|yr|jahr|annee|anio|ano|anno|jaar|rok|yil", _within(1000, 2200, whole=True), 0.93),
    _heading("day of month", r"day|dy|tag|dia|jour|giorno|dag|day_of_month", _within(1, 31, whole=True), 0.8),
    _heading("hour", r"hour(_of_day)?|hr|stunde|hora|heure|ora|uur", _within(0, 24, whole=True), 0.88),
    _heading("minute", r"minute|min_of_hour", _within(0, 59, whole=True), 0.75),
    _heading("date", r"date|datum|fecha|data(?=$)|dt|"
    r"day_?date", lambda text: sum(map(str.isdigit, text)) >= 4, 0.8),  # noqa: PLR2004
    _heading("date and time", r"timestamp|datetime|date_?time|ts|(created|updated|modified|deleted|submitted|"
    r"closed)(_(at|on))?",
             lambda text: sum(map(str.isdigit, text)) >= 4, 0.85),  # noqa: PLR2004
    _heading("duration", r"duration|elapsed|delay|lead_?time|air_?time|dauer|latency|run_?time|running_time|"
    r"response_time|age_in_days|"
             r"uptime|tenure|seconds|secs|milliseconds|millis", _amount, 0.82),
    _heading("age", r"age|alter|edad|eta|idade|leeftijd|wiek|age_(years|yrs)", _within(0, 130), 0.88),
    _heading("percentage", r"pct|percent(age)?|prozent|porcentaje|pourcentage", _amount, 0.9),
    _heading("temperature", r"temps?|temperature|dewp|dew_?point|temperatura?|tmax|tmin|temp_?(max|min|avg|c|f)|"
    r"celsius|fahrenheit",
             _amount, 0.9),
    _heading("speed", r"speed|velocity|wind_?(speed|gust)|windspeed|mph|kmh|kph|geschwindigkeit|velocidad|vitesse|"
    r"knots", _amount, 0.88),
    _heading("weight", r"weight|mass|kg|lbs?|gewicht|peso|poids|wt|grams?", _amount, 0.85),
    _heading("length", r"distance|height|length|width|depth|altitude|elevation|miles|km|meters?|metres?|cm|mm|feet|"
    r"radius|diameter|"
             r"mileage|perimeter|hoehe|hohe|laenge|lange|breite|distanz|distancia|altura|hauteur|longueur|"
             r"alt", _amount, 0.83),
    _heading("area", r"area|sq_?(ft|m|km|feet|meters)|square_?(feet|meters)|acres|hectares|flaeche|flache|"
    r"superficie|surface|m2|km2", _amount, 0.8),
    _heading("volume", r"volume|litres?|liters?|gallons?|ml|capacity|volumen", _amount, 0.65),
    _heading("amount of money", r"prices?|costs?|fares?|salary|salaries|wages?|amount|amt|revenues?|income|fees?|"
    r"charges?|payments?|preis|precio|prix|prezzo|"
             r"preco|prijs|cena|freight|usd|eur|gbp|budget|balance|tips?|tolls?|tax(es)?|turnover|sales|profits?|"
             r"spend(ing)?|expenses?|"
             r"expenditure|loan|debt|umsatz|betrag|kosten|importe|montant|gehalt|salaire|salario|mrr|arr|gross|"
             r"discount_amount|market_cap",
             _amount, 0.8),
    _heading("share", r"ratio|rate|share|proportion|fraction|prop|anteil|quote|probability|prob|"
    r"likelihood", _within(-1, 1), 0.8),
    _heading("rating", r"ratings?|scores?|stars|review_score|grade|points|bewertung|note(?=$)|puntuacion|"
    r"satisfaction", _amount, 0.75),
    _heading("count", r"counts?|cnt|num|number(_of)?|quantity|qty|total|n|nb|nbr_of|anzahl|menge|cantidad|nombre_de|"
    r"quantite|ilosc|votes|views|"
             r"members|population|visits|clicks|seats|passengers", _within(0, 1e15, whole=True), 0.75),
    _heading("organization name", r"company(_name)?|organi[sz]ation(_name)?|firm|employer(_name)?|firma|empresa|"
    r"entreprise|azienda|"
             r"supplier(_name)?|vendor(_name)?|manufacturer|publisher|brand|distributor|airline|carrier(_name)?|"
             r"institution", _text, 0.75),
    _heading("duration", r"minutes|hours|days|weeks|months|mins|hrs", _amount, 0.75),
    _heading("boolean", r"is|has|was|had|can|flag|indicator|enabled|active", _flag, 0.9),
    _heading("code", r"code|id|key|no|nr|identifier|sku|ref|reference", _any, 0.55),
)  # fmt: skip
"""In order: a header with two meanings gets the more specific one."""
