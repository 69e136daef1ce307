"""Activation layers."""

from __future__ import annotations

from typing import Any

from .._core.tensor import Tensor
from .._core.typing import BackendLike, DeviceLike, DTypeLike
from . import functional as F
from .layer import Layer
from .parameter import Parameter, new_parameter

__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "GLU",
    "SELU",
    "Hardshrink",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "LeakyReLU",
    "LogSigmoid",
    "LogSoftmax",
    "Mish",
    "PReLU",
    "RReLU",
    "ReLU",
    "ReLU6",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softmax2d",
    "Softmin",
    "Softplus",
    "Softshrink",
    "Softsign",
    "Tanh",
    "Tanhshrink",
    "Threshold",
]  # fmt: skip


class Tanh(Layer):
    """Hyperbolic tangent, elementwise.

    Shapes:
        input, output: any shape, the same for both.

    Example::

        >>> nn.Tanh()(polygrad.tensor([-1.0, 0.0, 2.0]))
        tensor([-0.7616,  0.0000,  0.9640])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function to ``input``."""
        return F.tanh(input)


class Sigmoid(Layer):
    """Logistic function: ``1 / (1 + exp(-x))`` elementwise.

    Shapes:
        input, output: any shape, the same for both.

    Example::

        >>> nn.Sigmoid()(polygrad.tensor([-1.0, 0.0, 2.0]))
        tensor([0.2689, 0.5000, 0.8808])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function to ``input``."""
        return F.sigmoid(input)


class LogSigmoid(Layer):
    """Logarithm of the sigmoid, ``-log(1 + exp(-x))``, accurate also where the sigmoid underflows.

    Shapes:
        input, output: any shape, the same for both.

    Example::

        >>> nn.LogSigmoid()(polygrad.tensor([-1.0, 0.0, 2.0]))
        tensor([-1.3133, -0.6931, -0.1269])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function to ``input``."""
        return F.logsigmoid(input)


class Softsign(Layer):
    """Softsign: ``x / (1 + abs(x))`` elementwise.

    Shapes:
        input, output: any shape, the same for both.

    Example::

        >>> nn.Softsign()(polygrad.tensor([-1.0, 0.0, 2.0]))
        tensor([-0.5000,  0.0000,  0.6667])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function to ``input``."""
        return F.softsign(input)


class Tanhshrink(Layer):
    """What the hyperbolic tangent takes away: ``x - tanh(x)`` elementwise.

    Shapes:
        input, output: any shape, the same for both.

    Example::

        >>> nn.Tanhshrink()(polygrad.tensor([-1.0, 0.0, 2.0]))
        tensor([-0.2384,  0.0000,  1.0360])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function to ``input``."""
        return F.tanhshrink(input)


class _MaybeInPlace(Layer):
    """An activation that can overwrite its input."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return "inplace=True" if self.inplace else ""

    def _describe(self, **settings: Any) -> str:
        """Return the settings for `repr`, with ``inplace`` if it is on."""
        parts = [f"{name}={value}" for name, value in settings.items()]
        return ", ".join([*parts, "inplace=True"] if self.inplace else parts)


class ReLU(_MaybeInPlace):
    """Rectified linear unit: ``max(x, 0)`` elementwise; its derivative at 0 is 0.

    Args:
        inplace: write the result into the input.

    Shapes:
        input, output: any shape, the same for both.

    Example::

        >>> nn.ReLU()(polygrad.tensor([-1.0, 0.0, 2.0]))
        tensor([0., 0., 2.])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function to ``input``."""
        return F.relu(input, self.inplace)


class SiLU(_MaybeInPlace):
    """Sigmoid linear unit, or swish: ``x * sigmoid(x)`` elementwise.

    Elfwing, Uchibe and Doya, "Sigmoid-weighted linear units", 2017, arXiv:1702.03118.

    Args:
        inplace: write the result into the input.

    Shapes:
        input, output: any shape, the same for both.

    Example::

        >>> nn.SiLU()(polygrad.tensor([-1.0, 0.0, 2.0]))
        tensor([-0.2689,  0.0000,  1.7616])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function to ``input``."""
        return F.silu(input, self.inplace)


class Mish(_MaybeInPlace):
    """Mish: ``x * tanh(log(1 + exp(x)))`` elementwise.

    Misra, "Mish: a self regularized non-monotonic activation function", 2019, arXiv:1908.08681.

    Args:
        inplace: write the result into the input.

    Shapes:
        input, output: any shape, the same for both.

    Example::

        >>> nn.Mish()(polygrad.tensor([-1.0, 0.0, 2.0]))
        tensor([-0.3034,  0.0000,  1.9440])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function to ``input``."""
        return F.mish(input, self.inplace)


class RReLU(_MaybeInPlace):
    """Leaky rectified linear unit with random slopes in training: ``x`` where it is positive, else ``slope * x``.

    Xu, Wang, Chen and Li, "Empirical evaluation of rectified activations in convolutional network", 2015, arXiv:1505.00853.

    Args:
        lower: the smallest slope.
        upper: the largest slope; in evaluation mode all slopes are ``(lower + upper) / 2``.
        inplace: write the result into the input.

    Shapes:
        input, output: any shape, the same for both.

    Raises:
        RuntimeError: ``lower`` is greater than ``upper``, or an input is not of a floating-point type.

    Example::

        >>> nn.RReLU(0.0, 0.5).eval()(polygrad.tensor([-8.0, 0.0, 2.0]))
        tensor([-2.,  0.,  2.])
    """

    lower: float
    upper: float

    def __init__(self, lower: float = 1 / 8, upper: float = 1 / 3, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.lower, self.upper = lower, upper

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function to ``input``."""
        return F.rrelu(input, self.lower, self.upper, self.training, self.inplace)

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return self._describe(lower=self.lower, upper=self.upper)


