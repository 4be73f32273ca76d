"""Step output (stdout and stderr), stored without the credentials that the process looked up."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dagster._core.storage.compute_log_manager import CapturedLogContext
from dagster._core.storage.local_compute_log_manager import LocalComputeLogManager
from dagster._serdes import ConfigurableClassData

from radix_resources.credentials.redaction import hide_bytes
from radix_resources.files import write_atomically


class SafeComputeLogManager(LocalComputeLogManager):
    """Radix prints no credential; if a library prints one during a step, it is removed when the step ends."""

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "SafeComputeLogManager":
        return cls(inst_data=inst_data, **config_value)

    @contextlib.contextmanager
    def capture_logs(self, log_key: Sequence[str]) -> Iterator[CapturedLogContext]:
        try:
            with super().capture_logs(log_key) as context:
                yield context
        finally:
            for extension in ("out", "err"):
                _clean(Path(self.get_captured_local_path(log_key, extension)))


def _clean(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        content = path.read_bytes()
        cleaned = hide_bytes(content)
        if cleaned != content:
            write_atomically(path, cleaned)
