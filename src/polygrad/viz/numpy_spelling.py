"""How each function is written in NumPy."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from ..backends.namespace import LINALG
from .formulas import Formula

_ATOM, _POWER, _SIGN, _PRODUCT, _SUM, _SHIFT, _AND, _XOR, _OR, _COMPARISON = range(10)

#: Python's operators and the standard's names for them: how they are written, and how strongly they bind.
INFIX: dict[Any, tuple[str, int]] = {
    "add": ("+", _SUM), "subtract": ("-", _SUM), "multiply": ("*", _PRODUCT), "divide": ("/", _PRODUCT),
    "matmul": ("@", _PRODUCT), "floor_divide": ("//", _PRODUCT), "remainder": ("%", _PRODUCT), "pow": ("**", _POWER),
    "bitwise_and": ("&", _AND), "bitwise_or": ("|", _OR), "bitwise_xor": ("^", _XOR),
    "bitwise_left_shift": ("<<", _SHIFT), "bitwise_right_shift": (">>", _SHIFT),
    "equal": ("==", _COMPARISON), "not_equal": ("!=", _COMPARISON), "less": ("<", _COMPARISON),
    "less_equal": ("<=", _COMPARISON), "greater": (">", _COMPARISON), "greater_equal": (">=", _COMPARISON),
}  # fmt: skip
OPERATORS: dict[Any, str] = {
    operator.add: "add", operator.sub: "subtract", operator.mul: "multiply", operator.truediv: "divide",
    operator.floordiv: "floor_divide", operator.mod: "remainder", operator.matmul: "matmul", operator.pow: "pow",
    operator.and_: "bitwise_and", operator.or_: "bitwise_or", operator.xor: "bitwise_xor",
    operator.lshift: "bitwise_left_shift", operator.rshift: "bitwise_right_shift", operator.eq: "equal",
    operator.ne: "not_equal", operator.lt: "less", operator.le: "less_equal", operator.gt: "greater",
    operator.ge: "greater_equal", operator.neg: "negative", operator.pos: "positive", operator.abs: "abs",
    operator.invert: "bitwise_invert", operator.getitem: "getitem",
}  # fmt: skip
#: The standard's names of functions that NumPy's users know by another.
_CLASSIC = {
    "concat": "concatenate", "acos": "arccos", "acosh": "arccosh", "asin": "arcsin", "asinh": "arcsinh",
    "atan": "arctan", "atanh": "arctanh", "atan2": "arctan2", "cumulative_sum": "cumsum", "cumulative_prod": "cumprod",
    "permute_dims": "transpose", "bitwise_invert": "invert",
}  # fmt: skip

#: Primitives that stay one operation: those with a statement or a helper below.
AS_ONE_CALL = frozenset(
    """
    power cast complex getitem slice_pad slice_put take_rows index_add put_rows pad
    conv2d conv2d_input_gradient conv2d_weight_gradient max_pool max_pool_gradient sum_pool sum_pool_gradient
    """.split()
)


class Lines(list[str]):
    """Statements that put an operation's result into ``{out}``."""


def find_unused(name: str, taken: set[str]) -> str:
    """``name``, with a number if it is taken; it is taken then."""
    found = next(n for n in itertools.chain((name,), (f"{name}{k}" for k in itertools.count(2))) if n not in taken)
    taken.add(found)
    return found


def literal(value: Any) -> str:
    """A setting as source code.  Raises NotImplementedError where it has none."""
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if isinstance(value, (float, np.floating)):
        return _number(float(value))
    if isinstance(value, (complex, np.complexfloating)):
        return f"complex({_number(float(value.real))}, {_number(float(value.imag))})"
    if value is None or isinstance(value, str):
        return repr(value)
    if value is Ellipsis:
        return "..."
    if isinstance(value, slice):
        return f"slice({literal(value.start)}, {literal(value.stop)}, {literal(value.step)})"
    if isinstance(value, tuple):
        return f"({', '.join(map(literal, value))}{',' * (len(value) == 1)})"
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, (np.dtype, type)):
        return f"np.{np.dtype(value).name}"
    raise NotImplementedError(f"a setting of type {type(value).__name__} cannot be written in NumPy")


def _number(value: float) -> str:
    if value != value:
        return "np.nan"
    if value in (float("inf"), float("-inf")):
        return "np.inf" if value > 0 else "-np.inf"
    return repr(value)


def constant(value: Any) -> Formula | None:
    """A constant array in one expression, exactly; None where there is none."""
    array = np.asarray(value)
    if array.shape == ():
        text = literal(array[()])
        # A Python number takes the type of the other operand; integers and booleans keep theirs.
        return Formula(text, _SIGN if text.startswith("-") else _ATOM)
    flat = array.reshape(-1)
    kind = f"np.{array.dtype.name}"
    if not array.size or np.all(flat == flat[0]):
        first = flat[0] if array.size else array.dtype.type(0)
        if first == 0 and not np.signbit(np.real(first)):
            return Formula(f"np.zeros({literal(array.shape)}, {kind})")
        return Formula(f"np.full({literal(array.shape)}, {literal(first)}, {kind})")
    if array.ndim == 1 and array.dtype.kind in "iu" and np.array_equal(array, np.arange(array.size)):
        return Formula(f"np.arange({array.size}, dtype={kind})")
    return None


