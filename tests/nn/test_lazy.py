"""Lazy modules: they become plain ones at the first call, with parameters as those draw them."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import polygrad as pg
from polygrad import nn
from polygrad.nn.parameter import UninitializedBuffer, UninitializedParameter, UninitializedTensorMixin, is_lazy

#: name, arguments, those of the plain class for 4 channels, shape of an input
LAYERS = [
    ("LazyLinear", (3,), (4, 3), (2, 4)),
    ("LazyLinear", (3, False), (4, 3, False), (4,)),
    ("LazyConv1d", (6, 2), (4, 6, 2), (2, 4, 5)),
    ("LazyConv2d", (6, (2, 1), 2, 1, 1, 2), (4, 6, (2, 1), 2, 1, 1, 2), (4, 5, 5)),
    ("LazyConv3d", (6, 2, 1, "same"), (4, 6, 2, 1, "same"), (2, 4, 3, 3, 3)),
    ("LazyConvTranspose1d", (6, 2), (4, 6, 2), (2, 4, 5)),
    ("LazyConvTranspose2d", (6, 3, 2, 1, 1, 2, False), (4, 6, 3, 2, 1, 1, 2, False), (2, 4, 5, 5)),
    ("LazyConvTranspose3d", (6, 2), (4, 6, 2), (4, 2, 2, 2)),
    ("LazyBatchNorm1d", (), (4,), (2, 4)),
    ("LazyBatchNorm2d", (1e-3, None), (4, 1e-3, None), (2, 4, 3, 3)),
    ("LazyBatchNorm3d", (1e-5, 0.1, False), (4, 1e-5, 0.1, False), (2, 4, 3, 3, 2)),
    ("LazyInstanceNorm1d", (), (4, 1e-5, 0.1, True, True), (4, 5)),
    ("LazyInstanceNorm2d", (1e-5, 0.1, True, False), (4, 1e-5, 0.1, True, False), (2, 4, 3, 3)),
    ("LazyInstanceNorm3d", (1e-5, 0.1, False), (4, 1e-5, 0.1, False, True), (2, 4, 3, 3, 2)),
]


def ids(case):
    return f"{case[0]}{case[1]}".replace(" ", "")


@pytest.mark.parametrize("case", LAYERS, ids=ids)
def test_a_lazy_layer_becomes_the_plain_one(case):
    name, args, plain, shape = case
    layer, x = getattr(nn, name)(*args), pg.rand(*shape)
    lazies = [one for one in (*layer.parameters(), *layer.buffers()) if is_lazy(one)]
    assert lazies or not layer.state_dict()
    pg.manual_seed(0)
    found = layer(x)
    pg.manual_seed(0)
    expected = getattr(nn, name.removeprefix("Lazy"))(*plain)
    assert type(layer) is type(expected) and repr(layer) == repr(expected)
    assert not any(map(is_lazy, (*layer.parameters(), *layer.buffers())))
    assert all(type(one) in (nn.Parameter, nn.Buffer) for one in lazies)  # the same objects
    np.testing.assert_array_equal(found.detach().numpy(), expected(x).detach().numpy())
    for (key, one), (same, other) in zip(layer.state_dict().items(), expected.state_dict().items(), strict=True):
        assert key == same and (one == other).all()
    assert (layer(x) == expected(x)).all()  # without the hook


@pytest.mark.parity
@pytest.mark.parametrize("case", LAYERS, ids=ids)
def test_a_lazy_layer_looks_as_pytorchs_does(case):
    torch = pytest.importorskip("torch")
    name, args, _, shape = case
    ours, theirs = getattr(nn, name)(*args), getattr(torch.nn, name)(*args)
    assert repr(ours) == repr(theirs)
    assert {k: str(v) for k, v in ours.state_dict().items() if is_lazy(v)} == {
        k: str(v) for k, v in theirs.state_dict().items() if torch.nn.parameter.is_lazy(v)
    }
    if name != "LazyInstanceNorm1d":  # PyTorch takes the length for the channels, without a batch
        ours(pg.ones(*shape)), theirs(torch.ones(*shape))
        assert repr(ours) == repr(theirs)


def test_nothing_but_conversion_is_possible_before_the_shape_is_known():
    weight = UninitializedParameter(dtype=pg.float64)
    assert isinstance(weight, nn.Parameter) and isinstance(weight, UninitializedTensorMixin) and weight.requires_grad
    assert (weight.dtype, repr(weight), weight.backend.name) == (pg.float64, "<UninitializedParameter>", "numpy")
    for use in (lambda: weight + 1, lambda: weight.sum(), lambda: pg.exp(weight), lambda: weight.tolist()):
        with pytest.raises((ValueError, RuntimeError), match="ninitialized parameter"):
            use()
    with pytest.raises(RuntimeError, match="Can't access the shape of an uninitialized parameter"):
        _ = weight.shape
    copied = pickle.loads(pickle.dumps(copy.deepcopy(weight)))
    assert is_lazy(copied) and copied.dtype == pg.float64 and copied.requires_grad
    weight.materialize((2, 3), dtype=pg.float32)
    assert type(weight) is nn.Parameter and weight.shape == (2, 3) and weight.dtype == pg.float32
    (weight * 2).sum().backward()
    assert weight.grad.shape == (2, 3)
    buffer = UninitializedBuffer(persistent=False)
    assert not buffer.persistent and not buffer.requires_grad
    buffer.materialize((2,))
    assert type(buffer) is nn.Buffer and buffer.tolist() == [0, 0]


def test_a_lazy_network_is_converted_and_trained():
    net = nn.Sequential(nn.LazyLinear(4), nn.LazyBatchNorm1d(), nn.ReLU(), nn.LazyLinear(1)).double().train()
    assert net[0].weight.dtype == pg.float64
    x = pg.rand(5, 3, dtype=pg.float64)
    net(x)
    assert [type(layer).__name__ for layer in net] == ["Linear", "BatchNorm1d", "ReLU", "Linear"]
    optimizer = pg.optim.SGD(net.parameters(), 0.1)
    before = net[0].weight.detach().clone()
    net(x).square().sum().backward()
    optimizer.step()
    assert net[0].weight.dtype == pg.float64 and (net[0].weight != before).any()
    assert pg.compile(net)(x).shape == (5, 1)


def test_states_of_lazy_modules_are_loaded():
    full, lazy = nn.Linear(3, 2), nn.LazyLinear(2)
    state = lazy.state_dict()
    assert all(map(is_lazy, state.values()))
    assert nn.LazyLinear(2).load_state_dict(state).missing_keys == []
    with pytest.raises(RuntimeError, match="uninitialized in the state_dict"):
        full.load_state_dict(state)
    with pytest.raises(RuntimeError, match=r"Missing key\(s\)"):
        lazy.load_state_dict({"weight": full.weight})
    assert is_lazy(lazy.weight) and is_lazy(lazy.bias)  # nothing was loaded
    lazy.load_state_dict(full.state_dict())
    assert (lazy.weight == full.weight).all() and type(lazy) is nn.LazyLinear
    with pytest.raises(RuntimeError, match="in_features 4, but the parameters are for 3"):
        lazy(pg.ones(2, 4))
    assert lazy(pg.ones(2, 3)).shape == (2, 2) and repr(lazy) == repr(full)
    for make in (lambda: nn.LazyConv2d(6, 3), lambda: nn.LazyConvTranspose2d(6, 3), nn.LazyBatchNorm2d):
        source, target = make(), make()
        source(pg.ones(2, 4, 5, 5))
        target.load_state_dict(source.state_dict())
        target.eval()(pg.ones(2, 4, 5, 5))
        assert repr(target) == repr(source)
    assigned = nn.LazyLinear(2)
    assigned.load_state_dict(full.state_dict(), assign=True)
    assert assigned(pg.ones(3)).shape == (2,)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: nn.LazyConv2d(6, 3)(pg.ones(2, 4)), RuntimeError, "expected 3D"),
        (
            lambda: nn.LazyConv1d(6, 3, groups=2)(pg.ones(2, 3, 5)),
            ValueError,
            "in_channels must be divisible by groups",
        ),
        (lambda: nn.LazyConv1d(5, 3, groups=2), ValueError, "out_channels must be divisible by groups"),
        (lambda: nn.LazyBatchNorm2d()(pg.ones(2, 4)), ValueError, "the input has 2 dimensions"),
    ],
)
def test_first_inputs_that_do_not_fit(call, error, text):
    with pytest.raises(error, match=text):
        call()


def test_a_lazy_module_of_a_user():
    class Scale(nn.modules.lazy.LazyModuleMixin, nn.Module):
        def __init__(self):
            super().__init__()
            self.factor = nn.UninitializedParameter()

        def initialize_parameters(self, x):
            if self.has_uninitialized_params():
                self.factor.materialize(x.shape[-1:])
                nn.init.ones_(self.factor)

        def forward(self, x):
            return x * self.factor

    layer = Scale()
    assert layer.has_uninitialized_params()
    assert (layer(pg.ones(2, 3)) == 1).all() and not layer.has_uninitialized_params()
    Scale.initialize_parameters = nn.modules.lazy.LazyModuleMixin.initialize_parameters
    with pytest.raises(NotImplementedError, match="initialize_parameters is not implemented for Scale"):
        Scale()(pg.ones(2))
