"""The operands for the columns of the matrix: those that a row has, or others that follow from its first case."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from .._core.primitive import PRIMITIVES
from .table import Case, Operand, Row, leaf

_REAL = "its operands are real: they have an order, are probabilities, or parts of complex numbers"


class NotApplicable(Exception):
    """A cell does not apply; the message says why."""


def _with_shapes(row: Row, shapes: Sequence[tuple[int, ...]]) -> Row:
    first = row.cases[0]
    operands = tuple(Operand(shape, x.fill) for shape, x in zip(shapes, first.operands, strict=True))
    return dataclasses.replace(row, cases=(Case(operands, first.settings),))


def _shapes(one: Case) -> list[tuple[int, ...]]:
    return [x.shape for x in one.operands]


def _inexact(row: Row, number: int) -> list[int]:
    return [place for place, x in enumerate(row.sample(number, row.kinds[0])) if x.dtype.kind in "fc"]


def _only(row: Row, number: int) -> Row:
    return dataclasses.replace(row, cases=(row.cases[number],))


def _attempt(row: Row, why: str) -> Row:
    """``row`` if it can be called.  Raises NotApplicable, with ``why``, if the function refuses the operands."""
    try:
        results = row.call(0, [leaf(x, "numpy") for x in row.sample(0, row.kinds[0])])
    except Exception as error:
        raise NotApplicable(why) from error
    if not any(out.requires_grad for out in results):
        raise NotApplicable("the result does not vary for these shapes")
    return row


def broadcasting(row: Row) -> Row:
    """``row`` with operands that are broadcast.  Raises NotApplicable where there are none."""
    places = _inexact(row, 0)
    if len(places) < 2:
        raise NotApplicable("one operand")
    primitive = PRIMITIVES.get(row.name)
    if primitive is not None and not primitive.broadcasts:
        raise NotApplicable("its operands are not broadcast element by element")
    for number, one in enumerate(row.cases):
        shapes = [one.operands[place].shape for place in places if place < len(one.operands)]
        if primitive is not None and primitive.broadcasts and len(set(shapes)) > 1 and all(0 not in s for s in shapes):
            return _only(row, number)
    shapes = _shapes(row.cases[0])
    own = {shapes[place] for place in places}
    if len(own) > 1 or not shapes[places[0]]:
        raise NotApplicable("the shapes of the operands differ by their meaning")
    changed = list(shapes)
    changed[places[0]] = (*shapes[places[0]][:-1], 1)
    changed[places[1]] = (1, *shapes[places[1]][1:]) if len(shapes[places[1]]) > 1 else shapes[places[1]]
    return _attempt(_with_shapes(row, changed), "refuses operands of different shapes")


def without_dimensions(row: Row) -> Row:
    """``row`` with operands without dimensions."""
    for number, one in enumerate(row.cases):
        if all(x.shape == () for x in one.operands):
            return _only(row, number)
    return _attempt(_with_shapes(row, [() for _ in row.cases[0].operands]), "refuses tensors without dimensions")


def empty(row: Row) -> Row:
    """``row`` with operands with no elements."""
    for number, one in enumerate(row.cases):
        if any(0 in one.operands[place].shape for place in _inexact(row, number)):
            try:
                return _attempt(_only(row, number), "")
            except NotApplicable:
                continue
    shapes = _shapes(row.cases[0])
    firsts = {shape[0] for shape in shapes if shape}
    if not firsts:
        raise NotApplicable("an operand without dimensions has one element")
    for length in sorted(firsts, key=lambda n: [shape[:1] for shape in shapes].count((n,)), reverse=True):
        changed = [(0, *shape[1:]) if shape[:1] == (length,) else shape for shape in shapes]
        try:
            return _attempt(_with_shapes(row, changed), "refuses tensors with no elements")
        except NotApplicable as error:
            last = error
    raise last


def complex_numbers(row: Row) -> Row:
    """``row`` in complex numbers."""
    if row.kinds[0] == "complex128":
        return _only(row, 0)
    complex_row = dataclasses.replace(_only(row, 0), kinds=("complex128",))
    if "complex128" in row.kinds:
        return complex_row
    if not any(x.dtype.kind == "c" for x in complex_row.sample(0, "complex128")):
        raise NotApplicable(_REAL)
    attempted = _attempt(complex_row, "refuses complex numbers")
    if row.name in PRIMITIVES:  # users do not call it, and some libraries compute something
        raise NotApplicable(_REAL)
    return attempted
