"""Half precision: operations that add or multiply many elements, or compute moments, run in single precision.

A table over all of it: in float16, and bfloat16 where the backend has it, values and gradients are those of float64, rounded
once.  The operands are such that sums in half precision would stop (a sum of ones does at 2048), and squares or counts
overflow.  Two tests look for what is missing here: for primitives and for public functions that accumulate.
"""

from __future__ import annotations

import dis
import inspect
import re
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import polygrad
import polygrad.linalg
import polygrad.nn.functional as F
from polygrad._core.primitive import PRIMITIVES
from polygrad.backends import use_backend
from polygrad.backends.namespace import ACCUMULATING
from tests.cases import half_precision as cases

BIT = {"float16": 2.0**-10, "bfloat16": 2.0**-7}
SMALLEST = {"float16": 2.0**-24, "bfloat16": 2.0**-133}


def rounded(values: Any, dtype: str) -> np.ndarray:
    """``values`` in double precision, of which half precision has all."""
    with use_backend("numpy"):
        if dtype == "float16":
            return np.asarray(values, np.float16).astype(np.float64)
    bits = np.asarray(values, np.float32).view(np.uint32)
    return (bits & np.uint32(0xFFFF0000)).view(np.float32).astype(np.float64)


def run(function: Callable, operands: list[Any], dtype: str, make: Callable) -> list[np.ndarray]:
    """The results of ``function``, and the gradients of its floating operands."""
    xs = [
        polygrad.tensor(x, dtype=getattr(polygrad, dtype), requires_grad=True)
        if x.dtype.kind == "f"
        else polygrad.tensor(x)
        for x in operands
    ]
    wanted = [x for x in xs if x.requires_grad]

    def both(*xs: Any) -> list[Any]:
        outs = function(*xs)
        outs = [y for y in (outs if isinstance(outs, (tuple, list)) else [outs]) if y.dtype.is_floating_point]
        for y in outs:
            assert y.dtype is getattr(polygrad, dtype), f"the result is {y.dtype}"
        random = np.random.default_rng(1)
        seeds = [polygrad.tensor(np.round(random.uniform(0.5, 2, tuple(y.shape)) * 8) / 8, dtype=y.dtype) for y in outs]
        found = []
        for y, seed in zip(outs, seeds, strict=True):  # one at a time: sums of gradients are rounded as well
            found += polygrad.autograd.grad(y, [x for x in xs if x.requires_grad], seed, True, allow_unused=True)
        return [*outs, *[g for g in found if g is not None]]

    assert wanted
    return [y.detach().to(polygrad.float64).numpy() for y in make(both)(*xs)]


def differences(got: np.ndarray, want: np.ndarray, dtype: str, bits: float) -> str | None:
    """Describe how ``got`` differs from the right values ``want``; None if by at most so many last ``bits``."""
    assert got.shape == want.shape
    if dtype == "float16":
        want = np.where(np.abs(want) >= 65520, np.copysign(np.inf, want), want)
    with np.errstate(invalid="ignore"):
        size = np.abs(want)
        finite = size[np.isfinite(size)]
        allowed = bits * BIT[dtype] * size + SMALLEST[dtype] + 1e-5 * (finite.max() if finite.size else 0)
        wrong = ~((np.abs(got - want) <= allowed) | (got == want) | (np.isnan(got) & np.isnan(want)))
    if not wrong.any():
        return None
    place = tuple(np.argwhere(wrong)[0])
    return f"{int(wrong.sum())} of {wrong.size} are wrong, as {got[place]!r} instead of {want[place]!r} at {place}"


#: Everything on NumPy.  JAX compiles every case: one for each primitive.
RUNS = [
    *[("numpy", "float16", way, name) for way in ("eager", "compiled") for name in cases.CASES],
    *[("jax", "float16", "compiled", name) for name, case in cases.CASES.items() if case.primitives],
    *[
        ("jax", "bfloat16", "eager", name)
        for name in ("sum", "mean", "layer_norm", "index_add", "linear", "mse_loss mean")
    ],
]


@pytest.mark.parametrize(
    ("backend_name", "dtype", "way", "name"), [pytest.param(*run, marks=pytest.mark.backend(run[0])) for run in RUNS]
)
def test_accumulates_in_single_precision(backend_name: str, dtype: str, way: str, name: str) -> None:
    case = cases.CASES[name]
    operands = [rounded(x, dtype) if x.dtype.kind == "f" else x for x in case.operands()]
    with use_backend("numpy"):
        want = run(case.function, operands, "float64", lambda f: f)
    with use_backend(backend_name):
        got = run(case.function, operands, dtype, polygrad.compile if way == "compiled" else lambda f: f)
    assert len(got) == len(want)
    found = [differences(g, w, dtype, case.bits) for g, w in zip(got, want, strict=True)]
    assert not any(found), f"results and gradients: {found}"


# -- what is missing ---------------------------------------------------------------------------------------------------


def names_in(function: Any, seen: set[Any]) -> set[str]:
    """The attributes that ``function``, and what it calls of the package's own functions, mention."""
    function = inspect.unwrap(function)
    if not isinstance(function, types.FunctionType) or function in seen:
        return set()
    seen.add(function)
    found: set[str] = set()
    mentioned: set[str] = set()
    codes = [function.__code__]
    while codes:
        code = codes.pop()
        mentioned |= set(code.co_names)
        found |= {i.argval for i in dis.get_instructions(code) if i.opname in ("LOAD_ATTR", "LOAD_METHOD")}
        codes += [one for one in code.co_consts if isinstance(one, types.CodeType)]
    for name in mentioned:
        other = function.__globals__.get(name)
        if str(getattr(other, "__module__", "")).startswith("polygrad."):
            found |= names_in(other, seen)
    return found


