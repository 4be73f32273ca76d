"""The unit of a column, from its header or its values."""

import re
from collections import Counter
from collections.abc import Sequence

from radix_assets.personal_data.lexicon import joined
from radix_assets.personal_data.values import cleaned
from radix_assets.suggestions.semantics.forms import CURRENCY_SIGNS, is_number

_SPELLED = """
km: km kms kilometer kilometers kilometre kilometres
m: meter meters metre metres mtr
cm: cm centimeter centimeters centimetre
mm: mm millimeter millimeters millimetre
µm: um micron microns
mi: mi mile miles
ft: ft feet foot
in: inch inches
yd: yd yards
kg: kg kgs kilo kilos kilogram kilograms
g: gram grams gramm gms
mg: mg milligram milligrams
µg: ug mcg µg
lb: lb lbs pound_weight
oz: oz ounce ounces
t: tonnes tonne metric_tons tons
s: sec secs seconds
ms: ms msec msecs millis millisecond milliseconds
µs: usec microseconds
ns: ns nanoseconds
min: mins minutes minuten
h: hr hrs hours stunden heures
d: days tage jours dias
weeks: weeks wochen
months: months monate
years: yrs years jahre
°C: celsius degc centigrade
°F: fahrenheit degf
K: kelvin
km/h: kmh kph kmph km_h
mph: mph
m/s: mps m_s ms_1
kn: knots kts
%: pct percent percentage prozent
USD: usd dollar dollars us_dollars
EUR: eur euro euros
GBP: gbp pounds_sterling
JPY: jpy yen
CHF: chf
INR: inr rupees
CNY: cny rmb yuan
BRL: brl reais
CAD: cad
AUD: aud
SEK: sek
NOK: nok
DKK: dkk
PLN: pln zloty
MXN: mxn
RUB: rub
KRW: krw
B: bytes
kB: kb kib
MB: mb mib
GB: gb gib
TB: tb tib
bit: bits
Hz: hz hertz
kHz: khz
MHz: mhz
GHz: ghz
V: volt volts
mV: mv
A: amp amps ampere amperes
mA: ma
W: watt watts
kW: kw
MW: mw
kWh: kwh
MWh: mwh
J: joule joules
kcal: kcal kilocalories
kJ: kj
hp: hp horsepower
rpm: rpm
Pa: pascal
hPa: hpa
kPa: kpa
mbar: mbar
bar: bar
psi: psi
dB: db dba decibel decibels
ppm: ppm
ppb: ppb
l: liter liters litre litres ltr
ml: ml millilitre milliliters
gal: gal gallon gallons
m²: m2 sqm sq_m square_meters square_metres
km²: km2 sqkm sq_km
ft²: sqft sq_ft ft2 square_feet
ha: hectare hectares
acres: acre acres
px: px pixel pixels
dpi: dpi
bpm: bpm
mg/dl: mg_dl mgdl
°: deg degrees
"""
_UNITS = {
    spelling: unit
    for line in _SPELLED.strip().splitlines()
    for unit, spellings in [line.split(": ")]
    for spelling in spellings.split()
}
_SYMBOLS = {
    "°c": "°C", "ºc": "°C", "°f": "°F", "%": "%",
    "m/s": "m/s", "km/h": "km/h", "$": "USD", "€": "EUR", "£": "GBP",
    "m²": "m²", "m^2": "m²", "km²": "km²", "km^2": "km²", "ft²": "ft²", "µg": "µg", "µm": "µm", "mg/dl": "mg/dl",
    "m": "m", "g": "g", "s": "s", "h": "h", "l": "l", "c": "°C", "f": "°F", "k": "K", "v": "V", "w": "W", "a": "A",
    "min": "min", "in": "in", "d": "d", "t": "t", "°": "°", "j": "J", "pa": "Pa", "b": "B",
    "µg/m3": "µg/m³", "µg/m³": "µg/m³",
    "g/l": "g/l", "mg/l": "mg/l", "kg/m3": "kg/m³", "us$": "USD", "us $": "USD", "kn": "kn", "km2": "km²", "m2": "m²",
}  # fmt: skip
_SHORT = (
    ("m", "m", "height length depth distance width altitude elevation radius diameter level visibility"),
    ("g", "g", "mass weight"),
    ("s", "s", "time duration delay elapsed latency timeout"),
    ("h", "h", "time duration delay elapsed"),
    ("d", "d", "duration"),
    ("c", "°C", "temp temperature tmax tmin dewpoint celsius"),
    ("f", "°F", "temp temperature tmax tmin dewpoint"),
    ("k", "K", "temp temperature"),
    ("l", "l", "volume capacity"),
    ("v", "V", "voltage"),
    ("w", "W", "power"),
    ("a", "A", "current"),
    ("in", "in", "height length width depth rain precip snow screen"),
    ("min", "min", "time duration delay running runtime elapsed"),
    ("t", "t", "weight mass load"),
)
"""Letters that are a unit only beside a word for what they measure."""
_FIRST = frozenset({"pct", "percent", "days", "hours", "minutes", "seconds", "weeks", "months", "years"})
_AGAINST = frozenset(
    {"id", "name", "code", "type", "date", "at", "flag", "is", "has", "category", "status", "description"}
)
_ENCLOSED = re.compile(r"[(\[]\s*(?:in\s+)?([^()\[\]]{1,12}?)\s*[)\]]\s*$|,\s*([^\s,\d]{1,6})\s*$")
_VALUE = re.compile(
    r"(?P<sign>R\$|US\$|[$€£¥₹₽₩₺])?\s?[+-]?[\d.,]*\d\s?(?P<unit>%|°\s?[CF]|"
    r"[^\W\d]{1,12}[²2³3]?(?:/[^\W\d]{1,3}³?)?)?"
)


