"""The help of a primitive: what its declaration says of it, and what follows from its properties."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .primitive import Primitive


def docstring(primitive: Primitive, doc: str, example: str) -> str:
    """``doc`` with the arguments, the result, the errors and ``example``, in the sections that all functions have."""
    becomes_float = "; integers and booleans become floating" * primitive.promotes_to_float
    what = "A boolean tensor" if primitive.is_predicate else "A tensor"
    if len(primitive.operands) == 1:
        arguments = [f"input: a tensor of any shape{becomes_float}."]
        result = f"{what} of the shape of ``input``."
        errors = ["TypeError: if ``input`` is no tensor."]
    elif primitive.broadcasts:
        arguments = [
            "input: a tensor, or a number.",
            f"other: a tensor, or a number. Both are broadcast, and brought to one data type{becomes_float}.",
        ]
        result = f"{what} of the shape that both have when broadcast."
        errors = [
            "RuntimeError: if the shapes cannot be broadcast. It is a ValueError, too.",
            "TypeError: if an operand is neither a tensor nor a number.",
        ]
    else:
        return _join_sections(doc, [], "", [], example)
    if primitive.real_only:
        errors.append("TypeError: for complex numbers, which have no order. It is a RuntimeError, too.")
    if primitive.refuses_bool is not None:
        errors.append("TypeError: for booleans. It is a RuntimeError, too.")
    return _join_sections(doc, arguments, result, errors, example)


def _join_sections(doc: str, arguments: list[str], result: str, errors: list[str], example: str) -> str:
    parts = [inspect.cleandoc(doc)]
    for title, lines in (("Args", arguments), ("Returns", [result] * bool(result)), ("Raises", errors)):
        if lines:
            parts.append("\n".join([f"{title}:", *(f"    {line}" for line in lines)]))
    if example:
        shown = [line.split("  # ") for line in example.strip().splitlines()]
        parts.append("\n".join(["Example::", "", *(f"    >>> {code}\n    {result}" for code, result in shown)]))
    return "\n\n".join(parts)
