"""`cond` inside of a program: one conditional of the library, and one node of the graph.

Both functions are traced, and must have the same outputs: the residuals of one branch are zeros in the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..._core.graph import Edge, Leaf, Node
from ..._core.tensor import Tensor, cell
from ..._interpreters.flattening import Flattener
from ..._interpreters.tracer import plain
from ..backward import CapturedGraph
from .gradients import (
    GRADIENT,
    Function,
    Kind,
    Leaves,
    Residuals,
    Rule,
    StandIns,
    arrays_of,
    attach_node,
    fit_cotangent,
    needs_of,
    zeros,
)
from .subtrace import Retrace, State, SubTrace


def cond(
    backend: Any, predicate: Tensor, true: Function, false: Function, operands: Sequence[Tensor],
    labels: Sequence[str] = ("cond: true_fn", "cond: false_fn"), known: Sequence[StandIns] = ({}, {}),
) -> list[Tensor]:  # fmt: skip
    """The results of the chosen branch."""
    xp = backend.xp
    state = State()
    subtraces = [
        SubTrace(label, f, backend, state, k) for label, f, k in zip(labels, (true, false), known, strict=True)
    ]
    truth, needs, width = plain(predicate._read()), needs_of(operands), len(operands)
    # Both branches must have the same outputs.  The residuals of one are zeros in the other, which must know their types.
    saving: list[list[Kind]] = [[], []]
    made = Flattener(())
    traces: dict[int, Any] = {}

    def branch(number: int) -> Callable[..., tuple]:
        subtrace = subtraces[number]

        def run(own: Any, *given: Any) -> tuple:
            arrays = before.unpack(given)
            traced = subtrace.trace(arrays[:width], needs, arrays[width:], own)
            fits = made.admit([*traced.arrays, *traced.state])
            traced.lift_to(made.specs[: len(traced.arrays)])
            tape = traced.tape("cond", backend)
            packed = made.pack([*traced.arrays, *traced.state])
            saved = Residuals(tape, subtrace, given, packed, own)
            kinds = [(tuple(x.shape), x.dtype) for x in saved.more]
            traces[number] = (tape, saved, [edge is not None for edge in traced.edges], kinds)
            if len(traces) == 2:
                now = [traces[0][3], traces[1][3]]
                if now != saving or not fits:
                    saving[:] = now
                    raise Retrace
            more = [
                saved.more if other == number else [zeros(xp, kind) for kind in saving[other]] for other in range(2)
            ]
            return (*packed, *more[0], *more[1])

        return run

    while True:
        traces.clear()
        arrays = [*arrays_of(operands), *state.arrays(backend)]
        before = Flattener(arrays)
        given = before.pack(arrays)
        try:
            found = backend.cond(truth, branch(0), branch(1), (truth, *given))
            break
        except Retrace:
            continue
    packed, found = found[: len(made)], found[len(made) :]
    results = made.unpack(packed)
    varying = [one or other for one, other in zip(traces[0][2], traces[1][2], strict=True)]
    state.bind(results[len(varying) :])
    branches: list[Any] = [None, None]
    edges: dict[Any, Kind] = {}
    values: list[Any] = []
    for number in range(2):
        tape, saved, varies, kinds = traces[number]
        more, found = found[: len(kinds)], found[len(kinds) :]
        if tape is not None:
            own, _ = saved.collect(given, packed, more)
            leaves = Leaves(subtraces[number], tape, operands)
            edges.update({edge: leaves.kinds[leaf] for leaf, edge in leaves.edges.items()})
            branches[number] = _Branch(tape, leaves.edges, varies, slice(len(values), len(values) + len(own)))
            values += own
    traces.clear()
    rule = _cond_rule(backend, branches, edges, [subtrace.stand_ins for subtrace in subtraces])
    return attach_node("cond", results[: len(varying)], varying, list(edges), (truth, *values), rule)


class _Branch:
    """What the gradient of one branch of a cond needs."""

    def __init__(self, tape: CapturedGraph, edges: dict[Leaf, Any], varies: Sequence[bool], own: slice):
        self.tape, self._edges, self._own = tape, edges, own
        #: Which results of the branch are in the graph.
        self.outputs = [number for number, varying in enumerate(varies) if varying]
        self.places: list[int] = []

    def place(self, edges: Sequence[Edge]) -> None:
        """Find the leaves of the branch among ``edges``, those of the whole cond."""
        self.places = [edges.index(self._edges[leaf]) for leaf in self.tape.leaves]
        del self._edges  # only the node may hold them

    def run_backward(
        self, values: Sequence[Any], cotangents: Sequence[Tensor | None], ends: Sequence[Tensor]
    ) -> list[Any]:
        """The cotangents of the leaves; recorded if ``ends`` has tensors for all edges."""
        edges: Any = [ends[place]._edge for place in self.places] if ends else None
        return self.tape.run_backward(values[self._own], [cotangents[number] for number in self.outputs], edges)


def _cond_rule(backend: Any, branches: list[Any], edges: dict[Any, Kind], known: Sequence[StandIns]) -> Rule:
    xp, kinds = backend.xp, list(edges.values())
    for side in branches:
        if side is not None:
            side.place(list(edges))

    def rule(cotangents: Sequence[Tensor | None], saved: Sequence[Any], node: Node | None) -> list[Tensor]:
        given = [g for g in cotangents if g is not None]
        # If this is recorded, the graph of a branch continues to the operands of the branch.
        ends = [] if node is None else [
            cell(zeros(xp, kind), edge) for kind, edge in zip(kinds, node.edges, strict=True)
        ]  # fmt: skip

        def branch(side: Any) -> Function:
            def back(*tensors: Tensor) -> list[Tensor]:
                rest = iter(tensors)
                arrived = [None if g is None else next(rest) for g in cotangents]
                found: list[Tensor | None] = [None] * len(kinds)
                if side is not None:
                    reached = side.run_backward(saved[1:], arrived, list(rest))
                    for place, g in zip(side.places, reached, strict=True):
                        if g is not None:
                            found[place] = g if found[place] is None else found[place] + g
                return [fit_cotangent(g, xp, kind) for g, kind in zip(found, kinds, strict=True)]

            return back

        one, other = (branch(side) for side in branches)
        return cond(backend, cell(saved[0]), one, other, [*given, *ends], [GRADIENT + "a cond"] * 2, known)

    return rule
