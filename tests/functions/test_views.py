"""Results share memory exactly where they do in PyTorch, on every backend, eager and compiled.

``tests/cases/view_expected.json`` has PyTorch 2.13's results; ``python -m tests.functions.test_views`` writes it anew.
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest

import polygrad
import polygrad.nn.functional
import polygrad.nn.utils.rnn
from tests.cases.views import TABLE, argument, differentiated, numbers, written

EXPECTED = Path(__file__).parents[1] / "cases" / "view_expected.json"
RECORDED = json.loads(EXPECTED.read_text()) if EXPECTED.exists() else {}
#: JAX compiles every operation of every shape: one of each kind there.
ON_JAX = [
    "c conj imag", "c mH[0]", "c view_as_real[...,0]", "view_as_complex slice", "einsum bii->bi", "positive",
    "to device", "to cpu", "to another tensor's", "to device, copy", "cpu", "to same", "contiguous", "type same", "float",
    "detach", "data", "reshape same", "expand same",
]  # fmt: skip
CASES = [
    pytest.param(backend, name, id=f"{backend}-{name}")
    for backend in polygrad.backends.available()
    for name in TABLE
    if name in ON_JAX or backend in ("numpy", "strict")
]


def compare(found, expected):
    assert len(found) == len(expected)
    for (shape, values), (expected_shape, expected_values) in zip(found, expected, strict=True):
        assert shape == expected_shape
        assert values == pytest.approx(expected_values, rel=1e-5)


@pytest.mark.parametrize(("backend", "name"), CASES)
def test_a_write_reaches_what_it_reaches_in_pytorch(backend, name):
    with polygrad.use_backend(backend):
        compare(written(polygrad, name), RECORDED[name]["written"])
        if RECORDED[name]["differentiated"] is not None:
            compare(differentiated(polygrad, name), RECORDED[name]["differentiated"])


@pytest.mark.parametrize(("backend", "name"), CASES)
def test_compiled_as_eager(backend, name):
    if name in ("repeat_interleave", "unpad_sequence"):
        pytest.skip("the shape depends on values")
    with polygrad.use_backend(backend):
        compare(written(polygrad, name, polygrad.compile), written(polygrad, name))
        compare(differentiated(polygrad, name, polygrad.compile), differentiated(polygrad, name))


def recorded_by(torch):
    made = {}
    for name in TABLE:
        try:
            derivatives = differentiated(torch, name)
        except RuntimeError:  # what PyTorch cannot write to in its graph
            derivatives = None
        made[name] = {"written": written(torch, name), "differentiated": derivatives}
    return made


@pytest.mark.parity
@pytest.mark.filterwarnings("ignore")
def test_the_recording_is_what_the_installed_pytorch_gives():
    assert recorded_by(pytest.importorskip("torch")) == RECORDED


def test_conjugate_views():
    z = argument(polygrad, "c22")
    assert z.conj().is_conj() and z.mH.is_conj() and z.conj()[0].is_conj() and z.conj().detach().is_conj()
    assert not z.is_conj() and not z.conj().conj().is_conj() and not z.conj().real.is_conj()
    assert not argument(polygrad, "r3").conj().is_conj()
    for function in (polygrad.resolve_conj, polygrad.resolve_neg):
        assert function(z) is z
    copy = z.conj().resolve_conj()
    copy.zero_()
    assert numbers(z) == numbers(argument(polygrad, "c22")) and not copy.is_conj()
    assert z.conj().resolve_neg().is_conj() and z.conj().imag.resolve_neg()._base is None
    assert z.conj().conj().resolve_conj().mul_(0) is not z and z.abs().sum().item() == 0


def test_positive_is_the_tensor_itself():
    x = argument(polygrad, "r3")
    assert +x is x and x.positive() is x and polygrad.positive(x) is x
    with pytest.raises(RuntimeError, match="boolean"):
        +polygrad.tensor([True])


def test_pairs_are_of_length_two_and_real():
    with pytest.raises(RuntimeError, match="pairs in the last dimension"):
        polygrad.view_as_complex(argument(polygrad, "r23"))
    with pytest.raises(RuntimeError, match="floating-point tensor, not int64"):
        polygrad.view_as_complex(polygrad.tensor([[1, 2]]))
    with pytest.raises(RuntimeError, match="must be complex"):
        polygrad.view_as_real(argument(polygrad, "r23"))


def test_strides_of_complex_views():
    z = argument(polygrad, "c22")
    assert polygrad.view_as_real(z).stride() == (4, 2, 1) and polygrad.view_as_real(z.T).stride() == (2, 4, 1)
    assert polygrad.view_as_complex(polygrad.view_as_real(z)).stride() == (2, 1)
    assert z.mH.stride() == (1, 2) and polygrad.einsum("ii->i", z).stride() == (3,)


if __name__ == "__main__":
    import torch

    warnings.simplefilter("ignore")
    EXPECTED.write_text(
        "{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in recorded_by(torch).items()) + "\n}\n"
    )
