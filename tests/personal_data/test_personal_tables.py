"""Findings from the context of a whole table, and lists of headers and tables with known answers."""

import csv
from itertools import groupby
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from radix_assets.personal_data.detect import personal_of_table

NAMES = ["Anna Keller", "Thomas Wright", "Maria Gonzalez", "Julia Novak"]
CITIES = ["Berlin", "Lagos", "Lima", "Oslo"]
PHONES = ["+49 30 2345678", "+44 20 7946 0958", "+1 202-555-0143", "+33 1 42 68 53 00"]
STREETS = ["12 Baker Street", "7 Oak Avenue", "221 Elm Road", "9 Main St"]


def kinds(table, columns):
    return {name: finding.kind for name, finding in personal_of_table(table, columns).items()}


def written(number):
    """Yield the rows of one list as (table, columns, kinds)."""
    path = Path(__file__).parent / "personal_columns.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    rows = [(place, row) for place, row in enumerate(rows) if row["list"] == number]
    for (table, _), group in groupby(rows, key=lambda item: (item[1]["table"], item[1]["table"] or item[0])):
        part = [row for _, row in group]
        yield (
            table,
            {row["header"]: row["values"].split("|") if row["values"] else [] for row in part},
            {row["header"]: row["kind"] for row in part},
        )


def test_nearly_all_labelled_columns_are_classified_correctly():
    hits = misses = alarms = harmless = 0
    for number in "12":
        for table, columns, truth in written(number):
            found = personal_of_table(table, columns)
            hits += sum(1 for name, kind in truth.items() if kind not in {"-", "quasi"} and name in found)
            misses += sum(1 for name, kind in truth.items() if kind not in {"-", "quasi"} and name not in found)
            alarms += sum(1 for name, kind in truth.items() if kind == "-" and name in found)
            harmless += sum(1 for kind in truth.values() if kind == "-")
    assert hits / (hits + misses) >= 0.98
    assert alarms / harmless <= 0.01


def test_city_gender_and_age_identify_a_person_only_beside_a_name_and_another_identifier():
    quasi = {"city": CITIES, "gender": ["f", "m", "f", "f"], "age": ["20", "31", "44", "52"]}
    assert not kinds("t", quasi)
    assert not {"city", "gender", "age"} & set(
        kinds("t", quasi | {"surname": ["Keller", "Wright", "Gonzalez", "Novak"]})
    )
    assert {"city", "gender", "age"} <= set(kinds("t", quasi | {"full_name": NAMES, "phone": PHONES}))


def test_a_phone_and_an_address_of_an_organisation_are_not_personal():
    assert not kinds("airports", {"name": CITIES, "phone": PHONES, "street": STREETS})
    assert not kinds("x", {"store_name": CITIES, "phone": PHONES, "address": STREETS})
    assert set(kinds("customers", {"phone": PHONES, "address": STREETS})) == {"phone", "address"}


def test_a_person_in_a_table_of_organisations_makes_its_phone_personal():
    assert {"contact_name", "phone"} <= set(
        kinds("suppliers", {"company_name": CITIES, "contact_name": NAMES, "phone": PHONES})
    )


def test_columns_about_animals_are_not_personal():
    assert not kinds(
        "x", {"animal_name": ["Rex", "Bella"], "breed": ["Pug", "Collie"], "date_of_birth": ["2015-01-01"]}
    )


def test_a_bare_name_is_a_persons_where_its_neighbours_or_its_values_say_so():
    goods = {"name": ["Chai", "Tofu", "Ikura", "Konbu"]}
    assert not kinds("x", goods)
    assert kinds("x", {"name": NAMES}) == {"name": "person name"}
    assert not kinds("products", {"name": ["Victoria Sponge", "Earl Grey", "Caesar Salad", "Anna Potatoes"]})
    assert kinds("members", {"name": ["Keller", "Wright"]}) == {"name": "person name"}


def test_makers_of_works_are_public_and_authors_with_an_address_are_not():
    assert not kinds("films", {"director": NAMES, "title": CITIES})
    emails = ["a@example.org", "b@example.org", "c@example.org", "d@example.org"]
    assert set(kinds("commits", {"author": NAMES, "mail": emails})) == {"author", "mail"}


def test_columns_with_an_uninformative_header_are_found_by_their_values():
    assert kinds("export", {"c1": NAMES, "c2": PHONES, "c3": STREETS, "c4": ["red", "blue"], "c5": ["1", "2"]}) == {
        "c1": "person name",
        "c2": "phone",
        "c3": "address",
    }


def test_texts_with_addresses_in_them_may_contain_personal_data():
    texts = [
        "please write to ana@example.org before the end of the week",
        "or to tom@example.org if she is away then",
    ] * 2
    assert kinds("tickets", {"body": texts}) == {"body": "free text"}
    assert not kinds("tickets", {"body": ["nothing of note has been written here at all"] * 4})


def test_a_shared_address_of_an_organisation_is_not_personal():
    assert not kinds("x", {"c": ["info@example.org", "sales@example.org", "office@example.org"]})


def test_product_numbers_are_not_personal_numbers():
    same = ["078-05-1120", "219-09-9998", "457-55-5462"]
    assert kinds("x", {"c": same}) == {"c": "national id"}
    assert not kinds("x", {"order_number": same})
    assert not kinds("x", {"ean": ["4006381333931", "5901234123457", "4007630000116"]})


@settings(deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_columns_does_not_matter(random):
    columns = {
        "city": CITIES,
        "full_name": NAMES,
        "tel": PHONES,
        "gender": ["f", "m"],
        "street": STREETS,
        "n": ["1", "2"],
    }
    names = list(columns)
    random.shuffle(names)
    assert personal_of_table("t", {name: columns[name] for name in names}) == personal_of_table("t", columns)


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["email", "name", "phone", "c1", "notes", "dob", "iban", "straße", "{x}", ""]),
        st.lists(st.sampled_from([*NAMES, *PHONES, *STREETS, "zz@example.org", "4111111111111111"]), max_size=12),
        max_size=6,
    )
)
def test_evidence_contains_no_value_and_confidence_is_between_zero_and_one(columns):
    for name, finding in personal_of_table("people", columns).items():
        assert 0 <= finding.confidence <= 1
        assert finding.evidence
        assert not any(value in finding.evidence for value in columns[name])


def test_an_empty_table_and_columns_without_values_are_classified_by_header():
    assert personal_of_table("t", {}) == {}
    assert kinds("t", {"email": [], "x": [], "": []}) == {"email": "email"}
    assert kinds("t", {"email": [None, "", " "]}) == {"email": "email"}
