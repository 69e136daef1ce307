"""The matrix of gradients: every differentiable function, on every backend, in every way of differentiating it.

A row of the tables is a function with sample operands, and a `Cell` says how far one way of differentiating it is from the
reference.  The reference of derivatives is made of values alone: differences of the function on NumPy in double precision,
along a random direction, extrapolated after Richardson.  So a wrong rule has no part in its own reference.
"""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, cached_property
from typing import Any, NamedTuple

import numpy as np

from .._core.primitive import PRIMITIVES
from .._core.tensor import Tensor
from .._functions.creation import tensor
from ..autograd.differentiation import grad
from ..backends.registry import get_backend
from ..compiler import compile as compile_function
from ..func import jvp, vmap
from .matrix_samples import NotApplicable, broadcasting, complex_numbers, empty, without_dimensions
from .operations import ROWS
from .public_functions import PUBLIC_ROWS
from .public_operations import COMPOSITE_ROWS
from .table import Row, evaluate, leaf

#: What each column compares.
COLUMNS = {
    "vjp": "the gradient by `backward`, against differences of values",
    "second": "the second derivative, by the gradient of a gradient, against second differences of values",
    "jvp": "the derivative by forward mode, against differences of values",
    "vmap": "values and gradients of two examples under `vmap`, against those of one after the other",
    "broadcast": "the gradient where the operands have different shapes that are broadcast",
    "0-d": "the gradient of operands without dimensions",
    "size 0": "the gradient of operands with no elements",
    "complex": "the gradient of complex operands, in both parts",
    "compiled": "values and gradients of the compiled function, against those without",
    "float32": "values and gradients in single precision, against those of the same operands in double precision",
}
#: The largest error, relative to the larger of 1 and the reference, that a cell may have.
TOLERANCES = {
    "vjp": 1e-7, "second": 1e-5, "jvp": 1e-7, "vmap": 1e-11, "broadcast": 1e-7, "0-d": 1e-7, "size 0": 1e-7, "complex": 1e-7,
    "compiled": 1e-11, "float32": 2e-4,
}  # fmt: skip

#: Why a cell does not apply, where no attempt tells: by row and column.
WITHOUT = {
    **{
        (name, column): "the shape of the result depends on values"
        for name in ("polygrad.unique", "polygrad.unique_consecutive", "polygrad.masked_select")
        for column in ("vmap", "compiled")
    },
    ("x[mask]", "compiled"): "the shape of the result depends on values",
    ("slice_pad", "0-d"): "its operand has the shape of the part that its settings name",
}


class Cell(NamedTuple):
    """One cell: the error that was measured, or why there is none.

    ``error`` is relative to the larger of 1 and the reference; None where the cell does not apply, and infinite where the
    function failed, both with the ``reason``.
    """

    error: float | None
    tolerance: float
    reason: str = ""

    @property
    def is_right(self) -> bool:
        """Whether nothing is wrong: the error is small, or the cell does not apply."""
        return self.error is None or self.error <= self.tolerance


# -- rows ----------------------------------------------------------------------------------------------------------------


