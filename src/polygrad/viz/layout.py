"""Positions for boxes and arrows: rank after rank, few crossings, and straight lines where there is room.

It is the method of K. Sugiyama, S. Tagawa and M. Toda, "Methods for visual understanding of hierarchical system
structures" (1981).  Ranks follow each other along the direction of the arrows; *across* it are a box's place and its
extent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

#: The gap between two neighbours of a rank.
_GAP = 16.0
#: The extent of a line's point in a rank that it passes, and its weight, which keeps lines straight.
_POINT, _STRAIGHT = 6.0, 2.0
#: The weight of a box without predecessors: it gives way, so that computed boxes stand in one line.
_LEAF = 0.05


@dataclass(eq=False)
class Item:
    """A box, or a point of a line in a rank between its ends: its position and its neighbours."""

    rank: int
    extent: float
    weight: float = 1.0
    place: float = 0.0
    before: list[Item] = field(default_factory=list)
    after: list[Item] = field(default_factory=list)


def lay_out(extents: Sequence[float], arrows: Sequence[tuple[int, int]]) -> tuple[list[Item], list[list[Item]]]:
    """An item for each box, given by its extent across, and for each arrow its line from item to item.

    Arrows ``(from, to)`` lead from a box to a later one.
    """
    boxes = [Item(rank, extent) for rank, extent in zip(_ranks(len(extents), arrows), extents, strict=True)]
    layers: list[list[Item]] = [[] for _ in range(max((box.rank for box in boxes), default=-1) + 1)]
    computed = {target for _, target in arrows}
    for number, box in enumerate(boxes):
        box.weight = 1.0 if number in computed else _LEAF
        layers[box.rank].append(box)
    lines = []
    for source, target in arrows:
        first, last = boxes[source], boxes[target]
        points = [Item(rank, _POINT, _STRAIGHT) for rank in range(first.rank + 1, last.rank)]
        for point in points:
            layers[point.rank].append(point)
        lines.append([first, *points, last])
        for one, other in pairwise(lines[-1]):
            one.after.append(other)
            other.before.append(one)
    _untangle(layers)
    _align(layers)
    return boxes, lines


def _ranks(count: int, arrows: Sequence[tuple[int, int]]) -> list[int]:
    """One more than the largest rank before; a box without predecessor stands right before its first successor."""
    ranks = [0] * count
    targets: list[list[int]] = [[] for _ in range(count)]
    for source, target in arrows:
        targets[source].append(target)
    for source in range(count):
        for target in targets[source]:
            ranks[target] = max(ranks[target], ranks[source] + 1)
    for first in set(range(count)) - {target for _, target in arrows}:
        if targets[first]:
            ranks[first] = min(ranks[target] for target in targets[first]) - 1
    return ranks


def _untangle(layers: list[list[Item]]) -> None:
    """Order each rank by the mean place of the neighbours before it, then after it, a few times."""
    for layer in layers:
        _number(layer)
    for _ in range(4):
        for layer in layers:
            layer.sort(key=lambda item: _mean(item.before, item))
            _number(layer)
        for layer in reversed(layers):
            layer.sort(key=lambda item: _mean(item.after, item))
            _number(layer)


def _number(layer: list[Item]) -> None:
    for number, item in enumerate(layer):
        item.place = float(number)


def _mean(neighbours: list[Item], item: Item) -> float:
    weight = sum(other.weight for other in neighbours)
    return sum(other.weight * other.place for other in neighbours) / weight if weight else item.place


def _align(layers: list[list[Item]]) -> None:
    """Move items to where their neighbours are, as near as possible without touching each other."""
    for layer in layers:
        _spread(layer, [0.0] * len(layer))
    for _ in range(6):
        for layer in layers:
            _spread(layer, [_mean(item.before, item) for item in layer])
        for layer in reversed(layers):
            _spread(layer, [_mean(item.after, item) for item in layer])
    for layer in layers:
        _spread(layer, [_mean(item.before + item.after, item) for item in layer])


def _spread(layer: list[Item], wanted: list[float]) -> None:
    """Set the places nearest to ``wanted`` in least squares at which items keep their order and distance."""
    offsets = [0.0]
    for one, other in pairwise(layer):
        offsets.append(offsets[-1] + (one.extent + other.extent) / 2 + _GAP)
    groups: list[tuple[int, float, float]] = []  # items that touch and move together: count, weighted sum, weight
    for item, place, offset in zip(layer, wanted, offsets, strict=False):
        groups.append((1, item.weight * (place - offset), item.weight))
        while len(groups) > 1 and groups[-2][1] / groups[-2][2] > groups[-1][1] / groups[-1][2]:
            last, former = groups.pop(), groups.pop()
            groups.append((former[0] + last[0], former[1] + last[1], former[2] + last[2]))
    moves = [total / weight for count, total, weight in groups for _ in range(count)]
    for item, offset, move in zip(layer, offsets, moves, strict=False):
        item.place = offset + move
