"""Control flow inside of a program: one branch or loop, and one node of the graph.

Each function is traced as a region (`regions`).  The graph that its trace records is taken out of it; the arrays that this
graph has saved leave the loop as further outputs, stacked over its steps, and going backward is another loop, in which the
same graph is swept with the saved arrays of one step.  Nothing is computed a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .._core.graph import Leaf
from .._core.primitive import OPERATIONS
from .._core.tensor import Tensor, cell
from .._state import grad_enabled
from .errors import CompileError
from .outside import Template
from .regions import Again, Region, Traced, joined, leaves_of

Function = Callable[..., list[Tensor]]


def _needs(tensors: Sequence[Tensor]) -> list[bool]:
    return [grad_enabled() and x._edge is not None for x in tensors]


def _may_need(tensors: Sequence[Tensor]) -> list[bool]:
    return [grad_enabled() and x.dtype.is_differentiable for x in tensors]


def _bind(state: Sequence[Tensor], arrays: Sequence[Any]) -> None:
    """Put what a region made of the tensors that it writes to into them."""
    for tensor, array in zip(state, arrays, strict=True):
        tensor._bind(array, tensor._edge)


def _depending(traced: Traced, region: Region, needs: Sequence[bool], given: Sequence[bool]) -> list[bool]:
    """Which tensors of the carry have a gradient, after any number of steps: those for which ``given`` says so from the
    beginning, and those that a step computes from such, or from anything else that has one."""
    count = len(given)
    found = list(given)
    carry = {leaf: number for number, leaf in enumerate(region.leaves[:count]) if leaf is not None}
    reached = [leaves_of(edge) for edge in traced.edges[:count]]
    while True:
        before = list(found)
        for number, leaves in enumerate(reached):
            found[number] |= any(leaf not in carry or found[carry[leaf]] for leaf in leaves)
        if found == before:
            return [one and needed for one, needed in zip(found, needs, strict=True)]


class _Residuals:
    """Where the arrays that a graph has saved are found: outside of the region, among its inputs or its outputs, or nowhere
    yet, so that they have to leave it as ``more`` outputs."""

    def __init__(self, tape: Template | None, region: Region, inputs: Sequence[Any], outputs: Sequence[Any], own: Any):
        self._places: list[tuple[str, int]] = []
        self.more: list[Any] = []
        #: Those from outside.  They are taken by `collect`, and only there held by the graph.
        self.outside: list[Any] = []
        for array in [] if tape is None else tape.residuals:
            if not region.backend.traced_together(array, own):
                self._put("outside", self.outside, array)
            elif any(array is x for x in inputs):
                self._places.append(("inputs", next(k for k, x in enumerate(inputs) if x is array)))
            elif any(array is x for x in outputs):
                self._places.append(("outputs", next(k for k, x in enumerate(outputs) if x is array)))
            else:
                self._put("more", self.more, array)

    def _put(self, where: str, arrays: list[Any], array: Any) -> None:
        self._places.append((where, len(arrays)))
        arrays.append(array)

    def collect(
        self, inputs: Sequence[Any], outputs: Sequence[Any], more: Sequence[Any]
    ) -> tuple[list[Any], list[bool]]:
        """The saved arrays as the program outside has them, and which of them have an axis of steps."""
        sources = {"outside": self.outside, "inputs": inputs, "outputs": outputs, "more": more}
        arrays = [sources[where][number] for where, number in self._places]
        steps = [where != "outside" for where, _ in self._places]
        self.outside, self.more = [], []
        return arrays, steps


class _Leaves:
    """The leaves of a region's graph: of its carry, of its other inputs, and of tensors from outside."""

    def __init__(self, region: Region, tape: Template, given: Sequence[Tensor]):
        inputs = {leaf: number for number, leaf in enumerate(region.leaves) if leaf is not None}
        self.kinds = region.kinds
        #: Those that lead on to a tensor of the graph outside, with its edge.
        self.edges: dict[Leaf, Any] = {}
        for leaf in tape.leaves:
            edge = given[inputs[leaf]]._edge if leaf in inputs else region.edge(leaf)
            if edge is not None:
                self.edges[leaf] = edge
        self.closed = [leaf for leaf in self.edges if leaf not in inputs]


