"""Constructors, formatting, and arguments of older programs, as PyTorch has them."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import polygrad
import polygrad.nn.functional as F
from polygrad import nn

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
pytestmark = pytest.mark.parity

FACTORIES = ("zeros", "ones", "empty", "rand", "randn")


@pytest.mark.parametrize("name", FACTORIES)
def test_the_size_has_a_name(name, backend):
    factory = getattr(polygrad, name)
    for shape in ((2, 3), [2, 3], (), polygrad.Size((2, 3))):
        assert factory(size=shape).shape == factory(tuple(shape)).shape == tuple(shape)
    assert polygrad.ones(1).new_zeros(size=(2,)).shape == (2,)
    with pytest.raises(TypeError, match="size"):
        factory(2, size=(2,))


def test_sizes_of_random_integers(backend):
    for made in (
        polygrad.randint(3, size=(50,)), polygrad.randint(3, (50,)), polygrad.randint(0, 3, (50,)),
        polygrad.randint(high=3, size=(50,)), polygrad.randint(low=0, high=3, size=(50,)),
    ):  # fmt: skip
        assert made.shape == (50,) and set(made.tolist()) <= {0, 1, 2} and made.dtype is polygrad.int64
    with pytest.raises(TypeError, match="size"):
        polygrad.randint(3)


@pytest.mark.parametrize("name", ["complex64", "complex128"])
def test_random_complex_numbers(name, backend):
    dtype = getattr(polygrad, name)
    polygrad.manual_seed(0)
    normal, uniform = polygrad.randn(20000, dtype=dtype), polygrad.rand(20000, dtype=dtype)
    assert normal.dtype is uniform.dtype is polygrad.randn_like(normal).dtype is dtype
    a, b = np.asarray(normal.tolist()), np.asarray(uniform.tolist())
    for part in (a.real, a.imag):
        assert abs(part.mean()) < 0.02 and abs(part.var() - 0.5) < 0.02
    assert abs(np.corrcoef(a.real, a.imag)[0, 1]) < 0.03
    for part in (b.real, b.imag):
        assert part.min() >= 0 and part.max() < 1 and abs(part.mean() - 0.5) < 0.02


NESTED = {
    "vectors": lambda m: [m.ones(1), m.ones(1) * 2],
    "no dimensions": lambda m: [m.tensor(1.0), m.tensor(2.0)],
    "mixed": lambda m: [[m.ones(1), 2], [3, m.ones(1, 1)]],
    "integers": lambda m: [m.tensor([1]), 2],
}


@pytest.mark.parametrize("name", NESTED)
def test_tensors_of_one_element_in_lists_are_numbers(name, backend):
    expected = torch.tensor(NESTED[name](torch))
    for make in (polygrad.tensor, polygrad.as_tensor):
        found = make(NESTED[name](polygrad))
        assert (tuple(found.shape), found.tolist()) == (tuple(expected.shape), expected.tolist())
        assert found.dtype.name == str(expected.dtype).removeprefix("torch.")
    x = polygrad.ones(1, requires_grad=True)
    polygrad.as_tensor([x, x * 2]).sum().backward()
    assert x.grad.tolist() == [3.0]


LOSSES = {
    "mse_loss": "MSELoss", "l1_loss": "L1Loss", "smooth_l1_loss": "SmoothL1Loss", "kl_div": "KLDivLoss",
    "binary_cross_entropy": "BCELoss", "binary_cross_entropy_with_logits": "BCEWithLogitsLoss",
    "soft_margin_loss": "SoftMarginLoss", "hinge_embedding_loss": "HingeEmbeddingLoss",
    "poisson_nll_loss": "PoissonNLLLoss", "cross_entropy": "CrossEntropyLoss",
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:reduction")
@pytest.mark.parametrize("name", LOSSES)
def test_older_arguments_of_losses(name):
    values = [[0.25, 0.5], [0.75, 0.125]]
    for older in (
        {"size_average": False},
        {"size_average": True},
        {"reduce": False},
        {"size_average": False, "reduce": True},
    ):
        results = []
        for library, functions in ((torch, torch.nn), (polygrad, nn)):
            x, y = library.tensor(values), library.tensor(values).flip(0)
            with pytest.warns(UserWarning, match="size_average and reduce args will be deprecated"):
                found = getattr(functions.functional, name)(x, y, **older)
            with pytest.warns(UserWarning, match="size_average and reduce args will be deprecated"):
                layer = getattr(functions, LOSSES[name])(**older)
            results += [found.tolist(), layer(x, y).tolist()]
        for other in results[1:]:
            np.testing.assert_allclose(other, results[0], rtol=1e-5)


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 3, 2), (2, 3, 2, 2)])
@pytest.mark.parametrize("name", ["softmax", "log_softmax", "softmin"])
def test_softmax_without_a_dimension(name, shape):
    values = np.arange(float(np.prod(shape))).reshape(shape)
    with pytest.warns(UserWarning, match="Implicit dimension choice"):
        expected = getattr(torch.nn.functional, name)(torch.tensor(values))
    with pytest.warns(UserWarning, match="Implicit dimension choice") as caught:
        found = getattr(F, name)(polygrad.tensor(values))
    assert caught[0].filename == __file__
    np.testing.assert_allclose(np.asarray(found.tolist()), np.asarray(expected.tolist()))


def test_a_device_is_a_context(backend):
    with polygrad.device("cpu") as device:
        assert device == "cpu"
        for made in (polygrad.zeros(2), polygrad.tensor([1.0]), polygrad.randn(2), nn.Linear(2, 2).weight):
            assert made.device.type == polygrad.zeros(1, device="cpu").device.type
        with polygrad.device("nowhere"), pytest.raises((ValueError, RuntimeError)):
            polygrad.zeros(2)
        assert polygrad.arange(3).tolist() == [0, 1, 2]
    with pytest.raises(ZeroDivisionError), polygrad.device("nowhere"):
        raise ZeroDivisionError
    assert polygrad.zeros(2).tolist() == [0, 0]


def test_formatting():
    for value in (1.5, 3, True, -0.25):
        ours, theirs = polygrad.tensor(value), torch.tensor(value)
        assert f"{ours}" == f"{theirs}" and f"{ours:>8}" == f"{theirs:>8}"
    assert f"{polygrad.tensor(1.5):.3f}" == "1.500" and f"{polygrad.tensor(3):5d}" == "    3"
    x = polygrad.ones(2)
    assert f"{x}" == str(x) == repr(x)
    with pytest.raises(TypeError, match="format"):
        f"{x:.2f}"


def test_names_as_users_write_them():
    x = polygrad.ones(2, 3)
    assert (
        repr(x.shape) == str(x.shape) == "polygrad.Size([2, 3])"
        and repr(polygrad.ones(()).shape) == "polygrad.Size([])"
    )
    assert repr(type(x)) == "<class 'polygrad.Tensor'>" and repr(type(x.shape)) == "<class 'polygrad.Size'>"
    assert x.shape == (2, 3) and tuple(x.shape) == (2, 3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert eval(repr(x.shape), {"polygrad": polygrad}) == x.shape


class Numbers:
    """A sequence of a user's type."""

    def __len__(self):
        return 2

    def __getitem__(self, position):
        return [1.5, 2.5][position]


