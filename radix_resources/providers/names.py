"""What a provider may be called, and which one a project gets that names none."""

import re

NAME = re.compile(r"[a-z][a-z0-9_]*")
"""What a provider may be called: its name is part of asset keys and of the names of Dagster resources."""
DEFAULT = "local"
"""The provider of a project that names none."""
