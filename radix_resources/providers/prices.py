"""Price tables: a dated one that each provider ships, and one of the user's that overrides it."""

from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from radix_resources.errors import ConfigError
from radix_resources.home import Home
from radix_resources.providers.names import DEFAULT

SHIPPED = Path(__file__).parents[2] / "infra_defs" / "prices"
"""The folder with the price tables of the built-in providers."""


class Prices(BaseModel):
    """Prices in US dollars."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dated: date = Field(description="When they were looked up.")
    machine_hour: float = Field(0.0, ge=0, description="An hour of a step.")
    endpoint_hour: float = Field(0.0, ge=0, description="An hour of an endpoint that answers.")
    gigabyte_month: float = Field(0.0, ge=0, description="A gigabyte stored for a month.")


def own_table(home: Home, provider: str) -> Path:
    """Return where the user's own prices for a provider are: `RADIX_PROJECTS/prices.<provider>.yaml`.

    Those of the local machine may also be in `prices.yaml`.
    """
    named = home.projects / f"prices.{provider}.yaml"
    return home.projects / "prices.yaml" if provider == DEFAULT and not named.exists() else named


def load_prices(home: Home, provider: str, shipped: Path) -> Prices:
    """Return the shipped table of a provider, overridden by the user's own.

    Raise ConfigError RDX-CFG-015 if one of them is not a price table.
    """
    own = own_table(home, provider)
    content = _read(shipped) | (_read(own) if own.exists() else {})
    try:
        return Prices.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise _invalid(own if own.exists() else shipped, f"{name}: {first['msg']}") from None


def _read(file: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise _invalid(file, f"it cannot be read: {error.strerror}") from None
    except yaml.YAMLError:
        raise _invalid(file, "it is not YAML") from None
    if not isinstance(content, dict):
        raise _invalid(file, "it contains no prices")
    return content


def _invalid(file: Path, problem: str) -> ConfigError:
    return ConfigError(
        "RDX-CFG-015",
        f"the price table cannot be used: {problem}",
        expected=", ".join(Prices.model_fields),
        hint="correct it, or remove it to use the shipped prices",
        file=file,
    )
