"""Bad input: a coded error at its asset; the other tables and projects continue; no secret is ever shown."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as adbc
import pytest
import yaml
from driving import DONE, FAILED, PERSON, Installation, Result, errors, states
from little_shop import TABLES, write_shop
from postgresql_rules import demand_password

pytestmark = pytest.mark.slow

PASSWORD = "kR3t-of-the-till"
WRONG = "kR3t-of-nobody"
GOOD = [f"{stage}/{table}" for stage in ("raw", "profile") for table in TABLES]


@pytest.fixture(scope="module")
def database(postgresql: tuple[str, Path]) -> str:
    """Return the address of a PostgreSQL server with a table `payments`, where the user `till` needs a password."""
    owner, folder = postgresql
    execute(
        owner,
        f"CREATE ROLE till LOGIN PASSWORD '{PASSWORD}'",
        "CREATE TABLE payments AS SELECT n AS payment_id, 1000 + n AS order_id FROM generate_series(1, 50) AS n",
        "GRANT SELECT ON payments TO till",
    )
    demand_password(owner, folder, "till")
    return owner.replace("postgres:@", "till:${TILL_PASSWORD}@")


def execute(address: str, *statements: str) -> None:
    with adbc.connect(address, autocommit=True) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def add_sources(installation: Installation, *sources: dict[str, Any]) -> None:
    content = yaml.safe_load(installation.project_file("shop").read_text())
    installation.rewrite("shop", sources=[*content["sources"], *sources])


def all_output(installation: Installation, *results: Result) -> bytes:
    """Return everything that was printed, and all files of the installation."""
    parts = [one.out.encode() + one.err.encode() for one in results]
    for root in (installation.home.state, installation.home.projects):
        for file in root.rglob("*"):
            with contextlib.suppress(FileNotFoundError, OSError):
                if file.is_file():
                    parts.append(file.read_bytes())
    return b"\n".join(parts)


@pytest.mark.extended
def test_tables_that_cannot_be_read_leave_the_others_and_other_projects_alone(
    installation: Installation, database: str
):
    files = write_shop(installation.data)
    installation.new("other", files[0])
    installation.radix("run", "other", expect=None)
    before = installation.content("other")
    assert before

    (installation.data / "empty.csv").write_text("")
    (installation.data / "header.csv").write_text("a,b\n")
    (installation.data / "torn.parquet").write_bytes(b"PAR1 and then nothing")
    installation.new("shop", *files, "--target", "orders.returned")
    add_sources(
        installation,
        {"table": "missing", "path": "../../data/missing.csv"},
        {"table": "empty", "path": "../../data/empty.csv"},
        {"table": "header", "path": "../../data/header.csv"},
        {"table": "torn", "path": "../../data/torn.parquet"},
        {"database": database, "tables": ["payments"]},
        {"database": database.replace("TILL", "UNSET"), "tables": ["payouts"]},
    )
    result = installation.radix("run", "shop", "--json", expect=FAILED, TILL_PASSWORD=WRONG)
    assert result.json["state"] == "failed"
    assert errors(result.json) == {
        "raw/missing": "RDX-SRC-001",
        "raw/empty": "RDX-SRC-003",
        "raw/header": "RDX-SRC-004",
        "raw/torn": "RDX-SRC-005",
    }
    waiting = {asset["key"]: asset["error"] for asset in result.json["assets"] if asset["state"] == "waiting"}
    assert waiting["shop/raw/payments"]["code"] == "RDX-CRD-002"
    assert waiting["shop/raw/payouts"]["code"] == "RDX-CRD-001"
    assert "radix credentials set UNSET_PASSWORD" in waiting["shop/raw/payouts"]["hint"]
    for asset in result.json["assets"]:
        if asset["state"] == "failed":
            assert asset["error"]["hint"]
            assert asset["error"]["table"] == asset["key"].rpartition("/")[2]
    assert {states(result.json)[name] for name in [*GOOD, "relationships", "suggestions"]} == {"made"}
    assert states(result.json)["tags"] == "waiting"
    assert installation.content("other") == before

    outputs = [installation.radix(*command, expect=None, TILL_PASSWORD=WRONG) for command in STATUS_COMMANDS]
    text = all_output(installation, result, *outputs)
    assert WRONG.encode() not in text

    done = installation.radix("run", "shop", "--json", expect=FAILED, TILL_PASSWORD=PASSWORD)
    assert states(done.json)["raw/payments"] == "made"
    assert {states(done.json)[name] for name in GOOD} == {"fresh"}
    outputs = [installation.radix(*command, expect=None, TILL_PASSWORD=PASSWORD) for command in STATUS_COMMANDS]
    assert PASSWORD.encode() not in all_output(installation, done, *outputs)
    installation.verify()


STATUS_COMMANDS = (
    ("status",),
    ("status", "shop"),
    ("status", "--json"),
    ("log", "--json"),
    ("log",),
    ("doctor",),
    ("tags", "shop"),
)


@pytest.mark.extended
def test_a_password_in_an_address_is_never_stored(installation: Installation, database: str):
    result = installation.radix("new", "shop", database.replace("${TILL_PASSWORD}", PASSWORD))
    assert "radix credentials set" in result.out
    assert PASSWORD.encode() not in all_output(installation, result)
    (source,) = yaml.safe_load(installation.project_file("shop").read_text())["sources"]
    assert source["tables"] == ["payments"]
    (name,) = [word.rstrip("}") for word in source["database"].split("${")[1:] for word in [word.partition("}")[0]]]
    run = installation.radix("run", "shop", "--json", expect=None, **{name: PASSWORD})
    assert states(run.json)["raw/payments"] == "made"
    assert PASSWORD.encode() not in all_output(installation, result, run)


def test_a_password_in_the_project_file_is_refused_and_not_repeated(installation: Installation):
    installation.new("shop", *write_shop(installation.data))
    add_sources(installation, {"database": f"postgresql://till:{PASSWORD}@localhost/shop", "tables": ["payments"]})
    result = [
        installation.radix(*command, expect=FAILED) for command in (("run", "shop"), ("status",), ("status", "--json"))
    ]
    assert all(PASSWORD not in one.out + one.err for one in result)
    assert "RDX-CFG-003" in result[0].err


@pytest.mark.extended
def test_an_empty_table_among_good_ones_stops_nothing(installation: Installation):
    _, orders, _ = write_shop(installation.data)
    (installation.data / "refunds.csv").write_text("refund_id,order_id\n")
    installation.new(
        "shop", orders, str(installation.data / "refunds.csv"), "--target", "orders.days", "--accept", "auto"
    )
    summary = installation.radix("run", "shop", "--json", expect=DONE).json
    assert summary["state"] == "done"
    assert errors(summary) == {"raw/refunds": "RDX-SRC-004"}
    assert states(summary)["raw/refunds"] == states(summary)["profile/refunds"] == "left_out"
    runs = installation.runs()
    again = installation.radix("run", "shop", "--json", expect=DONE).json
    assert "made" not in states(again).values()
    assert installation.runs() == runs
    assert installation.radix("status", "--json", expect=DONE).json["projects"][0]["state"] == "done"

    (installation.data / "refunds.csv").write_text("refund_id,order_id\n1,1001\n2,1005\n")
    assert states(installation.radix("run", "shop", "--json").json)["raw/refunds"] == "made"
    (installation.data / "refunds.csv").write_text("refund_id,order_id\n")
    emptied = installation.radix("run", "shop", "--json", expect=FAILED).json
    assert errors(emptied) == {"raw/refunds": "RDX-SRC-004"}, "its old rows are used, and a user should know"


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Yield a shop at its gate; each test breaks its tags."""
    made = Installation(tmp_path_factory.mktemp("gate"))
    files = write_shop(made.data)
    orders = Path(files[1])
    lines = orders.read_text().splitlines()
    orders.write_text("\n".join([f"{lines[0]},channel", *(f"{line},web" for line in lines[1:])]) + "\n")
    made.new("shop", *files, "--target", "orders.returned")
    made.radix("run", "shop", expect=PERSON)
    made.new("other", files[0])
    made.radix("run", "other", expect=None)
    yield made
    made.close()


