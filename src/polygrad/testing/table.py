"""A row of the table of operations, and the checks of it.

A row is an operation with a few cases: operands, each a shape and a distribution, and settings.  The same row runs on
every backend, in single and double precision, on complex numbers where that makes sense, for values, gradients and
second gradients.  They are compared with finite differences, the complex step, another backend, or the same row in
double precision.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from .._core.primitive import OPERATIONS
from .._core.tensor import Tensor, make_leaf
from .._functions.creation import tensor
from ..autograd.differentiation import grad
from ..autograd.gradcheck import gradcheck, gradgradcheck
from ..backends.registry import BY_TYPE

#: Precisions by name: the types that real and complex samples are rounded to.
PRECISIONS: dict[str, Any] = {
    "float64": np.float64,
    "float32": np.float32,
    "complex128": np.complex128,
    "complex64": np.complex64,
}
REAL, COMPLEX, BOTH = ("float64",), ("complex128",), ("float64", "complex128")

# -- operands ----------------------------------------------------------------------------------------------------------


class Operand(NamedTuple):
    """A shape, and the function ``(random, shape, is_complex) -> array`` that fills it."""

    shape: tuple[int, ...]
    fill: Callable[[np.random.Generator, tuple[int, ...], bool], Any]


def domain(fill: Callable[..., Any]) -> Callable[..., Operand]:
    """Make a function of shapes that makes operands filled by ``fill``, as in ``positive(2, 3)``."""
    return lambda *shape: Operand(shape, fill)


def _normal(random, shape, is_complex):
    x = random.standard_normal(shape)
    return x + 1j * random.standard_normal(shape) if is_complex else x


def _positive(random, shape, is_complex):
    x = random.uniform(0.5, 2.0, shape)
    return x + 1j * random.uniform(-0.5, 0.5, shape) if is_complex else x


def _nonzero(random, shape, is_complex):
    return _positive(random, shape, is_complex) * random.choice([-1.0, 1.0], shape)


def _distinct(random, shape, is_complex):
    count = int(np.prod(shape))
    return (random.permutation(count).reshape(shape) - count / 2 + 0.3) * 0.4


def _ascending(random, shape, is_complex):
    return np.sort(random.standard_normal(shape))


def _with_zeros(random, shape, is_complex):
    x = _normal(random, shape, is_complex)
    x.reshape(-1)[::3] = 0
    return x


def _regular(random, shape, is_complex):
    """Square matrices far from singular ones."""
    return _normal(random, shape, is_complex) * 0.5 + 2 * np.eye(shape[-1])


anything: Callable[..., Operand] = domain(_normal)
positive: Callable[..., Operand] = domain(_positive)
nonzero: Callable[..., Operand] = domain(_nonzero)
distinct: Callable[..., Operand] = domain(_distinct)
with_zeros: Callable[..., Operand] = domain(_with_zeros)
regular: Callable[..., Operand] = domain(_regular)
ascending: Callable[..., Operand] = domain(_ascending)
truth: Callable[..., Operand] = domain(lambda random, shape, is_complex: random.random(shape) < 0.6)
signed: Callable[..., Operand] = domain(lambda random, shape, is_complex: random.integers(-3, 4, shape))
words: Callable[..., Operand] = domain(
    lambda random, shape, is_complex: random.integers(0, 2**64, shape, dtype=np.uint64)
)


def between(low: float, high: float) -> Callable[..., Operand]:
    """Real numbers from an interval; complex ones get an imaginary part from a tenth of it."""

    def fill(random, shape, is_complex):
        x = random.uniform(low, high, shape)
        return x + 0.1j * random.uniform(low, high, shape) if is_complex else x

    return domain(fill)


def whole(below: int) -> Callable[..., Operand]:
    """Integers from 0 up to ``below``."""
    return domain(lambda random, shape, is_complex: random.integers(0, below, shape))


# -- rows --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """Operands and settings of one call."""

    operands: tuple[Operand, ...]
    settings: dict[str, Any]

    def __str__(self) -> str:
        parts = [str(operand.shape) for operand in self.operands]
        return ", ".join(parts + [f"{name}={value!r}" for name, value in self.settings.items()])


@dataclass(frozen=True)
class Row:
    """An operation and its cases.

    ``function`` takes polygrad's operations as an ``xp``, the operands and the settings, and returns a tensor or
    several; by default it is the primitive called ``name``.  ``kinds`` are the double precisions to run it in,
    ``orders`` how often to differentiate it, ``holomorphic`` whether the complex step applies to its real form, and
    ``loose`` the factor that widens the tolerance in single precision.
    """

    name: str
    cases: tuple[Case, ...]
    function: Callable[..., Any] | None = None
    kinds: tuple[str, ...] = REAL
    orders: int = 2
    holomorphic: bool = False
    loose: float = 1.0

    def __str__(self) -> str:
        return self.name

    def call(self, number: int, operands: Sequence[Any]) -> tuple[Tensor, ...]:
        """The results of case ``number`` on ``operands``."""
        function = self.function or (lambda xp, *args, **settings: getattr(xp, self.name)(*args, **settings))
        result = function(OPERATIONS, *operands, **self.cases[number].settings)
        return tuple(result) if isinstance(result, (tuple, list)) else (result,)

    def sample(self, number: int, precision: str, example: int = 0) -> list[Any]:
        """The operands of case ``number`` as NumPy arrays, the same in every run; each ``example`` has others."""
        random = self._random(number + 1000 * example)
        kind = PRECISIONS[precision]
        is_complex = np.issubdtype(kind, np.complexfloating)
        arrays = [np.asarray(fill(random, shape, is_complex)) for shape, fill in self.cases[number].operands]
        return [x.astype(_of_kind(x, kind)) if x.dtype.kind in "fc" else x for x in arrays]

    def _random(self, number: int) -> np.random.Generator:
        return np.random.default_rng(zlib.crc32(self.name.encode()) + number)


def _of_kind(x: Any, kind: Any) -> Any:
    """``kind``, or its real type for real numbers."""
    return kind if x.dtype.kind == "c" or not np.issubdtype(kind, np.complexfloating) else kind().real.dtype


def case(*operands: Any, **settings: Any) -> Case:
    """A case; an operand that is only a shape is filled with normal numbers."""
    return Case(tuple(x if isinstance(x, Operand) else anything(*x) for x in operands), settings)


def row(name: str, *cases: Case, **options: Any) -> Row:
    """A row."""
    return Row(name, cases, **options)


def unary(name: str, numbers: Callable[..., Operand] = anything, **options: Any) -> Row:
    """A row for a function of one operand: a matrix, a number, an empty array."""
    options.setdefault("kinds", BOTH)
    return Row(name, (case(numbers(2, 3)), case(numbers()), case(numbers(0, 2))), **options)


def binary(
    name: str, x: Callable[..., Operand] = anything, y: Callable[..., Operand] = anything, **options: Any
) -> Row:
    """A row for a function of two operands that are broadcast against each other."""
    pairs = ((2, 3), (2, 3)), ((2, 1), (1, 3)), ((3,), (2, 3)), ((), (2,)), ((0, 3), (3,)), ((), ())
    return Row(name, tuple(case(x(*one), y(*two)) for one, two in pairs), **options)


# -- running a row -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Results:
    """The results of a case: values, gradients and second gradients, as NumPy arrays."""

    values: list[Any]
    gradients: list[Any]
    second: list[Any]

    def by_name(self) -> tuple[tuple[str, list[Any]], ...]:
        """The three lists with their names."""
        return ("value", self.values), ("gradient", self.gradients), ("gradient of a gradient", self.second)


def _to_numpy(x: Tensor) -> Any:
    return np.array(x.backend.to_numpy(x.detach()._read()))


def _zeros(x: Tensor) -> Any:
    return np.zeros(tuple(x.shape), _to_numpy(x).dtype)


def _cotangents(outputs: Sequence[Tensor], random: np.random.Generator) -> list[Any]:
    return [_normal(random, tuple(out.shape), out.dtype.is_complex) for out in outputs]


def leaf(array: Any, backend: Any = None) -> Tensor:
    """A tensor of ``array`` on ``backend``, which requires grad if it can."""
    return tensor(array, backend=backend, requires_grad=array.dtype.kind in "fc")


def wrap(array: Any) -> Tensor:
    """A tensor around ``array`` itself, in its memory layout."""
    return make_leaf(object.__new__(Tensor), array, array.dtype.kind in "fc")


def evaluate(
    row: Row,
    number: int,
    precision: str,
    backend: Any = None,
    make: Callable[[Any], Tensor] | None = None,
    orders: int = 2,
    make_cotangent: Callable[[Any], Tensor] | None = None,
) -> Results:
    """Run a case and differentiate it ``row.orders`` times, with the same random cotangents in every run.

    ``make`` and ``make_cotangent`` make the tensors of the operands and of the cotangents, instead of new ones on
    ``backend``.
    """
    orders = min(orders, row.orders)
    arrays = row.sample(number, precision)
    operands = [leaf(x, backend) if make is None else make(x) for x in arrays]
    if not orders:
        operands = [x.detach() for x in operands]
    random = np.random.default_rng(zlib.crc32(row.name.encode()) ^ number)
    outputs = row.call(number, operands)
    values = [_to_numpy(out) for out in outputs]
    inputs = [x for x in operands if x.requires_grad]
    live = [out for out in outputs if out.requires_grad]
    if not live or not orders:
        return Results(values, [], [])

    def seeds(tensors: Sequence[Tensor], requires_grad: bool) -> list[Tensor]:
        made = [
            tensor(g, dtype=out.dtype, backend=out.backend, device=out.device)
            if make_cotangent is None
            else make_cotangent(g.astype(_to_numpy(out).dtype))
            for g, out in zip(_cotangents(tensors, random), tensors, strict=True)
        ]
        return [g.requires_grad_() for g in made] if requires_grad else made

    twice = orders > 1
    first_seeds = seeds(live, twice)
    first = grad(live, inputs, first_seeds, create_graph=twice, allow_unused=True)
    gradients = [_zeros(x) if g is None else _to_numpy(g) for g, x in zip(first, inputs, strict=True)]
    again = [g for g in first if g is not None and g.requires_grad]
    if not twice or not again:
        return Results(values, gradients, [])
    variables = inputs + first_seeds
    second = grad(again, variables, seeds(again, False), allow_unused=True)
    return Results(
        values, gradients, [_zeros(x) if g is None else _to_numpy(g) for g, x in zip(second, variables, strict=True)]
    )


def difference(found: Any, expected: Any, rtol: float, atol: float) -> str | None:
    """The difference of two arrays in words, or None."""
    if found.shape != expected.shape:
        return f"the shape is {found.shape} instead of {expected.shape}"
    if found.dtype.kind != expected.dtype.kind:
        return f"the type is {found.dtype} instead of {expected.dtype}"
    if np.allclose(found, expected, rtol=rtol, atol=atol, equal_nan=True):
        return None
    if found.dtype.kind not in "fc":
        return f"{np.sum(found != expected)} of {found.size} elements differ"
    with np.errstate(invalid="ignore"):
        distance = np.nan_to_num(np.abs(found - expected), nan=np.inf, posinf=np.inf)
    worst = np.unravel_index(np.argmax(distance), distance.shape)
    return f"{found[worst]} instead of {expected[worst]} at {tuple(int(i) for i in worst)}"


def disagreements(found: Results, expected: Results, rtol: float, atol: float) -> list[str]:
    """The differences of two results in words."""
    problems = []
    for (name, ours), (_, theirs) in zip(found.by_name(), expected.by_name(), strict=True):
        if not ours or not theirs:  # no gradient, or one of zeros
            if any(np.any(x != 0) for x in ours or theirs):
                problems.append(f"the {name} is missing on one side")
            continue
        if len(ours) != len(theirs):
            problems.append(f"there are {len(ours)} arrays of the {name} instead of {len(theirs)}")
            continue
        for number, (a, b) in enumerate(zip(ours, theirs, strict=True)):
            what = difference(a, b, rtol, atol)
            if what is not None:
                problems.append(f"{name}, number {number}: {what}")
    return problems


# -- what is checked ---------------------------------------------------------------------------------------------------


def check_differences(row: Row, precision: str, backend: Any = None) -> None:
    """Compare a row's gradients, of the first and second order, with central differences.

    Raises `GradcheckError`, whose message begins with the case.
    """
    for number, one in enumerate(row.cases):
        operands = tuple(leaf(x, backend) for x in row.sample(number, precision))
        if not row.orders or not any(x.requires_grad for x in operands):
            continue

        def function(*args: Any, number: int = number) -> tuple[Tensor, ...]:
            return row.call(number, args)

        if not any(out.requires_grad for out in function(*operands)):
            continue
        try:
            gradcheck(function, operands, atol=1e-6, rtol=1e-5, check_grad_dtypes=True)
            if row.orders > 1:
                gradgradcheck(function, operands, atol=1e-6, rtol=1e-5, check_grad_dtypes=True)
        except RuntimeError as error:
            error.args = (f"{row.name}({one}), {precision}: {error}",)
            raise


def check_complex_step(row: Row, backend: Any = None, step: float = 1e-30) -> None:
    """Compare the gradients of a real holomorphic function with ``Im f(x + ih) / h``, which has no rounding error.

    W. Squire and G. Trapp, "Using complex variables to estimate derivatives of real functions" (1998).
    """
    for number, one in enumerate(row.cases):
        arrays = row.sample(number, "float64")
        expected = evaluate(row, number, "float64", backend)
        random = np.random.default_rng(zlib.crc32(row.name.encode()) ^ number)
        cotangents = _cotangents(row.call(number, [leaf(x, backend) for x in arrays]), random)
        count = 0
        for at, x in enumerate(arrays):
            if x.dtype.kind != "f":
                continue
            gradient = np.zeros(x.shape)
            for place in range(x.size):
                moved = [y.astype(complex) if y.dtype.kind == "f" else y for y in arrays]
                moved[at].reshape(-1)[place] += 1j * step
                found = row.call(number, [leaf(y, backend) for y in moved])
                slopes = [_to_numpy(out).imag / step for out in found]
                gradient.reshape(-1)[place] = sum(np.sum(s * g) for s, g in zip(slopes, cotangents, strict=True))
            what = difference(expected.gradients[count], gradient, 1e-10, 1e-11)
            assert what is None, f"{row.name}({one}): the gradient of operand {at}, by the complex step: {what}"
            count += 1


def check_agreement(
    row: Row, precision: str, backend: Any, reference: Any = None, cases: int | None = None, orders: int = 2
) -> None:
    """Compare values and gradients on one backend with those on another, by default NumPy.  Raises AssertionError."""
    reference = BY_TYPE[np.ndarray] if reference is None else reference
    for number, one in list(enumerate(row.cases))[:cases]:
        found = evaluate(row, number, precision, backend, orders=orders)
        problems = disagreements(found, _reference(row, number, precision, reference, orders), 1e-7, 1e-8)
        assert not problems, f"{row.name}({one}), {precision}, on {backend}: {'; '.join(problems)}"


def check_single_precision(
    row: Row, precision: str, backend: Any = None, cases: int | None = None, orders: int = 2
) -> None:
    """Compare single precision with double precision of the same numbers, and require single-precision results."""
    single = {"float64": "float32", "complex128": "complex64"}[precision]
    for number, one in list(enumerate(row.cases))[:cases]:
        found = evaluate(row, number, single, backend, orders=orders)

        def round_to_single(x: Any) -> Tensor:
            narrow = x.astype(np.complex64 if x.dtype.kind == "c" else np.float32) if x.dtype.kind in "fc" else x
            return leaf(narrow.astype(x.dtype), BY_TYPE[np.ndarray])

        expected = evaluate(row, number, precision, make=round_to_single, orders=orders)
        problems = disagreements(found, expected, 2e-4 * row.loose, 2e-5 * row.loose)
        for name, arrays in found.by_name() if row.orders else ():
            problems += [f"{name} of type {a.dtype}" for a in arrays if a.dtype in (np.float64, np.complex128)]
        assert not problems, f"{row.name}({one}), {single}, on {backend}: {'; '.join(problems)}"


_results: dict[tuple[Any, ...], Results] = {}


def _reference(row: Row, number: int, precision: str, backend: Any, orders: int) -> Results:
    """The results on ``backend``, computed once."""
    key = (row.name, number, precision, backend, orders)
    if key not in _results:
        _results[key] = evaluate(row, number, precision, backend, orders=orders)
    return _results[key]


def primitives_of(outputs: Sequence[Tensor]) -> set[str]:
    """The names of the primitives in the graph of ``outputs``."""
    found: set[str] = set()
    seen: set[Any] = set()
    stack = [out.grad_fn for out in outputs]
    while stack:
        node = stack.pop()
        if node is None or node in seen or not hasattr(node, "plan"):
            continue
        seen.add(node)
        found.add(node.plan.primitive.name)
        stack.extend(node.edges)
    return found
