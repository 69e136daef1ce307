"""Losses as modules: each keeps its settings and calls its function in `polygrad.nn.functional`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from .._core.tensor import Tensor
from .._functions.common import reduction_meant
from . import functional as F
from .distance import PairwiseDistance
from .module import Module

__all__ = [
    "BCELoss", "BCEWithLogitsLoss", "CTCLoss", "CosineEmbeddingLoss", "CrossEntropyLoss", "GaussianNLLLoss",
    "HingeEmbeddingLoss", "HuberLoss", "KLDivLoss", "L1Loss", "MSELoss", "MarginRankingLoss", "MultiLabelMarginLoss",
    "MultiLabelSoftMarginLoss", "MultiMarginLoss", "NLLLoss", "PoissonNLLLoss", "SmoothL1Loss", "SoftMarginLoss",
    "TripletMarginLoss", "TripletMarginWithDistanceLoss",
]  # fmt: skip

#: Lengths of the sequences of a batch.
Lengths: TypeAlias = "Tensor | Sequence[int]"


def _resolve_reduction(size_average: bool | None, reduce: bool | None, reduction: str) -> str:
    """Return ``reduction``, or what PyTorch's older arguments mean."""
    if size_average is not None or reduce is not None:
        return reduction_meant(size_average, reduce)
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction!r} is not a valid value for reduction: it is 'mean', 'sum' or 'none'")
    return reduction


