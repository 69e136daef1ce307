"""What the functions of PyTorch's door share: its names for arguments, and NumPy's."""

from __future__ import annotations

import functools
import math
import sys
import warnings
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

from .._core.primitive import OPERATIONS as xp
from .._core.scalars import as_int, to_python
from .._core.tensor import Tensor
from .._state import RECORDERS, recorder
from ..backends.base import CompilingBackend

_SPELLINGS = {"axis": "dim", "keepdims": "keepdim"}


def numpy_spelling(function: Callable) -> Callable:
    """Let ``function`` take ``axis`` and ``keepdims`` for ``dim`` and ``keepdim``, as PyTorch's own functions do."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        if kwargs:
            for numpy_name, name in _SPELLINGS.items():
                if numpy_name in kwargs:
                    if name in kwargs:
                        raise TypeError(
                            f"{function.__name__}() got both {name!r} and {numpy_name!r}, which mean the same"
                        )
                    kwargs[name] = kwargs.pop(numpy_name)
        return function(*args, **kwargs)

    wrapper.takes_second_names = wrapper  # type: ignore[attr-defined]  # functions take attributes
    return wrapper


def reduction_meant(size_average: bool | None, reduce: bool | None) -> str:
    """What the older arguments of PyTorch's losses say in today's words.  Warns of them."""
    reduction = "none" if reduce is False else "sum" if size_average is False else "mean"
    warn(f"size_average and reduce args will be deprecated, please use reduction='{reduction}' instead.")
    return reduction


def older_reduction(function: Callable) -> Callable:
    """Let ``function`` take ``size_average`` and ``reduce`` for ``reduction``, by name."""

    @functools.wraps(function)
    def wrapper(*args: Any, size_average: bool | None = None, reduce: bool | None = None, **kwargs: Any) -> Any:
        if size_average is not None or reduce is not None:
            kwargs["reduction"] = reduction_meant(size_average, reduce)
        return function(*args, **kwargs)

    wrapper.takes_second_names = wrapper  # type: ignore[attr-defined]  # functions take attributes
    return wrapper


def check_tensor(value: Any, name: str, argument: str = "input") -> Tensor:
    """``value`` if it is a Tensor.  Raises TypeError, naming function and argument, where it is not."""
    if not isinstance(value, Tensor):
        raise TypeError(
            f"{name}(): argument {argument!r} must be a Tensor, not {type(value).__name__} (polygrad.tensor(...) makes one)"
        )
    return value


def real_number(value: Any, function: str, argument: str) -> Any:
    """``value`` as a Python number, or a tensor of one.  Raises TypeError, naming function and argument, for anything else."""
    value = to_python(value)
    is_number = isinstance(value, (bool, int, float))
    if not is_number and not (isinstance(value, Tensor) and value.shape.numel() == 1 and not value.dtype.is_complex):
        raise TypeError(f"{function}(): argument {argument!r} must be a real number, not {_described(value)}")
    return value


def tensors_of(value: Any, function: str, argument: str) -> list[Tensor]:
    """The tensors in ``value``, or it alone.  Raises TypeError, naming function and argument, for anything else."""
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, (str, bytes, dict)) or not hasattr(value, "__iter__"):
        raise TypeError(
            f"{function}(): argument {argument!r} must be a Tensor or some Tensors, not {_described(value)}"
        )
    several = list(value)
    for position, item in enumerate(several):
        if not isinstance(item, Tensor):
            raise TypeError(f"{function}(): {argument}[{position}] must be a Tensor, not {_described(item)}")
    return several


def _described(value: Any) -> str:
    return f"a tensor of shape {tuple(value.shape)}" if isinstance(value, Tensor) else type(value).__name__


def dims_of(dim: Any) -> Any:
    """``dim`` as the primitives take an axis: None, an int, or a tuple.  An empty list means all, as in PyTorch."""
    if dim is None or dim.__class__ is int:
        return dim
    try:
        return as_int(dim) if hasattr(dim, "__index__") else tuple([as_int(d) for d in dim]) or None
    except (TypeError, AttributeError):
        raise TypeError(f"dim must be an int or a tuple of ints, not {dim!r}") from None


def keyword_or_positional(function: str, name: str, given: tuple, named: dict[str, Any]) -> tuple:
    """Arguments that may come one by one, as one sequence, or under ``name``."""
    if name in named:
        if given:
            raise TypeError(f"{function}() got multiple values for argument {name!r}")
        given = (named.pop(name),)
    if named:
        raise TypeError(f"{function}() got an unexpected keyword argument {next(iter(named))!r}")
    return given


def warn(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn of ``message`` at the user's line, however deep in polygrad this is called."""
    frame: FrameType | None = sys._getframe()
    level = 1
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] == _PACKAGE:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)


_PACKAGE = __name__.partition(".")[0]


def sizes(args: Sequence[Any]) -> tuple[int, ...]:
    """Lengths given one by one or as one sequence, as in ``x.reshape(2, 3)`` and ``x.reshape((2, 3))``."""
    if len(args) == 1 and not hasattr(args[0], "__index__"):
        args = args[0]
    try:
        return tuple([n if n.__class__ is int else n.__index__() for n in args])
    except (TypeError, AttributeError):
        raise TypeError(f"lengths must be ints, one by one or as a tuple, not {args!r}") from None


def lengths(function: str, given: Sequence[Any], size: Any) -> tuple[int, ...]:
    """The shape that is given one by one, as one sequence, or as the argument ``size``."""
    if size is None:
        return sizes(given)
    if given:
        raise TypeError(f"{function}() got multiple values for argument 'size'")
    return sizes((size,))


def check_countable(name: str, shape: Sequence[int]) -> None:
    """Raise RuntimeError for a result with more elements than there are numbers of 64 bits."""
    if math.prod(shape) >= 2**63:
        raise RuntimeError(f"{name}: the result would have the shape {tuple(shape)}, which is too large")


def values_for_checks(tensor: Tensor) -> Any:
    """The values as a NumPy array, to check them; None while a function is traced, which must not depend on them.

    Inside vmap these are the values of all examples: their shape says nothing.
    """
    backend, array = tensor.backend, tensor._read()
    return None if RECORDERS or backend.is_traced(array) else backend.values_for_checks(array)


def assume(tensor: Tensor, question: Callable[[Any], Any]) -> Any:
    """The answer to ``question`` about the values, a NumPy array, which may also raise what is wrong with them.

    None where it cannot be asked: while a function is compiled, or inside vmap.  A program that replays asks again, and
    is not the right one where the answer is another.
    """
    backend, array = tensor.backend, tensor._read()
    if backend.is_traced(array):
        return backend.assume(array, question) if isinstance(backend, CompilingBackend) else None
    if backend.level or (RECORDERS and recorder() is not None):
        return None
    return question(backend.values_for_checks(array))


__all__ = ["assume", "check_tensor", "dims_of", "numpy_spelling", "sizes", "values_for_checks", "xp"]