@cache
def rows() -> tuple[Row, ...]:
    """The rows of all differentiable functions."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some functions say that a newer one is better
        return tuple(row for row in (*ROWS, *COMPOSITE_ROWS, *PUBLIC_ROWS) if row.orders and _varies(row))


def _varies(row: Row) -> bool:
    """Whether the result depends on an operand in a differentiable way."""
    operands = [leaf(x, "numpy") for x in row.sample(0, row.kinds[0])]
    return any(out.requires_grad for out in row.call(0, operands))


def names_of(row: Row) -> list[str]:
    """The public names of a row's function; the row's own name where users call it by none."""
    primitive = PRIMITIVES.get(row.name)
    if primitive is None or (row.function is not None and not primitive.public_names):
        return [row.name]
    home = primitive.public_module or "polygrad"
    return [f"{home}.{name}" for name in primitive.public_names] or [row.name]


# -- derivatives ---------------------------------------------------------------------------------------------------------


class Problem:
    """A case of a row with a direction in which it is differentiated, and cotangents: the same for all backends."""

    def __init__(self, row: Row, number: int, example: int = 0):
        self.row, self.number = row, number
        self.arrays = row.sample(number, row.kinds[0], example)
        self.places = [place for place, x in enumerate(self.arrays) if x.dtype.kind in "fc"]
        random = np.random.default_rng(zlib.crc32(row.name.encode()) + 77 * number)
        self.direction = [_like(self.arrays[place], random) for place in self.places]
        outputs = self.call([leaf(x, "numpy") for x in self.arrays])
        self.cotangents = [_like(_numpy(out), random) for out in outputs]

    @property
    def has_elements(self) -> bool:
        """Whether every operand that varies has elements."""
        return all(self.arrays[place].size for place in self.places)

    def call(self, operands: Sequence[Any]) -> tuple[Tensor, ...]:
        """The results that vary."""
        return tuple(out for out in self.row.call(self.number, operands) if out.dtype.is_differentiable)

    def of_varying(self, backend: Any) -> Callable[..., tuple[Tensor, ...]]:
        """The function of the operands that vary."""

        def function(*given: Any) -> tuple[Tensor, ...]:
            operands: list[Any] = [tensor(x, backend=backend) for x in self.arrays]
            for place, x in zip(self.places, given, strict=True):
                operands[place] = x
            return self.call(operands)

        return function

    def leaves(self, backend: Any) -> list[Tensor]:
        """New leaves for the operands that vary."""
        return [leaf(self.arrays[place], backend) for place in self.places]

    # -- the reference, by values on NumPy -------------------------------------------------------------------------------

    def at(self, step: float) -> list[Any]:
        """The results at a ``step`` along the direction."""
        arrays = list(self.arrays)
        for place, u in zip(self.places, self.direction, strict=True):
            arrays[place] = arrays[place] + step * u
        return [_numpy(out) for out in self.call([tensor(x, backend="numpy") for x in arrays])]

    @cached_property
    def slope(self) -> list[Any]:
        """The derivatives of the results along the direction."""
        return _extrapolate(lambda h: [(a - b) / (2 * h) for a, b in zip(self.at(h), self.at(-h), strict=True)], 5e-2)

    @cached_property
    def curvature(self) -> float:
        """The second derivative along the direction of the real part of the results times their cotangents."""
        middle = self.at(0.0)

        def differences(h: float) -> list[Any]:
            ends = zip(self.at(h), middle, self.at(-h), self.cotangents, strict=True)
            return [np.asarray(sum(_product(c, a - 2 * b + d) for a, b, d, c in ends) / h**2)]

        return float(_extrapolate(differences, 1e-1)[0])

    # -- what is checked -------------------------------------------------------------------------------------------------

    def seeds(self, outputs: Sequence[Tensor], backend: Any) -> list[Tensor]:
        """The cotangents as tensors."""
        return [tensor(c, dtype=out.dtype, backend=backend) for c, out in zip(self.cotangents, outputs, strict=True)]

    def gradients(self, backend: Any, create_graph: bool = False) -> tuple[list[Tensor], list[Tensor | None]]:
        """The leaves, and their gradients."""
        leaves = self.leaves(backend)
        outputs = self.of_varying(backend)(*leaves)
        live = [(out, c) for out, c in zip(outputs, self.seeds(outputs, backend), strict=True) if out.requires_grad]
        found = grad(
            [out for out, _ in live], leaves, [c for _, c in live], create_graph=create_graph, allow_unused=True
        )
        return leaves, list(found)


def _like(x: Any, random: np.random.Generator) -> Any:
    found = random.uniform(-1, 1, x.shape)
    return found + 1j * random.uniform(-1, 1, x.shape) if x.dtype.kind == "c" else found


def _numpy(x: Tensor) -> Any:
    return np.array(x.backend.to_numpy(x.detach()._read()))


def _product(c: Any, x: Any) -> float:
    return float(np.sum((np.conj(c) * x).real))


def _extrapolate(differences: Callable[[float], list[Any]], step: float) -> list[Any]:
    """The limit of central ``differences`` after Richardson, twice, from the step whose last two estimates agree best."""
    best, least = None, np.inf
    for factor in (1, 0.1, 0.01, 0.001):
        h = step * factor
        first, second, third = differences(h), differences(h / 2), differences(h / 4)
        once = [(4 * b - a) / 3 for a, b in zip(second, third, strict=True)]
        before = [(4 * b - a) / 3 for a, b in zip(first, second, strict=True)]
        found = [(16 * b - a) / 15 for a, b in zip(before, once, strict=True)]
        with np.errstate(invalid="ignore"):
            doubt = max(
                (float(np.max(np.abs(a - b), initial=0.0)) for a, b in zip(found, once, strict=True)), default=0.0
            )
        doubt = doubt if doubt == doubt else np.inf  # a step out of the function's domain
        if best is None or doubt < least:
            best, least = found, doubt
    return best or []


def distance(found: Any, expected: Any) -> float:
    """The largest difference, relative to the larger of 1 and the largest element expected."""
    found, expected = np.asarray(found), np.asarray(expected)
    if found.shape != expected.shape:
        return np.inf
    if not found.size:
        return 0.0
    same = (found == expected) | ((found != found) & (expected != expected))
    with np.errstate(invalid="ignore"):
        gap = np.where(same, 0.0, np.abs(found - expected))
        size = np.abs(expected[np.isfinite(expected)])
    worst = float(np.max(gap)) / max(1.0, float(np.max(size, initial=0.0)))
    return worst if worst == worst else np.inf


def _worst(pairs: Iterable[tuple[Any, Any]]) -> float:
    return max((distance(found, expected) for found, expected in pairs), default=0.0)


def _along(gradients: Sequence[Tensor | None], direction: Sequence[Any]) -> float:
    return sum(_product(_numpy(g), u) for g, u in zip(gradients, direction, strict=True) if g is not None)


_problems: dict[str, Problem] = {}


def _problem(row: Row, number: int) -> Problem:
    """A case, with its slope and its curvature, for all backends."""
    key = f"{row.name}, {row.kinds[0]}: {row.cases[number]}"
    if key not in _problems:
        _problems[key] = Problem(row, number)
    return _problems[key]


def _vjp(row: Row, backend: Any, cases: int) -> float:
    worst = 0.0
    for number in range(min(cases, len(row.cases))):
        problem = _problem(row, number)
        _, gradients = problem.gradients(backend)
        for g, place in zip(gradients, problem.places, strict=True):
            if g is not None and tuple(g.shape) != problem.arrays[place].shape:
                return np.inf
        slope = _problem(row, number).slope
        # The mean of no elements is NaN, and does not vary.
        slope = [d if np.all(np.isfinite(d)) or problem.has_elements else np.zeros_like(d) for d in slope]
        expected = sum(_product(c, d) for c, d in zip(problem.cotangents, slope, strict=True))
        worst = max(worst, distance(_along(gradients, problem.direction), expected))
    return worst


def _second(row: Row, backend: Any, cases: int) -> float:
    if row.orders < 2:
        raise NotApplicable("its gradient has no gradient")
    problem = _problem(row, 0)
    leaves, gradients = problem.gradients(backend, create_graph=True)
    total: Any = None
    for g, u in zip(gradients, problem.direction, strict=True):
        if g is not None and g.requires_grad:
            part = (g.conj() * tensor(u, dtype=g.dtype, backend=backend)).sum()
            part = part.real if part.dtype.is_complex else part
            total = part if total is None else total + part
    found = 0.0
    if total is not None:
        found = _along(grad([total], leaves, allow_unused=True), problem.direction)
    return distance(found, _problem(row, 0).curvature)


def _forward(row: Row, backend: Any, cases: int) -> float:
    worst = 0.0
    for number in range(min(cases, len(row.cases))):
        problem = _problem(row, number)
        primals = tuple(tensor(problem.arrays[place], backend=backend) for place in problem.places)
        tangents = tuple(tensor(u, backend=backend) for u in problem.direction)
        _, found = jvp(problem.of_varying(backend), primals, tangents)
        slope = _problem(row, number).slope
        worst = max(worst, _worst((_numpy(t), d) for t, d in zip(found, slope, strict=True)))
    return worst


def _with_gradients(problem: Problem, backend: Any) -> Callable[..., Any]:
    """A function of the operands that vary to the results and the gradients."""
    function = problem.of_varying(backend)

    def run(*given: Any) -> list[Tensor]:
        leaves = [x.detach().requires_grad_() for x in given]
        outputs = function(*leaves)
        seeds = problem.seeds(outputs, backend)
        live = [(out, c) for out, c in zip(outputs, seeds, strict=True) if out.requires_grad]
        found: Any = grad(
            [out for out, _ in live], leaves, [c for _, c in live], allow_unused=True, materialize_grads=True
        )
        return [*(out.detach() for out in outputs), *found]

    return run


def _batched(row: Row, backend: Any, cases: int) -> float:
    problem, other = _problem(row, 0), Problem(row, 0, example=1)
    run = _with_gradients(problem, backend)
    examples = [[one.arrays[place] for place in problem.places] for one in (problem, other)]
    single = [[_numpy(x) for x in run(*[tensor(x, backend=backend) for x in arrays])] for arrays in examples]
    together = [tensor(np.stack(pair), backend=backend) for pair in zip(*examples, strict=True)]
    found = vmap(run)(*together)
    return _worst((_numpy(x), np.stack(pair)) for x, pair in zip(found, zip(*single, strict=True), strict=True))


def _compiled(row: Row, backend: Any, cases: int) -> float:
    problem = _problem(row, 0)
    run = _with_gradients(problem, backend)
    given = [tensor(problem.arrays[place], backend=backend) for place in problem.places]
    expected = run(*given)
    compiled = compile_function(run)
    compiled(*given)  # traces it
    found = compiled(*given)
    return _worst((_numpy(x), _numpy(y)) for x, y in zip(found, expected, strict=True))


def _single(row: Row, backend: Any, cases: int) -> float:
    precision = row.kinds[0]
    single = {"float64": "float32", "complex128": "complex64"}[precision]

    def rounded(x: Any) -> Tensor:
        narrow = x.astype(np.complex64 if x.dtype.kind == "c" else np.float32) if x.dtype.kind in "fc" else x
        return leaf(narrow.astype(x.dtype), "numpy")

    found = evaluate(row, 0, single, backend, orders=1)
    expected = evaluate(row, 0, precision, make=rounded, orders=1)
    pairs = [*zip(found.values, expected.values, strict=True), *zip(found.gradients, expected.gradients, strict=True)]
    return _worst(pairs) / row.loose


_MEASURES: dict[str, tuple[Callable[[Row], Row] | None, Callable[[Row, Any, int], float]]] = {
    "vjp": (None, _vjp), "second": (None, _second), "jvp": (None, _forward), "vmap": (None, _batched),
    "broadcast": (broadcasting, _vjp), "0-d": (without_dimensions, _vjp), "size 0": (empty, _vjp),
    "complex": (complex_numbers, _vjp), "compiled": (None, _compiled), "float32": (None, _single),
}  # fmt: skip


def measure(row: Row, backend: Any, column: str, cases: int = 3) -> Cell:
    """One cell of the matrix: what ``column`` says of ``row`` on ``backend``, for the first ``cases`` of its cases.

    Args:
        row: a row of the tables.
        backend: a name.
        column: one of `COLUMNS`.
        cases: how many cases of the row are differentiated, where the column is about all of them.

    Returns:
        The cell.

    Example::

        >>> from polygrad.testing import matrix
        >>> row = next(row for row in matrix.rows() if row.name == "exp")
        >>> matrix.measure(row, "numpy", "jvp").is_right
        True
    """
    tolerance = TOLERANCES[column]
    if (row.name, column) in WITHOUT:
        return Cell(None, tolerance, WITHOUT[row.name, column])
    sample, check = _MEASURES[column]
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return Cell(check(row if sample is None else sample(row), backend, cases), tolerance)
    except NotApplicable as reason:
        return Cell(None, tolerance, str(reason))
    except Exception as error:  # a function that fails is a finding, and the others are measured too
        return Cell(np.inf, tolerance, f"{type(error).__name__}: {str(error).partition(chr(10))[0]}")


def results(
    backends: Sequence[str], chosen: Sequence[Row] | None = None, columns: Sequence[str] = tuple(COLUMNS)
) -> Iterator[dict[str, Any]]:
    """The cells of ``backends``, as dictionaries that JSON can hold, row by row."""
    for row in rows() if chosen is None else chosen:
        for name in backends:
            cases = 1 if "jit" in get_backend(name).capabilities else 3
            for column in columns:
                cell = measure(row, name, column, cases)
                yield {
                    "function": row.name,
                    "names": names_of(row),
                    "primitive": row.name in PRIMITIVES,
                    "backend": name,
                    "dtype": "float32"
                    if column == "float32"
                    else "complex128"
                    if column == "complex"
                    else row.kinds[0],
                    "column": column,
                    "error": cell.error if cell.error != np.inf else "failed",
                    "tolerance": cell.tolerance,
                    "right": cell.is_right,
                    "reason": cell.reason,
                }
        _problems.clear()
