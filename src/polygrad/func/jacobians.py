"""Jacobians and Hessians of functions: a batch of sweeps, one for each row or column."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from .._core.primitive import OPERATIONS
from .._core.tensor import Tensor
from .._functions.creation import unit_vectors
from .batching import vmap
from .forward import JVPRun, jvp
from .reverse import ReverseRun, grad
from .trees import flatten, resolve_argnums, tensors_of, unflatten


def jacrev(
    func: Callable[..., Any], argnums: int | Sequence[int] = 0, *, has_aux: bool = False, chunk_size: int | None = None
) -> Callable[..., Any]:
    """The function that computes the Jacobian of ``func`` in reverse mode, all rows in one batch.

    Prefer it to `jacfwd` where there are fewer outputs than inputs.

    Args:
        func: a function of tensors, or of nested lists, tuples and dicts of tensors.
        argnums: the position of the argument to differentiate with respect to, or a tuple of positions.
        has_aux: whether ``func`` returns ``(output, aux)``, where ``aux`` is not differentiated.
        chunk_size: the largest number of rows computed at once, to save memory; None for all.

    Returns:
        A function with the arguments of ``func``.  It returns the Jacobian, of shape ``(*output.shape,
        *argument.shape)``, or ``(jacobian, aux)``.  Nested outputs and arguments give a Jacobian that is nested as the
        output, and within that as the argument; a tuple of ``argnums`` gives a tuple in place of each output.

    Raises:
        TransformError: on the call, for an argument that is not a floating-point or complex tensor, or ``argnums`` out
            of range.

    Example::

        >>> polygrad.func.jacrev(lambda x: x**2)(polygrad.tensor([1.0, 2.0]))
        tensor([[2., 0.],
                [0., 4.]])
    """

    @functools.wraps(func)
    def jacobian(*args: Any, **kwargs: Any) -> Any:
        positions, single = resolve_argnums("jacrev", args, argnums)
        run = ReverseRun("jacrev", func, args, kwargs, positions, has_aux)
        rows = [run.nest_as_inputs(_rows(run, number, chunk_size), single) for number in range(len(run.outputs))]
        result = unflatten(run.structure, rows)
        return (result, run.aux) if has_aux else result

    return jacobian


def _rows(run: ReverseRun, number: int, chunk_size: int | None) -> list[Tensor]:
    """The Jacobians of one output with respect to every input."""
    y = run.outputs[number]

    def row(g: Tensor) -> list[Tensor]:
        return run.pull_back([g if n == number else None for n in range(len(run.outputs))])

    if y.shape.numel() == 1:
        found = row(OPERATIONS.ones_like(y))
    else:
        found = vmap(row, chunk_size=chunk_size)(unit_vectors(y))
    if y.dtype.is_complex:  # rows of the Jacobian itself, as jacfwd gives them
        found = [OPERATIONS.conj(one) if one.dtype.is_complex else one for one in found]
    return [OPERATIONS.reshape(one, (*y.shape, *x.shape)) for one, x in zip(found, run.inputs, strict=True)]


def jacfwd(
    func: Callable[..., Any],
    argnums: int | Sequence[int] = 0,
    has_aux: bool = False,
    *,
    randomness: str = "error",
    chunk_size: int | None = None,
) -> Callable[..., Any]:
    """The function that computes the Jacobian of ``func`` in forward mode, all columns in one batch.

    Prefer it to `jacrev` where there are fewer inputs than outputs.

    Args:
        func: a function of tensors, or of nested lists, tuples and dicts of tensors.
        argnums: the position of the argument to differentiate with respect to, or a tuple of positions.
        has_aux: whether ``func`` returns ``(output, aux)``, where ``aux`` is not differentiated.
        randomness: what random functions do inside, as in `polygrad.vmap`.
        chunk_size: the largest number of columns computed at once, to save memory; None for all.

    Returns:
        A function with the arguments of ``func``.  It returns what that of `jacrev` does.

    Raises:
        TransformError: on the call, for an argument that is not a floating-point or complex tensor, or ``argnums`` out
            of range.

    Example::

        >>> polygrad.func.jacfwd(lambda x: x**2)(polygrad.tensor([1.0, 2.0]))
        tensor([[2., 0.],
                [0., 4.]])
    """

    @functools.wraps(func)
    def jacobian(*args: Any, **kwargs: Any) -> Any:
        positions, single = resolve_argnums("jacfwd", args, argnums)
        leaves, structure = tensors_of(
            [args[p] for p in positions], "jacfwd", "an argument to differentiate with respect to", True
        )
        by_input = []
        run: Any = None
        aux: Any = None
        for number, x in enumerate(leaves):

            def column(t: Tensor, number: int = number) -> tuple[list[Tensor], list[Tensor]]:
                nonlocal run, aux
                directions = [t if n == number else None for n in range(len(leaves))]
                run = JVPRun("jacfwd", func, args, kwargs, positions, directions, has_aux)
                aux = flatten(run.aux)
                return run.tangents, [one for one in aux[0] if isinstance(one, Tensor)]

            batched = vmap(column, out_dims=(-1, 0), randomness=randomness, chunk_size=chunk_size)
            tangents, others = batched(unit_vectors(x))
            by_input.append([OPERATIONS.reshape(t, (*t.shape[:-1], *x.shape)) for t in tangents])
        by_output = [unflatten(structure, columns) for columns in zip(*by_input, strict=True)]
        run.write_back()
        result = unflatten(run.structure, [trees[0] if single else tuple(trees) for trees in by_output])
        if not has_aux:
            return result
        of_first = iter([OPERATIONS.getitem(one, (0, Ellipsis)) for one in others])
        return result, unflatten(aux[1], [next(of_first) if isinstance(one, Tensor) else one for one in aux[0]])

    return jacobian


def hessian(func: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    """The function that computes the Hessian of ``func``, forward over reverse: ``jacfwd(jacrev(func))``.

    Args:
        func: a function of tensors, or of nested lists, tuples and dicts of tensors.
        argnums: the position of the argument to differentiate with respect to, or a tuple of positions.

    Returns:
        A function with the arguments of ``func``.  For one argument and a 0-d output it returns a tensor of shape
        ``(*argument.shape, *argument.shape)``; with a tuple of ``argnums``, or nested arguments, one that is nested as
        the first argument and within that as the second.

    Raises:
        TransformError: on the call, for an argument that is not a floating-point or complex tensor, or ``argnums`` out
            of range.

    Example::

        >>> polygrad.func.hessian(lambda x: (x**3).sum())(polygrad.tensor([1.0, 2.0]))
        tensor([[ 6.,  0.],
                [ 0., 12.]])
    """
    return jacfwd(jacrev(func, argnums), argnums)


def hvp(func: Callable[..., Any], primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> Any:
    """The product of the Hessian of ``func`` with a vector, without forming the Hessian.

    Forward over reverse mode, ``jvp(grad(func))``: about the work of two gradients.

    Args:
        func: returns a real 0-d tensor.
        primals: a tuple of arguments.
        tangents: a tuple of vectors, with the structure, shapes and data types of ``primals``.

    Returns:
        The product, with the structure and shapes of the single primal, or a tuple with one entry for each of several.

    Raises:
        TransformError: tangents and primals differ in structure, or are not floating-point or complex tensors.
        RuntimeError: they differ in shape or data type, or the output is not a real 0-d tensor.

    References:
        B. A. Pearlmutter, "Fast exact multiplication by the Hessian" (1994).

    Example::

        >>> x, v = polygrad.tensor([1.0, 2.0]), polygrad.tensor([1.0, 0.0])
        >>> polygrad.func.hvp(lambda x: (x**3).sum(), (x,), (v,))
        tensor([6., 0.])
    """
    argnums = 0 if len(primals) == 1 else tuple(range(len(primals)))
    return jvp(grad(func, argnums), primals, tangents)[1]
