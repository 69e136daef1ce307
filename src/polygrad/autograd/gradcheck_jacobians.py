"""Parts of the gradient checks: inputs, outputs, Jacobians, and their comparison.

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
from .._functions.strides import strides_of
from .differentiation import grad
from .grad_mode import no_grad


class GradcheckError(RuntimeError):
    """A gradient disagrees with finite differences.

    The message has both Jacobians, one column for each element of the output.

    Attributes:
        numerical: the Jacobian by finite differences, a NumPy array, or None where another check failed.
        analytical: the Jacobian by the gradient rules, likewise.
    """

    numerical: Any = None
    analytical: Any = None


# -- inputs and outputs ------------------------------------------------------------------------------------------------


def as_tuple(value: Any) -> tuple[Any, ...]:
    """``value`` as a tuple, or in one."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)


def checked_inputs(inputs: Sequence[Any]) -> Iterator[tuple[int, Tensor]]:
    """The inputs that are checked, each with its number."""
    for number, x in enumerate(inputs):
        if isinstance(x, Tensor) and x.requires_grad:
            yield number, x


def check_inputs(inputs: Sequence[Any]) -> None:
    """Raise ValueError where nothing is to be checked; warn of types that are too coarse."""
    checked = list(checked_inputs(inputs))
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


def outputs_of(func: Callable[..., Any], inputs: Sequence[Any]) -> tuple[Tensor, ...]:
    """The differentiable outputs of ``func``."""
    outputs = as_tuple(func(*inputs))
    for number, out in enumerate(outputs):
        if not isinstance(out, Tensor):
            raise TypeError(f"gradcheck: output {number} of the function is a {type(out).__name__}, not a Tensor")
    return tuple([out for out in outputs if out.dtype.is_differentiable])


def numpy_values(x: Tensor) -> Any:
    """The values as a NumPy array."""
    return np.asarray(x.backend.to_numpy(x.detach()._read()))


def like(x: Tensor, values: Any, requires_grad: bool = False) -> Tensor:
    """A new leaf with other values, and the data type, backend and device of ``x``."""
    backend = x.backend
    array = backend.asarray(values, dtype=backend.to_dtype(x.dtype), device=backend.device(x._read()), copy=True)
    return make_leaf(object.__new__(Tensor), array, requires_grad)


def random_like(x: Tensor, random: np.random.Generator) -> Tensor:
    """A new leaf with random values, and the shape, data type, backend and device of ``x``."""
    values = random.standard_normal(tuple(x.shape))
    if x.dtype.is_complex:
        values = values + 1j * random.standard_normal(tuple(x.shape))
    return like(x, values, requires_grad=True)


# -- Jacobians ---------------------------------------------------------------------------------------------------------


class Part(NamedTuple):
    """A real function of which a Jacobian is taken: an output, or one part of a complex output."""

    output: int
    unit: complex
    description: str

    def of(self, values: Any) -> Any:
        """This part of the output's values."""
        return values.imag if self.unit == 1j else values.real


def split_parts(outputs: Sequence[Tensor]) -> Iterator[Part]:
    """The real functions that ``outputs`` consist of."""
    for number, out in enumerate(outputs):
        if out.dtype.is_complex:
            yield Part(number, 1, f"the real part of output {number}")
            yield Part(number, 1j, f"the imaginary part of output {number}")
        else:
            yield Part(number, 1, f"output {number}")


def outputs_near(
    func: Callable[..., Any], inputs: Sequence[Any], number: int, step: Any, outputs: Sequence[Tensor]
) -> list[Any]:
    """The values of the outputs where input ``number`` is moved by ``step``.

    It is moved in place, since ``func`` may reach it by another name, as a module reaches its parameters.
    """
    arguments, x = list(inputs), inputs[number]
    before = x._read()
    moved = like(x, numpy_values(x) + step, requires_grad=True)
    in_place = not any(stride == 0 and length > 1 for stride, length in zip(strides_of(x), x.shape, strict=True))
    if not in_place:  # an expanded tensor has several elements in one place
        arguments[number] = moved
    try:
        if in_place:
            _replace_array(x, moved._read())
        found = [numpy_values(out) for out in outputs_of(func, arguments)]
    finally:
        if in_place:
            _replace_array(x, before)
    if [f.shape for f in found] != [tuple(out.shape) for out in outputs]:
        raise GradcheckError(
            f"the function returns outputs of shapes {[f.shape for f in found]} near the input, and at the input "
            f"{[tuple(out.shape) for out in outputs]}; the shapes must not depend on values"
        )
    return found


