"""Every distribution that the code imports is declared, in the dependencies or in the extra that needs it."""

import ast
import re
import sys
import tomllib
from collections import defaultdict
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from syntax import statements

REPOSITORY = Path(__file__).parents[2]
OF_EXTRAS = {
    "aws": {"boto3", "botocore"},
    "azure": {"azure-core", "azure-identity", "azure-storage-blob"},
    "delta": {"deltalake"},
    "dlt": {"dlt", "requests"},
    "duckdb": {"duckdb"},
    "gcs": {"google-auth"},
    "iceberg": {"pyiceberg", "requests"},
    "kafka": {"confluent-kafka"},
    "machines": {"psycopg2-binary"},
    "mongodb": {"pymongo"},
    "mssql": {"pymssql"},
    "mysql": {"pymysql"},
    "s3": {"botocore"},
    "sftp": {"asyncssh"},
    "snowflake": {"adbc-driver-snowflake"},
    "spark": {"pyspark"},
}
"""Imports that need an extra."""


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(*extras: str) -> set[str]:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    lists = [project["dependencies"], *(project["optional-dependencies"][extra] for extra in extras)]
    return {normal(re.split(r"[\[<>=~! ;]", line, maxsplit=1)[0]) for lines in lists for line in lines}


def imported(*folders: str) -> dict[str, set[str]]:
    """Return the top-level modules of other distributions, each with the files that import it."""
    own = {"radix_assets", "radix_resources", "example_plugin"}
    local = {
        path.stem if path.is_file() else path.name
        for folder in ("tests", "benchmarks", "tools")
        for path in (REPOSITORY / folder).rglob("*")
    }
    modules = defaultdict(set)
    for file in (path for folder in folders for path in (REPOSITORY / folder).rglob("*.py")):
        for node in statements(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for top in {name.split(".")[0] for name in names} - own - sys.stdlib_module_names:
                if folders == ("radix_assets", "radix_resources") or top not in local:
                    modules[top].add(str(file.relative_to(REPOSITORY)))
    return modules


@pytest.mark.parametrize(
    ("folders", "extras"),
    [
        pytest.param(("radix_assets", "radix_resources"), (), id="packages"),
        pytest.param(("tests", "benchmarks", "tools"), ("dev", "docs", "sample"), id="beside the packages"),
    ],
)
def test_every_imported_package_is_declared(folders: tuple[str, ...], extras: tuple[str, ...]):
    distributions = packages_distributions()
    known = declared(*extras) | (set().union(*OF_EXTRAS.values()) if not extras else set())
    missing = {
        module: sorted(files)
        for module, files in imported(*folders).items()
        if not {normal(name) for name in distributions.get(module, [module])} & known
    }
    assert not missing


@pytest.mark.parametrize("extra", OF_EXTRAS)
def test_an_extra_declares_what_it_is_for(extra: str):
    assert declared(extra) >= OF_EXTRAS[extra]


def test_constraints_contain_versions_and_hashes_and_no_locations():
    text = (REPOSITORY / "constraints.txt").read_text()
    pinned = {normal(name) for name in re.findall(r"(?m)^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==", text)}
    extras = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert declared(*extras) <= pinned
    assert "://" not in text
    assert not re.search(r"(?m)^\s*--(?!hash=sha256:)", text)
