"""A shop that was run to its end once in a session; each test that starts from one gets a copy."""

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import httpx
from driving import Installation, Result
from little_shop import write_shop

from radix_assets.pipeline.tools import tools
from radix_resources.files import locked

_NAME = "finished"
"""As long as the names of the copies: a path is replaced in a file by another of its length, as databases require."""


@dataclass(frozen=True)
class Prepared:
    """An installation whose project `shop` is finished, and the result of the `radix run --json` that finished it."""

    installation: Installation
    result: Result


def finished_shop(session: Path) -> Prepared:
    """Return the finished shop, which nothing may change; make it if this is the first call of the session.

    New interpreters made it, each with its own hash seed. Its endpoint has answered and is stopped.
    """
    folder = session / "shops" / _NAME
    folder.parent.mkdir(exist_ok=True)
    output = folder / "output"
    with locked(folder.parent / "lock"):
        if not output.exists():
            shutil.rmtree(folder, ignore_errors=True)  # of a test that failed to make it
            _finish(folder, output)
    return _at(folder)


def copy_of_finished_shop(session: Path) -> Prepared:
    """Return a copy of the finished shop; its endpoint is stopped."""
    source = finished_shop(session).installation.folder
    target = source.with_name(uuid4().hex[: len(_NAME)])
    shutil.copytree(source, target)
    for file in target.rglob("*"):
        if file.is_file() and str(source).encode() in (content := file.read_bytes()):
            file.write_bytes(content.replace(str(source).encode(), str(target).encode()))
    return _at(target)


@contextlib.contextmanager
def serving_copy(session: Path) -> Iterator[Prepared]:
    """Yield a copy of the finished shop with its endpoint running; stop it at the end."""
    copy = copy_of_finished_shop(session)
    deployed = tools(copy.installation.home).endpoint.start("shop")
    assert deployed
    assert deployed.address
    try:
        text = copy.result.out.replace(copy.result.json["endpoint"], deployed.address)  # its port may be in use
        yield replace(copy, result=replace(copy.result, out=text))
    finally:
        copy.installation.close()


def _finish(folder: Path, output: Path) -> None:
    folder.mkdir()
    made = Installation(folder, forks=False)
    try:
        made.new("shop", *write_shop(made.data), "--target", "orders.returned", "--accept", "auto")
        result = made.radix("run", "shop", "--json")
        assert httpx.get(f"{result.json['endpoint']}/health", timeout=60).json() == {"healthy": True}
    finally:
        made.close()
    output.with_suffix(".err").write_text(result.err)
    output.write_text(result.out)


def _at(folder: Path) -> Prepared:
    output = folder / "output"
    return Prepared(Installation(folder), Result(0, output.read_text(), output.with_suffix(".err").read_text()))
