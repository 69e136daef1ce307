"""Python numbers that change between calls of a compiled function: inputs of one program if possible, else constants."""

from __future__ import annotations

import dataclasses
import math
import threading
import types
import warnings

import numpy as np
import pytest

import polygrad
from polygrad import func, nn
from polygrad.backends import available

BACKENDS = [name for name in ("numpy", "jax", "strict") if name in available()]
VALUES = (2.0, 3.0, -1.5, 0.25, 7.0)


class Settings(types.SimpleNamespace):
    """What holds the number ``n``."""


settings = Settings(n=2.0)
n_of = settings.__getattribute__

#: Functions of a tensor that only calculate with the number.
ARITHMETIC = {
    "x + n": lambda x: x + settings.n,
    "n + x": lambda x: settings.n + x,
    "x - n": lambda x: x - settings.n,
    "n - x": lambda x: settings.n - x,
    "x * n": lambda x: x * settings.n,
    "n * x": lambda x: settings.n * x,
    "x / n": lambda x: x / settings.n,
    "n / x": lambda x: settings.n / x,
    "x // n": lambda x: x // settings.n,
    "x % n": lambda x: x % settings.n,
    "n % x": lambda x: settings.n % x,
    "comparisons": lambda x: x * (x < settings.n) + x * (settings.n <= x) * 2 + (x == settings.n) + (x != settings.n),
    "numbers": lambda x: x * (1 - settings.n) + (settings.n * 2 - 1) / 3 + abs(-settings.n) % 2 + settings.n // 2,
    "numbers of numbers": lambda x: x * (settings.n * settings.n + (1 - settings.n) * +settings.n),
    "in place": lambda x: x.clone().mul_(settings.n).add_(x, alpha=settings.n).sub_(settings.n),
    "augmented": lambda x: augmented(x),
    "add with alpha": lambda x: polygrad.add(x, x, alpha=settings.n) - polygrad.sub(x, 2.0, alpha=settings.n),
    "functions": lambda x: polygrad.mul(x, settings.n) + polygrad.where(x > 0, x, settings.n),
    "of integers": lambda x: (polygrad.arange(3) * settings.n)[x.detach().argmax()] * x,
    "of booleans": lambda x: ((x > 0) * settings.n) * x,
    "of complex numbers": lambda x: (polygrad.complex(x, x) * settings.n).abs(),
    "of doubles": lambda x: x * (polygrad.ones(1, dtype=polygrad.float64) * settings.n).float(),
    "under vmap": lambda x: func.vmap(lambda each: each * settings.n)(x),
    "under grad": lambda x: func.grad(lambda y: (y**2 * settings.n).sum())(x),
}
#: Functions that need the value.
OF_VALUES = {
    "written": lambda x: written(x),  # which is refused if it is too large
    "if": lambda x: x * 2 if settings.n > 2.5 else x,
    "truth": lambda x: x * 2 if settings.n else x,
    "range": lambda x: sum([x] * len(range(int(abs(settings.n)))), x),
    "float": lambda x: x * float(settings.n),
    "math": lambda x: x * math.sin(settings.n),
    "exponent": lambda x: (x.abs() + 1) ** settings.n,
    "power": lambda x: x * abs(settings.n) ** 0.5,
    "base": lambda x: x * 2.0**settings.n,
    "round": lambda x: x * round(settings.n),
    "text": lambda x: x * float(f"{settings.n}"),
    "key": lambda x: x * {value: 2 * value for value in VALUES}[settings.n],
    "min": lambda x: x * min(settings.n, 1.0),
    "hash": lambda x: x * (hash(settings.n) % 1000),
    "method": lambda x: x * (1.0 if settings.n.is_integer() else 2.0),
    "divmod": lambda x: x * divmod(settings.n, 2)[1],
    "NumPy": lambda x: x * float(np.asarray([settings.n, 1.0]).sum()),
    "NumPy's number": lambda x: x * float(np.float64(2.0) * settings.n),
    "tensor": lambda x: x * polygrad.tensor(settings.n),
    "full": lambda x: x * polygrad.full((1,), settings.n),
    "list": lambda x: x * polygrad.tensor([settings.n, 1.0]).sum(),
    "half precision": lambda x: (x.half() * settings.n).float(),
    "clamp": lambda x: x.clamp(-abs(settings.n), abs(settings.n)),
    "dropout": lambda x: nn.functional.dropout(x, p=min(abs(settings.n), 1.0), training=False) * settings.n,
    "caught": lambda x: caught(x),
    "index": lambda x: x[int(settings.n) % 3],
    "a class": lambda x: x * settings.n if type(settings.n) is float else x,
    "in a container": lambda x: x * sum([settings.n, settings.n]),
    "a setting": lambda x: nn.functional.leaky_relu(x, settings.n),
    "sorted": lambda x: x * sorted([settings.n, 1.0])[0],
}