class SELU(_MaybeInPlace):
    """Scaled `ELU`: ``1.0507 * elu(x, 1.6733)``, which keeps activations at mean 0 and variance 1.

    Klambauer et al., "Self-normalizing neural networks", 2017, arXiv:1706.02515.

    Args:
        inplace: write the result into the input.

    Shapes:
        input, output: any shape, the same for both.

    Example::

        >>> nn.SELU()(polygrad.tensor([-1.0, 0.0, 2.0]))
        tensor([-1.1113,  0.0000,  2.1014])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function to ``input``."""
        return F.selu(input, self.inplace)


class Hardsigmoid(_MaybeInPlace):
    """Piecewise linear sigmoid: ``clip(x / 6 + 1 / 2, 0, 1)`` elementwise.

    Args:
        inplace: write the result into the input.

    Shapes:
        input, output: any shape, the same for both.

    Example::

        >>> nn.Hardsigmoid()(polygrad.tensor([-1.0, 0.0, 2.0]))
        tensor([0.3333, 0.5000, 0.8333])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function to ``input``."""
        return F.hardsigmoid(input, self.inplace)


class Hardswish(_MaybeInPlace):
    """Piecewise swish: ``x * clip(x + 3, 0, 6) / 6`` elementwise.

    Howard et al., "Searching for MobileNetV3", 2019, arXiv:1905.02244.

    Args:
        inplace: write the result into the input.

    Shapes:
        input, output: any shape, the same for both.

    Example::

        >>> nn.Hardswish()(polygrad.tensor([-1.0, 0.0, 2.0]))
        tensor([-0.3333,  0.0000,  1.6667])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function to ``input``."""
        return F.hardswish(input, self.inplace)


class ReLU6(_MaybeInPlace):
    """Clip to the range from 0 to 6.

    Args:
        inplace: write the result into the input.

    Shapes:
        input, output: any shape, the same for both.

    Example::

        >>> nn.ReLU6()(polygrad.tensor([-1.0, 3.0, 9.0]))
        tensor([0., 3., 6.])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function to ``input``."""
        return F.relu6(input, self.inplace)


