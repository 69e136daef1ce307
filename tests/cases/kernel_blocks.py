"""The block sizes of NumPy's kernels, which tests make small."""

from __future__ import annotations

import re
import sys

from polygrad.backends import get_backend

#: The constants of NumPy's kernels that say how much is worked through at once.
BLOCK_SIZE = re.compile(r"_?([A-Z]+_)*(BLOCK|ROWS)")


def block_sizes():
    """Every constant of a block's size: the module that has it, and its name."""
    get_backend("numpy")
    modules = [module for name, module in sys.modules.items() if name.startswith("polygrad.backends.numpy.")]
    return [
        (module, name)
        for module in modules
        for name, value in vars(module).items()
        if BLOCK_SIZE.fullmatch(name) and type(value) is int
    ]
