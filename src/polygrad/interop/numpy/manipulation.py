"""Shapes, joining, splitting and padding, with NumPy's arguments."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ... import array_api as xp
from ..._core.tensor import Tensor
from ..._functions import public
from ...backends.registry import BY_TYPE
from .arguments import declare_function, numpy_function, together

declare_function(
    "transpose permute_dims",
    "a / axes",
    lambda a, axes=None: xp.permute_dims(a, tuple(range(a.ndim))[::-1] if axes is None else tuple(axes)),
)
declare_function(
    "moveaxis", "a / source destination", lambda a, source, destination: xp.moveaxis(a, source, destination)
)
declare_function("swapaxes", "a / axis1 axis2", lambda a, axis1, axis2: public("swapaxes")(a, axis1, axis2))
declare_function("expand_dims", "a / axis", xp.expand_dims)
declare_function("broadcast_to", "array / shape !subok", xp.broadcast_to)
declare_function("flip", "m / axis", xp.flip)
declare_function("fliplr", "m /", public("fliplr"))
declare_function("flipud", "m /", public("flipud"))
declare_function("roll", "a / shift axis", xp.roll)
declare_function("rot90", "m / k axes:dims", public("rot90"))
declare_function("diag", "v / k:diagonal", public("diag"))
declare_function("diagflat", "v / k:offset", public("diagflat"))
declare_function("diagonal", "a / offset axis1:dim1 axis2:dim2", public("diagonal"))
declare_function("tril", "m / k", xp.tril)
declare_function("triu", "m / k", xp.triu)
declare_function("copy", "a / !order !subok", public("clone"))
declare_function("astype", "x / dtype copy !device", lambda x, dtype, copy=True: xp.astype(x, dtype, copy=copy))
declare_function("unstack", "x / axis", xp.unstack)
declare_function("zeros_like empty_like", "a / dtype !order !subok !shape !device", xp.zeros_like)
declare_function("ones_like", "a / dtype !order !subok !shape !device", xp.ones_like)


@numpy_function("full_like", "a / fill_value dtype !order !subok !shape !device")
def full_like(a: Tensor, fill_value: Any, dtype: Any = None) -> Tensor:
    """`numpy.full_like`."""
    dtype = a.dtype if dtype is None else dtype
    return xp.broadcast_to(together(a, fill_value)[1].to(dtype), a.shape)


@numpy_function("reshape", "a / shape order !newshape copy")
def reshape(a: Tensor, shape: Any, order: str = "C", copy: bool | None = None) -> Tensor:
    """`numpy.reshape`."""
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    if order == "F":
        return _reversed(xp.reshape(_reversed(a), shape[::-1], copy=copy))
    _check_order("reshape", order)
    return xp.reshape(a, shape, copy=copy)


def _reversed(a: Tensor) -> Tensor:
    return xp.permute_dims(a, tuple(range(a.ndim))[::-1])


def _check_order(name: str, order: str) -> None:
    if order != "C":
        raise TypeError(f"numpy.{name}(): tensors have the orders 'C' and 'F', not {order!r}")


@numpy_function("ravel", "a / order")
def ravel(a: Tensor, order: str = "C") -> Tensor:
    """`numpy.ravel`."""
    return reshape(a, -1, order)


@numpy_function("squeeze", "a / axis")
def squeeze(a: Tensor, axis: Any = None) -> Tensor:
    """`numpy.squeeze`."""
    return xp.squeeze(a, tuple([n for n, length in enumerate(a.shape) if length == 1]) if axis is None else axis)


@numpy_function("rollaxis", "a / axis start")
def rollaxis(a: Tensor, axis: int, start: int = 0) -> Tensor:
    """`numpy.rollaxis`."""
    axis, start = axis % a.ndim, start + a.ndim if start < 0 else start
    return xp.moveaxis(a, axis, start - 1 if axis < start else start)


@numpy_function("broadcast_arrays", None)
def broadcast_arrays(*args: Any, subok: bool = False) -> tuple[Tensor, ...]:
    """`numpy.broadcast_arrays`."""
    return xp.broadcast_arrays(*together(*args))


@numpy_function("meshgrid", None)
def meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> tuple[Tensor, ...]:
    """`numpy.meshgrid`."""
    if sparse:
        raise TypeError("numpy.meshgrid(): sparse=True has no meaning for tensors")
    return xp.meshgrid(*[x.reshape(-1) for x in together(*xi)], indexing=indexing)


def _all_of(arrays: Any) -> list[Tensor]:
    """The arrays of a list, or those along the first axis of an array."""
    return list(xp.unstack(arrays)) if isinstance(arrays, Tensor) else together(*arrays)


@numpy_function("concatenate concat", "/ arrays axis !out dtype !casting")
def concatenate(arrays: Any, axis: int | None = 0, dtype: Any = None) -> Tensor:
    """`numpy.concatenate`."""
    parts = _all_of(arrays)
    if axis is None:
        parts, axis = [x.reshape(-1) for x in parts], 0
    result = public("cat")(parts, axis)
    return result if dtype is None else result.to(dtype)


@numpy_function("stack", "/ arrays axis !out dtype !casting")
def stack(arrays: Any, axis: int = 0, dtype: Any = None) -> Tensor:
    """`numpy.stack`."""
    result = public("stack")(_all_of(arrays), axis)
    return result if dtype is None else result.to(dtype)


def _join_with(name: str) -> Callable[..., Tensor]:
    def join(tup: Any, dtype: Any = None) -> Tensor:
        result = public(name)(_all_of(tup))
        return result if dtype is None else result.to(dtype)

    return join


for _name in ("hstack", "vstack", "dstack", "column_stack"):
    declare_function(_name, "/ tup dtype !casting", _join_with(_name))


@numpy_function("block", "/ arrays")
def block(arrays: Any) -> Tensor:
    """`numpy.block`."""

    def depth(value: Any) -> int:
        return 1 + max(map(depth, value)) if isinstance(value, list) else 0

    levels = depth(arrays)
    reference = together(arrays)[0] if not levels else None
    if reference is not None:
        return reference
    leaves = _leaves(arrays)
    made = dict(zip(map(id, leaves), together(*leaves), strict=True))
    ndim = max(levels, *[x.ndim for x in made.values()])

    def join(value: Any, level: int) -> Tensor:
        if not isinstance(value, list):
            x = made[id(value)]
            return x.reshape((1,) * (ndim - x.ndim) + tuple(x.shape))
        return public("cat")([join(one, level - 1) for one in value], -level)

    return join(arrays, levels)


def _leaves(value: Any) -> list[Any]:
    return [leaf for one in value for leaf in _leaves(one)] if isinstance(value, list) else [value]


@numpy_function("append", "arr values / axis")
def append(arr: Tensor, values: Tensor, axis: int | None = None) -> Tensor:
    """`numpy.append`."""
    return concatenate([arr, values], axis)


@numpy_function("delete", "arr / obj axis")
def delete(arr: Tensor, obj: Any, axis: int | None = None) -> Tensor:
    """`numpy.delete`."""
    if axis is None:
        arr, axis = arr.reshape(-1), 0
    kept = np.delete(np.arange(arr.shape[axis]), obj)
    return xp.take(arr, together(arr, kept)[1], axis=axis)


def _split(exactly: bool) -> Callable[..., list[Tensor]]:
    def split(ary: Tensor, indices_or_sections: Any, axis: int = 0) -> list[Tensor]:
        if isinstance(indices_or_sections, int):
            if exactly and ary.shape[axis] % indices_or_sections:
                raise ValueError("array split does not result in an equal division")
        else:
            indices_or_sections = [int(n) for n in indices_or_sections]
        return list(public("tensor_split")(ary, indices_or_sections, axis))

    return split


_exact = _split(exactly=True)
declare_function("split", "ary / indices_or_sections axis", _exact)
declare_function("array_split", "ary / indices_or_sections axis", _split(exactly=False))
declare_function(
    "hsplit",
    "ary / indices_or_sections",
    lambda ary, indices_or_sections: _exact(ary, indices_or_sections, min(ary.ndim - 1, 1)),
)
declare_function(
    "vsplit", "ary / indices_or_sections", lambda ary, indices_or_sections: _exact(ary, indices_or_sections, 0)
)
declare_function(
    "dsplit", "ary / indices_or_sections", lambda ary, indices_or_sections: _exact(ary, indices_or_sections, 2)
)


@numpy_function("tile", "A / reps")
def tile(A: Tensor, reps: Any) -> Tensor:
    """`numpy.tile`."""
    return public("tile")(A, (reps,) if isinstance(reps, int) else tuple(reps))


@numpy_function("repeat", "a / repeats axis")
def repeat(a: Tensor, repeats: Any, axis: int | None = None) -> Tensor:
    """`numpy.repeat`."""
    return xp.repeat(a, repeats if isinstance(repeats, int) else together(a, repeats)[1], axis=axis)


def _at_least(name: str) -> Callable[..., Any]:
    def at_least(*arys: Any) -> Any:
        made = tuple([public(name)(x) for x in together(*arys)])
        return made[0] if len(made) == 1 else made

    return at_least


for _name in ("atleast_1d", "atleast_2d", "atleast_3d"):
    declare_function(_name, None, _at_least(_name))


@numpy_function("pad", "array / pad_width mode constant_values reflect_type")
def pad(
    array: Tensor, pad_width: Any, mode: Any = "constant", constant_values: Any = 0, reflect_type: str = "even"
) -> Tensor:
    """`numpy.pad` with numbers, or with elements of the array itself."""
    if isinstance(pad_width, dict):
        widths = [(0, 0)] * array.ndim
        for axis, width in pad_width.items():
            widths[axis] = (width, width) if isinstance(width, int) else tuple(width)
    else:
        widths = np.broadcast_to(np.asarray(pad_width), (array.ndim, 2)).tolist()
    if mode == "constant":
        fills = np.broadcast_to(np.asarray(constant_values), (array.ndim, 2)).tolist()
        for axis, (width, fill) in enumerate(zip(widths, fills, strict=True)):
            shapes = [(*array.shape[:axis], n, *array.shape[axis + 1 :]) for n in width]
            ends = [array.new_full(shape, number) for shape, number in zip(shapes, fill, strict=True)]
            array = public("cat")([ends[0], array, ends[1]], axis)
        return array
    if mode not in ("edge", "reflect", "symmetric", "wrap") or reflect_type != "even":
        raise TypeError(
            f"numpy.pad(): tensors have the modes constant, edge, reflect, symmetric and wrap, not {mode!r}"
        )
    for axis, width in enumerate(widths):
        places = np.pad(np.arange(array.shape[axis]), tuple(width), mode=mode)
        array = xp.take(array, together(array, places)[1], axis=axis)
    return array


declare_function("shape", None, lambda a: tuple(a.shape))
declare_function("ndim", None, lambda a: a.ndim)
declare_function("iscomplexobj", None, lambda x: x.dtype.is_complex)
declare_function("isrealobj", None, lambda x: not x.dtype.is_complex)


@numpy_function("size", None)
def size(a: Tensor, axis: Any = None) -> int:
    """`numpy.size`."""
    return math.prod(a.shape if axis is None else [a.shape[n] for n in np.atleast_1d(axis)])


@numpy_function("result_type", None)
def result_type(*arrays_and_dtypes: Any) -> np.dtype:
    """`numpy.result_type`: NumPy's data type."""
    native = BY_TYPE[np.ndarray].to_dtype
    return np.result_type(*[native(x.dtype) if isinstance(x, Tensor) else x for x in arrays_and_dtypes])


#: Questions about arrays, answered without their graph.
QUERIES = {
    np.can_cast, np.min_scalar_type, np.common_type,
    np.may_share_memory, np.shares_memory, np.array_equal, np.array_equiv, np.allclose, np.array_repr, np.array_str,
    np.array2string, np.einsum_path,
}  # fmt: skip

#: What puts values elsewhere: of tensors that require grad they cannot be taken.
WRITERS = {np.save, np.savez, np.savez_compressed, np.savetxt, np.copyto, np.put, np.putmask, np.place}
#: Those that write into their first argument, which must not be a tensor.
INTO = {np.copyto, np.put, np.putmask, np.place}
