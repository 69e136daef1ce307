"""Training programs: the table of the tests of `polygrad.compile`.

Each program is a function of the library, ``polygrad`` or ``torch``.  It returns a step and what to look at afterwards; a
step with an attribute ``drive`` is called by that.
"""

from __future__ import annotations

import copy
from collections import namedtuple

import numpy as np

STEPS = 20

#: Programs that run on both libraries, and those with random numbers or names of ours alone.
PROGRAMS: dict[str, object] = {}
OURS: dict[str, object] = {}


def program(function):
    PROGRAMS[function.__name__] = function
    return function


def ours(function):
    OURS[function.__name__] = function
    return function


def default(pg, values):
    """``values``, rounded to single precision so that they are the same ones in each, as a tensor of the default dtype."""
    return pg.tensor(np.asarray(values, np.float32)).to(pg.get_default_dtype())


def filled(pg, model):
    """``model`` with weights that are the same in both libraries."""
    random = np.random.default_rng(3)
    with pg.no_grad():
        for parameter in model.parameters():
            parameter.copy_(default(pg, random.standard_normal(tuple(parameter.shape)) * 0.4))
    return model


def data(pg, rows=16, columns=6, classes=3, seed=0):
    random = np.random.default_rng(seed)
    x = random.standard_normal((rows, columns))
    return default(pg, x), pg.tensor(random.integers(0, classes, rows))


def small(pg, *extra):
    return filled(pg, pg.nn.Sequential(pg.nn.Linear(6, 8), pg.nn.Tanh(), *extra, pg.nn.Linear(8, 3)))


def moments(optimizer):
    """The state of an optimizer, in the order of its parameters."""
    return [
        value
        for group in optimizer.param_groups
        for parameter in group["params"]
        for _, value in sorted(optimizer.state.get(parameter, {}).items())
        if hasattr(value, "shape")
    ]


def plain(pg, model, optimizer, scheduler=None, after=lambda: None):
    """The usual step."""

    def step(x, y):
        loss = pg.nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        after()
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
        return loss

    return step, lambda: [
        *model.parameters(),
        *model.buffers(),
        *(p.grad for p in model.parameters()),
        *moments(optimizer),
    ]


# -- optimizers and schedules ----------------------------------------------------------------------------------------------

OPTIMIZERS = {
    "SGD": [
        {"lr": 0.1}, {"lr": 0.1, "momentum": 0.9}, {"lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
        {"lr": 0.1, "momentum": 0.9, "dampening": 0.3}, {"lr": 0.01, "maximize": True},
    ],
    "Adam": [{"lr": 0.01}, {"lr": 0.01, "weight_decay": 0.1, "amsgrad": True, "betas": (0.8, 0.9)}, {"lr": 0.01, "maximize": True}],
    "AdamW": [{"lr": 0.01}, {"lr": 0.01, "weight_decay": 0.2, "amsgrad": True}],
    "RMSprop": [{"lr": 0.01}, {"lr": 0.01, "momentum": 0.5, "centered": True, "weight_decay": 0.01}],
    "Adagrad": [{"lr": 0.1}, {"lr": 0.1, "lr_decay": 0.05, "weight_decay": 0.01, "initial_accumulator_value": 0.1}],
    "Adadelta": [{"lr": 1.0, "rho": 0.8, "eps": 1e-3}], "Adamax": [{"lr": 0.01}],
    "NAdam": [{"lr": 0.01, "weight_decay": 0.01, "decoupled_weight_decay": True}],
    "RAdam": [{"lr": 0.01, "betas": (0.8, 0.95)}], "Rprop": [{"lr": 0.01}],
    "ASGD": [{"lr": 0.1, "lambd": 0.1, "t0": 3, "weight_decay": 0.01}],
}  # fmt: skip

for kind, choices in OPTIMIZERS.items():
    for number, settings in enumerate(choices):

        def with_optimizer(pg, kind=kind, settings=settings):
            model = small(pg)
            return plain(pg, model, getattr(pg.optim, kind)(model.parameters(), **settings))

        PROGRAMS[f"{kind} {number}"] = with_optimizer

SCHEDULES = {
    "StepLR": lambda s, o: s.StepLR(o, 3, gamma=0.5),
    "MultiStepLR": lambda s, o: s.MultiStepLR(o, [2, 5], gamma=0.3),
    "ExponentialLR": lambda s, o: s.ExponentialLR(o, 0.9),
    "CosineAnnealingLR": lambda s, o: s.CosineAnnealingLR(o, 7),
    "CosineAnnealingWarmRestarts": lambda s, o: s.CosineAnnealingWarmRestarts(o, 4),
    "LinearLR": lambda s, o: s.LinearLR(o, total_iters=6),
    "ConstantLR": lambda s, o: s.ConstantLR(o, total_iters=6),
    "PolynomialLR": lambda s, o: s.PolynomialLR(o, 15, power=2.0),
    "LambdaLR": lambda s, o: s.LambdaLR(o, lambda epoch: 1 / (1 + epoch)),
    "MultiplicativeLR": lambda s, o: s.MultiplicativeLR(o, lambda epoch: 0.9 if epoch % 2 else 1.0),
    "OneCycleLR": lambda s, o: s.OneCycleLR(o, max_lr=0.3, total_steps=30),
    "SequentialLR": lambda s, o: s.SequentialLR(o, [s.LinearLR(o), s.ExponentialLR(o, 0.8)], [5]),
    "ChainedScheduler": lambda s, o: s.ChainedScheduler([s.LinearLR(o), s.ExponentialLR(o, 0.9)]),
}

for schedule in SCHEDULES:

    def with_schedule(pg, schedule=schedule):
        model = small(pg)
        optimizer = pg.optim.SGD(model.parameters(), lr=0.1, momentum=0.5)
        scheduler = SCHEDULES[schedule](pg.optim.lr_scheduler, optimizer)
        step, state = plain(pg, model, optimizer, scheduler)
        return step, lambda: [*state(), pg.tensor(optimizer.param_groups[0]["lr"])]

    PROGRAMS[schedule] = with_schedule


@program
def a_schedule_outside_of_the_step(pg):
    model = small(pg)
    optimizer = pg.optim.Adam(model.parameters(), lr=0.1)
    scheduler = pg.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, total_steps=30)
    inner, state = plain(pg, model, optimizer)

    def drive(x, y, step=inner):
        loss = step(x, y)
        scheduler.step()
        return loss

    inner.drive = drive
    return inner, lambda: [*state(), pg.tensor(optimizer.param_groups[0]["lr"])]


