"""Pages of web servers: the list of files that a server shows of a folder, and pages sent in place of data."""

import re
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin, urlsplit

from radix_resources.errors import SourceError

_PAGE: Final = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_BOM: Final = b"\xef\xbb\xbf"


def is_page(head: bytes) -> bool:
    """Return whether content begins as a page of HTML does."""
    return bool(_PAGE.match(head.removeprefix(_BOM)))


def page_instead(where: str) -> SourceError:
    """Return the error for a page that was sent instead of data, such as one that asks for a login."""
    return SourceError(
        "RDX-SRC-080",
        "the server sent an HTML page instead of data, such as a login or consent page",
        expected="the file itself",
        hint="use the direct download address; if it requires a credential, give one in `access` of the source",
        address=where,
    )


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links += [value for name, value in attrs if name == "href" and value]


def children_of(page: str, url: str) -> list[str]:
    """Return the URLs of what a page lists directly in its folder, folders with a slash at their end, sorted.

    Links to anywhere else, and those that sort the list, are left out.
    """
    parser = _Links()
    parser.feed(page)
    base = urlsplit(url)._replace(query="", fragment="").geturl()
    result = set()
    for link in parser.links:
        target = urlsplit(urljoin(base, link))
        if target.query or link.startswith(("?", "#")):
            continue
        whole = target._replace(fragment="").geturl()
        rest = whole.removeprefix(base)
        if whole != base and whole.startswith(base) and rest.rstrip("/") and "/" not in rest.rstrip("/"):
            result.add(whole)
    return sorted(result)
