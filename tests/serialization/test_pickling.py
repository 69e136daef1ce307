"""Pickles: every function, module, optimizer, scheduler and generator, in this process and in a new one."""

from __future__ import annotations

import copy
import functools
import inspect
import pickle
import subprocess
import sys
import types

import numpy as np
import pytest

import polygrad
import polygrad.linalg
import polygrad.nn.functional as F
from polygrad import nn, optim
from polygrad.utils.data import DataLoader, RandomSampler, Subset, TensorDataset, random_split

PUBLIC = {
    "polygrad": polygrad,
    "autograd": polygrad.autograd,
    "autograd.functional": polygrad.autograd.functional,
    "func": polygrad.func,
    "functional": F,
    "init": nn.init,
    "linalg": polygrad.linalg,
    "lr_scheduler": optim.lr_scheduler,
    "nn": nn,
    "optim": optim,
    "random": polygrad.random,
    "rnn": nn.utils.rnn,
    "utils": nn.utils,
    "data": polygrad.utils.data,
}
CALLABLES = {
    f"{owner}.{name}": getattr(module, name)
    for owner, module in PUBLIC.items()
    for name in dir(module)
    if not name.startswith("_") and callable(getattr(module, name))
} | {
    f"Tensor.{name}": getattr(polygrad.Tensor, name)
    for name in dir(polygrad.Tensor)
    if not name.startswith("__") and callable(getattr(polygrad.Tensor, name))
}
#: Methods of the one registry of backends, which has no other copy; and names that are no part of the interface.
NOT_GLOBAL = {"polygrad.get_backend", "polygrad.set_backend"}
PRIVATE = {"OPERATIONS", "FunctionType", "Callable"}


@pytest.mark.parametrize("protocol", [2, pickle.HIGHEST_PROTOCOL])
def test_every_function_and_class_comes_back_as_itself(protocol):
    wrong = []
    for name, value in CALLABLES.items():
        if name in NOT_GLOBAL or name.rpartition(".")[2] in PRIVATE:
            continue
        try:
            back = pickle.loads(pickle.dumps(value, protocol))
        except Exception as error:
            wrong.append(f"{name}: {error}")
            continue
        if back is not value:
            wrong.append(f"{name} comes back as {back}")
    assert not wrong
    assert len(CALLABLES) > 900


def test_methods_of_a_tensor_come_back_bound():
    x = polygrad.ones(2, 2)
    for name in ("exp", "add", "double", "type_as", "new_zeros", "add_", "numel", "tanh", "byte"):
        method = pickle.loads(pickle.dumps(getattr(x, name)))
        assert method.__self__.tolist() == x.tolist() and method.__func__ is getattr(polygrad.Tensor, name)


@polygrad.primitive()
def cube_of_pickles(xp, x, /):
    return x * x * x


cube_of_pickles.defvjp(x=lambda xp, g, x: 3 * g * x * x)


def test_primitives_of_ones_own():
    assert (
        pickle.loads(pickle.dumps(cube_of_pickles)) is cube_of_pickles
        and pickle.loads(pickle.dumps(cube_of_pickles.op)) is cube_of_pickles.op
    )
    assert pickle.loads(pickle.dumps(polygrad.exp.primitive)) is polygrad.exp.primitive


class Network(nn.Module):
    def __init__(self, activation=polygrad.tanh):
        super().__init__()
        self.first, self.last = nn.Linear(3, 4), nn.Linear(4, 1)
        self.norm, self.drop = nn.BatchNorm1d(4), nn.Dropout(0.5)
        self.activation, self.other = activation, F.relu
        self.register_buffer("scale", polygrad.ones(1))
        self.seen = None

    def forward(self, x):
        self.seen = self.norm(self.activation(self.first(x)))
        return self.last(self.other(self.drop(self.seen))) * self.scale


OPTIMIZERS = [
    optim.SGD, optim.Adam, optim.AdamW, optim.RMSprop, optim.Adagrad, optim.Adadelta, optim.Adamax, optim.NAdam, optim.RAdam,
    optim.Rprop, optim.ASGD,
]  # fmt: skip


@pytest.mark.parametrize("make", OPTIMIZERS)
def test_training_goes_on_from_a_pickle(backend, make):
    polygrad.manual_seed(0)
    network = Network()
    optimizer = make(network.parameters(), lr=0.1)
    scheduler = optim.lr_scheduler.StepLR(optimizer, 1, 0.5)
    generator = polygrad.Generator().manual_seed(1)
    x = polygrad.randn(8, 3)

    def train(network, optimizer, scheduler, generator):
        for _ in range(2):
            optimizer.zero_grad()
            loss = (network(x) - polygrad.randn(8, 1, generator=generator)).pow(2).mean()
            loss.backward()
            optimizer.step()
            scheduler.step()
        return [loss.item(), *[p.tolist() for p in network.parameters()], scheduler.get_last_lr()]

    train(network, optimizer, scheduler, generator)
    everything = network, optimizer, scheduler, generator
    again = pickle.loads(pickle.dumps(everything))
    assert again[1].param_groups[0]["params"][0] is again[0].first.weight and again[2].optimizer is again[1]
    assert again[0].activation is polygrad.tanh and again[0].other is F.relu
    polygrad.manual_seed(5)
    expected = train(*everything)
    polygrad.manual_seed(5)
    assert train(*again) == expected


