"""Stage: reports. One page for the business."""

from typing import TYPE_CHECKING

from radix_resources.lazy import lazily

if TYPE_CHECKING:
    from radix_assets.reports.make import make_report

__all__ = ["make_report"]

__getattr__ = lazily(
    __name__,
    make="make_report",
)
