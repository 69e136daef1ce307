"""The mathematics of layers: values and gradients against PyTorch and finite differences, the same on every backend.

A case is a function of a namespace and tensors, run on `polygrad.nn.functional` and on `torch.nn.functional`.
"""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest

import polygrad
import polygrad.nn.functional as F
from polygrad._core.primitive import PRIMITIVES
from polygrad.autograd import grad
from polygrad.autograd.gradcheck import gradcheck, gradgradcheck
from tests.cases.layers import CASES, like, numbers

#: The gradient is not the derivative: a row is left out on purpose.
NOT_THE_DERIVATIVE = {"embedding padding"}
#: PyTorch's kernel holds a constant in float32.
TOLERANCES = {"hardsigmoid": 1e-7}
#: Compiling takes seconds a case, so JAX gets those that together reach every primitive.
ON_JAX = """conv2d settings | conv_transpose2d | max_pool2d settings | max_pool2d indices | avg_pool2d counted |
    linear deep | linear without bias | embedding padding | gelu | gelu tanh | silu | softplus | logsigmoid | elu |
    leaky_relu | hardtanh | softmax | log_softmax | layer_norm | layer_norm plain | batch_norm | mse_loss |
    cross_entropy | cross_entropy ignored | cross_entropy all | binary_cross_entropy | attention | pad reflect |
    interpolate bilinear"""
BACKENDS = {"strict": list(CASES), "jax": [" ".join(name.split()) for name in ON_JAX.split("|")]}


def available(name):
    try:
        polygrad.get_backend(name)
    except Exception as error:  # the reason is the point
        pytest.skip(f"backend {name!r} is not available: {str(error).splitlines()[0]}")
    return name


def outputs(function, namespace, tensors):
    result = function(namespace, *tensors)
    return result if isinstance(result, tuple) else (result,)


def weighted(results):
    """One number that depends on every element of every floating-point result in its own way."""
    total = 0
    for out in results:
        if "float" in str(out.dtype):
            weights = np.cos(np.arange(int(np.prod(tuple(out.shape)))) + 1.0).reshape(tuple(out.shape))
            total = total + (out * out * like(out, weights)).sum()
    return total


def leaves(name, dtype=polygrad.float64, **place):
    return [polygrad.tensor(array, dtype=dtype, requires_grad=True, **place) for array in CASES[name][1:]]


def all_of(function, tensors):
    """Values, gradients and gradients of the gradients, as NumPy arrays."""
    results = outputs(function, F, tensors)
    first = grad(weighted(results), tensors, create_graph=True, allow_unused=True)
    used = [g for g in first if g is not None and g.requires_grad]
    second = grad(weighted(used), tensors, allow_unused=True, retain_graph=True) if used else ()
    raw = grad(weighted(results), tensors, allow_unused=True)  # by the backend's own kernels
    return [None if x is None else x.detach().to(backend="numpy").numpy() for x in (*results, *first, *raw, *second)]


def assert_same(found, expected, tolerance):
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        if one is None or other is None:  # nothing depends on it: None here, zeros there
            assert not np.any(one if one is not None else other if other is not None else 0)
            continue
        assert one.shape == other.shape
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", sorted(CASES.keys() - NOT_THE_DERIVATIVE))
def test_gradients_agree_with_finite_differences(name):
    function = CASES[name][0]
    checked = lambda *x: tuple(out for out in outputs(function, F, x) if out.dtype.is_floating_point)  # noqa: E731
    assert gradcheck(checked, leaves(name))
    assert gradgradcheck(checked, leaves(name))


@pytest.mark.parity
@pytest.mark.parametrize("name", CASES)
def test_values_and_gradients_are_those_of_pytorch(name):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    function, *arrays = CASES[name]
    theirs = [torch.tensor(array, requires_grad=True) for array in arrays]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = outputs(function, torch.nn.functional, theirs)
        gradients = torch.autograd.grad(weighted(expected), theirs, allow_unused=True)
    for dtype, tolerance in ((polygrad.float64, TOLERANCES.get(name, 1e-9)), (polygrad.float32, 2e-4)):
        mine = leaves(name, dtype)
        results = outputs(function, F, mine)
        found = grad(weighted(results), mine, allow_unused=True)
        assert all(x.dtype in (dtype, polygrad.int64) for x in results)
        assert_same(
            [None if x is None else x.detach().numpy() for x in (*results, *found)],
            [None if x is None else x.detach().numpy() for x in (*expected, *gradients)],
            tolerance,
        )


