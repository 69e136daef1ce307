"""Modules as in PyTorch, on every backend: registration, traversal, state, hooks, conversion, containers, repr."""

from __future__ import annotations

import copy
import gc
import pickle
import warnings
import weakref
from collections import OrderedDict

import numpy as np
import pytest

import polygrad as pg
from polygrad import nn

OTHERS = [name for name in pg.backends.available() if name != "numpy"]


class Net(nn.Module):
    """A bit of everything, written for either library."""

    library = nn

    def __init__(self):
        super().__init__()
        lib = self.library
        self.first = lib.Linear(3, 4)
        self.rest = lib.Sequential(lib.Tanh(), lib.Linear(4, 4), lib.BatchNorm1d(4))
        self.shared = self.first
        self.scale = lib.Parameter(self.first.bias.detach().clone())
        self.register_buffer("count", self.scale.detach() * 0)
        self.register_buffer("scratch", self.scale.detach() * 0, persistent=False)
        self.register_parameter("nothing", None)

    def forward(self, x):
        return self.rest(self.first(x)) * self.scale


def torch_net():
    torch = pytest.importorskip("torch")
    kind = type(
        "Net", (torch.nn.Module,), {**{k: v for k, v in vars(Net).items() if k in ("forward",)}, "library": torch.nn}
    )

    def init(self):
        super(kind, self).__init__()
        for name, value in vars(Net()).items():
            del name, value
        lib = torch.nn
        self.first = lib.Linear(3, 4)
        self.rest = lib.Sequential(lib.Tanh(), lib.Linear(4, 4), lib.BatchNorm1d(4))
        self.shared = self.first
        self.scale = lib.Parameter(self.first.bias.detach().clone())
        self.register_buffer("count", self.scale.detach() * 0)
        self.register_buffer("scratch", self.scale.detach() * 0, persistent=False)
        self.register_parameter("nothing", None)

    kind.__init__ = init
    return kind()


# -- registration and traversal ----------------------------------------------------------------------------------------


@pytest.mark.parity
@pytest.mark.parametrize(
    "look",
    [
        lambda m: [name for name, _ in m.named_parameters()],
        lambda m: [name for name, _ in m.named_parameters(remove_duplicate=False)],
        lambda m: [name for name, _ in m.named_parameters(prefix="net", recurse=False)],
        lambda m: [name for name, _ in m.named_buffers()],
        lambda m: [name for name, _ in m.named_modules()],
        lambda m: [name for name, _ in m.named_modules(remove_duplicate=False)],
        lambda m: [name for name, _ in m.named_children()],
        lambda m: [type(child).__name__ for child in m.children()],
        lambda m: [type(child).__name__ for child in m.modules()],
        lambda m: len(list(m.parameters())),
        lambda m: list(m.state_dict()),
        lambda m: [tuple(v.shape) for v in m.state_dict(prefix="a.").values()],
        lambda m: sorted(m._parameters),
        lambda m: sorted(m._buffers),
        lambda m: list(m._modules),
        lambda m: [name for name in dir(m) if name in ("first", "scale", "count", "0", "nothing")],
        lambda m: [name for name in dir(m.rest) if name in ("0", "1")],
        repr,
    ],
)
def test_a_module_is_seen_as_pytorchs(look):
    assert look(Net()) == look(torch_net())


def test_attributes_keep_their_kind():
    net = Net()
    with pytest.raises(TypeError, match=r"scale is a parameter: it can be a Parameter or None, not Tensor; write"):
        net.scale = pg.zeros(4)
    with pytest.raises(TypeError, match="first is a module: it can be a Module or None, not int"):
        net.first = 3
    with pytest.raises(TypeError, match="count is a buffer: it can be a Tensor or None, not float"):
        net.count = 1.0
    net.scale = None
    assert "scale" in net._parameters
    assert "scale" not in dict(net.named_parameters())
    net.scale = nn.Parameter(pg.ones(4))
    net.count = None
    assert "count" not in net.state_dict()
    net.first = nn.Identity()
    assert [name for name, _ in net.named_children()] == ["first", "rest", "shared"]
    del net.shared
    assert not hasattr(net, "shared")
    with pytest.raises(AttributeError, match="'Net' object has no attribute 'shared'"):
        _ = net.shared
    net.plain = pg.zeros(3)
    assert "plain" not in net.state_dict()
    net.plain = nn.Parameter(pg.zeros(3))
    assert "plain" in net.state_dict()
    net.rest = nn.Parameter(pg.zeros(2))
    assert "rest" in net._parameters
    assert "rest" not in net._modules


