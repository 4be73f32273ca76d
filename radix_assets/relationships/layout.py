"""Positions of boxes and lines of the diagram, in inches; y grows downwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from radix_assets.profiles.schema import TableProfile
from radix_assets.relationships.layers import Layers, Node, arrange
from radix_assets.relationships.schema import Relationship, Schema

ROW = 0.19
HEAD = 0.42
"""Height of a box's header: the table's name and size."""
SPACE = 0.28
"""Between boxes of a layer."""
TRACK = 0.11
"""Between the vertical parts of two lines."""
MARGIN = 0.34
"""Between a box and the first vertical line: space for the marks at a line's ends."""
LONGEST = 30
"""Characters of a name that are shown."""


@dataclass
class Box:
    """A table."""

    table: str
    title: str
    size: str
    rows: list[tuple[str, str]]
    """Mark (PK, FK, PK FK) and name of the key columns."""
    more: str
    """Columns that are left out, in words."""
    width: float
    x: float = 0.0
    y: float = 0.0

    @property
    def height(self) -> float:
        """Inches."""
        return HEAD + ROW * (len(self.rows) + bool(self.more)) + 0.06

    def row(self, column: str) -> float:
        """Return the middle of a column's row."""
        names = [name for _, name in self.rows]
        place = names.index(short(column)) if short(column) in names else -1
        return self.y + (HEAD + ROW * (place + 0.5) if place >= 0 else HEAD / 2)


@dataclass
class Line:
    """A relationship: from the child, which comes first, to the parent."""

    relationship: Relationship
    points: list[tuple[float, float]] = field(default_factory=list)


@dataclass
class Layout:
    """The whole picture."""

    boxes: list[Box]
    lines: list[Line]
    width: float
    height: float


def short(name: str) -> str:
    """Return a name that fits into a box, on one line."""
    name = " ".join(name.split())
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"


def lay_out(schema: Schema, profiles: Mapping[str, TableProfile]) -> Layout:
    """Return boxes in layers with orthogonal lines between them that cross no box."""
    boxes = {table: _box(table, profile, schema) for table, profile in profiles.items()}
    edges = {n: (r.child, r.parent) for n, r in enumerate(schema.relationships) if r.child != r.parent}
    linked = {table for edge in edges.values() for table in edge}
    layers = arrange([table for table in boxes if table in linked], edges)
    lines = [Line(relationship) for relationship in schema.relationships]
    y = _heights(layers, boxes)
    right = _route(layers, boxes, y, lines)
    for line in lines:
        if line.relationship.child == line.relationship.parent and line.relationship.child in linked:
            line.points = _loop(boxes[line.relationship.child], line.relationship)
    bottom = max((boxes[table].y + boxes[table].height for table in linked), default=0.0)
    width, height = _alone([boxes[table] for table in boxes if table not in linked], right, bottom)
    for line in lines:
        if not line.points:
            line.points = _loop(boxes[line.relationship.child], line.relationship)
    width = max([width, *(x + TRACK for line in lines for x, _ in line.points)])
    return Layout(list(boxes.values()), lines, width, height)


def _box(table: str, profile: TableProfile, schema: Schema) -> Box:
    key = schema.key_of(table)
    foreign = [name for r in schema.relationships if r.child == table for name in r.child_columns]
    pointed = [name for r in schema.relationships if r.parent == table for name in r.parent_columns]
    shown = list(dict.fromkeys([*key, *(name for name in profile.columns if name in {*foreign, *pointed})]))
    rows = [
        (" ".join(m for m, has in (("PK", name in key), ("FK", name in foreign)) if has), short(name)) for name in shown
    ]
    rest = len(profile.columns) - len(shown)
    more = f"+ {rest} more" if rest > 0 else ""
    size = f"{profile.rows:,} rows"
    width = max(0.092 * len(short(table)), 0.066 * len(size), *(0.45 + 0.073 * len(name) for _, name in rows), 0.9)
    return Box(table, short(table), size, rows, more, width + 0.24)


def _heights(layers: Layers, boxes: Mapping[str, Box]) -> dict[Node, float]:
    """Return the top of every node, near its neighbours and below the previous node."""

    def tall(node: Node) -> float:
        return boxes[node].height if isinstance(node, str) else 0.0

    y: dict[Node, float] = {}
    for layer in layers.layers:
        top = 0.0
        for node in layer:
            y[node] = top
            top += tall(node) + SPACE
    near: dict[Node, list[Node]] = {node: [] for node in y}
    for route in layers.routes.values():
        for left, right in pairwise(route):
            near[left].append(right)
            near[right].append(left)
    for sweep in range(8):
        for layer in layers.layers if sweep % 2 else layers.layers[::-1]:
            wanted = [
                sum(y[other] + tall(other) / 2 for other in near[node]) / len(near[node]) - tall(node) / 2
                if near[node]
                else y[node]
                for node in layer
            ]
            y.update(zip(layer, _apart(wanted, [tall(node) + SPACE for node in layer]), strict=True))
    least = min(y.values(), default=0.0)
    return {node: top - least for node, top in y.items()}


