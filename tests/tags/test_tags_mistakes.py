import polars as pl
import pytest
from tag_shop import frames, open_shop

from radix_assets.tags.edit import confirm, set_tags
from radix_assets.tags.edit_plan import Edits
from radix_assets.tags.gate import waiting_for
from radix_assets.tags.refresh import refresh_tags
from radix_assets.tags.resolve import resolve
from radix_assets.tags.sync import Draft
from radix_assets.tags.write import write_tags
from radix_assets.tags_file.errors import TagsError
from radix_assets.tags_file.file import read_tags
from radix_resources.errors import RadixError, TagError


@pytest.fixture
def shop(tmp_path):
    shop = open_shop(tmp_path)
    write_tags(shop.path, shop.project, *shop.args())
    return shop


def rewrite(shop, *changes: tuple[str, str]) -> None:
    text = shop.path.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    shop.path.write_text(text)


def mistake(shop) -> RadixError:
    with pytest.raises(RadixError) as caught:
        resolve(shop.project, read_tags(shop.path), *shop.args(), shop.raw)
    return caught.value


def line(shop, text: str) -> int:
    return next(n for n, held in enumerate(shop.path.read_text().split("\n"), 1) if text in held)


def test_all_mistakes_of_form_are_reported_at_once_with_their_lines(shop):
    rewrite(
        shop,
        ("note: {role: feature", "note: {role: featur"),
        ("color: {role", "color: {rol"),
        ("gift: {role: feature, type: categorical", "gift: {role: feature, type: cat"),
        ("confirmed: false", "confirmed: maybe"),
    )
    with pytest.raises(TagsError) as caught:
        read_tags(shop.path)
    found = {(error.code, error.context["line"]) for error in caught.value.errors}
    places = {("RDX-TAG-004", line(shop, text)) for text in ("role: featur,", "type: cat}", "maybe")}
    assert found == {*places, ("RDX-TAG-005", line(shop, "{rol:"))}
    assert str(caught.value).count("RDX-TAG") == 4
    assert len(caught.value.attrs()["errors"]) == 4


def test_all_mistakes_about_the_data_are_reported_at_once(shop):
    rewrite(
        shop,
        ("target: order items.total", "target: order items.constant"),
        ("note: {role", "notes: {role"),
        ("color: {role: feature", "color: {role: weight"),
        ("time_index: [signup_date]", "time_index: [signup]"),
        (".customer_id -> customers.customer_id", ".note -> customers.email"),
    )
    error = mistake(shop)
    assert isinstance(error, TagsError)
    codes = [one.code for one in error.errors]
    assert sorted(codes) == ["RDX-TAG-007", "RDX-TAG-007", "RDX-TAG-009", "RDX-TAG-013", "RDX-TGT-002"]
    assert all(one.context["line"] and one.hint for one in error.errors)


def test_a_line_that_is_not_yaml_does_not_hide_the_others(shop):
    rewrite(shop, ("problem: regression", "problem: a: b"), ("note: {role: feature", "note: {role: featur"))
    with pytest.raises(TagsError) as caught:
        read_tags(shop.path)
    assert [error.code for error in caught.value.errors] == ["RDX-TAG-003", "RDX-TAG-004"]


@pytest.mark.parametrize(
    ("old", "new", "code", "hint"),
    [
        ("note: {role: feature", "note: {role: weight", "RDX-TAG-013", "order items.total"),
        ("constant: {role: ignore", "constant: {role: group", "RDX-TAG-013", "order items.customer_id"),
        ("order_id: {role: primary_key", "order_id: {role: group", "RDX-TAG-013", "order items.customer_id"),
        ("total: {role: target", "total: {role: leak", "RDX-TAG-013", "role: target"),
        ("primary_key: [order_id]", "primary_key: [color]", "RDX-TAG-012", "primary_key: [order_id]"),
        ("primary_key: [order_id]", "primary_key: [color, gift]", "RDX-TAG-012", "primary_key: [order_id]"),
        (".customer_id -> customers.customer_id", ".order_id -> customers.customer_id", "RDX-TAG-009", "fix"),
    ],
)
def test_an_impossible_role_or_key_is_reported_with_its_line_and_a_possible_one(shop, old, new, code, hint):
    rewrite(shop, (old, new))
    error = mistake(shop)
    assert (error.code, error.context["line"]) == (code, line(shop, new))
    assert hint in error.hint


