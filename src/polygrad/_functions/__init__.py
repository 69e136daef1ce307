"""PyTorch's names and arguments over the primitives.  `polygrad` and the Tensor methods take theirs from here.

Importing the package declares the primitives and gives Tensor its methods.  ``import polygrad`` does not: it waits until
a name is first used.
"""

from __future__ import annotations

import importlib
from typing import Any

from .. import _ops
from .._core.primitive import Primitive
from .._core.wrong_calls import explain_errors_of
from .methods import attach
from .public import FUNCTIONS, WITH_OUT, complete, public_functions

_CHAPTERS = """
    broadcasting calculus comparison complex creation cumulative decompositions diagonals distance dtypes
    einsum elementwise factorizations fft foreign joining layouts legacy_types linalg manipulation matmul matrix_functions
    polynomials random reductions scatter_gather scatter_reductions searching sets settings slicing sorting special
    spectrograms statistics vectors windows
""".split()
_NN = """
    activations activations_in_place adaptive_pooling attention convolution cross_entropy ctc distance dropout embedding linear
    losses margins normalization padding pooling sampling unpooling vision
""".split()

_modules = [importlib.import_module(f"{__name__}.{name}") for name in _CHAPTERS]
explain_errors_of(_modules, public_functions(), WITH_OUT)
explain_errors_of([importlib.import_module(f"{__name__}.nn.{name}") for name in _NN], with_out=WITH_OUT)
complete()
attach()


def public(name: str) -> Any:
    """What `polygrad` has under ``name``.  Raises KeyError where it has nothing."""
    declared = FUNCTIONS[name]
    return declared.function if isinstance(declared, Primitive) else declared
