"""The gradients of every row of the table, on every backend, against finite differences, the complex step and PyTorch."""

from __future__ import annotations

import numpy as np
import pytest

import polygrad
from polygrad._core.primitive import PRIMITIVES
from polygrad.backends import BackendError, available, get_backend
from polygrad.testing.operations import ROWS
from polygrad.testing.table import (
    Row,
    check_agreement,
    check_complex_step,
    check_differences,
    check_single_precision,
    difference,
    disagreements,
    evaluate,
    leaf,
    primitives_of,
    wrap,
)
from tests.cases.operations import ALL_ROWS, COMPOSITE_ROWS, SINGULAR_POINTS, Point
from tests.cases.torch_functions import TORCH, evaluate_with_torch

OTHERS = [name for name in available() if name != "numpy"]

each_row = pytest.mark.parametrize("row", ALL_ROWS, ids=str)


def usable(name: str):
    """The backend of that name; skips the test where it cannot be used."""
    try:
        return get_backend(name)
    except BackendError as error:
        pytest.skip(str(error))


# -- the table is complete -----------------------------------------------------------------------------------------------


def test_every_primitive_has_a_row():
    declared = {name for name, primitive in PRIMITIVES.items() if primitive.__module__.startswith("polygrad.")}
    assert declared - {row.name for row in ROWS} == set()


def test_rows_have_different_names():
    names = [row.name for row in ALL_ROWS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("row", [r for r in ROWS if PRIMITIVES[r.name].differentiable and r.orders], ids=str)
def test_row_runs_the_primitive_that_it_is_named_after(row: Row):
    operands = [leaf(x, "numpy") for x in row.sample(0, row.kinds[0])]
    assert row.name in primitives_of(row.call(0, operands))


# -- NumPy: finite differences and the complex step ------------------------------------------------------------------------


@each_row
def test_finite_differences(row: Row):
    for precision in row.kinds:
        check_differences(row, precision, "numpy")


@pytest.mark.parametrize("row", [r for r in ALL_ROWS if r.holomorphic], ids=str)
def test_complex_step(row: Row):
    check_complex_step(row, "numpy")


@each_row
def test_single_precision(row: Row):
    for precision in row.kinds:
        check_single_precision(row, precision, "numpy")


# -- how operands lie in memory ------------------------------------------------------------------------------------------


def _read_only(x):
    x = x.copy()
    x.flags.writeable = False
    return x


def _every_other(x):
    window = np.zeros(tuple(2 * n for n in x.shape), x.dtype)[(slice(None, None, 2),) * x.ndim]
    window[...] = x
    return window


def _backward(x):
    return np.flip(np.flip(x).copy())


def _transposed(x):
    return x.T.copy().T


def _column(x):
    """The last axis is the first one in memory, and not next to the others."""
    wide = np.zeros((2 * x.shape[-1], *x.shape[:-1]), x.dtype)
    window = np.moveaxis(wide[::2], 0, -1)
    window[...] = x
    return window


LAYOUTS = [_read_only, _every_other, _backward, _transposed, _column]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda f: f.__name__[1:])
@pytest.mark.parametrize("row", [r for r in ALL_ROWS if r.orders], ids=str)
def test_layouts(row: Row, layout):
    """Neither how operands lie in memory nor how cotangents do changes a result."""

    def laid_out(x):
        return layout(x) if x.ndim else x

    for precision in row.kinds:
        for number, one in enumerate(row.cases):
            before = row.sample(number, precision)
            given = [laid_out(x) for x in before]
            made = iter(given)
            found = evaluate(
                row, number, precision, make=lambda x, made=made: wrap(next(made)),
                make_cotangent=lambda g: wrap(laid_out(g)).detach(),
            )  # fmt: skip
            problems = disagreements(found, evaluate(row, number, precision, "numpy"), 1e-12, 1e-12)
            assert not problems, f"{row.name}({one}): {problems}"
            for a, b in zip(given, before, strict=True):
                assert np.array_equal(a, b), f"{row.name}({one}) changed its operand"


