"""Functions of the layers: ``import polygrad.nn.functional as F``.

Written by `python tools/stubs.py`.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal, overload
from .._core.tensor import Tensor
from .._core.typing import DTypeLike

def adaptive_avg_pool1d(input: Tensor, output_size: int | Sequence[int]) -> Tensor:
    """Take the means of as many regions of about equal length as the result has elements.

    Args:
        input: sequences ``(N, C, L)`` or ``(C, L)``.
        output_size: the length of the result.

    Returns:
        A tensor ``(N, C, output_size)``, without ``N`` if ``input`` has none.  Region ``i`` of ``n`` is from ``floor(i * L / n)``
        to ``ceil((i + 1) * L / n)``.

    Raises:
        ShapeError: ``output_size`` is not positive, or ``input`` has another number of dimensions.

    Example::

        >>> F.adaptive_avg_pool1d(polygrad.tensor([[1.0, 3.0, 2.0, 0.0]]), 2)
        tensor([[2., 1.]])
    """
def adaptive_avg_pool2d(input: Tensor, output_size: int | Sequence[int]) -> Tensor:
    """Take the means of as many regions of about equal size as the result has elements.

    Args:
        input: images ``(N, C, H, W)`` or ``(C, H, W)``.
        output_size: the height and width of the result: an int, or a pair in which None keeps the length.

    Returns:
        A tensor ``(N, C, *output_size)``, without ``N`` if ``input`` has none.  Region ``i`` of ``n`` in a length ``H`` is from
        ``floor(i * H / n)`` to ``ceil((i + 1) * H / n)``.

    Raises:
        ShapeError: ``output_size`` is not positive, or ``input`` has another number of dimensions.

    Example::

        >>> F.adaptive_avg_pool2d(polygrad.arange(16.0).reshape(1, 4, 4), (2, 1))
        tensor([[[ 3.5000],
                 [11.5000]]])
    """
def adaptive_avg_pool3d(input: Tensor, output_size: int | Sequence[int]) -> Tensor:
    """Take the means of as many regions of about equal size as the result has elements.

    Args:
        input: volumes ``(N, C, D, H, W)`` or ``(C, D, H, W)``.
        output_size: the depth, height and width of the result: an int, or three in which None keeps the length.

    Returns:
        A tensor ``(N, C, *output_size)``, without ``N`` if ``input`` has none.  The regions are those of `adaptive_avg_pool2d`.

    Raises:
        ShapeError: ``output_size`` is not positive, or ``input`` has another number of dimensions.

    Example::

        >>> F.adaptive_avg_pool3d(polygrad.arange(8.0).reshape(1, 2, 2, 2), (2, 1, 1)).flatten()
        tensor([1.5000, 5.5000])
    """
@overload
def adaptive_max_pool1d(
    input: Tensor,
    output_size: int | Sequence[int | None] | None,
    return_indices: Literal[False] = False,
) -> Tensor:
    """Take the maxima of as many regions of about equal length as the result has elements.

    Args:
        input: sequences ``(N, C, L)`` or ``(C, L)``.
        output_size: the length of the result.
        return_indices: also return where the maxima are in the sequence.

    Returns:
        A tensor ``(N, C, output_size)``, without ``N`` if ``input`` has none; with ``return_indices`` a pair of it and int64
        indices of its shape.  The regions are those of `adaptive_avg_pool1d`.

    Raises:
        ShapeError: ``output_size`` is not positive, or ``input`` has another number of dimensions.

    Example::

        >>> F.adaptive_max_pool1d(polygrad.tensor([[1.0, 3.0, 2.0, 0.0]]), 2)
        tensor([[3., 2.]])
    """
@overload
def adaptive_max_pool1d(
    input: Tensor,
    output_size: int | Sequence[int | None] | None,
    *,
    return_indices: Literal[True],
) -> tuple[Tensor, Tensor]: ...
@overload
def adaptive_max_pool1d(
    input: Tensor,
    output_size: int | Sequence[int | None] | None,
    return_indices: bool = False,
) -> Any: ...
def adaptive_max_pool1d_with_indices(
    input: Tensor,
    output_size: int | Sequence[int],
    return_indices: bool = False,
) -> tuple[Tensor, Tensor]:
    """Call `adaptive_max_pool1d` with ``return_indices=True``.

    Args:
        input: as in `adaptive_max_pool1d`.
        output_size: as in `adaptive_max_pool1d`.
        return_indices: ignored: the indices are always returned.

    Returns:
        A pair of the maxima and of where they are, as int64.

    Raises:
        ShapeError: ``output_size`` is not positive, or ``input`` has another number of dimensions.

    Example::

        >>> F.adaptive_max_pool1d_with_indices(polygrad.tensor([[1.0, 3.0, 2.0, 0.0]]), 2)
        (tensor([[3., 2.]]), tensor([[1, 2]]))
    """
@overload
def adaptive_max_pool2d(
    input: Tensor,
    output_size: int | Sequence[int | None] | None,
    return_indices: Literal[False] = False,
) -> Tensor:
    """Take the maxima of as many regions of about equal size as the result has elements.

    Args:
        input: images ``(N, C, H, W)`` or ``(C, H, W)``.
        output_size: the height and width of the result: an int, or a pair in which None keeps the length.
        return_indices: also return where the maxima are, as ``row * W + column``.

    Returns:
        A tensor ``(N, C, *output_size)``, without ``N`` if ``input`` has none; with ``return_indices`` a pair of it and int64
        indices of its shape.  The regions are those of `adaptive_avg_pool2d`.

    Raises:
        ShapeError: ``output_size`` is not positive, or ``input`` has another number of dimensions.

    Example::

        >>> F.adaptive_max_pool2d(polygrad.arange(16.0).reshape(1, 4, 4), (2, 1))
        tensor([[[ 7.],
                 [15.]]])
    """
@overload
def adaptive_max_pool2d(
    input: Tensor,
    output_size: int | Sequence[int | None] | None,
    *,
    return_indices: Literal[True],
) -> tuple[Tensor, Tensor]: ...
@overload
def adaptive_max_pool2d(
    input: Tensor,
    output_size: int | Sequence[int | None] | None,
    return_indices: bool = False,
) -> Any: ...
def adaptive_max_pool2d_with_indices(
    input: Tensor,
    output_size: int | Sequence[int],
    return_indices: bool = False,
) -> tuple[Tensor, Tensor]:
    """Call `adaptive_max_pool2d` with ``return_indices=True``.

    Args:
        input: as in `adaptive_max_pool2d`.
        output_size: as in `adaptive_max_pool2d`.
        return_indices: ignored: the indices are always returned.

    Returns:
        A pair of the maxima and of where they are, as int64.

    Raises:
        ShapeError: ``output_size`` is not positive, or ``input`` has another number of dimensions.

    Example::

        >>> F.adaptive_max_pool2d_with_indices(polygrad.arange(4.0).reshape(1, 2, 2), 1)
        (tensor([[[3.]]]), tensor([[[3]]]))
    """
@overload
def adaptive_max_pool3d(
    input: Tensor,
    output_size: int | Sequence[int | None] | None,
    return_indices: Literal[False] = False,
) -> Tensor:
    """Take the maxima of as many regions of about equal size as the result has elements.

    Args:
        input: volumes ``(N, C, D, H, W)`` or ``(C, D, H, W)``.
        output_size: the depth, height and width of the result: an int, or three in which None keeps the length.
        return_indices: also return where the maxima are, as ``(depth * H + row) * W + column``.

    Returns:
        A tensor ``(N, C, *output_size)``, without ``N`` if ``input`` has none; with ``return_indices`` a pair of it and int64
        indices of its shape.  The regions are those of `adaptive_avg_pool2d`.

    Raises:
        ShapeError: ``output_size`` is not positive, or ``input`` has another number of dimensions.

    Example::

        >>> F.adaptive_max_pool3d(polygrad.arange(8.0).reshape(1, 2, 2, 2), (2, 1, 1)).flatten()
        tensor([3., 7.])
    """
@overload
def adaptive_max_pool3d(
    input: Tensor,
    output_size: int | Sequence[int | None] | None,
    *,
    return_indices: Literal[True],
) -> tuple[Tensor, Tensor]: ...
@overload
def adaptive_max_pool3d(
    input: Tensor,
    output_size: int | Sequence[int | None] | None,
    return_indices: bool = False,
) -> Any: ...
def adaptive_max_pool3d_with_indices(
    input: Tensor,
    output_size: int | Sequence[int],
    return_indices: bool = False,
) -> tuple[Tensor, Tensor]:
    """Call `adaptive_max_pool3d` with ``return_indices=True``.

    Args:
        input: as in `adaptive_max_pool3d`.
        output_size: as in `adaptive_max_pool3d`.
        return_indices: ignored: the indices are always returned.

    Returns:
        A pair of the maxima and of where they are, as int64.

    Raises:
        ShapeError: ``output_size`` is not positive, or ``input`` has another number of dimensions.

    Example::

        >>> F.adaptive_max_pool3d_with_indices(polygrad.arange(8.0).reshape(1, 2, 2, 2), 1)
        (tensor([[[[7.]]]]), tensor([[[[7]]]]))
    """
def affine_grid(theta: Tensor, size: Sequence[int], align_corners: bool | None = None) -> Tensor:
    """Make the grid, for `grid_sample`, of an affine map of the positions of the result.

    Args:
        theta: matrices ``(N, 2, 3)`` for images or ``(N, 3, 4)`` for volumes; they map ``(x, y, 1)`` or ``(x, y, z, 1)``.
        size: the size of the result, ``(N, C, H, W)`` or ``(N, C, D, H, W)``.
        align_corners: whether -1 and 1 are the centres of the outer elements, or their outer edges.  None is False, and warns.

    Returns:
        Positions ``(N, H, W, 2)`` or ``(N, D, H, W, 3)``.

    Raises:
        ValueError: ``theta`` is not of a floating-point type or shape that fits ``size``, or a size is not positive.
        NotImplementedError: ``size`` has other than 4 or 5 elements.

    Example::

        >>> theta = polygrad.tensor([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]])
        >>> F.affine_grid(theta, (1, 1, 2, 2), align_corners=True).flatten()
        tensor([-1., -1.,  1., -1., -1.,  1.,  1.,  1.])
    """
def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Dropout that keeps the mean and the variance of activations of `selu`: dropped elements take its negative limit.

    Klambauer et al., "Self-normalizing neural networks", 2017, arXiv:1706.02515.

    Args:
        input: a tensor of any shape.
        p: the probability that an element is dropped, from 0 to 1.
        training: False, which is the default, returns ``input`` unchanged.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ValueError: ``p`` is not from 0 to 1.

    Example::

        >>> F.alpha_dropout(polygrad.zeros(2, 3), p=0.5, training=True).shape
        polygrad.Size([2, 3])
    """
def avg_pool1d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """Take the mean of each window of sequences.

    Args:
        input: sequences ``(N, C, L)`` or ``(C, L)``.
        kernel_size: the length of a window.
        stride: the step from window to window; None is ``kernel_size``.
        padding: how many zeros to add at each end, at most half of ``kernel_size``.
        ceil_mode: keep a last window that reaches beyond the sequence.
        count_include_pad: count the zeros of the padding as elements.

    Returns:
        A tensor ``(N, C, L')`` with ``L' = (L + 2 * padding - kernel_size) // stride + 1``, without ``N`` if ``input`` has none.

    Raises:
        ShapeError: no window fits, or a setting is out of range.

    Example::

        >>> F.avg_pool1d(polygrad.tensor([[1.0, 3.0, 2.0, 0.0]]), 2)
        tensor([[2., 1.]])
    """
def avg_pool2d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """Take the mean of each window of images.

    Args:
        input: images ``(N, C, H, W)`` or ``(C, H, W)``.
        kernel_size: the size of a window: an int, or a pair ``(height, width)``; so for the next two.
        stride: the step from window to window; None is ``kernel_size``.
        padding: how many zeros to add at each edge, at most half of ``kernel_size``.
        ceil_mode: keep a last window that reaches beyond the image.
        count_include_pad: count the zeros of the padding as elements.
        divisor_override: divide the sums by this number instead.

    Returns:
        A tensor ``(N, C, H', W')`` with ``H' = (H + 2 * padding - kernel height) // stride + 1`` and ``W'`` likewise, without
        ``N`` if ``input`` has none.

    Raises:
        ShapeError: no window fits, or a setting is out of range.
        ValueError: ``divisor_override`` is 0.

    Example::

        >>> F.avg_pool2d(polygrad.arange(16.0).reshape(1, 4, 4), 2)
        tensor([[[ 2.5000,  4.5000],
                 [10.5000, 12.5000]]])
    """
def avg_pool3d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """Take the mean of each window of volumes.

    Args:
        input: volumes ``(N, C, D, H, W)`` or ``(C, D, H, W)``.
        kernel_size: the size of a window: an int, or three ``(depth, height, width)``; so for the next two.
        stride: the step from window to window; None is ``kernel_size``.
        padding: how many zeros to add at each face, at most half of ``kernel_size``.
        ceil_mode: keep a last window that reaches beyond the volume.
        count_include_pad: count the zeros of the padding as elements.
        divisor_override: divide the sums by this number instead.

    Returns:
        A tensor ``(N, C, D', H', W')`` with ``D' = (D + 2 * padding - kernel depth) // stride + 1`` and the others likewise,
        without ``N`` if ``input`` has none.

    Raises:
        ShapeError: no window fits, or a setting is out of range.
        ValueError: ``divisor_override`` is 0.

    Example::

        >>> F.avg_pool3d(polygrad.arange(64.0).reshape(1, 4, 4, 4), (4, 2, 2))
        tensor([[[[26.5000, 28.5000],
                  [34.5000, 36.5000]]]])
    """
