"""Credentials: references to secrets, resolved at the last moment."""
