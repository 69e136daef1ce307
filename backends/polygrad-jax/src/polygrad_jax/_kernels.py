"""JAX kernels that override the generic implementations, such as writing into arrays, which makes new ones.

Where a slice begins is an argument of the compiled functions here, so that a loop over batches or rows compiles once.
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
    "complex": lambda x, y: lax.complex(*jnp.broadcast_arrays(x, y)),
    "cholesky": partial(jnp.linalg.cholesky, symmetrize_input=False),
    "sign": lambda x: jnp.where(x == 0, jnp.zeros_like(x), jnp.sign(x)),  # of -0.0 it is 0.0, in the standard
}


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Put ``function`` into the table under its name."""
    KERNELS[function.__name__] = function
    return function


@kernel
def remainder(x, y, /):  # 0 has the sign of the divisor, in the standard
    rest = jnp.remainder(x, y)
    return jnp.where(rest == 0, jnp.copysign(rest, y), rest) if jnp.issubdtype(rest.dtype, jnp.floating) else rest


def _of_integers(function):
    def run(x, y, /):
        if not jnp.issubdtype(x.dtype, jnp.integer):
            raise TypeError("gcd and lcm are for integers")
        return function(x, y)

    return run


KERNELS.update(gcd=_of_integers(jnp.gcd), lcm=_of_integers(jnp.lcm))


@kernel
def scan_steps(step, state, inputs, reverse=False):
    return lax.scan(step, state, inputs, reverse=reverse)


def optimization_barrier(function, arrays):
    """``function(*arrays)``, which the compiler may not merge with equal computations."""
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


@kernel
def solve_triangular(a, b, /, *, upper, unitriangular=False):
    batch = jnp.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    a, b = (jnp.broadcast_to(x, (*batch, *x.shape[-2:])) for x in (a, b))
    return lax.linalg.triangular_solve(a, b, left_side=True, lower=not upper, unit_diagonal=unitriangular)


@kernel
def lu_factor(x, /):
    packed, pivots, _ = lax.linalg.lu(x)
    return packed, pivots + 1


@kernel
def rows_of_pivots(pivots, /, *, rows):
    return lax.linalg.lu_pivots_to_permutation(pivots.astype(jnp.int32) - 1, rows).astype(pivots.dtype)


# -- basic keys --------------------------------------------------------------------------------------------------------


class Window(NamedTuple):
    """A basic key: where it starts on each axis, how many elements it takes, every how manyth, and the shape that is seen."""

    starts: tuple[int, ...]
    sizes: tuple[int, ...]
    steps: tuple[int, ...]
    shape: tuple[int, ...]

    @property
    def is_block(self) -> bool:
        """Whether the elements lie side by side."""
        return set(self.steps) <= {1}


def window(key: Any, shape: tuple[int, ...]) -> Window:
    """What ``key`` takes from an array of ``shape``."""
    items = key if isinstance(key, tuple) else (key,)
    named = sum(item is not None and item is not Ellipsis for item in items)
    if not any(item is Ellipsis for item in items):
        items = (*items, Ellipsis)
    starts: list[int] = []
    sizes: list[int] = []
    steps: list[int] = []
    seen: list[int] = []
    for item in items:
        axis = len(starts)
        if item is None:
            seen.append(1)
        elif item is Ellipsis:
            rest = shape[axis : len(shape) - named]
            starts += [0] * len(rest)
            sizes += rest
            steps += [1] * len(rest)
            seen += rest
        elif isinstance(item, slice):
            start, stop, step = item.indices(shape[axis])
            starts.append(start)
            sizes.append(len(range(start, stop, step)))
            steps.append(step)
            seen.append(sizes[-1])
            named -= 1
        else:
            index = int(item)
            if not -shape[axis] <= index < shape[axis]:  # JAX would take the nearest element
                raise IndexError(f"index {index} is out of bounds for axis {axis} of length {shape[axis]}")
            starts.append(index % shape[axis])
            sizes.append(1)
            steps.append(1)
            named -= 1
    return Window(tuple(starts), tuple(sizes), tuple(steps), tuple(seen))


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


@partial(jax.jit, static_argnums=(1, 2), inline=True)
def _spread(x: Any, taken: Window, shape: tuple[int, ...]) -> Any:
    """``x`` at the places of its elements in an array of zeros.  A scatter takes a hundred times as long on a CPU."""
    x = x.reshape(taken.sizes)
    x = lax.rev(x, [axis for axis, step in enumerate(taken.steps) if step < 0])
    widths = []
    for start, size, step, length in zip(taken.starts, taken.sizes, taken.steps, shape, strict=True):
        first = start if step > 0 else start + (size - 1) * step
        last = first + (size - 1) * abs(step)
        widths.append((first, length - last - 1, abs(step) - 1) if size else (0, length, 0))
    return lax.pad(x, jnp.zeros((), x.dtype), widths)


