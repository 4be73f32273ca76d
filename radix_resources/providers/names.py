"""The valid names of providers, and the default provider."""

import re

NAME = re.compile(r"[a-z][a-z0-9_]*")
"""Valid names of providers: a name is part of asset keys and of the names of Dagster resources."""
DEFAULT = "local"
"""The provider of a project that names none."""
