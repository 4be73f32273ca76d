"""All stages, each after those it depends on."""

from radix_assets.exploration.assets import EXPLORATION
from radix_assets.features.assets import FEATURES
from radix_assets.labels.assets import LABELS
from radix_assets.models.assets import CHAMPION, MODEL
from radix_assets.monitoring.assets import MONITORING
from radix_assets.pipeline.stage import Stage
from radix_assets.profiles.assets import PROFILE
from radix_assets.raw.assets import RAW
from radix_assets.relationships.assets import RELATIONSHIPS
from radix_assets.reports.assets import REPORT
from radix_assets.rules.assets import RULES
from radix_assets.serving.assets import ENDPOINT, PREDICTIONS
from radix_assets.suggestions.assets import SUGGESTIONS
from radix_assets.tags.assets import TAGS

STAGES: tuple[Stage, ...] = (
    RAW,
    PROFILE,
    RELATIONSHIPS,
    SUGGESTIONS,
    RULES,
    TAGS,
    LABELS,
    EXPLORATION,
    FEATURES,
    MODEL,
    CHAMPION,
    ENDPOINT,
    PREDICTIONS,
    MONITORING,
    REPORT,
)
