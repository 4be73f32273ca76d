"""Stage: reports. One page for the business."""
