"""A new MLflow database in SQLite, from the tables that MLflow's migrations make.

MLflow runs all 70 migrations of its history for an empty database, which takes three seconds of CPU. Their result is in
`new_store.sql`; `python -m radix_resources.tracking.new_store` writes it.
"""

import contextlib
import sqlite3
import tempfile
from pathlib import Path

from radix_resources.files import put_if_absent

TABLES = Path(__file__).with_suffix(".sql")


def create_store(database: Path) -> None:
    """Create the database unless it exists. Does nothing if the tables are of another version of MLflow.

    The database appears in one step. Without it, MLflow's client creates its own.
    """
    statements = TABLES.read_text(encoding="utf-8")
    if database.exists() or f"('{_version()}')" not in statements:
        return
    with contextlib.closing(sqlite3.connect(":memory:")) as memory:
        memory.executescript(statements)
        put_if_absent(database, memory.serialize())


def migrated_tables() -> str:
    """Return the SQL of a database to which the installed MLflow has applied its migrations, without any experiment."""
    from mlflow.store.db.utils import _initialize_tables, create_sqlalchemy_engine

    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder, "mlflow.db")
        engine = create_sqlalchemy_engine(f"sqlite:///{database}")
        _initialize_tables(engine)
        engine.dispose()
        with contextlib.closing(sqlite3.connect(database)) as connection:
            return "\n".join(line.rstrip() for line in "\n".join(connection.iterdump()).splitlines()) + "\n"


def _version() -> str:
    """Return the last migration of the installed MLflow."""
    from mlflow.store.db.utils import _get_latest_schema_revision

    version: str = _get_latest_schema_revision()
    return version


if __name__ == "__main__":
    TABLES.write_text(migrated_tables(), encoding="utf-8")
