"""The strict backend: what it promises, and that a training loop runs on nothing but the standard."""

import subprocess
import sys

import numpy
import pytest

import polygrad
from polygrad.backends import get_backend

array_api_strict = pytest.importorskip("array_api_strict")


@pytest.fixture
def backend():
    return get_backend("strict")


def test_plugin_does_not_import_its_library():
    code = "import sys, polygrad_strict; assert 'array_api_strict' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_arrays_are_on_the_second_device(backend):
    array = backend.asarray(numpy.ones(3))
    assert backend.device_name(backend.device(array)) == "device1"
    with pytest.raises(RuntimeError, match="Can't convert array"):
        numpy.asarray(array)
    assert backend.to_numpy(array).tolist() == [1.0, 1.0, 1.0]


def test_devices_by_name(backend):
    for device in backend.devices():
        assert backend.parse_device(backend.device_name(device)) == device
    with pytest.raises(ValueError, match="backend 'strict' has no device 'cuda:0'; it has 'device1', 'cpu'"):
        backend.parse_device("cuda:0")


def test_owns_its_arrays_only(backend):
    assert backend.owns(type(array_api_strict.ones(1)))
    assert not backend.owns(type(array_api_strict.float32))
    assert not backend.owns(numpy.ndarray)


@pytest.mark.parametrize("name", ["bool", "int8", "int64", "uint64", "float32", "float64", "complex64", "complex128"])
def test_data_types_and_round_trip(backend, name):
    dtype = getattr(polygrad, name)
    array = backend.asarray(numpy.asarray([0, 1], dtype=name))
    assert backend.from_dtype(array.dtype) is dtype
    assert array.dtype == backend.to_dtype(dtype)
    back = backend.to_numpy(array)
    assert back.dtype == name
    assert back.tolist() == [0, 1]


def test_no_half_precision(backend):
    with pytest.raises(TypeError, match="backend 'strict' has no float16"):
        backend.to_dtype(polygrad.float16)


def test_a_network_learns():
    with polygrad.use_backend("strict"):
        x = polygrad.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
        target = polygrad.tensor([[0.0], [1.0], [1.0], [0.0]])
        first = polygrad.tensor([[0.5, -0.4, 0.9, 0.3], [-0.7, 0.6, 0.8, -0.2]], requires_grad=True)
        second = polygrad.tensor([[0.6], [0.7], [-0.8], [0.1]], requires_grad=True)
        losses = []
        for _ in range(60):
            loss = ((polygrad.tanh(x @ first) @ second - target) ** 2).mean()
            loss.backward()
            with polygrad.no_grad():
                for weight in (first, second):
                    weight -= 0.5 * weight.grad
                    weight.grad = None
            losses.append(loss.item())
    assert first.backend.name == "strict"
    assert losses[-1] < 0.5 * losses[0]
