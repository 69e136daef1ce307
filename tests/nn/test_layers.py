"""Layers and losses: PyTorch's outputs, gradients, repr and state for the same weights, and its ranges of initial weights."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

import polygrad as pg
from polygrad import nn

OTHERS = [name for name in pg.backends.available() if name != "numpy"]

#: name, arguments, settings, shapes of inputs (or an upper bound of integers, for the embedding)
LAYERS = [
    ("Linear", (3, 4), {}, [(5, 3)]),
    ("Linear", (3, 4), {"bias": False}, [(2, 5, 3)]),
    ("Linear", (3, 4), {}, [(3,)]),
    ("Bilinear", (3, 2, 4), {}, [(5, 3), (5, 2)]),
    ("Bilinear", (3, 2, 4), {"bias": False}, [(5, 3), (5, 2)]),
    ("Identity", (), {}, [(5, 3)]),
    ("Conv1d", (3, 4, 3), {"padding": 1, "stride": 2}, [(2, 3, 9)]),
    ("Conv2d", (3, 4, 3), {}, [(2, 3, 6, 7)]),
    ("Conv3d", (4, 6, (3, 2, 1)), {"stride": (2, 1, 1), "padding": (1, 2, 0), "groups": 2}, [(2, 4, 5, 4, 3)]),
    ("Conv3d", (3, 4, 3), {"padding": "same", "padding_mode": "circular"}, [(3, 3, 4, 5)]),
    ("Conv2d", (3, 4, 3), {"bias": False}, [(3, 6, 7)]),
    ("Conv2d", (4, 6, (3, 2)), {"stride": (2, 1), "padding": (1, 2), "dilation": (1, 2), "groups": 2}, [(2, 4, 7, 8)]),
    ("Conv2d", (3, 4, 3), {"padding": "same"}, [(2, 3, 5, 6)]),
    ("Conv2d", (3, 4, 3), {"padding": "valid"}, [(2, 3, 5, 6)]),
    ("Conv2d", (3, 4, 3), {"padding": 1, "padding_mode": "reflect"}, [(2, 3, 5, 6)]),
    ("Conv2d", (3, 4, 3), {"padding": 1, "padding_mode": "replicate"}, [(2, 3, 5, 6)]),
    ("Conv2d", (3, 4, (3, 2)), {"padding": "same", "padding_mode": "circular"}, [(2, 3, 5, 6)]),
    ("ConvTranspose2d", (3, 4, 3), {"stride": 2, "output_padding": 1, "padding": 1}, [(2, 3, 4, 5)]),
    ("ConvTranspose2d", (4, 6, 3), {"groups": 2, "dilation": 2, "bias": False}, [(2, 4, 4, 5)]),
    ("ConvTranspose1d", (3, 4, 3), {"stride": 2}, [(2, 3, 5)]),
    ("MaxPool1d", (2,), {}, [(2, 3, 8)]),
    ("MaxPool2d", (2,), {}, [(2, 3, 8, 6)]),
    ("MaxPool2d", (3,), {"stride": 2, "padding": 1, "ceil_mode": True}, [(2, 3, 8, 7)]),
    ("ConvTranspose3d", (4, 6, 2), {"groups": 2, "stride": (2, 1, 2), "padding": 1}, [(2, 4, 2, 4, 3)]),
    ("MaxPool3d", (2,), {"padding": (1, 0, 1), "ceil_mode": True}, [(2, 3, 4, 4, 3)]),
    ("AvgPool3d", ((2, 1, 2),), {"stride": 1, "padding": (1, 0, 1)}, [(2, 3, 4, 2, 3)]),
    ("LPPool3d", (2, 2), {}, [(2, 3, 4, 4, 3)]),
    ("AdaptiveAvgPool3d", ((2, None, 3),), {}, [(2, 3, 4, 2, 3)]),
    ("AdaptiveMaxPool3d", ((2, None, 3),), {}, [(3, 4, 2, 3)]),
    ("AvgPool1d", (2,), {}, [(2, 3, 8)]),
    ("AvgPool2d", (2,), {}, [(2, 3, 8, 6)]),
    ("AvgPool2d", (3,), {"stride": 2, "padding": 1, "count_include_pad": False}, [(2, 3, 8, 7)]),
    ("AdaptiveAvgPool1d", (3,), {}, [(2, 3, 8)]),
    ("AdaptiveAvgPool2d", (3,), {}, [(2, 3, 8, 7)]),
    ("AdaptiveAvgPool2d", ((None, 2),), {}, [(2, 3, 8, 7)]),
    ("AdaptiveMaxPool2d", ((3, 2),), {}, [(2, 3, 8, 7)]),
    *[(name, (), {}, [(4, 5)]) for name in (
        "CELU", "ELU", "GELU", "Hardshrink", "Hardsigmoid", "Hardswish", "Hardtanh", "LeakyReLU", "LogSigmoid", "Mish", "ReLU",
        "ReLU6", "SELU", "SiLU", "Sigmoid", "Softplus", "Softshrink", "Softsign", "Tanh", "Tanhshrink", "PReLU",
    )],
    ("GELU", (), {"approximate": "tanh"}, [(4, 5)]),
    ("ELU", (0.5,), {}, [(4, 5)]),
    ("LeakyReLU", (0.3,), {}, [(4, 5)]),
    ("Hardtanh", (-0.5, 0.25), {}, [(4, 5)]),
    ("Threshold", (0.1, 2.0), {}, [(4, 5)]),
    ("Softplus", (2.0, 1.0), {}, [(4, 5)]),
    ("PReLU", (5,), {}, [(4, 5)]),
    ("GLU", (), {}, [(4, 6)]),
    ("Softmax", (-1,), {}, [(4, 5)]),
    ("LogSoftmax", (1,), {}, [(4, 5, 2)]),
    ("Softmin", (0,), {}, [(4, 5)]),
    ("Flatten", (), {}, [(2, 3, 4, 5)]),
    ("Flatten", (0, 1), {}, [(2, 3, 4)]),
    ("Unflatten", (1, (2, 3)), {}, [(4, 6)]),
    ("BatchNorm1d", (3,), {}, [(5, 3)]),
    ("BatchNorm1d", (3,), {"affine": False, "momentum": 0.3}, [(5, 3, 4)]),
    ("BatchNorm1d", (3,), {"track_running_stats": False}, [(5, 3)]),
    ("BatchNorm1d", (3,), {"momentum": None, "eps": 1e-3}, [(5, 3)]),
    ("BatchNorm2d", (3,), {}, [(2, 3, 4, 5)]),
    ("BatchNorm3d", (3,), {}, [(2, 3, 2, 4, 5)]),
    ("InstanceNorm1d", (3,), {}, [(2, 3, 5)]),
    ("InstanceNorm2d", (3,), {"affine": True, "track_running_stats": True}, [(2, 3, 4, 5)]),
    ("LayerNorm", (4,), {}, [(2, 3, 4)]),
    ("LayerNorm", ((3, 4),), {"bias": False}, [(2, 3, 4)]),
    ("LayerNorm", (4,), {"elementwise_affine": False}, [(2, 4)]),
    ("RMSNorm", (4,), {}, [(2, 3, 4)]),
    ("GroupNorm", (2, 4), {}, [(2, 4, 3, 5)]),
    ("GroupNorm", (4, 4), {"affine": False}, [(2, 4, 6)]),
    ("InstanceNorm1d", (3,), {}, [(3, 5)]),
    ("InstanceNorm3d", (3,), {"affine": True}, [(2, 3, 2, 4, 5)]),
    ("LocalResponseNorm", (2,), {"alpha": 0.5}, [(2, 4, 3, 5)]),
    ("ZeroPad1d", ((1, 2),), {}, [(2, 3, 5)]),
    ("ZeroPad2d", (1,), {}, [(2, 3, 4, 5)]),
    ("ZeroPad3d", (1,), {}, [(2, 3, 2, 4, 5)]),
    ("ConstantPad1d", (1, 3.5), {}, [(3, 5)]),
    ("ConstantPad2d", ((1, 2, 3, 0), 3.5), {}, [(2, 3, 4, 5)]),
    ("ConstantPad3d", (1, 3.5), {}, [(2, 3, 2, 4, 5)]),
    ("ReflectionPad1d", (2,), {}, [(2, 3, 5)]),
    ("ReflectionPad2d", ((1, 2, 3, 0),), {}, [(2, 3, 4, 5)]),
    ("ReflectionPad3d", (1,), {}, [(2, 3, 2, 4, 5)]),
    ("ReplicationPad1d", (2,), {}, [(2, 3, 5)]),
    ("ReplicationPad2d", ((1, 2, 3, 0),), {}, [(3, 4, 5)]),
    ("ReplicationPad3d", (1,), {}, [(2, 3, 2, 4, 5)]),
    ("CircularPad1d", (2,), {}, [(2, 3, 5)]),
    ("CircularPad2d", ((1, 2, 3, 0),), {}, [(2, 3, 4, 5)]),
    ("CircularPad3d", (1,), {}, [(2, 3, 2, 4, 5)]),
    ("Upsample", (), {"scale_factor": 2}, [(2, 3, 4, 5)]),
    ("Upsample", (), {"size": (3, 7), "mode": "bilinear"}, [(2, 3, 4, 5)]),
    ("Upsample", (), {"scale_factor": (2, 1.5), "mode": "bicubic"}, [(2, 3, 4, 5)]),
    ("UpsamplingNearest2d", (), {"scale_factor": 2}, [(2, 3, 4, 5)]),
    ("UpsamplingBilinear2d", (), {"scale_factor": 2}, [(2, 3, 4, 5)]),
    ("PixelShuffle", (2,), {}, [(2, 8, 3, 5)]),
    ("PixelUnshuffle", (2,), {}, [(2, 3, 4, 6)]),
    ("ChannelShuffle", (2,), {}, [(2, 6, 3, 5)]),
    ("Unfold", ((2, 3),), {"padding": 1, "stride": (2, 1)}, [(2, 3, 4, 5)]),
    ("Fold", ((4, 5), (2, 3)), {}, [(2, 12, 9)]),
    ("CosineSimilarity", (), {"dim": -1}, [(4, 5), (4, 5)]),
    ("PairwiseDistance", (1.5,), {}, [(4, 5), (4, 5)]),
    ("AdaptiveMaxPool1d", (3,), {}, [(2, 3, 8)]),
    ("LPPool1d", (4, 2), {}, [(2, 3, 8)]),
    ("LPPool2d", (2, 3), {"stride": 2, "ceil_mode": True}, [(2, 3, 8, 7)]),
    ("Softmax2d", (), {}, [(2, 3, 4, 5)]),
    ("Embedding", (7, 3), {}, [7]),
    ("Embedding", (7, 3), {"padding_idx": -2}, [7]),
    ("Embedding", (7, 3), {"scale_grad_by_freq": True}, [7]),
    ("Embedding", (7, 3), {"max_norm": 0.7}, [7]),
    ("EmbeddingBag", (7, 3), {}, [7]),
    ("EmbeddingBag", (7, 3), {"mode": "max", "padding_idx": 5}, [7]),
    ("EmbeddingBag", (7, 3), {"mode": "sum", "max_norm": 0.7, "norm_type": 1.0}, [7]),
]  # fmt: skip


def _id(case):
    return f"{case[0]}-{case[1]}-{case[2]}".replace(" ", "")


def both(case):
    torch = pytest.importorskip("torch")
    name, args, settings, shapes = case
    ours, theirs = getattr(nn, name)(*args, **settings), getattr(torch.nn, name)(*args, **settings)
    generator = np.random.default_rng(1)
    with torch.no_grad():
        for parameter in theirs.parameters():
            parameter.copy_(torch.tensor(generator.normal(size=tuple(parameter.shape)), dtype=torch.float32))
    ours.load_state_dict({key: value.numpy() for key, value in theirs.state_dict().items()})
    if isinstance(shapes[0], int):
        inputs = [np.asarray([[0, 3, 5], [5, 6, 1]])]
    else:
        inputs = [generator.normal(size=shape).astype(np.float32) for shape in shapes]
    return torch, ours, theirs, inputs


def run(library, module, inputs):
    """The output, and the gradients of a sum of it with respect to inputs and parameters."""
    floating = inputs[0].dtype.kind == "f"
    tensors = [library.tensor(x, requires_grad=floating) for x in inputs]
    out = module(*tensors)
    weights = library.tensor(np.cos(np.arange(math.prod(out.shape), dtype=np.float32)).reshape(tuple(out.shape)))
    (out * weights).sum().backward() if out.requires_grad else None
    gradients = [t.grad for t in tensors] + [p.grad for p in module.parameters()]
    return out.detach(), gradients


def assert_equal(ours, theirs, tolerance=2e-5):
    assert (ours is None) is (theirs is None)
    if ours is not None:
        assert tuple(ours.shape) == tuple(theirs.shape)
        np.testing.assert_allclose(
            np.asarray(ours.tolist()), np.asarray(theirs.tolist()), rtol=tolerance, atol=tolerance
        )


@pytest.mark.parity
@pytest.mark.parametrize("case", LAYERS, ids=_id)
def test_a_layer_computes_what_pytorchs_does(case):
    torch, ours, theirs, inputs = both(case)
    assert repr(ours) == repr(theirs)
    assert [(k, tuple(v.shape)) for k, v in ours.state_dict().items()] == [
        (k, tuple(v.shape)) for k, v in theirs.state_dict().items()
    ]
    for _ in range(2):  # running statistics change what follows
        one, two = run(pg, ours, inputs), run(torch, theirs, inputs)
        assert_equal(one[0], two[0])
        for a, b in zip(one[1], two[1], strict=True):
            assert_equal(a, b, 1e-4)
    for key, value in theirs.state_dict().items():
        assert_equal(ours.state_dict()[key], value)
    assert_equal(run(pg, ours.eval(), inputs)[0], run(torch, theirs.eval(), inputs)[0])


@pytest.mark.parametrize("backend", OTHERS)
@pytest.mark.parametrize("case", [c for c in LAYERS if c[0] in (
    "Linear", "Conv2d", "MaxPool2d", "GELU", "BatchNorm1d", "LayerNorm", "Embedding", "ConvTranspose2d", "Softmax")], ids=_id)  # fmt: skip
def test_a_layer_computes_the_same_on_every_backend(case, backend):
    name, args, settings, shapes = case
    pg.manual_seed(3)
    ours = getattr(nn, name)(*args, **settings)
    with pg.use_backend(backend):
        pg.manual_seed(3)
        other = getattr(nn, name)(*args, **settings)
        assert all(p.backend.name == backend for p in other.parameters())
    for a, b in zip(ours.parameters(), other.parameters(), strict=True):
        assert_equal(a.detach(), b.detach(), 1e-6)  # the same seed, the same first weights
    generator = np.random.default_rng(1)
    x = np.asarray([[0, 3, 5]]) if isinstance(shapes[0], int) else generator.normal(size=shapes[0]).astype(np.float32)
    one = run(pg, ours, [x])
    with pg.use_backend(backend):
        two = run(pg, other, [x])
    assert_equal(one[0], two[0])
    for a, b in zip(one[1], two[1], strict=True):
        assert_equal(a, b, 1e-4)


CLASSES, SIGNS = np.asarray([0, 2, 1, 2]), np.asarray([1, -1, -1, 1])
LOSSES = [
    ("MSELoss", {}, (4, 3), (4, 3)), ("L1Loss", {}, (4, 3), (4, 3)), ("SmoothL1Loss", {"beta": 0.5}, (4, 3), (4, 3)),
    ("HuberLoss", {"delta": 0.7}, (4, 3), (4, 3)), ("KLDivLoss", {}, (4, 3), "probabilities"),
    ("KLDivLoss", {"log_target": True}, (4, 3), (4, 3)), ("CrossEntropyLoss", {}, (4, 3), CLASSES),
    ("CrossEntropyLoss", {"ignore_index": 2}, (4, 3), CLASSES), ("CrossEntropyLoss", {"label_smoothing": 0.2}, (4, 3), CLASSES),
    ("CrossEntropyLoss", {}, (4, 3), "probabilities"), ("NLLLoss", {}, (4, 3), CLASSES),
    ("NLLLoss", {"ignore_index": 1}, (4, 3), CLASSES), ("BCELoss", {}, "probabilities", "probabilities"),
    ("BCEWithLogitsLoss", {}, (4, 3), "probabilities"), ("SoftMarginLoss", {}, (4, 3), (4, 3)),
    ("PoissonNLLLoss", {}, (4, 3), "probabilities"), ("PoissonNLLLoss", {"full": True}, (4, 3), "probabilities"),
    ("PoissonNLLLoss", {"log_input": False, "eps": 1e-3}, "probabilities", "probabilities"),
    ("HingeEmbeddingLoss", {"margin": 0.5}, (4,), SIGNS),
    ("GaussianNLLLoss", {"full": True}, (4, 3), (4, 3), "probabilities"), ("MarginRankingLoss", {"margin": 0.3}, (4,), (4,), SIGNS),
    ("CosineEmbeddingLoss", {"margin": 0.1}, (4, 3), (4, 3), SIGNS), ("TripletMarginLoss", {"swap": True}, (4, 3), (4, 3), (4, 3)),
    ("TripletMarginWithDistanceLoss", {"swap": True, "margin": 0.5}, (4, 3), (4, 3), (4, 3)),
    ("MultiMarginLoss", {}, (4, 3), CLASSES), ("MultiMarginLoss", {"p": 2, "margin": 0.3}, (4, 3), CLASSES),
    ("MultiLabelMarginLoss", {}, (4, 3), CLASSES[:, None] - np.arange(3) % 2), ("MultiLabelSoftMarginLoss", {}, (4, 3), "probabilities"),
]  # fmt: skip
WEIGHTED = {
    "CrossEntropyLoss": (3,),
    "NLLLoss": (3,),
    "BCELoss": (4, 3),
    "BCEWithLogitsLoss": (3,),
    "MultiMarginLoss": (3,),
    "MultiLabelSoftMarginLoss": (3,),
}


@pytest.mark.parity
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("case", LOSSES, ids=lambda case: case[0])
@pytest.mark.filterwarnings("ignore:reduction. 'mean' divides")  # PyTorch's, for the divergence
def test_a_loss_computes_what_pytorchs_does(case, weighted, reduction):
    torch = pytest.importorskip("torch")
    name, settings, *given = case
    if weighted and name not in WEIGHTED:
        pytest.skip("this loss has no weight")
    generator = np.random.default_rng(2)

    def values(what):
        if isinstance(what, np.ndarray):
            return what
        if what == "probabilities":
            return generator.dirichlet(np.ones(3), size=4).astype(np.float32)
        return generator.normal(size=what).astype(np.float32)

    x, *others = map(values, given)
    extra = {"weight": np.abs(generator.normal(size=WEIGHTED[name])).astype(np.float32)} if weighted else {}
    if name == "BCEWithLogitsLoss" and weighted:
        extra["pos_weight"] = np.asarray([0.5, 1.0, 2.0], np.float32)
    results = []
    for library in (pg, torch):
        tensor = library.tensor(x, requires_grad=True)
        loss = getattr(library.nn, name)(
            **settings, **{k: library.tensor(v) for k, v in extra.items()}, reduction=reduction
        )
        out = loss(tensor, *map(library.tensor, others))
        out.sum().backward()
        results.append((out.detach(), tensor.grad))
    assert_equal(results[0][0], results[1][0])
    assert_equal(results[0][1], results[1][1])


def test_first_weights_have_pytorchs_distribution():
    pg.manual_seed(0)
    for layer, fan_in in ((nn.Linear(64, 500), 64), (nn.Conv2d(8, 500, 3), 72), (nn.Bilinear(64, 5, 500), 64)):
        bound = 1 / math.sqrt(fan_in)
        for values in (layer.weight.detach().numpy(), layer.bias.detach().numpy()):
            assert np.abs(values).max() <= bound
            assert np.abs(values).max() > 0.97 * bound
            assert abs(values.std() - bound / math.sqrt(3)) < 0.05 * bound
    table = nn.Embedding(500, 50, padding_idx=3).weight.detach().numpy()
    assert abs(np.delete(table, 3, 0).std() - 1) < 0.02
    assert not table[3].any()
    assert pg.all(nn.BatchNorm2d(3).weight == 1).item()


def test_dropout_scales_in_training_and_does_nothing_in_evaluation():
    pg.manual_seed(0)
    x = pg.ones(200, 50, requires_grad=True)
    layer = nn.Dropout(0.3)
    y = layer(x)
    y.sum().backward()
    values = y.detach().numpy()
    np.testing.assert_allclose(np.unique(values), [0, 1 / 0.7], rtol=1e-6)
    assert abs((values == 0).mean() - 0.3) < 0.02
    np.testing.assert_array_equal(x.grad.numpy(), values)
    assert layer.eval()(x) is x
    whole = nn.Dropout2d(0.5)(pg.ones(20, 10, 3, 4)).numpy()
    assert {tuple(np.unique(channel)) for sample in whole for channel in sample} == {(0.0,), (2.0,)}
    with pytest.raises(ValueError, match="between 0 and 1, but got 1.5"):
        nn.Dropout(1.5)


SHAPE_ERRORS = [
    (lambda: nn.Linear(3, 4), (5, 2), r"Linear\(in_features=3, out_features=4, bias=True\): expected an input of shape \(\*, 3\), got \(5, 2\)"),
    (lambda: nn.Conv2d(3, 4, 3), (2, 1, 5, 5), r"Conv2d\(3, 4, kernel_size=\(3, 3\), stride=\(1, 1\)\): expected an input of shape \(batch, 3, height, width\)"),
    (lambda: nn.Conv2d(3, 4, 3), (5, 5), r"Conv2d\(.*got \(5, 5\)"),
    (lambda: nn.Conv1d(3, 4, 3), (2, 5, 5), r"Conv1d\(.*\(batch, 3, length\)"),
    (lambda: nn.ConvTranspose2d(3, 4, 3), (2, 4, 5, 5), r"ConvTranspose2d\(3, 4"),
    (lambda: nn.MaxPool2d(2), (5, 5), r"MaxPool2d\(.*got \(5, 5\)"),
    (lambda: nn.BatchNorm1d(3), (5, 2), r"BatchNorm1d\(3.*\(batch, 3\) or \(batch, 3, length\), got \(5, 2\)"),
    (lambda: nn.BatchNorm1d(1), (5, 2), r"BatchNorm1d\(1"),
    (lambda: nn.BatchNorm2d(3), (5, 3), r"BatchNorm2d\(3.*\(batch, 3, height, width\), got \(5, 3\)"),
    (lambda: nn.LayerNorm((3, 4)), (5, 4, 3), r"LayerNorm\(\(3, 4\).*\(\*, 3, 4\), got \(5, 4, 3\)"),
    (lambda: nn.LayerNorm(1), (5, 4), r"LayerNorm\(\(1,\)"),
    (lambda: nn.GroupNorm(2, 4), (5, 6, 3), r"GroupNorm\(2, 4.*\(batch, 4, \*\), got \(5, 6, 3\)"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "shape", "text"), SHAPE_ERRORS, ids=[text[:12] for *_, text in SHAPE_ERRORS])
@pytest.mark.parametrize("inside", [False, True])
def test_a_wrong_shape_names_the_layer(make, shape, text, inside):
    layer = make()
    if inside:
        layer = nn.Sequential(nn.Identity(), layer)
    for kind in (ValueError, RuntimeError):
        with pytest.raises(kind, match=text):
            layer(pg.zeros(shape))


def test_an_error_of_another_cause_is_not_disguised():
    with pytest.raises(TypeError, match="linear"):
        nn.Linear(3, 4)("text")
    with pytest.raises(IndexError):
        nn.Embedding(3, 2)(pg.tensor([5]))


def test_settings_that_make_no_sense_are_refused():
    for make, text in [
        (lambda: nn.Conv2d(3, 4, 3, groups=2), "in_channels must be divisible by groups, and 3"),
        (lambda: nn.Conv2d(3, 4, 3, padding="some"), "'valid' or 'same'"),
        (lambda: nn.Conv2d(3, 4, 3, padding="same", stride=2), "strided"),
        (lambda: nn.Conv2d(3, 4, 3, padding_mode="mirror"), "padding_mode must be one of"),
        (lambda: nn.GroupNorm(2, 3), "divisible"),
        (lambda: nn.MSELoss(reduction="average"), "'mean', 'sum' or 'none'"),
        (lambda: nn.Embedding(3, 2, padding_idx=3), "padding_idx 3"),
        (lambda: nn.Hardtanh(1, 0), "larger"),
    ]:
        with pytest.raises(ValueError, match=text):
            make()


INIT = [
    ("uniform_", (-1.0, 2.0), (40, 50)), ("normal_", (1.0, 2.0), (40, 50)), ("trunc_normal_", (0.5, 1.0, -1.0, 1.0), (80, 50)),
    ("constant_", (0.3,), (4, 5)), ("ones_", (), (4, 5)), ("zeros_", (), (4, 5)), ("eye_", (), (4, 5)),
    ("dirac_", (), (4, 3, 3, 3)), ("dirac_", (2,), (4, 3, 3)), ("xavier_uniform_", (2.0,), (40, 50)),
    ("xavier_normal_", (), (40, 5, 3, 3)), ("kaiming_uniform_", (0.1,), (40, 50)),
    ("kaiming_normal_", (0, "fan_out", "relu"), (40, 5, 3, 3)), ("sparse_", (0.3,), (40, 50)),
]  # fmt: skip


@pytest.mark.parity
@pytest.mark.parametrize("backend", ["numpy", *OTHERS])
@pytest.mark.parametrize(("name", "args", "shape"), INIT, ids=[name for name, *_ in INIT])
def test_first_values_are_distributed_as_pytorchs(name, args, shape, backend):
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    pg.manual_seed(0)
    theirs = getattr(torch.nn.init, name)(torch.empty(shape), *args).numpy()
    with pg.use_backend(backend):
        parameter = nn.Parameter(pg.zeros(shape))
        assert getattr(nn.init, name)(parameter, *args) is parameter
        assert parameter.grad_fn is None
        assert parameter.dtype is pg.float32
        ours = np.asarray(parameter.detach().tolist())
    if name in ("constant_", "ones_", "zeros_", "eye_", "dirac_"):
        np.testing.assert_allclose(ours, theirs)
        return
    np.testing.assert_allclose(ours.mean(), theirs.mean(), atol=0.12 * theirs.std())
    np.testing.assert_allclose(ours.std(), theirs.std(), rtol=0.06)
    assert (ours == 0).sum() == (theirs == 0).sum()
    if "normal" not in name or name == "trunc_normal_":
        np.testing.assert_allclose([ours.min(), ours.max()], [theirs.min(), theirs.max()], rtol=0.05, atol=0.02)


@pytest.mark.parametrize("backend", ["numpy", *OTHERS])
@pytest.mark.parametrize("shape", [(3, 5), (5, 3), (4, 2, 3)])
def test_orthogonal(shape, backend):
    with pg.use_backend(backend):
        x = np.asarray(nn.init.orthogonal_(pg.zeros(shape), gain=2).tolist()).reshape(shape[0], -1)
    product = x @ x.T if x.shape[0] <= x.shape[1] else x.T @ x
    np.testing.assert_allclose(product, 4 * np.eye(len(product)), atol=1e-5)


@pytest.mark.parity
def test_gains_and_their_errors():
    torch = pytest.importorskip("torch")
    for name in ("linear", "conv2d", "sigmoid", "tanh", "relu", "leaky_relu", "selu"):
        assert nn.init.calculate_gain(name) == pytest.approx(torch.nn.init.calculate_gain(name))
    assert nn.init.calculate_gain("leaky_relu", 0.2) == pytest.approx(torch.nn.init.calculate_gain("leaky_relu", 0.2))
    with pytest.raises(ValueError, match="unsupported nonlinearity 'swish'"):
        nn.init.calculate_gain("swish")
    with pytest.raises(ValueError, match="at least 2 dimensions"):
        nn.init.kaiming_normal_(pg.zeros(3))
    with pytest.raises(ValueError, match="'fan_in' or 'fan_out'"):
        nn.init.kaiming_normal_(pg.zeros(3, 3), mode="fan")


# -- pooling in three dimensions, unpooling, and windows at random places -------------------------------------------------


@pytest.mark.parametrize(
    ("pool", "unpool", "shape"),
    [
        (nn.MaxPool1d(2, return_indices=True), nn.MaxUnpool1d(2), (2, 3, 7)),
        (nn.MaxPool2d((2, 3), return_indices=True), nn.MaxUnpool2d((2, 3)), (2, 3, 5, 7)),
        (nn.MaxPool3d(2, return_indices=True), nn.MaxUnpool3d(2), (3, 4, 5, 3)),
    ],
    ids=["1d", "2d", "3d"],
)
def test_maxima_return_to_their_places(pool, unpool, shape):
    assert (
        repr(unpool)
        == repr(pool)
        .replace("MaxPool", "MaxUnpool")
        .partition(", dilation")[0]
        .replace("=2", f"={(2,) * len(unpool.kernel_size)}")
        .replace("padding=0", f"padding={(0,) * len(unpool.kernel_size)}")
        + ")"
    )
    x = pg.rand(*shape) + 1
    found, indices = pool(x)
    restored = unpool(found, indices, output_size=shape[-len(unpool.kernel_size) :])
    assert restored.shape == x.shape
    assert ((restored == x) | (restored == 0)).all()
    assert restored.count_nonzero() == found.numel()
    again, places = pool(restored)
    assert (again == found).all() and (places == indices).all()
    with pytest.raises(ValueError, match="output_size"):
        unpool(found, indices, output_size=[100] * len(unpool.kernel_size))
    with pytest.raises(RuntimeError, match="invalid max index"):
        unpool(found, indices + 10**6)
    with pytest.raises(RuntimeError, match="int64"):
        unpool(found, indices.to(pg.int32))
    with pytest.raises(RuntimeError, match="must be equal"):
        unpool(found, indices[:1])


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (nn.FractionalMaxPool2d(2, output_ratio=0.5), (2, 3, 9, 8)),
        (nn.FractionalMaxPool3d(2, output_size=3), (1, 2, 6, 7, 8)),
    ],
    ids=["2d", "3d"],
)
def test_fractional_pooling_takes_maxima_of_windows(layer, shape):
    x = pg.rand(*shape)
    pg.manual_seed(0)
    found, indices = type(layer)(2, layer.output_size, layer.output_ratio, return_indices=True)(x)
    pg.manual_seed(0)
    assert (layer(x) == found).all()
    assert (x.flatten(2).gather(2, indices.flatten(2)) == found.flatten(2)).all()
    with pytest.raises(ValueError, match="either an output size"):
        type(layer)(2)
    with pytest.raises(ValueError, match="only one"):
        type(layer)(2, output_size=3, output_ratio=0.5)
    with pytest.raises(ValueError, match="between 0 and 1"):
        type(layer)(2, output_ratio=1.5)
    with pytest.raises(RuntimeError, match="too large"):
        type(layer)(2, output_size=50)(x)


def test_dropped_channels_are_dropped_whole():
    x = pg.rand(20, 10, 4)
    layer = nn.FeatureAlphaDropout(0.5)
    out = layer(x)
    dropped = (out == out[..., :1]).all(-1)
    assert 40 < dropped.sum() < 160
    assert layer.eval()(x) is x
    with pytest.raises(RuntimeError, match="at least 2 dimensions"):
        pg.nn.functional.feature_alpha_dropout(pg.ones(3), training=True)


def _adaptive_softmax(head_bias):
    pg.manual_seed(1)
    return nn.AdaptiveLogSoftmaxWithLoss(8, 20, [4, 9], 2.0, head_bias=head_bias)


@pytest.mark.parametrize("head_bias", [False, True])
def test_adaptive_softmax_agrees_with_all_its_probabilities(head_bias):
    layer, x, target = _adaptive_softmax(head_bias), pg.randn(6, 8), pg.tensor([0, 4, 19, 8, 3, 9])
    everything = layer.log_prob(x)
    np.testing.assert_allclose(everything.exp().sum(1).tolist(), np.ones(6), rtol=1e-5)
    output, loss = layer(x, target)
    np.testing.assert_allclose(output.tolist(), everything.gather(1, target[:, None])[:, 0].tolist(), rtol=1e-5)
    np.testing.assert_allclose(loss.item(), -output.mean().item())
    assert (layer.predict(x) == everything.argmax(1)).all()
    compiled = pg.compile(lambda x, target: layer(x, target).output)
    for _ in range(2):
        np.testing.assert_allclose(compiled(x, target).tolist(), output.tolist(), rtol=1e-5)
    one = pg.func.vmap(lambda x, target: layer(x, target).output)(x, target)
    np.testing.assert_allclose(one.tolist(), output.tolist(), rtol=1e-5)
    with pytest.raises(RuntimeError, match=r"\[0, 19\]"):
        layer(x, target + 1)
    with pytest.raises(RuntimeError, match="1D target"):
        layer(x[None], target)
    with pytest.raises(RuntimeError, match="same size"):
        layer(x, target[:2])


@pytest.mark.parity
@pytest.mark.parametrize("head_bias", [False, True])
def test_adaptive_softmax_computes_what_pytorchs_does(head_bias):
    torch = pytest.importorskip("torch")
    theirs = torch.nn.AdaptiveLogSoftmaxWithLoss(8, 20, [4, 9], 2.0, head_bias=head_bias)
    ours = _adaptive_softmax(head_bias)
    assert repr(ours) == repr(theirs)
    ours.load_state_dict({key: value.numpy() for key, value in theirs.state_dict().items()})
    x, target = np.random.default_rng(0).normal(size=(6, 8)).astype("float32"), np.array([0, 4, 19, 8, 3, 9])
    one, other = ours(pg.tensor(x), pg.tensor(target)), theirs(torch.tensor(x), torch.tensor(target))
    one.loss.backward(), other.loss.backward()
    assert_equal(one.output, other.output)
    for (name, a), (same, b) in zip(ours.named_parameters(), theirs.named_parameters(), strict=True):
        assert name == same
        assert_equal(a.grad, b.grad)
    for bad in ([], [0, 3], [3, 3], [5, 4], [20]):
        for layer in (nn.AdaptiveLogSoftmaxWithLoss, torch.nn.AdaptiveLogSoftmaxWithLoss):
            with pytest.raises(ValueError, match="cutoffs"):
                layer(8, 20, bad)


# -- bags of embeddings, and sampling at positions ------------------------------------------------------------------------


def test_bags_are_reduced_as_their_rows_are():
    layer = nn.EmbeddingBag(6, 3, mode="sum", padding_idx=-1, scale_grad_by_freq=True)
    assert (layer.weight[-1] == 0).all()
    x, offsets = pg.tensor([0, 2, 2, 5, 1]), pg.tensor([0, 3, 3])
    out = layer(x, offsets)
    rows = layer.weight.detach()
    expected = pg.stack([rows[0] + 2 * rows[2], pg.zeros(3), rows[1]])
    np.testing.assert_allclose(out.tolist(), expected.tolist(), rtol=1e-6)
    out.sum().backward()
    assert layer.weight.grad[:, 0].tolist() == [1, 1, 1, 0, 0, 0]  # by frequency
    again = nn.EmbeddingBag.from_pretrained(rows, mode="max")
    assert not again.weight.requires_grad
    assert (again(pg.tensor([[0, 2]])) == pg.maximum(rows[0], rows[2])).all()


F = pg.nn.functional


def _ctc(targets=((1, 2),), input_lengths=(5,), target_lengths=(2,), **settings):
    return F.ctc_loss(pg.zeros(5, 1, 3), pg.tensor(targets), input_lengths, target_lengths, **settings)


BAG, TABLE, GRID = pg.tensor([0, 1, 2]), pg.ones(3, 2), pg.zeros(1, 2, 2, 2)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: F.embedding_bag(BAG, TABLE), ValueError, "offsets has to be a 1D tensor"),
        (lambda: F.embedding_bag(BAG[None], TABLE, BAG), ValueError, "offsets has to be None"),
        (lambda: F.embedding_bag(BAG, TABLE, pg.tensor([1])), RuntimeError, r"offsets\[0\] has to be 0"),
        (lambda: F.embedding_bag(BAG, TABLE, pg.tensor([0, 4])), RuntimeError, "only 3 elements"),
        (lambda: F.embedding_bag(BAG, TABLE, pg.tensor([0, 2, 1])), RuntimeError, "must not decrease"),
        (lambda: F.embedding_bag(BAG + 1, TABLE, pg.tensor([0])), IndexError, "index 3 is out of range"),
        (lambda: F.embedding_bag(BAG, TABLE, pg.tensor([0]), mode="min"), ValueError, "mode has to be"),
        (lambda: F.embedding_bag(BAG[None], TABLE, per_sample_weights=pg.ones(1, 3)), NotImplementedError, "mode='sum'"),
        (lambda: F.embedding_bag(BAG[None], TABLE, mode="sum", per_sample_weights=pg.ones(3)), ValueError, "the shape"),
        (lambda: F.multi_margin_loss(pg.ones(2, 3), pg.tensor([0, 3])), RuntimeError, "target 3 is out of range"),
        (lambda: F.multi_margin_loss(pg.ones(2, 3), pg.tensor([0])), RuntimeError, "the target must have shape"),
        (lambda: F.multi_margin_loss(pg.ones(2, 3), pg.tensor([0, 1]), p=3), ValueError, "p == 1 and p == 2"),
        (lambda: F.multi_margin_loss(pg.ones(2, 3), pg.tensor([0, 1]), weight=pg.ones(2)), RuntimeError, "3 classes"),
        (lambda: nn.MultiMarginLoss(weight=pg.ones(1, 2)), ValueError, "1D tensor"),
        (lambda: F.multilabel_margin_loss(pg.ones(2, 3), pg.tensor([0, 1])), RuntimeError, "the input's shape"),
        (lambda: F.multilabel_margin_loss(pg.ones(2), pg.tensor([0, -2])), RuntimeError, "target -2 is out of range"),
        (lambda: F.multilabel_soft_margin_loss(pg.ones(2, 3), pg.ones(3)), RuntimeError, "of one shape"),
        (lambda: nn.TripletMarginWithDistanceLoss(margin=0), ValueError, "greater than 0"),
        (lambda: F.rrelu(pg.ones(2), 0.5, 0.1), RuntimeError, "less than or equal"),
        (lambda: F.rrelu(BAG), RuntimeError, "floating-point"),
        (lambda: _ctc(blank=4), RuntimeError, "blank must be one of the 3 labels"),
        (lambda: _ctc(targets=[[1, 3]]), IndexError, "target 3 is out of range"),
        (lambda: _ctc(targets=[[1.0, 2.0]]), RuntimeError, "integer type"),
        (lambda: _ctc(targets=[1, 2, 1]), RuntimeError, "add up to 2, but there are 3"),
        (lambda: _ctc(targets=[[1, 2], [1, 2]]), RuntimeError, "the batch size is 1"),
        (lambda: _ctc(input_lengths=(6,)), RuntimeError, "there are 5 steps"),
        (lambda: _ctc(input_lengths=(5, 5)), RuntimeError, "must be of size 1"),
        (lambda: _ctc(target_lengths=(3,)), RuntimeError, "a target length is 3"),
        (lambda: _ctc(target_lengths=(-1,)), RuntimeError, "must not be negative"),
        (lambda: _ctc(reduction="batch"), ValueError, "reduction"),
        (lambda: F.grid_sample(pg.ones(1, 1, 2, 2), GRID[..., :1], align_corners=True), RuntimeError, "length 2"),
        (lambda: F.grid_sample(pg.ones(2, 1, 2, 2), GRID, align_corners=True), RuntimeError, "same batch size"),
        (lambda: F.grid_sample(pg.ones(1, 1, 2), GRID, align_corners=True), RuntimeError, "4 dimensions"),
        (lambda: F.grid_sample(pg.ones(1, 1, 0, 2), GRID, align_corners=True), RuntimeError, "empty"),
        (lambda: F.grid_sample(pg.ones(1, 1, 2, 2), GRID, mode="linear"), ValueError, "mode must be"),
        (lambda: F.grid_sample(pg.ones(1, 1, 2, 2), GRID, padding_mode="same"), ValueError, "padding_mode must be"),
        (lambda: F.grid_sample(pg.ones(1, 1, 2, 2), GRID.double(), align_corners=True), RuntimeError, "float"),
        (lambda: F.affine_grid(pg.ones(1, 2, 2), (1, 1, 2, 2), True), ValueError, "theta must have shape"),
        (lambda: F.affine_grid(pg.ones(1, 2, 3), (1, 2, 2), True), NotImplementedError, "4 or 5 elements"),
        (lambda: F.affine_grid(pg.ones(1, 2, 3), (1, 1, 2, 0), True), ValueError, "must be positive"),
        (lambda: F.affine_grid(BAG, (1, 1, 2, 2), True), ValueError, "floating-point"),
        (lambda: F.interpolate(pg.ones(1, 1, 2, 2), 3, antialias=True), ValueError, "antialias"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(call, error, text):
    with pytest.raises(error, match=text):
        call()


def test_a_grid_without_alignment_is_warned_of():
    with pytest.warns(UserWarning, match="align_corners is False unless given"):
        grid = F.affine_grid(pg.eye(3)[None, :2], (1, 1, 2, 3))
    with pytest.warns(UserWarning, match="align_corners is False unless given"):
        assert F.grid_sample(pg.arange(6.0).reshape(1, 1, 2, 3), grid).flatten().allclose(pg.arange(6.0), atol=1e-5)


@pytest.mark.filterwarnings("ignore:nn.functional.upsample")
def test_older_names_of_resizing():
    x = pg.rand(1, 1, 2, 3)
    assert (F.upsample_nearest(x, scale_factor=2) == F.interpolate(x, scale_factor=2)).all()
    assert (F.upsample_bilinear(x, 5) == F.interpolate(x, 5, mode="bilinear", align_corners=True)).all()


def test_positions_that_are_no_numbers_do_not_crash():
    grid = pg.tensor([[[[math.nan, 0.0], [math.inf, 0.0], [0.0, 0.0]]]])
    found = F.grid_sample(pg.ones(1, 1, 2, 2), grid, align_corners=False).flatten().tolist()
    assert math.isnan(found[0]) and found[1:] == [0, 1]


# -- connectionist temporal classification, and activations in place ---------------------------------------------------------


def _by_enumeration(log_probs, target, blank):
    """The loss as its definition has it: over every sequence of labels that collapses to the target."""
    steps, classes = log_probs.shape
    total = 0.0
    for path in itertools.product(range(classes), repeat=steps):
        collapsed = [label for label, _ in itertools.groupby(path) if label != blank]
        if collapsed == list(target):
            total += math.exp(sum(log_probs[step, label] for step, label in enumerate(path)))
    return -math.log(total) if total else math.inf


@pytest.mark.parametrize("target", [(), (1,), (1, 2), (1, 1), (2, 1, 2), (1, 1, 1)], ids=str)
@pytest.mark.parametrize("blank", [0, 2])
def test_ctc_sums_over_all_alignments(target, blank):
    target = [label - (blank == 2) for label in target]
    log_probs = pg.log_softmax(pg.randn(4, 3, dtype=pg.float64), 1)
    found = nn.CTCLoss(blank, "sum")(log_probs, pg.tensor(target, dtype=pg.int64), (4,), (len(target),))
    np.testing.assert_allclose(found.item(), _by_enumeration(log_probs.numpy(), target, blank), rtol=1e-10)
    joined = F.ctc_loss(log_probs[:, None], pg.tensor(target, dtype=pg.int64), (4,), (len(target),), blank, "none")
    assert joined.shape == (1,) and joined.item() == pytest.approx(found.item())


def test_ctc_of_impossible_targets_is_infinite_or_zero():
    x = pg.zeros(3, 2, 3, requires_grad=True)
    given = (pg.log_softmax(x, 2), pg.tensor([[1, 1], [1, 2]]), pg.tensor([2, 3]), pg.tensor([2, 2]))
    assert F.ctc_loss(*given, reduction="none").tolist()[0] == math.inf
    loss = nn.CTCLoss(reduction="none", zero_infinity=True)(*given)
    assert loss.tolist()[0] == 0 < loss.tolist()[1]
    loss.sum().backward()
    assert (x.grad[:, 0] == 0).all() and (x.grad[:, 1] != 0).any()
    certain = pg.tensor([[0.0, -math.inf], [-math.inf, 0.0], [0.0, -math.inf]], requires_grad=True)
    loss = F.ctc_loss(certain, pg.tensor([1]), (3,), (1,))
    assert loss.item() == 0
    loss.backward()
    assert certain.grad.tolist() == [[-1, 0], [0, -1], [-1, 0]]


def test_ctc_in_transforms_and_compiled():
    x, targets = pg.randn(5, 3, 4), pg.tensor([[1, 2], [3, 3], [2, 1]])

    def loss(x, targets):
        return F.ctc_loss(pg.log_softmax(x, -1), targets, (5,), (2,), reduction="sum")

    each = pg.stack([loss(x[:, k], targets[k]) for k in range(3)])
    mapped = pg.func.vmap(loss, in_dims=(1, 0))(x, targets)
    np.testing.assert_allclose(mapped.tolist(), each.tolist(), rtol=1e-5)
    compiled = pg.compile(loss)
    for k in (0, 1, 2):
        np.testing.assert_allclose(compiled(x[:, k], targets[k]).item(), each[k].item(), rtol=1e-5)
    tangent = pg.randn(5, 4)
    _, along = pg.func.jvp(lambda x: loss(x, targets[0]), (x[:, 0],), (tangent,))
    slope = (pg.func.grad(lambda x: loss(x, targets[0]))(x[:, 0]) * tangent).sum()
    np.testing.assert_allclose(along.item(), slope.item(), rtol=1e-4)


@pytest.mark.parametrize("name", ["relu", "elu", "celu", "selu", "leaky_relu", "hardtanh", "rrelu"])
def test_an_activation_in_place_overwrites_its_input(name):
    leaf = pg.linspace(-3, 3, 8).requires_grad_()
    x = leaf * 1
    assert getattr(F, name + "_")(x) is x
    expected = getattr(F, name)(leaf)
    np.testing.assert_allclose(x.tolist(), expected.tolist(), rtol=1e-6)
    np.testing.assert_allclose(
        pg.autograd.grad(x.sum(), leaf)[0].tolist(), pg.autograd.grad(expected.sum(), leaf)[0].tolist(), rtol=1e-6
    )
    with pytest.raises(RuntimeError, match="leaf"):
        getattr(F, name + "_")(leaf)


def test_threshold_in_place_and_the_names_of_polygrad():
    x = pg.tensor([-1.0, 2.0])
    assert F.threshold_(x, 1.0, 5.0) is x and x.tolist() == [5, 2]
    assert (pg.relu_, pg.celu_, pg.selu_, pg.threshold_, pg.rrelu_) == (
        F.relu_,
        F.celu_,
        F.selu_,
        F.threshold_,
        F.rrelu_,
    )
    assert (F.elu_, F.hardtanh_, F.leaky_relu_) != (None,) * 3


def test_random_slopes_lie_between_their_bounds():
    layer = nn.RReLU(0.1, 0.3)
    assert repr(layer) == "RReLU(lower=0.1, upper=0.3)"
    x = pg.full((1000,), -1.0, requires_grad=True)
    out = layer(x)
    assert -0.3 <= out.min() < -0.28 and -0.12 < out.max() <= -0.1
    out.sum().backward()
    assert (x.grad == -out).all()
    assert (layer(pg.ones(5)) == 1).all()
    assert pg.allclose(layer.eval()(pg.tensor([-1.0])), pg.tensor([-0.2]))