class Hardtanh(_MaybeInPlace):
    """Clip to the range from ``min_val`` to ``max_val``.

    Args:
        min_val: the lower bound.
        max_val: the upper bound.
        inplace: write the result into the input.

    Shapes:
        input, output: any shape, the same for both.

    Raises:
        ValueError: ``max_val`` is not larger than ``min_val``.

    Example::

        >>> nn.Hardtanh()(polygrad.tensor([-1.0, 0.0, 2.0]))
        tensor([-1.,  0.,  1.])
    """

    min_val: float
    max_val: float

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> None:
        super().__init__(inplace)
        if max_val <= min_val:
            raise ValueError(f"max_val must be larger than min_val, but got min_val={min_val} and max_val={max_val}")
        self.min_val, self.max_val = min_val, max_val

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function to ``input``."""
        return F.hardtanh(input, self.min_val, self.max_val, self.inplace)

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return self._describe(min_val=self.min_val, max_val=self.max_val)


class _Exponential(_MaybeInPlace):
    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.alpha = alpha

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return self._describe(alpha=self.alpha)


class ELU(_Exponential):
    """Exponential linear unit: ``x`` where it is positive, else ``alpha * (exp(x) - 1)``.

    Clevert, Unterthiner and Hochreiter, "Exponential linear units", 2015, arXiv:1511.07289.

    Args:
        alpha: the limit on the negative side is ``-alpha``.
        inplace: write the result into the input.

    Shapes:
        input, output: any shape, the same for both.

    Example::

        >>> nn.ELU()(polygrad.tensor([-1.0, 0.0, 2.0]))
        tensor([-0.6321,  0.0000,  2.0000])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function to ``input``."""
        return F.elu(input, self.alpha, self.inplace)


class CELU(_Exponential):
    """`ELU` with a continuous derivative: ``x`` where it is positive, else ``alpha * (exp(x / alpha) - 1)``.

    Barron, "Continuously differentiable exponential linear units", 2017, arXiv:1704.07483.

    Args:
        alpha: the limit on the negative side is ``-alpha``.
        inplace: write the result into the input.

    Shapes:
        input, output: any shape, the same for both.

    Example::

        >>> nn.CELU(alpha=2.0)(polygrad.tensor([-1.0, 0.0, 2.0]))
        tensor([-0.7869,  0.0000,  2.0000])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function to ``input``."""
        return F.celu(input, self.alpha, self.inplace)


class LeakyReLU(_MaybeInPlace):
    """Leaky rectifier: ``x`` where it is positive, else ``negative_slope * x``.

    Args:
        negative_slope: the slope on the negative side.
        inplace: write the result into the input.

    Shapes:
        input, output: any shape, the same for both.

    Example::

        >>> nn.LeakyReLU(0.1)(polygrad.tensor([-1.0, 0.0, 2.0]))
        tensor([-0.1000,  0.0000,  2.0000])
    """

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.negative_slope = negative_slope

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function to ``input``."""
        return F.leaky_relu(input, self.negative_slope, self.inplace)

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return self._describe(negative_slope=self.negative_slope)


class Threshold(_MaybeInPlace):
    """Keep the elements above a threshold: ``x`` where ``x > threshold``, else ``value``.

    Args:
        threshold: elements up to this number are replaced.
        value: the number that replaces them.
        inplace: write the result into the input.

    Shapes:
        input, output: any shape, the same for both.

    Example::

        >>> nn.Threshold(1.0, value=-5.0)(polygrad.tensor([-1.0, 0.0, 2.0]))
        tensor([-5., -5.,  2.])
    """

    threshold: float
    value: float

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.threshold, self.value = threshold, value

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function to ``input``."""
        return F.threshold(input, self.threshold, self.value, self.inplace)

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return self._describe(threshold=self.threshold, value=self.value)


class PReLU(Layer):
    """`LeakyReLU` with learned slopes: ``x`` where it is positive, else ``weight * x``.

    He et al., "Delving deep into rectifiers", 2015, arXiv:1502.01852.

    Args:
        num_parameters: 1 for one slope, or the number of channels for one each.
        init: the first value of the slopes.
        device, dtype, backend: those of the slopes; the defaults where None.

    Shapes:
        input, output: ``(N, C, *)``, or any shape if there is one slope.
        weight: ``(num_parameters,)``.

    Example::

        >>> nn.PReLU()(polygrad.tensor([-1.0, 0.0, 2.0]))
        tensor([-0.2500,  0.0000,  2.0000], grad_fn=<WhereBackward>)
    """

    num_parameters: int
    init: float
    weight: Parameter

    def __init__(
        self,
        num_parameters: int = 1,
        init: float = 0.25,
        device: DeviceLike | None = None,
        dtype: DTypeLike | None = None,
        *,
        backend: BackendLike | None = None,
    ) -> None:
        super().__init__()
        self.num_parameters, self.init = num_parameters, init
        self.weight = new_parameter(num_parameters, device=device, dtype=dtype, backend=backend)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Reset the slopes to ``init``."""
        self.weight.data.fill_(self.init)

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function to ``input``."""
        return F.prelu(input, self.weight)

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return f"num_parameters={self.num_parameters}"


class GELU(Layer):
    """Gaussian error linear unit: ``x`` times the standard normal distribution function of ``x``.

    Hendrycks and Gimpel, "Gaussian error linear units", 2016, arXiv:1606.08415.

    Args:
        approximate: "none", or "tanh" for ``0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3)))``.

    Shapes:
        input, output: any shape, the same for both.

    Example::

        >>> nn.GELU()(polygrad.tensor([-1.0, 0.0, 2.0]))
        tensor([-0.1587,  0.0000,  1.9545])
    """

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function to ``input``."""
        return F.gelu(input, approximate=self.approximate)

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return f"approximate={self.approximate!r}"


