"""Values that a function reaches without a name: elements of containers, results of calls, arguments."""

from __future__ import annotations

from .bytecode import Reads, Use
from .sources import Place


class Pool:
    """Values without a name, by identity, and the uses of such values."""

    is_asked_of_results: bool

    def __init__(self, reads: Reads):
        self.places: dict[int, Place] = {}
        self.uses: list[Use] = [*reads.unknown_uses]
        self.is_asked_of_results = reads.is_asked_of_results
        #: How many places and which uses have been combined.
        self._count = 0
        self._used: set[int] = set()

    def add(self, place: Place) -> None:
        """Add a value that has no name."""
        self.places.setdefault(id(place.held), place)

    def loose(self, use: Use) -> None:
        """Add a use of a value that no name leads to."""
        if use.steps and not any(use is other for other in self.uses):
            self.uses.append(use)
            self.is_asked_of_results = True

    def new(self) -> list[tuple[Place, Use]]:
        """The pairs of places and uses that have not been combined before."""
        uses = self._nested()
        places = list(self.places.values())
        further = [use for use in uses if id(use) not in self._used]
        found = [(place, use) for place in places[: self._count] for use in further]
        found += [(place, use) for place in places[self._count :] for use in uses]
        self._count = len(places)
        self._used.update(map(id, further))
        return found

    def _nested(self) -> list[Use]:
        """`uses`, and those of all values that are reached from there: any of them may be another value without a name."""
        found, todo = {}, list(self.uses)
        while todo:
            use = todo.pop()
            if id(use) not in found:
                found[id(use)] = use
                todo.extend(use.steps.values())
        return [use for use in found.values() if use.steps]
