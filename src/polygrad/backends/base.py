"""The interface of an array library.

A backend has three required members: ``name``, ``owns`` and ``namespace``.  Everything else has a default written
against the Array API standard, which a plugin overrides where its library can do better.  A backend whose library
compiles derives from `CompilingBackend`.  A backend knows arrays and never a Tensor.  polygrad asks it for what it can
do and never for its name.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from functools import partial
from typing import Any

from .. import _dtypes
from .._dtypes import DType
from .namespace import Namespace

__all__ = ["Backend", "CompilingBackend"]

#: The version of this interface.  A plugin states the version that it was written for.
PLUGIN_API_VERSION = 1
#: The versions of the interface that this polygrad still serves.
SUPPORTED_API_VERSIONS = range(1, 2)

#: Former members of `Backend`, and what took their place.
_RENAMED = {
    "apart": "CompilingBackend.optimization_barrier",
    "ask": "CompilingBackend.assume",
    "halves": "the attribute accumulates",
    "overwrite": "CompilingBackend.record_update",
} | dict.fromkeys(
    "into operator_of is_elementwise makes_new makes_compact never_fails fails_by_index is_room is_compact nbytes steps "
    "steps_by_rule".split(),
    "an attribute replay_facts (see polygrad.compiler.replay.facts)",
)  # fmt: skip


class Backend:
    """An array library, as the engine sees it.

    Derive from this class, define ``name``, `owns` and `namespace`, and override what the library can do better.  A
    backend knows raw arrays, never a Tensor.

    Example::

        >>> import array_api_compat.numpy
        >>> class MyArray(np.ndarray):
        ...     pass
        >>> class MyBackend(polygrad.backends.Backend):
        ...     name = "mine"
        ...
        ...     def owns(self, array_type):
        ...         return array_type is MyArray
        ...
        ...     def namespace(self):
        ...         return array_api_compat.numpy
        >>> MyBackend().to_dtype(polygrad.float32)
        dtype('float32')
    """

    #: What users write in ``backend="..."``.
    name: str
    #: What the library can do, any of:
    #:
    #: - ``"float64"``, ``"complex"``: it has those types;
    #: - ``"mutable"``: arrays can be written to (``array[key] = value``, ``out=``), so that in-place operations reuse memory;
    #: - ``"jit"``: it compiles, and the backend is a `CompilingBackend`.
    capabilities: frozenset[str] = frozenset({"float64", "complex"})
    #: Faster implementations of primitives.  A key is one of:
    #:
    #: - ``"NAME"``: the forward, with the signature of the primitive without ``xp``;
    #: - ``"NAME.vjp"``: the gradient of a primitive with one operand or a joint rule.  It takes the rule's parameters without
    #:   ``xp`` and returns a tuple of cotangents.  It is used unless the gradient is itself recorded;
    #: - ``"NAME_"``: ``(array, *operands) -> bool`` overwrites ``array`` with the result and returns whether it could.
    kernels: dict[str, Callable[..., Any]] = {}
    #: Operations whose kernels, the gradients' included, accept half precision and round only the result.  For any other
    #: operation that accumulates, the engine converts half precision to single precision first.
    accumulates: frozenset[str] = frozenset()
    #: Whether `to_numpy` gives the memory itself of writable arrays, not a copy.
    shares_with_numpy: bool = False
    #: Whether operations may keep and share 0-d arrays made by `scalar`: there is one device, and nothing writes to them.
    shares_scalars: bool = False
    #: 0 for a library's arrays; for engine use.  Recorded arrays have level 1, and each active transform (vmap, jvp) has a
    #: level above that.  Where levels meet, the highest runs the operation.
    level: int = 0
    _compiles = False

    library: Any
    xp: Namespace

    def owns(self, array_type: type) -> bool:
        """Whether arrays of ``array_type`` are this backend's.  Called once per type."""
        raise NotImplementedError

    def namespace(self) -> Any:
        """The library's Array API namespace.  Called once, when the backend is first used."""
        raise NotImplementedError

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        for name in sorted(_RENAMED.keys() & vars(cls).keys()):
            raise TypeError(f"{cls.__name__}.{name}: Backend has no such member any more; use {_RENAMED[name]}")
        if "jit" in cls.capabilities and not cls._compiles:
            raise TypeError(
                f'{cls.__name__} has the capability "jit", so it must derive from polygrad.backends.CompilingBackend'
            )

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

    # -- primitives on this library --------------------------------------------------------------------------------------

    def kernel(self, primitive: Any) -> Callable[..., Any]:
        """The function of raw arrays that runs ``primitive``'s forward: from `kernels`, or the generic implementation."""
        override = self.kernels.get(primitive.name)
        if override is not None:
            return override
        if primitive.is_of_standard:
            return getattr(self.xp, primitive.name)
        return partial(primitive.forward, self.xp)

    def rule(self, plan: Any) -> Callable[..., Any]:
        """The function ``(cotangent, saved) -> cotangents`` of raw arrays that runs ``plan``'s gradient."""
        override = self.kernels.get(plan.primitive.name + ".vjp")
        return plan.rule(self.xp) if override is None else plan.rule_from_kernel(override)

    # -- data types ------------------------------------------------------------------------------------------------------

    def supports(self, dtype: DType) -> bool:
        """Whether the library has ``dtype``, by `capabilities`."""
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
        """The library's device for ``device``: the library's own object, or a name.

        Raises ValueError, which lists the devices, for any other.
        """
        name = re.sub(r"^cpu:\d+$", "cpu", str(device))  # there is one CPU: as in PyTorch, its number says nothing
        for candidate in self.devices():
            if device == candidate or name == self.device_name(candidate):
                return candidate
        names = ", ".join(repr(self.device_name(d)) for d in self.devices())
        raise ValueError(f"backend {self.name!r} has no device {str(device)!r}; it has {names}")

    def device_name(self, device: Any) -> str:
        """The name of ``device`` for users, such as ``"cpu"`` or ``"cuda:0"``."""
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

    def item(self, array: Any) -> Any:
        """The only element of ``array`` as a Python scalar."""
        return self.to_numpy(array).item()

    def native(self, array: Any) -> Any:
        """``array`` for the user, as `Tensor.array` gives it: NumPy's reductions return scalars, which are no arrays."""
        return array

    # -- memory (with the capability "mutable") --------------------------------------------------------------------------

    def base_of(self, array: Any) -> Any:
        """The array that owns the memory that ``array`` is a view of, or None."""
        return getattr(array, "base", None)

    def is_writable(self, array: Any) -> bool:
        """Whether ``array`` owns its memory and may be written to."""
        return False

    # -- random numbers, asynchrony --------------------------------------------------------------------------------------

    def random_bits(self, key: int, counter: int, blocks: int, device: Any = None) -> Any:
        """Philox 4×64-10: ``4 * blocks`` random ``uint64`` of the stream ``key``, from block ``counter`` on."""
        return self.xp.philox(key, counter, blocks, device=self.default_device() if device is None else device)

    def synchronize(self) -> None:
        """Wait for what the library computes asynchronously."""

    # -- tracing: only compiling backends and the arrays of transforms override these ------------------------------------

    #: What the library raises where Python needs the value of a traced array.
    value_errors: tuple[type[BaseException], ...] = ()

    def is_traced(self, array: Any) -> bool:
        """Whether ``array`` has no value yet, because it belongs to a program that is being captured."""
        return False

    def values_for_checks(self, array: Any) -> Any:
        """The values of ``array`` as a NumPy array, for argument checks; of a batch, those of all examples."""
        return self.to_numpy(array)

    def concrete(self) -> contextlib.AbstractContextManager[Any]:
        """Context in which operations run at once, even while the library traces."""
        return contextlib.nullcontext()

    def __repr__(self) -> str:
        return f"<polygrad backend {self.name!r}>"