def _zeros(xp: Any, kind: tuple[tuple[int, ...], Any]) -> Any:
    return xp.zeros(kind[0], dtype=kind[1])


def _of_kind(xp: Any, array: Any, kind: tuple[tuple[int, ...], Any]) -> Any:
    return array if array.dtype == kind[1] else xp.astype(array, kind[1])


# -- scan --------------------------------------------------------------------------------------------------------------------


def scan(
    program: Any, step: Function, carry: list[Tensor], inputs: list[Tensor], count: int, reverse: bool, results: list
) -> tuple[list[Tensor], list[Tensor]]:
    """The last carry, and the other results of all steps; ``results`` is emptied before ``step`` runs anew."""
    xp = program.backend.xp
    state: list[Tensor] = []
    region = Region("scan: combine_fn", step, program, state)
    needs = _may_need(carry)
    first, sequences = [x._read() for x in carry], [x._read() for x in inputs]
    width = len(carry)
    last_trace: list[Any] = []

    def body(held: tuple, parts: tuple) -> tuple[tuple, tuple]:
        results.clear()
        arrays = [*held[:width], *parts[: len(inputs)]]
        traced = region.trace(arrays, [*needs, *_needs(inputs)], held[width:])
        depending = _depending(traced, region, needs, _needs(carry))
        if depending != needs:
            needs[:] = depending
            raise Again
        tape = traced.tape("scan", program.backend)
        ys = traced.arrays[width:]
        saved = _Residuals(tape, region, parts, ys, arrays[0])
        last_trace[:] = [tape, saved, [leaves_of(edge) for edge in traced.edges]]
        return (*traced.arrays[:width], *traced.state), (*ys, *saved.more)

    # Without anything to go through, the steps are counted.
    through = tuple(sequences) or (xp.arange(count),)
    while True:
        try:
            last, stacked = xp.scan_steps(body, (*first, *[x._read() for x in state]), through, reverse)
            break
        except Again:
            continue
    _bind(state, last[width:])
    tape, saved, reaches = last_trace
    last_trace.clear()
    number = len(reaches) - width
    arrays = [*last[:width], *stacked[:number]]
    if tape is None:
        made = [cell(array) for array in arrays]
    else:
        values, steps = saved.collect(through, stacked[:number], stacked[number:])
        leaves = _Leaves(region, tape, [*carry, *inputs])
        varies = [bool(found) for found in reaches]
        rule = _scan_rule(tape, region.leaves, leaves, varies, reaches, steps, xp, count, reverse, width)
        made = joined("scan", arrays, varies, list(leaves.edges.values()), tuple(values), rule)
    return made[:width], made[width:]


def _scan_rule(
    tape: Template, inputs: Sequence[Leaf | None], leaves: _Leaves, varies: list[bool], reaches: list[set[Leaf]],
    steps: list[bool], xp: Any, count: int, reverse: bool, width: int,
) -> Callable:  # fmt: skip
    """How the cotangents of a scan's leaves come from those of its results.

    ``reaches`` has the leaves that each result of a step depends on; ``steps`` says which saved arrays have an axis of steps.
    """
    kinds = leaves.kinds
    carry = {leaf: number for number, leaf in enumerate(inputs[:width]) if leaf is not None}
    leaf_of = {number: leaf for leaf, number in carry.items()}
    given = [leaf for leaf in inputs[width:] if leaf in leaves.edges]
    outputs = [number for number, varying in enumerate(varies) if varying]

    def rule(cotangents: list[Any], saved: tuple) -> list[Any]:
        arriving = {number: g for number, g in zip(outputs, cotangents, strict=True) if g is not None}
        # What the next step asks of the carry comes from the step before: so more of its results are asked for.
        asked, reached = list(arriving), set()
        for number in asked:
            reached |= reaches[number]
            asked += [carry[leaf] for leaf in reaches[number] if leaf in carry and carry[leaf] not in asked]
        carried = sorted(number for number in asked if number < width)
        results = [number for number in arriving if number >= width]
        closed = [leaf for leaf in leaves.closed if leaf in reached]
        parts = [leaf for leaf in given if leaf in reached]
        # The carry's cotangents go from step to step, those of what is the same in all steps are summed up.
        start = [arriving[k] if k in arriving else _zeros(xp, kinds[leaf_of[k]]) for k in carried]
        sums = [_zeros(xp, kinds[leaf]) for leaf in closed]
        through = [array for array, has_steps in zip(saved, steps, strict=True) if has_steps]
        through += [arriving[number] for number in results]

        def body(held: tuple, slices: tuple) -> tuple[tuple, tuple]:
            of_step = iter(slices)
            values = [next(of_step) if has_steps else array for array, has_steps in zip(saved, steps, strict=True)]
            known = dict(zip([*carried, *results], [*held[: len(carried)], *of_step], strict=True))
            found = tape.swept(values, [known.get(number) for number in outputs])

            def of(leaf: Any) -> Any:
                return _of_kind(xp, found[leaf], kinds[leaf]) if leaf in found else _zeros(xp, kinds[leaf])

            summed = [total + of(leaf) for total, leaf in zip(held[len(carried) :], closed, strict=True)]
            return (*[of(leaf_of[k]) for k in carried], *summed), tuple([of(leaf) for leaf in parts])

        last, stacked = xp.scan_steps(body, (*start, *sums), tuple(through) or (xp.arange(count),), not reverse)
        found = {leaf_of[k]: g for k, g in zip(carried, last, strict=False) if leaf_of[k] in reached}
        found.update(zip([*closed, *parts], [*last[len(carried) :], *stacked], strict=True))
        return [found.get(leaf) for leaf in leaves.edges]

    return rule


