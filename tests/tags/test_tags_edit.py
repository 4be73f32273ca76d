import json
import re
import threading

import pytest
from tag_shop import ODD, frames, open_shop

from radix_assets.tags.edit import confirm, set_tags
from radix_assets.tags.refresh import refresh_tags
from radix_assets.tags.resolve import resolve
from radix_assets.tags.write import earlier_note, note_of, write_tags
from radix_assets.tags_file.file import read_tags
from radix_assets.tags_file.ledger import ledger_path
from radix_assets.tags_file.lines import key_text
from radix_assets.tags_file.yaml_text import remark
from radix_resources.errors import TagError


@pytest.fixture
def shop(tmp_path):
    shop = open_shop(tmp_path)
    assert write_tags(shop.path, shop.project, *shop.args())
    return shop


def changed_lines(before: str, after: str) -> list[tuple[str, str]]:
    old, new = before.split("\n"), after.split("\n")
    assert len(old) == len(new)
    return [pair for pair in zip(old, new, strict=True) if pair[0] != pair[1]]


def test_the_file_is_written_once_and_never_again(shop):
    shop.path.write_text("# mine\n")
    assert not write_tags(shop.path, shop.project, *shop.args())
    assert shop.path.read_text() == "# mine\n"
    assert sorted(path.name for path in shop.path.parent.iterdir()) == [".tags.yaml.radix", "tags.yaml"]


def test_every_name_in_the_data_is_read_back_from_the_file(shop):
    file = read_tags(shop.path)
    assert {name: list(block.columns) for name, block in file.tables.items()}.keys() == shop.profiles.keys()
    for name, block in file.tables.items():
        assert set(block.columns) == set(shop.profiles[name].columns)
    assert set(file.tables["odd.names"].columns) == set(ODD)


def test_the_least_certain_columns_come_first(shop):
    file = read_tags(shop.path)
    for name, block in file.tables.items():
        sure = [shop.suggestions.tables[name].columns[column].confidence for column in block.columns]
        assert sure == sorted(sure)


def test_no_value_of_the_data_is_in_the_file(shop):
    text = shop.path.read_text()
    assert "example.org" not in text
    assert "some words" not in text


def test_an_edit_changes_only_its_line_and_keeps_the_evidence_as_what_was_suggested(shop):
    before = shop.path.read_text()
    assert set_tags(shop.path, {"order items.shipped": {"role": "leak"}}, who="Ada", today="2026-01-02")
    ((old, new),) = changed_lines(before, shop.path.read_text())
    value, _, evidence = old.partition("# ")
    assert new == value.replace("role: feature", "role: leak") + (
        f"# by Ada 2026-01-02; Radix suggested feature, {evidence}"
    )
    set_tags(shop.path, {"order items.shipped": {"role": "ignore"}}, who="Bob", today="2026-01-03")
    assert f"# by Bob 2026-01-03; Radix suggested feature, {evidence}" in shop.path.read_text()


def test_an_edit_keeps_a_users_own_comment(shop):
    text = shop.path.read_text()
    old = next(line for line in text.split("\n") if line.strip().startswith("shipped:"))
    own = old.partition("#")[0] + "# ask Ada; by and by"
    shop.path.write_text(text.replace(old, own))
    set_tags(shop.path, {"order items.shipped": {"role": "leak"}})
    assert own.replace("role: feature", "role: leak") in shop.path.read_text()


@pytest.mark.parametrize("name", ODD)
def test_columns_with_odd_names_can_be_edited(shop, name):
    assert set_tags(shop.path, {f"odd.names.{name}": {"role": "ignore", "sensitivity": "personal"}})
    line = read_tags(shop.path).tables["odd.names"].columns[name]
    assert (line.role, line.sensitivity) == ("ignore", "personal")


def test_setting_the_present_value_confirms_the_line(shop):
    set_tags(shop.path, {"order items.shipped": {"role": "feature"}})
    assert read_tags(shop.path).tables["order items"].columns["shipped"].human
    assert not set_tags(shop.path, {"order items.shipped": {"role": "feature"}})


def test_a_new_target_clears_the_problem_type(shop):
    assert read_tags(shop.path).problem
    set_tags(shop.path, {"order items.color": {"role": "target"}})
    file = read_tags(shop.path)
    assert file.target.text == "order items.color"
    assert file.problem is None
    set_tags(shop.path, target="order items.total > 15")
    assert read_tags(shop.path).target.text == "order items.total > 15"


