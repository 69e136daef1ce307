"""Scalars of every type, for every argument that takes one, give the result of the Python number.

The calls are PyTorch's samples of its operators and layers: in each, every Python number is replaced by every scalar of NumPy's
that has the same value, and every integer that is a dimension or a size by a tensor without dimensions.
"""

from __future__ import annotations

import enum
import fractions
import inspect
import itertools
import re

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
pytest.importorskip("expecttest", reason="PyTorch's samples need expecttest")

import polygrad  # noqa: E402
import polygrad.nn.functional as F  # noqa: E402
import polygrad.optim  # noqa: E402
from polygrad import nn  # noqa: E402
from polygrad._core.scalars import to_python  # noqa: E402
from tests.cases.torch_samples import (  # noqa: E402
    DIFFERENT_LAYERS,
    LAYERS,
    OPERATORS,
    TENSORS,
    find_results,
    find_tensors,
    layer_arguments,
    polygrad_function,
    to_polygrad,
)

pytestmark = [pytest.mark.parity, pytest.mark.filterwarnings("ignore")]

#: What replaces Python's numbers in the samples; `test_every_kind` has all types.
TYPES = {bool: (np.bool_,), int: (np.int64, np.uint8), float: (np.float32, np.float64), complex: (np.complex64,)}
SAMPLES = 5
LEFT_OUT = {"to": "its flags are no numbers", "__getitem__": "an array in a list is another kind of key"}
DIMENSIONS = set("dim dims dim0 dim1 size sizes shape chunks shifts reps repeats split_size_or_sections".split())
#: Whose second argument may be a tensor of values, and PyTorch's flags that are no numbers.
ELEMENTWISE = (polygrad.max, polygrad.min, polygrad.Tensor.max, polygrad.Tensor.min)


def scalars(value):
    """Scalars of NumPy's that have the value of Python's number ``value``."""
    kinds = [
        kind
        for kind in TYPES[type(value)]
        if type(value) is not int or np.iinfo(kind).min <= value <= np.iinfo(kind).max
    ]
    with np.errstate(over="ignore"):
        found = [kind(value) for kind in kinds]
    return [np.asarray(value), *(one for one in found if type(value)(one) == value or value != value)]


def places(value, path=()):
    """The paths to Python numbers in nested lists, tuples and dictionaries, with the numbers."""
    if type(value) in TYPES:
        yield path, value
    elif isinstance(value, (list, tuple)):
        for number, item in enumerate(value):
            yield from places(item, (*path, number))
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from places(item, (*path, name))


def replaced(value, path, new):
    """``value`` with ``new`` at ``path``."""
    if not path:
        return new
    if isinstance(value, dict):
        return {name: replaced(item, path[1:], new) if name == path[0] else item for name, item in value.items()}
    made = [replaced(item, path[1:], new) if number == path[0] else item for number, item in enumerate(value)]
    return made if isinstance(value, list) else tuple(made)


def described(result):
    """What must be equal: types, shapes and values of the tensors in ``result``, or the result itself."""
    found = find_results(result)
    return [(x.dtype, tuple(x.shape), x.detach().numpy()) for x in found] if found else result


def same(one, other):
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(
            a[:2] == b[:2] and np.array_equal(a[2], b[2], equal_nan=a[2].dtype.kind in "fc")
            for a, b in zip(one, other, strict=True)
        )
    return one == other


def failures_of(call, given, sizes=()):
    """Failures of ``call(given)`` if a number in ``given`` has another type, or one of ``sizes`` is a tensor."""
    failures = []

    def run(given):
        polygrad.manual_seed(0)
        return described(call(given))

    expected = run(given)
    numbers = [(path, scalar) for path, value in places(given) for scalar in scalars(value)]
    for path, scalar in [*numbers, *((path, polygrad.tensor(value)) for path, value in sizes)]:
        try:
            assert same(run(replaced(given, path, scalar)), expected), "another result"
        except Exception as error:  # every one is heard before the verdict
            failures.append(f"{type(scalar).__name__} at {path}: {type(error).__name__}: {str(error)[:120]}")
    return failures


