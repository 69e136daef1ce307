"""``out=``: functions that write their results into tensors which the caller gives.

The functions that users call are generated, and look at ``out`` first: a call without it costs nothing more.  A call with it
comes to `write_into`, which computes the result outside of the graph and writes it as an operation in place does.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from .. import _dtypes
from .._state import grad_enabled
from ..backends.registry import BY_TYPE
from .aliasing import _grad_mode
from .tensor import Tensor
from .warn import warn

#: The parameter that takes an argument by position after the last one, so that ``out`` is given by name only.  Python calls
#: functions with parameters that are keyword-only by a slower path.
SURPLUS = "_surplus"


def signature_with_out(signature: inspect.Signature) -> inspect.Signature:
    """``signature`` with the parameter ``out``."""
    kept = [one for one in signature.parameters.values() if one.name not in (SURPLUS, "out")]
    several = "tuple" in str(signature.return_annotation) or "ValuesAnd" in str(signature.return_annotation)
    kind = "tuple[Tensor, ...] | None" if several else "Tensor | None"
    out = inspect.Parameter("out", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)
    place = len(kept) - any(one.kind is one.VAR_KEYWORD for one in kept)
    return signature.replace(parameters=[*kept[:place], out, *kept[place:]])


def write_into(out: Any, surplus: Any, function: Callable, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    """Write the results of ``function(*args, **kwargs)`` into ``out``, a tensor or a tuple of them, and return that.

    Raises TypeError where ``out`` is something else, and RuntimeError where a gradient would be lost or a result does not fit.
    """
    name = function.__name__
    if surplus is not None:
        raise TypeError(f"{name}() takes {len(args)} positional argument{'s' * (len(args) != 1)}, but more were given")
    several = out.__class__ in (tuple, list) or hasattr(out, "_fields")
    outs: tuple[Any, ...] = tuple(out) if several else (out,)
    for one in outs:
        if not isinstance(one, Tensor):
            what = "a tuple of Tensors" if several else "a Tensor"
            raise TypeError(f"{name}(): argument 'out' must be {what}, not {'of ' * several}{type(one).__name__}")
    if grad_enabled() and any(x._edge is not None for x in _tensors((outs, *args, *kwargs.values()))):
        raise RuntimeError(
            f"{name}(): functions with out=... arguments don't support automatic differentiation, but one of the arguments "
            "requires grad; call it under polygrad.no_grad(), or write x = f(...) instead"
        )
    with _grad_mode(False):
        result = function(*args, **_as_of(outs[0], function, kwargs) if outs else kwargs)
        results = result if isinstance(result, tuple) else (result,)
        if several != isinstance(result, tuple) or len(outs) != len(results):
            wanted = f"a tuple of {len(results)} tensors" if isinstance(result, tuple) else "one tensor"
            raise TypeError(f"{name}(): argument 'out' must be {wanted}, as the results are")
        for one, made in zip(outs, results, strict=True):
            _check_fits(name, one, made, exact=several)
        for one, made in zip(outs, results, strict=True):
            if one._data.shape == made._data.shape:
                one._assign(made)
            else:
                former = one.shape
                one._resize_to(made)
                if former.numel():
                    warn(
                        f"An output with one or more elements was resized since it had shape {list(former)}, which does not "
                        f"match the required output shape {list(one.shape)}. Give an empty tensor, as polygrad.empty(0), to "
                        "be resized without this warning."
                    )
    if not several:
        return out
    return type(result)(*outs) if hasattr(result, "_fields") else tuple(outs)


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif value.__class__ in (tuple, list):
        for one in value:
            yield from _tensors(one)


@functools.cache
def _given_by_name(function: Callable) -> frozenset[str]:
    parameters = inspect.signature(function).parameters.values()
    return frozenset(one.name for one in parameters if one.kind is one.KEYWORD_ONLY)


def _as_of(out: Tensor, function: Callable, kwargs: dict[str, Any]) -> dict[str, Any]:
    """``kwargs`` with the data type and place of ``out``, where the function can be told of them.

    Raises RuntimeError where another data type is given.
    """
    taken = _given_by_name(function)
    if "dtype" not in taken:
        return kwargs
    given = kwargs.get("dtype")
    if given is not None and given is not out.dtype:
        raise RuntimeError(
            f"{function.__name__}(): dtype {given.name} does not match the dtype of out, {out.dtype.name}"
        )
    filled = {**kwargs, "dtype": out.dtype}
    if "backend" in taken and kwargs.get("backend") is None and not out.backend.level:
        filled["backend"] = out.backend
        if kwargs.get("device") is None:
            filled["device"] = out.device
    return filled


def _check_fits(name: str, out: Tensor, result: Tensor, exact: bool) -> None:
    """Raise an error where ``result`` is of another backend or device, or cannot be cast to the type of ``out``."""
    mine, its = BY_TYPE[out._data.__class__], BY_TYPE[result._data.__class__]
    if not mine.level and not its.level:
        if mine is not its:
            raise TypeError(
                f"{name}(): out is on the backend {mine.name!r}, and the result on {its.name!r}; move one of them, as in "
                f"x.to(backend={its.name!r})"
            )
        here, there = mine.device(out._data), its.device(result._data)
        if here != there and here is not None and there is not None:
            raise RuntimeError(
                f"{name}(): out is on the device {mine.device_name(here)!r}, and the result on {its.device_name(there)!r}"
            )
    rank = [_dtypes._KIND_RANK[x.dtype.kind] for x in (result, out)]
    # Positions are written into tensors of their own type only.
    if rank[0] > rank[1] or (exact and rank[0] == 1 and result.dtype is not out.dtype):
        raise RuntimeError(
            f"{name}(): result type {result.dtype.name} can't be cast to the desired output type {out.dtype.name}"
        )
