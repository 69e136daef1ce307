"""The help of a primitive: what its declaration says of it, and what follows from its properties."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .primitive import Primitive


def docstring(primitive: Primitive, doc: str, example: str) -> str:
    """``doc`` with the arguments, the result, the errors and ``example``, in the sections that all functions have."""
    converts = "  Integers and booleans are converted to the default floating type." * primitive.promotes_to_float
    what = "A boolean tensor" if primitive.is_predicate else "A tensor"
    if len(primitive.operands) == 1:
        arguments = [f"input: a tensor of any shape.{converts}"]
        result = f"{what} of the shape of ``input``."
        errors = ["TypeError: ``input`` is not a tensor."]
    elif primitive.broadcasts:
        arguments = [
            "input: a tensor or a number.",
            f"other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.{converts}",
        ]
        result = f"{what} of the broadcast shape."
        errors = [
            "RuntimeError: the shapes do not broadcast.",
            "TypeError: an operand is neither a tensor nor a number.",
        ]
    else:
        return join_sections(doc, [], "", [], example)
    if primitive.real_only:
        errors.append("TypeError: an operand is complex, and so has no order.")
    if primitive.refuses_bool is not None:
        errors.append("TypeError: the operands are boolean.")
    return join_sections(doc, arguments, result, errors, example)


def join_sections(doc: str, arguments: list[str], result: str, errors: list[str], example: str) -> str:
    parts = [inspect.cleandoc(doc) if "\n" in doc else doc]
    for title, lines in (("Args", arguments), ("Returns", [result] * bool(result)), ("Raises", errors)):
        if lines:
            parts.append("\n".join([f"{title}:", *(f"    {line}" for line in lines)]))
    if example:
        shown = [line.split("  # ") for line in example.strip().splitlines()]
        parts.append("\n".join(["Example::", "", *(f"    >>> {code}\n    {result}" for code, result in shown)]))
    return "\n\n".join(parts)
