"""What JAX does otherwise than the generic texts: writing into arrays, which it does by making new ones.

Where a slice begins is an argument of the compiled functions here, not a constant in them: a loop over batches or rows
compiles once, and not once for every step.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jax.extend.core import jaxpr_as_fun

# A backward pass begins with an array of ones, and jax.numpy takes ten times as long for one as a compiled function.
# The argument is kept, though nothing is computed from it, because the result must be where it is.
_like = partial(jax.jit, static_argnames=("dtype", "shape", "device"), keep_unused=True, inline=True)

KERNELS: dict[str, Callable[..., Any]] = {
    "ones_like": _like(jnp.ones_like),
    "zeros_like": _like(jnp.zeros_like),
    "erf": jax.scipy.special.erf,
    "sigmoid": jax.nn.sigmoid,
}


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Put ``function`` into the table under its name."""
    KERNELS[function.__name__] = function
    return function


@kernel
def scan_steps(step, state, inputs, reverse=False):
    return lax.scan(step, state, inputs, reverse=reverse)


def apart(function, arrays):
    """``function(*arrays)`` as a part of the program that the compiler does not merge with others."""
    if jax.default_backend() != "cpu":
        return function(*lax.optimization_barrier(arrays))
    # On CPUs the compiler drops barriers early, as jax.checkpoint's.  It keeps branches: this condition never holds, which
    # the compiler does not see.
    traced, kinds = jax.make_jaxpr(function, return_shape=True)(*arrays)
    number = arrays[-1].reshape(-1)[:1].sum()
    return lax.cond(
        jnp.logical_and(number != number, number == number),
        lambda *_: [jnp.zeros(kind.shape, kind.dtype) for kind in kinds],
        jaxpr_as_fun(traced),
        *arrays,
    )


# -- basic keys --------------------------------------------------------------------------------------------------------


class Window(NamedTuple):
    """A basic key that takes one block: where the block starts, how long its sides are, and the shape that is seen."""

    starts: tuple[int, ...]
    sizes: tuple[int, ...]
    shape: tuple[int, ...]


def window(key: Any, shape: tuple[int, ...]) -> Window | None:
    """The block that ``key`` takes from an array of ``shape``; None where it takes every so manyth element."""
    items = key if isinstance(key, tuple) else (key,)
    named = sum(item is not None and item is not Ellipsis for item in items)
    if not any(item is Ellipsis for item in items):
        items = (*items, Ellipsis)
    starts: list[int] = []
    sizes: list[int] = []
    seen: list[int] = []
    for item in items:
        axis = len(starts)
        if item is None:
            seen.append(1)
        elif item is Ellipsis:
            rest = shape[axis : len(shape) - named]
            starts += [0] * len(rest)
            sizes += rest
            seen += rest
        elif isinstance(item, slice):
            start, stop, step = item.indices(shape[axis])
            if step != 1:
                return None
            starts.append(start)
            sizes.append(max(stop - start, 0))
            seen.append(sizes[-1])
            named -= 1
        else:
            index = int(item)
            if not -shape[axis] <= index < shape[axis]:  # JAX would take the nearest element
                raise IndexError(f"index {index} is out of bounds for axis {axis} of length {shape[axis]}")
            starts.append(index % shape[axis])
            sizes.append(1)
            named -= 1
    return Window(tuple(starts), tuple(sizes), tuple(seen))


@partial(jax.jit, static_argnums=(2, 3), inline=True)
def _take_block(x: Any, starts: tuple[int, ...], sizes: tuple[int, ...], shape: tuple[int, ...]) -> Any:
    return lax.dynamic_slice(x, starts, sizes).reshape(shape)


@partial(jax.jit, static_argnums=3, inline=True)
def _put_block(x: Any, value: Any, starts: tuple[int, ...], block: Window) -> Any:
    value = jnp.broadcast_to(value, block.shape).reshape(block.sizes)
    return lax.dynamic_update_slice(x, value.astype(x.dtype), starts)


