"""Detect personal columns by the form of their values, whatever their header."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from radix_assets.common.vocabulary import Sensitivity
from radix_assets.personal_data import forms
from radix_assets.personal_data.ip_addresses import are_ip_addresses
from radix_assets.personal_data.lexicon import HARMLESS, spelled_out
from radix_assets.personal_data.national_numbers import national_number
from radix_assets.personal_data.phones import phone_share
from radix_assets.personal_data.values import share, words_each

_TEXT_WORDS = 4.0
"""Words from which values are free texts that may mention people."""
_NO_PERSON = frozenset(
    [
        *re.findall(
            r"\w+",
            "catalog catalogue policy scenario fund center centre cost contract claim asset permit parcel reference "
            "ref po rev revision release build firmware fw software sw bios oid os patch assembly lot booking "
            "confirmation reservation recall game match txn purchase quote docket protocol container seal hs ec cas "
            "object accession specimen stock route zone season year period term budget scheme rule regulation "
            "paragraph section chapter clause standard engine ecu driver kernel schema package library barcode upc "
            "gtin rma bill voucher coupon receipt manifest waybill pallet bin shelf aisle grid cell pixel run "
            "formula ratio range interval window bestellung auftrag rechnung artikel pedido factura produit "
            "commande facture ordine fattura prodotto produto codigo codice",
        ),
        "order",
        "invoice",
        "product",
        "part",
        "sku",
        "item",
        "article",
        "batch",
        "serial",
        "tracking",
        "shipment",
        "version",
        "isbn",
        "ean",
        "model",
        "price",
        "amount",
        "total",
        "transaction",
        "case",
        "ticket",
        "date",
        "time",
        "soc",
    ]
)
"""Header words that indicate a product number, whatever its form."""
_NO_STREET = frozenset(
    {"station", "stop", "intersection", "block", "venue", "park", "landmark", "title", "description"}
)


@dataclass(frozen=True)
class ValueFinding:
    """A form that the values have."""

    kind: str
    sensitivity: Sensitivity
    evidence: str
    confidence: float
    context: str = "any"


_FORMS: tuple[tuple[str, Sensitivity, float, int, Callable[[str], object], float], ...] = (
    ("password", "sensitive", 0.5, 1, forms.SECRET.fullmatch, 0.97),
    ("credit card", "sensitive", 0.8, 5, forms.is_card, 0.97),
    ("bank account", "sensitive", 0.8, 2, forms.is_iban, 0.98),
    ("national id", "sensitive", 0.8, 3, forms.SSN.fullmatch, 0.9),
    ("device id", "personal", 0.8, 3, forms.MAC.fullmatch, 0.85),
    ("device id", "personal", 0.9, 10, forms.is_imei, 0.9),
    ("profile address", "personal", 0.5, 3, forms.PROFILE.match, 0.8),
)
"""Kind, sensitivity, smallest share and number of values that must have the form, test, confidence."""


def found_in_values(name: str, values: list[str]) -> ValueFinding | None:
    """Return the form that most values have, or None."""
    if not values:
        return None
    length = words_each(values)
    seen = _emails(values, length)
    if seen or length >= 2 * _TEXT_WORDS:
        return seen
    if are_ip_addresses(name, values):
        return ValueFinding("ip address", "personal", "the values sampled are addresses of computers", 0.85)
    header = set(spelled_out(name).split("_"))
    if header & _NO_PERSON or header > {"code"}:
        return _formed(values, ("password", "credit card", "bank account")) or _international(values)
    return _formed(values) or _numbered(values) or _street(name, values)


def _emails(values: list[str], length: float) -> ValueFinding | None:
    hits = sum(1 for value in values if forms.is_email(value))
    if hits > 1 and length < _TEXT_WORDS and hits >= 0.1 * len(values):
        return ValueFinding("email", "personal", _counted(hits, values, "e-mail address"), 0.97)
    if hits > 1 and length >= _TEXT_WORDS and hits >= 0.02 * len(values):
        return ValueFinding("free text", "personal", _counted(hits, values, "a text with an e-mail address in it"), 0.7)
    return None


def _formed(values: list[str], kinds: tuple[str, ...] = ()) -> ValueFinding | None:
    for kind, sensitivity, least_share, least, test, confidence in _FORMS:
        if kinds and kind not in kinds:
            continue
        hits = 0
        for place, value in enumerate(values):
            hits += bool(test(value))
            if place == 19 and hits < 10 * least_share:  # noqa: PLR2004 twenty values are enough
                break
        if hits >= least and hits >= least_share * len(values):
            return ValueFinding(kind, sensitivity, _counted(hits, values, kind), confidence)
    return None


def _numbered(values: list[str]) -> ValueFinding | None:
    if len(values) > 2 and phone_share(values) >= 0.6:  # noqa: PLR2004
        return ValueFinding("phone", "personal", "most values sampled are valid phone numbers", 0.9, "unless_things")
    country = national_number(values)
    if country:
        return ValueFinding(
            "national id", "sensitive", f"the check digits are those of persons' numbers ({country.upper()})", 0.95
        )
    return None


def _international(values: list[str]) -> ValueFinding | None:
    """Return a finding for phone numbers written with their country code: no order or part is numbered so."""
    return _numbered(values) if share(values, lambda text: text.startswith("+")) >= 0.6 else None  # noqa: PLR2004


def _street(name: str, values: list[str]) -> ValueFinding | None:
    speaks_against = set(spelled_out(name).split("_")) & (HARMLESS | _NO_STREET)
    if len(set(values)) > 2 and not speaks_against and share(values, forms.is_street) >= 0.6:  # noqa: PLR2004
        return ValueFinding("address", "personal", "most values sampled are a house in a street", 0.75, "unless_things")
    return None


def _counted(hits: int, values: list[str], form: str) -> str:
    return f"{hits} of {len(values)} values sampled have the form: {form}"
