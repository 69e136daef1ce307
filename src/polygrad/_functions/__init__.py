"""PyTorch's names and arguments over the primitives.  `polygrad` and the Tensor methods take theirs from here.

Importing the package declares the primitives and gives Tensor its methods.  ``import polygrad`` does not: it waits until
a name is first used.
"""

from __future__ import annotations

from collections.abc import Callable

from .. import _ops
from .._core.primitive import PRIMITIVES
from .methods import attach
from .names import TORCH_NAMES

attach()


def primitive_named(name: str) -> Callable | None:
    """The dispatcher of the primitive that PyTorch calls ``name``, or None."""
    return PRIMITIVES[TORCH_NAMES[name]].op if name in TORCH_NAMES else None