def test_a_new_time_index_moves_the_role(shop):
    set_tags(shop.path, time_index={"order items": ["shipped"]})
    block = read_tags(shop.path).tables["order items"]
    assert block.time_index == ["shipped"]
    assert block.columns["shipped"].role == "time_index"
    assert block.columns["order_date"].role == "feature"


def test_relationships_are_added_and_removed(shop):
    link = "order items.customer_id -> customers.customer_id"
    assert [relationship.text for relationship in read_tags(shop.path).relationships] == [link]
    set_tags(shop.path, remove_relationships=["order items.customer_id->customers.customer_id"])
    assert read_tags(shop.path).relationships == []
    set_tags(shop.path, add_relationships=[link])
    set_tags(shop.path, add_relationships=[link])
    assert [relationship.text for relationship in read_tags(shop.path).relationships] == [link]
    set_tags(
        shop.path,
        add_relationships=["odd.names.(x.y, yes) -> customers.(customer_id, email)"],
        remove_relationships=[link],
    )
    assert len(read_tags(shop.path).relationships) == 1


def test_a_user_confirms_by_name(shop):
    before = shop.path.read_text()
    assert confirm(shop.path, "Ada L.")
    file = read_tags(shop.path)
    assert (file.confirmed, file.confirmed_by) == (True, "Ada L.")
    assert not confirm(shop.path, "Ada L.")
    assert [line for line in before.split("\n") if line not in shop.path.read_text()] == ["confirmed: false"]


@pytest.mark.parametrize(
    ("edit", "code", "hint"),
    [
        ({"columns": {"order items.shipped": {"role": "ingore"}}}, "RDX-TAG-004", "ignore"),
        ({"columns": {"order items.shipped": {"rule": "ignore"}}}, "RDX-TAG-005", "role"),
        ({"columns": {"order items.shiped": {"role": "ignore"}}}, "RDX-TAG-007", "order items.shipped"),
        ({"target": "order items.totl"}, "RDX-TAG-002", "order items.total"),
        ({"time_index": {"order itms": ["shipped"]}}, "RDX-TAG-007", "order items"),
        (
            {"remove_relationships": ["order items.customer -> customers.customer_id"]},
            "RDX-TAG-009",
            "order items.customer_id",
        ),
    ],
)
def test_an_invalid_edit_writes_nothing_and_suggests_the_nearest_name(shop, edit, code, hint):
    before = shop.path.read_bytes()
    with pytest.raises(TagError) as caught:
        set_tags(shop.path, **edit)
    assert caught.value.code == code
    assert hint in caught.value.hint
    assert shop.path.read_bytes() == before


def test_the_second_of_two_editors_gets_an_error(shop):
    seen = read_tags(shop.path).sha
    set_tags(shop.path, {"order items.shipped": {"role": "leak"}}, expected=seen)
    with pytest.raises(TagError) as caught:
        set_tags(shop.path, {"order items.note": {"role": "ignore"}}, expected=seen)
    assert caught.value.code == "RDX-TAG-006"
    assert read_tags(shop.path).tables["order items"].columns["note"].role == "feature"


