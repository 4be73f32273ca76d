"""Comparison of two results: numbers to 1e-9, all else exactly."""

import math
from typing import Any

FAR = 1e-9


def alike(one: Any, two: Any, where: str = "") -> None:
    if isinstance(one, dict):
        assert list(one) == list(two), where
        for key in one:
            alike(one[key], two[key], f"{where}.{key}")
    elif isinstance(one, list | tuple):
        assert len(one) == len(two), f"{where}: {one} / {two}"
        for place, (left, right) in enumerate(zip(one, two, strict=True)):
            alike(left, right, f"{where}[{place}]")
    elif isinstance(one, float) and isinstance(two, float | int):
        assert one == two or math.isclose(one, two, rel_tol=FAR, abs_tol=FAR), f"{where}: {one!r} / {two!r}"
    else:
        assert one == two, f"{where}: {one!r} / {two!r}"
