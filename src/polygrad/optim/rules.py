"""Update rules: pure functions ``(xp, parameter, gradient, *state, settings) -> (parameter, *state)``.

A rule is Array API code over ``xp``, as gradient rules are: on a backend's namespace it computes on raw arrays,
eagerly or while the library traces; on polygrad's operations it is recorded, so an optimizer's step can be
differentiated.  Settings are Python numbers or 0-d arrays of the parameter's data type; None switches off what the
setting is for.
"""

from __future__ import annotations

from typing import Any

__all__ = ["adagrad", "adam", "rmsprop", "sgd"]


def sgd(
    xp: Any, parameter: Any, gradient: Any, momentum_buffer: Any, *, lr: Any, momentum: Any, dampening: Any,
    weight_decay: Any, nesterov: bool, maximize: bool,
) -> tuple[Any, ...]:  # fmt: skip
    """Update one parameter by stochastic gradient descent.

    Args:
        xp: the namespace to compute with.
        parameter: the parameter, of any shape.
        gradient: its gradient, of the same shape.
        momentum_buffer: the momentum, of the same shape; None in a first step that starts from the gradient,
            undampened.
        lr: the learning rate.
        momentum: the factor by which the previous update is kept, or None.
        dampening: the share of the gradient that does not enter the momentum, or None.
        weight_decay: the factor of the L2 penalty, or None.
        nesterov: whether to use Nesterov momentum.
        maximize: whether to ascend.

    Returns:
        The new parameter and momentum.

    References:
        B. T. Polyak, "Some methods of speeding up the convergence of iteration methods" (1964); I. Sutskever et al.,
        "On the importance of initialization and momentum in deep learning" (2013), equation 4.

    Example::

        >>> p, g = np.array([1.0, -2.0]), np.array([0.5, 0.5])
        >>> settings = {"momentum": None, "dampening": None, "weight_decay": None, "nesterov": False, "maximize": False}
        >>> new, _ = polygrad.optim.rules.sgd(np, p, g, None, lr=0.1, **settings)
        >>> new.round(4)
        array([ 0.95, -2.05])
    """
    if maximize:
        gradient = -gradient
    if weight_decay is not None:
        gradient = gradient + parameter * weight_decay
    if momentum is not None:
        if momentum_buffer is None:
            momentum_buffer = gradient
        else:
            fresh = gradient if dampening is None else gradient * (1 - dampening)
            momentum_buffer = momentum_buffer * momentum + fresh
        gradient = gradient + momentum_buffer * momentum if nesterov else momentum_buffer
    return parameter - gradient * lr, momentum_buffer


