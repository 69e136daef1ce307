"""PyTorch's own samples of its operators, run on polygrad: the same values, types, shapes and derivatives.

The samples are part of PyTorch (``torch.testing._internal``).  Operators that polygrad does not have are left out; where
an answer differs on purpose, `DIFFERENT` says why.
"""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
pytest.importorskip("expecttest", reason="PyTorch's samples need expecttest")

import polygrad  # noqa: E402
from tests.cases.torch_samples import (  # noqa: E402
    OPERATORS,
    find_results,
    find_tensors,
    polygrad_function,
    stored,
    to_numpy,
    to_polygrad,
)

pytestmark = [pytest.mark.parity, pytest.mark.filterwarnings("ignore")]

RANDOM = "random numbers: other generators, other numbers"
DIFFERENT = {
    **dict.fromkeys(
        """rand randn randint rand_like randn_like randint_like normal bernoulli multinomial uniform
        nn.functional.dropout nn.functional.dropout2d nn.functional.dropout3d nn.functional.alpha_dropout
        nn.functional.multi_head_attention_forward nn.functional.fractional_max_pool2d
        nn.functional.fractional_max_pool3d nn.functional.rrelu nn.functional.feature_alpha_dropout""".split(),
        RANDOM,
    ),
    **dict.fromkeys("empty empty_like new_empty".split(), "uninitialised memory: polygrad's is zero"),
    "nextafter": "has no gradient; PyTorch's samples ask for none but require it",
    "bfloat16": "NumPy has no such type",
    "where": "the samples pass the condition second, for the method",
    "zero_": "in place on a leaf",
    "linspace": "integers are rounded from float64 steps, not from float32 ones",
    "logaddexp": "NumPy has no complex logaddexp",
    **dict.fromkeys(
        "addmv addbmm baddbmm".split(), "a fraction of an integer tensor raises; PyTorch takes its whole part"
    ),
    **dict.fromkeys(
        "cholesky linalg.cholesky".split(),
        "a complex gradient is Hermitian; PyTorch's has a part that no input can follow",
    ),
    **dict.fromkeys(
        "cholesky_inverse cholesky_solve".split(),
        "the gradient is that of the triangle that is read; PyTorch's is of all",
    ),
    **dict.fromkeys("svd linalg.svd".split(), "PyTorch refuses a loss that depends on complex phases"),
    "linalg.eig": "the vectors have other phases",
    "linalg.eigh": "of the upper triangle the vectors have other signs",
    "linalg.lstsq": "an empty result does not require grad",
    **dict.fromkeys(
        "linalg.pinv/singular svd_lowrank pca_lowrank".split(), "the samples pass the matrix as two factors"
    ),
    "logcumsumexp": "the logarithm of a complex number is known up to 2 pi i",
    "mode": "of equal elements PyTorch takes any",
    "as_strided_scatter": "the gradient of what is overwritten is 0; PyTorch's is that of the part",
    "as_strided/partial_views": "the samples are views of more memory, which is not copied with them",
    "einsum": "the samples pass the operands first",
    **dict.fromkeys(
        [*(f"polygamma/polygamma_n_{n}" for n in range(5)), "special.polygamma/special_polygamma_n_0"],
        "the samples pass the order second",
    ),
    "sinc": "complex numbers are refused",
    "istft": "complex windows are refused",
    **dict.fromkeys("nn.functional.embedding nn.functional.embedding_bag".split(), "the samples pass the weight first"),
    **dict.fromkeys("topk kthvalue".split(), "of equal elements polygrad always takes the first"),
    **{
        f"nn.functional.max_unpool{n}d": "where indices repeat, only what is written gets a gradient; PyTorch's gets all"
        for n in (1, 2, 3)
    },
    "nn.functional.triplet_margin_with_distance_loss": "the samples pass PyTorch's functions",
    "nn.functional.ctc_loss": "the gradient with respect to the logarithms themselves; PyTorch's adds the probabilities",
    "sparse.mm/reduce": "reduce is refused: of products only sums are there",
    "__rpow__": "integers to negative integer powers raise, as in NumPy",
}
DTYPES = (torch.float64, torch.complex128, torch.int64)
SAMPLES = 40


