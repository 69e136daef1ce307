"""The CuPy backend.

Without a GPU: the plugin loads and says what is missing, what it calls is there in the real CuPy with the signature
that it expects, and its kernels compute the right numbers with NumPy in CuPy's place.  With a GPU: everything.
"""

import inspect
import math
import subprocess
import sys
from types import SimpleNamespace

import numpy
import pytest

import polygrad
from polygrad.backends import BackendError, available, describe, errors, get_backend
from polygrad.backends.namespace import STANDARD

cupy = pytest.importorskip("cupy", reason="CuPy is not installed")
cupyx = pytest.importorskip("cupyx.scipy.special", reason="CuPy is not installed") and sys.modules["cupyx"]

from polygrad_cupy import _backend, _kernels, _overwriting  # noqa: E402


def why_no_gpu():
    try:
        return None if cupy.cuda.runtime.getDeviceCount() else "CuPy finds no GPU here"
    except cupy.cuda.runtime.CUDARuntimeError as error:
        return f"CuPy can use no GPU here: {error}"


WHY_NO_GPU = why_no_gpu()
needs_gpu = pytest.mark.skipif(WHY_NO_GPU is not None, reason=str(WHY_NO_GPU))
needs_no_gpu = pytest.mark.skipif(WHY_NO_GPU is None, reason="there is a GPU here")


# -- the real CuPy, without computing ----------------------------------------------------------------------------------


def test_plugin_does_not_import_its_library():
    subprocess.run([sys.executable, "-c", "import sys, polygrad_cupy; assert 'cupy' not in sys.modules"], check=True)


@needs_no_gpu
def test_without_a_gpu_the_error_says_so_and_others_work():
    with pytest.raises(BackendError, match=r"backend 'cupy' needs a GPU that CuPy .* can use, and there is none here"):
        get_backend("cupy")
    assert "cupy" not in available()
    assert "numpy" in available()
    assert "nvidia-smi" in str(errors()["cupy"])
    assert {info.name: info.state for info in describe()}["cupy"] == "unavailable"


def test_no_device_at_all_is_told_too(monkeypatch):
    monkeypatch.setattr(_backend.cupy.cuda.runtime, "getDeviceCount", lambda: 0)
    with pytest.raises(BackendError, match="none here \\(it finds no device\\)"):
        _backend.device_count()


def test_the_namespace_has_the_whole_standard():
    library = _backend.library
    homes = (library, library.linalg, library.fft)
    assert [name for name in sorted(STANDARD) if not any(hasattr(home, name) for home in homes)] == []


