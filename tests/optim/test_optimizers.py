"""Optimizers give PyTorch's results for every option, in every mode of running a step; state, errors, aliasing."""

from __future__ import annotations

import copy
import gc
import pickle
import threading

import numpy as np
import pytest

import polygrad as pg
from polygrad import nn, optim

SHAPES = [(3, 4), (4,), (), (2, 1, 3)]

OPTIONS = {
    "SGD": [
        {}, {"momentum": 0.9}, {"momentum": 0.9, "dampening": 0.3}, {"momentum": 0.8, "nesterov": True},
        {"weight_decay": 0.1}, {"momentum": 0.9, "weight_decay": 0.1}, {"maximize": True},
        {"momentum": 0.9, "weight_decay": 0.1, "maximize": True}, {"weight_decay": 0.1, "maximize": True},
        {"momentum": 0.9, "weight_decay": 0.1, "nesterov": True, "maximize": True},
    ],
    "Adam": [
        {}, {"betas": (0.5, 0.9)}, {"betas": (0.0, 0.9)}, {"eps": 1e-2}, {"weight_decay": 0.1}, {"amsgrad": True},
        {"maximize": True}, {"weight_decay": 0.1, "maximize": True, "amsgrad": True},
        {"weight_decay": 0.1, "decoupled_weight_decay": True},
    ],
    "AdamW": [{}, {"weight_decay": 0.3}, {"amsgrad": True}, {"maximize": True}],
    "RMSprop": [
        {}, {"alpha": 0.5}, {"momentum": 0.9}, {"centered": True}, {"weight_decay": 0.1}, {"maximize": True},
        {"momentum": 0.9, "centered": True, "weight_decay": 0.1, "maximize": True},
    ],
    "Adagrad": [{}, {"lr_decay": 0.1}, {"initial_accumulator_value": 0.5}, {"weight_decay": 0.1, "maximize": True}],
    "Adadelta": [{}, {"rho": 0.5, "eps": 1e-2}, {"weight_decay": 0.1, "maximize": True}],
    "Adamax": [{}, {"betas": (0.5, 0.7)}, {"weight_decay": 0.1, "maximize": True}],
    "NAdam": [
        {}, {"betas": (0.5, 0.7), "momentum_decay": 0.1}, {"weight_decay": 0.1, "maximize": True},
        {"weight_decay": 0.1, "decoupled_weight_decay": True},
    ],
    "RAdam": [
        {}, {"betas": (0.5, 0.9)}, {"betas": (0.5, 0.5)}, {"betas": (0.9, 0.0)}, {"weight_decay": 0.1, "maximize": True},
        {"weight_decay": 0.1, "decoupled_weight_decay": True},
    ],
    "Rprop": [{}, {"etas": (0.3, 1.7), "step_sizes": (1e-3, 0.1), "maximize": True}],
    "ASGD": [{}, {"lambd": 0.1, "alpha": 0.5, "t0": 2}, {"weight_decay": 0.1, "maximize": True}],
}  # fmt: skip
CASES = [(name, options) for name, several in OPTIONS.items() for options in several]
NAMES = [f"{name}-{'-'.join(options) or 'plain'}" for name, options in CASES]


@pytest.fixture(params=["kernel", "rule", "strict", "jax"])
def way(request, monkeypatch):
    """The ways to run a step: NumPy's kernels, rules one by one on NumPy and elsewhere, rules compiled together."""
    if request.param in ("strict", "jax"):
        pytest.importorskip(f"polygrad_{request.param}")
        with pg.use_backend(request.param):
            yield request.param
        return
    if request.param == "rule":
        for name in ("sgd_step", "adam_step"):
            monkeypatch.delitem(pg.get_backend("numpy").kernels, name)
    yield request.param


def losses(parameters, sin):
    """Something whose gradient differs in every element and from step to step."""
    return sum((sin(p * 3 + i) * (p + 0.5) ** 2).sum() for i, p in enumerate(parameters))


