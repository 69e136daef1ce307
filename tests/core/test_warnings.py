"""Warnings: each names the user's line, appears once for a line, and only where PyTorch warns."""

from __future__ import annotations

import functools
import re
import types
import warnings

import pytest

import polygrad

pytestmark = pytest.mark.filterwarnings("default")


def optimizer(m):
    return m.optim.SGD([m.ones(2, requires_grad=True)], lr=0.1)


def schedule(m, **options):
    made = optimizer(m)
    return made, m.optim.lr_scheduler.StepLR(made, 1, **options)


def stepped(m, *args):
    made, scheduler = schedule(m)
    made.step()
    return functools.partial(scheduler.step, *args)


def replaced_step(m, before=False):
    """A schedule's step after the optimizer's was replaced: ``before`` the schedule was made, or after."""
    made = optimizer(m)
    step = types.MethodType(lambda self: None, made)
    if before:
        made.step = step
    scheduler = m.optim.lr_scheduler.StepLR(made, 1)
    if not before:
        made.step = step
    made.step()
    return scheduler.step


def kept(m):
    y = m.ones(2, requires_grad=True) * 2
    y.retain_grad()
    return y


def hooked(m):
    class Named(m.nn.Module):
        def forward(self, x):
            return {"x": x * 2}

    net = Named()
    net.register_full_backward_hook(lambda *_: None)
    return lambda: net(m.ones(2, requires_grad=True))


def alone(m):
    net = m.nn.Linear(2, 2)
    net.register_full_backward_hook(lambda *_: None)
    loss = net(m.ones(1, 2)).sum()
    return lambda: loss.backward()


def masked_attention(m, padding, mask):
    attention, x = m.nn.MultiheadAttention(4, 2), m.ones(2, 1, 4)
    return lambda: attention(
        x, x, x, key_padding_mask=m.zeros(1, 2, dtype=padding), attn_mask=m.zeros(2, 2, dtype=mask)
    )


def instance_norm(m, channels, **options):
    norm, x = m.nn.InstanceNorm1d(3, **options), m.ones(1, channels, 4)
    return lambda: norm(x)


def plateau(m, *args):
    scheduler = m.optim.lr_scheduler.ReduceLROnPlateau(optimizer(m))
    return lambda: scheduler.step(*args)


def module_loss(m, name, target):
    return lambda: getattr(m.nn, name)()(m.ones(3, 1), target)


