"""The base class of all backends."""

from pydantic import BaseModel, ConfigDict


class Backend(BaseModel):
    """Settings, and the operations that use them. Building one opens nothing.

    It does not import Dagster, which takes a second to load; the code location turns it into a Dagster resource.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
