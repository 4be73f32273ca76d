"""Stage: tags. What the data mean, as a person confirmed it."""

from radix_assets.suggestions.question import parse_target
from radix_assets.tags.edit import Edits, apply_edits, confirm, set_tags
from radix_assets.tags.file import TagsFile, read_tags
from radix_assets.tags.look import prepare_tags, tell_all
from radix_assets.tags.make import load_tags, make_tags, waiting_for
from radix_assets.tags.model import ColumnTag, Operator, TableTags, Tags, Target
from radix_assets.tags.refresh import refresh_tags
from radix_assets.tags.resolve import Resolution, resolve
from radix_assets.tags.write import write_tags

__all__ = [
    "ColumnTag",
    "Edits",
    "Operator",
    "Resolution",
    "TableTags",
    "Tags",
    "TagsFile",
    "Target",
    "apply_edits",
    "confirm",
    "load_tags",
    "make_tags",
    "parse_target",
    "prepare_tags",
    "read_tags",
    "refresh_tags",
    "resolve",
    "set_tags",
    "tell_all",
    "waiting_for",
    "write_tags",
]
