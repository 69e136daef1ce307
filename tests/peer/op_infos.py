"""OpInfos for the tests that take one: names and samples come from an installed PyTorch, which runs in a process of its own."""

from __future__ import annotations

import atexit
import enum
import functools
import importlib.util
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

import polygrad as pg

#: Asked before polygrad takes PyTorch's name.
INSTALLED = importlib.util.find_spec("torch") is not None
#: One type of each kind: what differs between two of a kind is tested elsewhere.
TYPES = ("bool", "uint8", "int64", "float16", "float32", "complex64")
#: PyTorch's lists of OpInfos.
LISTS = (
    "op_db", "unary_ufuncs", "binary_ufuncs", "binary_ufuncs_and_refs", "reduction_ops", "shape_funcs", "spectral_funcs",
)  # fmt: skip
#: What PyTorch itself does not do in tests whose files are older than the samples: no values that a program depends on (`vmap`
#: refuses them), no random numbers but with ``randomness=``, nothing without a tensor; and no values of NumPy's that are not its
#: own: float64 of a product with ``alpha``, sums in half precision, products in uint64, NaN beside `heaviside`.
BEYOND = {
    "test_vmap_exhaustive": {
        "full", "ones", "zeros", "item", "linspace.tensor_overload", "logspace.tensor_overload", "nn.functional.alpha_dropout",
        "narrow", "nn.functional.multi_head_attention_forward", "nn.functional.scaled_dot_product_attention", "quantile", "unique",
        "unique_consecutive", "linalg.lstsq", "linalg.lstsq.grad_oriented",
    },
    "test_vmap_linalg_failure_1D_input": {"linalg.diagonal"},
    "test_reference_numerics_extremal_values": {"heaviside"}, "test_scalar_support": {"sub"},
    "test_dim_empty": {"linalg.vector_norm"}, "test_dim_empty_keepdim": {"linalg.vector_norm"},
    "test_ref_duplicate_values": {"nanmean", "nansum"}, "test_ref_small_input": {"prod"},
}  # fmt: skip


class NoSamples(Exception):
    """PyTorch's own library does not give what a test asks for."""


@functools.cache
def _process() -> subprocess.Popen:
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).parent / "samples.py"), *LISTS],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    atexit.register(process.kill)
    return process


def _ask(*request: Any) -> Any:
    process = _process()
    pickle.dump(request, process.stdin)
    process.stdin.flush()
    state, content = pickle.load(process.stdout)
    if state == "failed":
        raise NoSamples(content)
    return content


def _encoded(value: Any) -> Any:
    """The arguments of a request, as `samples.decoded` reads them."""
    if isinstance(value, pg.Tensor):
        return "tensor", value.detach().numpy().copy()
    if isinstance(value, pg.DType):
        return "name", value.name
    if isinstance(value, (tuple, list)):
        return ("list" if isinstance(value, list) else "tuple"), [_encoded(one) for one in value]
    return ("dict", {k: _encoded(v) for k, v in value.items()}) if isinstance(value, dict) else ("value", value)


def _decoded(value: Any) -> Any:
    kind, content = value
    if kind == "tensor":
        array, requires_grad = content
        return pg.tensor(array, requires_grad=requires_grad)
    if kind == "name":
        return getattr(pg, content)
    if kind in ("list", "tuple"):
        return (list if kind == "list" else tuple)(map(_decoded, content))
    return {key: _decoded(one) for key, one in content.items()} if kind == "dict" else content


def _to_numpy(value: Any) -> Any:
    if isinstance(value, pg.Tensor):
        return value.detach().numpy().copy()
    if isinstance(value, (tuple, list)):
        return type(value)(map(_to_numpy, value))
    return np.dtype(value.name) if isinstance(value, pg.DType) else value


class SampleInput:
    """The arguments of one call: ``op(input, *args, **kwargs)``."""

    name = ""

    def __init__(
        self, input: Any, args: tuple = (), kwargs: dict | None = None, broadcasts_input: bool = False
    ) -> None:
        self.input, self.args, self.kwargs, self.broadcasts_input = input, args, kwargs or {}, broadcasts_input
        self.output_process_fn_grad = lambda value: value

    def numpy(self) -> SampleInput:
        kwargs = {key: _to_numpy(value) for key, value in self.kwargs.items()}
        return SampleInput(_to_numpy(self.input), _to_numpy(self.args), kwargs)


