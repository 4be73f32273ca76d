"""The code location: projects → assets, checks, job, sensors, schedules, resources."""

import gc

import dagster as dg


@dg.definitions
def defs() -> dg.Definitions:
    """Everything Dagster shows. A project that cannot be loaded is shown as broken; the others are not touched."""
    from radix_assets.orchestration.assets import build_assets
    from radix_assets.orchestration.broken_project import build_broken
    from radix_assets.orchestration.infrastructure import build_infrastructure
    from radix_assets.orchestration.jobs import build_approval
    from radix_assets.orchestration.resources import resources
    from radix_assets.orchestration.sensors import build_schedules, build_sensors
    from radix_assets.pipeline.tools import tools_in_use, tools_of
    from radix_assets.project.settings import load_projects
    from radix_assets.stages import STAGES
    from radix_resources.home import Home

    home = Home.from_environment()
    home.prepare()
    gc.disable()  # what is built here stays for good, so looking through it for garbage is lost time
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
