"""Columns that were kept as text, though their values look like numbers or dates, are suggested as text."""

import json

import typer
from typer.testing import CliRunner

from radix_assets.cli import suggest


def test_no_column_of_text_is_numeric_or_a_datetime(tmp_path):
    rows = [f"{n},{n * 7 % 90},2024-01-{n % 28 + 1:02}T10:00:00Z,{n}" for n in range(60)]
    rows += ["60,abc,2024-01-05T10:00:00,x1", "61,abd,2024-01-05T11:00:00,x2"]
    (tmp_path / "t.csv").write_text("id,amount,at,level\n" + "\n".join(rows) + "\n")
    app = typer.Typer()
    suggest.register(app)
    result = CliRunner().invoke(app, [str(tmp_path / "t.csv"), "--json"])
    assert result.exit_code == 0, result.output
    columns = json.loads(result.stdout.strip().splitlines()[-1])["tables"]["t"]["columns"]
    kinds = {name: columns[name]["type"] for name in ("amount", "at", "level")}
    assert not {"numeric", "datetime"} & set(kinds.values()), kinds
