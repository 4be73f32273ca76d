"""Storage: directories of this machine, or of a folder that machines share."""

import shutil
from collections.abc import Callable
from pathlib import Path

from radix_resources.errors import StorageError
from radix_resources.providers.base import Change, Component, Condition, Holding, Rate, Request
from radix_resources.providers.local.folders import make_folder
from radix_resources.providers.prices import Prices
from radix_resources.storage.local import LocalStorage

GIGABYTE = 1e9


class StorageComponent(Component):
    """A project's folder of commit records, and its snapshots."""

    capability = "storage"
    description = "Snapshots and their commit records: directories of this machine, or of a folder that machines share."

    def __init__(self, provider: str, storage: LocalStorage, prices: Callable[[], Prices]) -> None:
        super().__init__(provider)
        self._storage = storage
        self._prices = prices

    def demand(self, request: Request) -> None:
        free = shutil.disk_usage(self._existing_folder()).free
        if request.disk_bytes > free:
            raise StorageError(
                "RDX-STO-008",
                f"a step is expected to write at least {request.disk_bytes / GIGABYTE:,.1f} GB",
                expected=f"at most {free / GIGABYTE:,.1f} GB, which are free",
                hint="free some space, or move the storage to a larger disk (RADIX_STORAGE)",
            )

    def rate(self, request: Request) -> Rate:
        return Rate(dollars_month=request.disk_bytes / GIGABYTE * self._prices().gigabyte_month)

    def plan(self, project: str, request: Request) -> Change:
        exists = self._records(project).is_dir()
        return self.change(project, request, exists=exists, what="snapshot folder")

    def apply(self, project: str, request: Request) -> None:  # noqa: ARG002 a folder has no size
        make_folder(self._records(project))

    def inspect(self, project: str) -> Holding | None:
        commits, size = self._storage.held(project)
        if not (commits or size or self._records(project).is_dir()):
            return None
        what = "no snapshot yet"
        if commits:
            what = (
                "1 commit record and its snapshot"
                if commits == 1
                else f"{commits:,} commit records and their snapshots"
            )
        rate = Rate(dollars_month=size / GIGABYTE * self._prices().gigabyte_month)
        return Holding(state="ready", what=what, bytes=size, data=bool(commits or size), rate=rate)

    def release(self, project: str) -> None:
        """Do nothing: no part of it has an hourly cost."""

    def destroy(self, project: str) -> None:
        self._storage.remove(project)

    def owners(self) -> list[str]:
        return self._storage.projects()

    def condition(self) -> Condition:
        free = shutil.disk_usage(self._existing_folder()).free
        return Condition(state="ready", what=f"{self._storage.root}, {free / GIGABYTE:,.1f} GB free")

    def _records(self, project: str) -> Path:
        return self._storage.records(project)

    def _existing_folder(self) -> Path:
        """Return the storage folder, or the nearest folder above it that exists."""
        path = Path(self._storage.root)
        return next(folder for folder in (path, *path.parents) if folder.exists())