def compare(operator, function, sample) -> None:
    expected = operator.op(sample.input, *sample.args, **sample.kwargs)
    arguments = to_polygrad([sample.input, list(sample.args), sample.kwargs])
    found = function(arguments[0], *arguments[1], **arguments[2])
    theirs, ours = find_results(expected), find_results(found)
    assert len(ours) == len(theirs), "number of results"
    for our, their in zip(ours, theirs, strict=True):
        a, b = to_numpy(our), to_numpy(their)
        assert (a.shape, a.dtype) == (b.shape, b.dtype)
        # In single precision, which integers become, what cancels has the rounding of what was added.
        largest = float(np.abs(b[np.isfinite(b)]).max(initial=0.0)) if a.dtype in (np.float32, np.complex64) else 0.0
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-6 * max(1.0, largest))
    pairs = [(our, their) for our, their in zip(ours, theirs, strict=True) if their.requires_grad]
    if not pairs:
        return
    assert all(our.requires_grad for our, _ in pairs), "a result does not require grad"
    generator = torch.Generator().manual_seed(0)
    seeds = [torch.randn(their.shape, dtype=their.dtype, generator=generator) for _, their in pairs]
    their_leaves = [t for t in find_tensors([sample.input, list(sample.args), sample.kwargs]) if t.requires_grad]
    our_leaves = [stored(t) for t in find_tensors(arguments) if t.requires_grad]
    theirs = torch.autograd.grad([their for _, their in pairs], their_leaves, seeds, allow_unused=True)
    ours = polygrad.autograd.grad([our for our, _ in pairs], our_leaves, to_polygrad(seeds), allow_unused=True)
    for our, their in zip(ours, theirs, strict=True):
        if our is None or their is None:  # not used, or used with a gradient of zero
            assert all(g is None or not to_numpy(g).any() for g in (our, their))
        else:
            a, b = to_numpy(our), to_numpy(their)
            single = a.dtype in (np.float32, np.complex64)
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=3e-5 if single else 1e-6, err_msg="gradient")


@pytest.mark.parametrize("name", OPERATORS)
def test_samples(name: str):
    operator = OPERATORS[name]
    reason = DIFFERENT.get(operator.name) or DIFFERENT.get(name)
    if reason:
        pytest.skip(reason)
    function = polygrad_function(operator.name)
    failures, count = [], 0
    for dtype in DTYPES:
        if dtype not in operator.dtypes:
            continue
        differentiable = dtype.is_floating_point or dtype.is_complex
        requires_grad = differentiable and operator.supports_autograd and dtype in operator.backward_dtypes
        for number, sample in enumerate(operator.sample_inputs("cpu", dtype, requires_grad=requires_grad)):
            if number == SAMPLES:
                break
            if sample.kwargs.get("dropout_p"):  # random numbers: other generators, other numbers
                continue
            count += 1
            try:
                compare(operator, function, sample)
            except Exception as error:  # every sample is heard before the verdict
                failures.append(f"{dtype}, sample {number}, {sample}:\n    {type(error).__name__}: {error}")
    assert not failures, f"{len(failures)} of {count} samples differ:\n" + "\n".join(failures[:5])


# -- derivatives of second order, and in a direction ---------------------------------------------------------------------

NO_DERIVATIVE = {
    **dict.fromkeys("cholesky linalg.cholesky".split(), "along matrices that are not symmetric"),
    "linalg.norm/subgradients_at_zero": "PyTorch's second derivative is NaN",
    "sparse.sampled_addmm": "the samples are empty; tests/sparse has its second derivatives",
    "tensor_split": "PyTorch's transforms do not take tensors of places",
}


