"""Plans that look at what a node's rule gets and returns, during a sweep."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from .._core.graph import Edge, Node, reachable


class CheckedPlan:
    """A node's plan during a sweep: the plan itself, whose rules run by `run`."""

    def __init__(self, node: Node):
        self.plan, self.node = node.plan, node

    def __getattr__(self, name: str) -> Any:
        return getattr(self.plan, name)

    @property
    def backward(self) -> CheckedPlan:
        """The rules by array type."""
        return self

    def __getitem__(self, array_type: type) -> Any:
        rule = self.plan.backward[array_type]
        return lambda g, saved: self.run(rule, g, saved)

    def run(self, rule: Any, g: Any, saved: tuple) -> Any:
        """What ``rule`` returns for the cotangents ``g`` and the saved values."""
        raise NotImplementedError


@contextmanager
def checking(roots: Iterable[Edge], kind: type[CheckedPlan]) -> Iterator[None]:
    """Context in which all nodes behind ``roots`` have plans of ``kind`` over their own."""
    checked = []
    for edge in reachable(roots):
        if edge.__class__ is Node and not _has(edge.plan, kind):
            edge.plan = kind(edge)
            checked.append(edge)
    try:
        yield
    finally:
        for node in checked:
            plan = node.plan
            while isinstance(plan, CheckedPlan):  # another context, or another thread, may have wrapped it as well
                plan = plan.plan
            node.plan = plan


def _has(plan: Any, kind: type[CheckedPlan]) -> bool:
    while isinstance(plan, CheckedPlan):
        if plan.__class__ is kind:
            return True
        plan = plan.plan
    return False
