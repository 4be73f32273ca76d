"""The law: whatever a person writes into tags.yaml, and whatever is suggested later, no byte of theirs changes."""

import re
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tag_shop import frames, open_shop

from radix_assets.tags import read_tags, refresh_tags, set_tags, write_tags
from radix_assets.tags.file import COLUMN_SETTINGS
from radix_assets.tags.yaml_text import quoted, quoted_reference, remark

ROLES = [role for role in COLUMN_SETTINGS["role"] if role != "target"]


@pytest.fixture(scope="module")
def shops(tmp_path_factory):
    """The shop as it was first, and as it looks after columns and a table came, or went, or changed."""
    folder = tmp_path_factory.mktemp("law")
    found = []
    for place, tables in enumerate(
        [
            frames(),
            frames(weight=[1.5 + n for n in range(60)], color=list(range(60))),
            {**frames(total=["x", "y", "z"] * 20), "visits": frames()["customers"]},
            {name: frame for name, frame in frames().items() if name != "odd.names"},
        ]
    ):
        (folder / str(place)).mkdir()
        found.append(open_shop(folder / str(place), tables))
    write_tags(found[0].path, found[0].project, *found[0].args())
    return found


@st.composite
def hand(draw, text: str) -> str:
    """The text after a person has worked on it: values, comments, order, blank lines, quotes."""
    lines = text.split("\n")
    own = [n for n, line in enumerate(lines) if re.match(r"      \S.*: \{role", line)]
    for n in draw(st.lists(st.sampled_from(own), max_size=4)):
        act = draw(st.sampled_from(["role", "comment", "uncomment", "human", "space", "quote"]))
        if act == "role":
            lines[n] = re.sub(r"role: \w+", f"role: {draw(st.sampled_from(ROLES))}", lines[n], count=1)
        elif act == "comment":
            lines[n] += "   # " + draw(st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=12))
        elif act == "uncomment":
            lines[n] = re.sub(r"\}  +# .*$", "}", lines[n])
        elif act == "human":
            lines[n] = (
                re.sub(r"\{role", "{human: true, role", lines[n], count=1) if "human" not in lines[n] else lines[n]
            )
        elif act == "space":
            lines[n] = re.sub(r"\{role: ", "{ role:    ", lines[n], count=1)
        else:
            lines[n] = re.sub(r"role: (\w+)", r"role: '\1'", lines[n], count=1)
    if draw(st.booleans()):
        first, second = draw(st.sampled_from([pair for pair in pairwise(own) if pair[1] == pair[0] + 1]))
        lines[first], lines[second] = lines[second], lines[first]
    for n in sorted(draw(st.lists(st.integers(0, len(lines)), max_size=3)), reverse=True):
        lines.insert(n, draw(st.sampled_from(["", "# mine", "      # indented: {not: yaml", "   "])))
    end = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    return end.join(lines)


def obey_the_law(shops, tmp_path_factory, data) -> None:
    folder = Path(tmp_path_factory.mktemp("hand"))
    path = folder / "tags.yaml"
    try:
        path.write_bytes(data.draw(hand(shops[0].path.read_text())).encode())
        for _ in range(data.draw(st.integers(1, 3))):
            before, said = path.read_bytes(), read_tags(path)
            refresh_tags(path, *data.draw(st.sampled_from(shops)).args())
            kept = iter(path.read_bytes().split(b"\n"))
            missing = [line for line in before.split(b"\n") if line not in kept]
            assert not missing
            now = read_tags(path)
            assert (now.confirmed, now.confirmed_by) == (said.confirmed, said.confirmed_by)
            assert [item.text for item in said.relationships] == [item.text for item in now.relationships][
                : len(said.relationships)
            ]
            for name, block in said.tables.items():
                for column, line in block.columns.items():
                    after = now.tables[name].columns[column]
                    assert (after.role, after.type, after.sensitivity, after.human) == (
                        line.role,
                        line.type,
                        line.sensitivity,
                        line.human,
                    )
            name = data.draw(st.sampled_from(sorted(said.tables["order items"].columns)))
            role = data.draw(st.sampled_from([role for role in ROLES if role != "time_index"]))
            before = path.read_bytes().split(b"\n")
            set_tags(path, {f"order items.{name}": {"role": role}})
            after = path.read_bytes().split(b"\n")
            assert len(before) == len(after)
            assert sum(1 for old, new in zip(before, after, strict=True) if old != new) <= 1
    finally:
        shutil.rmtree(folder)


FIXTURES_ARE_READ_ONLY = [HealthCheck.function_scoped_fixture]


@settings(max_examples=10, deadline=None, suppress_health_check=FIXTURES_ARE_READ_ONLY)
@given(data=st.data())
def test_no_byte_that_a_person_wrote_ever_changes(shops, tmp_path_factory, data):
    obey_the_law(shops, tmp_path_factory, data)


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=FIXTURES_ARE_READ_ONLY)
@given(data=st.data())
def test_no_byte_that_a_person_wrote_ever_changes_in_hundreds_of_stories(shops, tmp_path_factory, data):
    obey_the_law(shops, tmp_path_factory, data)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_name_survives_the_file(name):
    from ruamel.yaml import YAML

    yaml = YAML(typ="safe", pure=True)
    for text in (
        f"{quoted(name)}: {{a: [{quoted(name)}]}}  # {remark(name)}\n",
        f"a:\n  - {quoted_reference(name)}  # {remark(name)}\n",
    ):
        node = yaml.compose(text)
        scalar = node.value[0][0] if text[0] != "a" or not text.startswith("a:\n") else node.value[0][1].value[0]
        assert scalar.value == name
