"""What a server can tell of its work."""

import time
from collections import Counter, deque

KEPT = 2_048


class Statistics:
    """Counts since the start, and the latencies of the newest requests."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._statuses: Counter[str] = Counter()
        self._latencies: deque[float] = deque(maxlen=KEPT)
        self.rows = 0
        self.last = time.monotonic()
        """When anybody asked for anything but the health, on the monotonic clock."""

    def touch(self) -> None:
        """Somebody asked."""
        self.last = time.monotonic()

    def note(self, status: int, seconds: float, rows: int) -> None:
        """A prediction was asked for and answered."""
        self.touch()
        self._statuses[str(status)] += 1
        self._latencies.append(seconds * 1_000)
        self.rows += rows

    def summary(self) -> dict[str, object]:
        """As JSON."""
        ordered = sorted(self._latencies)
        quantiles = ordered and {
            f"p{share}": round(ordered[min(len(ordered) * share // 100, len(ordered) - 1)], 3) for share in (50, 95, 99)
        }
        return {
            "uptime_seconds": round(time.monotonic() - self._began, 1),
            "requests": dict(sorted(self._statuses.items())),
            "rows": self.rows,
            "latency_ms": quantiles or {},
        }
