import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radix_assets.suggestions.semantics.meaning import meaning_of, semantic_type


@pytest.mark.parametrize(
    ("name", "sample", "kind"),
    [
        ("lat", ["40.6", "-33.9"], "latitude"),
        ("Längengrad", ["13.4"], "longitude"),
        ("lat", ["1200", "4000"], ""),
        ("country", ["Kenya", "Norway"], "country"),
        ("x", ["Germany", "France", "Peru"], "country"),
        ("x", ["DEU", "FRA", "PER", "KEN"], "country"),
        ("cur", ["USD", "EUR", "GBP"], "currency"),
        ("fare", ["12.5", "8"], "amount of money"),
        ("x", ["$3.50", "$1,200.00"], "amount of money"),
        ("x", ["45%", "3 %"], "percentage"),
        ("pct_urban", ["45.1", "99"], "percentage"),
        ("Year_Built", ["1960", "2001"], "year"),
        ("year", ["1", "2"], ""),
        ("mnth", ["1", "12"], "month"),
        ("x", ["Montag", "Dienstag"], "weekday"),
        ("hr", ["0", "23"], "hour"),
        ("when", ["2020-01-01T10:00:00Z"], "date and time"),
        ("x", ["12:30", "01:15"], "time of day"),
        ("x", ["3 days", "2 days"], "duration"),
        ("age", ["3", "90"], "age"),
        ("temp", ["-3.5", "12"], "temperature"),
        ("bill_length_mm", ["39.1"], "length"),
        ("uid", ["a1b2c3d4-e5f6-7890-abcd-ef1234567890"], "uuid"),
        ("x", ["978-3-16-148410-0", "978-0-306-40615-7", "978-1-4028-9462-6"], "isbn"),
        (
            "x",
            ["4006381333931", "5901234123457", "4007630000116", "9780201379624", "4012345678901"],
            "article number (EAN)",
        ),
        ("vin", ["1HGCM82633A004352"], "vehicle number (VIN)"),
        ("iata", ["JFK", "LHR"], "airport (IATA)"),
        ("x", ["https://a.example/b"], "url"),
        ("x", ["91.198.174.192", "84.12.33.9"], "ip address"),
        ("server_ip", ["10.0.0.1", "10.2.0.1"], "ip address"),
        ("x", ["1.0.0.1", "1.8.8.8"], "version"),
        ("x", ['{"a": 1}'], "json"),
        ("x", ["/usr/bin/a.txt"], "file path"),
        ("x", ["#ff0000", "#00ff00"], "colour"),
        ("x", ["text/plain", "image/png"], "mime type"),
        ("x", ["1.2.3", "1.2.4"], "version"),
        ("x", ["40.1, -73.2", "38.9, -77.0"], "coordinate pair"),
        ("x", ["5d41402abc4b2a76b9719d911017c592"], "hash"),
        ("g", ["M", "F"], "gender"),
        ("answer", ["yes", "no"], "boolean"),
        ("area_code", ["415", "212"], "code"),
        ("order_id", ["1", "2"], "code"),
        ("wert", ["0.3", "0.7"], ""),
        ("", [], ""),
    ],
)
def test_header_and_values_determine_the_meaning_of_a_column(name, sample, kind):
    assert semantic_type(name, sample) == kind


def test_a_header_alone_has_less_confidence_than_with_matching_values():
    assert meaning_of("latitude").confidence < meaning_of("latitude", ["40.6"]).confidence


def test_evidence_repeats_no_value():
    assert "JFK" not in meaning_of("iata", ["JFK", "LHR"]).evidence


@settings(deadline=None)
@given(st.text(max_size=20), st.lists(st.text(max_size=20) | st.none(), max_size=10))
def test_any_column_is_classified(name, sample):
    meaning = meaning_of(name, sample)
    assert meaning is None or (meaning.kind and 0 < meaning.confidence <= 1)
