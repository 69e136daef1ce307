"""Write a recorded graph as NumPy statements: dead operations left out, short ones within others, a comment for each group."""

from __future__ import annotations

import builtins
import keyword
import operator
import re
import textwrap
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..compiler.replay.graph import Operation, Slot, slots_in
from ..compiler.replay.may_alias import slots_read
from .formulas import Formula
from .numpy_helpers import HELPERS, NEEDS
from .numpy_recorder import ALIAS, Helper, HelperCall, SourceGraph, Step
from .numpy_spelling import OPERATORS, Lines, constant, find_unused, literal, write

#: An expression longer than this gets its own line.
_INLINE = 48
#: A line with its comment is at most so long.
_LINE = 120
_INDENT = "    "


def identifier(name: str) -> str:
    """``name`` as an identifier: ``model.0.weight`` is ``model_0_weight``."""
    made = re.sub(r"\W+", "_", name).strip("_") or "h"
    made = f"v{made}" if made[0].isdigit() else made
    return made + "_" if keyword.iskeyword(made) or hasattr(builtins, made) else made


def write_file(
    graph: SourceGraph,
    forward: int,
    loss: Slot,
    loss_name: str,
    gradients: dict[str, Slot],
    labels: dict[int, str],
    parameters: dict[str, Any],
    about: dict[str, str],
    taken: set[str],
) -> str:
    """The file: the graph's first ``forward`` operations, and the others, as a function."""
    body = _Body(graph, labels, taken | graph.helpers.taken, parameters, about)
    lines = body.write([loss, *gradients.values()], forward)
    names = list(parameters)
    checks = [f"{name}.shape == {literal(tuple(x.shape))}" for name, x in parameters.items() if x is not None]
    documentation = [
        f"Return {loss_name}, and a dictionary of its gradients by {', '.join(gradients)}.",
        "",
        *[f"{name}: {text}" for name, text in about.items()],
    ]
    found = ", ".join(f'"{name}": {body.known[slot].text}' for name, slot in gradients.items())
    signature = f"({', '.join(names)})"
    text = [
        f'"""{loss_name} and its gradients, written by polygrad.viz.python."""',
        "",
        "import numpy as np",
        "",
        *_helpers(body.used, body.called),
        "",
        f"def forward_and_backward{signature}:",
        *_documentation(documentation),
        *[_INDENT + line for line in _checks(checks)],
        "",
        *[_INDENT + line if line else "" for line in lines],
        "",
        f"{_INDENT}return {body.known[loss].text}, {{{found}}}",
        "",
        "",
        f"def gradients{signature}:",
        f'{_INDENT}"""Return the gradients alone."""',
        f"{_INDENT}return forward_and_backward{signature}[1]",
    ]
    return "\n".join(text) + "\n"


def _documentation(lines: list[str]) -> list[str]:
    first, *rest = lines
    if not any(rest):
        return [f'{_INDENT}"""{first}"""']
    wrapped = [piece for line in lines for piece in (textwrap.wrap(line, _LINE - 8, subsequent_indent="    ") or [""])]
    return [f'{_INDENT}"""{wrapped[0]}', *[_INDENT + line if line else "" for line in wrapped[1:]], f'{_INDENT}"""']


def _checks(checks: list[str]) -> list[str]:
    if not checks:
        return []
    joined = f"assert {' and '.join(checks)}"
    return [joined] if len(joined) <= _LINE - 4 else [f"assert {check}" for check in checks]


def _helpers(used: list[Helper], called: set[str]) -> list[str]:
    """The definitions of the helpers, those first that others call."""
    texts: dict[str, str] = {}

    def add(name: str) -> None:
        for other in NEEDS.get(name, ()):
            add(other)
        texts.setdefault(name, HELPERS[name].strip("\n"))

    bodies = []
    for helper in used:
        labels: dict[int, str] = dict(zip(helper.graph.inputs, helper.parameters, strict=True))
        body = _Body(helper.graph, labels, {*helper.graph.helpers.taken, *helper.parameters, "np"}, None, {})
        lines = body.write(helper.graph.results, len(helper.graph.operations), comments=False)
        for name in sorted(body.called):
            add(name)
        bodies.append(
            "\n".join(
                [
                    f"def {helper.name}({', '.join(helper.parameters)}):",
                    f'{_INDENT}"""{_plain(helper.documentation)}"""',
                    *[_INDENT + line for line in lines],
                    f"{_INDENT}return {body.known[helper.graph.results[0]].text}",
                ]
            )
        )
    for name in sorted(called):
        add(name)
    return [line for text in (*texts.values(), *bodies) for line in ("", *text.split("\n"), "")]