@partial(jax.jit, static_argnums=(2, 3), inline=True)
def _pad_block(x: Any, starts: tuple[int, ...], block: Window, shape: tuple[int, ...]) -> Any:
    return lax.dynamic_update_slice(jnp.zeros(shape, x.dtype), x.reshape(block.sizes), starts)


@kernel
def getitem(x, /, key):
    block = window(key, x.shape)
    return x[key] if block is None else _take_block(x, block.starts, block.sizes, block.shape)


@kernel
def slice_put(x, value, /, key):
    block = window(key, x.shape)
    if block is None:
        return x.at[key].set(value)
    return _put_block(x, value, block.starts, block._replace(starts=()))


@kernel
def slice_pad(x, /, key, shape):
    block = window(key, shape)
    if block is None:
        return jnp.zeros(shape, x.dtype).at[key].set(x)
    return _pad_block(x, block.starts, block._replace(starts=()), shape)


# -- index arrays, along axis 0 ----------------------------------------------------------------------------------------


@kernel
def index_add(x, indices, /, size):
    return jnp.zeros((size, *x.shape[1:]), x.dtype).at[indices].add(x)


def _winners(indices, size):
    """Which row writes last to each of ``size`` places, -1 for none.  A scatter that sets has no order on a GPU."""
    return jnp.full((size,), -1).at[indices].max(jnp.arange(indices.shape[0]))


def _column(mask, like):
    return mask.reshape(mask.shape + (1,) * (like.ndim - 1))


@kernel
def put_rows(x, value, indices, /):
    if value.shape[0] == 0 or x.shape[0] == 0:
        return x
    winner = _winners(indices, x.shape[0])
    return jnp.where(_column(winner >= 0, x), value[jnp.maximum(winner, 0)], x)


@kernel
def last_rows(x, indices, /, size):
    if x.shape[0] == 0:
        return x
    last = _winners(indices, size)[indices] == jnp.arange(x.shape[0])
    return jnp.where(_column(last, x), x, jnp.zeros_like(x))


@kernel
def pad(x, /, widths, value=0):
    if math.prod(x.shape) == 0:
        return jnp.full([n + sum(w) for n, w in zip(x.shape, widths, strict=True)], value, x.dtype)
    return jnp.pad(x, widths, constant_values=value)


# -- convolution: XLA's own, and its adjoints by transposition ---------------------------------------------------------


@kernel
def conv2d(x, weight, /, stride, padding, dilation, groups):
    return lax.conv_general_dilated(
        x,
        weight,
        stride,
        [(width, width) for width in padding],
        rhs_dilation=dilation,
        feature_group_count=groups,
        dimension_numbers=("NCHW", "OIHW", "NCHW"),
    )


def _adjoint(convolution, shape, cotangent):
    """The adjoint of ``convolution``, linear in an operand of ``shape``, applied to ``cotangent``."""
    operand = jax.ShapeDtypeStruct(shape, cotangent.dtype)
    result = jax.eval_shape(convolution, operand)
    # Windows at the end that the caller does not count have a cotangent of zero.
    missing = [(0, full - given) for full, given in zip(result.shape, cotangent.shape, strict=True)]
    return jax.linear_transpose(convolution, operand)(jnp.pad(cotangent, missing))[0]


@kernel
def conv2d_input_gradient(cotangent, weight, /, size, stride, padding, dilation, groups):
    shape = (cotangent.shape[0], weight.shape[1] * groups, *size)
    return _adjoint(lambda x: conv2d(x, weight, stride, padding, dilation, groups), shape, cotangent)


@kernel
def conv2d_weight_gradient(x, cotangent, /, kernel, stride, padding, dilation, groups):
    shape = (cotangent.shape[1], x.shape[1] // groups, *kernel)
    return _adjoint(lambda weight: conv2d(x, weight, stride, padding, dilation, groups), shape, cotangent)
