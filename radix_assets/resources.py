"""Which backend of each capability an installation uses."""

from radix_assets.graph import Tools
from radix_resources.endpoint import LocalEndpoint
from radix_resources.home import Home
from radix_resources.metadata import DRIVER_VARIABLE
from radix_resources.storage import LocalStorage
from radix_resources.tracking import LocalTracking


def tools(home: Home) -> Tools:
    """The embedded backends: directories, SQLite and local processes; what machines share is where they all see it."""
    database = DRIVER_VARIABLE if home.metadata.shared else ""
    return Tools(
        storage=LocalStorage(root=str(home.store)),
        tracking=LocalTracking(root=str(home.mlflow), database_variable=database),
        endpoint=LocalEndpoint(root=str(home.endpoints)),
    )
