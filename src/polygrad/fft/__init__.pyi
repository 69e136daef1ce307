"""Discrete Fourier transforms, as in ``torch.fft``: ``polygrad.fft.rfft(x)``.

Written by `python tools/stubs.py`.
"""

from collections.abc import Sequence
from .._core.tensor import Tensor
from .._core.typing import BackendLike, DTypeLike, DeviceLike, Dims

def fft(
    input: Tensor,
    n: int | None = None,
    dim: int = -1,
    norm: str | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """The discrete Fourier transform along one dimension, ``X[k] = sum_j x[j] exp(-2 pi i j k / n)``.

    Args:
        input: a real or complex tensor of at least one dimension.
        n: the length of the transform: the signal is cut, or continued with zeros.  By default the length of ``dim``.
        dim: the dimension.
        norm: by what the sum is divided: ``"backward"`` by nothing (the inverse then by ``n``), ``"ortho"`` by ``sqrt(n)``,
            ``"forward"`` by ``n``.

    Returns:
        A complex tensor, of length ``n`` along ``dim``.

    Raises:
        RuntimeError: for ``n`` below 1 or an unknown ``norm``.
        IndexError: for a dimension that is not there.

    Example::

        >>> polygrad.fft.fft(polygrad.tensor([1.0, 0.0, 0.0, 0.0]))
        tensor([1.+0.j, 1.+0.j, 1.+0.j, 1.+0.j])
    """
def fft2(
    input: Tensor,
    s: Sequence[int] | None = None,
    dim: Sequence[int] = (-2, -1),
    norm: str | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """`fftn` along two dimensions, the last two by default.

    Args:
        input: as in `fftn`.
        s: two lengths, as in `fftn`.
        dim: two dimensions.
        norm: as in `fft`, for the product of the lengths.

    Returns:
        What `fftn` returns.

    Raises:
        RuntimeError: as `fftn` does.

    Example::

        >>> polygrad.fft.fft2(polygrad.ones(3, 2, 2)).shape
        polygrad.Size([3, 2, 2])
    """
def fftfreq(
    n: int,
    d: float = 1.0,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    backend: BackendLike | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """The frequencies of `fft`, in cycles per unit of ``d``: 0, the positive ones, then the negative ones.

    Args:
        n: the length of the transform.
        d: the distance of two values, such as seconds.
        dtype: a floating type; the default one if left out.
        device: the device of the result.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result.

    Returns:
        A vector of length ``n``.

    Raises:
        RuntimeError: for ``n`` below 1.

    Example::

        >>> polygrad.fft.fftfreq(4, d=0.5)
        tensor([ 0.0000,  0.5000, -1.0000, -0.5000])
    """
def fftn(
    input: Tensor,
    s: Sequence[int] | None = None,
    dim: Dims | None = None,
    norm: str | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """`fft` along several dimensions.

    Args:
        input: a real or complex tensor.
        s: the length of the transform along each dimension; -1 keeps the tensor's.
        dim: the dimensions; by default all, or the last ones where ``s`` is given.
        norm: as in `fft`, for the product of the lengths.

    Returns:
        A complex tensor.

    Raises:
        RuntimeError: for lengths that do not fit ``dim``, for one below 1, a dimension that appears twice, or an unknown ``norm``.

    Example::

        >>> polygrad.fft.fftn(polygrad.tensor([[1.0, 0.0], [0.0, 0.0]])).real
        tensor([[1., 1.],
                [1., 1.]])
    """
def fftshift(input: Tensor, dim: Dims | None = None, *, out: Tensor | None = None) -> Tensor:
    """``input`` rolled so that frequency 0 is in the middle.

    Args:
        input: a tensor in the order of `fft`.
        dim: the dimensions; by default all.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        IndexError: for a dimension that is not there.

    Example::

        >>> polygrad.fft.fftshift(polygrad.tensor([0, 1, -2, -1]))
        tensor([-2, -1,  0,  1])
    """
def hfft(
    input: Tensor,
    n: int | None = None,
    dim: int = -1,
    norm: str | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """`fft` of a signal with Hermitian symmetry, of which ``input`` is the first half: a real tensor of length ``n``.

    Args:
        input: a tensor of at least one dimension.
        n: the length of the result; by default ``2 * (m - 1)`` for ``m`` values.
        dim: the dimension.
        norm: as in `fft`.

    Returns:
        A real tensor, of length ``n`` along ``dim``.

    Raises:
        RuntimeError: for ``n`` below 1 or an unknown ``norm``.

    Example::

        >>> polygrad.fft.hfft(polygrad.tensor([10.0, -2.0, -2.0]))
        tensor([ 4., 12., 12., 12.])
    """
def hfft2(
    input: Tensor,
    s: Sequence[int] | None = None,
    dim: Sequence[int] = (-2, -1),
    norm: str | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """`hfftn` along two dimensions, the last two by default.

    Args:
        input: as in `hfftn`.
        s: two lengths, as in `hfftn`.
        dim: two dimensions.
        norm: as in `fft`, for the product of the lengths.

    Returns:
        What `hfftn` returns.

    Raises:
        RuntimeError: as `hfftn` does.

    Example::

        >>> polygrad.fft.hfft2(polygrad.ones(3, 2, 2)).shape
        polygrad.Size([3, 2, 2])
    """
def hfftn(
    input: Tensor,
    s: Sequence[int] | None = None,
    dim: Dims | None = None,
    norm: str | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """`fftn` of a signal with Hermitian symmetry, of which ``input`` is half along the last dimension: a real tensor.

    Args:
        input: a real or complex tensor.
        s: the lengths of the result along ``dim``; by default those of ``input``, and ``2 * (m - 1)`` along the last.
        dim: the dimensions; by default all, or the last ones where ``s`` is given.
        norm: as in `fft`, for the product of the lengths.

    Returns:
        A real tensor.

    Raises:
        RuntimeError: as `fftn` does.

    Example::

        >>> polygrad.fft.hfftn(polygrad.ones(2, 2))
        tensor([[4., 0.],
                [0., 0.]])
    """
def ifft(
    input: Tensor,
    n: int | None = None,
    dim: int = -1,
    norm: str | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """The inverse of `fft`, ``x[j] = sum_k X[k] exp(2 pi i j k / n) / n``.

    Args:
        input: a real or complex tensor of at least one dimension.
        n: the length of the transform, as in `fft`.
        dim: the dimension.
        norm: as in `fft`.

    Returns:
        A complex tensor, of length ``n`` along ``dim``.

    Raises:
        RuntimeError: for ``n`` below 1 or an unknown ``norm``.
        IndexError: for a dimension that is not there.

    Example::

        >>> polygrad.fft.ifft(polygrad.fft.fft(polygrad.tensor([1.0, 2.0]))).real
        tensor([1., 2.])
    """
def ifft2(
    input: Tensor,
    s: Sequence[int] | None = None,
    dim: Sequence[int] = (-2, -1),
    norm: str | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """`ifftn` along two dimensions, the last two by default.

    Args:
        input: as in `ifftn`.
        s: two lengths, as in `ifftn`.
        dim: two dimensions.
        norm: as in `fft`, for the product of the lengths.

    Returns:
        What `ifftn` returns.

    Raises:
        RuntimeError: as `ifftn` does.

    Example::

        >>> polygrad.fft.ifft2(polygrad.ones(3, 2, 2)).shape
        polygrad.Size([3, 2, 2])
    """
def ifftn(
    input: Tensor,
    s: Sequence[int] | None = None,
    dim: Dims | None = None,
    norm: str | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """The inverse of `fftn`.

    Args:
        input: a real or complex tensor.
        s: the length of the transform along each dimension; -1 keeps the tensor's.
        dim: the dimensions; by default all, or the last ones where ``s`` is given.
        norm: as in `fft`, for the product of the lengths.

    Returns:
        A complex tensor.

    Raises:
        RuntimeError: as `fftn` does.

    Example::

        >>> polygrad.fft.ifftn(polygrad.ones(2, 2)).real
        tensor([[1., 0.],
                [0., 0.]])
    """
def ifftshift(input: Tensor, dim: Dims | None = None, *, out: Tensor | None = None) -> Tensor:
    """The inverse of `fftshift`: frequency 0 comes first.

    Args:
        input: a tensor with frequency 0 in the middle.
        dim: the dimensions; by default all.

    Returns:
        A tensor of the same shape, in the order of `fft`.

    Example::

        >>> polygrad.fft.ifftshift(polygrad.tensor([-2, -1, 0, 1]))
        tensor([ 0,  1, -2, -1])
    """
def ihfft(
    input: Tensor,
    n: int | None = None,
    dim: int = -1,
    norm: str | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """The inverse of `hfft`: the first half of the signal whose transform is the real tensor ``input``.

    Args:
        input: a real tensor of at least one dimension.
        n: the length of the transform, as in `fft`.
        dim: the dimension.
        norm: as in `fft`.

    Returns:
        A complex tensor, of length ``n // 2 + 1`` along ``dim``.

    Raises:
        RuntimeError: for a complex tensor, ``n`` below 1 or an unknown ``norm``.
        IndexError: for a dimension that is not there.

    Example::

        >>> polygrad.fft.ihfft(polygrad.tensor([4.0, 12.0, 12.0, 12.0])).real
        tensor([10., -2., -2.])
    """
def ihfft2(
    input: Tensor,
    s: Sequence[int] | None = None,
    dim: Sequence[int] = (-2, -1),
    norm: str | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """`ihfftn` along two dimensions, the last two by default.

    Args:
        input: as in `ihfftn`.
        s: two lengths, as in `ihfftn`.
        dim: two dimensions.
        norm: as in `fft`, for the product of the lengths.

    Returns:
        What `ihfftn` returns.

    Raises:
        RuntimeError: as `ihfftn` does.

    Example::

        >>> polygrad.fft.ihfft2(polygrad.ones(3, 2, 2)).shape
        polygrad.Size([3, 2, 2])
    """
def ihfftn(
    input: Tensor,
    s: Sequence[int] | None = None,
    dim: Dims | None = None,
    norm: str | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """The inverse of `hfftn`, of a real tensor.

    Args:
        input: a real tensor.
        s: the length of the transform along each dimension; -1 keeps the tensor's.
        dim: the dimensions; by default all, or the last ones where ``s`` is given.
        norm: as in `fft`, for the product of the lengths.

    Returns:
        A complex tensor, of length ``n // 2 + 1`` along the last of ``dim``.

    Raises:
        RuntimeError: for a complex tensor, and as `fftn` does.

    Example::

        >>> polygrad.fft.ihfftn(polygrad.ones(2, 2)).real
        tensor([[1., 0.],
                [0., 0.]])
    """
def irfft(
    input: Tensor,
    n: int | None = None,
    dim: int = -1,
    norm: str | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """The inverse of `rfft`: the real tensor of which ``input`` is half of the spectrum.

    Args:
        input: a tensor; of frequency 0, and of half the sampling rate where ``n`` is even, only the real part counts.
        n: the length of the result; by default ``2 * (m - 1)`` for ``m`` frequencies.
        dim: the dimension.
        norm: as in `fft`.

    Returns:
        A real tensor, of length ``n`` along ``dim``.

    Raises:
        RuntimeError: for ``n`` below 1 or an unknown ``norm``.

    Example::

        >>> polygrad.fft.irfft(polygrad.fft.rfft(polygrad.tensor([1.0, 2.0, 3.0])), n=3)
        tensor([1., 2., 3.])
    """
def irfft2(
    input: Tensor,
    s: Sequence[int] | None = None,
    dim: Sequence[int] = (-2, -1),
    norm: str | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """`irfftn` along two dimensions, the last two by default.

    Args:
        input: as in `irfftn`.
        s: two lengths, as in `irfftn`.
        dim: two dimensions.
        norm: as in `fft`, for the product of the lengths.

    Returns:
        What `irfftn` returns.

    Raises:
        RuntimeError: as `irfftn` does.

    Example::

        >>> polygrad.fft.irfft2(polygrad.ones(3, 2, 2)).shape
        polygrad.Size([3, 2, 2])
    """
def irfftn(
    input: Tensor,
    s: Sequence[int] | None = None,
    dim: Dims | None = None,
    norm: str | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """The inverse of `rfftn`: a real tensor.

    Args:
        input: a tensor; what it holds of frequencies that stand for themselves counts by its real part.
        s: the lengths of the result along ``dim``; by default those of ``input``, and ``2 * (m - 1)`` along the last.
        dim: the dimensions; by default all, or the last ones where ``s`` is given.
        norm: as in `fft`.

    Returns:
        A real tensor, of the lengths ``s`` along ``dim``.

    Raises:
        RuntimeError: as `fftn` does.

    Example::

        >>> polygrad.fft.irfftn(polygrad.fft.rfftn(polygrad.ones(2, 2)))
        tensor([[1., 1.],
                [1., 1.]])
    """
def rfft(
    input: Tensor,
    n: int | None = None,
    dim: int = -1,
    norm: str | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """`fft` of a real tensor: the ``n // 2 + 1`` frequencies that are not negative, which determine the others.

    Args:
        input: a real tensor of at least one dimension.
        n: the length of the transform, as in `fft`.
        dim: the dimension.
        norm: as in `fft`.

    Returns:
        A complex tensor, of length ``n // 2 + 1`` along ``dim``.

    Raises:
        RuntimeError: for a complex tensor, ``n`` below 1 or an unknown ``norm``.

    Example::

        >>> polygrad.fft.rfft(polygrad.tensor([1.0, 2.0, 3.0, 4.0]))
        tensor([10.+0.j, -2.+2.j, -2.+0.j])
    """
def rfft2(
    input: Tensor,
    s: Sequence[int] | None = None,
    dim: Sequence[int] = (-2, -1),
    norm: str | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """`rfftn` along two dimensions, the last two by default.

    Args:
        input: as in `rfftn`.
        s: two lengths, as in `rfftn`.
        dim: two dimensions.
        norm: as in `fft`, for the product of the lengths.

    Returns:
        What `rfftn` returns.

    Raises:
        RuntimeError: as `rfftn` does.

    Example::

        >>> polygrad.fft.rfft2(polygrad.ones(3, 2, 2)).shape
        polygrad.Size([3, 2, 2])
    """
def rfftfreq(
    n: int,
    d: float = 1.0,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    backend: BackendLike | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """The frequencies of `rfft`, in cycles per unit of ``d``: 0 and the positive ones.

    Args:
        n: the length of the transform.
        d: the distance of two values, such as seconds.
        dtype: a floating type; the default one if left out.
        device: the device of the result.
        requires_grad: whether operations on the result are recorded.
        backend: the backend of the result.

    Returns:
        A tensor of length ``n // 2 + 1``.

    Raises:
        RuntimeError: for ``n`` below 1.

    Example::

        >>> polygrad.fft.rfftfreq(4, d=0.5)
        tensor([0.0000, 0.5000, 1.0000])
    """
def rfftn(
    input: Tensor,
    s: Sequence[int] | None = None,
    dim: Dims | None = None,
    norm: str | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """`fftn` of a real tensor: along the last of the dimensions the frequencies that are not negative.

    Args:
        input: a real tensor.
        s: the length of the transform along each dimension; -1 keeps the tensor's.
        dim: the dimensions; by default all, or the last ones where ``s`` is given.
        norm: as in `fft`, for the product of the lengths.

    Returns:
        A complex tensor, of length ``n // 2 + 1`` along the last of ``dim``.

    Raises:
        RuntimeError: for a complex tensor, and as `fftn` does.

    Example::

        >>> polygrad.fft.rfftn(polygrad.ones(2, 2)).real
        tensor([[4., 0.],
                [0., 0.]])
    """
