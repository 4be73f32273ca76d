"""The Dagster adapter: assets, jobs, sensors, metadata, resources. Only `cli` and launchpads use Dagster beside it."""
