"""Every error Radix raises, in one tree.

RadixError
├── ConfigError        RDX-CFG  a project file or a setting is wrong
├── SourceError        RDX-SRC  a source cannot be read, or holds nothing usable
├── CredentialError    RDX-CRD  a credential is missing or was refused
├── TagError           RDX-TAG  a tag names something that is not there, or cannot be
├── TargetError        RDX-TGT  the question cannot be asked of these data
├── FeatureError       RDX-FEA  features cannot be computed
├── ModelError         RDX-MOD  training, judging or registering a model failed
├── BudgetError        RDX-BUD  a plan costs more than the project may
├── ServingError       RDX-SRV  an endpoint or a batch prediction failed
├── LogError           RDX-LOG  the action log cannot be read, or is not what it was
├── ComputeError       RDX-CMP  a cluster cannot be used, or cannot do the work
└── StorageError       RDX-STO  a snapshot cannot be written, read or trusted

Codes are stable: scripts and people may rely on them. Each is explained in docs/errors.md.
"""

from typing import Any


class RadixError(Exception):
    """An error that a person can act on.

    `found` says what is wrong, `expected` what would be right, `hint` what to do next. `context` names the place:
    project, table, column, file, line, rows. No field may hold a secret or a value of a private column.
    """

    transient = False
    """Whether the same call may succeed later without anyone changing anything."""

    def __init__(self, code: str, found: str, *, expected: str = "", hint: str = "", **context: Any) -> None:
        self.code = code
        self.found = found
        self.expected = expected
        self.hint = hint
        self.context = {key: value for key, value in context.items() if value is not None}
        super().__init__(code, found)

    def __str__(self) -> str:
        lines = [f"{self.code}: {self.found}"]
        if self.expected:
            lines.append(f"  expected: {self.expected}")
        if self.context:
            lines.append("  where: " + ", ".join(f"{key} {value}" for key, value in self.context.items()))
        if self.hint:
            lines.append(f"  next: {self.hint}")
        return "\n".join(lines)

    def attrs(self) -> dict[str, Any]:
        """The error as plain data, for the event log and for `--json`."""
        return {
            "code": self.code,
            "kind": type(self).__name__,
            "found": self.found,
            "expected": self.expected,
            "hint": self.hint,
            "transient": self.transient,
            **{key: str(value) for key, value in self.context.items()},
        }


class ConfigError(RadixError):
    """A project file or a setting is wrong."""


class SourceError(RadixError):
    """A source cannot be read, or holds nothing usable."""


class TransientSourceError(SourceError):
    """A source did not answer; it may answer later."""

    transient = True


class EmptySourceError(SourceError):
    """A source can be read but holds no row. The other tables lose nothing by going on without it."""


class CredentialError(RadixError):
    """A credential is missing or was refused; only a person can mend it, so it is never retried."""


class TransientCredentialError(CredentialError):
    """The place that holds a credential did not answer; it may answer later."""

    transient = True


class TagError(RadixError):
    """A tag names something that is not there, or cannot be."""


class TargetError(RadixError):
    """The question cannot be asked of these data."""


class FeatureError(RadixError):
    """Features cannot be computed."""


class ModelError(RadixError):
    """Training, judging or registering a model failed."""


class ServingError(RadixError):
    """An endpoint or a batch prediction failed."""


class ComputeError(RadixError):
    """A cluster cannot be used, or cannot do the work."""


class TransientComputeError(ComputeError):
    """A cluster did not answer or ended the work; it may do it later."""

    transient = True


class MetadataError(RadixError):
    """The database that the machines share does not answer; it may answer later."""

    transient = True


class BudgetError(RadixError):
    """A plan costs more than the project may; only a person can mend it, so it is never retried."""


class StorageError(RadixError):
    """A snapshot cannot be written, read or trusted."""


class LogError(RadixError):
    """The action log cannot be read, or is not what it was."""
