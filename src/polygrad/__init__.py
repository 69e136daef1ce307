"""polygrad: autograd with PyTorch's define-by-run API on any Array API library.

import polygrad

x = polygrad.tensor([1.0, 2.0, 3.0], requires_grad=True)
(x * x).sum().backward()
x.grad  # tensor([2., 4., 6.])
"""

from __future__ import annotations

import importlib as _importlib
from types import ModuleType as _ModuleType
from typing import Any as _Any

from . import _dtypes, _paths
from ._dtypes import (
    DType,
    bfloat16,
    bool,
    complex64,
    complex128,
    finfo,
    float16,
    float32,
    float64,
    get_default_dtype,
    iinfo,
    int8,
    int16,
    int32,
    int64,
    set_default_dtype,
    uint8,
    uint16,
    uint32,
    uint64,
)

__version__ = "0.1.0"

e, inf, nan, pi, newaxis = 2.718281828459045, float("inf"), float("nan"), 3.141592653589793, None
globals().update(_dtypes.ALIASES)
dtype = DType

#: Modules that are imported when they are first named.
_SUBMODULES = frozenset(
    """array_api autograd backends compiler cuda distributions fft func linalg nn optim random serialization signal sparse
    special testing types utils viz""".split()
)
#: Where public names are found that are neither modules nor of `_functions`, which declares its own.
_HOMES = {
    **dict.fromkeys(("Size", "Tensor"), "._core.tensor"),
    **dict.fromkeys(
        (
            "enable_grad",
            "inference_mode",
            "is_grad_enabled",
            "is_inference_mode_enabled",
            "no_grad",
            "set_grad_enabled",
        ),
        ".autograd.grad_mode",
    ),
    "Device": "._devices",
    "device": "._devices:Device",
    **dict.fromkeys(("layout", "strided", "sparse_coo", "sparse_csr"), "._layouts"),
    **dict.fromkeys(("sparse_coo_tensor", "sparse_csr_tensor"), ".sparse.construction"),
    **dict.fromkeys(("load", "save"), ".serialization"),
    "primitive": "._core.primitive",
    "debug_nans": ".autograd",
    "tune_allocator": "._allocator",
    "vmap": ".func",
    "compile": ".compiler",
    **dict.fromkeys(("cond", "scan", "while_loop"), ".compiler.control_flow.api"),
    **dict.fromkeys(("get_backend", "set_backend", "use_backend"), ".backends"),
}


def __getattr__(name: str) -> _Any:
    if name in _SUBMODULES or name in _paths.BEHIND:
        return _importlib.import_module(f".{name}", __name__)
    functions = _importlib.import_module("._functions", __name__)  # gives Tensor its methods
    if name in _HOMES:
        module, _, known = _HOMES[name].partition(":")
        found = getattr(_importlib.import_module(module, __name__), known or name)
    elif name in functions.FUNCTIONS:
        found = functions.public(name)
    else:
        raise AttributeError(f"module 'polygrad' has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    names = _importlib.import_module("._functions", __name__).FUNCTIONS
    loaded = {name for name, value in globals().items() if not isinstance(value, _ModuleType)}
    return sorted({*loaded, *_SUBMODULES, *_HOMES, *names})
