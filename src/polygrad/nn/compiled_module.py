"""Compiled modules: `polygrad.compile` of a module is a module with the same parameters whose calls are programs."""

from __future__ import annotations

import functools
from typing import Any

from ..compiler import Compiled, Lowered, compile

__all__ = ["compiled_module"]


def compiled_module(module: Any, compiled: Compiled) -> Any:
    """Make a second ``module`` whose calls go to ``compiled``.

    Its class is a subclass of the module's, and both share one dictionary of attributes: setting one sets the other.
    """
    made = object.__new__(_compiled_class(module.__class__))
    made.__dict__ = module.__dict__
    object.__setattr__(made, "_compiled", compiled)
    return made


@functools.cache
def _compiled_class(kind: Any) -> Any:
    class CompiledModule(kind):
        __slots__ = ("_compiled",)
        __doc__ = kind.__doc__

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            try:
                compiled = self._compiled
            except AttributeError:  # a slice of a container, which has the container's class
                return super().__call__(*args, **kwargs)
            return compiled(*args, **kwargs)

        def lower(self, *args: Any, **kwargs: Any) -> Lowered:
            """Lower without running, as `polygrad.compiler.Compiled.lower`."""
            return self._compiled.lower(*args, **kwargs)

        def __reduce_ex__(self, protocol: Any) -> Any:
            return _recompile, (self._compiled.__wrapped__, self._compiled.backend)

    CompiledModule.__name__ = CompiledModule.__qualname__ = f"Compiled{kind.__name__}"
    CompiledModule.__module__ = kind.__module__
    return CompiledModule


def _recompile(module: Any, backend: str | None) -> Any:
    return compile(module, backend=backend)