@pytest.fixture
def torch_in_double_precision():
    """PyTorch, whose optimizers keep numbers such as ASGD's learning rate in the default data type."""
    torch = pytest.importorskip("torch")
    default = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield torch
    torch.set_default_dtype(default)


@pytest.mark.parity
@pytest.mark.parametrize(("name", "options"), CASES, ids=NAMES)
def test_twenty_steps_as_pytorch(name, options, way, torch_in_double_precision):
    torch = torch_in_double_precision
    generator = np.random.default_rng(0)
    values = [generator.normal(size=shape) for shape in SHAPES]
    ours = [pg.tensor(v, dtype=pg.float64, requires_grad=True) for v in values]
    theirs = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in values]
    one = getattr(optim, name)(ours, lr=0.05, **options)
    two = getattr(torch.optim, name)(theirs, lr=0.05, **options)
    for step in range(20):
        for optimizer, parameters, sin in ((one, ours, pg.sin), (two, theirs, torch.sin)):
            optimizer.zero_grad()
            losses(parameters[: 3 if step == 5 else None], sin).backward()  # once the last one has no gradient
            optimizer.step()
            for group in optimizer.param_groups:
                group["lr"] *= 0.95
        for a, b in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(
                a.detach().numpy(), b.detach().numpy(), rtol=1e-9, atol=1e-11, err_msg=f"step {step}"
            )
    mine, other = one.state_dict(), two.state_dict()
    assert mine["param_groups"][0].keys() == other["param_groups"][0].keys()
    assert mine["state"].keys() == other["state"].keys()
    for number, state in other["state"].items():
        assert mine["state"][number].keys() == state.keys()
        for key, value in state.items():
            np.testing.assert_allclose(mine["state"][number][key].numpy(), value.numpy(), rtol=1e-9, atol=1e-11)


# -- memory: arrays that others refer to never change -------------------------------------------------------------------


def trained(optimizer, parameter, steps=1):
    for _ in range(steps):
        optimizer.zero_grad()
        (parameter * parameter).sum().backward()
        optimizer.step()


@pytest.mark.parametrize("name", ["SGD", "Adam", "RMSprop"])
def test_a_step_changes_no_value_that_somebody_holds(name, way):
    x = pg.ones(3, requires_grad=True)
    optimizer = getattr(optim, name)([x], lr=0.1, **({"momentum": 0.9} if name == "SGD" else {}))
    trained(optimizer, x, 3)
    loss = (x * x).sum()  # saves the value of x
    held = x.detach().clone().tolist()
    array = x.array if way != "strict" else None  # an array on its device is not to be read
    loss.backward(retain_graph=True)
    expected = (2 * x.detach()).tolist()
    optimizer.step()
    assert array is None or np.asarray(array).tolist() == held
    x.grad = None
    loss.backward()
    np.testing.assert_allclose(x.grad.tolist(), expected, rtol=1e-6)
    gradient = x.grad
    before = gradient.tolist()
    optimizer.step()
    optimizer.step()
    assert gradient.tolist() == before


def test_aliases_see_a_step_and_copies_do_not():
    x = pg.ones(3, requires_grad=True)
    y = pg.ones(3, requires_grad=True)
    optimizer = optim.SGD([x, y], lr=0.1)
    alias, view, other = x.detach(), x.detach()[1:], x.detach().clone()
    for _ in range(2):
        optimizer.zero_grad()
        (x.sum() + y.sum()).backward()
        optimizer.step()
        assert alias.tolist() == x.tolist() == y.tolist()
        assert view.tolist() == x.tolist()[1:]
    assert other.tolist() == [1, 1, 1]
    with pg.no_grad():
        alias.fill_(5)
    assert x.tolist() == [5, 5, 5]


def test_the_memory_is_the_parameters_own_and_stays():
    numpy = pg.get_backend("numpy")
    assert {"sgd_step", "adam_step"} <= set(numpy.kernels)
    net = nn.Linear(3, 4)
    state = net.state_dict()
    optimizer = optim.Adam(net.parameters())
    trained(optimizer, net.weight)
    del state
    trained(optimizer, net.weight)
    address = net.weight.array.ctypes.data
    trained(optimizer, net.weight, 5)
    assert net.weight.array.ctypes.data == address
    assert net.weight._base is None  # nothing is left of the state dictionary that would make a step slower


