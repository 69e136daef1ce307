"""What PyTorch's test files import from its test library: the base class, its decorators, and a few helpers.

Only what has a meaning here is written: a decorator that is about other devices or builds is a placeholder that changes nothing.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import inspect
import io
import itertools
import random
import sys
import tempfile
import types
import unittest
import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import op_infos
from op_infos import (  # noqa: F401  # the files import them
    ErrorInput,
    OpDTypes,
    ReductionPythonRefInfo,
    SampleInput,
    ops,
    opsToleranceOverride,
    skipOps,
)
from reference_losses import loss_reference_fns  # noqa: F401  # the files import it

import polygrad as pg
from polygrad import _pytree as pytree

TEST_NUMPY = True
TEST_SCIPY = importlib.util.find_spec("scipy") is not None
TEST_PRIVATEUSE1 = TEST_CUDA = TEST_CUDNN = TEST_WITH_ROCM = IS_WINDOWS = IS_MACOS = IS_FBCODE = False
IS_FILESYSTEM_UTF8_ENCODING = True
GRADCHECK_NONDET_TOL = 0.0
cpu = pg  # the module of the device that the files are adapted to
load_tests = None
#: What modules of polygrad lack, and tests use as tools.
PROVIDED = (
    "make_tensor", "_debug_only_are_vmap_fallback_warnings_enabled", "_debug_only_display_vmap_fallback_warnings",
)  # fmt: skip

# -- types ---------------------------------------------------------------------------------------------------------------

_FLOATS, _COMPLEX = (pg.float32, pg.float64), (pg.complex64, pg.complex128)
_INTEGERS = (pg.uint8, pg.int8, pg.int16, pg.int32, pg.int64)


def _group(*members: Any) -> tuple[Callable[..., tuple[Any, ...]], Callable[..., tuple[Any, ...]]]:
    return (lambda: members), (lambda *more: members + more)


floating_types, floating_types_and = _group(*_FLOATS)
integral_types, integral_types_and = _group(*_INTEGERS)
complex_types, _ = _group(*_COMPLEX)
floating_and_complex_types, floating_and_complex_types_and = _group(*_FLOATS, *_COMPLEX)
all_types, all_types_and = _group(*_FLOATS, *_INTEGERS)
all_types_and_complex, all_types_and_complex_and = _group(*_FLOATS, *_INTEGERS, *_COMPLEX)
get_all_int_dtypes, get_all_fp_dtypes = integral_types, (lambda: floating_types_and(pg.float16))
float_to_corresponding_complex_type_map = {pg.float32: pg.complex64, pg.float64: pg.complex128}


def get_all_math_dtypes(_device: str) -> tuple[Any, ...]:
    return (*_INTEGERS, *_FLOATS, *_COMPLEX)


def get_all_dtypes(include_half: bool = True, include_bfloat16: bool = True, include_bool: bool = True,
                   include_complex: bool = True, **_: Any) -> list[Any]:  # fmt: skip
    return [
        *_INTEGERS,
        *_FLOATS,
        *((pg.float16,) * include_half),
        *((pg.bool,) * include_bool),
        *(_COMPLEX * include_complex),
    ]


numpy_to_torch_dtype_dict = {
    np.dtype(name).type: getattr(pg, name)
    for name in "bool uint8 int8 int16 int32 int64 float16 float32 float64 complex64 complex128".split()
}
#: Absolute tolerances by type, of old tests.
dtype2prec_DONTUSE = {pg.float32: 1e-5, pg.float64: 1e-5, pg.float16: 1e-2, pg.complex64: 1e-5, pg.complex128: 1e-5}
torch_to_numpy_dtype_dict = {ours: theirs for theirs, ours in numpy_to_torch_dtype_dict.items()}

# -- comparison ----------------------------------------------------------------------------------------------------------

#: PyTorch's tolerances: relative, absolute.
_TOLERANCES = {
    "float16": (1e-3, 1e-5), "bfloat16": (1.6e-2, 1e-5), "float32": (1.3e-6, 1e-5), "complex64": (1.3e-6, 1e-5),
    "float64": (1e-7, 1e-7), "complex128": (1e-7, 1e-7),
}  # fmt: skip


def _name(dtype: Any) -> str:
    return str(dtype).rpartition(".")[2]


def _array(value: Any) -> Any:
    if isinstance(value, pg.Tensor):
        value = value.detach()
        if _name(value.dtype) == "bfloat16":
            value = value.to(pg.float32)
        return np.array(value.backend.to_numpy(value.array))
    return np.asarray(value)


def _tolerances(*values: Any) -> tuple[float, float]:
    found = [_TOLERANCES.get(_name(v.dtype), (0.0, 0.0)) for v in values if hasattr(v, "dtype")]
    found += [_TOLERANCES["float64"] for v in values if isinstance(v, (float, complex)) and not hasattr(v, "dtype")]
    return (max(r for r, _ in found), max(a for _, a in found)) if found else (0.0, 0.0)


class TestCase(unittest.TestCase):
    """The base class of PyTorch's tests; error types are compared, and not error texts, which are polygrad's own."""

    precision: float = 0.0
    rel_tol: float = 0.0
    device_type = "cpu"
    maxDiff = None

    def run(self, result: Any = None) -> Any:
        random.seed(1234)
        np.random.seed(1234)
        pg.manual_seed(1234)
        default = pg.get_default_dtype()
        try:
            with warnings.catch_warnings(), pg.enable_grad():
                warnings.simplefilter("always")
                return super().run(result)
        finally:
            pg.set_default_dtype(default)

    @classmethod
    def get_primary_device(cls) -> str:
        return "cpu"

    def has_cudnn(self) -> bool:
        return False

    def get_all_devices(self) -> list[str]:
        return ["cpu"]

    def check_nondeterministic_alert(self, function: Any, *_: Any, **__: Any) -> None:
        """Nothing is refused in deterministic mode: all operations are deterministic."""
        function()

    def genSparseTensor(self, *arguments: Any, **options: Any) -> Any:
        return pg.sparse_coo_tensor(*arguments, **options)

    def assertExpected(self, text: str, subname: str) -> None:
        cls, _, method = self.id().removeprefix(f"{type(self).__module__}.").partition(".")
        folder = Path(inspect.getfile(sys.modules[type(self).__module__])).parent / "expect"
        self.assertEqual(text.strip(), (folder / f"{cls}.{method}-{subname}.expect").read_text().strip())

    def assertEqual(self, first: Any, second: Any, msg: Any = None, *, atol: Any = None, rtol: Any = None,
                    equal_nan: bool = True, exact_dtype: bool = True, exact_device: bool = False, exact_layout: bool = False,
                    exact_stride: bool = False, exact_is_coalesced: bool = False) -> None:  # fmt: skip
        options = {"atol": atol, "rtol": rtol, "equal_nan": equal_nan, "exact_dtype": exact_dtype}
        if type(first) in (int, float) and type(second) in (int, float) and first == second:
            return
        arrays = (pg.Tensor, np.ndarray, np.generic)
        sequences = (Sequence, pg.nn.Sequential, pg.nn.ModuleList, pg.nn.ParameterList)
        mappings = (Mapping, pg.nn.ModuleDict, pg.nn.ParameterDict)
        if callable(msg):
            msg = msg("")
        if isinstance(first, pg.Size) or isinstance(second, pg.Size):
            self.assertSequenceEqual(tuple(first), tuple(second), msg)
        elif isinstance(first, arrays) or isinstance(second, arrays):
            self._assert_arrays_equal(first, second, msg, **options)
        elif isinstance(first, (bool, int, float, complex)) and isinstance(second, (bool, int, float, complex)):
            self._assert_arrays_equal(first, second, msg, **{**options, "exact_dtype": False})
        elif isinstance(first, (str, bytes)) or isinstance(second, (str, bytes)):
            super().assertEqual(first, second, msg)
        elif isinstance(first, mappings) and isinstance(second, mappings):
            ordered = isinstance(first, OrderedDict) and isinstance(second, OrderedDict)
            super().assertEqual(*((list if ordered else set)(mapping.keys()) for mapping in (first, second)), msg)
            for key in first:
                self.assertEqual(first[key], second[key], msg, **options)
        elif isinstance(first, sequences) and isinstance(second, sequences) and not isinstance(first, range):
            super().assertEqual(len(first), len(second), msg)
            for a, b in zip(first, second, strict=True):
                self.assertEqual(a, b, msg, **options)
        else:
            super().assertEqual(first, second, msg)

    def _assert_arrays_equal(self, first: Any, second: Any, msg: Any, *, atol: Any, rtol: Any, equal_nan: bool,
                             exact_dtype: bool) -> None:  # fmt: skip
        both = isinstance(first, pg.Tensor) and isinstance(second, pg.Tensor)
        if both and exact_dtype and first.dtype != second.dtype:
            self.fail(f"the types differ: {first.dtype} and {second.dtype}" + (f" : {msg}" if msg else ""))
        relative, absolute = _tolerances(first, second)
        relative = max(self.rel_tol, relative) if rtol is None else rtol
        absolute = max(self.precision, absolute) if atol is None else atol
        a, b = _array(first), _array(second)
        if a.shape != b.shape and (both or not (a.ndim == 0 or b.ndim == 0)):
            self.fail(f"the shapes differ: {a.shape} and {b.shape}" + (f" : {msg}" if msg else ""))
        if a.size == 1 and b.size == 1:
            a, b = a.reshape(()), b.reshape(())
        if a.shape == b.shape and np.all(a == b):
            return  # what tolerances would find, much sooner
        if not (a.dtype.kind in "biufc" and b.dtype.kind in "biufc"):
            same = a == b
        elif a.dtype.kind in "biu" and b.dtype.kind in "biu":
            same = (
                a == b
                if not (absolute or relative)
                else abs(a.astype(object) - b) <= absolute + relative * abs(b.astype(object))
            )
        else:
            with np.errstate(all="ignore"):
                same = np.isclose(a, b, rtol=relative, atol=absolute, equal_nan=equal_nan)
        if not np.all(same):
            self.fail(f"not equal: {str(first)[:300]} and {str(second)[:300]}" + (f" : {msg}" if msg else ""))

    def assertNotEqual(self, first: Any, second: Any, msg: Any = None, **options: Any) -> None:
        with self.assertRaises(AssertionError, msg=msg):
            self.assertEqual(first, second, msg, **options)

    def assertEqualIgnoreType(self, *values: Any, **options: Any) -> None:
        self.assertEqual(*values, exact_dtype=False, **options)

    def assertEqualBroadcasting(self, first: Any, second: Any, *arguments: Any, **options: Any) -> None:
        self.assertEqual(first, pg.as_tensor(second, dtype=first.dtype).expand(first.shape), *arguments, **options)

    def assertEqualTypeString(self, first: Any, second: Any) -> None:
        self.assertEqual((first.device, first.dtype), (second.device, second.dtype))

    def assertRaisesRegex(self, expected: Any, _text: Any, *arguments: Any, **options: Any) -> Any:
        return self.assertRaises(expected, *arguments, **options)

    def assertWarnsRegex(self, expected: Any, _text: Any, *arguments: Any, **options: Any) -> Any:
        return self.assertWarns(expected, *arguments, **options)

    def assertRtolEqual(self, first: Any, second: Any, precision: float = 1e-4, *_: Any, **__: Any) -> None:
        self.assertEqual(first, second, atol=precision, rtol=precision, exact_dtype=False)

    def assertExpectedInline(self, text: str, expected: str, *_: Any) -> None:
        self.assertEqual(text, expected.replace("torch.", "polygrad."))

    def assertObjectIn(self, value: Any, values: Any) -> None:
        self.assertTrue(any(value is other for other in values))

    @contextlib.contextmanager
    def assertWarnsOnceRegex(self, category: Any, _text: Any = "") -> Iterator[None]:
        with self.assertWarns(category):
            yield

    def assertNotWarn(self, function: Any, msg: str = "") -> None:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            function()
        self.assertTrue(not caught, msg)

    def compare_with_numpy(self, ours: Any, theirs: Any, value: Any, device: Any = None, dtype: Any = None,
                           **options: Any) -> None:  # fmt: skip
        value = value if isinstance(value, pg.Tensor) else pg.tensor(value, dtype=dtype)
        self.assertEqual(ours(value), theirs(_array(value)), **{"exact_dtype": False, **options})


def run_tests(*_: Any, **__: Any) -> None:
    """Nothing: who loads the file runs its tests."""


# -- decorators ----------------------------------------------------------------------------------------------------------


def _skip(reason: str) -> Callable[..., Any]:
    """A decorator with or without arguments that skips."""

    def decorator(*arguments: Any, **_: Any) -> Any:
        if len(arguments) == 1 and isinstance(arguments[0], (types.FunctionType, type)):
            return unittest.skip(reason)(arguments[0])
        return unittest.skip(reason)

    return decorator


slowTest = _skip("slow")
onlyCUDA = onlyMPS = onlyPRIVATEUSE1 = onlyXPU = onlyAccelerator = SupportedDevices = _skip("about another device")
skipIfUnsupportMultiNPU = _skip("about another device")
skipIfNoSciPy = (lambda f: f) if TEST_SCIPY else _skip("needs SciPy")


def largeTensorTest(*_: Any, **__: Any) -> Any:
    return unittest.skip("needs much memory")


def slowTestIf(condition: Any) -> Any:
    return slowTest if condition else (lambda f: f)


def deviceCountAtLeast(count: int) -> Callable[[Any], Any]:
    def decorate(function: Any) -> Any:
        function.peer_axes = [*getattr(function, "peer_axes", []), (["devices"], [(["cpu"],)])]
        return function if count == 1 else unittest.skip("needs several devices")(function)

    return decorate


class subtest:
    """One value of a `parametrize`."""

    def __init__(self, arg_values: Any, name: str | None = None, decorators: Any = ()) -> None:
        self.values = arg_values


def parametrize(arg_str: str, arg_values: Any, name_fn: Any = None) -> Callable[[Any], Any]:
    """A test per value, or per tuple of values where the names are several."""
    split = [name.strip() for name in arg_str.split(",")]
    plain = [value.values if isinstance(value, subtest) else value for value in arg_values]
    rows = [tuple(value) if len(split) > 1 else (value,) for value in plain]

    def decorate(function: Any) -> Any:
        function.peer_axes = [*getattr(function, "peer_axes", []), (split, rows)]
        return function

    return decorate


class dtypes:
    """A test per type, or per tuple of types."""

    def __init__(self, *members: Any, device_type: str = "all") -> None:
        self.types, self.device_type = members, device_type

    def __call__(self, function: Any) -> Any:
        if self.device_type == "cpu" or not hasattr(function, "peer_types"):
            function.peer_types = list(self.types)
        return function


class dtypesIfCPU(dtypes):
    """Types for the CPU, which take the place of those of `dtypes`."""

    def __init__(self, *members: Any) -> None:
        super().__init__(*members, device_type="cpu")


class precisionOverride:
    """Absolute tolerances by type."""

    def __init__(self, precisions: dict[Any, float]) -> None:
        self.precisions = precisions

    def __call__(self, function: Any) -> Any:
        function.peer_precisions = self.precisions
        return function


class _Tolerance:
    def __init__(self, atol: float, rtol: float) -> None:
        self.atol, self.rtol = atol, rtol


tol = _Tolerance


class toleranceOverride(precisionOverride):
    """Absolute and relative tolerances by type."""


def _variant(function: Any, values: dict[str, Any], tolerances: Any = None) -> Any:
    """The test with arguments given."""

    @functools.wraps(function)
    def test(self: Any) -> Any:
        precision = getattr(function, "peer_precisions", {}).get(values.get("dtype"))
        if tolerances is not None:
            self.precision, self.rel_tol = tolerances
        if isinstance(precision, _Tolerance):
            self.precision, self.rel_tol = precision.atol, precision.rtol
        elif precision is not None:
            self.precision = precision
        return function(self, **values)

    del test.__wrapped__  # its parameters are given
    test.peer_values = values
    return test


def _variants(cls: type) -> dict[str, Any]:
    """The tests of a class, one for each combination of parameters; what they come from is masked by None."""
    found: dict[str, Any] = {}
    for name in [n for n in dir(cls) if n.startswith("test")]:
        function = getattr(cls, name)
        if not callable(function) or hasattr(function, "peer_values"):
            continue
        parameters = inspect.signature(function).parameters
        axes = list(getattr(function, "peer_axes", []))
        if hasattr(function, "peer_types") and ("dtype" in parameters or "dtypes" in parameters):
            argument = "dtype" if "dtype" in parameters else "dtypes"
            axes.append(([argument], [(value,) for value in function.peer_types]))
        if "device" in parameters:
            axes.append((["device"], [("cpu",)]))
        found |= _of_operations(cls, name, function, axes)
        if not axes or hasattr(function, "peer_ops"):
            continue
        found[name] = None
        for number, row in enumerate(itertools.product(*(rows for _, rows in axes))):
            values = {
                n: v for (names, _), given in zip(axes, row, strict=True) for n, v in zip(names, given, strict=True)
            }
            dtype = values.get("dtype")
            found[f"{name}_{number}" + (f"_{_name(dtype)}" if isinstance(dtype, pg.DType) else "")] = _variant(
                function, values
            )
    return found


def _of_operations(cls: type, name: str, function: Any, axes: list[Any]) -> dict[str, Any]:
    """The tests of a function that takes an OpInfo, one for each operation and type; what they come from is masked by None."""
    found: dict[str, Any] = {name: None} if hasattr(function, "peer_ops") else {}
    parameters = inspect.signature(function).parameters
    for op, dtype in getattr(function, "peer_ops", ()):
        skipped, tolerances = op.decorated(function, cls.__name__, name, dtype)
        label = "_".join(part for part in (name, op.full_name.replace(".", "_"), _name(dtype) if dtype else "") if part)
        for number, row in enumerate(itertools.product(*(rows for _, rows in axes))):
            values = {
                n: v for (names, _), given in zip(axes, row, strict=True) for n, v in zip(names, given, strict=True)
            }
            values |= {"op": op} | ({"dtype": dtype} if "dtype" in parameters else {})
            test = _variant(function, values, tolerances)
            found[f"{label}_{number}"] = unittest.skip("not for this operation in PyTorch")(test) if skipped else test
    return found


def instantiate_device_type_tests(cls: type, scope: dict[str, Any], **_: Any) -> None:
    """Put the tests of ``cls`` for the CPU into ``scope``."""
    scope.pop(cls.__name__, None)
    name = f"{cls.__name__}CPU"
    scope[name] = type(name, (cls,), {**_variants(cls), "__module__": cls.__module__})


def instantiate_parametrized_tests(cls: type) -> type:
    """Give ``cls`` a test for each combination of parameters."""
    for name, test in _variants(cls).items():
        setattr(cls, name, test)
    return cls


# -- functorch ------------------------------------------------------------------------------------------------------------

tree_flatten = pytree.flatten


def tree_map(function: Any, tree: Any) -> Any:
    leaves, structure = pytree.flatten(tree)
    return pytree.unflatten(structure, map(function, leaves))


def tree_unflatten(leaves: Any, structure: Any) -> Any:
    return pytree.unflatten(structure, leaves)


def _debug_only_are_vmap_fallback_warnings_enabled() -> bool:
    return True


def _debug_only_display_vmap_fallback_warnings(_: bool) -> None:
    """Nothing: the warning comes once for each operation."""


def expectedFailureIf(condition: Any) -> Any:
    return unittest.expectedFailure if condition else (lambda f: f)


# -- helpers -------------------------------------------------------------------------------------------------------------


def make_tensor(*shape: Any, dtype: Any, device: Any = None, low: Any = None, high: Any = None, requires_grad: bool = False,
                noncontiguous: bool = False, exclude_zero: bool = False, memory_format: Any = None) -> pg.Tensor:  # fmt: skip
    """Random numbers between ``low`` and ``high``."""
    if len(shape) == 1 and not isinstance(shape[0], int):
        shape = tuple(shape[0])
    kind = np.dtype(torch_to_numpy_dtype_dict.get(dtype, np.float32)).kind
    if low is None:
        low = 0 if kind in "bu" else -9
    if high is None:
        high = {"b": 2, "u": 10, "i": 10}.get(kind, 9)
    drawn_shape = (*shape[:-1], 2 * shape[-1]) if noncontiguous and shape else shape
    if kind in "biu":
        drawn: Any = np.random.randint(int(np.ceil(low)), int(np.ceil(high)), drawn_shape)
    else:
        share = np.random.uniform(size=drawn_shape)
        drawn = low * (1 - share) + high * share  # ``high - low`` may be infinite
        if kind == "c":
            drawn = drawn + 1j * np.random.uniform(low, high, drawn_shape)
    if exclude_zero:
        drawn = np.where(drawn == 0, 1, drawn)
    result = pg.tensor(drawn).to(dtype)
    if noncontiguous and shape:
        result = result[..., ::2]
    return result.requires_grad_(requires_grad) if requires_grad else result


def _accepted(function: Any, options: dict[str, Any]) -> dict[str, Any]:
    """The options that ``function`` has: those of batched and fast checks choose how PyTorch checks, not what."""
    return {name: value for name, value in options.items() if name in inspect.signature(function).parameters}


def gradcheck(function: Any, inputs: Any, **options: Any) -> bool:
    return pg.autograd.gradcheck(function, inputs, **_accepted(pg.autograd.gradcheck, options))


def gradgradcheck(function: Any, inputs: Any, grad_outputs: Any = None, **options: Any) -> bool:
    return pg.autograd.gradgradcheck(function, inputs, grad_outputs, **_accepted(pg.autograd.gradgradcheck, options))


def _assertGradAndGradgradChecks(test_case: Any, function: Any, inputs: Any, **options: Any) -> None:
    test_case.assertTrue(gradcheck(function, inputs, **options))
    test_case.assertTrue(gradgradcheck(function, inputs, **options))


def viewed(tensor: pg.Tensor) -> pg.Tensor | None:
    """What ``tensor`` is a view of."""
    _, *bases = tensor._view_chain()
    return bases[-1] if bases else None


def is_iterable_of_tensors(value: Any, include_empty: bool = False) -> bool:
    if isinstance(value, pg.Tensor) or not isinstance(value, (list, tuple)):
        return False
    return all(isinstance(v, pg.Tensor) for v in value) and (include_empty or len(value) > 0)


def noncontiguous_like(value: pg.Tensor) -> pg.Tensor:
    result = pg.stack([value, value], -1)[..., 0] if value.numel() > 1 else value.clone()
    return result.detach().requires_grad_(value.requires_grad)


def iter_indices(value: Any) -> Any:
    if value.dim() == 0:
        return range(0)
    return range(value.size(0)) if value.dim() == 1 else itertools.product(*(range(n) for n in value.size()))


def mask_not_all_zeros(shape: Any) -> pg.Tensor:
    while True:
        result = pg.randn(shape).gt(0)
        if result.any():
            return result


def get_all_device_types() -> list[str]:
    return ["cpu"]


class _OtherDevice(types.ModuleType):
    """The module of the device that the files were adapted to, taken for the CPU: there is no such device."""

    def is_available(self) -> bool:
        return False

    is_bf16_supported = is_available

    def device_count(self) -> int:
        return 0

    current_device = memory_allocated = max_memory_allocated = device_count

    def synchronize(self, *_: Any) -> None:
        """Nothing: the CPU has done what it was asked for."""

    set_device = empty_cache = set_compile_mode = reset_peak_memory_stats = synchronize

    def __getattr__(self, name: str) -> Any:
        return getattr(pg, name)  # its types of tensors


cpu = _OtherDevice("cpu")


def suppress_warnings(function: Any) -> Any:
    return function


@contextlib.contextmanager
def freeze_rng_state() -> Iterator[None]:
    state, ours = np.random.get_state(), pg.get_rng_state()
    try:
        yield
    finally:
        np.random.set_state(state)
        pg.set_rng_state(ours)


@contextlib.contextmanager
def set_default_dtype(dtype: Any) -> Iterator[None]:
    before = pg.get_default_dtype()
    pg.set_default_dtype(dtype)
    try:
        yield
    finally:
        pg.set_default_dtype(before)


@contextlib.contextmanager
def set_warn_always_context(_: bool) -> Iterator[None]:
    yield


@contextlib.contextmanager
def DeterministicGuard(*_: Any, **__: Any) -> Iterator[None]:
    yield  # all operations are deterministic


def _create_scaling_case(*_: Any, **__: Any) -> Any:
    return pg.amp.GradScaler()


@contextlib.contextmanager
def disable_gc() -> Iterator[None]:
    yield


@contextlib.contextmanager
def TemporaryFileName(*arguments: Any, **options: Any) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"{folder}/file"


@contextlib.contextmanager
def TemporaryDirectoryName(*_: Any, **__: Any) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield folder


class BytesIOContext(io.BytesIO):
    """A buffer that is a context manager."""


class NNTestCase(TestCase):
    """The base class of tests of layers."""

    def _forward(self, module: Any, value: Any) -> Any:
        return module(*value) if isinstance(value, tuple) else module(value)

    def _zero_grad_parameters(self, module: Any) -> None:
        for parameter in module.parameters():
            if parameter.grad is not None:
                parameter.grad = None

    def _get_parameters(self, module: Any) -> tuple[list[Any], list[Any]]:
        parameters = list(module.parameters())
        return parameters, [p.grad if p.grad is not None else pg.zeros_like(p) for p in parameters]

    def _backward(self, module: Any, value: Any, output: Any, grad_output: Any, create_graph: bool = False) -> Any:
        output.backward(grad_output, retain_graph=True, create_graph=create_graph)
        return tuple(v.grad for v in value) if isinstance(value, tuple) else value.grad


def _create_basic_net() -> tuple[Any, Any, Any]:
    class Layer(pg.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer_dummy_param = pg.nn.Parameter(pg.empty(3, 5))
            self.layer_dummy_buf = pg.nn.Buffer(pg.zeros(1, 3, 3, 7))

    class Net(pg.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.l1 = Layer()
            self.dummy_param = pg.nn.Parameter(pg.empty(3, 5))
            self.dummy_buf = pg.nn.Buffer(pg.zeros(7, 3, 3, 1))

    layer, net = Layer(), Net()
    return layer, net, pg.nn.Sequential(net)


def _test_bfloat16_ops(test_case: Any, op: Any, device: Any, inp_dims: Any = (), prec: float = 1e-2,
                       scale_factor: Any = None) -> None:  # fmt: skip
    value = pg.randn(inp_dims, dtype=pg.bfloat16, requires_grad=True)
    test_case.assertEqual(op(value), op(value.float()), atol=prec, rtol=prec, exact_dtype=False)


def _test_module_empty_input(test_case: Any, module: Any, value: Any, check_size: bool = True,
                             inference: bool = False) -> None:  # fmt: skip
    if not inference:
        value.requires_grad_(True)
    output = module(value)
    if not inference:
        output.backward(pg.rand_like(output))
    if check_size:
        test_case.assertEqual(output.size(), value.size())
    if not inference:
        for parameter in module.parameters():
            if parameter.requires_grad:
                test_case.assertEqual(parameter.grad, pg.zeros_like(parameter.grad))
        test_case.assertEqual(value.grad, pg.zeros_like(value))


def __getattr__(name: str) -> Any:
    """Lists of OpInfos, and what makes samples for one, where PyTorch is installed."""
    if op_infos.INSTALLED and not name.startswith("__"):
        if name in op_infos.LISTS:
            return op_infos.lists()[name]
        if name.startswith("generate_elementwise_"):
            return op_infos.generator(name)
    raise AttributeError(name)