def write(name: str, arguments: list[Any], named: dict[str, Any], shapes: list[Any], out: Any) -> Formula | Lines:
    """The function ``name`` of ``arguments``, which are `Formula`, lists of them, or settings.

    ``shapes`` are those of the arguments that are arrays, and ``out`` that of the result.  Raises NotImplementedError where
    the function has no spelling.
    """
    if name in INFIX and len(arguments) == 2 and all(_is_simple(x) for x in arguments):
        return _infix(name, *map(_formula, arguments))
    if name in ("negative", "bitwise_invert"):
        sign = "-" if name == "negative" else "~"
        return Formula(sign + _formula(arguments[0]).within(_POWER), _SIGN)
    if name in _SPECIAL:
        return _SPECIAL[name](arguments, named, shapes, out)
    settings = {key: value for key, value in named.items() if key not in ("device", "copy")}
    if name not in ("flip", "roll") and isinstance(axis := settings.get("axis"), tuple) and len(axis) == 1:
        settings["axis"] = axis[0]
    home = "np.linalg" if name in LINALG else "np.fft" if "fft" in name else "np"
    plain = name if home != "np" else _CLASSIC.get(name, name)
    if not hasattr({"np": np, "np.linalg": np.linalg, "np.fft": np.fft}[home], plain):
        raise NotImplementedError(f"viz.python cannot write the operation {name!r} in NumPy")
    texts = [_formula(x).text for x in arguments]
    texts += [f"{key}={_formula(value).text}" for key, value in settings.items() if not _is_default(key, value)]
    return Formula(f"{home}.{plain}({', '.join(texts)})")


def _is_default(key: str, value: Any) -> bool:
    return (key == "keepdims" and value is False) or (key == "axis" and value is None)


def _is_simple(x: Any) -> bool:
    return isinstance(x, (Formula, int, float, complex))


def _formula(x: Any) -> Formula:
    if isinstance(x, Formula):
        return x
    if isinstance(x, (list, tuple)) and any(isinstance(one, Formula) for one in x):
        return Formula(f"[{', '.join(_formula(one).text for one in x)}]")
    text = literal(x)
    return Formula(text, _SIGN if text.startswith("-") else _ATOM)


def _infix(name: str, x: Formula, y: Formula) -> Formula:
    sign, binding = INFIX[name]
    if name == "pow":
        return Formula(f"{x.within(_ATOM)} ** {y.within(_ATOM)}", _POWER)
    # On the right an equal binding needs parentheses: a - (b - c).  So does a comparison on either side.
    left = binding - 1 if binding == _COMPARISON else binding
    return Formula(f"{x.within(left)} {sign} {y.within(binding - 1)}", binding)


def _transpose(arguments: Any, named: Any, shapes: Any, out: Any) -> Formula:
    x = arguments[0].within(_ATOM)
    return Formula(f"{x}.T" if len(shapes[0]) == 2 else f"{x}.swapaxes(-1, -2)")


def _power(arguments: Any, named: Any, shapes: Any, out: Any) -> Formula:
    exponent = named["exponent"]
    if exponent == 0.5:
        return Formula(f"np.sqrt({arguments[0].text})")
    if exponent == -1:
        return Formula(f"1 / {arguments[0].within(_POWER)}", _PRODUCT)
    text = literal(int(exponent) if isinstance(exponent, float) and exponent == int(exponent) else exponent)
    return Formula(f"{arguments[0].within(_ATOM)} ** {text}", _POWER)


def _cast(arguments: Any, named: Any, shapes: Any, out: Any) -> Formula:
    dtype = named.get("dtype", arguments[1] if len(arguments) > 1 else None)
    return Formula(f"{arguments[0].within(_ATOM)}.astype({literal(dtype)})")


def _cast_real(arguments: Any, named: Any, shapes: Any, out: Any) -> Formula:
    """`cast` drops the imaginary part on the way to a real type, without NumPy's warning."""
    if np.dtype(named["dtype"]).kind == "c":
        return _cast(arguments, named, shapes, out)
    return Formula(f"np.real({arguments[0].text}).astype({literal(named['dtype'])})")


def _getitem(arguments: Any, named: Any, shapes: Any, out: Any) -> Formula:
    key = named["key"] if "key" in named else arguments[1]
    return Formula(f"{arguments[0].within(_ATOM)}[{_key(key)}]")


def _key(key: Any) -> str:
    parts = key if isinstance(key, tuple) else (key,)
    return ", ".join(_part(part) for part in parts) or "()"