def test_two_optimizers_can_share_a_parameter_and_tied_weights_are_updated_once():
    layer = nn.Linear(2, 2, bias=False)
    net = nn.Sequential(layer, layer)
    optimizer = optim.SGD(net.parameters(), lr=1.0)
    before = layer.weight.detach().numpy().copy()
    net(pg.ones(1, 2)).sum().backward()
    gradient = layer.weight.grad.numpy().copy()
    optimizer.step()
    np.testing.assert_allclose(layer.weight.detach().numpy(), before - gradient, rtol=1e-5)
    optim.SGD([layer.weight], lr=1.0).step()
    np.testing.assert_allclose(layer.weight.detach().numpy(), before - 2 * gradient, rtol=1e-5)


@pytest.mark.parity
def test_large_and_strided_arrays():
    torch = pytest.importorskip("torch")
    generator = np.random.default_rng(0)
    shapes = [(400, 500), (70000,), (3, 400)]
    values = [generator.normal(size=s).astype(np.float32) for s in shapes]
    for name, options in [
        ("SGD", {}), ("SGD", {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1, "maximize": True}),
        ("Adam", {"amsgrad": True}), ("AdamW", {"maximize": True}), ("Adam", {"weight_decay": 0.1, "maximize": True}),
    ]:  # fmt: skip
        results = []
        for library in (pg, torch):
            parameters = [library.tensor(v, requires_grad=True) for v in values]
            optimizer = getattr(library.optim, name)(parameters, lr=0.01, **options)
            for _ in range(3):
                optimizer.zero_grad()
                # transposed: the gradient of the first is in the other order
                ((parameters[0].T * 2).mean(0) ** 2).sum().backward()
                (parameters[1] ** 2).sum().backward()
                (parameters[2].T ** 2).sum().backward()
                optimizer.step()
            results.append([p.detach().numpy() for p in parameters])
        for one, two in zip(*results, strict=True):
            np.testing.assert_allclose(one, two, rtol=2e-5, atol=2e-5)


@pytest.mark.parity
@pytest.mark.parametrize(("name", "options"), CASES, ids=NAMES)
def test_complex_parameters_as_pytorch(name, options, way, torch_in_double_precision):
    torch = torch_in_double_precision
    values = np.random.default_rng(0).normal(size=(4, 2)).astype(np.float64).view(np.complex128)[:, 0]
    results = []
    for library in (pg, torch):
        z = library.tensor(values, requires_grad=True)
        optimizer = getattr(library.optim, name)([z], lr=0.05, **options)
        for _ in range(5):
            optimizer.zero_grad()
            ((z * (2 + 1j)).abs() ** 2).sum().backward()
            optimizer.step()
        results.append(np.asarray(z.detach().tolist()))
    np.testing.assert_allclose(*results, rtol=1e-9)


def test_float16_and_mixed_types():
    parameters = [pg.ones(3, dtype=dtype, requires_grad=True) for dtype in (pg.float16, pg.float32, pg.float64)]
    for name in ("SGD", "Adam"):
        optimizer = getattr(optim, name)(parameters, lr=0.1, **({"eps": 1e-3} if name == "Adam" else {}))
        optimizer.zero_grad()
        sum((p * p).sum().double() for p in parameters).backward()
        optimizer.step()
    assert [p.dtype for p in parameters] == [pg.float16, pg.float32, pg.float64]
    for p in parameters:
        np.testing.assert_allclose(p.detach().numpy().astype(float), 0.7, atol=2e-3)


# -- groups and state ---------------------------------------------------------------------------------------------------


