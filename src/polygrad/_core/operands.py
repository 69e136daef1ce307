"""Operands of a primitive that need more than a look: numbers, mixed types, mixed backends, lent memory, and errors.

Dispatchers come here off their common path; `promote_operands` gives them tensors that they can take.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .. import _dtypes
from .._state import RECORDERS, grad_enabled
from ..backends.registry import BY_TYPE
from .errors import DTypeError
from .hooks import HOOKS
from .lending import LENT_TYPES, LentArray, end_loan
from .precision import downcast, is_half, upcast
from .primitive import OPERATIONS, Primitive
from .same_dtype import check_same_dtype
from .scalars import OTHER_TENSORS, PYTHON_SCALARS, UnknownOperandError, to_python
from .tensor import TENSOR_TYPES, Tensor, as_operand, cell

#: (array type, its dtype, scalar's type, scalar) → 0-d array, where the backend lets such arrays be shared.
_scalars: dict[tuple, Any] = {}
_SCALARS_KEPT = 4096


class _DTypeTest(dict):
    """(array type, the library's data type) → whether that is of one of some kinds, such as ``"int"``.

    The array type keeps two libraries' types apart, which may have equal hashes but must not be compared.
    """

    def __init__(self, *kinds: str):
        self.kinds = kinds

    def __missing__(self, key: tuple[type, Any]) -> bool:
        # Every library writes the name of the type into its text: "float32", "library.float32".
        found = self[key] = any(kind in str(key[1]) for kind in self.kinds)
        return found


is_integral_or_bool = _DTypeTest("int", "bool")
is_complex = _DTypeTest("complex")


#: The number that was met before, by the key of `_scalars`; None for others.
known_scalar = _scalars.get


def scalar_operand(array: Any, value: Any) -> Any:
    """The number ``value`` as a 0-d array of the data type of ``array``; None if promotion would change that type."""
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
    """Whether ``dtype`` may have to round ``value``; while a program is recorded, a later run may have another number."""
    return value.__class__ in (int, float) and (bool(RECORDERS) or not dtype.has(value))


def with_scalar(dispatch: Callable, primitive: Primitive, x: Any, y: Any, *settings: Any, **named: Any) -> Tensor:
    """``dispatch`` of two operands of different types.

    Half precision with a number that it would round is computed in single precision: ``x / 65536`` is not 0, although 65536
    is infinite in float16.
    """
    if OTHER_TENSORS and (x.__class__ in OTHER_TENSORS or y.__class__ in OTHER_TENSORS):
        return unusual(dispatch, primitive, (x, y), *settings, **named)
    half, number = (x, to_python(y)) if isinstance(x, Tensor) else (y, to_python(x))
    if primitive.has_rules and is_half(half) and _is_rounded(number, half.dtype):
        return downcast(dispatch(upcast(x), upcast(y), *settings, **named), half.dtype)
    return dispatch(*promote_operands(primitive, (x, y)), *settings, **named)


def unusual(dispatch: Callable, primitive: Primitive, operands: Sequence[Any], *settings: Any, **named: Any) -> Any:
    """``dispatch`` of operands that are not all Tensors."""
    for x in operands:
        if x.__class__ in OTHER_TENSORS:
            given = dict(zip(primitive.settings, settings, strict=False))
            return OTHER_TENSORS[x.__class__](primitive, operands, given | named)
    return dispatch(*promote_operands(primitive, operands), *settings, **named)


def highest_level(arrays: Sequence[Any]) -> type:
    """The array type that runs an operation: among several, the one of the highest level; a lent one before a plain one."""
    return max((array.__class__ for array in arrays), key=lambda kind: (BY_TYPE[kind].level, kind in LENT_TYPES))


def promote_operands(primitive: Primitive, operands: Sequence[Any], names: Sequence[str] | None = None) -> list[Tensor]:
    """``operands`` as Tensors on one backend and device, of one data type where the primitive promotes.

    Raises TypeError for operands that are neither tensors nor numbers, for mixed backends and for types without a common
    one; RuntimeError for mixed devices, and for mixed data types where the primitive declares ``same_dtype``.
    """
    names = primitive.operands if names is None else names
    if _only_levels_differ(primitive, operands, names):
        return _on_one_level(operands)
    reference = next((x for x in operands if isinstance(x, Tensor)), None)
    arguments = primitive.parameters if len(primitive.parameters) == len(operands) else names
    if reference is None:
        numbers = [to_python(x) for x in operands]
        if primitive.accepts_scalars and all(x.__class__ in PYTHON_SCALARS for x in numbers):
            return promote_operands(primitive, [HOOKS.make_tensor(x) for x in numbers])
        wrong = next((i for i, x in enumerate(numbers) if x.__class__ not in PYTHON_SCALARS), 0)
        raise TypeError(
            f"{primitive.public_name}(): argument {arguments[wrong]!r} must be a Tensor, not "
            f"{type(operands[wrong]).__name__} (polygrad.tensor(...) makes one)"
        )
    promoting = [name in primitive.promotes for name in names]
    tensors: list[Any] = [
        x
        if isinstance(x, Tensor) or x.__class__ in PYTHON_SCALARS
        else as_operand(x, reference, f"{primitive.public_name}(): argument {name!r}")
        for x, name in zip(operands, arguments, strict=True)
    ]
    _check_same_place(primitive, [x for x in tensors if isinstance(x, Tensor)])
    if primitive.same_dtype:
        check_same_dtype(primitive.public_name, dict(zip(arguments, tensors, strict=True)))
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


#: Types whose operators take no tensor for certain, so that the error that explains need not be left to Python.
_WITHOUT_OPERATORS = frozenset((type(None), str, bytes, list, tuple, dict, set))
_SEQUENCES = frozenset((str, bytes, list, tuple))


def operate(primitive: Primitive, x: Any, y: Any) -> Any:
    """The Python operator of ``primitive`` where ``x`` or ``y`` is neither a Tensor nor a Python number.

    NotImplemented for a type that is unknown here: Python then tries that type's own operator, and compares identities
    where ``==`` and ``!=`` find none.
    """
    try:
        return primitive.op(x, y)
    except UnknownOperandError:
        symbol, unknown = primitive.symbol, (y if isinstance(x, Tensor) else x).__class__
        repeats = symbol == "*" and unknown in _SEQUENCES  # [0] * tensor(3)
        if symbol in ("==", "!=") or repeats or unknown not in _WITHOUT_OPERATORS:
            return NotImplemented
        hint = "; polygrad.tensor(...) makes a tensor of it" if unknown in (list, tuple) else ""
        raise UnknownOperandError(
            f"unsupported operand type(s) for {symbol}: {type(x).__name__!r} and {type(y).__name__!r}{hint}"
        ) from None


def _on_one_level(tensors: Sequence[Tensor]) -> list[Tensor]:
    private = [cell(x._read(), x._edge) if x._data.__class__ in LENT_TYPES else x for x in tensors]
    return HOOKS.unify_levels(private)


def on_private_memory(dispatch: Callable, operands: Sequence[Any], *settings: Any, **named: Any) -> Any:
    """``dispatch`` with copies of the operands whose memory NumPy may write to.

    Where nothing is recorded, and so nothing saved, no copy is needed, unless the result would share the memory.
    """
    tensors = operands[0] if isinstance(operands[0], list) else operands
    records = grad_enabled() and any(x.__class__ in TENSOR_TYPES and x._edge is not None for x in tensors)
    seen: list[LentArray] = []

    def private(x: Any) -> Any:
        if x.__class__ is list:
            return [private(part) for part in x]
        if x.__class__ not in TENSOR_TYPES or x._data.__class__ not in LENT_TYPES or end_loan(x):
            return x
        if records:
            return cell(x._data.copy(), x._edge)
        seen.append(x._data)
        return cell(x._data.value)

    result = dispatch(*[private(x) for x in operands], *settings, **named)
    if seen:
        for made in result if result.__class__ is tuple else (result,):
            if any(memory.shares_memory(made._data) for memory in seen):
                made._data = seen[0].backend.asarray(made._data, copy=True)
    return result


def _only_levels_differ(primitive: Primitive, operands: Sequence[Any], names: Sequence[str]) -> bool:
    """Whether the operands differ in nothing but their transform level, as inside transforms they mostly do."""
    if not all(x.__class__ in TENSOR_TYPES for x in operands):
        return False
    arrays = [x._data for x in operands]
    if not any(BY_TYPE[array.__class__].level > 1 for array in arrays):
        return False
    if len({array.dtype for array, name in zip(arrays, names, strict=True) if name in primitive.promotes}) > 1:
        return False
    return not primitive.promotes_to_float or not is_integral_or_bool[arrays[0].__class__, arrays[0].dtype]


def _common_dtype(primitive: Primitive, tensors: Sequence[Any], promoting: Sequence[bool]) -> Any:
    involved = [x for x, promotes in zip(tensors, promoting, strict=True) if promotes]
    known = [x.dtype for x in involved if isinstance(x, Tensor)]
    scalars = [x for x in involved if not isinstance(x, Tensor)]
    if not known and not scalars:
        return None
    if primitive.refuses_bool is not None and _dtypes.bool in known:
        raise DTypeError(primitive.refuses_bool)
    common = _dtypes.promote(*(known or [_dtypes.default_of(scalars[0].__class__)]))
    for scalar in scalars:
        common = _dtypes.promote_scalar(common, scalar.__class__)
        exact = type(scalar) is int and primitive.is_comparison
        if exact and not common.holds(scalar) and _dtypes.int64.holds(scalar):
            common = _dtypes.int64  # compared with a number that the type does not have: the answer is known
    if primitive.promotes_to_float and not common.is_differentiable:
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
                f"{primitive.public_name}: the operands are on different backends, {one.name!r} and {two.name!r}; move one of "
                f"them, as in x.to(backend={one.name!r})"
            )
        a, b = one.device(first._data), two.device(other._data)
        if a != b and a is not None and b is not None:  # what is traced is where all of its program is
            raise RuntimeError(
                f"{primitive.public_name}: the operands are on different devices, {one.device_name(a)!r} and "
                f"{one.device_name(b)!r}; move one of them, as in x.to({one.device_name(a)!r})"
            )
