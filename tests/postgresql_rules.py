"""Passwords for roles of a test's PostgreSQL server, which trusts everyone at first."""

import time
from pathlib import Path

import adbc_driver_postgresql.dbapi as adbc

_LOADED = "SELECT pg_conf_load_time()::text"
PATIENCE = 240.0
"""Seconds after which a test fails."""


def demand_password(owner: str, folder: Path, role: str) -> None:
    """Make the server of the folder require the password of a role; return once it does.

    The server reloads its rules some time after the request, on a busy machine much later.
    """
    rules = folder / "pg_hba.conf"
    rules.write_text(f"local all {role} scram-sha-256\n" + rules.read_text())
    before = _ask(owner, _LOADED)
    _ask(owner, "SELECT pg_reload_conf()")
    end = time.monotonic() + PATIENCE
    while _ask(owner, _LOADED) == before:  # a new connection each time, since it sees what the server had loaded
        assert time.monotonic() < end, "the server does not read its rules again"
        time.sleep(0.02)


def _ask(owner: str, query: str) -> object:
    with adbc.connect(owner, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
        return row[0] if row else None
