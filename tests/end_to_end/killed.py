"""The real command, which kills itself at a given call: KILL_AT=module:name:count:before|after.

The call with that number never begins, or never returns its result. KILL_SIGNAL is the signal, by default SIGKILL.
"""

import importlib
import os
import signal
import sys
import time
from typing import Any


def end(number: int) -> None:
    """Send the signal to this process; do nothing more until it has ended."""
    os.kill(os.getpid(), number)
    time.sleep(600)


def arm(place: str, number: int) -> None:
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
            end(number)
        result = original(*arguments, **settings)
        if calls == int(count) and moment == "after":
            end(number)
        return result

    setattr(holder, last, counted)


if __name__ == "__main__":
    from radix_assets.cli.main import main

    sys.argv[0] = "radix"
    arm(os.environ.pop("KILL_AT"), signal.Signals[os.environ.pop("KILL_SIGNAL", "SIGKILL")])
    main()
