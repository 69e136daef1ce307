"""Why a program does not fit a call: which of its guards fail, and which Python values have changed."""

from __future__ import annotations

from collections.abc import Sequence

from ..._core.tensor import Tensor
from .. import codegen
from ..program import Program
from .sources import MISSING, short


def describe_failures(program: Program, tensors: Sequence[Tensor]) -> list[str]:
    """Descriptions of the guards that fail."""
    found = [f"{description}: {now}, was {was}" for description, now, was in changed_values(program)]
    for guard in program.guards:
        now = eval(guard.expression, program.run.__globals__, {"t": tensors})
        if codegen.differs(now, guard.value):
            now, before = codegen.differing_parts(now, guard.value)
            found.append(f"{guard.description}: {codegen.describe_value(now)}, was {codegen.describe_value(before)}")
    return found


def changed_values(program: Program) -> list[tuple[str, str, str]]:
    """The guarded places that hold other Python values than during the trace: description, value now, value then."""
    found = []
    for guard in program.value_guards:
        try:
            now = eval(guard.expression, program.run.__globals__)
            if not guard.differs(now):
                continue
        except Exception:
            now = MISSING
        found.append((guard.description, short(now), guard.was))
    return found
