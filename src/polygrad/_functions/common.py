"""What the functions of PyTorch's door share: its names for arguments, and NumPy's."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from .._core.errors import LayoutError, complex_refused
from .._core.primitive import OPERATIONS as xp
from .._core.scalars import as_int, to_python
from .._core.tensor import Tensor
from .._core.warn import warn
from .._layouts import strided
from .._state import RECORDERS, recorder
from ..backends.base import CompilingBackend

_FunctionType = TypeVar("_FunctionType", bound=Callable[..., Any])


def second_names(**names: str | Callable[[str, Any], None] | None) -> Callable[[_FunctionType], _FunctionType]:
    """Let a function take other names of its arguments, by name: ``second_names(axis="dim")`` lets it take ``axis`` for ``dim``.

    Arguments whose name is None are taken, and have no effect; a check in the name's place is called with the function's name
    and the value first.  Raises TypeError where an argument is given by two names.
    """

    def decorate(function: _FunctionType) -> _FunctionType:
        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            for second in [name for name in kwargs if name in names]:
                value, name = kwargs.pop(second), names[second]
                if callable(name):
                    name(function.__name__, value)
                elif name is not None:
                    if name in kwargs:
                        raise TypeError(f"{function.__name__}() got both {name!r} and {second!r}, which mean the same")
                    kwargs[name] = value
            return function(*args, **kwargs)

        _mark(wrapper, names)
        return wrapper  # type: ignore[return-value]  # takes what the function takes

    return decorate


def _mark(wrapper: Any, names: dict[str, Any]) -> None:
    """Note for `wrong_calls` that ``wrapper`` is there for second names only, and for users of the function which."""
    wrapper.takes_second_names, wrapper.second_names = wrapper, names


#: Lets a function take NumPy's ``axis`` and ``keepdims``, as PyTorch's own functions do.
numpy_spelling = second_names(axis="dim", keepdims="keepdim")


def _check_dense(function: str, layout: Any) -> None:
    if layout is not None and layout is not strided:
        raise LayoutError(f"{function}() makes dense tensors; write x.to_sparse() for layout={layout!r}")


#: Lets a function that makes tensors take what PyTorch says of their memory, which is the backend's affair.
any_layout = second_names(layout=_check_dense, pin_memory=None, memory_format=None)


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

    _mark(wrapper, {"size_average": "reduction", "reduce": "reduction"})
    return wrapper


def check_tensor(value: Any, name: str, argument: str = "input") -> Tensor:
    """``value`` if it is a Tensor.  Raises TypeError, naming function and argument, where it is not."""
    if not isinstance(value, Tensor):
        raise TypeError(
            f"{name}(): argument {argument!r} must be a Tensor, not {type(value).__name__} (polygrad.tensor(...) makes one)"
        )
    return value


def check_real(name: str, *tensors: Tensor) -> None:
    """Raise DTypeError where a tensor is complex, of which the formula of ``name`` would make a number without a meaning."""
    for tensor in tensors:
        if check_tensor(tensor, name).dtype.is_complex:
            raise complex_refused(f"{name}()")


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


def place_of(like: Tensor) -> dict[str, Any]:
    """The arguments ``backend`` and ``device`` of functions that make tensors, for one where ``like`` is."""
    return {"backend": like.backend, "device": like.device}


def dims_of(dim: Any) -> Any:
    """``dim`` as the primitives take an axis: None, an int, or a tuple.  An empty list means all, as in PyTorch."""
    if dim is None or dim.__class__ is int:
        return dim
    try:
        return as_int(dim) if hasattr(dim, "__index__") else tuple([as_int(d) for d in dim]) or None
    except (TypeError, AttributeError):
        raise TypeError(f"dim must be an int or a tuple of ints, not {dim!r}") from None


def sizes(first: Any, others: Sequence[Any] = ()) -> tuple[int, ...]:
    """Return lengths that are given as one sequence, or one by one, as in ``x.reshape((2, 3))`` and ``x.reshape(2, 3)``."""
    given = (first, *others) if others or hasattr(first, "__index__") else first
    try:
        return tuple([n if n.__class__ is int else n.__index__() for n in given])
    except (TypeError, AttributeError):
        raise TypeError(f"lengths must be ints, one by one or as a tuple, not {given!r}") from None


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
