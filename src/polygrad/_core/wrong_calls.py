"""The border of a public function: other libraries' scalars become Python's numbers, and errors name the argument.

Nothing else is checked before a function runs.  An error from its inside, about an attribute that a list does not have, is looked
at when it is raised, and becomes one about the argument.
"""

from __future__ import annotations

import functools
import inspect
import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from types import FunctionType, ModuleType
from typing import Any

from .._dtypes import DType
from .errors import DTypeError, LayoutError, MixedTypesError, ShapeError, unsupported_layout
from .generated import PREFIX, define_late, fill
from .output import SURPLUS, signature_with_out, write_into
from .primitive import PRIMITIVES
from .scalars import OTHER_TENSORS, UNCONVERTED_TYPES, arguments_to_python, to_python, to_python_ints
from .tensor import Tensor

_HERE = os.path.dirname(os.path.dirname(__file__))
#: Errors that no function means to raise.
_INTERNAL = (AttributeError, KeyError, AssertionError, ArithmeticError, UnboundLocalError)
#: Messages of Python itself about the inside of a function.
_RAW = (
    r"has no attribute|<locals>|object is not|object cannot be|tuple index out of range|(tuple|list|string) indices must be"
    r"|not supported between|unsupported operand|has no len|values to unpack|must be real number|unhashable|can't multiply"
    r"|can only concatenate|argument of type|bad operand|expected str|invalid literal"
)
#: Arguments that are data: a number's type is the type of the result.
_DATA = frozenset(("data", "array", "obj"))
#: Annotation → the types of such values, and what they are called.
_KINDS: dict[str, tuple[tuple[type, ...], str]] = {
    "Tensor": ((Tensor,), "a Tensor"),
    "int": ((int,), "an int"),
    "float": ((int, float), "a float"),
    "complex": ((int, float, complex), "a number"),
    "bool": ((bool, int), "a bool"),
    "str": ((str,), "a str"),
    "DType": ((DType,), "a data type"),
    "tuple[int, ...]": ((tuple, list), "a tuple of ints"),
    "Sequence[int]": ((tuple, list), "a sequence of ints"),
    "Sequence[Tensor]": ((tuple, list), "a sequence of Tensors"),
    "None": ((type(None),), "None"),
}
#: The annotations of flags → whether they may be None.
_FLAGS = {"bool": False, "builtins.bool": False, "bool | None": True}
_NOT_THESE = " cannot take these arguments: "
#: Names of arguments that are also words.
_ENGLISH = frozenset(("other", "end", "size", "elements", "operands", "steps", "tensors", "diagonal", "input"))
#: What starts a message: the name of the function that raises it.
_SPEAKER = r"(\w+)(\(\):|\(\)|:)? "


def explain_errors(function: Callable, inner_names: Mapping[str, str] | None = None, out: bool = False) -> Callable:
    """``function``, which is given Python's numbers, and whose errors from the inside name the argument.

    With ``inner_names``, errors that other functions raise of themselves are told of ``function`` too: they name it, and its
    arguments, for the names that the others have for these.  With ``out`` it takes a tensor for the result; its attribute
    ``method`` is the same without ``out``.
    """
    scope: dict[str, Any] = {
        "__name__": __name__,
        "function": function,
        "inner_names": inner_names,
    }  # by its name it is known as code of the library

    def make(**more: Any) -> Any:
        late = define_late("call", _write, {**scope, **more}, f"errors of {function.__name__}")
        call: Any = functools.wraps(function)(late)
        call.direct = call if _has_second_names(function) else function
        return call

    plain = make()
    if not out:
        return plain
    call = make(plain=plain)
    call.method = plain
    call.__signature__ = signature_with_out(inspect.signature(function))
    return call


def _explain(
    function: Callable, inner_names: Mapping[str, str] | None, error: Exception, args: tuple, kwargs: dict[str, Any]
) -> Exception:
    """The error that a call of ``function`` raises instead of ``error``, which may be the same."""
    if isinstance(error, FloatingPointError):  # of NumPy's `errstate`: about values
        return error
    if OTHER_TENSORS and (found := _about_other_tensors(function, error, args, kwargs)):
        return found
    text = str(error)
    inside = isinstance(error, _INTERNAL) or re.search(_RAW, text) is not None
    if inner_names is None and not inside and isinstance(error, TypeError):
        # Another function's error about its argument?
        speaker = re.match(r"([\w.<>]+)\(\): argument ", text)
        inside = speaker is not None and speaker[1] != function.__name__ and bool(_misfits(function, args, kwargs))
    if inner_names is None:
        return _explanation(function, args, kwargs, error) if inside and _is_ours(error) else error
    if not _is_ours(error):
        return error
    inside = inside and not isinstance(error, OverflowError)  # the standard's error for a number beyond its type
    if inside or _NOT_THESE in text or _misfits(function, args, kwargs):
        return _explanation(function, args, kwargs, error)
    return _retell(error, function.__name__, inner_names)


