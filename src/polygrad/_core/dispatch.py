"""The dispatcher of a primitive: a Python function generated on first use, with the signature of its forward.

A generated function has no ``*args`` and no loop over operands: it reads each operand's array, runs the kernel of the arrays'
type, and makes the result's cell and, where a gradient will be asked for, its node.  Everything unusual (numbers, mixed types,
mixed backends, errors) is in `operands`, which only the uncommon path calls.

The templates below are these functions, with holes for the names of the operands and settings and for what only some primitives
do.  ``PRIMITIVE.op.source`` is one that is filled in.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from .._state import RECORDERS, grad_enabled, note_read
from . import graph
from .errors import ARRAY_ERRORS, complex_refused, wrap_array_error
from .generated import define, evaluate, fill
from .graph import Node, make_node
from .lending import MemoryIsLent
from .operands import (
    highest_level,
    is_complex,
    is_integral_or_bool,
    known_scalar,
    on_private_memory,
    operate,
    promote_operands,
    scalar_operand,
    unusual,
    with_scalar,
)
from .output import SURPLUS, signature_with_out, write_into
from .precision import call_in_single_precision
from .primitive import Plan, Primitive
from .scalars import PYTHON_SCALARS
from .tensor import TENSOR_TYPES, Tensor, cell

# -- templates: the whole function, by the number of operands -----------------------------------------------------------

_ONE = """
def dispatch($signature):
    $write_out
    if type($x) is not Tensor and type($x) not in TENSOR_TYPES:
        return unusual(dispatch, primitive, $operand_tuple$settings)
    if RECORDERS:
        note_read($x)
    a0 = $x._data; e0 = $x._edge; kind = type(a0)
    $promote_integers
    $checks
    $compute
    $result
"""

#: Two operands that promote: the arithmetic operators.  A number with a tensor is met here, not in `promote_operands`.
_TWO = """
def dispatch($signature):
    $write_out
    if type($x) is Tensor or type($x) in TENSOR_TYPES:
        a0 = $x._data; e0 = $x._edge; kind = type(a0)
        if type($y) is Tensor or type($y) in TENSOR_TYPES:
            if RECORDERS:
                note_read($x); note_read($y)
                a0 = $x._data; e0 = $x._edge; kind = type(a0)
            a1 = $y._data; e1 = $y._edge
            if kind is not type(a1) or a0.dtype is not a1.dtype:
                $x, $y = promote_operands(primitive, $operand_tuple)
                a0 = $x._data; a1 = $y._data; e0 = $x._edge; e1 = $y._edge
                kind = highest_level((a0, a1))
        elif type($y) in PYTHON_SCALARS:
            if RECORDERS:
                note_read($x)
                a0 = $x._data; e0 = $x._edge; kind = type(a0)
            a1 = known_scalar((kind, a0.dtype, type($y), $y)); e1 = None
            if a1 is None:
                a1 = scalar_operand(a0, $y)
                if a1 is None:
                    return with_scalar(dispatch, primitive, $x, $y$settings)
        else:
            return $unknown
    elif type($y) in TENSOR_TYPES and type($x) in PYTHON_SCALARS:
        if RECORDERS:
            note_read($y)
        a1 = $y._data; e1 = $y._edge; kind = type(a1); e0 = None
        a0 = known_scalar((kind, a1.dtype, type($x), $x))
        if a0 is None:
            a0 = scalar_operand(a1, $x)
            if a0 is None:
                return with_scalar(dispatch, primitive, $x, $y$settings)
    else:
        return $unknown
    $promote_integers
    $checks
    $compute
    $result
"""

_SEVERAL = """
def dispatch($signature):
    $write_out
    if not ($are_tensors):
        return unusual(dispatch, primitive, $operand_tuple$settings)
    if RECORDERS:
        $note_reads
    $read
    kind = type(a0)
    if $differ:
        $operands = promote_operands(primitive, $operand_tuple)
        $read
        kind = highest_level($array_tuple)
    $checks
    $compute
    $result
