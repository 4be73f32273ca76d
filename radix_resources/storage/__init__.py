"""Storage: where snapshots live."""

from radix_resources.storage.base import Attempt, Commit, Failure, Fence, Storage
from radix_resources.storage.local import LocalStorage

__all__ = ["Attempt", "Commit", "Failure", "Fence", "LocalStorage", "Storage"]
