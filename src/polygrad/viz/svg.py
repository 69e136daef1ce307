"""A diagram as a picture in SVG, where neither Mermaid nor Graphviz is available."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import NamedTuple
from unicodedata import east_asian_width

from .diagram import FILL, Box, Diagram
from .layout import lay_out

#: The width of a character (in a monospaced font), the height of a line, the gap between ranks, the margin.
_CHARACTER, _LINE, _RANK_GAP, _MARGIN = 7.3, 17.0, 54.0, 14.0
#: The margin around the boxes of a pass, and the height of its title.
_FRAME, _TITLE = 12.0, 20.0
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_Point = tuple[float, float]


@dataclass
class _Placed:
    """A box with its lines, its centre and its size."""

    box: Box
    lines: list[str]
    x: float = 0.0
    y: float = 0.0

    @property
    def width(self) -> float:
        columns = (sum(2 if east_asian_width(c) in "WF" else 1 for c in line) for line in self.lines)
        return max(columns) * _CHARACTER + 20

    @property
    def height(self) -> float:
        return len(self.lines) * _LINE + 12


def as_svg(diagram: Diagram, direction: str, shapes: bool) -> str:
    """The picture; ``direction`` and ``shapes`` are those of `mermaid`."""
    placed = [_Placed(box, box.lines(shapes)) for box in (*diagram.forward, *diagram.backward)]
    number = {each.box.name: place for place, each in enumerate(placed)}
    named = [*diagram.forward_arrows, *diagram.turn, *diagram.backward_arrows]
    arrows = [(number[source], number[target]) for source, target in named]
    paths = _place(placed, arrows, direction)
    count = len(diagram.forward)
    passes = (placed[:count], "Forward Pass"), (placed[count:], "Backward Pass")
    frames = [_frame(boxes, title) for boxes, title in passes if boxes]
    left, top = (min(frame.corners[side] for frame in frames) - _MARGIN for side in (0, 1))
    right, bottom = (max(frame.corners[side] for frame in frames) + _MARGIN for side in (2, 3))
    size = f"{right - left:.0f}", f"{bottom - top:.0f}"
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}" role="img" '
            f'viewBox="{left:.1f} {top:.1f} {size[0]} {size[1]}" aria-label="Recorded graph" '
            'font-family="ui-monospace, Menlo, Consolas, monospace" font-size="12" fill="#1d2430">',
            f'<rect x="{left:.1f}" y="{top:.1f}" width="100%" height="100%" fill="#ffffff"/>',
            *(frame.drawn for frame in frames),
            *paths,
            *map(_draw_box, placed),
            "</svg>",
        ]
    )


def _place(placed: list[_Placed], arrows: list[tuple[int, int]], direction: str) -> list[str]:
    """Give the boxes their positions, and return the arrows' lines."""
    sideways, backwards = direction in ("LR", "RL"), direction in ("RL", "BT")
    items, lines = lay_out([each.height if sideways else each.width for each in placed], arrows)
    deep = [0.0] * (max(item.rank for item in items) + 1)  # the depth of each rank, along the arrows
    for item, each in zip(items, placed, strict=True):
        deep[item.rank] = max(deep[item.rank], each.width if sideways else each.height)
    middles, end = [], 0.0
    for depth in deep:
        middles.append(end + depth / 2)
        end += depth + _RANK_GAP
    sign = -1 if backwards else 1

    def point(along: float, across: float) -> _Point:
        return (sign * along, across) if sideways else (across, sign * along)

    for item, each in zip(items, placed, strict=True):
        each.x, each.y = point(middles[item.rank], item.place)
    half = {item: (each.width if sideways else each.height) / 2 for item, each in zip(items, placed, strict=True)}
    paths = []
    for line in lines:
        ends = [(middles[line[0].rank] + half[line[0]], line[0].place)]
        for one, other in pairwise(line):  # lines bend between the ranks only
            ends.append((middles[one.rank] + deep[one.rank] / 2, one.place))
            ends.append((middles[other.rank] - deep[other.rank] / 2, other.place))
        ends.append((middles[line[-1].rank] - half[line[-1]], line[-1].place))
        paths.append(_arrow(ends, point))
    return paths


def _arrow(ends: list[_Point], point: Callable[[float, float], _Point]) -> str:
    """A curve through points along and across, with a head."""
    say = lambda *places: " ".join(f"{n:.1f}" for place in places for n in point(*place))  # noqa: E731
    path = f"M{say(ends[0])}"
    for (along, across), (next_along, next_across) in pairwise(ends):
        middle = (along + next_along) / 2
        path += f"C{say((middle, across), (middle, next_across), (next_along, next_across))}"
    along, across = ends[-1]
    head = say((along, across), (along - 7, across - 3.5), (along - 7, across + 3.5))
    return f'<path d="{path}" fill="none" stroke="#77839a"/><polygon points="{head}" fill="#77839a"/>'


class _Frame(NamedTuple):
    """The frame around the boxes of a pass; ``corners`` are left, top, right and bottom."""

    corners: tuple[float, float, float, float]
    drawn: str


def _frame(boxes: list[_Placed], title: str) -> _Frame:
    left = min(each.x - each.width / 2 for each in boxes) - _FRAME
    right = max(*(each.x + each.width / 2 + _FRAME for each in boxes), left + len(title) * _CHARACTER + 2 * _FRAME)
    top = min(each.y - each.height / 2 for each in boxes) - _FRAME - _TITLE
    bottom = max(each.y + each.height / 2 for each in boxes) + _FRAME
    text = (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{bottom - top:.1f}" rx="6" '
        f'fill="#f6f7f9" stroke="#c3cad4"/><text x="{left + _FRAME:.1f}" y="{top + 17:.1f}" fill="#5c6675">{title}</text>'
    )
    return _Frame((left, top, right, bottom), text)


def _draw_box(each: _Placed) -> str:
    left, top = each.x - each.width / 2, each.y - each.height / 2
    dashes = ' stroke-dasharray="4 3"' if each.box.kind == "note" else ""
    return (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{each.width:.1f}" height="{each.height:.1f}" rx="4" '
        f'fill="{FILL[each.box.kind]}" stroke="#77839a"{dashes}/>' + "".join(_texts(each, top))
    )


def _texts(each: _Placed, top: float) -> Iterable[str]:
    for number, line in enumerate(each.lines, 1):
        text = escape(_NOT_XML.sub("\ufffd", line.replace("\n", " ")), quote=False)
        yield f'<text x="{each.x:.1f}" y="{top + 1 + number * _LINE:.1f}" text-anchor="middle">{text}</text>'
