"""Interfaces of services, through a source of dlt."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import Field, field_validator

from radix_assets.sources.addresses import holds_secret
from radix_assets.sources.kinds.base import ProbeResult, Source, SourceContext, TableNames
from radix_resources.credentials.lookup import REFERENCE

if TYPE_CHECKING:
    from radix_assets.sources.read.staging import Staged

_SECRET = re.compile(r"password|secret|token$|api_?key|authorization|credentials?$", re.IGNORECASE)
_FUNCTION = r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$"


class DltSource(Source):
    """A resource of a source of dlt."""

    kind: ClassVar[str] = "dlt"

    table: str = Field(description="The table's name in Radix.", min_length=1)
    dlt: str = Field(
        description="The function that returns the source of dlt, in an installed package: module:function, such as "
        "dlt.sources.rest_api:rest_api_source.",
        pattern=_FUNCTION,
    )
    arguments: dict[str, Any] = Field({}, description="The function's arguments; secrets are ${NAME}.")
    resource: str | None = Field(None, description="The resource of the source; named like the table if omitted.")
    part: str | None = Field(None, description="The list of records inside the items, such as lines.")
    every_hours: int = Field(24, description="How often the service is asked.", ge=1)

    @field_validator("arguments")
    @classmethod
    def _no_secret(cls, arguments: dict[str, Any]) -> dict[str, Any]:
        _refuse_secrets(arguments)
        return arguments

    @classmethod
    def matches(cls, settings: Mapping[str, Any]) -> bool:
        return "dlt" in settings

    @classmethod
    def matches_argument(cls, argument: str) -> bool:
        """Return False: a source of dlt has arguments, so that it is written into project.yaml."""
        del argument
        return False

    @classmethod
    def discover(cls, arguments: Sequence[str], context: SourceContext, names: TableNames) -> list[Self]:
        """Return nothing: no argument names such a source."""
        del arguments, context, names
        return []

    def list_tables(self) -> list[str]:
        return [self.table]

    def describe_table(self, table: str) -> str:
        return " · ".join(filter(None, (self.dlt, self.resource or table, self.part)))

    def read_version(self, table: str, context: SourceContext) -> str:
        """Return the number of the period: what a service holds is known only by asking for all of it."""
        import time

        del table, context
        return f"{self.every_hours} {int(time.time()) // (3600 * self.every_hours)}"

    def read_table(self, table: str, work: Path, context: SourceContext) -> "Staged":
        from radix_assets.sources.read.settings import FileSettings
        from radix_assets.sources.services.dlt_items import revealed, stage_resource

        task = {
            "function": self.dlt,
            "arguments": revealed(self.arguments, context.credentials, table),
            "resource": self.resource or table,
        }
        last = (context.previous.folder, context.previous.state) if context.previous else None
        settings = FileSettings(table=table, path=self.dlt, part=self.part)
        return stage_resource(task, work, settings, last, self.credential_names())

    def connection_address(self) -> str:
        return f"dlt://{self.dlt}"

    def probe(self, context: SourceContext) -> ProbeResult:
        from radix_assets.sources.services.dlt_items import revealed

        revealed(self.arguments, context.credentials, self.table)
        return ProbeResult("every credential is there; the service is asked when the table is read")


def _refuse_secrets(value: Any, name: str = "") -> None:
    if isinstance(value, Mapping):
        for key, item in value.items():
            _refuse_secrets(item, str(key))
    elif isinstance(value, list):
        for item in value:
            _refuse_secrets(item, name)
    elif isinstance(value, str) and (holds_secret(value) or (_SECRET.search(name) and not REFERENCE.search(value))):
        raise ValueError(f"{name} holds a secret; write ${{NAME}} in its place, then: radix credentials set NAME")
