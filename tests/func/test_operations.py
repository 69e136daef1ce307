"""The table of operations under transforms: forward mode, batches, and both together, on every backend.

Forward mode is compared with two backward passes, vmap with a loop, and both with PyTorch and JAX.
"""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import polygrad
from polygrad import func
from polygrad.backends import BackendError, available, get_backend
from polygrad.testing.operations import ROWS
from polygrad.testing.table import Row, difference
from tests.cases.operations import ALL_ROWS, is_inexact, sample_operands
from tests.cases.torch_functions import TORCH

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

BACKENDS = available()
#: The shape of the result depends on values.
NO_BATCH = {"x[mask]"}
EXAMPLES = 3

each_backend = pytest.mark.parametrize("backend", BACKENDS)


@pytest.fixture
def usable(backend: str):
    """The backend, on which new tensors are made; the test is skipped where it cannot be used."""
    try:
        found = get_backend(backend)
    except BackendError as error:
        pytest.skip(str(error))
    with polygrad.use_backend(found):
        yield found


def cases_of(row: Row, backend) -> list[tuple[str, int]]:
    """The cases to run, as (precision, number): all on NumPy, one if each must be compiled first."""
    if "jit" in backend.capabilities and row not in ROWS:  # what is composed of primitives
        return []
    count = 1 if "jit" in backend.capabilities else len(row.cases) if "mutable" in backend.capabilities else 2
    return [
        (precision, number)
        for precision in row.kinds[: 1 if "jit" in backend.capabilities else None]
        for number in range(min(len(row.cases), count))
    ]


def directions(arrays: list[np.ndarray]) -> list[np.ndarray]:
    random = np.random.default_rng(7)
    made = [random.standard_normal(x.shape) + 1j * random.standard_normal(x.shape) for x in arrays]
    return [(t if x.dtype.kind == "c" else t.real).astype(x.dtype) for x, t in zip(arrays, made, strict=True)]


def of_varying(row: Row, number: int, arrays: list[np.ndarray]):
    """The row as a function of the operands that vary, to its results that do; and those operands, none if no result does."""
    places = [place for place, x in enumerate(arrays) if is_inexact(x)]

    def function(*given):
        operands = list(map(polygrad.tensor, arrays))
        for place, x in zip(places, given, strict=True):
            operands[place] = x
        return tuple(y for y in row.call(number, operands) if y.dtype.is_differentiable)

    primals = [arrays[place] for place in places]
    return function, primals if function(*map(polygrad.tensor, primals)) else []


def two_sweeps(function, primals, tangents):
    """The derivative in a direction as the derivative of the gradient by its cotangent."""
    primals = [polygrad.tensor(x, requires_grad=True) for x in primals]
    outputs = function(*primals)
    seeds = [polygrad.zeros_like(y).requires_grad_() for y in outputs]
    found = [polygrad.zeros_like(y) for y in outputs]
    live = [number for number, y in enumerate(outputs) if y.requires_grad]
    gradients = live and polygrad.autograd.grad(
        [outputs[n] for n in live], primals, [seeds[n] for n in live], create_graph=True, materialize_grads=True
    )
    pairs = [(g, polygrad.tensor(t)) for g, t in zip(gradients, tangents, strict=bool(live)) if g.requires_grad]
    if pairs:
        gs, ts = zip(*pairs, strict=True)
        for n, y in zip(
            live, polygrad.autograd.grad(gs, [seeds[n] for n in live], ts, materialize_grads=True), strict=True
        ):
            found[n] = y
    return found


def numbers(x) -> np.ndarray:
    return np.array(x.detach().numpy())


def assert_close(found, expected, what: str, tolerance: float = 1e-8) -> None:
    problem = difference(np.asarray(found), np.asarray(expected), tolerance, 1e-2 * tolerance)
    assert problem is None, f"{what}: {problem}"