@kernel
def getitem(x, /, key):
    taken = window(key, x.shape)
    return _take_block(x, taken.starts, taken.sizes, taken.shape) if taken.is_block else x[key]


@kernel
def slice_put(x, value, /, key):
    taken = window(key, x.shape)
    if taken.is_block:
        return _put_block(x, value, taken.starts, taken._replace(starts=()))
    value = jnp.broadcast_to(value, taken.shape).astype(x.dtype)
    return jnp.where(_spread(jnp.ones(taken.shape, bool), taken, x.shape), _spread(value, taken, x.shape), x)


@kernel
def slice_pad(x, /, key, shape):
    taken = window(key, shape)
    if taken.is_block:
        return _pad_block(x, taken.starts, taken._replace(starts=()), shape)
    return _spread(x, taken, shape)


# -- index arrays, along axis 0 ----------------------------------------------------------------------------------------


@kernel
def index_add(x, indices, /, size):
    return jnp.zeros((size, *x.shape[1:]), x.dtype).at[indices].add(x)


@kernel
def coo_matmul(values, dense, rows, columns, /, size):
    return index_add(values[:, None] * dense[columns], rows, size)


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


# -- convolution, and its adjoints by transposition --------------------------------------------------------------------


def _image_by_image(x, weight, stride, padding, dilation):
    """A product of matrices for one image after the other, whose windows fit into the cache.

    On CPUs XLA's own convolution takes two to three times as long.
    """
    rows, columns = kernel = weight.shape[2:]
    spans = [n + 2 * p - d * (k - 1) for n, p, d, k in zip(x.shape[2:], padding, dilation, kernel, strict=True)]
    matrix = weight.reshape(weight.shape[0], -1)

    def of_one(image):
        image = jnp.pad(image, [(0, 0), *((width, width) for width in padding)])
        starts = [(i * dilation[0], j * dilation[1]) for i in range(rows) for j in range(columns)]
        parts = [image[:, i : i + spans[0] : stride[0], j : j + spans[1] : stride[1]] for i, j in starts]
        windows = jnp.stack(parts, axis=1)
        return (matrix @ windows.reshape(matrix.shape[1], -1)).reshape(-1, *windows.shape[2:])

    return lax.map(of_one, x)


def _at_once(x, weight, stride, padding, dilation, groups):
    widths = [(width, width) for width in padding]
    return lax.conv_general_dilated(
        x, weight, stride, widths, rhs_dilation=dilation, feature_group_count=groups,
        dimension_numbers=("NCHW", "OIHW", "NCHW"),
    )  # fmt: skip


def _by_platform(image_by_image, at_once, groups, weight_shape, *operands):
    whole = partial(at_once, partial(_at_once, groups=groups))
    # A turn of a loop has its price, which images pay that take a million multiplications or more.
    if groups > 1 or math.prod(weight_shape) * math.prod(operands[0].shape[2:]) < 1_000_000:
        return whole(*operands)
    return lax.platform_dependent(*operands, cpu=partial(image_by_image, _image_by_image), default=whole)


def _adjoint(convolution, shape, cotangent):
    """The adjoint of ``convolution``, linear in an operand of ``shape``, applied to ``cotangent``."""
    operand = jax.ShapeDtypeStruct(shape, cotangent.dtype)
    result = jax.eval_shape(convolution, operand)
    # Windows at the end that the caller does not count have a cotangent of zero.
    missing = [(0, full - given) for full, given in zip(result.shape, cotangent.shape, strict=True)]
    return jax.linear_transpose(convolution, operand)(jnp.pad(cotangent, missing))[0]


@kernel
def conv2d(x, weight, /, stride, padding, dilation, groups):
    forward = lambda conv, x, weight: conv(x, weight, stride, padding, dilation)  # noqa: E731
    return _by_platform(forward, forward, groups, weight.shape, x, weight)


@kernel
def conv2d_input_gradient(cotangent, weight, /, size, stride, padding, dilation, groups):
    shape = (cotangent.shape[0], weight.shape[1] * groups, *size)

    def adjoint(conv, cotangent, weight):
        return _adjoint(lambda x: conv(x, weight, stride, padding, dilation), shape, cotangent)

    return _by_platform(adjoint, adjoint, groups, weight.shape, cotangent, weight)


@kernel
def conv2d_weight_gradient(x, cotangent, /, kernel, stride, padding, dilation, groups):
    shape = (cotangent.shape[1], x.shape[1] // groups, *kernel)

    def adjoint(conv, x, cotangent):
        return _adjoint(lambda weight: conv(x, weight, stride, padding, dilation), shape, cotangent)

    def added_up(conv, x, cotangent):  # all windows of all images would be kept
        pairs = (x[:, None], cotangent[:, None])
        return lax.scan(lambda total, pair: (total + adjoint(conv, *pair), None), jnp.zeros(shape, x.dtype), pairs)[0]

    return _by_platform(added_up, adjoint, groups, shape, x, cotangent)