def test_groups_have_their_own_settings():
    net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    optimizer = optim.SGD(
        [{"params": net[0].parameters()}, {"params": [net[1].weight], "lr": 0.0, "momentum": 0.5}],
        lr=0.1,
        weight_decay=0.2,
    )
    optimizer.add_param_group({"params": net[1].bias, "lr": 5.0})
    assert [group["lr"] for group in optimizer.param_groups] == [0.1, 0.0, 5.0]
    assert [group["momentum"] for group in optimizer.param_groups] == [0, 0.5, 0]
    before = net[1].weight.detach().clone()
    net(pg.ones(1, 2)).sum().backward()
    optimizer.step()
    assert pg.equal(net[1].weight.detach(), before)
    assert list(optimizer.state[net[1].weight]) == ["momentum_buffer"]
    assert optim.SGD(net.named_parameters(), lr=0.1).param_groups[0]["param_names"][0] == "0.weight"


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda x: optim.SGD([]), ValueError, "empty parameter list"),
        (lambda x: optim.SGD(x), TypeError, r"not one tensor; write \[tensor\]"),
        (lambda x: optim.SGD([3]), TypeError, "an optimizer takes tensors, not int"),
        (lambda x: optim.SGD([{"params": {x}}]), TypeError, "ordered collection"),
        (lambda x: optim.SGD([x * 2]), ValueError, "non-leaf"),
        (lambda x: optim.SGD([{"params": [x]}, {"params": [x]}]), ValueError, "more than one parameter group"),
        (lambda x: optim.SGD([x]).add_param_group([x]), TypeError, "is a dictionary, not list"),
        (lambda x: optim.SGD([x], lr=-1.0), ValueError, "Invalid lr value: -1.0"),
        (lambda x: optim.SGD([x], nesterov=True), ValueError, "Nesterov momentum requires a momentum"),
        (lambda x: optim.Adam([x], betas=(1.0, 0.9)), ValueError, "beta parameter at index 0: 1.0"),
        (lambda x: optim.Adam([x], eps=-1), ValueError, "Invalid eps"),
        (lambda x: optim.AdamW([x], weight_decay=-1), ValueError, "Invalid weight_decay"),
        (lambda x: optim.RMSprop([x], alpha=-1), ValueError, "Invalid alpha"),
        (lambda x: optim.Adagrad([x], lr_decay=-1), ValueError, "Invalid lr_decay"),
        (lambda x: optim.Adadelta([x], rho=1.5), ValueError, r"Invalid rho value: 1.5 \(it must be in \[0, 1\]\)"),
        (lambda x: optim.Adamax([x], betas=0.9), TypeError, "'betas' must be two numbers, not float"),
        (lambda x: optim.NAdam([x], momentum_decay=-1), ValueError, "Invalid momentum_decay"),
        (lambda x: optim.RAdam([x], betas=(0.9, 0.9, 0.9)), ValueError, "'betas' must be two numbers, not 3"),
        (lambda x: optim.Rprop([x], etas=(0.5, 0.9)), ValueError, "Invalid eta values: 0.5, 0.9"),
        (lambda x: optim.ASGD([x], t0="late"), TypeError, "t0"),
        (
            lambda x: optim.Optimizer([x], {"lr": optim.optimizer.required}),
            ValueError,
            "required optimization parameter lr",
        ),
        (lambda x: optim.Optimizer([x], {}).step(), NotImplementedError, None),
    ],
)
def test_what_makes_no_sense_is_refused(make, error, text):
    x = pg.ones(2, requires_grad=True)
    x.grad = pg.ones(2)
    with pytest.raises(error, match=text):
        make(x)