#: What gives a warning, by its text in polygrad: a function of the library that returns what is called.
GIVEN = {
    "schedule before optimizer": (lambda m: schedule(m)[1].step, "before optimizer.step"),
    "step that was replaced": (lambda m: replaced_step(m), "overridden after"),
    "epoch of a schedule": (lambda m: stepped(m, 3), "epoch parameter"),
    "get_lr outside of step": (lambda m: schedule(m)[1].get_lr, "get_last_lr"),
    "grad of a computed tensor": (lambda m: lambda: (m.ones(2, requires_grad=True) * 2).grad, "not a leaf"),
    "a parameter twice": (
        lambda m: lambda: m.optim.SGD([m.ones(1, requires_grad=True)] * 2, lr=0.1), "more than once"
    ),
    "kl_div with mean": (lambda m: lambda: m.nn.functional.kl_div(m.ones(2), m.ones(2)), "batchmean"),
    "KLDivLoss with mean": (lambda m: lambda: m.nn.KLDivLoss()(m.ones(2), m.ones(2)), "batchmean"),
    "an empty generator": (
        lambda m: lambda: m.nn.utils.clip_grad_norm_((x for x in ()), 1.0), "empty generator"
    ),
    "dropout of one layer": (lambda m: lambda: m.nn.LSTM(2, 2, dropout=0.5), "dropout"),
    **{
        f".{name} of {ndim} dimensions": (
            lambda m, name=name, ndim=ndim: lambda: getattr(m.ones((2,) * ndim), name), f"{name}.* is deprecated"
        )
        for name, ndim in (("T", 0), ("T", 1), ("T", 3), ("mT", 0), ("mH", 0), ("H", 0))
    },
    "cross without dim": (lambda m: lambda: m.cross(m.ones(2, 3), m.ones(2, 3)), "default of dim"),
    "float": (lambda m: lambda: float(m.ones(1, requires_grad=True)), "to a scalar"),
    "complex": (lambda m: lambda: complex(m.ones(1, requires_grad=True) * 2), "to a scalar"),
    **{
        f"{name} of too few": (lambda m, name=name: lambda: getattr(m, name)(m.ones(3, 1), 1), "degrees of freedom")
        for name in ("var", "std", "var_mean", "std_mean")
    },
    "var with a large correction": (lambda m: lambda: m.ones(3).var(correction=3), "degrees of freedom"),
    "upsample": (lambda m: lambda: m.nn.functional.upsample(m.ones(1, 1, 2), scale_factor=2), "interpolate"),
    "a list as a key of several axes": (lambda m: lambda: m.ones(2, 2)[[[0, 1], [1, 0]]], "non-tuple"),
    "writing by such a list": (lambda m: lambda: m.ones(2, 2).__setitem__([[0, 1], [1, 0]], 1.0), "non-tuple"),
    "masks of two types": (lambda m: masked_attention(m, m.bool, m.float32), "mismatched"),
    "channels that are not counted": (lambda m: instance_norm(m, 2), "num_features"),
    "an empty part": (lambda m: lambda: m.utils.data.random_split([1, 2, 3], [0.99, 0.01]), "index 1 is 0"),
    "epoch of a plateau": (lambda m: plateau(m, 1.0, 3), "epoch parameter"),
    "backward hook without inputs that require grad": (alone, "no inputs"),
    "a copy of a tensor": (lambda m: lambda: m.tensor(m.ones(1)), "copy construct"),
    **{
        f"{name}, broadcast": (lambda m, name=name: lambda: getattr(m.nn.functional, name)(m.ones(3, 1), m.ones(3)), "shape")
        for name in ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")
    },
    **{
        f"{name}, broadcast": (lambda m, name=name: module_loss(m, name, m.ones(3)), "shape")
        for name in ("MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss")
    },
    "an empty weight": (lambda m: lambda: m.nn.init.kaiming_normal_(m.ones(0, 1)), "no-op"),
    "backward hooks of a dictionary": (lambda m: hooked(m), "tuple of Tensors"),
    "a scalar target": (lambda m: lambda: m.nn.functional.mse_loss(m.ones(3), m.tensor(1.0)), "shape"),
}  # fmt: skip
#: PyTorch says these once in a process, or said them in the versions that programs were written for.
ONCE = {
    "complex to real": (lambda m: lambda: m.ones(2, dtype=m.complex64).to(m.float32), "imaginary"),
    "complex by method": (lambda m: lambda: m.ones(2, dtype=m.complex64).float(), "imaginary"),
    "complex like another": (lambda m: lambda: m.ones(2, dtype=m.complex64).type_as(m.ones(1)), "imaginary"),
    "verbose": (lambda m: lambda: schedule(m, verbose=True), "verbose"),
    "verbose of a plateau": (
        lambda m: lambda: m.optim.lr_scheduler.ReduceLROnPlateau(optimizer(m), verbose=False), "verbose"
    ),
}  # fmt: skip
SILENT = {
    "schedule after optimizer": stepped,
    "schedule after a replaced step": lambda m: replaced_step(m, before=True),
    "get_last_lr": lambda m: schedule(m)[1].get_last_lr,
    "grad that is kept": lambda m: lambda: kept(m).grad,
    "grad of a leaf": lambda m: lambda: m.ones(2, requires_grad=True).grad,
    "kl_div with batchmean": lambda m: (
        lambda: m.nn.functional.kl_div(m.ones(2, 2), m.ones(2, 2), reduction="batchmean")
    ),
    "an empty list": lambda m: lambda: m.nn.utils.clip_grad_norm_([], 1.0),
    "T of a matrix": lambda m: lambda: (m.ones(2, 3).T, m.ones(2, 3).H, m.ones(2, 3, 4).mT, m.ones(3).t()),
    "cross along dim": lambda m: lambda: (m.cross(m.ones(3), m.ones(3), dim=0), m.linalg.cross(m.ones(3), m.ones(3))),
    "numbers of what requires grad": lambda m: (
        lambda: [f(m.ones(1, requires_grad=True)) for f in (int, bool, lambda x: x.item(), lambda x: float(x.detach()))]
    ),
    "float without recording": lambda m: unrecorded(m),
    "var of enough": lambda m: lambda: (m.ones(2).var(), m.ones(1).var(correction=0), m.ones(1, 2).std(1)),
    "a tuple or a list as a key": lambda m: lambda: (m.ones(2, 2)[[0, 1], [1, 0]], m.ones(2, 2)[[0, 1]]),
    "masks of one type": lambda m: masked_attention(m, m.bool, m.bool),
    "channels that are counted": lambda m: instance_norm(m, 3),
    "parts": lambda m: lambda: m.utils.data.random_split([1, 2, 3], [2, 1]),
    "a plateau": lambda m: plateau(m, 1.0),
    "equal shapes": lambda m: lambda: m.nn.functional.mse_loss(m.ones(3), m.ones(3)),
    "dropout of two layers": lambda m: lambda: m.nn.LSTM(2, 2, 2, dropout=0.5),
    "the real part": lambda m: lambda: m.ones(2, dtype=m.complex64).real,
    "complex to bool": lambda m: lambda: m.ones(2, dtype=m.complex64).to(m.bool),
    "complex to complex": lambda m: lambda: m.ones(2, dtype=m.complex64).to(m.complex128),
    "epoch of warm restarts": lambda m: warm_restarts(m),
    "a schedule in another": lambda m: one_after_the_other(m),
}


