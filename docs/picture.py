"""The picture of the house in docs/architecture.md, from the imports as they are.

Belongs here: where each box stands, and drawing. Does not belong here: an arrow; arrows are read from the code.

One arrow stands for all imports between two boxes, and one that others imply is left out. All arrows go straight down,
so the places are chosen such that between two boxes there is room for their arrow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape

import grimp

from roster_pipeline.config import PROJECT_ROOT

FILE = PROJECT_ROOT / "docs" / "house.svg"

PIPELINE, SANDBOX = "roster_pipeline", "clever_sandbox"


@dataclass(frozen=True)
class Box:
    """A folder or a module: on which floor from the top, and over which columns from the left."""

    name: str
    words: str
    floor: int
    first: int
    last: int
    color: str = "step"
    house: str = PIPELINE

    @property
    def key(self) -> str:
        return f"{self.house}.{self.name}"

    @property
    def columns(self) -> range:
        return range(self.first, self.last + 1)


BOXES: tuple[Box, ...] = (
    Box("cli", "what people type: roster sync, status, holds, approve, undo …", 0, 0, 9, "people"),
    Box("ui", "the UI's door", 1, 9, 9, "people"),
    Box("definitions", "all that Dagster shows, put together", 1, 2, 8, "dagster"),
    Box("jobs", "Sync Now, nightly, decide a hold, undo; schedule, sensors", 2, 2, 8, "dagster"),
    Box("assets", "the five layers in the UI", 3, 2, 7, "dagster"),
    Box("resources", "one run, and the district locked for it", 4, 2, 7, "dagster"),
    Box("run", "one way through the corridor: what its steps have made so far", 5, 2, 6, "corridor"),
    Box("sync", "the corridor: land, stage, identify, map, desire, plan, guard, apply, publish", 6, 2, 6, "corridor"),
    Box("announce", "a run's end, checks", 5, 7, 8, "dagster"),
    Box("staging", "what Clever said, as tables", 7, 2, 3),
    Box("identity", "who is who", 7, 4, 4),
    Box("plan", "what changes", 7, 5, 6),
    Box("clever", "the client: tokens, lists, landing", 8, 2, 3),
    Box("mapping", "which courses", 8, 5, 5),
    Box("guards", "what looks like an accident", 8, 6, 7),
    Box("notices", "who is told", 8, 8, 8),
    Box("history", "tells of syncs and holds", 9, 5, 9, "ground"),
    Box("warehouse", "the files of a district, the lock, the SQL", 10, 3, 8, "ground"),
    Box("config", "settings", 11, 2, 2, "ground"),
    Box("model", "every table once", 11, 3, 4, "ground"),
    Box("failpoints", "where tests kill", 11, 5, 5, "ground"),
    Box("errors", "what happened, and what to do", 12, 2, 9, "ground"),
    Box("cli", "clever-sandbox", 2, 0, 1, "sandbox", SANDBOX),
    Box("cli", "clever-sandbox", 1, 0, 1, "sandbox", SANDBOX),
    Box("server", "on a port", 2, 0, 1, "sandbox", SANDBOX),
    Box("app", "the endpoints", 3, 0, 1, "sandbox", SANDBOX),
    Box("control", "faults on demand, a day passes", 4, 0, 1, "sandbox", SANDBOX),
    Box("sandbox", "its state", 5, 0, 1, "sandbox", SANDBOX),
    Box("faults", "bad answers", 6, 0, 0, "sandbox", SANDBOX),
    Box("api", "good answers", 7, 0, 0, "sandbox", SANDBOX),
    Box("year", "what happens", 7, 1, 1, "sandbox", SANDBOX),
    Box("generator", "new people", 8, 1, 1, "sandbox", SANDBOX),
    Box("district", "an upload, and Clever's records", 9, 0, 1, "sandbox", SANDBOX),
    Box("errors", "what a person is told", 10, 0, 1, "sandbox", SANDBOX),
)

_COLORS = {
    "people": ("#fff4d6", "#d9a520"),
    "dagster": ("#ebe9fd", "#8177e0"),
    "corridor": ("#ffe3d3", "#e0763a"),
    "step": ("#e2f3e6", "#4f9d69"),
    "ground": ("#eceff3", "#8593a5"),
    "sandbox": ("#e1f1fa", "#4b97c4"),
}
_PITCH, _TALL, _COLUMN, _LEFT, _TOP, _BETWEEN = 72, 46, 122, 24, 20, 28
_WIDTH = 2 * _LEFT + _BETWEEN - 12 + _COLUMN * (1 + max(box.last for box in BOXES))
_HEIGHT = 2 * _TOP + _TALL + _PITCH * max(box.floor for box in BOXES)
_FRAME_TOP, _FRAME_LAST = 1, 10
Edges = Mapping[str, frozenset[str]]


def imports() -> Edges:
    """Which box imports which, of every box; an import of the sandbox from outside is one of `clever_sandbox`."""
    graph = grimp.build_graph(PIPELINE, SANDBOX, cache_dir=None)
    found: dict[str, set[str]] = {}
    for module in graph.modules - {PIPELINE, SANDBOX}:
        box = _box_of(module)
        targets = {_box_of(m, box) for m in graph.find_modules_directly_imported_by(module)}
        found.setdefault(box, set()).update(targets - {box, module.partition(".")[0]})
    return {box: frozenset(targets) for box, targets in found.items()}


def _box_of(module: str, seen_from: str = "") -> str:
    house = module.partition(".")[0]
    return house if house == SANDBOX and seen_from.startswith(PIPELINE) else ".".join(module.split(".")[:2])


def needed(edges: Edges) -> list[tuple[str, str]]:
    """The arrows that no chain of others implies, in their order; imports into the sandbox are all kept."""
    return [
        (box, target)
        for box in sorted(edges)
        for target in sorted(edges[box])
        if target == SANDBOX or not any(target in _below(other, edges) for other in edges[box] - {target})
    ]


def _below(box: str, edges: Edges) -> set[str]:
    direct = edges.get(box, frozenset())
    return set(direct).union(*(_below(b, edges) for b in direct)) if direct else set()


def svg() -> str:
    """The whole picture. Raises ValueError when a box is missing, too many, or stands in the way of an arrow."""
    edges = imports()
    places = {box.key: box for box in BOXES}
    if wrong := places.keys() ^ edges.keys():
        raise ValueError(f"docs/picture.py and the code do not have the same folders: {', '.join(sorted(wrong))}")
    arrows = [line for box, target in needed(edges) for line in _arrow(places[box], places.get(target))]
    return "\n".join((*_head(), *arrows, *(line for box in BOXES for line in _drawn(box)), "</svg>", ""))


def _x(column: int) -> int:
    """Where a column begins; the sandbox stands apart."""
    return _LEFT + column * _COLUMN + (_BETWEEN if column > 1 else 0)


def _y(floor: int) -> int:
    return _TOP + floor * _PITCH


def _right(column: int) -> int:
    return _x(column) + _COLUMN - 12


def _arrow(box: Box, target: Box | None) -> Iterator[str]:
    if target is None:
        yield from _to_the_sandbox(box)
        return
    between = [b for b in BOXES if box.floor < b.floor < target.floor]
    free = [c for c in box.columns if c in target.columns and not any(c in b.columns for b in between)]
    if not free or box.floor >= target.floor:
        raise ValueError(f"no way straight down from {box.key} to {target.key}: move them in docs/picture.py")
    middle = (_x(free[0]) + _right(free[-1])) // 2
    yield _line(middle, _y(box.floor) + _TALL, middle, _y(target.floor) - 3)


def _to_the_sandbox(box: Box) -> Iterator[str]:
    """Down onto its frame, or over to it: it is started, and from then on only spoken to."""
    if box.floor < _FRAME_TOP:
        middle = (_x(0) + _right(1)) // 2
        yield _line(middle, _y(box.floor) + _TALL, middle, _y(_FRAME_TOP) - 3, dashed=True)
    elif box.first == 2 and box.floor <= _FRAME_LAST:
        height = _y(box.floor) + _TALL // 2
        yield _line(_x(2), height, _right(1) + 15, height, dashed=True)
    else:
        raise ValueError(f"{box.key} imports the sandbox and does not stand beside it: move it in docs/picture.py")


def _line(x1: int, y1: int, x2: int, y2: int, *, dashed: bool = False) -> str:
    dashes = ' stroke-dasharray="5 4"' if dashed else ""
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" class="arrow"{dashes}/>'


def _head() -> Iterable[str]:
    top, bottom = _y(_FRAME_TOP), _y(_FRAME_LAST) + _TALL + 12
    left, right = _LEFT - 12, _right(1) + 12
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}">',
        "<style>",
        "text { font-family: Helvetica, Arial, sans-serif; text-anchor: middle; fill: #1f2933; }",
        ".name { font-size: 16px; font-weight: bold; } .words { font-size: 13px; fill: #3e4c59; }",
        ".arrow { stroke: #52606d; stroke-width: 1.6; marker-end: url(#tip); }",
        "</style>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 L8 4 L0 8 z" fill="#52606d"/></marker></defs>',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" rx="10" fill="#ffffff"/>',
        f'<rect x="{left}" y="{top}" width="{right - left}" height="{bottom - top}" rx="10" fill="#f5fafd" '
        'stroke="#4b97c4" stroke-dasharray="2 4"/>',
        f'<text x="{(left + right) // 2}" y="{top + 26}" class="name">clever_sandbox</text>',
        f'<text x="{(left + right) // 2}" y="{top + 46}" class="words">the local Clever, over HTTP</text>',
    )


def _drawn(box: Box) -> Iterator[str]:
    fill, stroke = _COLORS[box.color]
    x, y, width = _x(box.first), _y(box.floor), _right(box.last) - _x(box.first)
    middle = x + width // 2
    yield f'<rect x="{x}" y="{y}" width="{width}" height="{_TALL}" rx="6" fill="{fill}" stroke="{stroke}"/>'
    yield f'<text x="{middle}" y="{y + 20}" class="name">{box.name}</text>'
    yield f'<text x="{middle}" y="{y + 38}" class="words">{escape(box.words)}</text>'
