"""`polygrad.compile`: a stateful training step, unchanged, as one compiled program."""

from __future__ import annotations

import functools
from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import get_ident
from typing import Any, Generic, NamedTuple, ParamSpec, Protocol, Self, TypeVar, overload

from .._core import engine
from .._core.tensor import Tensor
from .._core.typing import BackendLike
from .._core.watching import WATCHERS
from .._interpreters.trace import stack as active_traces
from .._state import recorder
from ..backends.base import CompilingBackend
from ..backends.registry import get_backend
from . import trace_lock
from .cache_key import any_lent, key_of, key_of_tensors
from .codegen import GUARD_FAILED
from .errors import CompileError, RunsEagerly
from .guards.dynamic_numbers import ChangedNumbers
from .guards.side_effects import Effects
from .program import Program
from .recompiles import describe_call, log_eviction, log_recompile, warn_recompiles
from .replay.program import GuardFailed, replaying

#: A new program's guards may fail at once, where another thread has changed something in between.
ATTEMPTS = 10
#: The default number of programs that are kept of one function.
MAX_PROGRAMS = 64

__all__ = ["CompileError", "Compiled", "Cost", "Lowered", "compile"]


class Cost(NamedTuple):
    """What a program costs in one run, as the compiler estimates it.

    Args:
        flops: floating-point operations.
        bytes: bytes read and written.
        temporary_bytes: bytes of memory in use only while the program runs.

    Example::

        >>> lowered = polygrad.compile(lambda x: (x @ x).sum()).lower(polygrad.ones(8, 8))
        >>> lowered.cost().flops >= 2 * 8 * 8 * 8
        True
    """

    #: Operations on floating-point numbers.
    flops: float
    #: Bytes that are read and written.
    bytes: float
    #: Bytes of memory for what lives only while the program runs.
    temporary_bytes: int


class Lowered:
    """A lowered program: its source and its cost.  `Compiled.lower` makes it.

    Args:
        captured: the traced program of the backend.

    Example::

        >>> lowered = polygrad.compile(lambda x: (x @ x).sum()).lower(polygrad.ones(8, 8))
        >>> print(lowered.as_text().splitlines()[0])
        def program(a0):
    """

    def __init__(self, captured: Any):
        self._captured = captured

    def as_text(self) -> str:
        """The program in the compiler's language; Python where the backend has no compiler."""
        return self._captured.as_text()

    def cost(self) -> Cost:
        """The cost of one run, as a `Cost`.  The program is compiled for it."""
        return Cost(*self._captured.cost())


class Compilable(Protocol):
    """What `compile` compiles to an object of the same type: a module."""

    def _as_compiled(self, compiled: Compiled[..., Any]) -> Any: ...


P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound=Compilable)


