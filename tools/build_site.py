"""Build the documentation site into build/site: `python tools/build_site.py`, or `make docs`.

Offline; a warning of the builder, a link that leads nowhere and a page that the navigation lacks are errors.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import typer
import yaml
from site_links import dead_links

from radix_assets.cli.main import register_commands

REPOSITORY = Path(__file__).parents[1]
BUILD = REPOSITORY / "build"
PAGES = BUILD / "site-pages"
SITE = BUILD / "site"


def assemble() -> None:
    """Copy the pages and write those that are generated."""
    shutil.rmtree(PAGES, ignore_errors=True)
    shutil.copytree(REPOSITORY / "docs", PAGES)
    for name in ("CHANGELOG", "CONTRIBUTING"):
        text = (REPOSITORY / f"{name}.md").read_text(encoding="utf-8")
        (PAGES / f"{name.lower()}.md").write_text(text.replace("](docs/", "]("), encoding="utf-8")
    (PAGES / "reference" / "cli.md").write_text(command_page(), encoding="utf-8")
    settings = (REPOSITORY / "mkdocs.yml").read_text(encoding="utf-8")
    content = yaml.safe_load(settings)
    content["nav"] = [entry for entry in map(expanded, content["nav"]) if all(entry.values())]
    content["plugins"][1]["mkdocstrings"]["handlers"]["python"]["paths"] = [str(REPOSITORY)]
    (BUILD / "mkdocs.yml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def expanded(entry: dict[str, object]) -> dict[str, object]:
    """Replace a folder of the navigation by its pages: an index first, the rest by file name."""
    ((title, place),) = entry.items()
    if not isinstance(place, str) or not place.endswith("/"):
        return entry
    pages = sorted((PAGES / place).glob("*.md"), key=lambda page: (page.stem != "index", page.name))
    return {title: [{heading(page): f"{place}{page.name}"} for page in pages]}


def heading(page: Path) -> str:
    """Return the title of a page; of a decision with its number."""
    found = re.search(r"(?m)^# (?:\d+[.:]? )?(.+)$", page.read_text(encoding="utf-8"))
    title = found[1] if found else page.stem
    number = re.match(r"(\d{4})-", page.name)
    return f"{int(number[1])}. {title}" if number else title


def command_page() -> str:
    """Describe every command with its arguments and options, as `--help` does."""
    root: Any = typer.main.get_command(register_commands())
    parts = ["# Commands", root.help or "", "Most commands have `--json`; `radix COMMAND --help` prints what is here."]
    for name, command in sorted(root.commands.items()):
        nested = sorted(getattr(command, "commands", {}).items())
        parts += [
            *described(f"radix {name}", command),
            *(line for child, each in nested for line in described(f"radix {name} {child}", each)),
        ]
    return "\n\n".join(parts) + "\n"


def described(name: str, command: Any) -> list[str]:
    """Return the paragraphs on one command."""
    context = command.context_class(command, info_name=name)
    usage = " ".join([name, *command.collect_usage_pieces(context)])
    rows = []
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if record and not getattr(parameter, "hidden", False):
            rows.append("| {} | {} |".format(*(" ".join(cell.split()).replace("|", r"\|") for cell in record)))
    rows = [re.sub(r"^\| (.+?) \| ", lambda cell: f"| `{cell[1]}` | ", row) for row in rows]
    table = ["\n".join(["| option | meaning |", "| --- | --- |", *rows])] if rows else []
    return [f"## {name}", (command.help or "").replace("\b", "").strip(), f"```\n{usage}\n```", *table]


def unlisted(pages: Path, settings: Path) -> list[str]:
    """Name every page that the navigation lacks."""
    listed = set(re.findall(r"[\w./-]+\.md", settings.read_text(encoding="utf-8")))
    return [
        f"{name} is not in the navigation"
        for path in sorted(pages.rglob("*.md"))
        if (name := str(path.relative_to(pages))) not in listed
    ]


def main() -> int:
    """Build and check; return the exit code."""
    assemble()
    command = [Path(sys.executable).with_name("zensical"), "build", "--strict", "--clean", "-f", BUILD / "mkdocs.yml"]
    code = subprocess.run(command, cwd=BUILD, check=False).returncode
    problems = [*dead_links(SITE), *unlisted(PAGES, BUILD / "mkdocs.yml")] if code == 0 else []
    for problem in problems:
        print(problem, file=sys.stderr)
    return code or bool(problems)


if __name__ == "__main__":
    sys.exit(main())
