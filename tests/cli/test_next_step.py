"""What `radix status` names as the next step, and what it prints of the assets."""

from typing import Any

import pytest

from radix_assets.cli.status import _better_model, _print_assets, _serves_nothing
from radix_assets.models.serving_now import ServingNow

NOTHING = ServingNow(None, None, "", None, "", "", "It reads a leak.")
VERSION_1 = ServingNow("4f", "1", "roc_auc", 0.87, "2030-01-31T08:15:59+00:00", "800 rows", "It is the first.")


@pytest.mark.parametrize(("serving", "said"), [(NOTHING, True), (VERSION_1, False), (None, False)])
def test_a_refused_model_leads_to_what_may_make_a_better_one(*, serving: ServingNow | None, said: bool):
    text = _better_model(serving, "shop")
    assert bool(text) == said
    assert not said or (text.startswith("check the target in tags.yaml") and text.endswith("radix run shop"))
    row: dict[str, Any] = {"state": "done", "serving": serving and serving.as_json()}
    assert _serves_nothing(row) == said


def test_a_task_is_printed_once_however_many_assets_wait_for_it(capsys: pytest.CaptureFixture[str]):
    assets = [
        {"key": f"shop/{name}", "state": state, "version": None, "reason": reason}
        for name, state, reason in [
            ("raw/a", "waiting", "set A"),
            ("raw/b", "fresh", ""),
            ("tags", "waiting", "confirm [the] tags"),
            ("labels", "waiting", "confirm [the] tags"),
            ("model", "waiting", "set A"),
        ]
    ]
    _print_assets(assets, next_step="set A")
    lines = [line.split(maxsplit=2)[1:] for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        ["shop/raw/a", "waits for you, see next"],
        ["shop/raw/b"],
        ["shop/tags", "confirm [the] tags"],
        ["shop/labels", "waits for tags"],
        ["shop/model", "waits for raw/a"],
    ]