def augmented(x):
    y = x.clone()
    y *= settings.n
    y += settings.n
    z = y[:1]
    z /= settings.n
    return y


def written(x):
    y = x.clone()
    y[0] = settings.n
    return y


def caught(x):
    try:
        return x * float(settings.n)
    except Exception:
        return x


def point(backend):
    return polygrad.tensor([-2.0, 0.5, 3.0], backend=backend, requires_grad=True)


def run(function, backend):
    """The value and the gradient of a function of a tensor."""
    with polygrad.use_backend(backend):
        x = point(backend)
        y = function(x)
    (gradient,) = polygrad.autograd.grad(y.sum(), x, allow_unused=True)
    return y.tolist(), None if gradient is None else gradient.tolist()


def values(backend):
    return VALUES if backend == "numpy" else VALUES[:3]


def programs(compiled):
    return sum(map(len, compiled._programs.values()))


def agree(found, expected):
    for a, b in zip(found, expected, strict=True):
        assert (a is None) is (b is None)
        if a is not None:
            np.testing.assert_allclose(a, b, rtol=1e-6)


@pytest.fixture(autouse=True)
def the_number():
    yield
    settings.n = 2.0


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", ARITHMETIC)
def test_arithmetic_makes_one_more_program(name, backend):
    compiled = polygrad.compile(ARITHMETIC[name])
    for settings.n in values(backend):
        agree(run(compiled, backend), run(ARITHMETIC[name], backend))
        assert type(settings.n) is float
    assert programs(compiled) == 2 and not compiled._constants
    settings.n = 3  # a number of another class is another program
    agree(run(compiled, backend), run(ARITHMETIC[name], backend))


@pytest.mark.parametrize("name", [name for name in ARITHMETIC if name != "of doubles"])
def test_whole_numbers(name):
    compiled = polygrad.compile(ARITHMETIC[name])
    for settings.n in (2, 3, -4, 5, 1 << 40):
        agree(run(compiled, "numpy"), run(ARITHMETIC[name], "numpy"))
    assert programs(compiled) == 2


#: Functions that need the value of a whole number.
OF_WHOLE_VALUES = {
    "index": lambda x: x[settings.n],
    "slice": lambda x: x[settings.n :],
    "item": lambda x: x * [1.0, 2.0, 3.0][settings.n],
    "repeated": lambda x: x * sum([1.0] * settings.n),
    "range": lambda x: x * sum(range(settings.n)),
    "shape": lambda x: x.expand(settings.n + 1, 3),
    "size": lambda x: x * polygrad.zeros(settings.n + 1).numel(),
    "dimension": lambda x: x.reshape(1, 3, 1).sum(settings.n),
    "dimensions": lambda x: x.reshape(1, 3, 1).sum((0, settings.n)) if settings.n else x,
    "bits": lambda x: x * ((settings.n << 2) | 1),
    "text": lambda x: x * float(f"{settings.n:03d}"),
    "one-hot": lambda x: nn.functional.one_hot(x.detach().argmax(), 3 + settings.n) * x.sum(),
    "narrow": lambda x: x.narrow(0, 0, settings.n + 1),
    "roll": lambda x: x.roll(settings.n) * polygrad.arange(3),
    "correction": lambda x: x.var(correction=settings.n),
    "chunks": lambda x: polygrad.chunk(x, settings.n + 1)[0],
}