def copied(value):
    """As a call that writes needs it."""
    if isinstance(value, TENSORS):
        return value.detach().clone()
    if isinstance(value, (list, tuple)):
        return type(value)([copied(item) for item in value])
    return {name: copied(item) for name, item in value.items()} if isinstance(value, dict) else value


def functions_of(name):
    """The function and the method of that name."""
    return {polygrad_function(name), getattr(polygrad.Tensor, name, None)} - {None}


def sizes_in(function, given):
    """The paths to integers that are dimensions or lengths."""
    try:
        parameters = inspect.signature(function).parameters
        bound = inspect.signature(function).bind(*given[0], **given[1]).arguments
    except (TypeError, ValueError):
        return
    for path, value in places(given):
        place = path[1] if path[0] == 1 else list(parameters)[min(path[1], len(parameters) - 1)]
        kinds = set(re.findall(r"\w+", str(parameters[place].annotation))) if place in bound else set()
        if function in ELEMENTWISE:
            continue
        if type(value) is int and (place in DIMENSIONS or ("int" in kinds and not kinds & {"Any", "Tensor", "float"})):
            yield path, value


@pytest.mark.parametrize("name", OPERATORS)
def test_operators(name):
    if name in LEFT_OUT:
        pytest.skip(LEFT_OUT[name])
    operator, failures, known = OPERATORS[name], [], set()
    for dtype in (torch.float32, torch.int64):
        if dtype not in operator.dtypes:
            continue
        for sample in itertools.islice(operator.sample_inputs("cpu", dtype, requires_grad=False), SAMPLES):
            given = to_polygrad([[sample.input, *sample.args], sample.kwargs])
            new = {(dtype, path, type(value)) for path, value in places(given)} - known
            known |= new
            if not new:
                continue
            for function in functions_of(operator.name):
                call = lambda given: function(*copied(given[0]), **copied(given[1]))  # noqa: B023, E731
                try:
                    call(given)
                except Exception:
                    continue
                found = failures_of(call, given, sizes_in(function, given))
                failures += [f"{dtype} {sample.args} {sample.kwargs} {f}" for f in found]
    assert not failures, f"{len(failures)}:\n" + "\n".join(failures[:4])


@pytest.mark.parametrize("name", [name for name in LAYERS if name not in DIFFERENT_LAYERS])
def test_layers(name):
    info, failures, known = LAYERS[name], [], set()
    kind = getattr(nn, name)
    samples = info.module_inputs_func(info, device="cpu", dtype=torch.float32, requires_grad=False, training=True)
    for sample in itertools.islice(samples, SAMPLES):
        if sample.forward_input is None:
            continue
        given = layer_arguments([sample.constructor_input.args, sample.constructor_input.kwargs])
        new = {(path, type(value)) for path, value in places(given)} - known
        known |= new
        if not new:
            continue
        inputs = to_polygrad([list(sample.forward_input.args), sample.forward_input.kwargs])

        def call(given, inputs=inputs):
            layer = kind(*given[0], **given[1])
            return [*find_tensors(layer(*inputs[0], **inputs[1])), *layer.state_dict().values()]

        try:
            call(given)
        except Exception:
            continue
        failures += [f"{given} {f}" for f in failures_of(call, given)]
    assert not failures, f"{len(failures)}:\n" + "\n".join(failures[:4])


SETTINGS = {
    "SGD": {"lr": 0.5, "momentum": 0.5, "dampening": 0.25, "weight_decay": 0.125, "nesterov": False, "maximize": False},
    "Adam": {"lr": 0.5, "betas": (0.5, 0.75), "eps": 0.125, "weight_decay": 0.25, "amsgrad": True},
    "AdamW": {"lr": 0.5, "betas": (0.5, 0.75), "eps": 0.125, "weight_decay": 0.25, "maximize": True},
    "RMSprop": {"lr": 0.5, "alpha": 0.5, "eps": 0.25, "weight_decay": 0.125, "momentum": 0.5, "centered": True},
    "Adagrad": {"lr": 0.5, "lr_decay": 0.25, "weight_decay": 0.125, "initial_accumulator_value": 1, "eps": 0.25},
    "Adadelta": {"lr": 0.5, "rho": 0.25, "weight_decay": 0.125, "eps": 0.25},
    "Adamax": {"lr": 0.5, "weight_decay": 0.125, "eps": 0.25},
    "NAdam": {"lr": 0.5, "weight_decay": 0.125, "eps": 0.25, "momentum_decay": 0.5},
    "RAdam": {"lr": 0.5, "weight_decay": 0.125, "eps": 0.25},
    "Rprop": {"lr": 0.5},
    "ASGD": {"lr": 0.5, "lambd": 0.25, "alpha": 0.5, "t0": 1, "weight_decay": 0.125},
}


