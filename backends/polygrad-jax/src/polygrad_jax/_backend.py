"""JAX arrays and tracers."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy

import polygrad
from polygrad.backends import CompilingBackend

from ._capture import capture, stage
from ._compiled import Variants, compiled_kernel, compiled_rule, without_settings
from ._kernels import KERNELS, optimization_barrier

#: JAX has 64-bit types only where they are turned on, for the whole process.  polygrad's integers are int64, as
#: PyTorch's are, so this plugin turns them on; floats stay float32.
X64 = os.environ.get("POLYGRAD_JAX_X64", "1") not in ("", "0")
if X64:
    jax.config.update("jax_enable_x64", True)

#: Primitives whose kernels compile their own parts, with settings as arguments, or that cannot be compiled.
_NOT_COMPILED = frozenset({"getitem", "slice_pad", "slice_put", "pad", "transfer"})


class JaxBackend(CompilingBackend):
    """JAX on whatever it finds: CPU, GPU or TPU.  ``POLYGRAD_JAX_X64=0`` leaves 64-bit types off."""

    name = "jax"
    capabilities = frozenset({"jit", "float64", "complex"} if X64 else {"jit", "complex"})
    kernels = KERNELS
    accumulates = frozenset({"sum", "matmul", "linear", "linear_without_bias"})
    # Scalars are made without a device, and JAX lets such arrays meet those of any device.
    shares_scalars = True

    def __init__(self) -> None:
        super().__init__()
        if jax.default_backend() != "cpu":  # there convolution goes image by image
            self.accumulates |= {name for name in KERNELS if name.startswith("conv2d")}
        self._philox = Variants(lambda settings: lambda words: self.xp.philox(words[0], words[1], *settings))
        if not X64:  # JAX's own rule: the wide integer is the narrow one
            dtypes = self._native
            dtypes[polygrad.int64], dtypes[polygrad.uint64] = dtypes[polygrad.int32], dtypes[polygrad.uint32]

    def owns(self, array_type: type) -> bool:
        return issubclass(array_type, jax.Array | jax.core.Tracer)

    def namespace(self) -> Any:
        return jnp

    def supports(self, dtype: polygrad.DType) -> bool:
        return super().supports(dtype) and (X64 or dtype.kind == "complex" or dtype.itemsize < 8)

    # -- binding primitives --------------------------------------------------------------------------------------------

    def kernel(self, primitive: Any) -> Callable[..., Any]:
        raw = super().kernel(primitive)
        if primitive.name in _NOT_COMPILED:
            return raw
        if primitive.is_of_standard:  # element-wise functions
            return jax.jit(raw, inline=True)
        return compiled_kernel(raw, len(primitive.operands)) if primitive.settings else without_settings(raw)

    def rule(self, plan: Any) -> Callable[..., Any]:
        raw = super().rule(plan)
        if plan.primitive.name in _NOT_COMPILED:
            return raw
        return compiled_rule(raw, len(plan.residuals), [slot for slot, _ in plan.arrays])

    # -- devices -------------------------------------------------------------------------------------------------------

    def devices(self) -> list[Any]:
        found = list(jax.devices())
        return found if found[0].platform == "cpu" else [*found, *jax.devices("cpu")]

    def default_device(self) -> Any:
        return jax.config.jax_default_device or jax.devices()[0]  # type: ignore[attr-defined]  # defined when JAX is imported

    def parse_device(self, device: Any) -> Any:
        """A JAX device or sharding, or the device of a name such as ``"cpu"``, ``"cuda:0"`` or ``"tpu:1"``."""
        if isinstance(device, jax.Device | jax.sharding.Sharding):
            return device
        kind, _, number = str(device).partition(":")
        for candidate in self.devices():
            if self._kind(candidate) == {"gpu": "cuda"}.get(kind, kind) and candidate.id == int(number or 0):
                return candidate
        return super().parse_device(device)

    def device_name(self, device: Any) -> str:
        if not isinstance(device, jax.Device):
            return str(device)
        kind = self._kind(device)
        return kind if (kind, device.id) == ("cpu", 0) else f"{kind}:{device.id}"

    @staticmethod
    def _kind(device: Any) -> str:
        if device.platform != "gpu":
            return device.platform
        return "rocm" if "rocm" in device.client.platform_version.lower() else "cuda"

    def device(self, array: Any) -> Any:
        # While JAX traces it decides itself where an array will be.
        return None if isinstance(array, jax.core.Tracer) else array.device

    def to_device(self, array: Any, device: Any) -> Any:
        return jax.device_put(array, device)

    # -- arrays in and out ---------------------------------------------------------------------------------------------

    def asarray(self, obj: Any, dtype: Any = None, device: Any = None, copy: bool | None = None) -> Any:
        if isinstance(obj, numpy.ndarray | numpy.generic | bool | int | float | complex):
            # NumPy converts: `jax.numpy.asarray` compiles that for every new shape.  NumPy copies too: JAX does it some
            # time later, when the caller may have changed the memory.
            return jax.device_put(numpy.asarray(obj, dtype=dtype, copy=copy), device)
        return jnp.asarray(obj, dtype=dtype, device=device, copy=copy)

    def scalar(self, value: Any, dtype: Any, like: Any) -> Any:
        # Never a tracer: polygrad keeps scalars for later.
        with jax.ensure_compile_time_eval():
            return self.asarray(value, dtype)

    def to_numpy(self, array: Any) -> Any:
        return numpy.asarray(array)

    # -- compilation, asynchrony ---------------------------------------------------------------------------------------

    def random_bits(self, key: int, counter: int, blocks: int, device: Any = None) -> Any:
        place = self.default_device() if device is None else device
        if getattr(place, "platform", None) == "cpu" or max(key, counter) >= 2**64:
            # NumPy's words are the same, and it compiles nothing for every new size.
            return self.asarray(polygrad.get_backend("numpy").random_bits(key, counter, blocks), device=place)
        words = jax.device_put(numpy.asarray([key, counter], dtype=numpy.uint64), place)
        return self._philox.run((blocks,), (words,))

    def jit(self, function: Callable[..., Any], **options: Any) -> Callable[..., Any]:
        return jax.jit(function, **options)

    capture, stage = staticmethod(capture), staticmethod(stage)

    def is_traced(self, array: Any) -> bool:
        return isinstance(array, jax.core.Tracer)

    def same_trace(self, array: Any, other: Any) -> bool:
        return self.is_traced(array) and array._trace is other._trace

    def cond(self, predicate: Any, true: Callable[..., Any], false: Callable[..., Any], operands: tuple) -> Any:
        return jax.lax.cond(predicate, true, false, *operands)

    def while_loop(self, condition: Callable[[Any], Any], step: Callable[[Any], Any], state: Any) -> Any:
        return jax.lax.while_loop(condition, step, state)

    def optimization_barrier(self, function: Callable[..., list[Any]], arrays: list[Any]) -> list[Any]:
        return optimization_barrier(function, arrays) if any(map(self.is_traced, arrays)) else function(*arrays)

    value_errors = (
        jax.errors.ConcretizationTypeError,
        jax.errors.TracerArrayConversionError,
        jax.errors.TracerIntegerConversionError,
        jax.errors.NonConcreteBooleanIndexError,
    )

    def concrete(self) -> contextlib.AbstractContextManager:
        return jax.ensure_compile_time_eval()

    def synchronize(self) -> None:
        # Devices work in no common order, so there is no last array to wait for.
        for array in jax.live_arrays():
            if not array.is_deleted():
                array.block_until_ready()
