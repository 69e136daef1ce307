"""Every row of the tables in docs/singular-points.md holds, in every mode."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import polygrad
from polygrad import func, linalg
from polygrad.nn import functional as F

PAGE = Path(__file__).resolve().parents[2] / "docs" / "singular-points.md"
NAMES = {"polygrad": polygrad, "linalg": linalg, "F": F, "inf": math.inf, "nan": math.nan, "pi": math.pi}


class Point(NamedTuple):
    """A row: a function of ``x``, where it is taken, and what it and its derivatives are there."""

    function: str
    x: Any
    value: Any
    gradient: Any
    second: Any

    def __call__(self, x: Any) -> Any:
        return eval(self.function, {**NAMES, "x": x})


def points() -> list[Point]:
    """The rows of the page's tables."""
    rows = re.findall(r"^\| `(.+?)` \| `(.+?)` \| `(.+?)` \| `(.+?)` \| `(.+?)` \|$", PAGE.read_text(), re.MULTILINE)
    return [Point(function, *(eval(cell, NAMES) for cell in cells)) for function, *cells in rows]


def _leaf(x: Any) -> Any:
    return x.clone().requires_grad_()


def backward(f: Callable, x: Any) -> Any:
    x = _leaf(x)
    f(x).backward()
    return x.grad


def _recorded(f: Callable, x: Any) -> Any:
    return polygrad.autograd.grad(f(x), x, create_graph=True)[0]


def create_graph(f: Callable, x: Any) -> Any:
    return _recorded(f, _leaf(x))


def create_graph_twice(f: Callable, x: Any) -> Any:
    x = _leaf(x)
    gradient = _recorded(f, x)
    if not gradient.requires_grad:
        return polygrad.zeros(*x.shape, *x.shape)
    parts = [
        polygrad.autograd.grad(part, x, retain_graph=True, allow_unused=True)[0]
        for part in gradient.reshape(-1).unbind()
    ]
    return polygrad.stack([polygrad.zeros_like(x) if part is None else part for part in parts])


def compiled(f: Callable, x: Any) -> tuple[Any, Any, Any]:
    """The value and both derivatives from one compiled program."""
    return polygrad.compile(lambda x: (f(x), func.grad(f)(x), func.hessian(f)(x)))(x)


GRADIENTS = {
    "backward": backward,
    "create_graph": create_graph,
    "func.grad": lambda f, x: func.grad(f)(x),
    "jacfwd": lambda f, x: func.jacfwd(f)(x),
}
SECOND_DERIVATIVES = {
    "create_graph": create_graph_twice,
    "hessian": lambda f, x: func.hessian(f)(x),
    "jacrev of jacrev": lambda f, x: func.jacrev(func.jacrev(f))(x),
    "jacfwd of jacfwd": lambda f, x: func.jacfwd(func.jacfwd(f))(x),
    "jacrev of jacfwd": lambda f, x: func.jacrev(func.jacfwd(f))(x),
}


def _difference(found: Any, expected: Any) -> str | None:
    got = np.asarray(found.detach().numpy())
    wanted = np.broadcast_to(np.reshape(expected, got.shape) if np.ndim(expected) else expected, got.shape)
    close = np.allclose(got, wanted, rtol=1e-12, atol=1e-12, equal_nan=True)
    return None if close else f"{got.tolist()} instead of {wanted.tolist()}"


def _problems(modes: dict[str, Callable], point: Point, x: Any, expected: Any) -> list[str]:
    found = {name: _difference(mode(point, x), expected) for name, mode in modes.items()}
    return [f"{name}: {problem}" for name, problem in found.items() if problem]


def test_the_page_has_tables():
    assert len(points()) > 60


@pytest.mark.parametrize("point", points(), ids=lambda p: f"{p.function} at {p.x}")
def test_a_row_is_true_in_every_mode(point, backend):
    x = polygrad.tensor(point.x, dtype=polygrad.float64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # NumPy's, of what is infinite
        found = zip(compiled(point, x), (point.value, point.gradient, point.second), strict=True)
        problems = [f"compiled: {problem}" for one in found if (problem := _difference(*one))]
        if backend != "jax":  # which compiles every operation of every mode by itself
            problems += _problems({"value": lambda f, x: f(x)}, point, x, point.value)
            problems += _problems(GRADIENTS, point, x, point.gradient)
            problems += _problems(SECOND_DERIVATIVES, point, x, point.second)
    assert not problems, "\n".join(problems)


def test_a_wrong_row_is_found():
    point = Point("x.abs()", 0, 0, 1, 0)
    assert _problems(GRADIENTS, point, polygrad.tensor(0.0, dtype=polygrad.float64), point.gradient)
