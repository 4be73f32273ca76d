"""The real command, which kills itself at a given call: KILL_AT=module:name:count:before|after.

The call with that number never begins, or never returns its result.
"""

import importlib
import os
import signal
import sys
from typing import Any


def arm(place: str) -> None:
    """Replace the function with one that counts its calls."""
    module, name, count, moment = place.split(":")
    *holders, last = name.split(".")
    holder: Any = importlib.import_module(module)
    for part in holders:
        holder = getattr(holder, part)
    original = getattr(holder, last)
    calls = 0

    def counted(*arguments: Any, **settings: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == int(count) and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*arguments, **settings)
        if calls == int(count) and moment == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(holder, last, counted)


if __name__ == "__main__":
    from radix_assets.cli.main import main

    sys.argv[0] = "radix"
    arm(os.environ.pop("KILL_AT"))
    main()
