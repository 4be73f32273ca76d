"""The assets and stages of Radix: sources, profiles, tags, features, models, reports."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from radix_assets.orchestration.component import RadixProject

__all__ = ["RadixProject"]


def __getattr__(name: str) -> Any:
    """Load the component when it is asked for, so that importing the package does not load Dagster."""
    if name == "RadixProject":
        from radix_assets.orchestration.component import RadixProject

        return RadixProject
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """Names that `dg list components` inspects."""
    return sorted({*globals(), *__all__})
