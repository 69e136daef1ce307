"""The mathematics of layers as a table: functions of a namespace and tensors, and their operands.

Tests run each function on `polygrad.nn.functional` and compare it with the result on `torch.nn.functional`.
"""

from __future__ import annotations

import importlib

import numpy as np

import polygrad


def numbers(*shape, seed=0, low=-2.0, high=2.0):
    """Irregular floating-point values, no two of them close, and none close to an integer."""
    count = int(np.prod(shape))
    spread = np.linspace(low, high, count + 2)[1:-1] + 0.017 + 0.011 * seed
    return np.random.default_rng(seed + count).permutation(spread).reshape(shape)


LABELS = np.array([2, 0, 3, 3])
IMAGE, KERNEL = numbers(2, 4, 6, 5), numbers(6, 2, 3, 2, seed=1)
SEGMENTS = np.array([[0, 2, 1], [2, 2, 0]])
MEANS, VARIANCES, WEIGHTS = np.array([0.3, -1.1]), np.array([0.7, 1.9]), np.array([0.5, 2.0, 1.0, 0.25, 1.5])
SIGNS = np.array([[1.0, -1.0, 1.0], [-1.0, -1.0, 1.0]])
SAMPLES = np.array([[[0.3, 0.8, 0.1], [0.6, 0.2, 0.9]]])
BAGS = np.array([1, 3, 4, 3, 1, 0, 2])

