"""Request statistics of a server."""

import time
from collections import Counter, deque

LATENCIES = 2_048


class Statistics:
    """Counts since the start, and the latencies of the newest requests."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._statuses: Counter[str] = Counter()
        self._latencies: deque[float] = deque(maxlen=LATENCIES)
        self.rows = 0
        self.last = time.monotonic()
        """Time of the last request other than health checks, on the monotonic clock."""

    def touch(self) -> None:
        """Record the time of a request."""
        self.last = time.monotonic()

    def note(self, status: int, seconds: float, rows: int) -> None:
        """Record an answered prediction request."""
        self.touch()
        self._statuses[str(status)] += 1
        self._latencies.append(seconds * 1_000)
        self.rows += rows

    def summary(self) -> dict[str, object]:
        """Return the statistics as JSON data."""
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