def _about_other_tensors(function: Callable, error: Exception, args: tuple, kwargs: dict[str, Any]) -> Exception | None:
    """The error of a call with an argument such as a sparse tensor, which the function may not take; None without one."""
    given = [*args, *kwargs.values()]
    given += [item for value in given if isinstance(value, (list, tuple)) for item in value]
    if not any(value.__class__ in OTHER_TENSORS for value in given):
        return None
    says_more = isinstance(error, (ShapeError, DTypeError, MixedTypesError)) or (
        isinstance(error, LayoutError) and not error.general
    )
    return error if says_more else unsupported_layout(function.__name__)


def _write(scope: dict[str, Any]) -> str:
    """Complete ``scope`` and return the source.  All of it is for the first call: most functions are never called."""
    function, inner_names = scope["function"], scope["inner_names"]
    scope.update(
        explain=functools.partial(_explain, function, inner_names), UNCONVERTED_TYPES=UNCONVERTED_TYPES, to_python=to_python,
        arguments_to_python=arguments_to_python, to_python_ints=to_python_ints,
        Caught=(*_INTERNAL, TypeError, IndexError, ValueError, *[RuntimeError] * (inner_names is not None)),
        write_into=write_into, to_flag=functools.partial(_to_flag, function.__name__),
    )  # fmt: skip
    return _source(function, scope, out="plain" in scope)


def _has_second_names(function: Callable) -> bool:
    """Whether ``function`` is a wrapper that takes NumPy's names of arguments for those of the function inside."""
    return getattr(function, "takes_second_names", None) is function


_CALL = """
def call($signature):
    $write_out
    try:
        $read
        return function($passed)
    except Caught as error:
        said = explain(error, $positional, $named)
        if said is error:
            raise
        raise said from error
"""


_WRITE_OUT = """
if $out_is_given:
    return write_into(out, $surplus, plain, $positional, $named)
"""


