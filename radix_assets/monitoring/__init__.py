"""Stage: monitoring. Have the newest data changed, and does the model still do well on them?"""

from radix_assets.monitoring.model import ColumnDrift, Monitoring
from radix_assets.monitoring.monitor import load_monitoring, monitor

__all__ = ["ColumnDrift", "Monitoring", "load_monitoring", "monitor"]
