"""Random wrong calls of every public function and method: an error of a documented type, in the user's words, and no change.

``POLYGRAD_WRONG_CALLS`` is how many there are; the nox session ``wrong-calls`` makes 20,000.
"""

from __future__ import annotations

import inspect
import os
import random
import re
import warnings
from collections import Counter
from typing import Any

import numpy as np
import pytest

import polygrad
import polygrad.array_api
import polygrad.fft
import polygrad.linalg
import polygrad.nn.functional as F
import polygrad.signal
import polygrad.special

COUNT = int(os.environ.get("POLYGRAD_WRONG_CALLS", "2500"))
EXPECTED = (TypeError, ValueError, IndexError, RuntimeError, NotImplementedError)
#: What Python says of the inside of a function.
RAW = re.compile(
    r"has no attribute|tuple index out of range|<locals>|object is not|object cannot be|not supported between|unsupported operand"
    r"|has no len|values to unpack|indices must be integers or slices|unhashable|can't multiply|can only concatenate"
)
#: Names that change the process, or take functions of the user's.
LEFT_OUT = set(
    """compile set_backend save load manual_seed set_default_dtype set_default_device set_printoptions seed set_rng_state
    get_backend use_backend tune_allocator set_grad_enabled while_loop cond scan vmap backward register_hook""".split()
)
#: Lengths that make large tensors are not what is tested here.
SIZED = re.compile(
    "zeros|ones|eye|arange|space|empty|full|rand|indices|repeat|expand|tile|one_hot|pad|interpolate|new_|vander|power|bincount"
    "|split|Tensor$|range|window"
)


def _callables() -> list[tuple[str, Any]]:
    found = []
    for module in (polygrad, F, polygrad.linalg):
        for name in sorted(getattr(module, "__all__", dir(module))):
            value = None if name.startswith("_") or name in LEFT_OUT else getattr(module, name, None)
            if callable(value) and not isinstance(value, type):
                found.append((name, value))
    methods = [name for name in sorted(dir(polygrad.Tensor)) if not name.startswith("_") and name not in LEFT_OUT]
    return found + [("Tensor." + n, v) for n in methods if callable(v := getattr(polygrad.Tensor, n))]


def _right(r: random.Random) -> Any:
    shape = r.choice([(2, 3), (3,), (3, 3), (1, 2, 4, 4)])
    return r.choice(
        [polygrad.ones(shape), polygrad.ones(shape), polygrad.tensor([0, 1, 2]), 1, 0, -1, 2.0, True, (2, 2)]
    )


def _wrong(r: random.Random) -> Any:
    return r.choice([
        None, "text", [1, 2], ["a"], {}, object(), 1.5, -7, 10**20, polygrad.ones(2, 0, 5), polygrad.ones(7, 5),
        polygrad.tensor([True, False]), polygrad.tensor([1 + 2j]), float("nan"), (1, "x"), b"x", np.ones(3), len,
        polygrad.float32, polygrad.tensor(3), [[1], [2, 3]], -1.0, (),
    ])  # fmt: skip


def _arguments(r: random.Random, name: str, function: Any) -> list[Any]:
    """Arguments of which one is probably wrong."""
    parameters = inspect.signature(function).parameters.values()
    needed = sum(p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) and p.default is p.empty for p in parameters)
    arguments = [_right(r) for _ in range(max(1, min(needed + r.randint(0, 1), 5)))]
    method = name.startswith("Tensor.")
    if method:
        arguments[0] = r.choice([polygrad.ones(2, 3), polygrad.ones(3), polygrad.tensor([0, 1, 2])])
    if len(arguments) > method:
        arguments[r.randrange(method, len(arguments))] = _wrong(r)
    return arguments


def _seen(arguments: list[Any]) -> str:
    return repr([x.tolist() if isinstance(x, polygrad.Tensor) else None for x in arguments])