"""

_LIST = """
def dispatch($signature):
    $write_out
    tensors = list($x)
    if not tensors:
        raise ValueError("$name needs at least one tensor")
    if len(tensors) > 1 or tensors[0].__class__ not in TENSOR_TYPES:
        tensors = promote_operands(primitive, tensors, ("$x",) * len(tensors))
    if RECORDERS:
        for tensor in tensors:
            note_read(tensor)
    raw = [tensor._data for tensor in tensors]; kind = highest_level(raw)
    $compute
    edges = [tensor._edge for tensor in tensors]
    $result
"""

_WRITE_OUT = """
if _surplus is not None or out is not None:
    return write_into(out, _surplus, dispatch, $operand_tuple, {$named_settings})
"""

# -- templates: what most of them have in common -------------------------------------------------------------------------

_PROMOTE_INTEGERS = """
if $no_edge and is_integral_or_bool[kind, a0.dtype]:
    return $promoted
"""

_REFUSE_COMPLEX = """
if is_complex[kind, a0.dtype]:
    raise complex_refused(public_name)
"""

_ACCUMULATE_IN_SINGLE_PRECISION = """
if a0.dtype in halves[kind]:
    return call_in_single_precision(dispatch, $operand_tuple$settings)
"""

_INTEGERS_ELSEWHERE = """
if $no_edge and is_integral_or_bool[kind, a0.dtype]:
    return of_integers($operands)
"""

_CHECK_INTEGERS = """
if is_integral_or_bool[kind, a0.dtype]:
    check(primitive, $arrays)
"""

_COMPUTE = """
try:
    out = kernels[kind]($arrays$settings)
except MemoryIsLent:
    return on_private_memory(dispatch, $operand_tuple$settings)
except ARRAY_ERRORS as error:
    wrapped = wrap_array_error(primitive, $array_tuple, error)
    if wrapped is error:
        raise
    raise wrapped from error
"""

_OUTPUTS = """
return wrap_outputs(primitive, $edge_tuple, lambda plan: saved_by(plan, $savable), out)
"""

_OUTPUT = """
t = new(Tensor); t._data = out; t._base = None; t._views = None
$record
$attach_view
return t
"""

_NO_NODE = """
t._edge = None
"""

_NODE_OF_ONE = """
if e0 is not None and grad_enabled():
    node = Node(); node.plan = plan1; node.into = e0; node.saved = $saved1
    $finish_node
else:
    t._edge = None
"""

_NODE_OF_TWO = """
if (e0 is not None or e1 is not None) and grad_enabled():
    node = Node()
    if e1 is None:
        node.plan = plan10; node.into = e0; node.saved = $saved10
    elif e0 is None:
        node.plan = plan01; node.into = e1; node.saved = $saved01
    else:
        node.plan = plan11; node.into = e0, e1; node.saved = $saved11
    $finish_node
else:
    t._edge = None
"""

_NODE_OF_ANY = """
if ($some_edge) and grad_enabled():
    wanted = $mask
    plan = plans.get(wanted) or plan_of(wanted)
    node = Node(); node.plan = plan; node.edges = tuple([e for e in $edge_tuple if e is not None])
    node.saved = saved_by(plan, $savable)
    $finish_node
else:
    t._edge = None
