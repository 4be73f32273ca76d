"""Stage: suggestions. What the data may mean, before a person has looked."""

from radix_assets.suggestions.sensitivity import sensitivity_of

__all__ = ["sensitivity_of"]
