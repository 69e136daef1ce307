"""Forward mode with PyTorch's dual tensors: a level, tensors with a tangent in it, and the tangents of what is computed from them.

It is `polygrad.func.jvp` without a function: a level is one trace of jvp, which `enter_dual_level` opens.  After the level, tensors
that had a tangent are those of their values.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence
from contextlib import ContextDecorator
from contextvars import ContextVar
from types import TracebackType
from typing import Any, NamedTuple

from .._core.tensor import TENSOR_TYPES, Tensor
from .._interpreters.jvp.tracer import JVPTrace, JVPTracer, MakeDual, PrimalOf
from .._interpreters.lifting import Lower, apply, lift
from .._interpreters.tracer import layers
from .._state import recorder

__all__ = ["UnpackedDualTensor", "dual_level", "enter_dual_level", "exit_dual_level", "make_dual", "unpack_dual"]

#: The open level of this thread or task.
_open: ContextVar[JVPTrace | None] = ContextVar("polygrad_dual_level", default=None)


class UnpackedDualTensor(NamedTuple):
    """The parts of a dual tensor: ``primal``, its value, and ``tangent``, its derivative, or None if it has none.

    Example::

        >>> parts = polygrad.autograd.forward_ad.unpack_dual(polygrad.ones(2))
        >>> parts.primal, parts.tangent
        (tensor([1., 1.]), None)
    """

    primal: Tensor
    tangent: Tensor | None


class _Unpacking:
    """A map out of a level, whose gradient can be computed when the level is left."""

    __slots__ = ()

    trace: JVPTrace

    def adjoint(self, g: Any) -> Sequence[Any]:
        if self.trace.active:
            raise RuntimeError(
                "forward_ad: a gradient of what unpack_dual() returned is computed inside the level; compute it after the level"
            )
        return super().adjoint(g)  # type: ignore[misc]  # of the map


class _Primal(_Unpacking, PrimalOf):
    __slots__ = ()


class _Tangent(_Unpacking, Lower):
    __slots__ = ()


def enter_dual_level() -> int:
    """Open a level, in which `make_dual` gives tensors a tangent.

    Returns:
        The number of the level, 0.

    Raises:
        RuntimeError: a level is open already, or the function that runs is being compiled.

    Example::

        >>> from polygrad.autograd import forward_ad
        >>> forward_ad.enter_dual_level()
        0
        >>> y = forward_ad.make_dual(polygrad.tensor(3.0), polygrad.tensor(1.0)) ** 2
        >>> forward_ad.unpack_dual(y).tangent
        tensor(6.)
        >>> forward_ad.exit_dual_level()
    """
    if _open.get() is not None:
        raise RuntimeError(
            "Nested forward mode AD is not supported at the moment; nest calls of polygrad.func.jvp instead"
        )
    if recorder() is not None:
        raise RuntimeError("a dual level cannot be entered inside a compiled function; call polygrad.func.jvp there")
    trace = JVPTrace()
    trace.__enter__()
    _open.set(trace)
    return 0


def exit_dual_level(*, level: int | None = None) -> None:
    """Close the level.  Tensors that have a tangent in it lose the tangent, and keep their values and their graph.

    Args:
        level: the number of the level, by default that of the open one.

    Raises:
        RuntimeError: there is no such level.

    Example::

        >>> from polygrad.autograd import forward_ad
        >>> level = forward_ad.enter_dual_level()
        >>> forward_ad.exit_dual_level(level=level)
    """
    trace = _level(level)
    if trace is None:
        raise RuntimeError("there is no open dual level to exit; call enter_dual_level() first")
    _open.set(None)
    trace.__exit__(None)
    for x in [x for x in gc.get_objects() if type(x) in TENSOR_TYPES]:
        data = getattr(x, "_data", None)
        if isinstance(data, JVPTracer) and trace in layers(data):
            plain = apply(PrimalOf, trace, _lift_to(x, trace))
            x._data, x._edge = plain._data, plain._edge


class dual_level(ContextDecorator):
    """A level as a context manager: `enter_dual_level` and `exit_dual_level`.

    Raises:
        RuntimeError: a level is open already, or the function that runs is being compiled.

    Example::

        >>> from polygrad.autograd import forward_ad
        >>> x, v = polygrad.tensor([1.0, 2.0]), polygrad.tensor([1.0, 0.0])
        >>> with forward_ad.dual_level():
        ...     dual = forward_ad.make_dual(x, v)
        ...     value, tangent = forward_ad.unpack_dual((dual * dual).sum())
        >>> value, tangent
        (tensor(5.), tensor(2.))
    """

    def __enter__(self) -> int:
        return enter_dual_level()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        exit_dual_level()


def make_dual(tensor: Tensor, tangent: Tensor, *, level: int | None = None) -> Tensor:
    """A tensor with the value of ``tensor`` and a tangent, in the open level.

    Args:
        tensor: the value, of a floating-point or complex type.
        tangent: the derivative, of its shape and data type.
        level: the number of the level, by default that of the open one.

    Returns:
        A dual tensor.  What is computed from it has tangents, and belongs to the graph of ``tensor`` and ``tangent``.

    Raises:
        RuntimeError: no level is open, or the shapes or data types differ.
        ValueError: one of the tensors is neither floating-point nor complex.

    Example::

        >>> from polygrad.autograd import forward_ad
        >>> with forward_ad.dual_level():
        ...     dual = forward_ad.make_dual(polygrad.tensor(0.0), polygrad.tensor(2.0))
        ...     forward_ad.unpack_dual(dual.exp()).tangent
        tensor(2.)
    """
    trace = _level(level)
    if trace is None:
        raise RuntimeError(
            "Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first."
        )
    for what, x in (("primal", tensor), ("tangent", tangent)):
        if not isinstance(x, Tensor):
            raise TypeError(f"make_dual takes tensors, but the {what} is a {type(x).__name__}")
        if not x.dtype.is_differentiable:
            raise ValueError(f"Expected {what} to be floating point or complex, but got: {x.dtype}")
    if tensor.shape != tangent.shape:
        raise RuntimeError(
            "Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. "
            f"Tensor is of size {list(tensor.shape)} while the given forward gradient is of size {list(tangent.shape)}."
        )
    if tensor.dtype is not tangent.dtype:
        raise RuntimeError(
            f"the tangent is {tangent.dtype.name}, but its primal is {tensor.dtype.name}; convert one of them"
        )
    if trace in layers(tensor._read()) or trace in layers(tangent._read()):
        raise RuntimeError("a tensor has a tangent in this level already; take unpack_dual(x).primal")
    return apply(MakeDual, trace, lift(tensor, trace.below), lift(tangent, trace.below))


def unpack_dual(tensor: Tensor, *, level: int | None = None) -> UnpackedDualTensor:
    """The value and the tangent of a tensor in the open level.

    Their gradients can be computed after the level.

    Args:
        tensor: a tensor, with or without a tangent.
        level: the number of the level, by default that of the open one.

    Returns:
        An `UnpackedDualTensor`.  Its tangent is None where the tensor does not depend on a dual tensor, and outside of a level.

    Raises:
        RuntimeError: there is no such level.

    Example::

        >>> from polygrad.autograd import forward_ad
        >>> with forward_ad.dual_level():
        ...     dual = forward_ad.make_dual(polygrad.tensor(3.0), polygrad.tensor(1.0))
        ...     forward_ad.unpack_dual(dual * dual)
        UnpackedDualTensor(primal=tensor(9.), tangent=tensor(6.))
    """
    trace = _level(level)
    own: Any = tensor._read()
    if trace is None or trace not in layers(own):
        return UnpackedDualTensor(tensor, None)
    while own.trace is not trace:
        own = own.inside
    inside = _lift_to(tensor, trace)
    primal = apply(_Primal, trace, inside)
    return UnpackedDualTensor(primal, None if own.tangent is None else apply(_Tangent, trace, inside))


def _level(number: int | None) -> JVPTrace | None:
    """The open level; None if there is none."""
    trace = _open.get()
    if number is not None and (trace is None or number != 0):
        raise RuntimeError(f"there is no dual level {number}")
    return trace


def _lift_to(x: Tensor, trace: JVPTrace) -> Tensor:
    """``x`` as a tensor of ``trace``, if it has a graph."""
    return lift(x, (*trace.below, trace)) if x._edge is not None else x