def test_a_unique_key_of_several_columns_is_valid(shop):
    rewrite(shop, ("primary_key: [order_id]", "primary_key: [order_date, customer_id, color]"))
    tags, _ = resolve(shop.project, read_tags(shop.path), *shop.args(), shop.raw)
    assert tags.tables["order items"].primary_key == ["order_date", "customer_id", "color"]


def test_a_relationship_whose_values_do_not_match_suggests_one_that_does(tmp_path):
    tables = frames()
    tables["stores"] = pl.DataFrame({"store_id": range(900, 960)})
    shop = open_shop(tmp_path, tables)
    shop.schema.primary_keys.append(
        shop.schema.primary_keys[0].model_copy(update={"table": "stores", "columns": ["store_id"]})
    )
    write_tags(shop.path, shop.project, *shop.args())
    rewrite(shop, (".customer_id -> customers.customer_id", ".customer_id -> stores.store_id"))
    assert "write order items.customer_id -> customers.customer_id" in mistake(shop).hint


def test_plain_words_for_types_are_read(shop):
    rewrite(shop, ("note: {role: feature, type: sentence", "note: {role: feature, type: text"))
    rewrite(shop, ("gift: {role: feature, type: categorical", "gift: {role: feature, type: boolean"))
    set_tags(shop.path, {"order items.color": {"type": "identifier"}, "order items.total": {"type": "other"}})
    columns = read_tags(shop.path).tables["order items"].columns
    assert [columns[name].type for name in ("note", "gift", "color", "total")] == [
        "sentence",
        "categorical",
        "not-generalizable",
        "context-specific",
    ]


def test_a_missing_column_is_marked_with_a_warning_and_unmarked_when_it_returns(shop, tmp_path):
    before = shop.path.read_text()
    (tmp_path / "later").mkdir()
    later = open_shop(
        tmp_path / "later", {**frames(), "order items": frames()["order items"].rename({"note": "notes"})}
    )
    assert refresh_tags(shop.path, *later.args(), shop.project, today="2026-02-03")
    text = shop.path.read_text()
    assert "      # missing since 2026-02-03: note (now notes?)\n      note: {role" in text
    _, warnings = resolve(shop.project, read_tags(shop.path), *later.args(), later.raw)
    assert any("order items.note is no longer in the data" in warning for warning in warnings)
    refresh_tags(shop.path, *shop.args(), shop.project)
    assert "# missing since 2026-02-03: note" not in shop.path.read_text()
    set_tags(shop.path, {"order items.note": {"role": "ignore"}})
    assert before.count("\n") + 2 == shop.path.read_text().count("\n")  # notes was added, and is marked as missing


@pytest.mark.parametrize(
    ("column", "now", "code"),
    [
        ("note", "notes", None),
        ("shipped", "shipped_on", None),
        ("total", "totals", "RDX-TAG-002"),
        ("order_id", "order_ident", "RDX-TAG-007"),
        ("order_date", "order_dates", "RDX-TAG-007"),
    ],
)
def test_a_missing_column_is_a_warning_and_an_error_only_as_target_key_or_time(shop, tmp_path, column, now, code):
    confirm(shop.path, "Ada")
    (tmp_path / "later").mkdir()
    renamed = frames()["order items"].rename({column: now})
    later = open_shop(tmp_path / "later", {**frames(), "order items": renamed})
    refresh_tags(shop.path, *later.args(), shop.project, today="2026-02-03")
    assert f"# missing since 2026-02-03: {column} (now {now}?)" in shop.path.read_text()
    if code is None:
        _, warnings = resolve(shop.project, read_tags(shop.path), *later.args(), later.raw)
        place = line(shop, f"      {column}: {{role")
        assert (
            f"line {place}: order items.{column} is no longer in the data; the most similar column is {now}" in warnings
        )
    else:
        with pytest.raises(RadixError, match=code) as caught:
            resolve(shop.project, read_tags(shop.path), *later.args(), later.raw)
        assert now in caught.value.hint


