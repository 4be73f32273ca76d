"""What the backends of all capabilities are."""

from pydantic import BaseModel, ConfigDict


class Backend(BaseModel):
    """Settings, and what can be done with them. Making one opens nothing.

    It knows nothing of Dagster, which takes a second to load; the code location makes a Dagster resource of it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