@pytest.mark.parity
@pytest.mark.parametrize("name", OPTIONS)
def test_state_goes_to_another_optimizer_and_to_pytorch(name):
    torch = pytest.importorskip("torch")
    options = {"momentum": 0.9} if name in ("SGD", "RMSprop") else {}
    x = pg.tensor([1.0, -2.0], requires_grad=True)
    optimizer = getattr(optim, name)([x], lr=0.1, **options)
    trained(optimizer, x, 3)
    state = copy.deepcopy(optimizer.state_dict())

    twin = x.detach().clone().requires_grad_()
    other = getattr(optim, name)([twin], lr=5.0)
    other.load_state_dict(state)
    assert other.param_groups[0]["lr"] == 0.1

    theirs = torch.tensor(x.tolist(), requires_grad=True)
    third = getattr(torch.optim, name)([theirs], lr=5.0)
    third.load_state_dict({
        "state": {k: {n: torch.tensor(t.numpy()) for n, t in v.items()} for k, v in state["state"].items()},
        "param_groups": state["param_groups"],
    })  # fmt: skip

    fourth = x.detach().clone().requires_grad_()
    back = getattr(optim, name)([fourth], lr=5.0)
    back.load_state_dict(third.state_dict())

    for one, parameter in ((optimizer, x), (other, twin), (third, theirs), (back, fourth)):
        trained(one, parameter, 2)
    for result in (twin, theirs, fourth):
        np.testing.assert_allclose(result.tolist(), x.tolist(), rtol=1e-6)
    assert pickle.loads(pickle.dumps(optimizer)).state_dict()["param_groups"] == optimizer.state_dict()["param_groups"]


def test_state_that_does_not_fit_is_refused():
    x, y = pg.ones(2, requires_grad=True), pg.ones(2, requires_grad=True)
    one, two = optim.SGD([x]), optim.SGD([{"params": [x]}, {"params": [y]}])
    with pytest.raises(ValueError, match="has 2 parameter groups, and the optimizer has 1"):
        one.load_state_dict(two.state_dict())
    with pytest.raises(ValueError, match="group 0 has 2 parameters, and the optimizer's has 1"):
        one.load_state_dict(optim.SGD([x, y]).state_dict())


def test_state_follows_a_parameter_to_another_backend():
    strict = pytest.importorskip("polygrad_strict")
    del strict
    x = pg.tensor([1.0, -2.0], requires_grad=True)
    optimizer = optim.Adam([x], lr=0.1)
    trained(optimizer, x, 2)
    expected = copy.deepcopy(optimizer)
    reference = expected.param_groups[0]["params"][0]
    trained(expected, reference, 2)
    layer = nn.Module()
    moved = nn.Parameter(x.detach().clone())
    layer.weight = moved
    layer.to(backend="strict")
    other = optim.Adam([moved], lr=0.1)
    other.load_state_dict(optimizer.state_dict())
    assert other.state[moved]["exp_avg"].backend.name == "strict"
    trained(other, moved, 2)
    np.testing.assert_allclose(moved.tolist(), reference.tolist(), rtol=1e-6)


# -- steps --------------------------------------------------------------------------------------------------------------


@pytest.mark.parity
def test_closures_hooks_and_texts():
    x = pg.ones(2, requires_grad=True)
    optimizer = optim.SGD([x], lr=0.1)
    calls = []
    optimizer.register_step_pre_hook(lambda o, args, kwargs: calls.append("before"))
    handle = optimizer.register_step_post_hook(lambda o, args, kwargs: calls.append(x.tolist()))

    def closure():
        optimizer.zero_grad()
        loss = (x * x).sum()
        loss.backward()
        return loss

    with pg.no_grad():
        assert optimizer.step(closure).item() == 2
    assert calls == ["before", pytest.approx([0.8, 0.8])]
    handle.remove()
    optimizer.step()
    assert calls[2:] == ["before"]
    torch = pytest.importorskip("torch")
    theirs = torch.optim.SGD([torch.ones(2)], lr=0.1)
    assert repr(optimizer) == repr(theirs)
    optimizer.register_state_dict_post_hook(lambda o, state: {**state, "more": 1})
    assert optimizer.state_dict()["more"] == 1
    optimizer.register_state_dict_pre_hook(lambda o: o.state.update(extra=1))
    assert optimizer.state_dict()["state"]["extra"] == 1
    optimizer.zero_grad(set_to_none=False)
    assert x.grad.tolist() == [0, 0]
    optimizer.zero_grad()
    assert x.grad is None
    optimizer.step()  # nothing to do


