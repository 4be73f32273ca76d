"""Draw docs/pictures/architecture.svg: `python tools/picture.py`, or `make picture`.

The rooms are those of the import contracts in pyproject.toml, one line a layer, so the picture shows what CI checks.
The ways are stops at rooms; docs/architecture.md says what happens at each.
"""

import tomllib
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
PICTURE = REPOSITORY / "docs" / "pictures" / "architecture.svg"
WAYS: dict[str, tuple[str, ...]] = {
    "row": (
        "raw",
        "profiles",
        "relationships",
        "suggestions",
        "tags",
        "labels",
        "exploration",
        "features",
        "models",
        "serving",
    ),
    "edit": ("tags_file", "orchestration", "pipeline", "execution", "tags"),
    "action": ("execution", "provisioner", "providers", "action_log", "metadata", "cli"),
}
"""A row from source to prediction, an edit of a tag, an action into the log: the rooms in the order of the way."""
TITLES = {
    "assets": {
        "cli": "Surface and Dagster",
        "reports": "Stages, the last first",
        "pipeline": "Kernel and what stages share",
    },
    "resources": {"provisioner": "radix_resources"},
}
"""Above which layer a title stands."""
WIDTH, CHIPS, LINE, CHIP, LETTER = 390, 290, 27, 20, 6.3
TRACKS = {"row": 308, "edit": 337, "action": 368}
STYLE = """
  .page { fill: #ffffff } .title { fill: #3c4654; font: 600 11px system-ui, sans-serif }
  .chip { fill: #eef2f7; stroke: #b6c2d1 } .name { fill: #17202b; font: 10.5px ui-monospace, monospace }
  .rule { stroke: #d6dde6 } .number { fill: #ffffff; font: 600 9.5px system-ui, sans-serif; text-anchor: middle }
  .way { font: 600 10px system-ui, sans-serif; text-anchor: middle }
  .row { stroke: #1f66c1; fill: #1f66c1 } .edit { stroke: #b4540a; fill: #b4540a }
  .action { stroke: #23794a; fill: #23794a }
  text.row, text.edit, text.action { stroke: none }
  @media (prefers-color-scheme: dark) {
    .page { fill: #151a21 } .title { fill: #c3cddb } .chip { fill: #222b37; stroke: #465468 } .name { fill: #e8eef6 }
    .rule { stroke: #313c4b } .number { fill: #10151b }
    .row { stroke: #7fb4f5; fill: #7fb4f5 } .edit { stroke: #f0a35e; fill: #f0a35e }
    .action { stroke: #74cf9b; fill: #74cf9b }
  }
"""


def layers() -> dict[str, list[list[str]]]:
    """Return the layers of the contracts `assets` and `resources`, the highest first, each with its rooms."""
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {contract["id"]: contract for contract in settings["tool"]["importlinter"]["contracts"]}
    return {
        name: [[room.strip(" ()") for room in line.split("|")] for line in contracts[name]["layers"]]
        for name in ("assets", "resources")
    }


def draw() -> str:
    """Draw the picture as SVG text; equal contracts give equal text."""
    shapes: list[str] = []
    height: dict[str, float] = {}
    y = 34.0
    for part, lines in layers().items():
        for rooms in lines:
            title = next((title for room, title in TITLES[part].items() if room in rooms), None)
            if title:
                y += 8
                shapes.append(f'<line class="rule" x1="8" x2="{WIDTH - 8}" y1="{y}" y2="{y}"/>')
                shapes.append(f'<text class="title" x="8" y="{y + 17}">{title}</text>')
                y += 25
            x = 8.0
            for room in rooms:
                width = len(room) * LETTER + 12
                if x + width > CHIPS:
                    x, y = 8.0, y + LINE
                shapes.append(f'<rect class="chip" x="{x:.0f}" y="{y}" width="{width:.0f}" height="{CHIP}" rx="4"/>')
                shapes.append(f'<text class="name" x="{x + 6:.0f}" y="{y + 14}">{room}</text>')
                height[room] = y + CHIP / 2
                x += width + 6
            y += LINE
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y + 8:.0f}" role="img">',
            "<title>The rooms of Radix by layer, with the ways of a row, of an edit and of an action</title>",
            f"<style>{STYLE}</style>",
            f'<rect class="page" width="{WIDTH}" height="{y + 8:.0f}" rx="8"/>',
            '<text class="title" x="8" y="24">A room imports only from lower lines</text>',
            *shapes,
            *(shape for way, rooms in WAYS.items() for shape in track(way, rooms, height)),
            "</svg>\n",
        ]
    )


def track(way: str, rooms: tuple[str, ...], height: dict[str, float]) -> list[str]:
    """Draw a way: a numbered stop beside each of its rooms, in the order of the way."""
    x, places = TRACKS[way], [height[room] for room in rooms]
    shapes = [f'<text class="way {way}" x="{x}" y="24">{way}</text>']
    shapes.append(f'<line class="{way}" x1="{x}" x2="{x}" y1="{min(places)}" y2="{max(places)}" stroke-width="2.5"/>')
    for number, place in enumerate(places, 1):
        shapes.append(f'<circle class="{way}" cx="{x}" cy="{place}" r="7.5"/>')
        shapes.append(f'<text class="number" x="{x}" y="{place + 3.4:.1f}">{number}</text>')
    return shapes


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
