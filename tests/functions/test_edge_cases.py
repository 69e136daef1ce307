"""Edge cases, as in PyTorch: no elements, no dimensions, nothing to do.

A row is an expression over ``t``, which is PyTorch or polygrad, and ``F``, its functions of networks; and the shape and elements
that it gives, or the error.  An error from the inside of a function, or a type that PyTorch does not raise, fails.
"""

from __future__ import annotations

import math
from typing import Any

import pytest

import polygrad
import polygrad.linalg
import polygrad.nn.functional

NAN, INF = math.nan, math.inf
ROWS: dict[str, Any] = {
    # quantiles and medians
    "t.quantile(t.ones(3, 2), t.tensor([]), dim=0)": ((0, 2), []),
    "t.quantile(t.ones(3), t.tensor([]))": ((0,), []),
    "t.quantile(t.ones(3, 2), t.tensor([]), dim=1, keepdim=True)": ((0, 3, 1), [[], [], []][:0]),
    "t.quantile(t.tensor(2.0), t.tensor([0.5, 1.0]))": ((2,), [2.0, 2.0]),
    "t.quantile(t.ones(3), t.ones(2, 2) / 2)": RuntimeError,
    "t.quantile(t.zeros(0), 0.5)": RuntimeError,
    "t.quantile(t.ones(3), 1.5)": RuntimeError,
    "t.quantile(t.arange(11.0), t.tensor(0.7), interpolation='lower')": ((), 7.0),
    "t.quantile(t.tensor([1.0, t.nan, 2.0, t.inf]), 0.5)": ((), NAN),
    "t.quantile(t.tensor([[1.0, 2.0], [t.nan, 2.0]]), 0.5, 1)": ((2,), [1.5, NAN]),
    "t.nanquantile(t.tensor([[1.0, 2.0], [t.nan, 2.0]]), 0.5, 1)": ((2,), [1.5, 2.0]),
    "t.zeros(0).median()": ((), NAN),
    "t.median(t.tensor(3.0))": ((), 3.0),
    # cutting
    "t.tensor_split(t.tensor(1.0), 2)": RuntimeError,
    "t.tensor_split(t.ones(2), 0)": RuntimeError,
    "t.tensor_split(t.ones(2), t.tensor([0.5]))": RuntimeError,
    "t.tensor_split(t.ones(2), t.tensor([[1]]))": RuntimeError,
    "t.tensor_split(t.zeros(0), 2)[1]": ((0,), []),
    "t.tensor_split(t.ones(3), t.tensor(2))[1]": ((1,), [1.0]),
    "t.tensor_split(t.ones(3), t.tensor([1]))[1]": ((2,), [1.0, 1.0]),
    "t.split(t.tensor(1.0), 1)": RuntimeError,
    "t.chunk(t.tensor(1.0), 1)": RuntimeError,
    "t.chunk(t.zeros(0, 3), 2)[1]": ((0, 3), []),
    "t.chunk(t.zeros(0), 3)[2]": ((0,), []),
    "t.split(t.zeros(0), 2)[0]": ((0,), []),
    "t.movedim(t.tensor(1.0), 0, 0)": ((), 1.0),
    "t.flipud(t.tensor(1.0))": RuntimeError,
    "t.fliplr(t.ones(2))": RuntimeError,
    # decimals of what has none
    "t.round(t.tensor([14, 15]), decimals=-1)": RuntimeError,
    "t.round(t.tensor([14, 15]), decimals=1)": RuntimeError,
    "t.round(t.tensor([1 + 1j]), decimals=1)": RuntimeError,
    "t.round(t.tensor([14.0, 25.0]), decimals=-1)": ((2,), [10.0, 20.0]),
    # areas
    "t.trapezoid(t.tensor(3.0))": IndexError,
    "t.trapezoid(t.tensor(3.0), dx=2.0, dim=0)": IndexError,
    "t.cumulative_trapezoid(t.tensor(3.0))": IndexError,
    # differences and distances
    "t.diff(t.tensor(2.0))": RuntimeError,
    "t.diff(t.ones(1))": ((0,), []),
    "t.diff(t.zeros(0))": ((0,), []),
    "t.cdist(t.tensor(1.0), t.tensor(1.0))": RuntimeError,
    "t.cdist(t.ones(2), t.ones(2))": RuntimeError,
    "t.cdist(t.ones(2, 2), t.ones(2, 2), p=-1)": RuntimeError,
    "t.cdist(t.ones(0, 2), t.ones(3, 2))": ((0, 3), []),
    "t.cdist(t.ones(2, 0), t.ones(1, 0))": ((2, 1), [[0.0], [0.0]]),
    "t.ones(4).narrow(0, t.tensor(1), 2)": ((2,), [1.0, 1.0]),
    "t.ones(4).narrow(0, t.tensor(False), 2)": RuntimeError,
    "t.ones(4).narrow(0, t.tensor([1]), 2)": RuntimeError,
    # norms and ranks
    **{
        f"t.linalg.matrix_norm(t.zeros({shape}), {order})": ((), 0.0)
        for shape in ("0, 0", "3, 0")
        for order in ("2", "'nuc'", "'fro'", "1", "float('inf')")
    },
    "t.linalg.matrix_norm(t.zeros(2, 0, 3), 1)": ((2,), [0.0, 0.0]),
    "t.linalg.matrix_rank(2 * t.eye(3).expand(3, 3, 3), rtol=t.tensor([0.5, 2, 0]))": ((3,), [3, 0, 3]),
    "t.linalg.matrix_rank(2 * t.eye(3).expand(2, 3, 3), atol=t.tensor([1.0, 3]))": ((2,), [3, 0]),
    "t.linalg.matrix_rank(2 * t.eye(3), t.tensor(3.0))": ((), 0),
    "t.linalg.matrix_rank(t.zeros(0, 3, 3), atol=t.zeros(0))": ((0,), []),
    # writing to a tensor without dimensions, and a value that has no real part alone
    "t.tensor(1.0).index_copy_(0, t.tensor([0]), t.tensor([2.0]))": ((), 2.0),
    "t.tensor(1.0).index_copy_(0, t.tensor(0), t.tensor(2.0))": ((), 2.0),
    "t.tensor(1.0).index_fill_(0, t.tensor([0]), 3.0)": ((), 3.0),
    "t.ones(2).masked_fill(t.tensor(True), t.tensor(1j))": RuntimeError,
    "t.ones(2).masked_fill_(t.tensor(True), t.tensor(1j))": RuntimeError,
    # joining
    "t.cat([t.zeros(0), t.zeros(0)], 1)": ((0,), []),
    "t.cat([t.zeros(0), t.ones(1, 2)], 1)": ((1, 2), [[1.0, 1.0]]),
    "t.cat([t.zeros(0), t.ones(1, 2)], -1)": ((1, 2), [[1.0, 1.0]]),
    "t.cat([])": (RuntimeError, ValueError),
    "t.cat([t.tensor(1.0)])": RuntimeError,
    "t.block_diag()": ((1, 0), [[]]),
    "t.block_diag(t.zeros(0), t.ones(1, 1))": ((2, 1), [[0.0], [1.0]]),
    "t.block_diag(t.ones(1, 1, 1))": RuntimeError,
    # picking
    "t.arange(2.0).scatter(0, t.zeros(0, 4, dtype=t.int64), t.zeros(0, 4))": ((2,), [0.0, 1.0]),
    "t.arange(2.0).scatter(0, t.zeros(0, dtype=t.int64), 5.0)": ((2,), [0.0, 1.0]),
    "t.arange(2.0).scatter_add(0, t.zeros(0, 4, dtype=t.int64), t.zeros(0, 4))": ((2,), [0.0, 1.0]),
    "t.arange(2.0).scatter_(0, t.zeros(0, 4, dtype=t.int64), t.zeros(0, 4))": ((2,), [0.0, 1.0]),
    "t.arange(2.0).gather(0, t.zeros(0, dtype=t.int64))": ((0,), []),
    "t.arange(2.0).index_select(0, t.zeros(0, dtype=t.int64))": ((0,), []),
    "t.ones(5, 3)[t.tensor([True] * 3 + [False] * 2), t.tensor([True, False, True])]": IndexError,
    "t.ones(2, 2).scatter(0, t.tensor([0]), 1.0)": RuntimeError,
    "t.ones(2, 2).scatter(0, t.tensor([[0]]), t.ones(2))": (RuntimeError, IndexError),
    "t.ones(2, 2).scatter_add(0, t.tensor([0]), t.ones(1))": RuntimeError,
    "t.tensor(1.0).scatter(0, t.tensor([0]), 2.0)": ((), 2.0),
    "t.any(t.tensor([1.0, 0.0]), ())": ((2,), [True, False]),
    "t.all(t.tensor([1.0, 0.0]), ())": ((2,), [True, False]),
    "t.multinomial(t.ones(0, 3), 2, True)": ((0, 2), []),
    "t.multinomial(t.ones(0, 3), 2)": ((0, 2), []),
    "t.repeat_interleave(t.ones(0), 2)": ((0,), []),
    "t.combinations(t.ones(0))": ((0, 2), []),
    # networks
    "F.cross_entropy(t.rand(5, 0), t.rand(5, 0))": ((), NAN),
    "F.cross_entropy(t.rand(5, 0), t.rand(5, 0), reduction='sum')": ((), 0.0),
    "F.cross_entropy(t.rand(5, 0), t.rand(5, 0), reduction='none')": ((5,), [0.0] * 5),
    "F.cross_entropy(t.rand(5, 0), t.zeros(5, dtype=t.int64))": IndexError,
    "F.cross_entropy(t.rand(2, 0), t.tensor([-100, -100]))": ((), NAN),
    "F.cross_entropy(t.rand(2, 0), t.tensor([-100, -100]), reduction='sum')": ((), 0.0),
    "F.cross_entropy(t.rand(0, 0), t.zeros(0, dtype=t.int64), reduction='sum')": ((), 0.0),
    "F.cross_entropy(t.rand(2, 0, requires_grad=True), t.rand(2, 0), reduction='sum')": ((), 0.0),
    "F.cross_entropy(t.rand(0, 5), t.zeros(0, dtype=t.int64))": ((), NAN),
    "F.pixel_shuffle(t.ones(2), 2)": RuntimeError,
    "F.pixel_shuffle(t.ones(1, 1, 1), 0)": RuntimeError,
    "F.pixel_unshuffle(t.ones(1, 1, 1), 0)": RuntimeError,
    "F.channel_shuffle(t.ones(1, 2, 2, 2), 0)": RuntimeError,
    "F.glu(t.tensor(1.0))": RuntimeError,
    "F.relu(t.ones(2, dtype=t.complex64))": RuntimeError,
    "t.relu(t.ones(2, dtype=t.complex64))": RuntimeError,
    # data
    "t.tensor(2**64, dtype=t.float32)": ((), 2.0**64),
    "t.tensor([2**70, -(2**70), 1], dtype=t.float64)": ((3,), [2.0**70, -(2.0**70), 1.0]),
    "t.tensor(2**64)": (RuntimeError, ValueError),
    "t.tensor(2**64, dtype=t.int64)": (RuntimeError, ValueError),
    # statistics
    "t.var(t.ones(2), correction=2)": ((), NAN),
    "t.var(t.tensor([1.0, 3.0]), correction=2)": ((), INF),
    "t.var(t.tensor([1.0, 3.0]), correction=3)": ((), INF),
    "t.std(t.tensor([[1.0, 3.0]]), 1, correction=3)": ((1,), [INF]),
    "t.var(t.ones(1))": ((), NAN),
    "t.var(t.zeros(0), correction=0)": ((), NAN),
    "t.var_mean(t.tensor([1.0, 3.0]), correction=5)[0]": ((), INF),
    "t.linalg.vector_norm(t.tensor([0.0, float('nan'), 2.0]), 0)": ((), 2.0),
    "t.linalg.vector_norm(t.tensor([float('nan')]), 0)": ((), 1.0),
    "t.linalg.vector_norm(t.tensor([0.0, float('inf')]), 0)": ((), 1.0),
    "t.norm(t.tensor([float('nan'), 0.0]), 0)": ((), 1.0),
    # integers and booleans
    "t.tensor([0, 1, -1, 2, -2, 3]) ** t.tensor(-1)": ((6,), [0, 1, -1, 0, 0, 0]),
    "t.tensor([0, 1, -1, -1, -2]) ** t.tensor([0, -3, -3, -2, 3])": ((5,), [1, 1, -1, 1, -8]),
    "t.tensor([1, -1]).pow_(t.tensor([-(2**63), -(2**63)]))": ((2,), [1, 1]),
    "2 ** t.tensor([-1, 2])": ((2,), [0, 4]),
    "t.pow(-1, t.tensor([-3, -2]))": ((2,), [-1, 1]),
    "t.tensor([2, 1], dtype=t.uint8) ** t.tensor([-1, -1], dtype=t.int8)": ((2,), [0, 1]),
    "t.tensor([True, False]) ** t.tensor([-1, -1])": ((2,), [1, 0]),
    "t.func.vmap(t.pow)(t.tensor([2, -1]), t.tensor([-1, -1]))": ((2,), [0, -1]),
    "t.tensor([2]) ** -1": RuntimeError,
    "t.sign(t.tensor([True, False])).logical_not()": ((2,), [False, True]),
    "~t.tensor([True, False]).sgn()": ((2,), [False, True]),
    "~t.tensor([True, False]).sign_()": ((2,), [False, True]),
    "-t.square(t.tensor([True, False]))": ((2,), [-1, 0]),
}
#: What PyTorch has and polygrad has not.
MISSING = ("combinations", "var_mean")


