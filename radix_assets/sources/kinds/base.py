"""The protocol of a kind of source.

A kind of source is one class, derived from `Source`: a pydantic model whose fields are the settings of one entry of
`sources:` in project.yaml, and whose methods do everything that Radix asks of a source. Nothing else in Radix knows
which kinds exist. Built-in kinds are listed in `radix_assets.sources.kinds.registry`; an installed package offers its
own through the entry point group `radix.sources`, by any name:

    [project.entry-points."radix.sources"]
    sqlite = "my_package.sources:SqliteSource"

What Radix asks, in the order in which it asks:

- match: `matches_argument` (does an argument of `radix new` name such a source?), `discover` (the settings that the
  argument stands for), and `matches` (is an entry of project.yaml of this kind?);
- list: `list_tables`, the tables that the entry declares;
- describe: `describe_table`, a display address, and the model itself, which is written into project.yaml;
- version: `read_version`, which changes when the data change, and `version_is_cheap`, how often it may be asked;
- read: `read_table`, which writes the rows as staged columns, from which Radix makes the snapshot, and `hold_state`, so
  that several tables are read as of one moment, where the source can; and `read_sample`, some rows for a first look;
- size: `estimate_bytes`, from which memory and time are predicted;
- credential: `connection_address`, `credential_names` and `probe`.

Every kind gives these guarantees, which `tests/sources/test_source_conformance.py` checks:

- importing the module and validating settings does no I/O; the libraries that read are imported in the methods;
- the model holds no secret, only references such as `${NAME}`. It refuses a secret that is written in place of a
  reference with a ValueError whose text does not repeat it. No secret is in `repr`, in `describe_table` or in an error;
- credentials come from `SourceContext.credentials` alone, never from the environment;
- the source is only read, never written to;
- equal data give an equal version and equal staged rows in an equal order; other data give another version;
- whatever goes wrong is raised as an error of `radix_resources.errors` with a code of docs/errors.md: SourceError where
  trying again does not help (RDX-SRC-005 unreadable, 013 no such database or file, 014 no such table, 015 not
  permitted, 016 another failure), TransientSourceError where it may (RDX-SRC-011 changed while it was read, 012 no
  answer), CredentialError where a credential is missing (RDX-CRD-001, raised by `SourceContext.credentials`) or refused
  (RDX-CRD-002). Messages of drivers are not passed on: they may hold addresses and values.

Method names are verbs, so that they do not collide with settings, and Radix passes all arguments by position. Public
helpers: `radix_assets.sources.addresses` (addresses with references) and
`radix_assets.sources.read.staging.stage_frame` (a Polars frame as staged columns).
"""

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict

from radix_assets.common.plural import counted
from radix_resources.credentials.lookup import NO_CREDENTIALS, Credentials, names_in
from radix_resources.errors import ConfigError

if TYPE_CHECKING:
    from radix_assets.sources.read.sample import Sample
    from radix_assets.sources.read.staging import Staged


SAMPLE_ROWS = 100_000
"""Rows of a sample of a table in a database."""


@dataclass(frozen=True)
class Previous:
    """A table as it was read last."""

    folder: Path
    """The files of its newest snapshot: `data.parquet`, `schema.json` and, if there are any, `rejects.parquet`."""
    state: Mapping[str, Any]
    """What the kind recorded then, from `Staged.state`; empty if nothing."""


@dataclass(frozen=True)
class SourceContext:
    """The project's context for a source, besides its settings."""

    folder: Path
    """The project's folder: relative paths of the settings are relative to it."""
    credentials: Credentials = NO_CREDENTIALS
    """The lookup of `${NAME}` references; by default it is empty, so that each raises RDX-CRD-001."""
    state: Any = None
    """The state of the source to read, from `hold_state` of the same source; None for the present one."""
    previous: Previous | None = None
    """The last read of the same table with the same settings, so that only what is new must be read; None at first."""
    cache: Path | None = None
    """A directory for what is fetched from elsewhere, kept between reads; None to keep nothing."""


@dataclass(frozen=True)
class ProbeResult:
    """The result of a probe that reached the source. It holds no secret and no value of the data."""

    found: str
    """One line for the user, such as `connected as reader; 3 of 3 tables of public may be read`."""
    warnings: tuple[str, ...] = ()
    """Permissions beyond reading that the credential has."""


class TableNames:
    """The names of a new project's tables, none of which may have the same asset key as another."""

    def __init__(self, key: Callable[[str], str]) -> None:
        self._key = key
        self._taken: set[str] = set()

    def unused(self, name: str, instead: str = "") -> str:
        """Take a name; the name `instead` if it is taken already, or one with a number appended."""
        candidate, number = name, 2
        if instead and self._key(candidate) in self._taken:
            candidate = name = instead
        while self._key(candidate) in self._taken:
            candidate, number = f"{name}_{number}", number + 1
        self._taken.add(self._key(candidate))
        return candidate

    def take(self, names: Sequence[str]) -> None:
        """Take names that the source itself gives. Raise ConfigError RDX-CFG-010 if two tables would share one."""
        keys = [self._key(name) for name in names]
        clashes = [name for name, key in zip(names, keys, strict=True) if key in self._taken or keys.count(key) > 1]
        if clashes:
            raise ConfigError(
                "RDX-CFG-010",
                f"several tables would have the same name: {', '.join(clashes)}",
                expected="a different name for each table",
                hint="name fewer sources, and add the others to the project file by hand",
            )
        self._taken.update(keys)