@program
def a_schedule_that_looks_at_the_loss(pg):
    model = small(pg)
    optimizer = pg.optim.SGD(model.parameters(), lr=0.5)
    scheduler = pg.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=1, threshold=0.1, cooldown=1)
    inner, state = plain(pg, model, optimizer)

    def drive(x, y, step=inner):
        loss = step(x, y)
        scheduler.step(loss)
        return loss

    inner.drive = drive
    return inner, lambda: [*state(), pg.tensor(optimizer.param_groups[0]["lr"])]


@program
def a_measure_that_does_not_change(pg):
    model = small(pg)
    optimizer = pg.optim.SGD(model.parameters(), lr=0.5)
    scheduler = pg.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=2)
    inner, state = plain(pg, model, optimizer)

    def step(x, y):
        loss = inner(x, y)
        scheduler.step(1.0)
        return loss

    return step, lambda: [*state(), pg.tensor(optimizer.param_groups[0]["lr"]), pg.tensor(scheduler.last_epoch)]


# -- state ----------------------------------------------------------------------------------------------------------------


@program
def batch_norm(pg):
    model = small(pg, pg.nn.BatchNorm1d(8))
    return plain(pg, model, pg.optim.SGD(model.parameters(), lr=0.1, momentum=0.9))


@program
def a_buffer_that_is_bound_anew(pg):
    class Centred(pg.nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("running", pg.zeros(8))

        def forward(self, x):
            if self.training:
                self.running = 0.9 * self.running + 0.1 * x.detach().mean(0)
            return x - self.running

    model = small(pg, Centred())
    return plain(pg, model, pg.optim.Adam(model.parameters(), lr=0.01))


@program
def clipping_by_norm(pg):
    model = small(pg)
    optimizer = pg.optim.SGD(model.parameters(), lr=0.5)
    return plain(pg, model, optimizer, after=lambda: pg.nn.utils.clip_grad_norm_(model.parameters(), 0.1))


@program
def clipping_by_value(pg):
    model = small(pg)
    optimizer = pg.optim.SGD(model.parameters(), lr=0.5)
    return plain(pg, model, optimizer, after=lambda: pg.nn.utils.clip_grad_value_(model.parameters(), 0.01))


@program
def gradients_added_up_over_calls(pg):
    model = small(pg)
    optimizer = pg.optim.Adam(model.parameters(), lr=0.01)

    def step(x, y, last=True):
        loss = pg.nn.functional.cross_entropy(model(x), y) / 3
        loss.backward()
        if last:
            optimizer.step()
            optimizer.zero_grad()
        return loss

    def three(x, y, step=step):
        return step(x, y, False) + step(x, y, False) + step(x, y, True)

    step.drive = three
    return step, lambda: [*model.parameters(), *moments(optimizer)]


@program
def gradients_set_to_zero(pg):
    model = small(pg)
    optimizer = pg.optim.SGD(model.parameters(), lr=0.1)

    def step(x, y):
        optimizer.zero_grad(set_to_none=False)
        loss = pg.nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    return step, lambda: [*model.parameters(), *(p.grad for p in model.parameters())]


@program
def a_moving_average_of_the_weights(pg):
    model = small(pg)
    average = copy.deepcopy(model)
    optimizer = pg.optim.SGD(model.parameters(), lr=0.1)
    first, state = plain(pg, model, optimizer)

    def step(x, y):
        loss = first(x, y)
        with pg.no_grad():
            for slow, fast in zip(average.parameters(), model.parameters(), strict=True):
                slow.lerp_(fast, 0.1)
        return loss

    return step, lambda: [*state(), *average.parameters()]


@program
def tied_weights(pg):
    class Tied(pg.nn.Module):
        def __init__(self):
            super().__init__()
            self.inside = pg.nn.Linear(6, 6)
            self.outside = pg.nn.Linear(6, 6)
            self.outside.weight = self.inside.weight

        def forward(self, x):
            return self.outside(self.inside(x).tanh())

    model = filled(pg, Tied())
    return plain(pg, model, pg.optim.Adam(model.parameters(), lr=0.01))


@program
def frozen_layers(pg):
    model = small(pg)
    optimizer = pg.optim.SGD(model.parameters(), lr=0.1)
    inner, _ = plain(pg, model, optimizer)
    count = [0]

    def drive(x, y, step=inner):
        count[0] += 1
        model[0].weight.requires_grad_(count[0] % 4 < 2)
        return step(x, y)

    inner.drive = drive
    return inner, lambda: [*model.parameters()]


@program
def training_and_evaluation(pg):
    model = small(pg, pg.nn.BatchNorm1d(8))
    optimizer = pg.optim.SGD(model.parameters(), lr=0.1)
    inner, state = plain(pg, model, optimizer)
    count = [0]

    def drive(x, y, step=inner):
        count[0] += 1
        model.train(count[0] % 3 != 0)
        return step(x, y)

    inner.drive = drive
    return inner, state


@program
def hyper_parameters_that_are_set(pg):
    model = small(pg)
    optimizer = pg.optim.Adam(model.parameters(), lr=0.1)
    inner, state = plain(pg, model, optimizer)

    def drive(x, y, step=inner):
        optimizer.param_groups[0]["lr"] *= 0.8
        optimizer.param_groups[0]["betas"] = (optimizer.param_groups[0]["betas"][0] * 0.99, 0.99)
        return step(x, y)

    inner.drive = drive
    return inner, state


@program
def two_groups(pg):
    model = small(pg)
    optimizer = pg.optim.SGD(
        [{"params": model[0].parameters(), "lr": 0.01}, {"params": model[2].parameters(), "momentum": 0.9}], lr=0.1
    )
    return plain(pg, model, optimizer)


@program
def a_group_that_is_added(pg):
    model = small(pg)
    optimizer = pg.optim.Adam(model[2].parameters(), lr=0.01)
    inner, _ = plain(pg, model, optimizer)
    count = [0]

    def drive(x, y, step=inner):
        count[0] += 1
        if count[0] == 5:
            optimizer.add_param_group({"params": model[0].parameters()})
        model.zero_grad()
        return step(x, y)

    inner.drive = drive
    return inner, lambda: [*model.parameters(), *moments(optimizer)]


@program
def states_that_are_loaded(pg):
    model = small(pg)
    optimizer = pg.optim.Adam(model.parameters(), lr=0.01)
    inner, state = plain(pg, model, optimizer)
    kept = {}
    count = [0]

    def drive(x, y, step=inner):
        count[0] += 1
        if count[0] == 4:
            kept.update(model=copy.deepcopy(model.state_dict()), optimizer=copy.deepcopy(optimizer.state_dict()))
        if count[0] == 9:
            model.load_state_dict(kept["model"])
            optimizer.load_state_dict(kept["optimizer"])
        return step(x, y)

    inner.drive = drive
    return inner, state


@program
def two_models_in_a_step(pg):
    generator, critic = small(pg), filled(pg, pg.nn.Linear(3, 1))
    first = pg.optim.Adam(generator.parameters(), lr=0.01)
    second = pg.optim.SGD(critic.parameters(), lr=0.05, momentum=0.9)

    def step(x, y):
        second.zero_grad()
        found = critic(generator(x).detach()).square().mean() - critic(x[:, :3]).mean()
        found.backward()
        second.step()
        first.zero_grad()
        loss = critic(generator(x)).mean() ** 2 + pg.nn.functional.cross_entropy(generator(x), y)
        loss.backward()
        first.step()
        return loss + found.detach()

    return step, lambda: [*generator.parameters(), *critic.parameters(), *moments(first), *moments(second)]


@program
def state_of_ones_own(pg):
    """Tensors that no module knows: written in place, through views, and under ``no_grad``."""
    model = small(pg)
    history, best = pg.zeros(5, 3), pg.tensor(float("inf"))

    def step(x, y):
        logits = model(x)
        loss = pg.nn.functional.cross_entropy(logits, y)
        with pg.no_grad():
            history[1:] = history[:-1].clone()
            history[0] = logits.mean(0)
            history[:, 0].mul_(0.5)
            best.copy_(pg.minimum(best, loss))
            model[0].bias.add_(0.01)
            model[2].weight.t()[0].mul_(0.99)
        return loss

    return step, lambda: [history, best, *model.parameters()]


@program
def gradients_of_gradients(pg):
    model = small(pg)
    optimizer = pg.optim.SGD(model.parameters(), lr=0.05)

    def step(x, y):
        x = x.clone().requires_grad_()
        loss = pg.nn.functional.cross_entropy(model(x), y)
        (slope,) = pg.autograd.grad(loss, x, create_graph=True)
        penalty = (slope.square().sum(1) + 1e-6).sqrt().mean()
        optimizer.zero_grad()
        (loss + penalty).backward()
        optimizer.step()
        return loss + penalty

    return step, lambda: [*model.parameters(), *(p.grad for p in model.parameters())]


@program
def transforms_inside(pg):
    model = small(pg)
    optimizer = pg.optim.SGD(model.parameters(), lr=0.05)
    weights = default(pg, np.linspace(-0.3, 0.3, 6))

    def energy(x):
        return (x.tanh() * weights).sum() ** 2

    def step(x, y):
        curvature = pg.func.vmap(pg.func.hessian(energy))(x)
        slopes = pg.func.vmap(pg.func.grad(energy))(x)
        loss = pg.nn.functional.cross_entropy(model(slopes + curvature.sum(2)), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    return step, lambda: [*model.parameters()]


@program
def a_convolutional_network(pg):
    nn = pg.nn
    model = filled(
        pg,
        nn.Sequential(
            nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(16, 3)
        ),
    )
    inner, state = plain(pg, model, pg.optim.SGD(model.parameters(), lr=0.05, momentum=0.9))
    images = default(pg, np.random.default_rng(5).standard_normal((16, 1, 6, 6)))

    inner.drive = lambda x, y, step=inner: step(images, y)
    return inner, state


@program
def a_step_with_a_closure(pg):
    model = small(pg)
    optimizer = pg.optim.SGD(model.parameters(), lr=0.1)

    def step(x, y):
        def closure():
            optimizer.zero_grad()
            loss = pg.nn.functional.cross_entropy(model(x), y)
            loss.backward()
            return loss

        return optimizer.step(closure)

    return step, lambda: [*model.parameters()]


@program
def arguments_with_gradients(pg):
    model = small(pg)
    point, _ = data(pg, seed=4)
    point.requires_grad_()

    def step(x, y, point):
        loss = pg.nn.functional.cross_entropy(model(x * point), y)
        loss.backward()
        with pg.no_grad():
            point -= 0.1 * point.grad
        return loss

    step.drive = lambda x, y, step=step: step(x, y, point)
    return step, lambda: [point, point.grad, *(p.grad for p in model.parameters())]


@program
def trees(pg):
    Pair = namedtuple("Pair", "left right")
    model = small(pg)

    def step(batch, scale):
        logits = model(batch["x"][0])
        loss = pg.nn.functional.cross_entropy(logits, batch["y"]) * scale
        return {"loss": loss, "rest": [Pair(logits, logits * scale), (batch["y"], "name", 3, None)]}

    def drive(x, y, step=step):
        result = step({"x": (x,), "y": y}, 2.0)
        assert isinstance(result["rest"][0], tuple)
        assert result["rest"][1][1:] == ("name", 3, None)
        result["loss"].backward()
        return result["loss"] + result["rest"][0].left.sum() - result["rest"][0].right.sum()

    step.drive = drive
    return step, lambda: [p.grad for p in model.parameters()]


@program
def static_arguments(pg):
    model = small(pg)
    optimizer = pg.optim.SGD(model.parameters(), lr=0.1)
    count = [0]

    def step(x, y, reduction, power=1, flag=True):
        loss = pg.nn.functional.cross_entropy(model(x), y, reduction=reduction).mean().log1p() ** power
        if flag:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return loss

    def drive(x, y, step=step):
        count[0] += 1
        return step(x, y, ("mean", "sum", "none")[count[0] % 3], power=1 + count[0] % 2, flag=count[0] % 5 > 0)

    step.drive = drive
    return step, lambda: [*model.parameters()]


@program
def without_gradients(pg):
    model = small(pg, pg.nn.BatchNorm1d(8))

    def evaluate(x, y):
        with pg.no_grad():
            loss = pg.nn.functional.cross_entropy(model(x), y)
        assert not loss.requires_grad
        return loss

    return evaluate, lambda: [*model.parameters(), *model.buffers()]


# -- what only polygrad has, or has its own numbers for --------------------------------------------------------------------


@ours
def dropout(pg):
    model = small(pg, pg.nn.Dropout(0.3))
    return plain(pg, model, pg.optim.Adam(model.parameters(), lr=0.01))


@ours
def random_numbers(pg):
    state = pg.zeros(4)

    def step(x, y):
        noise = [
            pg.rand(4), pg.randn(4), pg.randint(0, 9, (4,)), pg.randperm(4), pg.bernoulli(pg.full((4,), 0.5)),
            pg.normal(0.0, 2.0, (4,)), pg.rand_like(state), pg.randn_like(state), pg.multinomial(pg.ones(4), 4),
            pg.empty(4).uniform_(2, 3), pg.empty(4).normal_(), pg.empty(4).exponential_(),
        ]  # fmt: skip
        state.copy_(sum(one.to(pg.get_default_dtype()) * 0.5**place for place, one in enumerate(noise)))
        return state.sum()

    return step, lambda: [state]


@ours
def a_compiled_function_in_a_compiled_one(pg):
    model = small(pg)
    optimizer = pg.optim.SGD(model.parameters(), lr=0.1)
    loss_of = pg.compile(lambda x, y: pg.nn.functional.cross_entropy(model(x), y))
    update = pg.compile(optimizer.step)

    def step(x, y):
        optimizer.zero_grad()
        loss = loss_of(x, y)
        loss.backward()
        update()
        return loss

    return step, lambda: [*model.parameters()]


@ours
def compiled_functions_in_an_eager_step(pg):
    model = small(pg)
    optimizer = pg.optim.SGD(model.parameters(), lr=0.1)
    inner = pg.compile(model)

    def drive(x, y, step=None):
        optimizer.zero_grad()
        x = x.clone().requires_grad_()
        loss = pg.nn.functional.cross_entropy(inner(x), y)
        loss.backward()
        optimizer.step()
        return loss + x.grad.square().sum()

    drive.drive = drive
    return drive, lambda: [*model.parameters(), *(p.grad for p in model.parameters())]


# -- to run them ----------------------------------------------------------------------------------------------------------


#: How many programs some need; all others one.
SEVERAL = {
    "gradients_added_up_over_calls": 3, "frozen_layers": 2, "training_and_evaluation": 2, "gradients_set_to_zero": 2,
    "a_group_that_is_added": 2, "states_that_are_loaded": 2, "static_arguments": 10, "arguments_with_gradients": 2,
    "compiled_functions_in_an_eager_step": 0,
}  # fmt: skip


def result_of(pg, program, compiled: bool):
    """Losses, and the numbers of the state after the last step; and the compiled function."""
    pg.manual_seed(0)
    step, state = program(pg)
    drive = getattr(step, "drive", None)
    if compiled:
        step = pg.compile(step)
    x, y = data(pg)
    call = step if drive is None else lambda x, y: drive(x, y, step)
    losses = [call(x, y).item() for _ in range(STEPS)]
    return losses, [np.asarray(t.tolist(), dtype=float) for t in state() if t is not None], step


def number_of_programs(compiled) -> int:
    return sum(map(len, compiled._programs.values()))


def agree(one, other, tolerance):
    """Two results of `result_of` are close."""
    np.testing.assert_allclose(one[0], other[0], rtol=tolerance, atol=tolerance)
    assert len(one[1]) == len(other[1])
    for a, b in zip(one[1], other[1], strict=True):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)