def layers():
    for name in dir(nn):
        kind = getattr(nn, name)
        if inspect.isclass(kind) and issubclass(kind, nn.Module):
            for arguments in ((), (2,), (2, 2), (4, 2), (2, 2, 2)):
                try:
                    yield name, kind(*arguments)
                except Exception:
                    continue
                break


LAYERS = dict(layers())


def _contents(layer):
    """The numbers of a layer; of what a lazy layer has not made yet, the type."""
    state = layer.state_dict()
    return {name: type(value) if nn.parameter.is_lazy(value) else value.tolist() for name, value in state.items()}


@pytest.mark.parametrize("name", LAYERS)
def test_every_layer(name):
    layer = LAYERS[name]
    for back in (pickle.loads(pickle.dumps(layer)), copy.deepcopy(layer)):
        assert type(back) is type(layer) and repr(back) == repr(layer)
        assert _contents(back) == _contents(layer)
    assert len(LAYERS) > 100


def make_values():
    x = polygrad.ones(2, 3, requires_grad=True)
    data = TensorDataset(polygrad.arange(6.0).reshape(3, 2))
    return {
        "leaf": x,
        "computed": x * 2,
        "view": x.detach()[0],
        "parameter": nn.Parameter(polygrad.ones(2)),
        "buffer": nn.Buffer(polygrad.ones(2)),
        "shape": x.shape,
        "data type": polygrad.float32,
        "tensor type": polygrad.FloatTensor,
        "device": x.device,
        "backend": x.backend,
        "pair": x.max(0),
        "partial": functools.partial(polygrad.sum, dim=0),
        "data set": data,
        "subset": Subset(data, [0, 2]),
        "split": random_split(data, [1, 2]),
        "loader": DataLoader(data, batch_size=2),
        "sampler": RandomSampler(data, generator=polygrad.Generator().manual_seed(0)),
        "generator": polygrad.Generator().manual_seed(3),
        "packed": nn.utils.rnn.pack_sequence([polygrad.ones(3), polygrad.ones(2)]),
        "activation": nn.TransformerEncoderLayer(4, 2, activation=F.gelu),
        "compiled module": polygrad.compile(nn.Linear(2, 2)),
        "dict": {"x": x, "again": x},
        "transform": functools.partial(polygrad.clamp, min=0.0),
    }


@pytest.mark.parametrize("name", make_values())
def test_values(backend, name):
    value = make_values()[name]
    for protocol in (2, 4, 5):
        back = pickle.loads(pickle.dumps(value, protocol))
        assert type(back) is type(value)
        if isinstance(value, polygrad.Tensor):
            assert back.tolist() == value.tolist() and back.requires_grad == value.requires_grad
            assert back.backend is value.backend and back.is_leaf
    if name == "generator":
        assert polygrad.rand(3, generator=back).tolist() == polygrad.rand(3, generator=value).tolist()
    if name == "backend":
        assert back is value is copy.deepcopy(value)


def test_another_process(backend, tmp_path):
    """What comes from a pickle there computes what it does here, though nothing was imported before."""
    polygrad.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.LSTM(4, 2))
    optimizer = optim.Adam(model.parameters())
    functions = [
        polygrad.tanh,
        F.relu,
        polygrad.Tensor.exp,
        F.gelu,
        polygrad.linalg.inv,
        polygrad.zeros_like,
        polygrad.sum,
    ]
    x = polygrad.randn(2, 2)
    expected = [function(x).tolist() for function in functions], model(polygrad.ones(1, 1, 3))[0].tolist()
    (tmp_path / "pickle").write_bytes(pickle.dumps((functions, x, model, optimizer, polygrad.Generator())))
    program = (
        "import pickle, sys; functions, x, model, optimizer, generator = pickle.load(open(sys.argv[1], 'rb')); "
        "import polygrad; optimizer.step(); "
        "print(([f(x).tolist() for f in functions], model(polygrad.ones(1, 1, 3, backend=x.backend))[0].tolist()))"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "pickle")], capture_output=True, text=True, check=True
    )
    found = eval(result.stdout)
    for one, other in zip(found[0], expected[0], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)
    np.testing.assert_allclose(found[1], expected[1], rtol=1e-6)


def test_a_whole_module_in_a_file(tmp_path):
    network = Network(F.gelu)
    polygrad.save(network, tmp_path / "network")
    with pytest.raises(polygrad.serialization.UnsafeFileError):
        polygrad.load(tmp_path / "network")
    back = polygrad.load(tmp_path / "network", weights_only=False)
    assert back.activation is F.gelu and back.first.weight.tolist() == network.first.weight.tolist()


def test_the_names_that_functions_are_found_by_are_public():
    for name in ("tanh", "exp", "mul", "eq", "sigmoid", "matmul"):
        function = getattr(polygrad, name)
        assert (function.__module__, function.__qualname__) == ("polygrad", name)
    assert isinstance(polygrad.Tensor.exp, types.FunctionType)
