"""Stage: exploration. The data once more, knowing the target: what tells it, and what gives it away too early."""

from radix_assets.exploration.explore import explore, load_exploration
from radix_assets.exploration.model import Association, Balance, Coverage, Exploration, Suspect

__all__ = ["Association", "Balance", "Coverage", "Exploration", "Suspect", "explore", "load_exploration"]