def outcome(t: Any, expression: str) -> Any:
    """The shape and the elements, or the error."""
    try:
        result = eval(expression, {"t": t, "F": t.nn.functional})
    except Exception as error:
        return error
    return (tuple(result.shape), result.tolist()) if isinstance(result, t.Tensor) else result


def is_expected(found: Any, expected: Any) -> bool:
    if isinstance(expected, tuple) and not isinstance(expected[0], type):
        return not isinstance(found, Exception) and _same(found, expected)
    return isinstance(found, expected)


def _same(a: Any, b: Any) -> bool:
    if isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(_same(x, y) for x, y in zip(a, b, strict=True))
    return a == b or (a != a and b != b)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("expression", ROWS)
def test_an_edge(expression, backend):
    if any(name in expression and not hasattr(polygrad, name) for name in MISSING):
        pytest.skip("a name that is missing")
    found = outcome(polygrad, expression)
    assert is_expected(found, ROWS[expression]), found
    assert "cannot take these arguments" not in str(found)


@pytest.mark.parity
@pytest.mark.filterwarnings("ignore")
def test_the_edges_are_pytorch_s():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    wrong = {e: found for e, expected in ROWS.items() if not is_expected(found := outcome(torch, e), expected)}
    assert not wrong


def test_a_list_that_holds_itself():
    data: list[Any] = [0]
    data.append(data)
    for function in (polygrad.tensor, polygrad.as_tensor, polygrad.FloatTensor, polygrad.ones(2).add):
        with pytest.raises(TypeError):
            function(data)
    with pytest.raises(TypeError, match="it contains itself"):
        polygrad.tensor(data)


def test_empty_vectors_count_in_promotion(backend):
    for empty, other, dtype in (
        ("float64", "float32", "float64"),
        ("float32", "int64", "float32"),
        ("int64", "float32", "float32"),
        ("complex64", "float64", "complex128"),
    ):
        x, y = polygrad.zeros(0, dtype=getattr(polygrad, empty)), polygrad.ones(1, 2, dtype=getattr(polygrad, other))
        for parts in ([x, y], [y, x]):
            assert polygrad.cat(parts, 1).dtype is getattr(polygrad, dtype)
    w = polygrad.ones(1, 2, requires_grad=True)
    polygrad.cat([polygrad.zeros(0, dtype=polygrad.float64), w], 1).sum().backward()
    assert w.grad.dtype is polygrad.float32 and w.grad.tolist() == [[1.0, 1.0]]


def test_vecdot_without_dimensions(backend):
    x, y = polygrad.tensor(2.0, requires_grad=True), polygrad.tensor(3.0)
    product = polygrad.linalg.vecdot(x, y)
    product.backward()
    assert product.shape == () and product.item() == 6.0 and x.grad.item() == 3.0