def trained(name, settings, later, dtype):
    """Parameters after three steps, the settings of ``later`` changed before the third."""
    parameters = [
        polygrad.tensor([1.0, -2.0], dtype=dtype, requires_grad=True),
        polygrad.ones(2, 2, requires_grad=True),
    ]
    optimizer = getattr(polygrad.optim, name)(parameters, **settings)
    for step in range(3):
        if step == 2:
            optimizer.param_groups[0].update(later)
        optimizer.zero_grad()
        sum((p * p * p).sum() for p in parameters).backward()
        optimizer.step()
    return described(parameters)


@pytest.mark.parametrize("dtype", ["float32", "float16"])
@pytest.mark.parametrize("name", SETTINGS)
def test_optimizers(name, dtype):
    dtype, settings = getattr(polygrad, dtype), SETTINGS[name]
    later = {key: value for key, value in settings.items() if key != "initial_accumulator_value"}
    expected = trained(name, settings, later, dtype)
    for path, value in places(settings):
        for scalar in scalars(value):
            where = (path, type(scalar).__name__)
            assert same(trained(name, replaced(settings, path, scalar), later, dtype), expected), where
            if path[0] in later:
                assert same(trained(name, settings, replaced(later, path, scalar), dtype), expected), where


SCHEDULES = {
    "StepLR": {"step_size": 2, "gamma": 0.5},
    "MultiStepLR": {"milestones": [1, 3], "gamma": 0.5},
    "ConstantLR": {"factor": 0.5, "total_iters": 3},
    "LinearLR": {"start_factor": 0.25, "end_factor": 0.75, "total_iters": 3},
    "ExponentialLR": {"gamma": 0.5},
    "PolynomialLR": {"total_iters": 4, "power": 2.0},
    "CosineAnnealingLR": {"T_max": 4, "eta_min": 0.125},
    "CosineAnnealingWarmRestarts": {"T_0": 2, "T_mult": 2, "eta_min": 0.125},
    "OneCycleLR": {"max_lr": 0.5, "total_steps": 8, "pct_start": 0.5, "div_factor": 4.0, "final_div_factor": 8.0},
    "CyclicLR": {"base_lr": 0.125, "max_lr": 0.5, "step_size_up": 3, "step_size_down": 2, "gamma": 0.5},
    "ReduceLROnPlateau": {"factor": 0.5, "patience": 1, "threshold": 0.125, "cooldown": 1, "min_lr": 0.0625},
    "LambdaLR": {},
}


@pytest.mark.parametrize("name", [name for name in SCHEDULES if hasattr(polygrad.optim.lr_scheduler, name)])
def test_schedules(name):
    def rates(settings, metric=1.0):
        optimizer = polygrad.optim.SGD([polygrad.ones(1, requires_grad=True)], lr=0.5, momentum=0.5)
        if name == "LambdaLR":
            settings = {"lr_lambda": lambda step: metric / (step + 1)}
        schedule, found = getattr(polygrad.optim.lr_scheduler, name)(optimizer, **settings), []
        for _ in range(6):
            optimizer.step()
            schedule.step(*[metric] * (name == "ReduceLROnPlateau"))
            found.append(optimizer.param_groups[0]["lr"])
        return found

    expected = rates(SCHEDULES[name])
    assert rates(SCHEDULES[name], np.float32(1.0)) == expected
    for path, value in places(SCHEDULES[name]):
        for scalar in scalars(value):
            assert rates(replaced(SCHEDULES[name], path, scalar)) == expected, (path, type(scalar).__name__)