def unit_of(name: str, sample: Sequence[str | None] = ()) -> str:
    """Return the unit of a measure as its symbol (km, °C, %, USD); empty if unknown or if the values are not numbers.

    The header shows it at its end (`weight_kg`, `Temperature [°C]`, `price in USD`, `pct`), the values beside their
    number ("12 kg", "$3.50", "45%"); values decide.
    """
    values = cleaned(sample)
    written = _by_values(values)
    if written:
        return written
    if values and sum(1 for value in values if is_number(value)) < 0.8 * len(values):
        return ""
    return _enclosed(name) or _by_words(name)


def _by_values(values: list[str]) -> str:
    counts: Counter[str] = Counter()
    for value in values:
        match = _VALUE.fullmatch(value)
        if match and match["sign"]:
            counts[CURRENCY_SIGNS.get(match["sign"], "USD")] += 1
        elif match and match["unit"]:
            counts[_known_unit(match["unit"])] += 1
    unit, hits = max(counts.items(), key=lambda item: (item[1], item[0]), default=("", 0))
    return unit if hits >= 0.8 * max(1, len(values)) else ""


def _known_unit(text: str) -> str:
    plain = text.lower().replace(" ", "")
    return _SYMBOLS.get(plain) or _UNITS.get(plain.replace("/", "_"), "")


def _enclosed(name: str) -> str:
    match = _ENCLOSED.search(name)
    return _known_unit(match[1] or match[2]) if match else ""


def _by_words(name: str) -> str:
    if "%" in name:
        return "%"
    parts = joined(name).split("_")
    if set(parts) & _AGAINST or parts == [""]:
        return ""
    last, pair = parts[-1], "_".join(parts[-2:])
    if pair in _UNITS and len(parts) > 1:
        return _UNITS[pair]
    if last in _UNITS and (len(parts) > 1 or len(last) > 2):  # noqa: PLR2004 two letters alone are initials
        return _UNITS[last]
    for letter, unit, measures in _SHORT:
        if last == letter and set(parts) & set(measures.split()):
            return unit
    # Some can come first: days_since_review, pct_urban.
    first = parts[0]
    return _UNITS[first] if first in _FIRST and len(parts) > 1 else ""