class Compiled(Generic[P, R]):
    """A function whose calls run as compiled programs, one for each combination of argument types.  `compile` makes it.

    Other attributes are those of the function.

    Args:
        function: the function.
        backend: the backend to compile for; by default that of the tensors among the arguments.
        max_programs: the largest number of programs to keep, or None.

    Example::

        >>> square = polygrad.compile(lambda x: x * x)
        >>> square(polygrad.tensor([1.0, 2.0]))
        tensor([1., 4.])
    """

    __wrapped__: Callable[P, R]

    def __init__(
        self, function: Callable[P, R], backend: BackendLike | None = None, max_programs: int | None = MAX_PROGRAMS
    ):
        functools.update_wrapper(self, function, updated=())
        self.__wrapped__ = function
        self._backend = None if backend is None else get_backend(backend)
        self._programs: dict[Any, tuple[Program, ...]] = {}
        #: The programs and their keys, least recently used first; and the most recently used program.
        self._order: OrderedDict[Program, Any] = OrderedDict()
        self._latest: Program | None = None
        self._max_programs = max_programs
        self._has_warned = False
        self._effects = Effects(self._name)
        #: Descriptions of numbers whose values the function needs, so that they cannot be inputs.
        self._constants: set[str] = set()

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        # Inside another compiled function, a transform, or where something looks at every node.
        if recorder() is not None or active_traces.get() or engine.sweep_contexts or WATCHERS:
            return self.__wrapped__(*args, **kwargs)
        attempts = 0
        passing: Program | None = None  # for this call alone
        tensors: Sequence[Any] = args
        key: Any = None
        while attempts < ATTEMPTS:
            thread = get_ident()
            try:  # Ctrl-C may come right after a call, so the next one must be inside
                trace_lock.running.append(thread)
                if trace_lock.tracing is not None:
                    trace_lock.wait_for_trace()
                if passing is None:  # the trace may have changed the arguments
                    tensors = args
                    key = None if kwargs else key_of_tensors(args)
                    if key is None:
                        key, tensors = key_of(args, kwargs)
                try:
                    programs = self._programs.get(key, ())
                except TypeError as error:
                    raise TypeError(
                        f"compile: an argument cannot be a key ({error}); pass tensors, numbers, strings, or lists, tuples and "
                        "dicts of them, and let the function reach everything else by its closure"
                    ) from error
                for program in programs if passing is None else (passing,):
                    try:
                        result = program.run(tensors)
                    except GuardFailed:
                        continue
                    if result is not GUARD_FAILED:
                        if program is not self._latest and program is not passing:
                            self._use(program)
                        return result
            finally:
                trace_lock.running.remove(thread)
            attempts += 1
            if self._effects.runs_eagerly(key) or any_lent(tensors):
                break
            with trace_lock.exclusive():
                if self._programs.get(key, ()) is not programs:  # another thread has traced meanwhile
                    continue
                try:
                    program = self._make(args, kwargs, tensors, programs)
                except RunsEagerly:
                    break
                passing = program if program.changed else None
                self._effects.note(key, program, programs)
                if not program.changed:
                    self._programs[key] = (program, *programs)
                    self._keep(key, program)
        else:
            raise CompileError(
                f"compile: {self._name}: guards failed {ATTEMPTS} times in one call: another thread keeps changing modes or "
                "settings; serialize them"
            )
        return self.__wrapped__(*args, **kwargs)

    def _use(self, program: Program) -> None:
        self._latest = program
        if program in self._order:
            self._order.move_to_end(program)

    def _keep(self, key: Any, program: Program) -> None:
        """Keep ``program``, and drop the least recently used one if there are too many."""
        self._order[program] = key
        if self._max_programs is not None and len(self._order) > self._max_programs:
            oldest, key = self._order.popitem(last=False)
            rest = tuple([other for other in self._programs.pop(key) if other is not oldest])
            if rest:
                self._programs[key] = rest
            log_eviction(self._name, oldest, self._max_programs)

    def _make(
        self, args: tuple, kwargs: dict[str, Any], tensors: Sequence[Tensor], programs: Sequence[Program]
    ) -> Program:
        """Trace a new program for the same key as ``programs``, and log or warn about it."""
        former = [program for programs in self._programs.values() for program in programs]
        program = self._trace_again(args, kwargs, tensors, programs[0]) if programs else None
        if program is None:
            program = self._trace(args, kwargs, tensors)
        if former:
            log_recompile(self._name, former, program.descriptions, tensors)
            self._has_warned = self._has_warned or warn_recompiles(self._name, [*former, program])
        return program

    def _trace_again(
        self, args: tuple, kwargs: dict[str, Any], tensors: Sequence[Tensor], former: Program
    ) -> Program | None:
        """Trace with the Python numbers that have changed since ``former`` as inputs; None if that is impossible."""
        while changing := ChangedNumbers(
            [guard for guard in former.value_guards if guard.description not in self._constants], former.run.__globals__
        ):
            try:
                return self._trace(args, kwargs, tensors, changing)
            except RunsEagerly:
                raise
            except Exception:  # an error of the function itself comes again without them
                self._constants |= changing.constants
        return None

    @property
    def backend(self) -> str | None:
        """The name of the backend that it compiles for, or None where the arguments decide."""
        return None if self._backend is None else self._backend.name

    @property
    def _name(self) -> str:
        return getattr(self.__wrapped__, "__name__", type(self.__wrapped__).__name__)

    def _trace(
        self, args: tuple, kwargs: dict[str, Any], tensors: Sequence[Tensor], changing: ChangedNumbers | None = None,
        only_to_look_at: bool = False,
    ) -> Program:  # fmt: skip
        backend = self._backend or (tensors[0].backend if tensors else get_backend())
        if others := [x for x in tensors if x.backend is not backend and (x.requires_grad or self._backend is None)]:
            raise TypeError(
                f"compile: the arguments of {self._name} are on backends {backend.name!r} and {others[0].backend.name!r}; move the "
                f"tensor of shape {tuple(others[0].shape)}, as in x.to(backend={backend.name!r})"
            )
        if not isinstance(backend, CompilingBackend):
            backend = replaying(backend)
        descriptions = describe_call(self.__wrapped__, args, kwargs)
        return Program(
            self._name,
            backend,
            self.__wrapped__,
            args,
            kwargs,
            tensors,
            descriptions,
            changing or ChangedNumbers((), {}),
            only_to_look_at,
        )

    def lower(self, *args: Any, **kwargs: Any) -> Lowered:
        """Lower the function for these arguments without running it.  Tracing changes no state.

        Args:
            *args: the arguments of a call.
            **kwargs: its keyword arguments.

        Returns:
            A `Lowered`.

        Raises:
            CompileError: the function cannot be compiled.
        """
        _, tensors = key_of(args, kwargs)
        return Lowered(self._trace(args, kwargs, tensors, only_to_look_at=True).captured)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["__wrapped__"], name)

    @overload
    def __get__(self, instance: None, owner: Any = None) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: Any = None) -> Callable[..., R]: ...
    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else functools.partial(self, instance)

    def __repr__(self) -> str:
        return f"<compiled {self.__wrapped__!r}>"


