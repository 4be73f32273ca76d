"""Radix's code location: assets, checks, jobs, sensors, schedules and resources of all projects."""

import gc

import dagster as dg


@dg.definitions
def defs() -> dg.Definitions:
    """Build the definitions of all projects. One that cannot be loaded is shown as broken, and the others load."""
    from radix_assets.orchestration.assets import build_assets
    from radix_assets.orchestration.broken_project import build_broken
    from radix_assets.orchestration.infrastructure import build_infrastructure
    from radix_assets.orchestration.jobs import build_approval
    from radix_assets.orchestration.resources import resources
    from radix_assets.orchestration.sensors import build_schedules, build_sensors
    from radix_assets.pipeline.tools import tools_in_use, tools_of
    from radix_assets.project.load import load_projects
    from radix_assets.stages import STAGES
    from radix_resources.home import Home

    home = Home.from_environment()
    home.prepare()
    gc.disable()  # what is built here lives on, so collecting garbage in it would be wasted time
    try:
        projects, broken = load_projects(home.projects)
        providers = tools_in_use(home, projects).values()
        return dg.Definitions(
            assets=[
                *(asset for project in projects for asset in build_assets(project, STAGES, tools_of(project, home))),
                *(build_broken(name, error) for name, error in broken.items()),
                *build_infrastructure(providers),
            ],
            resources=resources(providers),
            jobs=[build_approval()],
            sensors=build_sensors(),
            schedules=build_schedules(projects),
            executor=dg.in_process_executor,
        )
    finally:
        gc.freeze()
        gc.enable()
