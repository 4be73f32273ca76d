import pytest
from hypothesis import given
from hypothesis import strategies as st

from radix_resources.action_log.redaction import redact, secrets


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("postgresql://ada:s3cret@db:5432/shop", "postgresql://ada:***@db:5432/shop"),
        ("postgresql://ada:p@ss/word@db/shop", "postgresql://ada:***@db/shop"),
        ("redis://:s3cret@db", "redis://:***@db"),
        ("connect (s3://key:s3cret@bucket) failed", "connect (s3://key:***@bucket) failed"),
        ("https://db/x?user=ada&password=s3cret&x=1", "https://db/x?user=ada&password=***&x=1"),
        ("http://127.0.0.1:8123/predict", "http://127.0.0.1:8123/predict"),
        ("postgresql://ada@db/shop", "postgresql://ada@db/shop"),
        ("no address at all: 12@13", "no address at all: 12@13"),
    ],
)
def test_only_passwords_are_removed_from_addresses(text, safe):
    assert redact(text) == safe


def test_values_of_variables_with_a_telling_name_or_a_setting_are_secrets():
    environment = {
        "SHOP_DB": "abc", "AWS_SECRET_ACCESS_KEY": "very-secret", "PASSENGERS": "1000", "HOME": "/home/ada",
        "GOOGLE_CREDENTIALS": "/home/ada/key.json", "EMPTY_PASSWORD": "",
    }  # fmt: skip
    assert secrets({"SHOP_DB"}, environment) == ["very-secret", "abc"]


json = st.recursive(
    st.text() | st.integers() | st.none() | st.booleans(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(json, st.text(min_size=3, alphabet="abcXYZ123"))
def test_a_redacted_value_is_nowhere_in_the_result(content, hidden):
    assert hidden not in str(redact({"a": content, "b": [hidden], hidden: f"x{hidden}y"}, [hidden]))
