"""Names of modules in strings, and imports inside functions: moving a module would break them silently."""

import ast
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from syntax import statements

ROOT = Path(__file__).parents[2]
FOLDERS = ("tests", "benchmarks", "samples", "radix_assets", "radix_resources")
REFERENCE = re.compile(r"\bradix_(?:assets|resources)(?:\.\w+)+(?::\w+(?:\.\w+)*)?")
PLANTED = {"test_references.py", "test_layers.py"}
"""Files that name modules which do not exist, to test that this is reported."""
NOT_MODULES = (".gz", ".jsonl", ".egg-info")


def python_files() -> list[Path]:
    return sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))


@cache
def missing(reference: str) -> str | None:
    """Return the part of `module.name`, `module.name.attribute` or `module:name.attribute` that does not exist."""
    path, _, names = reference.partition(":")
    parts = path.split(".")
    attributes = names.split(".") if names else []
    while True:
        try:
            holder: object = importlib.import_module(".".join(parts))
            break
        except ModuleNotFoundError:
            if names or len(parts) == 1:
                return f"no module {'.'.join(parts)}"
            attributes.insert(0, parts.pop())
    for name in attributes:
        if not hasattr(holder, name):
            return f"{reference}: no {name}"
        holder = getattr(holder, name)
    return None


def strings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield each string that is data, not documentation, with its line."""
    nodes = [tree]
    while nodes:
        node = nodes.pop()
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.Constant):
                nodes.append(child)
            elif isinstance(child.value, str) and not isinstance(node, ast.Expr):
                yield child.lineno, child.value


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield each import of Radix, with its line, as a reference."""
    for node in statements(tree):
        if isinstance(node, ast.ImportFrom) and str(node.module).split(".")[0] in {"radix_assets", "radix_resources"}:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names if alias.name != "*")


def broken_references(text: str) -> Iterator[str]:
    """Yield the broken references: imports, references in strings, imports of programs in strings."""
    tree = ast.parse(text)
    found = list(imports(tree))
    for line, value in strings(tree):
        found += [(line, match[0]) for match in REFERENCE.finditer(value) if not match[0].endswith(NOT_MODULES)]
        if "import radix_" in value or "from radix_" in value:
            try:
                found += [(line, reference) for _, reference in imports(ast.parse(value))]
            except SyntaxError:
                continue  # a part of a program; the modules that it names were found above
    for line, reference in found:
        if (problem := missing(reference)) is not None:
            yield f"line {line}: {problem}"


def test_every_reference_to_a_module_resolves():
    broken = [
        f"{path.relative_to(ROOT)}, {problem}"
        for path in python_files()
        if path.name not in PLANTED
        for problem in broken_references(path.read_text(encoding="utf-8"))
    ]
    assert broken == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("from radix_resources.errors import NoSuchError", "no NoSuchError"),
        ("def f():\n    from radix_assets.nowhere import f", "no nowhere"),
        ("PLACE = 'radix_assets.stages:NO_STAGES'", "no NO_STAGES"),
        ("PLACE = 'radix_resources.home:Home.no_such'", "no no_such"),
        ("CODE = 'import sys\\nfrom radix_resources.home import House\\n'", "no House"),
        ("f(f'radix_assets.nothing:{x}')", "no nothing"),
    ],
)
def test_a_reference_that_does_not_resolve_is_reported(text: str, problem: str):
    (found,) = broken_references(text)
    assert problem in found


def test_every_script_of_the_benchmarks_imports(tmp_path: Path):
    scripts = sorted(path.stem for path in (ROOT / "benchmarks").glob("*.py"))
    assert "all" in scripts
    code = (
        "import importlib, sys\n"
        f"sys.path.insert(0, {str(ROOT / 'benchmarks')!r})\n"
        f"for name in {scripts!r}:\n"
        "    importlib.import_module(name)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