@pytest.fixture
def tags(gate: Installation) -> Iterator[Path]:
    """Yield the confirmed tags file; restore it at the end."""
    path = gate.tags_file("shop")
    good = path.read_text()
    path.write_text(good.replace("confirmed: false", "confirmed: true"))
    yield path
    path.write_text(good)


def line_of(path: Path, text: str) -> str:
    lines = [number for number, line in enumerate(path.read_text().splitlines(), 1) if text in line]
    return str(lines[0])


@pytest.mark.parametrize(
    ("old", "new", "code", "hint"),
    [
        pytest.param("tables:\n", "tables: [\n", "RDX-TAG-003", "", id="not YAML"),
        pytest.param("express: {role: feature", "express: {role: featre", "RDX-TAG-004", "feature", id="no such role"),
        pytest.param("      express:", "      expres:", "RDX-TAG-007", "express", id="a missing column"),
        pytest.param(
            "target: orders.returned", "target: orders.returnd", "RDX-TAG-002", "orders.returned", id="target"
        ),
        pytest.param(
            "target: orders.returned", "target: orders.channel", "RDX-TGT-002", "another", id="constant target"
        ),
        pytest.param(
            "target: orders.returned", "target: orders.days > 1e6", "RDX-TGT-002", "", id="constant comparison"
        ),
    ],
)
def test_invalid_tags_are_an_error_at_the_tags_asset_with_the_line(
    gate: Installation, tags: Path, old: str, new: str, code: str, hint: str
):
    text = tags.read_text()
    assert old in text
    tags.write_text(text.replace(old, new, 1))
    before = gate.content("other")
    summary = gate.radix("run", "shop", "--json", expect=FAILED).json
    assert errors(summary) == {"tags": code}
    (error,) = [asset["error"] for asset in summary["assets"] if asset["state"] == "failed"]
    assert error["file"].endswith("shop/tags.yaml")
    if code != "RDX-TAG-003":
        assert error["line"] == line_of(tags, new)
    assert hint in error["hint"]
    assert {states(summary)[name] for name in [*GOOD, "relationships", "suggestions"]} == {"fresh"}
    (shop,) = [
        one for one in gate.radix("status", "--json", expect=FAILED).json["projects"] if one["project"] == "shop"
    ]
    assert shop["state"] == "failed"
    assert gate.content("other") == before


