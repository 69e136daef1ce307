"""The table of operations: every primitive, with the cases that its values and gradients are checked on.

A new primitive gets a row here; a test finds primitives without one.  Operands keep away from points where a function
has no derivative, which the tests cover in a table of their own.
"""

from __future__ import annotations

from typing import Any

from .. import _dtypes
from .._ops.decompositions import adjoint
from .special_operations import SPECIAL
from .table import (
    BOTH,
    COMPLEX,
    Row,
    anything,
    ascending,
    between,
    binary,
    case,
    distinct,
    nonzero,
    positive,
    regular,
    row,
    signed,
    truth,
    unary,
    whole,
    with_zeros,
    words,
)

ALL = slice(None)


def _native(x, dtype):
    return x.backend.to_dtype(dtype)


# -- arithmetic, comparison, casts ---------------------------------------------------------------------------------------

ARITHMETIC = [
    binary("add", kinds=BOTH, holomorphic=True),
    binary("subtract", kinds=BOTH, holomorphic=True),
    binary("multiply", kinds=BOTH, holomorphic=True),
    binary("divide", y=nonzero, kinds=BOTH, holomorphic=True),
    binary("safe_divide", y=nonzero, kinds=BOTH, holomorphic=True),
    binary("pow", positive, between(-2, 2), kinds=BOTH, holomorphic=True),
    row("power", *[case(positive(2, 3), exponent=p) for p in (2, 3, 0.5, -1, 2.5, -1.5, 1, 0)],
        case(nonzero(3), exponent=3), case(nonzero(3), exponent=5), case(nonzero(), exponent=-2),
        case((0, 2), exponent=3), kinds=BOTH, holomorphic=True),
    binary("maximum"), binary("minimum"), binary("clamp_min"), binary("clamp_max"),
    binary("atan2", nonzero, nonzero), binary("hypot", nonzero, nonzero),
    binary("logaddexp", kinds=BOTH, holomorphic=True),
    binary("copysign", nonzero, nonzero), binary("remainder", between(5, 6), between(1.6, 1.9)),
    binary("fmod", between(-6, -5), between(1.6, 1.9)),
    binary("floor_divide", between(5, 5.8), between(1.6, 1.9)),
    *[binary(name) for name in ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal")],
    *[binary(name, truth, truth) for name in ("logical_and", "logical_or", "logical_xor")],
    *[binary(name, whole(99), whole(99)) for name in ("bitwise_and", "bitwise_or", "bitwise_xor", "gcd", "lcm")],
    *[binary(name, whole(99), whole(5)) for name in ("bitwise_left_shift", "bitwise_right_shift")],
    binary("whole_power", signed, signed), unary("whole_sign", signed), unary("whole_square", signed),
    binary("nextafter", orders=0),
    *[unary(name, kinds=BOTH) for name in ("isfinite", "isinf", "isnan", "zeros_like", "ones_like")],
    unary("signbit", kinds=("float64",)), unary("logical_not", truth), unary("bitwise_invert", whole(99)),
    row("where", case(truth(2, 3), (2, 3), (3,)), case(truth(3), (2, 3), ()), case(truth(), (2,), (2,)),
        case(truth(2, 1), (3,), (0, 2, 3)), kinds=BOTH, holomorphic=True),
    unary("cast", function=lambda xp, x: xp.astype(x, x.dtype.to_real() if x.dtype.is_complex else x.dtype.to_complex())),
    *[unary(name, kinds=COMPLEX) for name in ("conj", "real", "imag", "view_as_real")],
    row("view_as_complex", case((3, 2)), case((2,)), case((0, 2))),
    binary("complex"),
    unary("transfer", function=lambda xp, x: xp.transfer(x, x.backend, x.device.native, x.backend, x.device.native)),
]  # fmt: skip


def _loss_and_logsumexp(xp, x, target, reduction):
    """The loss, and the logsumexp as a whole, since kernels may split it into two parts differently."""
    loss, shift, logarithm = xp.cross_entropy(x, target, reduction=reduction)
    return loss, shift + logarithm


# -- functions of one operand --------------------------------------------------------------------------------------------

ELEMENTWISE = [
    *[unary(name, holomorphic=True) for name in ("negative", "positive", "square", "exp", "expm1", "sin", "cos", "sinh", "cosh", "tanh", "clone")],  # noqa: E501
    unary("tan", between(-1, 1), holomorphic=True),
    unary("atan", between(-0.9, 0.9), holomorphic=True),
    unary("asinh", between(-0.9, 0.9), holomorphic=True),
    unary("asin", between(-0.9, 0.9), holomorphic=True),
    unary("acos", between(-0.9, 0.9), holomorphic=True),
    unary("atanh", between(-0.9, 0.9), holomorphic=True),
    unary("acosh", between(1.2, 3), holomorphic=True),
    *[unary(name, positive, holomorphic=True) for name in ("log", "log2", "log10", "sqrt")],
    unary("log1p", between(-0.5, 2), holomorphic=True),
    unary("reciprocal", nonzero, holomorphic=True),
    unary("sigmoid", holomorphic=True), unary("logistic", kinds=("float64",)),
    *[unary(name, kinds=("float64",)) for name in ("floor", "ceil", "trunc", "round")],
    unary("sign", nonzero), unary("abs", nonzero),
    unary("erf", between(-4, 4), kinds=("float64",)),
    unary("relu", nonzero, kinds=("float64",)),
    row("clip", case((2, 3), min=-0.5, max=0.5), case((3,), min=0.1), case((3,), max=0.1), case((), min=-9, max=9), case((0,), min=0)),  # noqa: E501
    row("gelu", case((2, 3)), case(()), case((2, 3), approximate="tanh"), case((), approximate="tanh"), case((0,))),
    unary("silu", kinds=("float64",)), unary("logsigmoid", kinds=("float64",)),
    row("softplus", case((2, 3)), case((), beta=2.0), case(between(20, 30)(3), threshold=25.0), case((0,))),
    row("elu", case(nonzero(2, 3)), case(nonzero(3), alpha=1.7, scale=1.1), case(nonzero()), case((0,))),
    row("leaky_relu", case(nonzero(2, 3)), case(nonzero(), negative_slope=0.3), case((0,))),
    row("hardtanh", case((2, 3)), case((3,), lowest=-0.3, highest=0.4), case(()), case((0,))),
]  # fmt: skip

# -- reductions ----------------------------------------------------------------------------------------------------------


def reduction(name: Any, numbers: Any = anything, empty: Any = True, more: Any = (), **options: Any) -> Any:
    """A row for a reduction: over everything, one axis, several, with and without the axes kept."""
    cases = [
        case(numbers(2, 3)),
        case(numbers(2, 3), axis=1),
        case(numbers(2, 3, 2), axis=(0, -1), keepdims=True),
        case(numbers(3), axis=-1, keepdims=True),
        case(numbers()),
        case(numbers(0, 3), axis=1),
    ]
    return row(name, *cases, *([case(numbers(0, 3), axis=0), case(numbers(0, 3))] if empty else []), *more, **options)


REDUCTIONS = [
    reduction("sum", kinds=BOTH, holomorphic=True),
    reduction("mean", kinds=BOTH, holomorphic=True, empty=False),
    row("std", case((2, 3)), case((2, 3), axis=1, correction=0.0), case((2, 3, 2), axis=(0, 2), keepdims=True), kinds=BOTH),
    row("median", case(distinct(2, 3)), case(distinct(2, 3, 2), axis=(0, 2), keepdims=True), case(distinct(4), axis=0)),
    row("var", case((2, 3)), case((2, 3), axis=1, correction=0.0), case((2, 3, 2), axis=(0, 2), keepdims=True),
        case((3,), axis=0, correction=0.5), case((0, 3), axis=1), kinds=BOTH),
    reduction("max", distinct, empty=False), reduction("min", distinct, empty=False),
    reduction("prod", more=(case(with_zeros(3, 5), axis=1), case(with_zeros(3, 4), axis=(0,)), case(with_zeros(2, 2, 2))),
              kinds=BOTH, holomorphic=True),
    reduction("logsumexp", empty=False),
    *[row(name, case(distinct(2, 3)), case(distinct(2, 3), axis=1), case(distinct(3), axis=0, keepdims=True))
      for name in ("argmax", "argmin")],
    reduction("all", truth), reduction("any", truth),
    row("cumulative_sum", case((2, 3), axis=1), case((2, 3), axis=0), case((3,), axis=-1), case((0, 2), axis=0), kinds=BOTH,
        holomorphic=True),
    row("cumulative_prod", case((2, 5), axis=1), case(with_zeros(3, 4), axis=0), case((3,), axis=-1), case((0, 2), axis=0),
        kinds=BOTH, holomorphic=True),
    row("running_extremum", case(distinct(2, 4), axis=1, largest=True), case(distinct(3, 2), axis=0, largest=False),
        case((0, 2), axis=1, largest=True)),
    row("power_norm", case((2, 3)), case((2, 3), axis=1), case((2, 3, 2), axis=(0, 2), keepdims=True),
        *[case(nonzero(2, 3), ord=p, axis=1) for p in (1, 3, 2.5, 0.5, -1)], case(nonzero()), case((0, 3)), kinds=BOTH,
        loose=3),
    *[row(name, case((2, 3), axis=1), case((2, 3), axis=0), case((0, 3), axis=1), case((3,), axis=0),
          case((2, 3, 2), axis=1), case((3, 0), axis=1)) for name in ("softmax", "log_softmax")],
]  # fmt: skip

# -- shapes and indexing -------------------------------------------------------------------------------------------------

SHAPES = [
    row("reshape", case((2, 3), shape=(3, 2)), case((), shape=(1, 1)), case((0, 3), shape=(3, 0)), kinds=BOTH),
    row("permute_dims", case((2, 3, 4), axes=(2, 0, 1)), case((), axes=()), case((0, 2), axes=(1, 0)), kinds=BOTH),
    row("matrix_transpose", case((2, 3)), case((2, 3, 4)), case((0, 2)), kinds=BOTH),
    row("expand_dims", case((2, 3), axis=1), case((), axis=0), case((2,), axis=-1), kinds=BOTH),
    row("broadcast_to", case((2, 1), shape=(2, 3)), case((), shape=(2, 2)), case((3,), shape=(2, 3)), case((1,), shape=(0,)),
        case((0, 1), shape=(2, 0, 3)), kinds=BOTH),
    row("flip", case((2, 3)), case((2, 3), axis=1), case((2, 3), axis=(0, 1)), case(()), case((0, 2), axis=0), kinds=BOTH),
    row("roll", case((2, 3), shift=2), case((2, 3), shift=1, axis=1), case((2, 3), shift=(1, -1), axis=(0, 1)),
        case((0, 2), shift=1, axis=0), kinds=BOTH),
    *[row(name, case((3, 4)), case((2, 3, 3), k=1), case((3, 2), k=-1), case((0, 2)), kinds=BOTH) for name in ("tril", "triu")],
    row("concat", case((2, 3), (1, 3)), case((2, 1), (2, 2), (2, 0), axis=1), case((2,), axis=-1), kinds=BOTH,
        function=lambda xp, *arrays, axis=0: xp.concat(arrays, axis=axis)),
    row("stack", case((2, 3), (2, 3)), case((3,), (3,), (3,), axis=-1), case((), ()), case((0,), (0,), axis=1), kinds=BOTH,
        function=lambda xp, *arrays, axis=0: xp.stack(arrays, axis=axis)),
    row("split", case((2, 5), lengths=(1, 3, 1), axis=1), case((4,), lengths=(4, 0), axis=0), case((0, 2), lengths=(1, 1), axis=1),
        kinds=BOTH),
    row("unstack", case((2, 3)), case((2, 3), axis=1), case((2, 0, 3), axis=0), case((3,), axis=-1), kinds=BOTH),
    row("pad", case((2, 3), widths=((1, 0), (0, 2))), case((3,), widths=((2, 1),), value=1.5),
        case((0, 2), widths=((1, 1), (0, 0))), case((2,), widths=((0, 0),), value=2), kinds=BOTH),
    row("diagonal", case((3, 3)), case((2, 3, 4), offset=1), case((3, 2), offset=-1), case((2, 2), offset=5),
        case((0, 2)), kinds=BOTH),
    row("diagonal_embed", case((3,), offset=0, shape=(3, 3)), case((2, 3), offset=1, shape=(3, 4)),
        case((2,), offset=-1, shape=(3, 2)), case((0,), offset=9, shape=(2, 2)), kinds=BOTH),
]  # fmt: skip

SORTING = [
    row("sort", case(distinct(2, 3)), case(distinct(3, 2), axis=0, descending=True), case((0, 2), axis=0)),
    row("argsort", case(distinct(2, 3)), case(distinct(3, 2), axis=0, descending=True), case(truth(5), stable=True)),
    row("searchsorted", case(ascending(5), (2, 3)), case(ascending(4), (), side="right"), case(ascending(0), (2,))),
    row("topk", case(distinct(2, 4), k=2), case(distinct(3, 2), k=1, axis=0, largest=False), case((2, 3), k=0)),
    row("take_along_axis", case((3, 4), whole(3)(2, 4), axis=0), case((2, 3), whole(3)(2, 5), axis=-1),
        case((2, 3), whole(3)(2, 0), axis=1), kinds=BOTH),
    row("add_along_axis", case((2, 4), whole(3)(2, 4), axis=0, size=3), case((2, 5), whole(3)(2, 5), axis=1, size=3),
        case((2, 0), whole(3)(2, 0), axis=1, size=2), kinds=BOTH),
]  # fmt: skip

INDEXING = [
    row("getitem", case((3, 4), key=(1, Ellipsis)), case((3, 4), key=(slice(None, None, 2), slice(1, 3))),
        case((3, 4), key=(Ellipsis, None, -1)), case((4,), key=(slice(3, 0, -2),)), case((3,), key=(slice(2, 2),)),
        case((), key=(None,)), kinds=BOTH),
    row("slice_pad", case((4,), key=(1, Ellipsis), shape=(3, 4)), case((2, 2), key=(slice(None, None, 2), slice(1, 3)), shape=(3, 4)),  # noqa: E501
        case((2,), key=(slice(3, 0, -2),), shape=(4,)), case((0,), key=(slice(0, 0),), shape=(2,)), kinds=BOTH),
    row("slice_put", case((3, 4), (4,), key=(1, Ellipsis)), case((3, 4), (2, 1), key=(slice(None, None, 2), slice(1, 3))),
        case((3,), (), key=(slice(0, 2),)), case((3,), (0,), key=(slice(1, 1),)), kinds=BOTH),
    row("take_rows", case((3, 2), whole(3)(4)), case((3,), whole(3)(2)), case((2, 3), whole(2)(0)), kinds=BOTH),
    row("index_add", case((4, 2), whole(3)(4), size=3), case((2,), whole(5)(2), size=5), case((0, 2), whole(1)(0), size=2),
        kinds=BOTH),
    row("put_rows", case((3, 2), (4, 2), whole(3)(4)), case((3,), (2,), whole(3)(2)), case((2, 3), (0, 3), whole(2)(0)),
        kinds=BOTH),
    row("last_rows", case((4, 2), whole(3)(4), size=3), case((2,), whole(2)(2), size=3), case((0, 2), whole(1)(0), size=2),
        kinds=BOTH),
    row("coo_matmul", case((5,), (3, 2), whole(4)(5), whole(3)(5), size=4), case((0,), (3, 2), whole(1)(0), whole(1)(0), size=2),
        case((3,), (1, 1), whole(2)(3), whole(1)(3), size=2), kinds=BOTH),
    row("sampled_matmul", case((4, 2), (3, 2), whole(4)(5), whole(3)(5)), case((4, 2), (3, 2), whole(4)(0), whole(3)(0)),
        kinds=BOTH),
    row("embedding", case((4, 2), whole(4)(3)), case((4, 2), whole(4)(2, 3)), case((3, 2, 2), whole(3)(0)),
        kinds=BOTH),
]  # fmt: skip

# -- linear algebra: what does not depend on the signs and phases that a library chooses ---------------------------------


def _positive_definite(xp, x):
    return xp.matmul(x, adjoint(xp, x))


def _hermitian(xp, x):
    return x + adjoint(xp, x)


def _column(x):
    return x[..., None, :]


def _eig(xp, x):
    """What depends neither on the order of the eigenvalues nor on the phases of their vectors, but on the vectors' lengths."""
    values, vectors = xp.eig(x)
    return xp.matmul(vectors * xp.expand_dims(xp.cos(values), -2), xp.inv(vectors)), xp.sum(xp.abs(vectors) ** 4)


def _eigh(xp, x):
    values, vectors = xp.eigh(_hermitian(xp, x))
    back = adjoint(xp, vectors)
    return values, xp.matmul(vectors * _column(xp.sin(values)), back), xp.abs(vectors)


def _svd(xp, x, full_matrices=False):
    u, s, vh = xp.svd(x, full_matrices)
    rank = s.shape[-1]
    u, vh = u[..., :rank], vh[..., :rank, :]
    return xp.matmul(u * _column(s * s), vh), s, xp.abs(u), xp.abs(vh)


def _qr(xp, x):
    q, r = xp.qr(x)
    sign = xp.sign(xp.diagonal(r))
    turned = xp.expand_dims(xp.conj(sign) if sign.dtype.is_complex else sign, axis=-1)
    return q * _column(sign), turned * r


LINALG = [
    row("matmul", case((2, 3), (3, 4)), case((3,), (3,)), case((3,), (3, 2)), case((2, 3), (3,)), case((2, 2, 3), (3, 2)),
        case((2, 3), (2, 3, 2)), case((2, 1, 2, 3), (3, 3, 2)), case((2, 2, 3), (3,)), case((3,), (2, 3, 2)),
        case((0, 3), (3, 2)), case((2, 0), (0, 3)), kinds=BOTH, holomorphic=True),
    row("solve", case(regular(3, 3), (3, 2)), case(regular(2, 3, 3), (1, 3, 2)), case(regular(2, 2), (3, 2, 1)),
        case(regular(0, 2, 2), (0, 2, 1)), kinds=BOTH, holomorphic=True, loose=10),
    row("solve_triangular", case(regular(3, 3), (3, 2), upper=True), case(regular(2, 3, 3), (1, 3, 2), upper=False),
        case(regular(3, 3), (2, 3, 1), upper=True, unitriangular=True),
        case(regular(3, 3), (3, 1), upper=False, unitriangular=True), kinds=BOTH, holomorphic=True, loose=10),
    row("inv", case(regular(3, 3)), case(regular(2, 2, 2)), case(regular(0, 2, 2)), kinds=BOTH, holomorphic=True, loose=10),
    row("pinv", case(regular(3, 3)), case((2, 4, 2)), case((2, 4)), case((0, 2)), case((3, 2), atol=1e-3), kinds=BOTH,
        loose=50),
    row("det", case((3, 3)), case((2, 2, 2)), case((1, 1)), case((0, 2, 2)), kinds=BOTH, holomorphic=True, loose=10),
    row("adjugate_derivative", case((3, 3), (3, 3)), case((2, 2, 2), (2, 2, 2)), kinds=BOTH, loose=50),
    row("adjugate", case((3, 3)), case((2, 2, 2)), kinds=BOTH, loose=50),
    row("slogdet", case(regular(3, 3)), case((2, 2, 2)), kinds=BOTH, loose=10),
    row("cholesky", case(regular(3, 3)), case(regular(2, 2, 2)), case(regular(0, 2, 2)), kinds=BOTH, loose=10,
        function=lambda xp, x: xp.cholesky(_positive_definite(xp, x))),
    row("eigh", case((3, 3)), case((2, 2, 2)), kinds=BOTH, loose=50, function=_eigh),
    row("eigvalsh", case((3, 3)), case((2, 2, 2)), kinds=BOTH, loose=50,
        function=lambda xp, x: xp.eigvalsh(_hermitian(xp, x))),
    row("eig", case((3, 3)), case((2, 2, 2)), kinds=BOTH, loose=100, function=_eig),
    row("eigvals", case((3, 3)), case((2, 2, 2)), kinds=BOTH, loose=50, function=lambda xp, x: xp.cos(xp.eigvals(x))),
    row("complete_qr", case((3, 2)), case((2, 3)), orders=0, function=lambda xp, x: xp.matmul(*xp.complete_qr(x))),
    row("svd", case((3, 3)), case((2, 4, 2)), case((2, 3)), case((3, 2), full_matrices=True), case((2, 3), full_matrices=True),
        kinds=BOTH, loose=100, function=_svd),
    row("svdvals", case((3, 3)), case((2, 4, 2)), case((2, 3)), kinds=BOTH, loose=50),
    row("lu_factor", case(regular(3, 3)), case((2, 2, 4)), case((2, 4, 2)), case((0, 2, 2)), kinds=BOTH, loose=50),
    row("rows_of_pivots", case(whole(4)(3), rows=4), case(whole(2)(2, 2), rows=2), case(whole(1)(0), rows=2), orders=0,
        function=lambda xp, pivots, rows: xp.rows_of_pivots(pivots + 1, rows=rows)),
    row("geqrf", case((3, 2)), case((2, 2, 3)), kinds=BOTH, orders=0),
    row("matrix_exp", case((3, 3)), case((2, 2, 2)), case(between(3, 5)(2, 2)), case((0, 2, 2)), kinds=BOTH,
        holomorphic=True, loose=50),
    row("qr", case(regular(3, 3)), case((2, 4, 2)), case((2, 4)), kinds=BOTH, loose=50, function=_qr),
]  # fmt: skip

# -- Fourier transforms -------------------------------------------------------------------------------------------------

FOURIER = [
    row("fft_c2c", case((4,), axes=(0,), norm="backward", inverse=False), case((2, 3), axes=(1,), norm="ortho", inverse=True),
        case((2, 3), axes=(0, 1), norm="forward", inverse=False), case((0, 3), axes=(1,), norm="backward", inverse=False),
        kinds=COMPLEX),
    row("fft_r2c", *[case((2, n), axis=1, norm="backward") for n in (1, 2, 3, 4, 5)], case((4, 2), axis=0, norm="ortho"),
        case((5,), axis=0, norm="forward")),
    row("fft_c2r", *[case((2, n // 2 + 1), n=n, axis=1, norm="backward") for n in (1, 2, 3, 4, 5)],
        case((3, 2), n=4, axis=0, norm="ortho"), case((3,), n=5, axis=0, norm="forward"), kinds=COMPLEX),
]  # fmt: skip

# -- what layers compute -------------------------------------------------------------------------------------------------

_PLAIN = {"stride": (1, 1), "padding": (0, 0), "dilation": (1, 1)}
_WIDE = {"stride": (2, 1), "padding": (1, 2), "dilation": (1, 2)}
_POOL = {"kernel": (2, 2), "stride": (2, 2), "padding": (0, 0)}
_OVERLAP = {"kernel": (2, 3), "stride": (1, 2), "padding": (1, 1)}


def _max_pool(name):
    """The pooling primitives that need the positions of the maxima of an image."""

    def function(xp, y, x, **settings):
        largest = xp.max_pool(x, **settings, ceil=False).detach()
        operand = y if name.endswith("pick") else y[..., : largest.shape[2], : largest.shape[3]]
        return getattr(xp, name)(operand, x.detach(), largest, **settings)

    return function


LAYERS = [
    row("linear", case((2, 3), (4, 3), (4,)), case((2, 2, 3), (4, 3), (4,)), case((3,), (2, 3), (2,)),
        case((0, 3), (2, 3), (2,)), kinds=BOTH, holomorphic=True),
    row("linear_without_bias", case((2, 3), (4, 3)), case((2, 2, 3), (4, 3)), case((3,), (2, 3)), case((0, 3), (2, 3)),
        kinds=BOTH, holomorphic=True),
    row("conv2d", case((1, 2, 3, 4), (2, 2, 2, 2), **_PLAIN, groups=1), case((2, 2, 3, 4), (4, 1, 2, 2), **_WIDE, groups=2)),
    row("conv2d_input_gradient", case((1, 2, 2, 3), (2, 2, 2, 2), size=(3, 4), **_PLAIN, groups=1),
        case((1, 4, 2, 6), (4, 1, 2, 2), size=(3, 4), **_WIDE, groups=2)),
    row("conv2d_weight_gradient", case((1, 2, 3, 4), (1, 2, 2, 3), kernel=(2, 2), **_PLAIN, groups=1),
        case((1, 2, 3, 4), (1, 4, 2, 6), kernel=(2, 2), **_WIDE, groups=2)),
    row("max_pool", case(distinct(1, 2, 4, 4), **_POOL, dilation=(1, 1), ceil=False),
        case(distinct(1, 1, 3, 4), **_OVERLAP, dilation=(1, 1), ceil=True)),
    *[row(f"max_pool_{what}", case((1, 2, 4, 4), distinct(1, 2, 4, 4), **_POOL, dilation=(1, 1)),
          function=_max_pool(f"max_pool_{what}")) for what in ("gradient", "pick")],
    row("max_pool_indices", case(distinct(1, 2, 4, 4), **_POOL, dilation=(1, 1), ceil=False)),
    row("sum_pool", case((1, 2, 4, 4), **_POOL, ceil=False), case((1, 1, 3, 4), **_OVERLAP, ceil=True)),
    row("sum_pool_gradient", case((1, 2, 2, 2), size=(4, 4), **_POOL, ceil=False),
        case((1, 1, 4, 3), size=(3, 4), **_OVERLAP, ceil=True)),
    row("standardize", case((3, 4), axes=(1,), eps=0.1), case((2, 2, 3), axes=(0, 2), eps=0.1), case((4,), axes=(0,), eps=0.1),
        case((3, 2), axes=(0,), eps=0.1), case((0, 3), axes=(1,), eps=0.1)),
    row("standardize_affine", case((3, 4), (4,), (4,), axes=(1,), eps=0.1),
        case((2, 2, 3), (1, 2, 1), (1, 2, 1), axes=(0, 2), eps=0.1), case((4,), (4,), (4,), axes=(0,), eps=0.1),
        case((0, 3), (3,), (3,), axes=(1,), eps=0.1)),
    row("mse_loss", *[case((2, 3), (2, 3), reduction=r) for r in ("mean", "sum", "none")], case((), ())),
    row("class_mask", case(whole(4)(3), classes=4)),
    row("cross_entropy", *[case((3, 4), whole(4)(3), reduction=r) for r in ("mean", "sum", "none")],
        function=_loss_and_logsumexp),
    binary("binary_cross_entropy", between(0.1, 0.9), between(0.1, 0.9)),
    binary("binary_cross_entropy_with_logits", nonzero, between(0.1, 0.9)),
]  # fmt: skip

ATTENTION = [
    row("attention", case((2, 3, 4), (2, 5, 4), (2, 5, 2), scale=0.5),
        case((2, 2, 3, 4), (2, 1, 3, 4), (1, 3, 4), scale=0.7, causal=True),
        case((3, 2), (2, 2), (2, 2), scale=1.0, keep=False),
        case((2, 4, 2), (2, 4, 2), (4, 2), scale=1.0, causal=True, keep=False),
        case((2, 3, 2), (0, 2), (0, 4), scale=1.0), case((0, 3, 2), (0, 2, 2), (0, 2, 1), scale=1.0, causal=True),
        case((2, 0, 2), (2, 3, 2), (2, 3, 4), scale=1.0)),
    row("masked_attention", case((2, 3, 4), (2, 5, 4), (2, 5, 2), truth(3, 5), scale=0.5),
        case((2, 2, 3, 4), (2, 1, 3, 4), (1, 3, 4), (2, 1, 1, 3), scale=0.7),
        case((3, 2), (2, 2), (2, 2), (3, 2), scale=1.0, keep=False),
        case((2, 3, 2), (2, 3, 2), (3, 2), truth(2, 1, 3), scale=1.0, keep=False),
        case((2, 3, 2), (0, 2), (0, 4), truth(3, 0), scale=1.0)),
]  # fmt: skip


RECURRENT = [
    row("lstm_cell", case((2, 8), (2, 2)), case((3, 1, 4), (3, 1, 1)), case((0, 8), (0, 2))),
    row("lstm_steps", case((3, 2, 8), (2, 2), (2, 2), (8, 2)), case((2, 1, 4), (1, 1), (1, 1), (4, 1), reverse=True),
        case((3, 0, 8), (0, 2), (0, 2), (8, 2))),
    row("gru_steps", case((3, 2, 6), (2, 2), (6, 2), (6,)), case((2, 1, 3), (1, 1), (3, 1), (3,), reverse=True),
        case((3, 0, 6), (0, 2), (6, 2), (6,))),
    row("rnn_steps", case((3, 2, 2), (2, 2), (2, 2)), case((2, 1, 3), (1, 3), (3, 3), reverse=True),
        case((2, 2, 2), (2, 2), (2, 2), nonlinearity="relu"), case((3, 0, 2), (0, 2), (2, 2))),
    row("alignment_scores", case((3, 2, 3), (2, 3)), function=lambda xp, *x: xp.exp(xp.alignment_scores(*x))),
]  # fmt: skip

# -- random numbers ------------------------------------------------------------------------------------------------------

RANDOM = [
    row("uniform_from_bits", case(words(4), count=5, digits=24), case(words(4), count=4, digits=53), orders=0,
        function=lambda xp, bits, **s: xp.uniform_from_bits(bits, dtype=_native(bits, _dtypes.float64), **s)),
    row("normal_from_bits", case(words(4), count=5, wide=False), case(words(4), count=4, wide=True), orders=0,
        function=lambda xp, bits, **s: xp.normal_from_bits(bits, dtype=_native(bits, _dtypes.float64), **s)),
    row("integers_from_bits", case(words(4), count=4, low=-3, span=10), orders=0,
        function=lambda xp, bits, **s: xp.integers_from_bits(bits, dtype=_native(bits, _dtypes.int64), **s)),
    row("mask_from_bits", case(words(4), count=7, threshold=2**31), orders=0),
    row("permutation_from_bits", case(words(4), count=4), orders=0,
        function=lambda xp, bits, **s: xp.permutation_from_bits(bits, dtype=_native(bits, _dtypes.int64), **s)),
    row("choices_from_uniform", case(positive(2, 3), between(0, 1)(2, 4), replacement=True),
        case(positive(2, 3), between(0, 1)(2, 3), replacement=False), orders=0),
]  # fmt: skip

ROWS: list[Row] = [
    *ARITHMETIC,
    *FOURIER,
    *ELEMENTWISE,
    *SPECIAL,
    *REDUCTIONS,
    *SHAPES,
    *SORTING,
    *INDEXING,
    *LINALG,
    *LAYERS,
    *ATTENTION,
    *RECURRENT,
    *RANDOM,
]
