"""The built-in backend: NumPy."""

from __future__ import annotations

import os
import sys
import warnings
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ... import _dtypes
from ..._allocator import tune_allocator
from ..base import Backend
from .library import library

if TYPE_CHECKING:
    from .replay import NumpyReplayFacts

#: glibc adapts to the largest block that a program has freed, up to this one.
_LARGE_ARRAY = 32 * 2**20 - 65536


def _kept_memory() -> Any:
    """Let glibc keep up to 128 MiB of freed memory for the next arrays; holds as long as the result lives.

    By default it gets every array of some megabytes from the system page by page and gives it back when it is freed, which
    is a fifth of a training step's time, and half of that of plain functions of large arrays.  After one large block was
    freed it cuts them from its heap, of which only the top is given back; and what is returned here lies at the
    top.  Memory that is never written costs nothing.
    """
    np.empty(_LARGE_ARRAY, np.uint8)
    below = [np.empty(_LARGE_ARRAY, np.uint8) for _ in range(4)]
    top = np.empty(2**18, np.uint8)
    del below
    return top


class NumpyBackend(Backend):
    """NumPy arrays in the computer's memory."""

    name = "numpy"
    capabilities: frozenset[str] = frozenset({"mutable", "float64", "complex"})
    accumulates: frozenset[str] = frozenset({"sum", "index_add", "coo_matmul", "sampled_matmul"})
    shares_scalars = True
    shares_with_numpy = True

    def __init__(self) -> None:
        from .kernels import (  # noqa: F401 - each adds its kernels to the table
            activations,
            attention,
            convolution,
            linear,
            normalization,
            random,
            recurrent,
            softmax,
            sparse,
            special,
        )
        from .kernels.inplace import OVERWRITING
        from .kernels.linalg import KERNELS
        from .kernels.optimizers import OPTIMIZERS

        # NumPy alone of all libraries warns of a division by zero or an overflow.  What polygrad computes with it is as
        # silent as on the others; what the user computes with NumPy is not touched.
        warnings.filterwarnings("ignore", ".* encountered in ", RuntimeWarning, module=r"polygrad\.")
        super().__init__()
        if os.environ.get("POLYGRAD_TUNE_MALLOC") == "1":
            tune_allocator()
        elif sys.platform == "linux":
            self._top = _kept_memory()
        self.kernels.update(KERNELS)
        self.kernels.update(OVERWRITING)
        self.kernels.update(OPTIMIZERS)
        half = np.dtype(np.float16)
        self._native[_dtypes.float16], self._dtype[half] = half, _dtypes.float16

    def owns(self, array_type: type) -> bool:
        return issubclass(array_type, (np.ndarray, np.generic))

    def namespace(self) -> Any:
        return library

    @cached_property
    def replay_facts(self) -> NumpyReplayFacts:
        """What replay may know about NumPy's functions."""
        from .replay import NumpyReplayFacts

        return NumpyReplayFacts()

    def devices(self) -> list[str]:
        return ["cpu"]

    def default_device(self) -> str:
        return "cpu"

    def device(self, array: Any) -> str:
        return "cpu"

    def to_device(self, array: Any, device: Any) -> Any:
        return array

    def asarray(self, obj: Any, dtype: Any = None, device: Any = None, copy: bool | None = None) -> Any:
        return np.asarray(obj, dtype=dtype, copy=copy)

    def scalar(self, value: Any, dtype: Any, like: Any) -> Any:
        return np.asarray(value, dtype=dtype)

    def to_numpy(self, array: Any) -> Any:
        return np.asarray(array)

    def item(self, array: Any) -> Any:
        return array.item()

    def native(self, array: Any) -> Any:
        return np.asarray(array)

    def base_of(self, array: Any) -> Any:
        # Some views (of broadcast_to) have a view as base.  Find the owner of the memory.
        base = array.base
        while base.__class__ is np.ndarray and base.base is not None:
            base = base.base
        return base

    def is_writable(self, array: Any) -> bool:
        return array.__class__ is np.ndarray and array.base is None and array.flags.writeable

    def random_bits(self, key: int, counter: int, blocks: int, device: Any = None) -> Any:
        # NumPy's generator steps its counter before it draws, so it starts one block earlier.
        state = np.random.Philox(key=key, counter=(counter - 1) % 2**256)
        return state.random_raw(4 * blocks)