def with_gradients(row: Row, number: int):
    """The row as a function to its results and, if it has any, its gradients by everything that varies."""

    def function(*operands):
        outputs = row.call(number, operands)
        places = [place for place, x in enumerate(operands) if x.dtype.is_differentiable]
        if not row.orders or not places or not any(y.dtype.is_differentiable for y in outputs):
            return outputs

        def of_varying_ones(*given):
            changed = list(operands)
            for place, x in zip(places, given, strict=True):
                changed[place] = x
            return tuple(y for y in row.call(number, changed) if y.dtype.is_differentiable)

        results, pull = func.vjp(of_varying_ones, *[operands[place] for place in places])
        return (*outputs, *pull(tuple(map(polygrad.ones_like, results))))

    return function


def loop_and_stack(function, given, mapped):
    examples = [
        function(*[polygrad.tensor(x[i] if m else x) for x, m in zip(given, mapped, strict=True)])
        for i in range(EXAMPLES)
    ]
    return [np.stack([numbers(y) for y in of_one]) for of_one in zip(*examples, strict=True)]


def masks(count: int) -> list[tuple[bool, ...]]:
    """Which operands have a batch: all, or one of them."""
    single = [tuple(i == j for i in range(count)) for j in range(count)]
    return [(True,) * count, *(single if count > 1 else [])]


# -- every row -------------------------------------------------------------------------------------------------------------


@each_backend
@pytest.mark.parametrize("row", [r for r in ALL_ROWS if r.orders], ids=str)
def test_forward_mode_is_two_sweeps(row: Row, backend: str, usable):
    for precision, number in cases_of(row, usable):
        arrays = sample_operands(row, number, precision)
        function, primals = of_varying(row, number, arrays)
        if not primals:
            continue
        tangents = directions(primals)
        values, found = func.jvp(function, tuple(map(polygrad.tensor, primals)), tuple(map(polygrad.tensor, tangents)))
        expected = two_sweeps(function, primals, tangents)
        plain = function(*map(polygrad.tensor, primals))
        where = f"{row.name}({row.cases[number]}), {precision}"
        for n, (a, b, value, y) in enumerate(zip(found, expected, values, plain, strict=True)):
            assert_close(numbers(a), numbers(b), f"{where}, tangent {n}")
            assert_close(numbers(value), numbers(y), f"{where}, value {n}")


@each_backend
@pytest.mark.parametrize("row", [r for r in ALL_ROWS if r.name not in NO_BATCH], ids=str)
def test_vmap_is_loop_and_stack(row: Row, backend: str, usable):
    for precision, number in cases_of(row, usable):
        examples = [sample_operands(row, number, precision, example) for example in range(EXAMPLES)]
        function = with_gradients(row, number)
        for mapped in masks(len(examples[0]))[: 1 if "jit" in usable.capabilities else None]:
            given = [
                np.stack(of_one) if m else of_one[0]
                for m, of_one in zip(mapped, zip(*examples, strict=True), strict=True)
            ]
            in_dims = tuple(0 if m else None for m in mapped)
            found = func.vmap(function, in_dims)(*map(polygrad.tensor, given))
            expected = loop_and_stack(function, given, mapped)
            for n, (a, b) in enumerate(zip(found, expected, strict=True)):
                assert_close(
                    numbers(a), b, f"{row.name}({row.cases[number]}), {precision}, batches {mapped}, result {n}"
                )


