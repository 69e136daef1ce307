"""The dispatcher of a primitive: a Python function generated on first use, with the signature of its forward.

This is the only place where code is generated.  A generated function has no ``*args`` and no loop over operands: it
reads each operand's array, runs the kernel of the arrays' type, and makes the result's cell and, where a gradient will be
asked for, its node.  Everything unusual (scalars, mixed types, mixed backends, errors) is in `agree`, which only the
uncommon path calls.  ``PRIMITIVE.op.source`` holds the text of a generated dispatcher.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .. import _dtypes
from .._state import RECORDERS, grad_enabled, note_read
from ..backends.registry import BY_TYPE
from . import graph
from .alike import check_alike
from .errors import EXPLAINED, DTypeError, explain
from .graph import Node, make_node
from .hooks import HOOKS
from .lending import LENT, Lent, MemoryIsLent, end_loan
from .precision import is_half, narrow, widen, widened
from .primitive import OPERATIONS, Plan, Primitive, evaluate
from .scalars import SCALARS, UnknownOperandError, plain
from .tensor import TENSOR_TYPES, Tensor, as_operand, cell

#: (array type, its dtype, scalar's type, scalar) → 0-d array, where the backend lets such arrays be shared.
_scalars: dict[tuple, Any] = {}
_SCALARS_KEPT = 4096


class _OfKind(dict):
    """(array type, the library's data type) → whether that is of one of some kinds, such as ``"int"``.

    The array type keeps two libraries' types apart, which may have equal hashes but must not be compared.
    """

    def __init__(self, *kinds: str):
        self.kinds = kinds

    def __missing__(self, key: tuple[type, Any]) -> bool:
        # Every library writes the name of the type into its text: "float32", "library.float32".
        found = self[key] = any(kind in str(key[1]) for kind in self.kinds)
        return found


is_integral_or_bool = _OfKind("int", "bool")
is_complex = _OfKind("complex")


# -- the uncommon path ------------------------------------------------------------------------------------------------


def scalar_operand(array: Any, value: Any) -> Any:
    """``value`` as a 0-d array that does not change the type of ``array``, or None where it would."""
    backend = BY_TYPE[array.__class__]
    dtype = backend.from_dtype(array.dtype)
    if _dtypes.promote_scalar(dtype, value.__class__) is not dtype or not dtype.holds(value):
        return None
    if dtype.is_half and _is_rounded(value, dtype):
        return None
    made = backend.scalar(value, array.dtype, array)
    if backend.shares_scalars and value:  # 0.0 and -0.0 are equal as keys
        if len(_scalars) >= _SCALARS_KEPT:
            _scalars.clear()
        _scalars[array.__class__, array.dtype, value.__class__, value] = made
    return made


def _is_rounded(value: Any, dtype: _dtypes.DType) -> bool:
    """Whether a number may not be one of ``dtype``: in a program that is recorded it can be another one in a later run."""
    return value.__class__ in (int, float) and (bool(RECORDERS) or not dtype.has(value))


def beside_number(dispatch: Callable, primitive: Primitive, x: Any, y: Any, *settings: Any, **named: Any) -> Tensor:
    """``dispatch`` of two operands that do not agree, or of half precision beside a number that would be rounded to it first.

    That is computed in single precision: ``x / 65536`` is not 0, although 65536 is infinite in float16.
    """
    half, number = (x, plain(y)) if isinstance(x, Tensor) else (y, plain(x))
    if primitive.has_rules and is_half(half) and _is_rounded(number, half.dtype):
        return narrow(dispatch(widen(x), widen(y), *settings, **named), half.dtype)
    return dispatch(*agree(primitive, (x, y)), *settings, **named)


def top(arrays: Sequence[Any]) -> type:
    """The array type that runs an operation: among several, the one of the highest level; a lent one before a plain one."""
    return max((array.__class__ for array in arrays), key=lambda kind: (BY_TYPE[kind].level, kind in LENT))


def agree(primitive: Primitive, operands: Sequence[Any], names: Sequence[str] | None = None) -> list[Tensor]:
    """Make Tensors of ``operands``, on one backend and device, of one data type where the primitive promotes.

    Raises TypeError for operands that are not numbers, for mixed backends and for types without a common one, and
    RuntimeError for mixed devices, and for mixed data types where the primitive says that they must be alike.
    """
    names = primitive.operands if names is None else names
    if _only_levels_differ(primitive, operands, names):
        return _on_one_level(operands)
    reference = next((x for x in operands if isinstance(x, Tensor)), None)
    if reference is None:
        numbers = [plain(x) for x in operands]
        if primitive.name in _OF_NUMBERS and all(x.__class__ in SCALARS for x in numbers):
            return agree(primitive, [HOOKS.make_tensor(x) for x in numbers])
        kinds = ", ".join(type(x).__name__ for x in operands)
        raise TypeError(f"{primitive.name} takes tensors, not {kinds}; make them with polygrad.tensor(...)")
    promoting = [name in primitive.promotes for name in names]
    tensors: list[Any] = [
        x if isinstance(x, Tensor) or x.__class__ in SCALARS else as_operand(x, reference, f"{primitive.name}: {name}")
        for x, name in zip(operands, names, strict=True)
    ]
    _check_same_place(primitive, [x for x in tensors if isinstance(x, Tensor)])
    if primitive.alike:
        check_alike(primitive.name, dict(zip(names, tensors, strict=True)))
    common = _common_dtype(primitive, tensors, promoting)
    for i, x in enumerate(tensors):
        if not isinstance(x, Tensor):
            dtype = common if promoting[i] and common is not None else _dtypes.default_of(x.__class__)
            tensors[i] = reference._new_scalar(x, dtype)
        elif promoting[i] and x.dtype is not common:
            tensors[i] = OPERATIONS.astype(x, common)
    if any(BY_TYPE[x._data.__class__].level > 1 for x in tensors):
        return _on_one_level(tensors)
    return tensors


#: Functions that take two numbers for tensors, as PyTorch's do.
_OF_NUMBERS = frozenset("add subtract multiply divide floor_divide".split())
#: Types whose operators take no tensor for certain, so that the error that explains need not be left to Python.
_WITHOUT_OPERATORS = frozenset((type(None), str, bytes, list, tuple, dict, set))
_SEQUENCES = frozenset((str, bytes, list, tuple))


def operate(primitive: Primitive, x: Any, y: Any) -> Any:
    """``x`` and ``y``, one of which is neither a Tensor nor a Python number, joined by an operator of Python.

    NotImplemented for a type that has no meaning here: Python then asks that type's own operator, and compares for
    identity where ``==`` and ``!=`` find none.
    """
    try:
        return primitive.op(x, y)
    except UnknownOperandError:
        unknown = (y if isinstance(x, Tensor) else x).__class__
        compares = primitive.name in ("equal", "not_equal")
        repeats = primitive.name == "multiply" and unknown in _SEQUENCES  # [0] * tensor(3)
        if compares or repeats or unknown not in _WITHOUT_OPERATORS:
            return NotImplemented
        raise


def _on_one_level(tensors: Sequence[Tensor]) -> list[Tensor]:
    private = [cell(x._read(), x._edge) if x._data.__class__ in LENT else x for x in tensors]
    return HOOKS.unify_levels(private)


def on_private_memory(dispatch: Callable, operands: Sequence[Any], *settings: Any, **named: Any) -> Any:
    """``dispatch`` of operands some of which NumPy may write to: in their place it gets copies.

    Where nothing is recorded, and so nothing saved, the memory itself serves, unless the result would share it.
    """
    tensors = operands[0] if isinstance(operands[0], list) else operands
    records = grad_enabled() and any(x.__class__ in TENSOR_TYPES and x._edge is not None for x in tensors)
    seen: list[Lent] = []

    def private(x: Any) -> Any:
        if x.__class__ is list:
            return [private(part) for part in x]
        if x.__class__ not in TENSOR_TYPES or x._data.__class__ not in LENT or end_loan(x):
            return x
        if records:
            return cell(x._data.copy(), x._edge)
        seen.append(x._data)
        return cell(x._data.present)

    result = dispatch(*[private(x) for x in operands], *settings, **named)
    if seen:
        for made in result if result.__class__ is tuple else (result,):
            if any(memory.shares(made._data) for memory in seen):
                made._data = seen[0].backend.asarray(made._data, copy=True)
    return result


def _only_levels_differ(primitive: Primitive, operands: Sequence[Any], names: Sequence[str]) -> bool:
    """Whether all is agreed on but the level: what operations inside of transforms mostly are here for."""
    if not all(x.__class__ in TENSOR_TYPES for x in operands):
        return False
    arrays = [x._data for x in operands]
    if not any(BY_TYPE[array.__class__].level > 1 for array in arrays):
        return False
    if len({array.dtype for array, name in zip(arrays, names, strict=True) if name in primitive.promotes}) > 1:
        return False
    return not primitive.floats or not is_integral_or_bool[arrays[0].__class__, arrays[0].dtype]


#: Operations that ask which element is larger, and others of which libraries compute something for complex numbers.
_OF_REAL_NUMBERS = frozenset(
    "less less_equal greater greater_equal maximum minimum max min argmax argmin argsort sort topk median running_extremum "
    "searchsorted clip at_least at_most signbit erf".split()
)
_COMPARISONS = frozenset("equal not_equal less less_equal greater greater_equal".split())


def _common_dtype(primitive: Primitive, tensors: Sequence[Any], promoting: Sequence[bool]) -> Any:
    involved = [x for x, promotes in zip(tensors, promoting, strict=True) if promotes]
    known = [x.dtype for x in involved if isinstance(x, Tensor)]
    scalars = [x for x in involved if not isinstance(x, Tensor)]
    if not known and not scalars:
        return None
    if primitive.name == "subtract" and _dtypes.bool in known:
        raise DTypeError(
            "`-` is not supported for boolean tensors: `~` inverts a mask, and `^` says where two of them differ"
        )
    common = _dtypes.promote(*(known or [_dtypes.default_of(scalars[0].__class__)]))
    for scalar in scalars:
        common = _dtypes.promote_scalar(common, scalar.__class__)
        exact = type(scalar) is int and primitive.name in _COMPARISONS
        if exact and not common.holds(scalar) and _dtypes.int64.holds(scalar):
            common = _dtypes.int64  # compared with a number that the type does not have: the answer is known
    if primitive.floats and not common.is_differentiable:
        common = _dtypes.get_default_dtype()
    return common


def _check_same_place(primitive: Primitive, tensors: Sequence[Tensor]) -> None:
    first = tensors[0]
    for other in tensors[1:]:
        one, two = BY_TYPE[first._data.__class__], BY_TYPE[other._data.__class__]
        if one.level or two.level:
            continue
        if one is not two:
            raise TypeError(
                f"{primitive.name}: the operands are on different backends, {one.name!r} and {two.name!r}; move one of "
                f"them, as in x.to(backend={one.name!r})"
            )
        a, b = one.device(first._data), two.device(other._data)
        if a != b and a is not None and b is not None:  # what is traced is where all of its program is
            raise RuntimeError(
                f"{primitive.name}: the operands are on different devices, {one.device_name(a)!r} and "
                f"{one.device_name(b)!r}; move one of them, as in x.to({one.device_name(a)!r})"
            )


# -- results ----------------------------------------------------------------------------------------------------------


def several(
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
    base._watch(view)


#: The globals of every dispatcher that was generated.
_scopes: list[dict[str, Any]] = []


# -- generation -------------------------------------------------------------------------------------------------------


def generate(primitive: Primitive, operator: bool = False) -> Callable:
    """The dispatcher of ``primitive``; for an ``operator`` of Python, one that leaves unknown operands to `operate`."""
    text, scope = _variadic_text(primitive) if primitive.variadic else _text(primitive, operator)
    scope.update(
        __name__=__name__, agree=agree, attach_view=attach_view, BY_TYPE=BY_TYPE, explain=explain, grad_enabled=grad_enabled,
        halves=primitive.halves, kernels=primitive.kernels, new=object.__new__, Node=Node, note_read=note_read,
        operate=operate, beside_number=beside_number, plan_of=primitive.plan, widened=widened,
        plans=primitive.plans, primitive=primitive, RECORDERS=RECORDERS, scalar_operand=scalar_operand,
        scalars=_scalars.get, SCALARS=SCALARS, sequence=graph.next_sequence, several=several, Tensor=Tensor,
        TENSOR_TYPES=TENSOR_TYPES, top=top, is_integral_or_bool=is_integral_or_bool, is_complex=is_complex,
        EXPLAINED=EXPLAINED, MemoryIsLent=MemoryIsLent,
        on_private_memory=on_private_memory,
    )  # fmt: skip
    exec(compile(text, f"<dispatcher of {primitive.name}>", "exec"), scope)
    _scopes.append(scope)
    function = scope["dispatch"]
    function.source = text
    function.primitive = primitive
    function.__name__ = primitive.name
    function.__doc__ = primitive.__doc__
    function.__module__, function.__qualname__ = primitive.home
    return function


Primitive.generate = staticmethod(generate)


def count_nodes_by(sequence: Callable[[], int]) -> None:
    """Number the nodes that are recorded from now on by ``sequence``, whose ints may carry something along."""
    graph.next_sequence = sequence
    for scope in _scopes:
        scope["sequence"] = sequence


def _signature(primitive: Primitive, operands: Sequence[str], scope: dict[str, Any]) -> str:
    parts = [*operands, "/"]
    starred = False
    for name in primitive.settings:
        if name in primitive.keyword_only and not starred:
            parts.append("*")
            starred = True
        if name in primitive.defaults:
            scope[f"default_{name}"] = primitive.defaults[name]
            parts.append(f"{name}=default_{name}")
        else:
            parts.append(name)
    return f"def dispatch({', '.join(parts)}):"


def _settings_call(primitive: Primitive) -> str:
    return "".join(f", {n}={n}" if n in primitive.keyword_only else f", {n}" for n in primitive.settings)


def _saved(plan: Plan, array_of: dict[str, str]) -> str:
    """The expression for the tuple of what ``plan`` saves."""

    def source(name: str) -> str:
        if name == "needs":
            return repr(plan.mask)
        if name in array_of:
            return array_of[name]
        stem, _, suffix = name.rpartition("_")
        return f"{array_of[stem]}.{suffix}" if stem in array_of and suffix in ("shape", "dtype") else name

    return "(" + "".join(source(name) + ", " for name in plan.residuals) + ")"


def _saver(primitive: Primitive, array_of: dict[str, str], arguments: Sequence[str], scope: dict[str, Any]) -> None:
    """Put ``saved_of(plan, …)`` into scope, for masks that are only known when the operation runs."""
    made: dict[Plan, Callable] = {}

    def saved_of(plan: Plan, *values: Any) -> tuple:
        function = made.get(plan)
        if function is None:
            function = made[plan] = evaluate(f"lambda {', '.join(arguments)}: {_saved(plan, array_of)}")
        return function(*values)

    scope["saved_of"] = saved_of


def _node(plan: str, edges: str, saved: str) -> str:
    return (
        f"node.plan = {plan}; node.{edges}; node.saved = {saved}; "
        "node.sequence = sequence(); node.shape = out.shape; node.hooks = None; node.output = None; t._edge = node"
    )


def _text(primitive: Primitive, operator: bool) -> tuple[str, dict[str, Any]]:
    names = primitive.operands
    arrays = [f"a{i}" for i in range(len(names))]
    array_of = {**dict(zip(names, arrays, strict=True)), "ans": "out"}
    scope: dict[str, Any] = {}
    lines = [_signature(primitive, names, scope)]
    add = lines.append
    _read_operands(primitive, names, arrays, operator, add)
    if primitive.name in _OF_REAL_NUMBERS:
        add("    if is_complex[kind, a0.dtype]: raise DTypeError(complex_numbers)")
        scope["DTypeError"] = DTypeError
        scope["complex_numbers"] = (
            f"{primitive.name} is not supported for complex numbers, which have no order; take x.real, x.imag or x.abs()"
        )
    if primitive.accumulates:
        add("    if a0.dtype in halves[kind]:")
        add(f"        return widened(dispatch, ({', '.join(names)},){_settings_call(primitive)})")
    if primitive.of_integers is not None:
        scope["of_integers"] = primitive.of_integers.op
        varies = "".join(f"e{i} is None and " for i in range(len(names)))
        add(f"    if {varies}is_integral_or_bool[kind, a0.dtype]: return of_integers({', '.join(names)})")
    if primitive.check is not None:
        scope["check"] = primitive.check
        add(f"    if is_integral_or_bool[kind, a0.dtype]: check(primitive, {', '.join(arrays)})")
    add("    try:")
    add(f"        out = kernels[kind]({', '.join(arrays)}{_settings_call(primitive)})")
    add(
        f"    except MemoryIsLent: return on_private_memory(dispatch, ({', '.join(names)},){_settings_call(primitive)})"
    )
    add("    except EXPLAINED as error:")
    add(f"        told = explain(primitive, ({', '.join(arrays)},), error)")
    add("        if told is error: raise")
    add("        raise told from error")
    if primitive.outputs != 1:
        _saver(primitive, array_of, [*arrays, *primitive.settings, "out"], scope)
        values = ", ".join([*arrays, *primitive.settings, "out"])
        add("    return several(primitive, (" + "".join(f"e{i}, " for i in range(len(names))) + "),")
        add(f"                   lambda plan: saved_of(plan, {values}), out)")
        return "\n".join(lines), scope
    add("    t = new(Tensor); t._data = out; t._base = None; t._views = None")
    _record(primitive, names, arrays, array_of, scope, add)
    if primitive.view is not None:
        settings = ", ".join(f"{n!r}: {n}" for n in primitive.settings)
        add(f"    attach_view(t, {names[0]}, primitive, {{{settings}}})")
    add("    return t")
    return "\n".join(lines), scope


def _read_operands(
    primitive: Primitive, names: Sequence[str], arrays: Sequence[str], operator: bool, add: Callable
) -> None:
    """Lines that give ``a0``, ``e0``, … their values, and ``kind``, the array type that runs the operation."""
    everything = ", ".join(names)
    again = f"return dispatch(*agree(primitive, ({everything},)){_settings_call(primitive)})"
    if len(names) == 1:
        add(f"    if type({names[0]}) is not Tensor and type({names[0]}) not in TENSOR_TYPES: {again}")
        add(f"    if RECORDERS: note_read({names[0]})")
        add(f"    a0 = {names[0]}._data; e0 = {names[0]}._edge; kind = type(a0)")
        if primitive.floats:
            add("    if e0 is None and is_integral_or_bool[kind, a0.dtype]:")
            add(f"        {again}")
        return
    if len(names) == 2 and len(primitive.promotes) == 2:
        again = f"return beside_number(dispatch, primitive, {everything}{_settings_call(primitive)})"
        unknown = f"return operate(primitive, {everything})" if operator else again
        _read_pair(primitive, names[0], names[1], again, unknown, add)
        return
    add(f"    if not ({' and '.join(f'type({x}) in TENSOR_TYPES' for x in names)}): {again}")
    add(f"    if RECORDERS: {'; '.join(f'note_read({x})' for x in names)}")
    read = "; ".join(f"{a} = {x}._data; e{i} = {x}._edge" for i, (x, a) in enumerate(zip(names, arrays, strict=True)))
    add(f"    {read}; kind = type(a0)")
    promoted = [a for x, a in zip(names, arrays, strict=True) if x in primitive.promotes]
    tests = [f"kind is not type({a})" for a in arrays[1:]]
    tests += [f"{promoted[0]}.dtype is not {a}.dtype" for a in promoted[1:]]
    add(f"    if {' or '.join(tests)}:")
    add(f"        {everything} = agree(primitive, ({everything},)); {read}")
    add(f"        kind = top(({', '.join(arrays)},))")


def _read_pair(primitive: Primitive, x: str, y: str, again: str, unknown: str, add: Callable) -> None:
    """Two operands that promote: the arithmetic operators.  A Python number beside a tensor is met here, not in `agree`."""
    add(f"    if (type({x}) is Tensor or type({x}) in TENSOR_TYPES):")
    add(f"        a0 = {x}._data; e0 = {x}._edge; kind = type(a0)")
    add(f"        if (type({y}) is Tensor or type({y}) in TENSOR_TYPES):")
    add(f"            if RECORDERS: note_read({x}); note_read({y}); a0 = {x}._data; e0 = {x}._edge; kind = type(a0)")
    add(f"            a1 = {y}._data; e1 = {y}._edge")
    add("            if kind is not type(a1) or a0.dtype is not a1.dtype:")
    add(f"                {x}, {y} = agree(primitive, ({x}, {y}))")
    add(f"                a0 = {x}._data; a1 = {y}._data; e0 = {x}._edge; e1 = {y}._edge; kind = top((a0, a1))")
    add(f"        elif type({y}) in SCALARS:")
    add(f"            if RECORDERS: note_read({x}); a0 = {x}._data; e0 = {x}._edge; kind = type(a0)")
    add(f"            a1 = scalars((kind, a0.dtype, type({y}), {y})); e1 = None")
    add("            if a1 is None:")
    add(f"                a1 = scalar_operand(a0, {y})")
    add(f"                if a1 is None: {again}")
    add(f"        else: {unknown}")
    add(f"    elif type({y}) in TENSOR_TYPES and type({x}) in SCALARS:")
    add(f"        if RECORDERS: note_read({y})")
    add(f"        a1 = {y}._data; e1 = {y}._edge; kind = type(a1); e0 = None")
    add(f"        a0 = scalars((kind, a1.dtype, type({x}), {x}))")
    add("        if a0 is None:")
    add(f"            a0 = scalar_operand(a1, {x})")
    add(f"            if a0 is None: {again}")
    add(f"    else: {unknown}")
    if primitive.floats:
        add("    if e0 is None and e1 is None and is_integral_or_bool[kind, a0.dtype]:")
        add(f"        {again}")


def _record(primitive, names, arrays, array_of, scope, add) -> None:
    """Lines that give ``t`` its edge."""
    count = len(names)
    edges = [f"e{i}" for i in range(count)]
    if not primitive.differentiable:
        add("    t._edge = None")
        return
    complete = primitive.joint is None and set(names) == set(primitive.rules)
    if count == 1 and primitive.has_rules:
        scope["plan1"] = plan = primitive.plan((True,))
        add("    if e0 is not None and grad_enabled():")
        add("        node = Node(); " + _node("plan1", "into = e0", _saved(plan, array_of)))
    elif count == 2 and complete:
        scope.update(
            plan10=primitive.plan((True, False)),
            plan01=primitive.plan((False, True)),
            plan11=primitive.plan((True, True)),
        )
        add("    if (e0 is not None or e1 is not None) and grad_enabled():")
        add("        node = Node()")
        add("        if e1 is None: " + _node("plan10", "into = e0", _saved(scope["plan10"], array_of)))
        add("        elif e0 is None: " + _node("plan01", "into = e1", _saved(scope["plan01"], array_of)))
        add("        else: " + _node("plan11", "into = e0, e1", _saved(scope["plan11"], array_of)))
    else:
        _saver(primitive, array_of, [*arrays, *primitive.settings, "out"], scope)
        values = ", ".join([*arrays, *primitive.settings, "out"])
        add(f"    if ({' or '.join(f'{e} is not None' for e in edges)}) and grad_enabled():")
        add(f"        mask = ({''.join(f'{e} is not None, ' for e in edges)})")
        add("        plan = plans.get(mask) or plan_of(mask); node = Node()")
        chosen = "tuple([e for e in (" + ", ".join(edges) + ",) if e is not None])"
        add("        " + _node("plan", f"edges = {chosen}", f"saved_of(plan, {values})"))
    add("    else: t._edge = None")


def _variadic_text(primitive: Primitive) -> tuple[str, dict[str, Any]]:
    name = primitive.operands[0]
    scope: dict[str, Any] = {"joint_plan": primitive.plan}
    arguments = ["arrays", *primitive.settings, "out"]
    _saver(primitive, {name: "arrays", "ans": "out"}, arguments, scope)
    lines = [
        _signature(primitive, primitive.operands, scope),
        f"    tensors = list({name})",
        "    if not tensors: raise ValueError(f'{primitive.name} needs at least one tensor')",
        "    if len(tensors) > 1 or tensors[0].__class__ not in TENSOR_TYPES:",
        f"        tensors = agree(primitive, tensors, ({name!r},) * len(tensors))",
        "    if RECORDERS:",
        "        for x in tensors: note_read(x)",
        "    arrays = [x._data for x in tensors]; kind = top(arrays)",
        "    try:",
        f"        out = kernels[kind](arrays{_settings_call(primitive)})",
        f"    except MemoryIsLent: return on_private_memory(dispatch, (tensors,){_settings_call(primitive)})",
        "    except EXPLAINED as error:",
        "        told = explain(primitive, arrays, error)",
        "        if told is error: raise",
        "        raise told from error",
        "    edges = [x._edge for x in tensors]",
        "    t = new(Tensor); t._data = out; t._base = None; t._views = None",
        "    mask = tuple([e is not None for e in edges])",
        "    if True in mask and grad_enabled():",
        "        plan = plans.get(mask) or plan_of(mask); node = Node()",
        "        "
        + _node(
            "plan", "edges = tuple([e for e in edges if e is not None])", f"saved_of(plan, {', '.join(arguments)})"
        ),
        "    else: t._edge = None",
        "    return t",
    ]
    return "\n".join(lines), scope
