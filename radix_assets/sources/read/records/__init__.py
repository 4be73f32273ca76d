"""Records of nested values, from JSON and Avro, as related tables."""