SEQUENCES = {
    "a range": lambda m: range(3),
    "a type of its own": lambda m: Numbers(),
    "several": lambda m: [Numbers(), Numbers()],
    "a memoryview": lambda m: memoryview(np.arange(3.0)),
    "integers as booleans": lambda m: [2**63, 0, -(2**70)],
}


@pytest.mark.parametrize("name", SEQUENCES)
def test_sequences_of_any_type(name, backend):
    options = lambda m: {"dtype": m.bool} if "booleans" in name else {}  # noqa: E731 - short
    ours, theirs = (m.tensor(SEQUENCES[name](m), **options(m)) for m in (polygrad, torch))
    assert ours.tolist() == theirs.tolist() and str(ours.dtype).split(".")[1] == str(theirs.dtype).split(".")[1]


@pytest.mark.parametrize("data", [{1: 2}, "12", b"12", {1, 2}], ids=repr)
def test_what_is_no_data(data):
    with pytest.raises(TypeError, match="can't make a tensor of"):
        polygrad.tensor(data)


def test_asarray_shares_or_copies():
    for source in (np.arange(4.0), polygrad.arange(4)):
        for copy, shares in ((None, isinstance(source, polygrad.Tensor)), (True, False), (False, True)):
            made = polygrad.asarray(source, copy=copy)
            source[1] = 7 if made[1] != 7 else 8
            assert bool(made[1] == source[1]) is shares
    buffer = bytearray(8)
    shared, copied = (polygrad.asarray(buffer, dtype=polygrad.int32, copy=copy) for copy in (False, None))
    buffer[4] = 1
    assert shared.tolist() == [0, 1] and copied.tolist() == [0, 0]
    assert polygrad.asarray(memoryview(np.ones(2, np.int16))).dtype is polygrad.int16
    single = polygrad.ones(2)
    for call in (
        lambda: polygrad.asarray([1.0], copy=False), lambda: polygrad.asarray(np.float64(1), copy=False),
        lambda: polygrad.asarray(single, dtype=polygrad.float64, copy=False),
        lambda: polygrad.asarray(np.ones(2), dtype=polygrad.float32, copy=False),
    ):  # fmt: skip
        with pytest.raises(ValueError, match="asarray"):
            call()