def _plain(text: str) -> str:
    return text.replace("\\", "").replace('"""', "'''")


class _Body:
    """The statements of one function."""

    def __init__(
        self,
        graph: SourceGraph,
        labels: dict[int, str],
        taken: Iterable[str],
        parameters: dict[str, Any] | None,
        about: dict[str, str],
    ):
        self._graph, self._labels, self._taken = graph, labels, set(taken)
        self._parameters, self._about = parameters, about
        self.known: dict[int, Formula] = {slot: Formula(labels[slot]) for slot in graph.inputs}
        #: The graph's helpers that are called, those of others first, and the names of fixed ones.
        self.used: list[Helper] = []
        self.called: set[str] = set()

    def write(self, results: list[Slot], forward: int, comments: bool = True) -> list[str]:
        """The lines that compute ``results``; those from operation ``forward`` on are the backward pass."""
        kept = _needed(_simplify(self._graph), results)
        self._makers = {one.results: one for _, one in kept if one.results.__class__ is Slot}
        self._uses: dict[int, list[Any]] = {}
        for _, one in kept:
            for slot in slots_read(one):
                self._uses.setdefault(slot, []).append(one)
        for slot in results:
            self._uses.setdefault(slot, []).append(None)
        parts: list[tuple[list[str], Any, str, bool]] = []
        for number, one in kept:
            lines = self._statement(one)
            if lines:
                parts.append((lines, one.origin, self._comment(one), number >= forward))
        for slot in results:
            if slot not in self.known:
                self.known[slot] = self._of_constant(slot)
        return _arrange(parts) if comments else [line for lines, *_ in parts for line in lines]

    def _statement(self, one: Operation) -> list[str]:
        """The lines of an operation; none where it is written into its only user."""
        name = _name_of(one.function)
        if isinstance(one.function, HelperCall):
            self._use(one.function.helper)
            inside = ", ".join(self._formula(x).text for x in one.arguments)
            made: Formula | Lines = Formula(f"{name}({inside})")
        else:
            arguments = [self._value(x) for x in one.arguments]
            named = {key: self._value(x) for key, x in one.named.items()}
            shapes = [self._graph.avals[x].shape for x in one.arguments if x.__class__ is Slot]
            out = self._graph.avals[one.results].shape if one.results.__class__ is Slot else None
            made = write(name, arguments, named, shapes, out)
        if isinstance(made, Lines):
            target = self._target(one.results)
            return [line.format(out=target) for line in made]
        self.called.update(re.findall(rf"\b({'|'.join(HELPERS)})\(", made.text))
        if one.results.__class__ is not Slot:
            return [f"{', '.join(self._target(slot) for slot in one.results)} = {made.text}"]
        if one.results not in self._labels and self._is_inline(one, made):
            self.known[one.results] = made
            return []
        return [f"{self._target(one.results)} = {made.text}"]

    def _is_inline(self, one: Operation, made: Formula) -> bool:
        uses = self._uses.get(one.results, [])
        if len(uses) == 1 and uses[0] is not None and uses[0].function is ALIAS:
            return True
        if re.fullmatch(r"\w+(\.T|\.swapaxes\(-1, -2\))?", made.text):
            return True
        if len(uses) != 1 or uses[0] is None or len(made.text) > _INLINE:
            return False
        return uses[0].origin is one.origin

    def _target(self, slot: Any) -> str:
        if slot is None or slot not in self._uses:
            return "_"
        name = self._labels.get(slot)
        if name is None:
            name = find_unused("t", self._taken)
        self.known[slot] = Formula(name)
        return name

    def _use(self, helper: Helper) -> None:
        for one in helper.graph.operations:
            if isinstance(one.function, HelperCall):
                self._use(one.function.helper)
        if helper not in self.used:
            self.used.append(helper)

    def _value(self, x: Any) -> Any:
        """An argument: a `Formula` for an array, a list of them, or a setting."""
        if x.__class__ is Slot:
            return self._formula(x)
        return type(x)([self._value(one) for one in x]) if x.__class__ in (tuple, list) else x

    def _formula(self, x: Any) -> Formula:
        if x not in self.known:
            self.known[x] = self._of_constant(x)
        found = self.known[x]
        return Formula(found.text, found.binding)

    def _of_constant(self, slot: Slot) -> Formula:
        value = self._graph.constants[slot]
        made = constant(value)
        if made is not None:
            return made
        if self._parameters is None:
            raise NotImplementedError(f"viz.python cannot write a table of {np.size(value)} numbers")
        label = find_unused("const", self._taken)
        array = np.asarray(value)
        self._parameters[label] = array
        self._about[label] = f"{tuple(array.shape)}, {array.dtype.name}, a constant"
        return Formula(label)

    def _comment(self, one: Operation) -> str:
        step = one.origin
        if isinstance(step, Step):
            kind = "backward of " if step.backward else ""
            return f"{kind}{step.label}: {step.shapes}" if step.shapes else f"{kind}{step.label}"
        function: Any = one.function
        while function is ALIAS:
            before = self._makers.get(one.arguments[0])
            if before is None:
                break
            one, function = before, before.function
        if function is operator.add:
            return "used more than once: the gradients add up"
        name = getattr(function, "name", "")
        if name in ("sum", "reshape"):
            return "broadcast: summed over the axes along which it was repeated"
        return "the gradient of the result by itself" if name == "ones_like" else ""


