"""The pipeline kernel: stages, steps, outputs, fingerprints and the status of every asset, without Dagster."""
