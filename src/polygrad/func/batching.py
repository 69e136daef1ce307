"""`vmap`: run a function of one example for a whole batch at once."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypeVar

from .._core.primitive import OPERATIONS
from .._core.tensor import Tensor
from .._functions.joining import cat
from .._functions.manipulation import reshape
from .._interpreters.batching.tracer import BatchTrace, Enter, Leave
from .._interpreters.jvp import tracer  # noqa: F401  (registers the tracer of jvp)
from .._interpreters.lifting import apply, lift
from .._ops.batching import Batching
from .._pytree import NODES
from .trees import TransformError, copy_cells, flatten, unflatten

RANDOMNESS = ("error", "same", "different")

P = ParamSpec("P")
R = TypeVar("R")


def vmap(
    func: Callable[P, R],
    in_dims: Any = 0,
    out_dims: Any = 0,
    randomness: str = "error",
    *,
    chunk_size: int | None = None,
) -> Callable[P, R]:
    """Vectorize ``func``, written for one example, over a batch.

    It nests, and works inside and around every other transform.  Operations without a batching rule run example by
    example, and warn once (`polygrad.func.SlowBatchingWarning`).

    Args:
        func: takes tensors, or nested lists, tuples and dicts of tensors, and returns such.
        in_dims: the dimension of the batch in the arguments: an int for all of them, or a tuple with an entry for each
            argument, which may be nested as the argument is.  None: the argument is the same for all examples, as
            keyword arguments and tensors of the enclosing scope always are.
        out_dims: the dimension of the batch in the results, given in the same way; None for a result without a batch.
        randomness: what random functions do inside: ``"different"`` numbers for each example, the ``"same"`` for all,
            or ``"error"``.
        chunk_size: the largest number of examples that run at once, to save memory; None for all.

    Returns:
        A function of batches.

    Raises:
        ValueError: ``in_dims`` does not match the arguments, or batch sizes differ.
        RuntimeError: ``randomness`` is unknown, or ``func`` needs the value of a batched tensor, as ``if`` and
            ``.item()`` do.

    Example::

        >>> dot = polygrad.vmap(lambda x, y: (x * y).sum())
        >>> dot(polygrad.ones(5, 3), polygrad.ones(5, 3))
        tensor([3., 3., 3., 3., 3.])
    """
    if randomness not in RANDOMNESS:
        raise RuntimeError(f"vmap: randomness is one of {', '.join(map(repr, RANDOMNESS))}, not {randomness!r}")
    if chunk_size is not None and (not isinstance(chunk_size, int) or chunk_size < 1):
        raise ValueError(f"vmap: chunk_size is None or at least 1, not {chunk_size!r}")

    @functools.wraps(func)
    def batched(*args: Any, **kwargs: Any) -> Any:
        leaves, structure = flatten(args)
        dims = _in_dims(leaves, structure, in_dims)
        size = _batch_size(leaves, dims)
        if chunk_size is None or size <= chunk_size:
            return _run(func, leaves, structure, kwargs, dims, size, out_dims, randomness)
        parts = []
        for start in range(0, size, chunk_size):
            stop = min(start + chunk_size, size)
            some = [x if d is None else x.narrow(d, start, stop - start) for x, d in zip(leaves, dims, strict=True)]
            parts.append(_run(func, some, structure, kwargs, dims, stop - start, out_dims, randomness))
        return _concatenate_chunks(parts, out_dims)

    return batched


def _run(
    func: Callable, leaves: list, structure: Any, kwargs: dict, dims: list, size: int, out_dims: Any, randomness: str
) -> Any:
    with BatchTrace(size, randomness) as trace:
        inside: list[Any] = []
        entered = []
        for x, d in zip(leaves, dims, strict=True):
            if d is None:
                inside.append(x)
                continue
            y = apply(Enter, trace, lift(_move_axis(x, d, 0), trace.below))
            inside.append(y)
            entered.append((x, d, y, y._read()))
        result = func(*unflatten(structure, inside), **kwargs)
    outputs, result_structure = flatten(result)
    kinds = [type(y).__name__ for y in outputs if not isinstance(y, Tensor)]
    if kinds:
        raise TransformError(
            f"vmap: the function must return tensors, or lists, tuples and dicts of them, and it returned a {kinds[0]}"
        )
    where = _out_dims(result_structure, out_dims)
    views = [_view_source(entered, y) for y in outputs]
    outputs = copy_cells(outputs)
    changes = []
    for x, d, y, array in entered:
        if (now := y._read()) is not array and now.shape == array.shape:
            changes.append((x, _lower_output(trace, y, d)))
    del inside, entered, y, result
    trace.check_written()
    for x, new in changes:  # write in-place changes of arguments back to the caller's tensors
        x.copy_(new)
    return unflatten(result_structure, [
        _lower_output(trace, y, d, number)
        if view is None or d is None
        else _replay_views(size, *view, _normalize_out_dim(d, y))
        for number, (y, d, view) in enumerate(zip(outputs, where, views, strict=True))
    ])  # fmt: skip


def _view_source(entered: list[tuple[Tensor, int, Tensor, Any]], y: Tensor) -> tuple[Tensor, int, list] | None:
    """The argument that a result is, or is a view of: the tensor given for it, its batch dimension, and the views."""
    chain = [y] if y._base is None else y._view_chain()
    base = chain[-1]
    for x, dim, argument, _ in entered:
        if argument is base and (base._edge is None) == (y._edge is None):
            views = [view._base[1:] for view in chain[-2::-1]]
            return (x, dim, views) if all(primitive.batching_rule for primitive, _ in views) else None
    return None


def _replay_views(size: int, x: Tensor, dim: int, views: list, target: int) -> Tensor:
    """Apply ``views`` of one example to the whole batch ``x``, so that the result shares its memory.

    (A batch dimension that is not the first may have to be copied to be reshaped, where an example has not.)
    """
    seen = _move_axis(x, dim, 0) if views else x
    for primitive, settings in views:
        op = (lambda x, shape: reshape(x, shape)) if primitive.name == "reshape" else primitive.op
        seen = primitive.batching_rule(Batching(op, OPERATIONS, size, (True,)), seen, **settings)
    return _move_axis(seen, 0 if views else dim, target)


def _lower_output(trace: BatchTrace, y: Tensor, dim: int | None, number: int = 0) -> Tensor:
    y = lift(y, (*trace.below, trace)) if y._edge is not None else y
    if dim is None:
        array = y._read()
        if getattr(array, "trace", None) is trace and array.mapped:
            raise ValueError(
                f"vmap: out_dims=None requires an unbatched output, but output {number} is batched; write its batch dimension, "
                "such as out_dims=0"
            )
        return OPERATIONS.getitem(apply(Leave, trace, y), (0, Ellipsis))
    return _move_axis(apply(Leave, trace, y), 0, _normalize_out_dim(dim, y))


def _normalize_out_dim(dim: int, y: Tensor) -> int:
    """The position of the batch dimension in a result, counted from the front."""
    ndim = y.ndim
    if not -ndim - 1 <= dim <= ndim:
        raise IndexError(
            f"vmap: out_dims has {dim}, but that result has {ndim} dimensions without the batch's; it can be from {-ndim - 1} to {ndim}"  # noqa: E501
        )
    return dim % (ndim + 1)


def _move_axis(x: Tensor, source: int, target: int) -> Tensor:
    if source == target:
        return x
    axes = [axis for axis in range(x.ndim) if axis != source]
    axes.insert(target, source)
    return OPERATIONS.permute_dims(x, tuple(axes))


def _concatenate_chunks(parts: Sequence[Any], out_dims: Any) -> Any:
    leaves = [flatten(part)[0] for part in parts]
    structure = flatten(parts[0])[1]
    where = _out_dims(structure, out_dims)
    return unflatten(structure, [
        of_one[0] if dim is None else cat(list(of_one), dim) for of_one, dim in zip(zip(*leaves, strict=True), where, strict=True)
    ])  # fmt: skip


# -- batch dimensions --------------------------------------------------------------------------------------------------


def _in_dims(leaves: Sequence[Any], structure: Any, in_dims: Any) -> list[int | None]:
    """For every leaf of the arguments the batch dimension, counted from the front, or None."""
    if (not isinstance(in_dims, (int, tuple)) and in_dims is not None) or isinstance(in_dims, bool):
        raise ValueError(
            f"vmap: in_dims is an int, or a tuple with an entry for each argument, not {in_dims!r}; for a single argument that is a list or "  # noqa: E501
            "dict write a tuple of one"
        )
    if isinstance(in_dims, tuple) and len(in_dims) != len(structure.parts):
        raise ValueError(
            f"vmap: in_dims has {len(in_dims)} entries, {in_dims!r}, but the function was called with {len(structure.parts)} "
            "arguments"
        )
    dims = _expand_dims_spec(structure, in_dims, "in_dims", "the arguments")
    for number, (x, d) in enumerate(zip(leaves, dims, strict=True)):
        if d is None:
            continue
        if not isinstance(x, Tensor):
            raise ValueError(
                f"vmap: in_dims has {d} for a {type(x).__name__} (leaf {number} of the arguments), and only tensors have "
                "dimensions; give None for it"
            )
        ndim = x.ndim
        if not -ndim <= d < ndim:
            raise ValueError(
                f"vmap: in_dims has {d} for a tensor of shape {tuple(x.shape)} (leaf {number} of the arguments); "
                + (
                    f"it can be from {-ndim} to {ndim - 1}"
                    if ndim
                    else "a 0-d tensor has no batch dimension: give None"
                )
            )
        dims[number] = d % ndim
    return dims


def _out_dims(structure: Any, out_dims: Any) -> list[Any]:
    """For every leaf of the results the batch dimension, or None.  A single result may have a tuple of one."""
    if structure is None and isinstance(out_dims, tuple) and len(out_dims) == 1:
        out_dims = out_dims[0]
    return _expand_dims_spec(structure, out_dims, "out_dims", "what the function returned")


def _expand_dims_spec(structure: Any, dims: Any, name: str, what: str) -> list[Any]:
    """One of ``dims`` for every leaf of ``structure``: an int or None applies to all leaves below it."""
    if dims is None or (isinstance(dims, int) and not isinstance(dims, bool)):
        if dims is not None and _other_node(structure):
            raise ValueError(
                f"vmap: {name} has {dims} for a {_other_node(structure)} in {what}, which cannot be a batch; give None for it, or "
                "pass its parts, such as x.values()"
            )
        return [dims] * _leaves_in(structure)
    if structure is not None:
        kind, keys, parts = structure.kind, structure.keys, structure.parts
        if type(dims) is kind and keys is None and len(dims) == len(parts):
            return [d for part, one in zip(parts, dims, strict=True) for d in _expand_dims_spec(part, one, name, what)]
        if isinstance(dims, dict) and keys is not None and dims.keys() == set(keys):
            return [
                d for key, part in zip(keys, parts, strict=True) for d in _expand_dims_spec(part, dims[key], name, what)
            ]
    raise ValueError(
        f"vmap: {name} {dims!r} does not have the structure of {what}; an int or None applies to all leaves below it"
    )


@functools.lru_cache(256)
def _leaves_in(structure: Any) -> int:
    return 1 if structure is None else sum(map(_leaves_in, structure.parts))


@functools.lru_cache(256)
def _other_node(structure: Any) -> str | None:
    """The type of a node of `NODES` in ``structure``; None without one."""
    if structure is None:
        return None
    if structure.kind in NODES:
        return structure.kind.__name__
    return next((found for part in structure.parts if (found := _other_node(part))), None)


def _batch_size(leaves: list[Any], dims: list[int | None]) -> int:
    sizes = {number: leaves[number].shape[d] for number, d in enumerate(dims) if d is not None}
    if not sizes:
        raise ValueError(
            "vmap: no argument has a batch: at least one entry of in_dims must be an int, for an argument that is a tensor"
        )
    if len(set(sizes.values())) > 1:
        described = ", ".join(
            f"{n} (leaf {number}, of shape {tuple(leaves[number].shape)}, along {dims[number]})"
            for number, n in sizes.items()
        )
        raise ValueError(f"vmap: the arguments' batches have different sizes: {described}")
    return next(iter(sizes.values()))
