"""Every error that Radix raises, in one tree.

RadixError             RDX-INT  an error that Radix did not expect: a defect
                       RDX-RUN  a run whose process was killed (an event in the log; it is never raised)
├── ConfigError        RDX-CFG  a project file or a setting is wrong
├── SourceError        RDX-SRC  a source cannot be read, or contains nothing usable
├── CredentialError    RDX-CRD  a credential is missing or was refused
├── TagError           RDX-TAG  a tag names something that does not exist or is not possible
├── TargetError        RDX-TGT  the question cannot be answered with these data
├── FeatureError       RDX-FEA  features cannot be computed
├── ModelError         RDX-MOD  training, judging or registering a model failed
├── MetadataError      RDX-MET  the database of runs and events cannot be used
├── BudgetError        RDX-BUD  a plan costs more than the budget of the project allows
├── ServingError       RDX-SRV  an endpoint or a batch prediction failed
├── LogError           RDX-LOG  the action log cannot be read, or was altered
├── ComputeError       RDX-CMP  a cluster cannot be used, or cannot do the work
└── StorageError       RDX-STO  a snapshot cannot be written or read, or is damaged

A subclass that begins with Transient is retried. Codes are stable, so that scripts may rely on them; docs/errors.md
explains each.
"""

from typing import Any


class RadixError(Exception):
    """An error that a user can act on.

    `found` says what is wrong, `expected` what would be right, `hint` what to do next. `context` says where: project,
    table, column, file, line, rows. No field may contain a secret or a value of a private column.
    """

    transient = False
    """Whether the same call may succeed later although nothing was changed."""

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
        """Return the error as plain data, for the event log and for `--json`."""
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
    """A source cannot be read, or contains nothing usable."""


class TransientSourceError(SourceError):
    """A source did not respond; it may respond later."""

    transient = True


class EmptySourceError(SourceError):
    """A source can be read but has no rows. The other tables can be processed without it."""


class CredentialError(RadixError):
    """A credential is missing or was refused. Only a user can fix it, so it is never retried."""


class TransientCredentialError(CredentialError):
    """The store of a credential did not respond; it may respond later."""

    transient = True


class TagError(RadixError):
    """A tag names something that does not exist or is not possible."""


class TargetError(RadixError):
    """The question cannot be answered with these data."""


class FeatureError(RadixError):
    """Features cannot be computed."""


class ModelError(RadixError):
    """Training, judging or registering a model failed."""


class ServingError(RadixError):
    """An endpoint or a batch prediction failed."""


class ComputeError(RadixError):
    """A cluster cannot be used, or cannot do the work."""


class TransientComputeError(ComputeError):
    """A cluster did not respond or ended the work; it may succeed later."""

    transient = True


class MetadataError(RadixError):
    """The database of runs and events cannot be used; it may be available later."""

    transient = True


class BudgetError(RadixError):
    """A plan costs more than the budget of the project allows. Only a user can decide, so it is never retried."""


class StorageError(RadixError):
    """A snapshot cannot be written or read, or is damaged."""


class LogError(RadixError):
    """The action log cannot be read, or was altered."""
