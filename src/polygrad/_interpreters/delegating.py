"""Backends that delegate to the backend of plain arrays what they do not change: data types, devices, constants."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from .._core.operands import is_integral_or_bool
from .._dtypes import DType
from ..backends.base import Backend
from ..backends.registry import BY_TYPE
from .namespace import namespace_over, on_one_type
from .tracer import Tracer, plain


class DelegatingBackend(Backend):
    """A backend of tracers over the plain backend ``base``, which has the data types and devices."""

    base: Backend

    def supports(self, dtype: DType) -> bool:
        return self.base.supports(dtype)

    def to_dtype(self, dtype: DType) -> Any:
        return self.base.to_dtype(dtype)

    def from_dtype(self, native: Any) -> DType:
        return self.base.from_dtype(native)

    def devices(self) -> list[Any]:
        return self.base.devices()

    def default_device(self) -> Any:
        return self.base.default_device()

    def parse_device(self, device: Any) -> Any:
        return self.base.parse_device(device)

    def device_name(self, device: Any) -> str:
        return self.base.device_name(device)


class Interpreter(DelegatingBackend):
    """The backend of one transform level over the plain backend ``base``.  A subclass says how it runs a primitive."""

    #: The transform's name, for messages.
    transform: str

    def __init__(self, array_type: type, level: int, base: Backend):
        # Backend.__init__() is not called: there is no library to inspect.
        self.array_type, self.level, self.base = array_type, level, base
        self.name = f"{self.transform} at level {level} on {base.name}"
        self.capabilities = base.capabilities - {"jit", "mutable"}
        self.accumulates, self.shares_scalars = base.accumulates, base.shares_scalars
        self.value_errors = base.value_errors
        self.kernels = {}
        self.library = self.xp = namespace_over(base)  # type: ignore[assignment]  # a namespace, if not a module

    def owns(self, array_type: type) -> bool:
        return array_type is self.array_type

    def namespace(self) -> Any:
        return self.xp

    def rule(self, plan: Any) -> Callable[..., Any]:
        usual = plan.rule(self.xp)
        if self.xp.operators_defer:
            return usual
        slots = {slot for slot, _ in plan.arrays}

        def run(g: Any, saved: tuple) -> Any:
            values = [g, *[x for slot, x in enumerate(saved) if slot in slots]]
            first, *arrays = on_one_type(values)
            rest = iter(arrays)
            return usual(first, tuple([next(rest) if slot in slots else x for slot, x in enumerate(saved)]))

        return run

    def foreign(self, name: str, function: Callable, arguments: tuple, named: dict[str, Any]) -> Any:
        """Run ``function``, which is no primitive, on arguments that contain tracers of this level."""
        raise NotImplementedError(f"{self.transform} has no rule for {name}")

    def note_write(self, tensor: Any, array: Any) -> None:
        """Remember that ``tensor``, of lower levels, is about to hold ``array``, of this level."""
        array.trace.note_write(tensor)

    # -- delegated to the plain backend ------------------------------------------------------------------------------------

    def device(self, array: Any) -> Any:
        return self.base.device(plain(array))

    def values_for_checks(self, array: Any) -> Any:
        return self.base.values_for_checks(plain(array))

    def asarray(self, obj: Any, dtype: Any = None, device: Any = None, copy: bool | None = None) -> Any:
        return self.base.asarray(obj, dtype=dtype, device=device, copy=copy)

    def scalar(self, value: Any, dtype: Any, like: Any) -> Any:
        return self.base.scalar(value, dtype, plain(like))

    def random_bits(self, key: int, counter: int, blocks: int, device: Any = None) -> Any:
        return self.base.random_bits(key, counter, blocks, device)

    def is_traced(self, array: Any) -> bool:
        return self.base.is_traced(plain(array))

    def concrete(self) -> contextlib.AbstractContextManager:
        return self.base.concrete()

    def synchronize(self) -> None:
        self.base.synchronize()


class ForwardInterpreter(Interpreter):
    """The backend of a level of forward mode, whose tracers carry derivatives along with the value ``inside``."""

    array_type: type[Tracer]

    def foreign(self, name: str, function: Callable, arguments: tuple, named: dict[str, Any]) -> Any:
        def value_of(x: Any) -> Any:
            if x.__class__ is self.array_type:
                return x.inside
            return type(x)([value_of(one) for one in x]) if isinstance(x, (list, tuple)) else x

        result = function(*value_of(arguments), **{key: value_of(x) for key, x in named.items()})
        if hasattr(result, "dtype") and is_integral_or_bool[type(result), result.dtype]:
            return result
        return super().foreign(name, function, arguments, named)

    def item(self, array: Any) -> Any:
        return BY_TYPE[array.inside.__class__].item(array.inside)
