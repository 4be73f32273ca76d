"""Several machines on one metadata database: the worker that executes queued runs, and the run launcher."""
