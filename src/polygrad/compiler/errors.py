"""What goes wrong while a function is traced, in words: the user's own line, what is wrong, and what to write instead."""

from __future__ import annotations

import linecache
import os
import sys
import traceback
from types import TracebackType
from typing import Any

from .._core.generated import PREFIX

_HERE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "")
#: How code without a file is called that is no user's: this library's, Python's, and NumPy's.
_GENERATED = (PREFIX, "<frozen ", "<__array_function__ ")


class CompileError(RuntimeError):
    """A function that cannot be compiled as it is written."""


class RunsEagerly(CompileError):
    """A call that no program can do, and that gives the right result without one."""


class StateIsMissing(RunsEagerly):
    """A function that makes state when it first runs: it can be compiled once it has run."""


class MemoryIsShared(RunsEagerly):
    """A tensor that shares its memory with NumPy's arrays: a program takes memory and gives other memory back."""

    def __init__(self, tensor: Any):
        super().__init__(
            f"compile: a tensor of shape {tuple(tensor.shape)} shares its memory with an array that its numpy() has given "
            "out, which a program cannot; let the array go, or take x.numpy().copy()"
        )


def users_line(trace: TracebackType | None, backend: Any) -> str:
    """The innermost line of ``trace`` that is neither polygrad's, nor the plugin's, nor an array library's."""
    plugin = os.path.join(os.path.dirname(os.path.abspath(sys.modules[type(backend).__module__].__file__ or "")), "")
    frames = [
        f for f in traceback.extract_tb(trace) if not is_library(f.filename) and not f.filename.startswith(plugin)
    ]
    if not frames:
        return "the function"
    frame = frames[-1]
    text = (frame.line or linecache.getline(frame.filename, frame.lineno or 0)).strip()
    place = f"{os.path.basename(frame.filename)}, line {frame.lineno}, in {frame.name}"
    return f"{text!r} ({place})" if text else place  # of what came by `python -c` or `exec` there is no text


def is_library(filename: str) -> bool:
    """Whether code belongs to polygrad, or to an installed package.

    What is in no file is the user's, as from a notebook, the interactive interpreter, ``python -c`` or `exec`, unless it was
    generated here.
    """
    if filename.startswith("<"):
        return filename.startswith(_GENERATED)
    return filename.startswith(_HERE) or "site-packages" in filename or "dist-packages" in filename


def needs_a_value(error: BaseException, backend: Any) -> CompileError:
    """The error for a line that asks for a number while only shapes and types are known."""
    return CompileError(
        f"compile: {users_line(error.__traceback__, backend)} needs the value of a tensor, and while a function is compiled a tensor "  # noqa: E501
        "has a shape and a type but no value yet.  An if that depends on values becomes polygrad.where(condition, a, b) or "
        "polygrad.cond(condition, function, other, operands), a loop polygrad.while_loop, or polygrad.scan where a gradient "
        "goes through it; a mask index such as x[mask] becomes polygrad.where(mask, x, 0); .item(), float() and print() "
        "belong outside of the compiled function, on what it returns."
    )
