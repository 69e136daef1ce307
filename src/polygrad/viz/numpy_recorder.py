"""The recorder of `python`: every function that a forward or a rule calls becomes one operation under its name.

It is the recorder of compiled programs on the NumPy backend, without that backend's kernels: rules and generic forwards run
as they are written.  A primitive that NumPy or a helper of the written file can say in one call stays one operation, and an
elementwise one of several steps becomes a function of the file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

import numpy as np

from ..backends.registry import BY_TYPE, register_backend
from ..compiler.replay.graph import Graph, ReplayTracer, ValueUnknown, graph_of
from ..compiler.replay.tracer import SHAPED_BY_VALUES, ForwardNamespace, TracerBackend, TracerNamespace
from .numpy_spelling import AS_ONE_CALL, find_unused

#: An elementwise primitive of so few operations is written where it is used.
_SHORT = 2


class Call:
    """A function and the name that it is written by."""

    __slots__ = ("function", "name")

    def __init__(self, name: str, function: Callable[..., Any]):
        self.name, self.function = name, function

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self.function(*arguments, **named)


#: Gives a gradient its own name.
ALIAS = Call("alias", np.array)


@dataclass(eq=False)
class Helper:
    """A function of the written file: an elementwise primitive, with its settings, as a separate graph."""

    name: str
    graph: SourceGraph
    parameters: list[str]
    documentation: str


class HelperCall(Call):
    """A call of a `Helper`."""

    __slots__ = ("helper",)

    def __init__(self, helper: Helper, function: Callable[..., Any]):
        super().__init__(helper.name, function)
        self.helper = helper


@dataclass(eq=False)
class Step:
    """What a group of operations belongs to: the forward of a primitive, or its backward."""

    label: str
    backward: bool
    #: (shapes in, shapes out), as they are written.
    shapes: str = ""


@dataclass
class Helpers:
    """The helpers of one file, by what they are made from, in the order in which they are complete."""

    known: dict[Any, Helper | None] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)


class SourceGraph(Graph):
    """A graph whose operations remember the `Step` that they belong to, as their ``origin``."""

    def __init__(self, backend: Any, helpers: Helpers):
        super().__init__(backend)
        self.helpers = helpers
        #: Cotangent that a rule passed on unchanged → the step.
        self.passed: dict[int, Any] = {}
        #: Whether the engine sweeps: what it computes between the rules belongs to no step.
        self.sweeping = False


class _Names(TracerNamespace):
    """The namespace of rules and forwards, where ``sort`` is the standard's, without the places."""

    @property
    def sort(self) -> Callable[..., Any]:
        """The elements in order."""
        return self._backend.record_calls(self._backend.base.xp.sort, "sort")

    @property
    def zeros_like(self) -> Callable[..., Any]:
        """Zeros, which may have another type."""
        return self._backend.record_calls(self._backend.base.xp.zeros_like, "zeros_like")


