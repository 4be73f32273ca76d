"""Which columns are private: by detection, by the tags of a user, by their earlier state."""

import polars as pl
import pytest

from radix_assets.privacy import Seal, columns_of, make_seal, private_by_tags, private_in, read_seal, suspected_in
from radix_assets.project.settings import Project
from radix_assets.raw.ingestion import ingest
from radix_assets.raw.privacy import judge_columns
from radix_assets.sources.kinds.files import FileSource
from radix_assets.tags.masking import MASK, masked_name, target_name
from radix_assets.tags.schema import ColumnTag, TableTags, Tags, Target

TAGS = """\
confirmed: true
tables:
  people:
    columns:
      note: {role: feature, sensitivity: personal}
      email: {role: ignore, sensitivity: none}
      age: {role: feature}
"""


@pytest.fixture
def tags_file(tmp_path):
    path = tmp_path / "tags.yaml"
    path.write_text(TAGS)
    return path


def test_the_tag_of_a_user_overrides_detection_and_no_tag_changes_nothing(tags_file):
    assert private_by_tags(tags_file) == {"people": {"note": True, "email": False, "age": None}}
    assert private_in("people", tags_file, {"email", "phone", "age"}) == {"note", "phone", "age"}
    assert private_in("orders", tags_file, {"email"}) == {"email"}


def test_an_edit_takes_effect_at_once(tags_file):
    assert "age" not in private_in("people", tags_file, set())
    tags_file.write_text(TAGS.replace("age: {role: feature}", "age: {role: feature, sensitivity: sensitive}"))
    assert "age" in private_in("people", tags_file, set())


def test_without_a_tags_file_detected_columns_are_private(tmp_path):
    assert private_in("people", tmp_path / "tags.yaml", {"email"}) == {"email"}


def test_private_columns_stay_private_until_a_readable_file_says_otherwise(tags_file):
    before = {"note": True, "email": False, "age": True, "city": True}
    everything = list(before)
    assert private_in("people", tags_file, set(), columns=everything, before=before) == {"note", "age", "city"}
    tags_file.write_text("tables: [")
    assert private_by_tags(tags_file) is None
    assert private_in("people", tags_file, {"phone"}, columns=everything, before=before) >= {
        "note", "age", "city", "phone",
    }  # fmt: skip


def test_a_new_unknown_column_is_private_if_a_private_one_is_missing(tags_file):
    before = {"note": True, "email": False, "age": False}
    assert private_in("people", tags_file, set(), columns=["email", "age", "remark"], before=before) == {
        "note", "remark",
    }  # fmt: skip
    after = {"email": False, "age": False, "remark": True}
    assert "remark" in private_in("people", tags_file, set(), columns=list(after), before=after)
    back = private_in("people", tags_file, set(), columns=["note", "email", "age"], before=after)
    assert back == {"note", "remark"}, "a column in the file is not mistaken for the missing one"


def test_a_raw_snapshot_records_private_values_found_anywhere_in_the_table(tmp_path):
    mail = [None] * 5_000 + [f"person{number}@example.org" for number in range(5_000)]
    pl.DataFrame({"number": range(10_000), "contact": mail, "first_name": ["Ann", "Bob"] * 5_000}).write_parquet(
        tmp_path / "people.parquet"
    )
    project = Project(name="p", sources=[FileSource(table="people", path="people.parquet")], folder=tmp_path)
    ingest(project, "people", tmp_path / "raw")
    assert suspected_in(tmp_path / "raw") == judge_columns(tmp_path / "raw", "people") == {"contact", "first_name"}
    assert columns_of(tmp_path / "raw") == ("number", "contact", "first_name")


def test_a_private_value_in_the_comparison_of_the_target_is_masked():
    target = Target(table="people", column="note", operator="==", value="Qzx", problem="binary")
    columns = {"note": ColumnTag(role="target", type="categorical", sensitivity="sensitive")}
    tags = Tags(target=target, tables={"people": TableTags(columns=columns)}, relationships=[], confirmed_by="person")
    assert target_name(tags) == masked_name(target) == f"people.note == {MASK}"
    open_to_all = {"note": ColumnTag(role="target", type="categorical")}
    shown = tags.model_copy(update={"tables": {"people": TableTags(columns=open_to_all)}})
    assert target_name(shown) == target.name


def test_a_seal_gives_equal_values_equal_marks_that_depend_on_the_key(tmp_path):
    first, again, other = make_seal(tmp_path), read_seal(tmp_path), Seal(b"another")
    assert first.mark("ü") == again.mark("ü") != other.mark("ü")
    assert first.mark("a") != first.mark("b")
    assert first.seed != other.seed
    assert (tmp_path / "seal.key").stat().st_mode & 0o077 == 0
    assert read_seal(tmp_path / "nowhere").mark("a") == Seal().mark("a")