def test_an_optimizer_of_ones_own():
    class Signs(optim.Optimizer):
        def __init__(self, params, lr):
            super().__init__(params, {"lr": lr})

        @pg.no_grad()
        def step(self):
            for group in self.param_groups:
                for p in group["params"]:
                    p.sub_(group["lr"] * p.grad.sign())

    class Rule(optim.Optimizer):
        rule = staticmethod(lambda xp, p, g, total, *, lr: (p - lr * xp.sign(g), total + g))

        def __init__(self, params, lr):
            super().__init__(params, {"lr": lr})

        def names(self, group):
            return ("total",)

        def settings(self, group):
            return {"lr": group["lr"]}

    for kind in (Signs, Rule):
        x = pg.tensor([1.0, -1.0], requires_grad=True)
        optimizer = kind([x], 0.25)
        calls = []
        optimizer.register_step_post_hook(lambda *_, calls=calls: calls.append(1))
        trained(optimizer, x, 2)
        assert x.tolist() == [0.5, -0.5]
        assert calls == [1, 1]
    assert optimizer.state[x]["total"].tolist() == [3.5, -3.5]


@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_a_differentiable_step_has_a_gradient(name):
    def after_two_steps(scale):
        start = pg.tensor([1.0, -0.5], dtype=pg.float64, requires_grad=True)
        x = start * 1
        x.retain_grad()
        optimizer = getattr(optim, name)([x], lr=0.1, differentiable=True)
        for _ in range(2):
            (gradient,) = pg.autograd.grad(((scale * x).sin() * x).sum(), x, create_graph=True)
            x.grad = gradient
            optimizer.step()
        return (x * x).sum()

    scale = pg.tensor(0.7, dtype=pg.float64, requires_grad=True)
    after_two_steps(scale).backward()
    shift = 1e-6
    up, down = (after_two_steps(pg.tensor(0.7 + s, dtype=pg.float64)).item() for s in (shift, -shift))
    assert scale.grad.item() == pytest.approx((up - down) / (2 * shift), rel=1e-5)


def test_parameters_on_two_backends_in_one_group():
    pytest.importorskip("polygrad_strict")
    here = pg.ones(2, requires_grad=True)
    there = pg.ones(2, requires_grad=True, backend="strict")
    optimizer = optim.Adam([here, there], lr=0.1)
    (here * here).sum().backward()
    (there * there).sum().backward()
    optimizer.step()
    np.testing.assert_allclose(here.tolist(), there.tolist(), rtol=1e-6)


