"""The main invariant of tags.yaml: nothing that a user wrote is ever changed, whatever is suggested later.

A story is a sequence of changes of a file: a user edits it in an editor, the data are profiled again and differ, a user
edits it through Radix, another program writes to it while Radix does. After each step every line that a
user wrote or confirmed must still be there byte for byte, in its place among the others.
"""

import re
import shutil
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from tag_shop import Shop, frames, open_shop

from radix_assets.tags.edit import confirm, set_tags
from radix_assets.tags.refresh import refresh_tags
from radix_assets.tags.write import write_tags
from radix_assets.tags_file.atomic import rewrite
from radix_assets.tags_file.file import read_tags
from radix_assets.tags_file.ledger import ledger_path
from radix_assets.tags_file.schema import COLUMN_SETTINGS
from radix_assets.tags_file.yaml_text import quoted, quoted_reference, remark
from radix_resources.errors import TagError

ROLES = [role for role in COLUMN_SETTINGS["role"] if role != "target"]
COLUMN = re.compile(r"(      )(\S.*?): (\{role: [^}]*\})(.*)")


def without(tables: dict, table: str, *columns: str) -> dict:
    return {**tables, table: tables[table].drop(columns)}


@pytest.fixture(scope="module")
def shops(tmp_path_factory):
    """Return the original shop, and variants with columns and tables added, removed, renamed or changed."""
    folder = tmp_path_factory.mktemp("law")
    worlds = [
        (frames(), 0.0),
        (frames(), 0.1),
        (frames(weight=[1.5 + n for n in range(60)], color=list(range(60))), 0.0),
        ({**frames(total=["x", "y", "z"] * 20), "visits": frames()["customers"]}, 0.05),
        ({name: frame for name, frame in frames().items() if name != "odd.names"}, 0.0),
        (without(frames(), "order items", "note", "gift"), 0.0),
        ({**frames(), "order items": frames()["order items"].rename({"total": "totals", "color": "colour"})}, 0.1),
        ({name: frame for name, frame in frames().items() if name != "customers"}, 0.0),
    ]
    found = []
    for place, (tables, shift) in enumerate(worlds):
        (folder / str(place)).mkdir()
        found.append(open_shop(folder / str(place), tables, shift))
    write_tags(found[0].path, found[0].project, *found[0].args())
    return found


ACTS = ["role", "plain", "comment", "uncomment", "human", "space", "quote", "block", "anchor", "flow", "delete", "swap"]
ACTS += ["above", "blank", "tab", "sensitivity", "unit", "alias", "confirm", "top"]
WORDS = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"], include_characters="\t"), max_size=15)