def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-05,
) -> Tensor:
    """Normalize each channel to mean 0 and variance 1: ``(input - mean) / sqrt(variance + eps) * weight + bias``.

    In training the statistics are those of ``input``, and ``running_mean`` and ``running_var`` are updated in place:
    ``running = (1 - momentum) * running + momentum * statistic``, with the unbiased variance.  Otherwise the running statistics
    are used.  Ioffe and Szegedy, "Batch normalization", 2015, arXiv:1502.03167.

    Args:
        input: a tensor ``(N, C, *)``.
        running_mean: the running mean ``(C,)``, or None, which is possible only in training.
        running_var: the running variance ``(C,)``, or None, which is possible only in training.
        weight: a factor for each channel, ``(C,)``, or None.
        bias: a summand for each channel, ``(C,)``, or None.
        training: whether to use, and follow, the statistics of ``input``.
        momentum: the part of the new statistics in the running ones.
        eps: a number added to the variance.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ShapeError: ``input`` has fewer than 2 dimensions, or a parameter is not ``(C,)``.
        ValueError: there is one value per channel in training.
        RuntimeError: there are no running statistics in evaluation.
        MixedTypesError: the data types differ, other than half precision with float32 parameters.

    Example::

        >>> mean, var = polygrad.zeros(1), polygrad.ones(1)
        >>> F.batch_norm(polygrad.tensor([[1.0], [3.0]]), mean, var, training=True)
        tensor([[-1.0000],
                [ 1.0000]])
        >>> mean
        tensor([0.2000])
    """
