"""A model stops serving when a person tags what it reads as a leak."""

from pathlib import Path

import pytest
from prepared import copy_of_finished_shop

pytestmark = pytest.mark.extended


def test_a_model_that_reads_what_is_now_a_leak_serves_no_longer(session_folder: Path):
    shop = copy_of_finished_shop(session_folder).installation
    try:
        assert shop.radix("run", "shop", "--json").json["serving"]["version"] == "1"
        shop.radix("tags", "shop", "--set", "orders.weight=leak", "--confirm")
        run = shop.radix("run", "shop", "--json")
        serving = run.json["serving"]
        assert serving["version"] == "2"
        assert serving["reason"].startswith("The champion reads what is tagged leak or ignore now: orders.weight.")
        assert "serves    version 2 (" in run.err
    finally:
        shop.close()