@pytest.mark.parametrize(
    ("row", "backend"),
    [
        (r, b)
        for b in BACKENDS
        if b in ("numpy", "jax")
        for place, r in enumerate(ROWS)
        if b == "numpy" or place % 16 == 0 or r.name == "transfer"
    ],
    ids=str,
)
def test_compiled_is_eager(row: Row, backend: str, usable):
    precision = row.kinds[0]
    examples = [sample_operands(row, 0, precision, example) for example in range(EXAMPLES)]
    given = [polygrad.tensor(np.stack(of_one)) for of_one in zip(*examples, strict=True)]
    batched = func.vmap(with_gradients(row, 0))
    for n, (a, b) in enumerate(zip(polygrad.compile(batched)(*given), batched(*given), strict=True)):
        assert_close(numbers(a), numbers(b), f"{row.name}, result {n} of the batch")
    function, primals = of_varying(row, 0, examples[0])
    if row.orders and primals:
        both = [*map(polygrad.tensor, primals), *map(polygrad.tensor, directions(primals))]
        forward = lambda *both: func.jvp(function, both[: len(both) // 2], both[len(both) // 2 :])[1]  # noqa: E731
        for n, (a, b) in enumerate(zip(polygrad.compile(forward)(*both), forward(*both), strict=True)):
            assert_close(numbers(a), numbers(b), f"{row.name}, tangent {n}")


@pytest.mark.parametrize(
    ("row", "backend"),
    [
        (r, b)
        for b in BACKENDS
        if b in ("numpy", "jax")
        for place, r in enumerate(r for r in ROWS if r.orders > 1)
        if b == "numpy" or place % 16 == 0
    ],
    ids=str,
)
def test_second_derivatives_through_a_compiled_function_from_outside(row: Row, backend: str, usable):
    arrays = sample_operands(row, 0, row.kinds[0])
    function, primals = of_varying(row, 0, arrays)
    if not primals:
        return
    compiled = polygrad.compile(function)
    runs = []
    for called in (compiled, function):
        given = [polygrad.tensor(x, requires_grad=True) for x in primals]
        outputs = [y for y in called(*given) if y.requires_grad]
        first = polygrad.autograd.grad(
            outputs, given, [polygrad.ones_like(y) * 0.7 for y in outputs], create_graph=True, materialize_grads=True
        )
        varying = [g for g in first if g.requires_grad]
        seeds = list(map(polygrad.ones_like, varying))
        second = varying and polygrad.autograd.grad(varying, given, seeds, materialize_grads=True)
        runs.append([*first, *second, *two_sweeps(called, primals, directions(primals))])
    for n, (a, b) in enumerate(zip(*runs, strict=True)):
        assert_close(numbers(a), numbers(b), f"{row.name}, derivative {n}")


@pytest.mark.parametrize("row", [r for r in ALL_ROWS if r.orders > 1 and r.name not in NO_BATCH], ids=str)
def test_forward_over_reverse_in_a_batch(row: Row):
    """The derivative of the gradient in a direction: against reverse over reverse, one example after the other."""
    for precision in row.kinds:
        for number in range(min(len(row.cases), 2)):
            examples = [sample_operands(row, number, precision, example) for example in range(EXAMPLES)]
            function, varying = of_varying(row, number, examples[0])
            if not varying:
                continue
            primals = [
                np.stack(of_one) for of_one in zip(*[[x for x in e if is_inexact(x)] for e in examples], strict=True)
            ]
            tangents = directions(primals)

            def gradient(*given, function=function):
                results, pull = func.vjp(function, *given)
                return pull(tuple(map(polygrad.ones_like, results)))

            def forward(*both, gradient=gradient):
                half = len(both) // 2
                return func.jvp(gradient, both[:half], both[half:])[1]

            found = func.vmap(forward)(*map(polygrad.tensor, primals + tangents))
            for i in range(EXAMPLES):
                expected = two_sweeps(gradient, [x[i] for x in primals], [t[i] for t in tangents])
                for n, (a, b) in enumerate(zip(found, expected, strict=True)):
                    assert_close(numbers(a)[i], numbers(b), f"{row.name}({row.cases[number]}), {precision}, result {n}")


def test_every_primitive_of_the_house_runs_without_a_loop():
    with warnings.catch_warnings():
        warnings.simplefilter("error", func.SlowBatchingWarning)
        for row in ROWS:
            given = [polygrad.tensor(np.stack([x] * EXAMPLES)) for x in sample_operands(row, 0, row.kinds[0])]
            func.vmap(with_gradients(row, 0))(*given)


# -- PyTorch and JAX -----------------------------------------------------------------------------------------------------


@pytest.mark.parity
@pytest.mark.filterwarnings("ignore")  # PyTorch's own, of its transforms
@pytest.mark.parametrize("row", [r for r in ALL_ROWS if r.name in TORCH], ids=str)
def test_agrees_with_torch_func(row: Row):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    for precision in row.kinds:
        for number in range(len(row.cases)):
            where = f"{row.name}({row.cases[number]}), {precision}"
            examples = [sample_operands(row, number, precision, example) for example in range(EXAMPLES)]
            arrays = examples[0]
            function, primals = of_varying(row, number, arrays)
            if not primals:
                continue

            def theirs(*given, arrays=arrays, number=number):
                operands, varying = list(map(torch.tensor, arrays)), iter(given)
                operands = [next(varying) if is_inexact(x) else t for x, t in zip(arrays, operands, strict=True)]
                result = TORCH[row.name](*operands, **row.cases[number].settings)
                result = result if isinstance(result, tuple) else (result,)
                return tuple(y for y in result if y.is_floating_point() or y.is_complex())

            tangents = directions(primals)
            if row.orders and primals:
                _, found = func.jvp(
                    function, tuple(map(polygrad.tensor, primals)), tuple(map(polygrad.tensor, tangents))
                )
                try:
                    _, expected = torch.func.jvp(
                        theirs, tuple(map(torch.tensor, primals)), tuple(map(torch.tensor, tangents))
                    )
                except (NotImplementedError, RuntimeError):  # PyTorch has no forward mode for it
                    expected = []
                for n, (a, b) in enumerate(zip(found, expected, strict=bool(expected))):
                    b = np.zeros_like(numbers(a)) if b is None else b.resolve_conj().numpy(force=True)
                    assert_close(numbers(a), b, f"{where}, tangent {n}", 1e-7)
            if not primals or row.name in NO_BATCH:
                continue
            batch = [
                np.stack(of_one) for of_one in zip(*[[x for x in e if is_inexact(x)] for e in examples], strict=True)
            ]
            try:
                expected = torch.vmap(theirs)(*map(torch.tensor, batch))
            except (NotImplementedError, RuntimeError, ValueError):  # PyTorch has no batching rule for it
                continue
            for n, (a, b) in enumerate(zip(func.vmap(function)(*map(polygrad.tensor, batch)), expected, strict=True)):
                assert_close(numbers(a), b.resolve_conj().numpy(), f"{where}, result {n} of the batch", 1e-7)


#: Rows whose function JAX has under the same name, with the same arguments.
JAX_NAMES = """add subtract multiply divide pow maximum minimum atan2 hypot logaddexp negative square exp expm1 sin cos sinh
    cosh tanh tan atan asinh asin acos atanh acosh log log2 log10 sqrt log1p reciprocal abs conj real imag sum mean max
    min prod flip roll tril triu matmul det inv solve cholesky permute_dims matrix_transpose reshape broadcast_to where""".split()


@pytest.mark.backend("jax")
@pytest.mark.parametrize("row", [r for r in ROWS if r.name in JAX_NAMES and r.function is None], ids=str)
def test_agrees_with_jax(row: Row):
    jax = pytest.importorskip("jax", reason="JAX is not installed")
    get_backend("jax")  # turns on 64-bit types
    linalg = getattr(jax.numpy.linalg, row.name, None)
    operation = linalg or getattr(jax.numpy, {"atan2": "arctan2"}.get(row.name, row.name))
    for precision in row.kinds:
        number = 0
        settings = row.cases[number].settings
        examples = [sample_operands(row, number, precision, example) for example in range(EXAMPLES)]
        function, primals = of_varying(row, number, examples[0])
        tangents = directions(primals)

        def theirs(*given, arrays=examples[0], settings=settings):
            varying = iter(given)
            return operation(*[next(varying) if is_inexact(x) else x for x in arrays], **settings)

        _, found = func.jvp(function, tuple(map(polygrad.tensor, primals)), tuple(map(polygrad.tensor, tangents)))
        _, expected = jax.jvp(theirs, tuple(primals), tuple(tangents))
        assert_close(numbers(found[0]), np.asarray(expected), f"{row.name}, {precision}, tangent", 1e-7)
        batch = [np.stack(of_one) for of_one in zip(*[[x for x in e if is_inexact(x)] for e in examples], strict=True)]
        found = func.vmap(function)(*map(polygrad.tensor, batch))[0]
        assert_close(numbers(found), np.asarray(jax.vmap(theirs)(*batch)), f"{row.name}, {precision}, batch", 1e-7)
