"""Programs: what a function computes on traced arrays, kept as a jaxpr and compiled as a whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any

import jax
from jax.extend.core import ClosedJaxpr, Primitive, jaxpr_as_fun, set_current_trace, take_current_trace

# An input of the program.  It is a placeholder: `Program` puts the argument in its place.  The array itself must
# not be an operand: the program would hold it.
input_p = Primitive("polygrad_input")
input_p.def_abstract_eval(lambda *, number, kind: kind)

#: How many inputs the program that is being captured has, and the trace of it: a body of a loop has another one.
_capturing: ContextVar[tuple[list[int], Any]] = ContextVar("polygrad_jax_capturing")


def stage(array: Any) -> Any:
    """``array`` as the next input of the program that is being captured."""
    count, trace = _capturing.get()
    count[0] += 1
    with set_current_trace(trace):
        return input_p.bind(number=count[0] - 1, kind=jax.typeof(array))


def capture(function: Callable[[], list[Any]]) -> Program:
    """The program that ``function`` computes from what it stages to what it returns."""

    def in_its_trace() -> list[Any]:
        with take_current_trace() as trace:
            token = _capturing.set(([0], trace))
        try:
            return function()
        finally:
            _capturing.reset(token)

    return Program(jax.make_jaxpr(in_its_trace)())


class Program:
    """A captured program."""

    def __init__(self, closed: Any):
        jaxpr = closed.jaxpr
        self._inputs = {e.params["number"]: e.outvars[0] for e in jaxpr.eqns if e.primitive is input_p}
        self._equations = [e for e in jaxpr.eqns if e.primitive is not input_p]
        self._closed = closed

    def bind(self, overwritten: Sequence[int], others: Sequence[int]) -> Callable[..., list[Any]]:
        """The compiled program: the inputs numbered in ``overwritten``, whose memory it may use, and the ``others``."""
        variables = [self._inputs[number] for number in (*overwritten, *others)]
        names = self._closed.jaxpr.debug_info._replace(arg_names=("",) * len(variables))
        jaxpr = self._closed.jaxpr.replace(invars=variables, eqns=self._equations, debug_info=names)
        function = jaxpr_as_fun(ClosedJaxpr(jaxpr, self._closed.consts))
        self._kinds = [variable.aval for variable in variables]
        self._compiled = jax.jit(function, donate_argnums=tuple(range(len(overwritten))))
        return self._compiled

    def as_text(self) -> str:
        """The bound program in StableHLO."""
        return self._compiled.lower(*self._kinds).as_text()

    def cost(self) -> tuple[float, float, int]:
        """Operations, bytes read and written, and bytes of temporary memory in one run."""
        compiled = self._compiled.lower(*self._kinds).compile()
        cost = compiled.cost_analysis() or {}
        memory = compiled.memory_analysis()
        return cost.get("flops", 0.0), cost.get("bytes accessed", 0.0), getattr(memory, "temp_size_in_bytes", 0)