def function_of(function, arguments, library):
    """The tensors among ``arguments`` that require grad, detached, and ``function`` of these: its results that can vary."""
    places = find_tensors(arguments)
    variables = [x.detach() for x in places if x.requires_grad]

    def put(value, found):
        if isinstance(value, library.Tensor):
            return next(found)
        if type(value) in (list, tuple):
            return type(value)([put(one, found) for one in value])
        return {name: put(one, found) for name, one in value.items()} if isinstance(value, dict) else value

    def call(*xs):
        remaining = iter(xs)
        given = put(arguments, iter([next(remaining) if x.requires_grad else x.detach() for x in places]))
        results = find_results(function(given[0], *given[1], **given[2]))
        return [y for y in results if y.dtype.is_floating_point or y.dtype.is_complex]

    return variables, call


def second_derivatives(library, call, variables, seeds):
    """Of the sum of the squares of the gradients; None where there are none."""
    xs = [x.clone().requires_grad_() for x in variables]
    live = [(y, g) for y, g in zip(call(*xs), seeds, strict=True) if y.requires_grad]
    if not live:
        return [None] * len(xs)
    outputs, seeds = zip(*live, strict=True)
    first = library.autograd.grad(list(outputs), xs, list(seeds), allow_unused=True, create_graph=True)
    squares = [(g * g).sum() for g in first if g is not None and g.requires_grad]
    return library.autograd.grad(sum(squares), xs, allow_unused=True) if squares else [None] * len(xs)


def compare_derivatives(operator, function, sample):
    theirs, call_theirs = function_of(operator.op, [sample.input, list(sample.args), sample.kwargs], torch)
    if not theirs:
        return
    ours, call_ours = function_of(function, to_polygrad([sample.input, list(sample.args), sample.kwargs]), polygrad)
    generator = torch.Generator().manual_seed(0)
    like = lambda x: torch.randn(x.shape, dtype=x.dtype, generator=generator)  # noqa: E731
    if operator.supports_forward_ad:
        directions = [like(x) for x in theirs]
        expected = torch.func.jvp(call_theirs, tuple(theirs), tuple(directions))[1]
        found = polygrad.func.jvp(call_ours, tuple(ours), tuple(to_polygrad(directions)))[1]
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_allclose(to_numpy(one), to_numpy(other), rtol=1e-6, atol=1e-6, err_msg="in a direction")
    if operator.supports_gradgrad:
        seeds = [like(y) for y in call_theirs(*theirs)]
        expected = second_derivatives(torch, call_theirs, theirs, seeds)
        found = second_derivatives(polygrad, call_ours, ours, to_polygrad(seeds))
        for one, other in zip(found, expected, strict=True):
            one, other = (np.zeros(()) if g is None else to_numpy(g) for g in (one, other))
            np.testing.assert_allclose(*np.broadcast_arrays(one, other), rtol=1e-5, atol=1e-6, err_msg="second order")


@pytest.mark.parametrize("name", [name for name, operator in OPERATORS.items() if operator.supports_autograd])
def test_derivatives_of_samples(name: str):
    operator = OPERATORS[name]
    reason = DIFFERENT.get(operator.name) or DIFFERENT.get(name) or NO_DERIVATIVE.get(name)
    if reason or torch.float64 not in operator.backward_dtypes:
        pytest.skip(reason or "has no derivative")
    function, failures = polygrad_function(operator.name), []
    samples = operator.sample_inputs("cpu", torch.float64, requires_grad=True)
    for number, sample in zip(range(2), samples, strict=False):
        if sample.kwargs.get("dropout_p"):
            continue
        try:
            compare_derivatives(operator, function, sample)
        except Exception as error:  # every sample is heard before the verdict
            failures.append(f"sample {number}, {sample}:\n    {type(error).__name__}: {error}")
    assert not failures, "\n".join(failures)
