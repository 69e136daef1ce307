"""Batching without a rule: a primitive decomposes, which is its own forward on batched arrays, or runs example by example."""

from __future__ import annotations

import warnings
from typing import Any

from ..namespace import InterpreterNamespace, on_one_type


class SlowBatchingWarning(UserWarning):
    """An operation has no batching rule and runs example by example: right, and slow."""


class _Decomposing:
    """The namespace that a primitive's own forward runs on.  It has not the primitive itself: that would never end."""

    def __init__(self, xp: InterpreterNamespace, name: str):
        self._xp, self._name = xp, name

    def __getattr__(self, name: str) -> Any:
        if name == self._name:
            raise NotImplementedError(f"the forward of {name} is {name} itself")
        return getattr(self._xp, name)


class WithoutRule:
    """How a primitive without a batching rule runs: its forward on batched arrays, else one example after the other."""

    def __init__(self, primitive: Any, backend: Any):
        self.primitive, self.backend = primitive, backend
        self.inside = _Decomposing(backend.xp, primitive.name)
        self.decomposes = True

    def run(self, trace: Any, batch: Any, operands: Any, values: list, settings: dict[str, Any]) -> Any:
        """The result, an array of ``trace`` or a tuple of such."""
        if self.decomposes:
            operands = on_one_type(operands)
            given = (operands,) if self.primitive.variadic else operands
            try:
                return self._of_frame(trace, self.primitive.forward(self.inside, *given, **settings))
            except Exception:
                pass  # what is wrong with the operands, if anything, is wrong with each example too
        result = self._loop(batch, values, settings)
        self.decomposes = False
        return self.backend.wrap(trace, result, True)

    def _of_frame(self, trace: Any, result: Any) -> Any:
        if isinstance(result, (tuple, list)):
            return tuple([self._of_frame(trace, one) for one in result])
        return result if result.__class__ is self.backend.array_type else self.backend.wrap(trace, result, False)

    def _loop(self, batch: Any, values: list, settings: dict[str, Any]) -> Any:
        name = self.primitive.name
        if not batch.size:
            raise ValueError(
                f"vmap: {name} has no batching rule, and there is no example to run it on: the batch is empty"
            )
        results = []
        for i in range(batch.size):
            row = [
                batch.xp.getitem(x, (i, Ellipsis)) if mapped else x
                for x, mapped in zip(values, batch.mapped, strict=True)
            ]
            results.append(batch.op(*((row,) if self.primitive.variadic else row), **settings))
        result = stacked(batch.xp, results, name)
        report(name)
        return result


def stacked(xp: Any, results: list[Any], name: str) -> Any:
    """The results of all examples along a first axis.  Raises RuntimeError where they differ in shape."""
    first = results[0]
    if isinstance(first, tuple):
        return tuple([stacked(xp, [result[i] for result in results], name) for i in range(len(first))])
    if any(result.shape != first.shape for result in results):
        raise RuntimeError(
            f"vmap: {name} gives results of different shapes for different examples, such as {tuple(first.shape)} and "
            f"{tuple(next(r.shape for r in results if r.shape != first.shape))}; a batch has one shape: use a mask and where instead"  # noqa: E501
        )
    return xp.stack(results, axis=0)


_reported: set[str] = set()


def report(name: str) -> None:
    """Say once for each operation that it ran example by example."""
    if name not in _reported:
        _reported.add(name)
        warnings.warn(
            f"vmap: {name} has no batching rule and ran example by example, which is slow; this is said once",
            SlowBatchingWarning,
            stacklevel=3,
        )
