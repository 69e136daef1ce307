"""Declares the standard's functions: their errors and their help are about the standard's names.

    @standard(reductions.amax)
    def max(x, /, *, axis=None, keepdims=False):
        \"\"\"The largest element along axes, or of all.\"\"\"

An error that is raised inside says ``max()`` and ``axis``, and not ``amax()`` and ``dim``.  What the docstring leaves out is that
of the function that has the same logic under PyTorch's name, here `polygrad.amax`: a section that is written here replaces that
one's, and so does the description of an argument.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from .._core.errors import DTypeError
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .._core.wrong_calls import explain_errors
from ._help import docstring

_Function = TypeVar("_Function", bound=Callable[..., Any])

#: PyTorch's name of an argument → the standard's names of it.
_NAMES = {
    "input": ("x", "x1"), "A": ("x", "x1"), "a": ("x1",), "x": ("x1",), "tensor": ("x",), "ext_tensor": ("x",),
    "elements": ("x1",), "sorted_sequence": ("x1",), "test_elements": ("x2",), "values": ("x2",),
    "other": ("x2",), "B": ("x2",), "b": ("x2",), "y": ("x2",), "exponent": ("x2",), "vec2": ("x2",),
    "dim": ("axis", "axes"), "dims": ("axis", "axes"), "keepdim": ("keepdims",), "size": ("shape",), "end": ("stop",),
    "steps": ("num",), "diagonal": ("k", "offset"), "tensors": ("arrays",), "operands": ("arrays_and_dtypes",),
    "shifts": ("shift",), "reps": ("repetitions",),
}  # fmt: skip


def standard(like: Any = None) -> Callable[[_Function], _Function]:
    """Declare a function of the standard, which has the logic of ``like``, a function with PyTorch's name.

    A docstring that says nothing but the purpose gets the sections of ``like`` in the standard's words.
    """

    def declare(function: _Function) -> _Function:
        parameters = inspect.signature(function).parameters
        names = _names_of(parameters)
        function.__doc__ = docstring(function, parameters, like, names)
        told = explain_errors(function, {"Dimension": names["dim"], **names} if "dim" in names else names)
        return told  # type: ignore[return-value]  # takes what the function takes

    return declare


#: Function → the kinds of data types for which it means nothing.  Other functions take more than the standard asks for.
_REFUSED = {
    "bitwise_left_shift": {"bool"}, "bitwise_right_shift": {"bool"}, "pow": {"bool"}, "round": {"bool"},
    "logaddexp": {"complex"}, "nextafter": {"bool", "int", "uint"},
}  # fmt: skip


def check_kinds(name: str, *operands: Any) -> None:
    """Raise DTypeError where all arrays among ``operands`` are of a kind for which the function ``name`` means nothing."""
    kinds = {x.dtype.kind for x in operands if isinstance(x, Tensor)}
    if kinds and kinds <= _REFUSED[name]:
        raise DTypeError(
            f"{name}() is not for arrays of {' and '.join(sorted(kinds))}; convert them, as in xp.astype(x, xp.float32)"
        )


def primitives(names: str) -> Iterable[Any]:
    """The primitives of these ``names`` as functions of the standard: ``abs(x, /)``, ``add(x1, x2, /)``."""
    return map(_primitive, names.split())


def _primitive(name: str) -> Any:
    operation = getattr(xp, name)
    function: Any

    if name in _REFUSED:

        def function(x1: Tensor | complex, x2: Tensor | complex, /) -> Tensor:
            check_kinds(name, x1, x2)
            return operation(x1, x2)

    elif len(inspect.signature(operation).parameters) == 1:

        def function(x: Tensor, /) -> Tensor:
            return operation(x)
    else:

        def function(x1: Tensor | complex, x2: Tensor | complex, /) -> Tensor:
            return operation(x1, x2)

    function.__name__ = function.__qualname__ = name
    function.__module__ = __package__
    return standard(operation.primitive)(function)


def _names_of(parameters: Iterable[str]) -> dict[str, str]:
    """Other functions' names of arguments → those in ``parameters``."""
    known = list(parameters)
    choices = {inner: [name for name in ours if name in known] for inner, ours in _NAMES.items() if inner not in known}
    return {inner: ours[0] for inner, ours in choices.items() if ours}
