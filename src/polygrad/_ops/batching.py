"""What batching rules get, and the rules that many primitives share.

A primitive's rule is given where the primitive is declared, by ``defbatch``.  It gets arrays of the level below with the batch
axis first, and returns its result so.  Most rules run the same primitive once, with the batch as one more axis, and only shift
its settings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .axes import product, shift_axis


class Batching:
    """What a batching rule gets besides the operands.

    ``op`` is the primitive one level below, ``xp`` the namespace there, ``size`` the length of the batch, and ``mapped`` says
    which operands have the batch axis (for a list of arrays: a list of bools).
    """

    __slots__ = ("mapped", "op", "size", "xp")

    def __init__(self, op: Callable, xp: Any, size: int, mapped: Sequence[Any]):
        self.op, self.xp, self.size, self.mapped = op, xp, size, mapped

    def ndim(self, number: int, x: Any) -> int:
        """The number of dimensions of one example of operand ``number``."""
        return len(getattr(x, "shape", ())) - self.mapped[number]

    def aligned(self, number: int, x: Any, ndim: int) -> Any:
        """Operand ``number`` with dimensions of length 1 after the batch axis, so that examples have ``ndim`` dimensions."""
        missing = ndim - self.ndim(number, x)
        if not self.mapped[number] or missing <= 0:
            return x
        return self.xp.reshape(x, (self.size, *(1,) * missing, *x.shape[1:]))

    def whole(self, number: int, x: Any) -> Any:
        """Operand ``number`` with the batch axis; repeated along it if it is the same for all examples."""
        return x if self.mapped[number] else self.xp.broadcast_to(x, (self.size, *x.shape))

    def fold(self, x: Any) -> Any:
        """``x`` with the batch axis and the one after it as one: the rows, or images, of all examples."""
        return self.xp.reshape(x, (self.size * x.shape[1], *x.shape[2:]))

    def unfold(self, x: Any) -> Any:
        """`fold`, undone."""
        return self.xp.reshape(x, (self.size, x.shape[0] // self.size if self.size else 0, *x.shape[1:]))


def element_by_element(batch: Batching, *operands: Any, **settings: Any) -> Any:
    """Missing dimensions of an example are inserted after the batch axis, so that operands broadcast."""
    ndim = max([batch.ndim(i, x) for i, x in enumerate(operands)])
    return batch.op(*[batch.aligned(i, x, ndim) for i, x in enumerate(operands)], **settings)


def leading_axes(batch: Batching, x: Any, **settings: Any) -> Any:
    """For primitives that accept leading axes unchanged, such as those of the matrices in the last two axes."""
    return batch.op(x, **settings)


def along_axes(batch: Batching, x: Any, axis: Any, **settings: Any) -> Any:
    """For reductions over one, several or all axes."""
    return batch.op(x, axis=shift_axis(axis, x.ndim - 1), **settings)


def along_axis(batch: Batching, x: Any, axis: int, **settings: Any) -> Any:
    """For what runs along one axis, and takes a number for a vector of one."""
    if x.ndim > 1:
        return batch.op(x, axis=shift_axis(axis, x.ndim - 1), **settings)
    result = batch.op(batch.xp.reshape(x, (batch.size, 1)), axis=1, **settings)
    drop = lambda one: batch.xp.reshape(one, (batch.size,))  # noqa: E731
    return tuple([drop(one) for one in result]) if isinstance(result, tuple) else drop(result)


__all__ = ["Batching", "along_axes", "along_axis", "element_by_element", "leading_axes", "product", "shift_axis"]
