"""Loops inside of a program: one native loop, and one node of the graph.

The function of a step is traced as a `SubTrace`.  The residuals of the graph that its trace records leave the loop as
additional outputs, stacked over the steps.  Backward is another loop, which sweeps the same graph with the residuals of one
step.  Nothing is computed twice.

The backward loop is an ordinary `scan`, so it can be recorded and differentiated again.  Then the graph of a step belongs to
the graph of the sweep, and the carry before each step counts as an output of the first loop.  Inside of transforms the native
loop carries the plain arrays of tracers (`Flattener`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

from ..._core.graph import Leaf, Node
from ..._core.tensor import Tensor, cell
from ..._interpreters.flattening import Flattener, lift_to_spec, varies_in_batch
from ..._interpreters.tracer import plain
from ..backward import CapturedGraph
from ..errors import CompileError
from .gradients import (
    GRADIENT,
    Function,
    Leaves,
    Residuals,
    Rule,
    StandIns,
    arrays_of,
    attach_node,
    fit_cotangent,
    leaves_of,
    may_need,
    needs_of,
    output,
    zeros,
)
from .subtrace import Retrace, State, SubTrace, Traced


def _depending(traced: Traced, subtrace: SubTrace, needs: Sequence[bool], given: Sequence[bool]) -> list[bool]:
    """Which tensors of the carry are in the graph after any number of steps.

    Those that ``given`` says are from the beginning, and those that a step computes from tensors in the graph.
    """
    count = len(given)
    found = list(given)
    carry = {leaf: number for number, leaf in enumerate(subtrace.leaves[:count]) if leaf is not None}
    reached = [leaves_of(edge) for edge in traced.edges[:count]]
    while True:
        before = list(found)
        for number, leaves in enumerate(reached):
            found[number] |= any(leaf not in carry or found[carry[leaf]] for leaf in leaves)
        if found == before:
            return [one and needed for one, needed in zip(found, needs, strict=True)]


# -- scan --------------------------------------------------------------------------------------------------------------------


def scan(
    backend: Any, step: Function, carry: Sequence[Tensor], inputs: Sequence[Tensor], count: int, reverse: bool,
    results: list[Any], label: str = "scan: combine_fn", known: StandIns = {},  # noqa: B006
) -> tuple[list[Tensor], list[Tensor]]:  # fmt: skip
    """The last carry, and the stacked other results.  ``results`` is cleared before each trace of ``step``."""
    xp = backend.xp
    state = State()
    subtrace = SubTrace(label, step, backend, state, known, always=True)
    needs, width = may_need(carry), len(carry)
    held, rows = Flattener(arrays_of(carry)), Flattener(arrays_of(inputs))
    last_trace: list[Any] = []

    def body(before: tuple, parts: tuple) -> tuple[tuple, tuple]:
        results.clear()
        arrays = held.unpack(before)
        slices = rows.unpack(parts) if inputs else []
        own = (*before, *parts)[0]
        traced = subtrace.trace([*arrays[:width], *slices], [*needs, *needs_of(inputs)], arrays[width:], own)
        fits = held.admit([*traced.arrays[:width], *traced.state])
        depending = _depending(traced, subtrace, needs, needs_of(carry))
        if not fits or depending != needs:
            needs[:] = depending
            raise Retrace
        traced.lift_to(held.specs[:width])
        tape = traced.tape("scan", backend)
        ys = Flattener(traced.arrays[width:])
        stacked = ys.pack(traced.arrays[width:])
        saved = Residuals(tape, subtrace, parts, stacked, own)
        last_trace[:] = [tape, saved, ys, [leaves_of(edge) for edge in traced.edges]]
        return held.pack([*traced.arrays[:width], *traced.state]), (*stacked, *saved.more)

    # Without inputs, the loop counts the steps.
    through = rows.pack_steps(arrays_of(inputs)) or (xp.arange(count),)
    while True:
        start = [*arrays_of(carry), *state.arrays(backend)]
        held.admit(start)
        try:
            last, stacked = xp.scan_steps(body, held.pack(start), through, reverse)
            break
        except Retrace:
            continue
    last = held.unpack(last)
    state.bind(last[width:])
    tape, saved, ys, reaches = last_trace
    last_trace.clear()
    own_stacked, more = stacked[: len(ys)], stacked[len(ys) :]
    arrays = [*last[:width], *ys.unpack_steps(own_stacked)]
    if tape is None:
        made = [cell(array) for array in arrays]
    else:
        values, steps = saved.collect(through, own_stacked, more)
        carry = [lift_to_spec(x, spec) for x, spec in zip(carry, held.specs, strict=False)]
        leaves = Leaves(subtrace, tape, [*carry, *inputs])
        rule = _scan_rule(backend, tape, subtrace, leaves, reaches, steps, count, reverse, width)
        varies = [bool(found) for found in reaches]
        made = attach_node("scan", arrays, varies, list(leaves.edges.values()), values, rule, more=width)
    return made[:width], made[width:]


def _scan_rule(
    backend: Any, tape: CapturedGraph, subtrace: SubTrace, leaves: Leaves, reaches: list[set[Leaf]], steps: list[bool], count: int,
    reverse: bool, width: int,
) -> Rule:  # fmt: skip
    """The rule that computes the cotangents of a scan's leaves from those of its results and of the carry before each step.

    ``reaches`` has the leaves that each result of a step depends on; ``steps`` says which residuals have an axis of steps.
    """
    xp, kinds, stand_ins, inputs = backend.xp, leaves.kinds, subtrace.stand_ins, subtrace.leaves
    leaf_of = {number: leaf for number, leaf in enumerate(inputs[:width]) if leaf is not None}
    carry = {leaf: number for number, leaf in leaf_of.items()}
    given = [leaf for leaf in inputs[width:] if leaf in leaves.edges]
    closed, order = leaves.closed, list(leaves.edges)
    outputs = [number for number, found in enumerate(reaches) if found]
    total = len(reaches)

    def rule(cotangents: Sequence[Tensor | None], saved: Sequence[Any], node: Node | None) -> list[Tensor | None]:
        arriving = {number: g for number, g in enumerate(cotangents) if g is not None}
        before = {number - total: arriving.pop(number) for number in list(arriving) if number >= total}
        # The carry that a step depends on is a result of the step before, which therefore gets cotangents too.
        asked = list(dict.fromkeys([*arriving, *before]))
        reached = {leaf_of[k] for k in before}
        for number in asked:
            reached |= reaches[number]
            asked += [carry[leaf] for leaf in reaches[number] if leaf in carry and carry[leaf] not in asked]
        carried = sorted(number for number in asked if number < width)
        results = [number for number in arriving if number >= width]
        sums, parts = ([leaf for leaf in some if leaf in reached] for some in (closed, given))
        # The carry's cotangents pass from step to step; those of leaves shared by all steps are summed.
        start = [fit_cotangent(arriving.get(k), xp, kinds[leaf_of[k]]) for k in carried]
        start += [fit_cotangent(None, xp, kinds[leaf]) for leaf in sums]
        through = [cell(array) for array, has_steps in zip(saved, steps, strict=True) if has_steps]
        through += [*[arriving[number] for number in results], *before.values()]
        # If this is recorded, the graph of a step continues to the inputs of the steps, whose values are saved.
        outside: dict[Leaf, Tensor] = {}
        if node is not None:
            for leaf, k in carry.items():
                shape = (count, *kinds[leaf][0])
                through.append(cell(zeros(xp, (shape, kinds[leaf][1])), output(node, total + k, shape)))
            edge_of = dict(zip(order, node.edges, strict=True))
            for leaf in given:
                shape = (count, *kinds[leaf][0])
                through.append(cell(zeros(xp, (shape, kinds[leaf][1])), edge_of[leaf]))
            outside = {leaf: cell(zeros(xp, kinds[leaf]), edge_of[leaf]) for leaf in closed}

        def back(*tensors: Tensor) -> list[Tensor]:
            rest = iter(tensors)
            known = dict(zip(carried, rest, strict=False)) if carried else {}
            totals = list(islice(rest, len(sums)))
            values = [next(rest)._read() if has_steps else array for array, has_steps in zip(saved, steps, strict=True)]
            known.update(zip(results, islice(rest, len(results)), strict=True))
            of_carry = dict(zip(before, islice(rest, len(before)), strict=True))
            edges = None
            if node is not None:
                found_at = dict(zip([*carry, *given], rest, strict=True))
                for x in outside.values():
                    x._read()  # from here on it has a place in the graph of the step
                edges = [{**found_at, **outside}[leaf]._edge for leaf in tape.leaves]
            found = dict(
                zip(tape.leaves, tape.run_backward(values, [known.get(n) for n in outputs], edges), strict=True)
            )
            of_steps = [fit_cotangent(found.get(leaf_of[k]), xp, kinds[leaf_of[k]]) for k in carried]
            of_steps = [g + of_carry[k] if k in of_carry else g for k, g in zip(carried, of_steps, strict=True)]
            summed = [g + fit_cotangent(found[leaf], xp, kinds[leaf]) for g, leaf in zip(totals, sums, strict=True)]
            return [*of_steps, *summed, *[fit_cotangent(found[leaf], xp, kinds[leaf]) for leaf in parts]]

        last, stacked = scan(backend, back, start, through, count, not reverse, [], GRADIENT + "a scan", stand_ins)
        found = {leaf_of[k]: g for k, g in zip(carried, last, strict=False) if leaf_of[k] in reached}
        found.update(zip([*sums, *parts], [*last[len(carried) :], *stacked], strict=True))
        return [found.get(leaf) for leaf in order]

    return rule


# -- while_loop --------------------------------------------------------------------------------------------------------------


def while_loop(
    backend: Any, goes_on: Callable[..., Any], step: Function, masked: Function, carry: Sequence[Tensor]
) -> list[Tensor]:
    """The last carry.  Where ``goes_on`` has a truth for each example of a batch, ``masked`` is run as long as one holds."""
    xp = backend.xp
    state = State()
    width = len(carry)

    def condition(*tensors: Tensor) -> list[Tensor]:
        truth = goes_on(*tensors)
        return [truth if isinstance(truth, Tensor) else cell(xp.asarray(truth))]

    asked = SubTrace("while_loop: cond_fn", condition, backend, state)
    done = SubTrace("while_loop: body_fn", lambda *tensors: chosen(*tensors), backend, state)
    needs, held = may_need(carry), Flattener(arrays_of(carry))
    edges: list[Any] = []
    chosen = step

    def test(before: tuple) -> Any:
        nonlocal chosen
        arrays = held.unpack(before)
        traced = asked.trace(arrays[:width], [False] * width, arrays[width:], before[0])
        if any(x is not y for x, y in zip(traced.state, arrays[width:], strict=True)):
            raise CompileError(
                "while_loop: cond_fn changes a tensor from outside, perhaps the state of a random generator; in a compiled "
                "program only body_fn can, so compute there what cond_fn needs, and carry it"
            )
        truth = traced.arrays[0]
        chosen = masked if varies_in_batch(truth) else step
        return xp.any(plain(truth))

    def body(before: tuple) -> tuple:
        arrays = held.unpack(before)
        traced = done.trace(arrays[:width], needs, arrays[width:], before[0])
        after = [*traced.arrays, *traced.state]
        if not held.admit(after):
            raise Retrace
        depending = _depending(traced, done, needs, needs_of(carry))
        inputs = {leaf: number for number, leaf in enumerate(done.leaves) if leaf is not None}
        found: dict[Any, None] = {}
        for edge in traced.edges:
            for leaf in leaves_of(edge):
                outer = carry[inputs[leaf]]._edge if leaf in inputs else done.edge(leaf)
                if outer is not None:
                    found[outer] = None
        edges[:] = [depending, list(found)]
        return held.pack(after)

    while True:
        start = [*arrays_of(carry), *state.arrays(backend)]
        held.admit(start)
        try:
            last = held.unpack(backend.while_loop(test, body, held.pack(start)))
            break
        except Retrace:
            continue
    state.bind(last[width:])
    varies, outer = edges
    return attach_node("while_loop", last[:width], varies, outer, (), _no_gradient)


def _no_gradient(cotangents: Sequence[Tensor | None], saved: Sequence[Any], node: Node | None) -> list[Tensor | None]:
    raise RuntimeError(
        "while_loop: inside a compiled function it has no gradient: the trip count is unknown at trace time, so residuals cannot "
        "be stored.  Use polygrad.scan with a fixed number of steps, and polygrad.where to mask those that are too many; or "
        "polygrad.func.jvp or jacfwd, which run along with the loop; or call the function without polygrad.compile; or detach() "
        "its inputs if no gradient is needed"
    )
