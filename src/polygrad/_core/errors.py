"""Errors of operands, and the conversion of an array library's errors to them."""

from __future__ import annotations

import dis
import itertools
from collections.abc import Sequence
from typing import Any

from ..backends.registry import BY_TYPE
from .primitive import Primitive

#: Python's exception types that libraries raise for operands.  Types derived from them mean something else.
_REFUSALS = frozenset((ValueError, TypeError, IndexError, RuntimeError, ZeroDivisionError, OverflowError))
_RAISE = dis.opmap["RAISE_VARARGS"]
#: What an array library may raise for operands that it cannot take.
ARRAY_ERRORS = (ValueError, TypeError, IndexError, RuntimeError, ArithmeticError)


class ShapeError(ValueError, RuntimeError):
    """Operands whose shapes or values do not fit the operation."""


class DTypeError(TypeError, RuntimeError):
    """Operands of a data type that the operation does not support."""


class LayoutError(NotImplementedError, TypeError):
    """A tensor of a layout that the operation does not support.  `general`: the message says no more than that."""

    general = False


class NoImaginaryPartError(RuntimeError, AttributeError):
    """The imaginary part of a real tensor.  An AttributeError too, so that ``hasattr(x, "imag")`` is False."""


class LinAlgError(ShapeError):
    """A matrix without the decomposition, inverse or solution: singular, or not positive definite."""


class MixedTypesError(RuntimeError, ValueError):
    """Operands of several data types where one is required.  Also a ValueError, as in PyTorch's recurrent layers."""


def complex_refused(name: str) -> DTypeError:
    """The error for complex operands of ``name``, which has no meaning for them."""
    return DTypeError(f"{name} is not supported for complex numbers; take x.real, x.imag or x.abs()")


def unsupported_layout(name: str) -> LayoutError:
    """The error for a function that takes no sparse tensors."""
    error = LayoutError(f"{name}() does not take sparse tensors; write x.to_dense() for a sparse x, or use x.values()")
    error.general = True
    return error


def wrap_array_error(primitive: Primitive, arrays: Sequence[Any], error: Exception) -> Exception:
    """An error of the array library, after the operation and its operands' shapes and data types; other errors unchanged.

    Shapes that do not match are RuntimeError in PyTorch and ValueError in NumPy; the result is both.  Errors about the unknown
    values of traced arrays stay as they are.
    """
    if any(isinstance(error, BY_TYPE[array.__class__].value_errors) for array in arrays) or not _refuses(error):
        return error
    if primitive.shape_error is not None and (message := primitive.shape_error(*arrays)):
        return ShapeError(message)
    described = ", ".join(
        f"{BY_TYPE[a.__class__].from_dtype(a.dtype).name}{list(a.shape)}" for a in arrays if hasattr(a, "shape")
    )
    text = f"{primitive.public_name} cannot take operands {described}: {str(error).splitlines()[0] if str(error) else error!r}"
    if type(error).__name__ == "LinAlgError":  # the name in every library
        return LinAlgError(text)
    if primitive.broadcasts and not _broadcast_together([a.shape for a in arrays]):
        return ShapeError(text)  # some libraries raise TypeError
    refusals = (IndexError, IndexError), (TypeError, DTypeError)
    return next((ours for theirs, ours in refusals if isinstance(error, theirs)), ShapeError)(text)


def _broadcast_together(shapes: Sequence[tuple[int, ...]]) -> bool:
    aligned = itertools.zip_longest(*(reversed(shape) for shape in shapes), fillvalue=1)
    return all(len({*lengths, 1}) <= 2 for lengths in aligned)


def _refuses(error: Exception) -> bool:
    """Whether an array library or its backend raised ``error`` because of the operands.

    Errors of user code that runs meanwhile (a signal handler, a primitive's own forward), of the machine (memory, a device) and
    of NumPy's `errstate` are not.
    """
    packages = {"polygrad", "array_api_compat", "numpy", "scipy"}
    for array_type, backend in list(BY_TYPE.items()):
        library = getattr(getattr(backend, "library", None), "__name__", "")
        packages |= {name.partition(".")[0] for name in (array_type.__module__, type(backend).__module__, library)}

    def is_theirs(module: str) -> bool:
        return module.partition(".")[0] in packages

    kind = type(error)
    if kind not in _REFUSALS:
        of_the_machine = isinstance(error, RuntimeError) and not isinstance(error, ValueError)
        return is_theirs(kind.__module__) and not of_the_machine
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None or is_theirs(trace.tb_frame.f_globals.get("__name__", "")):
        return True
    # The innermost frame is user code.  Calls of the library's C functions add no frame, so look at the instruction.
    return trace.tb_frame.f_code.co_code[trace.tb_lasti] != _RAISE