def test_wrong_calls_are_explained_and_change_nothing():
    r = random.Random(0)
    callables = _callables()
    wrong: Counter[str] = Counter()
    raw: Counter[str] = Counter()
    for _ in range(COUNT):
        name, function = r.choice(callables)
        arguments = _arguments(r, name, function)
        if SIZED.search(name) and any(isinstance(x, int) and x > 10**6 for x in arguments):
            continue
        before = _seen(arguments)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                function(*arguments)
        except EXPECTED as error:
            if RAW.search(str(error)) or not str(error):
                raw[f"{name}: {error}"] += 1
        except Exception as error:
            wrong[f"{name}: {error!r}"] += 1
        else:
            continue
        assert _seen(arguments) == before, f"{name} changed an argument of a call that it refused"
    assert sum(wrong.values()) <= COUNT * 50 / 20000, wrong
    assert sum(raw.values()) <= COUNT * 100 / 20000, raw


@pytest.mark.parametrize("wrong", [[1.0, 2.0], None, "text", 1.5], ids=repr)
def test_what_is_no_tensor_is_named(wrong):
    for function in (
        polygrad.softmax,
        polygrad.sum,
        F.relu,
        F.linear,
        polygrad.linalg.det,
        polygrad.flatten,
        F.mse_loss,
    ):
        arguments = (wrong, polygrad.ones(2), polygrad.ones(2)) if function is F.linear else (wrong, 0)
        arguments = arguments[: 1 if function in (F.relu, polygrad.linalg.det, polygrad.flatten) else 3]
        with pytest.raises(TypeError) as caught:
            function(*arguments)
        assert not RAW.search(str(caught.value)), caught.value


def test_an_argument_is_named():
    with pytest.raises(TypeError, match=r"flatten\(\): argument 'input' must be a Tensor, not list"):
        polygrad.flatten([1.0])
    with pytest.raises(TypeError, match="dim must be an int or a tuple of ints"):
        polygrad.ones(2).sum("rows")


# -- every public function names itself ------------------------------------------------------------------------------------

OWNERS = {
    "": polygrad, "F.": F, "linalg.": polygrad.linalg, "fft.": polygrad.fft, "special.": polygrad.special,
    "windows.": polygrad.signal.windows, "array_api.": polygrad.array_api, "Tensor.": polygrad.Tensor,
}  # fmt: skip


def _public() -> list[tuple[str, Any, list[inspect.Parameter]]]:
    """Every public function and method, with its parameters."""
    found = []
    for prefix, owner in OWNERS.items():
        for name in sorted(getattr(owner, "__all__", dir(owner))):
            value = None if name.startswith("_") else getattr(owner, name, None)
            if inspect.isfunction(value):
                found.append((prefix + name, value, list(inspect.signature(value).parameters.values())))
    return found


def _needed(parameters: list[inspect.Parameter]) -> int:
    return sum(p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) and p.default is p.empty for p in parameters)


def _raised(function: Any, *args: Any, **kwargs: Any) -> str:
    """The text of the TypeError of a call; empty where there is none."""
    try:
        function(*args, **kwargs)
    except TypeError as error:
        return str(error)
    except EXPECTED:
        pass
    return ""


@pytest.mark.filterwarnings("ignore")
def test_errors_about_the_number_and_names_of_arguments_name_a_public_function():
    x = polygrad.ones(2, 2)
    speaker = re.compile(r"(?:Tensor\.)?(\w+)\(\) (?:got|missing|takes) ")
    wrong = {}
    for full, function, parameters in _public():
        prefix, _, name = full.rpartition(".")
        myself = [x] if prefix == "Tensor" else []
        texts = [_raised(function, *myself, zzz=1), _raised(function, x, zzz=1)]
        if _needed(parameters) > len(myself):
            texts.append(_raised(function, *myself))
        if not any(p.kind is p.VAR_POSITIONAL for p in parameters):
            texts.append(_raised(function, *[x] * 40))
        for text in texts:
            said = speaker.match(text)
            # An alias may go by its other name: `polygrad.clip` is `polygrad.clamp`.
            known = said and any(hasattr(owner, said[1]) for owner in OWNERS.values())
            if not said or not known or (said[1][-1] == "_") is not (name[-1] == "_"):
                wrong[full] = text
    assert not wrong


