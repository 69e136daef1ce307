"""NumPy's two protocols, by which ``numpy.sin(tensor)`` and ``numpy.sum(tensor)`` are polygrad's operations (NEP 13, NEP 18).

What cannot stay on the graph is an error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..._core.scalars import to_python
from ..._core.tensor import Tensor
from . import elementwise, products, reductions, ufuncs  # noqa: F401  # they fill the table
from .arguments import FUNCTIONS, NO_OUT, Signature, tensor_like, tensors_in, together
from .manipulation import INTO, QUERIES, WRITERS


def _is_foreign(kind: type, protocol: str) -> bool:
    """Whether a class answers NumPy itself, and is neither NumPy's nor polygrad's."""
    known = getattr(kind, protocol, None)
    return not issubclass(kind, (Tensor, np.ndarray, np.generic)) and known is not None


def array_ufunc(self: Tensor, ufunc: np.ufunc, method: str, /, *inputs: Any, **kwargs: Any) -> Any:
    """NumPy's protocol for universal functions: ``numpy.sin(tensor)``, ``ndarray * tensor``, ``numpy.add.reduce(tensor)``."""
    if any(_is_foreign(type(value), "__array_ufunc__") for value in inputs):
        return NotImplemented
    name = f"numpy.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}")
    if kwargs.pop("out", None) is not None:
        raise TypeError(NO_OUT.format(name))
    function = ufuncs.find(ufunc)
    if function is None:
        raise TypeError(_without_gradient(name))
    if method == "__call__":
        return _call(name, function, inputs, kwargs)
    return ufuncs.call_method(name, ufunc, method, inputs, kwargs)


def _call(name: str, function: Callable[..., Any], inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    _, given = _SETTINGS.bind(name, (), kwargs)
    dtype = given.pop("dtype", None)
    if dtype is not None:
        inputs = tuple([x.to(dtype) for x in together(*inputs)])
    else:
        reference = next(tensors_in(inputs))
        # A scalar of NumPy is a number, whose type is weak, as in ``tensor + scalar``: ``scalar + tensor`` also comes here.
        inputs = tuple([x if isinstance(x, _OPERANDS) else tensor_like(reference, x) for x in map(to_python, inputs)])
    return function(*inputs, **given)


#: What primitives take as operands: tensors, and numbers, whose types are weak.
_OPERANDS = (Tensor, bool, int, float, complex)
_SETTINGS = Signature.parse("!where !casting !order dtype !subok !signature axis axes")


def array_function(
    self: Tensor, func: Callable[..., Any], types: Any, args: tuple[Any, ...], kwargs: dict[str, Any], /
) -> Any:
    """NumPy's protocol for its other functions: ``numpy.sum(tensor)``, ``numpy.linalg.norm(tensor)``."""
    if any(_is_foreign(kind, "__array_function__") for kind in types):
        return NotImplemented
    name = f"{func.__module__}.{func.__name__}"
    if func in FUNCTIONS:
        function, signature = FUNCTIONS[func]
        if signature is None:
            return function(*args, **kwargs)
        positional, named = signature.bind(name, args, kwargs)
        return function(*positional, **named)
    if func in QUERIES:
        return func(*_as_numpy(args, _values), **{key: _as_numpy(value, _values) for key, value in kwargs.items()})
    if func in WRITERS and not (args and isinstance(args[0], Tensor) and func in INTO):
        return func(*_as_numpy(args, np.asarray), **{key: _as_numpy(x, np.asarray) for key, x in kwargs.items()})
    raise TypeError(_without_gradient(name))


def _without_gradient(name: str) -> str:
    return (
        f"{name}() is not among the functions of NumPy that polygrad differentiates; write it with those that are, or, for a "
        f"result without a gradient, {name}(x.detach().numpy())"
    )


def _values(x: Tensor) -> Any:
    return x.detach().numpy()


def _as_numpy(value: Any, convert: Callable[[Tensor], Any]) -> Any:
    """``value`` with every tensor in it as an array of NumPy's."""
    if isinstance(value, Tensor):
        return convert(value)
    if isinstance(value, (list, tuple)):
        return type(value)([_as_numpy(one, convert) for one in value])
    return value
