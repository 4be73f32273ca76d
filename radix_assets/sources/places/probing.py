"""Probe an address of files: can it be listed with its credentials, and do they permit more than reading?"""

from itertools import islice
from typing import Final

from radix_assets.sources.places.address import WEB, display, split_options
from radix_assets.sources.places.discovery import access_of
from radix_assets.sources.places.errors import missing
from radix_assets.sources.places.opening import opened
from radix_assets.sources.places.patterns import fixed_part
from radix_resources.credentials.lookup import Credentials

_MOST: Final = 1000


def probe_place(argument: str, credentials: Credentials) -> tuple[str, tuple[str, ...]]:
    """Return what was found, in one line, and warnings of permissions beyond reading. Raise as reading does."""
    text, options = split_options(argument)
    with opened(text, access_of(options), credentials) as (place, address):
        if address.scheme in WEB:
            file = place.look(address.path)
            if file is None:
                raise missing(display(text))
            found = f"answered 200 {file.media}".strip()
        else:
            folder, _ = fixed_part(address.path)
            count = len(list(islice(place.listing(folder, deep=True), _MOST + 1)))
            found = f"listed {min(count, _MOST)}{' or more' if count > _MOST else ''} objects"
        known, warnings = place.permissions()
    return "; ".join(filter(None, (found, known))), warnings
