"""Why a program does not fit a call: which of its conditions do not hold, and which Python values are others."""

from __future__ import annotations

from collections.abc import Sequence

from ..._core.tensor import Tensor
from .. import codegen
from ..program import Program
from .sources import MISSING, short


def changes(program: Program, tensors: Sequence[Tensor]) -> list[str]:
    """What does not hold, in words."""
    found = [f"{words}: {now}, was {was}" for words, now, was in moved(program)]
    for condition in program.conditions:
        now = eval(condition.expression, program.run.__globals__, {"t": tensors})
        if codegen.differ(now, condition.value):
            now, before = codegen.apart(now, condition.value)
            found.append(f"{condition.words}: {codegen.short(now)}, was {codegen.short(before)}")
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
