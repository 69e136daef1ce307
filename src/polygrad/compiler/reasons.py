"""Why a program does not fit a call: which of its conditions do not hold, and which Python values are others."""

from __future__ import annotations

from collections.abc import Sequence

from .._core.tensor import Tensor
from . import calling
from .jit import Program
from .places import MISSING, short


def changes(program: Program, tensors: Sequence[Tensor]) -> list[str]:
    """What does not hold, in words."""
    found = [f"{words}: {now}, was {was}" for words, now, was in moved(program)]
    for condition in program.conditions:
        now = eval(condition.expression, program.run.__globals__, {"t": tensors})
        if calling.differ(now, condition.value):
            now, before = calling.apart(now, condition.value)
            found.append(f"{condition.words}: {calling.short(now)}, was {calling.short(before)}")
    return found


def moved(program: Program) -> list[tuple[str, str, str]]:
    """The places that hold other Python values than when the function was traced: in words, with the values now and then."""
    found = []
    for guard in program.guards:
        try:
            now = eval(guard.expression, program.run.__globals__)
            if not guard.differs(now):
                continue
        except Exception:
            now = MISSING
        found.append((guard.words, short(now), guard.was))
    return found
