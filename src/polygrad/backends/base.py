"""What polygrad asks of an array library.

A backend has three required members: ``name``, ``owns`` and ``namespace``.  Everything else has a default written
against the Array API standard, which a plugin overrides where its library can do better.  A backend knows arrays and
never a Tensor; it is asked by capability and never by its name.
"""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Callable
from functools import partial
from typing import Any

from .. import _dtypes
from .._dtypes import DType
from .namespace import ACCUMULATING, Namespace

__all__ = ["Backend"]

#: The version of this interface.  A plugin states the version that it was written for.
PLUGIN_API_VERSION = 1
#: The versions of the interface that this polygrad still serves.
SUPPORTED_API_VERSIONS = range(1, 2)


class Backend:
    """An array library, as the engine sees it.

    Capabilities, any of:

    ``"mutable"``
        arrays can be written through ``array[key] = value`` and ``out=``; in-place operations then reuse memory.
    ``"jit"``
        `jit` compiles.
    ``"float64"``, ``"complex"``
        the library has those types.
    """

    name: str
    capabilities: frozenset[str] = frozenset({"float64", "complex"})
    #: Primitive name → raw function of the same signature without ``xp``.  ``"NAME.vjp"`` → the hand-written gradient of a
    #: primitive with one operand or a joint rule: the rule's parameters without ``xp``, a tuple of cotangents back; used when
    #: the gradient itself is not recorded.
    #: ``"NAME_"`` → ``(array, *operands) -> bool``, which overwrites ``array`` with the result and says whether it could.
    kernels: dict[str, Callable[..., Any]] = {}
    #: The name of a kernel → the same computation in smaller steps, ``(do, *arguments)``, where ``do(function, *arrays)`` is a
    #: step: what a program without a compiler is made of, where arrays are so small that a kernel's own Python counts.
    steps: dict[str, Callable[..., Any]] = {}
    #: The operations among `ACCUMULATING`, with their gradients, whose kernels take half precision and round only the result.
    #: All others get single precision.
    accumulates: frozenset[str] = frozenset()
    #: Plain arrays have level 0, and those that are recorded 1.  An array type that computes something else (vmap, jvp) has a
    #: level of its own above these, and where types meet the highest level runs the operation.
    level: int = 0
    #: Whether `to_numpy` gives the memory itself of arrays that can be written to, not a copy.
    shares_with_numpy: bool = False
    #: The type of the arrays whose memory was given to NumPy; made when the first is (see `_core.lending`).
    lent_type: type | None = None
    #: Whether 0-d arrays made by `scalar` may be kept and shared between operations: one device, immutable use.
    shares_scalars: bool = False

    def owns(self, array_type: type) -> bool:
        """Whether arrays of ``array_type`` are this backend's.  Asked once per type."""
        raise NotImplementedError

    def namespace(self) -> Any:
        """The library's Array API namespace.  Called once, when the backend is first used."""
        raise NotImplementedError

    def __init__(self) -> None:
        self.kernels = dict(type(self).kernels)
        self.library = self.namespace()
        self.xp = Namespace(self)
        self._native: dict[DType, Any] = {}
        self._dtype: dict[Any, DType] = {}
        for dtype in _dtypes.ALL:
            native = getattr(self.library, dtype.name, None)
            if native is not None and self.supports(dtype):
                native = self.library.empty((0,), dtype=native).dtype
                self._native[dtype], self._dtype[native] = native, dtype

    # -- binding primitives to this library ----------------------------------------------------------------------------

    def kernel(self, primitive) -> Callable[..., Any]:
        """The raw function that runs ``primitive``'s forward: an override from `kernels`, or its generic text."""
        override = self.kernels.get(primitive.name)
        if override is not None:
            return override
        if primitive.is_standard:
            return getattr(self.xp, primitive.name)
        return partial(primitive.forward, self.xp)

    def rule(self, plan) -> Callable[..., Any]:
        """The raw function ``(cotangent, saved) -> cotangents`` that runs ``plan``'s gradient."""
        override = self.kernels.get(plan.primitive.name + ".vjp")
        return plan.rule(self.xp) if override is None else plan.rule_from_kernel(override)

    def halves(self, name: str) -> frozenset[Any]:
        """The library's types of half precision whose arrays operation ``name`` wants in single precision."""
        if name not in ACCUMULATING or name in self.accumulates:
            return frozenset()
        return frozenset(native for dtype, native in self._native.items() if dtype.is_half)

    # -- data types ------------------------------------------------------------------------------------------------------

    def supports(self, dtype: DType) -> bool:
        """Whether the library has ``dtype``, by the capabilities that it states."""
        if dtype.kind == "complex" and "complex" not in self.capabilities:
            return False
        return dtype not in (_dtypes.float64, _dtypes.complex128) or "float64" in self.capabilities

    def to_dtype(self, dtype: DType) -> Any:
        """The library's own object for ``dtype``.  Raises TypeError where it has none."""
        try:
            return self._native[dtype]
        except KeyError:
            raise TypeError(f"backend {self.name!r} has no {dtype.name}") from None

    def from_dtype(self, native: Any) -> DType:
        """The `DType` of the library's own ``native`` type.  Raises TypeError for a type that polygrad does not know."""
        try:
            return self._dtype[native]
        except (KeyError, TypeError):
            raise TypeError(f"polygrad has no data type for {native!r} of backend {self.name!r}") from None

    # -- devices ---------------------------------------------------------------------------------------------------------

    def devices(self) -> list[Any]:
        """The devices that arrays can live on."""
        return list(self.library.__array_namespace_info__().devices())

    def default_device(self) -> Any:
        """The device of new arrays."""
        return self.library.__array_namespace_info__().default_device()

    def parse_device(self, device: Any) -> Any:
        """The library's device that ``device`` (its own object, or a string that names it) means.

        Raises ValueError, naming the devices that there are.
        """
        name = re.sub(r"^cpu:\d+$", "cpu", str(device))  # there is one CPU: as in PyTorch, its number says nothing
        for candidate in self.devices():
            if device == candidate or name == self.device_name(candidate):
                return candidate
        names = ", ".join(repr(self.device_name(d)) for d in self.devices())
        raise ValueError(f"backend {self.name!r} has no device {str(device)!r}; it has {names}")

    def device_name(self, device: Any) -> str:
        """How ``device`` is written, such as ``"cpu"`` or ``"cuda:0"``."""
        return str(device)

    def device(self, array: Any) -> Any:
        """The device that ``array`` lives on."""
        return array.device

    def to_device(self, array: Any, device: Any) -> Any:
        """``array`` on ``device``."""
        return array.to_device(device)

    # -- arrays in and out -----------------------------------------------------------------------------------------------

    def asarray(self, obj: Any, dtype: Any = None, device: Any = None, copy: bool | None = None) -> Any:
        """An array from a NumPy array or from one of the library's own; ``dtype`` and ``device`` are the library's."""
        return self.library.asarray(obj, dtype=dtype, device=device, copy=copy)

    def scalar(self, value: Any, dtype: Any, like: Any) -> Any:
        """The Python scalar ``value`` as a 0-d array of the library's ``dtype``, on the device of ``like``."""
        return self.library.asarray(value, dtype=dtype, device=self.device(like))

    def to_numpy(self, array: Any) -> Any:
        """``array`` as a NumPy array, which may share its memory."""
        import numpy

        return numpy.from_dlpack(array)

    def values_for_checks(self, array: Any) -> Any:
        """The values of ``array`` as a NumPy array, for checks; those of all examples, where it is a batch."""
        return self.to_numpy(array)

    def item(self, array: Any) -> Any:
        """The only element of ``array`` as a Python scalar."""
        return self.to_numpy(array).item()

    def native(self, array: Any) -> Any:
        """``array`` as the user should see it: NumPy's reductions give scalars, which are not arrays."""
        return array

    # -- overwriting memory (only with the capability "mutable") ---------------------------------------------------------

    def base_of(self, array: Any) -> Any:
        """The array whose memory ``array`` is a window of, or None."""
        return getattr(array, "base", None)

    def is_writable(self, array: Any) -> bool:
        """Whether ``array`` owns its memory and may be written to."""
        return False

    def is_compact(self, array: Any) -> bool:
        """Whether ``array`` lies in memory in the order of its axes, without gaps."""
        return False

    def is_room(self, array: Any) -> bool:
        """Whether ``array`` owns its memory, may be written to, and is compact."""
        return self.is_writable(array) and self.is_compact(array)

    def nbytes(self, array: Any) -> int:
        """How much memory the elements of ``array`` take."""
        return math.prod(array.shape) * self.from_dtype(array.dtype).itemsize

    def into(self, function: Callable[..., Any]) -> Callable[..., Any] | None:
        """``function`` with one more argument, ``out``, which it writes its only result into; None where there is none.

        If `is_elementwise`, ``out`` may be one of the operands; otherwise it shares no memory with them.
        """
        return None

    def operator_of(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function of `operator` that does the same as ``function``, or ``function``."""
        return function

    def is_elementwise(self, function: Callable[..., Any]) -> bool:
        """Whether ``function`` computes each element of its result of one element of each operand."""
        return False

    def makes_new(self, function: Callable[..., Any]) -> bool:
        """Whether what ``function`` returns shares memory with no argument, except where the shapes alone say so.

        This holds however the arguments lie in memory.
        """
        return False

    def makes_compact(self, function: Callable[..., Any], ndim: int) -> bool:
        """Whether an array of ``ndim`` dimensions that ``function`` makes is compact, however its arguments lie in memory."""
        return False

    def never_fails(self, function: Callable[..., Any]) -> bool:
        """Whether ``function`` raises nothing for arrays whose shapes and types it has taken before."""
        return False

    def fails_by_index(self, function: Callable[..., Any]) -> bool:
        """Whether ``function`` fails for nothing but indices that are out of range.

        It goes backward where others have been found to be in it.
        """
        return False

    def steps_by_rule(self, name: str, parameters: list[Any]) -> bool:
        """Whether an optimizer's rule, in small steps, is faster for ``parameters`` than the kernel ``name``."""
        return False

    # -- randomness, compilation, asynchrony ---------------------------------------------------------------------------

    def random_bits(self, key: int, counter: int, blocks: int, device: Any = None) -> Any:
        """Philox 4×64-10: ``4 * blocks`` random ``uint64`` of the stream ``key``, from block ``counter`` on."""
        return self.xp.philox(key, counter, blocks, device=self.default_device() if device is None else device)

    def jit(self, function: Callable[..., Any], **options: Any) -> Callable[..., Any]:
        """``function`` of raw arrays, compiled where the library has the capability ``"jit"``."""
        return function

    def capture(self, function: Callable[[], list[Any]]) -> Any:
        """Run ``function`` on traced arrays and keep what it computes as a program (capability ``"jit"``).

        While it runs, `stage` turns an array into an input of the program, and what ``function`` returns are the
        outputs.  ``program.bind(overwritten, others)`` compiles it to a function of arrays, one argument each, that
        returns a list: of the inputs with the numbers ``overwritten``, whose memory it may use, and of those with the
        numbers ``others``.  ``program.as_text()`` and ``program.cost()`` (operations, bytes read and written, bytes of
        temporary memory) describe it.
        """
        raise NotImplementedError(f"backend {self.name!r} does not compile")

    def stage(self, array: Any) -> Any:
        """``array`` as the next input of the program that `capture` is making."""
        raise NotImplementedError(f"backend {self.name!r} does not compile")

    def ask(self, array: Any, question: Callable[[Any], Any]) -> Any:
        """``question(values)`` for an array that is traced, where the program may depend on the answer; otherwise None."""
        return None

    def overwrite(self, name: str, columns: list[Any], settings: dict[str, Any]) -> Any:
        """Record the optimizer's kernel ``name`` for arrays that are traced; None where it cannot be.

        ``columns`` are the kernel's: parameters, gradients and states; ``settings`` also has ``"step"``, the place of the
        counts of steps among the columns, or None.  Returns the new columns, without the gradients.
        """
        return None

    def is_traced(self, array: Any) -> bool:
        """Whether ``array`` has no value yet: it belongs to a program that is being captured."""
        return False

    def apart(self, function: Callable[..., list[Any]], arrays: list[Any]) -> list[Any]:
        """``function(*arrays)``, which is there to be computed again.

        In a program that is being captured, nothing in it is done before the last of the ``arrays`` is known, or is found to
        have been computed elsewhere.
        """
        return function(*arrays)

    def same_trace(self, array: Any, other: Any) -> bool:
        """Whether ``array`` belongs to the same trace as ``other``: to the same body of a loop, not to what is around it."""
        return self.is_traced(array)

    def cond(self, predicate: Any, true: Callable[..., Any], false: Callable[..., Any], operands: tuple) -> Any:
        """``true(*operands)`` or ``false(*operands)``; in a program that is being captured, as a branch of it."""
        return true(*operands) if bool(predicate) else false(*operands)

    def while_loop(self, condition: Callable[[Any], Any], step: Callable[[Any], Any], state: Any) -> Any:
        """``state = step(state)`` while ``condition(state)``; in a program that is being captured, as a loop of it."""
        while bool(condition(state)):
            state = step(state)
        return state

    #: What the library raises where a value is asked of an array that is traced.
    value_errors: tuple[type[BaseException], ...] = ()

    def concrete(self) -> contextlib.AbstractContextManager:
        """Context in which operations run at once, even while the library traces."""
        return contextlib.nullcontext()

    def synchronize(self) -> None:
        """Wait for what the library computes asynchronously."""

    def __repr__(self) -> str:
        return f"<polygrad backend {self.name!r}>"