def test_the_base_class_must_be_initialised_first():
    class Broken(nn.Module):
        def __init__(self):
            self.layer = nn.Linear(1, 1)

    with pytest.raises(AttributeError, match=r"call super\(\).__init__\(\) first in Broken.__init__\(\)"):
        Broken()


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda m: m.register_parameter("a.b", None), KeyError, 'contain "."'),
        (lambda m: m.register_parameter("", None), KeyError, "empty string"),
        (lambda m: m.register_parameter(3, None), TypeError, "is a string, not int"),
        (lambda m: m.register_parameter("forward", None), KeyError, "'forward' already exists"),
        (
            lambda m: m.register_parameter("x", pg.zeros(1)),
            TypeError,
            "must be a polygrad.nn.Parameter or None, not Tensor",
        ),
        (lambda m: m.register_buffer("scale", pg.zeros(1)), KeyError, "'scale' already exists"),
        (lambda m: m.register_buffer("x", 1), TypeError, "must be a Tensor or None, not int"),
        (lambda m: m.add_module("scale", nn.Identity()), KeyError, "'scale' already exists"),
        (lambda m: m.register_module("x", pg.zeros(1)), TypeError, "must be a polygrad.nn.Module or None, not Tensor"),
        (lambda m: m.get_submodule("rest.7"), AttributeError, "Sequential has no attribute `7`"),
        (lambda m: m.get_submodule("scale"), AttributeError, "is not a Module"),
        (lambda m: m.get_parameter("rest.1.nothing"), AttributeError, "Linear has no attribute `nothing`"),
        (lambda m: m.get_parameter("count"), AttributeError, "is not a parameter"),
        (lambda m: m.get_buffer("scale"), AttributeError, "is not a buffer"),
        (lambda m: m.set_submodule("", nn.Identity()), ValueError, "without a name"),
        (lambda m: m.train("yes"), ValueError, "training mode is expected to be boolean"),
        (lambda m: nn.Module()(1), NotImplementedError, "does not define forward"),
    ],
)
def test_what_cannot_be_is_refused(call, error, text):
    with pytest.raises(error, match=text):
        call(Net())


def test_names_lead_to_parts():
    net = Net()
    assert net.get_submodule("rest.1") is net.rest[1]
    assert net.get_submodule("") is net
    assert net.get_parameter("rest.1.weight") is net.rest[1].weight
    assert net.get_buffer("rest.2.running_mean") is net.rest[2].running_mean
    net.set_submodule("rest.1", nn.Identity())
    assert isinstance(net.rest[1], nn.Identity)


def test_registered_attributes_can_be_written_through_the_dictionaries():
    net = Net()
    replacement = nn.Parameter(pg.ones(4))
    net._parameters["scale"] = replacement
    assert net.scale is replacement
    net._modules["extra"] = nn.Identity()
    assert isinstance(net.extra, nn.Identity)
    del net._buffers["count"]
    assert not hasattr(net, "count")
    with pytest.raises(KeyError):
        net._parameters["first"]


def test_buffer_class():
    module = nn.Module()
    module.kept = nn.Buffer(pg.ones(2))
    module.passing = nn.Buffer(pg.ones(2), persistent=False)
    assert list(module.state_dict()) == ["kept"]
    assert [name for name, _ in module.named_buffers()] == ["kept", "passing"]
    assert not module.kept.requires_grad


# -- parameters --------------------------------------------------------------------------------------------------------


def test_a_parameter_is_a_leaf_that_requires_grad():
    data = pg.tensor([1.0, 2.0])
    parameter = nn.Parameter(data)
    assert parameter.is_leaf
    assert parameter.requires_grad
    assert repr(parameter) == "Parameter containing:\ntensor([1., 2.], requires_grad=True)"
    parameter.note = "mine"
    assert parameter.note == "mine"
    assert type(parameter * 2) is pg.Tensor
    with pg.no_grad():
        parameter.add_(1)
    assert data.tolist() == [2, 3]  # they share memory, as in PyTorch
    assert not nn.Parameter(pg.tensor([1]), requires_grad=False).requires_grad
    with pytest.raises(RuntimeError, match="int64"):
        nn.Parameter(pg.tensor([1]))
    computed = nn.Parameter(parameter * 2)
    assert computed.is_leaf


@pytest.mark.parametrize("copier", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))], ids=["deepcopy", "pickle"])
def test_copies_are_separate_and_keep_what_is_shared(copier):
    net = Net()
    net.rest[1].weight = net.rest[1].weight
    net.tied = net.rest[1]
    twin = copier(net)
    assert twin.tied is twin.rest[1]
    assert twin.shared is twin.first
    assert repr(twin) == repr(net)
    x = pg.randn(5, 3)
    with pg.no_grad():
        assert pg.equal(net.eval()(x), twin.eval()(x))
        twin.first.weight.zero_()
    assert not pg.equal(net.first.weight, twin.first.weight)
    assert all(p.requires_grad for p in twin.parameters())
    parameter = copier(nn.Parameter(pg.ones(2)))
    assert type(parameter) is nn.Parameter


def test_tied_weights_are_one_parameter():
    net = nn.Sequential(nn.Linear(3, 3, bias=False), nn.Linear(3, 3, bias=False))
    net[1].weight = net[0].weight
    assert len(list(net.parameters())) == 1
    assert list(net.state_dict()) == ["0.weight", "1.weight"]
    net(pg.ones(1, 3)).sum().backward()
    one = net[0].weight
    first, second = one.detach().numpy().sum(0), one.detach().numpy().sum(1)
    expected = np.outer(first, np.ones(3)) + np.outer(np.ones(3), second)
    np.testing.assert_allclose(one.grad.numpy(), expected, rtol=1e-5)