@pytest.mark.parametrize(
    ("backend", "name"), [(backend, name) for backend, names in BACKENDS.items() for name in names]
)
def test_every_backend_gives_the_same(backend, name):
    function = CASES[name][0]
    expected = all_of(function, leaves(name))
    with polygrad.use_backend(available(backend)):
        found = all_of(function, leaves(name))
    assert_same(found, expected, 1e-9)


# -- in detail ---------------------------------------------------------------------------------------------------------


def leaf(values, dtype=polygrad.float32):
    return polygrad.tensor(values, dtype=dtype, requires_grad=True)


def test_of_equal_elements_the_first_gets_the_gradient_of_max_pool():
    x = leaf([[[[1.0, 1.0], [1.0, 1.0]]]])
    F.max_pool2d(x, 2).sum().backward()
    assert x.grad.tolist() == [[[[1, 0], [0, 0]]]]
    overlapping = leaf([[[[2.0, 2.0, 2.0]]]])
    F.max_pool2d(overlapping, (1, 2), 1).sum().backward()
    assert overlapping.grad.tolist() == [[[[1, 1, 0]]]]


@pytest.mark.parametrize("create_graph", [False, True])
def test_max_pool_passes_the_gradient_of_nan_and_infinity_to_their_places(create_graph):
    inf, nan = float("inf"), float("nan")
    x = leaf([[[[nan, 1.0, -inf, -inf], [2.0, 3.0, -inf, -inf]]]])
    (g,) = grad(F.max_pool2d(x, 2).sum(), x, create_graph=create_graph)
    assert g.tolist() == [[[[1, 0, 1, 0], [0, 0, 0, 0]]]]
    y = leaf([[[[0.0, 1.0, 2.0, 3.0], [0.0, 0.0, 0.0, 0.0]]]])
    (g,) = grad(F.max_pool2d(y, 2), y, polygrad.tensor([[[[inf, nan]]]]), create_graph=create_graph)
    assert str(g.tolist()) == "[[[[0.0, inf, 0.0, nan], [0.0, 0.0, 0.0, 0.0]]]]"


@pytest.mark.parametrize(
    "name", ["conv2d", "conv2d settings", "max_pool2d settings", "sum", "batch_norm", "layer_norm"]
)
def test_kernels_take_any_order_in_memory(name):
    """NumPy's kernels look at strides: transposed, sliced and expanded operands give what contiguous ones do."""
    function, *arrays = CASES["avg_pool2d" if name == "sum" else name]
    expected = all_of(function, leaves("avg_pool2d" if name == "sum" else name))

    def scattered(array):
        reverse = tuple(reversed(range(array.ndim)))
        wide = np.zeros(tuple(2 * n for n in array.shape[::-1]))
        window = wide[tuple(slice(None, None, 2) for _ in reverse)]
        window[...] = array.transpose(reverse)
        return polygrad.tensor(window, copy=False).permute(*reverse).detach().requires_grad_()

    assert_same(all_of(function, [scattered(array) for array in arrays]), expected, 1e-9)


def test_an_expanded_cotangent_reaches_every_kernel():
    for name in ("conv2d", "max_pool2d", "linear deep", "layer_norm", "batch_norm", "gelu", "softmax", "relu"):
        function, *_ = CASES[name]
        x = leaves(name)
        by_sum = grad(outputs(function, F, x)[0].sum(), x)
        out = outputs(function, F, x)[0]
        by_ones = grad(out, x, polygrad.ones_like(out))
        assert_same([g.numpy() for g in by_sum], [g.numpy() for g in by_ones], 1e-9)


@pytest.mark.parametrize("name", CASES)
def test_kernels_change_neither_operands_nor_saved_values(name):
    x = leaves(name)
    before = [t.detach().numpy().copy() for t in x]
    results = outputs(CASES[name][0], F, x)
    total = weighted(results)
    first = grad(total, x, retain_graph=True, allow_unused=True)
    kept = [None if g is None else g.numpy().copy() for g in first]
    values = [out.detach().numpy().copy() for out in results]
    second = grad(total, x, allow_unused=True)
    for one, other in zip(second, kept, strict=True):
        assert one is None or np.array_equal(one.numpy(), other)
    assert all(np.array_equal(t.detach().numpy(), copy) for t, copy in zip(x, before, strict=True))
    assert all(
        np.array_equal(out.detach().numpy(), copy, equal_nan=True) for out, copy in zip(results, values, strict=True)
    )


