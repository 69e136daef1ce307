"""Eager speed: every primitive and every gradient rule is compiled once for each choice of its static settings.

An operation of `jax.numpy` costs some tens of microseconds, most of it in Python; a call of a compiled function costs a
few.  Arrays are arguments of the compiled functions; shapes, axes and other settings are constants in them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax

#: The most choices of settings that are compiled for one primitive or rule.  More means that a setting changes all the time,
#: and compiling for each value costs more than it saves.
MOST_VARIANTS = 64

#: What tracing raises if a shape depends on values, or for an attribute that only arrays have.
UNTRACEABLE = (
    jax.errors.ConcretizationTypeError,
    jax.errors.TracerArrayConversionError,
    jax.errors.TracerIntegerConversionError,
    jax.errors.NonConcreteBooleanIndexError,
    AttributeError,
)

Settings = tuple[Any, ...]


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function`` of arrays, compiled, with products of matrices in the full precision of their type.

    JAX's default is less than that on GPUs and TPUs; PyTorch's is not.
    """

    def in_full_precision(*arrays: Any) -> Any:
        precision = jax.config.jax_default_matmul_precision or "highest"  # type: ignore[attr-defined]  # defined when JAX is imported
        with jax.default_matmul_precision(precision):
            return function(*arrays)

    return jax.jit(in_full_precision, inline=True)


class Variants:
    """One function of arrays for each choice of settings: ``bind(settings)`` makes it, and it is compiled and kept."""

    def __init__(self, bind: Callable[[Settings], Callable[..., Any]]):
        self._bind = bind
        self._made: dict[Any, Callable[..., Any]] = {}

    def run(self, settings: Settings, arrays: Sequence[Any]) -> Any:
        """The function for ``settings``, called with ``arrays``."""
        # The types, since 1, 1.0 and True are equal as keys and not as settings.
        key = settings, tuple(map(type, settings))
        try:
            function = self._made.get(key)
        except TypeError:  # a setting that cannot be a key: a list, an array, or before Python 3.12 a slice
            return self._bind(settings)(*arrays)
        if function is None:
            function = self._bind(settings)
            if len(self._made) < MOST_VARIANTS:
                function = self._made[key] = compiled(function)
        try:
            return function(*arrays)
        except UNTRACEABLE:
            function = self._made[key] = self._bind(settings)
            return function(*arrays)


def without_settings(raw: Callable[..., Any]) -> Callable[..., Any]:
    """``raw``, all of whose arguments are arrays, compiled."""
    fast = compiled(raw)

    def call(*arrays: Any) -> Any:
        try:
            return fast(*arrays)
        except UNTRACEABLE:
            return raw(*arrays)

    return call


def compiled_kernel(raw: Callable[..., Any], operands: int) -> Callable[..., Any]:
    """``raw`` compiled: its first ``operands`` arguments are arrays, all others settings."""

    def bind(settings: Settings) -> Callable[..., Any]:
        positional, keywords = settings[:-1], dict(settings[-1])
        return lambda *arrays: raw(*arrays, *positional, **keywords)

    variants = Variants(bind)

    def call(*args: Any, **keywords: Any) -> Any:
        return variants.run((*args[operands:], tuple(keywords.items())), args[:operands])

    return call


def compiled_rule(raw: Callable[..., Any], slots: int, arrays: Sequence[int]) -> Callable[..., Any]:
    """The gradient rule ``raw(cotangent, saved)`` compiled.

    ``saved`` has so many ``slots``; those numbered in ``arrays`` hold arrays, the others settings.
    """
    static = [slot for slot in range(slots) if slot not in arrays]
    if not static:
        return without_settings(raw)
    order = [*arrays, *static]
    places = sorted(range(slots), key=order.__getitem__)

    def bind(settings: Settings) -> Callable[..., Any]:
        def on_arrays(cotangent: Any, *values: Any) -> Any:
            together = (*values, *settings)
            return raw(cotangent, tuple([together[place] for place in places]))

        return on_arrays

    variants = Variants(bind)

    def call(cotangent: Any, saved: tuple[Any, ...]) -> Any:
        settings = tuple([saved[slot] for slot in static])
        return variants.run(settings, (cotangent, *[saved[slot] for slot in arrays]))

    return call