def _part(part: Any) -> str:
    if isinstance(part, slice):
        start, stop, step = ("" if x is None else str(int(x)) for x in (part.start, part.stop, part.step))
        start = "" if start == "0" and not (step.startswith("-")) else start
        return f"{start}:{stop}" + (f":{step}" if step not in ("", "1") else "")
    return part.text if isinstance(part, Formula) else literal(part)


def _reshape(arguments: Any, named: Any, shapes: Any, out: Any) -> Formula:
    if tuple(shapes[0]) == tuple(out):
        return arguments[0]
    lengths = ", ".join(map(str, out)) or "()"
    return Formula(f"{arguments[0].within(_ATOM)}.reshape({lengths})")


def _broadcast_to(arguments: Any, named: Any, shapes: Any, out: Any) -> Formula:
    if tuple(shapes[0]) == tuple(out):
        return arguments[0]
    return Formula(f"np.broadcast_to({arguments[0].text}, {literal(tuple(out))})")


def _asarray(arguments: Any, named: Any, shapes: Any, out: Any) -> Formula:
    if set(named) - {"copy", "device"} or not isinstance(arguments[0], Formula):
        raise NotImplementedError("viz.python cannot write the operation 'asarray' in NumPy")
    return Formula(f"{arguments[0].within(_ATOM)}.copy()") if named.get("copy") else arguments[0]


def _slice_pad(arguments: Any, named: Any, shapes: Any, out: Any) -> Lines:
    value = arguments[0].text
    like = f", {value}.dtype" if value.isidentifier() else ""
    zeros = f"{{out}} = np.zeros({literal(tuple(out))}{like})"
    return Lines([zeros, f"{{out}}[{_key(named['key'])}] = {value}"])


def _slice_put(arguments: Any, named: Any, shapes: Any, out: Any) -> Lines:
    copied = f"{{out}} = np.array({arguments[0].text})"
    return Lines([copied, f"{{out}}[{_key(named['key'])}] = {arguments[1].text}"])


def _pad(arguments: Any, named: Any, shapes: Any, out: Any) -> Formula:
    value = _formula(named["value"]).text
    filling = "" if value == "0" else f", constant_values={value}"
    return Formula(f"np.pad({arguments[0].text}, {literal(named['widths'])}{filling})")


def _argsort(arguments: Any, named: Any, shapes: Any, out: Any) -> Formula:
    axis = named.get("axis", -1)
    if named.get("descending"):
        return Formula(f"argsort_descending({arguments[0].text}, {axis})")
    return Formula(f"np.argsort({arguments[0].text}, axis={axis}, kind='stable')")


def _helper(*settings: str) -> Callable[..., Formula]:
    """A call of a helper of `HELPERS`: the operands, then these settings."""

    def written(arguments: Any, named: Any, shapes: Any, out: Any) -> Formula:
        given = {**named, "out": tuple(out[2:])}
        texts = [x.text for x in arguments if isinstance(x, Formula)]
        texts += [f"{name if name != 'out' else 'counts'}={literal(given[name])}" for name in settings]
        return Formula(f"{{name}}({', '.join(texts)})")

    return written


def _named(name: str, function: Callable[..., Formula]) -> Callable[..., Formula]:
    def written(*arguments: Any) -> Formula:
        made = function(*arguments)
        return Formula(made.text.replace("{name}", name), made.binding)

    return written


def _one(text: str) -> Callable[..., Formula]:
    return lambda arguments, named, shapes, out: Formula(text.format(*[_formula(x).text for x in arguments]))


_WINDOW = ("stride", "padding", "dilation")
_POOL = ("kernel", "stride", "padding")
_SPECIAL: dict[str, Callable[..., Any]] = {
    "matrix_transpose": _transpose, "power": _power, "cast": _cast_real, "astype": _cast, "getitem": _getitem,
    "reshape": _reshape, "expand_dims": _reshape, "squeeze": _reshape, "broadcast_to": _broadcast_to,
    "asarray": _asarray, "slice_pad": _slice_pad, "slice_put": _slice_put, "pad": _pad, "argsort": _argsort,
    "positive": lambda a, *_: a[0],
    "alias": lambda a, *_: a[0],
    "take_rows": lambda a, *_: Formula(f"{a[0].within(_ATOM)}[{a[1].text}]"),
    "complex": _one("as_complex({0}, {1})"),
    "index_add": lambda a, named, *_: Formula(f"add_rows({a[0].text}, {a[1].text}, {literal(named['size'])})"),
    "put_rows": _one("put_rows({0}, {1}, {2})"),
    **{
        name: _named(name, _helper(*settings))
        for name, settings in {
            "conv2d": (*_WINDOW, "groups"),
            "conv2d_input_gradient": ("size", *_WINDOW, "groups"),
            "conv2d_weight_gradient": ("kernel", *_WINDOW, "groups"),
            "max_pool": ("kernel", *_WINDOW, "out"),
            "max_pool_gradient": ("kernel", *_WINDOW),
            "sum_pool": (*_POOL, "out"),
            "sum_pool_gradient": ("size", *_POOL),
        }.items()
    },
}  # fmt: skip