def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Bilinear map of the last dimensions: ``input1 @ weight[k] @ input2 + bias[k]`` for every output feature ``k``.

    Args:
        input1: a tensor ``(*, in1_features)``.
        input2: a tensor ``(*, in2_features)``, with the leading dimensions of ``input1``.
        weight: a tensor ``(out_features, in1_features, in2_features)``.
        bias: a vector ``(out_features,)``, or None.

    Returns:
        A tensor ``(*, out_features)``.

    Raises:
        ShapeError: the shapes do not match.

    Example::

        >>> F.bilinear(polygrad.ones(5, 2), polygrad.ones(5, 3), polygrad.ones(4, 2, 3)).shape
        polygrad.Size([5, 4])
    """
def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    reduction: str = 'mean',
) -> Tensor:
    """Cross-entropy of probabilities: ``-(target * log(input) + (1 - target) * log(1 - input))``.

    Each logarithm counts as at least -100.

    Args:
        input: probabilities from 0 to 1, of any shape.
        target: a tensor of the same shape and data type, with values from 0 to 1.
        weight: a factor for each element, that broadcasts to ``input``, or None.
        reduction: "mean", "sum", or "none" for the loss of each element.

    Returns:
        A scalar, or with "none" a tensor of the shape of ``input``.

    Raises:
        RuntimeError: ``input`` is not from 0 to 1.
        ShapeError: the shapes differ.
        MixedTypesError: the data types differ.

    Example::

        >>> F.binary_cross_entropy(polygrad.tensor([0.5, 0.9]), polygrad.tensor([0.0, 1.0]))
        tensor(0.3993)
    """
def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    reduction: str = 'mean',
    pos_weight: Tensor | None = None,
) -> Tensor:
    """`binary_cross_entropy` of ``sigmoid(input)``, without overflow.

    Args:
        input: scores (logits) of any shape.
        target: a tensor of the same shape, with values from 0 to 1.
        weight: a factor for each element, that broadcasts to ``input``, or None.
        reduction: "mean", "sum", or "none" for the loss of each element.
        pos_weight: a factor for the term of ``target``, that broadcasts to ``input``; above 1 it favours recall.

    Returns:
        A scalar, or with "none" a tensor of the shape of ``input``.

    Raises:
        ShapeError: the shapes differ.
        RuntimeError: ``target`` is of an integer type.

    Example::

        >>> F.binary_cross_entropy_with_logits(polygrad.tensor([0.0, 100.0]), polygrad.tensor([1.0, 0.0]), reduction="none")
        tensor([  0.6931, 100.0000])
    """
def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """`elu` with a continuous derivative: ``input`` where it is positive, else ``alpha * (exp(input / alpha) - 1)``.

    Barron, "Continuously differentiable exponential linear units", 2017, arXiv:1704.07483.

    Args:
        input: a tensor of any shape.
        alpha: the limit on the negative side is ``-alpha``.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> F.celu(polygrad.tensor([-1.0, 0.0, 2.0]), alpha=2.0)
        tensor([-0.7869,  0.0000,  2.0000])
    """
def celu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """`celu` in place.

    Args:
        input: a tensor of any shape, which is overwritten.
        alpha: the limit on the negative side is ``-alpha``.

    Returns:
        ``input``.

    Raises:
        RuntimeError: ``input`` is a leaf that requires grad.

    Example::

        >>> F.celu_(polygrad.tensor([-1.0, 0.0, 2.0]))
        tensor([-0.6321,  0.0000,  2.0000])
    """
def channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """Interleave the channels of groups: channel ``i`` of group ``g`` moves to ``i * groups + g``.

    Zhang et al., "ShuffleNet", 2017, arXiv:1707.01083.

    Args:
        input: a tensor ``(N, C, *)``.
        groups: how many groups of neighbouring channels there are.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ShapeError: ``input`` has fewer than 3 dimensions, or its channels are not divisible by ``groups``.

    Example::

        >>> F.channel_shuffle(polygrad.arange(4).reshape(1, 4, 1), 2).flatten()
        tensor([0, 2, 1, 3])
    """
def conv1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int | Sequence[int] = 1,
    padding: int | str | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> Tensor:
    """Convolve sequences with a set of kernels (cross-correlation: kernels are not flipped).

    ``out[n, o, t] = bias[o] + sum over c, k of weight[o, c, k] * input[n, c, t * stride + k * dilation - padding]``.

    Args:
        input: sequences ``(N, in_channels, L)`` or ``(in_channels, L)``.
        weight: kernels ``(out_channels, in_channels / groups, K)``.
        bias: a vector ``(out_channels,)``, or None.
        stride: the step from window to window.
        padding: how many zeros to add at each end; "valid" for none, "same" for as many as keep ``L`` (with ``stride=1``).
        dilation: the step from element to element of a window.
        groups: how many groups of channels are convolved separately.

    Returns:
        A tensor ``(N, out_channels, L')`` with ``L' = (L + 2 * padding - dilation * (K - 1) - 1) // stride + 1``, without ``N``
        if ``input`` has none.

    Raises:
        ShapeError: the shapes do not match, or no window fits.  It is a ValueError and a RuntimeError.
        MixedTypesError: the data types differ.
        ValueError: ``padding`` is another string.
        RuntimeError: ``padding="same"`` with a stride.

    Example::

        >>> F.conv1d(polygrad.tensor([[1.0, 2.0, 4.0, 8.0]]), polygrad.tensor([[[-1.0, 1.0]]]))
        tensor([[1., 2., 4.]])
    """
def conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int | Sequence[int] = 1,
    padding: int | str | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> Tensor:
    """Convolve images with a set of kernels (cross-correlation: kernels are not flipped).

    ``out[n, o, i, j] = bias[o] + sum over c, k, l of weight[o, c, k, l] * input[n, c, i + k, j + l]``, where stride, dilation
    and padding are 1, 1 and 0.

    Args:
        input: images ``(N, in_channels, H, W)`` or ``(in_channels, H, W)``.
        weight: kernels ``(out_channels, in_channels / groups, kernel height, kernel width)``.
        bias: a vector ``(out_channels,)``, or None.
        stride: the step from window to window: an int, or a pair ``(height, width)``; so for the next two.
        padding: how many zeros to add at each edge; "valid" for none, "same" for as many as keep ``H`` and ``W`` (with
            ``stride=1``).
        dilation: the step from element to element of a window.
        groups: how many groups of channels are convolved separately.

    Returns:
        A tensor ``(N, out_channels, H', W')`` with ``H' = (H + 2 * padding - dilation * (kernel height - 1) - 1) // stride + 1``
        and ``W'`` likewise, without ``N`` if ``input`` has none.

    Raises:
        ShapeError: the shapes do not match, or no window fits.  It is a ValueError and a RuntimeError.
        MixedTypesError: the data types differ.
        ValueError: ``padding`` is another string.
        RuntimeError: ``padding="same"`` with a stride.

    Example::

        >>> F.conv2d(polygrad.ones(1, 1, 4, 4), polygrad.ones(2, 1, 3, 3), padding="same").shape
        polygrad.Size([1, 2, 4, 4])
    """
def conv3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int | Sequence[int] = 1,
    padding: int | str | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> Tensor:
    """Convolve volumes with a set of kernels (cross-correlation: kernels are not flipped).

    It is the sum, over the depth of the kernels, of what `conv2d` gives.

    Args:
        input: volumes ``(N, in_channels, D, H, W)`` or ``(in_channels, D, H, W)``.
        weight: kernels ``(out_channels, in_channels / groups, kernel depth, kernel height, kernel width)``.
        bias: a vector ``(out_channels,)``, or None.
        stride: the step from window to window: an int, or three ``(depth, height, width)``; so for the next two.
        padding: how many zeros to add at each face; "valid" for none, "same" for as many as keep the size (with ``stride=1``).
        dilation: the step from element to element of a window.
        groups: how many groups of channels are convolved separately.

    Returns:
        A tensor ``(N, out_channels, D', H', W')`` with ``D' = (D + 2 * padding - dilation * (kernel depth - 1) - 1) // stride + 1``
        and the others likewise, without ``N`` if ``input`` has none.

    Raises:
        ShapeError: the shapes do not match, or no window fits.  It is a ValueError and a RuntimeError.
        MixedTypesError: the data types differ.
        ValueError: ``padding`` is another string.
        RuntimeError: ``padding="same"`` with a stride.

    Example::

        >>> F.conv3d(polygrad.ones(1, 1, 4, 4, 4), polygrad.ones(2, 1, 3, 3, 3)).shape
        polygrad.Size([1, 2, 2, 2, 2])
    """
def conv_transpose1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int | Sequence[int] = 1,
    padding: int | str | Sequence[int] = 0,
    output_padding: int | Sequence[int] = 0,
    groups: int = 1,
    dilation: int | Sequence[int] = 1,
) -> Tensor:
    """Adjoint of `conv1d`: the gradient of a convolution with respect to its input, as a layer that lengthens sequences.

    Args:
        input: sequences ``(N, in_channels, L)`` or ``(in_channels, L)``.
        weight: kernels ``(in_channels, out_channels / groups, K)``.
        bias: a vector ``(out_channels,)``, or None.
        stride: the step of the convolution from window to window.
        padding: how many elements to leave out at each end.
        output_padding: how many elements to add at the end; smaller than ``stride`` or ``dilation``.
        groups: how many groups of channels are convolved separately.
        dilation: the step from element to element of a window.

    Returns:
        A tensor ``(N, out_channels, L')`` with ``L' = (L - 1) * stride - 2 * padding + dilation * (K - 1) + output_padding + 1``,
        without ``N`` if ``input`` has none.

    Raises:
        ShapeError: the shapes do not match, or the result would be empty.  It is a ValueError and a RuntimeError.
        MixedTypesError: the data types differ.

    Example::

        >>> F.conv_transpose1d(polygrad.tensor([[1.0, 2.0]]), polygrad.tensor([[[1.0, 0.5]]]), stride=2)
        tensor([[1.0000, 0.5000, 2.0000, 1.0000]])
    """
def conv_transpose2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int | Sequence[int] = 1,
    padding: int | str | Sequence[int] = 0,
    output_padding: int | Sequence[int] = 0,
    groups: int = 1,
    dilation: int | Sequence[int] = 1,
) -> Tensor:
    """Adjoint of `conv2d`: the gradient of a convolution with respect to its input, as a layer that enlarges images.

    Args:
        input: images ``(N, in_channels, H, W)`` or ``(in_channels, H, W)``.
        weight: kernels ``(in_channels, out_channels / groups, kernel height, kernel width)``.
        bias: a vector ``(out_channels,)``, or None.
        stride: the step of the convolution from window to window: an int, or a pair ``(height, width)``; so for ``padding``,
            ``output_padding`` and ``dilation``.
        padding: how many elements to leave out at each edge.
        output_padding: how many elements to add at the end; smaller than ``stride`` or ``dilation``.
        groups: how many groups of channels are convolved separately.
        dilation: the step from element to element of a window.

    Returns:
        A tensor ``(N, out_channels, H', W')`` with ``H' = (H - 1) * stride - 2 * padding + dilation * (kernel height - 1) +
        output_padding + 1`` and ``W'`` likewise, without ``N`` if ``input`` has none.

    Raises:
        ShapeError: the shapes do not match, or the result would be empty.  It is a ValueError and a RuntimeError.
        MixedTypesError: the data types differ.

    Example::

        >>> F.conv_transpose2d(polygrad.ones(1, 2, 4, 4), polygrad.ones(2, 3, 2, 2), stride=2).shape
        polygrad.Size([1, 3, 8, 8])
    """
def conv_transpose3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int | Sequence[int] = 1,
    padding: int | str | Sequence[int] = 0,
    output_padding: int | Sequence[int] = 0,
    groups: int = 1,
    dilation: int | Sequence[int] = 1,
) -> Tensor:
    """Adjoint of `conv3d`: the gradient of a convolution with respect to its input, as a layer that enlarges volumes.

    Args:
        input: volumes ``(N, in_channels, D, H, W)`` or ``(in_channels, D, H, W)``.
        weight: kernels ``(in_channels, out_channels / groups, kernel depth, kernel height, kernel width)``.
        bias: a vector ``(out_channels,)``, or None.
        stride: the step of the convolution from window to window: an int, or three ``(depth, height, width)``; so for
            ``padding``, ``output_padding`` and ``dilation``.
        padding: how many elements to leave out at each face.
        output_padding: how many elements to add at the end; smaller than ``stride`` or ``dilation``.
        groups: how many groups of channels are convolved separately.
        dilation: the step from element to element of a window.

    Returns:
        A tensor ``(N, out_channels, D', H', W')`` with ``D' = (D - 1) * stride - 2 * padding + dilation * (kernel depth - 1) +
        output_padding + 1`` and the others likewise, without ``N`` if ``input`` has none.

    Raises:
        ShapeError: the shapes do not match, or the result would be empty.  It is a ValueError and a RuntimeError.
        MixedTypesError: the data types differ.

    Example::

        >>> F.conv_transpose3d(polygrad.ones(1, 2, 4, 4, 4), polygrad.ones(2, 3, 2, 2, 2), stride=2).shape
        polygrad.Size([1, 3, 8, 8, 8])
    """
def cosine_embedding_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0.0,
    reduction: str = 'mean',
) -> Tensor:
    """Loss of the cosine of two vectors: ``1 - cosine`` where ``target`` is 1, ``max(0, cosine - margin)`` where it is -1.

    Args:
        input1: vectors ``(N, D)`` or ``(D,)``.
        input2: vectors ``(N, D)`` or ``(D,)``.
        target: a tensor ``(N,)`` or ``()`` of 1 and -1.
        margin: the cosine below which dissimilar pairs cost nothing, from -1 to 1.
        reduction: "mean", "sum", or "none" for the loss of each pair.

    Returns:
        A scalar, or with "none" a tensor ``(N,)``.

    Raises:
        ShapeError: the numbers of dimensions do not match.

    Example::

        >>> F.cosine_embedding_loss(polygrad.tensor([1.0, 0.0]), polygrad.tensor([1.0, 1.0]), polygrad.tensor(1))
        tensor(0.2929)
    """
def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-08) -> Tensor:
    """Cosine of the angle between vectors: ``x1 @ x2 / (max(norm(x1), eps) * max(norm(x2), eps))`` along ``dim``.

    Args:
        x1: a tensor of any shape.
        x2: a tensor that broadcasts with ``x1``.
        dim: the dimension of the vectors, which the result lacks.
        eps: the smallest value that a norm counts as.

    Returns:
        A tensor of the broadcast shape without ``dim``, with values from -1 to 1.

    Raises:
        RuntimeError: the tensors are of integers, or do not broadcast.

    Example::

        >>> F.cosine_similarity(polygrad.tensor([1.0, 0.0]), polygrad.tensor([1.0, 1.0]), dim=0)
        tensor(0.7071)
    """
def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    ignore_index: int = -100,
    reduction: str = 'mean',
    label_smoothing: float = 0.0,
) -> Tensor:
    """Cross-entropy of unnormalized scores and target classes, or target probabilities: `nll_loss` of `log_softmax`.

    For classes: ``loss[n] = -weight[y] * log(softmax(input[n])[y])`` with ``y = target[n]``; the mean divides by the sum of the
    weights of all targets.

    Args:
        input: scores (logits) ``(N, C)``, ``(N, C, *)`` or ``(C,)``.
        target: classes from 0 to ``C - 1``, integers ``(N,)``, ``(N, *)`` or ``()``; or probabilities of the shape of ``input``.
        weight: a weight for each class, ``(C,)``, or None.
        ignore_index: a target that does not count.
        reduction: "mean", "sum", or "none" for the loss of each target.
        label_smoothing: the part of the target that is spread over all classes evenly, from 0 to 1
            (Szegedy et al., 2015, arXiv:1512.00567).

    Returns:
        A scalar, or with "none" a tensor ``(N,)``, ``(N, *)`` or ``()``.

    Raises:
        ShapeError: the shapes do not match.
        IndexError: a target is not among the classes.
        TypeError: targets of classes are not of an integer type.

    Example::

        >>> F.cross_entropy(polygrad.zeros(2, 4), polygrad.tensor([0, 3]))  # log(4)
        tensor(1.3863)
    """
def ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Tensor | Sequence[int],
    target_lengths: Tensor | Sequence[int],
    blank: int = 0,
    reduction: str = 'mean',
    zero_infinity: bool = False,
) -> Tensor:
    """Negative log-likelihood of label sequences, summed over all their alignments with longer sequences of predictions.

    Graves et al., "Connectionist temporal classification", 2006.  The gradient is that of the likelihood with respect to
    ``log_probs``, the negative posterior probabilities; behind `log_softmax` it is what PyTorch has, which adds the probabilities.

    Args:
        log_probs: logarithms of probabilities, as `log_softmax` gives them: ``(T, N, C)`` or ``(T, C)``.
        targets: labels: ``(N, S)``, padded; or all labels after each other, ``(sum(target_lengths),)``.
        input_lengths: how many steps of ``log_probs`` count, ``(N,)``.
        target_lengths: how many labels there are, ``(N,)``.
        blank: the label of no output.
        reduction: "mean" divides each loss by its target length, and takes their mean; or "sum" or "none".
        zero_infinity: take 0, with no gradient, for the loss of a target that is too long for its input, which is infinite.

    Returns:
        A scalar, or with "none" ``(N,)``.

    Raises:
        ShapeError: the shapes do not fit, or a length is longer than what it measures.
        RuntimeError: lengths or targets are not integers, or ``blank`` is not a label.
        IndexError: a target is not a label.
        ValueError: ``reduction`` is unknown.

    Example::

        >>> log_probs = polygrad.tensor([[[0.5, 0.5]], [[0.5, 0.5]]]).log()
        >>> F.ctc_loss(log_probs, polygrad.tensor([[1]]), (2,), (1,)).exp()  # of 4 sequences 3 say "1"
        tensor(1.3333)
    """
def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Set each element to 0 with probability ``p`` and divide the others by ``1 - p``, so that the expected value stays the same.

    Hinton et al., "Improving neural networks by preventing co-adaptation of feature detectors", 2012, arXiv:1207.0580.

    Args:
        input: a tensor of any shape.
        p: the probability of a 0, from 0 to 1.
        training: False returns ``input`` unchanged.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ValueError: ``p`` is not from 0 to 1.

    Example::

        >>> F.dropout(polygrad.ones(4), p=0.5, training=False)
        tensor([1., 1., 1., 1.])
        >>> set(F.dropout(polygrad.ones(100), p=0.5).tolist()) == {0.0, 2.0}
        True
    """
def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """`dropout` of whole channels of sequences.

    Args:
        input: a tensor ``(N, C, L)`` or ``(C, L)``.
        p: the probability that a channel is set to 0, from 0 to 1.
        training: False returns ``input`` unchanged.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ShapeError: ``input`` has other than 2 or 3 dimensions.
        ValueError: ``p`` is not from 0 to 1.

    Example::

        >>> channels = F.dropout1d(polygrad.ones(2, 3, 8))
        >>> bool((channels.amin(2) == channels.amax(2)).all())
        True
    """
def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """`dropout` of whole channels of images.

    Tompson et al., "Efficient object localization using convolutional networks", 2014, arXiv:1411.4280.

    Args:
        input: a tensor ``(N, C, H, W)``.  With another number of dimensions it warns; the first two count as batch and channels.
        p: the probability that a channel is set to 0, from 0 to 1.
        training: False returns ``input`` unchanged.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ShapeError: ``input`` has fewer than 2 dimensions.
        ValueError: ``p`` is not from 0 to 1.

    Example::

        >>> channels = F.dropout2d(polygrad.ones(2, 3, 8, 8))
        >>> bool((channels.amin((2, 3)) == channels.amax((2, 3))).all())
        True
    """
def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """`dropout` of whole channels of volumes.

    Args:
        input: a tensor ``(N, C, D, H, W)`` or ``(C, D, H, W)``.
        p: the probability that a channel is set to 0, from 0 to 1.
        training: False returns ``input`` unchanged.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ShapeError: ``input`` has no dimensions.
        ValueError: ``p`` is not from 0 to 1.

    Example::

        >>> channels = F.dropout3d(polygrad.ones(2, 3, 4, 4, 4))
        >>> bool((channels.amin((2, 3, 4)) == channels.amax((2, 3, 4))).all())
        True
    """
def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """Exponential linear unit: ``input`` where it is positive, else ``alpha * (exp(input) - 1)``.

    Clevert, Unterthiner and Hochreiter, "Exponential linear units", 2015, arXiv:1511.07289.

    Args:
        input: a tensor of any shape.
        alpha: the limit on the negative side is ``-alpha``.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> F.elu(polygrad.tensor([-1.0, 0.0, 2.0]))
        tensor([-0.6321,  0.0000,  2.0000])
    """
def elu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """`elu` in place.

    Args:
        input: a tensor of any shape, which is overwritten.
        alpha: the limit on the negative side is ``-alpha``.

    Returns:
        ``input``.

    Raises:
        RuntimeError: ``input`` is a leaf that requires grad.

    Example::

        >>> F.elu_(polygrad.tensor([-1.0, 0.0, 2.0]))
        tensor([-0.6321,  0.0000,  2.0000])
    """
def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """Look up rows of a matrix by their indices.

    Args:
        input: integers of any shape, from 0 to ``num_embeddings - 1``.
        weight: a matrix ``(num_embeddings, embedding_dim)``.
        padding_idx: a row that gets no gradient; it may count from the end.
        max_norm: scale rows that are looked up, in place, to a norm of at most this.
        norm_type: the order of that norm.
        scale_grad_by_freq: divide the gradient of a row by how often it was looked up.
        sparse: not supported: gradients are dense.

    Returns:
        A tensor ``(*input.shape, embedding_dim)``.

    Raises:
        IndexError: an index, or ``padding_idx``, is outside ``weight``.
        TypeError: ``input`` is not of an integer type.
        ShapeError: ``weight`` is not a matrix.
        NotImplementedError: an unsupported argument is given.

    Example::

        >>> F.embedding(polygrad.tensor([2, 0]), polygrad.tensor([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]))
        tensor([[4., 5.],
                [0., 1.]])
    """
def embedding_bag(
    input: Tensor,
    weight: Tensor,
    offsets: Tensor | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    mode: str = 'mean',
    sparse: bool = False,
    per_sample_weights: Tensor | None = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Tensor:
    """Look up rows of a matrix, and reduce them bag by bag.  An empty bag gives zeros.

    Args:
        input: integers: bags of equal length, ``(B, N)``, or all bags after each other, ``(N,)``, with ``offsets``.
        weight: a matrix ``(num_embeddings, embedding_dim)``.
        offsets: where each bag begins in a vector ``input``: integers ``(B,)``, increasing from 0.
        max_norm: scale rows that are looked up, in place, to a norm of at most this.
        norm_type: the order of that norm.
        scale_grad_by_freq: divide the gradient of a row by how often it was looked up; not for "max".
        mode: "sum", "mean" or "max"; of equal elements the first gets the gradient.
        sparse: not supported: gradients are dense.
        per_sample_weights: a factor for each row, of the shape of ``input``; only for "sum".
        include_last_offset: whether ``offsets`` also has the end of the last bag.
        padding_idx: a row that is left out of its bag, and gets no gradient; it may count from the end.

    Returns:
        A tensor ``(B, embedding_dim)``.

    Raises:
        ValueError: the dimensions of ``input``, ``offsets`` or ``per_sample_weights`` do not fit, or ``mode`` is unknown.
        IndexError: an index, or ``padding_idx``, is outside ``weight``.
        RuntimeError: ``offsets`` do not begin at 0, decrease, or go beyond ``input``.
        TypeError: ``input`` is not of an integer type.
        NotImplementedError: ``sparse`` is set, or ``per_sample_weights`` are given for another mode.

    Example::

        >>> weight = polygrad.tensor([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])
        >>> F.embedding_bag(polygrad.tensor([0, 2, 1]), weight, polygrad.tensor([0, 2]), mode="sum")
        tensor([[4., 6.],
                [2., 3.]])
    """
def feature_alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """`alpha_dropout` of whole channels.

    Args:
        input: a tensor ``(N, C, *)``.
        p: the probability that a channel is dropped, from 0 to 1.
        training: False, which is the default, returns ``input`` unchanged.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ValueError: ``p`` is not from 0 to 1.
        ShapeError: ``input`` has fewer than 2 dimensions.

    Example::

        >>> channels = F.feature_alpha_dropout(polygrad.zeros(2, 3, 8), training=True)
        >>> bool((channels.amin(2) == channels.amax(2)).all())
        True
    """
def fold(
    input: Tensor,
    output_size: int | Sequence[int],
    kernel_size: int | Sequence[int],
    dilation: int | Sequence[int] = 1,
    padding: int | str | Sequence[int] = 0,
    stride: int | Sequence[int] = 1,
) -> Tensor:
    """Add columns up where their windows lie in images: the adjoint of `unfold`.

    Args:
        input: columns ``(N, C * kernel height * kernel width, windows)``, or the same without ``N``.
        output_size: height and width of the images: an int, or a pair; so for the next four.
        kernel_size: the size of a window.
        dilation: the step from element to element of a window.
        padding: how many elements of each edge are left out of the images.
        stride: the step from window to window.

    Returns:
        Images ``(N, C, *output_size)``, without ``N`` if ``input`` has none.

    Raises:
        ShapeError: ``input`` does not have the windows that images of this size have.

    Example::

        >>> F.fold(polygrad.ones(1, 4, 4), output_size=3, kernel_size=2)
        tensor([[[[1., 2., 1.],
                  [2., 4., 2.],
                  [1., 2., 1.]]]])
    """
@overload
def fractional_max_pool2d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    output_size: int | Sequence[int] | None = None,
    output_ratio: float | Sequence[float] | None = None,
    return_indices: Literal[False] = False,
    _random_samples: Tensor | None = None,
) -> Tensor:
    """Take the maximum of windows at random places of images: as many as the result has elements.

    Graham, "Fractional max-pooling", 2014, arXiv:1412.6071.  The starts of neighbouring windows are pseudorandom.

    Args:
        input: images ``(N, C, H, W)`` or ``(C, H, W)``.
        kernel_size: the size of a window: an int, or a pair ``(height, width)``.
        output_size: the size of the result: an int, or a pair ``(height, width)``.
        output_ratio: the ratio of the sizes of result and input, a number or pair, instead of ``output_size``.
        return_indices: also return where the maxima are, as ``row * W + column``.
        _random_samples: numbers from 0 to 1 that decide the places, ``(N, C, 2)``; None draws them.

    Returns:
        A tensor ``(N, C, H', W')`` of ``output_size``, without ``N`` if ``input`` has none; with
        ``return_indices`` a pair of it and int64 indices of its shape.

    Raises:
        ValueError: neither ``output_size`` nor ``output_ratio`` is given.
        ShapeError: the windows do not fit into ``input``.

    Example::

        >>> x = polygrad.arange(16.0).reshape(1, 4, 4)
        >>> F.fractional_max_pool2d(x, 2, output_size=1)
        tensor([[[15.]]])
    """
@overload
def fractional_max_pool2d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    output_size: int | Sequence[int] | None = None,
    output_ratio: float | Sequence[float] | None = None,
    *,
    return_indices: Literal[True],
    _random_samples: Tensor | None = None,
) -> tuple[Tensor, Tensor]: ...
@overload
def fractional_max_pool2d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    output_size: int | Sequence[int] | None = None,
    output_ratio: float | Sequence[float] | None = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> Any: ...
def fractional_max_pool2d_with_indices(
    input: Tensor,
    kernel_size: int | Sequence[int],
    output_size: int | Sequence[int] | None = None,
    output_ratio: float | Sequence[float] | None = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Call `fractional_max_pool2d` with ``return_indices=True``.

    Args:
        input: as in `fractional_max_pool2d`; so for the next three.
        kernel_size: the size of a window.
        output_size: the size of the result.
        output_ratio: the ratio of the sizes of result and input.
        return_indices: ignored: the indices are always returned.
        _random_samples: numbers from 0 to 1 that decide the places.

    Returns:
        A pair of the maxima and of where they are, as int64.

    Raises:
        ValueError: neither ``output_size`` nor ``output_ratio`` is given.
        ShapeError: the windows do not fit into ``input``.

    Example::

        >>> x = polygrad.arange(16.0).reshape(1, 4, 4)
        >>> F.fractional_max_pool2d_with_indices(x, 2, output_size=1)
        (tensor([[[15.]]]), tensor([[[15]]]))
    """
@overload
def fractional_max_pool3d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    output_size: int | Sequence[int] | None = None,
    output_ratio: float | Sequence[float] | None = None,
    return_indices: Literal[False] = False,
    _random_samples: Tensor | None = None,
) -> Tensor:
    """Take the maximum of windows at random places of volumes: as many as the result has elements.

    Graham, "Fractional max-pooling", 2014, arXiv:1412.6071.  The starts of neighbouring windows are pseudorandom.

    Args:
        input: volumes ``(N, C, D, H, W)`` or ``(C, D, H, W)``.
        kernel_size: the size of a window: an int, or three ``(depth, height, width)``.
        output_size: the size of the result: an int, or three ``(depth, height, width)``.
        output_ratio: the ratio of the sizes of result and input, a number or three, instead of ``output_size``.
        return_indices: also return where the maxima are, as ``(depth * H + row) * W + column``.
        _random_samples: numbers from 0 to 1 that decide the places, ``(N, C, 3)``; None draws them.

    Returns:
        A tensor ``(N, C, D', H', W')`` of ``output_size``, without ``N`` if ``input`` has none; with
        ``return_indices`` a pair of it and int64 indices of its shape.

    Raises:
        ValueError: neither ``output_size`` nor ``output_ratio`` is given.
        ShapeError: the windows do not fit into ``input``.

    Example::

        >>> x = polygrad.arange(8.0).reshape(1, 2, 2, 2)
        >>> F.fractional_max_pool3d(x, 1, output_size=1)
        tensor([[[[7.]]]])
    """
@overload
def fractional_max_pool3d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    output_size: int | Sequence[int] | None = None,
    output_ratio: float | Sequence[float] | None = None,
    *,
    return_indices: Literal[True],
    _random_samples: Tensor | None = None,
) -> tuple[Tensor, Tensor]: ...
@overload
def fractional_max_pool3d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    output_size: int | Sequence[int] | None = None,
    output_ratio: float | Sequence[float] | None = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> Any: ...
def fractional_max_pool3d_with_indices(
    input: Tensor,
    kernel_size: int | Sequence[int],
    output_size: int | Sequence[int] | None = None,
    output_ratio: float | Sequence[float] | None = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Call `fractional_max_pool3d` with ``return_indices=True``.

    Args:
        input: as in `fractional_max_pool3d`; so for the next three.
        kernel_size: the size of a window.
        output_size: the size of the result.
        output_ratio: the ratio of the sizes of result and input.
        return_indices: ignored: the indices are always returned.
        _random_samples: numbers from 0 to 1 that decide the places.

    Returns:
        A pair of the maxima and of where they are, as int64.

    Raises:
        ValueError: neither ``output_size`` nor ``output_ratio`` is given.
        ShapeError: the windows do not fit into ``input``.

    Example::

        >>> x = polygrad.arange(8.0).reshape(1, 2, 2, 2)
        >>> F.fractional_max_pool3d_with_indices(x, 1, output_size=1)
        (tensor([[[[7.]]]]), tensor([[[[7]]]]))
    """
def gaussian_nll_loss(
    input: Tensor,
    target: Tensor,
    var: Tensor | float,
    full: bool = False,
    eps: float = 1e-06,
    reduction: str = 'mean',
) -> Tensor:
    """Negative log-likelihood under normal distributions: ``(log(var) + (input - target) ** 2 / var) / 2``.

    Nix and Weigend, "Estimating the mean and variance of the target probability distribution", 1994.

    Args:
        input: the means, of any shape.
        target: a tensor of the same shape.
        var: the variances, at least 0: of the shape of ``input``, of that without its last dimension, or a number.
        full: add the constant ``log(2 * pi) / 2``.
        eps: the smallest value that a variance counts as; the gradient ignores this bound.
        reduction: "mean", "sum", or "none" for the loss of each element.

    Returns:
        A scalar, or with "none" a tensor of the shape of ``input``.

    Raises:
        ValueError: a variance is negative, or ``reduction`` is unknown.

    Example::

        >>> F.gaussian_nll_loss(polygrad.tensor([0.0, 0.0]), polygrad.tensor([1.0, 2.0]), var=1.0, reduction="none")
        tensor([0.5000, 2.0000])
    """
def gelu(input: Tensor, approximate: str = 'none') -> Tensor:
    """Gaussian error linear unit: ``input`` times the standard normal distribution function of ``input``.

    Hendrycks and Gimpel, "Gaussian error linear units", 2016, arXiv:1606.08415.

    Args:
        input: a tensor of any shape.
        approximate: "none", or "tanh" for ``0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3)))``.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        RuntimeError: ``approximate`` is something else.

    Example::

        >>> F.gelu(polygrad.tensor([-1.0, 0.0, 1.0]))
        tensor([-0.1587,  0.0000,  0.8413])
    """
def glu(input: Tensor, dim: int = -1) -> Tensor:
    """Gated linear unit: the first half of ``input`` along ``dim`` times the sigmoid of the second half.

    Dauphin et al., "Language modeling with gated convolutional networks", 2016, arXiv:1612.08083.

    Args:
        input: a tensor with an even length along ``dim``.
        dim: the dimension that is halved.

    Returns:
        A tensor of half the length of ``input`` along ``dim``.

    Raises:
        ShapeError: ``input`` has no dimension.
        RuntimeError: the length along ``dim`` is odd.

    Example::

        >>> F.glu(polygrad.tensor([1.0, 2.0, 0.0, 0.0]))
        tensor([0.5000, 1.0000])
    """
def grid_sample(
    input: Tensor,
    grid: Tensor,
    mode: str = 'bilinear',
    padding_mode: str = 'zeros',
    align_corners: bool | None = None,
) -> Tensor:
    """Sample images or volumes at the positions of a grid.

    Jaderberg et al., "Spatial transformer networks", 2015, arXiv:1506.02025.  "bicubic" is the cubic convolution of Keys (1981)
    with ``a = -0.75``.

    Args:
        input: images ``(N, C, H, W)`` or volumes ``(N, C, D, H, W)``.
        grid: positions ``(N, H', W', 2)`` as ``(x, y)``, or ``(N, D', H', W', 3)`` as ``(x, y, z)``; ``x`` is along ``W``, -1 is
            the first column and 1 the last.
        mode: "bilinear", which is trilinear for volumes, "nearest", or "bicubic" for images.
        padding_mode: what lies outside: "zeros", "border" for the nearest element, or "reflection".
        align_corners: whether -1 and 1 are the centres of the outer elements, or their outer edges.  None is False, and warns.

    Returns:
        A tensor ``(N, C, H', W')`` or ``(N, C, D', H', W')``.

    Raises:
        ValueError: ``mode`` or ``padding_mode`` is unknown.
        ShapeError: the shapes do not fit.
        MixedTypesError: the data types differ.
        NotImplementedError: "bicubic" of volumes.

    Example::

        >>> x = polygrad.arange(4.0).reshape(1, 1, 2, 2)
        >>> grid = polygrad.tensor([[[[0.0, 0.0], [1.0, 1.0]]]])
        >>> F.grid_sample(x, grid, align_corners=True).flatten()
        tensor([1.5000, 3.0000])
    """
def group_norm(
    input: Tensor,
    num_groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-05,
) -> Tensor:
    """Normalize groups of channels of each sample to mean 0 and variance 1, then scale and shift each channel.

    Wu and He, "Group normalization", 2018, arXiv:1803.08494.

    Args:
        input: a tensor ``(N, C, *)``.
        num_groups: how many groups of neighbouring channels there are.
        weight: a factor for each channel, ``(C,)``, or None.
        bias: a summand for each channel, ``(C,)``, or None.
        eps: a number added to the variance.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ShapeError: the channels are not divisible by ``num_groups``, or a parameter is not ``(C,)``.
        ValueError: every group is of one value.

    Example::

        >>> F.group_norm(polygrad.tensor([[1.0, 3.0, 0.0, 10.0]]), 2)
        tensor([[-1.0000,  1.0000, -1.0000,  1.0000]])
    """
def gumbel_softmax(logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Tensor:
    """Sample from the Gumbel-softmax distribution, a differentiable relaxation of a categorical variable.

    ``softmax((logits + gumbel noise) / tau)``.  Jang, Gu and Poole, 2016, arXiv:1611.01144; Maddison, Mnih and Teh, 2016,
    arXiv:1611.00712.

    Args:
        logits: unnormalized log-probabilities, of any shape.
        tau: the temperature, positive; samples approach one-hot vectors as it goes to 0.
        hard: return one-hot vectors, with the gradient of the relaxed sample (straight-through).
        eps: accepted for compatibility with PyTorch; it has no effect.
        dim: the dimension of the categories.

    Returns:
        A tensor of the shape of ``logits``, whose elements add up to 1 along ``dim``.

    Example::

        >>> F.gumbel_softmax(polygrad.zeros(2, 3), tau=0.5).shape
        polygrad.Size([2, 3])
    """
def hardshrink(input: Tensor, lambd: float = 0.5, *, out: Tensor | None = None) -> Tensor:
    """Set small elements to 0: ``input`` where ``abs(input) > lambd``, else 0.

    Args:
        input: a tensor of any shape.
        lambd: the largest absolute value that becomes 0.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> F.hardshrink(polygrad.tensor([-1.0, 0.3, 0.7]))
        tensor([-1.0000,  0.0000,  0.7000])
    """
def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """Piecewise linear sigmoid: ``relu6(input + 3) / 6``.

    Args:
        input: a tensor of any shape.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``, with values from 0 to 1.

    Example::

        >>> F.hardsigmoid(polygrad.tensor([-4.0, 0.0, 1.5]))
        tensor([0.0000, 0.5000, 0.7500])
    """
def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """Piecewise swish: ``input * relu6(input + 3) / 6``.

    Howard et al., "Searching for MobileNetV3", 2019, arXiv:1905.02244.

    Args:
        input: a tensor of any shape.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> F.hardswish(polygrad.tensor([-4.0, -1.0, 1.0]))
        tensor([-0.0000, -0.3333,  0.6667])
    """
def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """Clip ``input`` to the range from ``min_val`` to ``max_val``.

    Args:
        input: a tensor of any shape.
        min_val: the lower bound.
        max_val: the upper bound.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ValueError: ``min_val`` is larger than ``max_val``.

    Example::

        >>> F.hardtanh(polygrad.tensor([-3.0, 0.5, 3.0]))
        tensor([-1.0000,  0.5000,  1.0000])
    """
def hardtanh_(input: Tensor, min_val: float = -1.0, max_val: float = 1.0) -> Tensor:
    """`hardtanh` in place.

    Args:
        input: a tensor of any shape, which is overwritten.
        min_val: the lower bound.
        max_val: the upper bound.

    Returns:
        ``input``.

    Raises:
        RuntimeError: ``input`` is a leaf that requires grad.

    Example::

        >>> F.hardtanh_(polygrad.tensor([-2.0, 0.5, 2.0]))
        tensor([-1.0000,  0.5000,  1.0000])
    """
def hinge_embedding_loss(input: Tensor, target: Tensor, margin: float = 1.0, reduction: str = 'mean') -> Tensor:
    """Hinge loss of distances: ``input`` where ``target`` is 1, ``max(0, margin - input)`` where it is -1.

    Args:
        input: distances, of any shape.
        target: a tensor of the same shape, of 1 and -1.
        margin: the distance that dissimilar pairs should have.
        reduction: "mean", "sum", or "none" for the loss of each element.

    Returns:
        A scalar, or with "none" a tensor of the shape of ``input``.

    Raises:
        ValueError: ``reduction`` is unknown.

    Example::

        >>> F.hinge_embedding_loss(polygrad.tensor([0.2, 0.2]), polygrad.tensor([1, -1]), reduction="none")
        tensor([0.2000, 0.8000])
    """
def huber_loss(
    input: Tensor,
    target: Tensor,
    reduction: str = 'mean',
    delta: float = 1.0,
    weight: Tensor | None = None,
) -> Tensor:
    """Squared error for small differences, absolute error for large ones, in the scale of the squared error.

    With ``d = abs(input - target)``: ``d ** 2 / 2`` where ``d <= delta``, else ``delta * (d - delta / 2)``.  Huber, "Robust
    estimation of a location parameter", 1964.

    Args:
        input: a tensor of any shape.
        target: a tensor of the same shape; another that broadcasts is taken with a warning.
        reduction: "mean", "sum", or "none" for the loss of each element.
        delta: the difference where the loss becomes linear, positive.
        weight: a factor for each element, or None.

    Returns:
        A scalar, or with "none" a tensor of the shape of ``input``.

    Raises:
        ShapeError: the shapes do not broadcast.
        RuntimeError: ``delta`` is not positive.

    Example::

        >>> F.huber_loss(polygrad.tensor([0.0, 0.0]), polygrad.tensor([0.5, 3.0]), reduction="none", delta=2.0)
        tensor([0.1250, 4.0000])
    """
def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-05,
) -> Tensor:
    """Normalize each channel of each sample to mean 0 and variance 1, then scale and shift it.

    Ulyanov, Vedaldi and Lempitsky, "Instance normalization", 2016, arXiv:1607.08022.

    Args:
        input: a tensor ``(N, C, *)``.
        running_mean: the running mean ``(C,)``, updated in place as by `batch_norm`, or None.
        running_var: the running variance ``(C,)``, updated in place, or None.
        weight: a factor for each channel, ``(C,)``, or None.
        bias: a summand for each channel, ``(C,)``, or None.
        use_input_stats: whether to use, and follow, the statistics of ``input``; otherwise the running ones are used.
        momentum: the part of the new statistics in the running ones.
        eps: a number added to the variance.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ShapeError: a parameter is not ``(C,)``.
        ValueError: a channel has fewer than 2 elements.

    Example::

        >>> F.instance_norm(polygrad.tensor([[[1.0, 3.0], [0.0, 10.0]]]))
        tensor([[[-1.0000,  1.0000],
                 [-1.0000,  1.0000]]])
    """
def interpolate(
    input: Tensor,
    size: int | Sequence[int] | None = None,
    scale_factor: float | Sequence[float] | None = None,
    mode: str = 'nearest',
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """Resize the spatial dimensions of images, sequences or volumes.

    "bicubic" is the cubic convolution of Keys (1981) with ``a = -0.75``.

    Args:
        input: a tensor ``(N, C, *)`` with one to three spatial dimensions.
        size: the new spatial lengths, or one int for all of them.
        scale_factor: the ratio of new to old length, or one ratio per dimension; given instead of ``size``.
        mode: "nearest", "nearest-exact", "area"; "linear" (one spatial dimension), "bilinear" or "bicubic" (two), "trilinear"
            (three).
        align_corners: for the last four modes: whether the centres of the corner elements are aligned, or their outer edges.
        recompute_scale_factor: interpolate with the ratio of the integer lengths, not with ``scale_factor``.
        antialias: for "bilinear" and "bicubic": average over as many elements as one of the result covers, where that shrinks.
            The cubic convolution then has ``a = -0.5``.

    Returns:
        A tensor ``(N, C, *size)``.

    Raises:
        ValueError: both or neither of ``size`` and ``scale_factor`` are given, or ``align_corners`` is given for another mode.
        TypeError: ``size`` is not an integer.
        ShapeError: ``input`` has no spatial dimension, or the result would be empty.
        NotImplementedError: ``mode`` does not suit the number of dimensions.

    Example::

        >>> F.interpolate(polygrad.tensor([[[1.0, 2.0]]]), scale_factor=2)
        tensor([[[1., 1., 2., 2.]]])
        >>> F.interpolate(polygrad.tensor([[[1.0, 2.0]]]), size=4, mode="linear")
        tensor([[[1.0000, 1.2500, 1.7500, 2.0000]]])
    """
def kl_div(input: Tensor, target: Tensor, reduction: str = 'mean', log_target: bool = False) -> Tensor:
    """Kullback-Leibler divergence of ``target`` from ``input``: ``target * (log(target) - input)``.

    Args:
        input: log-probabilities of any shape.
        target: probabilities of the same shape, or their logarithms with ``log_target``.
        reduction: "batchmean" divides the sum by the length of the first dimension, which is the divergence; "mean" divides by
            the number of elements, and warns; or "sum" or "none".
        log_target: whether ``target`` has logarithms.

    Returns:
        A scalar, or with "none" a tensor of the shape of ``input``.

    Raises:
        ShapeError: the shapes do not broadcast.
        RuntimeError: ``target`` is of an integer type.

    Example::

        >>> input = polygrad.tensor([[0.5, 0.5]]).log()
        >>> F.kl_div(input, polygrad.tensor([[0.9, 0.1]]), reduction="batchmean")
        tensor(0.3681)
    """
def l1_loss(input: Tensor, target: Tensor, reduction: str = 'mean', weight: Tensor | None = None) -> Tensor:
    """Mean absolute error: ``abs(input - target)``.

    Args:
        input: a tensor of any shape.
        target: a tensor of the same shape; another that broadcasts is taken with a warning.
        reduction: "mean", "sum", or "none" for the loss of each element.
        weight: a factor for each element, or None.  The mean is then divided by the sum of the factors.

    Returns:
        A scalar, or with "none" a tensor of the shape of ``input``.

    Raises:
        ShapeError: the shapes do not broadcast.
        ValueError: ``reduction`` is unknown.

    Example::

        >>> F.l1_loss(polygrad.tensor([1.0, 2.0]), polygrad.tensor([1.0, 4.0]))
        tensor(1.)
    """
def layer_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-05,
) -> Tensor:
    """Normalize the last dimensions to mean 0 and variance 1: ``(input - mean) / sqrt(variance + eps) * weight + bias``.

    Ba, Kiros and Hinton, "Layer normalization", 2016, arXiv:1607.06450.

    Args:
        input: a tensor ``(*, *normalized_shape)``.
        normalized_shape: the lengths of the dimensions that are normalized together.
        weight: a factor for each element, of shape ``normalized_shape``, or None.
        bias: a summand for each element, of shape ``normalized_shape``, or None.
        eps: a number added to the variance, which is the biased one.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ShapeError: ``input`` does not end in ``normalized_shape``, or ``weight`` or ``bias`` has another shape.
        MixedTypesError: the data types differ, other than half precision with float32 parameters.

    Example::

        >>> F.layer_norm(polygrad.tensor([[1.0, 3.0], [0.0, 10.0]]), (2,))
        tensor([[-1.0000,  1.0000],
                [-1.0000,  1.0000]])
    """
def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """Leaky rectifier: ``input`` where it is positive, else ``negative_slope * input``.

    Args:
        input: a tensor of any shape.
        negative_slope: the slope on the negative side.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> F.leaky_relu(polygrad.tensor([-1.0, 0.0, 2.0]), 0.1)
        tensor([-0.1000,  0.0000,  2.0000])
    """
def leaky_relu_(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    """`leaky_relu` in place.

    Args:
        input: a tensor of any shape, which is overwritten.
        negative_slope: the slope on the negative side.

    Returns:
        ``input``.

    Raises:
        RuntimeError: ``input`` is a leaf that requires grad.

    Example::

        >>> F.leaky_relu_(polygrad.tensor([-1.0, 0.0, 2.0]), 0.5)
        tensor([-0.5000,  0.0000,  2.0000])
    """
def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Affine map of the last dimension: ``input @ weight.mT + bias``.

    Args:
        input: a tensor ``(*, in_features)``.
        weight: a matrix ``(out_features, in_features)``, or a vector ``(in_features,)``.
        bias: a vector ``(out_features,)``, or None; None if ``weight`` is a vector.

    Returns:
        A tensor ``(*, out_features)``, or ``(*)`` if ``weight`` is a vector.

    Raises:
        ShapeError: the shapes do not match.  It is a ValueError and a RuntimeError.
        MixedTypesError: the data types differ.

    Example::

        >>> F.linear(polygrad.tensor([[1.0, 2.0]]), polygrad.tensor([[1.0, 1.0], [1.0, -1.0]]), polygrad.tensor([0.0, 5.0]))
        tensor([[3., 4.]])
    """
def local_response_norm(
    input: Tensor,
    size: int,
    alpha: float = 0.0001,
    beta: float = 0.75,
    k: float = 1.0,
) -> Tensor:
    """Divide by a power of the squares in neighbouring channels: ``input / (k + alpha * mean square) ** beta``.

    Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep convolutional neural networks", 2012.

    Args:
        input: a tensor ``(N, C, *)`` with at least 3 dimensions.
        size: over how many channels around each one the mean is taken; channels beyond the ends count as 0.
        alpha: the factor of the mean square.
        beta: the exponent.
        k: the summand.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ShapeError: ``input`` has fewer than 3 dimensions.

    Example::

        >>> F.local_response_norm(polygrad.ones(1, 3, 1), size=2, alpha=1.0).flatten()
        tensor([0.7378, 0.5946, 0.5946])
    """
def log_softmax(
    input: Tensor,
    dim: int | None = None,
    dtype: DTypeLike | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """Logarithm of `softmax`, accurate also where the softmax underflows.

    Args:
        input: a tensor of any shape.
        dim: the dimension along which the exponentials add up to 1.  None chooses one, as in `softmax`, and warns.
        dtype: convert ``input`` to this data type first.

    Returns:
        A tensor of the shape of ``input``, with values up to 0.

    Raises:
        IndexError: ``input`` has no dimension ``dim``.

    Example::

        >>> F.log_softmax(polygrad.tensor([0.0, 1000.0]), dim=0)
        tensor([-1000.,     0.])
    """
def logsigmoid(input: Tensor) -> Tensor:
    """Logarithm of the sigmoid, ``-log(1 + exp(-input))``, accurate also where the sigmoid underflows.

    Args:
        input: a tensor of any shape.

    Returns:
        A tensor of the shape of ``input``, with values up to 0.

    Example::

        >>> F.logsigmoid(polygrad.tensor([-200.0, 0.0]))
        tensor([-200.0000,   -0.6931])
    """
def lp_pool1d(
    input: Tensor,
    norm_type: float,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    ceil_mode: bool = False,
) -> Tensor:
    """Take the norm of order ``norm_type`` of each window of sequences: ``sum(x ** norm_type) ** (1 / norm_type)``.

    A window that ``ceil_mode`` lets reach beyond the sequence is scaled as if it were full.

    Args:
        input: sequences ``(N, C, L)`` or ``(C, L)``.
        norm_type: the exponent.
        kernel_size: the length of a window.
        stride: the step from window to window; None is ``kernel_size``.
        ceil_mode: keep a last window that reaches beyond the sequence.

    Returns:
        A tensor ``(N, C, L')`` with ``L' = (L - kernel_size) // stride + 1``, without ``N`` if ``input`` has none.

    Raises:
        ShapeError: no window fits.

    Example::

        >>> F.lp_pool1d(polygrad.tensor([[3.0, 4.0, 0.0, 2.0]]), 2, 2)
        tensor([[5., 2.]])
    """
def lp_pool2d(
    input: Tensor,
    norm_type: float,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    ceil_mode: bool = False,
) -> Tensor:
    """Take the norm of order ``norm_type`` of each window of images: ``sum(x ** norm_type) ** (1 / norm_type)``.

    A window that ``ceil_mode`` lets reach beyond the image is scaled as if it were full.

    Args:
        input: images ``(N, C, H, W)`` or ``(C, H, W)``.
        norm_type: the exponent.
        kernel_size: the size of a window: an int, or a pair ``(height, width)``.
        stride: the step from window to window, an int or a pair; None is ``kernel_size``.
        ceil_mode: keep a last window that reaches beyond the image.

    Returns:
        A tensor ``(N, C, H', W')`` with ``H' = (H - kernel height) // stride + 1`` and ``W'`` likewise, without ``N`` if ``input``
        has none.

    Raises:
        ShapeError: no window fits.

    Example::

        >>> F.lp_pool2d(polygrad.tensor([[[3.0, 0.0], [0.0, 4.0]]]), 2, 2)
        tensor([[[5.]]])
    """
def lp_pool3d(
    input: Tensor,
    norm_type: float,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    ceil_mode: bool = False,
) -> Tensor:
    """Take the norm of order ``norm_type`` of each window of volumes: ``sum(x ** norm_type) ** (1 / norm_type)``.

    A window that ``ceil_mode`` lets reach beyond the volume is scaled as if it were full.

    Args:
        input: volumes ``(N, C, D, H, W)`` or ``(C, D, H, W)``.
        norm_type: the exponent.
        kernel_size: the size of a window: an int, or three ``(depth, height, width)``.
        stride: the step from window to window, an int or three; None is ``kernel_size``.
        ceil_mode: keep a last window that reaches beyond the volume.

    Returns:
        A tensor ``(N, C, D', H', W')`` with ``D' = (D - kernel depth) // stride + 1`` and the others likewise, without ``N`` if
        ``input`` has none.

    Raises:
        ShapeError: no window fits.

    Example::

        >>> F.lp_pool3d(polygrad.tensor([[[[3.0, 0.0], [0.0, 4.0]]]]), 2, (1, 2, 2))
        tensor([[[[5.]]]])
    """
def margin_ranking_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0.0,
    reduction: str = 'mean',
) -> Tensor:
    """Hinge loss of a ranking: ``max(0, -target * (input1 - input2) + margin)``.

    Args:
        input1: a tensor of any shape.
        input2: a tensor of the same shape.
        target: 1 where ``input1`` should be the larger, -1 where ``input2`` should.
        margin: by how much.
        reduction: "mean", "sum", or "none" for the loss of each element.

    Returns:
        A scalar, or with "none" a tensor of the shape of ``input1``.

    Raises:
        ValueError: ``reduction`` is unknown.

    Example::

        >>> F.margin_ranking_loss(polygrad.tensor([2.0]), polygrad.tensor([1.0]), polygrad.tensor([-1.0]), margin=0.5)
        tensor(1.5000)
    """
@overload
def max_pool1d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    ceil_mode: bool = False,
    return_indices: Literal[False] = False,
) -> Tensor:
    """Take the maximum of each window of sequences; of equal elements the first gets the gradient.

    Args:
        input: sequences ``(N, C, L)`` or ``(C, L)``.
        kernel_size: the length of a window.
        stride: the step from window to window; None is ``kernel_size``.
        padding: how many elements to add at each end, at most half of ``kernel_size``; none of them is a maximum.
        dilation: the step from element to element of a window.
        ceil_mode: keep a last window that reaches beyond the sequence.
        return_indices: also return where the maxima are in the sequence.

    Returns:
        A tensor ``(N, C, L')`` with ``L' = (L + 2 * padding - dilation * (kernel_size - 1) - 1) // stride + 1``, without ``N`` if
        ``input`` has none; with ``return_indices`` a pair of it and int64 indices of its shape.

    Raises:
        ShapeError: no window fits, or a setting is out of range.

    Example::

        >>> F.max_pool1d(polygrad.tensor([[1.0, 3.0, 2.0, 0.0]]), 2, return_indices=True)
        (tensor([[3., 2.]]), tensor([[1, 2]]))
    """
@overload
def max_pool1d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    ceil_mode: bool = False,
    *,
    return_indices: Literal[True],
) -> tuple[Tensor, Tensor]: ...
@overload
def max_pool1d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any: ...
def max_pool1d_with_indices(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> tuple[Tensor, Tensor]:
    """Call `max_pool1d` with ``return_indices=True``.

    Args:
        input: as in `max_pool1d`; so for the next five.
        kernel_size: the size of a window.
        stride: the step from window to window.
        padding: how many elements to add at each edge.
        dilation: the step from element to element of a window.
        ceil_mode: keep a last window that reaches beyond the edge.
        return_indices: ignored: the indices are always returned.

    Returns:
        A pair of the maxima and of where they are, as int64.

    Raises:
        ShapeError: no window fits, or a setting is out of range.

    Example::

        >>> F.max_pool1d_with_indices(polygrad.tensor([[1.0, 3.0, 2.0, 0.0]]), 2)
        (tensor([[3., 2.]]), tensor([[1, 2]]))
    """
@overload
def max_pool2d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    ceil_mode: bool = False,
    return_indices: Literal[False] = False,
) -> Tensor:
    """Take the maximum of each window of images; of equal elements the first gets the gradient.

    Args:
        input: images ``(N, C, H, W)`` or ``(C, H, W)``.
        kernel_size: the size of a window: an int, or a pair ``(height, width)``; so for the next three.
        stride: the step from window to window; None is ``kernel_size``.
        padding: how many elements to add at each edge, at most half of ``kernel_size``; none of them is a maximum.
        dilation: the step from element to element of a window.
        ceil_mode: keep a last window that reaches beyond the image.
        return_indices: also return where the maxima are, as ``row * W + column``.

    Returns:
        A tensor ``(N, C, H', W')`` with ``H' = (H + 2 * padding - dilation * (kernel height - 1) - 1) // stride + 1`` and ``W'``
        likewise, without ``N`` if ``input`` has none; with ``return_indices`` a pair of it and int64 indices of its shape.

    Raises:
        ShapeError: no window fits, or a setting is out of range.

    Example::

        >>> F.max_pool2d(polygrad.arange(16.0).reshape(1, 4, 4), 2)
        tensor([[[ 5.,  7.],
                 [13., 15.]]])
    """
@overload
def max_pool2d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    ceil_mode: bool = False,
    *,
    return_indices: Literal[True],
) -> tuple[Tensor, Tensor]: ...
@overload
def max_pool2d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any: ...
def max_pool2d_with_indices(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> tuple[Tensor, Tensor]:
    """Call `max_pool2d` with ``return_indices=True``.

    Args:
        input: as in `max_pool2d`; so for the next five.
        kernel_size: the size of a window.
        stride: the step from window to window.
        padding: how many elements to add at each edge.
        dilation: the step from element to element of a window.
        ceil_mode: keep a last window that reaches beyond the edge.
        return_indices: ignored: the indices are always returned.

    Returns:
        A pair of the maxima and of where they are, as int64.

    Raises:
        ShapeError: no window fits, or a setting is out of range.

    Example::

        >>> F.max_pool2d_with_indices(polygrad.arange(4.0).reshape(1, 2, 2), 2)
        (tensor([[[3.]]]), tensor([[[3]]]))
    """
@overload
def max_pool3d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    ceil_mode: bool = False,
    return_indices: Literal[False] = False,
) -> Tensor:
    """Take the maximum of each window of volumes; of equal elements the first gets the gradient.

    Args:
        input: volumes ``(N, C, D, H, W)`` or ``(C, D, H, W)``.
        kernel_size: the size of a window: an int, or three ``(depth, height, width)``; so for the next three.
        stride: the step from window to window; None is ``kernel_size``.
        padding: how many elements to add at each face, at most half of ``kernel_size``; none of them is a maximum.
        dilation: the step from element to element of a window.
        ceil_mode: keep a last window that reaches beyond the volume.
        return_indices: also return where the maxima are, as ``(depth * H + row) * W + column``.

    Returns:
        A tensor ``(N, C, D', H', W')`` with ``D' = (D + 2 * padding - dilation * (kernel depth - 1) - 1) // stride + 1`` and the
        others likewise, without ``N`` if ``input`` has none; with ``return_indices`` a pair of it and int64 indices of its shape.

    Raises:
        ShapeError: no window fits, or a setting is out of range.

    Example::

        >>> F.max_pool3d(polygrad.arange(64.0).reshape(1, 4, 4, 4), (4, 2, 2))
        tensor([[[[53., 55.],
                  [61., 63.]]]])
    """
@overload
def max_pool3d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    ceil_mode: bool = False,
    *,
    return_indices: Literal[True],
) -> tuple[Tensor, Tensor]: ...
@overload
def max_pool3d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any: ...
def max_pool3d_with_indices(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> tuple[Tensor, Tensor]:
    """Call `max_pool3d` with ``return_indices=True``.

    Args:
        input: as in `max_pool3d`; so for the next five.
        kernel_size: the size of a window.
        stride: the step from window to window.
        padding: how many elements to add at each edge.
        dilation: the step from element to element of a window.
        ceil_mode: keep a last window that reaches beyond the edge.
        return_indices: ignored: the indices are always returned.

    Returns:
        A pair of the maxima and of where they are, as int64.

    Raises:
        ShapeError: no window fits, or a setting is out of range.

    Example::

        >>> F.max_pool3d_with_indices(polygrad.arange(8.0).reshape(1, 2, 2, 2), 2)
        (tensor([[[[7.]]]]), tensor([[[[7]]]]))
    """
def max_unpool1d(
    input: Tensor,
    indices: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """Put the maxima that `max_pool1d` found back where they were; everything else is 0.

    Where indices repeat, as those of overlapping windows may, the last maximum is taken.

    Args:
        input: maxima of sequences, ``(N, C, L)`` or ``(C, L)``.
        indices: where they were, place in the sequence, as int64 of the shape of ``input``.
        kernel_size: the size of a window: an int; so for the next two.
        stride: the step from window to window; None is ``kernel_size``.
        padding: how many elements were added at each edge.
        output_size: the size before pooling, with or without the first two dimensions, where several sizes give that of ``input``.

    Returns:
        A tensor ``(N, C, L')`` with ``L' = (L - 1) * stride + kernel_size - 2 * padding``, or of
        ``output_size``, without ``N`` if ``input`` has none.

    Raises:
        ShapeError: the shapes differ, or the result would be empty.
        ValueError: ``output_size`` cannot have been the size before pooling.
        RuntimeError: an index lies outside of the result.

    Example::

        >>> x, i = F.max_pool1d(polygrad.tensor([[1.0, 3.0, 2.0, 0.0]]), 2, return_indices=True)
        >>> F.max_unpool1d(x, i, 2)
        tensor([[0., 3., 2., 0.]])
    """
def max_unpool2d(
    input: Tensor,
    indices: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """Put the maxima that `max_pool2d` found back where they were; everything else is 0.

    Where indices repeat, as those of overlapping windows may, the last maximum is taken.

    Args:
        input: maxima of images, ``(N, C, H, W)`` or ``(C, H, W)``.
        indices: where they were, ``row * W' + column``, as int64 of the shape of ``input``.
        kernel_size: the size of a window: an int, or a pair ``(height, width)``; so for the next two.
        stride: the step from window to window; None is ``kernel_size``.
        padding: how many elements were added at each edge.
        output_size: the size before pooling, with or without the first two dimensions, where several sizes give that of ``input``.

    Returns:
        A tensor ``(N, C, H', W')`` with ``H' = (H - 1) * stride + kernel height - 2 * padding`` and ``W'``
        likewise, without ``N`` if ``input`` has none; or of ``output_size``.

    Raises:
        ShapeError: the shapes differ, or the result would be empty.
        ValueError: ``output_size`` cannot have been the size before pooling.
        RuntimeError: an index lies outside of the result.

    Example::

        >>> x, i = F.max_pool2d(polygrad.arange(4.0).reshape(1, 2, 2), 2, return_indices=True)
        >>> F.max_unpool2d(x, i, 2)
        tensor([[[0., 0.],
                 [0., 3.]]])
    """
def max_unpool3d(
    input: Tensor,
    indices: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """Put the maxima that `max_pool3d` found back where they were; everything else is 0.

    Where indices repeat, as those of overlapping windows may, the last maximum is taken.

    Args:
        input: maxima of volumes, ``(N, C, D, H, W)`` or ``(C, D, H, W)``.
        indices: where they were, ``(depth * H' + row) * W' + column``, as int64 of the shape of ``input``.
        kernel_size: the size of a window: an int, or three ``(depth, height, width)``; so for the next two.
        stride: the step from window to window; None is ``kernel_size``.
        padding: how many elements were added at each edge.
        output_size: the size before pooling, with or without the first two dimensions, where several sizes give that of ``input``.

    Returns:
        A tensor ``(N, C, D', H', W')`` with ``D' = (D - 1) * stride + kernel depth - 2 * padding`` and the
        others likewise, without ``N`` if ``input`` has none; or of ``output_size``.

    Raises:
        ShapeError: the shapes differ, or the result would be empty.
        ValueError: ``output_size`` cannot have been the size before pooling.
        RuntimeError: an index lies outside of the result.

    Example::

        >>> x, i = F.max_pool3d(polygrad.arange(4.0).reshape(1, 1, 2, 2), (1, 2, 2), return_indices=True)
        >>> F.max_unpool3d(x, i, (1, 2, 2))
        tensor([[[[0., 0.],
                  [0., 3.]]]])
    """
def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """Mish: ``input * tanh(softplus(input))`` elementwise.

    Misra, "Mish: a self regularized non-monotonic activation function", 2019, arXiv:1908.08681.

    Args:
        input: a tensor of any shape.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> F.mish(polygrad.tensor([-1.0, 0.0, 1.0]))
        tensor([-0.3034,  0.0000,  0.8651])
    """
def mse_loss(input: Tensor, target: Tensor, reduction: str = 'mean', weight: Tensor | None = None) -> Tensor:
    """Mean squared error: ``(input - target) ** 2``.

    Args:
        input: a tensor of any shape.
        target: a tensor of the same shape; another that broadcasts is taken with a warning.
        reduction: "mean", "sum", or "none" for the loss of each element.
        weight: a factor for each element, or None.  The mean is then divided by the sum of the factors.

    Returns:
        A scalar, or with "none" a tensor of the shape of ``input``.

    Raises:
        ShapeError: the shapes do not broadcast.
        ValueError: ``reduction`` is unknown.

    Example::

        >>> F.mse_loss(polygrad.tensor([1.0, 2.0]), polygrad.tensor([1.0, 4.0]))
        tensor(2.)
    """
def multi_head_attention_forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Tensor | None,
    in_proj_bias: Tensor | None,
    bias_k: Tensor | None,
    bias_v: Tensor | None,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Tensor,
    out_proj_bias: Tensor | None,
    training: bool = True,
    key_padding_mask: Tensor | None = None,
    need_weights: bool = True,
    attn_mask: Tensor | None = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Tensor | None = None,
    k_proj_weight: Tensor | None = None,
    v_proj_weight: Tensor | None = None,
    static_k: Tensor | None = None,
    static_v: Tensor | None = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Tensor, Tensor | None]:
    """Compute what `MultiheadAttention` computes, from parameters that are given.

    Shapes: ``L`` positions of queries, ``S`` of keys, batch ``N``, ``E`` features; query, key and value all have a batch, or none.

    Args:
        query: a tensor ``(L, N, E)`` or ``(L, E)``.
        key: a tensor ``(S, N, E)`` or ``(S, E)``; another number of features needs ``use_separate_proj_weight``.
        value: a tensor ``(S, N, E)`` or ``(S, E)``, as ``key``.
        embed_dim_to_check: ``E``.
        num_heads: the number of heads, which divides ``E``.
        in_proj_weight: the weights of query, key and value on each other, ``(3 * E, E)``.
        in_proj_bias: their biases ``(3 * E,)``, or None.
        bias_k: a key to append to the keys, ``(1, 1, E)``, or None.
        bias_v: a value to append to the values, ``(1, 1, E)``, or None.
        add_zero_attn: append a key and a value of zeros.
        dropout_p: the probability that a weight is dropped in training.
        out_proj_weight: the weight of the output, ``(E, E)``.
        out_proj_bias: its bias ``(E,)``, or None.
        training: whether to apply dropout.
        key_padding_mask: ``(N, S)``: True, or ``-inf``, at keys that are left out.
        need_weights: return the weights as well.
        attn_mask: ``(L, S)`` or ``(N * num_heads, L, S)``: True where no attention is paid, or numbers that are added to the
            scores.
        use_separate_proj_weight: use the next three instead of ``in_proj_weight``.
        q_proj_weight: the weight of the queries, ``(E, E)``.
        k_proj_weight: the weight of the keys, ``(E, features of key)``.
        v_proj_weight: the weight of the values, ``(E, features of value)``.
        static_k: keys ``(N * num_heads, S, E / num_heads)`` in place of the projected ones.
        static_v: values in place of the projected ones.
        average_attn_weights: average the returned weights over the heads.
        is_causal: a hint that ``attn_mask`` is the causal mask.

    Returns:
        The output ``(L, N, E)``, and the weights ``(N, L, S)``, ``(N, num_heads, L, S)`` if not averaged, or None; without ``N``
        if ``query`` has none.

    Raises:
        ShapeError: the shapes do not match.
        RuntimeError: ``is_causal`` is set without ``attn_mask``.

    Example::

        >>> x, weight = polygrad.ones(5, 3, 8), polygrad.ones(24, 8)
        >>> output, weights = F.multi_head_attention_forward(
        ...     x, x, x, 8, 2, weight, None, None, None, False, 0.0, polygrad.ones(8, 8), None
        ... )
        >>> output.shape, weights.shape
        (polygrad.Size([5, 3, 8]), polygrad.Size([3, 5, 5]))
    """
def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: int = 1,
    margin: float = 1.0,
    weight: Tensor | None = None,
    reduction: str = 'mean',
) -> Tensor:
    """Hinge loss of the scores of classes: ``sum(max(0, margin - input[target] + input[i]) ** p for i != target) / C``.

    Args:
        input: scores ``(N, C)`` or ``(C,)``.
        target: the class of each row, ``(N,)`` or ``()``.
        p: the exponent, 1 or 2.
        margin: by how much the score of the target should exceed the others.
        weight: a factor for each class, ``(C,)``, or None: that of the target multiplies the loss.
        reduction: "mean", "sum", or "none" for the loss of each row.

    Returns:
        A scalar, or with "none" a tensor ``(N,)``.

    Raises:
        ValueError: ``p`` is neither 1 nor 2, ``weight`` is not a vector, or ``reduction`` is unknown.
        ShapeError: the shapes do not fit.
        RuntimeError: a target is not a class.

    Example::

        >>> F.multi_margin_loss(polygrad.tensor([[0.1, 0.2, 0.9]]), polygrad.tensor([2]))
        tensor(0.1667)
    """
def multilabel_margin_loss(input: Tensor, target: Tensor, reduction: str = 'mean') -> Tensor:
    """Hinge loss of several classes: ``sum(max(0, 1 - input[j] + input[i])) / C`` over targets ``j`` and other classes ``i``.

    Args:
        input: scores ``(N, C)`` or ``(C,)``.
        target: classes, in a tensor of the same shape; in each row only those before the first -1 count.
        reduction: "mean", "sum", or "none" for the loss of each row.

    Returns:
        A scalar, or with "none" a tensor ``(N,)``.

    Raises:
        ShapeError: the shapes do not fit.
        RuntimeError: a target is not a class.
        ValueError: ``reduction`` is unknown.

    Example::

        >>> input, target = polygrad.tensor([[0.1, 0.2, 0.4, 0.8]]), polygrad.tensor([[3, 0, -1, 1]])
        >>> F.multilabel_margin_loss(input, target)
        tensor(0.8500)
    """
def multilabel_soft_margin_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    reduction: str = 'mean',
) -> Tensor:
    """Logistic loss of several classes: the mean, over the classes, of `binary_cross_entropy_with_logits`.

    Args:
        input: scores ``(*, C)``.
        target: a tensor of the same shape, 1 for the classes that a row has and 0 for the others.
        weight: a factor for each class, that broadcasts to ``input``, or None.
        reduction: "mean", "sum", or "none" for the loss of each row.

    Returns:
        A scalar, or with "none" a tensor ``(*)``.

    Raises:
        ValueError: ``reduction`` is unknown.
        ShapeError: the shapes differ, or there is no dimension of classes.

    Example::

        >>> F.multilabel_soft_margin_loss(polygrad.tensor([[2.0, -1.0]]), polygrad.tensor([[1.0, 0.0]]))
        tensor(0.2201)
    """
def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    ignore_index: int = -100,
    reduction: str = 'mean',
) -> Tensor:
    """Negative log-likelihood of classes: ``-weight[y] * input[n, y]`` with ``y = target[n]``.

    The mean divides by the sum of the weights of all targets.

    Args:
        input: log-probabilities ``(N, C)``, ``(N, C, *)`` or ``(C,)``.
        target: classes from 0 to ``C - 1``, integers ``(N,)``, ``(N, *)`` or ``()``.
        weight: a weight for each class, ``(C,)``, or None.
        ignore_index: a target that does not count.
        reduction: "mean", "sum", or "none" for the loss of each target.

    Returns:
        A scalar, or with "none" a tensor ``(N,)``, ``(N, *)`` or ``()``.

    Raises:
        ShapeError: the shapes do not match.
        IndexError: a target is not among the classes.
        TypeError: targets are not of an integer type.

    Example::

        >>> scores = polygrad.tensor([[2.0, 0.0], [0.0, 2.0]])
        >>> F.nll_loss(F.log_softmax(scores, dim=1), polygrad.tensor([0, 0]), reduction="none")
        tensor([0.1269, 2.1269])
    """
def normalize(
    input: Tensor,
    p: float = 2.0,
    dim: int | Sequence[int] = 1,
    eps: float = 1e-12,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """Scale vectors to norm 1: ``input / max(norm(input, p, dim), eps)``.

    Args:
        input: a tensor of any shape.
        p: the order of the norm.
        dim: the dimension, or dimensions, of the vectors.
        eps: the smallest value that a norm counts as.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        IndexError: ``input`` has no dimension ``dim``.

    Example::

        >>> F.normalize(polygrad.tensor([3.0, 4.0]), dim=0)
        tensor([0.6000, 0.8000])
    """
def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """Encode each integer as a vector with a single 1 at that index.

    Args:
        tensor: integers of any shape, at least 0.
        num_classes: the length of the vectors; -1 takes one more than the largest integer.

    Returns:
        An int64 tensor ``(*tensor.shape, num_classes)``.

    Raises:
        RuntimeError: ``tensor`` is not of an integer type, has an element outside the classes, or does not tell their number:
            it is empty, in `vmap`, or in a traced function.

    Example::

        >>> F.one_hot(polygrad.tensor([0, 2]))
        tensor([[1, 0, 0],
                [0, 0, 1]])
    """
def pad(input: Tensor, pad: Sequence[int], mode: str = 'constant', value: float | None = None) -> Tensor:
    """Pad the last dimensions of a tensor.

    Args:
        input: a tensor with at least ``len(pad) / 2`` dimensions.
        pad: how many elements to add: ``(before, after)`` of the last dimension, then of the one before it, and so on.  Negative
            numbers take elements away.
        mode: "constant"; "reflect", the mirror image without the edge; "replicate", the edge repeated; or "circular", the other
            end.
        value: the added elements' value in mode "constant"; None is 0.

    Returns:
        A tensor with each padded dimension longer by ``before + after``.

    Raises:
        ShapeError: ``pad`` has an odd length, more pairs than there are dimensions, or more elements than the mode can provide.
        ValueError: a ``value`` is given for another mode than "constant".
        NotImplementedError: ``mode`` is unknown.

    Example::

        >>> F.pad(polygrad.tensor([1.0, 2.0, 3.0]), (1, 2))
        tensor([0., 1., 2., 3., 0., 0.])
        >>> F.pad(polygrad.tensor([1.0, 2.0, 3.0]), (1, 2), mode="reflect")
        tensor([2., 1., 2., 3., 2., 1.])
    """
def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-06, keepdim: bool = False) -> Tensor:
    """Distance of vectors in the last dimension: ``norm(x1 - x2 + eps, p)``.

    Args:
        x1: a tensor ``(*, D)``.
        x2: a tensor that broadcasts with ``x1``.
        p: the order of the norm.
        eps: a number added to each difference, which keeps the gradient finite where the vectors are equal.
        keepdim: keep the last dimension, with length 1.

    Returns:
        A tensor ``(*)``, or ``(*, 1)`` with ``keepdim``.

    Example::

        >>> F.pairwise_distance(polygrad.tensor([0.0, 0.0]), polygrad.tensor([3.0, 4.0]))
        tensor(5.0000)
    """
def pdist(input: Tensor, p: float = 2) -> Tensor:
    """Return the distance of each pair of rows of a matrix.  The gradient at a distance of 0 is 0.

    Args:
        input: a matrix ``(N, M)`` of a real floating-point type.
        p: the order of the norm, 0 or larger.

    Returns:
        A vector of ``N * (N - 1) / 2`` distances: of row 0 from rows 1, 2, …, of row 1 from rows 2, 3, …, and so on.

    Raises:
        RuntimeError: ``input`` is not a matrix of a real floating-point type, or ``p`` is negative.

    Example::

        >>> polygrad.pdist(polygrad.tensor([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0]]))
        tensor([5.0000, 1.0000, 4.2426])
    """
def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """Rearrange channels into pixels: ``(*, C * r * r, H, W)`` becomes ``(*, C, H * r, W * r)``.

    Shi et al., "Real-time single image and video super-resolution", 2016, arXiv:1609.05158.

    Args:
        input: a tensor ``(*, C * r * r, H, W)``.
        upscale_factor: ``r``, by which height and width grow.

    Returns:
        A tensor ``(*, C, H * r, W * r)``.

    Raises:
        ShapeError: ``input`` has fewer than 3 dimensions, or its channels are not divisible by ``r * r``.

    Example::

        >>> F.pixel_shuffle(polygrad.arange(4.0).reshape(4, 1, 1), 2)
        tensor([[[0., 1.],
                 [2., 3.]]])
    """
def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """Rearrange pixels into channels, the inverse of `pixel_shuffle`.

    Args:
        input: a tensor ``(*, C, H * r, W * r)``.
        downscale_factor: ``r``, by which height and width shrink.

    Returns:
        A tensor ``(*, C * r * r, H, W)``.

    Raises:
        ShapeError: ``input`` has fewer than 3 dimensions, or height or width is not divisible by ``r``.

    Example::

        >>> F.pixel_unshuffle(polygrad.ones(1, 3, 8, 8), 2).shape
        polygrad.Size([1, 12, 4, 4])
    """
def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    eps: float = 1e-08,
    reduction: str = 'mean',
) -> Tensor:
    """Negative log-likelihood of counts under Poisson distributions.

    ``exp(input) - target * input``, or with ``log_input=False`` ``input - target * log(input + eps)``; the term ``log(target!)``
    is left out unless ``full``.

    Args:
        input: the logarithm of the rate, or the rate itself, of any shape.
        target: counts of the same shape.
        log_input: whether ``input`` has logarithms.
        full: add Stirling's approximation of ``log(target!)`` where ``target > 1``.
        eps: a number added to a rate before its logarithm is taken.
        reduction: "mean", "sum", or "none" for the loss of each element.

    Returns:
        A scalar, or with "none" a tensor of the shape of ``input``.

    Raises:
        ValueError: ``reduction`` is unknown.

    Example::

        >>> F.poisson_nll_loss(polygrad.tensor([0.0, 1.0]), polygrad.tensor([1.0, 3.0]), reduction="none")
        tensor([ 1.0000, -0.2817])
    """
def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """`leaky_relu` with learned slopes: ``input`` where it is positive, else ``weight * input``.

    He et al., "Delving deep into rectifiers", 2015, arXiv:1502.01852.

    Args:
        input: a tensor ``(N, C, *)``, or of any shape if there is one slope.
        weight: the slopes, of shape ``(1,)``, ``()`` or, one per channel, ``(C,)``.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        RuntimeError: ``weight`` has neither one element nor one per channel.

    Example::

        >>> F.prelu(polygrad.tensor([[-1.0, -1.0]]), polygrad.tensor([0.1, 0.5]))
        tensor([[-0.1000, -0.5000]])
    """
def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """Rectified linear unit: ``max(input, 0)`` elementwise; its derivative at 0 is 0.

    Args:
        input: a tensor of any shape.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> F.relu(polygrad.tensor([-1.0, 0.0, 2.0]))
        tensor([0., 0., 2.])
    """
def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """Clip ``input`` to the range from 0 to 6.

    Args:
        input: a tensor of any shape.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> F.relu6(polygrad.tensor([-1.0, 3.0, 9.0]))
        tensor([0., 3., 6.])
    """
def relu_(input: Tensor) -> Tensor:
    """`relu` in place.

    Args:
        input: a tensor of any shape, which is overwritten.

    Returns:
        ``input``.

    Raises:
        RuntimeError: ``input`` is a leaf that requires grad.

    Example::

        >>> F.relu_(polygrad.tensor([-1.0, 0.0, 2.0]))
        tensor([0., 0., 2.])
    """
def rms_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    eps: float | None = None,
) -> Tensor:
    """Divide the last dimensions by the root of their mean square: ``input / sqrt(mean(input ** 2) + eps) * weight``.

    Zhang and Sennrich, "Root mean square layer normalization", 2019, arXiv:1910.07467.

    Args:
        input: a tensor ``(*, *normalized_shape)``.
        normalized_shape: the lengths of the dimensions that are normalized together.
        weight: a factor for each element, of shape ``normalized_shape``, or None.
        eps: a number added to the mean square; None is the machine epsilon of the data type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ShapeError: ``input`` does not end in ``normalized_shape``.

    Example::

        >>> F.rms_norm(polygrad.tensor([3.0, 4.0]), (2,))
        tensor([0.8485, 1.1314])
    """
def rrelu(
    input: Tensor,
    lower: float = 0.125,
    upper: float = 0.3333333333333333,
    training: bool = False,
    inplace: bool = False,
) -> Tensor:
    """Leaky rectified linear unit with random slopes: ``input`` where it is positive, else ``slope * input``.

    Xu, Wang, Chen and Li, "Empirical evaluation of rectified activations in convolutional network", 2015, arXiv:1505.00853.

    Args:
        input: a tensor of any shape.
        lower: the smallest slope.
        upper: the largest slope.
        training: draw a slope for each element, uniformly; otherwise all slopes are ``(lower + upper) / 2``.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        RuntimeError: ``lower`` is greater than ``upper``, or ``input`` is not of a floating-point type.

    Example::

        >>> F.rrelu(polygrad.tensor([-8.0, 0.0, 2.0]), 0.0, 0.5)
        tensor([-2.,  0.,  2.])
    """
def rrelu_(
    input: Tensor,
    lower: float = 0.125,
    upper: float = 0.3333333333333333,
    training: bool = False,
) -> Tensor:
    """`rrelu` in place.

    Args:
        input: a tensor of any shape, which is overwritten.
        lower: the smallest slope.
        upper: the largest slope.
        training: draw a slope for each element.

    Returns:
        ``input``.

    Raises:
        RuntimeError: ``input`` is a leaf that requires grad.

    Example::

        >>> F.rrelu_(polygrad.tensor([-8.0, 0.0, 2.0]), 0.0, 0.5)
        tensor([-2.,  0.,  2.])
    """
def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """Attend to values by the similarity of queries and keys: ``softmax(query @ key.mT * scale + attn_mask) @ value``.

    Vaswani et al., "Attention is all you need", 2017, arXiv:1706.03762.

    Args:
        query: a tensor ``(*, L, E)``: ``L`` positions of ``E`` features; dimension -3 is that of the heads, if there are any.
        key: a tensor ``(*, S, E)``.
        value: a tensor ``(*, S, Ev)``.
        attn_mask: a tensor that broadcasts to ``(*, L, S)``: bool, True where attention is paid, or floating, which is added to
            the scores.  A row that pays attention to nothing gives zeros.
        dropout_p: the probability that a weight is dropped, in training and evaluation alike.
        is_causal: let a position attend only to itself and earlier ones; excludes ``attn_mask``.
        scale: the factor of the scores; None is ``1 / sqrt(E)``.
        enable_gqa: grouped queries: the heads of ``key`` and ``value``, which divide those of ``query``, serve several each
            (Ainslie et al., 2023, arXiv:2305.13245).

    Returns:
        A tensor ``(*, L, Ev)``.

    Raises:
        ShapeError: the shapes do not match.  It is a ValueError and a RuntimeError.
        RuntimeError: ``attn_mask`` is given with ``is_causal``, or is of an integer type.
        ValueError: ``dropout_p`` is not from 0 to 1.

    Example::

        >>> x = polygrad.ones(2, 4, 8, 16)  # batch, heads, positions, features
        >>> F.scaled_dot_product_attention(x, x, x, is_causal=True).shape
        polygrad.Size([2, 4, 8, 16])
    """
def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """Scaled `elu`: ``1.0507 * elu(input, 1.6733)``, which keeps activations at mean 0 and variance 1.

    Klambauer et al., "Self-normalizing neural networks", 2017, arXiv:1706.02515.

    Args:
        input: a tensor of any shape.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> F.selu(polygrad.tensor([-1.0, 0.0, 1.0]))
        tensor([-1.1113,  0.0000,  1.0507])
    """
def selu_(input: Tensor) -> Tensor:
    """`selu` in place.

    Args:
        input: a tensor of any shape, which is overwritten.

    Returns:
        ``input``.

    Raises:
        RuntimeError: ``input`` is a leaf that requires grad.

    Example::

        >>> F.selu_(polygrad.tensor([-1.0, 0.0, 1.0]))
        tensor([-1.1113,  0.0000,  1.0507])
    """
def sigmoid(input: Tensor) -> Tensor:
    """Logistic function: ``1 / (1 + exp(-input))`` elementwise.

    Args:
        input: a tensor of any shape.

    Returns:
        A tensor of the shape of ``input``, with values from 0 to 1.

    Example::

        >>> F.sigmoid(polygrad.tensor([-2.0, 0.0, 2.0]))
        tensor([0.1192, 0.5000, 0.8808])
    """
def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """Sigmoid linear unit, or swish: ``input * sigmoid(input)`` elementwise.

    Elfwing, Uchibe and Doya, "Sigmoid-weighted linear units", 2017, arXiv:1702.03118.

    Args:
        input: a tensor of any shape.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> F.silu(polygrad.tensor([-1.0, 0.0, 1.0]))
        tensor([-0.2689,  0.0000,  0.7311])
    """
def smooth_l1_loss(input: Tensor, target: Tensor, reduction: str = 'mean', beta: float = 1.0) -> Tensor:
    """Squared error for small differences, absolute error for large ones.

    With ``d = abs(input - target)``: ``d ** 2 / (2 * beta)`` where ``d < beta``, else ``d - beta / 2``.  Girshick, "Fast R-CNN",
    2015, arXiv:1504.08083.

    Args:
        input: a tensor of any shape.
        target: a tensor of the same shape; another that broadcasts is taken with a warning.
        reduction: "mean", "sum", or "none" for the loss of each element.
        beta: the difference where the loss becomes linear, at least 0; with 0 this is `l1_loss`.

    Returns:
        A scalar, or with "none" a tensor of the shape of ``input``.

    Raises:
        ShapeError: the shapes do not broadcast.
        RuntimeError: ``beta`` is negative.

    Example::

        >>> F.smooth_l1_loss(polygrad.tensor([0.0, 0.0]), polygrad.tensor([0.5, 3.0]), reduction="none")
        tensor([0.1250, 2.5000])
    """
def soft_margin_loss(input: Tensor, target: Tensor, reduction: str = 'mean') -> Tensor:
    """Logistic loss: ``log(1 + exp(-target * input))``.

    Args:
        input: scores of any shape.
        target: a tensor of the same shape, of 1 and -1.
        reduction: "mean", "sum", or "none" for the loss of each element.

    Returns:
        A scalar, or with "none" a tensor of the shape of ``input``.

    Raises:
        ShapeError: the shapes do not broadcast.
        ValueError: ``reduction`` is unknown.

    Example::

        >>> F.soft_margin_loss(polygrad.tensor([2.0, 2.0]), polygrad.tensor([1.0, -1.0]), reduction="none")
        tensor([0.1269, 2.1269])
    """
def softmax(
    input: Tensor,
    dim: int | None = None,
    dtype: DTypeLike | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """Normalize exponentials along a dimension: ``exp(input) / sum(exp(input), dim)``, without overflow.

    Args:
        input: a tensor of any shape.
        dim: the dimension whose elements add up to 1.  None chooses one by the number of dimensions, as PyTorch did, and warns.
        dtype: convert ``input`` to this data type first.

    Returns:
        A tensor of the shape of ``input``, with values from 0 to 1.

    Raises:
        IndexError: ``input`` has no dimension ``dim``.

    Example::

        >>> F.softmax(polygrad.tensor([[0.0, 0.0], [0.0, 1.0]]), dim=1)
        tensor([[0.5000, 0.5000],
                [0.2689, 0.7311]])
    """
def softmin(input: Tensor, dim: int | None = None, dtype: DTypeLike | None = None) -> Tensor:
    """`softmax` of ``-input``.

    Args:
        input: a tensor of any shape.
        dim: the dimension whose elements add up to 1.  None chooses one, as in `softmax`, and warns.
        dtype: convert ``input`` to this data type first.

    Returns:
        A tensor of the shape of ``input``, with values from 0 to 1.

    Raises:
        IndexError: ``input`` has no dimension ``dim``.

    Example::

        >>> F.softmin(polygrad.tensor([0.0, 1.0]), dim=0)
        tensor([0.7311, 0.2689])
    """
def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """Smooth rectifier: ``log(1 + exp(beta * input)) / beta`` elementwise.

    Args:
        input: a tensor of any shape.
        beta: how sharp the bend at 0 is.
        threshold: where ``beta * input`` is larger, the result is ``input``.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> F.softplus(polygrad.tensor([-1.0, 0.0, 30.0]))
        tensor([ 0.3133,  0.6931, 30.0000])
    """
def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """Move elements towards 0 by ``lambd``: ``sign(input) * max(abs(input) - lambd, 0)``.

    Args:
        input: a tensor of any shape.
        lambd: how far, at least 0.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        RuntimeError: ``lambd`` is negative.

    Example::

        >>> F.softshrink(polygrad.tensor([-1.0, 0.3, 0.7]))
        tensor([-0.5000,  0.0000,  0.2000])
    """
def softsign(input: Tensor) -> Tensor:
    """Softsign: ``input / (1 + abs(input))`` elementwise.

    Args:
        input: a tensor of any shape.

    Returns:
        A tensor of the shape of ``input``, with values from -1 to 1.

    Example::

        >>> F.softsign(polygrad.tensor([-1.0, 0.0, 3.0]))
        tensor([-0.5000,  0.0000,  0.7500])
    """
def tanh(input: Tensor) -> Tensor:
    """Hyperbolic tangent, elementwise.

    Args:
        input: a tensor of any shape.

    Returns:
        A tensor of the shape of ``input``, with values from -1 to 1.

    Example::

        >>> F.tanh(polygrad.tensor([-1.0, 0.0, 1.0]))
        tensor([-0.7616,  0.0000,  0.7616])
    """
def tanhshrink(input: Tensor) -> Tensor:
    """What the hyperbolic tangent takes away: ``input - tanh(input)`` elementwise.

    Args:
        input: a tensor of any shape.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> F.tanhshrink(polygrad.tensor([-1.0, 0.0, 1.0]))
        tensor([-0.2384,  0.0000,  0.2384])
    """
def threshold(
    input: Tensor,
    threshold: float,
    value: float,
    inplace: bool = False,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """Keep the elements above a threshold: ``input`` where ``input > threshold``, else ``value``.

    Args:
        input: a tensor of any shape.
        threshold: elements up to this number are replaced.
        value: the number that replaces them.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> F.threshold(polygrad.tensor([0.0, 1.0, 2.0]), 1.0, -5.0)
        tensor([-5., -5.,  2.])
    """
def threshold_(input: Tensor, threshold: float, value: float) -> Tensor:
    """`threshold` in place.

    Args:
        input: a tensor of any shape, which is overwritten.
        threshold: the bound that an element has to exceed.
        value: what replaces the others.

    Returns:
        ``input``.

    Raises:
        RuntimeError: ``input`` is a leaf that requires grad.

    Example::

        >>> F.threshold_(polygrad.tensor([-2.0, 0.5, 2.0]), 1.0, 0.0)
        tensor([0., 0., 2.])
    """
def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2.0,
    eps: float = 1e-06,
    swap: bool = False,
    reduction: str = 'mean',
) -> Tensor:
    """Hinge loss of two distances: ``max(0, d(anchor, positive) - d(anchor, negative) + margin)``, with `pairwise_distance` ``d``.

    Balntas et al., "Learning shallow convolutional feature descriptors with triplet losses", 2016.

    Args:
        anchor: vectors ``(*, D)``.
        positive: vectors of the same shape, to be near.
        negative: vectors of the same shape, to be far.
        margin: by how much farther, positive.
        p: the order of the norm.
        eps: a number added to each difference, which keeps the gradient finite.
        swap: take ``d(positive, negative)`` where that is the smaller.
        reduction: "mean", "sum", or "none" for the loss of each triplet.

    Returns:
        A scalar, or with "none" a tensor ``(*)``.

    Raises:
        ValueError: ``margin`` is not positive, or ``reduction`` is unknown.

    Example::

        >>> anchor, positive, negative = polygrad.tensor([[0.0, 0.0], [0.0, 1.0], [3.0, 4.0]])[:, None]
        >>> F.triplet_margin_loss(anchor, positive, negative, margin=5.0)
        tensor(1.0000)
    """
def triplet_margin_with_distance_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = 'mean',
) -> Tensor:
    """`triplet_margin_loss` with any distance: ``max(0, d(anchor, positive) - d(anchor, negative) + margin)``.

    Args:
        anchor: vectors ``(*, D)``.
        positive: vectors of the same shape, to be near.
        negative: vectors of the same shape, to be far.
        distance_function: ``d``, of two tensors; None is `pairwise_distance`.
        margin: by how much farther, positive.
        swap: take ``d(positive, negative)`` where that is the smaller.
        reduction: "mean", "sum", or "none" for the loss of each triplet.

    Returns:
        A scalar, or with "none" a tensor of the shape of the distances.

    Raises:
        ValueError: ``margin`` is not positive, or ``reduction`` is unknown.
        ShapeError: the tensors have different numbers of dimensions.

    Example::

        >>> anchor, positive, negative = polygrad.tensor([[0.0, 0.0], [0.0, 1.0], [3.0, 4.0]])[:, None]
        >>> F.triplet_margin_with_distance_loss(
        ...     anchor, positive, negative, distance_function=lambda x, y: (x - y).abs().sum(-1), margin=7.0
        ... )
        tensor(1.)
    """
def unfold(
    input: Tensor,
    kernel_size: int | Sequence[int],
    dilation: int | Sequence[int] = 1,
    padding: int | str | Sequence[int] = 0,
    stride: int | Sequence[int] = 1,
) -> Tensor:
    """Extract the windows of images as columns (im2col).

    Args:
        input: images ``(N, C, H, W)`` or ``(C, H, W)``.
        kernel_size: the size of a window: an int, or a pair ``(height, width)``; so for the next three.
        dilation: the step from element to element of a window.
        padding: how many zeros to add at each edge.
        stride: the step from window to window.

    Returns:
        A tensor ``(N, C * kernel height * kernel width, windows)``, without ``N`` if ``input`` has none.

    Raises:
        ShapeError: no window fits, or ``input`` has another number of dimensions.

    Example::

        >>> F.unfold(polygrad.arange(9.0).reshape(1, 3, 3), 2)
        tensor([[0., 1., 3., 4.],
                [1., 2., 4., 5.],
                [3., 4., 6., 7.],
                [4., 5., 7., 8.]])
    """
def upsample(
    input: Tensor,
    size: int | Sequence[int] | None = None,
    scale_factor: float | Sequence[float] | None = None,
    mode: str = 'nearest',
    align_corners: bool | None = None,
) -> Tensor:
    """Call `interpolate`, under its older name, and warn that the name is deprecated.

    Args:
        input: a tensor ``(N, C, *)``.
        size: as in `interpolate`.
        scale_factor: as in `interpolate`.
        mode: as in `interpolate`.
        align_corners: as in `interpolate`.

    Returns:
        A tensor ``(N, C, *size)``.

    Raises:
        ValueError: as in `interpolate`.

    Example::

        >>> import warnings
        >>> with warnings.catch_warnings():
        ...     warnings.simplefilter("ignore")
        ...     F.upsample(polygrad.ones(1, 1, 2, 2), scale_factor=2).shape
        polygrad.Size([1, 1, 4, 4])
    """
def upsample_bilinear(
    input: Tensor,
    size: int | Sequence[int] | None = None,
    scale_factor: float | Sequence[float] | None = None,
) -> Tensor:
    """Call `interpolate` with ``mode="bilinear", align_corners=True``, and warn that the name is deprecated.

    Args:
        input: images ``(N, C, H, W)``.
        size: as in `interpolate`.
        scale_factor: as in `interpolate`.

    Returns:
        A tensor ``(N, C, *size)``.

    Raises:
        ValueError: as in `interpolate`.

    Example::

        >>> import warnings
        >>> with warnings.catch_warnings():
        ...     warnings.simplefilter("ignore")
        ...     F.upsample_bilinear(polygrad.ones(1, 1, 2, 2), scale_factor=2).shape
        polygrad.Size([1, 1, 4, 4])
    """
def upsample_nearest(
    input: Tensor,
    size: int | Sequence[int] | None = None,
    scale_factor: float | Sequence[float] | None = None,
) -> Tensor:
    """Call `interpolate` with ``mode="nearest"``, under an older name, and warn that the name is deprecated.

    Args:
        input: a tensor ``(N, C, *)``.
        size: as in `interpolate`.
        scale_factor: as in `interpolate`.

    Returns:
        A tensor ``(N, C, *size)``.

    Raises:
        ValueError: as in `interpolate`.

    Example::

        >>> import warnings
        >>> with warnings.catch_warnings():
        ...     warnings.simplefilter("ignore")
        ...     F.upsample_nearest(polygrad.ones(1, 1, 2, 2), scale_factor=2).shape
        polygrad.Size([1, 1, 4, 4])
    """
