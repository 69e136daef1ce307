"""A softmax over many classes that spends less on the rare ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from .._core.tensor import Tensor
from .._core.typing import BackendLike, DeviceLike, DTypeLike
from .._functions.common import values_for_checks, xp
from .._functions.joining import cat
from .._functions.keys import nonzero_positions
from . import functional as F
from .containers import ModuleList, Sequential
from .linear import Linear
from .module import Module

__all__ = ["AdaptiveLogSoftmaxWithLoss"]


class _ASMoutput(NamedTuple):
    """What the layer returns: the log-probabilities of the targets, and their negative mean."""

    output: Tensor
    loss: Tensor


class AdaptiveLogSoftmaxWithLoss(Module):
    """Log-probabilities of classes that are sorted by frequency; rare classes have smaller projections, in clusters.

    Grave et al., "Efficient softmax approximation for GPUs", 2016, arXiv:1609.04309.  Only the clusters that have targets in a
    batch are computed, for the rows that need them.

    Args:
        in_features: the length of the last dimension of the input.
        n_classes: the number of classes.
        cutoffs: the first class of each cluster: increasing, each from 1 to ``n_classes - 1``.
        div_value: by how much the projection of a cluster is smaller than that of the one before.
        head_bias: whether the scores of the frequent classes have a bias.
        device, dtype, backend: those of the parameters; the defaults where None.

    Shapes:
        input: ``(N, in_features)`` or ``(in_features,)``.
        target: ``(N,)`` or ``()``: a class of each row.
        output: ``(N,)`` or ``()``, the log-probabilities of the targets; and the loss, a scalar.

    Raises:
        ValueError: ``cutoffs`` are not increasing, or not between 1 and ``n_classes - 1``.
        RuntimeError: input and target do not fit together, or a target is not a class.

    Example::

        >>> layer = nn.AdaptiveLogSoftmaxWithLoss(16, 100, cutoffs=[10, 50])
        >>> output, loss = layer(polygrad.ones(4, 16), polygrad.tensor([3, 10, 99, 0]))
        >>> output.shape
        polygrad.Size([4])
    """

    in_features: int
    n_classes: int
    cutoffs: list[int]
    div_value: float
    head_bias: bool
    head: Linear
    tail: ModuleList

    def __init__(
        self,
        in_features: int,
        n_classes: int,
        cutoffs: Sequence[int],
        div_value: float = 4.0,
        head_bias: bool = False,
        device: DeviceLike | None = None,
        dtype: DTypeLike | None = None,
        *,
        backend: BackendLike | None = None,
    ) -> None:
        super().__init__()
        place: dict[str, Any] = {"device": device, "dtype": dtype, "backend": backend}
        cutoffs = list(cutoffs)
        if not cutoffs:
            raise ValueError("cutoffs should be a sequence of length larger than 0")
        rising = all(int(c) == c for c in cutoffs) and sorted(set(cutoffs)) == cutoffs
        if not rising or cutoffs[0] <= 0 or cutoffs[-1] > n_classes - 1:
            raise ValueError(
                "cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each value is "
                f"between 1 and n_classes-1; got {cutoffs} for {n_classes} classes"
            )
        self.in_features, self.n_classes, self.cutoffs = in_features, n_classes, [*cutoffs, n_classes]
        self.div_value, self.head_bias = div_value, head_bias
        self.shortlist_size, self.n_clusters = self.cutoffs[0], len(self.cutoffs) - 1
        self.head_size = self.shortlist_size + self.n_clusters
        self.head = Linear(in_features, self.head_size, bias=head_bias, **place)
        self.tail = ModuleList()
        for number in range(self.n_clusters):
            hidden = int(in_features // div_value ** (number + 1))
            classes = self.cutoffs[number + 1] - self.cutoffs[number]
            self.tail.append(
                Sequential(
                    Linear(in_features, hidden, bias=False, **place), Linear(hidden, classes, bias=False, **place)
                )
            )

    def reset_parameters(self) -> None:
        """Draw the parameters again."""
        for layer in self.modules():
            if isinstance(layer, Linear):
                layer.reset_parameters()

    def forward(self, input: Tensor, target: Tensor) -> _ASMoutput:
        """Return the log-probabilities of the targets, and their negative mean."""
        if target.ndim > 1:
            raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
        if input.ndim != target.ndim + 1:
            raise RuntimeError(
                f"{target.ndim}D target tensor expects {target.ndim + 1}D input tensors, but found inputs with size "
                f"{tuple(input.shape)}"
            )
        if not target.ndim:
            output, loss = self.forward(input[None], target[None])
            return _ASMoutput(output[0], loss)
        if input.shape[0] != target.shape[0]:
            raise RuntimeError(
                f"Input and target should have the same size in the batch dimension; got {tuple(input.shape)} and "
                f"{tuple(target.shape)}"
            )
        known = values_for_checks(target)
        if known is not None and known.size and (known.min() < 0 or known.max() >= self.n_classes):
            raise RuntimeError(
                f"Target values should be in [0, {self.n_classes - 1}], but values in range [{known.min()}, {known.max()}] were "
                "found."
            )
        all_rows = known is None or bool(target.backend.level)  # while a function is traced, and inside vmap
        place, tails = target, xp.zeros_like(input[:, 0])
        for number, cluster in enumerate(self.tail):
            low, high = self.cutoffs[number], self.cutoffs[number + 1]
            members = (target >= low) & (target < high)
            place = xp.where(members, self.shortlist_size + number, place)
            if all_rows:
                found = self._within(cluster, input, xp.where(members, target - low, 0))
                tails = tails + xp.where(members, found, 0)
            elif bool(members.any()):
                (rows,) = nonzero_positions(members)
                found = self._within(cluster, input[rows], target[rows] - low)
                tails = tails + xp.index_add(found, rows, input.shape[0])
        output = tails - F.cross_entropy(self.head(input), place, reduction="none")
        return _ASMoutput(output, -output.mean())

    @staticmethod
    def _within(cluster: Module, input: Tensor, places: Tensor) -> Tensor:
        """Return the log-probabilities, in a cluster, of the classes at ``places``."""
        return -F.cross_entropy(cluster(input), places, reduction="none")

    def log_prob(self, input: Tensor) -> Tensor:
        """Return the log-probabilities of all classes.

        Args:
            input: ``(N, in_features)``.

        Returns:
            A tensor ``(N, n_classes)``.
        """
        head = F.log_softmax(self.head(input), 1)
        parts = [head[:, : self.shortlist_size]]
        for number, cluster in enumerate(self.tail):
            place = self.shortlist_size + number
            parts.append(F.log_softmax(cluster(input), 1) + head[:, place : place + 1])
        return cat(parts, 1)

    def predict(self, input: Tensor) -> Tensor:
        """Return the class with the largest probability for each row.

        Args:
            input: ``(N, in_features)``.

        Returns:
            An int64 tensor ``(N,)``.
        """
        best = self.head(input).argmax(1)
        known = None if best.backend.level else values_for_checks(best)
        if known is not None and (known < self.shortlist_size).all():
            return best
        return self.log_prob(input).argmax(1)

    if TYPE_CHECKING:

        def __call__(self, input: Tensor, target: Tensor) -> _ASMoutput: ...  # noqa: D102