class ErrorInput:
    """Arguments that are refused."""

    error_regex = ""

    def __init__(self, sample_input: SampleInput, error_type: type) -> None:
        self.sample_input, self.error_type = sample_input, error_type


def _samples(number: int, name: str, arguments: tuple, options: dict) -> Iterator[Any]:
    for sample, error in _ask("call", number, name, _encoded(arguments), _encoded(options)):
        try:
            made = SampleInput(*_decoded(sample))
        except (AttributeError, TypeError):
            continue  # of a type that polygrad does not have
        yield made if error is None else ErrorInput(made, _decoded(error))


def _named(path: str) -> Any:
    """polygrad's function of that name, or its method; a placeholder where it has neither."""
    import torch_names

    found: Any = pg
    try:
        for part in path.split("."):
            found = getattr(found, part)
        if callable(found) and not isinstance(found, type):
            return found
    except AttributeError:
        pass
    return getattr(pg.Tensor, path, None) or torch_names.absent(f"polygrad.{path}")


class OpInfo:
    """An operation of polygrad by PyTorch's name, with PyTorch's samples."""

    def __init__(self, number: int, described: dict[str, Any]) -> None:
        self.number, self.decorators = number, described["decorators"]
        for name, value in described["attributes"].items():
            try:
                setattr(self, name, _decoded(value))
            except AttributeError:
                continue  # a type that polygrad does not have
        for name in ("dtypes", "backward_dtypes"):
            names = [one for _, one in described["attributes"][name][1]]
            setattr(self, name, {getattr(pg, one) for one in names if one in TYPES})
        has = described["has"]
        source = described["source"]
        self.op = eval(source, {"torch": pg, "np": np, "wrapper_set_seed": _seeded}) if source else _named(self.name)
        if source == "":
            self.op = functools.partial(_seeded, self.op)
        self.aliases = [_Alias(name) for name in described["aliases"]]
        last = self.name.rpartition(".")[2]
        self.method_variant = _named(f"Tensor.{last}") if has["method_variant"] else None
        self.inplace_variant = _named(f"Tensor.{last}_") if has["inplace_variant"] else None
        self.ref = self._reference if has["ref"] else None
        self.error_inputs_func = self.error_inputs if has["error_inputs_func"] else None
        self.reference_numerics_filter = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.op(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<OpInfo {self.name}>"

    @property
    def full_name(self) -> str:
        return f"{self.name}.{self.variant_test_name}" if self.variant_test_name else self.name

    def get_op(self) -> Any:
        return self.op

    def get_method(self) -> Any:
        return self.method_variant

    def get_inplace(self) -> Any:
        return self.inplace_variant

    def supported_dtypes(self, _: Any = None) -> set[Any]:
        return self.dtypes

    def supports_dtype(self, dtype: Any, _: Any = None) -> bool:
        return dtype in self.dtypes

    def sample_inputs(self, device: Any, dtype: Any, requires_grad: bool = False, **options: Any) -> Iterator[Any]:
        return _samples(self.number, "sample_inputs", (device, dtype, requires_grad), options)

    def reference_inputs(self, device: Any, dtype: Any, requires_grad: bool = False, **options: Any) -> Iterator[Any]:
        return _samples(self.number, "reference_inputs", (device, dtype, requires_grad), options)

    def error_inputs(self, device: Any, **options: Any) -> Iterator[Any]:
        return _samples(self.number, "error_inputs", (device,), options)

    def _reference(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("ref", args, kwargs)

    def _ask(self, name: str, args: tuple, kwargs: dict) -> Any:
        return _decoded(_ask("evaluate", self.number, name, _encoded(args), _encoded(kwargs)))

    def generate_args_kwargs(self, *args: Any, **kwargs: Any) -> Any:
        return iter(self._ask("generate_args_kwargs", args, kwargs))

    def sample_kwargs(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("sample_kwargs", args, kwargs)

    def decorated(self, function: Any, where: str, test: str, dtype: Any) -> tuple[bool, Any]:
        """Whether PyTorch skips ``function``, or expects that it fails; and the tolerances that it sets."""
        tolerances: dict[str, Any] = {}
        if self.full_name in BEYOND.get(test, ()):
            return True, None
        for one in self.decorators:
            if one["cls_name"] not in (None, where) or one["test_name"] not in (None, test):
                continue
            if one["dtypes"] is not None and getattr(dtype, "name", None) not in one["dtypes"]:
                continue
            if one["kind"] == "skip":
                return True, None
            tolerances |= one["tolerances"]
        key = (self.name, self.variant_test_name)
        for name, variant, _, dtypes, _ in getattr(function, "peer_skipped", ()):
            if (name, variant) == key and (not dtypes or dtype in dtypes):
                return True, None
        tolerances |= {
            dtype.name: (tolerance.atol, tolerance.rtol)
            for dtype, tolerance in getattr(function, "peer_op_tolerances", {}).get(key, {}).items()
        }
        return False, tolerances.get(getattr(dtype, "name", None))


class ReductionPythonRefInfo(OpInfo):
    """PyTorch's class of its references in Python, of which there is none here."""


class _Alias:
    def __init__(self, name: str) -> None:
        self.name, self.op = name, _named(name)
        self.inplace_variant = getattr(pg.Tensor, name + "_", None)


def _seeded(function: Callable, *args: Any, **kwargs: Any) -> Any:
    """``function`` of the arguments; in PyTorch's library some operations draw the same random numbers in each call."""
    pg.manual_seed(42)
    return function(*args, **kwargs)


@functools.cache
def lists() -> dict[str, list[OpInfo]]:
    """The lists of OpInfos by their names."""
    made: dict[str, list[OpInfo]] = {name: [] for name in LISTS}
    for number, described in enumerate(_ask("list")):
        op = OpInfo(number, described)
        for name in described["lists"]:
            made[name].append(op)
    return made


class OpDTypes(enum.Enum):
    """For which types a test runs."""

    supported, unsupported, supported_backward, unsupported_backward, any_one, none, any_common_cpu_cuda_one = range(7)


def _types(op: OpInfo, wanted: Any, allowed: Any) -> list[Any]:
    every = [getattr(pg, name) for name in TYPES]
    if wanted is OpDTypes.none:
        return [None]
    if not isinstance(wanted, OpDTypes):
        found = [one for one in every if one in wanted]
    elif wanted in (OpDTypes.unsupported, OpDTypes.unsupported_backward):
        own = op.dtypes if wanted is OpDTypes.unsupported else op.backward_dtypes
        found = [one for one in every if one not in own]
    else:
        own = op.backward_dtypes if wanted is OpDTypes.supported_backward else op.dtypes
        found = [one for one in every if one in own]
    if allowed is not None:
        found = [one for one in found if one in set(allowed)]
    return sorted(found, key=lambda one: one.name != "float32")[:1] if "any" in getattr(wanted, "name", "") else found


class ops:
    """A test for each operation and type."""

    def __init__(self, members: Any, *, dtypes: Any = OpDTypes.supported, allowed_dtypes: Any = None, **_: Any) -> None:
        self.members = [op for op in members if isinstance(op, OpInfo)]
        self.dtypes, self.allowed = dtypes, allowed_dtypes

    def __call__(self, function: Any) -> Any:
        function.peer_ops = [(op, dtype) for op in self.members for dtype in _types(op, self.dtypes, self.allowed)]
        return function


def skipOps(_where: str, _test: str, skipped: Any) -> Callable[[Any], Any]:
    """functorch's list of the operations that a test fails for in PyTorch."""

    def decorate(function: Any) -> Any:
        function.peer_skipped = [*getattr(function, "peer_skipped", ()), *skipped]
        return function

    return decorate


def opsToleranceOverride(_where: str, _test: str, overrides: Any) -> Callable[[Any], Any]:
    def decorate(function: Any) -> Any:
        function.peer_op_tolerances = {(name, variant): tolerances for name, variant, tolerances, _ in overrides}
        return function

    return decorate


def generator(name: str) -> Callable[..., Iterator[Any]]:
    """A function of PyTorch's library that makes samples for an operation."""

    def generate(op: OpInfo, *args: Any, **kwargs: Any) -> Iterator[Any]:
        return _samples(op.number, name, args, kwargs)

    return generate