def _source(function: Callable, scope: dict[str, Any], out: bool) -> str:
    """A function of the same signature: passing on ``*args`` would cost several times as much.

    Where it has second names of arguments, the function inside is called unless one of them is used.  With ``out`` there is
    one parameter more, which `write_into` takes.
    """
    parameters = list(inspect.signature(function).parameters.values())
    if any(one.kind is inspect.Parameter.VAR_KEYWORD for one in parameters):
        both, all_plain = "*args, **kwargs", "args, kwargs = arguments_to_python(args, kwargs)"
        return fill(
            _CALL, signature="*args, out=None, **kwargs" if out else both, read=all_plain, passed=both, positional="args",
            named="kwargs", write_out=_WRITE_OUT * out, out_is_given="out is not None", surplus="None",
        )  # fmt: skip
    renamed = _has_second_names(function)
    # A parameter that may come under another name has a default, so that Python does not miss it.
    renamable = {*function.second_names.values()} if renamed else set()  # type: ignore[attr-defined]  # see there
    by_name = [one for one in parameters if one.kind is inspect.Parameter.KEYWORD_ONLY]
    further = [one.name for one in parameters if one.kind is inspect.Parameter.VAR_POSITIONAL]
    first = [one for one in parameters if one not in by_name and one.name not in further]
    scope.update({f"default_{one.name}": one.default for one in parameters})

    def declare(place: int, one: inspect.Parameter) -> str:
        needed = one.default is one.empty and not (renamed and (place or one.name in renamable))
        return one.name if needed else f"{one.name}=default_{one.name}"

    star = [f"*{name}" for name in further]
    signature = [declare(place, one) for place, one in enumerate(first)]
    named_out = out and not renamed
    surplus = named_out and not star and not by_name
    signature += [f"{SURPLUS}=None, out=None"] * surplus
    unnamed = sum(one.kind is inspect.Parameter.POSITIONAL_ONLY for one in first)
    signature[unnamed:unnamed] = ["/"] * bool(unnamed)
    signature += (star or ["*"] * bool(by_name)) + [declare(1, one) for one in by_name]
    signature += ["out=None"] * (named_out and not surplus)
    read = [line for line in map(_reading, first + by_name) if line]
    read += [f"if {name}: {name} = arguments_to_python({name}, {{}})[0]" for name in further]
    if renamed:
        signature.append("**names")
        flags = {one.name: _FLAGS[str(one.annotation)] for one in parameters if str(one.annotation) in _FLAGS}
        flags |= {second: flags[name] for second, name in function.second_names.items() if name in flags}  # type: ignore[attr-defined]  # see there
        scope.update(
            again=function, function=function.__wrapped__,  # type: ignore[attr-defined]  # `wraps` sets it
            second_names=functools.partial(_second_names, flags, scope["to_flag"]),
        )  # fmt: skip
        needed = [
            one.name for one in first if one.default is one.empty and (one is not first[0] or one.name in renamable)
        ]
        missing = "".join(f" or {name} is default_{name}" for name in needed)
        placed, others = (first, by_name) if further else ([], first + by_name)
        triples = ", ".join(f"({one.name!r}, {one.name}, default_{one.name})" for one in others)
        by_place = [*(one.name for one in placed), *star]
        by_their_names = f"second_names(({triples},), names)"
        read.insert(0, f"if names{missing}: return again({', '.join([*by_place, '**' + by_their_names])})")
        if out:
            arguments = f"({''.join(part + ', ' for part in by_place)})"
            taken = "if names and (out := names.pop('out', None)) is not None"
            read.insert(0, f"{taken}: return write_into(out, None, plain, {arguments}, {by_their_names})")
    passed = ", ".join([*(one.name for one in first), *star, *(f"{one.name}={one.name}" for one in by_name)])
    positional = "".join(f"{part}, " for part in [*(one.name for one in first), *star])
    named = ", ".join(f"{one.name}={one.name}" for one in by_name)
    out_is_given = f"{SURPLUS} is not None or out is not None" if surplus else "out is not None"
    return fill(
        _CALL, signature=", ".join(signature), read="\n".join(read), passed=passed, positional=f"({positional})",
        named=f"dict({named})", write_out=_WRITE_OUT * named_out, out_is_given=out_is_given, surplus=SURPLUS if surplus else "None",
    )  # fmt: skip


def _second_names(
    flags: dict[str, bool], to_flag: Callable, given: tuple[tuple[str, Any, Any], ...], names: dict[str, Any]
) -> dict[str, Any]:
    """The arguments of a call, by name: those that are not their defaults, and those under second names."""
    arguments = {name: value for name, value, default in given if value is not default}
    arguments = arguments_to_python((), {**arguments, **names})[1]
    return {
        name: value if name not in flags or (value is None and flags[name]) else to_flag(value, name)
        for name, value in arguments.items()
    }


def _to_flag(function: str, value: Any, argument: str) -> bool:
    """A flag, Python's or NumPy's, as Python's.  Raises TypeError for anything else, numbers and tensors too, as PyTorch does."""
    flag = value if isinstance(value, (bool, Tensor)) else to_python(value)
    if flag is not True and flag is not False:
        raise TypeError(f"{function}(): argument {argument!r} must be a bool, not {type(value).__name__}")
    return flag


def _reading(parameter: inspect.Parameter) -> str:
    """The line that gives an argument that is a scalar of another library as Python's, if it can be one, and checks a flag."""
    name, kinds = parameter.name, set(re.findall(r"\w+", str(parameter.annotation)))
    if (optional := _FLAGS.get(str(parameter.annotation))) is not None:
        given = f" and {name} is not None" * optional
        return f"if type({name}) is not bool{given}: {name} = to_flag({name}, {name!r})"
    if name in _DATA or not kinds & {"Any", "bool", "int", "float", "complex"}:
        return ""
    given = "" if parameter.default is parameter.empty else f"{name} is not default_{name} and "
    if "int" in kinds and not kinds & {"Any", "Tensor", "float"}:
        return f"if {given}type({name}) is not int: {name} = to_python_ints({name})"
    return f"if {given}type({name}) not in UNCONVERTED_TYPES: {name} = to_python({name})"


