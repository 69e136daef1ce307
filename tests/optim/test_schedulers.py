"""Schedulers that are resumed, that start at once, or step to a fraction of an epoch; states of other optimizers."""

from __future__ import annotations

import copy
import warnings
from typing import Any

import numpy as np
import pytest

import polygrad as pg
from polygrad import nn, optim

STEPS = 14
#: Makes a schedule of ``L``, a library's module of schedules, for an optimizer and a last epoch.
SCHEDULES = {
    "LambdaLR": lambda L, o, e: L.LambdaLR(o, lambda i: 0.95**i, last_epoch=e),
    "MultiplicativeLR": lambda L, o, e: L.MultiplicativeLR(o, lambda i: 0.9, last_epoch=e),
    "StepLR": lambda L, o, e: L.StepLR(o, 3, 0.5, last_epoch=e),
    "MultiStepLR": lambda L, o, e: L.MultiStepLR(o, [2, 5, 6, 6], 0.5, last_epoch=e),
    "ConstantLR": lambda L, o, e: L.ConstantLR(o, 0.5, 6, last_epoch=e),
    "LinearLR": lambda L, o, e: L.LinearLR(o, 0.1, total_iters=8, last_epoch=e),
    "ExponentialLR": lambda L, o, e: L.ExponentialLR(o, 0.9, last_epoch=e),
    "PolynomialLR": lambda L, o, e: L.PolynomialLR(o, 8, 2.0, last_epoch=e),
    "CosineAnnealingLR": lambda L, o, e: L.CosineAnnealingLR(o, 5, 0.1, last_epoch=e),
    "CosineAnnealingWarmRestarts": lambda L, o, e: L.CosineAnnealingWarmRestarts(o, 3, 1, 0.1, last_epoch=e),
    "CosineAnnealingWarmRestarts twice": lambda L, o, e: L.CosineAnnealingWarmRestarts(o, 3, 2, 0.1, last_epoch=e),
    "OneCycleLR": lambda L, o, e: L.OneCycleLR(o, 2.0, total_steps=20, last_epoch=e),
    "OneCycleLR in three phases": lambda L, o, e: L.OneCycleLR(
        o, 2.0, total_steps=20, three_phase=True, anneal_strategy="linear", last_epoch=e
    ),
}
#: Schedules of schedules, which are saved and loaded, but take no last epoch.
COMBINED = {
    "SequentialLR": lambda L, o, e: L.SequentialLR(
        o, [L.ConstantLR(o, 0.1, 2), L.CosineAnnealingWarmRestarts(o, 3), L.ExponentialLR(o, 0.9)], [3, 9]
    ),
    "ChainedScheduler": lambda L, o, e: L.ChainedScheduler([L.ConstantLR(o, 0.1, 4), L.ExponentialLR(o, 0.9)]),
}


def _optimizer(T: Any) -> Any:
    groups = [{"params": [T.nn.Parameter(T.ones(1))]}, {"params": [T.nn.Parameter(T.ones(2))], "lr": 0.3}]
    return T.optim.SGD(groups, lr=1.0, momentum=0.9)


def _settings(optimizer: Any) -> list[float]:
    return [group[name] for group in optimizer.param_groups for name in ("lr", "momentum")]


def _whole(T: Any, make: Any) -> tuple[list[list[float]], list[Any]]:
    """What the settings are in each epoch, and what was saved before it."""
    optimizer = _optimizer(T)
    scheduler = make(T.optim.lr_scheduler, optimizer, -1)
    settings, saved = [], []
    for _ in range(STEPS):
        saved.append(
            copy.deepcopy((optimizer.state_dict(), scheduler.state_dict(), scheduler.__dict__.get("last_epoch")))
        )
        settings.append(_settings(optimizer))
        optimizer.step()
        scheduler.step()
    return settings, saved


def _rest(optimizer: Any, scheduler: Any, count: int) -> list[list[float]]:
    settings = []
    for _ in range(count):
        settings.append(_settings(optimizer))
        optimizer.step()
        scheduler.step()
    return settings


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_goes_on_from_a_last_epoch(name):
    make = SCHEDULES[name]
    settings, saved = _whole(pg, make)
    for at in range(1, STEPS):
        state, _, last = saved[at]
        optimizer = _optimizer(pg)
        optimizer.load_state_dict(state)
        scheduler = make(optim.lr_scheduler, optimizer, last - 1)
        assert scheduler.last_epoch == last
        assert scheduler.get_last_lr() == [group["lr"] for group in optimizer.param_groups]
        np.testing.assert_allclose(_rest(optimizer, scheduler, STEPS - at), settings[at:], err_msg=f"from epoch {at}")


