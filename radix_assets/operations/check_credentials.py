"""Whether the credentials that projects need are there and work, told without any value."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from radix_assets.pipeline.credentials import Need, asks_a_person, needs_of
from radix_assets.pipeline.engine import cluster_of
from radix_assets.project.settings import Project
from radix_assets.sources.probes import Probed, probe
from radix_resources.credentials.lookup import Credentials, credentials
from radix_resources.errors import CredentialError, RadixError
from radix_resources.home import Home

State = Literal["works", "missing", "refused", "unreachable", "wrong"]
"""`unreachable`: nobody answered, so it cannot be told. `wrong`: it gets through, and something is not as needed."""


@dataclass(frozen=True)
class Checked:
    """What was found of one address."""

    need: Need
    state: State
    where: dict[str, str | None]
    """Of each credential, which place has it; None where no place has."""
    found: str
    next: str = ""
    code: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def needs_person(self) -> bool:
        """Whether a credential must be given."""
        return self.state in {"missing", "refused"}


def check(projects: Iterable[Project]) -> list[Checked]:
    """Try every address that the projects use, each once, however many use it."""
    home = Home.from_environment()
    held = credentials(home.state)
    tried: dict[tuple[str, str, tuple[str, ...]], Checked] = {}
    found = []
    for project in projects:
        for need in needs_of(project):
            key = (need.address, need.schema, need.tables)
            if key not in tried:
                tried[key] = _checked(project, need, held, home)
            known = tried[key]
            found.append(Checked(need, known.state, known.where, known.found, known.next, known.code, known.warnings))
    return found


def _checked(project: Project, need: Need, held: Credentials, home: Home) -> Checked:
    where = {name: _where(held, name) for name in need.names}
    try:
        probed = _probed(project, need, home)
    except RadixError as error:
        return Checked(need, _state(error), where, error.found, error.hint, error.code)
    return Checked(need, "works", where, probed.found, warnings=probed.warnings)


def _probed(project: Project, need: Need, home: Home) -> Probed:
    if need.tables:
        return probe(need.address, schema=need.schema, tables=need.tables)
    cluster_of(project, home).ready()
    return Probed("the cluster answers; whether it takes the work was not tried")


def _where(held: Credentials, name: str) -> str | None:
    """Where it is, or would be if it were not locked."""
    try:
        found = held.find(name)
    except CredentialError:
        return held.where(name)
    return found.where if found else None


def _state(error: RadixError) -> State:
    if not asks_a_person(error):
        return "unreachable" if error.transient else "wrong"
    return "refused" if error.code == "RDX-CRD-002" else "missing"