def test_eight_threads_train_eight_models():
    def train(seed, results):
        generator = np.random.default_rng(seed)
        w = pg.tensor(generator.normal(size=(300, 300)).astype(np.float32), requires_grad=True)
        optimizer = optim.Adam([w], lr=0.01)
        trained(optimizer, w, 20)
        results[seed] = w.detach().numpy()

    together, alone = {}, {}
    threads = [threading.Thread(target=train, args=(seed, together)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for seed in range(8):
        train(seed, alone)
        np.testing.assert_array_equal(together[seed], alone[seed])


def test_training_leaves_no_cycles():
    net = nn.Sequential(nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 1))
    optimizer = optim.Adam(net.parameters())
    x = pg.ones(4, 8)

    def step():
        optimizer.zero_grad()
        net(x).sum().backward()
        optimizer.step()

    step()
    gc.collect()
    gc.disable()
    try:
        for _ in range(20):
            step()
        assert gc.collect() == 0
    finally:
        gc.enable()


# -- schedules ----------------------------------------------------------------------------------------------------------

SCHEDULES = {
    "LambdaLR": lambda s, o: s.LambdaLR(o, lambda epoch: 0.9**epoch),
    "LambdaLR of groups": lambda s, o: s.LambdaLR(o, [lambda epoch: 0.9**epoch, lambda epoch: 1 / (1 + epoch)]),
    "MultiplicativeLR": lambda s, o: s.MultiplicativeLR(o, lambda epoch: 0.9),
    "StepLR": lambda s, o: s.StepLR(o, 3, gamma=0.5),
    "MultiStepLR": lambda s, o: s.MultiStepLR(o, [2, 5, 5, 9], gamma=0.5),
    "ExponentialLR": lambda s, o: s.ExponentialLR(o, 0.9),
    "ConstantLR": lambda s, o: s.ConstantLR(o, factor=0.2, total_iters=4),
    "LinearLR": lambda s, o: s.LinearLR(o, start_factor=0.1, end_factor=0.8, total_iters=6),
    "PolynomialLR": lambda s, o: s.PolynomialLR(o, total_iters=8, power=2.0),
    "CosineAnnealingLR": lambda s, o: s.CosineAnnealingLR(o, T_max=5, eta_min=0.01),
    "CosineAnnealingWarmRestarts": lambda s, o: s.CosineAnnealingWarmRestarts(o, T_0=3, T_mult=2),
    "OneCycleLR": lambda s, o: s.OneCycleLR(o, max_lr=0.5, total_steps=20),
    "OneCycleLR linear": lambda s, o: s.OneCycleLR(o, max_lr=[0.5, 1.0], epochs=4, steps_per_epoch=5, anneal_strategy="linear"),
    "OneCycleLR three phases": lambda s, o: s.OneCycleLR(o, max_lr=0.5, total_steps=20, three_phase=True, pct_start=0.4),
    "SequentialLR": lambda s, o: s.SequentialLR(o, [s.LinearLR(o, 0.1, total_iters=4), s.ExponentialLR(o, 0.9)], milestones=[4]),
    "ChainedScheduler": lambda s, o: s.ChainedScheduler([s.ConstantLR(o, 0.5, 3), s.ExponentialLR(o, 0.9)]),
    "two at once": lambda s, o: (s.StepLR(o, 4), s.ExponentialLR(o, 0.9))[1],
}  # fmt: skip


@pytest.mark.parity
@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.filterwarnings("ignore")
def test_schedules_are_pytorchs(name):
    torch = pytest.importorskip("torch")
    courses = []
    for library in (pg, torch):
        x, y = library.ones(1, requires_grad=True), library.ones(1, requires_grad=True)
        optimizer = library.optim.SGD([{"params": [x]}, {"params": [y], "lr": 0.3}], lr=0.2, momentum=0.9)
        scheduler = SCHEDULES[name](library.optim.lr_scheduler, optimizer)
        course = []
        for step in range(19):
            course.append([(g["lr"], g["momentum"]) for g in optimizer.param_groups])
            np.testing.assert_allclose(scheduler.get_last_lr(), [g["lr"] for g in optimizer.param_groups])
            if step == 7:  # saved and loaded in between
                state = scheduler.state_dict()
                scheduler = SCHEDULES[name](library.optim.lr_scheduler, optimizer)
                scheduler.load_state_dict(state)
                for group, (rate, momentum) in zip(optimizer.param_groups, course[-1], strict=True):
                    group["lr"], group["momentum"] = rate, momentum
            scheduler.step()
        courses.append(course)
    np.testing.assert_allclose(*courses, rtol=1e-9)


@pytest.mark.parity
@pytest.mark.parametrize(
    "settings", [{}, {"mode": "max"}, {"threshold_mode": "abs", "threshold": 0.1}, {"cooldown": 2, "min_lr": 0.03}]
)
def test_the_plateau_schedule_is_pytorchs(settings):
    torch = pytest.importorskip("torch")
    measures = [1.0, 0.9, 0.95, 0.94, 0.93, 0.92, 0.5, 0.49, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.3, 0.3, 0.3, 0.3]
    courses = []
    for library in (pg, torch):
        optimizer = library.optim.SGD([library.ones(1, requires_grad=True)], lr=0.2)
        scheduler = library.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=2, factor=0.5, **settings)
        course = []
        for measure in measures:
            scheduler.step(library.tensor(measure))
            course.append(optimizer.param_groups[0]["lr"])
        courses.append(course)
    np.testing.assert_allclose(*courses)


