"""What a column names or measures, and in what unit: from its header and its values."""

from radix_assets.suggestions.semantics.meaning import Meaning, meaning_of, semantic_type
from radix_assets.suggestions.semantics.units import unit_of

__all__ = ["Meaning", "meaning_of", "semantic_type", "unit_of"]
