"""Errors of tracing: they name the user's line, the fault, and what to write instead."""

from __future__ import annotations

import linecache
import os
import sys
import traceback
from types import TracebackType
from typing import Any

from .._core.generated import PREFIX

_HERE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "")
#: File names of generated code that is not the user's: polygrad's, Python's, and NumPy's.
_GENERATED = (PREFIX, "<frozen ", "<__array_function__ ")


class CompileError(RuntimeError):
    """A function that cannot be compiled in its present form."""


class RunsEagerly(CompileError):
    """A call that cannot be a program, and is correct when run eagerly."""


class StateIsMissing(RunsEagerly):
    """A function that creates state in its first run: it can be compiled after that."""


class MemoryIsShared(RunsEagerly):
    """A tensor that shares its memory with NumPy arrays: a program would replace that memory."""

    def __init__(self, tensor: Any):
        super().__init__(
            f"compile: a tensor of shape {tuple(tensor.shape)} shares its memory with the result of its numpy(), which a program "
            "cannot keep up; delete that array, or take x.numpy().copy()"
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
    return f"{text!r} ({place})" if text else place  # code of `python -c` or `exec` has no source text


def is_library(filename: str) -> bool:
    """Whether code belongs to polygrad or to an installed package.

    Code without a file (a notebook, the interactive interpreter, ``python -c``, `exec`) is the user's, unless polygrad
    generated it.
    """
    if filename.startswith("<"):
        return filename.startswith(_GENERATED)
    return filename.startswith(_HERE) or "site-packages" in filename or "dist-packages" in filename


def needs_a_value(error: BaseException, backend: Any) -> CompileError:
    """The error for a line that needs a value while only shapes and types are known."""
    return CompileError(
        f"compile: {users_line(error.__traceback__, backend)} needs the value of a tensor; while a function is compiled, a "
        "tensor has a shape and a type but no value yet.  An if that depends on values becomes polygrad.where(condition, a, b) or "
        "polygrad.cond(condition, function, other, operands), a loop polygrad.while_loop, or polygrad.scan where a gradient "
        "goes through it; a mask index such as x[mask] becomes polygrad.where(mask, x, 0); .item(), float() and print() "
        "belong outside of the compiled function, on what it returns."
    )
