"""Gradients against finite differences: `gradcheck` for the first order, `gradgradcheck` for the second.

Complex numbers follow PyTorch's convention: the gradient of a real ``L`` with respect to ``z = x + iy`` is
``dL/dx + i dL/dy``.  A complex output is checked as two real ones, its real and its imaginary part.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from .. import _dtypes
from .._core.tensor import Tensor, make_leaf
from .._state import grad_mode
from .differentiation import grad

__all__ = ["GradcheckError", "gradcheck", "gradgradcheck"]


class GradcheckError(RuntimeError):
    """A gradient that disagrees with finite differences.

    Its text has both Jacobians, one column for each element of the output.  The attributes ``numerical`` and
    ``analytical`` hold them as NumPy arrays, or None where something else is wrong.
    """

    numerical: Any = None
    analytical: Any = None


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
) -> bool:
    """Whether the gradients of ``func`` agree with central differences, ``|a - n| <= atol + rtol * |n|``.

    Args:
        func: takes the inputs and returns a tensor or several; outputs of integer type are passed over.
        inputs: a tensor or a tuple; those that require grad are checked, and should be of float64 or complex128.
        eps: how far an element is moved in each direction.
        atol, rtol: the tolerance.
        raise_exception: raise `GradcheckError` on disagreement; otherwise return False.
        nondet_tol: how much two backward passes through the same graph may differ.
        check_undefined_grad: also check that an output without a cotangent counts as one with a cotangent of zeros.
        check_grad_dtypes: also check that a gradient has its input's data type.

    Raises ValueError where no input requires grad, and `GradcheckError`.

    Example::

        x = polygrad.tensor([0.5, -1.0], dtype=polygrad.float64, requires_grad=True)
        polygrad.autograd.gradcheck(polygrad.sin, (x,))  # True
    """
    given = _as_tuple(inputs)
    _check_inputs(given)
    try:
        outputs = _outputs_of(func, given)
        _check_jacobians(func, given, outputs, eps, atol, rtol, nondet_tol, check_grad_dtypes)
        if check_undefined_grad:
            _check_undefined(given, outputs, atol, rtol)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
) -> bool:
    """Whether the gradients of the gradients of ``func`` agree with central differences.

    The gradient is taken as a function of the inputs and of ``grad_outputs``, which are random unless given.  The other
    arguments, and what is raised, are those of `gradcheck`.

    Example::

        x = polygrad.tensor([0.5, -1.0], dtype=polygrad.float64, requires_grad=True)
        polygrad.autograd.gradgradcheck(polygrad.sin, (x,))  # True
    """
    given = _as_tuple(inputs)
    _check_inputs(given)
    outputs = _outputs_of(func, given)
    if grad_outputs is None:
        random = np.random.default_rng(0)
        cotangents = tuple([_random_like(out, random) for out in outputs])
    else:
        cotangents = tuple([g if g.requires_grad else g.detach().requires_grad_() for g in _as_tuple(grad_outputs)])
    count = len(given)

    def gradients(*arguments: Any) -> tuple[Tensor, ...]:
        ins, gs = arguments[:count], arguments[count:]
        outs = _outputs_of(func, ins)
        pairs = [(out, g) for out, g in zip(outs, gs, strict=True) if out.requires_grad]
        wanted = [x for x in ins if isinstance(x, Tensor) and x.requires_grad]
        found = grad(*_unzipped(pairs, wanted), create_graph=True, allow_unused=True)
        return tuple([g for g in found if g is not None])

    return gradcheck(
        gradients, (*given, *cotangents), eps=eps, atol=atol, rtol=rtol, raise_exception=raise_exception,
        nondet_tol=nondet_tol, check_undefined_grad=check_undefined_grad, check_grad_dtypes=check_grad_dtypes,
    )  # fmt: skip


def _unzipped(pairs: list[tuple[Tensor, Tensor]], wanted: list[Tensor]) -> tuple[list, list, list]:
    return [out for out, _ in pairs], wanted, [g for _, g in pairs]


# -- inputs and outputs ------------------------------------------------------------------------------------------------


def _as_tuple(value: Any) -> tuple:
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)


def _checked_inputs(inputs: Sequence[Any]) -> Iterator[tuple[int, Tensor]]:
    for number, x in enumerate(inputs):
        if isinstance(x, Tensor) and x.requires_grad:
            yield number, x


def _check_inputs(inputs: Sequence[Any]) -> None:
    checked = list(_checked_inputs(inputs))
    if not checked:
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them has requires_grad=True"
        )
    for number, x in checked:
        if x.dtype not in (_dtypes.float64, _dtypes.complex128):
            warnings.warn(
                f"input {number} requires gradient and is of type {x.dtype.name}, which is too coarse for finite "
                "differences: use float64 or complex128, or expect gradcheck to fail",
                stacklevel=3,
            )


def _outputs_of(func: Callable[..., Any], inputs: Sequence[Any]) -> tuple[Tensor, ...]:
    """The differentiable outputs of ``func``."""
    outputs = _as_tuple(func(*inputs))
    for number, out in enumerate(outputs):
        if not isinstance(out, Tensor):
            raise TypeError(f"gradcheck: output {number} of the function is a {type(out).__name__}, not a Tensor")
    return tuple([out for out in outputs if out.dtype.is_differentiable])


def _numbers(x: Tensor) -> Any:
    """The values as a NumPy array."""
    return np.asarray(x.backend.to_numpy(x.detach()._read()))


def _like(x: Tensor, values: Any, requires_grad: bool = False) -> Tensor:
    """A new leaf beside ``x`` with other values."""
    backend = x.backend
    array = backend.asarray(values, dtype=backend.to_dtype(x.dtype), device=backend.device(x._read()), copy=True)
    return make_leaf(object.__new__(Tensor), array, requires_grad)


def _random_like(x: Tensor, random: np.random.Generator) -> Tensor:
    values = random.standard_normal(tuple(x.shape))
    if x.dtype.is_complex:
        values = values + 1j * random.standard_normal(tuple(x.shape))
    return _like(x, values, requires_grad=True)


# -- Jacobians ---------------------------------------------------------------------------------------------------------


class _Part(NamedTuple):
    """A real function that a Jacobian is taken of: an output, or one part of a complex output."""

    output: int
    unit: complex
    description: str

    def of(self, values: Any) -> Any:
        return values.imag if self.unit == 1j else values.real


def _parts(outputs: Sequence[Tensor]) -> Iterator[_Part]:
    for number, out in enumerate(outputs):
        if out.dtype.is_complex:
            yield _Part(number, 1, f"the real part of output {number}")
            yield _Part(number, 1j, f"the imaginary part of output {number}")
        else:
            yield _Part(number, 1, f"output {number}")


def _numerical(func: Callable, inputs: Sequence[Any], number: int, outputs: Sequence[Tensor], eps: float) -> list[Any]:
    """For every part of every output its Jacobian with respect to input ``number``, by central differences."""
    x = inputs[number]
    values = np.array(_numbers(x))
    parts = list(_parts(outputs))
    jacobians = [np.zeros((values.size, out.shape.numel()), values.dtype) for out in (outputs[p.output] for p in parts)]

    def moved(place: int, step: complex) -> list[Any]:
        changed = values.copy()
        changed.reshape(-1)[place] += step
        arguments = list(inputs)
        arguments[number] = _like(x, changed, requires_grad=True)
        found = [_numbers(out) for out in _outputs_of(func, arguments)]
        if [f.shape for f in found] != [tuple(out.shape) for out in outputs]:
            raise GradcheckError(
                f"the function returns outputs of shapes {[f.shape for f in found]} beside an input where it returns "
                f"{[tuple(out.shape) for out in outputs]}; it must not change its outputs' shapes"
            )
        return found

    for direction in (1, 1j) if np.iscomplexobj(values) else (1,):
        for place in range(values.size):
            above, below = moved(place, eps * direction), moved(place, -eps * direction)
            for part, jacobian in zip(parts, jacobians, strict=True):
                difference = part.of(above[part.output]) - part.of(below[part.output])
                jacobian[place] += direction * (difference.reshape(-1) / (2 * eps))
    return jacobians


def _analytical(inputs: Sequence[Any], out: Tensor, part: _Part) -> tuple[list[Any], list[Any]]:
    """The Jacobians of ``part`` of ``out`` with respect to all checked inputs, one backward pass for each element.

    Beside them the gradients of the first element as they came, for the checks of types and shapes.
    """
    wanted = [x for _, x in _checked_inputs(inputs)]
    jacobians = [np.zeros((x.shape.numel(), out.shape.numel()), _numbers(x).dtype) for x in wanted]
    first: list[Any] = [None] * len(wanted)
    if not out.requires_grad:
        return jacobians, first
    for place in range(out.shape.numel()):
        seed = np.zeros(tuple(out.shape), complex if out.dtype.is_complex else float)
        seed.reshape(-1)[place] = part.unit
        found = grad(out, wanted, _like(out, seed), retain_graph=True, allow_unused=True)
        first = list(found) if place == 0 else first
        for jacobian, g in zip(jacobians, found, strict=True):
            if g is not None:
                jacobian[:, place] = _numbers(g).reshape(-1)
    return jacobians, first


def _check_jacobians(
    func: Callable, inputs: Sequence[Any], outputs: Sequence[Tensor], eps: float, atol: float, rtol: float,
    nondet_tol: float, check_grad_dtypes: bool,
) -> None:  # fmt: skip
    token = grad_mode.set(True)
    try:
        numerical = {n: _numerical(func, inputs, n, outputs, eps) for n, _ in _checked_inputs(inputs)}
        for index, part in enumerate(_parts(outputs)):
            out = outputs[part.output]
            jacobians, first = _analytical(inputs, out, part)
            again, _ = _analytical(inputs, out, part)
            for (n, x), mine, repeated, g in zip(_checked_inputs(inputs), jacobians, again, first, strict=True):
                _check_form(n, x, g, check_grad_dtypes)
                _compare(mine, numerical[n][index], part, n, atol, rtol)
                if mine.size and np.max(np.abs(mine - repeated)) > nondet_tol:
                    raise GradcheckError(
                        f"Backward is not reentrant: two backward passes for {part.description} with respect to "
                        f"input {n} differ by up to {np.max(np.abs(mine - repeated)):.3g}, which is more than "
                        f"nondet_tol={nondet_tol}"
                    )
    finally:
        grad_mode.reset(token)


def _check_form(number: int, x: Tensor, g: Tensor | None, check_dtype: bool) -> None:
    if g is None:
        return
    if g.shape != x.shape:
        raise GradcheckError(
            f"the gradient of input {number} has shape {tuple(g.shape)}, but the input {tuple(x.shape)}"
        )
    if check_dtype and g.dtype is not x.dtype:
        raise GradcheckError(
            f"the gradient of input {number} is of type {g.dtype.name}, but the input of {x.dtype.name}"
        )


def _compare(analytical: Any, numerical: Any, part: _Part, number: int, atol: float, rtol: float) -> None:
    close = np.isclose(analytical, numerical, rtol=rtol, atol=atol, equal_nan=True)
    if close.all():
        return
    with np.errstate(invalid="ignore"):
        distance = np.where(close, -1, np.nan_to_num(np.abs(analytical - numerical), nan=np.inf, posinf=np.inf))
    worst = np.unravel_index(np.argmax(distance), distance.shape)
    error = GradcheckError(
        f"Jacobian mismatch for {part.description} with respect to input {number}: {np.sum(~close)} of {close.size} "
        f"elements differ by more than atol={atol} and rtol={rtol} allow.  The worst is "
        f"d output[{worst[1]}] / d input[{worst[0]}]: "
        f"{numerical[worst]:.6g} numerically, {analytical[worst]:.6g} analytically.\n"
        f"numerical:\n{_printed(numerical)}\nanalytical:\n{_printed(analytical)}"
    )
    error.numerical, error.analytical = numerical, analytical
    raise error


def _printed(jacobian: Any) -> str:
    return np.array2string(jacobian, precision=6, suppress_small=True, threshold=400, max_line_width=120)


def _check_undefined(inputs: Sequence[Any], outputs: Sequence[Tensor], atol: float, rtol: float) -> None:
    """An output that has no cotangent counts as one with zeros."""
    live = [out for out in outputs if out.requires_grad]
    if len(live) < 2:
        return
    wanted = [x for _, x in _checked_inputs(inputs)]
    random = np.random.default_rng(1)
    for chosen, out in enumerate(live):
        seed = _random_like(out, random).detach()
        seeds = [seed if number == chosen else _like(o, np.zeros(tuple(o.shape))) for number, o in enumerate(live)]
        alone = grad(out, wanted, seed, retain_graph=True, allow_unused=True)
        together = grad(live, wanted, seeds, retain_graph=True, allow_unused=True)
        for number, (a, b) in enumerate(zip(alone, together, strict=True)):
            one = 0 if a is None else _numbers(a)
            two = 0 if b is None else _numbers(b)
            if not np.allclose(one, two, rtol=rtol, atol=atol, equal_nan=True):
                raise GradcheckError(
                    f"the gradient of output {chosen} with respect to input {number} changes when the other outputs "
                    "have cotangents of zeros instead of none: the backward function must take missing ones as zeros"
                )