def _name_of(function: Any) -> str:
    if isinstance(function, operator.attrgetter):
        return "matrix_transpose"
    name = OPERATORS.get(function) if not hasattr(function, "name") else function.name
    if name is None:
        raise NotImplementedError(f"viz.python cannot write the operation {function!r} in NumPy")
    return name


def _simplify(graph: SourceGraph) -> list[Operation]:
    """The operations without what NumPy does not need: axes that are kept and then dropped, or that broadcasting adds."""
    makers = {one.results: one for one in graph.operations if one.results.__class__ is Slot}
    return [_simpler(graph, makers, one) for one in graph.operations]


def _simpler(graph: SourceGraph, makers: dict[Slot, Operation], one: Operation) -> Operation:
    before = makers.get(one.arguments[0]) if one.arguments and one.arguments[0].__class__ is Slot else None
    if before is None or before.arguments[0].__class__ is not Slot:
        return one
    name, inner, shape = _name_of(one.function), _name_of(before.function), graph.avals[before.arguments[0]].shape
    if name == "broadcast_to" and inner == "reshape" and shape == ():
        return one._replace(arguments=(before.arguments[0], *one.arguments[1:]))
    axis = before.named.get("axis")
    if name == "reshape" and inner == "sum" and before.named.get("keepdims") and isinstance(axis, tuple):
        axes = {a % len(shape) for a in axis}
        if graph.avals[one.results].shape == tuple(n for k, n in enumerate(shape) if k not in axes):
            return before._replace(named={"axis": axis}, results=one.results, origin=one.origin)
    return one


def _needed(operations: list[Operation], results: Iterable[Slot]) -> list[tuple[int, Operation]]:
    """The operations that ``results`` depend on, with their numbers."""
    wanted = set(results)
    kept = []
    for number in range(len(operations) - 1, -1, -1):
        one = operations[number]
        if not wanted.isdisjoint(slots_in(one.results)):
            wanted.update(slots_read(one))
            kept.append((number, one))
    return kept[::-1]


def _arrange(parts: list[tuple[list[str], Any, str, bool]]) -> list[str]:
    """The lines, with a comment after a single one and above several that belong together."""
    lines = ["# -- forward --"]
    turned, place = False, 0
    while place < len(parts):
        end = place + 1
        step = parts[place][1]
        while end < len(parts) and step is not None and parts[end][1] is step and parts[end][3] == parts[place][3]:
            end += 1
        if parts[place][3] and not turned:
            lines += ["", "# -- backward, from the last operation to the first --"]
            turned = True
        statements = [line for one in parts[place:end] for line in one[0]]
        comment = parts[place][2]
        if len(statements) == 1 and len(statements[0]) + len(comment) + 8 <= _LINE:
            lines.append(f"{statements[0]}  # {comment}" if comment else statements[0])
        else:
            lines += [*([f"# {comment}"] if comment else []), *statements]
        place = end
    return lines
