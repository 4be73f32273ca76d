"""Which backend of each capability an installation uses."""

from radix_assets.graph import Tools
from radix_resources.home import Home
from radix_resources.providers import provider


def tools(home: Home) -> Tools:
    """Those of its provider."""
    found = provider(home)
    return Tools(storage=found.storage, tracking=found.tracking, endpoint=found.endpoint)
