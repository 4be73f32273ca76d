"""Databases of documents: MongoDB."""
