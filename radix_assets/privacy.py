"""Which columns are private, as far as is known now, and how what is private is named where its value may not stand.

Before a person has spoken a column is private where its name or its values look so (see raw.privacy). What
`tags.yaml` says of it then holds, either way.
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

Said = Mapping[str, Mapping[str, bool | None]]
"""By table and column of a person's file, whether it says that it is private; None where it says neither."""


def said_private(tags_file: Path) -> Said | None:
    """What `tags.yaml` says; nothing where there is no such file, None where it cannot be read as it stands."""
    try:
        state = tags_file.stat()
    except OSError:
        return {}
    return _said(tags_file, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=64)
def _said(tags_file: Path, _changed: int, _size: int) -> Said | None:
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
    """The private columns of a table: those `suspected`, but for what a person's file says of them.

    With the `columns` that there are now, and those there were `before` with whether they were private: what was
    private stays so until the file says otherwise. And where one of those is gone, a new column that the file does not
    know may be that very one by another name, so it is private too.
    """
    own = (said_private(tags_file) or {}).get(table, {})
    hidden = {name for name, private in before.items() if private}
    gone = hidden.difference(columns)
    new = {name for name in columns if name not in before and name not in own} if gone else set()
    doubtful = {*suspected, *hidden, *new}
    return {name for name in doubtful if own.get(name) is not False} | {name for name in own if own[name]}


def suspected_in(raw: Path) -> frozenset[str]:
    """The columns of a raw snapshot that look private: as its schema says, else judged now. None without a schema."""
    return _looked_at(raw)[1]


def columns_of(raw: Path) -> tuple[str, ...]:
    """All columns of a raw snapshot. None without a schema."""
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
    """Turns a private value into a mark that can be recognised by who holds the key and the value, and read by nobody.

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
    """The installation's seal; without a key where there is none yet."""
    try:
        return Seal((state / KEY_FILE).read_bytes())
    except OSError:
        return Seal()


def make_seal(state: Path) -> Seal:
    """The same; the key is made where there is none. Of two that make it at once, one wins."""
    path = state / KEY_FILE
    if not path.exists():
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        put_if_absent(path, secrets.token_bytes(_KEY_BYTES), mode=PRIVATE)
    return read_seal(state)
