"""Run a source of dlt: a process of its own, which knows the given arguments and nothing of the environment.

It takes a task as JSON on its input, and writes the items one a line, and what becomes of them as JSON, into a folder.
No destination is loaded: dlt asks the service, page by page, and keeps what it has to know for the next time.
"""

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from radix_assets.sources.read.avro_files import plain_value
from radix_assets.sources.read.records.columns import dump

ITEMS, RESULT = "new.ndjson", "result.json"
_REFUSED: Final = (401, 403)
_NAME: Final = "radix"


def run(task: dict[str, Any], work: Path) -> dict[str, Any]:
    """Write the items of a resource, and return how they are to be taken together with those of the last time."""
    import dlt

    folder = work / "pipelines"
    if task["state"]:
        (folder / _NAME).mkdir(parents=True)
        (folder / _NAME / "state.json").write_text(task["state"], encoding="utf-8")
    module, _, name = task["function"].partition(":")
    source = getattr(importlib.import_module(module), name)(**task["arguments"])
    resources = getattr(source, "resources", None)
    if resources is None:
        resource = source
    elif task["resource"] in resources:
        source = source.with_resources(task["resource"])
        resource = source.resources[task["resource"]]
    else:
        return {"error": "resource", "names": sorted(resources)[:5]}
    pipeline = dlt.pipeline(_NAME, pipelines_dir=str(folder))
    pipeline.extract(source)
    schema = resource.compute_table_schema()
    keys = [name for name, column in schema["columns"].items() if column.get("primary_key")]
    with (work / ITEMS).open("w", encoding="utf-8") as out:
        for item in _items(folder / _NAME / "normalize", schema["name"]):
            out.write(dump(plain_value(item)) + "\n")
    state = (folder / _NAME / "state.json").read_text(encoding="utf-8")
    return {"disposition": schema.get("write_disposition", "append"), "keys": keys, "state": state}


def _items(folder: Path, table: str) -> Iterator[Any]:
    import gzip

    from dlt.common.json import custom_pua_decode_nested
    from dlt.common.json import json as typed

    for file in sorted(folder.rglob(f"{table}.*")):
        if "jsonl" not in file.name:
            raise TypeError("tables of Arrow")
        with gzip.open(file, "rb") if file.name.endswith(".gz") else file.open("rb") as lines:
            for line in lines:
                content = custom_pua_decode_nested(typed.loadb(line))
                yield from content if isinstance(content, list) else [content]


def _reason(error: BaseException | None) -> dict[str, Any]:
    """Return what kind of failure it is, without its text, which may hold addresses and values."""
    from requests.exceptions import RequestException

    names = []
    while error is not None:
        names.append(type(error).__name__)
        if isinstance(error, RequestException):
            status = getattr(error.response, "status_code", None)
            if status in _REFUSED:
                return {"error": "refused", "names": [str(status)]}
            if status is None or status >= 500 or status == 429:  # noqa: PLR2004 by definition
                return {"error": "no answer", "names": [str(status or type(error).__name__)]}
            return {"error": "other", "names": [str(status)]}
        error = error.__cause__ or error.__context__
    return {"error": "other", "names": names[-1:]}


def main() -> None:
    """Run the task."""
    work = Path(sys.argv[1])
    task = json.load(sys.stdin)
    try:
        result = run(task, work)
    except Exception as error:  # noqa: BLE001 only the kind of failure is reported
        result = _reason(error)
    (work / RESULT).write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main()
