"""Reads the files whose paths arrive on its standard input, and answers what came of each in a line of JSON.

A program of its own, so that a native reader that crashes, hangs or takes all memory does not do so to the tests.
"""

import json
import resource
import signal
import sys
import tempfile
from pathlib import Path

from radix_assets.raw.read_source import TableUnread, read_source
from radix_resources.errors import RadixError

MEMORY = 6 << 30
"""Bytes of address space, of which libraries reserve far more than they use."""
SECONDS = 20
"""Time of the processor for one file, after which the process ends."""


def answer(path: str) -> dict[str, object]:
    """Return what came of a file: `rows` and `rejected` of its tables, the `codes` of errors, or a `trace`."""
    rows, rejected, codes = 0, 0, []
    try:
        with tempfile.TemporaryDirectory(prefix="read_", dir=Path(path).parent) as out:
            for table in read_source(path, Path(out)):
                if isinstance(table, TableUnread):
                    codes.append(table.error.code)
                else:
                    rows, rejected = rows + table.schema.rows, rejected + table.schema.rejected
    except RadixError as error:
        codes.append(error.code)
    except BaseException as error:  # noqa: BLE001 whatever else is raised is what is looked for
        import traceback

        return {"trace": "".join(traceback.format_exception(error))[-3000:]}
    return {"rows": rows, "rejected": rejected, "codes": codes}


def peak_memory() -> int:
    """Return the most memory that this program held, in kilobytes; `ru_maxrss` counts that of the parent too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0])


def main() -> None:
    """Answer until the input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for line in sys.stdin:
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        reply = answer(line.rstrip("\n"))
        reply["memory"] = peak_memory()
        sys.__stdout__.write(json.dumps(reply) + "\n")
        sys.__stdout__.flush()


if __name__ == "__main__":
    main()
