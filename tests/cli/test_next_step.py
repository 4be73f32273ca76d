"""What `radix status` names as the next step."""

from types import SimpleNamespace
from typing import Any

import pytest

from radix_assets.cli.status import _better_model


@pytest.mark.parametrize(("serving", "said"), [("nothing", True), ("model-1", False), (None, False)])
def test_a_refused_model_leads_to_what_may_make_a_better_one(*, serving: str | None, said: bool):
    commit = SimpleNamespace(shown={"shown": {"serving": serving, "reason": "It reads a leak."}}) if serving else None
    statuses: Any = [SimpleNamespace(step=SimpleNamespace(name="champion"), commit=commit)]
    text = _better_model(statuses, "shop")
    assert bool(text) == said
    assert not said or (
        text.startswith("no model serves. It reads a leak. Check the target in tags.yaml")
        and text.endswith("radix run shop")
    )
