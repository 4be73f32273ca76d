"""The Spark engine: run plans on a cluster."""