def test_some_gradients_only():
    for name in ("conv2d", "linear", "linear deep", "layer_norm", "batch_norm", "mse_loss", "bilinear"):
        function, *arrays = CASES[name]
        everything = leaves(name)
        expected = grad(weighted(outputs(function, F, everything)), everything)
        for number in range(len(arrays)):
            one = [polygrad.tensor(a, requires_grad=k == number) for k, a in enumerate(arrays)]
            (found,) = grad(weighted(outputs(function, F, one)), one[number])
            np.testing.assert_allclose(found.numpy(), expected[number].numpy(), rtol=1e-9)


def test_the_gradient_of_a_linear_weight_lies_in_memory_as_the_weight_does():
    weight = leaf(numbers(5, 3))
    F.linear(polygrad.tensor(numbers(2, 4, 3), dtype=polygrad.float32), weight, leaf(numbers(5))).sum().backward()
    assert weight.grad.array.flags.c_contiguous


@pytest.mark.parametrize("dtype", [polygrad.float32, polygrad.float64])
def test_erf_to_the_last_digits(dtype):
    x = np.concatenate([np.linspace(-6, 6, 5001), [0.0, -0.0, 1e-30, 30.0, -30.0, np.inf, -np.inf]])
    found = polygrad.erf(polygrad.tensor(x, dtype=dtype)).numpy()
    values = polygrad.tensor(x, dtype=dtype).numpy()
    tolerance = 5e-7 if dtype is polygrad.float32 else 1e-15
    np.testing.assert_allclose(found, [math.erf(v) for v in values], rtol=tolerance)
    assert np.isnan(polygrad.erf(polygrad.tensor([float("nan")], dtype=dtype)).item())


def test_relu_passes_infinite_gradients_and_no_nan():
    x = leaf([-1.0, 0.0, 2.0, -3.0])
    (g,) = grad(F.relu(x), x, polygrad.tensor([float("inf"), float("-inf"), float("inf"), float("nan")]))
    assert g.tolist() == [0, 0, float("inf"), 0]


def test_softmax_and_cross_entropy_of_extreme_scores():
    x = leaf([[1000.0, 0.0, -1000.0], [-float("inf"), 0.0, 0.0]])
    assert F.softmax(x, 1).tolist() == [[1, 0, 0], [0, 0.5, 0.5]]
    loss = F.cross_entropy(x, polygrad.tensor([0, 1]))
    loss.backward()
    assert loss.item() == pytest.approx(np.log(2) / 2, rel=1e-6)
    np.testing.assert_allclose(x.grad.numpy(), [[0, 0, 0], [0, -0.25, 0.25]], atol=1e-7)
    assert F.log_softmax(polygrad.zeros(3, 0), 1).shape == (3, 0)


def test_rows_without_a_target_count_nothing():
    x = leaf(numbers(3, 4))
    target = polygrad.tensor([1, -100, 2])
    loss = F.cross_entropy(x, target)
    loss.backward()
    assert loss.item() == pytest.approx(F.cross_entropy(x[np.array([0, 2])], target[np.array([0, 2])]).item())
    assert x.grad.tolist()[1] == [0, 0, 0, 0]
    with np.errstate(invalid="ignore"):  # NumPy warns of 0 / 0
        assert np.isnan(F.cross_entropy(x, polygrad.full((3,), -100)).item())
    assert F.cross_entropy(x, polygrad.full((3,), -100), reduction="sum").item() == 0


@pytest.mark.parity
def test_batch_norm_moves_the_running_statistics():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    x = numbers(3, 2, 4)
    mine = [polygrad.zeros(2, dtype=polygrad.float64), polygrad.ones(2, dtype=polygrad.float64)]
    theirs = [torch.zeros(2, dtype=torch.float64), torch.ones(2, dtype=torch.float64)]
    for momentum in (0.1, 0.5):
        F.batch_norm(polygrad.tensor(x, requires_grad=True), *mine, training=True, momentum=momentum)
        torch.nn.functional.batch_norm(torch.tensor(x), *theirs, training=True, momentum=momentum)
    for one, other in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=1e-12)
        assert not one.requires_grad


