"""Lists of object storage in XML."""

import contextlib
from xml.etree import ElementTree as ET

from radix_assets.sources.places.errors import failed


def tree_of(content: bytes, where: str) -> ET.Element:
    """Return the root of an XML document, its names without namespaces.

    Raise SourceError RDX-SRC-016 if it is none, or declares entities, which can make it endless.
    """
    root = None
    if b"<!DOCTYPE" not in content and b"<!ENTITY" not in content:
        with contextlib.suppress(ET.ParseError, ValueError, LookupError):
            root = ET.fromstring(content)  # noqa: S314 without entities
    if root is None:
        raise failed(where, "it sends something else than a list of files", "check the endpoint")
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def text_of(element: ET.Element, path: str) -> str:
    """Return the text of a descendant; empty if there is none."""
    return element.findtext(path) or ""
