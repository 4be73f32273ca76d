"""The sections of project.yaml about where a project runs: its provider, its engine and its cluster."""

import re
from typing import Literal

from pydantic import ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from radix_assets.project.sections import Section
from radix_resources.credentials.lookup import REFERENCE
from radix_resources.errors import ConfigError
from radix_resources.providers.base import ProviderSettings
from radix_resources.providers.names import DEFAULT
from radix_resources.providers.registry import find_provider


class Infrastructure(Section):
    """Where the project runs. Further keys are settings of its provider."""

    model_config = ConfigDict(extra="allow")

    provider: str = Field(
        DEFAULT, description="local: this machine, nothing to install; or an installed provider.", examples=[DEFAULT]
    )
    endpoint_hours: float | None = Field(
        None, gt=0, description="Hours after which the endpoint is stopped; `radix up` starts it again."
    )

    @field_validator("provider")
    @classmethod
    def _exists(cls, name: str) -> str:
        try:
            return find_provider(name).name
        except ConfigError as error:
            if error.code != "RDX-CFG-003":
                raise
            raise PydanticCustomError("unknown_name", "{found}", error.attrs()) from None

    @model_validator(mode="after")
    def _settings_of_provider(self) -> "Infrastructure":
        self.settings  # noqa: B018 raises a ValidationError, whose locations are below this model
        return self

    @property
    def settings(self) -> ProviderSettings:
        """The settings of the provider. Raise pydantic's ValidationError if they are not valid."""
        return find_provider(self.provider).settings.model_validate(self.model_extra or {})


class Spark(Section):
    """An existing Spark cluster."""

    master: str = Field(
        description="spark://host:7077, k8s://https://host:6443, sc://host:15002 (Connect), or for tests "
        "local-cluster[2,1,1024]: two worker processes here."
    )
    config: dict[str, str | int | float | bool] = Field({}, description="Spark's own settings.")

    @field_validator("master")
    @classmethod
    def _address(cls, master: str) -> str:
        if not re.match(r"^((spark|k8s|sc)://\S+|local-cluster\[\d+,\d+,\d+\]|yarn)$", master):
            raise ValueError("an address begins with spark://, k8s:// or sc://")
        if any(not REFERENCE.fullmatch(value) for value in re.findall(r"token=([^;]+)", master)):
            raise ValueError("the address holds a token; write ${NAME} in its place, then: radix credentials set NAME")
        return master

    @field_validator("config")
    @classmethod
    def _no_secret(cls, config: dict[str, str | int | float | bool]) -> dict[str, str | int | float | bool]:
        for key, value in config.items():
            if re.search(r"password|secret|token", key, re.IGNORECASE) and not REFERENCE.fullmatch(str(value)):
                raise ValueError(f"{key} is a secret; write ${{NAME}} in its place, then: radix credentials set NAME")
        return config


class Compute(Section):
    """The engine that computes profiles, label tables and features."""

    engine: Literal["auto", "polars", "spark"] = Field(
        "auto", description="auto: Spark if a cluster is named and the data do not fit into this machine's memory."
    )
    spark: Spark | None = Field(None, description="The cluster.")

    @model_validator(mode="after")
    def _cluster(self) -> "Compute":
        if self.engine == "spark" and self.spark is None:
            raise ValueError("engine: spark requires a cluster; name it: spark: {master: spark://host:7077}")
        return self
