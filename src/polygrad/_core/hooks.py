"""What the core needs from rooms above it.

The core imports nothing from above.  A room puts its functions into `HOOKS` when it is imported, and the core calls them.
Each slot is filled once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["HOOKS", "Hooks"]


class Hooks:
    """The slots, each with the module that fills it.

    Raises RuntimeError where a slot is read before it is filled, or filled again.
    """

    __slots__ = ("constant_of", "legacy_constructor", "lift_like", "make_tensor", "tensor_class", "unify_levels",
                 "without_tangent")  # fmt: skip

    #: The class `Tensor`, for code that `Tensor` itself is built on.  From `_core.tensor`.
    tensor_class: type
    #: ``(value, **options) -> Tensor``: `polygrad.tensor`.  From `_functions.creation`.
    make_tensor: Callable[..., Any]
    #: ``(*data) -> Tensor``: what ``Tensor(2, 3)`` and ``Tensor([1.0])`` return.  From `_functions.creation`.
    legacy_constructor: Callable[..., Any]
    #: ``(array, backend) -> Tensor``: a raw array of ``backend``, copied, as an operand.  From `_functions.creation`.
    constant_of: Callable[[Any, Any], Any]
    #: ``(tensors) -> tensors``: operands that are in the graph, lifted into all transforms that any of them belongs to.  From
    #: `_interpreters.lifting`.
    unify_levels: Callable[[Sequence[Any]], list[Any]]
    #: ``(tensor, other) -> tensor``: ``tensor`` lifted into the transforms that ``other`` belongs to.  From
    #: `_interpreters.lifting`.
    lift_like: Callable[[Any, Any], Any]
    #: ``(array) -> array``: without its tangents, or the very same array if it has none.  From `_interpreters.jvp.tracer`.
    without_tangent: Callable[[Any], Any]

    def __getattr__(self, name: str) -> Any:
        if name in Hooks.__slots__:
            raise RuntimeError(f"polygrad's hook {name!r} is not filled yet: the room that fills it is not imported")
        raise AttributeError(f"polygrad has no hook {name!r}; it has {', '.join(Hooks.__slots__)}")

    def __setattr__(self, name: str, value: Any) -> None:
        try:
            object.__getattribute__(self, name)
        except AttributeError:
            object.__setattr__(self, name, value)
        else:
            raise RuntimeError(f"polygrad's hook {name!r} is filled already")


HOOKS = Hooks()
