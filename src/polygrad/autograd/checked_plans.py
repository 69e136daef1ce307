"""Plans over a node's own plan, which run its rules in another way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from .._core.graph import Edge, Node, reachable


class WrappedPlan:
    """A node's plan: the plan itself, whose rules run by `run`."""

    def __init__(self, plan: Any):
        self.plan = plan

    def __getattr__(self, name: str) -> Any:
        return getattr(self.plan, name)

    @property
    def backward(self) -> WrappedPlan:
        """The rules by array type."""
        return self

    def __getitem__(self, array_type: type) -> Any:
        rule = self.plan.backward[array_type]
        return lambda g, saved: self.run(rule, g, saved)

    def run(self, rule: Any, g: Any, saved: tuple) -> Any:
        """What ``rule`` returns for the cotangents ``g`` and the saved values."""
        raise NotImplementedError


class CheckedPlan(WrappedPlan):
    """A node's plan during a sweep, which looks at what its rule gets and returns."""

    def __init__(self, node: Node):
        super().__init__(node.plan)
        self.node = node


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
