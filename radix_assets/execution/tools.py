"""The tools that an installation's provider gives to steps."""

from radix_assets.pipeline.stage import Tools
from radix_resources.home import Home
from radix_resources.providers import provider


def tools(home: Home) -> Tools:
    """Those of its provider."""
    found = provider(home)
    return Tools(home=home, storage=found.storage, tracking=found.tracking, endpoint=found.endpoint)