@st.composite
def by_hand(draw, text: str) -> str:  # noqa: C901, PLR0912, PLR0915 one branch per kind of edit
    """Draw the text as edited by a user: values, comments, order, blank lines, quotes, styles, deletions."""
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.replace("\r\n", "\n").split("\n")
    for _ in range(draw(st.integers(0, 5))):
        own = [n for n, line in enumerate(lines) if COLUMN.fullmatch(line)]
        if not own:
            break
        n = draw(st.sampled_from(own))
        indent, name, value, rest = COLUMN.fullmatch(lines[n]).groups()
        act = draw(
            st.sampled_from(
                [
                    "role",
                    "plain",
                    "comment",
                    "uncomment",
                    "human",
                    "space",
                    "quote",
                    "block",
                    "anchor",
                    "flow",
                    "delete",
                    "swap",
                    "above",
                    "blank",
                    "tab",
                    "sensitivity",
                    "unit",
                    "alias",
                    "confirm",
                    "top",
                ]
            )
        )
        role = draw(st.sampled_from(ROLES))
        event(act)
        if act == "role":
            lines[n] = indent + name + ": " + re.sub(r"role: [\w]+", f"role: {role}", value) + rest
        elif act == "plain":
            lines[n] = f"{indent}{name}: {role}{rest}"
        elif act == "comment":
            lines[n] += "   # " + draw(WORDS)
        elif act == "uncomment":
            lines[n] = f"{indent}{name}: {value}"
        elif act == "human" and "human" not in value:
            lines[n] = f"{indent}{name}: {value[:-1]}, human: true}}{rest}"
        elif act == "space":
            lines[n] = f"{indent}{name}:   {value.replace(': ', ':    ')}{rest}"
        elif act == "quote":
            lines[n] = indent + name + ": " + re.sub(r"role: (\w+)", r"role: '\1'", value) + rest
        elif act == "block":
            inner = [f"{indent}    {part.strip()}  # {draw(WORDS)}" for part in value[1:-1].split(",")]
            lines[n : n + 1] = [f"{indent}{name}:{rest}", *inner]
        elif act == "anchor" and "&" not in text:
            lines[n] = f"{indent}{name}: &mine {value}{rest}"
        elif act == "flow":
            parts = value[1:-1].split(", ")
            first = f"{indent}{name}: {{{parts[0]},  # {draw(WORDS)}"
            lines[n : n + 1] = [first, f"{indent}  {', '.join(parts[1:])}}}"]
        elif act == "delete":
            del lines[n]
        elif act == "swap":
            pairs = [pair for pair in pairwise(own) if pair[1] == pair[0] + 1]
            if pairs:
                first, second = draw(st.sampled_from(pairs))
                lines[first], lines[second] = lines[second], lines[first]
        elif act == "above":
            lines.insert(n, f"{indent}# {draw(WORDS)}")
        elif act == "blank":
            lines.insert(n, draw(st.sampled_from(["", "   ", "# mine: {not: yaml"])))
        elif act == "tab":
            lines[n] += " #\tmine\t"
        elif act == "sensitivity" and "sensitivity" not in value:
            lines[n] = f"{indent}{name}: {value[:-1]}, sensitivity: sensitive}}{rest}"
        elif act == "unit" and "unit" not in value:
            lines[n] = f'{indent}{name}: {value[:-1]}, unit: "m²"}}{rest}'
        elif act == "alias" and "type: categorical" in value:
            lines[n] = f"{indent}{name}: {value.replace('categorical', 'boolean')}{rest}"
        elif act == "confirm":
            lines = [re.sub(r"^confirmed: (\w+)", "confirmed: true", line) for line in lines]
        elif act == "top":
            lines = [re.sub(r"^target: .*", "target: order items.order_id > 110  # asked", line) for line in lines]
    if draw(st.integers(0, 9)) == 0:
        end = "\n" if end == "\r\n" else "\r\n"
    return end.join(lines)


def lines_of(text: str) -> list[str]:
    return [line.rstrip("\r") for line in text.split("\n")]


