"""The items of a resource of dlt: those of the last snapshot, and those that are new."""

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from radix_assets.sources.addresses import refuse_metadata
from radix_assets.sources.databases.errors import no_such_table
from radix_assets.sources.packages import not_installed
from radix_assets.sources.read.files import SourceFile
from radix_assets.sources.read.place import Place
from radix_assets.sources.read.records.decode import Decoded, decoder
from radix_assets.sources.read.records.stage import stage_records
from radix_assets.sources.read.settings import FileSettings
from radix_assets.sources.read.staging import Staged
from radix_assets.sources.services.dlt_run import ITEMS, RESULT
from radix_resources.credentials.lookup import Credentials
from radix_resources.errors import CredentialError, SourceError, TransientSourceError

ITEMS_FILE: Final = "items.ndjson"


def revealed(value: Any, credentials: Credentials, table: str) -> Any:
    """Return arguments with the credentials that they refer to. Raise RDX-CRD-001 or RDX-SRC-051."""
    if isinstance(value, Mapping):
        return {name: revealed(item, credentials, table) for name, item in value.items()}
    if isinstance(value, list):
        return [revealed(item, credentials, table) for item in value]
    if not isinstance(value, str):
        return value
    if "://" in value:
        refuse_metadata(urlsplit(value).hostname or "", {"table": table})
    return credentials.reveal(value, quoted=str, purpose="a secret of the arguments", table=table)


def stage_resource(
    task: dict[str, Any],
    work: Path,
    source: FileSettings,
    last: tuple[Path, Mapping[str, Any]] | None,
    names: list[str],
) -> Staged:
    """Ask the service for what is new, and stage all items. `last` is the last snapshot's folder and what it recorded.

    Raise SourceError RDX-SRC-014 (no such resource), 016 or 050 (dlt is not installed), CredentialError RDX-CRD-002,
    TransientSourceError RDX-SRC-012, and what `stage_records` raises.
    """
    result = _run(task | {"state": last[1].get("dlt") if last else None}, work, source.table, names)
    path = work / ITEMS_FILE
    _join(last[0] / ITEMS_FILE if last else None, work / ITEMS, path, result)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    file = SourceFile(path, task["resource"], digest, path.stat().st_size, inside=source.part)
    staged = stage_records(source, [file], work, read_items)
    staged.layout, staged.dialect["format"] = "dlt", "dlt"
    staged.dialect["disposition"] = result["disposition"]
    if result["keys"] and not source.part and set(result["keys"]) <= set(staged.unique):
        staged.declared.primary_key = result["keys"]
    staged.state = {"dlt": result["state"]}
    staged.beside = {ITEMS_FILE: path}
    return staged


def read_items(path: Path, notes: Decoded, place: Place) -> Iterator[Any]:
    """Yield the items of a file, one a line."""
    del notes, place
    parse = decoder().decode
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield parse(line)


def _join(old: Path | None, new: Path, path: Path, result: Mapping[str, Any]) -> None:
    """Write the items that are there now: new ones instead of all, instead of those with the same keys, or behind."""
    keys = result["keys"] if result["disposition"] == "merge" else []
    newest: dict[str, int] = {}
    files = [file for file in (old, new) if file and (file == new or result["disposition"] != "replace")]
    for number, line in enumerate(_lines(files)):
        if keys:
            newest[_key(line, keys)] = number
    with path.open("w", encoding="utf-8") as out:
        for number, line in enumerate(_lines(files)):
            if not keys or newest[_key(line, keys)] == number:
                out.write(line)


def _lines(files: list[Path]) -> Iterator[str]:
    for file in files:
        with file.open(encoding="utf-8") as lines:
            yield from lines


def _key(line: str, keys: list[str]) -> str:
    item = json.loads(line)
    return json.dumps([item.get(key) for key in keys]) if isinstance(item, dict) else line


def _run(task: dict[str, Any], work: Path, table: str, names: list[str]) -> dict[str, Any]:
    if importlib.util.find_spec("dlt") is None:
        raise not_installed("sources of dlt", "dlt")
    # Settings and secrets of dlt come from the environment and from files around it; this process has neither.
    environment = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG") if name in os.environ}
    environment |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "HOME": str(work), "DLT_DATA_DIR": str(work / "dlt")}
    environment |= {"RUNTIME__LOG_LEVEL": "CRITICAL", "RUNTIME__REQUEST_MAX_ATTEMPTS": "3", "DO_NOT_TRACK": "true"}
    subprocess.run(
        [sys.executable, "-m", "radix_assets.sources.services.dlt_run", str(work)],
        input=json.dumps(task).encode(),
        cwd=work,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    try:
        result: dict[str, Any] = json.loads((work / RESULT).read_bytes())
    except (OSError, ValueError):
        result = {"error": "other", "names": ["the process ended"]}
    if "error" in result:
        raise _error(result, task, table, names)
    return result


def _error(result: Mapping[str, Any], task: Mapping[str, Any], table: str, names: list[str]) -> Exception:
    what = ", ".join(result["names"])
    match result["error"]:
        case "resource":
            hint = "correct `resource`"
            return no_such_table(task["resource"], result["names"], {"table": table}, hint=hint)
        case "refused":
            return CredentialError(
                "RDX-CRD-002",
                f"the service refused the credential ({what})",
                expected="a credential that may read there",
                hint=f"set another: radix credentials set {names[-1]}" if names else "correct `arguments`",
                table=table,
            )
        case "no answer":
            hint = "check the address and the network; then try again"
            return TransientSourceError("RDX-SRC-012", f"the service does not answer ({what})", hint=hint, table=table)
    hint = "run the source of dlt by itself, with the same arguments"
    return SourceError("RDX-SRC-016", f"the source of dlt failed ({what})", hint=hint, table=table)
