"""Databases: catalogues, queries and connections of each kind, and the staging that they share."""