class _Loss(Module):
    reduction: str

    def __init__(self, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean") -> None:
        super().__init__()
        self.reduction = _resolve_reduction(size_average, reduce, reduction)

    if TYPE_CHECKING:

        def __call__(self, input: Tensor, target: Tensor) -> Tensor: ...


class _Weighted(_Loss):
    """A loss with a weight for every class or element, which moves with the module."""

    def __init__(
        self, weight: Tensor | None = None, size_average: bool | None = None, reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:  # fmt: skip
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)


class MSELoss(_Loss):
    """Mean squared error: ``(input - target) ** 2``.

    Args:
        size_average, reduce: PyTorch's older arguments for ``reduction``, which warn.
        reduction: "mean", "sum", or "none" for the loss of each element.

    Shapes:
        input, target: any shape, the same for both; shapes that broadcast are taken with a warning.
        output: a scalar, or with "none" the shape of the input.

    Raises:
        ShapeError: the shapes of input and target do not match.

    Example::

        >>> nn.MSELoss()(polygrad.tensor([1.0, 2.0]), polygrad.tensor([1.0, 4.0]))
        tensor(2.)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Compute the loss."""
        return F.mse_loss(input, target, reduction=self.reduction)


class L1Loss(_Loss):
    """Mean absolute error: ``abs(input - target)``.

    Args:
        size_average, reduce: PyTorch's older arguments for ``reduction``, which warn.
        reduction: "mean", "sum", or "none" for the loss of each element.

    Shapes:
        input, target: any shape, the same for both; shapes that broadcast are taken with a warning.
        output: a scalar, or with "none" the shape of the input.

    Raises:
        ShapeError: the shapes of input and target do not match.

    Example::

        >>> nn.L1Loss()(polygrad.tensor([1.0, 2.0]), polygrad.tensor([1.0, 4.0]))
        tensor(1.)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Compute the loss."""
        return F.l1_loss(input, target, reduction=self.reduction)


class SmoothL1Loss(_Loss):
    """Squared error for small differences, absolute error for large ones.

    With ``d = abs(input - target)``: ``d ** 2 / (2 * beta)`` where ``d < beta``, else ``d - beta / 2``.  Girshick, "Fast R-CNN",
    2015, arXiv:1504.08083.

    Args:
        size_average, reduce: PyTorch's older arguments for ``reduction``, which warn.
        reduction: "mean", "sum", or "none" for the loss of each element.
        beta: the difference where the loss becomes linear, at least 0.

    Shapes:
        input, target: any shape, the same for both; shapes that broadcast are taken with a warning.
        output: a scalar, or with "none" the shape of the input.

    Raises:
        ShapeError: the shapes of input and target do not match.

    Example::

        >>> loss = nn.SmoothL1Loss(reduction="none")
        >>> loss(polygrad.tensor([0.0, 0.0]), polygrad.tensor([0.5, 3.0]))
        tensor([0.1250, 2.5000])
    """

    def __init__(
        self, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean", beta: float = 1.0
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.beta = beta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Compute the loss."""
        return F.smooth_l1_loss(input, target, reduction=self.reduction, beta=self.beta)


class HuberLoss(_Loss):
    """Squared error for small differences, absolute error for large ones, in the scale of the squared error.

    With ``d = abs(input - target)``: ``d ** 2 / 2`` where ``d <= delta``, else ``delta * (d - delta / 2)``.  Huber, "Robust
    estimation of a location parameter", 1964.

    Args:
        reduction: "mean", "sum", or "none" for the loss of each element.
        delta: the difference where the loss becomes linear, positive.

    Shapes:
        input, target: any shape, the same for both; shapes that broadcast are taken with a warning.
        output: a scalar, or with "none" the shape of the input.

    Raises:
        ShapeError: the shapes of input and target do not match.

    Example::

        >>> loss = nn.HuberLoss(reduction="none", delta=2.0)
        >>> loss(polygrad.tensor([0.0, 0.0]), polygrad.tensor([0.5, 3.0]))
        tensor([0.1250, 4.0000])
    """

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        super().__init__(reduction=reduction)
        self.delta = delta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Compute the loss."""
        return F.huber_loss(input, target, reduction=self.reduction, delta=self.delta)


class KLDivLoss(_Loss):
    """Kullback-Leibler divergence of ``target`` from ``input``: ``target * (log(target) - input)``.

    Args:
        size_average, reduce: PyTorch's older arguments for ``reduction``, which warn.
        reduction: "batchmean" divides the sum by the length of the first dimension, which is the divergence; "mean" divides by
            the number of elements, and warns; or "sum" or "none".
        log_target: whether the target has logarithms.

    Shapes:
        input: log-probabilities of any shape.
        target: probabilities of that shape, or their logarithms with ``log_target``.
        output: a scalar, or with "none" the shape of the input.

    Raises:
        ShapeError: the shapes of input and target do not match.

    Example::

        >>> input = polygrad.tensor([[0.5, 0.5]]).log()
        >>> nn.KLDivLoss(reduction="batchmean")(input, polygrad.tensor([[0.9, 0.1]]))
        tensor(0.3681)
    """

    def __init__(
        self,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        log_target: bool = False,
    ) -> None:
        super().__init__(size_average, reduce, "mean" if reduction == "batchmean" else reduction)
        if reduction == "batchmean":
            self.reduction = reduction
        self.log_target = log_target

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Compute the loss."""
        return F.kl_div(input, target, reduction=self.reduction, log_target=self.log_target)


class NLLLoss(_Weighted):
    """Negative log-likelihood of classes: ``-weight[y] * input[n, y]`` with ``y = target[n]``.

    Args:
        weight: a factor for each class, ``(C,)``, or None; the mean divides by the sum of the targets' factors.
        size_average: as ``reduce``.
        ignore_index: a target that does not count.
        reduce: with ``size_average``, PyTorch's older arguments for ``reduction``, which warn.
        reduction: "mean", "sum", or "none" for the loss of each target.

    Shapes:
        input: log-probabilities ``(N, C)``, ``(N, C, *)`` or ``(C,)``.
        target: integers from 0 to ``C - 1``: ``(N,)``, ``(N, *)`` or ``()``.
        output: a scalar, or with "none" the shape of the target of classes.

    Raises:
        ShapeError: the shapes of input and target do not match.
        IndexError: a target is not among the classes.
        TypeError: targets are not of an integer type.

    Example::

        >>> scores = polygrad.tensor([[2.0, 0.0], [0.0, 2.0]])
        >>> nn.NLLLoss(reduction="none")(F.log_softmax(scores, dim=1), polygrad.tensor([0, 0]))
        tensor([0.1269, 2.1269])
    """

    def __init__(
        self, weight: Tensor | None = None, size_average: bool | None = None, ignore_index: int = -100,
        reduce: bool | None = None, reduction: str = "mean",
    ) -> None:  # fmt: skip
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Compute the loss."""
        return F.nll_loss(input, target, weight=self.weight, ignore_index=self.ignore_index, reduction=self.reduction)


class CrossEntropyLoss(_Weighted):
    """Cross-entropy of unnormalized scores and classes, or probabilities: `NLLLoss` of `LogSoftmax`.

    Args:
        weight: a factor for each class, ``(C,)``, or None; the mean divides by the sum of the targets' factors.
        size_average: as ``reduce``.
        ignore_index: a target that does not count.
        reduce: with ``size_average``, PyTorch's older arguments for ``reduction``, which warn.
        reduction: "mean", "sum", or "none" for the loss of each target.
        label_smoothing: the part of the target that is spread over all classes evenly, from 0 to 1
            (Szegedy et al., 2015, arXiv:1512.00567).

    Shapes:
        input: scores (logits) ``(N, C)``, ``(N, C, *)`` or ``(C,)``.
        target: integers from 0 to ``C - 1``: ``(N,)``, ``(N, *)`` or ``()``; or probabilities of the shape of the input.
        output: a scalar, or with "none" the shape of the target of classes.

    Raises:
        ShapeError: the shapes of input and target do not match.
        IndexError: a target is not among the classes.
        TypeError: targets of classes are not of an integer type.

    Example::

        >>> nn.CrossEntropyLoss()(polygrad.zeros(2, 4), polygrad.tensor([0, 3]))  # log(4)
        tensor(1.3863)
    """

    ignore_index: int
    label_smoothing: float

    def __init__(
        self, weight: Tensor | None = None, size_average: bool | None = None, ignore_index: int = -100,
        reduce: bool | None = None, reduction: str = "mean", label_smoothing: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index, self.label_smoothing = ignore_index, label_smoothing

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Compute the loss."""
        return F.cross_entropy(
            input, target, weight=self.weight, ignore_index=self.ignore_index, reduction=self.reduction,
            label_smoothing=self.label_smoothing,
        )  # fmt: skip


class BCELoss(_Weighted):
    """Cross-entropy of probabilities: ``-(target * log(input) + (1 - target) * log(1 - input))``.

    Each logarithm counts as at least -100.

    Args:
        weight: a factor for each element, that broadcasts to the input, or None.
        size_average, reduce: PyTorch's older arguments for ``reduction``, which warn.
        reduction: "mean", "sum", or "none" for the loss of each element.

    Shapes:
        input, target: numbers from 0 to 1, any shape, the same for both.
        output: a scalar, or with "none" the shape of the input.

    Raises:
        RuntimeError: the input is not from 0 to 1.
        ShapeError: the shapes of input and target differ.

    Example::

        >>> nn.BCELoss()(polygrad.tensor([0.5, 0.9]), polygrad.tensor([0.0, 1.0]))
        tensor(0.3993)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Compute the loss."""
        return F.binary_cross_entropy(input, target, weight=self.weight, reduction=self.reduction)


class BCEWithLogitsLoss(_Loss):
    """`BCELoss` of ``sigmoid(input)``, without overflow.

    Args:
        weight: a factor for each element, that broadcasts to the input, or None.
        size_average, reduce: PyTorch's older arguments for ``reduction``, which warn.
        reduction: "mean", "sum", or "none" for the loss of each element.
        pos_weight: a factor for the term of the target, that broadcasts to the input; above 1 it favours recall.

    Shapes:
        input: scores (logits) of any shape.
        target: numbers from 0 to 1, of that shape.
        output: a scalar, or with "none" the shape of the input.

    Raises:
        ShapeError: the shapes of input and target differ.
        RuntimeError: the target is of an integer type.

    Example::

        >>> nn.BCEWithLogitsLoss()(polygrad.tensor([0.0, 100.0]), polygrad.tensor([1.0, 1.0]))
        tensor(0.3466)
    """

    def __init__(
        self, weight: Tensor | None = None, size_average: bool | None = None, reduce: bool | None = None,
        reduction: str = "mean", pos_weight: Tensor | None = None,
    ) -> None:  # fmt: skip
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)
        self.register_buffer("pos_weight", pos_weight)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Compute the loss."""
        return F.binary_cross_entropy_with_logits(
            input, target, weight=self.weight, pos_weight=self.pos_weight, reduction=self.reduction
        )


class PoissonNLLLoss(_Loss):
    """Negative log-likelihood of counts under Poisson distributions.

    ``exp(input) - target * input``, or with ``log_input=False`` ``input - target * log(input + eps)``.

    Args:
        log_input: whether the input has logarithms.
        full: add Stirling's approximation of ``log(target!)`` where ``target > 1``.
        size_average: as ``reduce``.
        eps: a number added to a rate before its logarithm is taken.
        reduce: with ``size_average``, PyTorch's older arguments for ``reduction``, which warn.
        reduction: "mean", "sum", or "none" for the loss of each element.

    Shapes:
        input: the logarithms of the rates, or the rates, of any shape.
        target: counts of that shape.
        output: a scalar, or with "none" the shape of the input.

    Example::

        >>> nn.PoissonNLLLoss()(polygrad.tensor([0.0, 1.0]), polygrad.tensor([1.0, 3.0]))
        tensor(0.3591)
    """

    log_input: bool
    full: bool
    eps: float

    def __init__(
        self, log_input: bool = True, full: bool = False, size_average: bool | None = None, eps: float = 1e-8,
        reduce: bool | None = None, reduction: str = "mean",
    ) -> None:  # fmt: skip
        super().__init__(size_average, reduce, reduction)
        self.log_input, self.full, self.eps = log_input, full, eps

    def forward(self, log_input: Tensor, target: Tensor) -> Tensor:
        """Compute the loss."""
        return F.poisson_nll_loss(log_input, target, self.log_input, self.full, self.eps, self.reduction)

    if TYPE_CHECKING:

        def __call__(self, log_input: Tensor, target: Tensor) -> Tensor: ...  # noqa: D102


class GaussianNLLLoss(_Loss):
    """Negative log-likelihood under normal distributions: ``(log(var) + (input - target) ** 2 / var) / 2``.

    Nix and Weigend, "Estimating the mean and variance of the target probability distribution", 1994.

    Args:
        full: add the constant ``log(2 * pi) / 2``.
        eps: the smallest value that a variance counts as; the gradient ignores this bound.
        reduction: "mean", "sum", or "none" for the loss of each element.

    Shapes:
        input, target: means and values of any shape, the same for both.
        var: variances of that shape, of that without its last dimension, or a number.
        output: a scalar, or with "none" the shape of the input.

    Raises:
        ValueError: a variance is negative.

    Example::

        >>> nn.GaussianNLLLoss()(polygrad.tensor([0.0, 0.0]), polygrad.tensor([1.0, 2.0]), polygrad.tensor([1.0, 4.0]))
        tensor(0.8466)
    """

    full: bool
    eps: float

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> None:
        super().__init__(reduction=reduction)
        self.full, self.eps = full, eps

    def forward(self, input: Tensor, target: Tensor, var: Tensor | float) -> Tensor:
        """Compute the loss."""
        return F.gaussian_nll_loss(input, target, var, self.full, self.eps, self.reduction)

    if TYPE_CHECKING:

        def __call__(self, input: Tensor, target: Tensor, var: Tensor | float) -> Tensor: ...  # type: ignore[override]  # noqa: D102 - has other inputs


class SoftMarginLoss(_Loss):
    """Logistic loss: ``log(1 + exp(-target * input))``.

    Args:
        size_average, reduce: PyTorch's older arguments for ``reduction``, which warn.
        reduction: "mean", "sum", or "none" for the loss of each element.

    Shapes:
        input: scores of any shape.
        target: 1 and -1, of that shape.
        output: a scalar, or with "none" the shape of the input.

    Raises:
        ShapeError: the shapes of input and target do not match.

    Example::

        >>> nn.SoftMarginLoss()(polygrad.tensor([2.0, 2.0]), polygrad.tensor([1.0, -1.0]))
        tensor(1.1269)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Compute the loss."""
        return F.soft_margin_loss(input, target, self.reduction)


class _Margin(_Loss):
    def __init__(
        self, margin: float = 0.0, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean"
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin


class HingeEmbeddingLoss(_Margin):
    """Hinge loss of distances: ``input`` where ``target`` is 1, ``max(0, margin - input)`` where it is -1.

    Args:
        margin: the distance that dissimilar pairs should have.
        size_average, reduce: PyTorch's older arguments for ``reduction``, which warn.
        reduction: "mean", "sum", or "none" for the loss of each element.

    Shapes:
        input: distances of any shape.
        target: 1 and -1, of that shape.
        output: a scalar, or with "none" the shape of the input.

    Example::

        >>> nn.HingeEmbeddingLoss()(polygrad.tensor([0.2, 0.2]), polygrad.tensor([1, -1]))
        tensor(0.5000)
    """

    def __init__(
        self, margin: float = 1.0, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean"
    ) -> None:
        super().__init__(margin, size_average, reduce, reduction)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Compute the loss."""
        return F.hinge_embedding_loss(input, target, self.margin, self.reduction)


class CosineEmbeddingLoss(_Margin):
    """Loss of the cosine of two vectors: ``1 - cosine`` where ``target`` is 1, ``max(0, cosine - margin)`` where it is -1.

    Args:
        margin: the cosine below which dissimilar pairs cost nothing, from -1 to 1.
        size_average, reduce: PyTorch's older arguments for ``reduction``, which warn.
        reduction: "mean", "sum", or "none" for the loss of each pair.

    Shapes:
        input1, input2: ``(N, D)`` or ``(D,)``.
        target: 1 and -1: ``(N,)`` or ``()``.
        output: a scalar, or with "none" the shape of the target.

    Raises:
        ShapeError: the numbers of dimensions do not match.

    Example::

        >>> nn.CosineEmbeddingLoss()(polygrad.tensor([1.0, 0.0]), polygrad.tensor([1.0, 1.0]), polygrad.tensor(1))
        tensor(0.2929)
    """

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        """Compute the loss."""
        return F.cosine_embedding_loss(input1, input2, target, self.margin, self.reduction)

    if TYPE_CHECKING:

        def __call__(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor: ...  # type: ignore[override]  # noqa: D102 - has other inputs


class MarginRankingLoss(_Margin):
    """Hinge loss of a ranking: ``max(0, -target * (input1 - input2) + margin)``.

    Args:
        margin: by how much the one input should be larger.
        size_average, reduce: PyTorch's older arguments for ``reduction``, which warn.
        reduction: "mean", "sum", or "none" for the loss of each element.

    Shapes:
        input1, input2: any shape, the same for both.
        target: of that shape; 1 where ``input1`` should be the larger, -1 where ``input2`` should.
        output: a scalar, or with "none" the shape of the inputs.

    Example::

        >>> nn.MarginRankingLoss(0.5)(polygrad.tensor([2.0]), polygrad.tensor([1.0]), polygrad.tensor([-1.0]))
        tensor(1.5000)
    """

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        """Compute the loss."""
        return F.margin_ranking_loss(input1, input2, target, self.margin, self.reduction)

    if TYPE_CHECKING:

        def __call__(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor: ...  # type: ignore[override]  # noqa: D102 - has other inputs


class CTCLoss(_Loss):
    """Negative log-likelihood of label sequences, summed over all their alignments with longer sequences of predictions.

    Graves et al., "Connectionist temporal classification", 2006.

    Args:
        blank: the label of no output.
        reduction: "mean" divides each loss by its target length, and takes their mean; or "sum" or "none".
        zero_infinity: take 0, with no gradient, for the loss of a target that is too long for its input, which is infinite.

    Shapes:
        log_probs: logarithms of probabilities, ``(T, N, C)`` or ``(T, C)``.
        targets: labels, ``(N, S)``, padded; or all after each other, ``(sum(target_lengths),)``.
        input_lengths, target_lengths: ``(N,)``, integers.
        output: a scalar, or with "none" ``(N,)``.

    Raises:
        ShapeError: the shapes do not fit, or a length is longer than what it measures.
        RuntimeError: lengths or targets are not integers, or ``blank`` is not a label.
        IndexError: a target is not a label.

    Example::

        >>> log_probs = polygrad.tensor([[[0.5, 0.5]], [[0.5, 0.5]]]).log()
        >>> nn.CTCLoss()(log_probs, polygrad.tensor([[1]]), (2,), (1,))
        tensor(0.2877)
    """

    blank: int
    zero_infinity: bool

    def __init__(self, blank: int = 0, reduction: str = "mean", zero_infinity: bool = False) -> None:
        super().__init__(reduction=reduction)
        self.blank, self.zero_infinity = blank, zero_infinity

    def forward(self, log_probs: Tensor, targets: Tensor, input_lengths: Lengths, target_lengths: Lengths) -> Tensor:
        """Compute the loss."""
        return F.ctc_loss(
            log_probs, targets, input_lengths, target_lengths, self.blank, self.reduction, self.zero_infinity
        )

    if TYPE_CHECKING:

        def __call__(  # type: ignore[override]  # noqa: D102 - has other inputs
            self, log_probs: Tensor, targets: Tensor, input_lengths: Lengths, target_lengths: Lengths
        ) -> Tensor: ...


class MultiMarginLoss(_Weighted):
    """Hinge loss of the scores of classes: ``sum(max(0, margin - input[target] + input[i]) ** p for i != target) / C``.

    Args:
        p: the exponent, 1 or 2.
        margin: by how much the score of the target should exceed the others.
        weight: a factor for each class, ``(C,)``, or None: that of the target multiplies the loss.
        size_average, reduce: PyTorch's older arguments for ``reduction``, which warn.
        reduction: "mean", "sum", or "none" for the loss of each row.

    Shapes:
        input: ``(N, C)`` or ``(C,)``.
        target: the class of each row, ``(N,)`` or ``()``.
        output: a scalar, or with "none" ``(N,)``.

    Raises:
        ValueError: ``p`` is neither 1 nor 2, or ``weight`` is not a vector.
        ShapeError: the shapes do not fit.
        RuntimeError: a target is not a class.

    Example::

        >>> nn.MultiMarginLoss()(polygrad.tensor([[0.1, 0.2, 0.9]]), polygrad.tensor([2]))
        tensor(0.1667)
    """

    p: int
    margin: float

    def __init__(
        self, p: int = 1, margin: float = 1.0, weight: Tensor | None = None, size_average: bool | None = None,
        reduce: bool | None = None, reduction: str = "mean",
    ) -> None:  # fmt: skip
        super().__init__(weight, size_average, reduce, reduction)
        if p not in (1, 2):
            raise ValueError("only p == 1 and p == 2 supported")
        if weight is not None and weight.ndim != 1:
            raise ValueError(f"MultiMarginLoss: expected weight to be None or 1D tensor, got {weight.ndim}D instead")
        self.p, self.margin = p, margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Compute the loss."""
        return F.multi_margin_loss(input, target, self.p, self.margin, self.weight, self.reduction)


class MultiLabelMarginLoss(_Loss):
    """Hinge loss of several classes: ``sum(max(0, 1 - input[j] + input[i])) / C`` over targets ``j`` and other classes ``i``.

    Args:
        size_average, reduce: PyTorch's older arguments for ``reduction``, which warn.
        reduction: "mean", "sum", or "none" for the loss of each row.

    Shapes:
        input: ``(N, C)`` or ``(C,)``.
        target: classes, of the same shape; in each row only those before the first -1 count.
        output: a scalar, or with "none" ``(N,)``.

    Raises:
        ShapeError: the shapes do not fit.
        RuntimeError: a target is not a class.

    Example::

        >>> nn.MultiLabelMarginLoss()(polygrad.tensor([[0.1, 0.2, 0.4, 0.8]]), polygrad.tensor([[3, 0, -1, 1]]))
        tensor(0.8500)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Compute the loss."""
        return F.multilabel_margin_loss(input, target, self.reduction)


class MultiLabelSoftMarginLoss(_Weighted):
    """Logistic loss of several classes: the mean of `BCEWithLogitsLoss` over the classes.

    Args:
        weight: a factor for each class, that broadcasts to the input, or None.
        size_average, reduce: PyTorch's older arguments for ``reduction``, which warn.
        reduction: "mean", "sum", or "none" for the loss of each row.

    Shapes:
        input: ``(*, C)``.
        target: 1 for the classes that a row has and 0 for the others, of that shape.
        output: a scalar, or with "none" ``(*)``.

    Raises:
        ShapeError: the shapes differ.

    Example::

        >>> nn.MultiLabelSoftMarginLoss()(polygrad.tensor([[2.0, -1.0]]), polygrad.tensor([[1.0, 0.0]]))
        tensor(0.2201)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Compute the loss."""
        return F.multilabel_soft_margin_loss(input, target, self.weight, self.reduction)


class TripletMarginLoss(_Loss):
    """Hinge loss of two distances: ``max(0, d(anchor, positive) - d(anchor, negative) + margin)``.

    ``d`` is `PairwiseDistance`.  Balntas et al., "Learning shallow convolutional feature descriptors with triplet losses", 2016.

    Args:
        margin: by how much farther the negative should be, positive.
        p: the order of the norm.
        eps: a number added to each difference, which keeps the gradient finite.
        swap: take ``d(positive, negative)`` where that is the smaller.
        size_average, reduce: PyTorch's older arguments for ``reduction``, which warn.
        reduction: "mean", "sum", or "none" for the loss of each triplet.

    Shapes:
        anchor, positive, negative: ``(*, D)``.
        output: a scalar, or with "none" ``(*)``.

    Raises:
        ValueError: ``margin`` is not positive.

    Example::

        >>> anchor, positive, negative = polygrad.tensor([[0.0, 0.0], [0.0, 1.0], [3.0, 4.0]])[:, None]
        >>> nn.TripletMarginLoss(margin=5.0)(anchor, positive, negative)
        tensor(1.0000)
    """

    margin: float
    p: float
    eps: float
    swap: bool

    def __init__(
        self, margin: float = 1.0, p: float = 2.0, eps: float = 1e-6, swap: bool = False, size_average: bool | None = None,
        reduce: bool | None = None, reduction: str = "mean",
    ) -> None:  # fmt: skip
        super().__init__(size_average, reduce, reduction)
        if margin <= 0:
            raise ValueError(f"TripletMarginLoss: margin must be greater than 0, but it is {margin}")
        self.margin, self.p, self.eps, self.swap = margin, p, eps, swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        """Compute the loss."""
        return F.triplet_margin_loss(
            anchor, positive, negative, self.margin, self.p, self.eps, self.swap, self.reduction
        )

    if TYPE_CHECKING:

        def __call__(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor: ...  # type: ignore[override]  # noqa: D102 - has other inputs


class TripletMarginWithDistanceLoss(_Loss):
    """`TripletMarginLoss` with any distance: ``max(0, d(anchor, positive) - d(anchor, negative) + margin)``.

    Args:
        distance_function: ``d``, of two tensors, or a module; None is `PairwiseDistance`.
        margin: by how much farther the negative should be, positive.
        swap: take ``d(positive, negative)`` where that is the smaller.
        reduction: "mean", "sum", or "none" for the loss of each triplet.

    Shapes:
        anchor, positive, negative: ``(*, D)``.
        output: a scalar, or with "none" the shape of the distances.

    Raises:
        ValueError: ``margin`` is not positive.
        ShapeError: the inputs have different numbers of dimensions.

    Example::

        >>> anchor, positive, negative = polygrad.tensor([[0.0, 0.0], [0.0, 1.0], [3.0, 4.0]])[:, None]
        >>> nn.TripletMarginWithDistanceLoss(distance_function=lambda x, y: (x - y).abs().sum(-1), margin=7.0)(
        ...     anchor, positive, negative
        ... )
        tensor(1.)
    """

    distance_function: Callable[[Tensor, Tensor], Tensor]
    margin: float
    swap: bool

    def __init__(
        self, *, distance_function: Callable[[Tensor, Tensor], Tensor] | None = None, margin: float = 1.0,
        swap: bool = False, reduction: str = "mean",
    ) -> None:  # fmt: skip
        super().__init__(reduction=reduction)
        if margin <= 0:
            raise ValueError(
                f"TripletMarginWithDistanceLoss: expected margin to be greater than 0, got {margin} instead"
            )
        self.distance_function = PairwiseDistance() if distance_function is None else distance_function
        self.margin, self.swap = margin, swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        """Compute the loss."""
        return F.triplet_margin_with_distance_loss(
            anchor, positive, negative, distance_function=self.distance_function, margin=self.margin, swap=self.swap,
            reduction=self.reduction,
        )  # fmt: skip

    if TYPE_CHECKING:

        def __call__(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor: ...  # type: ignore[override]  # noqa: D102 - has other inputs
