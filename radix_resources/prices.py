"""What things cost: a dated table that a person can replace."""

from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from radix_resources.errors import ConfigError
from radix_resources.home import Home

SHIPPED = Path(__file__).parents[1] / "infra_defs" / "prices"
OWN = "prices.yaml"


class Prices(BaseModel):
    """US dollars."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dated: date = Field(description="When they were looked up.")
    machine_hour: float = Field(0.0, ge=0, description="An hour of a step.")
    endpoint_hour: float = Field(0.0, ge=0, description="An hour of an endpoint that answers.")
    gigabyte_month: float = Field(0.0, ge=0, description="A gigabyte kept for a month.")


def load_prices(home: Home, provider: str = "local") -> Prices:
    """The person's table over the one shipped for the provider.

    Raises ConfigError RDX-CFG-015 where it says something else.
    """
    own = home.projects / OWN
    content = _read(SHIPPED / f"{provider}.yaml") | (_read(own) if own.exists() else {})
    try:
        return Prices.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise _wrong(own, f"{name}: {first['msg']}") from None


def _read(file: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError:
        raise _wrong(file, "it is not YAML") from None
    if not isinstance(content, dict):
        raise _wrong(file, "it holds no prices")
    return content


def _wrong(file: Path, found: str) -> ConfigError:
    return ConfigError(
        "RDX-CFG-015",
        f"the price table cannot be used: {found}",
        expected=", ".join(Prices.model_fields),
        hint="correct it, or remove it to go by the shipped one",
        file=file,
    )