def test_a_suggestion_follows_the_data_until_a_user_edits_or_confirms_it(shop, tmp_path):
    (tmp_path / "later").mkdir()
    later = open_shop(tmp_path / "later", shift=0.2)
    rewrite(shop, ("color: {role: feature", "color: {role: ignore"))
    own = next(text for text in shop.path.read_text().split("\n") if "color: {" in text)
    assert refresh_tags(shop.path, *later.args(), shop.project)
    text = shop.path.read_text()
    assert own in text
    assert text.count("seen again") == 24  # 22 columns, and two time indexes
    assert not refresh_tags(shop.path, *later.args(), shop.project)
    confirm(shop.path, "Ada")
    text = shop.path.read_text()
    assert not refresh_tags(shop.path, *shop.args(), shop.project)
    assert shop.path.read_text() == text


def test_a_relationship_removed_by_a_user_is_not_suggested_again(shop):
    set_tags(shop.path, remove_relationships=["order items.customer_id -> customers.customer_id"])
    refresh_tags(shop.path, *shop.args(), shop.project)
    assert read_tags(shop.path).relationships == []


def test_the_problem_type_of_another_target_follows_from_the_data(shop):
    rewrite(shop, ("target: order items.total", "target: order items.color"))
    refresh_tags(shop.path, *shop.args(), shop.project)
    tags, _ = resolve(shop.project, read_tags(shop.path), *shop.args(), shop.raw)
    assert (tags.target.name, tags.target.problem) == ("order items.color", "multiclass")
    assert "total: {role: feature" in shop.path.read_text()
    assert "color: {role: target" in shop.path.read_text()


def test_a_misspelt_target_has_no_effect_until_it_is_fixed(shop):
    before = shop.path.read_text().replace("target: order items.total", "target: order items.totla", 1)
    shop.path.write_text(before)
    refresh_tags(shop.path, *shop.args(), shop.project)
    assert shop.path.read_text() == before
    question = waiting_for(shop.project, read_tags(shop.path))
    assert "line 14" in question
    assert "order items.total" in question


def test_the_mistakes_of_an_edit_are_known_before_it_is_written(shop):
    def draft(edits: Edits) -> Draft:
        return Draft(shop.project, *shop.args(), shop.raw, edits, "Ada")

    before = shop.path.read_bytes()
    wrong = draft(Edits(target="order items.total > 100 and"))
    assert [error.code for error in wrong.new_errors] == ["RDX-TGT-006"]
    fine = draft(Edits(columns={"order items.color": {"role": "ignore"}}))
    assert [(one.name, one.before, one.after) for one in fine.changes] == [
        ("order items.color.role", "feature", "ignore")
    ]
    assert fine.tags
    assert not fine.errors
    assert shop.path.read_bytes() == before


def test_edits_without_effect_downstream_do_not_change_the_published_tags(shop):
    def canonical() -> str:
        tags, _ = resolve(shop.project, read_tags(shop.path), *shop.args(), shop.raw)
        return tags.canonical().model_dump_json()

    before = canonical()
    confirm(shop.path, "Ada")
    rewrite(shop, ("confirmed_by: Ada", "confirmed_by: Bob  # and Ada"))
    set_tags(shop.path, {"order items.order_date": {"role": "time_index"}, "order items.nothing": {"role": "ignore"}})
    assert read_tags(shop.path).tables["order items"].columns["nothing"].human
    assert canonical() == before
    set_tags(shop.path, {"order items.note": {"sensitivity": "sensitive"}})
    assert canonical() != before


def test_tables_not_connected_to_the_target_are_left_out(shop):
    tags, _ = resolve(shop.project, read_tags(shop.path), *shop.args(), shop.raw)
    assert set(tags.connected().tables) == {"order items", "customers"}


def test_a_misspelt_table_is_an_error_with_the_line_of_its_name(shop):
    rewrite(shop, ("  customers:", "  custommers:"))
    with pytest.raises(TagError) as caught:
        resolve(shop.project, read_tags(shop.path), *shop.args(), shop.raw)
    assert caught.value.context["line"] == line(shop, "  custommers:")
