"""Jacobians and Hessians as wholes: a batch of sweeps, one for each row or column."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from .._core.primitive import OPERATIONS
from .._core.tensor import Tensor
from .._functions.creation import eye
from .batching import vmap
from .forward import Pushed, jvp
from .reverse import Recorded, grad
from .trees import chosen, flatten, tensors_of, unflatten


def _unit_vectors(x: Tensor) -> Tensor:
    """One tensor like ``x`` for each of its elements, with 1 there and 0 elsewhere: ``(x.numel(), *x.shape)``."""
    count = x.shape.numel()
    units = eye(count, dtype=x.dtype, backend=x.backend, device=x.device)
    return OPERATIONS.reshape(units, (count, *x.shape))


def jacrev(
    func: Callable, argnums: int | Sequence[int] = 0, *, has_aux: bool = False, chunk_size: int | None = None
) -> Callable:
    """The function that computes the Jacobian of ``func`` by reverse mode: all rows in one batch of sweeps.

    The right choice where there are fewer outputs than inputs.  The Jacobian by one argument has the shape ``(*output.shape,
    *argument.shape)``; where output or argument are nested, it is nested as the output, and within that as the argument;
    with a tuple of ``argnums`` it has a tuple in place of each output.  ``chunk_size`` is the number of rows at once.

    Example::

        polygrad.func.jacrev(lambda x: x**2)(polygrad.tensor([1.0, 2.0]))
        # [[2, 0], [0, 4]]
    """

    @functools.wraps(func)
    def jacobian(*args: Any, **kwargs: Any) -> Any:
        positions, single = chosen("jacrev", args, argnums)
        run = Recorded("jacrev", func, args, kwargs, positions, has_aux)
        rows = [run.as_inputs(_rows(run, number, chunk_size), single) for number in range(len(run.outputs))]
        result = unflatten(run.structure, rows)
        return (result, run.aux) if has_aux else result

    return jacobian


def _rows(run: Recorded, number: int, chunk_size: int | None) -> list[Tensor]:
    """The Jacobians of one output by every input."""
    y = run.outputs[number]

    def row(g: Tensor) -> list[Tensor]:
        return run.pull([g if n == number else None for n in range(len(run.outputs))])

    if y.shape.numel() == 1:
        found = row(OPERATIONS.ones_like(y))
    else:
        found = vmap(row, chunk_size=chunk_size)(_unit_vectors(y))
    if y.dtype.is_complex:  # rows of the Jacobian itself, as jacfwd gives them
        found = [OPERATIONS.conj(one) if one.dtype.is_complex else one for one in found]
    return [OPERATIONS.reshape(one, (*y.shape, *x.shape)) for one, x in zip(found, run.inputs, strict=True)]


def jacfwd(
    func: Callable,
    argnums: int | Sequence[int] = 0,
    has_aux: bool = False,
    *,
    randomness: str = "error",
    chunk_size: int | None = None,
) -> Callable:
    """The function that computes the Jacobian of ``func`` by forward mode: all columns in one batch of directions.

    The right choice where there are fewer inputs than outputs.  Results and other arguments are those of `jacrev`;
    ``randomness`` is that of `polygrad.vmap`.

    Example::

        polygrad.func.jacfwd(lambda x: x**2)(polygrad.tensor([1.0, 2.0]))
        # [[2, 0], [0, 4]]
    """

    @functools.wraps(func)
    def jacobian(*args: Any, **kwargs: Any) -> Any:
        positions, single = chosen("jacfwd", args, argnums)
        leaves, structure = tensors_of([args[p] for p in positions], "jacfwd", "an argument to differentiate by", True)
        by_input = []
        run: Any = None
        aux: Any = None
        for number, x in enumerate(leaves):

            def column(t: Tensor, number: int = number) -> tuple[list[Tensor], list[Tensor]]:
                nonlocal run, aux
                directions = [t if n == number else None for n in range(len(leaves))]
                run = Pushed("jacfwd", func, args, kwargs, positions, directions, has_aux)
                aux = flatten(run.aux)
                return run.tangents, [one for one in aux[0] if isinstance(one, Tensor)]

            batched = vmap(column, out_dims=(-1, 0), randomness=randomness, chunk_size=chunk_size)
            tangents, others = batched(_unit_vectors(x))
            by_input.append([OPERATIONS.reshape(t, (*t.shape[:-1], *x.shape)) for t in tangents])
        by_output = [unflatten(structure, columns) for columns in zip(*by_input, strict=True)]
        run.reach_arguments()
        result = unflatten(run.structure, [trees[0] if single else tuple(trees) for trees in by_output])
        if not has_aux:
            return result
        of_first = iter([OPERATIONS.getitem(one, (0, Ellipsis)) for one in others])
        return result, unflatten(aux[1], [next(of_first) if isinstance(one, Tensor) else one for one in aux[0]])

    return jacobian


def hessian(func: Callable, argnums: int | Sequence[int] = 0) -> Callable:
    """The function that computes the second derivatives of ``func``: ``jacfwd(jacrev(func))``, forward over reverse.

    For one argument and an output of no dimensions it has the shape ``(*argument.shape, *argument.shape)``.  With a tuple of
    ``argnums``, or nested arguments, it is nested as the first argument and within that as the second.

    Example::

        polygrad.func.hessian(lambda x: (x**3).sum())(polygrad.tensor([1.0, 2.0]))
        # [[6, 0], [0, 12]]
    """
    return jacfwd(jacrev(func, argnums), argnums)


def hvp(func: Callable, primals: tuple, tangents: tuple) -> Any:
    """The product of the Hessian of ``func``, which returns a real number, with ``tangents``, without forming it.

    Forward over reverse: as much work as two gradients.  ``primals`` and ``tangents`` are tuples as for `jvp`.  The result has
    the structure of the only primal, or is a tuple with an entry for each of several.

    Example::

        x, v = polygrad.tensor([1.0, 2.0]), polygrad.tensor([1.0, 0.0])
        polygrad.func.hvp(lambda x: (x**3).sum(), (x,), (v,))  # [6, 0]
    """
    argnums = 0 if len(primals) == 1 else tuple(range(len(primals)))
    return jvp(grad(func, argnums), primals, tangents)[1]
