"""Embedded MLflow: a database and a directory of artifacts, without a server."""

import contextlib
import logging
import os
import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from radix_resources.errors import ModelError
from radix_resources.files import locked
from radix_resources.tracking.base import Recorded, Tracking, Version
from radix_resources.tracking.new_store import create_store

KEY = "radix.key"
MODEL = "model"
SCHEMA = "mlflow"
"""Dagster uses PostgreSQL's default schema; both it and MLflow have a table alembic_version."""
_MOST = 10_000
"""Maximum number of experiments that are listed."""
LONGEST = 5000
"""Maximum number of characters of a parameter or tag."""


class LocalTracking(Tracking):
    """MLflow's store below one directory: `mlflow.db` and `artifacts/`.

    Where several machines share a PostgreSQL, its tables are there, in a schema of their own.
    """

    root: str
    database_variable: str = ""
    """The environment variable with its address, which must not be among the settings that the UI shows."""

    @property
    def uri(self) -> str:
        if self._database:
            joint = "&" if urlsplit(self._database).query else "?"
            return f"{self._database}{joint}options=-csearch_path%3D{SCHEMA}"
        return f"sqlite:///{Path(self.root).absolute() / 'mlflow.db'}"

    def record(
        self,
        name: str,
        *,
        key: str,
        params: Mapping[str, object],
        metrics: Mapping[str, float],
        tags: Mapping[str, str],
        files: Path,
        loader: str,
        register: bool,
    ) -> Recorded:
        with self._store() as client:
            experiment = self._experiment(client, name)
            runs = client.search_runs([experiment], f"tags.`{KEY}` = '{key}'", max_results=1)
            run = runs[0] if runs else client.create_run(experiment, run_name=key[:12], tags={KEY: key})
            run_id: str = run.info.run_id
            if run.info.status != "FINISHED":
                self._write(client, run_id, params, metrics, tags)
                self._log_model(client, run_id, files, loader)
                client.set_terminated(run_id, "FINISHED")
            return Recorded(run_id, self._version(client, name, run_id, key) if register else None)

    def set_alias(self, name: str, alias: str, version: str) -> None:
        with self._store() as client:
            client.set_registered_model_alias(name, alias, version)

    def versions(self, name: str) -> list[Version]:
        with self._store() as client:
            model_versions = client.search_model_versions(f"name = '{name}'")
            if not model_versions:
                return []
            aliases = client.get_registered_model(name).aliases
            return [
                Version(
                    str(version.version),
                    version.run_id,
                    version.tags.get(KEY, ""),
                    tuple(sorted(alias for alias, of in aliases.items() if str(of) == str(version.version))),
                )
                for version in sorted(model_versions, key=lambda version: int(version.version))
            ]

    def forget(self, name: str, run_id: str) -> None:
        with self._store() as client:
            for version in client.search_model_versions(f"name = '{name}'"):
                if version.run_id == run_id:
                    client.delete_model_version(name, version.version)
            for run in client.search_runs([self._experiment(client, name)], f"attributes.run_id = '{run_id}'"):
                files = Path(urlsplit(unquote(run.info.artifact_uri)).path).parent
                if files.is_relative_to(Path(self.root).absolute()) and files.name == run_id:
                    shutil.rmtree(files, ignore_errors=True)
                client.delete_run(run_id)

    def is_prepared(self, name: str) -> bool:
        """Return whether `prepare` was called for a name. Nothing is opened."""
        return self._artifacts(name).is_dir()

    def prepare(self, name: str) -> None:
        """Create the store, and an experiment of that name in it."""
        with self._store() as client:
            self._experiment(client, name)
            self._artifacts(name).mkdir(parents=True, exist_ok=True)

    def projects(self) -> list[str]:
        """Return the names with recorded runs or a prepared experiment, sorted. No store is created for that."""
        prepared = {path.name for path in self._artifacts("").glob("*") if path.is_dir()}
        if not self._database and not Path(self.root, "mlflow.db").exists():
            return sorted(prepared)
        with self._store() as client:
            experiments = {experiment.name for experiment in client.search_experiments(max_results=_MOST)}
        return sorted((experiments | prepared) - {"Default"})

    def count(self, name: str) -> int | None:
        if not self._database and not Path(self.root, "mlflow.db").exists():
            return None
        with self._store() as client:
            experiment = client.get_experiment_by_name(name)  # one that is marked as deleted too
            models = client.search_registered_models(f"name = '{name}'")
            if experiment is None and not models and not self._artifacts(name).exists():
                return None
            return len(self._runs(client, experiment.experiment_id)) if experiment else 0

    def remove(self, name: str) -> None:
        if self.count(name) is None:
            return
        with self._store() as client:
            if client.search_registered_models(f"name = '{name}'"):
                client.delete_registered_model(name)
            experiment = client.get_experiment_by_name(name)  # one that is marked as deleted too
            if experiment is not None:
                self._remove_experiment(client, experiment)
            shutil.rmtree(self._artifacts(name), ignore_errors=True)

    def _remove_experiment(self, client: Any, experiment: Any) -> None:
        """Remove an experiment. MLflow only marks deleted ones and keeps the name; `mlflow gc`'s calls remove them."""
        store = client._tracking_client.store  # noqa: SLF001 the only public interface is a command
        for run_id in self._runs(client, experiment.experiment_id):
            store._hard_delete_run(run_id)  # noqa: SLF001 same
        if experiment.lifecycle_stage == "active":
            client.delete_experiment(experiment.experiment_id)
        store._hard_delete_experiment(experiment.experiment_id)  # noqa: SLF001 same

    def _runs(self, client: Any, experiment: str) -> list[str]:
        from mlflow.entities import ViewType

        run_ids, token = [], None
        while True:
            page = client.search_runs([experiment], run_view_type=ViewType.ALL, page_token=token)
            run_ids += [run.info.run_id for run in page]
            token = page.token
            if not token:
                return run_ids

    def _artifacts(self, name: str) -> Path:
        return Path(self.root).absolute() / "artifacts" / name

    @contextlib.contextmanager
    def _store(self) -> Iterator[Any]:
        """Open MLflow's client in one process at a time: creating the tables twice at once would break them."""
        root = Path(self.root)
        try:
            root.mkdir(parents=True, exist_ok=True)
            with locked(root / ".lock"), quiet_mlflow() as mlflow:
                if self._database:
                    _make_schema(self._database)
                else:
                    create_store(root / "mlflow.db")
                client = mlflow.MlflowClient(tracking_uri=self.uri, registry_uri=self.uri)
                yield client
        except (OSError, sqlite3.Error) as error:
            raise self._unusable(type(error).__name__) from error
        except Exception as error:
            if type(error).__module__.partition(".")[0] in {"mlflow", "sqlalchemy", "alembic", "psycopg2"}:
                raise self._unusable(getattr(error, "error_code", type(error).__name__)) from error
            raise

    @property
    def _database(self) -> str:
        return os.environ.get(self.database_variable, "") if self.database_variable else ""

    def _unusable(self, reason: str) -> ModelError:
        return ModelError(
            "RDX-MOD-010",
            f"the tracking store cannot be used ({reason})",
            expected="a directory that can be written, with a database of this or an older MLflow",
            hint="check free space and permissions; a damaged mlflow.db may be moved away: it is rebuilt",
            directory=self.root,
        )

    def _experiment(self, client: Any, name: str) -> str:
        experiment = client.get_experiment_by_name(name)
        if experiment is not None:
            return str(experiment.experiment_id)
        location = self._artifacts(name).as_uri()
        return str(client.create_experiment(name, artifact_location=location))

    def _write(
        self,
        client: Any,
        run_id: str,
        params: Mapping[str, object],
        metrics: Mapping[str, float],
        tags: Mapping[str, str],
    ) -> None:
        from mlflow.entities import Metric, Param, RunTag

        client.log_batch(
            run_id,
            metrics=[Metric(key, float(value), 0, 0) for key, value in metrics.items()],
            params=[Param(key, str(value)[:LONGEST]) for key, value in params.items()],
            tags=[RunTag(key, str(value)[:LONGEST]) for key, value in tags.items()],
        )

    def _log_model(self, client: Any, run_id: str, files: Path, loader: str) -> None:
        """Turn the folder into an MLflow model: a description that names the loader, and the files; no pickle."""
        import mlflow.pyfunc

        with tempfile.TemporaryDirectory() as scratch, _requirements_unchecked():
            folder = Path(scratch, MODEL)
            mlflow.pyfunc.save_model(
                str(folder), loader_module=loader, data_path=str(files), pip_requirements=["radix"]
            )
            client.log_artifacts(run_id, str(folder), MODEL)

    def _version(self, client: Any, name: str, run_id: str, key: str) -> str:
        versions = client.search_model_versions(f"run_id = '{run_id}'")
        if versions:
            return str(versions[0].version)
        if not client.search_registered_models(f"name = '{name}'"):
            client.create_registered_model(name)
        source = f"{client.get_run(run_id).info.artifact_uri}/{MODEL}"
        return str(client.create_model_version(name, source, run_id, tags={KEY: key}).version)


def _make_schema(address: str) -> None:
    import psycopg2

    with (
        contextlib.closing(psycopg2.connect(address.replace("+psycopg2", "", 1))) as session,
        session,
        session.cursor() as cursor,
    ):
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")


@contextlib.contextmanager
def _requirements_unchecked() -> Iterator[None]:
    """Let MLflow record a model's requirements without comparing them with what is installed.

    For that it looks at each file of each installed package, which takes two seconds of CPU, and then it logs a warning
    at most. What is recorded names Radix alone, which is what runs.
    """
    from mlflow.utils import environment

    check = environment.warn_dependency_requirement_mismatches
    environment.warn_dependency_requirement_mismatches = lambda _: None
    try:
        yield
    finally:
        environment.warn_dependency_requirement_mismatches = check


@contextlib.contextmanager
def quiet_mlflow() -> Iterator[Any]:
    """Import MLflow without telemetry and without terminal output."""
    for variable in ("MLFLOW_DISABLE_TELEMETRY", "DO_NOT_TRACK"):
        os.environ.setdefault(variable, "true")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import mlflow

        for logger in ("mlflow", "alembic"):
            logging.getLogger(logger).setLevel(logging.WARNING)
        yield mlflow
