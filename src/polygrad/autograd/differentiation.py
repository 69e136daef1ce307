"""`grad` and `backward` for several outputs at once."""

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


def _several(value: Any, name: str) -> list[Any]:
    if isinstance(value, (Tensor, GradientEdge)):
        return [value]
    try:
        return list(value)
    except TypeError:
        raise TypeError(f"{name} must be a Tensor or a sequence of tensors, not {type(value).__name__}") from None


def _cotangents(grads: Any, outputs: list[Tensor], name: str) -> list[Tensor | None]:
    given = [None] * len(outputs) if grads is None else _several(grads, name)
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
    """The gradients of the sum of ``outputs`` with respect to ``inputs``, leaving every ``.grad`` alone.

    Args:
        outputs: tensors to differentiate, or `graph.GradientEdge`, which need a cotangent.
        inputs: tensors, or `graph.GradientEdge`, to differentiate with respect to; they need not be leaves.
        grad_outputs: cotangents, one per output, of its shape; scalars need none.
        retain_graph: keep what the graph saved (default: ``create_graph``).
        create_graph: record the computation of the gradients, so that they can be differentiated.
        only_inputs: always True, as in PyTorch, where it is ignored.
        allow_unused: give None for an input that the outputs do not depend on, instead of an error.
        is_grads_batched: every cotangent has one more axis in front; the gradients have it too, row by row.
        materialize_grads: give zeros for such an input, which require grad with ``create_graph``.

    Raises RuntimeError for an input that was not used, and as `Tensor.backward`.

    Example::

        x = polygrad.tensor(3.0, requires_grad=True)
        (first,) = polygrad.autograd.grad(x**3, x, create_graph=True)
        (second,) = polygrad.autograd.grad(first, x)  # 18
    """
    if materialize_grads and allow_unused is False:
        raise ValueError("allow_unused=False and materialize_grads=True contradict each other: leave allow_unused out")
    outs, ins = _several(outputs, "outputs"), _several(inputs, "inputs")
    if not ins:
        raise ShapeError("grad requires non-empty inputs.")
    seeds = _cotangents(grad_outputs, outs, "grad_outputs")
    lenient = bool(allow_unused) or materialize_grads
    if is_grads_batched:
        results = _batched(outs, ins, seeds, retain_graph, create_graph, lenient)
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


def _batched(
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
    """Add the gradients of the sum of ``tensors`` into the leaves' ``.grad``; the arguments are `Tensor.backward`'s.

    Example::

        x = polygrad.tensor([1.0, 2.0], requires_grad=True)
        polygrad.autograd.backward([x.sum(), (x * x).sum()])
        x.grad  # tensor([3., 5.])
    """
    outs = _several(tensors, "tensors")
    engine.backward(outs, _cotangents(grad_tensors, outs, "grad_tensors"), retain_graph, create_graph, inputs)