def test_concurrent_writers_lose_nothing(shop):
    names = [name for name in ODD if name != "yes"]
    threads = [
        threading.Thread(target=set_tags, args=(shop.path, {f"odd.names.{name}": {"role": "leak"}})) for name in names
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    columns = read_tags(shop.path).tables["odd.names"].columns
    assert {name for name in ODD if columns[name].role == "leak"} == set(names)


def test_new_columns_and_tables_are_appended(shop, tmp_path):
    before = shop.path.read_text()
    tables = frames(weight=[1.5 + n for n in range(60)])
    tables["visits"] = tables["customers"].select("customer_id", visited="signup_date")
    (tmp_path / "later").mkdir()
    later = open_shop(tmp_path / "later", tables)
    assert refresh_tags(shop.path, *later.args())
    file = read_tags(shop.path)
    assert file.tables["order items"].columns["weight"].role == "feature"
    assert set(file.tables["visits"].columns) == {"customer_id", "visited"}
    assert "visits.customer_id -> customers.customer_id" in [relationship.text for relationship in file.relationships]
    kept = iter(shop.path.read_text().split("\n"))
    assert all(line in kept for line in before.split("\n"))
    assert not refresh_tags(shop.path, *later.args())


BY_HAND = """\
relationships: []
tables:
    order items:
        time_index:
        - order_date
        columns:
            note:   # mine
               role: ignore
               # below
            total: ignore # last
# the end
"""


def complete(shop, text: str) -> None:
    shop.path.write_bytes(text.encode())
    refresh_tags(shop.path, *shop.args())
    file = read_tags(shop.path)
    for name, profile in shop.profiles.items():
        assert set(file.tables[name].columns) == set(profile.columns)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing but a remark",
        "confirmed: true\r\ntarget: order items.total\r\n",
        "tables:\n",
        "tables:\n  order items:\n",
        "tables:\n  order items:\n    columns:\n",
        "tables:\n  order items:\n    columns: {}\n",
        "tables:\n  order items:\n    columns: {note: {role: ignore}, total: {}}",
        "tables:\n  order items:\n    columns:\n      note: ignore",
        BY_HAND,
    ],
)
def test_handwritten_files_in_other_styles_are_completed(shop, text):
    complete(shop, text)
    after = shop.path.read_bytes().decode()
    assert "\r\n" not in text or "\n" not in after.replace("\r\n", "")
    if "note" in text:
        assert read_tags(shop.path).tables["order items"].columns["note"].role == "ignore"
    set_tags(shop.path, {"order items.note": {"role": "leak"}, "order items.total": {"type": "categorical"}})
    columns = read_tags(shop.path).tables["order items"].columns
    assert (columns["note"].role, columns["total"].type) == ("leak", "categorical")


def test_a_file_in_flow_style_is_completed_where_possible_and_still_applies(shop):
    shop.path.write_text("target: order items.total\ntables: {order items: {columns: {note: ignore}}}")
    refresh_tags(shop.path, *shop.args(), shop.project)
    file = read_tags(shop.path)
    assert file.tables["order items"].columns["note"].role == "ignore"
    tags, _ = resolve(shop.project, file, *shop.args(), shop.raw)
    assert set(tags.tables) == set(shop.profiles)


def test_a_ledger_and_a_mark_of_an_earlier_version_are_still_read(shop, tmp_path):
    stored = json.loads(ledger_path(shop.path).read_bytes())
    assert set(stored) == {"version", "sha", "confirmed", "written", "held", "known", "gone", "outbox"}
    assert all(set(entry) == {"prints", "said", "confirmed"} for entry in stored["written"].values())
    mark = "# gone since 2025-01-01: total (now totals?)"
    text = shop.path.read_text().replace("      total: {", f"      {mark}\n      total: {{")
    shop.path.write_text(text)
    stored["gone"] = {key_text(("tables", "order items", "columns", "total")): mark}
    ledger_path(shop.path).write_text(json.dumps(stored))
    (tmp_path / "later").mkdir()
    renamed = frames()["order items"].rename({"total": "totals"})
    later = open_shop(tmp_path / "later", {**frames(), "order items": renamed})
    refresh_tags(shop.path, *later.args(), shop.project)
    assert shop.path.read_text().count(mark) == 1
    assert shop.path.read_text().count("# missing since") == 0
    refresh_tags(shop.path, *shop.args(), shop.project)
    assert mark not in shop.path.read_text()


def test_lines_in_the_words_of_an_earlier_version_are_recognized_without_a_ledger(shop):
    text = shop.path.read_text()
    assert "no creation time found" in text
    earlier = re.sub(r"# (\d+)%", r"# \1 %", text)
    assert earlier != text
    earlier = earlier.replace("# no creation time found", "# no moment at which a row came to be")
    shop.path.write_text(earlier.replace("# no unique columns found", "# nothing found that tells the rows apart"))
    ledger_path(shop.path).unlink()
    refresh_tags(shop.path, *shop.args(), shop.project)
    file = read_tags(shop.path)
    for name, block in file.tables.items():
        for setting in ("primary_key", "time_index"):
            assert file.untouched(("tables", name, setting)), (name, setting, block)
    assert shop.path.read_text() == text
    assert all(file.untouched(key) for key in file.lines if key[2:3] == ("columns",))


def test_a_cut_comment_of_an_earlier_version_is_recognized():
    evidence = "word " * 60
    assert earlier_note(note_of(0.97, evidence)) == remark(f"97 %: {evidence}")
