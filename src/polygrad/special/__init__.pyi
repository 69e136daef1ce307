"""Special functions, as in ``torch.special``: ``polygrad.special.erfcx(x)``.

Written by `python tools/stubs.py`.
"""

from collections.abc import Sequence
from .._core.tensor import Tensor
from .._core.typing import DTypeLike, Operand

def bessel_j0(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The Bessel function of the first kind of order 0 (DLMF 10.2).  The derivative is minus that of order 1.

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.special.bessel_j0(polygrad.tensor([0.0, 1.0, 10.0]))
        tensor([ 1.0000,  0.7652, -0.2459])
    """
def bessel_j1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The Bessel function of the first kind of order 1 (DLMF 10.2).  The derivative is ``j0(input) - j1(input) / input``, and 1/2 at 0.

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.special.bessel_j1(polygrad.tensor([0.0, 1.0, 10.0]))
        tensor([0.0000, 0.4401, 0.0435])
    """
def bessel_y0(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The Bessel function of the second kind of order 0 (DLMF 10.2): minus infinity at 0, NaN for negative elements.  The derivative is minus that of order 1.

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.special.bessel_y0(polygrad.tensor([0.5, 1.0, 10.0]))
        tensor([-0.4445,  0.0883,  0.0557])
    """
def bessel_y1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The Bessel function of the second kind of order 1 (DLMF 10.2): minus infinity at 0, NaN for negative elements.  The derivative is ``y0(input) - y1(input) / input``.

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.special.bessel_y1(polygrad.tensor([0.5, 1.0, 10.0]))
        tensor([-1.4715, -0.7812,  0.2490])
    """
def chebyshev_polynomial_t(input: Operand, n: Operand, *, out: Tensor | None = None) -> Tensor:
    """Return Chebyshev polynomials of the first kind, of each element.

    The polynomial is differentiable in ``input``, not in its degree.  It comes from the recurrence over the degree (DLMF 18.9), so the time grows with the largest degree.

    Args:
        input: a real tensor, or a number.
        n: the degree, a number or a tensor whose shape broadcasts with that of ``input``; fractions are cut off.  One of the two is a tensor.

    Returns:
        A tensor of the broadcast shape; 0 where the degree is negative.

    Raises:
        TypeError: neither argument is a tensor, or one is complex.

    Example::

        >>> polygrad.special.chebyshev_polynomial_t(0.5, polygrad.tensor([1.0, 2.0, 3.0]))
        tensor([ 0.5000, -0.5000, -1.0000])
    """
def chebyshev_polynomial_u(input: Operand, n: Operand, *, out: Tensor | None = None) -> Tensor:
    """Return Chebyshev polynomials of the second kind, of each element.

    The polynomial is differentiable in ``input``, not in its degree.  It comes from the recurrence over the degree (DLMF 18.9), so the time grows with the largest degree.

    Args:
        input: a real tensor, or a number.
        n: the degree, a number or a tensor whose shape broadcasts with that of ``input``; fractions are cut off.  One of the two is a tensor.

    Returns:
        A tensor of the broadcast shape; 0 where the degree is negative.

    Raises:
        TypeError: neither argument is a tensor, or one is complex.

    Example::

        >>> polygrad.special.chebyshev_polynomial_u(0.5, polygrad.tensor([1.0, 2.0, 3.0]))
        tensor([ 1.,  0., -1.])
    """
def chebyshev_polynomial_v(input: Operand, n: Operand, *, out: Tensor | None = None) -> Tensor:
    """Return Chebyshev polynomials of the third kind, of each element.

    The polynomial is differentiable in ``input``, not in its degree.  It comes from the recurrence over the degree (DLMF 18.9), so the time grows with the largest degree.

    Args:
        input: a real tensor, or a number.
        n: the degree, a number or a tensor whose shape broadcasts with that of ``input``; fractions are cut off.  One of the two is a tensor.

    Returns:
        A tensor of the broadcast shape; 0 where the degree is negative.

    Raises:
        TypeError: neither argument is a tensor, or one is complex.

    Example::

        >>> polygrad.special.chebyshev_polynomial_v(0.5, polygrad.tensor([1.0, 2.0, 3.0]))
        tensor([ 0., -1., -1.])
    """
def chebyshev_polynomial_w(input: Operand, n: Operand, *, out: Tensor | None = None) -> Tensor:
    """Return Chebyshev polynomials of the fourth kind, of each element.

    The polynomial is differentiable in ``input``, not in its degree.  It comes from the recurrence over the degree (DLMF 18.9), so the time grows with the largest degree.

    Args:
        input: a real tensor, or a number.
        n: the degree, a number or a tensor whose shape broadcasts with that of ``input``; fractions are cut off.  One of the two is a tensor.

    Returns:
        A tensor of the broadcast shape; 0 where the degree is negative.

    Raises:
        TypeError: neither argument is a tensor, or one is complex.

    Example::

        >>> polygrad.special.chebyshev_polynomial_w(0.5, polygrad.tensor([1.0, 2.0, 3.0]))
        tensor([ 2.,  1., -1.])
    """
def digamma(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The derivative of the logarithm of the gamma function.  At 0 it is infinite, at the negative integers NaN.  Its own derivative is ``polygamma(1, input)`` (DLMF 5.2).

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.digamma(polygrad.tensor([0.5, 1.0, 10.0]))
        tensor([-1.9635, -0.5772,  2.2518])
    """
def entr(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The term of an entropy, ``-input * log(input)``: 0 at 0, and minus infinity for negative elements.  The derivative is ``-1 - log(input)``.

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.special.entr(polygrad.tensor([0.0, 0.5, 2.0]))
        tensor([ 0.0000,  0.3466, -1.3863])
    """
def erf(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The error function of each element, ``2 / sqrt(pi)`` times the integral of ``exp(-t ** 2)`` from 0 to ``input``.  The derivative is ``2 / sqrt(pi) * exp(-input ** 2)`` (DLMF 7.2).

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.erf(polygrad.tensor([0.0, 1.0]))
        tensor([0.0000, 0.8427])
    """
def erfc(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The complement of the error function, ``1 - erf(input)``, relatively accurate where it is small.  The derivative is ``-2 / sqrt(pi) * exp(-input ** 2)`` (DLMF 7.2).

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.erfc(polygrad.tensor([0.0, 1.0, 5.0]))
        tensor([1.0000e+00, 1.5730e-01, 1.5375e-12])
    """
def erfcx(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The scaled complement of the error function, ``exp(input ** 2) * erfc(input)``, which does not vanish for large elements.  The derivative is ``2 * input * erfcx(input) - 2 / sqrt(pi)``, computed without its cancellation (DLMF 7.18).

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.special.erfcx(polygrad.tensor([0.0, 1.0, 50.0]))
        tensor([1.0000, 0.4276, 0.0113])
    """
def erfinv(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse of the error function: infinite at -1 and 1, NaN outside of them.  The derivative is ``sqrt(pi) / 2 * exp(erfinv(input) ** 2)`` (DLMF 7.17).

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.erfinv(polygrad.tensor([0.0, 0.5, -1.0]))
        tensor([0.0000, 0.4769,   -inf])
    """
def exp2(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Return 2 to the power of each element.

    Args:
        input: a tensor of any shape.  Integers are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> polygrad.exp2(polygrad.tensor([0.0, 1.0, 3.0]))
        tensor([1., 2., 8.])
    """
def expit(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The logistic function of each element, ``1 / (1 + exp(-input))``, between 0 and 1; accurate at both ends.  The derivative is ``sigmoid(input) * (1 - sigmoid(input))``.

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.sigmoid(polygrad.tensor([0.0, 2.0]))
        tensor([0.5000, 0.8808])
    """
def expm1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """``exp(input) - 1`` of each element, accurate near 0, where the difference would lose all digits.

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.expm1(polygrad.tensor([0.0, 1e-10]))
        tensor([0.0000e+00, 1.0000e-10])
    """
def gammaln(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The logarithm of the absolute value of the gamma function; infinite at 0 and the negative integers.  The derivative is `digamma` (DLMF 5.2).

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.lgamma(polygrad.tensor([0.5, 3.0, 10.0]))
        tensor([ 0.5724,  0.6931, 12.8018])
    """
def hermite_polynomial_h(input: Operand, n: Operand, *, out: Tensor | None = None) -> Tensor:
    """Return Hermite polynomials of the physicists, of each element.

    The polynomial is differentiable in ``input``, not in its degree.  It comes from the recurrence over the degree (DLMF 18.9), so the time grows with the largest degree.

    Args:
        input: a real tensor, or a number.
        n: the degree, a number or a tensor whose shape broadcasts with that of ``input``; fractions are cut off.  One of the two is a tensor.

    Returns:
        A tensor of the broadcast shape; 0 where the degree is negative.

    Raises:
        TypeError: neither argument is a tensor, or one is complex.

    Example::

        >>> polygrad.special.hermite_polynomial_h(0.5, polygrad.tensor([1.0, 2.0, 3.0]))
        tensor([ 1., -1., -5.])
    """
def hermite_polynomial_he(input: Operand, n: Operand, *, out: Tensor | None = None) -> Tensor:
    """Return Hermite polynomials of the probabilists, of each element.

    The polynomial is differentiable in ``input``, not in its degree.  It comes from the recurrence over the degree (DLMF 18.9), so the time grows with the largest degree.

    Args:
        input: a real tensor, or a number.
        n: the degree, a number or a tensor whose shape broadcasts with that of ``input``; fractions are cut off.  One of the two is a tensor.

    Returns:
        A tensor of the broadcast shape; 0 where the degree is negative.

    Raises:
        TypeError: neither argument is a tensor, or one is complex.

    Example::

        >>> polygrad.special.hermite_polynomial_he(0.5, polygrad.tensor([1.0, 2.0, 3.0]))
        tensor([ 0.5000, -0.7500, -1.3750])
    """
def i0(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function of the first kind of order 0 (DLMF 10.25).  The derivative is that of order 1.

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.i0(polygrad.tensor([0.0, 1.0, 5.0]))
        tensor([ 1.0000,  1.2661, 27.2399])
    """
def i0e(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """``exp(-abs(input)) * i0(input)``, which does not overflow.  The derivative is ``i1e(input) - sign(input) * i0e(input)``, and 0 at 0, where there is a kink.

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.special.i0e(polygrad.tensor([0.0, 1.0, 500.0]))
        tensor([1.0000, 0.4658, 0.0178])
    """
def i1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function of the first kind of order 1 (DLMF 10.25).  The derivative is ``i0(input) - i1(input) / input``, and 1/2 at 0.

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.special.i1(polygrad.tensor([0.0, 1.0, 5.0]))
        tensor([ 0.0000,  0.5652, 24.3356])
    """
def i1e(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """``exp(-abs(input)) * i1(input)``, which does not overflow.  The derivative is ``i0e(input) - i1e(input) * (sign(input) + 1 / input)``, and 1/2 at 0.

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.special.i1e(polygrad.tensor([0.0, 1.0, 500.0]))
        tensor([0.0000, 0.2079, 0.0178])
    """
def laguerre_polynomial_l(input: Operand, n: Operand, *, out: Tensor | None = None) -> Tensor:
    """Return Laguerre polynomials, of each element.

    The polynomial is differentiable in ``input``, not in its degree.  It comes from the recurrence over the degree (DLMF 18.9), so the time grows with the largest degree.

    Args:
        input: a real tensor, or a number.
        n: the degree, a number or a tensor whose shape broadcasts with that of ``input``; fractions are cut off.  One of the two is a tensor.

    Returns:
        A tensor of the broadcast shape; 0 where the degree is negative.

    Raises:
        TypeError: neither argument is a tensor, or one is complex.

    Example::

        >>> polygrad.special.laguerre_polynomial_l(0.5, polygrad.tensor([1.0, 2.0, 3.0]))
        tensor([ 0.5000,  0.1250, -0.1458])
    """
def legendre_polynomial_p(input: Operand, n: Operand, *, out: Tensor | None = None) -> Tensor:
    """Return Legendre polynomials, of each element.

    The polynomial is differentiable in ``input``, not in its degree.  It comes from the recurrence over the degree (DLMF 18.9), so the time grows with the largest degree.

    Args:
        input: a real tensor, or a number.
        n: the degree, a number or a tensor whose shape broadcasts with that of ``input``; fractions are cut off.  One of the two is a tensor.

    Returns:
        A tensor of the broadcast shape; 0 where the degree is negative.

    Raises:
        TypeError: neither argument is a tensor, or one is complex.

    Example::

        >>> polygrad.special.legendre_polynomial_p(0.5, polygrad.tensor([1.0, 2.0, 3.0]))
        tensor([ 0.5000, -0.1250, -0.4375])
    """
def log1p(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """``log(1 + input)`` of each element, accurate near 0, where the sum would lose all digits.

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.

    Example::

        >>> polygrad.log1p(polygrad.tensor([0.0, 1e-10]))
        tensor([0.0000e+00, 1.0000e-10])
    """
def log_ndtr(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The logarithm of the normal distribution function, accurate in both tails.  The derivative is the quotient of the density and the distribution function.

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.special.log_ndtr(polygrad.tensor([-40.0, 0.0, 2.0]))
        tensor([-8.0461e+02, -6.9315e-01, -2.3013e-02])
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
def logit(input: Tensor, eps: float | None = None, *, out: Tensor | None = None) -> Tensor:
    """Return the log-odds ``log(x / (1 - x))`` of each element, the inverse of `sigmoid`.

    Args:
        input: probabilities, a tensor of any shape.
        eps: if given, ``input`` is clamped to ``[eps, 1 - eps]`` first, which keeps the result finite.

    Returns:
        A tensor of the shape of ``input``.  It is infinite at 0 and 1 and NaN outside of them, unless ``eps`` is given.

    Example::

        >>> polygrad.logit(polygrad.tensor([0.25, 0.5]))
        tensor([-1.0986,  0.0000])
    """
def logsumexp(
    input: Tensor,
    dim: int | Sequence[int],
    keepdim: bool = False,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """Return ``log(sum(exp(input)))`` along ``dim``, without overflow.

    The largest element is subtracted before exponentials are taken.

    Args:
        input: a tensor of any shape.
        dim: the dimension to reduce, or a tuple of dimensions.
        keepdim: whether the reduced dimensions stay in the result, with length 1.

    Returns:
        A tensor of the shape of ``input`` without the reduced dimensions.  Of no elements: minus infinity.

    Example::

        >>> polygrad.logsumexp(polygrad.tensor([1000.0, 1000.0]), dim=0)
        tensor(1000.6932)
    """
def modified_bessel_i0(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function of the first kind of order 0 (DLMF 10.25).  The derivative is that of order 1.

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.i0(polygrad.tensor([0.0, 1.0, 5.0]))
        tensor([ 1.0000,  1.2661, 27.2399])
    """
def modified_bessel_i1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function of the first kind of order 1 (DLMF 10.25).  The derivative is ``i0(input) - i1(input) / input``, and 1/2 at 0.

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.special.i1(polygrad.tensor([0.0, 1.0, 5.0]))
        tensor([ 0.0000,  0.5652, 24.3356])
    """
def modified_bessel_k0(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function of the second kind of order 0 (DLMF 10.25): infinite at 0, NaN for negative elements.  The derivative is minus that of order 1.

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.special.modified_bessel_k0(polygrad.tensor([0.5, 1.0, 5.0]))
        tensor([0.9244, 0.4210, 0.0037])
    """
def modified_bessel_k1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function of the second kind of order 1 (DLMF 10.25): infinite at 0, NaN for negative elements.  The derivative is ``-k0(input) - k1(input) / input``.

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.special.modified_bessel_k1(polygrad.tensor([0.5, 1.0, 5.0]))
        tensor([1.6564, 0.6019, 0.0040])
    """
def multigammaln(input: Tensor, p: int, *, out: Tensor | None = None) -> Tensor:
    """Return the logarithm of the multivariate gamma function of dimension ``p``.

    It is the sum of ``lgamma(input - j / 2)`` over ``j`` from 0 to ``p - 1``, and a constant (DLMF 35.3.4).

    Args:
        input: a real tensor of any shape, larger than ``(p - 1) / 2``.  Integers are converted to the default floating type.
        p: the dimension, from 1 on.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        RuntimeError: ``p`` is less than 1.
        TypeError: ``p`` is no int, or ``input`` is no real tensor.

    Example::

        >>> polygrad.mvlgamma(polygrad.tensor([2.0, 3.0]), 2)
        tensor([0.4516, 1.5502])
    """
def ndtr(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The distribution function of the normal distribution: the integral of its density from minus infinity to each element.  The derivative is the density, ``exp(-input ** 2 / 2) / sqrt(2 * pi)``.

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.special.ndtr(polygrad.tensor([-2.0, 0.0, 2.0]))
        tensor([0.0228, 0.5000, 0.9772])
    """
def ndtri(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The quantile of the normal distribution, the inverse of `ndtr`: infinite at 0 and 1, NaN outside of them.  The derivative is ``sqrt(2 * pi) * exp(ndtri(input) ** 2 / 2)``.

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.special.ndtri(polygrad.tensor([0.025, 0.5, 0.975]))
        tensor([-1.9600,  0.0000,  1.9600])
    """
def polygamma(n: int, input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Return the ``n``-th derivative of `digamma` at each element.

    It is infinite at 0 and the negative integers.  The derivative is ``polygamma(n + 1, input)`` (DLMF 5.15).

    Args:
        n: how many derivatives, from 0 on.
        input: a real tensor of any shape.  Integers are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        RuntimeError: ``n`` is negative.
        TypeError: ``n`` is no int, or ``input`` is no real tensor.

    Example::

        >>> polygrad.polygamma(1, polygrad.tensor([0.5, 1.0]))
        tensor([4.9348, 1.6449])
    """
def psi(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The derivative of the logarithm of the gamma function.  At 0 it is infinite, at the negative integers NaN.  Its own derivative is ``polygamma(1, input)`` (DLMF 5.2).

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.digamma(polygrad.tensor([0.5, 1.0, 10.0]))
        tensor([-1.9635, -0.5772,  2.2518])
    """
def round(input: Tensor, *, decimals: int = 0, out: Tensor | None = None) -> Tensor:
    """Round to the nearest multiple of ``10 ** -decimals``, halves to the even neighbour.

    The gradient is 0.

    Args:
        input: a tensor of any shape.
        decimals: the number of decimal places; negative for places before the point.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        RuntimeError: ``decimals`` is not 0, and ``input`` is not of a real floating-point type.

    Example::

        >>> polygrad.round(polygrad.tensor([0.5, 1.5, 2.5]))
        tensor([0., 2., 2.])
        >>> polygrad.round(polygrad.tensor([1.2345]), decimals=2)
        tensor([1.2300])
    """
def scaled_modified_bessel_k0(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """``exp(input) * modified_bessel_k0(input)``, which does not vanish.  The derivative is the difference to that of order 1.

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.special.scaled_modified_bessel_k0(polygrad.tensor([1.0, 500.0]))
        tensor([1.1445, 0.0560])
    """
def scaled_modified_bessel_k1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """``exp(input) * modified_bessel_k1(input)``, which does not vanish.  The derivative is ``k1e(input) - k0e(input) - k1e(input) / input``, with ``k0e`` and ``k1e`` the scaled functions.

    Args:
        input: a tensor of any shape.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is not a tensor.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.special.scaled_modified_bessel_k1(polygrad.tensor([1.0, 500.0]))
        tensor([1.6362, 0.0561])
    """
def shifted_chebyshev_polynomial_t(input: Operand, n: Operand, *, out: Tensor | None = None) -> Tensor:
    """Return Chebyshev polynomials of the first kind, of ``2 * input - 1``, of each element.

    The polynomial is differentiable in ``input``, not in its degree.  It comes from the recurrence over the degree (DLMF 18.9), so the time grows with the largest degree.

    Args:
        input: a real tensor, or a number.
        n: the degree, a number or a tensor whose shape broadcasts with that of ``input``; fractions are cut off.  One of the two is a tensor.

    Returns:
        A tensor of the broadcast shape; 0 where the degree is negative.

    Raises:
        TypeError: neither argument is a tensor, or one is complex.

    Example::

        >>> polygrad.special.shifted_chebyshev_polynomial_t(0.25, polygrad.tensor([1.0, 2.0, 3.0]))
        tensor([-0.5000, -0.5000,  1.0000])
    """
def shifted_chebyshev_polynomial_u(input: Operand, n: Operand, *, out: Tensor | None = None) -> Tensor:
    """Return Chebyshev polynomials of the second kind, of ``2 * input - 1``, of each element.

    The polynomial is differentiable in ``input``, not in its degree.  It comes from the recurrence over the degree (DLMF 18.9), so the time grows with the largest degree.

    Args:
        input: a real tensor, or a number.
        n: the degree, a number or a tensor whose shape broadcasts with that of ``input``; fractions are cut off.  One of the two is a tensor.

    Returns:
        A tensor of the broadcast shape; 0 where the degree is negative.

    Raises:
        TypeError: neither argument is a tensor, or one is complex.

    Example::

        >>> polygrad.special.shifted_chebyshev_polynomial_u(0.25, polygrad.tensor([1.0, 2.0, 3.0]))
        tensor([-1.,  0.,  1.])
    """
def shifted_chebyshev_polynomial_v(input: Operand, n: Operand, *, out: Tensor | None = None) -> Tensor:
    """Return Chebyshev polynomials of the third kind, of ``2 * input - 1``, of each element.

    The polynomial is differentiable in ``input``, not in its degree.  It comes from the recurrence over the degree (DLMF 18.9), so the time grows with the largest degree.

    Args:
        input: a real tensor, or a number.
        n: the degree, a number or a tensor whose shape broadcasts with that of ``input``; fractions are cut off.  One of the two is a tensor.

    Returns:
        A tensor of the broadcast shape; 0 where the degree is negative.

    Raises:
        TypeError: neither argument is a tensor, or one is complex.

    Example::

        >>> polygrad.special.shifted_chebyshev_polynomial_v(0.25, polygrad.tensor([1.0, 2.0, 3.0]))
        tensor([-2.,  1.,  1.])
    """
def shifted_chebyshev_polynomial_w(input: Operand, n: Operand, *, out: Tensor | None = None) -> Tensor:
    """Return Chebyshev polynomials of the fourth kind, of ``2 * input - 1``, of each element.

    The polynomial is differentiable in ``input``, not in its degree.  It comes from the recurrence over the degree (DLMF 18.9), so the time grows with the largest degree.

    Args:
        input: a real tensor, or a number.
        n: the degree, a number or a tensor whose shape broadcasts with that of ``input``; fractions are cut off.  One of the two is a tensor.

    Returns:
        A tensor of the broadcast shape; 0 where the degree is negative.

    Raises:
        TypeError: neither argument is a tensor, or one is complex.

    Example::

        >>> polygrad.special.shifted_chebyshev_polynomial_w(0.25, polygrad.tensor([1.0, 2.0, 3.0]))
        tensor([ 0., -1.,  1.])
    """
def sinc(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Return ``sin(pi * input) / (pi * input)`` of each element, and 1 at 0, where derivatives of every order exist.

    Args:
        input: a real tensor of any shape.  Integers are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is no tensor, or complex.

    Example::

        >>> polygrad.sinc(polygrad.tensor([0.0, 0.5]))
        tensor([1.0000, 0.6366])
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
def spherical_bessel_j0(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Return the spherical Bessel function of the first kind of order 0, ``sin(input) / input``; 1 at 0 (DLMF 10.49).

    Args:
        input: a real tensor of any shape.  Integers are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is no tensor, or complex.

    Example::

        >>> polygrad.special.spherical_bessel_j0(polygrad.tensor([0.0, 1.0]))
        tensor([1.0000, 0.8415])
    """
def xlog1py(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """Return ``input * log1p(other)``, and 0 where ``input`` is 0.

    Where ``input`` is 0 the gradients are also 0, even if the logarithm is infinite or undefined.

    Args:
        input: a tensor or a number.
        other: a tensor or a number; one of the two is a tensor.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        TypeError: neither argument is a tensor.

    Example::

        >>> polygrad.special.xlog1py(polygrad.tensor([0.0, 2.0]), polygrad.tensor([-1.0, 9.0]))
        tensor([0.0000, 4.6052])
    """
def xlogy(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """Return ``input * log(other)``, and 0 where ``input`` is 0.

    Where ``input`` is 0 the gradients are also 0, even if the logarithm is infinite or undefined.

    Args:
        input: a tensor or a number.
        other: a tensor or a number; one of the two is a tensor.

    Returns:
        A tensor of the broadcast shape.

    Example::

        >>> polygrad.xlogy(polygrad.tensor([0.0, 2.0]), polygrad.tensor([0.0, 10.0]))
        tensor([0.0000, 4.6052])
    """
def zeta(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """Hurwitz's zeta function, the sum of ``(other + k) ** -input`` over all whole ``k`` from 0: infinite for an ``input`` of 1, NaN below.  The derivative by ``other`` is ``-input * zeta(input + 1, other)`` (DLMF 25.11); by ``input`` there is none.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.  Integers and booleans are converted to the default floating type.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither a tensor nor a number.
        TypeError: an operand is complex, and so has no order.

    Example::

        >>> polygrad.special.zeta(polygrad.tensor([2.0, 4.0]), 1.0)
        tensor([1.6449, 1.0823])
    """