def _apart(wanted: Sequence[float], sizes: Sequence[float]) -> list[float]:
    """Return the positions closest to the wanted ones (least squares) that keep the order and the distances."""
    offsets = [sum(sizes[:place]) for place in range(len(sizes))]
    blocks: list[tuple[float, int]] = []
    for value in (want - offset for want, offset in zip(wanted, offsets, strict=True)):
        mean, count = value, 1
        while blocks and blocks[-1][0] > mean:
            other, many = blocks.pop()
            mean, count = (mean * count + other * many) / (count + many), count + many
        blocks.append((mean, count))
    flat = [mean for mean, count in blocks for _ in range(count)]
    return [value + offset for value, offset in zip(flat, offsets, strict=True)]


def _route(layers: Layers, boxes: dict[str, Box], y: dict[Node, float], lines: list[Line]) -> float:
    """Set the boxes' positions and the lines' points. Return the right edge."""
    for node, top in y.items():
        if isinstance(node, str):
            boxes[node].y = top
    steps = _steps(layers, boxes, y, lines)
    x = 0.0
    for index, layer in enumerate(layers.layers):
        tables = [boxes[node] for node in layer if isinstance(node, str)]
        wide = max((box.width for box in tables), default=0.0)
        for box in tables:
            box.x = x
            box.width = wide
        tracks = _tracks(steps[index])
        for place, (number, start, end, _) in zip(tracks, steps[index], strict=True):
            middle = x + wide + MARGIN + TRACK * place
            lines[number].points += [(x, start), (x + wide, start), (middle, start), (middle, end)]
        x += wide + (2 * MARGIN + TRACK * (max(tracks, default=0) + 1) if index + 1 < len(layers.layers) else 0.0)
    for number, route in layers.routes.items():
        left, right = boxes[str(route[0])], boxes[str(route[-1])]
        points = lines[number].points
        points[0] = (left.x + left.width, points[0][1])
        points.append((right.x, points[-1][1]))
        points[:] = [point for place, point in enumerate(points) if not place or point != points[place - 1]]
        if number in layers.turned:
            points.reverse()
    return x


Step = tuple[int, float, float, str]


def _steps(
    layers: Layers, boxes: Mapping[str, Box], y: Mapping[Node, float], lines: Sequence[Line]
) -> list[list[Step]]:
    """Return by layer the edges that leave it to the right, with their heights on both sides, and their ends."""
    layer_of = {node: index for index, layer in enumerate(layers.layers) for node in layer}
    steps: list[list[Step]] = [[] for _ in layers.layers]
    for number, route in layers.routes.items():
        relationship = lines[number].relationship

        def port(node: Node, number: int = number, relationship: Relationship = relationship) -> float:
            if not isinstance(node, str):
                return y[node]
            if node == relationship.child:
                return boxes[node].row(relationship.child_columns[0]) + (0.03 if number not in layers.turned else -0.05)
            return boxes[node].row(relationship.parent_columns[0]) - 0.03

        for left, right in pairwise(route):
            end = f"{right}.{relationship.parent_columns}" if isinstance(right, str) else f"{number}"
            steps[layer_of[left]].append((number, port(left), port(right), end))
    return steps


def _tracks(steps: Sequence[Step]) -> list[int]:
    """Return a vertical track for every step: shared by steps to the same end, or that do not overlap."""
    groups: dict[str, tuple[float, float]] = {}
    for _, start, end, name in steps:
        low, high = groups.get(name, (end, end))
        groups[name] = (min(low, start, end), max(high, start, end))
    taken: list[list[tuple[float, float]]] = []
    track: dict[str, int] = {}
    for name, (low, high) in sorted(groups.items(), key=lambda item: (item[1][1] - item[1][0], item[0])):
        for place, spans in enumerate([*taken, []]):
            if all(high + ROW / 2 < other[0] or other[1] + ROW / 2 < low for other in spans):
                if place == len(taken):
                    taken.append([])
                taken[place].append((low, high))
                track[name] = place
                break
    return [track[name] for _, _, _, name in steps]


def _loop(box: Box, relationship: Relationship) -> list[tuple[float, float]]:
    start = box.row(relationship.child_columns[0]) - 0.05
    end = box.row(relationship.parent_columns[0]) + 0.05
    edge = box.x + box.width
    return [(edge, start), (edge + 0.24, start), (edge + 0.24, end), (edge, end)]


def _alone(boxes: Sequence[Box], right: float, bottom: float) -> tuple[float, float]:
    """Place tables without relationships in rows below the others."""
    wide = max(right, 8.0) if boxes else right
    x, y, tall, reach = 0.0, bottom + (0.5 if bottom else 0.0), 0.0, right
    for box in boxes:
        if x and x + box.width > wide:
            x, y, tall = 0.0, y + tall + SPACE, 0.0
        box.x, box.y = x, y
        x += box.width + MARGIN
        tall = max(tall, box.height)
        reach = max(reach, box.x + box.width + MARGIN)
    return reach, (y + tall if boxes else bottom)