def _everywhere_the_first(x):
    """Along each axis the first element, again and again: strides of 0."""
    first = x[(slice(0, 1),) * x.ndim]
    return np.broadcast_to(first, x.shape) if first.size else x


@pytest.mark.parametrize("row", [r for r in ALL_ROWS if r.orders], ids=str)
def test_cotangents_with_strides_of_zero(row: Row):
    """The cotangent of a sum is one number, broadcast."""
    for precision in row.kinds:
        for number, one in enumerate(row.cases):
            results = [
                evaluate(row, number, precision, "numpy", make_cotangent=lambda g, make=make: wrap(make(g)).detach())
                for make in (_everywhere_the_first, lambda g: _everywhere_the_first(g).copy())
            ]
            problems = disagreements(*results, 1e-12, 1e-12)
            assert not problems, f"{row.name}({one}): {problems}"


# -- other backends ------------------------------------------------------------------------------------------------------


def _compiles(backend: str) -> bool:
    """Whether each case is compiled before it runs.  Then there are fewer of them: compiling is all that it would take."""
    return "jit" in usable(backend).capabilities


@pytest.mark.parametrize("backend", OTHERS)
@each_row
def test_backends_agree(row: Row, backend: str):
    quick = _compiles(backend)
    composite = row in COMPOSITE_ROWS
    for precision in row.kinds[: 1 if quick and composite else None]:
        check_agreement(row, precision, backend, cases=1 if quick else None, orders=1 if quick and composite else 2)


@pytest.mark.parametrize("backend", OTHERS)
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_single_precision_on_other_backends(row: Row, backend: str):
    quick = _compiles(backend)
    for precision in row.kinds[: 1 if quick else None]:
        check_single_precision(row, precision, backend, cases=1 if quick else None, orders=1 if quick else 2)


# -- PyTorch -------------------------------------------------------------------------------------------------------------


@pytest.mark.parity
@pytest.mark.filterwarnings("ignore:var..:UserWarning")
@pytest.mark.parametrize("row", [r for r in ALL_ROWS if r.name in TORCH], ids=str)
def test_agrees_with_pytorch(row: Row):
    pytest.importorskip("torch", reason="PyTorch is not installed")
    for precision in row.kinds:
        for number, one in enumerate(row.cases):
            found = evaluate(row, number, precision, "numpy")
            problems = disagreements(found, evaluate_with_torch(row, number, precision), 1e-7, 1e-9)
            assert not problems, f"{row.name}({one}), {precision}: {problems}"


# -- singular points -----------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy's, of infinities that the function itself makes
@pytest.mark.parametrize("backend", available())
@pytest.mark.parametrize("point", SINGULAR_POINTS, ids=lambda p: p.name)
def test_singular_point(point: Point, backend: str):
    usable(backend)
    operands = [leaf(np.asarray(x, np.float64), backend) for x in point.operands]
    total = point.function(*operands).sum()
    gradients = polygrad.autograd.grad(total, operands, create_graph=point.second is not None, allow_unused=True)
    for g, expected in zip(gradients, point.gradients, strict=True):
        found = np.zeros(np.shape(expected)) if g is None else g.detach().numpy()
        assert difference(found, np.asarray(expected, np.float64), 1e-9, 1e-12) is None, (found, expected)
    if point.second is not None:
        second = polygrad.autograd.grad(sum(g.sum() for g in gradients), operands, allow_unused=True)
        for g, expected in zip(second, point.second, strict=True):
            found = np.zeros(np.shape(expected)) if g is None else g.numpy()
            assert difference(found, np.asarray(expected, np.float64), 1e-9, 1e-12) is None, (found, expected)


def test_composite_rows_are_differentiable():
    for row in COMPOSITE_ROWS:
        operands = [leaf(x, "numpy") for x in row.sample(0, row.kinds[0])]
        assert any(out.requires_grad for out in row.call(0, operands)), row.name
