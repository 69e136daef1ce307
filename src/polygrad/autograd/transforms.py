"""Forward mode and batches, for Jacobians and gradient checks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .._core.tensor import Tensor, cell
from .._interpreters.batching.tracer import BatchTrace, Enter, Leave
from .._interpreters.jvp.tracer import JVPTrace, MakeDual
from .._interpreters.lifting import Lower, apply, lift
from .gradcheck_jacobians import outputs_of


def run_jvp(func: Callable[..., Any], inputs: Sequence[Any], directions: dict[int, Tensor]) -> list[Tensor]:
    """The tangents of the outputs, where the inputs of these numbers have the tangents ``directions``."""
    plain = [cell(x._read()) if isinstance(x, Tensor) else x for x in inputs]
    with JVPTrace() as trace:
        for number, t in directions.items():
            plain[number] = apply(MakeDual, trace, lift(plain[number], trace.below), lift(t, trace.below))
        return [apply(Lower, trace, cell(out._read())) for out in outputs_of(func, plain)]


def run_batched(function: Callable[[Tensor], Sequence[Tensor]], batch: Tensor) -> list[Tensor]:
    """The results of ``function`` for all rows of ``batch``, in one run."""
    with BatchTrace(batch.shape[0]) as trace:
        results = function(apply(Enter, trace, lift(batch, trace.below)))
        results = [cell(y._read()) if y._edge is None else lift(y, (*trace.below, trace)) for y in results]
    return [apply(Leave, trace, y) for y in results]