@pytest.mark.parametrize(
    ("function", "parameters"),
    [
        (cupy.array, {"dtype", "blocking"}),
        (cupy.asnumpy, {"blocking"}),
        (cupy.full, {"shape", "fill_value", "dtype"}),
        (cupy.arange, {"dtype"}),
        (cupy.zeros, {"shape", "dtype"}),
        (cupy.ascontiguousarray, set()),
        (cupy.zeros_like, set()),
        (cupy.where, set()),
        (cupy.copyto, {"where"}),
        (cupy.may_share_memory, set()),
        (cupyx.scatter_add, {"a", "slices", "value"}),
        (cupyx.scatter_max, {"a", "slices", "value"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_functions_have_the_parameters_that_are_used(function, parameters):
    assert parameters <= set(inspect.signature(function).parameters)


def test_other_names_that_are_used():
    for function in (
        cupy.exp,
        cupy.maximum,
        cupy.add,
        cupy.subtract,
        cupy.multiply,
        cupy.divide,
        cupyx.scipy.special.erf,
        cupyx.scipy.special.expit,
    ):
        assert isinstance(function, cupy.ufunc)
    for name in ("astype", "base", "device", "item", "take", "view"):
        assert hasattr(cupy.ndarray, name)
    for name in ("id", "synchronize", "__enter__"):
        assert hasattr(cupy.cuda.Device, name)
    assert issubclass(cupy.cuda.runtime.CUDARuntimeError, RuntimeError)
    assert cupy.dtype is numpy.dtype


# -- kernels, on CuPy where there is a GPU and on NumPy in its place ---------------------------------------------------


def atomic(function, allowed):
    """NumPy's ``function`` as CuPy has it: for the types that atomic operations have, and for none else."""

    def scatter(a, slices, value):
        assert a.dtype == value.dtype
        assert a.dtype.name in allowed
        function(a, slices, value)

    return scatter


STAND_IN = SimpleNamespace(
    scatter_add=atomic(numpy.add.at, {"int32", "uint32", "uint64", "float16", "float32", "float64"}),
    scatter_max=atomic(numpy.maximum.at, {"int32", "uint32", "uint64", "float32", "float64"}),
    scipy=SimpleNamespace(
        special=SimpleNamespace(
            erf=numpy.vectorize(math.erf, otypes=[float]), expit=numpy.vectorize(lambda x: 1 / (1 + math.exp(-x)))
        )
    ),
)


@pytest.fixture(params=[pytest.param("cupy", marks=needs_gpu), "numpy"])
def on(request, monkeypatch):
    """Calls a kernel with NumPy arrays and gives NumPy's back, on CuPy or on NumPy in its place."""
    library = cupy
    if request.param == "numpy":
        library = numpy
        monkeypatch.setattr(_kernels, "cupy", numpy)
        monkeypatch.setattr(_overwriting, "cupy", numpy)
        monkeypatch.setattr(_kernels, "cupyx", STAND_IN)

    def call(name, *arrays, **settings):
        result = _kernels.KERNELS[name](*map(library.asarray, arrays), **settings)
        return result if library is numpy else cupy.asnumpy(result)

    return call


TYPES = [
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint64",
    "float16",
    "float32",
    "float64",
    "complex64",
    "complex128",
]


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("shape", [(0, 3), (7, 3), (7,), (7, 2, 3)], ids=str)
def test_rows_are_added(on, dtype, shape):
    generator = numpy.random.default_rng(0)
    x = (generator.integers(0, 9, size=shape) * (1 if dtype[0] == "u" else -1)).astype(dtype)
    if dtype.startswith("complex"):
        x = (x * (1 + 2j)).astype(dtype)
    indices = generator.integers(0, 5, size=shape[0])
    expected = numpy.zeros((5, *shape[1:]), dtype)
    numpy.add.at(expected, indices, x)
    result = on("index_add", x, indices, size=5)
    assert result.dtype == dtype
    assert (result == expected).all()


@pytest.mark.parametrize("rows", [0, 1, 7])
def test_rows_are_taken_and_written(on, rows):
    generator = numpy.random.default_rng(0)
    x, value = generator.normal(size=(5, 3)), generator.normal(size=(rows, 3))
    indices = generator.integers(0, 5, size=rows)
    written, last = x.copy(), numpy.zeros_like(value)
    for row, index in enumerate(indices):
        written[index] = value[row]
        if index not in indices[row + 1 :]:
            last[row] = value[row]
    assert (on("take_rows", x, indices) == x[indices]).all()
    assert (on("put_rows", x, value, indices) == written).all()
    assert (on("last_rows", value, indices, size=5) == last).all()


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_functions_keep_their_type(on, dtype):
    x = numpy.linspace(-3, 3, 13).astype(dtype)
    tolerance = {"float16": 2e-3, "float32": 1e-6, "float64": 1e-14}[dtype]
    for name, reference in (("erf", math.erf), ("sigmoid", lambda x: 1 / (1 + math.exp(-x)))):
        result = on(name, x)
        assert result.dtype == dtype
        assert result == pytest.approx([reference(float(v)) for v in x], abs=tolerance)


def test_sigmoid_of_complex_numbers(on):
    x = numpy.asarray([0.5 + 1j, -2j])
    assert on("sigmoid", x) == pytest.approx(1 / (1 + numpy.exp(-x)))


def test_empty_tables(on):
    nothing = numpy.zeros((0, 3))
    assert on("put_rows", nothing, nothing, numpy.zeros(0, int)).shape == (0, 3)
    assert on("last_rows", nothing, numpy.zeros(0, int), size=4).shape == (0, 3)


@pytest.fixture
def overwrite(on, request):
    """Calls a kernel that overwrites: gives whether it did, and the array as it then is."""
    library = numpy if _overwriting.cupy is numpy else cupy

    def call(name, array, *operands, **settings):
        array = library.asarray(array)
        operands = [library.asarray(x) if isinstance(x, numpy.ndarray) else x for x in operands]
        done = _overwriting.OVERWRITING[name](array, *operands, **settings)
        return done, array if library is numpy else cupy.asnumpy(array)

    return call


@pytest.mark.parametrize("name", ["add", "subtract", "multiply", "divide"])
def test_arithmetic_overwrites(overwrite, name):
    x, row = numpy.asarray([[4.0, 9.0], [1.0, 2.0]]), numpy.asarray([2.0, 4.0])
    for operand in (row, 3.0, 2, numpy.asarray(5.0)):
        expected = getattr(numpy, name)(x, operand)
        assert overwrite(f"{name}_", x.copy(), operand)[0]
        assert (overwrite(f"{name}_", x.copy(), operand)[1] == expected).all()


@pytest.mark.parametrize(
    ("dtype", "operand"),
    [
        ("int64", 1.5),  # would become another type
        ("float32", numpy.ones(2)),
        ("float64", 1j),
        ("float64", numpy.ones((3, 2, 2))),  # would become larger
        ("bool", numpy.asarray(True)),
    ],
)
def test_what_would_change_the_array_is_left_alone(overwrite, dtype, operand):
    done, array = overwrite("add_", numpy.ones((2, 2), dtype), operand)
    assert not done
    assert (array == 1).all()


def test_integers_are_not_divided_in_place(overwrite):
    assert not overwrite("divide_", numpy.ones(2, int), 2)[0]


def test_parts_are_overwritten(overwrite):
    x = numpy.arange(6.0).reshape(2, 3)
    done, array = overwrite("slice_put_", x.copy(), numpy.asarray([7.0, 8.0]), key=(slice(None), 1))
    assert done
    assert array.tolist() == [[0, 7, 2], [3, 8, 5]]
    assert not overwrite("slice_put_", x.copy(), numpy.ones(4), key=(0,))[0]
    assert not overwrite("slice_put_", x.copy(), numpy.ones(3, "float32"), key=(0,))[0]
    done, array = overwrite("masked_put_", x.copy(), x > 2, numpy.asarray(-1.0))
    assert done
    assert array.tolist() == [[0, 1, 2], [-1, -1, -1]]
    assert not overwrite("masked_put_", x.copy(), numpy.ones((5, 2, 3), bool), numpy.asarray(-1.0))[0]


def test_computations_run_on_the_device_of_their_first_array():
    entered = []

    class Device:
        def __enter__(self):
            entered.append(self)

        def __exit__(self, *exc_info):
            pass

    array = SimpleNamespace(device=Device())
    run = _backend.on_its_device(lambda first, *rest, axis=0: (first, rest, axis))
    assert run(array, 3, axis=1) == (array, (3,), 1)
    assert run([None, array], 3) == ([None, array], (3,), 0)
    assert entered == [array.device] * 2


# -- on a GPU ----------------------------------------------------------------------------------------------------------


@needs_gpu
@pytest.mark.parametrize("name", ["bool", *TYPES])
def test_data_types_and_round_trip(name):
    backend = get_backend("cupy")
    array = backend.asarray(numpy.asarray([0, 1], dtype=name))
    assert backend.from_dtype(array.dtype) is getattr(polygrad, name)
    back = backend.to_numpy(array)
    assert back.dtype == name
    assert back.tolist() == [0, 1]


@needs_gpu
def test_devices_by_name():
    backend = get_backend("cupy")
    for device in backend.devices():
        assert backend.parse_device(backend.device_name(device)) == device == backend.parse_device(device)
    assert backend.parse_device("cuda") == backend.devices()[0]
    with pytest.raises(ValueError, match="backend 'cupy' has no device 'cuda:99'; it has 'cuda:0'"):
        backend.parse_device("cuda:99")
    assert backend.device(backend.asarray(numpy.ones(2), device=backend.devices()[-1])) == backend.devices()[-1]


@needs_gpu
def test_owns_its_arrays_only():
    backend = get_backend("cupy")
    assert backend.owns(cupy.ndarray)
    assert not backend.owns(numpy.ndarray)


@needs_gpu
def test_numpy_arrays_are_copied():
    backend = get_backend("cupy")
    ours = numpy.ones(1_000_000)
    array = backend.asarray(ours, copy=True)
    ours[:] = 7
    assert float(array.max()) == 1
    with pytest.raises(ValueError, match="leave out copy=False"):
        backend.asarray(ours, copy=False)


@needs_gpu
def test_a_network_learns():
    with polygrad.use_backend("cupy"):
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
    assert isinstance(first.array, cupy.ndarray)
    assert losses[-1] < 0.5 * losses[0]
