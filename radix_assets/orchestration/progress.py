"""Reports the progress of steps to whoever runs them in this process."""

import logging
from typing import Any

from radix_assets.pipeline.stage import Step

PROGRESS = logging.getLogger("radix.progress")
"""Receives a record for each step that starts or ends: `extra` holds `step`, `state` and details."""


def emit_progress(step: Step, state: str, **details: Any) -> None:
    """Report that a step has reached a state: start, sampled, made, fresh, failed or waiting."""
    PROGRESS.info("%s %s", step.key, state, extra={"step": step, "state": state, "details": details})
