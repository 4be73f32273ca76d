"""Where all state of an installation lives, and the environment that its processes share."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

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
"""No library calls home, and none burns a core while it waits."""


@dataclass(frozen=True)
class Home:
    """The state directory (`RADIX_HOME`) and the project files (`RADIX_PROJECTS`)."""

    state: Path
    projects: Path

    @classmethod
    def from_environment(cls) -> "Home":
        """`RADIX_HOME`, by default `.radix/`, and `RADIX_PROJECTS`, by default `projects/`, of the current folder."""
        return cls(
            state=Path(os.environ.get("RADIX_HOME") or ".radix").absolute(),
            projects=Path(os.environ.get("RADIX_PROJECTS") or "projects").absolute(),
        )

    @property
    def store(self) -> Path:
        """Snapshots and commit records."""
        return self.state / "store"

    @property
    def mlflow(self) -> Path:
        """The embedded MLflow store."""
        return self.state / "mlflow"

    @property
    def endpoints(self) -> Path:
        """State and logs of the endpoints."""
        return self.state / "endpoints"

    @property
    def samples(self) -> Path:
        """Data of the sample projects."""
        return self.state / "samples"

    @property
    def instance_settings(self) -> Path:
        """Dagster's settings, as shipped beside the packages."""
        return Path(__file__).parents[1] / "dagster.yaml"

    def environment(self) -> dict[str, str]:
        """What every process of this installation has in its environment."""
        return {
            **QUIET,
            "RADIX_HOME": str(self.state),
            "RADIX_PROJECTS": str(self.projects),
            "DAGSTER_HOME": str(self.state),
        }

    def prepare(self) -> None:
        """Make the directories, private to their owner, and put this process into the shared environment."""
        self.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.projects.mkdir(parents=True, exist_ok=True)
        settings = self.state / "dagster.yaml"
        if not settings.exists() or settings.read_bytes() != self.instance_settings.read_bytes():
            draft = settings.with_suffix(f".{os.getpid()}.tmp")
            shutil.copyfile(self.instance_settings, draft)
            draft.replace(settings)
        os.environ.update({**self.environment(), **{key: os.environ[key] for key in QUIET if key in os.environ}})
