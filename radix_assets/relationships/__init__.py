"""The relationships stage: primary keys and foreign keys."""
