"""The names of the learners that a project may list, without importing the learners."""

import difflib

from radix_assets.common.vocabulary import LEARNERS
from radix_resources.errors import ConfigError
from radix_resources.plugins import plugins


def learner_names() -> list[str]:
    """Return the names of all learners that a project may list: those that Radix ships, then those of packages."""
    return [*LEARNERS, *(name for name in plugins("radix.learners") if name not in LEARNERS)]


def check_learner(name: str) -> None:
    """Raise ConfigError RDX-CFG-019 if neither Radix nor an installed package offers the learner."""
    names = learner_names()
    if name in names:
        return
    near = difflib.get_close_matches(name, names, n=1)
    raise ConfigError(
        "RDX-CFG-019",
        f"there is no learner {name!r}",
        expected=f"one of {', '.join(names)}",
        hint=f"did you mean {near[0]}?" if near else "install the package that provides it, or correct the name",
    )
