import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shared_sets import write_set

from radix_assets.profiles.schema import ColumnProfile, TableProfile
from radix_assets.relationships.diagram import draw_diagram
from radix_assets.relationships.layers import arrange
from radix_assets.relationships.layout import lay_out
from radix_assets.relationships.schema import PrimaryKey, Relationship, Schema


def profile(name: str, columns: list[str]) -> TableProfile:
    column = {"dtype": "integer", "rows": 5, "nulls": 0, "distinct": 5}
    return TableProfile(table=name, rows=5, columns={c: ColumnProfile(name=c, **column) for c in columns})


@st.composite
def schemas(draw) -> tuple[Schema, dict[str, TableProfile]]:
    tables = [f"table {n}" for n in range(draw(st.integers(1, 9)))]
    pairs = draw(st.lists(st.tuples(st.sampled_from(tables), st.sampled_from(tables)), max_size=14))
    links = [
        Relationship(child=child, child_columns=[f"fk{n}"], parent=parent, parent_columns=["id"])
        for n, (child, parent) in enumerate(pairs)
    ]
    columns = {table: ["id", *(r.child_columns[0] for r in links if r.child == table), "more"] for table in tables}
    keys = [PrimaryKey(table=table, columns=["id"]) for table in tables]
    return Schema(primary_keys=keys, relationships=links), {t: profile(t, names) for t, names in columns.items()}


@settings(deadline=None)  # the machine may be busy
@given(schemas())
def test_no_box_covers_another_and_no_line_crosses_a_box(case):
    layout = lay_out(*case)
    for place, box in enumerate(layout.boxes):
        for other in layout.boxes[place + 1 :]:
            apart = box.x + box.width <= other.x or other.x + other.width <= box.x
            assert apart or box.y + box.height <= other.y or other.y + other.height <= box.y
    for line in layout.lines:
        assert len(line.points) >= 2
        for (x1, y1), (x2, y2) in zip(line.points, line.points[1:], strict=False):
            assert x1 == x2 or y1 == y2
            for box in layout.boxes:
                inside_x = max(x1, x2) > box.x + 1e-6 and min(x1, x2) < box.x + box.width - 1e-6
                inside_y = max(y1, y2) > box.y + 1e-6 and min(y1, y2) < box.y + box.height - 1e-6
                assert not (inside_x and inside_y)


@settings(deadline=None)  # the machine may be busy
@given(schemas())
def test_lines_begin_at_the_child_and_end_at_the_parent(case):
    layout = lay_out(*case)
    boxes = {box.table: box for box in layout.boxes}
    for line in layout.lines:
        for (x, y), table in ((line.points[0], line.relationship.child), (line.points[-1], line.relationship.parent)):
            box = boxes[table]
            assert x == pytest.approx(box.x) or x == pytest.approx(box.x + box.width)
            assert box.y < y < box.y + box.height


def test_cycles_are_laid_out():
    layers = arrange(["a", "b", "c"], {0: ("a", "b"), 1: ("b", "c"), 2: ("c", "a")})
    assert layers.layers == [["a"], ["b", (2, 1)], ["c"]]
    assert layers.turned == {2}


def test_the_picture_stays_small_with_many_tables(tmp_path):
    frames = {f"t{n}": pl.DataFrame({"id": range(20), f"t{n // 2}_id": range(20)}) for n in range(1, 60)}
    _, profiles = write_set(frames, tmp_path)
    links = [
        Relationship(child=f"t{n}", child_columns=[f"t{n // 2}_id"], parent=f"t{n // 2}", parent_columns=["id"])
        for n in range(2, 60)
    ]
    draw_diagram(Schema(relationships=links), profiles, tmp_path / "d.png")
    assert (tmp_path / "d.png").stat().st_size <= 60_000
