"""A project as a Dagster component: a code location of a team's own mounts it with a few lines of YAML."""

import os
from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import BaseModel, Field, PrivateAttr

from radix_assets.orchestration.assets import build_assets
from radix_assets.orchestration.infrastructure import build_infrastructure
from radix_assets.orchestration.jobs import build_approval
from radix_assets.orchestration.resources import resources
from radix_assets.orchestration.sensors import build_schedules, build_sensors, sensor_job
from radix_assets.pipeline.tools import tools_in_use, tools_of
from radix_assets.project.load import load_project, project_in
from radix_assets.project.settings import PROJECT_FILE, Project
from radix_assets.stages import STAGES
from radix_resources.errors import ConfigError
from radix_resources.home import QUIET, Home

PREFIX = "radix_"
"""Put before the names of resources, sensors and jobs, which the team's own may otherwise have."""
JOB = f"{PREFIX}projects"
FILE = "defs.yaml"

Section = dict[str, Any]


class RadixProject(dg.Component, dg.Model, dg.Resolvable):
    """A Radix project: raw tables, profiles, tags, features, a model, its endpoint and predictions.

    The attributes are those of a project file, or `project`: a folder that holds one. The tags are in `tags.yaml`, in
    the folder of this file or of the project file. The first RadixProject of a code location also brings what all of
    them share: the sensors, the job that they start, the job that approves plans, and the infrastructure assets.
    """

    project: str | None = Field(
        None, description="A folder with a project.yaml, relative to this file, in place of the settings below."
    )
    name: str | None = Field(None, description="First part of all asset keys; the folder's name by default.")
    description: str | None = Field(None, description="One sentence for the people who see it in the UI.")
    sources: list[Section] | None = Field(None, description="Where the tables come from, as in a project file.")
    goal: Section | None = Field(None, description="What to predict: target and problem, as in a project file.")
    schedule: str | None = Field(None, description="Cron expression of a regular full run.")
    policy: Section | None = Field(None, description="What a person must decide, as in a project file.")
    search: Section | None = Field(None, description="How long to search for a model, as in a project file.")
    infrastructure: Section | None = Field(None, description="Where it runs, as in a project file.")
    compute: Section | None = Field(None, description="What computes tables, as in a project file.")
    budget: Section | None = Field(None, description="What it may cost, as in a project file.")
    owners: list[str] | None = Field(None, description="Owners of its assets: e-mail addresses, or team:NAME.")
    automation: bool = Field(
        True, description="False: neither sensors nor schedule; the team's own automation materializes the assets."
    )

    _file: Path = PrivateAttr(default=Path())

    @classmethod
    def load(cls, attributes: BaseModel | None, context: dg.ComponentLoadContext) -> "RadixProject":
        """Load the component, and remember where its file is."""
        component = super().load(attributes, context)
        component._file = _file_of(context)  # noqa: SLF001 its own
        return component

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """Build the definitions. Raise ConfigError RDX-CFG-001 to 003 if the settings are not those of a project."""
        self._file = _file_of(context)
        home = _prepared()
        project = self.read()
        defs = dg.Definitions(
            assets=build_assets(project, STAGES, tools_of(project, home), prefix=PREFIX),
            schedules=build_schedules([project]) if self.automation else [],
        )
        mounted = _mounted(self, context)
        return dg.Definitions.merge(defs, _shared(home, mounted)) if mounted[0] is self else defs

    def read(self) -> Project:
        """Read the project that this component declares. Raise ConfigError RDX-CFG-001 to 003."""
        file = self._file
        settings = {
            name: value
            for name, value in self.model_dump(exclude={"project", "automation"}).items()
            if value is not None
        }
        if self.project is None:
            return project_in(settings, file)
        if settings:
            raise ConfigError(
                "RDX-CFG-003",
                f"project and {next(iter(settings))} are given",
                expected="project, or the settings",
                hint=f"move the settings into {PROJECT_FILE}",
                file=file,
            )
        return load_project((file.parent / self.project).resolve() / PROJECT_FILE)


def _file_of(context: dg.ComponentLoadContext) -> Path:
    path = context.path
    return path / FILE if path.is_dir() else path


def _mounted(component: RadixProject, context: dg.ComponentLoadContext) -> list[RadixProject]:
    """All components of the location that are projects, in the order of its folders; `component` alone in tests."""
    try:
        components = context.component_tree.get_all_components(of_type=RadixProject)
    except Exception:  # noqa: BLE001 a tree without folders; or a broken neighbour, which reports its error itself
        return [component]
    return components if any(mounted is component for mounted in components) else [component]


def _shared(home: Home, mounted: list[RadixProject]) -> dg.Definitions:
    """Return the definitions that the projects of one location share."""
    everything = [component.read() for component in mounted]
    automated = [component for component in mounted if component.automation]
    providers = list(tools_in_use(home, everything).values())

    selection = dg.AssetSelection.key_prefixes(*([project.name] for project in everything))
    return dg.Definitions(
        assets=build_infrastructure(providers),
        resources={f"{PREFIX}{name}": resource for name, resource in resources(providers).items()},
        jobs=[
            sensor_job(selection, JOB),
            build_approval(lambda _home: _read(mounted), f"{PREFIX}approve_plan"),
        ],
        sensors=build_sensors(lambda _home: _read(automated), prefix=PREFIX, job=JOB) if automated else [],
    )


def _read(components: list[RadixProject]) -> list[Project]:
    return [component.read() for component in components]


def _prepared() -> Home:
    """The state directory, created if it is missing. Dagster's own settings and instance are the team's."""
    home = Home.from_environment()
    home.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, value in {**QUIET, "RADIX_HOME": str(home.state)}.items():
        os.environ.setdefault(name, value)  # for the processes of runs and steps, whose folder may be another
    return home