class SourceBackend(TracerBackend):
    """Records what is computed on NumPy arrays by the names of the functions."""

    def __init__(self, base: Any):
        super().__init__(base)
        self.name = f"{base.name}, written"  # that of compiled programs has another
        self.library = self.xp = _Names(self)  # type: ignore[assignment]  # a namespace, if not a module

    def record_calls(self, function: Callable[..., Any], name: str) -> Callable[..., Any]:
        call = Call(name, function)

        def run(*arguments: Any, **named: Any) -> Any:
            graph = graph_of(arguments) or (graph_of(named.values()) if named else None)
            if graph is None:
                return function(*arguments, **named)
            if name in SHAPED_BY_VALUES:
                raise ValueUnknown(f"{name} has a result whose shape depends on values")
            if name == "astype" and arguments[0].dtype == arguments[1]:
                return arguments[0]
            return graph.apply(call, arguments, named)

        return run

    def kernel(self, primitive: Any) -> Callable[..., Any]:
        name, number = primitive.name, len(primitive.operands)
        call = Call(name, self.base.kernel(primitive))
        forward = (
            primitive.forward if primitive.is_of_standard else partial(primitive.forward, ForwardNamespace(self, name))
        )

        def run(*arguments: Any, **named: Any) -> Any:
            operands = arguments[0] if primitive.variadic else arguments[:number]
            graph: Any = graph_of(operands)
            if graph is None:
                return call(*arguments, **named)
            outer = graph.origin
            if outer is None and not graph.sweeping:
                graph.origin = Step(primitive.public_name, False)
            try:
                if primitive.is_of_standard:
                    result = graph.apply(call, arguments, named)
                elif name in AS_ONE_CALL and _is_of_images(operands, name):
                    settings = dict(zip(primitive.settings, arguments[number:], strict=False))
                    settings = {**primitive.defaults, **settings, **named}
                    result = self._in_one_call(graph, call, primitive, operands, settings)
                elif primitive.is_elementwise:
                    result = self._elementwise(graph, primitive, call, forward, arguments, named)
                else:
                    result = forward(*arguments, **named)
            finally:
                graph.origin = outer
            if outer is None and not graph.sweeping:
                _tell_shapes(graph, operands, result)
            return result

        return run

    def _in_one_call(self, graph: Any, call: Call, primitive: Any, operands: Any, settings: dict[str, Any]) -> Any:
        if call.name == "cast" and operands[0].dtype == settings["dtype"]:
            return operands[0]

        def compute(*arrays: Any, **named: Any) -> Any:
            return call(*arrays, *[named[name] for name in primitive.settings])  # a kernel has other names

        return graph.apply(Call(call.name, compute), tuple(operands), settings)

    def _elementwise(
        self, graph: Any, primitive: Any, call: Call, forward: Callable[..., Any], arguments: Any, named: Any
    ) -> Any:
        if primitive.name == "safe_divide" and _is_nonzero_number(arguments[1]):
            return arguments[0] / arguments[1]
        arrays = [x for x in arguments if isinstance(x, ReplayTracer)]
        others = tuple(repr(x) if not isinstance(x, ReplayTracer) else str(x.dtype) for x in arguments)
        key = primitive.name, others, tuple(sorted((n, repr(v)) for n, v in named.items()))
        helpers = graph.helpers
        if key not in helpers.known:
            helpers.known[key] = self._helper(helpers, primitive, forward, arguments, named)
        helper = helpers.known[key]
        if helper is None:
            return forward(*arguments, **named)
        place = {id(x): number for number, x in reversed(list(enumerate(arguments))) if isinstance(x, ReplayTracer)}

        def compute(*values: Any) -> Any:
            filled = list(arguments)
            for x, value in zip(arrays, values, strict=True):
                filled[place[id(x)]] = value
            return call(*[x.value if isinstance(x, ReplayTracer) else x for x in filled], **named)

        return graph.apply(HelperCall(helper, compute), tuple(arrays))

    def _helper(
        self, helpers: Helpers, primitive: Any, forward: Callable[..., Any], arguments: Any, named: Any
    ) -> Helper | None:
        """A helper that computes ``forward``; None where it is too short for one."""
        inner: Any = SourceGraph(self, helpers)
        names = iter(primitive.operands)
        parameters: list[str] = []
        inside = []
        for x in arguments:
            name = next(names, None)
            if isinstance(x, ReplayTracer):
                parameters.append(name or f"x{len(parameters)}")
                x = inner.add(x.value)
                inner.inputs.append(x.slot)
            inside.append(x)
        inner.origin = Step(primitive.name, False)
        result = forward(*inside, **named)
        if not isinstance(result, ReplayTracer) or len(inner.operations) <= _SHORT:
            return None
        inner.results = [result.slot]
        stem = primitive.name.rstrip("_")
        name = find_unused(stem, helpers.taken)
        purpose = (primitive.forward.__doc__ or "").strip().partition("\n")[0]
        return Helper(name, inner, parameters, purpose or f"The function {stem} of each element.")

    def rule(self, plan: Any) -> Callable[..., Any]:
        usual = plan.rule(self.xp)

        def run(g: Any, saved: Any) -> Any:
            graph: Any = graph_of((g,)) or graph_of(saved)
            if graph is None:
                return usual(g, saved)
            outer = graph.origin
            graph.origin = step = Step(plan.primitive.public_name, True)
            try:
                results = usual(g, saved)
            finally:
                graph.origin = outer
            given = g if isinstance(g, list) else [g]
            slots = {x.slot for x in given if isinstance(x, ReplayTracer)}
            for x in results:
                if isinstance(x, ReplayTracer) and x.slot in slots:
                    graph.passed[x.slot] = step
            _tell_shapes(graph, given, results, step)
            return results

        return run


def _is_of_images(operands: Any, name: str) -> bool:
    """Whether a function of windows has two axes for them, as the helpers of the file have."""
    return "pool" not in name or len(operands[0].shape) == 4


def _is_nonzero_number(x: Any) -> bool:
    if isinstance(x, ReplayTracer):
        return x.constant and x.shape == () and bool(x.value != 0)
    return isinstance(x, (int, float, complex)) and x != 0


def _tell_shapes(graph: Any, given: Any, results: Any, step: Any = None) -> None:
    """Write the shapes of operands and results into the step of the last operation, or ``step``."""
    if step is None:
        if not graph.operations:
            return
        step = graph.operations[-1].origin
    if step is not None and not step.shapes:
        several = results if isinstance(results, (tuple, list)) else [results]
        inside = ", ".join(str(tuple(x.shape)) for x in given if hasattr(x, "shape"))
        outside = ", ".join(str(tuple(x.shape)) for x in several if hasattr(x, "shape"))
        step.shapes = inside if inside == outside else f"{inside} -> {outside}"


@cache
def source_backend() -> SourceBackend:
    """The recorder of the NumPy backend, made once."""
    made = SourceBackend(BY_TYPE[np.ndarray])
    register_backend(made)
    return made