@pytest.mark.parametrize("name", OF_WHOLE_VALUES)
def test_what_needs_a_whole_number_gets_it(name):
    compiled = polygrad.compile(OF_WHOLE_VALUES[name])
    for settings.n in (0, 1, 2, 0, 1):
        agree(run(compiled, "numpy"), run(OF_WHOLE_VALUES[name], "numpy"))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", OF_VALUES)
def test_what_needs_the_value_gets_it(name, backend):
    if (name, backend) == ("half precision", "strict"):
        pytest.skip("the standard has no float16")
    compiled = polygrad.compile(OF_VALUES[name])
    for settings.n in (*values(backend), *VALUES[:2]):
        agree(run(compiled, backend), run(OF_VALUES[name], backend))
        assert type(settings.n) is float


def test_one_number_that_is_needed_leaves_the_others_inputs():
    cfg = {"scale": 1.0, "depth": 1}

    def function(x):
        for _ in range(cfg["depth"]):
            x = x * cfg["scale"]
        return x

    compiled = polygrad.compile(function)
    for scale in (1.0, 2.0, 3.0):
        for depth in (1, 2, 3):
            cfg.update(scale=scale, depth=depth)
            agree(run(compiled, "numpy"), run(function, "numpy"))
    assert compiled._constants == {"cfg['depth']"} and programs(compiled) == 6


@dataclasses.dataclass(frozen=True)
class Frozen:
    n: float


class Slotted:
    __slots__ = ("n",)


class OfClass:
    n = 2.0


class Own(dict):
    def __setitem__(self, key, value):
        raise AssertionError("code of the user's is run")


def test_wherever_the_number_is():
    slotted, module, own = Slotted(), nn.Linear(1, 1), Own(n=2.0)
    slotted.n, frozen, table, items = 2.0, Frozen(2.0), {"n": 2.0}, [1.0, 2.0]
    module.n = local = 2.0

    def bind(value):
        nonlocal local
        slotted.n = module.n = OfClass.n = table["n"] = items[1] = local = helpers.n = value
        object.__setattr__(frozen, "n", value)
        dict.__setitem__(own, "n", value)
        globals()["number"] = value

    helpers = types.ModuleType("helpers")
    bind(2.0)
    functions = [
        lambda x: x * slotted.n, lambda x: x * module.n, lambda x: x * OfClass.n, lambda x: x * table["n"], lambda x: x * items[1],
        lambda x: x * local, lambda x: x * helpers.n, lambda x: x * frozen.n, lambda x: x * number, lambda x: x * own["n"],
    ]  # fmt: skip
    compiled = [polygrad.compile(function) for function in functions]
    for value in VALUES:
        bind(value)
        for one, function in zip(compiled, functions, strict=True):
            assert one(point("numpy")).tolist() == function(point("numpy")).tolist()
    assert [programs(one) for one in compiled] == [2] * 9 + [5]


number = 2.0


