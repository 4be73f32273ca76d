"""A PostgreSQL server with a role that needs a password."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import adbc_driver_postgresql.dbapi as adbc
from postgresql_rules import demand_password
from postgresql_servers import running


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
def served(folder: Path, session: Path) -> Iterator[Database]:
    """Run a server with the tables payments and payouts; stop it at the end."""
    with running(folder, session) as owner:
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