def test_an_unknown_target_of_the_project_file_is_an_error_with_the_nearest_name(gate: Installation):
    gate.rewrite("shop", goal={"target": "orders.retruned"})
    summary = gate.radix("run", "shop", "--json", expect=FAILED).json
    assert errors(summary) == {"suggestions": "RDX-TAG-002"}
    (error,) = [asset["error"] for asset in summary["assets"] if asset["state"] == "failed"]
    assert "orders.returned" in error["hint"]
    assert {states(summary)[name] for name in GOOD} == {"fresh"}
    gate.rewrite("shop", goal={"target": "orders.returned"})
    assert gate.radix("run", "shop", "--json", expect=PERSON).json["state"] == "waiting"


def test_a_broken_project_file_leaves_the_other_projects_alone(gate: Installation):
    path = gate.project_file("broken")
    path.parent.mkdir()
    path.write_text("sources:\n  - table: a\n    path: a.csv\npolicy:\n  tags: robot\n")
    try:
        shown = gate.radix("status", "--json", expect=FAILED).json
        assert {project["project"] for project in shown["projects"]} == {"shop", "other"}
        error = shown["broken"]["broken"]
        assert (error["code"], error["line"]) == ("RDX-CFG-003", "5")
        assert "'human'" in error["expected"]
        assert "RDX-CFG-003" in gate.radix("status", expect=FAILED).out
        refused = gate.radix("run", "broken", expect=FAILED)
        assert "RDX-CFG-003" in refused.err
        assert "Traceback" not in refused.err
        assert gate.radix("run", "shop", "--json", expect=PERSON).json["state"] == "waiting"
    finally:
        path.unlink()
        path.parent.rmdir()


def test_a_missing_project_is_reported_with_the_nearest_name(gate: Installation):
    result = gate.radix("run", "shpo", expect=FAILED)
    assert "RDX-CFG-005" in result.err
    assert "did you mean shop?" in result.err


def test_a_second_project_of_the_same_name_overwrites_nothing(gate: Installation):
    before = gate.project_file("shop").read_text()
    assert "RDX-CFG-006" in gate.radix("new", "shop", "data/orders.csv", expect=FAILED).err
    assert gate.project_file("shop").read_text() == before


def test_an_edit_of_a_missing_column_changes_nothing(gate: Installation):
    before = gate.tags_file("shop").read_text()
    result = gate.radix("tags", "shop", "--set", "orders.expres=ignore", expect=FAILED)
    assert "RDX-TAG-007" in result.err
    assert "express" in result.err
    assert "RDX-TAG-004" in gate.radix("tags", "shop", "--set", "orders.express=ignor", expect=FAILED).err
    assert gate.tags_file("shop").read_text() == before
