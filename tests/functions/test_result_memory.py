"""A result shares memory with an argument exactly where it does in PyTorch, also in calls that change nothing.

A function that has nothing to do (padding by nothing, a power of one) tends to give its argument back; a write to the result
then changes the argument.  `result_memory` is the table of such calls; beyond it every public function is called with
arguments that may leave it nothing to do.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest

import polygrad
import polygrad.linalg
import polygrad.nn.functional
from tests.cases.result_memory import COPIES, MAY_SHARE, MAY_SHARE_HERE, VIEWS, rows, shares_memory

CASES = [(expression, ndim, True) for expression, ndim in rows(VIEWS).items()]
CASES += [(expression, ndim, False) for expression, ndim in rows(COPIES).items()]


def _chosen(backend: str) -> list[tuple[str, int, bool]]:
    """All, or one in ten where every operation is compiled for every shape."""
    return CASES[::10] if "jit" in polygrad.get_backend(backend).capabilities else CASES


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("share", [True, False])
def test_the_result_shares_memory_where_it_does_in_pytorch(share, backend):
    wrong = [e for e, ndim, expected in _chosen(backend) if expected is share is not shares_memory(polygrad, e, ndim)]
    assert not wrong


@pytest.mark.parity
@pytest.mark.filterwarnings("ignore")
def test_the_table_is_what_pytorch_does():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    assert not [e for e, ndim, share in CASES if shares_memory(torch, e, ndim) is not share]


# -- every public function -------------------------------------------------------------------------------------------------

ARGUMENTS: list[tuple[Any, ...]] = [
    (), (0,), (1,), (1.0,), (0.0,), ((),), ("ones",), ("zeros",), ("true",), ("shape",), (0, 0), (1, 0), (0, 1), (1, 1),
    ("zeros", "zeros"), ("ones", 1.0), ("true", 0.0), ((0, 0),), (0, "first", "self"), (0, "first"), ("self",), ("self", "self"),
    (0, 1, 1), (-9.0, 9.0), (0, 0, 1), (True,), (0, True), (0, True, True), (0, 0, True), (-9.0, 9.0, True), ("first",), ("first", 1),
]  # fmt: skip
SHAPES = [(), (1,), (1, 3), (1, 1, 2, 2)]
#: Functions that read, save, draw, set or run others.
LEFT_OUT = set(
    """compile set_backend save load manual_seed set_default_dtype set_default_device set_printoptions seed set_rng_state empty
    get_backend use_backend tune_allocator set_grad_enabled while_loop cond scan vmap backward register_hook checkpoint cuda
    empty_like from_dlpack get_default_device get_num_threads set_num_threads get_float32_matmul_precision
    set_float32_matmul_precision use_deterministic_algorithms""".split()
)


def _given(t: Any, words: tuple[Any, ...], x: Any) -> list[Any]:
    made = {
        "ones": lambda: t.ones(tuple(x.shape)),
        "zeros": lambda: t.zeros(tuple(x.shape)),
        "true": lambda: t.ones(tuple(x.shape)) > 0,
        "shape": lambda: tuple(x.shape),
        "first": lambda: t.zeros(tuple(x.shape), dtype=t.int64),
        "self": lambda: x,
    }
    return [made[word]() if isinstance(word, str) else word for word in words]


def _tensors(t: Any, result: Any) -> list[Any]:
    if isinstance(result, (tuple, list)):
        return [one for part in result for one in _tensors(t, part)]
    return [result] if isinstance(result, t.Tensor) and result.dtype is t.float32 and result.numel() else []


def functions(t: Any) -> dict[str, Any]:
    """Every public function and method that does not say that it works in place."""
    found = {}
    for prefix, owner in (("", t), ("F.", t.nn.functional), ("linalg.", t.linalg), ("Tensor.", t.Tensor)):
        for name in dir(owner):
            value = getattr(owner, name)
            if name[0] != "_" and name[-1] != "_" and name not in LEFT_OUT and not isinstance(value, type):
                if callable(value):
                    found[prefix + name] = value
    return found


def sharing(t: Any, function: Any) -> tuple[int, list[Any]]:
    """How many of the calls were valid, and those whose result shared memory with an argument."""
    valid, shared = 0, []
    for shape, words in itertools.product(SHAPES, ARGUMENTS):
        x = t.arange(float(math.prod(shape))).add(1).reshape(shape).clone()
        try:
            given = _given(t, words, x)
            results = _tensors(t, function(x, *given))
            before = x.tolist(), [g.tolist() for g in given if isinstance(g, t.Tensor)]
            for result in results:
                result.detach().fill_(77.0)
        except (
            TypeError,
            ValueError,
            RuntimeError,
            IndexError,
            NotImplementedError,
            AttributeError,
            AssertionError,
            ArithmeticError,
        ):
            continue
        valid += 1
        if (x.tolist(), [g.tolist() for g in given if isinstance(g, t.Tensor)]) != before:
            shared.append((shape, words))
    return valid, shared


@pytest.mark.filterwarnings("ignore")
def test_only_functions_that_are_listed_give_an_argument_back():
    found = {name: sharing(polygrad, function) for name, function in functions(polygrad).items()}
    shared = {name: calls[:3] for name, (_, calls) in found.items() if calls}
    assert shared.keys() == {*MAY_SHARE.split(), *MAY_SHARE_HERE.split()}, shared
    assert sum(valid > 0 for valid, _ in found.values()) > 0.85 * len(found)


@pytest.mark.parity
@pytest.mark.filterwarnings("ignore")
def test_the_functions_that_are_listed_do_so_in_pytorch():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    of_pytorch = functions(torch)
    assert not [name for name in MAY_SHARE.split() if not sharing(torch, of_pytorch[name])[1]]
