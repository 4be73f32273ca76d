"""This machine, or several that share a folder and a database: nothing to install, no account."""
