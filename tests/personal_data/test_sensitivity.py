import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radix_assets.personal_data.detect import find_personal, sensitivity_of
from radix_assets.personal_data.forms import luhn

NUMBERS = ["12", "7", "31", "4"]
NAMES = ["Ada Lovelace", "Alan Turing", "Grace Hopper"]


@pytest.mark.parametrize(
    ("name", "sample", "table"),
    [
        ("Email", ["SKING", "NKOCHHAR"], "employees"),
        ("e-mail address", [], ""),
        ("contact", ["ada@example.org", "alan@example.org", "x"], ""),
        ("HomePhone", ["(206) 555-9857", "555 1234"], "Employees"),
        ("telefon", ["030 1234567"], "kunden"),
        ("LastName", ["Hopper"], ""),
        ("customername", NAMES, ""),
        ("Nachname", NAMES, ""),
        ("Name", ["Braund, Mr. Owen", "Heikkinen, Miss. Laina", "Allen, Mr. William"], "titanic"),
        ("name", NAMES, "customers"),
        ("BillingAddress", ["Theodor-Heuss-Straße 34"], "Invoice"),
        ("PostalCode", ["70174"], "Customer"),
        ("BirthDate", ["1962-02-18"], "Employee"),
        ("BRTHDTC", [], "dm"),
        ("birth_year", ["1989"], "userprofile"),
        ("date_of_birth", [], ""),
        ("latitude", ["22.15"], "userprofile"),
        ("ip_address", ["10.0.0.1"], ""),
        ("salary", ["24000"], "employees"),
    ],
)
def test_identifying_columns_are_found(name, sample, table):
    assert sensitivity_of(name, sample, table) != "none"


@pytest.mark.parametrize(
    ("name", "sample"),
    [
        ("religion", ["Catholic", "none"]),
        ("RACE", ["WHITE", "ASIAN"]),
        ("diagnosis", ["E11"]),
        ("SSN", ["078-05-1120", "219-09-9999", "457-55-5462"]),
        ("x", ["078-05-1120", "219-09-9998", "457-55-5462"]),
        ("x", ["GB82 WEST 1234 5698 7654 32", "DE89370400440532013000"]),
        ("x", ["4111 1111 1111 1111", "5500005555555559", "4012888888881881", "378282246310005", "6011000990139424"]),
        ("password", ["hunter2"]),
    ],
)
def test_harmful_columns_are_sensitive(name, sample):
    assert sensitivity_of(name, sample) == "sensitive"


@pytest.mark.parametrize(
    ("name", "sample", "table"),
    [
        ("name", ["Lansdowne Airport", "Moton Field"], "airports"),
        ("airport name", ["Lansdowne Airport"], ""),
        ("product_name", ["Chai"], "products"),
        ("file_name", ["a.csv"], "files"),
        ("latitude", ["40.6"], "airports"),
        ("customer_id", ["1", "2"], "orders"),
        ("address_id", ["1", "2"], "addresses"),
        ("emails_sent", NUMBERS, "campaigns"),
        ("has_phone", ["0", "1"], "users"),
        ("phone_service", ["Yes", "No"], ""),
        ("birth_rate", NUMBERS, "countries"),
        ("race_id", NUMBERS, "results"),
        ("race", ["Monaco", "Monza"], "race_results"),
        ("min_salary", ["4000"], "jobs"),
        ("carrier", ["AA", "UA"], "flights"),
        ("credit_card", ["yes", "no"], "accounts"),
        ("date", ["2013-01-01"], "flights"),
        ("amount", ["12.5", "-3.25"], "orders"),
        ("version", ["1.2.3", "1.2.4"], ""),
        ("range", ["(10-20)", "(20-30)"], ""),
        ("", [], ""),
        ("📦", ["🙂"], "🙂"),
    ],
)
def test_harmless_columns_stay_visible(name, sample, table):
    assert sensitivity_of(name, sample, table) == "none"


def test_nulls_and_empty_texts_in_the_sample_are_ignored():
    assert sensitivity_of("x", [None, "", " ", "ada@example.org", "bob@example.org"]) == "personal"


def test_evidence_never_repeats_a_value():
    finding = find_personal("x", ["ada@example.org"] * 5)
    assert finding
    assert "ada" not in finding.evidence


@given(st.integers(min_value=0, max_value=10**18), st.integers(min_value=1, max_value=9))
def test_luhn_catches_every_single_wrong_digit(number, slip):
    digits = f"{number}{next(c for c in '0123456789' if luhn(f'{number}{c}'))}"
    assert luhn(digits)
    assert not luhn(digits[:-1] + str((int(digits[-1]) + slip) % 10))


@settings(deadline=None)  # the first call loads the lists of names
@given(st.text(max_size=30), st.lists(st.text(max_size=30), max_size=20))
def test_any_name_and_any_values_are_classified(name, sample):
    assert sensitivity_of(name, sample) in {"none", "personal", "sensitive"}
