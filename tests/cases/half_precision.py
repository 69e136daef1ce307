"""Operations that accumulate, with operands for which half precision fails: the table of ops/test_half_precision.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import polygrad
import polygrad.linalg
import polygrad.nn.functional as F
from polygrad._core.primitive import OPERATIONS as xp


class Case(NamedTuple):
    """A function, its operands, which primitives and public functions it is about, and how many last bits may differ."""

    function: Callable[..., Any]
    operands: Callable[[], list[np.ndarray]]
    primitives: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    bits: float = 1.5


CASES: dict[str, Case] = {}


def add(
    name: str, function: Callable, *operands: Any, primitives: str = "", functions: str = "", bits: float = 1.5
) -> None:
    """A case: operands are ``(random) -> array``, one generator for all of them."""

    def made() -> list[np.ndarray]:
        random = np.random.default_rng(0)
        return [np.asarray(one(random)) for one in operands]

    short = name.split()[0]
    CASES[name] = Case(function, made, tuple(primitives.split()), (short, *functions.split()), bits)


def near(*shape: int, size: float = 1.0) -> Callable:
    """Numbers from half of ``size`` to one and a half times it."""
    return lambda random: random.uniform(0.5 * size, 1.5 * size, shape)


def normal(*shape: int, size: float = 1.0) -> Callable:
    return lambda random: random.standard_normal(shape) * size


def same(*shape: int, value: float = 1.0) -> Callable:
    return lambda random: np.full(shape, value)


def whole(count: int, *shape: int) -> Callable:
    return lambda random: random.integers(0, count, shape)


def unit(*shape: int) -> Callable:
    return lambda random: random.uniform(0.05, 0.95, shape)


LONG = (5000, 3)

# -- reductions --------------------------------------------------------------------------------------------------------

add("sum", lambda x: (x.sum(0), x.sum(1), x.sum()), near(*LONG), primitives="sum")
add("sum strided", lambda x: (x.mT.sum(1), x[:, ::2].sum(0), x.sum((0, 1))), near(*LONG))
add("sum planes", lambda x: (x.sum((0, 2)), x.sum(2), x.sum((0, 1))), near(60, 3, 100))
add("mean", lambda x: (x.mean(), x.mean(0)), near(300, 300), primitives="mean")
add("mean large", lambda x: x.mean(), near(70000, size=30000))
add("var", lambda x: (x.var(), x.var(0)), near(70000, 1, size=100), primitives="var")
add("std", lambda x: (x.std(), x.std(1)), normal(4, 3000, size=1000), primitives="std")
add("cov", lambda x: polygrad.cov(x.mT), normal(*LONG, size=30))
add("corrcoef", lambda x: polygrad.corrcoef(x.mT), normal(*LONG, size=30))
add("var_mean", lambda x: polygrad.var_mean(x, 0), near(70000, 1, size=100))
add("std_mean", lambda x: polygrad.std_mean(x, 1), normal(4, 3000, size=1000))
add("amax", lambda x: x.amax(), same(70000), primitives="max", functions="max")
add("amin", lambda x: x.amin(), same(70000), primitives="min", functions="min")
add("prod", lambda x: (x.prod(0), x.prod(1)), same(1500, 2, value=1 + 2.0**-7), primitives="prod", bits=2)
add("logsumexp", lambda x: (x.logsumexp(0), x.logsumexp(1), x.logsumexp((0, 1))), normal(*LONG), primitives="logsumexp")
add("cumsum", lambda x: (x.cumsum(0), x.cumsum(1)), near(*LONG), primitives="cumulative_sum")
add("cumprod", lambda x: x.cumprod(0), same(1000, 2, value=1 + 2.0**-7), primitives="cumulative_prod", bits=2)
add("cummax", lambda x: x.cummax(0).values, same(5000, 2), primitives="running_extremum", functions="cummin")
add("nansum", lambda x: polygrad.nansum(x, 0), near(*LONG))
add("nanmean", lambda x: polygrad.nanmean(x, 0), near(70000, 1, size=200))
add("trapezoid", lambda x: polygrad.trapezoid(x, dim=0), near(*LONG), functions="trapz")
add("trace", polygrad.trace, near(3000, 3000))
add("softmax", lambda x: (x.softmax(0), x.softmax(1)), normal(*LONG), primitives="softmax", functions="softmin")
add("softmax sure", lambda x: x.softmax(1), normal(50, 3, size=6))
for activation in "gelu silu mish elu selu celu softplus logsigmoid hardsigmoid hardswish".split():
    add(
        activation, getattr(F, activation), normal(400, size=2),
        primitives=activation if activation in ("gelu", "silu", "elu", "softplus", "logsigmoid") else "",
        functions=f"{activation}_",
    )  # fmt: skip
add("gelu tanh", lambda x: F.gelu(x, "tanh"), normal(400, size=2))
add("glu", F.glu, normal(40, 20, size=2))
add("log_softmax", lambda x: (x.log_softmax(0), x.log_softmax(1)), normal(*LONG), primitives="log_softmax")

# -- products ----------------------------------------------------------------------------------------------------------

add("matmul", lambda x, y: x @ y, near(3, 5000), near(5000, 2), primitives="matmul", functions="mm")
add("matmul batched", lambda x, y: x @ y, near(20, 300, 3), near(3, 2))
add("dot", lambda x, y: x @ y, near(5000), near(5000), functions="vdot")
add("mv", lambda x, y: x.mv(y), near(2, 5000), near(5000))
add("bmm", lambda x, y: x.bmm(y), near(2, 3, 5000), near(2, 5000, 2))
add("einsum", lambda x, y: polygrad.einsum("ij,ik->jk", x, y), near(*LONG), near(5000, 2))
add("einsum sum", lambda x: polygrad.einsum("ij->j", x), near(*LONG))
add(
    "einsum three",
    lambda x, y, z: polygrad.einsum("ij,i,ik->jk", x, y, z),
    near(*LONG, size=0.1),
    near(5000),
    near(5000, 2),
)
add("tensordot", lambda x, y: polygrad.tensordot(x, y, ([0], [0])), near(*LONG), near(5000, 2))
add("inner", lambda x, y: polygrad.inner(x, y), near(2, 5000), near(3, 5000))
add("vecdot", lambda x, y: polygrad.linalg.vecdot(x, y), near(2, 5000), near(2, 5000))
add("multi_dot", lambda x, y, z: polygrad.linalg.multi_dot([x, y, z]), near(2, 900, size=0.1), near(900, 30), near(30, 2),
    functions="chain_matmul")  # fmt: skip
add("addmm", lambda x, y, z: polygrad.addmm(x, y, z), near(3, 2), near(3, 5000), near(5000, 2))
add("addmv", lambda x, y, z: polygrad.addmv(x, y, z), near(2), near(2, 5000), near(5000))
add("baddbmm", lambda x, y, z: polygrad.baddbmm(x, y, z), near(2, 3, 2), near(2, 3, 5000), near(2, 5000, 2))
add("addbmm", lambda x, y, z: polygrad.addbmm(x, y, z), near(3, 2), near(50, 3, 100), near(50, 100, 2))
add("matrix_power", lambda x: polygrad.linalg.matrix_power(x, 5), near(50, 50, size=0.05))
add("linear", lambda x, w, b: F.linear(x, w, b), near(5000, 2), near(3, 2), near(3), primitives="linear")
add("linear long", lambda x, w, b: F.linear(x, w, b), near(3, 5000), near(2, 5000), near(2))
add("linear without bias", lambda x, w: F.linear(x, w), near(5000, 2), near(3, 2), primitives="linear_without_bias")
add("bilinear", lambda x, y, w: F.bilinear(x, y, w), near(2, 80), near(2, 80), near(3, 80, 80))
add("conv2d", lambda x, w, b: F.conv2d(x, w, b), near(2, 300, 6, 6), near(2, 300, 3, 3), near(2), bits=2,
    primitives="conv2d conv2d_input_gradient conv2d_weight_gradient", functions="conv3d")  # fmt: skip
add("conv2d strided", lambda x, w: F.conv2d(x, w, stride=2, padding=1), near(20, 3, 20, 20), near(4, 3, 3, 3))
add("conv1d", lambda x, w: F.conv1d(x, w), near(30, 3, 200), near(2, 3, 5))
add(
    "conv_transpose2d",
    lambda x, w: F.conv_transpose2d(x, w),
    near(2, 300, 6, 6),
    near(300, 2, 3, 3),
    functions="conv_transpose1d conv_transpose3d",
)

# -- norms and distances -----------------------------------------------------------------------------------------------

add("vector_norm", lambda x: (polygrad.linalg.vector_norm(x), polygrad.linalg.vector_norm(x, dim=0)), normal(300, 300, size=100),
    primitives="power_norm", functions="norm")  # fmt: skip
add("vector_norm 1", lambda x: (x.norm(1, 0), x.norm(3, 0)), near(*LONG))
add(
    "matrix_norm",
    lambda x: (polygrad.linalg.matrix_norm(x), polygrad.linalg.matrix_norm(x, 1)),
    normal(5000, 5, size=3),
)
add("cdist", lambda x, y: polygrad.cdist(x, y), normal(3, 3000, size=200), normal(40, 3000, size=200))
add("dist", lambda x, y: (x - y).norm(), normal(3000, size=200), normal(3000, size=200), bits=2)
add("pairwise_distance", lambda x, y: F.pairwise_distance(x, y), normal(3, 3000, size=200), normal(3, 3000, size=200))
add("cosine_similarity", lambda x, y: F.cosine_similarity(x, y), near(3, 3000, size=300), near(3, 3000, size=300))
add("normalize", lambda x: F.normalize(x), near(3, 3000, size=3000))

# -- normalization -----------------------------------------------------------------------------------------------------

add("layer_norm", lambda x, w, b: F.layer_norm(x, (3000,), w, b), normal(4, 3000, size=1000), near(3000), near(3000),
    primitives="standardize_affine")  # fmt: skip
add("layer_norm rows", lambda x, w, b: F.layer_norm(x, (3,), w, b), normal(*LONG, size=1000), near(3), near(3))
add("layer_norm plain", lambda x: F.layer_norm(x, (3000,)), normal(4, 3000, size=1000), primitives="standardize")
add("rms_norm", lambda x, w: F.rms_norm(x, (3000,), w), normal(4, 3000, size=1000), near(3000))
add("rms_norm of small numbers", lambda x: F.rms_norm(x, (3000,), eps=None), normal(4, 3000, size=0.1))
add("group_norm", lambda x, w, b: F.group_norm(x, 2, w, b), normal(2, 4, 40, 40, size=1000), near(4), near(4))
add("batch_norm", lambda x, w, b: F.batch_norm(x, None, None, w, b, True), normal(*LONG, size=1000), near(3), near(3))
add("batch_norm plain", lambda x: F.batch_norm(x, None, None, training=True), normal(30, 3, 10, 10, size=1000))
add(
    "instance_norm",
    lambda x, w, b: F.instance_norm(x, None, None, w, b),
    normal(2, 3, 60, 60, size=1000),
    near(3),
    near(3),
)
add("local_response_norm", lambda x: F.local_response_norm(x, 5), normal(2, 8, 6, size=1000))

# -- pooling and resizing ----------------------------------------------------------------------------------------------

add(
    "avg_pool2d",
    lambda x: F.avg_pool2d(x, 4, 2),
    near(2, 3, 12, 12, size=30000),
    primitives="sum_pool sum_pool_gradient",
)
add("avg_pool2d large", lambda x: F.avg_pool2d(x, 60), near(1, 2, 60, 60))
add("avg_pool1d", lambda x: F.avg_pool1d(x, 3000), near(1, 2, 3000, size=100))
add("adaptive_avg_pool2d", lambda x: F.adaptive_avg_pool2d(x, 7), near(1, 2, 100, 100, size=1000))
add("adaptive_avg_pool1d", lambda x: F.adaptive_avg_pool1d(x, 1), near(1, 2, 5000, size=1000))
add("lp_pool2d", lambda x: F.lp_pool2d(x, 2, 30), near(1, 2, 60, 60, size=300))
add("lp_pool1d", lambda x: F.lp_pool1d(x, 2, 3000), near(1, 2, 3000, size=300))
add("max_pool2d", lambda x: F.max_pool2d(x, 7, 1, 3), same(1, 1, 20, 20), primitives="max_pool max_pool_gradient",
    functions="""max_pool1d adaptive_max_pool2d adaptive_max_pool1d max_pool3d adaptive_max_pool3d max_pool1d_with_indices
        max_pool2d_with_indices max_pool3d_with_indices adaptive_max_pool1d_with_indices adaptive_max_pool2d_with_indices
        adaptive_max_pool3d_with_indices fractional_max_pool2d fractional_max_pool3d fractional_max_pool2d_with_indices
        fractional_max_pool3d_with_indices max_unpool1d max_unpool2d max_unpool3d""")  # fmt: skip
add("avg_pool3d", lambda x: F.avg_pool3d(x, 10), near(1, 2, 10, 20, 10, size=100))
add("lp_pool3d", lambda x: F.lp_pool3d(x, 2, 10), near(1, 2, 10, 10, 20, size=100))
add("adaptive_avg_pool3d", lambda x: F.adaptive_avg_pool3d(x, (1, 3, 1)), near(1, 2, 20, 20, 10, size=100))
add("interpolate", lambda x: F.interpolate(x, scale_factor=40, mode="bilinear"), near(1, 1, 3, 3),
    functions="upsample upsample_nearest upsample_bilinear")  # fmt: skip
add("grid_sample", lambda x, grid: F.grid_sample(x, grid, align_corners=False), near(1, 2, 4, 4), unit(1, 50, 50, 2))
add("affine_grid", lambda theta: F.affine_grid(theta, (1, 1, 60, 60), align_corners=False), near(1, 2, 3))
add("interpolate nearest", lambda x: F.interpolate(x, scale_factor=60), near(1, 1, 3, 3))

# -- losses ------------------------------------------------------------------------------------------------------------

for _reduction in ("mean", "sum"):
    _big = (300, 300) if _reduction == "mean" else (300, 30)

    def _loss(name: str, function: Callable, *operands: Any, _r: str = _reduction, **options: Any) -> None:
        add(f"{name} {_r}", lambda *xs: function(*xs, reduction=_r), *operands, **options)

    _loss("mse_loss", F.mse_loss, near(*_big, size=2), near(*_big), primitives="mse_loss")
    _loss(
        "mse_loss weighted",
        lambda x, y, w, reduction: F.mse_loss(x, y, reduction, w),
        near(*_big),
        near(*_big),
        near(*_big),
    )
    _loss("l1_loss", F.l1_loss, near(*_big, size=2), near(*_big, size=0.1))
    _loss("smooth_l1_loss", F.smooth_l1_loss, normal(*_big), normal(*_big))
    _loss("huber_loss", F.huber_loss, normal(*_big), normal(*_big))
    _loss("binary_cross_entropy", F.binary_cross_entropy, unit(*_big), unit(*_big))
    _loss("binary_cross_entropy_with_logits", F.binary_cross_entropy_with_logits, normal(*_big), unit(*_big))
    _loss("kl_div", F.kl_div, normal(*_big), unit(*_big))
    _loss("poisson_nll_loss", F.poisson_nll_loss, unit(*_big), near(*_big, size=3))
    _loss("gaussian_nll_loss", F.gaussian_nll_loss, normal(*_big), normal(*_big), near(*_big))
    _loss("hinge_embedding_loss", lambda x, reduction: F.hinge_embedding_loss(x, x.detach().sign(), reduction=reduction),
          normal(*_big))  # fmt: skip
    _loss("margin_ranking_loss", lambda x, y, reduction: F.margin_ranking_loss(x, y, x.detach().sign(), reduction=reduction),
          normal(*_big), normal(*_big))  # fmt: skip
    _loss("soft_margin_loss", lambda x, reduction: F.soft_margin_loss(x, x.detach().sign(), reduction), normal(*_big))
    _loss(
        "triplet_margin_loss",
        F.triplet_margin_loss,
        normal(*_big, size=100),
        normal(*_big, size=100),
        normal(*_big, size=100),
    )
    _loss("cosine_embedding_loss", lambda x, y, reduction: F.cosine_embedding_loss(x, y, x[:, 0].detach() * 0 + 1, reduction=reduction),
          near(*_big, size=100), normal(*_big, size=100))  # fmt: skip
    _loss(
        "multi_margin_loss",
        lambda x, t, reduction: F.multi_margin_loss(x, t, reduction=reduction),
        normal(*_big),
        whole(30, 300),
    )
    _loss(
        "multilabel_margin_loss",
        lambda x, t, reduction: F.multilabel_margin_loss(x, t, reduction),
        normal(300, 9),
        whole(9, 300, 9),
    )
    _loss("multilabel_soft_margin_loss", lambda x, y, reduction: F.multilabel_soft_margin_loss(x, y, reduction=reduction),
          normal(*_big), unit(*_big))  # fmt: skip
    _loss(
        "triplet_margin_with_distance_loss",
        F.triplet_margin_with_distance_loss,
        normal(*_big, size=100),
        normal(*_big, size=100),
        normal(*_big, size=100),
    )
    _loss("ctc_loss", lambda x, reduction: F.ctc_loss(x, polygrad.tensor([[1, 2]], backend=x.backend), (300,), (2,),
                                                      reduction=reduction),
          normal(300, 1, 5), primitives="alignment_scores")  # fmt: skip
    _rows = 70000 if _reduction == "mean" else 9000
    _loss("cross_entropy", F.cross_entropy, normal(_rows, 3), whole(3, _rows), primitives="cross_entropy")
    _loss("cross_entropy weighted", lambda x, w, t, reduction: F.cross_entropy(x, t, w, reduction=reduction, label_smoothing=0.1),
          normal(_rows, 3), near(3), whole(3, _rows))  # fmt: skip
    _loss("cross_entropy ignoring", lambda x, t, reduction: F.cross_entropy(x, t, ignore_index=1, reduction=reduction),
          normal(_rows, 3), whole(3, _rows))  # fmt: skip
    _loss("cross_entropy probabilities", F.cross_entropy, normal(_rows, 3), unit(_rows, 3))
    _loss("nll_loss", F.nll_loss, normal(_rows, 3), whole(3, _rows))
add("mse_loss large", lambda x, y: F.mse_loss(x, y, "mean"), near(100, size=200), near(100, size=50))

# -- attention and recurrence ------------------------------------------------------------------------------------------

_qkv = [normal(1, 20, 8), normal(1, 3000, 8), near(1, 3000, 4)]
add("scaled_dot_product_attention", lambda q, k, v: F.scaled_dot_product_attention(q, k, v), *_qkv, primitives="attention",
    functions="multi_head_attention_forward")  # fmt: skip
add("scaled_dot_product_attention short", lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True),
    normal(2, 200, 8), normal(2, 200, 8), near(2, 200, 4))  # fmt: skip
add("scaled_dot_product_attention masked", lambda q, k, v, m: F.scaled_dot_product_attention(q, k, v, m), *_qkv, normal(20, 3000),
    primitives="masked_attention")  # fmt: skip
add("lstm_cell", lambda g, c: xp.lstm_cell(g, c)[:2], normal(4, 40), normal(4, 10), primitives="lstm_cell")
add("lstm_steps", lambda g, h, c, w: xp.lstm_steps(g, h, c, w)[:2], normal(6, 400, 8), normal(400, 2), normal(400, 2), normal(8, 2),
    primitives="lstm_steps")  # fmt: skip
add("gru_steps", lambda g, h, w, b: xp.gru_steps(g, h, w, b)[0], normal(6, 400, 6), normal(400, 2), normal(6, 2), normal(6),
    primitives="gru_steps")  # fmt: skip
add(
    "rnn_steps",
    lambda g, h, w: xp.rnn_steps(g, h, w),
    normal(6, 400, 2),
    normal(400, 2),
    normal(2, 2),
    primitives="rnn_steps",
)

# -- what adds up in places, and what was repeated ---------------------------------------------------------------------

add(
    "index_add",
    lambda x, i: polygrad.zeros(2, 3, dtype=x.dtype).index_add(0, i, x),
    near(*LONG),
    whole(2, 5000),
    primitives="index_add",
)
add(
    "index_add into many",
    lambda x, i: polygrad.zeros(9000, 2, dtype=x.dtype).index_add(0, i, x),
    near(5000, 2),
    whole(2, 5000),
)
add(
    "coo_matmul",
    lambda v, x, i, j: xp.coo_matmul(v, x, i, j, 2),
    near(5000),
    near(4, 3),
    whole(2, 5000),
    whole(4, 5000),
    primitives="coo_matmul",
)
add(
    "sampled_matmul",
    lambda x, y, i, j: xp.sampled_matmul(x, y, i, j),
    near(2, 5000),
    near(3, 5000),
    whole(2, 4),
    whole(3, 4),
    primitives="sampled_matmul",
)
add("scatter_add", lambda x, i: polygrad.zeros(2, 3, dtype=x.dtype).scatter_add(0, i, x), near(*LONG), whole(2, *LONG),
    primitives="add_along_axis")  # fmt: skip
add(
    "index_put",
    lambda x, i: polygrad.zeros(2, 3, dtype=x.dtype).index_put((i,), x, accumulate=True),
    near(*LONG),
    whole(2, 5000),
)
add("embedding", lambda w, i: F.embedding(i, w), near(3, 2), whole(3, 5000))
for _mode in ("sum", "mean", "max"):
    add(
        f"embedding_bag {_mode}",
        lambda w, i, _mode=_mode: F.embedding_bag(i, w, mode=_mode),
        near(3, 2),
        whole(3, 2, 3000),
    )
add("gather", lambda x, i: polygrad.gather(x, 0, i), near(4, 2), whole(4, 5000, 2), functions="take_along_dim")
add("index_select", lambda x, i: x.index_select(0, i), near(4, 2), whole(4, 5000), functions="take")
add("repeat_interleave", lambda x: x.repeat_interleave(2500, 0), near(4, 2))
add("expand", lambda x: x.expand(5000, 3), near(3), functions="broadcast_to")
add("repeat", lambda x: x.repeat(5000, 1), near(3), functions="tile")
add("add broadcast", lambda x, y: x + y, near(*LONG), near(3))
add("multiply broadcast", lambda x, y: x * y, near(*LONG), near(3), bits=2)
add("where broadcast", lambda x, y: polygrad.where(x > 1, y, 0.0), near(*LONG), near(3))
add("assigned", lambda x, y: polygrad.slice_scatter(x, y.expand(5000, 3)), near(*LONG), near(3))
add("pad replicated", lambda x: F.pad(x, (3000, 3000), mode="replicate"), near(1, 2, 3))

#: Rounded once by every backend's own kernels, or by its namespace, so that rules may use them on half precision.
ROUNDED_BY_KERNELS = {"sum", "index_add", "add_along_axis", "coo_matmul", "sampled_matmul"}
#: Without a derivative; and element-wise functions of several terms, which tests/functions/test_special.py compares.
NOT_IN_THE_TABLE = {"choices_from_uniform", "geqrf", "lu_factor", *"""
    bessel_j0 bessel_j1 bessel_quotient bessel_y0 bessel_y1 digamma entr erfc erfcx erfinv gaussian i0 i0e i1 i1e inverse_mills
    lgamma log_ndtr matrix_exp modified_bessel_k0 modified_bessel_k1 ndtr ndtri polygamma scaled_erfc_integral
    scaled_modified_bessel_k0 scaled_modified_bessel_k1 zeta""".split()}  # fmt: skip
_FACTORS = "no library factorizes matrices of half precision"
#: Primitives that name one that accumulates, and why they need not say so.
EXEMPT_PRIMITIVES = {
    **dict.fromkeys(
        "adjugate adjugate_derivative cholesky eig eigh eigvals eigvalsh inv pinv qr solve solve_triangular svd svdvals".split(),
        _FACTORS,
    ),
    **dict.fromkeys(["max_pool_indices", "max_pool_pick"], "the smallest of a few positions, which are integers"),
    "rows_of_pivots": "positions, which are integers",
}
#: Public functions that name one that accumulates, and why they are not in the table.
EXEMPT_FUNCTIONS = {
    **dict.fromkeys(
        "F.dropout F.dropout1d F.dropout2d F.dropout3d F.alpha_dropout F.feature_alpha_dropout rrelu rrelu_ F.rrelu F.rrelu_".split(),
        "a product of lengths",
    ),
    **dict.fromkeys(
        "dropout alpha_dropout bernoulli normal rand rand_like randint randint_like randn randn_like".split(),
        "a product of lengths",
    ),
    **dict.fromkeys(
        "bincount bucketize count_nonzero multinomial searchsorted unique unique_consecutive".split(), "counts"
    ),
    **dict.fromkeys("masked_scatter scatter".split(), "places, which are integers"),
    **dict.fromkeys(
        "median nanmedian nanquantile quantile mode index_reduce scatter_reduce put".split(),
        "it selects, or adds by index_add",
    ),
    **dict.fromkeys("fill unravel_index linalg.tensorinv linalg.tensorsolve".split(), "a product of lengths"),
    **dict.fromkeys(
        "blackman_window hamming_window hann_window kaiser_window".split(), "made in double precision and rounded once"
    ),
    **dict.fromkeys("sparse_coo_tensor sparse_csr_tensor".split(), "they store values"),
    "spmm": "it is mm",
    **dict.fromkeys("histc histogram histogramdd".split(), "counts, or weights that index_add adds"),
    **dict.fromkeys(
        """geqrf lu lu_unpack orgqr ormqr pca_lowrank svd_lowrank linalg.householder_product linalg.matrix_exp linalg.lu linalg.lu_factor linalg.lu_factor_ex matrix_exp""".split(),
        _FACTORS,
    ),
    **dict.fromkeys("mvlgamma polygamma sinc".split(), "element-wise: tests/functions/test_special.py"),
    **dict.fromkeys(
        "vander linalg.vander cumulative_trapezoid istft".split(), "one operation that accumulates, in the table"
    ),
    "nan_to_num": "the bounds of a data type",
    "F.gumbel_softmax": "random: its softmax is in the table",
    "F.one_hot": "of integers",
    **dict.fromkeys("linalg.lstsq linalg.matrix_rank linalg.cond".split(), _FACTORS),
}
