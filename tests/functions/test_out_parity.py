"""``out=`` of every function does what it does in PyTorch, on PyTorch's own samples."""

from __future__ import annotations

import itertools
import warnings

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
pytest.importorskip("expecttest", reason="PyTorch's samples need expecttest")

import polygrad  # noqa: E402
from tests.cases.torch_samples import OPERATORS, find_tensors, polygrad_function, to_numpy, to_polygrad  # noqa: E402
from tests.cases.torch_signatures import WITH_OUT  # noqa: E402

pytestmark = [pytest.mark.parity, pytest.mark.filterwarnings("ignore")]

RANDOM = frozenset("rand randn randint randperm normal multinomial empty".split())
#: Operators whose answers differ without ``out``, as `test_operator_samples` and "Differences from PyTorch" say.
DIFFERENT = frozenset("bernoulli where einsum svd linalg.svd linalg.eig linalg.eigh topk kthvalue qr linalg.qr".split())
NAMES = sorted({name for name, operator in OPERATORS.items() if operator.name in WITH_OUT} - DIFFERENT)


def answer(function, arguments, outs, single):
    """The results in ``outs``, as arrays, or the error."""
    (first, *args), kwargs = arguments
    try:
        result = function(first, *args, **kwargs, out=outs[0] if single else tuple(outs))
    except Exception as error:
        return error
    assert all(one is out for one, out in zip([result] if single else result, outs, strict=True))
    return [to_numpy(out) for out in outs]


@pytest.mark.parametrize("name", NAMES)
def test_out(name):
    operator = OPERATORS[name]
    ours, wrong, tried = polygrad_function(operator.name), [], 0
    samples = operator.sample_inputs("cpu", torch.float32 if torch.float32 in operator.dtypes else torch.int64)
    for sample in itertools.islice(samples, 3):
        try:
            expected = operator.op(sample.input, *sample.args, **sample.kwargs)
        except Exception:
            continue
        single, results = isinstance(expected, torch.Tensor), find_tensors(expected)
        for dtype in (None, torch.float64, torch.int64, torch.complex64):
            tried += 1
            theirs = [torch.empty(0, dtype=one.dtype if dtype is None or n else dtype) for n, one in enumerate(results)]
            mine = [polygrad.empty(0, dtype=to_polygrad(one.dtype)) for one in theirs]
            their = answer(operator.op, ([sample.input, *sample.args], sample.kwargs), theirs, single)
            given = to_polygrad([[sample.input, *sample.args], sample.kwargs])
            our = answer(ours, given, mine, single)
            if isinstance(their, Exception):
                # Some want a certain type, where polygrad casts the result as in an operation in place.
                if "can't be cast" in str(their) and not isinstance(our, Exception):
                    wrong.append(f"{str(sample)[:60]}, out of {dtype}: PyTorch refuses: {their}")
            elif isinstance(our, Exception):
                wrong.append(f"{str(sample)[:60]}, out of {dtype}: {type(our).__name__}: {our}")
            elif operator.name not in RANDOM:
                same = all(a.shape == b.shape and a.dtype == b.dtype for a, b in zip(our, their, strict=True))
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    if not same or not all(
                        np.allclose(a, b, 1e-4, 1e-5, True) for a, b in zip(our, their, strict=True)
                    ):
                        wrong.append(f"{str(sample)[:60]}, out of {dtype}: {our} is not {their}")
    assert tried and not wrong, "\n".join(line[:400] for line in wrong[:4])