def test_asarray_and_gradients(backend):
    x = polygrad.ones(2, requires_grad=True)
    y = x * 2
    assert polygrad.asarray(y) is y and polygrad.asarray(y, copy=True).requires_grad
    assert not polygrad.asarray(y, requires_grad=False).requires_grad
    leaf = polygrad.asarray(y, requires_grad=True)
    assert leaf.is_leaf and leaf.requires_grad


SPACED = [(1, 2), (1.0, -2.0), (1j, 2j), (0.0, 2j), (1j, 2), (1 + 2j, 3 - 1j)]


@pytest.mark.parametrize("ends", SPACED, ids=str)
@pytest.mark.parametrize("name", ["linspace", "logspace"])
def test_spaced_numbers(name, ends, backend):
    for steps in (0, 1, 2, 5):
        ours, theirs = (getattr(m, name)(*ends, steps) for m in (polygrad, torch))
        assert np.allclose(ours.tolist(), theirs.tolist(), rtol=1e-5)
        assert str(ours.dtype).split(".")[1] == str(theirs.dtype).split(".")[1]
    if any(isinstance(end, complex) for end in ends):
        with pytest.raises(RuntimeError, match="complex"):
            getattr(polygrad, name)(*ends, 3, dtype=polygrad.float32)


REFUSED_CONVERSIONS = {
    "int, none": (ValueError, lambda m: int(m.zeros(0))), "float, two": (ValueError, lambda m: float(m.zeros(2))),
    "complex, two": (ValueError, lambda m: complex(m.zeros(2))), "item": (RuntimeError, lambda m: m.zeros(2).item()),
    "float, complex": (RuntimeError, lambda m: float(m.tensor(1.5j))), "eye": (RuntimeError, lambda m: m.eye(-1, 2)),
    "int, complex": (RuntimeError, lambda m: int(m.tensor(1.5j))), "linspace": (RuntimeError, lambda m: m.linspace(0, 1, -1)),
    "meshgrid": (RuntimeError, lambda m: m.meshgrid(m.tensor([1]), m.tensor([1.0]), indexing="ij")),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED_CONVERSIONS)
def test_refused_as_in_pytorch(name, backend):
    error, call = REFUSED_CONVERSIONS[name]
    for module in (torch, polygrad):
        with pytest.raises(error):
            call(module)


def test_a_grid_without_its_indexing_is_warned_of(backend):
    x = polygrad.ones(2)
    with pytest.warns(UserWarning, match="indexing"):
        polygrad.meshgrid(x, x)
    polygrad.meshgrid(x, x, indexing="ij")
    polygrad.cartesian_prod(x, x)


@pytest.mark.parametrize("name", ["add", "sub", "mul", "div", "true_divide", "floor_divide"])
def test_functions_of_two_numbers(name, backend):
    for numbers in ((3, 2), (1, 2.5), (2, 2), (np.float64(3), 2)):
        ours, theirs = (getattr(m, name)(*numbers) for m in (polygrad, torch))
        assert ours.tolist() == theirs.tolist() and str(ours.dtype).split(".")[1] == str(theirs.dtype).split(".")[1]
    with pytest.raises(TypeError):
        polygrad.pow(3, 2)


def test_pythons_types_are_data_types(backend):
    for kind, dtype in (
        (float, polygrad.float64),
        (int, polygrad.int64),
        (bool, polygrad.bool),
        (complex, polygrad.complex128),
    ):
        assert (
            polygrad.ones(2, dtype=kind).dtype
            is polygrad.ones(2).to(kind).dtype
            is polygrad.tensor([1], dtype=kind).dtype
            is dtype
        )
    assert polygrad.ones(2).sum(dtype=float).dtype is polygrad.float64
    with pytest.raises(TypeError, match="data type"):
        polygrad.ones(2, dtype=str)


def test_factors_of_booleans(backend):
    if backend == "strict":
        pytest.skip("the strict library adds no booleans")
    x, y = polygrad.tensor([True, False]), polygrad.tensor([1, 2])
    assert (x.add(x, alpha=0).tolist(), x.add(x, alpha=2).dtype) == ([True, False], polygrad.bool)
    assert polygrad.add(polygrad.zeros_like(x), x, alpha=True).tolist() == [True, False]
    for call in (y.add, y.sub):
        with pytest.raises(RuntimeError, match="bool"):
            call(y, alpha=True)


TRAPEZOIDS = [
    ((4,), -1),
    ((3,), 1),
    ((2,), 0),
    ((3, 4), 2),
    ((1, 3, 4), 1),
    ((3, 4), 1),
    ((2, 1, 4), 2),
    ((3, 1), 1),
    ((1, 1, 4), 0),
]


