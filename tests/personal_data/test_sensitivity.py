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


ADDRESSES = ["84.12.33.9", "91.198.174.192", "8.8.4.4", "203.0.113.7", "198.51.100.23"]
VERSIONS = ["1.2.3.4", "1.3.0.1", "2.0.0.0", "2.1.0.3", "3.0.12.1"]
DASHED = ["415-555-2671", "212-555-0142", "305-555-0111", "702-555-0133"]
SOCIAL = ["123-45-6789", "124-46-7890", "125-47-8901", "126-48-9012"]


@pytest.mark.parametrize(
    ("name", "sample"),
    [
        ("Column3", ADDRESSES),
        ("server_ip", VERSIONS),
        ("peer", ["10.0.0.1", "10.0.0.2", "10.0.1.1", "192.168.0.4", "172.16.0.9"]),
        ("x", DASHED),
        ("order_no", ["+49 30 901820", "+44 20 7946 0018", "+1 415 555 2671"]),
        ("x", SOCIAL),
        ("ship_to_street", ["Rua Augusta 12", "Av. da Liberdade 100", "Rua do Carmo 7"]),
        ("client_email", ["ann@web.de", "bo@posteo.org"]),
        ("race", ["White", "Black", "Asian"]),
    ],
)
def test_distinctive_values_are_personal_unless_the_header_says_what_is_numbered(name, sample):
    assert sensitivity_of(name, sample) != "none"


@pytest.mark.parametrize(
    ("name", "sample"),
    [
        *((name, VERSIONS) for name in ("version", "x", "firmware", "ec_number", "object_number")),
        ("os_version", ADDRESSES),
        ("min_os", ["10.0.19041.0", "10.0.22000.0", "10.0.17763.0"]),
        *((name, DASHED) for name in ("order_number", "claim_no", "booking_ref", "po", "invoice")),
        *((name, SOCIAL) for name in ("catalog_number", "scenario_code", "policy_no", "cost_center", "sku")),
        ("school_year", ["2019-2020", "2020-2021", "2021-2022"]),
        ("email_opt_in", ["0", "1"]),
        ("has_phone", ["0", "1"]),
        ("mail_client", ["Outlook", "Thunderbird"]),
        ("phone_code", ["+1", "+44", "+49"]),
        ("region_id", ["1100000001", "1100000002", "1100000003"]),
        ("birthday_discount", ["5", "10", "15"]),
        ("disability_rider", ["0", "1"]),
        ("race", ["racemic", "pure"]),
        *((name, ["Anna Karenina", "Tom Sawyer", "Jane Eyre"]) for name in ("storm_name", "variety", "character")),
    ],
)
def test_harmless_columns_that_resemble_private_ones_may_be_shown(name, sample):
    assert sensitivity_of(name, sample) == "none"


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
