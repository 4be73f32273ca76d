"""Every error code that Radix can raise is documented, and no other."""

import re
from pathlib import Path

from radix_resources import errors
from radix_resources.errors import (
    ConfigError,
    MetadataError,
    RadixError,
    TransientComputeError,
    TransientCredentialError,
    TransientSourceError,
)

ROOT = Path(__file__).parents[2]


def test_every_code_has_its_section_and_every_section_its_code():
    raised = set()
    for package in ("radix_assets", "radix_resources"):
        for path in (ROOT / package).rglob("*.py"):
            raised |= set(re.findall(r"\"(RDX-[A-Z]{3}-\d{3})\"", path.read_text(encoding="utf-8")))
    sections = re.findall(
        r"^## (RDX-[A-Z]{3}-\d{3}) \S", (ROOT / "docs" / "errors.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert sections == sorted(set(sections))
    assert sorted(raised - set(sections)) == []
    assert sorted(set(sections) - raised) == []


def test_an_error_names_what_was_found_what_was_expected_where_and_what_to_do():
    error = ConfigError("RDX-CFG-001", "no file", expected="a file", hint="write one", file="x.yaml", line=None)
    assert str(error).splitlines() == [
        "RDX-CFG-001: no file",
        "  expected: a file",
        "  where: file x.yaml",
        "  next: write one",
    ]
    assert error.attrs()["file"] == "x.yaml"
    assert not error.transient


def test_only_transient_errors_are_retried():
    def below(kind: type[RadixError]) -> set[type[RadixError]]:
        return {kind}.union(*(below(child) for child in kind.__subclasses__()))

    assert {kind.__name__ for kind in below(RadixError) if kind.transient} == {
        MetadataError.__name__,
        TransientComputeError.__name__,
        TransientCredentialError.__name__,
        TransientSourceError.__name__,
    }


def test_the_tree_in_the_docstring_has_every_error_class_and_every_code_prefix():
    tree = errors.__doc__ or ""
    direct = {kind.__name__ for kind in RadixError.__subclasses__() if kind.__module__ == errors.__name__}
    assert set(re.findall(r"[├└]── (\w+)", tree)) == direct
    raised = set()
    for package in ("radix_assets", "radix_resources"):
        for path in (ROOT / package).rglob("*.py"):
            raised |= set(re.findall(r"\"(RDX-[A-Z]{3})-\d{3}\"", path.read_text(encoding="utf-8")))
    assert set(re.findall(r"RDX-[A-Z]{3}", tree)) == raised