@pytest.mark.filterwarnings("ignore")
def test_the_function_that_was_called_names_what_is_no_tensor():
    wrong = {}
    for full, function, parameters in _public():
        if parameters and str(parameters[0].annotation) == "Tensor" and not full.startswith("Tensor."):
            text = _raised(function, object(), *[polygrad.ones(2, 2)] * (_needed(parameters) - 1))
            said = re.match(r"([\w.<>]+)\(\): argument ", text)
            if said and not any(hasattr(owner, said[1]) for owner in OWNERS.values()):
                wrong[full] = text
    assert not wrong


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("value", ["abc", 1, 2.5, [], polygrad.tensor(True)], ids=repr)
def test_a_flag_is_a_bool(value):
    """As in PyTorch, which takes no numbers and no tensors for flags either."""
    x = polygrad.ones(3, 3)
    taken = []
    for full, function, parameters in _public():
        for one in parameters:
            if str(one.annotation) in ("bool", "builtins.bool", "bool | None") and full not in FLAGS_TAKEN:
                try:
                    function(*[x] * max(1, _needed([p for p in parameters if p is not one])), **{one.name: value})
                except EXPECTED:
                    continue
                taken.append(f"{full}({one.name}=)")
    assert not taken


#: Functions that are not called through the border, where flags are checked.
FLAGS_TAKEN = set("primitive set_printoptions Tensor.copy_ Tensor.numpy Tensor.to".split())


def test_numpy_bools_are_flags_under_both_names():
    x = polygrad.tensor([[1.0, 3.0], [2.0, 0.0]])
    assert polygrad.argmax(x, 1, keepdim=np.True_).shape == (2, 1)
    assert x.sum(1, keepdims=np.True_).shape == (2, 1)
    for call in (polygrad.argmax, polygrad.Tensor.sum, polygrad.linalg.norm):
        with pytest.raises(TypeError, match="argument 'keepdims' must be a bool, not str"):
            call(x, dim=1, keepdims="abc")


@pytest.mark.parametrize("name", ["fft2", "ifft2", "rfft2", "irfft2", "hfft2", "ihfft2"])
def test_a_transform_in_two_dimensions_names_itself(name):
    function = getattr(polygrad.fft, name)
    for wrong in ({"norm": "none"}, {"s": (-3, 2)}):
        with pytest.raises(RuntimeError, match=rf"^{name}\(\)"):
            function(polygrad.ones(2, 2), **wrong)
    with pytest.raises(TypeError, match=rf"^{name}\(\)"):
        function("text")


@pytest.mark.parametrize("dtype", ["bool", "int64", "float32", "complex64"])
@pytest.mark.parametrize("wrong", ["text", None, [1], object()], ids=["text", "None", "list", "object"])
def test_what_fills_a_tensor_is_a_number(wrong, dtype):
    """A text is true, and was True in a boolean tensor."""
    dtype = getattr(polygrad, dtype)
    for fill in (
        lambda x: x.fill_(wrong),
        lambda x: polygrad.fill(x, wrong),
        lambda x: x.masked_fill(x == x, wrong),
        lambda x: x.masked_fill_(x == x, wrong),
        lambda x: x.fill_diagonal_(wrong),
        lambda x: polygrad.full((2,), wrong, dtype=dtype),
        lambda x: polygrad.full_like(x, wrong),
        lambda x: x.new_full((2,), wrong),
    ):
        x = polygrad.ones(2, 2, dtype=dtype)
        with pytest.raises(TypeError):
            fill(x)
        assert polygrad.equal(x, polygrad.ones(2, 2, dtype=dtype))