def unrecorded(m):
    def call():
        with m.no_grad():
            return float(m.ones(1, requires_grad=True))

    return call


def warm_restarts(m):
    made = optimizer(m)
    scheduler = m.optim.lr_scheduler.CosineAnnealingWarmRestarts(made, 4)
    made.step()
    return lambda: scheduler.step(1.5)


def one_after_the_other(m):
    made, kinds = optimizer(m), m.optim.lr_scheduler
    scheduler = kinds.SequentialLR(made, [kinds.StepLR(made, 1), kinds.ExponentialLR(made, 0.5)], [1])
    made.step()
    return lambda: [scheduler.step() for _ in range(3)]


def given(call):
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        warnings.filterwarnings("ignore", ".* encountered in ", RuntimeWarning)  # NumPy's, of the NaN itself
        call()
    return found


@pytest.mark.parametrize("name", {**GIVEN, **ONCE})
def test_a_warning_is_at_the_users_line(name):
    make, text = {**GIVEN, **ONCE}[name]
    found = given(make(polygrad))
    assert len(found) == 1 and re.search(text, str(found[0].message)) and found[0].category is UserWarning
    at_call = name in (
        "schedule before optimizer", "step that was replaced", "epoch of a schedule", "get_lr outside of step"
    )  # fmt: skip
    assert found[0].filename == __file__ and (at_call or found[0].lineno < given.__code__.co_firstlineno)


@pytest.mark.parametrize("name", {**GIVEN, **ONCE})
def test_it_is_given_once_for_each_line(name):
    calls = [{**GIVEN, **ONCE}[name][0](polygrad) for _ in range(3)]
    with warnings.catch_warnings(record=True) as found:
        warnings.resetwarnings()
        warnings.simplefilter("default")
        warnings.filterwarnings("ignore", ".* encountered in ", RuntimeWarning)
        globals().pop("__warningregistry__", None)
        for call in calls:
            call()
    assert len(found) == 1


@pytest.mark.parametrize("name", SILENT)
def test_nothing_is_said_of_what_is_right(name):
    assert not given(SILENT[name](polygrad))


@pytest.fixture
def every_time():
    """PyTorch gives most warnings once in a process; this switches that off."""
    torch = pytest.importorskip("torch")
    before = torch.is_warn_always_enabled()
    torch.set_warn_always(True)
    yield
    torch.set_warn_always(before)


@pytest.mark.parity
@pytest.mark.parametrize("name", {**GIVEN, **SILENT})
def test_pytorch_gives_the_same(name, every_time):
    torch = pytest.importorskip("torch")
    make = GIVEN[name][0] if name in GIVEN else SILENT[name]
    assert bool(given(make(torch))) == (name in GIVEN)


KINDS = {
    "StepLR": (2, 0.5),
    "MultiStepLR": ([1, 4], 0.5),
    "ConstantLR": (0.5, 3),
    "LinearLR": (0.5, 1.0, 4),
    "ExponentialLR": (0.9,),
    "PolynomialLR": (6, 2.0),
    "CosineAnnealingLR": (5, 0.01),
    "LambdaLR": (lambda epoch: 0.9**epoch,),
    "MultiplicativeLR": (lambda epoch: 0.5,),
    "OneCycleLR": (0.3, 20),
}


@pytest.mark.parity
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", KINDS)
def test_a_schedule_goes_to_an_epoch_as_pytorchs(name):
    torch = pytest.importorskip("torch")
    rates = []
    for m in (polygrad, torch):
        made = optimizer(m)
        scheduler = getattr(m.optim.lr_scheduler, name)(made, *KINDS[name])
        rates.append([])
        for epoch in (None, 3, None, 4, 1, 9, None, 2):
            made.step()
            scheduler.step(*[] if epoch is None else [epoch])
            rates[-1] += [scheduler.last_epoch, scheduler.get_last_lr()[0]]
    assert rates[0] == pytest.approx(rates[1])