class Softplus(Layer):
    """Smooth rectifier: ``log(1 + exp(beta * x)) / beta`` elementwise.

    Args:
        beta: how sharp the bend at 0 is.
        threshold: where ``beta * x`` is larger, the result is ``x``.

    Shapes:
        input, output: any shape, the same for both.

    Example::

        >>> nn.Softplus()(polygrad.tensor([-1.0, 0.0, 2.0]))
        tensor([0.3133, 0.6931, 2.1269])
    """

    beta: float
    threshold: float

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta, self.threshold = beta, threshold

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function to ``input``."""
        return F.softplus(input, self.beta, self.threshold)

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return f"beta={self.beta}, threshold={self.threshold}"


class _Shrink(Layer):
    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return str(self.lambd)


class Hardshrink(_Shrink):
    """Set small elements to 0: ``x`` where ``abs(x) > lambd``, else 0.

    Args:
        lambd: the largest absolute value that becomes 0.

    Shapes:
        input, output: any shape, the same for both.

    Example::

        >>> nn.Hardshrink()(polygrad.tensor([-1.0, 0.3, 0.7]))
        tensor([-1.0000,  0.0000,  0.7000])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function to ``input``."""
        return F.hardshrink(input, self.lambd)


class Softshrink(_Shrink):
    """Move elements towards 0 by ``lambd``: ``sign(x) * max(abs(x) - lambd, 0)``.

    Args:
        lambd: how far, at least 0.

    Shapes:
        input, output: any shape, the same for both.

    Example::

        >>> nn.Softshrink()(polygrad.tensor([-1.0, 0.3, 0.7]))
        tensor([-0.5000,  0.0000,  0.2000])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function to ``input``."""
        return F.softshrink(input, self.lambd)


class _Along(Layer):
    """An activation along a dimension."""

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return f"dim={self.dim}"


class Softmax(_Along):
    """Normalize exponentials along a dimension: ``exp(x) / sum(exp(x), dim)``, without overflow.

    Args:
        dim: the dimension whose elements add up to 1.  None chooses one by the number of dimensions, and warns.

    Shapes:
        input, output: any shape, the same for both.

    Example::

        >>> nn.Softmax(dim=0)(polygrad.tensor([-1.0, 0.0, 2.0]))
        tensor([0.0420, 0.1142, 0.8438])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function to ``input``."""
        return F.softmax(input, self.dim)


class Softmax2d(Layer):
    """`Softmax` over the channels of images.

    Shapes:
        input, output: ``(N, C, H, W)`` or ``(C, H, W)``.

    Example::

        >>> nn.Softmax2d()(polygrad.zeros(1, 4, 1, 1)).flatten()
        tensor([0.2500, 0.2500, 0.2500, 0.2500])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function to ``input``."""
        return F.softmax(input, -3)

    def _fits(self, shape: tuple[int, ...]) -> bool:
        return len(shape) in (3, 4)

    def _expects(self) -> str:
        return "(batch, channels, height, width) or (channels, height, width)"


class LogSoftmax(_Along):
    """Logarithm of `Softmax`, accurate also where the softmax underflows.

    Args:
        dim: the dimension along which the exponentials add up to 1.  None chooses one, and warns.

    Shapes:
        input, output: any shape, the same for both.

    Example::

        >>> nn.LogSoftmax(dim=0)(polygrad.tensor([0.0, 1000.0]))
        tensor([-1000.,     0.])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function to ``input``."""
        return F.log_softmax(input, self.dim)


class Softmin(_Along):
    """`Softmax` of ``-x``.

    Args:
        dim: the dimension whose elements add up to 1.  None chooses one by the number of dimensions, and warns.

    Shapes:
        input, output: any shape, the same for both.

    Example::

        >>> nn.Softmin(dim=0)(polygrad.tensor([-1.0, 0.0, 2.0]))
        tensor([0.7054, 0.2595, 0.0351])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function to ``input``."""
        return F.softmin(input, self.dim)


class GLU(_Along):
    """Gated linear unit: the first half of the input along ``dim`` times the sigmoid of the second half.

    Dauphin et al., "Language modeling with gated convolutional networks", 2016, arXiv:1612.08083.

    Args:
        dim: the dimension that is halved; its length is even.

    Shapes:
        input: any shape; output: half as long along ``dim``.

    Example::

        >>> nn.GLU()(polygrad.tensor([1.0, 2.0, 0.0, 0.0]))
        tensor([0.5000, 1.0000])
    """

    dim: int

    def __init__(self, dim: int = -1) -> None:
        super().__init__(dim)

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function to ``input``."""
        return F.glu(input, self.dim)
