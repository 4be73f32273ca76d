"""The asset that represents a project whose file cannot be loaded."""

import hashlib
import re

import dagster as dg

from radix_resources.errors import ConfigError


def build_broken(name: str, error: ConfigError) -> dg.AssetsDefinition:
    """Build one asset that shows what is wrong with the project file; materializing it fails with the coded error."""
    safe = re.sub(r"\W+", "_", name, flags=re.ASCII)
    if safe != name:  # two names may differ in these characters only, and asset keys are unique
        safe = f"{safe}_{hashlib.sha256(name.encode(errors='surrogateescape')).hexdigest()[:6]}"

    @dg.asset(
        key=[safe, "project_file"],
        group_name=safe,
        description=f"**This project cannot be loaded.**\n\n```\n{error}\n```\n\nFix it, then reload the location.",
        kinds={"broken"},
        metadata={key: str(value) for key, value in error.attrs().items()},
    )
    def project_file() -> None:
        raise dg.Failure(description=str(error), metadata=error.attrs(), allow_retries=False)

    return project_file
