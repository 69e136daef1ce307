"""Batching without a rule: a primitive's forward runs on tracers, or the primitive runs example by example."""

from __future__ import annotations

import warnings
from typing import Any

from ..namespace import InterpreterNamespace, on_one_type


class SlowBatchingWarning(UserWarning):
    """An operation has no batching rule and runs example by example: correct, but slow."""


class _ForwardNamespace:
    """The namespace for a primitive's forward.  It lacks the primitive itself, which would recurse without end."""

    def __init__(self, xp: InterpreterNamespace, name: str):
        self._xp, self._name = xp, name

    def __getattr__(self, name: str) -> Any:
        if name == self._name:
            raise NotImplementedError(f"the forward of {name} is {name} itself")
        return getattr(self._xp, name)


class Fallback:
    """Runs a primitive without a batching rule: its forward on tracers, or else one example after the other."""

    def __init__(self, primitive: Any, backend: Any):
        self.primitive, self.backend = primitive, backend
        self.inside = _ForwardNamespace(backend.xp, primitive.name)
        self.decomposes = True

    def run(self, trace: Any, batch: Any, operands: Any, values: list, settings: dict[str, Any]) -> Any:
        """The result, a tracer of ``trace`` or a tuple of them."""
        if self.decomposes:
            operands = on_one_type(operands)
            given = (operands,) if self.primitive.variadic else operands
            try:
                return self._wrap_result(trace, self.primitive.forward(self.inside, *given, **settings))
            except Exception:
                pass  # wrong operands raise again below, for the first example
        result = self._loop(batch, values, settings)
        self.decomposes = False
        return self.backend.wrap(trace, result, True)

    def _wrap_result(self, trace: Any, result: Any) -> Any:
        if isinstance(result, (tuple, list)):
            return tuple([self._wrap_result(trace, one) for one in result])
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
        result = stack_results(batch.xp, results, name)
        warn_slow(name)
        return result


def stack_results(xp: Any, results: list[Any], name: str) -> Any:
    """Stack the results of all examples along a new first axis.  Raises RuntimeError where they differ in shape."""
    first = results[0]
    if isinstance(first, tuple):
        return tuple([stack_results(xp, [result[i] for result in results], name) for i in range(len(first))])
    if any(result.shape != first.shape for result in results):
        raise RuntimeError(
            f"vmap: {name} gives results of different shapes for different examples, such as {tuple(first.shape)} and "
            f"{tuple(next(r.shape for r in results if r.shape != first.shape))}; a batch has one shape: use a mask and where instead"  # noqa: E501
        )
    return xp.stack(results, axis=0)


_reported: set[str] = set()


def warn_slow(name: str) -> None:
    """Warn, once for each operation, that it ran example by example."""
    if name not in _reported:
        _reported.add(name)
        warnings.warn(
            f"vmap: {name} has no batching rule and ran example by example, which is slow; this warning is shown once",
            SlowBatchingWarning,
            stacklevel=3,
        )
