"""Profiles: exact statistics of every column of a raw table, with a picture, alerts and a page."""
