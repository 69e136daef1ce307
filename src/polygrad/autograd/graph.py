"""The recorded graph, for those who look at it: its nodes, and the edges by which tensors join it."""

from __future__ import annotations

from .._core.graph import GradientEdge, Node, node_and_output
from .._core.tensor import Tensor

__all__ = ["GradientEdge", "Node", "get_gradient_edge"]


def get_gradient_edge(tensor: Tensor) -> GradientEdge:
    """The edge by which ``tensor`` joins the graph: its node, and which of the node's outputs it is.

    `polygrad.autograd.grad` takes it for an input or output, so that the tensor itself need not be kept.
    Raises RuntimeError for a tensor that does not require grad.

    Example::

        x = polygrad.tensor(3.0, requires_grad=True)
        edge = polygrad.autograd.graph.get_gradient_edge(x * x)
        edge.node.name()  # "MultiplyBackward"
    """
    if tensor._edge is None:
        raise RuntimeError(
            "It is not possible to get the gradient edge for a Tensor that does not require gradients; call "
            "x.requires_grad_() before it is used"
        )
    return GradientEdge(*node_and_output(tensor._edge), tensor._edge)
