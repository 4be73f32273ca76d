"""Stage: reports. One page for the business."""

from radix_assets.reports.make import make_report

__all__ = ["make_report"]