@pytest.mark.parametrize("name", [*SCHEDULES, *COMBINED])
def test_a_schedule_goes_on_from_its_state(name):
    make = {**SCHEDULES, **COMBINED}[name]
    settings, saved = _whole(pg, make)
    for at in range(STEPS):
        state, of_scheduler, _ = saved[at]
        optimizer = _optimizer(pg)
        scheduler = make(optim.lr_scheduler, optimizer, -1)
        optimizer.load_state_dict(state)
        scheduler.load_state_dict(of_scheduler)
        np.testing.assert_allclose(_rest(optimizer, scheduler, STEPS - at), settings[at:], err_msg=f"from epoch {at}")


@pytest.mark.parity
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", [*SCHEDULES, *COMBINED])
def test_a_schedule_is_that_of_pytorch(name):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    make = {**SCHEDULES, **COMBINED}[name]
    np.testing.assert_allclose(_whole(pg, make)[0], _whole(torch, make)[0], rtol=1e-12)


def _sequence(T: Any, milestones: list[int]) -> list[float]:
    L, optimizer = T.optim.lr_scheduler, _optimizer(T)
    parts = [
        L.ConstantLR(optimizer, 0.1, 2),
        L.ExponentialLR(optimizer, 0.9),
        L.LinearLR(optimizer, 0.5, total_iters=3),
    ]
    scheduler = L.SequentialLR(optimizer, parts[: len(milestones) + 1], milestones)
    return [rates[0] for rates in _rest(optimizer, scheduler, 8)]


def test_a_sequence_may_begin_with_its_second_schedule():
    np.testing.assert_allclose(_sequence(pg, [0]), 0.9 ** np.arange(8))
    np.testing.assert_allclose(_sequence(pg, [0, 0])[:4], [0.5, 2 / 3, 5 / 6, 1.0])


@pytest.mark.parity
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("milestones", [[0], [1], [3], [0, 0], [0, 2], [2, 2], [1, 3], [0, 5]], ids=str)
def test_a_sequence_as_in_pytorch(milestones):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    np.testing.assert_allclose(_sequence(pg, milestones), _sequence(torch, milestones), rtol=1e-12)


def _warm_restarts(T: Any) -> list[tuple[float, ...]]:
    optimizer = _optimizer(T)
    scheduler = T.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=3, T_mult=2, eta_min=0.1)
    found = []
    for epoch in (None, None, 0.5, 7.25, None, None, 26, None, 2, None, 8.999, 9.0, None):
        optimizer.step()
        scheduler.step() if epoch is None else scheduler.step(epoch)
        found.append((optimizer.param_groups[0]["lr"], scheduler.last_epoch, scheduler.T_cur, scheduler.T_i))
    return found


def test_warm_restarts_go_to_a_fraction_of_an_epoch():
    found = _warm_restarts(pg)
    np.testing.assert_allclose(found[3], (0.1 + 0.45 * (1 + np.cos(np.pi * 4.25 / 6)), 7, 4.25, 6))
    np.testing.assert_allclose(found[6][1:], (26, 5, 24))
    optimizer = _optimizer(pg)
    with pytest.raises(ValueError, match="at least 0"):
        optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, 3).step(-1)


@pytest.mark.parity
def test_warm_restarts_as_in_pytorch():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    np.testing.assert_allclose(_warm_restarts(pg), _warm_restarts(torch), rtol=1e-12)


def test_a_schedule_that_is_stepped_before_its_optimizer_warns_once():
    optimizer = _optimizer(pg)
    scheduler = optim.lr_scheduler.ExponentialLR(optimizer, 0.9)
    with pytest.warns(UserWarning, match=r"before optimizer\.step") as caught:
        scheduler.step()
    assert caught[0].filename == __file__
    scheduler.step()
    optimizer = _optimizer(pg)
    restarts = optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, 3)
    with pytest.warns(UserWarning, match=r"before optimizer\.step"):
        restarts.step(0.5)


def test_a_schedule_inside_a_compiled_step_does_not_warn(backend):
    weight = nn.Parameter(pg.ones(2))
    optimizer = optim.SGD([weight], lr=1.0)
    scheduler = optim.lr_scheduler.ExponentialLR(optimizer, 0.5)

    @pg.compile
    def step():
        optimizer.zero_grad()
        weight.sum().backward()
        optimizer.step()
        scheduler.step()

    for _ in range(3):
        step()
    np.testing.assert_allclose(weight.detach().numpy(), [1 - 1.75] * 2)


# -- states ------------------------------------------------------------------------------------------------------------

OPTIMIZERS = {
    "SGD": lambda p: optim.SGD(p, 0.1, momentum=0.9), "Adam": lambda p: optim.Adam(p, 0.1, amsgrad=True),
    "AdamW": lambda p: optim.AdamW(p), "RMSprop": lambda p: optim.RMSprop(p, centered=True, momentum=0.5),
    "Adagrad": lambda p: optim.Adagrad(p), "Adadelta": lambda p: optim.Adadelta(p), "Adamax": lambda p: optim.Adamax(p),
    "NAdam": lambda p: optim.NAdam(p), "RAdam": lambda p: optim.RAdam(p), "Rprop": lambda p: optim.Rprop(p),
    "ASGD": lambda p: optim.ASGD(p),
}  # fmt: skip