# -- cond --------------------------------------------------------------------------------------------------------------------


def cond(program: Any, predicate: Tensor, true: Function, false: Function, operands: list[Tensor]) -> list[Tensor]:
    """The results of the branch that is chosen."""
    backend, xp = program.backend, program.backend.xp
    state: list[Tensor] = []
    # The truth is an input of both branches, which may have no other.
    regions = [
        Region("cond: true_fn", lambda _, *tensors: true(*tensors), program, state),
        Region("cond: false_fn", lambda _, *tensors: false(*tensors), program, state),
    ]
    truth, arrays = predicate._read(), [x._read() for x in operands]
    needs = _needs(operands)
    # Both branches must have the same outputs: what a branch saves is zeros in the other, which has to know its kind.
    known: list[list[tuple[tuple[int, ...], Any]]] = [[], []]
    traces: dict[int, Any] = {}

    def branch(number: int) -> Callable[..., tuple]:
        region = regions[number]

        def run(truth: Any, *given: Any) -> tuple:
            inside, before = given[: len(arrays)], given[len(arrays) :]
            traced = region.trace([truth, *inside], [False, *needs], before)
            tape = traced.tape("cond", backend)
            saved = _Residuals(tape, region, inside, traced.arrays, truth)
            kinds = [(tuple(x.shape), x.dtype) for x in saved.more]
            traces[number] = (tape, saved, [edge is not None for edge in traced.edges], kinds)
            if len(traces) == 2:
                now = [traces[0][3], traces[1][3]]
                if now != known:
                    known[:] = now
                    raise Again
            more = [
                saved.more if other == number else [_zeros(xp, kind) for kind in known[other]] for other in range(2)
            ]
            return (*traced.arrays, *traced.state, *more[0], *more[1])

        return run

    while True:
        traces.clear()
        try:
            found = backend.cond(truth, branch(0), branch(1), (truth, *arrays, *[x._read() for x in state]))
            break
        except Again:
            continue
    varying = [one or other for one, other in zip(traces[0][2], traces[1][2], strict=True)]
    count, first = len(varying), len(varying) + len(state)
    _bind(state, found[count:first])
    results = list(found[:count])
    sides: list[Any] = []
    edges: dict[Any, tuple[tuple[int, ...], Any]] = {}
    values: list[Any] = []
    for number in range(2):
        tape, saved, varies, kinds = traces[number]
        more = found[first : first + len(kinds)]
        first += len(kinds)
        if tape is None:
            sides.append(None)
            continue
        own, _ = saved.collect(arrays, results, more)
        leaves = _Leaves(regions[number], tape, [predicate, *operands])
        edges.update({edge: leaves.kinds[leaf] for leaf, edge in leaves.edges.items()})
        sides.append(
            (tape, leaves.edges, [v for v, any_ in zip(varies, varying, strict=True) if any_], len(values), len(own))
        )
        values += own
    traces.clear()
    rule = _cond_rule(backend, sides, dict(edges))
    return joined("cond", results, varying, list(edges), (truth, *values), rule)