def test_every_primitive_that_accumulates_is_in_the_table() -> None:
    named = {name for case in cases.CASES.values() for name in case.primitives}
    assert named == ACCUMULATING - cases.NOT_IN_THE_TABLE


@pytest.mark.parametrize("name", sorted(PRIMITIVES))
def test_primitives_say_that_they_accumulate(name: str) -> None:
    primitive = PRIMITIVES[name]
    if not primitive.__module__.startswith("polygrad._ops") or primitive.accumulates or name in cases.EXEMPT_PRIMITIVES:
        return
    forward = names_in(primitive.forward, set()) & ACCUMULATING
    assert not forward, f"{name} is made of {forward}: declare it with accumulates=True"
    rules = [*primitive.rules.values(), *primitive.jvp_rules.values(), primitive.joint]
    used = set().union(*[names_in(rule, set()) for rule in rules]) & ACCUMULATING - cases.ROUNDED_BY_KERNELS
    assert not used, f"the rules of {name} are made of {used}: declare it with accumulates=True"


def public_functions() -> dict[str, Any]:
    """The functions that users see, by name."""
    modules = {"": polygrad, "F.": F, "linalg.": polygrad.linalg}
    return {
        prefix + name: value
        for prefix, module in modules.items()
        for name in dir(module)  # names are loaded when they are first asked for
        if isinstance(value := getattr(module, name), types.FunctionType) and not name.startswith("_")
    }


def test_every_function_that_accumulates_is_in_the_table() -> None:
    covered = {name for case in cases.CASES.values() for name in case.functions}
    missing = []
    seen: set[Any] = set()
    for name, function in public_functions().items():
        short = name.rpartition(".")[2]
        if function in seen or short in covered or name in cases.EXEMPT_FUNCTIONS:
            continue
        seen.add(function)
        if names_in(function, set()) & ACCUMULATING - {"min", "max"}:  # also the bounds of data types
            missing.append(name)
    assert not missing


def test_what_the_documentation_lists_is_in_the_table() -> None:
    page = (Path(__file__).parents[2] / "docs" / "half-precision.md").read_text(encoding="utf-8")
    listed = page.partition("## What it covers")[2].partition("\nA test holds")[0]
    names = {name for name in re.findall(r"`([\w.]+)`", listed) if "." not in name}
    covered = {name for case in cases.CASES.values() for name in case.functions}
    assert len(names) > 60 and names <= covered


# -- outside the table -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("backend_name", [pytest.param(b, marks=pytest.mark.backend(b)) for b in ("numpy", "jax")])
class TestState:
    @pytest.fixture(autouse=True)
    def _backend(self, backend_name: str):
        with use_backend(backend_name):
            yield

    def test_running_statistics(self) -> None:
        x = (np.arange(9000).reshape(3000, 3) % 200 + 100).astype(np.float16)
        mean, var = polygrad.zeros(3).half(), polygrad.ones(3).half()
        F.batch_norm(polygrad.tensor(x), mean, var, training=True, momentum=0.5)
        assert mean.dtype is var.dtype is polygrad.float16
        np.testing.assert_allclose(mean.numpy(), x.astype(float).mean(0) / 2, rtol=1e-3)
        np.testing.assert_allclose(var.numpy(), x.astype(float).var(0, ddof=1) / 2 + 0.5, rtol=1e-3)

    @pytest.mark.parametrize(
        "kind", ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "Adamax", "NAdam", "RAdam", "Rprop", "ASGD"]
    )
    def test_an_optimizer_rounds_once(self, kind: str) -> None:
        start = np.linspace(-3, 3, 70001).astype(np.float16)
        gradient = np.cos(start.astype(float) * 7).astype(np.float16)
        found = []
        for dtype in (np.float16, np.float64):
            parameter = polygrad.tensor(start.astype(dtype), requires_grad=True)
            parameter.grad = polygrad.tensor(gradient.astype(dtype))
            getattr(polygrad.optim, kind)([parameter], lr=1e-2).step()
            found.append(parameter.detach().numpy().astype(float))
        assert differences(found[0], found[1], "float16", 1) is None

    def test_gradients_are_clipped_by_a_norm_that_half_precision_does_not_have(self) -> None:
        parameters = [polygrad.zeros(70000, dtype=polygrad.float16, requires_grad=True) for _ in range(2)]
        for parameter in parameters:
            parameter.grad = polygrad.full((70000,), 500.0).half()
        polygrad.nn.utils.clip_grad_norm_(parameters, 1.0, error_if_nonfinite=True)
        np.testing.assert_allclose(parameters[0].grad.numpy(), 140000**-0.5, rtol=1e-3)

    def test_second_derivatives_and_transforms(self) -> None:
        x = np.full((3000, 2), 2.0)
        found = []
        for dtype in (polygrad.float16, polygrad.float64):
            a = polygrad.tensor(x, dtype=dtype, requires_grad=True)
            (first,) = polygrad.autograd.grad(a.var(0).sum() + a.logsumexp(0).sum(), a, create_graph=True)
            (second,) = polygrad.autograd.grad(first.sum(0).sum() + (first * a).sum(), a)
            value, tangent = polygrad.func.jvp(lambda t: t.sum(0) + t.var(0), (a.detach(),), (polygrad.ones_like(a),))
            mapped = polygrad.func.vmap(lambda t: t.sum(), in_dims=1)(a.detach())
            found.append([r.detach().numpy().astype(float) for r in (first, second, value, tangent, mapped)])
        for got, want in zip(*found, strict=True):
            assert differences(got, want, "float16", 2) is None
