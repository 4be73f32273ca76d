"""Stage: tags. What the data mean, as a person confirmed it."""

from typing import TYPE_CHECKING

from radix_resources.lazy import lazily

if TYPE_CHECKING:
    from radix_assets.tags.edit import Edits, apply_edits, confirm, set_tags
    from radix_assets.tags.file import TagsFile, read_tags
    from radix_assets.tags.look import prepare_tags, tell_all
    from radix_assets.tags.make import load_tags, make_tags
    from radix_assets.tags.model import ColumnTag, Operator, TableTags, Tags, Target
    from radix_assets.tags.refresh import refresh_tags
    from radix_assets.tags.resolve import Resolution
    from radix_assets.tags.waiting import waiting_for
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
    "prepare_tags",
    "read_tags",
    "refresh_tags",
    "set_tags",
    "tell_all",
    "waiting_for",
    "write_tags",
]

__getattr__ = lazily(
    __name__,
    edit="Edits apply_edits confirm set_tags",
    file="TagsFile read_tags",
    look="prepare_tags tell_all",
    make="load_tags make_tags",
    model="ColumnTag Operator TableTags Tags Target",
    refresh="refresh_tags",
    resolve="Resolution",
    waiting="waiting_for",
    write="write_tags",
)
