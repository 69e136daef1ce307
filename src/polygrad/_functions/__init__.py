"""PyTorch's names and arguments over the primitives.  `polygrad` and the Tensor methods take theirs from here.

Importing the package declares the primitives and gives Tensor its methods.  ``import polygrad`` does not: it waits until
a name is first used.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable

from .. import _ops
from .._core.primitive import PRIMITIVES
from .._core.wrong_calls import explain_errors_of
from .names import TORCH_NAMES

for _public, _name in reversed(TORCH_NAMES.items()):  # of several public names the first
    PRIMITIVES[_name].home = __package__.rpartition(".")[0], _public

from .methods import attach  # noqa: E402 - makes dispatchers, which know where they are found

explain_errors_of(
    importlib.import_module(f"{__name__}.{name}")
    for name in """broadcasting calculus comparison complex creation cumulative decompositions diagonals distance
        dtypes einsum elementwise foreign joining legacy_types linalg manipulation matmul nn.activations nn.attention
        nn.convolution nn.cross_entropy nn.distance nn.dropout nn.embedding nn.linear nn.losses nn.normalization nn.padding
        nn.pooling nn.vision random reductions scatter_gather searching sets slicing sorting special""".split()
)
attach()


def primitive_named(name: str) -> Callable | None:
    """The dispatcher of the primitive that PyTorch calls ``name``, or None."""
    return PRIMITIVES[TORCH_NAMES[name]].op if name in TORCH_NAMES else None
