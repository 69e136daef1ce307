"""The table of operations: public functions that have no row of their primitive, each by its public name.

A row has one case or a few; `matrix` derives the others (broadcast, without dimensions, empty, complex) from it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import linalg, special
from .._functions.creation import tensor
from ..nn import functional as F
from .public_operations import MODULES, polygrad, written
from .table import Row, between, case, distinct, nonzero, positive, regular, row, signed, truth, whole

unit = between(0.15, 0.85)


def _named(module: str, names: str, *cases: Any, **options: Any) -> list[Row]:
    """A row for each of ``names`` of a module, with the same cases."""
    found = []
    for name in names.split():
        function = getattr(MODULES[module], name)
        found.append(
            row(f"{module}.{name}", *cases, function=lambda xp, *x, f=function, **named: f(*x, **named), **options)
        )
    return found


def _call(name: str, function: Callable[..., Any], *cases: Any, **options: Any) -> Row:
    """A row for the public function ``name``, called by ``function``."""
    return written(name, function, *cases, **options)


pg = polygrad


def _spd(x: Any) -> Any:
    return x @ x.mH + 0.5 * pg.eye(x.shape[-1], dtype=x.dtype, backend=x.backend)


def _symmetric(x: Any) -> Any:
    return x + x.mH


ELEMENTWISE = [
    *_named("polygrad", "celu deg2rad rad2deg exp2 frac logit nan_to_num positive real resolve_conj resolve_neg conj "
            "conj_physical clone rsqrt selu sinc round hardshrink", case(unit(2, 3))),
    _call("polygrad.angle", lambda x: pg.angle(x * (1 + 0.5j) if x.dtype.is_complex else x), case(positive(2, 3))),
    _call("polygrad.imag", lambda x: pg.imag(x + 0j), case((2, 3))),
    _call("polygrad.view_as_real", lambda x: pg.view_as_real(x + 0j), case((2, 3))),
    _call("polygrad.view_as_complex", lambda x: pg.view_as_complex(x), case((3, 2))),
    _call("polygrad.isreal", lambda x: pg.where(pg.isreal(x), x, 2 * x), case((2, 3))),
    *_named("polygrad", "add sub subtract div divide true_divide pow fmax fmin fmod xlogy float_power", case(unit(2, 3), positive(2, 3))),  # noqa: E501
    *_named("polygrad", "complex polar", case(unit(2, 3), positive(2, 3))),
    _call("polygrad.heaviside", lambda x, v: pg.heaviside(x.to(v.dtype), v), case(signed(2, 3), (2, 3))),
    *_named("polygrad", "addcdiv addcmul", case((2, 3), (2, 3), positive(2, 3), value=0.5)),
    *_named("polygrad", "lerp", case((2, 3), (2, 3), (2, 3))),
    *_named("polygrad", "clamp clip", case((2, 3), min=-0.4, max=0.6)),
    *_named("polygrad", "clamp_min clamp_max", case((2, 3), (2, 3))),
    _call("polygrad.where", lambda c, x, y: pg.where(c, x, y), case(truth(2, 3), (2, 3), (2, 3))),
    *_named("polygrad", "threshold", case(nonzero(2, 3), threshold=0.1, value=3.0)),
    _call("polygrad.polygamma", lambda x: pg.polygamma(1, x), case(positive(2, 3))),
    *_named("polygrad", "mvlgamma", case(between(2.5, 4)(2, 3), p=2)),
    _call("polygrad.prelu", lambda x, w: pg.prelu(x, w), case(nonzero(4, 3), (3,))),
]  # fmt: skip

REDUCTIONS = [
    *_named("polygrad", "sum mean prod var nansum nanmean std_mean median aminmax amin", case(distinct(3, 4)), case(distinct(3, 4), dim=1)),  # noqa: E501
    *_named("polygrad", "cummax cummin cumprod", case(distinct(3, 4), dim=1)),
    *_named("polygrad", "kthvalue topk", case(distinct(3, 4), k=2)),
    *_named("polygrad", "sort msort", case(distinct(3, 4))),
    *_named("polygrad", "quantile", case(distinct(3, 4), q=0.3, dim=1)),
    *_named("polygrad", "trapezoid trapz diff", case((3, 4))),
    *_named("polygrad", "unique", case(distinct(4))),
    *_named("polygrad", "unique_consecutive", case(distinct(4))),
]  # fmt: skip

SHAPES = [
    *_named("polygrad", "adjoint atleast_1d atleast_2d atleast_3d block_diag ravel fliplr flipud rot90 t triu unbind "
           "broadcast_tensors", case((3, 4))),
    *[
        _call(f"polygrad.{name}", lambda *x, name=name: getattr(pg, name)(x), case((2, 3), (2, 3)))
        for name in "vstack hstack dstack column_stack row_stack concat concatenate".split()
    ],
    *_named("polygrad", "diagflat", case((3,))), *_named("polygrad", "vander", case((3,))),
    *_named("polygrad", "cartesian_prod", case((3,), (2,))),
    _call("polygrad.meshgrid", lambda x, y: pg.meshgrid(x, y, indexing="ij"), case((3,), (2,))),
    _call("polygrad.chunk", lambda x: pg.chunk(x, 2, 1), case((2, 4))),
    _call("polygrad.tensor_split", lambda x: pg.tensor_split(x, 3, 1), case((2, 4))),
    _call("polygrad.hsplit", lambda x: pg.hsplit(x, 2), case((2, 4))),
    _call("polygrad.vsplit", lambda x: pg.vsplit(x, 2), case((2, 4))),
    _call("polygrad.dsplit", lambda x: pg.dsplit(x, 2), case((2, 3, 4))),
    _call("polygrad.repeat_interleave", lambda x: pg.repeat_interleave(x, 2, 1), case((2, 3))),
    _call("polygrad.tile", lambda x: pg.tile(x, (2, 1)), case((2, 3))),
    _call("polygrad.broadcast_to", lambda x: pg.broadcast_to(x, (4, 2, 3)), case((2, 3))),
    _call("polygrad.reshape", lambda x: pg.reshape(x, (-1,)), case((2, 3))),
    _call("polygrad.unflatten", lambda x: pg.unflatten(x, 1, (2, -1)), case((2, 4))),
    _call("polygrad.permute", lambda x: pg.permute(x, (1, 0)), case((2, 3))),
    _call("polygrad.permute_dims", lambda x: pg.permute_dims(x, (1, 0)), case((2, 3))),
    *[
        _call(f"polygrad.{name}", lambda x, name=name: getattr(pg, name)(x, 0, 1), case((2, 3)))
        for name in "swapaxes swapdims moveaxis movedim".split()
    ],
    _call("polygrad.narrow", lambda x: pg.narrow(x, 1, 1, 2), case((2, 4))),
    _call("polygrad.select", lambda x: pg.select(x, 1, 1), case((2, 4))),
    _call("polygrad.select_scatter", lambda x, y: pg.select_scatter(x, y, 1, 1), case((2, 4), (2,))),
    _call("polygrad.slice_scatter", lambda x, y: pg.slice_scatter(x, y, 1, 1, 3), case((2, 4), (2, 2))),
    _call("polygrad.diagonal_scatter", lambda x, y: pg.diagonal_scatter(x, y), case((3, 3), (3,))),
    _call("polygrad.take", lambda x, i: pg.take(x, i), case((2, 4), whole(8)(3))),
    _call("polygrad.take_along_dim", lambda x, i: pg.take_along_dim(x, i, 1), case((2, 4), whole(4)(2, 3))),
    _call("polygrad.index_add", lambda x, i, y: pg.index_add(x, 0, i, y), case((3, 2), whole(3)(4), (4, 2))),
    _call("polygrad.index_copy", lambda x, i, y: pg.index_copy(x, 0, i, y), case((3, 2), whole(3)(1), (1, 2))),
    _call("polygrad.index_fill", lambda x, i: pg.index_fill(x, 0, i, 2.0), case((3, 2), whole(3)(2))),
    _call("polygrad.index_put", lambda x, i, y: pg.index_put(x, (i,), y, True), case((3, 2), whole(3)(4), (4, 2))),
    _call("polygrad.masked_scatter", lambda x, y: pg.masked_scatter(
        x, tensor([True, False, True], backend=x.backend), y), case((2, 3), (6,))),
    _call("polygrad.masked_select", lambda x: pg.masked_select(x, x.detach() > 0), case(nonzero(6))),
    *_named("polygrad", "channel_shuffle", case((1, 4, 2, 2), groups=2)),
    *_named("polygrad", "pixel_shuffle", case((1, 4, 2, 2), upscale_factor=2)),
    *_named("polygrad", "pixel_unshuffle", case((1, 1, 4, 4), downscale_factor=2)),
]  # fmt: skip

PRODUCTS = [
    *_named("polygrad", "addmv", case((2,), (2, 3), (3,))), *_named("polygrad", "addr", case((2, 3), (2,), (3,))),
    *_named("polygrad", "addbmm", case((2, 2), (3, 2, 3), (3, 3, 2))), *_named("polygrad", "ger", case((2,), (3,))),
    *_named("polygrad", "chain_matmul", case((2, 3), (3, 4), (4, 2))), *_named("polygrad", "bilinear", case((2, 3), (2, 4), (2, 3, 4))),  # noqa: E501
    *_named("polygrad", "cdist", case((2, 3), (4, 3))),
    _call("linalg.matmul", lambda x, y: linalg.matmul(x, y), case((2, 3), (3, 2))),
]  # fmt: skip

LINALG = [
    _call("linalg.det", lambda x: linalg.det(x), case(regular(3, 3))), _call("linalg.inv", lambda x: linalg.inv(x), case(regular(3, 3))),  # noqa: E501
    _call("polygrad.inverse", lambda x: pg.inverse(x), case(regular(3, 3))),
    _call("linalg.slogdet", lambda x: linalg.slogdet(x)[1], case(regular(3, 3))),
    _call("linalg.cond", lambda x: linalg.cond(x), case(regular(3, 3))),
    _call("linalg.matrix_exp", lambda x: linalg.matrix_exp(x), case(regular(3, 3))),
    _call("linalg.cholesky", lambda x: linalg.cholesky(_spd(x)), case(regular(3, 3))),
    _call("polygrad.cholesky", lambda x: pg.cholesky(_spd(x)), case(regular(3, 3))),
    _call("polygrad.cholesky_inverse", lambda x: pg.cholesky_inverse(pg.tril(x)), case(regular(3, 3))),
    _call("linalg.eigh", lambda x: linalg.eigh(_symmetric(x))[0], case(regular(3, 3))),
    _call("linalg.eigvalsh", lambda x: linalg.eigvalsh(_symmetric(x)), case(regular(3, 3))),
    _call("linalg.eig", lambda x: pg.cos(linalg.eig(x)[0]).sum(), case(regular(3, 3))),
    _call("linalg.eigvals", lambda x: pg.cos(linalg.eigvals(x)).sum(), case(regular(3, 3))),
    _call("linalg.svd", lambda x: linalg.svd(x)[1], case((3, 2))), _call("linalg.svdvals", lambda x: linalg.svdvals(x), case((3, 2))),  # noqa: E501
    _call("linalg.qr", lambda x: pg.abs(linalg.qr(x)[1]), case(regular(3, 3))),
    _call("linalg.lu", lambda x: linalg.lu(x)[1:], case(regular(3, 3))),
    _call("polygrad.lu", lambda x: pg.lu(x)[0], case(regular(3, 3))),
    _call("linalg.lu_factor", lambda x: linalg.lu_factor(x)[0], case(regular(3, 3))),
    _call("linalg.lu_factor_ex", lambda x: linalg.lu_factor_ex(x)[0], case(regular(3, 3))),
    _call("linalg.lu_solve", lambda x, b: linalg.lu_solve(*linalg.lu_factor(x), b), case(regular(3, 3), (3, 2))),
    _call("polygrad.lu_solve", lambda x, b: pg.lu_solve(b, *linalg.lu_factor(x)), case(regular(3, 3), (3, 2))),
    _call("polygrad.lu_unpack", lambda x: pg.lu_unpack(*linalg.lu_factor(x))[1:], case(regular(3, 3))),
    _call("linalg.solve_triangular", lambda x, b: linalg.solve_triangular(x, b, upper=True), case(regular(3, 3), (3, 2))),
    _call("linalg.tensorinv", lambda x: linalg.tensorinv(x, ind=1), case(regular(4, 4))),
    _call("linalg.tensorsolve", lambda x, b: linalg.tensorsolve(x, b), case(regular(4, 4), (4,))),
    _call("linalg.vander", lambda x: linalg.vander(x), case((3,))),
    _call("linalg.householder_product", lambda x, t: linalg.householder_product(x, t), case((3, 2), unit(2))),
    _call("polygrad.pinverse", lambda x: pg.pinverse(x), case((3, 2))),
]  # fmt: skip

FOURIER = [
    *_named("fft", "fft fft2 fftn fftshift ifft ifft2 ifftn ifftshift ihfft ihfft2 ihfftn rfft rfft2 rfftn hfft hfft2 hfftn irfft irfft2 "  # noqa: E501
            "irfftn", case((3, 4))),
    _call("polygrad.stft", lambda x: pg.stft(x, 4, return_complex=True), case((12,))),
    _call("polygrad.istft", lambda x: pg.istft(pg.stft(x, 4, return_complex=True), 4), case((12,))),
]  # fmt: skip

SPECIAL = [
    *_named("special", "digamma erf erfc erfinv exp2 expit expm1 gammaln i0 log1p logit modified_bessel_i0 modified_bessel_i1 psi "
            "sinc spherical_bessel_j0 round", case(unit(2, 3))),
    *_named("special", "xlog1py xlogy", case(unit(2, 3), unit(2, 3))),
    _call("special.polygamma", lambda x: special.polygamma(1, x), case(positive(2, 3))),
    _call("special.multigammaln", lambda x: special.multigammaln(x, 2), case(between(2.5, 4)(2, 3))),
    *_named("special", "chebyshev_polynomial_t chebyshev_polynomial_u chebyshev_polynomial_v chebyshev_polynomial_w "
            "hermite_polynomial_h hermite_polynomial_he laguerre_polynomial_l legendre_polynomial_p "
            "shifted_chebyshev_polynomial_t shifted_chebyshev_polynomial_u shifted_chebyshev_polynomial_v "
            "shifted_chebyshev_polynomial_w", case(unit(2, 3), n=3)),
]  # fmt: skip

_TARGET = whole(4)(3)

NETWORKS = [
    *_named("nn.functional", "celu elu gelu hardshrink hardsigmoid hardswish hardtanh leaky_relu logsigmoid mish relu relu6 selu "
            "sigmoid silu softplus softshrink softsign tanh tanhshrink", case(nonzero(2, 3))),
    *_named("nn.functional", "normalize", case((2, 3))), *_named("nn.functional", "softmin", case((2, 3), dim=1)),
    *_named("nn.functional", "glu", case((2, 4))),
    *_named("nn.functional", "threshold", case(nonzero(2, 3), threshold=0.1, value=3.0)),
    _call("nn.functional.prelu", lambda x, w: F.prelu(x, w), case(nonzero(4, 3), (3,))),
    *_named("nn.functional", "huber_loss l1_loss smooth_l1_loss poisson_nll_loss", case(distinct(2, 3), unit(2, 3))),
    *_named("nn.functional", "binary_cross_entropy", case(unit(2, 3), unit(2, 3))),
    *_named("nn.functional", "binary_cross_entropy_with_logits kl_div cosine_similarity pairwise_distance", case((2, 3), unit(2, 3))),  # noqa: E501
    *_named("nn.functional", "gaussian_nll_loss", case((2, 3), (2, 3), positive(2, 3))),
    *_named("nn.functional", "triplet_margin_loss", case((2, 3), (2, 3), (2, 3), margin=3.0)),
    _call("nn.functional.margin_ranking_loss", lambda x, y: F.margin_ranking_loss(x, y, pg.sign(y.detach()), margin=1.0),
          case((4,), nonzero(4))),
    _call("nn.functional.hinge_embedding_loss", lambda x: F.hinge_embedding_loss(x, pg.sign(x.detach()), margin=1.0), case(nonzero(4))),  # noqa: E501
    _call("nn.functional.soft_margin_loss", lambda x, y: F.soft_margin_loss(x, pg.sign(y.detach())), case((4,), nonzero(4))),
    _call("nn.functional.cosine_embedding_loss", lambda x, y: F.cosine_embedding_loss(
        x, y, tensor([1.0, -1.0], dtype=x.dtype, backend=x.backend)), case((2, 3), (2, 3))),
    _call("nn.functional.nll_loss", lambda x, t: F.nll_loss(x, t), case((3, 4), _TARGET)),
    *_named("nn.functional", "instance_norm", case((2, 3, 4))),
    _call("nn.functional.group_norm", lambda x, w, b: F.group_norm(x, 2, w, b), case((2, 4, 3), (4,), (4,))),
    _call("nn.functional.rms_norm", lambda x, w: F.rms_norm(x, (3,), w), case((2, 3), (3,))),
    *_named("nn.functional", "local_response_norm", case((2, 4, 3), size=2)),
    *_named("nn.functional", "bilinear", case((2, 3), (2, 4), (2, 3, 4))),
    *_named("nn.functional", "conv1d", case((2, 2, 5), (3, 2, 3), (3,))),
    *_named("nn.functional", "conv_transpose1d", case((2, 2, 4), (2, 3, 3), (3,))),
    *_named("nn.functional", "conv_transpose2d", case((1, 2, 3, 3), (2, 2, 2, 3), (2,))),
    *_named("nn.functional", "avg_pool1d max_pool1d", case(distinct(1, 2, 6), kernel_size=2)),
    *_named("nn.functional", "avg_pool2d", case((1, 2, 4, 4), kernel_size=2)),
    *_named("nn.functional", "lp_pool1d", case(positive(1, 2, 6), norm_type=2.0, kernel_size=2)),
    *_named("nn.functional", "lp_pool2d", case(positive(1, 2, 4, 4), norm_type=2.0, kernel_size=2)),
    *_named("nn.functional", "adaptive_avg_pool1d adaptive_max_pool1d", case(distinct(1, 2, 6), output_size=2)),
    *_named("nn.functional", "adaptive_avg_pool2d adaptive_max_pool2d", case(distinct(1, 2, 4, 4), output_size=2)),
    *_named("nn.functional", "interpolate upsample", case((1, 1, 3, 3), scale_factor=2, mode="bilinear", align_corners=True)),
    *_named("nn.functional", "fold", case((1, 4, 4), output_size=(3, 3), kernel_size=(2, 2))),
    *_named("nn.functional", "unfold", case((1, 1, 3, 3), kernel_size=(2, 2))),
    *_named("nn.functional", "channel_shuffle", case((1, 4, 2, 2), groups=2)),
    *_named("nn.functional", "pixel_shuffle", case((1, 4, 2, 2), upscale_factor=2)),
    *_named("nn.functional", "pixel_unshuffle", case((1, 1, 4, 4), downscale_factor=2)),
    *_named("nn.functional", "scaled_dot_product_attention", case((2, 3, 4), (2, 5, 4), (2, 5, 4))),
]  # fmt: skip

PUBLIC_ROWS: list[Row] = [
    *ELEMENTWISE, *REDUCTIONS, *SHAPES, *PRODUCTS, *LINALG, *FOURIER, *SPECIAL, *NETWORKS,
]  # fmt: skip
