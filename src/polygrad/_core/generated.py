"""Functions that are written as source while the library runs.

A loop over operands, or ``*args`` that are passed on, would cost more than a small operation.  So dispatchers, programs and
wrappers are generated: `fill` makes their source from a template, `define` and `evaluate` compile it.  The source is known to
`linecache`, so tracebacks, `inspect.getsource` and pdb show its lines.
"""

from __future__ import annotations

import itertools
import linecache
import re
import weakref
from collections.abc import Callable
from functools import partial
from types import CodeType, FunctionType
from typing import Any

#: How the file names of all generated code begin: there are no such files.
PREFIX = "<polygrad "

_HOLE = re.compile(r"\$(\w+)")
_BLOCK = re.compile(r"^( *)\$(\w+)$", re.MULTILINE)
_number = itertools.count(2)


def fill(template: str, **holes: str) -> str:
    """``template`` with each ``$name`` replaced by ``holes["name"]``.

    A hole that is alone on its line takes a block of lines, which gets the indentation of the hole; an empty block takes the
    line away.  Blocks may have holes themselves.
    """

    def block(found: re.Match[str]) -> str:
        lines = fill(holes[found[2]], **holes).splitlines()
        return "\n".join([found[1] + line for line in lines if line]) or _NOTHING

    text = _BLOCK.sub(block, template.strip("\n"))
    text = _HOLE.sub(lambda found: holes[found[1]], text)
    return text.replace(_NOTHING + "\n", "").removesuffix("\n" + _NOTHING) if _NOTHING in text else text


_NOTHING = "\0"


def define(name: str, source: str, scope: dict[str, Any], label: str) -> Callable[..., Any]:
    """The function ``name`` that ``source`` defines, with ``scope`` as its globals; its file is called by ``label``.

    ``scope`` does not keep the function: it dies with its last user.
    """
    function = _execute(name, source, scope, label)
    _forget_with(function, function.__code__.co_filename)
    return function


def define_late(
    name: str, write: Callable[[dict[str, Any]], str], scope: dict[str, Any], label: str
) -> Callable[..., Any]:
    """As `define`, of the source that ``write(scope)`` returns, which is written and compiled when the function is first called.

    Most of a library's functions are called by no program, and compiling all of them would take longer than the import.
    """
    function = FunctionType(_before_first_call.__code__, scope, name)
    scope["call_first"] = partial(_call_first, function, name, write, scope, label)
    return function


def _call_first(
    function: Any, name: str, write: Callable[[dict[str, Any]], str], scope: dict[str, Any], label: str,
    args: tuple, kwargs: dict[str, Any],
) -> Any:  # fmt: skip
    made = _execute(name, write(scope), scope, label)
    function.__defaults__, function.__kwdefaults__ = made.__defaults__, made.__kwdefaults__
    function.__code__ = made.__code__
    _forget_with(function, made.__code__.co_filename)
    return function(*args, **kwargs)


def _before_first_call(*args: Any, **kwargs: Any) -> Any:
    return call_first(args, kwargs)  # type: ignore[name-defined]  # noqa: F821 - a global of the function that this is the code of


def evaluate(source: str, label: str = "function", **names: Any) -> Callable[..., Any]:
    """The function that ``source``, a lambda expression over ``names``, is."""
    code = _compile(source, label, "eval")
    function = eval(code, {"__name__": __name__, **names})
    _forget_with(function, code.co_filename)
    return function


def _execute(name: str, source: str, scope: dict[str, Any], label: str) -> Any:
    exec(_compile(source, label, "exec"), scope)
    return scope.pop(name)


def _compile(source: str, label: str, mode: str) -> CodeType:
    filename = f"{PREFIX}{label}>"
    if filename in linecache.cache:
        filename = f"{PREFIX}{label} {next(_number)}>"
    # Without a time of modification the entry is not compared with a file.
    linecache.cache[filename] = len(source), None, source.splitlines(keepends=True), filename
    return compile(source, filename, mode)


def _forget_with(function: Any, filename: str) -> None:
    """Take the source out of `linecache` when ``function`` is gone: programs come and go."""
    weakref.finalize(function, linecache.cache.pop, filename, None).atexit = False


__all__ = ["PREFIX", "define", "define_late", "evaluate", "fill"]