CASES = {
    # -- convolution
    "conv2d": (lambda F, x, w, b: F.conv2d(x, w, b), numbers(2, 3, 5, 4), numbers(4, 3, 3, 2), numbers(4)),
    "conv2d settings": (lambda F, x, w: F.conv2d(x, w, None, (2, 1), (1, 2), (1, 2), 2), IMAGE, KERNEL),
    "conv2d left over": (lambda F, x, w: F.conv2d(x, w, stride=2), numbers(1, 2, 6, 6), numbers(3, 2, 3, 3)),
    "conv2d depthwise": (lambda F, x, w: F.conv2d(x, w, padding=1, groups=3), numbers(2, 3, 4, 4), numbers(6, 1, 3, 3)),
    "conv2d channel by channel": (
        lambda F, x, w: F.conv2d(x, w, None, (2, 1), 1, (1, 2), 3),
        numbers(2, 3, 5, 6),
        numbers(3, 1, 3, 2),
    ),
    "conv2d channel by channel, wide": (
        lambda F, x, w: F.conv2d(x, w, None, 1, (1, 2), (2, 1), 2),
        numbers(2, 2, 4, 34),
        numbers(2, 1, 2, 9),
    ),
    "conv2d pointwise": (lambda F, x, w: F.conv2d(x, w), numbers(2, 3, 4, 4), numbers(5, 3, 1, 1)),
    "conv2d same": (
        lambda F, x, w: F.conv2d(x, w, padding="same", dilation=(1, 2)),
        numbers(1, 2, 5, 5),
        numbers(3, 2, 2, 3),
    ),
    "conv2d wide padding": (lambda F, x, w: F.conv2d(x, w, padding=3), numbers(1, 2, 3, 3), numbers(3, 2, 2, 2)),
    "conv2d unbatched": (lambda F, x, w: F.conv2d(x, w), numbers(3, 5, 5), numbers(2, 3, 2, 2)),
    "conv1d": (lambda F, x, w, b: F.conv1d(x, w, b, 2, 1, 2, 2), numbers(2, 4, 9), numbers(6, 2, 3), numbers(6)),
    "conv_transpose2d": (
        lambda F, x, w, b: F.conv_transpose2d(x, w, b, (2, 3), 1, (1, 2), 2),
        numbers(2, 4, 3, 3),
        numbers(4, 3, 3, 2),
        numbers(6),
    ),
    "conv_transpose2d dilation": (
        lambda F, x, w: F.conv_transpose2d(x, w, stride=1, output_padding=1, dilation=2),
        numbers(1, 2, 3, 3),
        numbers(2, 3, 2, 2),
    ),
    "conv_transpose1d": (lambda F, x, w: F.conv_transpose1d(x, w, stride=2), numbers(2, 3, 4), numbers(3, 2, 3)),
    "conv_transpose3d": (
        lambda F, x, w, b: F.conv_transpose3d(x, w, b, (2, 1, 1), (1, 0, 1), (1, 0, 0), 2, (1, 2, 1)),
        numbers(1, 2, 2, 3, 2),
        numbers(2, 1, 2, 2, 3),
        numbers(2),
    ),
    "unfold": (lambda F, x: F.unfold(x, (2, 3), (2, 1), (1, 0), (1, 2)), numbers(2, 3, 5, 6)),
    "fold": (lambda F, x: F.fold(x, (4, 5), (2, 2)), numbers(2, 8, 12)),
    # -- pooling
    "max_pool2d": (lambda F, x: F.max_pool2d(x, 2), numbers(2, 3, 6, 5)),
    "max_pool2d settings": (lambda F, x: F.max_pool2d(x, (3, 2), (2, 1), (1, 1), (1, 2)), numbers(2, 2, 6, 7)),
    "max_pool2d ceil": (lambda F, x: F.max_pool2d(x, 3, 2, 1, ceil_mode=True), numbers(1, 2, 6, 7)),
    "max_pool2d indices": (lambda F, x: F.max_pool2d(x, 3, 2, 1, 1, True, return_indices=True), numbers(1, 2, 6, 7)),
    "max_pool1d": (lambda F, x: F.max_pool1d(x, 3, 2, 1), numbers(2, 3, 8)),
    "avg_pool2d": (lambda F, x: F.avg_pool2d(x, (2, 3), padding=(1, 0)), numbers(2, 3, 6, 5)),
    "avg_pool2d ceil": (lambda F, x: F.avg_pool2d(x, 3, 2, 1, True, True), numbers(1, 2, 6, 7)),
    "avg_pool2d counted": (lambda F, x: F.avg_pool2d(x, 3, 2, 1, True, False), numbers(1, 2, 6, 7)),
    "avg_pool2d divisor": (lambda F, x: F.avg_pool2d(x, 2, divisor_override=3), numbers(1, 2, 4, 4)),
    "avg_pool1d": (lambda F, x: F.avg_pool1d(x, 3, 2, 1), numbers(2, 3, 8)),
    "lp_pool2d": (lambda F, x: F.lp_pool2d(x, 2.0, 2), numbers(1, 2, 4, 4)),
    "adaptive_avg_pool2d": (lambda F, x: F.adaptive_avg_pool2d(x, (3, 2)), numbers(2, 2, 5, 6)),
    "adaptive_avg_pool2d global": (lambda F, x: F.adaptive_avg_pool2d(x, 1), numbers(2, 3, 4, 5)),
    "adaptive_avg_pool1d": (lambda F, x: F.adaptive_avg_pool1d(x, 3), numbers(2, 2, 7)),
    "adaptive_max_pool2d": (lambda F, x: F.adaptive_max_pool2d(x, (3, None)), numbers(2, 2, 5, 4)),
    "adaptive_max_pool1d": (lambda F, x: F.adaptive_max_pool1d(x, 3), numbers(2, 2, 7)),
    "max_pool3d": (
        lambda F, x: F.max_pool3d(x, (2, 3, 2), (1, 2, 2), (1, 1, 0), (1, 1, 2), return_indices=True),
        numbers(1, 2, 3, 4, 4),
    ),
    "max_pool3d ceil": (lambda F, x: F.max_pool3d(x, 2, ceil_mode=True), numbers(2, 3, 3, 4)),
    "avg_pool3d": (lambda F, x: F.avg_pool3d(x, 2, 1, 1, False, False), numbers(1, 2, 2, 3, 2)),
    "avg_pool3d divisor": (lambda F, x: F.avg_pool3d(x, (1, 2, 2), divisor_override=3), numbers(2, 2, 2, 4)),
    "lp_pool3d": (lambda F, x: F.lp_pool3d(x, 2.0, (1, 2, 2)), numbers(1, 2, 2, 4)),
    "adaptive_avg_pool3d": (lambda F, x: F.adaptive_avg_pool3d(x, (2, 3, None)), numbers(1, 2, 3, 4, 2)),
    "adaptive_max_pool3d": (
        lambda F, x: F.adaptive_max_pool3d_with_indices(x, (2, 3, None)),
        numbers(1, 2, 3, 4, 2),
    ),
    "adaptive_max_pool2d indices": (lambda F, x: F.adaptive_max_pool2d_with_indices(x, (3, 2)), numbers(2, 2, 5, 4)),
    "adaptive_max_pool1d indices": (lambda F, x: F.adaptive_max_pool1d_with_indices(x, 3), numbers(2, 2, 7)),
    "max_unpool1d": (lambda F, x: F.max_unpool1d(*F.max_pool1d_with_indices(x, 2), 2), numbers(2, 2, 6)),
    "max_unpool2d": (
        lambda F, x: F.max_unpool2d(*F.max_pool2d_with_indices(x, 2), 2, output_size=x.shape),
        numbers(2, 3, 4, 5),
    ),
    "max_unpool3d": (lambda F, x: F.max_unpool3d(*F.max_pool3d_with_indices(x, 2), 2), numbers(1, 2, 2, 4)),
    "fractional_max_pool2d": (
        lambda F, x: F.fractional_max_pool2d_with_indices(x, 2, (3, 2), _random_samples=like(x, SAMPLES[..., 1:])),
        numbers(1, 2, 6, 5),
    ),
    "fractional_max_pool3d": (
        lambda F, x: F.fractional_max_pool3d_with_indices(x, 2, (1, 2, 2), _random_samples=like(x, SAMPLES)),
        numbers(1, 2, 3, 4, 5),
    ),
    # -- linear maps
    "linear": (lambda F, x, w, b: F.linear(x, w, b), numbers(4, 3), numbers(2, 3), numbers(2)),
    "linear deep": (lambda F, x, w, b: F.linear(x, w, b), numbers(2, 3, 4), numbers(5, 4), numbers(5)),
    "linear vector": (lambda F, x, w: F.linear(x, w), numbers(4), numbers(3, 4)),
    "linear without bias": (lambda F, x, w: F.linear(x, w), numbers(2, 2, 4), numbers(3, 4)),
    "bilinear": (
        lambda F, x, y, w, b: F.bilinear(x, y, w, b),
        numbers(2, 3, 4),
        numbers(2, 3, 5),
        numbers(2, 4, 5),
        numbers(2),
    ),
    "embedding": (lambda F, w: F.embedding(_index(F, [[1, 3, 1], [0, 4, 3]]), w), numbers(5, 3)),
    "embedding padding": (lambda F, w: F.embedding(_index(F, [[1, 3, 1], [0, 4, 3]]), w, padding_idx=1), numbers(5, 3)),
    **{
        f"embedding_bag {mode}": (
            lambda F, w, mode=mode: F.embedding_bag(
                _index(F, BAGS), w, _index(F, [0, 2, 2, 5]), mode=mode, padding_idx=3
            ),
            numbers(5, 3),
        )
        for mode in ("sum", "mean", "max")
    },
    "embedding_bag matrix": (lambda F, w: F.embedding_bag(_index(F, [[1, 3, 1], [0, 4, 3]]), w), numbers(5, 3)),
    "embedding_bag weighted": (
        lambda F, w, factors: F.embedding_bag(
            _index(F, BAGS), w, _index(F, [0, 4, 7]), mode="sum", per_sample_weights=factors, include_last_offset=True
        ),
        numbers(5, 3),
        numbers(7),
    ),
    # -- activation functions
    "relu": (lambda F, x: F.relu(x), numbers(3, 4)),
    "gelu": (lambda F, x: F.gelu(x), numbers(3, 8, low=-6, high=6)),
    "gelu tanh": (lambda F, x: F.gelu(x, approximate="tanh"), numbers(3, 8, low=-6, high=6)),
    "silu": (lambda F, x: F.silu(x), numbers(3, 4, low=-9, high=9)),
    "mish": (lambda F, x: F.mish(x), numbers(3, 4)),
    "softplus": (lambda F, x: F.softplus(x, 2.0, 3.0), numbers(3, 5, low=-4, high=4)),
    "logsigmoid": (lambda F, x: F.logsigmoid(x), numbers(3, 4, low=-30, high=30)),
    "elu": (lambda F, x: F.elu(x, 1.5), numbers(3, 4)),
    "celu": (lambda F, x: F.celu(x, 1.5), numbers(3, 4)),
    "selu": (lambda F, x: F.selu(x), numbers(3, 4)),
    "leaky_relu": (lambda F, x: F.leaky_relu(x, 0.2), numbers(3, 4)),
    "prelu": (lambda F, x, w: F.prelu(x, w), numbers(2, 3, 4), numbers(3)),
    "hardtanh": (lambda F, x: F.hardtanh(x, -0.5, 1.25), numbers(3, 4)),
    "relu6": (lambda F, x: F.relu6(x), numbers(3, 4, low=-8, high=9)),
    "hardsigmoid": (lambda F, x: F.hardsigmoid(x), numbers(3, 4, low=-6, high=6)),
    "hardswish": (lambda F, x: F.hardswish(x), numbers(3, 4, low=-6, high=6)),
    "threshold": (lambda F, x: F.threshold(x, 0.5, 20.0), numbers(3, 4)),
    "rrelu": (lambda F, x: F.rrelu(x), numbers(3, 4)),
    "softsign": (lambda F, x: F.softsign(x), numbers(3, 4)),
    "tanhshrink": (lambda F, x: F.tanhshrink(x), numbers(3, 4)),
    "hardshrink": (lambda F, x: F.hardshrink(x, 0.7), numbers(3, 4)),
    "softshrink": (lambda F, x: F.softshrink(x, 0.7), numbers(3, 4)),
    "glu": (lambda F, x: F.glu(x, 1), numbers(3, 4)),
    "softmax": (lambda F, x: F.softmax(x, 1), numbers(2, 3, 4)),
    "softmin": (lambda F, x: F.softmin(x, dim=-1), numbers(2, 3)),
    "log_softmax": (lambda F, x: F.log_softmax(x, -1), numbers(2, 3, 4)),
    # -- normalization
    "layer_norm": (
        lambda F, x, w, b: F.layer_norm(x, (3, 4), w, b),
        numbers(2, 3, 4),
        numbers(3, 4),
        numbers(3, 4, seed=1),
    ),
    "layer_norm plain": (lambda F, x: F.layer_norm(x, (4,)), numbers(2, 3, 4)),
    "layer_norm weight": (lambda F, x, w: F.layer_norm(x, (4,), w), numbers(2, 3, 4), numbers(4)),
    "rms_norm": (lambda F, x, w: F.rms_norm(x, (4,), w, 1e-5), numbers(2, 3, 4), numbers(4)),
    "batch_norm": (
        lambda F, x, w, b: F.batch_norm(x, None, None, w, b, True),
        numbers(3, 2, 2, 2),
        numbers(2),
        numbers(2, seed=1),
    ),
    "batch_norm rows": (
        lambda F, x, w, b: F.batch_norm(x, None, None, w, b, True),
        numbers(4, 3),
        numbers(3),
        numbers(3, seed=1),
    ),
    "batch_norm plain": (lambda F, x: F.batch_norm(x, None, None, training=True), numbers(3, 2, 4)),
    "batch_norm running": (
        lambda F, x, w, b: F.batch_norm(x, like(x, MEANS), like(x, VARIANCES), w, b),
        numbers(3, 2, 4),
        numbers(2),
        numbers(2, seed=1),
    ),
    "group_norm": (lambda F, x, w, b: F.group_norm(x, 2, w, b), numbers(2, 4, 3), numbers(4), numbers(4, seed=1)),
    "instance_norm": (
        lambda F, x, w, b: F.instance_norm(x, weight=w, bias=b),
        numbers(2, 3, 2, 2),
        numbers(3),
        numbers(3, seed=1),
    ),
    "local_response_norm": (lambda F, x: F.local_response_norm(x, 3, 0.5, 0.75, 2.0), numbers(2, 5, 2)),
    "normalize": (lambda F, x: F.normalize(x, dim=1), numbers(2, 3, 2)),
    # -- losses
    "mse_loss": (lambda F, x, y: F.mse_loss(x, y), numbers(3, 4), numbers(3, 4, seed=1)),
    "mse_loss sum": (lambda F, x, y: F.mse_loss(x, y, reduction="sum"), numbers(3, 4), numbers(3, 4, seed=1)),
    "mse_loss none": (lambda F, x, y: F.mse_loss(x, y, reduction="none"), numbers(3, 4), numbers(3, 4, seed=1)),
    "l1_loss": (lambda F, x, y: F.l1_loss(x, y), numbers(3, 4), numbers(3, 4, seed=1)),
    "smooth_l1_loss": (lambda F, x, y: F.smooth_l1_loss(x, y, beta=0.7), numbers(3, 4), numbers(3, 4, seed=1)),
    "huber_loss": (lambda F, x, y: F.huber_loss(x, y, delta=0.7), numbers(3, 4), numbers(3, 4, seed=1)),
    "cross_entropy": (lambda F, x: F.cross_entropy(x, _index(F, LABELS)), numbers(4, 5)),
    "cross_entropy sum": (lambda F, x: F.cross_entropy(x, _index(F, LABELS), reduction="sum"), numbers(4, 5)),
    "cross_entropy none": (lambda F, x: F.cross_entropy(x, _index(F, LABELS), reduction="none"), numbers(4, 5)),
    "cross_entropy ignored": (lambda F, x: F.cross_entropy(x, _index(F, LABELS), ignore_index=3), numbers(4, 5)),
    "cross_entropy weight": (lambda F, x: F.cross_entropy(x, _index(F, LABELS), like(x, WEIGHTS)), numbers(4, 5)),
    "cross_entropy all": (
        lambda F, x: F.cross_entropy(x, _index(F, LABELS), like(x, WEIGHTS), ignore_index=0, label_smoothing=0.2),
        numbers(4, 5),
    ),
    "cross_entropy smooth none": (
        lambda F, x: F.cross_entropy(x, _index(F, LABELS), reduction="none", label_smoothing=0.2),
        numbers(4, 5),
    ),
    "cross_entropy images": (
        lambda F, x: F.cross_entropy(x, _index(F, SEGMENTS), ignore_index=1, reduction="none"),
        numbers(2, 3, 3),
    ),
    "cross_entropy one": (lambda F, x: F.cross_entropy(x, _index(F, 2)), numbers(4)),
    "cross_entropy probabilities": (
        lambda F, x, y: F.cross_entropy(x, y, label_smoothing=0.1),
        numbers(3, 4),
        numbers(3, 4, low=0.1, high=1.0),
    ),
    "nll_loss": (lambda F, x: F.nll_loss(x, _index(F, LABELS), like(x, WEIGHTS), ignore_index=0), numbers(4, 5)),
    "nll_loss images": (lambda F, x: F.nll_loss(x, _index(F, SEGMENTS), reduction="none"), numbers(2, 3, 3)),
    "binary_cross_entropy": (
        lambda F, x, y: F.binary_cross_entropy(x, y, like(x, WEIGHTS)),
        numbers(3, 5, low=0.05, high=0.9),
        numbers(3, 5, low=0.05, high=0.9, seed=1),
    ),
    "binary_cross_entropy_with_logits": (
        lambda F, x, y: F.binary_cross_entropy_with_logits(x, y, pos_weight=like(x, WEIGHTS)),
        numbers(3, 5, low=-9, high=9),
        numbers(3, 5, low=0.05, high=0.9),
    ),
    "kl_div": (lambda F, x, y: F.kl_div(x, y, reduction="batchmean"), numbers(3, 4), numbers(3, 4, low=0.05, high=0.9)),
    "kl_div logarithms": (
        lambda F, x, y: F.kl_div(x, y, reduction="sum", log_target=True),
        numbers(3, 4),
        numbers(3, 4, seed=1),
    ),
    "poisson_nll_loss": (
        lambda F, x, y: F.poisson_nll_loss(x, y, full=True),
        numbers(3, 4),
        numbers(3, 4, low=0.1, high=4),
    ),
    "gaussian_nll_loss": (
        lambda F, x, y, v: F.gaussian_nll_loss(x, y, v, full=True),
        numbers(3, 4),
        numbers(3, 4, seed=1),
        numbers(3, 4, low=0.2),
    ),
    "hinge_embedding_loss": (
        lambda F, x: F.hinge_embedding_loss(x, _index(F, [[1, -1, 1], [-1, -1, 1]])),
        numbers(2, 3),
    ),
    "margin_ranking_loss": (
        lambda F, x, y: F.margin_ranking_loss(x, y, _index(F, [1, -1, 1, -1]), 0.3),
        numbers(4),
        numbers(4, seed=1),
    ),
    "soft_margin_loss": (lambda F, x: F.soft_margin_loss(x, like(x, SIGNS)), numbers(2, 3)),
    "triplet_margin_loss": (
        lambda F, a, p, n: F.triplet_margin_loss(a, p, n, swap=True),
        numbers(3, 4),
        numbers(3, 4, seed=1),
        numbers(3, 4, seed=2),
    ),
    **{
        f"ctc_loss {name}": (
            lambda F, x, settings=settings: F.ctc_loss(F.log_softmax(x, -1), _index(F, settings[0]), *settings[1:]),
            numbers(5, 3, 4),
        )
        for name, settings in {
            "padded": (np.array([[1, 2], [3, 3], [2, 1]]), (5, 4, 3), (2, 2, 1), 0, "mean"),
            "joined": (np.array([1, 2, 3, 0, 0]), (5, 5, 2), (3, 2, 0), 2, "sum"),
            "impossible": (np.array([[1, 1, 1], [1, 2, 3], [1, 2, 0]]), (4, 2, 5), (3, 3, 2), 0, "none", True),
        }.items()
    },
    "ctc_loss of one": (lambda F, x: F.ctc_loss(F.log_softmax(x, -1), _index(F, [1, 1]), (5,), (2,)), numbers(5, 3)),
    "multi_margin_loss": (lambda F, x: F.multi_margin_loss(x, _index(F, LABELS), margin=0.7), numbers(4, 5)),
    "multi_margin_loss squares": (
        lambda F, x: F.multi_margin_loss(x, _index(F, LABELS), 2, weight=like(x, WEIGHTS), reduction="none"),
        numbers(4, 5),
    ),
    "multilabel_margin_loss": (
        lambda F, x: F.multilabel_margin_loss(x, _index(F, [[2, 0, -1, 1], [-1, 2, 1, 0], [0, 3, 1, 2]])),
        numbers(3, 4),
    ),
    "multilabel_soft_margin_loss": (
        lambda F, x, y: F.multilabel_soft_margin_loss(x, y, like(x, WEIGHTS)),
        numbers(3, 5),
        numbers(3, 5, low=0.1, high=0.9),
    ),
    "triplet_margin_with_distance_loss": (
        lambda F, a, p, n: F.triplet_margin_with_distance_loss(a, p, n, swap=True, reduction="sum"),
        numbers(3, 4),
        numbers(3, 4, seed=1),
        numbers(3, 4, seed=2),
    ),
    "cosine_embedding_loss": (
        lambda F, x, y: F.cosine_embedding_loss(x, y, _index(F, [1, -1, 1]), 0.1),
        numbers(3, 4),
        numbers(3, 4, seed=1),
    ),
    # -- the rest
    "attention": (
        lambda F, q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True),
        numbers(2, 3, 4),
        numbers(2, 3, 4, seed=1),
        numbers(2, 3, 5),
    ),
    "attention mask": (
        lambda F, q, k, v: F.scaled_dot_product_attention(
            q, k, v, _index(F, np.array([[1, 0, 1], [0, 1, 1]])) == 1, scale=0.3
        ),
        numbers(2, 2, 4),
        numbers(2, 3, 4, seed=1),
        numbers(2, 3, 5),
    ),
    "cosine_similarity": (lambda F, x, y: F.cosine_similarity(x, y, dim=1), numbers(2, 3, 2), numbers(2, 3, 2, seed=1)),
    "pairwise_distance": (lambda F, x, y: F.pairwise_distance(x, y, p=3.0), numbers(2, 3), numbers(2, 3, seed=1)),
    "pad": (lambda F, x: F.pad(x, (1, -1, 0, 2), value=1.5), numbers(2, 3, 4)),
    "pad reflect": (lambda F, x: F.pad(x, (2, 1, 0, 1), mode="reflect"), numbers(2, 3, 4, 4)),
    "pad replicate": (lambda F, x: F.pad(x, (2, 1), mode="replicate"), numbers(2, 3, 4)),
    "pad circular": (lambda F, x: F.pad(x, (2, 1, 1, 0), mode="circular"), numbers(1, 2, 3, 4)),
    "interpolate nearest": (lambda F, x: F.interpolate(x, scale_factor=1.7), numbers(1, 2, 3, 4)),
    "interpolate size": (lambda F, x: F.interpolate(x, (5, 2), mode="nearest-exact"), numbers(1, 2, 3, 4)),
    "interpolate linear": (lambda F, x: F.interpolate(x, 7, mode="linear", align_corners=True), numbers(1, 2, 4)),
    **{
        f"grid_sample {mode} {padding} {'aligned' if aligned else 'by edges'}": (
            lambda F, x, grid, settings=(mode, padding, aligned): F.grid_sample(x, grid, *settings),
            numbers(2, 2, 3, 4),
            numbers(2, 3, 2, 2, seed=1),
        )
        for mode, padding, aligned in [
            ("bilinear", "zeros", False),
            ("bilinear", "border", True),
            ("bilinear", "reflection", False),
            ("bilinear", "reflection", True),
            ("nearest", "zeros", True),
            ("nearest", "border", False),
            ("bicubic", "zeros", True),
            ("bicubic", "border", False),
            ("bicubic", "reflection", True),
        ]
    },
    "grid_sample volumes": (
        lambda F, x, grid: F.grid_sample(x, grid, align_corners=False),
        numbers(1, 2, 2, 3, 2),
        numbers(1, 1, 2, 3, 3, seed=1),
    ),
    "affine_grid": (lambda F, theta: F.affine_grid(theta, (2, 1, 2, 3), align_corners=False), numbers(2, 2, 3)),
    "affine_grid volumes": (
        lambda F, theta: F.affine_grid(theta, (1, 1, 2, 2, 3), align_corners=True),
        numbers(1, 3, 4),
    ),
    "interpolate bilinear antialias": (
        lambda F, x: F.interpolate(x, (2, 7), mode="bilinear", antialias=True),
        numbers(1, 2, 5, 4),
    ),
    "interpolate bicubic antialias": (
        lambda F, x: F.interpolate(x, scale_factor=(0.4, 1.5), mode="bicubic", antialias=True),
        numbers(1, 2, 5, 4),
    ),
    "interpolate bilinear": (
        lambda F, x: F.interpolate(x, scale_factor=(2.0, 0.5), mode="bilinear"),
        numbers(1, 2, 3, 6),
    ),
    "interpolate area": (lambda F, x: F.interpolate(x, (2, 3), mode="area"), numbers(1, 2, 5, 4)),
    "pixel_shuffle": (lambda F, x: F.pixel_shuffle(x, 2), numbers(1, 8, 2, 3)),
    "pixel_unshuffle": (lambda F, x: F.pixel_unshuffle(x, 2), numbers(1, 2, 4, 6)),
    "channel_shuffle": (lambda F, x: F.channel_shuffle(x, 2), numbers(1, 4, 2, 3)),
}


def _index(namespace, values):
    """Integers beside the tensors of ``namespace``: on torch, or on the backend that is the default now."""
    library = polygrad if namespace.__name__.startswith("polygrad") else importlib.import_module("torch")
    return library.tensor(np.asarray(values), dtype=library.int64)


def like(x, values):
    if isinstance(x, polygrad.Tensor):
        return polygrad.tensor(values, dtype=x.dtype, backend=x.backend)
    return importlib.import_module("torch").tensor(values, dtype=x.dtype)