def test_schedules_refuse_what_makes_no_sense():
    optimizer = optim.SGD([pg.ones(1, requires_grad=True)])
    schedules = optim.lr_scheduler
    for make, error in [
        (lambda: schedules.StepLR(pg.ones(1), 3), TypeError),
        (lambda: schedules.LambdaLR(optimizer, [abs, abs]), ValueError),
        (lambda: schedules.OneCycleLR(optimizer, 0.1), ValueError),
        (lambda: schedules.OneCycleLR(optimizer, 0.1, 10, anneal_strategy="up"), ValueError),
        (lambda: schedules.ReduceLROnPlateau(optimizer, factor=2), ValueError),
        (lambda: schedules.SequentialLR(optimizer, [schedules.StepLR(optimizer, 3)], [1]), ValueError),
        (lambda: schedules.StepLR(optim.SGD([pg.ones(1, requires_grad=True)]), 3, last_epoch=4), KeyError),
    ]:
        with pytest.raises(error):
            make()
    scheduler = schedules.OneCycleLR(optimizer, 0.1, 2, cycle_momentum=False)
    optimizer.step()
    scheduler.step()
    scheduler.step()
    with pytest.raises(ValueError, match="the schedule has 2 steps"):
        scheduler.step()


def test_a_state_that_is_none_is_refused_and_changes_nothing():
    parameter = pg.ones(3, requires_grad=True)
    optimizer = optim.Adam([parameter])
    parameter.grad = pg.ones(3)
    optimizer.step()
    state = optimizer.state_dict()
    group = state["param_groups"][0]
    for wrong, text in [
        ({"param_groups": 5}, "list of dictionaries"),
        ({"param_groups": [5]}, "list of dictionaries"),
        ({"param_groups": [{"lr": 0.1}]}, "each with 'params'"),
        ({"param_groups": [{**group, "params": 0}]}, "a list of the parameters' numbers"),
        ({"state": [1]}, "'state' of an optimizer's state dict is a dictionary"),
        ({"state": {0: 5}}, "int for parameter 0"),
        ({"state": {0: {**state["state"][0], "step": "three"}}}, "'step' of type str"),
    ]:
        with pytest.raises(ValueError, match=text):
            optimizer.load_state_dict({**state, **wrong})
        assert optimizer.state[parameter]["exp_avg"] is state["state"][0]["exp_avg"]
    with pytest.raises(ValueError, match="a param_group has 'params'"):
        optim.SGD([{"lr": 0.1}])


# -- under compile ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "options"), [CASES[i] for i in (0, 1, 9, 10, 15, 19, 28, 30)])
def test_a_compiled_step_is_the_eager_one(name, options):
    pytest.importorskip("polygrad_jax")
    results = []
    with pg.use_backend("jax"):
        for transform in (lambda function: function, pg.compile):
            pg.manual_seed(0)
            net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
            optimizer = getattr(optim, name)(net.parameters(), lr=0.05, **options)
            scheduler = optim.lr_scheduler.ExponentialLR(optimizer, 0.8)

            def step(x, net=net, optimizer=optimizer, scheduler=scheduler):
                loss = net(x).square().mean()
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                scheduler.step()
                return loss

            step, x = transform(step), pg.randn(5, 3)
            results.append([step(x).item() for _ in range(6)])
            assert optimizer.param_groups[0]["lr"] == pytest.approx(0.05 * 0.8**6)
    np.testing.assert_allclose(*results, rtol=1e-4)


def test_a_first_step_that_differs_from_the_others():
    pytest.importorskip("polygrad_jax")
    with pg.use_backend("jax"):
        x = pg.ones(2, requires_grad=True)
        optimizer = optim.SGD([x], lr=0.1, momentum=0.9, dampening=0.5)
        step = pg.compile(lambda: trained(optimizer, x))
        step()
        step()
        twin = pg.ones(2, requires_grad=True)
        trained(optim.SGD([twin], lr=0.1, momentum=0.9, dampening=0.5), twin, 2)
        np.testing.assert_allclose(x.tolist(), twin.tolist(), rtol=1e-6)