def _replace_array(x: Tensor, array: Any) -> None:
    with no_grad():
        x._rebind(array, x._edge)


def central_differences(
    func: Callable[..., Any], inputs: Sequence[Any], number: int, way: Any, outputs: Sequence[Tensor], eps: float
) -> list[Any]:
    """The derivatives of the outputs where input ``number`` moves along ``way``, by central differences."""
    above = outputs_near(func, inputs, number, eps * way, outputs)
    below = outputs_near(func, inputs, number, -eps * way, outputs)
    return [(a - b) / (2 * eps) for a, b in zip(above, below, strict=True)]


def unit_directions(x: Tensor) -> Iterator[tuple[int, complex, Any]]:
    """For each element of ``x`` its number, 1 (and 1j if complex), and the array with that at the element."""
    for direction in (1, 1j) if x.dtype.is_complex else (1,):
        for place in range(x.shape.numel()):
            way = np.zeros(tuple(x.shape), complex if x.dtype.is_complex else float)
            way.reshape(-1)[place] = direction
            yield place, direction, way


def jacobians_by(slopes_along: Callable[[Any], list[Any]], x: Tensor, outputs: Sequence[Tensor]) -> list[Any]:
    """The Jacobian of every part of every output with respect to ``x``, from the slopes along each direction."""
    chosen = list(split_parts(outputs))
    kind = complex if x.dtype.is_complex else float
    found = [np.zeros((x.shape.numel(), outputs[part.output].shape.numel()), kind) for part in chosen]
    for place, direction, way in unit_directions(x):
        along = slopes_along(way)
        for part, jacobian in zip(chosen, found, strict=True):
            jacobian[place] += direction * part.of(along[part.output]).reshape(-1)
    return found


def random_weights(count: int) -> Any:
    """Random numbers that are not 1: a rule that ignores its cotangent is not multiplied by them."""
    return np.random.default_rng(2).uniform(1.25, 2.0, count)


def analytical(inputs: Sequence[Any], out: Tensor, part: Part) -> tuple[list[Any], list[Any]]:
    """The Jacobians of ``part`` of ``out`` with respect to all checked inputs, one backward pass for each element.

    Also the gradients of the first element, for the checks of data types and shapes.
    """
    wanted = [x for _, x in checked_inputs(inputs)]
    jacobians = [np.zeros((x.shape.numel(), out.shape.numel()), numpy_values(x).dtype) for x in wanted]
    first: list[Any] = [None] * len(wanted)
    if not out.requires_grad:
        return jacobians, first
    for place, weight in enumerate(random_weights(out.shape.numel())):
        seed = np.zeros(tuple(out.shape), complex if out.dtype.is_complex else float)
        seed.reshape(-1)[place] = part.unit * weight
        found = grad(out, wanted, like(out, seed), retain_graph=True, allow_unused=True)
        first = list(found) if place == 0 else first
        for jacobian, g in zip(jacobians, found, strict=True):
            if g is not None:
                jacobian[:, place] = numpy_values(g).reshape(-1) / weight
    return jacobians, first


def check_form(number: int, x: Tensor, g: Tensor | None, check_dtype: bool) -> None:
    """Raise where a gradient has another shape, or with ``check_dtype`` another data type, than its input."""
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


def compare(analytical: Any, numerical: Any, part: Part, number: int, atol: float, rtol: float, mode: str = "") -> None:
    """Raise GradcheckError where the Jacobians differ; ``mode`` begins its message."""
    close = np.isclose(analytical, numerical, rtol=rtol, atol=atol, equal_nan=True)
    if close.all():
        return
    with np.errstate(invalid="ignore"):
        distance = np.where(close, -1, np.nan_to_num(np.abs(analytical - numerical), nan=np.inf, posinf=np.inf))
    worst = np.unravel_index(np.argmax(distance), distance.shape)
    error = GradcheckError(
        f"{mode}Jacobian mismatch for {part.description} with respect to input {number}: {np.sum(~close)} of {close.size} "
        f"elements differ by more than atol={atol} and rtol={rtol} allow.  The worst is "
        f"d output[{worst[1]}] / d input[{worst[0]}]: "
        f"{numerical[worst]:.6g} numerically, {analytical[worst]:.6g} analytically.\n"
        f"numerical:\n{_format(numerical)}\nanalytical:\n{_format(analytical)}"
    )
    error.numerical, error.analytical = numerical, analytical
    raise error


def _format(jacobian: Any) -> str:
    return np.array2string(jacobian, precision=6, suppress_small=True, threshold=400, max_line_width=120)
