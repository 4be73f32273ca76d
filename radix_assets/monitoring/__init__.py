"""Stage: monitoring. Have the newest data changed, and does the model still do well on them?"""

from typing import TYPE_CHECKING

from radix_resources.lazy import lazily

if TYPE_CHECKING:
    from radix_assets.monitoring.model import ColumnDrift, Monitoring
    from radix_assets.monitoring.monitor import load_monitoring

__all__ = ["ColumnDrift", "Monitoring", "load_monitoring"]

__getattr__ = lazily(
    __name__,
    model="ColumnDrift Monitoring",
    monitor="load_monitoring",
)
