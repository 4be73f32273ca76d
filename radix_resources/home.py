"""The folders of an installation, and the environment that its processes share."""

import os
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from urllib.parse import quote

from radix_resources.credentials.lookup import credentials
from radix_resources.files import write_atomically
from radix_resources.metadata.base import VARIABLE, Metadata
from radix_resources.metadata.choice import metadata_of

RETENTION_DAYS = 30.0
QUIET = {
    "DAGSTER_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "true",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ASYNC_LOGGING": "false",
    "YDATA_PROFILING_NO_ANALYTICS": "True",
    "GIT_PYTHON_REFRESH": "quiet",
    "MPLBACKEND": "agg",
    # OpenMP threads that spin while they wait make a small model two hundred times slower on a busy machine.
    "GOMP_SPINCOUNT": "10000",
    "OMP_WAIT_POLICY": "passive",
}
"""No library sends telemetry, and none uses a core while it waits."""


@dataclass(frozen=True)
class Home:
    """An installation: its state directory, its project files, and what it shares with other machines."""

    state: Path
    projects: Path
    storage: Path | None = None
    """The folder with the snapshots, models and project files that machines share. None: the state directory."""
    address: str = ""
    """The address of the metadata database that machines share. Empty: SQLite in the state directory.

    It may contain a password, or refer to a credential: `${NAME}`.
    """
    retention_days: float = RETENTION_DAYS
    """Days for which unreferenced files and the output of runs are kept."""

    @classmethod
    def from_environment(cls) -> "Home":
        """Read `RADIX_HOME` (by default `.radix`) and `RADIX_PROJECTS` (by default `projects`).

        With `RADIX_STORAGE` the project files are by default in its `projects`. `RADIX_METADATA` is the address of the
        database that several machines share; `metadata` validates it. With `RADIX_RETENTION_DAYS` unreferenced files
        are kept for as many days.
        """
        storage = Path(os.environ["RADIX_STORAGE"]).absolute() if os.environ.get("RADIX_STORAGE") else None
        return cls(
            state=Path(os.environ.get("RADIX_HOME") or ".radix").absolute(),
            projects=Path(os.environ.get("RADIX_PROJECTS") or (storage or Path()) / "projects").absolute(),
            storage=storage,
            address=os.environ.get(VARIABLE, ""),
            retention_days=_days(os.environ.get("RADIX_RETENTION_DAYS", "")),
        )

    @cached_property
    def metadata(self) -> Metadata:
        """The database of Dagster's runs and events, and the claims. Nothing is opened yet.

        Raise ConfigError RDX-MET-002 if the address is not one, and CredentialError RDX-CRD-001 if it refers to a
        credential that is missing.
        """
        address = self.address
        if "${" in address:
            address = credentials(self.state).reveal(
                address, quoted=partial(quote, safe=""), purpose="the metadata address"
            )
        return metadata_of(address, self.state)

    @property
    def store(self) -> Path:
        """The folder of snapshots and commit records."""
        return (self.storage or self.state) / "store"

    @property
    def mlflow(self) -> Path:
        """The folder of the embedded MLflow store."""
        return (self.storage or self.state) / "mlflow"

    @property
    def endpoints(self) -> Path:
        """The folder with the state and the logs of the endpoints."""
        return (self.storage or self.state) / "endpoints"

    @property
    def folded_log(self) -> Path:
        """The cached summary of the action log; it may be removed at any time."""
        return self.state / "cache" / "log.json"

    @property
    def fetched(self) -> Path:
        """The cached files of sources elsewhere; the folder may be removed at any time."""
        return self.state / "cache" / "fetched"

    @property
    def samples(self) -> Path:
        """The folder with the data of the sample projects."""
        return self.state / "samples"

    @property
    def instance_settings(self) -> Path:
        """Dagster's instance settings, as shipped beside the packages."""
        return Path(__file__).parents[1] / "dagster.yaml"

    def environment(self) -> dict[str, str]:
        """Return the environment variables of every process of this installation."""
        return {
            **QUIET,
            "RADIX_HOME": str(self.state),
            "RADIX_PROJECTS": str(self.projects),
            "DAGSTER_HOME": str(self.state),
            **({"RADIX_STORAGE": str(self.storage)} if self.storage else {}),
            **self.metadata.environment(),
        }

    def prepare(self) -> None:
        """Create the directories, private to their owner, and set this process's environment variables."""
        self.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.projects.mkdir(parents=True, exist_ok=True)
        self._write_settings()
        os.environ.update({**self.environment(), **{key: os.environ[key] for key in QUIET if key in os.environ}})

    def _write_settings(self) -> None:
        """Write Dagster's settings, as its metadata database needs them."""
        import yaml

        shipped = self.instance_settings.read_text(encoding="utf-8")
        if self.metadata.shared:
            shipped = yaml.safe_dump(self.metadata.settings(yaml.safe_load(shipped)), sort_keys=False)
        settings = self.state / "dagster.yaml"
        if not settings.exists() or settings.read_text(encoding="utf-8") != shipped:
            write_atomically(settings, shipped)


def _days(setting: str) -> float:
    """Return the days of a setting; the default if it is not a number."""
    try:
        return float(setting)
    except ValueError:
        return RETENTION_DAYS