def test_transposed_convolutions_of_integers(backend):
    with polygrad.use_backend(backend):
        x, weight = polygrad.arange(12).reshape(1, 3, 4), polygrad.arange(18).reshape(3, 2, 3)
        found = F.conv_transpose1d(x, weight, polygrad.tensor([1, 2]), stride=2)
        expected = F.conv_transpose1d(x.double(), weight.double(), polygrad.tensor([1.0, 2.0]).double(), stride=2)
        assert found.dtype is polygrad.int64 and found.tolist() == expected.tolist()
        assert F.cosine_similarity(polygrad.tensor(2.0), polygrad.tensor(-3.0), dim=0).item() == -1
        assert F.hardtanh(polygrad.tensor([-3, 0, 3]), -1.5, 1.5).tolist() == [-1, 0, 1]


def test_an_empty_batch_leaves_the_running_statistics_alone():
    mean, variance = polygrad.full((3,), 0.5), polygrad.full((3,), 2.0)
    assert F.batch_norm(polygrad.zeros(0, 3, 4), mean, variance, training=True).shape == (0, 3, 4)
    assert mean.tolist() == [0.5] * 3 and variance.tolist() == [2.0] * 3


def test_instance_normalization_without_a_batch():
    x = polygrad.sin(polygrad.arange(30.0)).reshape(3, 10)
    assert polygrad.allclose(polygrad.nn.InstanceNorm1d(3)(x), polygrad.nn.InstanceNorm1d(3)(x[None])[0])
    with pytest.warns(UserWarning, match="does not match num_features, 7"):  # nothing depends on it
        assert polygrad.nn.InstanceNorm1d(7)(x).shape == (3, 10)
    with pytest.raises(
        ValueError, match=r"expected an input of shape \(batch, 7, length\), with or without the batch, got \(3, 10\)"
    ):
        polygrad.nn.InstanceNorm1d(7, affine=True)(x)


def test_the_divergence_of_numbers_and_of_targets_that_are_no_probabilities():
    x = polygrad.tensor([-0.5, -1.0])
    assert F.kl_div(x[0], polygrad.tensor(0.0), reduction="batchmean").item() == 0
    with np.errstate(invalid="ignore"):
        assert np.isnan(F.kl_div(x, polygrad.tensor([0.5, -0.5]), reduction="none").tolist()).tolist() == [False, True]


def test_dropout_in_evaluation_and_at_the_ends():
    x = leaf(numbers(4))
    assert F.dropout(x, 0.5, training=False) is x
    assert F.dropout(x, 0.0).tolist() == x.tolist()
    assert F.dropout(x, 1.0).tolist() == [0] * 4
    polygrad.manual_seed(0)
    channels = F.dropout2d(polygrad.ones(8, 4, 3, 3), 0.5).numpy().reshape(32, 9)
    assert {tuple(set(row)) for row in channels.tolist()} == {(0.0,), (2.0,)}
    y = polygrad.ones(6)
    assert F.dropout(y, 0.5, inplace=True) is y and set(y.tolist()) <= {0.0, 2.0}


def test_activations_in_place_take_the_input_over():
    for name in ("relu", "silu", "elu", "leaky_relu", "hardtanh", "relu6", "selu", "celu", "mish", "hardswish"):
        x = polygrad.tensor(numbers(5))
        expected = getattr(F, name)(x).tolist()
        assert getattr(F, name)(x, inplace=True) is x and x.tolist() == expected
    y = leaf(numbers(5)) * 1
    F.relu(y, inplace=True).sum().backward()


def test_one_hot():
    assert F.one_hot(polygrad.tensor([[0, 2], [1, 0]])).tolist() == [[[1, 0, 0], [0, 0, 1]], [[0, 1, 0], [1, 0, 0]]]
    assert F.one_hot(polygrad.tensor([1]), 4).tolist() == [[0, 1, 0, 0]]