NUMBERS = [True, 3, -2, 0.5, 1 + 2j]
KINDS = [np.bool_, np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64, np.float16, np.float32,
         np.float64, np.longdouble, np.complex64, np.complex128, np.clongdouble]  # fmt: skip


DTYPES = [polygrad.bool, polygrad.int8, polygrad.uint8, polygrad.float32, polygrad.complex64, polygrad.float16]


class Color(enum.IntEnum):
    RED = 3


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind(kind, backend):
    scalar = kind(1)
    python = {"b": bool, "i": int, "u": int, "f": float, "c": complex}[scalar.dtype.kind]
    for one in (scalar, np.asarray(scalar)):
        assert type(to_python(one)) is python and to_python(one) == python(1)
        assert [type(x) for x in to_python([one, "text", (one,)])[::2]] == [python, tuple]
        for dtype in DTYPES if backend != "strict" else DTYPES[:-1]:
            x, mask = polygrad.zeros(2, dtype=dtype), polygrad.tensor([True, False])
            wide = polygrad.result_type(x, python(1))
            assert polygrad.result_type(x, one) is wide
            if wide.kind != "bool":  # the strict library does not add booleans
                assert (x + one).dtype is wide and (one + x).dtype is wide
            assert polygrad.where(mask, x, one).dtype is wide
            assert polygrad.full((2,), one).dtype is polygrad.full((2,), python(1)).dtype
            assert polygrad.full_like(x, one).dtype is dtype if python is not complex else True
            if python is complex and dtype is not polygrad.complex64:
                continue
            assert x.masked_fill(mask, one).tolist() == [1, 0] and x.clone().fill_(one).tolist() == [1, 1]
            x[0] = one
            assert x.tolist() == [1, 0]
            if wide.kind not in ("complex", "bool"):
                assert x.clamp(max=one).dtype is wide and polygrad.clamp_min(x, one).dtype is wide