def adam(
    xp: Any, parameter: Any, gradient: Any, step: Any, exp_avg: Any, exp_avg_sq: Any, max_exp_avg_sq: Any, *, lr: Any,
    beta1: Any, beta2: Any, log_beta1: Any, log_beta2: Any, eps: Any, weight_decay: Any, decoupled: bool, amsgrad: bool,
    maximize: bool,
) -> tuple[Any, ...]:  # fmt: skip
    """Update one parameter by Adam, AMSGrad or AdamW.

    The logarithms of the decay rates are settings, since ``1 - beta**step`` computed by ``expm1`` keeps its digits in
    float32.

    Args:
        xp: the namespace to compute with.
        parameter: the parameter, of any shape.
        gradient: its gradient, of the same shape.
        step: the number of steps before this one, 0-d.
        exp_avg: the running mean of the gradient, of the parameter's shape.
        exp_avg_sq: the running mean of its square.
        max_exp_avg_sq: the largest such mean so far, or None without ``amsgrad``.
        lr: the learning rate.
        beta1: the decay rate of the first mean.
        beta2: the decay rate of the second mean.
        log_beta1: the logarithm of ``beta1``.
        log_beta2: the logarithm of ``beta2``.
        eps: added to the denominator.
        weight_decay: the factor of the weight decay, or None.
        decoupled: whether the weight decay is AdamW's.
        amsgrad: whether to divide by the largest second mean so far.
        maximize: whether to ascend.

    Returns:
        The new parameter, number of steps, means, and largest second mean.

    References:
        D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization" (2015), algorithm 1; S. J. Reddi, S. Kale
        and S. Kumar, "On the convergence of Adam and beyond" (2018); I. Loshchilov and F. Hutter, "Decoupled weight
        decay regularization" (2019).

    Example::

        >>> from math import log
        >>> p, g, zeros = np.array([1.0, -2.0]), np.array([0.5, 0.5]), np.zeros(2)
        >>> betas = {"beta1": 0.9, "beta2": 0.999, "log_beta1": log(0.9), "log_beta2": log(0.999)}
        >>> settings = {"eps": 1e-8, "weight_decay": None, "decoupled": False, "amsgrad": False, "maximize": False}
        >>> new, *state = polygrad.optim.rules.adam(
        ...     np, p, g, np.array(0.0), zeros, zeros, None, lr=0.1, **betas, **settings
        ... )
        >>> new.round(4)
        array([ 0.9, -2.1])
    """
    if maximize:
        gradient = -gradient
    if weight_decay is not None:
        if decoupled:
            parameter = parameter * (1 - lr * weight_decay)
        else:
            gradient = gradient + parameter * weight_decay
    step = step + 1
    exp_avg = exp_avg * beta1 + gradient * (1 - beta1)
    exp_avg_sq = exp_avg_sq * beta2 + gradient * gradient * (1 - beta2)
    largest = exp_avg_sq
    if amsgrad:
        largest = max_exp_avg_sq = xp.maximum(max_exp_avg_sq, exp_avg_sq)
    count = _cast_to_type_of(xp, step, parameter)
    correction1, correction2 = -xp.expm1(count * log_beta1), -xp.expm1(count * log_beta2)
    size = xp.sqrt(largest) / xp.sqrt(correction2) + eps
    return parameter - exp_avg / size * (lr / correction1), step, exp_avg, exp_avg_sq, max_exp_avg_sq


def rmsprop(
    xp: Any, parameter: Any, gradient: Any, step: Any, square_avg: Any, momentum_buffer: Any, grad_avg: Any, *, lr: Any,
    alpha: Any, eps: Any, weight_decay: Any, momentum: Any, centered: bool, maximize: bool,
) -> tuple[Any, ...]:  # fmt: skip
    """Update one parameter by RMSprop.

    Args:
        xp: the namespace to compute with.
        parameter: the parameter, of any shape.
        gradient: its gradient, of the same shape.
        step: the number of steps before this one, 0-d.
        square_avg: the running mean of the gradient's square, of the parameter's shape.
        momentum_buffer: the momentum, or None without one.
        grad_avg: the running mean of the gradient, or None unless ``centered``.
        lr: the learning rate.
        alpha: the decay rate of the running means.
        eps: added to the denominator.
        weight_decay: the factor of the L2 penalty, or None.
        momentum: the factor by which the previous update is kept, or None.
        centered: whether to divide by an estimate of the standard deviation.
        maximize: whether to ascend.

    Returns:
        The new parameter, number of steps, mean of squares, momentum, and mean of gradients.

    References:
        T. Tieleman and G. Hinton, "Lecture 6.5: RMSprop" (2012); A. Graves, "Generating sequences with recurrent
        neural networks" (2013), equations 38 to 40, for ``centered``.

    Example::

        >>> p, g = np.array([1.0, -2.0]), np.array([0.5, 0.5])
        >>> settings = {"eps": 1e-8, "weight_decay": None, "momentum": None, "centered": False, "maximize": False}
        >>> new, *state = polygrad.optim.rules.rmsprop(
        ...     np, p, g, np.array(0.0), np.zeros(2), None, None, lr=0.01, alpha=0.99, **settings
        ... )
        >>> new.round(4)
        array([ 0.9, -2.1])
    """
    if maximize:
        gradient = -gradient
    if weight_decay is not None:
        gradient = gradient + parameter * weight_decay
    square_avg = square_avg * alpha + gradient * gradient * (1 - alpha)
    variance = square_avg
    if centered:
        grad_avg = grad_avg * alpha + gradient * (1 - alpha)
        variance = square_avg - grad_avg * grad_avg
    change = gradient / (xp.sqrt(variance) + eps)
    if momentum is not None:
        change = momentum_buffer = momentum_buffer * momentum + change
    return parameter - change * lr, step + 1, square_avg, momentum_buffer, grad_avg


