"""Docstrings of families of layers: shared sections are written once, in a base class."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

__all__ = ["AXES", "sections_of"]

Class = TypeVar("Class", bound=type)

#: By the number of axes, the words that the sections of a base leave open.
AXES = {
    1: {"ints": "an int"},
    2: {"ints": "an int, or a pair ``(height, width)``"},
    3: {"ints": "an int, or three ``(depth, height, width)``"},
}


def sections_of(base: type, **words: str) -> Callable[[Class], Class]:
    """Complete the docstring of a class, which has a purpose, shapes and an example, with the sections of its base.

    Sections are what follows the first paragraph of the base's docstring, with ``words`` for the names in braces.  They are put
    before the section "Shapes:", and their section "Raises:" after it.
    """

    def complete(cls: Class) -> Class:
        if cls.__doc__ and base.__doc__:  # there are none under ``python -OO``
            purpose, shapes, rest = cls.__doc__.partition("Shapes:")
            described, example, shown = rest.partition("Example::")
            sections = base.__doc__.partition("\n\n")[2].strip()
            for name, text in words.items():
                sections = sections.replace(f"{{{name}}}", text)
            before, raises, errors = sections.partition("Raises:")
            gap = "\n\n" + purpose[len(purpose.rstrip(" ")) :]  # the compiler of Python 3.13 removes the indentation
            after = raises + errors + gap if raises else ""
            cls.__doc__ = purpose + before.rstrip() + gap + shapes + described + after + example + shown
        return cls

    return complete
