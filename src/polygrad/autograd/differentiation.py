"""`grad` and `backward` for one or several outputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._core import engine
from .._core.errors import ShapeError
from .._core.graph import GradientEdge
from .._core.primitive import OPERATIONS
from .._core.tensor import Tensor
from .._functions.creation import zeros_like

Tensors = Tensor | Sequence[Tensor]


def _as_list(value: Any, name: str) -> list[Any]:
    if isinstance(value, (Tensor, GradientEdge)):
        return [value]
    try:
        return list(value)
    except TypeError:
        raise TypeError(f"{name} must be a Tensor or a sequence of tensors, not {type(value).__name__}") from None


def _cotangents(grads: Any, outputs: list[Tensor], name: str) -> list[Tensor | None]:
    given = [None] * len(outputs) if grads is None else _as_list(grads, name)
    if len(given) != len(outputs):
        raise RuntimeError(f"there are {len(outputs)} outputs but {len(given)} {name}")
    return given


def grad(
    outputs: Tensors,
    inputs: Tensors,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Tensor | None, ...]:
    """The gradients of the sum of ``outputs`` with respect to ``inputs``; no ``.grad`` is changed.

    Args:
        outputs: a tensor or a sequence of tensors to differentiate, or `graph.GradientEdge`, which need a cotangent.
        inputs: a tensor or a sequence of tensors, or `graph.GradientEdge`; they need not be leaves.
        grad_outputs: cotangents, one per output, of its shape; None for outputs of one element.
        retain_graph: whether to keep the saved values for another backward pass; by default as ``create_graph``.
        create_graph: whether to record the computation of the gradients, so that they can be differentiated.
        only_inputs: always True; accepted for compatibility with PyTorch.
        allow_unused: whether an input that the outputs do not depend on gives None instead of an error.
        is_grads_batched: whether every cotangent, and so every gradient, has one more dimension in front, of a batch.
        materialize_grads: whether an unused input gives zeros, which require grad with ``create_graph``.

    Returns:
        A tuple of gradients, one per input, of its shape.

    Raises:
        RuntimeError: an input is unused, an output has no graph, or its graph was freed; a cotangent has another shape
            than its output, or an output of several elements has none.
        ValueError: ``materialize_grads`` together with ``allow_unused=False``.

    Example::

        >>> x = polygrad.tensor(3.0, requires_grad=True)
        >>> (first,) = polygrad.autograd.grad(x**3, x, create_graph=True)
        >>> (second,) = polygrad.autograd.grad(first, x)
        >>> first.item(), second.item()
        (27.0, 18.0)
    """
    if materialize_grads and allow_unused is False:
        raise ValueError("allow_unused=False and materialize_grads=True contradict each other: leave allow_unused out")
    outs, ins = _as_list(outputs, "outputs"), _as_list(inputs, "inputs")
    if not ins:
        raise ShapeError("grad requires non-empty inputs.")
    seeds = _cotangents(grad_outputs, outs, "grad_outputs")
    lenient = bool(allow_unused) or materialize_grads
    if is_grads_batched:
        results = _grad_batched(outs, ins, seeds, retain_graph, create_graph, lenient)
    else:
        results = engine.grad(outs, ins, seeds, retain_graph, create_graph, lenient)
    for number, (result, x) in enumerate(zip(results, ins, strict=True)):
        if result is None and materialize_grads:
            if not isinstance(x, Tensor):
                raise RuntimeError("materialize_grads cannot be used when the given input is a GradientEdge")
            results[number] = zeros_like(x, requires_grad=create_graph)
        elif result is None and not allow_unused:
            raise RuntimeError(engine.unused_input_message(number, x))
    return tuple(results)


def _grad_batched(
    outs: list[Tensor],
    ins: list[Tensor],
    seeds: list[Tensor | None],
    retain_graph: bool | None,
    create_graph: bool,
    lenient: bool,
) -> list[Tensor | None]:
    """The gradients for every row of ``seeds``, stacked."""
    batches = [seed for seed in seeds if seed is not None and seed.ndim]
    if not batches or len(batches) < len(seeds):
        raise RuntimeError("is_grads_batched=True needs a batch of grad_outputs for every output")
    count, *others = [len(batch) for batch in batches]
    if not count or others != [count] * len(others):
        raise ValueError(
            "is_grads_batched=True needs grad_outputs of one length, at least 1, along their first dimension; got shapes "
            f"{', '.join(str(tuple(batch.shape)) for batch in batches)}"
        )
    retains = [True] * (count - 1) + [retain_graph]
    rows = [
        engine.grad(outs, ins, [batch[i] for batch in batches], retains[i], create_graph, lenient) for i in range(count)
    ]
    return [None if column[0] is None else OPERATIONS.stack(list(column)) for column in zip(*rows, strict=True)]


def backward(
    tensors: Tensors,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Any = None,
) -> None:
    """Add the gradients of the sum of ``tensors`` to the ``.grad`` of the leaves that they depend on.

    `Tensor.backward` does so for one tensor.

    Args:
        tensors: a tensor or a sequence of tensors to differentiate.
        grad_tensors: cotangents, one per tensor, of its shape; None for tensors of one element.
        retain_graph: whether to keep the saved values for another backward pass; by default as ``create_graph``.
        create_graph: whether to record the computation of the gradients, so that they can be differentiated.
        inputs: a tensor or a sequence of tensors; only their ``.grad`` is changed.  By default all leaves'.

    Raises:
        RuntimeError: a tensor has no graph, or its graph was freed; a cotangent has another shape than its tensor, or a
            tensor of several elements has none.

    Example::

        >>> x = polygrad.tensor([1.0, 2.0], requires_grad=True)
        >>> polygrad.autograd.backward([x.sum(), (x * x).sum()])
        >>> x.grad
        tensor([3., 5.])
    """
    outs = _as_list(tensors, "tensors")
    engine.backward(outs, _cotangents(grad_tensors, outs, "grad_tensors"), retain_graph, create_graph, inputs)
