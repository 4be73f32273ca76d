"""Which columns are private as far as is known now, and the marks that stand for private values.

Until the tags are edited, a column is private if its name or its values suggest it (see raw.privacy). After that,
`tags.yaml` decides.
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from radix_resources.errors import RadixError
from radix_resources.files import PRIVATE, put_if_absent

KEY_FILE = "seal.key"
_KEY_BYTES = 32
_MARK = 24
"""Hex digits of a sealed value."""

TagsPrivacy = Mapping[str, Mapping[str, bool | None]]
"""By table and column of tags.yaml: whether it is private; None if the file does not say."""


def private_by_tags(tags_file: Path) -> TagsPrivacy | None:
    """Return what `tags.yaml` says; empty if there is no such file, None if it cannot be read."""
    try:
        state = tags_file.stat()
    except OSError:
        return {}
    return _read_private_by_tags(tags_file, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=64)
def _read_private_by_tags(tags_file: Path, _changed: int, _size: int) -> TagsPrivacy | None:
    from radix_assets.tags_file.file import read_tags

    try:
        file = read_tags(tags_file)
    except RadixError:
        return None
    return {
        table: {
            name: None if line.sensitivity is None else line.sensitivity != "none"
            for name, line in block.columns.items()
        }
        for table, block in file.tables.items()
    }


def private_in(
    table: str,
    tags_file: Path,
    suspected: Collection[str],
    *,
    columns: Collection[str] = (),
    before: Mapping[str, bool] = MappingProxyType({}),
) -> set[str]:
    """Return the private columns of a table: those `suspected`, unless tags.yaml says otherwise.

    `columns` are the current ones, and `before` maps earlier ones to whether they were private: a private column stays
    private until the file says otherwise. If one of those is missing now, a new column that the file does not know may
    be the same under another name, so it is private too.
    """
    own = (private_by_tags(tags_file) or {}).get(table, {})
    hidden = {name for name, private in before.items() if private}
    missing = hidden.difference(columns)
    new = {name for name in columns if name not in before and name not in own} if missing else set()
    doubtful = {*suspected, *hidden, *new}
    return {name for name in doubtful if own.get(name) is not False} | {name for name in own if own[name]}


def suspected_in(raw: Path) -> frozenset[str]:
    """Return the columns of a raw snapshot that look private, from its schema or judged now. Empty without a schema."""
    return _looked_at(raw)[1]


def columns_of(raw: Path) -> tuple[str, ...]:
    """Return all columns of a raw snapshot. Empty without a schema."""
    return _looked_at(raw)[0]


@lru_cache(maxsize=1024)
def _looked_at(raw: Path) -> tuple[tuple[str, ...], frozenset[str]]:
    from radix_assets.sources.schema import SCHEMA_FILE, read_schema

    if not (raw / SCHEMA_FILE).exists():
        return (), frozenset()
    schema = read_schema(raw)
    suspected = schema.suspected
    if suspected is None:
        from radix_assets.raw.privacy import judge_columns

        suspected = sorted(judge_columns(raw, schema.table))
    return tuple(column.name for column in schema.columns), frozenset(suspected)


class Seal:
    """Turns a private value into a mark that only a holder of the key and the value can recognize, and no one can read.

    HMAC-SHA256, 96 bits. Without a key it still hides what cannot be guessed.
    """

    def __init__(self, key: bytes = b"") -> None:
        self._key = key

    def mark(self, value: str) -> str:
        """Equal values have equal marks."""
        return hmac.new(self._key, value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:_MARK]

    @property
    def seed(self) -> int:
        """For hashes of many values at once: 64 bits that follow from the key."""
        return int.from_bytes(hashlib.sha256(b"seed" + self._key).digest()[:8], "big")


def read_seal(state: Path) -> Seal:
    """Return the installation's seal; without a key if none exists yet."""
    try:
        return Seal((state / KEY_FILE).read_bytes())
    except OSError:
        return Seal()


def make_seal(state: Path) -> Seal:
    """Return the installation's seal, creating its key if none exists. If two processes create it at once, one wins."""
    path = state / KEY_FILE
    if not path.exists():
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        put_if_absent(path, secrets.token_bytes(_KEY_BYTES), mode=PRIVATE)
    return read_seal(state)
