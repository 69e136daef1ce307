"""`polygrad.compile`: a stateful training step, unchanged, as one compiled program."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from .._core.tensor import Tensor
from .._interpreters.frames import stack as frames
from .._state import recorder
from ..backends.registry import get_backend
from .calling import STALE
from .errors import CompileError
from .jit import Program
from .keys import key_of, key_of_tensors
from .pytree import flatten

__all__ = ["CompileError", "Compiled", "compile"]


class Compiled:
    """A function whose calls run as compiled programs, one for each kind of arguments; other attributes are its own."""

    def __init__(self, function: Callable, backend: Any = None):
        functools.update_wrapper(self, function, updated=())
        self.__wrapped__ = function
        self._backend = None if backend is None else get_backend(backend)
        self._programs: dict[Any, list[Program]] = {}

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if recorder() is not None or frames.get():  # a part of another compiled function, or of a transform
            return self.__wrapped__(*args, **kwargs)
        key = None if kwargs else key_of_tensors(args)
        tensors: Sequence[Tensor]
        if key is None:
            key, tensors = key_of(args, kwargs)
        else:
            tensors = args
        try:
            programs = self._programs.get(key, ())
        except TypeError as error:
            raise TypeError(
                f"compile: an argument cannot be a key ({error}); pass tensors, numbers, strings, or lists, tuples and dicts "
                "of them, and let the function reach everything else by its closure"
            ) from error
        for program in programs:
            result = program.run(tensors)
            if result is not STALE:
                return result
        backend = self._backend or (tensors[0].backend if tensors else get_backend())
        if "jit" not in backend.capabilities:
            return self.__wrapped__(*args, **kwargs)
        program = self._trace(backend, args, kwargs)
        self._programs.setdefault(key, []).insert(0, program)
        return program.run(tensors)

    def _trace(self, backend: Any, args: tuple, kwargs: dict[str, Any]) -> Program:
        name = getattr(self.__wrapped__, "__name__", type(self.__wrapped__).__name__)
        return Program(name, backend, lambda: self.__wrapped__(*args, **kwargs), flatten((args, kwargs))[0])

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["__wrapped__"], name)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else functools.partial(self, instance)

    def __repr__(self) -> str:
        return f"<compiled {self.__wrapped__!r}>"


def compile(function: Callable | None = None, *, backend: Any = None) -> Any:
    """``function``, or a module, compiled as a whole on a backend that can compile.

    The first call with new kinds of arguments traces the function: it runs once on values that have a shape and a type
    only.  Parameters, buffers, optimizer state, gradients and the random generator are discovered while it does; nothing
    is registered or rewritten.  Later calls run the program.  On a backend without a compiler the function runs as it is.

    Args:
        function: a function or a module; without it, `compile` is a decorator with arguments.
        backend: where to compile; by default where the tensors among the arguments are.

    Raises CompileError where the function needs the value of a tensor while it is traced, or keeps a traced tensor.

    Example::

        @polygrad.compile
        def step(x, y):
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            return loss
    """
    if function is None:
        return functools.partial(compile, backend=backend)
    return Compiled(function, backend)
