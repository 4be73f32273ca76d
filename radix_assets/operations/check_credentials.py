"""Check whether the credentials that projects require are set and work. No result holds a value."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from radix_assets.pipeline.credentials import Need, asks_a_person, needs_of
from radix_assets.pipeline.engine import cluster_of
from radix_assets.project.settings import Project
from radix_assets.sources.kinds.base import ProbeResult, SourceContext
from radix_resources.credentials.lookup import Credentials, credentials
from radix_resources.errors import CredentialError, RadixError
from radix_resources.home import Home

State = Literal["works", "missing", "refused", "unreachable", "wrong"]
"""`unreachable`: no answer, so the credential could not be tried. `wrong`: it connects, but something else fails."""


@dataclass(frozen=True)
class Checked:
    """The result of checking one address."""

    need: Need
    state: State
    where: dict[str, str | None]
    """Credential name to the store that has it; None if none has."""
    found: str
    next: str = ""
    code: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def needs_person(self) -> bool:
        """Return whether a user must set a credential."""
        return self.state in {"missing", "refused"}


def check(projects: Iterable[Project], home: Home) -> list[Checked]:
    """Probe every address that the projects use, each once, even if several projects use it."""
    lookup = credentials(home.state)
    probed: dict[tuple[str, str], Checked] = {}
    results = []
    for project in projects:
        for need in needs_of(project):
            key = (need.address, need.source.model_dump_json() if need.source else "")
            if key not in probed:
                probed[key] = _check(project, need, lookup, home)
            first = probed[key]
            results.append(Checked(need, first.state, first.where, first.found, first.next, first.code, first.warnings))
    return results


def _check(project: Project, need: Need, lookup: Credentials, home: Home) -> Checked:
    where = {name: _where(lookup, name) for name in need.names}
    try:
        result = _probe(project, need, lookup, home)
    except RadixError as error:
        return Checked(need, _state(error), where, error.found, error.hint, error.code)
    return Checked(need, "works", where, result.found, warnings=result.warnings)


def _probe(project: Project, need: Need, lookup: Credentials, home: Home) -> ProbeResult:
    if need.source:
        return need.source.probe(SourceContext(project.folder, lookup))
    cluster_of(project, home).ready()
    return ProbeResult("the cluster answers; whether it accepts work was not tried")


def _where(lookup: Credentials, name: str) -> str | None:
    """Return the store that has a credential, even if it is locked."""
    try:
        credential = lookup.find(name)
    except CredentialError:
        return lookup.where(name)
    return credential.where if credential else None


def _state(error: RadixError) -> State:
    if not asks_a_person(error):
        return "unreachable" if error.transient else "wrong"
    return "refused" if error.code == "RDX-CRD-002" else "missing"