def explain_errors_of(
    modules: Iterable[ModuleType],
    functions: Collection[FunctionType] | None = None,
    with_out: Collection[FunctionType] = frozenset(),
) -> None:
    """Let those of ``functions`` that ``modules`` define explain their errors; by default all without an underscore.

    Those ``with_out`` also take a tensor for the result.  A function's attribute ``inner_names`` is as in `explain_errors`.
    """
    done: dict[FunctionType, Callable] = {}  # a function of two names stays one function
    for module in modules:
        for name, value in list(vars(module).items()):
            if type(value) is not FunctionType or value.__module__ != module.__name__:
                continue
            if value not in done and (not name.startswith("_") if functions is None else value in functions):
                done[value] = explain_errors(value, getattr(value, "inner_names", None), out=value in with_out)
            if value in done:
                setattr(module, name, done[value])


def _is_ours(error: BaseException) -> bool:
    """Whether it was raised by this library, or by what it called, and not by a function that the user passed."""
    trace = error.__traceback__
    last = None
    while trace is not None:
        last, trace = trace, trace.tb_next
    if last is None:
        return False
    file = last.tb_frame.f_code.co_filename
    return file.startswith((_HERE, PREFIX)) or f"{os.sep}numpy{os.sep}" in file


def _explanation(function: Callable, args: tuple, kwargs: dict[str, Any], error: Exception) -> Exception:
    name = function.__name__
    try:
        bound = inspect.signature(function).bind(*args, **kwargs).arguments
    except TypeError as wrong:
        return TypeError(f"{name}() {wrong}")
    for argument, value, kinds in _misfits(function, args, kwargs):
        hint = " (polygrad.tensor(...) makes one)" if "a Tensor" in kinds else ""
        return TypeError(f"{name}(): argument {argument!r} must be {kinds}, not {type(value).__name__}{hint}")
    given = ", ".join(f"{argument}: {_describe(value)}" for argument, value in bound.items())
    text = f"{name}(){_NOT_THESE}{given}"
    if isinstance(error, IndexError):
        return IndexError(text)
    return TypeError(text) if isinstance(error, (TypeError, AttributeError)) else ShapeError(text)


def _misfits(function: Callable, args: tuple, kwargs: dict[str, Any]) -> list[tuple[str, Any, str]]:
    """The arguments of a call that are not what the annotations say: name, value, and what it must be."""
    signature = inspect.signature(function)
    found = []
    for argument, given in signature.bind(*args, **kwargs).arguments.items():
        parameter = signature.parameters[argument]
        expected = str(parameter.annotation).replace("builtins.", "").split(" | ")
        if not _KINDS.keys() >= set(expected):
            continue
        kinds = " or ".join(_KINDS[kind][1] for kind in expected)
        values = given if parameter.kind is parameter.VAR_POSITIONAL else (given,)
        found += [(argument, value, kinds) for value in values if not any(_fits(value, kind) for kind in expected)]
    return found


def _fits(value: Any, kind: str) -> bool:
    if kind == "Sequence[Tensor]":
        return isinstance(value, (tuple, list)) and all(isinstance(one, Tensor) for one in value)
    if kind in ("tuple[int, ...]", "Sequence[int]"):
        return isinstance(value, (tuple, list)) and all(hasattr(one, "__index__") for one in value)
    return isinstance(value, _KINDS[kind][0])


def _retell(error: Exception, name: str, inner_names: Mapping[str, str]) -> Exception:
    """``error``, whose message is about the function ``name`` and not about another one that it has called."""
    told = text = str(error)
    sentence = False
    speakers = {name, *PRIMITIVES, *(primitive.public_name for primitive in PRIMITIVES.values())}
    while (start := re.match(_SPEAKER, text)) and (start[2] or start[1] in speakers):
        text, sentence = text[start.end() :], start[2] in (None, "()")
    for inner, ours in inner_names.items():
        # Short names and English words are only meant where they are quoted.
        quoted = rf"(?<=')({inner})(?=')" if len(inner) == 1 or inner in _ENGLISH else rf"\b({inner})\b"
        text = re.sub(quoted, ours, text)
    if error.args == (told,):
        error.args = (f"{name}(){'' if sentence else ':'} {text}",)
    return error


def tell_of(error: TypeError, name: str) -> None:
    """Let ``error``, Python's about a call's arguments, name ``name``: the function that passed them on as it got them."""
    error.args = (re.sub(r"^[\w.<>]+(?=\(\) (got|missing|takes) )", name, str(error)),)


def _describe(value: Any) -> str:
    if isinstance(value, Tensor):
        return f"{value.dtype.name}{list(value.shape)}"
    text = repr(value)
    return text if len(text) <= 40 else type(value).__name__