CALLS = {
    "sum": lambda x, n: x.sum(n), "mean": lambda x, n: x.mean(n, keepdim=True), "amax": lambda x, n: x.amax((n, 1)),
    "argmax": lambda x, n: polygrad.argmax(x, n), "std": lambda x, n: x.std(n), "logsumexp": lambda x, n: x.logsumexp(n),
    "cumsum": lambda x, n: x.cumsum(n), "flip": lambda x, n: x.flip(n), "roll": lambda x, n: x.roll(n, n),
    "chunk": lambda x, n: x.chunk(n, n)[1], "split": lambda x, n: x.split(n, n)[1], "size": lambda x, n: x.size(n),
    "transpose": lambda x, n: x.transpose(n, 1), "unsqueeze": lambda x, n: x.unsqueeze(n), "softmax": lambda x, n: x.softmax(n),
    "cat": lambda x, n: polygrad.cat([x, x], n), "stack": lambda x, n: polygrad.stack([x, x], n), "sort": lambda x, n: x.sort(n)[0],
    "reshape": lambda x, n: x.reshape(n, 4), "expand": lambda x, n: x.expand(n, n, 4), "zeros": lambda x, n: polygrad.zeros(n, n),
    "ones": lambda x, n: polygrad.ones((n,)), "eye": lambda x, n: polygrad.eye(n), "narrow": lambda x, n: x.narrow(n, 1, n),
    "select": lambda x, n: x.select(n, 1), "repeat": lambda x, n: x.repeat(n, 1, n), "topk": lambda x, n: x.topk(n, n)[0],
    "interpolate": lambda x, n: F.interpolate(x, size=n), "interpolate by": lambda x, n: F.interpolate(x, scale_factor=n),
    "avg_pool1d": lambda x, n: F.avg_pool1d(x, n, n), "pad": lambda x, n: F.pad(x, (n, 1)), "tril": lambda x, n: x.tril(n),
    "adaptive": lambda x, n: F.adaptive_avg_pool1d(x, n), "one_hot": lambda x, n: F.one_hot(x.long()[0, 0], n * n),
    "unflatten": lambda x, n: x.unflatten(n, (n, 2)), "glu": lambda x, n: F.glu(x, n), "movedim": lambda x, n: x.movedim(n, 0),
    "linspace": lambda x, n: polygrad.linspace(0, 1, n), "index_select": lambda x, n: x.index_select(n, polygrad.tensor([1])),
    "Linear": lambda x, n: nn.Linear(n, n)(polygrad.ones(2, 2)), "squeeze": lambda x, n: x.reshape(2, 4, 1).squeeze(n),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_dimensions_and_lengths(name, backend):
    x = polygrad.reshape(polygrad.arange(8.0), (1, 2, 4))

    def run(n):
        polygrad.manual_seed(0)
        return described(CALLS[name](x, n))

    kinds = (np.int64(2), np.uint8(2), np.asarray(2), *([] if name == "interpolate by" else [polygrad.tensor(2)]))
    for two in kinds:
        assert same(run(two), run(2)), type(two)


def test_other_numbers():
    x = polygrad.ones(2, 3)
    for value, number in (
        (Color.RED, 3),
        (fractions.Fraction(1, 2), 0.5),
        (x.size, 6),
        (polygrad.ones(2).numpy().sum(), 2.0),
    ):
        assert type(to_python(value)) is type(number) and to_python(value) == number
        assert (x * value).tolist() == (x * number).tolist() and (x * value).dtype is polygrad.float32
    array, text = np.ones(2), "text"
    assert to_python(array) is array and to_python(text) is text and to_python(x) is x
    listed = [x, 1, None]
    assert to_python(listed) is listed


def test_limits_are_numbers_of_python():
    for dtype in (polygrad.float16, polygrad.float32, polygrad.float64):
        ours, numpys = polygrad.finfo(dtype), np.finfo(dtype.name)
        for name in ("eps", "max", "min", "tiny", "smallest_normal", "resolution", "bits"):
            assert type(getattr(ours, name)) in (int, float)
            assert getattr(ours, name) == pytest.approx(
                float(getattr(numpys, name)), rel=0 if name != "resolution" else 1e-3
            )
    for dtype in (polygrad.bfloat16, polygrad.complex64, None):
        theirs = torch.finfo() if dtype is None else torch.finfo(getattr(torch, dtype.name))
        ours = polygrad.finfo() if dtype is None else polygrad.finfo(dtype)
        for name in ("eps", "max", "min", "tiny", "smallest_normal", "resolution", "bits", "dtype"):
            assert getattr(ours, name) == getattr(theirs, name)
        assert repr(ours) == repr(theirs)
    for dtype in (polygrad.int8, polygrad.int64, polygrad.uint8, polygrad.uint64):
        ours, theirs = polygrad.iinfo(dtype), torch.iinfo(getattr(torch, dtype.name))
        assert (ours.min, ours.max, ours.bits, ours.dtype) == (theirs.min, theirs.max, theirs.bits, theirs.dtype)
    assert repr(polygrad.iinfo(polygrad.int8)) == repr(torch.iinfo(torch.int8))
    for function, dtype in (
        (polygrad.finfo, polygrad.int32),
        (polygrad.iinfo, polygrad.float32),
        (polygrad.iinfo, polygrad.bool),
    ):
        with pytest.raises(TypeError):
            function(dtype)


@pytest.mark.parametrize("dtype", "bool int8 uint8 int64 float16 float32 float64 complex64".split())
def test_numbers_that_are_written_are_PyTorchs(dtype):
    values = [True, 0, 1, -1, 1.5, -1.5, 127, 128, 200, 255, 256, -255, -256, 300, 1e6, 65504.0, 65510.0, 3.4e38, 1e39, 1e300,
              float("inf"), float("nan"), 1j, 1 + 0j]  # fmt: skip
    ours, theirs = (m.zeros(2, dtype=getattr(m, dtype)) for m in (polygrad, torch))
    masks = polygrad.tensor([True, False]), torch.tensor([True, False])
    for value in values:
        for write in (lambda x, m: x.masked_fill(m, value), lambda x, m: x.clone().fill_(value)):  # noqa: B023
            try:
                expected = write(theirs, masks[1]).tolist()
            except RuntimeError:
                with pytest.raises(RuntimeError):
                    write(ours, masks[0])
            else:
                np.testing.assert_equal(write(ours, masks[0]).tolist(), expected, err_msg=repr(value))
