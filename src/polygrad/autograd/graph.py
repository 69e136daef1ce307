"""The recorded graph: its nodes, and the edges that join tensors to it."""

from __future__ import annotations

from .._core.graph import GradientEdge, Node, node_and_output
from .._core.tensor import Tensor

__all__ = ["GradientEdge", "Node", "get_gradient_edge"]


def get_gradient_edge(tensor: Tensor) -> GradientEdge:
    """The edge that joins ``tensor`` to the graph: its node, and which of the node's outputs it is.

    `polygrad.autograd.grad` takes it as an input or output, so that the tensor itself need not be kept.

    Args:
        tensor: a tensor that requires grad.

    Returns:
        A `GradientEdge`, with ``node`` and ``output_nr``.

    Raises:
        RuntimeError: ``tensor`` does not require grad.

    Example::

        >>> x = polygrad.tensor(3.0, requires_grad=True)
        >>> edge = polygrad.autograd.graph.get_gradient_edge(x * x)
        >>> edge.node.name()
        'MultiplyBackward'
    """
    if tensor._edge is None:
        raise RuntimeError(
            "It is not possible to get the gradient edge for a Tensor that does not require gradients; call "
            "x.requires_grad_() before it is used"
        )
    return GradientEdge(*node_and_output(tensor._edge), tensor._edge)
