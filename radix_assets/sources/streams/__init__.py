"""Topics of Kafka, read as far as they go when the read begins."""
