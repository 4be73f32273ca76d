"""Credentials: looked up by name at the last moment, and never written down."""