@pytest.mark.parametrize(("shape", "dim"), TRAPEZOIDS, ids=str)
def test_points_of_a_trapezoid(shape, dim, backend):
    values = np.arange(24.0).reshape(2, 3, 4), np.random.default_rng(0).random(shape)
    ours, theirs = (m.trapezoid(*(m.tensor(v) for v in values), dim=dim) for m in (polygrad, torch))
    assert np.allclose(ours.tolist(), theirs.tolist())
    with pytest.raises(RuntimeError, match="for each sample point"):
        polygrad.trapezoid(polygrad.ones(2, 3), polygrad.ones(2))


def test_strides_of_new_dimensions(backend):
    for shape, size in (
        ((5,), (1, 1, 5)),
        ((5,), (2, 1, 5)),
        ((1,), (1, 3)),
        ((), (1,)),
        ((), (1, 1, 2)),
        ((2, 1), (1, 2, 4)),
    ):
        assert polygrad.zeros(shape).expand(size).stride() == torch.zeros(shape).expand(size).stride()


@pytest.mark.parametrize("name", ["H", "mT", "mH", "adjoint"])
def test_transposes_are_of_matrices(name, backend):
    for shape in ((2,), (2, 3, 4)) if name == "H" else ((2,),):
        x = polygrad.ones(shape)
        with pytest.raises(RuntimeError, match="only supported on matrices"):
            getattr(polygrad, name)(x) if name == "adjoint" else getattr(x, name)


def test_shapes_are_of_lengths():
    for shape in ((-1,), (1, -12), (1.1,)):
        with pytest.raises(RuntimeError):
            polygrad.broadcast_shapes(shape)
    with pytest.raises(RuntimeError):
        polygrad.broadcast_shapes(1.1)


def test_a_capsule_is_memory():
    capsule = polygrad.utils.dlpack.to_dlpack
    assert polygrad.from_dlpack(capsule(polygrad.ones(2))).tolist() == [1, 1]
    assert polygrad.asarray(capsule(polygrad.ones(2)), dtype=polygrad.int64).tolist() == [1, 1]


SHAPES = {
    "empty": lambda m: m.Size(), "sum": lambda m: m.Size([1, 2]) + (3,), "sum from the right": lambda m: (3,) + m.Size([1]),
    "product": lambda m: 2 * m.Size([1, 2]), "slice": lambda m: m.zeros(2, 3, 4).shape[1:], "last": lambda m: m.zeros(2, 3).shape[-1],
    "elements": lambda m: m.zeros(2, 3, 4).size()[:-1].numel(), "a range": lambda m: m.Size(range(3)),
    "a list": lambda m: m.Size([1]) + [2], "fractions": lambda m: m.Size([1.5]), "floats": lambda m: m.Size(m.ones(3)),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_parts_and_sums_of_shapes_are_shapes(name):
    found = []
    for module in (torch, polygrad):
        try:
            made = SHAPES[name](module)
            found.append((type(made).__name__, tuple(made) if isinstance(made, tuple) else made))
        except TypeError:
            found.append(TypeError)
    assert found[0] == found[1]


REFUSED_CALLS = {
    "a bool for a dimension": (TypeError, lambda m: m.ones(3, 2).topk(1, True)),
    "a bool for one to add along": (TypeError, lambda m: m.ones(3, 2).cumsum(True)),
    "bincount": (RuntimeError, lambda m: m.bincount(m.tensor([1, 3]), minlength=-1)),
    "kthvalue of nothing": (IndexError, lambda m: m.zeros(2, 0, 4).kthvalue(1, 1)),
    "argmax of nothing": (IndexError, lambda m: m.zeros(2, 0).argmax()),
    "a seed": (ValueError, lambda m: m.manual_seed(2**64)),
    "index_add, a vector": (RuntimeError, lambda m: m.zeros(()).index_add(0, m.tensor([0]), m.ones(1))),
    "index_add, a row": (RuntimeError, lambda m: m.zeros(3, 2).index_add(0, m.tensor([0, 1]), m.ones(2, 1))),
}


@pytest.mark.parametrize("name", REFUSED_CALLS)
def test_calls_that_pytorch_refuses(name, backend):
    error, call = REFUSED_CALLS[name]
    for module in (torch, polygrad):
        with pytest.raises(error):
            call(module)


def test_whether_bytes_are_true(backend):
    for values in ([0, 1], [1, 2], [0, 0], []):
        for name in ("all", "any"):
            ours, theirs = (getattr(m, name)(m.tensor(values, dtype=m.uint8)) for m in (polygrad, torch))
            assert ours.item() == theirs.item() and ours.dtype is polygrad.uint8


def test_a_tensors_type_is_the_default(backend):
    assert polygrad.tensor([1]).type(polygrad.Tensor).dtype is polygrad.float32
