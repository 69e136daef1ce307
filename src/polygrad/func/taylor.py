"""Taylor mode: all derivatives of a function along a curve, up to some order, in one run."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from .._core.primitive import OPERATIONS
from .._core.scalars import as_int
from .._core.tensor import Tensor
from .._interpreters.jet.tracer import JetTrace, MakeSeries, coefficient_of
from .._interpreters.lifting import apply, lift
from .trees import TransformError, copy_cells, flatten, results_of, tensors_of, unflatten


def jet(func: Callable[..., Any], primals: Sequence[Any], series: Sequence[Any]) -> tuple[Any, list[Any]]:
    """The output of a function and its derivatives along a curve, of every order, in one run.

    The arguments are curves ``x(t)``, given by their derivatives at ``t = 0``; so is the result, the curve ``func(x(t))``.  The
    cost grows with the square of the order, and with its cube where a function's rule needs its own result, as that of ``tanh``.

    Args:
        func: takes one tensor, or one nested list, tuple or dict of tensors, for each entry of ``primals``.
        primals: the arguments at ``t = 0``.
        series: for each argument a list of its derivatives ``[x', x'', …]``, each of its structure, shapes and types.  All lists
            have the same length, the order.

    Returns:
        ``(output, derivatives)``: a list with one entry for every order, of the output's structure.

    Raises:
        TransformError: arguments and derivatives differ in number, structure, shape or type, or are not floating-point or complex.
        NotImplementedError: there is no rule for a primitive, such as ``eigh``.

    References:
        A. Griewank and A. Walther, "Evaluating Derivatives" (2008), chapter 13.

    Example::

        >>> x = polygrad.tensor(2.0)
        >>> y, derivatives = polygrad.func.jet(lambda x: x**3, (x,), ([polygrad.tensor(1.0), polygrad.tensor(0.0)],))
        >>> derivatives
        [tensor(12.), tensor(12.)]
    """
    primals, series = tuple(primals), tuple(series)
    if len(primals) != len(series):
        raise TransformError(
            f"jet: there are {len(primals)} primals and {len(series)} series; give one series for each"
        )
    lengths = {len(one) for one in series}
    if len(lengths) != 1 or 0 in lengths:
        raise TransformError(f"jet: all series must have the same length, at least 1, but they have {sorted(lengths)}")
    order = lengths.pop()
    leaves, structure = tensors_of(list(primals), "jet", "a primal", differentiable=True)
    terms = []
    for k in range(order):
        found, other = tensors_of([one[k] for one in series], "jet", "a derivative")
        if other != structure:
            raise TransformError(f"jet: the derivatives of order {k + 1} must have the structure of the primals")
        for x, d in zip(leaves, found, strict=True):
            if x.shape != d.shape or x.dtype is not d.dtype:
                raise TransformError(
                    f"jet: a derivative of order {k + 1} has shape {tuple(d.shape)} and type {d.dtype.name}, but its primal has "
                    f"{tuple(x.shape)} and {x.dtype.name}"
                )
        terms.append([d * (1 / math.factorial(k + 1)) if k else d for d in found])
    return _run(func, leaves, terms, structure, order)


def _run(
    func: Callable, leaves: list[Tensor], terms: list[list[Tensor]], structure: Any, order: int
) -> tuple[Any, list[Any]]:
    """The output and the derivatives, given coefficients, of which the last may be left out."""
    with JetTrace(order) as trace:
        inside = [
            apply(MakeSeries, trace, lift(x, trace.below), *[lift(term[i], trace.below) for term in terms])
            for i, x in enumerate(leaves)
        ]
        result = func(*unflatten(structure, inside))
    found, result_structure = results_of(result, "jet")
    found = copy_cells(found)
    del inside, result
    trace.check_written()
    found = [lift(y, (*trace.below, trace)) if y._edge is not None else y for y in found]
    outputs = unflatten(result_structure, [coefficient_of(trace, y, 0) for y in found])
    derivatives = []
    for k in range(1, order + 1):
        scaled = [coefficient_of(trace, y, k) for y in found]
        derivatives.append(unflatten(result_structure, [c * math.factorial(k) if k > 1 else c for c in scaled]))
    return outputs, derivatives


def derivatives(func: Callable[[Tensor], Any], x: Tensor, order: int, direction: Tensor | None = None) -> list[Any]:
    """The output of a function of one tensor and its first derivatives, in one run of `jet`.

    Args:
        func: takes a tensor, returns a tensor or a nested structure of tensors.
        x: where; a tensor of any shape.
        order: of the highest derivative, at least 1.
        direction: a tensor like ``x``, along which ``t -> func(x + t * direction)`` is differentiated.  By default ones, so that of
            a function that works element by element the derivatives are those of each element.

    Returns:
        The list ``[func(x), first derivative, …]`` of ``order + 1`` entries.

    Raises:
        TransformError: ``x`` is not floating-point or complex, or ``direction`` is not like it.
        ValueError: ``order`` is below 1.
        NotImplementedError: as `jet`.

    Example::

        >>> polygrad.func.derivatives(lambda x: x**3, polygrad.tensor(2.0), 4)
        [tensor(8.), tensor(12.), tensor(12.), tensor(6.), tensor(0.)]
    """
    order = as_int(order)
    if order < 1:
        raise ValueError(f"derivatives: order must be at least 1, not {order}")
    leaves, _ = tensors_of([x], "derivatives", "x", differentiable=True)
    along = OPERATIONS.ones_like(leaves[0].detach()) if direction is None else direction
    (along,), _ = tensors_of([along], "derivatives", "direction")
    if along.shape != x.shape or along.dtype is not x.dtype:
        raise TransformError(
            f"derivatives: direction must have the shape and type of x, {tuple(x.shape)} and {x.dtype.name}, not "
            f"{tuple(along.shape)} and {along.dtype.name}"
        )
    _, structure = flatten([x])
    output, found = _run(func, leaves, [[along]], structure, order)
    return [output, *found]
