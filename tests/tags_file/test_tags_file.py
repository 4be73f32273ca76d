import pytest

from radix_assets.relationships.references import parse_relationship
from radix_assets.tags_file.file import read_tags
from radix_assets.tags_file.schema import Located
from radix_resources.errors import TagError


@pytest.mark.parametrize(
    ("text", "code", "line", "hint"),
    [
        ("a: [1", "RDX-TAG-003", 1, "fix"),
        ("confirmed: true\n\ttarget: x", "RDX-TAG-003", 2, "fix"),
        ("target: a: b", "RDX-TAG-003", 1, "fix"),
        ("confirmed: maybe", "RDX-TAG-004", 1, "fix"),
        ("confirmd: true", "RDX-TAG-005", 1, "confirmed"),
        ("target: x.y\ntarget: x.z", "RDX-TAG-005", 2, "remove"),
        ("problem: regresion", "RDX-TAG-004", 1, "regression"),
        ("- a\n- b", "RDX-TAG-004", 1, "fix"),
        ("tables:\n  t:\n    colums: {}", "RDX-TAG-005", 3, "columns"),
        ("tables:\n  t:\n    columns:\n      a: {role: target}\n      b: {role: key}", "RDX-TAG-004", 5, "primary_key"),
        ("tables:\n  t:\n    columns:\n      a: {rol: ignore}", "RDX-TAG-005", 4, "role"),
        ("tables:\n  t:\n    columns:\n      a: {type: numerik}", "RDX-TAG-004", 4, "numeric"),
        ("tables:\n  t:\n    columns:\n      a: [ignore]", "RDX-TAG-004", 4, "fix"),
        ("tables:\n  t:\n    time_index: {a: b}", "RDX-TAG-004", 3, "fix"),
        ("a: *x", "RDX-TAG-003", 1, "fix"),
    ],
)
def test_a_mistake_is_reported_with_its_line_and_the_nearest_valid_value(tmp_path, text, code, line, hint):
    path = tmp_path / "tags.yaml"
    path.write_text(text)
    with pytest.raises(TagError) as caught:
        read_tags(path)
    assert (caught.value.code, caught.value.context["line"]) == (code, line)
    assert hint in caught.value.hint
    assert caught.value.context["file"] == path


def test_a_missing_or_binary_file_is_reported(tmp_path):
    with pytest.raises(TagError, match="RDX-TAG-001"):
        read_tags(tmp_path / "tags.yaml")
    (tmp_path / "tags.yaml").write_bytes(b"a: 1\nb: \xff\xfe")
    with pytest.raises(TagError) as caught:
        read_tags(tmp_path / "tags.yaml")
    assert caught.value.context["line"] == 2


def test_short_and_empty_forms_are_read(tmp_path):
    path = tmp_path / "tags.yaml"
    block = "    time_index: a\n    columns:\n      a: ignore\n      1: {}\n      b:\n"
    path.write_text(f"confirmed: yes\nproblem:\ntables:\n  t:\n{block}")
    file = read_tags(path)
    assert (file.confirmed, file.problem, file.target, file.relationships) == (True, None, None, None)
    block = file.tables["t"]
    assert (block.time_index, block.columns["a"].role, list(block.columns)) == (["a"], "ignore", ["a", "1", "b"])


COLUMNS = {"a.b": ["c", "c -> d", "x (y)"], "a": ["b.c", "c"], "Order Details": ["OrderID", "Product, ID"]}


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("a.c -> a.b.c", ("a", ["c"], "a.b", ["c"])),
        ("a.b.c -> d->a.c", ("a.b", ["c -> d"], "a", ["c"])),
        ("order details.orderid -> a.c", ("Order Details", ["OrderID"], "a", ["c"])),
        (
            "Order Details.(OrderID, Product, ID) -> a.b.(c, x (y))",
            ("Order Details", ["OrderID", "Product, ID"], "a.b", ["c", "x (y)"]),
        ),
    ],
)
def test_relationships_are_parsed_with_any_names(text, sides):
    link = parse_relationship(Located(text, 1), COLUMNS)
    assert (link.child, link.child_columns, link.parent, link.parent_columns) == sides


@pytest.mark.parametrize("text", ["", "a.c", "a.c -> ", "a.c -> a.x", "a.(c, b.c) -> a.b.c", "a.c -> a.b.c -> a.c"])
def test_an_invalid_relationship_is_refused(text):
    with pytest.raises(TagError, match="RDX-TAG-009"):
        parse_relationship(Located(text, 3), COLUMNS)