"""

_FINISH_NODE = """
node.shape = out.shape; node.hooks = None; node.output = None; node.sequence = sequence()
t._edge = node
"""

_ATTACH_VIEW = """
attach_view(t, $x, primitive, {$named_settings})
"""

# -- results ----------------------------------------------------------------------------------------------------------


def wrap_outputs(
    primitive: Primitive, edges: Sequence[Any], saved_by: Callable, outputs: Sequence[Any]
) -> tuple[Tensor, ...]:
    """The cells of an operation with several outputs: one node for it, and one more for each differentiable output."""
    if not grad_enabled() or not primitive.differentiable or all(edge is None for edge in edges):
        return tuple([cell(out) for out in outputs])
    plan = primitive.plan(tuple([edge is not None for edge in edges]))
    node = make_node(plan, tuple([edge for edge in edges if edge is not None]), saved_by(plan), None)
    return tuple([
        cell(out, None if is_integral_or_bool[type(out), out.dtype] else make_node(plan, (node,), (), out.shape, number))
        for number, out in enumerate(outputs)
    ])  # fmt: skip


def attach_view(view: Tensor, base: Tensor, primitive: Primitive, settings: dict[str, Any]) -> None:
    """Make ``view`` an alias of ``base``: writes to either reach the other."""
    view._base = (base, primitive, settings)
    base._add_view(view)


#: The globals of every dispatcher that was generated.
_scopes: list[dict[str, Any]] = []


# -- generation -------------------------------------------------------------------------------------------------------


def generate(primitive: Primitive, operator: bool = False, out: bool = False) -> Callable:
    """The dispatcher of ``primitive``; for an ``operator`` of Python, one that leaves unknown operands to `operate`.

    With ``out`` it is the function that users call, which takes a tensor for the result.

    Raises ValueError where an operand or a setting has a name that the generated function uses itself.
    """
    taken = _names_in_templates().intersection(primitive.parameters + primitive.settings)
    if taken:
        raise ValueError(
            f"{primitive.name}: a parameter of a primitive cannot be called {min(taken)!r}, which its generated dispatcher "
            "uses itself; choose another name"
        )
    scope: dict[str, Any] = {
        "__name__": __name__, "ARRAY_ERRORS": ARRAY_ERRORS, "MemoryIsLent": MemoryIsLent, "Node": Node, "RECORDERS": RECORDERS,
        "PYTHON_SCALARS": PYTHON_SCALARS, "TENSOR_TYPES": TENSOR_TYPES, "Tensor": Tensor, "attach_view": attach_view,
        "grad_enabled": grad_enabled, "halves": primitive.halves, "highest_level": highest_level, "is_complex": is_complex,
        "is_integral_or_bool": is_integral_or_bool, "kernels": _kernels_of(primitive), "known_scalar": known_scalar,
        "new": object.__new__, "note_read": note_read, "on_private_memory": on_private_memory, "operate": operate,
        "plan_of": primitive.plan, "plans": primitive.plans, "primitive": primitive, "promote_operands": promote_operands,
        "scalar_operand": scalar_operand, "sequence": graph.next_sequence,
        "call_in_single_precision": call_in_single_precision, "unusual": unusual,
        "with_scalar": with_scalar, "wrap_array_error": wrap_array_error,
        "wrap_outputs": wrap_outputs, "write_into": write_into,
    }  # fmt: skip
    source = _source(primitive, operator, out, scope)
    _scopes.append(scope)
    label = f"operator {primitive.symbol}" if operator else f"{'function' if out else 'dispatcher'} of {primitive.name}"
    function: Any = define("dispatch", source, scope, label)
    scope["dispatch"] = function
    function.source, function.primitive = source, primitive
    function.__name__ = primitive.public_name
    function.__doc__ = primitive.__doc__
    function.__annotations__ = dict.fromkeys(primitive.parameters, "Tensor") | {"return": "Tensor"}
    function.__module__, function.__qualname__ = primitive.import_path
    function.__code__ = function.__code__.replace(co_name=primitive.public_name)
    if out:
        function.__signature__ = signature_with_out(inspect.signature(function))
    elif primitive.takes_out and primitive.is_method:
        function.__module__, function.__qualname__ = Tensor.__module__, f"Tensor.{primitive.public_name}"
    return function


Primitive.generate = staticmethod(generate)


@cache
def _names_in_templates() -> frozenset[str]:
    """Every name in the templates above: a parameter of the same name would be overwritten, or hide a global name."""
    templates = [
        value for name, value in globals().items() if name[:1] == "_" and name.isupper() and type(value) is str
    ]
    return frozenset(re.findall(r"(?<![\w.$])[A-Za-z_]\w*", "".join(templates)))


def count_nodes_by(sequence: Callable[[], int]) -> None:
    """Let nodes take their number from ``sequence``, as `watching` does."""
    graph.next_sequence = sequence
    for scope in _scopes:
        scope["sequence"] = sequence


def compute_by(kernels_of: Callable[[Primitive], Any]) -> None:
    """Let dispatchers compute by the table ``kernels_of(primitive)``: array type → kernel."""
    global _kernels_of
    _kernels_of = kernels_of
    for scope in _scopes:
        scope["kernels"] = kernels_of(scope["primitive"])


def own_kernels(primitive: Primitive) -> Any:
    """The table of kernels that a primitive has itself."""
    return primitive.kernels


_kernels_of = own_kernels


def _source(primitive: Primitive, operator: bool, out: bool, scope: dict[str, Any]) -> str:
    """The source of a dispatcher.  What only this primitive has is put into ``scope``."""
    names, count = primitive.parameters, len(primitive.parameters)
    arrays, edges = [f"a{i}" for i in range(count)], [f"e{i}" for i in range(count)]
    settings = "".join(f", {n}={n}" if n in primitive.keyword_only else f", {n}" for n in primitive.settings)
    holes = {
        "signature": _signature(primitive, scope) + f", {SURPLUS}=None, out=None" * out,
        "write_out": _WRITE_OUT if out else "",
        "name": primitive.public_name,
        "x": names[0],
        "y": names[-1],
        "operands": ", ".join(names),
        "operand_tuple": _tuple(names),
        "arrays": ", ".join(arrays),
        "array_tuple": _tuple(arrays),
        "edge_tuple": _tuple(edges),
        "settings": settings,
        "named_settings": ", ".join(f"{n!r}: {n}" for n in primitive.settings),
        "no_edge": " and ".join(f"{e} is None" for e in edges),
        "some_edge": " or ".join(f"{e} is not None" for e in edges),
        "mask": _tuple([f"{e} is not None" for e in edges]),
        "promote_integers": _PROMOTE_INTEGERS if primitive.promotes_to_float else "",
        "checks": _checks(primitive, scope),
        "compute": _COMPUTE,
        "result": _OUTPUT if primitive.outputs == 1 else _OUTPUTS,
        "attach_view": "" if primitive.view is None else _ATTACH_VIEW,
        "finish_node": _FINISH_NODE,
    }
    if primitive.variadic:
        arrays = ["raw"]
        holes.update(
            arrays="raw", array_tuple="raw", edge_tuple="edges", operand_tuple="(tensors,)",
            some_edge="edges.count(None) < len(edges)", mask="tuple([e is not None for e in edges])",
        )  # fmt: skip
        template = _LIST
    elif count == 1:
        template = _ONE
        holes["promoted"] = f"dispatch(*promote_operands(primitive, {_tuple(names)}){settings})"
    elif count == 2 and len(primitive.promotes) == 2:
        template = _TWO
        holes["promoted"] = f"with_scalar(dispatch, primitive, {', '.join(names)}{settings})"
        holes["unknown"] = f"operate(primitive, {', '.join(names)})" if operator else holes["promoted"]
    else:
        template = _SEVERAL
        promoted = [a for operand, a in zip(primitive.operands, arrays, strict=True) if operand in primitive.promotes]
        differ = [f"kind is not type({a})" for a in arrays[1:]]
        differ += [f"{promoted[0]}.dtype is not {a}.dtype" for a in promoted[1:]]
        holes.update(
            are_tensors=" and ".join(f"type({x}) in TENSOR_TYPES" for x in names),
            note_reads="\n".join(f"note_read({x})" for x in names),
            read="\n".join(f"{a} = {x}._data; {e} = {x}._edge" for x, a, e in zip(names, arrays, edges, strict=True)),
            differ=" or ".join(differ),
        )
    return fill(template, **holes, **_recording(primitive, arrays, scope))


def _tuple(parts: Sequence[str]) -> str:
    return f"({', '.join(parts)}{',' * (len(parts) == 1)})"


def _signature(primitive: Primitive, scope: dict[str, Any]) -> str:
    parts = [*primitive.parameters, *["/"] * (not primitive.is_public)]
    for name in primitive.settings:
        if name in primitive.keyword_only and "*" not in parts:
            parts.append("*")
        if name in primitive.defaults:
            scope[f"default_{name}"] = primitive.defaults[name]
        parts.append(f"{name}=default_{name}" if name in primitive.defaults else name)
    return ", ".join(parts)


def _checks(primitive: Primitive, scope: dict[str, Any]) -> str:
    """What only some primitives do before they compute."""
    checks = ""
    if primitive.real_only:
        checks += _REFUSE_COMPLEX
        scope["complex_refused"], scope["public_name"] = complex_refused, primitive.public_name
    if primitive.accumulates:
        checks += _ACCUMULATE_IN_SINGLE_PRECISION
    if primitive.of_integers is not None:
        checks += _INTEGERS_ELSEWHERE
        scope["of_integers"] = primitive.of_integers.op
    if primitive.check is not None:
        checks += _CHECK_INTEGERS
        scope["check"] = primitive.check
    return checks


def _recording(primitive: Primitive, arrays: Sequence[str], scope: dict[str, Any]) -> dict[str, str]:
    """The block that gives the result its node, and what it saves."""
    names = primitive.operands
    array_of = {**dict(zip(names, arrays, strict=True)), "ans": "out"}
    if not primitive.differentiable and primitive.outputs == 1:
        return {"record": _NO_NODE}
    block = _NODE_OF_ANY
    masks: list[tuple[bool, ...]] = []
    if primitive.outputs == 1 and not primitive.variadic:
        if len(names) == 1 and primitive.has_rules:
            block, masks = _NODE_OF_ONE, [(True,)]
        elif len(names) == 2 and primitive.joint is None and set(names) == set(primitive.rules):
            block, masks = _NODE_OF_TWO, [(True, False), (False, True), (True, True)]
    holes = {"record": block}
    for mask in masks:
        number = "".join(str(int(needed)) for needed in mask)
        plan = scope[f"plan{number}"] = primitive.plan(mask)
        holes[f"saved{number}"] = _saved_expression(plan, array_of)
    if not masks:
        savable = [*arrays, *primitive.settings, "out"]
        holes["savable"] = ", ".join(savable)
        scope["saved_by"] = _saver(array_of, savable)
    return holes


def _saved_expression(plan: Plan, array_of: dict[str, str]) -> str:
    """The expression for the tuple of what ``plan`` saves."""

    def source(name: str) -> str:
        if name == "needs":
            return repr(plan.mask)
        if name in array_of:
            return array_of[name]
        stem, _, suffix = name.rpartition("_")
        return f"{array_of[stem]}.{suffix}" if stem in array_of and suffix in ("shape", "dtype") else name

    return _tuple([source(name) for name in plan.residuals])


def _saver(array_of: dict[str, str], arguments: Sequence[str]) -> Callable[..., tuple]:
    """``saved_by(plan, …)``, for masks that are only known when the operation runs."""
    made: dict[Plan, Callable] = {}

    def saved_by(plan: Plan, *values: Any) -> tuple:
        function = made.get(plan)
        if function is None:
            source = f"lambda {', '.join(arguments)}: {_saved_expression(plan, array_of)}"
            function = made[plan] = evaluate(source, f"residuals of {plan.operation}")
        return function(*values)

    return saved_by
