"""Numbers that change between calls become inputs of the next program, instead of constants of one program each.

The guards of a program tell which places hold another number than during the trace.  While the function is traced again, a
`SymbolicNumber` replaces each of them.  If the function needs the value, or uses the number in a way that cannot be traced,
the number is a constant as before.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .checks import ValueGuard
from .sources import look, put
from .symbolic import Origin, SymbolicNumber, Trace, ValueIsNeeded


class ChangedNumbers:
    """Context of one trace in which symbolic numbers replace the numbers that ``guards`` find changed.

    It is true if there are such numbers.  ``names`` are the globals of the guards' expressions.
    """

    def __init__(self, guards: Iterable[ValueGuard], names: dict[str, Any]):
        self._places: list[tuple[Any, str, Any]] = []
        self._origins: list[Origin] = []
        for guard in guards:
            found = None if guard.number is None else guard.number.find(names)
            if found is not None:
                self._places.append(found)
                self._origins.append(Origin(guard.description, look(*found)))

    def __bool__(self) -> bool:
        return bool(self._places)

    def __enter__(self) -> ChangedNumbers:
        self._trace = Trace()
        for place, origin in zip(self._places, self._origins, strict=True):
            put(*place, SymbolicNumber(origin.value, origin.read, (origin,), self._trace))
        return self

    def __exit__(self, *exc: object) -> None:
        self.end()

    def end(self) -> None:
        """Restore the numbers."""
        self._trace.thread = None
        for place, origin in zip(self._places, self._origins, strict=True):
            if type(look(*place)) is SymbolicNumber:
                put(*place, origin.value)

    def check(self, asks_type: bool) -> None:
        """After `end`: raise `ValueIsNeeded` if the program keeps a number that its calls do not read.

        ``asks_type`` says whether the function may have found out that some numbers were symbolic.
        """
        for origin in self._origins:
            origin.is_constant |= asks_type or (origin.is_used and not origin.is_guarded)
        for number in filter(None, [made() for made in self._trace.made]):  # a result or state refers to it
            for origin in number.origins:
                origin.is_constant = True
        if any(origin.is_constant for origin in self._origins):
            raise ValueIsNeeded

    @property
    def constants(self) -> set[str]:
        """After a failed trace: descriptions of the numbers that must be constants."""
        needed = {origin.description for origin in self._origins if origin.is_constant}
        return needed or {origin.description for origin in self._origins}
