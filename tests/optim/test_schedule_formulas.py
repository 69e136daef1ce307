"""Learning-rate schedules against their closed forms."""

from __future__ import annotations

import math

import pytest

import polygrad
from polygrad.optim import SGD, lr_scheduler

EPOCHS = 14


def cosine(epoch, length, low=0.0):
    return low + (1 - low) * (1 + math.cos(math.pi * epoch / length)) / 2


def restarts(epoch, length, factor, low):
    while epoch >= length:
        epoch, length = epoch - length, length * factor
    return cosine(epoch, length, low)


def one_cycle(step, total, top, first, last, share):
    """Smith and Topin, "Super-convergence" (2018), with half waves of cosine."""
    peak = share * total - 1
    if step <= peak:
        return top + (first - top) * (1 + math.cos(math.pi * step / peak)) / 2
    return last + (top - last) * (1 + math.cos(math.pi * (step - peak) / (total - 1 - peak))) / 2


#: Name: the schedule for an optimizer of rate 1, and its rate in an epoch.
SCHEDULES = {
    "StepLR": (lambda o: lr_scheduler.StepLR(o, 3, 0.5), lambda e: 0.5 ** (e // 3)),
    "MultiStepLR": (lambda o: lr_scheduler.MultiStepLR(o, [2, 7, 7], 0.5), lambda e: 0.5 ** ((e >= 2) + 2 * (e >= 7))),
    "ExponentialLR": (lambda o: lr_scheduler.ExponentialLR(o, 0.9), lambda e: 0.9**e),
    "ConstantLR": (lambda o: lr_scheduler.ConstantLR(o, 0.25, 4), lambda e: 0.25 if e < 4 else 1.0),
    "LinearLR": (lambda o: lr_scheduler.LinearLR(o, 0.2, 0.8, 5), lambda e: 0.2 + 0.6 * min(e, 5) / 5),
    "PolynomialLR": (lambda o: lr_scheduler.PolynomialLR(o, 6, 2.0), lambda e: (1 - min(e, 6) / 6) ** 2),
    "CosineAnnealingLR": (lambda o: lr_scheduler.CosineAnnealingLR(o, 4, 0.1), lambda e: cosine(e, 4, 0.1)),
    "CosineAnnealingWarmRestarts": (
        lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 3, 2, 0.1), lambda e: restarts(e, 3, 2, 0.1),
    ),
    "LambdaLR": (lambda o: lr_scheduler.LambdaLR(o, lambda e: 1 / (1 + e)), lambda e: 1 / (1 + e)),
    "MultiplicativeLR": (lambda o: lr_scheduler.MultiplicativeLR(o, lambda e: 0.5 if e % 2 else 1.0), lambda e: 0.5 ** ((e + 1) // 2)),
    "OneCycleLR": (
        lambda o: lr_scheduler.OneCycleLR(o, 2.0, 20, cycle_momentum=False), lambda e: one_cycle(e, 20, 2.0, 0.08, 8e-6, 0.3),
    ),
    "SequentialLR": (
        lambda o: lr_scheduler.SequentialLR(o, [lr_scheduler.LinearLR(o, 0.5, 1.0, 4), lr_scheduler.ExponentialLR(o, 0.5)], [4]),
        lambda e: 0.5 + 0.5 * e / 4 if e < 4 else 0.5 ** (e - 4),
    ),
    "ChainedScheduler": (
        lambda o: lr_scheduler.ChainedScheduler([lr_scheduler.ConstantLR(o, 0.5, 3), lr_scheduler.ExponentialLR(o, 0.9)]),
        lambda e: (0.5 if e < 3 else 1.0) * 0.9**e,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SCHEDULES)
def test_rates_are_the_closed_form(name):
    make, rate = SCHEDULES[name]
    optimizer = SGD([polygrad.zeros(1, requires_grad=True)], lr=1.0)
    schedule = make(optimizer)
    found = []
    for _ in range(EPOCHS):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    assert found == pytest.approx([rate(epoch) for epoch in range(EPOCHS)], rel=1e-9, abs=1e-12)


def test_every_schedule_has_a_closed_form_here():
    schedules = {
        name
        for name, kind in vars(lr_scheduler).items()
        if isinstance(kind, type) and issubclass(kind, lr_scheduler.LRScheduler) and not name.startswith("_")
    }
    assert schedules - {"LRScheduler", "ReduceLROnPlateau"} <= SCHEDULES.keys()