def test_class_attributes_that_an_instance_has_by_its_class_stay_there():
    thing = OfClass()
    compiled = polygrad.compile(lambda x: x * thing.n)
    try:
        for OfClass.n in VALUES:
            assert compiled(polygrad.ones(1)).item() == OfClass.n
            assert not vars(thing)
    finally:
        OfClass.n = 2.0


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_training_step_with_numbers_of_its_own(backend):
    def train(wrap):
        polygrad.manual_seed(0)
        with polygrad.use_backend(backend):
            model, cfg = nn.Linear(3, 2), {"lr": 0.1, "decay": 0.9, "weight": 1.0}
            average = polygrad.zeros(2, 3)

            def step(x):
                loss = model(x).square().mean() * cfg["weight"]
                loss.backward()
                with polygrad.no_grad():
                    for p in model.parameters():
                        p -= cfg["lr"] * p.grad
                        p.grad = None
                    average.mul_(cfg["decay"]).add_(model.weight, alpha=1 - cfg["decay"])
                return loss

            step = wrap(step)
            losses = []
            for epoch in range(8):
                cfg.update(lr=0.1 / (epoch + 1), decay=0.9 - 0.05 * epoch, weight=1.0 + epoch)
                losses.append(step(polygrad.ones(4, 3) + epoch).item())
            return step, losses, average.tolist()

    _, losses, average = train(lambda step: step)
    compiled, *found = train(polygrad.compile)
    np.testing.assert_allclose(found[0], losses, rtol=1e-5)
    np.testing.assert_allclose(found[1], average, rtol=1e-5)
    assert programs(compiled) <= 3


def test_numbers_that_are_returned_or_kept_are_what_they_are():
    kept = []

    def returned(x):
        return x * settings.n, settings.n, {"twice": settings.n * 2}

    def stored(x):
        settings.last = settings.n
        return x * settings.n

    def appended(x):
        kept.append(settings.n)
        return x * settings.n

    compiled = polygrad.compile(returned)
    for settings.n in VALUES:
        _, same, parts = compiled(polygrad.ones(1))
        assert type(same) is float and same == settings.n and parts["twice"] == 2 * settings.n
    for function in (stored, appended):
        compiled = polygrad.compile(function)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for settings.n in VALUES:
                assert compiled(polygrad.ones(1)).item() == settings.n
    assert type(settings.last) is float and settings.last == VALUES[-1]
    assert kept == list(VALUES) and {type(value) for value in kept} == {float}
    del settings.last


def test_an_error_of_the_function_comes_as_it_is_and_leaves_the_number():
    def function(x):
        if settings.n > 2.5:
            raise KeyError("of the user's")
        return x * settings.n

    compiled = polygrad.compile(function)
    compiled(polygrad.ones(1))
    settings.n = 3.0
    with pytest.raises(KeyError, match="of the user's"):
        compiled(polygrad.ones(1))
    assert type(settings.n) is float
    settings.n = 1.0
    assert compiled(polygrad.ones(1)).item() == 1.0


def test_errors_of_arithmetic_come_at_the_call_that_makes_them():
    compiled = polygrad.compile(lambda x: x * (1 / settings.n))
    for settings.n in VALUES:
        compiled(polygrad.ones(1))
    settings.n = 0.0
    with pytest.raises(ZeroDivisionError):
        compiled(polygrad.ones(1))
    settings.n = 4.0
    assert compiled(polygrad.ones(1)).item() == 0.25


def test_other_threads_see_plain_numbers_while_a_function_is_traced():
    seen = []

    def look():
        seen.append((settings.n + 1, settings.n > 2, float(settings.n), str(settings.n), {settings.n}))

    def function(x):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
        return x * settings.n

    compiled = polygrad.compile(function)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for settings.n in VALUES[:3]:
            assert compiled(polygrad.ones(1)).item() == settings.n
    for value in VALUES[:3]:
        assert (value + 1, value > 2, value, str(value), {value}) in seen


def test_in_loops_and_branches_of_a_program():
    def function(x):
        carry, _ = polygrad.scan(lambda c, y: (c * settings.n + y, c), x, polygrad.ones(3, 3))
        return polygrad.cond(x.sum() > 0, lambda c: c * settings.n, lambda c: c - settings.n, (carry,))

    compiled = polygrad.compile(function)
    for settings.n in VALUES:
        agree([compiled(point("numpy")).tolist()], [function(point("numpy")).tolist()])
