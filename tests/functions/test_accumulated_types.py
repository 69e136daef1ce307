"""Data types of sums, products, means and the like: ``dtype``, or PyTorch's choice without it."""

from __future__ import annotations

import numpy as np
import pytest

import polygrad
from polygrad.nn.utils import rnn

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
pytestmark = [pytest.mark.parity, pytest.mark.filterwarnings("ignore")]

NAMES = "bool int8 int16 int32 int64 uint8 float16 float32 float64 complex64".split()
FUNCTIONS = {
    "sum": lambda m, x, **o: m.sum(x, **o),
    "sum along": lambda m, x, **o: x.sum(1, **o),
    "sum kept": lambda m, x, **o: x.sum((0, 1), True, **o),
    "prod": lambda m, x, **o: m.prod(x, **o),
    "prod along": lambda m, x, **o: x.prod(0, **o),
    "cumsum": lambda m, x, **o: m.cumsum(x, 1, **o),
    "cumprod": lambda m, x, **o: x.cumprod(0, **o),
    "nansum": lambda m, x, **o: m.nansum(x, **o),
    "cumsum of a number": lambda m, x, **o: x[0, 0].cumsum(0, **o),
    "cumprod of a number": lambda m, x, **o: x[0, 0].cumprod(0, **o),
    "mean": lambda m, x, **o: m.mean(x, **o),
    "mean along": lambda m, x, **o: x.mean(1, **o),
}
VALUES = [[100, 2, 0], [1, 117, 3]]


def _made(library, name):
    return library.tensor(VALUES).to(getattr(library, name))


@pytest.mark.parametrize("dtype", [None, *NAMES])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_types_and_values_are_PyTorchs(function, dtype, backend):
    call, refused = FUNCTIONS[function], 0
    for name in NAMES:
        if backend == "strict" and "float16" in (name, dtype):
            continue
        options = [{} if dtype is None else {"dtype": getattr(library, dtype)} for library in (torch, polygrad)]
        try:
            expected = call(torch, _made(torch, name), **options[0])
        except (RuntimeError, NotImplementedError):
            refused += 1
            continue
        if name == "complex64" and dtype not in (None, "complex64"):
            continue  # the imaginary part would be lost: polygrad raises
        found = call(polygrad, _made(polygrad, name), **options[1])
        assert found.dtype.name == str(expected.dtype).removeprefix("torch."), (name, found.dtype)
        np.testing.assert_allclose(np.asarray(found.tolist()), np.asarray(expected.tolist()), rtol=1e-3, err_msg=name)
    assert refused < len(NAMES) or dtype in ("bool", "int8", "int16", "int32", "int64", "uint8")


@pytest.mark.parametrize("name", NAMES)
def test_packed_sequences_keep_their_type(name, backend):
    if backend == "strict" and name == "float16":
        pytest.skip("the strict library has no such type")
    dtype = getattr(polygrad, name)
    large = {"int32": 2**31 - 1, "int64": 2**62 + 1}.get(name, 1)
    sequences = [polygrad.tensor([large, 0, 1]).to(dtype), polygrad.tensor([1, 1]).to(dtype)]
    packed = rnn.pack_sequence(sequences)
    padded, _ = rnn.pad_packed_sequence(packed, padding_value=1, total_length=4)
    assert packed.data.dtype is padded.dtype is rnn.pad_sequence(sequences).dtype is dtype
    unpacked = rnn.unpack_sequence(packed)
    assert [x.dtype for x in unpacked] == [dtype, dtype]
    assert [x.tolist() for x in unpacked] == [x.tolist() for x in sequences]
    assert padded.tolist()[3] == [1, 1]