class CompilingBackend(Backend):
    """An array library that traces and compiles, so that `polygrad.compile` makes its programs.

    Required besides those of `Backend`: `capture`, `stage`, `is_traced`, `jit`, and `value_errors`; `cond` and
    `while_loop` where `has_control_flow` is true.

    Example::

        >>> isinstance(polygrad.backends.get_backend("numpy"), polygrad.backends.CompilingBackend)
        False
    """

    _compiles = True
    capabilities: frozenset[str] = frozenset({"jit", "float64", "complex"})
    #: Whether `cond` and `while_loop` become operations of a captured program.  Where not, loops are unrolled while tracing.
    has_control_flow: bool = True

    def jit(self, function: Callable[..., Any], **options: Any) -> Callable[..., Any]:
        """``function`` of raw arrays, compiled."""
        raise NotImplementedError(f"{type(self).__name__} must define jit()")

    def capture(self, function: Callable[[], list[Any]]) -> Any:
        """Run ``function`` on traced arrays and keep what it computes as a program.

        While it runs, `stage` turns an array into an input of the program.  What ``function`` returns are the outputs.

        Returns a program with these methods:

        - ``bind(overwritten, others)`` compiles it to a function of arrays, one argument each, that returns a list.  The
          arguments are the inputs with the numbers ``overwritten``, whose memory the program may reuse, and then those with
          the numbers ``others``;
        - ``as_text()`` gives the program for people to read;
        - ``cost()`` gives its operations, the bytes read and written, and the bytes of temporary memory.
        """
        raise NotImplementedError(f"{type(self).__name__} must define capture()")

    def stage(self, array: Any) -> Any:
        """``array`` as the next input of the program that is being captured."""
        raise NotImplementedError(f"{type(self).__name__} must define stage()")

    def same_trace(self, array: Any, other: Any) -> bool:
        """Whether ``array`` belongs to the innermost trace that ``other`` belongs to: the same body of a loop, say."""
        return self.is_traced(array)

    def assume(self, array: Any, question: Callable[[Any], Any]) -> Any:
        """``question(values)`` of a traced array, as a guard: the program holds while the answer is the same.

        None where a program cannot depend on values.
        """
        return None

    def record_update(self, name: str, columns: list[Any], settings: dict[str, Any]) -> Any:
        """Put the optimizer's kernel ``name``, which overwrites memory, into the program; None where it cannot be.

        ``columns`` are the kernel's: parameters, gradients and states; ``settings`` also has ``"step"``, the place of the
        counts of steps among the columns, or None.  Returns the new columns, without the gradients.
        """
        return None

    def optimization_barrier(self, function: Callable[..., list[Any]], arrays: list[Any]) -> list[Any]:
        """``function(*arrays)``, kept separate from the rest of a captured program.

        The compiler must neither start it before all of ``arrays`` are known nor merge it with equal computations
        elsewhere: `checkpoint` recomputes values in order to save memory.
        """
        return function(*arrays)

    def cond(
        self, predicate: Any, true: Callable[..., Any], false: Callable[..., Any], operands: tuple[Any, ...]
    ) -> Any:
        """``true(*operands)`` or ``false(*operands)``, as a branch of the program that is being captured."""
        raise NotImplementedError(f"{type(self).__name__} must define cond()")

    def while_loop(self, condition: Callable[[Any], Any], step: Callable[[Any], Any], state: Any) -> Any:
        """``state = step(state)`` while ``condition(state)``, as a loop of the program that is being captured."""
        raise NotImplementedError(f"{type(self).__name__} must define while_loop()")