def _trained(make: Any, *shapes: tuple[int, ...]) -> Any:
    parameters = [nn.Parameter(pg.ones(shape)) for shape in shapes]
    optimizer = make(parameters)
    sum((p * p).sum() for p in parameters).backward()
    optimizer.step()
    return optimizer


def _pictured(optimizer: Any) -> Any:
    state = optimizer.state_dict()
    tensors = {
        k: {n: v.tolist() if isinstance(v, pg.Tensor) else v for n, v in s.items()} for k, s in state["state"].items()
    }
    return copy.deepcopy((tensors, state["param_groups"]))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_state_that_does_not_fit_is_refused_and_changes_nothing(name, backend):
    make = OPTIMIZERS[name]
    mine = _trained(make, (2, 3), (4,))
    before = _pictured(mine)
    one, two = _trained(make, (2, 3), (4,)).state_dict(), _trained(make, (3, 2), (4,)).state_dict()
    last = list(one["state"][0])[-1]
    wrong = {
        "another shape": two,
        "a scalar": {**one, "state": {**one["state"], 1: {**one["state"][1], last: pg.tensor(1.0)}}},
        "fewer parameters": _trained(make, (2, 3)).state_dict(),
        "more parameters": _trained(make, (2, 3), (4,), (1,)).state_dict(),
        "a state of no parameter": {**one, "state": {**one["state"], 7: one["state"][1]}},
        "no groups": {"state": one["state"]},
        "no state": {"param_groups": one["param_groups"]},
        "a list": [one],
        "another optimizer": {**one, "state": {0: {"unknown": pg.ones(2, 3)}}},
    }
    if len(one["state"][0]) > 1:
        wrong["a part missing"] = {**one, "state": {0: {k: v for k, v in one["state"][0].items() if k != last}}}
    for what, state in wrong.items():
        with pytest.raises(ValueError, match="state dict"):
            mine.load_state_dict(state)
        assert _pictured(mine) == before, what
    mine.load_state_dict(one)


def test_a_parameter_that_is_given_twice_is_kept_once_with_a_warning():
    weight, other = nn.Parameter(pg.ones(2)), nn.Parameter(pg.ones(1))
    with pytest.warns(UserWarning, match="more than once"):
        optimizer = optim.SGD([weight, other, weight], lr=0.1)
    assert [id(p) for p in optimizer.param_groups[0]["params"]] == [id(weight), id(other)]
    weight.sum().backward()
    optimizer.step()
    np.testing.assert_allclose(weight.detach().numpy(), [0.9, 0.9], rtol=1e-6)
    with pytest.raises(ValueError, match="more than one parameter group"):
        optimizer.add_param_group({"params": [other]})


@pytest.mark.parametrize("make", [lambda: nn.BatchNorm1d(2), lambda: nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))])
def test_batch_norm_takes_states_from_before_it_counted_batches(make):
    module = make()
    module(pg.rand(3, 2))
    plain = {k: v for k, v in module.state_dict().items() if not k.endswith("num_batches_tracked")}
    other = make()
    other.load_state_dict(plain)
    for key, value in plain.items():
        np.testing.assert_array_equal(other.state_dict()[key].numpy(), value.numpy())
    assert next(v for k, v in other.state_dict().items() if k.endswith("num_batches_tracked")).item() == 0
    new = module.state_dict()
    for key in [k for k in new if k.endswith("num_batches_tracked")]:
        del new[key]
    with pytest.raises(RuntimeError, match="num_batches_tracked"):  # its version says that it should be there
        other.load_state_dict(new)


def test_steps_in_order_are_silent():
    optimizer = _optimizer(pg)
    scheduler = optim.lr_scheduler.StepLR(optimizer, 2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _rest(optimizer, scheduler, 3)


def test_a_schedule_of_milestones_goes_through_a_file(tmp_path):
    def made():
        optimizer = pg.optim.SGD([pg.ones(1, requires_grad=True)], lr=1.0)
        return optimizer, pg.optim.lr_scheduler.MultiStepLR(optimizer, [2, 4, 4], 0.5)

    optimizer, schedule = made()
    for _ in range(3):
        optimizer.step()
        schedule.step()
    pg.save({"optimizer": optimizer.state_dict(), "schedule": schedule.state_dict()}, tmp_path / "state")
    loaded = pg.load(tmp_path / "state")
    optimizer, schedule = made()
    optimizer.load_state_dict(loaded["optimizer"])
    schedule.load_state_dict(loaded["schedule"])
    optimizer.step()
    schedule.step()
    assert schedule.get_last_lr() == [0.125]