@overload
def compile(
    function: M, *, backend: BackendLike | None = None, fullgraph: bool = True, max_programs: int | None = MAX_PROGRAMS
) -> M: ...
@overload
def compile(
    function: Callable[P, R],
    *,
    backend: BackendLike | None = None,
    fullgraph: bool = True,
    max_programs: int | None = MAX_PROGRAMS,
) -> Compiled[P, R]: ...
@overload
def compile(
    function: None = None,
    *,
    backend: BackendLike | None = None,
    fullgraph: bool = True,
    max_programs: int | None = MAX_PROGRAMS,
) -> Callable[[Callable[P, R]], Compiled[P, R]]: ...
def compile(
    function: Any = None,
    *,
    backend: BackendLike | None = None,
    fullgraph: bool = True,
    max_programs: int | None = MAX_PROGRAMS,
) -> Any:
    """Compile a function or a module as a whole.

    The first call with a new combination of argument types traces the function: it runs once on values that have a
    shape and a data type only.  The trace finds parameters, buffers, optimizer state, gradients and random generators
    by itself.  Later calls run the program.  On a backend without a compiler the program is one Python function that
    calls the library's functions in the recorded order.  In anomaly mode (`autograd.detect_anomaly`) and under
    hooks on saved tensors calls run eagerly.

    Args:
        function: a function or a module; without it, `compile` is a decorator with arguments.
        backend: the backend to compile for; by default that of the tensors among the arguments.
        fullgraph: always True, as in programs for ``torch.compile``: no part of a function runs eagerly.
        max_programs: the largest number of programs to keep, those used last; None keeps all.

    Returns:
        A `Compiled` function, or a module whose calls are compiled.

    Raises:
        CompileError: on a call, the function needs the value of a tensor while it is traced, or keeps a traced tensor.
        TypeError: on a call, it reads tensors of several backends.
        ValueError: ``fullgraph`` is False, or ``max_programs`` below 1.

    Example::

        >>> model = nn.Linear(1, 1)
        >>> optimizer = optim.SGD(model.parameters(), lr=0.1)
        >>> @polygrad.compile
        ... def step(x, y):
        ...     optimizer.zero_grad()
        ...     loss = F.mse_loss(model(x), y)
        ...     loss.backward()
        ...     optimizer.step()
        ...     return loss
        >>> x = polygrad.tensor([[0.0], [1.0]])
        >>> losses = [step(x, 2 * x).item() for _ in range(100)]
        >>> losses[-1] < losses[0]
        True
    """
    if not fullgraph:
        raise ValueError(
            "compile: fullgraph=False would leave parts of a function to run eagerly, which polygrad never does; leave it out, and "
            "compile those functions alone that need no values of tensors"
        )
    if function is None:
        return functools.partial(compile, backend=backend, max_programs=max_programs)
    if not callable(function):
        raise TypeError(f"compile takes a function or a module, not a {type(function).__name__}")
    if max_programs is not None and (not isinstance(max_programs, int) or max_programs < 1):
        raise ValueError(f"compile: max_programs is a number from 1 up, or None for no bound, not {max_programs!r}")
    compiled = Compiled(function, backend, max_programs)
    as_module = getattr(function, "_as_compiled", None)
    return compiled if as_module is None else as_module(compiled)
