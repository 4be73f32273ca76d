"""Stage: exploration. The data once more, knowing the target: what tells it, and what gives it away too early."""

from typing import TYPE_CHECKING

from radix_resources.lazy import lazily

if TYPE_CHECKING:
    from radix_assets.exploration.explore import load_exploration
    from radix_assets.exploration.model import Association, Balance, Coverage, Exploration, Suspect

__all__ = ["Association", "Balance", "Coverage", "Exploration", "Suspect", "load_exploration"]

__getattr__ = lazily(
    __name__,
    explore="load_exploration",
    model="Association Balance Coverage Exploration Suspect",
)
