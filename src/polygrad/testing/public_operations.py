"""The table of operations: functions that are composed of primitives, and expressions in Python's operators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import _functions, fft, linalg, special
from .._functions.creation import tensor
from ..nn import functional as F
from .table import (
    BOTH,
    Row,
    ascending,
    between,
    case,
    distinct,
    nonzero,
    positive,
    regular,
    row,
    truth,
    whole,
    with_zeros,
)

inf, nan = float("inf"), float("nan")


class _Polygrad:
    """The public functions, by name; `polygrad` itself is imported after this room."""

    linalg = linalg

    def __getattr__(self, name: str) -> Any:
        try:
            return _functions.public(name)
        except KeyError:
            raise AttributeError(name) from None


polygrad: Any = _Polygrad()
#: The modules whose functions have rows, by their public name.
MODULES: dict[str, Any] = {
    "polygrad": polygrad, "linalg": linalg, "fft": fft, "special": special, "nn.functional": F
}  # fmt: skip


def public(function: Callable, *cases: Any, name: str | None = None, **options: Any) -> Row:
    """A row for a function that users see."""
    return row(
        name or f"polygrad.{function.__name__}",
        *cases,
        function=lambda xp, *args, **kw: function(*args, **kw),
        **options,
    )


def written(name: str, function: Callable, *cases: Any, **options: Any) -> Row:
    """A row for an expression in Python."""
    return row(name, *cases, function=lambda xp, *args, **kw: function(*args, **kw), **options)


def _indexed(key: Callable) -> Callable:
    return lambda x, *indices: x[key(*indices)]


def assigned(x: Any, value: Any, *indices: Any, key: Callable) -> Any:
    """A copy of ``x`` with ``value`` at the key that ``key`` makes of ``indices``."""
    result = x * 1
    result[key(*indices)] = value
    return result


# -- compositions --------------------------------------------------------------------------------------------------------

OPERATORS = [
    written("x + 2", lambda x: x + 2, case((2, 3)), kinds=BOTH),
    written("2 - x", lambda x: 2 - x, case((2, 3)), kinds=BOTH),
    written("3 / x", lambda x: 3 / x, case(nonzero(2, 3)), kinds=BOTH),
    written("x / 3", lambda x: x / 3, case((2, 3)), kinds=BOTH),
    written("2 ** x", lambda x: 2**x, case((2, 3)), kinds=BOTH),
    written("x ** 3", lambda x: x**3, case((2, 3)), kinds=BOTH),
    written("x ** -0.5", lambda x: x**-0.5, case(positive(2, 3)), kinds=BOTH),
    written("x ** y", lambda x, y: x**y, case(positive(2, 3), (3,)), kinds=BOTH),
    written("7 % x", lambda x: 7 % x, case(between(1.6, 1.7)(3))),
    written("x % 2", lambda x: x % 2, case(between(0.1, 1.9)(3))),
    written("x // 2", lambda x: x // 2, case(between(0.1, 1.9)(3))),
    written("-x", lambda x: -x, case((3,)), kinds=BOTH),
    written("abs(x)", abs, case(nonzero(3)), kinds=BOTH),
    written("x @ y", lambda x, y: x @ y, case((2, 3), (3, 2)), kinds=BOTH),
    written("x += y", lambda x, y: (x * 1).__iadd__(y), case((2, 3), (3,)), kinds=BOTH),
    written("x *= y", lambda x, y: (x * 1).mul_(y), case((2, 3), (3,)), kinds=BOTH),
]

INDEXING = [
    written("x[i]", _indexed(lambda i: i), case((4, 2), whole(4)(3)), case((4,), whole(4)(2, 3)), kinds=BOTH),
    written("x[i, j]", _indexed(lambda i, j: (i, j)), case((3, 4), whole(3)(2, 1), whole(4)(3))),
    written("x[:, i]", _indexed(lambda i: (slice(None), i)), case((2, 4), whole(4)(3)), case((2, 4, 2), whole(4)(2, 2))),
    written("x[i, :, j]", _indexed(lambda i, j: (i, slice(None), j)), case((3, 2, 4), whole(3)(2), whole(4)(2))),
    written("x[mask]", _indexed(lambda m: m), case((2, 3), truth(2, 3)), case((2, 3), truth(2)), kinds=BOTH),
    written("x[1:, None, ..., -1]", lambda x: x[1:, None, ..., -1], case((3, 2, 4)), kinds=BOTH),
    written("x[::2, 1:3]", lambda x: x[::2, 1:3], case((4, 4))),
    written("x[0] = v", assigned, case((3, 2), (2,), key=lambda: 0), case((3, 2), (), key=lambda: (slice(1, 3), 0)), kinds=BOTH),
    written("x[i] = v", assigned, case((4, 2), (3, 2), whole(4)(3), key=lambda i: i), kinds=BOTH),
    written("x[mask] = v", assigned, case((2, 3), (), truth(2, 3), key=lambda m: m), kinds=BOTH),
    written("polygrad.gather", lambda x, i: polygrad.gather(x, 1, i), case((3, 4), whole(4)(3, 2)), kinds=BOTH),
    written("polygrad.scatter", lambda x, i, v: polygrad.scatter(x, 0, i, v), case((3, 4), whole(3)(1, 4), (1, 4)), kinds=BOTH),
    written("scatter_add", lambda x, i, v: polygrad.scatter_add(x, 0, i, v), case((3, 4), whole(3)(2, 4), (2, 4)), kinds=BOTH),
    written("index_select", lambda x, i: polygrad.index_select(x, 1, i), case((2, 4), whole(4)(3))),
    written("masked_fill", lambda x, m: polygrad.masked_fill(x, m, 2.0), case((2, 3), truth(2, 3))),
]  # fmt: skip

REDUCTIONS = [
    public(polygrad.std, case((2, 3)), case((2, 3), dim=1), case((4, 2), dim=0, correction=0)),
    public(polygrad.max, case(distinct(2, 3), dim=1), name="max along a dimension"),
    public(polygrad.min, case(distinct(2, 3), dim=0, keepdim=True), name="min along a dimension"),
    public(polygrad.amax, case(distinct(2, 3), dim=1), case(distinct(2, 3), dim=(0, 1))),
    public(polygrad.logsumexp, case((2, 3), dim=1), case((2, 3), dim=(0, 1), keepdim=True)),
    public(polygrad.norm, case((2, 3)), case((2, 3), dim=1), case(nonzero(2, 3), p=1), case(nonzero(2, 3), p=3, dim=0),
           case(distinct(2, 3), p=inf, dim=1), case(distinct(2, 3), p=-inf), case((2, 3), p="nuc"), kinds=("float64",)),
    public(polygrad.cumsum, case((2, 3), dim=1), kinds=BOTH),
    public(polygrad.var_mean, case((2, 3), dim=1)),
]  # fmt: skip

SHAPES = [
    public(polygrad.transpose, case((2, 3, 4), dim0=0, dim1=2), kinds=BOTH),
    public(polygrad.squeeze, case((2, 1, 3)), case((2, 1, 3), dim=1)),
    public(polygrad.unsqueeze, case((2, 3), dim=1)),
    public(polygrad.flatten, case((2, 3, 2), start_dim=1), case(())),
    public(polygrad.split, case((5, 2), split_size_or_sections=2), case((2, 4), split_size_or_sections=[1, 3], dim=1)),
    public(polygrad.roll, case((2, 3), shifts=1, dims=1)),
    written("polygrad.flip", lambda x: polygrad.flip(x, (0, 1)), case((2, 3))),
    written("polygrad.cat", lambda x, y: polygrad.cat([x, y, x], 1), case((2, 1), (2, 2)), kinds=BOTH),
    written("polygrad.stack", lambda x, y: polygrad.stack([x, y], -1), case((2, 2), (2, 2)), kinds=BOTH),
    written("polygrad.expand", lambda x: x.expand(4, -1, 3), case((2, 1))),
    written("F.pad", lambda x: F.pad(x, (1, 2)), case((2, 3))),
    public(polygrad.diagonal, case((3, 3)), case((2, 3, 4), offset=1, dim1=0, dim2=2), kinds=BOTH),
    public(polygrad.diag, case((3,)), case((3,), diagonal=1), case((3, 4), diagonal=-1), kinds=BOTH),
    public(polygrad.diag_embed, case((2, 3)), case((2, 3), offset=1, dim1=0, dim2=2)),
    public(polygrad.trace, case((3, 4)), kinds=BOTH),
    public(polygrad.tril, case((3, 3), diagonal=-1)),
    written("unfold", lambda x: x.unfold(1, 3, 2), case((2, 5)), case((2, 4, 2)), kinds=BOTH),
    written("as_strided", lambda x: x.mT.as_strided((2, 3), (1, 2), 1), case((3, 4)), kinds=BOTH),
    written("as_strided_scatter", lambda x, y: polygrad.as_strided_scatter(x, y, (2,), (2,), 1), case((5,), (2,))),
    public(polygrad.combinations, case((4,), r=2)),
]  # fmt: skip

EQUATIONS = {
    "ij,jk->ik": ((2, 3), (3, 2)), "bij,bjk": ((2, 2, 3), (2, 3, 2)), "ii->i": ((3, 3),), "ii": ((3, 3),),
    "...ij,...jk->...ik": ((2, 1, 2, 3), (3, 3, 2)), "i,i,i->": ((3,), (3,), (1,)), "bn,anm,bm->ba": ((2, 3), (4, 3, 2), (2, 2)),
    "ij->ji": ((2, 3),), "i,j->ij": ((2,), (3,)), "ijk,jil->kl": ((2, 3, 2), (3, 2, 2)), "iij,jk->k": ((2, 2, 3), (3, 2)),
}  # fmt: skip

LINALG = [
    *[
        written(f"einsum {equation}", lambda *x, equation=equation: polygrad.einsum(equation, *x), case(*shapes), kinds=BOTH)
        for equation, shapes in EQUATIONS.items()
    ],
    public(polygrad.mm, case((2, 3), (3, 2)), kinds=BOTH), public(polygrad.bmm, case((2, 2, 3), (2, 3, 2)), kinds=BOTH),
    public(polygrad.mv, case((2, 3), (3,)), kinds=BOTH), public(polygrad.dot, case((3,), (3,)), kinds=BOTH),
    public(polygrad.vdot, case((3,), (3,)), kinds=BOTH), public(polygrad.outer, case((2,), (3,)), kinds=BOTH),
    public(polygrad.inner, case((2, 3), (4, 3)), kinds=BOTH), public(polygrad.kron, case((2, 2), (3,)), kinds=BOTH),
    public(polygrad.addmm, case((2,), (3, 2), (2, 2), beta=0.5, alpha=2.0), kinds=BOTH),
    public(polygrad.baddbmm, case((2, 1, 2), (2, 3, 2), (2, 2, 2)), kinds=BOTH),
    public(polygrad.tensordot, case((2, 3, 2), (3, 2, 2), dims=2), case((2, 3), (4, 2), dims=([0], [1])), kinds=BOTH),
    public(polygrad.linalg.cross, case((2, 3), (3,)), case((3, 2), (3, 2), dim=0), kinds=BOTH),
    public(polygrad.linalg.vecdot, case((2, 3), (3,)), kinds=BOTH),
    public(polygrad.linalg.solve, case(regular(3, 3), (3,)), case(regular(2, 2, 2), (2, 2)), case(regular(2, 2), (3, 2), left=False),  # noqa: E501
           kinds=BOTH),
    public(polygrad.linalg.vector_norm, case((2, 3), dim=1), case(nonzero(4), ord=3.5), case(distinct(4), ord=inf)),
    public(polygrad.linalg.matrix_norm, *[case((3, 3), ord=p) for p in ("fro", "nuc", 2, 1, inf)], case((2, 3, 2), dim=(0, 2))),
    public(polygrad.linalg.matrix_power, case((2, 2), n=3), case(regular(2, 2), n=-2), case((2, 2), n=0), kinds=BOTH),
    public(polygrad.linalg.pinv, case((3, 2)), kinds=BOTH, loose=10),
    written("multi_dot", lambda *x: polygrad.linalg.multi_dot(x), case((2,), (2, 3), (3, 4), (4, 2)), kinds=BOTH),
    written("cholesky_solve", lambda b, a: polygrad.cholesky_solve(b, polygrad.linalg.cholesky(a @ a.mH)),
            case((3, 2), regular(3, 3)), kinds=BOTH, loose=10),
    written("lstsq", lambda a, b: polygrad.linalg.lstsq(a, b).solution, case((4, 2), (4, 1)), loose=10),
    written("logdet", lambda a: polygrad.logdet(a @ a.mT), case(regular(3, 3)), loose=10),
]  # fmt: skip

LAYERS = [
    public(F.softmax, case((2, 3), dim=-1), case((), dim=0)),
    public(F.log_softmax, case((2, 3), dim=0)),
    public(F.linear, case((2, 3), (4, 3), (4,)), case((2, 3), (4, 3))),
    public(F.mse_loss, case((2, 3), (2, 3))),
    written("F.layer_norm", lambda x, w, b: F.layer_norm(x, (3,), w, b, 0.1), case((4, 3), (3,), (3,))),
    written("F.batch_norm", lambda x, w, b: F.batch_norm(x, None, None, w, b, True, 0.1, 0.1), case((4, 2), (2,), (2,)),
            case((2, 2, 3, 2), (2,), (2,))),
    written("F.cross_entropy", lambda x, t: F.cross_entropy(x, t), case((3, 4), whole(4)(3)), case((2, 4, 3), whole(4)(2, 3))),
    written("F.conv2d", lambda x, w, b: F.conv2d(x, w, b, stride=2, padding=1), case((2, 2, 4, 3), (3, 2, 3, 3), (3,))),
    written("F.conv3d", lambda x, w, b: F.conv3d(x, w, b, stride=(2, 1, 1), padding=1, dilation=(1, 2, 1)),
            case((1, 2, 4, 3, 3), (2, 2, 2, 2, 3), (2,))),
    written("F.max_pool2d", lambda x: F.max_pool2d(x, 2), case(distinct(1, 2, 4, 4))),
    written("F.embedding", lambda i, w: F.embedding(i, w), case(whole(4)(2, 2), (4, 3))),
    written("dropout of 0", lambda x: F.dropout(x, 0.0), case((2, 3))),
]  # fmt: skip

STATISTICS = [
    public(polygrad.cov, case((2, 4)), case((3, 4), correction=0), case((4,)), kinds=BOTH),
    written("weighted cov", lambda x, w: polygrad.cov(x, aweights=w), case((2, 4), positive(4))),
    public(polygrad.corrcoef, case((2, 4)), loose=3),
    public(polygrad.nanmedian, case(distinct(2, 3)), case(distinct(2, 3), dim=1, keepdim=True)),
    public(polygrad.nanquantile, case(distinct(2, 4), q=0.3), case(distinct(3, 4), q=0.6, dim=1, interpolation="midpoint")),
    written("nanquantile of nan", lambda x: polygrad.nanquantile(polygrad.where(x > 1e9, nan, x), 0.3, 0), case(distinct(4, 2))),
    public(polygrad.mode, case(distinct(2, 3)), case(distinct(3, 2), dim=0, keepdim=True)),
    public(polygrad.logcumsumexp, case((2, 5), dim=1), case((3,), dim=0), kinds=BOTH, loose=3),
    public(polygrad.cumulative_trapezoid, case((2, 4)), case((2, 4), (4,)), case((3, 2), dx=0.5, dim=0)),
    public(polygrad.gradient, case((2, 4)), case((4,), spacing=0.5, edge_order=2), case((3, 4), dim=0)),
    written("gradient at points", lambda x, p: polygrad.gradient(x, spacing=(p,), dim=1, edge_order=2), case((2, 5), ascending(5))),
    public(polygrad.dist, case((2, 3), (3,)), case((3,), (3,), p=3)), public(polygrad.pdist, case((4, 2)), case((3, 2), p=3)),
    public(polygrad.renorm, case((2, 3), p=2, dim=0, maxnorm=0.5), case((2, 3), p=3, dim=1, maxnorm=9.0)),
    public(polygrad.logaddexp2, case((2, 3), (3,))),
    written("ldexp", lambda x: polygrad.ldexp(x, tensor([2, -1, 0], backend=x.backend)), case((2, 3))),
    written("frexp", lambda x: polygrad.frexp(x).mantissa, case(between(1.1, 1.9)(2, 3))),
    written("scatter_reduce of sums", lambda x, i, v: polygrad.scatter_reduce(x, 0, i, v, "sum"), case((3, 4), whole(3)(5, 4), (5, 4))),  # noqa: E501
    written("scatter_reduce of means", lambda x, i, v: polygrad.scatter_reduce(x, 1, i, v, "mean", include_self=False),
            case((3, 4), whole(4)(3, 5), (3, 5))),
    written("scatter_reduce of products", lambda x, i, v: polygrad.scatter_reduce(x, 0, i, v, "prod"),
            case((3, 2), whole(3)(5, 2), with_zeros(5, 2))),
    written("scatter_reduce of maxima", lambda x, i, v: polygrad.scatter_reduce(x, 0, i, v, "amax"),
            case((3, 2), whole(3)(5, 2), (5, 2))),
    written("index_reduce of minima", lambda x, i, v: polygrad.index_reduce(x, 1, i, v, "amin", include_self=False),
            case((2, 3), whole(3)(4), (2, 4))),
    written("put", lambda x, i, v: polygrad.put(x, i, v, True), case((2, 3), whole(6)(4), (4,))),
]  # fmt: skip

COMPOSITE_ROWS = [*OPERATORS, *INDEXING, *REDUCTIONS, *SHAPES, *LINALG, *LAYERS, *STATISTICS]