class Source(BaseModel, ABC):
    """One entry of `sources:` in project.yaml. Derive a kind of source from it; see the module's docstring."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: ClassVar[str]
    """The kind's name in messages, such as `PostgreSQL`."""
    version_is_cheap: ClassVar[bool] = True
    """Whether `read_version` costs about as much as listing a directory, so that sensors ask at every tick, a plan at
    every command. If it takes a pass over the data, return False: it is asked every ten minutes."""

    # match

    @classmethod
    @abstractmethod
    def matches(cls, settings: Mapping[str, Any]) -> bool:
        """Return whether an entry of project.yaml, not validated yet, is of this kind.

        Decide by what only this kind has, such as the scheme of an address. Built-in kinds are asked first, then those
        of installed packages in the order of their names; the first match wins.
        """

    @classmethod
    @abstractmethod
    def matches_argument(cls, argument: str) -> bool:
        """Return whether an argument of `radix new` names a source of this kind."""

    @classmethod
    @abstractmethod
    def discover(cls, arguments: Sequence[str], context: SourceContext, names: TableNames) -> list[Self]:
        """Return the sources that the arguments of `radix new` name, with all their tables.

        A secret in an argument is replaced by a reference. Each table's name is taken from `names`. Raise ConfigError
        RDX-CFG-010 if an argument names nothing, SourceError RDX-SRC-014 if there is no table, and what reading raises.
        """

    # list

    @abstractmethod
    def list_tables(self) -> list[str]:
        """Return the names of the tables that this entry declares, in its order. Without I/O."""

    # describe

    @abstractmethod
    def describe_table(self, table: str) -> str:
        """Return where a table comes from, for display: an address or a path, without any secret. Without I/O."""

    def settings_of(self, table: str) -> dict[str, Any]:
        """Return the settings that decide how a table is read: it is read again if one of them changes. Without I/O.

        By default all. A kind whose entries list several tables leaves out what is about the others.
        """
        del table
        return self.model_dump(mode="json")

    # version

    @abstractmethod
    def read_version(self, table: str, context: SourceContext) -> str:
        """Return a digest of a table's state in the source, without loading its rows. Raise as `read_table` does."""

    def is_there(self, table: str, context: SourceContext) -> bool:
        """Return whether the table is in the source, at little cost. Raise as `read_table` does.

        It is asked about a table that was missing. By default, ask for its version.
        """
        self.read_version(table, context)
        return True

    def is_settling(self, context: SourceContext, seconds: float) -> bool:
        """Return whether the data were written within the last seconds, so that another process may still write.

        Such a source is left for the sensor's next tick. False if that is unknown, or a read is always consistent.
        """
        del context, seconds
        return False

    # read

    def peek_columns(self, table: str, context: SourceContext) -> list[str] | None:
        """Return the names of a table's columns, or None if reading them would be expensive. Never raises."""
        del table, context
        return None

    @abstractmethod
    def read_table(self, table: str, work: Path, context: SourceContext) -> "Staged":
        """Write all rows of a table into the empty directory `work`, and return how they are staged there.

        Columns may have any Polars type, or be text whose types Radix infers. Rows come in an order that does not
        depend on anything but the data. The directory is removed afterwards.
        """

    def read_appended(self, table: str, work: Path, context: SourceContext) -> "Staged | None":
        """Stage, as `read_table` does, only the rows that follow those of the last read, `context.previous`.

        None if a row of then may have changed, or if nothing was added: then `read_table` is asked. By default None.
        """
        del table, work, context
        return None

    def read_sample(self, table: str, work: Path, context: SourceContext) -> "Sample | None":
        """Stage some rows of a table, as `read_table` does, in seconds whatever its size, for a first look at it.

        None if this source has no cheap way to that. By default None.
        """
        del table, work, context
        return None

    @contextlib.contextmanager
    def hold_state(self, context: SourceContext) -> Iterator[SourceContext]:
        """Yield a context in which `read_table` reads every table as of one moment, if the source can do that.

        Raise as `read_table` does.
        """
        yield context

    # size

    def estimate_bytes(self, table: str, context: SourceContext) -> int | None:
        """Return the table's expected size in bytes, at little cost; None to expect the size of the last snapshot."""
        del table, context
        return None

    def reads_file(self, file: Path, context: SourceContext) -> bool:
        """Return whether a file of this machine, which may not exist yet, is or would be read. The path is resolved."""
        del file, context
        return False

    # credential

    def connection_address(self) -> str:
        """Return the address that is connected to, with `${NAME}` where a secret is; empty if there is none to probe.

        A source with an address is probed by `radix credentials`, is read in Radix's main process, where
        credentials are, and may wait for a user to give a credential.
        """
        return ""

    def credential_names(self) -> list[str]:
        """Return the names of the credentials that the settings refer to."""
        return names_in(self.model_dump_json()) if self.connection_address() else []

    def probe(self, context: SourceContext) -> ProbeResult:
        """Connect, list, and report which permissions the credential has. Raise as `read_table` does.

        By default, ask for the version of each table; a kind that knows the permissions of a credential tells them.
        """
        tables = self.list_tables()
        for table in tables:
            self.read_version(table, context)
        return ProbeResult(f"{counted(len(tables), 'table')} may be read")
