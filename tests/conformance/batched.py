"""`polygrad.array_api`, whose functions run inside `vmap` over a dimension of 1: what they see are batched arrays.

So do the operators of Tensor.  The arrays that the suite holds have values, which it compares.
"""

from __future__ import annotations

import functools
import types
from typing import Any

import polygrad
from polygrad import Tensor, array_api
from polygrad._pytree import flatten, unflatten
from polygrad.array_api import *  # noqa: F403 - the same names

__array_api_version__ = array_api.__array_api_version__
__array_namespace_info__ = array_api.__array_namespace_info__

#: Whether a call is running inside `vmap`, so that those that it makes are not batched again.
_running = False


def _batched(function: Any) -> Any:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        global _running
        leaves, structure = flatten((args, kwargs))
        places = [place for place, leaf in enumerate(leaves) if isinstance(leaf, Tensor)]
        if _running or not places:
            return function(*args, **kwargs)
        others: list[Any] = []

        def on_batch(*arrays: Tensor) -> tuple[Tensor, ...]:
            for place, array in zip(places, arrays, strict=True):
                leaves[place] = array
            batched_args, batched_kwargs = unflatten(structure, leaves)
            results, shape = flatten(function(*batched_args, **batched_kwargs))
            others[:] = [[None if isinstance(one, Tensor) else one for one in results], shape]
            return tuple([one for one in results if isinstance(one, Tensor)])

        _running = True
        try:
            arrays = iter(polygrad.vmap(on_batch)(*[leaves[place].unsqueeze(0) for place in places]))
            results = [next(arrays).squeeze(0) if one is None else one for one in others[0]]
        finally:
            _running = False
        return unflatten(others[1], results)

    return call


def _batch_all(owner: Any, names: list[str]) -> None:
    for name in names:
        value = getattr(owner, name)
        if isinstance(value, types.FunctionType):
            setattr(owner, name, _batched(value))


#: What is about values, memory and types, and not about batches.
_LEFT = {"asarray", "from_dlpack", "can_cast", "isdtype", "result_type", "broadcast_shapes"}
_here: Any = types.SimpleNamespace(**{name: getattr(array_api, name) for name in dir(array_api) if name[0] != "_"})
_batch_all(_here, [name for name in vars(_here) if name not in _LEFT])
globals().update(vars(_here))
fft, linalg = (
    types.SimpleNamespace(**{name: _batched(getattr(module, name)) for name in module.__all__})
    for module in (array_api.fft, array_api.linalg)
)
_OPERATORS = "add sub mul truediv floordiv mod pow matmul and or xor lshift rshift".split()
_batch_all(
    Tensor,
    [f"__{r}{name}__" for name in _OPERATORS for r in ("", "r")]
    + [f"__{name}__" for name in "abs neg pos invert eq ne lt le gt ge getitem".split()],
)