def _cond_rule(backend: Any, sides: list[Any], edges: dict[Any, tuple[tuple[int, ...], Any]]) -> Callable:
    xp = backend.xp
    kinds = list(edges.values())
    #: For each side the edges' positions by leaf: the edges themselves are the node's to hold.
    order = {edge: place for place, edge in enumerate(edges)}
    places = [None if side is None else {leaf: order[edge] for leaf, edge in side[1].items()} for side in sides]
    sides = [None if side is None else (side[0], *side[2:]) for side in sides]

    def rule(cotangents: list[Any], saved: tuple) -> list[Any]:
        def branch(number: int) -> Callable[..., tuple]:
            def run(_: Any) -> tuple:
                found: list[Any] = [None] * len(kinds)
                if sides[number] is not None:
                    tape, varies, first, count = sides[number]
                    seeds = [g for g, varying in zip(cotangents, varies, strict=True) if varying]
                    if any(g is not None for g in seeds):
                        reached = tape.swept(saved[1 + first : 1 + first + count], seeds)
                        for leaf, place in places[number].items():
                            if leaf in reached:
                                g = _of_kind(xp, reached[leaf], kinds[place])
                                found[place] = g if found[place] is None else found[place] + g
                return tuple([_zeros(xp, kind) if g is None else g for g, kind in zip(found, kinds, strict=True)])

            return run

        return list(backend.cond(saved[0], branch(0), branch(1), (saved[0],)))

    return rule


# -- while_loop --------------------------------------------------------------------------------------------------------------


def while_loop(program: Any, goes_on: Callable[..., Any], step: Function, carry: list[Tensor]) -> list[Tensor]:
    """The last carry."""
    xp = program.backend.xp
    state: list[Tensor] = []
    width = len(carry)

    def condition(*tensors: Tensor) -> list[Tensor]:
        truth = goes_on(*tensors)
        return [OPERATIONS.reshape(truth, ()) if isinstance(truth, Tensor) else cell(xp.asarray(truth))]

    asked, done = (
        Region("while_loop: cond_fn", condition, program, state),
        Region("while_loop: body_fn", step, program, state),
    )
    needs = _may_need(carry)
    first = [x._read() for x in carry]
    edges: list[Any] = []

    def test(held: tuple) -> Any:
        traced = asked.trace(held[:width], [False] * width, held[width:])
        if any(x is not y for x, y in zip(traced.state, held[width:], strict=True)):
            raise CompileError(
                "while_loop: cond_fn changes a tensor from outside, perhaps the state of a random generator; in a compiled "
                "program only body_fn can, so compute there what cond_fn needs, and carry it"
            )
        return traced.arrays[0]

    def body(held: tuple) -> tuple:
        traced = done.trace(held[:width], needs, held[width:])
        depending = _depending(traced, done, needs, _needs(carry))
        inputs = {leaf: number for number, leaf in enumerate(done.leaves) if leaf is not None}
        found: dict[Any, None] = {}
        for edge in traced.edges:
            for leaf in leaves_of(edge):
                outer = carry[inputs[leaf]]._edge if leaf in inputs else done.edge(leaf)
                if outer is not None:
                    found[outer] = None
        edges[:] = [depending, list(found)]
        return (*traced.arrays, *traced.state)

    while True:
        try:
            last = program.backend.while_loop(test, body, (*first, *[x._read() for x in state]))
            break
        except Again:
            continue
    _bind(state, last[width:])
    varies, outer = edges
    return joined("while_loop", list(last[:width]), varies, outer, (), _no_gradient)


def _no_gradient(cotangents: list[Any], saved: tuple) -> list[Any]:
    raise RuntimeError(
        "while_loop: inside a compiled function it has no gradient, since nobody knows how many steps it takes, and so how "
        "much to save for going backward; take polygrad.scan with a fixed number of steps, and polygrad.where for those that "
        "are too many, or detach() what goes in"
    )