def test_softmax_is_a_function_a_method_and_an_operation_of_the_front_door():
    x = polygrad.tensor(numbers(2, 3))
    expected = F.softmax(x, dim=1).tolist()
    assert x.softmax(1).tolist() == x.softmax(dim=-1).tolist() == polygrad.softmax(x, axis=1).tolist() == expected
    assert x.log_softmax(1).tolist() == polygrad.log_softmax(x, 1).tolist()
    assert polygrad.softmax(polygrad.tensor([1, 2]), 0, dtype=polygrad.float64).dtype is polygrad.float64
    assert F.softmax(polygrad.tensor(3.0), 0).item() == 1


ERRORS = {
    "conv channels": (
        lambda: F.conv2d(polygrad.ones(1, 3, 8, 8), polygrad.ones(4, 2, 3, 3)),
        ValueError,
        r"conv2d: the input has 3 channels, but the weight takes 2 .*\(1, 3, 8, 8\).*\(4, 2, 3, 3\)",
    ),
    "conv dimensions": (
        lambda: F.conv2d(polygrad.ones(8, 8), polygrad.ones(4, 2, 3, 3)),
        RuntimeError,
        r"conv2d: .*shape \(8, 8\)",
    ),
    "conv kernel": (
        lambda: F.conv2d(polygrad.ones(1, 1, 2, 2), polygrad.ones(1, 1, 3, 3)),
        RuntimeError,
        r"kernel of shape \(3, 3\).*larger",
    ),
    "conv bias": (
        lambda: F.conv1d(polygrad.ones(1, 1, 5), polygrad.ones(2, 1, 3), polygrad.ones(3)),
        RuntimeError,
        r"conv1d: the bias.* 2 ",
    ),
    "conv stride": (
        lambda: F.conv2d(polygrad.ones(1, 1, 5, 5), polygrad.ones(2, 1, 3, 3), stride=0),
        ValueError,
        "stride must be pos",
    ),
    "conv pair": (
        lambda: F.conv2d(polygrad.ones(1, 1, 5, 5), polygrad.ones(2, 1, 3, 3), stride=(1, 2, 3)),
        ValueError,
        "3 numbers",
    ),
    "conv same": (
        lambda: F.conv2d(polygrad.ones(1, 1, 5, 5), polygrad.ones(2, 1, 3, 3), stride=2, padding="same"),
        RuntimeError,
        "strided",
    ),
    "pool": (
        lambda: F.max_pool2d(polygrad.ones(1, 1, 2, 2), 3),
        RuntimeError,
        r"max_pool2d: no window of size \(3, 3\)",
    ),
    "pool padding": (
        lambda: F.avg_pool2d(polygrad.ones(1, 1, 4, 4), 2, padding=2),
        RuntimeError,
        "half of the kernel size",
    ),
    "linear": (
        lambda: F.linear(polygrad.ones(5, 3), polygrad.ones(2, 4)),
        ValueError,
        r"linear: the last dimension of the input must be 4.*\(5, 3\).*\(2, 4\)",
    ),
    "linear bias": (
        lambda: F.linear(polygrad.ones(5, 3), polygrad.ones(2, 3), polygrad.ones(1)),
        RuntimeError,
        r"linear: the bias must have shape \(2,\)",
    ),
    "linear type": (lambda: F.linear([1.0], polygrad.ones(2, 1)), TypeError, "list"),
    "embedding range": (
        lambda: F.embedding(polygrad.tensor([0, 5]), polygrad.ones(5, 2)),
        IndexError,
        "index 5 is out of range",
    ),
    "embedding type": (lambda: F.embedding(polygrad.ones(2), polygrad.ones(5, 2)), TypeError, "float32"),
    "softmax": (lambda: F.softmax(polygrad.ones(2, 3), 2), IndexError, "out of range"),
    "layer_norm": (lambda: F.layer_norm(polygrad.ones(2, 3), (4,)), RuntimeError, r"normalized_shape \(4,\).*\(2, 3\)"),
    "batch_norm": (
        lambda: F.batch_norm(polygrad.ones(2, 3), polygrad.ones(4), polygrad.ones(3)),
        ValueError,
        "running_mean.* 3 channels.*",
    ),
    "batch_norm one": (
        lambda: F.batch_norm(polygrad.ones(1, 3), None, None, training=True),
        ValueError,
        "more than 1 value per channel",
    ),
    "group_norm": (lambda: F.group_norm(polygrad.ones(2, 3, 4), 2), RuntimeError, "are not divisible into 2 groups"),
    "cross_entropy range": (
        lambda: F.cross_entropy(polygrad.ones(2, 3), polygrad.tensor([0, 3])),
        IndexError,
        "Target 3 is out of bounds.* 3 classes",
    ),
    "cross_entropy negative": (
        lambda: F.cross_entropy(polygrad.ones(2, 3), polygrad.tensor([0, -1])),
        IndexError,
        "Target -1",
    ),
    "cross_entropy shape": (
        lambda: F.cross_entropy(polygrad.ones(2, 3), polygrad.tensor([0, 1, 2])),
        ValueError,
        r"\(2, 3\).*\(2,\).*\(3,\)",
    ),
    "cross_entropy type": (
        lambda: F.cross_entropy(polygrad.ones(2, 3), polygrad.ones(2)),
        TypeError,
        "integer type.*float32",
    ),
    "cross_entropy weight": (
        lambda: F.cross_entropy(polygrad.ones(2, 3), polygrad.tensor([0, 1]), polygrad.ones(2)),
        RuntimeError,
        "3 classes",
    ),
    "reduction": (
        lambda: F.mse_loss(polygrad.ones(2), polygrad.ones(2), reduction="max"),
        ValueError,
        "'max' is not a valid value",
    ),
    "mse shapes": (lambda: F.mse_loss(polygrad.ones(2), polygrad.ones(3)), RuntimeError, r"\(2,\).*\(3,\)"),
    "binary range": (
        lambda: F.binary_cross_entropy(polygrad.tensor([1.5]), polygrad.ones(1)),
        RuntimeError,
        "with_logits",
    ),
    "one_hot": (lambda: F.one_hot(polygrad.tensor([3]), 2), RuntimeError, "num_classes 2"),
    "pad": (
        lambda: F.pad(polygrad.ones(2), (3, 0), mode="reflect"),
        RuntimeError,
        "smaller than dimension 0, which has 2",
    ),
    "pad odd": (lambda: F.pad(polygrad.ones(2), (1,)), RuntimeError, "not one pair per dimension"),
    "attention": (
        lambda: F.scaled_dot_product_attention(polygrad.ones(2, 3), polygrad.ones(2, 4), polygrad.ones(2, 4)),
        RuntimeError,
        "shapes do not match",
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_name_the_function_and_what_does_not_fit(name):
    call, error, text = ERRORS[name]
    with pytest.raises(error, match=text):
        call()


def test_a_broadcast_target_is_warned_of():
    with pytest.warns(UserWarning, match=r"the target of shape \(3,\) differs from the input's shape \(3, 1\)"):
        F.mse_loss(polygrad.ones(3, 1), polygrad.ones(3))


def test_every_primitive_of_these_chapters_is_in_a_case():
    """The chapters' primitives are all reached by the cases above, on every backend."""
    chapters = ("convolution", "pooling", "normalization", "losses", "neural")
    names = {p.name for p in PRIMITIVES.values() if p.__module__.rpartition(".")[2] in chapters}
    called = set()
    for name in CASES:
        tensors = leaves(name)
        total = weighted(outputs(CASES[name][0], F, tensors))
        stack = [total.grad_fn]
        while stack:
            node = stack.pop()
            plan = getattr(node, "plan", None)
            if plan is not None:
                called.add(plan.primitive.name)
                stack.extend(node.edges)
    unreached = names - called - {"class_mask", "max_pool_indices", "conv2d_weight_gradient"}
    # Gradients of the others, which are checked at second order.
    assert unreached == {"max_pool_gradient", "max_pool_pick", "sum_pool_gradient"}


@pytest.mark.parity
@pytest.mark.parametrize("place", [0, 3, 6])
@pytest.mark.parametrize(
    "function",
    [
        lambda T, x: T.nn.functional.interpolate(x, scale_factor=2, mode="linear"),
        lambda T, x: T.nn.functional.interpolate(x, 5, mode="linear"),
        lambda T, x: T.nn.functional.interpolate(x, 5, mode="area"),
        lambda T, x: T.nn.functional.interpolate(x, 10, mode="area"),
        lambda T, x: T.nn.functional.adaptive_avg_pool1d(x, 3),
        lambda T, x: T.nn.functional.adaptive_avg_pool1d(x, 9),
    ],
)
def test_an_infinity_stays_among_its_neighbours(function, place, backend):
    torch = pytest.importorskip("torch")
    values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
    values[place] = float("-inf")
    expected = function(torch, torch.tensor([[values]])).numpy()
    x = polygrad.tensor([[values]])
    np.testing.assert_allclose(np.asarray(function(polygrad, x).tolist()), expected, rtol=1e-6)
    compiled = polygrad.compile(lambda x: function(polygrad, x))
    for _ in range(2):
        np.testing.assert_allclose(np.asarray(compiled(x).tolist()), expected, rtol=1e-6)


def test_long_sequences_are_interpolated_without_a_matrix():
    x = polygrad.arange(100_000.0).reshape(1, 1, -1).requires_grad_()
    result = F.interpolate(x, scale_factor=2, mode="linear")
    result.sum().backward()
    np.testing.assert_allclose(result[0, 0, 1001].item(), 500.25)
    np.testing.assert_allclose(x.grad[0, 0, 1:-1].numpy(), 2)


#: Functions whose formula means nothing for complex numbers, which PyTorch refuses as well.
OF_REAL_NUMBERS = {
    "relu": lambda F, z: F.relu(z),
    "relu6": lambda F, z: F.relu6(z),
    "leaky_relu": lambda F, z: F.leaky_relu(z),
    "elu": lambda F, z: F.elu(z),
    "selu": lambda F, z: F.selu(z),
    "celu": lambda F, z: F.celu(z),
    "gelu": lambda F, z: F.gelu(z),
    "gelu tanh": lambda F, z: F.gelu(z, approximate="tanh"),
    "softplus": lambda F, z: F.softplus(z),
    "logsigmoid": lambda F, z: F.logsigmoid(z),
    "hardtanh": lambda F, z: F.hardtanh(z),
    "hardsigmoid": lambda F, z: F.hardsigmoid(z),
    "hardswish": lambda F, z: F.hardswish(z),
    "threshold": lambda F, z: F.threshold(z, 0.1, 20.0),
    "softmax": lambda F, z: F.softmax(z, 0),
    "log_softmax": lambda F, z: F.log_softmax(z, 0),
    "softmin": lambda F, z: F.softmin(z, 0),
    "layer_norm": lambda F, z: F.layer_norm(z, (2,)),
    "group_norm": lambda F, z: F.group_norm(z, 1),
    "instance_norm": lambda F, z: F.instance_norm(z[None]),
    "local_response_norm": lambda F, z: F.local_response_norm(z[None], 2),
    "mse_loss": lambda F, z: F.mse_loss(z, 2 * z),
    "smooth_l1_loss": lambda F, z: F.smooth_l1_loss(z, 2 * z),
    "huber_loss": lambda F, z: F.huber_loss(z, 2 * z),
    "binary_cross_entropy": lambda F, z: F.binary_cross_entropy(z, z),
    "binary_cross_entropy_with_logits": lambda F, z: F.binary_cross_entropy_with_logits(z, z),
    "kl_div": lambda F, z: F.kl_div(z, z, reduction="sum"),
    "cross_entropy": lambda F, z: F.cross_entropy(z, z.real),
    "cosine_similarity": lambda F, z: F.cosine_similarity(z, 2 * z),
}


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", OF_REAL_NUMBERS)
@pytest.mark.parametrize("compiled", [False, True], ids=["eager", "compiled"])
def test_what_is_of_real_numbers_refuses_complex_ones(backend, name, compiled):
    z = polygrad.tensor([[1 + 2j, -1.5 + 0.5j], [0.3 - 4j, 2j]], backend=backend)

    def call(z):
        return OF_REAL_NUMBERS[name](F, z)

    with pytest.raises(TypeError, match="complex"):
        polygrad.compile(call)(z) if compiled else call(z)


@pytest.mark.parity
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", OF_REAL_NUMBERS)
def test_pytorch_refuses_the_same(name):
    torch = pytest.importorskip("torch")
    with pytest.raises((RuntimeError, NotImplementedError)):
        OF_REAL_NUMBERS[name](torch.nn.functional, torch.tensor([[1 + 2j, -1.5 + 0.5j], [0.3 - 4j, 2j]]))