def test_a_module_dies_with_its_last_reference():
    gc.collect()
    gc.disable()
    try:
        net = Net()
        net(pg.randn(4, 3)).sum().backward()
        alive = weakref.ref(net), weakref.ref(net.first.weight)
        del net
        assert alive[0]() is None
        assert alive[1]() is None
    finally:
        gc.enable()


# -- buffers that are assigned to --------------------------------------------------------------------------------------


class Averages(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("mean", pg.zeros(2))

    def forward(self, x):
        self.mean = 0.5 * self.mean + 0.5 * x
        return self.mean


def test_a_buffer_keeps_its_cell_where_nobody_can_notice():
    module = Averages()
    cell = id(module.mean)
    for _ in range(3):
        module(pg.ones(2))
        assert id(module.mean) == cell
    assert module.mean.tolist() == [0.875, 0.875]


def test_a_buffer_that_somebody_holds_is_not_changed_under_them():
    module = Averages()
    before = module.mean
    after = module(pg.ones(2))
    assert before.tolist() == [0, 0]
    assert module.mean is after
    state = module.state_dict()
    module.mean = module.mean + 1
    assert state["mean"].tolist() == [0.5, 0.5]
    new = pg.ones(2)
    module.mean = new
    new.add_(1)
    assert module.mean.tolist() == [2, 2]
    module.mean = pg.ones(3)
    assert module.mean.shape == (3,)
    module.mean = pg.ones(3, dtype=pg.float64)
    assert module.mean.dtype is pg.float64


def test_a_buffer_that_was_computed_with_a_graph_has_it():
    module = Averages()
    x = pg.ones(2, requires_grad=True)
    module(x)
    assert module.mean.requires_grad
    module.mean.sum().backward()
    assert x.grad.tolist() == [0.5, 0.5]


# -- modes and gradients -----------------------------------------------------------------------------------------------


def test_modes_reach_every_module():
    net = Net()
    assert net.eval() is net
    assert not any(module.training for module in net.modules())
    assert all(module.training for module in net.train().modules())

    class Frozen(nn.Linear):
        def train(self, mode=True):
            return super().train(False)

    assert not nn.Sequential(Frozen(1, 1)).train()[0].training


def test_zero_grad_and_requires_grad():
    net = Net()
    net(pg.randn(4, 3)).sum().backward()
    net.zero_grad(set_to_none=False)
    assert all(not p.grad.numpy().any() for p in net.parameters())
    net.zero_grad()
    assert all(p.grad is None for p in net.parameters())
    net.requires_grad_(False)
    assert not net(pg.randn(4, 3)).requires_grad


def test_apply_goes_from_the_inside_out():
    seen = []
    net = Net()
    assert net.apply(lambda module: seen.append(type(module).__name__)) is net
    assert seen == ["Linear", "Tanh", "Linear", "BatchNorm1d", "Sequential", "Net"]


# -- moving ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("backend", OTHERS)
def test_moving_to_another_backend_keeps_the_parameters(backend):
    net = Net()
    parameters = list(net.parameters())
    optimizer = pg.optim.Adam(net.parameters(), lr=0.1)
    x = pg.randn(5, 3)
    net(x).square().sum().backward()
    gradients = [p.grad.numpy() for p in parameters]
    assert net.to(backend=backend) is net
    assert all(a is b for a, b in zip(net.parameters(), parameters, strict=True))
    for p, g in zip(parameters, gradients, strict=True):
        assert p.backend.name == p.grad.backend.name == backend
        np.testing.assert_array_equal(np.asarray(p.grad.tolist()), g)
    optimizer.step()
    optimizer.zero_grad()
    moved = x.to(backend=backend)
    before = net(moved).square().sum()
    before.backward()
    optimizer.zero_grad()
    assert {b.backend.name for b in net.buffers()} == {backend}
    net.to(backend="numpy")
    assert net(x).backend.name == "numpy"


def test_only_floating_tensors_are_converted():
    net = Net().double()
    assert {p.dtype for p in net.parameters()} == {pg.float64}
    assert net.rest[2].num_batches_tracked.dtype is pg.int64
    assert net(pg.randn(4, 3, dtype=pg.float64)).dtype is pg.float64
    assert net.float().first.weight.dtype is pg.float32
    assert net.half().first.weight.dtype is pg.float16
    assert net.to(pg.float64).first.weight.dtype is pg.float64
    assert net.to(pg.zeros(1)).first.weight.dtype is pg.float32
    assert net.to("cpu").cpu().first.weight.device == "cpu"
    with pytest.raises(TypeError, match=r"takes floating-point and complex data types, not int64"):
        net.to(pg.int64)
    with pytest.raises(TypeError, match="polygrad.float32"):
        net.to(np.float32)
    with pytest.raises(ValueError, match="cuda"):
        net.cuda()
    assert net.first.weight.dtype is pg.float32


def test_moving_keeps_gradients_and_ties():
    layer = nn.Linear(2, 2)
    net = nn.ModuleList([layer, layer])
    layer(pg.ones(1, 2)).sum().backward()
    net.double()
    assert layer.weight.grad.dtype is pg.float64
    layer(pg.ones(1, 2, dtype=pg.float64)).sum().backward()
    assert layer.weight.grad.tolist() == [[2, 2], [2, 2]]


# -- state -------------------------------------------------------------------------------------------------------------


def test_state_is_shared_and_loaded_back():
    net, other = Net(), Net()
    state = net.state_dict()
    assert not state["scale"].requires_grad
    assert net.state_dict(keep_vars=True)["scale"] is net.scale
    result = other.load_state_dict(state)
    assert result == ([], [])
    assert repr(result) == "<All keys matched successfully>"
    for key, value in other.state_dict().items():
        assert pg.equal(value, net.state_dict()[key])
    with pg.no_grad():
        net.scale.zero_()
    assert not state["scale"].numpy().any()  # the dictionary follows the module
    assert other.scale.detach().numpy().any()  # another module does not


def test_everything_that_does_not_fit_is_told_and_nothing_is_loaded():
    net = Net()
    before = {key: value.tolist() for key, value in net.state_dict().items()}
    state = OrderedDict((key, value + 1) for key, value in net.state_dict().items() if not key.startswith("rest.1"))
    state["first.weight"] = pg.zeros(4, 5)
    state["scale"] = pg.zeros(3)
    state["first.extra"] = state["other"] = pg.zeros(1)
    state["rest.2.running_var"] = "text"
    with pytest.raises(RuntimeError) as caught:
        net.load_state_dict(state)
    text = str(caught.value)
    for part in (
        "Error(s) in loading state_dict for Net, nothing was loaded:",
        "Missing key(s) in state_dict: 'rest.1.weight', 'rest.1.bias'.",
        "Unexpected key(s) in state_dict: ", "'first.extra'", "'other'",
        "size mismatch for scale: copying a parameter of shape (3,) from state_dict, the shape in the current model is (4,).",
        "size mismatch for first.weight: copying a parameter of shape (4, 5)", "no tensor for rest.2.running_var",
    ):  # fmt: skip
        assert part in text
    assert {key: value.tolist() for key, value in net.state_dict().items()} == before
    with pytest.raises(TypeError, match="dictionary from names to tensors, not list"):
        net.load_state_dict([])
    with pytest.raises(TypeError, match="has the key 1"):
        net.load_state_dict({1: pg.ones(1)})


def test_missing_and_unexpected_keys_alone_change_nothing_either():
    net = Net()
    before = {key: value.tolist() for key, value in net.state_dict().items()}
    state = {key: value + 1 for key, value in net.state_dict().items() if key != "scale"}
    with pytest.raises(RuntimeError, match="Missing"):
        net.load_state_dict(state)
    assert {key: value.tolist() for key, value in net.state_dict().items()} == before
    result = net.load_state_dict({**state, "other": pg.zeros(1)}, strict=False)
    assert result.missing_keys == ["scale"]
    assert result.unexpected_keys == ["other"]
    assert net.count.tolist() == [1, 1, 1, 1]


@pytest.mark.parity
def test_state_goes_between_polygrad_and_pytorch():
    torch = pytest.importorskip("torch")
    theirs, ours = torch_net(), Net()
    ours.load_state_dict(theirs.state_dict())
    x = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
    for _ in range(2):
        np.testing.assert_allclose(
            ours(pg.tensor(x)).detach().numpy(), theirs(torch.tensor(x)).detach().numpy(), rtol=1e-4, atol=1e-5
        )
    theirs.load_state_dict({key: torch.tensor(value.numpy()) for key, value in ours.state_dict().items()})


def test_loading_converts_and_assigning_does_not():
    net = nn.Linear(2, 2)
    optimizer = pg.optim.SGD(net.parameters(), lr=1.0)
    state = {"weight": pg.ones(2, 2, dtype=pg.float64), "bias": np.ones(2)}
    weight = net.weight
    net.load_state_dict(state)
    assert net.weight is weight
    assert net.weight.dtype is pg.float32
    net(pg.ones(1, 2)).sum().backward()
    optimizer.step()
    assert state["weight"].tolist() == [[1, 1], [1, 1]]  # the optimizer changed its own memory
    net.load_state_dict(state, assign=True)
    assert net.weight.dtype is pg.float64
    assert isinstance(net.weight, nn.Parameter)


def test_extra_state_may_make_modules():
    class Holder(nn.Module):
        def __init__(self, held):
            super().__init__()
            self.held = held

        def get_extra_state(self):
            return None if isinstance(self.held, nn.Module) else self.held

        def set_extra_state(self, state):
            self.held = nn.Linear(1, 1) if state is None else state

    full, empty = Holder(nn.Linear(1, 1)), Holder("nothing")
    empty.load_state_dict(full.state_dict())
    assert empty.held.weight.tolist() == full.held.weight.tolist()


#: What is refused, on PyTorch's or polygrad's module.
REFUSED = {
    "to a device and a flag": lambda m: m.nn.Linear(1, 1).to(m.device("cpu"), True),
    "to nothing and a flag": lambda m: m.nn.Linear(1, 1).to(None, True),
    "to a list": lambda m: m.nn.Linear(1, 1).to([]),
    "to a dictionary": lambda m: m.nn.Linear(1, 1).to({}, non_blocking=True),
    "to a device and a tensor": lambda m: m.nn.Linear(1, 1).to(m.device("cpu"), m.ones(1)),
    "to a tensor of integers": lambda m: m.nn.Linear(1, 1).to(m.tensor(3)),
    "a tensor to a list": lambda m: m.ones(1).to([]),
    "a tensor to a device and a flag": lambda m: m.ones(1).to("cpu", True),
    "a parameter named as a buffer": lambda m: m.nn.BatchNorm1d(1).register_parameter("running_mean", None),
    "a parameter named as a module": lambda m: m.nn.Sequential(m.nn.ReLU()).register_parameter("0", None),
    "a buffer named as a parameter": lambda m: m.nn.Linear(1, 1).register_buffer("weight", None),
    "arguments of Module": lambda m: m.nn.Module(1),
    "named arguments of Module": lambda m: m.nn.Module(a=1),
    "a state dict hook that returns something": lambda m: dict_hook(m).state_dict(),
    "sequences that are none": lambda m: m.nn.utils.rnn.pad_sequence(5),
    "a size that is no integer": lambda m: m.nn.functional.interpolate(m.ones(1, 1, 2), size=(3.0,)),
    "a scale too large": lambda m: m.nn.functional.interpolate(m.ones(1, 1, 2, 2), scale_factor=1e20, mode="bilinear"),
    "a pool too large": lambda m: m.nn.AdaptiveMaxPool1d(0x3FFFFFFFFFFFFFFF)(m.ones(2, 2, 2)),
    "a cosine loss of one vector for several": lambda m: m.nn.functional.cosine_embedding_loss(
        m.ones(2, 3), m.ones(3), m.ones(2)
    ),
    "a cosine loss of several targets": lambda m: m.nn.functional.cosine_embedding_loss(
        *[m.ones(2, 2, 3)] * 2, m.ones(2, 2)
    ),
    "a weight without outputs": lambda m: m.nn.functional.conv2d(m.ones(1, 1, 3, 3), m.ones(0, 1, 2, 2)),
    "a transposed convolution of nothing": lambda m: m.nn.functional.conv_transpose1d(m.ones(1, 1, 0), m.ones(1, 1, 2)),
}


def dict_hook(m):
    net = m.nn.Linear(1, 1)
    net.register_state_dict_post_hook(lambda *_: 1)
    return net


@pytest.mark.parity
@pytest.mark.parametrize("name", REFUSED)
def test_pytorch_refuses_the_same(name):
    torch = pytest.importorskip("torch")
    with pytest.raises(Exception) as theirs:  # noqa: PT011  # any error
        REFUSED[name](torch)
    with pytest.raises(type(theirs.value)):
        REFUSED[name](pg)


def test_a_class_beside_module_is_initialized_when_it_is_asked_for():
    class Beside:
        def __init__(self, value=0):
            super().__init__()
            self.value = value

    class Alone(nn.Module, Beside):
        pass

    class Both(nn.Module, Beside):
        call_super_init = True

    assert not hasattr(Alone(), "value") and Both(3).value == 3


@pytest.mark.parity
@pytest.mark.parametrize(("name", "dimensions"), [(f"dropout{n}d", d) for n in (1, 2, 3) for d in range(1, 7)])
def test_channel_dropout_takes_the_same_for_channels(name, dimensions):
    torch = pytest.importorskip("torch")
    found = []
    for m in (torch, pg):
        try:
            with warnings.catch_warnings(record=True) as given:
                warnings.simplefilter("always")
                results = [getattr(m.nn.functional, name)(m.ones([3] * dimensions)) for _ in range(20)]
        except RuntimeError:
            found.append("refused")
            continue
        lead = 0  # how many dimensions choose
        for result in results:
            while not bool((rows := result.reshape(3**lead, -1)).eq(rows[:, :1]).all()):
                lead += 1
        found.append((lead, len(given) > 0))
    assert found[0] == found[1]


def test_extra_state_and_hooks_of_state():
    class Counter(nn.Linear):
        calls = 0

        def get_extra_state(self):
            return {"calls": self.calls}

        def set_extra_state(self, state):
            self.calls = state["calls"]

    net = nn.Sequential(Counter(2, 2))
    net[0].calls = 3
    state = net.state_dict()
    assert list(state) == ["0.weight", "0.bias", "0._extra_state"]
    other = nn.Sequential(Counter(2, 2))
    other.load_state_dict(state)
    assert other[0].calls == 3

    with pytest.raises(RuntimeError, match="nothing was loaded"):
        other.load_state_dict({**state, "0._extra_state": {"calls": 7}, "0.bias": pg.ones(9)})
    assert other[0].calls == 3

    def rename(module, state_dict, prefix, metadata, strict, missing, unexpected, errors):
        for key in list(state_dict):
            state_dict[key.replace("old", "0")] = state_dict.pop(key)

    old = {key.replace("0", "old"): value for key, value in state.items()}
    handle = other.register_load_state_dict_pre_hook(rename)
    other.load_state_dict(old)
    assert set(old) == {"old.weight", "old.bias", "old._extra_state"}
    handle.remove()
    with pytest.raises(RuntimeError, match="Missing"):
        other.load_state_dict(old)

    other.register_load_state_dict_post_hook(lambda module, keys: keys.missing_keys.clear())
    state.pop("0.bias")
    other.load_state_dict(state)

    def without_bias(module, state_dict, prefix, metadata):
        state_dict.pop("0.bias", None)

    other.register_state_dict_post_hook(without_bias)
    assert "0.bias" not in other.state_dict()
    calls = []
    other.register_state_dict_pre_hook(lambda module, prefix, keep_vars: calls.append((prefix, keep_vars)))
    other.state_dict(prefix="net.")
    assert calls == [("net.", False)]


# -- hooks -------------------------------------------------------------------------------------------------------------


def test_forward_hooks_see_and_replace():
    layer = nn.Linear(2, 2)
    calls = []

    def before(module, args):
        calls.append("before")
        return args[0] * 2

    def after(module, args, output):
        calls.append("after")
        assert args[0].tolist() == [[2, 2]]
        return output + 1

    def with_kwargs(module, args, kwargs, output):
        calls.append(sorted(kwargs))

    handles = [
        layer.register_forward_pre_hook(before),
        layer.register_forward_hook(after),
        layer.register_forward_hook(with_kwargs, with_kwargs=True, prepend=True),
    ]
    plain = layer.forward(pg.full((1, 2), 2.0))
    assert pg.equal(layer(pg.ones(1, 2)), plain + 1)
    assert calls == ["before", [], "after"]
    for handle in handles:
        handle.remove()
    calls.clear()
    layer(pg.ones(1, 2))
    assert not calls
    with layer.register_forward_hook(lambda *_: calls.append(1)):
        layer(pg.ones(1, 2))
    layer(pg.ones(1, 2))
    assert calls == [1]
    layer.register_forward_pre_hook(lambda module, args, kwargs: ((args[0],), {}), with_kwargs=True)
    layer(pg.ones(1, 2))
    layer.register_forward_pre_hook(lambda module, args, kwargs: 3, with_kwargs=True)
    with pytest.raises(RuntimeError, match="returns None or a pair"):
        layer(pg.ones(1, 2))


def test_a_hook_that_is_always_called():
    layer = nn.Linear(2, 2)
    calls = []
    layer.register_forward_hook(lambda *_: calls.append("sometimes"))
    layer.register_forward_hook(lambda *_: calls.append("always"), always_call=True)
    with pytest.raises(RuntimeError, match=r"Linear\(in_features=2"):
        layer(pg.ones(1, 3))
    assert calls == ["always"]


def gradient_calls(library, module_class, layer):
    """The arguments of backward hooks, as lists."""
    calls = []
    plain = lambda gradients: [None if g is None else g.tolist() for g in gradients]  # noqa: E731

    class Two(module_class):
        def forward(self, x, y, unused):
            return x * y, x + 1

    two = Two()
    two.register_full_backward_pre_hook(lambda module, outputs: calls.append(("pre", plain(outputs))))
    two.register_full_backward_hook(
        lambda module, inputs, outputs: calls.append(("post", plain(inputs), plain(outputs)))
    )
    x = library.tensor([1.0, 2.0], requires_grad=True)
    y = library.tensor([3.0, 4.0], requires_grad=True)
    first, second = two(x * 1, y * 1, 5)
    (first.sum() * 2).backward(retain_graph=True)
    second.sum().backward()
    calls.append((x.grad.tolist(), y.grad.tolist()))
    # replaced gradients, and no input that requires grad
    weights = layer(2, 1, bias=False)
    weights.register_full_backward_pre_hook(lambda module, outputs: (outputs[0] * 10,))
    weights.register_full_backward_hook(lambda module, inputs, outputs: calls.append(plain(inputs)))
    weights(library.ones(1, 2)).sum().backward()
    calls.append(weights.weight.grad.tolist())
    z = library.ones(1, 2, requires_grad=True)
    weights.register_full_backward_hook(lambda module, inputs, outputs: (library.full((1, 2), 7.0),))
    weights(z).sum().backward()
    calls.append(z.grad.tolist())
    return calls


@pytest.mark.parity
@pytest.mark.filterwarnings("ignore:Full backward hook is firing")  # PyTorch's, where no input requires grad
def test_backward_hooks_see_what_pytorchs_see():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    ours = gradient_calls(pg, nn.Module, nn.Linear)
    theirs = gradient_calls(torch, torch.nn.Module, torch.nn.Linear)
    theirs[3] = ("post", [[1.0, 1.0], None, None], theirs[3][2])  # PyTorch has zeros where no gradient arrives
    assert ours[:-2] == theirs[:-2]
    assert ours[-1] == theirs[-1] == [[7, 7]]


def test_backward_hooks_work_at_second_order():
    layer = nn.Tanh()
    seen = []
    layer.register_full_backward_hook(lambda module, inputs, outputs: seen.append(inputs[0].requires_grad))
    x = pg.tensor([0.3], requires_grad=True)
    (first,) = pg.autograd.grad(layer(x), x, create_graph=True)
    (second,) = pg.autograd.grad(first, x)
    t = np.tanh(0.3)
    assert seen[0]
    assert second.item() == pytest.approx(-2 * t * (1 - t * t), rel=1e-5)


# -- containers --------------------------------------------------------------------------------------------------------


def test_sequential():
    net = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    assert len(net) == 3
    assert net[-1] is net[2]
    assert isinstance(net[:2], nn.Sequential)
    assert net[:2][0] is net[0]
    assert list(net[1:]._modules) == ["1", "2"]
    net.append(nn.Identity()).extend([nn.Tanh()]).insert(1, nn.Sigmoid())
    assert [type(m).__name__ for m in net] == ["Linear", "Sigmoid", "ReLU", "Linear", "Identity", "Tanh"]
    assert list(net._modules) == list("012345")
    del net[1]
    assert type(net.pop(-1)) is nn.Tanh
    net[1] = nn.Tanh()
    del net[2:]
    assert [type(m).__name__ for m in net] == ["Linear", "Tanh"]
    assert len(net + nn.Sequential(nn.Identity())) == 3
    assert len(net * 2) == 4
    net += nn.Sequential(nn.Identity())
    assert len(net) == 3
    named = nn.Sequential(OrderedDict(first=nn.Linear(2, 3), then=nn.Tanh()))
    assert named.first is named[0]
    assert list(named[:1]._modules) == ["first"]
    with pytest.raises(IndexError, match="index 5 is out of range for 3 modules"):
        net[5]
    with pytest.raises(TypeError, match="must be a polygrad.nn.Module"):
        nn.Sequential(3)

    class WithParameter(nn.Sequential):
        def __init__(self):
            super().__init__(nn.Identity())
            self.scale = nn.Parameter(pg.ones(1))

    assert WithParameter()(pg.ones(2)).tolist() == [1, 1]


def test_module_list_and_dict():
    layers = nn.ModuleList(nn.Linear(2, 2) for _ in range(3))
    layers.append(nn.Tanh())
    assert len(layers) == 4
    assert len(list(layers.parameters())) == 6
    assert layers[1:3][0] is layers[1]
    layers.insert(0, nn.Identity())
    assert isinstance(layers[0], nn.Identity)
    heads = nn.ModuleDict({"a": nn.Linear(2, 1), "b": nn.Tanh()})
    assert list(heads) == ["a", "b"]
    assert "a" in heads
    heads["c"] = nn.ReLU()
    assert type(heads.pop("b")) is nn.Tanh
    assert [key for key, _ in heads.items()] == ["a", "c"]
    assert [type(v).__name__ for v in heads.values()] == ["Linear", "ReLU"]
    heads.update([("d", nn.Tanh())])
    assert list(heads.keys()) == ["a", "c", "d"]
    with pytest.raises(KeyError):
        heads["training"] = nn.Tanh()
    with pytest.raises(KeyError):
        heads["nothing"]
    heads.clear()
    assert len(heads) == 0


def test_lists_and_dicts_of_parameters():
    several = nn.ParameterList([pg.ones(2), nn.Parameter(pg.zeros(3))])
    several.append(pg.ones(1))
    several += [pg.ones(1)]
    assert len(several) == len(list(several.parameters())) == 4
    assert isinstance(several[0], nn.Parameter)
    several[0] = pg.zeros(2)
    assert several[0].tolist() == [0, 0]
    assert len(several[1:]) == 3
    assert list(several.state_dict()) == ["0", "1", "2", "3"]
    named = nn.ParameterDict({"w": pg.ones(2)})
    named["b"] = pg.zeros(1)
    assert list(named.keys()) == ["w", "b"]
    assert list(named.state_dict()) == ["w", "b"]
    assert named.pop("w").tolist() == [1, 1]
    assert named.get("w") is None
    with pytest.raises(KeyError):
        named["keys"] = pg.ones(1)


def test_parameters_by_name_stand_in_pytorch_s_order():
    one = lambda: nn.Parameter(pg.ones(1))  # noqa: E731
    named = nn.ParameterDict({"b": one(), "a": one()})  # a plain dictionary's by name
    named["0"] = one()
    named.update({"z": one(), "c": one()})
    named.update(OrderedDict(q=one(), d=one()))
    named.update([("y", one()), ("e", one())])
    order = ["a", "b", "0", "c", "z", "q", "d", "y", "e"]
    assert list(named) == [name for name, _ in named.named_parameters()] == list(named.state_dict()) == order
    assert list(reversed(named)) == order[::-1] and list(named.copy()) == order
    assert named.popitem()[0] == "e" and named.setdefault("b") is named["b"] and named.setdefault("k", 1) == 1
    assert list(named | {"v": one(), "u": one()})[-3:] == ["k", "u", "v"]
    named |= nn.ParameterDict([("t", one()), ("s", one())])
    assert list(named)[-2:] == ["t", "s"] and list(named.fromkeys(["n", "m"])) == ["n", "m"]
    named["b"] = one()
    assert list(named)[:2] == ["a", "b"]
    with pytest.raises(KeyError, match="empty"):
        nn.ParameterDict().popitem()


@pytest.mark.parity
@pytest.mark.parametrize(
    "make",
    [
        lambda n: n.Sequential(n.Linear(1, 2), n.Sequential(n.Tanh(), n.Linear(2, 1, bias=False))),
        lambda n: n.Sequential(),
        lambda n: n.ModuleList([n.Linear(1, 2) for _ in range(3)] + [n.Tanh()]),
        lambda n: n.ModuleList([n.Sequential(n.Tanh()), n.Sequential(n.Tanh())]),
        lambda n: n.ModuleList([]),
        lambda n: n.ModuleDict({"a": n.ReLU(inplace=True), "b": n.Dropout2d(0.2)}),
        lambda n: n.ModuleDict(),
    ],
)
def test_texts_are_pytorchs(make):
    torch = pytest.importorskip("torch")
    assert repr(make(nn)) == repr(make(torch.nn))


# -- utilities ---------------------------------------------------------------------------------------------------------


@pytest.mark.parity
@pytest.mark.parametrize("backend", ["numpy", *OTHERS])
@pytest.mark.parametrize("kind", [2.0, 1.0, 3.0, 0.5, float("inf"), "inf"])
def test_clipping_by_norm(kind, backend):
    torch = pytest.importorskip("torch")
    generator = np.random.default_rng(0)
    gradients = [generator.normal(size=shape).astype(np.float32) for shape in ((3, 4), (5,), ())]
    results = []
    with pg.use_backend(backend):
        for library in (pg, torch):
            parameters = [library.zeros(g.shape, requires_grad=True) for g in gradients]
            for p, g in zip(parameters, gradients, strict=True):
                p.grad = library.tensor(g)
            norm = library.nn.utils.clip_grad_norm_(parameters, 1.5, norm_type=kind)
            results.append([float(norm), *(p.grad.tolist() for p in parameters)])
    np.testing.assert_allclose(results[0][0], results[1][0], rtol=1e-5)
    for one, two in zip(results[0][1:], results[1][1:], strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-5)


def test_clipping_never_changes_a_gradient_that_somebody_holds():
    x = pg.tensor([3.0, 4.0], requires_grad=True)
    (x * x / 2).sum().backward()
    held = x.grad
    array = held.array
    nn.utils.clip_grad_norm_([x], 1.0)
    assert x.grad is held
    np.testing.assert_allclose(held.numpy(), [0.6, 0.8], rtol=1e-5)
    np.testing.assert_allclose(array, [3, 4])
    nn.utils.clip_grad_norm_(x, 10.0)
    np.testing.assert_allclose(x.grad.numpy(), [0.6, 0.8], rtol=1e-5)
    nn.utils.clip_grad_value_(x, 0.7)
    np.testing.assert_allclose(x.grad.numpy(), [0.6, 0.7], rtol=1e-5)
    x.grad = pg.tensor([float("nan"), 1.0])
    with pytest.raises(RuntimeError, match="error_if_nonfinite=False"):
        nn.utils.clip_grad_norm_(x, 1.0, error_if_nonfinite=True)
    assert nn.utils.clip_grad_norm_([pg.zeros(1, requires_grad=True)], 1.0).item() == 0


def test_parameters_as_a_vector():
    net = nn.Linear(2, 3)
    vector = nn.utils.parameters_to_vector(net.parameters())
    assert vector.shape == (9,)
    assert vector.requires_grad
    weight = net.weight
    nn.utils.vector_to_parameters(pg.arange(9.0), net.parameters())
    assert net.weight is weight
    assert weight.tolist() == [[0, 1], [2, 3], [4, 5]]
    assert net.bias.tolist() == [6, 7, 8]
    with pytest.raises(ValueError, match="the vector has 8 elements, and the parameters have 9"):
        nn.utils.vector_to_parameters(pg.arange(8.0), net.parameters())
    with pytest.raises(TypeError, match="must be a Tensor, not int"):
        nn.utils.vector_to_parameters(3, [])


# -- under compile -----------------------------------------------------------------------------------------------------


def test_a_compiled_module_follows_what_is_bound_to_its_names():
    pytest.importorskip("polygrad_jax")
    with pg.use_backend("jax"):
        module = Averages()
        compiled = pg.compile(module)
        compiled(pg.ones(2))
        module(pg.ones(2))  # eagerly in between: the buffer may be another tensor now
        assert compiled(pg.ones(2)).tolist() == module.mean.tolist() == [0.875, 0.875]
        layer = nn.Linear(2, 1, bias=False)
        compiled = pg.compile(layer)
        compiled(pg.ones(1, 2))
        layer.weight = nn.Parameter(pg.full((1, 2), 3.0))
        assert compiled(pg.ones(1, 2)).tolist() == [[6]]
        layer.load_state_dict({"weight": pg.ones(1, 2)}, assign=True)
        assert compiled(pg.ones(1, 2)).tolist() == [[2]]
        layer.weight = None
        layer.register_parameter("weight", nn.Parameter(pg.zeros(1, 2)))
        assert compiled(pg.ones(1, 2)).tolist() == [[0]]