class User:
    """A user, with the lines that they wrote or confirmed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.mine: list[str] = []
        self.seen = self.text

    @property
    def text(self) -> str:
        return self.path.read_bytes().decode()

    def wrote(self, *, all_of_it: bool = False) -> None:
        """Record an edit: the user owns the new lines, and those of their lines that are still there."""
        before, mine = Counter(lines_of(self.seen)), Counter(self.mine)
        own = []
        for line in lines_of(self.text):
            if mine[line] > 0:
                mine[line] -= 1
                before[line] -= 1
                own.append(line)
            elif before[line] > 0 and not all_of_it:
                before[line] -= 1
            elif "# missing since 2026-01-02: " not in line:
                own.append(line)
        self.mine, self.seen = own, self.text

    def finds_all(self) -> None:
        """Check, after a change by Radix, that every line of the user is there, in the same order."""
        rest = iter(lines_of(self.text))
        missing = [line for line in self.mine if line not in rest]
        assert not missing
        self.seen = self.text


def settings_by_column(path: Path) -> dict:
    file = read_tags(path)
    return {
        (table, name): line.settings for table, block in file.tables.items() for name, line in block.columns.items()
    }


def refresh(user: User, shop: Shop) -> None:
    """Refresh the file with the data of this shop."""
    before = read_tags(user.path)
    refresh_tags(user.path, *shop.args(), shop.project, today="2026-01-02")
    after = read_tags(user.path)
    user.finds_all()
    for name, block in before.tables.items():
        order = [column for column in after.tables[name].columns if column in block.columns]
        assert order == list(block.columns)
    assert (after.confirmed, after.confirmed_by) == (before.confirmed, before.confirmed_by)
    if before.confirmed:
        assert after.target == before.target


def writer_in_between(user: User, data: st.DataObject) -> None:
    """Save the file as another program, in place or by replacing it, at the moment in which Radix writes."""
    theirs = user.text + "# saved in between\n"
    way = data.draw(st.sampled_from(["in place", "replaced"]))

    def meanwhile(text: str) -> str:
        if way == "in place":
            user.path.write_bytes(theirs.encode())
        else:
            user.path.with_suffix(".new").write_bytes(theirs.encode())
            user.path.with_suffix(".new").replace(user.path)
        return text + "# Radix\n"

    with pytest.raises(TagError, match="RDX-TAG-006"):
        rewrite(user.path, meanwhile)
    assert user.text == theirs
    user.wrote()


def through_radix(user: User, data: st.DataObject) -> None:
    """Correct the tags through Radix: one line changes."""
    columns = settings_by_column(user.path)
    own = [name for name in columns if columns[name].get("role") not in {"target", "time_index", "primary_key"}]
    if not own:
        return
    table, name = data.draw(st.sampled_from(own))
    role = data.draw(st.sampled_from([role for role in ROLES if role not in {"time_index", "primary_key"}]))
    before = user.text
    try:
        set_tags(user.path, {f"{table}.{name}": {"role": role}}, who="Ada", today="2026-01-03")
    except TagError as error:
        assert error.code == "RDX-TAG-011"  # noqa: PT017 some files can be edited, others not, but never partly
        assert user.text == before
        return
    changed = [pair for pair in zip(lines_of(before), lines_of(user.text), strict=False) if pair[0] != pair[1]]
    assert abs(before.count("\n") - user.text.count("\n")) <= 1
    assert len(changed) <= 1 or before.count("\n") != user.text.count("\n")
    after = settings_by_column(user.path)
    assert {key: value for key, value in after.items() if key != (table, name)} == {
        key: value for key, value in columns.items() if key != (table, name)
    }
    user.wrote()


def check_invariant(shops, tmp_path_factory, data) -> None:
    folder = Path(tmp_path_factory.mktemp("hand"))
    path = folder / "tags.yaml"
    try:
        path.write_bytes(shops[0].path.read_bytes())
        ledger_path(path).write_bytes(ledger_path(shops[0].path).read_bytes())
        user = User(path)
        for _ in range(data.draw(st.integers(1, 4))):
            before = read_tags(path).confirmed
            path.write_bytes(data.draw(by_hand(user.text)).encode())
            user.wrote(all_of_it=read_tags(path).confirmed and not before)
            refresh(user, data.draw(st.sampled_from(shops)))
            act = data.draw(st.sampled_from(["refresh", "radix", "between", "confirm", "forget"]))
            event(act)
            if act == "refresh":
                refresh(user, data.draw(st.sampled_from(shops)))
            elif act == "radix":
                through_radix(user, data)
            elif act == "between":
                writer_in_between(user, data)
            elif act == "confirm":
                confirm(path, "Ada")
                user.wrote(all_of_it=True)
            elif act == "forget":
                ledger_path(path).unlink()
    finally:
        shutil.rmtree(folder)


FIXTURES_ARE_READ_ONLY = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=15, deadline=None, suppress_health_check=FIXTURES_ARE_READ_ONLY)
@given(data=st.data())
def test_nothing_a_user_wrote_ever_changes(shops, tmp_path_factory, data):
    check_invariant(shops, tmp_path_factory, data)


@pytest.mark.extended
@settings(max_examples=200, deadline=None, suppress_health_check=FIXTURES_ARE_READ_ONLY)
@given(data=st.data())
def test_nothing_a_user_wrote_ever_changes_in_hundreds_of_stories(shops, tmp_path_factory, data):
    check_invariant(shops, tmp_path_factory, data)


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