def adagrad(
    xp: Any, parameter: Any, gradient: Any, step: Any, sum: Any, *, lr: Any, lr_decay: Any, eps: Any, weight_decay: Any,
    maximize: bool,
) -> tuple[Any, ...]:  # fmt: skip
    """Update one parameter by Adagrad.

    Args:
        xp: the namespace to compute with.
        parameter: the parameter, of any shape.
        gradient: its gradient, of the same shape.
        step: the number of steps before this one, 0-d.
        sum: the sum of the squared gradients so far, of the parameter's shape.
        lr: the learning rate.
        lr_decay: how fast the learning rate decays, or None.
        eps: added to the denominator.
        weight_decay: the factor of the L2 penalty, or None.
        maximize: whether to ascend.

    Returns:
        The new parameter, number of steps, and sum.

    References:
        J. Duchi, E. Hazan and Y. Singer, "Adaptive subgradient methods for online learning and stochastic
        optimization" (2011).

    Example::

        >>> p, g = np.array([1.0, -2.0]), np.array([0.5, 0.5])
        >>> settings = {"lr_decay": None, "eps": 1e-10, "weight_decay": None, "maximize": False}
        >>> new, *state = polygrad.optim.rules.adagrad(
        ...     np, p, g, np.array(0.0), np.zeros(2), lr=0.1, **settings
        ... )
        >>> new.round(4)
        array([ 0.9, -2.1])
    """
    if maximize:
        gradient = -gradient
    if weight_decay is not None:
        gradient = gradient + parameter * weight_decay
    sum = sum + gradient * gradient
    rate = lr if lr_decay is None else lr / (1 + _cast_to_type_of(xp, step, parameter) * lr_decay)
    return parameter - gradient / (xp.sqrt(sum) + eps) * rate, step + 1, sum


def split_complex(rule: Any, xp: Any, parameter: Any, gradient: Any, *state: Any, **settings: Any) -> tuple[Any, ...]:
    """Run ``rule`` on the real and the imaginary part of a complex parameter, as on two real parameters."""

    def stays_whole(x: Any) -> bool:
        """Whether there is nothing to split: no such state, or a real count of steps."""
        return x is None or not xp.isdtype(x.dtype, "complex floating")

    parts = []
    for part in (xp.real, xp.imag):
        values = [x if stays_whole(x) else part(x) for x in (parameter, gradient, *state)]
        parts.append(rule(xp, *values, **settings))
    return tuple(
        x
        if x is None or (old is not None and stays_whole(old))
        else xp.complex(x, y)  # state that starts from the gradient is complex
        for old, x, y in zip((parameter, *state), *parts, strict=True)
    )


def compute_in_single_precision(
    rule: Any, single: Any, xp: Any, parameter: Any, gradient: Any, *state: Any, **settings: Any
) -> tuple[Any, ...]:
    """Run ``rule`` on a half-precision parameter in the type ``single``, and round each result once."""
    half = parameter.dtype
    values = [x if x is None or x.dtype != half else xp.astype(x, single) for x in (parameter, gradient, *state)]
    results = rule(xp, *values, **settings)
    return tuple(
        xp.astype(x, half) if x is not None and (old is None or old.dtype == half) else x
        for old, x in zip((parameter, *state), results, strict=True)
    )


def _cast_to_type_of(xp: Any, count: Any, parameter: Any) -> Any:
    """A count of steps in the data type of ``parameter``."""
    return xp.astype(count, parameter.dtype)
