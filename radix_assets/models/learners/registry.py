"""The learners that Radix ships, and those that installed packages offer."""

from radix_assets.common.plural import counted
from radix_assets.common.vocabulary import LEARNERS
from radix_assets.models.learners.base import Learner, Task
from radix_assets.models.learners.forest import ExtraTrees, RandomForest
from radix_assets.models.learners.lightgbm import LightGBM
from radix_assets.models.learners.linear import Linear
from radix_assets.models.learners.rule import OneRule
from radix_assets.project.learner_names import check_learner
from radix_resources.errors import ConfigError, ModelError
from radix_resources.plugins import load_plugin, plugins

_CLASSES: dict[str, type[Learner]] = {
    learner.name: learner for learner in (LightGBM, ExtraTrees, Linear, RandomForest, OneRule)
}
BUILT_IN: tuple[type[Learner], ...] = tuple(_CLASSES[name] for name in LEARNERS)
"""In the order in which the search tries them."""


def get_learner(name: str) -> type[Learner]:
    """Return a learner by name; one that Radix ships has precedence.

    Raise ConfigError RDX-CFG-019 if no package offers it, or what it offers is not a learner of that name.
    """
    if name in _CLASSES:
        return _CLASSES[name]
    check_learner(name)
    offered = load_plugin("radix.learners", name)
    if not (isinstance(offered, type) and issubclass(offered, Learner) and getattr(offered, "name", None) == name):
        raise ConfigError(
            "RDX-CFG-019",
            f"the radix.learners extension {name!r} is not a learner of that name",
            expected=f"a subclass of radix_assets.models.learners.base.Learner with name = {name!r}",
            hint="update or uninstall the package that provides it",
        )
    return offered


def searched_learners(
    names: list[str] | None, *, task: Task, rows: int, private_rows: int = 0
) -> tuple[type[Learner], ...]:
    """Return the learners that a search tries, in order.

    `names` are those that the project lists; None means those that Radix ships. Learners that do not handle the task
    or are too slow for `rows` learning rows are left out. With `private_rows` so are those that cannot promise that
    each fitted value is drawn from that many rows. Raise ConfigError RDX-CFG-019 for a name that is not known, and
    ModelError RDX-MOD-008 if no learner is left.
    """
    listed = BUILT_IN if names is None else tuple(get_learner(name) for name in names)
    usable = tuple(
        learner
        for learner in listed
        if task in learner.tasks
        and (learner.max_rows is None or rows <= learner.max_rows)
        and (not private_rows or learner.private_settings(learner.start(rows, 0), private_rows) is not None)
    )
    if not usable:
        raise ModelError(
            "RDX-MOD-008",
            f"none of {', '.join(learner.name for learner in listed)} can learn this target "
            f"({task}, {counted(rows, 'row')}{', private' if private_rows else ''})",
            expected=f"one of {', '.join(learner.name for learner in BUILT_IN)} among search.learners",
            hint="list another learner in project.yaml, or remove search.learners",
        )
    return usable


def learner_versions(names: list[str]) -> list[str]:
    """Return each name, with the version of the package that offers the learner, without importing that package."""
    points = plugins("radix.learners")
    distributions = [(name, points[name].dist if name in points else None) for name in names]
    return [name if dist is None else f"{name} {dist.version}" for name, dist in distributions]
