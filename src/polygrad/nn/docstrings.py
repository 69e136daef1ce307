"""Docstrings of layers of one family: what they share is written once, in a base, and put into each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

__all__ = ["AXES", "sections_of"]

Class = TypeVar("Class", bound=type)

#: By the number of axes, the words that the sections of a base leave open.
AXES = {
    1: {"ints": "an int"},
    2: {"ints": "an int, or a pair ``(height, width)``"},
    3: {"ints": "an int, or a triple ``(depth, height, width)``"},
}


def sections_of(base: type, **words: str) -> Callable[[Class], Class]:
    """Put the sections of a base's docstring (Args, Raises, …) before the example in the docstring of the class.

    A base's sections are all that follows its first paragraph.  ``words`` replace the names in braces there.
    """

    def complete(cls: Class) -> Class:
        if cls.__doc__ and base.__doc__:  # there are none under ``python -OO``
            own, mark, example = cls.__doc__.partition("Example::")
            sections = base.__doc__.partition("\n\n")[2]
            for name, text in words.items():
                sections = sections.replace(f"{{{name}}}", text)
            cls.__doc__ = f"{own}{sections.strip()}\n\n{' ' * _indent(own)}{mark}{example}"
        return cls

    return complete


def _indent(text: str) -> int:
    """The indentation of the last line: 0 where the compiler has removed it, as Python 3.13 does."""
    return len(text) - len(text.rstrip(" "))
