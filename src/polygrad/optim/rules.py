"""Update rules: pure functions ``(xp, parameter, gradient, *state, settings) -> (parameter, *state)``.

A rule is Array API code over ``xp``, as gradient rules are: on a backend's namespace it computes on raw arrays,
eagerly or while the library traces; on polygrad's operations it is recorded, so an optimizer's step can be
differentiated.  Settings are Python numbers or 0-d arrays of the parameter's data type; None switches off what the
setting is for.
"""

from __future__ import annotations

import math
from typing import Any

__all__ = ["adadelta", "adagrad", "adam", "adamax", "asgd", "nadam", "radam", "rmsprop", "rprop", "sgd"]


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
    parameter, gradient = _decay(parameter, gradient, weight_decay, maximize)
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
    parameter, gradient = _decay(parameter, gradient, weight_decay, maximize, lr if decoupled else None)
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
    parameter, gradient = _decay(parameter, gradient, weight_decay, maximize)
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
    parameter, gradient = _decay(parameter, gradient, weight_decay, maximize)
    sum = sum + gradient * gradient
    rate = lr if lr_decay is None else lr / (1 + _cast_to_type_of(xp, step, parameter) * lr_decay)
    return parameter - gradient / (xp.sqrt(sum) + eps) * rate, step + 1, sum


def adadelta(
    xp: Any, parameter: Any, gradient: Any, step: Any, square_avg: Any, acc_delta: Any, *, lr: Any, rho: Any, eps: Any,
    weight_decay: Any, maximize: bool,
) -> tuple[Any, ...]:  # fmt: skip
    """Update one parameter by Adadelta.

    Args:
        xp: the namespace to compute with.
        parameter: the parameter, of any shape.
        gradient: its gradient, of the same shape.
        step: the number of steps before this one, 0-d.
        square_avg: the running mean of the gradient's square, of the parameter's shape.
        acc_delta: the running mean of the update's square.
        lr: the factor of the update.
        rho: the decay rate of the running means.
        eps: added to both means under the root.
        weight_decay: the factor of the L2 penalty, or None.
        maximize: whether to ascend.

    Returns:
        The new parameter, number of steps, and means.

    References:
        M. D. Zeiler, "ADADELTA: an adaptive learning rate method" (2012), algorithm 1.

    Example::

        >>> p, g = np.array([1.0, -2.0]), np.array([0.5, 0.5])
        >>> settings = {"lr": 1.0, "rho": 0.9, "eps": 1e-2, "weight_decay": None, "maximize": False}
        >>> new, *state = polygrad.optim.rules.adadelta(
        ...     np, p, g, np.array(0.0), np.zeros(2), np.zeros(2), **settings
        ... )
        >>> new.round(4)
        array([ 0.7327, -2.2673])
    """
    parameter, gradient = _decay(parameter, gradient, weight_decay, maximize)
    square_avg = square_avg * rho + gradient * gradient * (1 - rho)
    change = gradient * (xp.sqrt(acc_delta + eps) / xp.sqrt(square_avg + eps))
    acc_delta = acc_delta * rho + change * change * (1 - rho)
    return parameter - change * lr, step + 1, square_avg, acc_delta


def adamax(
    xp: Any, parameter: Any, gradient: Any, step: Any, exp_avg: Any, exp_inf: Any, *, lr: Any, beta1: Any, beta2: Any,
    log_beta1: Any, eps: Any, weight_decay: Any, maximize: bool,
) -> tuple[Any, ...]:  # fmt: skip
    """Update one parameter by Adamax.

    Args:
        xp: the namespace to compute with.
        parameter: the parameter, of any shape.
        gradient: its gradient, of the same shape.
        step: the number of steps before this one, 0-d.
        exp_avg: the running mean of the gradient, of the parameter's shape.
        exp_inf: the largest gradient so far, discounted by ``beta2`` in each step.
        lr: the learning rate.
        beta1: the decay rate of the mean.
        beta2: the decay rate of the maximum.
        log_beta1: the logarithm of ``beta1``.
        eps: added to the size of the gradient.
        weight_decay: the factor of the L2 penalty, or None.
        maximize: whether to ascend.

    Returns:
        The new parameter, number of steps, mean, and maximum.

    References:
        D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization" (2015), algorithm 2.

    Example::

        >>> from math import log
        >>> p, g = np.array([1.0, -2.0]), np.array([0.5, 0.5])
        >>> settings = {"beta1": 0.9, "beta2": 0.999, "log_beta1": log(0.9), "eps": 1e-8}
        >>> new, *state = polygrad.optim.rules.adamax(
        ...     np, p, g, np.array(0.0), np.zeros(2), np.zeros(2), lr=0.1, **settings, weight_decay=None, maximize=False
        ... )
        >>> new.round(4)
        array([ 0.9, -2.1])
    """
    parameter, gradient = _decay(parameter, gradient, weight_decay, maximize)
    step = step + 1
    exp_avg = exp_avg * beta1 + gradient * (1 - beta1)
    exp_inf = xp.maximum(exp_inf * beta2, xp.abs(gradient) + eps)
    correction = -xp.expm1(_cast_to_type_of(xp, step, parameter) * log_beta1)
    return parameter - exp_avg / exp_inf * (lr / correction), step, exp_avg, exp_inf


def nadam(
    xp: Any, parameter: Any, gradient: Any, step: Any, mu_product: Any, exp_avg: Any, exp_avg_sq: Any, *, lr: Any,
    beta1: Any, beta2: Any, log_beta2: Any, eps: Any, weight_decay: Any, decoupled: bool, momentum_decay: Any,
    maximize: bool,
) -> tuple[Any, ...]:  # fmt: skip
    """Update one parameter by NAdam.

    Args:
        xp: the namespace to compute with.
        parameter: the parameter, of any shape.
        gradient: its gradient, of the same shape.
        step: the number of steps before this one, 0-d.
        mu_product: the product of the momenta of the steps so far, 0-d.
        exp_avg: the running mean of the gradient, of the parameter's shape.
        exp_avg_sq: the running mean of its square.
        lr: the learning rate.
        beta1: the decay rate of the first mean.
        beta2: the decay rate of the second mean.
        log_beta2: the logarithm of ``beta2``.
        eps: added to the denominator.
        weight_decay: the factor of the weight decay, or None.
        decoupled: whether the weight decay is that of AdamW.
        momentum_decay: how fast the momentum grows to ``beta1``.
        maximize: whether to ascend.

    Returns:
        The new parameter, number of steps, product of momenta, and means.

    References:
        T. Dozat, "Incorporating Nesterov momentum into Adam" (2016).

    Example::

        >>> from math import log
        >>> p, g, zeros = np.array([1.0, -2.0]), np.array([0.5, 0.5]), np.zeros(2)
        >>> settings = {"beta1": 0.9, "beta2": 0.999, "log_beta2": log(0.999), "eps": 1e-8, "weight_decay": None}
        >>> new, *state = polygrad.optim.rules.nadam(
        ...     np, p, g, np.array(0.0), np.array(1.0), zeros, zeros, lr=0.1, **settings, decoupled=False,
        ...     momentum_decay=4e-3, maximize=False,
        ... )
        >>> new.round(4)
        array([ 0.8944, -2.1056])
    """
    parameter, gradient = _decay(parameter, gradient, weight_decay, maximize, lr if decoupled else None)
    step = step + 1
    count = _cast_to_type_of(xp, step, parameter)
    rate = math.log(0.96) * momentum_decay
    mu, next_mu = (beta1 * (1 - 0.5 * xp.exp(k * rate)) for k in (count, count + 1))
    mu_product = mu_product * _cast_to_type_of(xp, mu, mu_product)
    product = _cast_to_type_of(xp, mu_product, parameter)
    exp_avg = exp_avg * beta1 + gradient * (1 - beta1)
    exp_avg_sq = exp_avg_sq * beta2 + gradient * gradient * (1 - beta2)
    size = xp.sqrt(exp_avg_sq) / xp.sqrt(-xp.expm1(count * log_beta2)) + eps
    change = gradient * ((1 - mu) / (1 - product)) + exp_avg * (next_mu / (1 - product * next_mu))
    return parameter - change / size * lr, step, mu_product, exp_avg, exp_avg_sq


def radam(
    xp: Any, parameter: Any, gradient: Any, step: Any, exp_avg: Any, exp_avg_sq: Any, *, lr: Any, beta1: Any, beta2: Any,
    log_beta1: Any, log_beta2: Any, eps: Any, weight_decay: Any, decoupled: bool, maximize: bool,
) -> tuple[Any, ...]:  # fmt: skip
    """Update one parameter by RAdam.

    The length of the averaged window, ``2 / (1 - beta2) - 1 - 2 * t * beta2**t / (1 - beta2**t)``, is the small difference
    of large numbers in the first steps ``t``.  It is ``K(L / 2) + t * (1 - K(t * L / 2))``, with ``L = -log(beta2)`` and
    Langevin's function ``K(x) = 1 / tanh(x) - 1 / x``, which keeps its digits in float32.

    Args:
        xp: the namespace to compute with.
        parameter: the parameter, of any shape.
        gradient: its gradient, of the same shape.
        step: the number of steps before this one, 0-d.
        exp_avg: the running mean of the gradient, of the parameter's shape.
        exp_avg_sq: the running mean of its square.
        lr: the learning rate.
        beta1: the decay rate of the first mean.
        beta2: the decay rate of the second mean.
        log_beta1: the logarithm of ``beta1``.
        log_beta2: the logarithm of ``beta2``.
        eps: added to the denominator.
        weight_decay: the factor of the weight decay, or None.
        decoupled: whether the weight decay is that of AdamW.
        maximize: whether to ascend.

    Returns:
        The new parameter, number of steps, and means.

    References:
        L. Liu et al., "On the variance of the adaptive learning rate and beyond" (2020), algorithm 2.

    Example::

        >>> from math import log
        >>> p, g, zeros = np.array([1.0, -2.0]), np.array([0.5, 0.5]), np.zeros(2)
        >>> betas = {"beta1": 0.9, "beta2": 0.999, "log_beta1": log(0.9), "log_beta2": log(0.999)}
        >>> settings = {"eps": 1e-8, "weight_decay": None, "decoupled": False, "maximize": False}
        >>> new, *state = polygrad.optim.rules.radam(np, p, g, np.array(0.0), zeros, zeros, lr=0.1, **betas, **settings)
        >>> new.round(4)
        array([ 0.95, -2.05])
    """
    parameter, gradient = _decay(parameter, gradient, weight_decay, maximize, lr if decoupled else None)
    step = step + 1
    count = _cast_to_type_of(xp, step, parameter)
    exp_avg = exp_avg * beta1 + gradient * (1 - beta1)
    exp_avg_sq = exp_avg_sq * beta2 + gradient * gradient * (1 - beta2)
    change = exp_avg * (lr / -xp.expm1(count * log_beta1))
    longest = 2 / (1 - beta2) - 1
    if longest > 5:
        ones = xp.ones_like(count)
        length = (longest - 2 / -log_beta2) + count * (1 - _langevin(xp, count * (-log_beta2 / 2)))
        is_long = length > 5
        length = xp.where(is_long, length, ones * 6)
        rectified = (length - 4) * (length - 2) / length * (longest / ((longest - 4) * (longest - 2)))
        size = xp.sqrt(exp_avg_sq) + eps
        scale = xp.sqrt(rectified * -xp.expm1(count * log_beta2))
        change = xp.where(is_long, change / size * scale, change)
    return parameter - change, step, exp_avg, exp_avg_sq


def rprop(
    xp: Any, parameter: Any, gradient: Any, step: Any, prev: Any, step_size: Any, *, eta_minus: Any, eta_plus: Any,
    smallest: Any, largest: Any, maximize: bool,
) -> tuple[Any, ...]:  # fmt: skip
    """Update one parameter by resilient backpropagation (Rprop).

    Args:
        xp: the namespace to compute with.
        parameter: the parameter, of any shape.
        gradient: its gradient, of the same shape.
        step: the number of steps before this one, 0-d.
        prev: the gradient of the step before, of the same shape; 0 where its sign had changed.
        step_size: the size of the step for each element.
        eta_minus: the factor of the size where the sign of the gradient has changed.
        eta_plus: the factor of the size where the sign is that of the step before.
        smallest: the least size.
        largest: the largest size.
        maximize: whether to ascend.

    Returns:
        The new parameter, number of steps, gradient, and sizes.

    References:
        M. Riedmiller and H. Braun, "A direct adaptive method for faster backpropagation learning: the RPROP algorithm"
        (1993).

    Example::

        >>> p, g = np.array([1.0, -2.0]), np.array([0.5, -0.5])
        >>> settings = {"eta_minus": 0.5, "eta_plus": 1.2, "smallest": 1e-6, "largest": 50.0, "maximize": False}
        >>> new, *state = polygrad.optim.rules.rprop(
        ...     np, p, g, np.array(1.0), np.array([1.0, 1.0]), np.array([0.1, 0.1]), **settings
        ... )
        >>> new.round(4)
        array([ 0.88, -2.  ])
    """
    if maximize:
        gradient = -gradient
    agreement, ones = gradient * prev, xp.ones_like(gradient)
    has_changed = agreement < 0
    factor = xp.where(agreement > 0, ones * eta_plus, xp.where(has_changed, ones * eta_minus, ones))
    step_size = xp.minimum(xp.maximum(step_size * factor, ones * smallest), ones * largest)
    gradient = xp.where(has_changed, xp.zeros_like(gradient), gradient)
    return parameter - xp.sign(gradient) * step_size, step + 1, gradient, step_size


def asgd(
    xp: Any, parameter: Any, gradient: Any, step: Any, eta: Any, mu: Any, ax: Any, *, lr: Any, lambd: Any, alpha: Any,
    t0: Any, weight_decay: Any, maximize: bool,
) -> tuple[Any, ...]:  # fmt: skip
    """Update one parameter by averaged stochastic gradient descent.

    Args:
        xp: the namespace to compute with.
        parameter: the parameter, of any shape.
        gradient: its gradient, of the same shape.
        step: the number of steps before this one, 0-d.
        eta: the learning rate of this step, 0-d.
        mu: the share of the new parameter in the average, 0-d.
        ax: the average of the parameter, of its shape.
        lr: the first learning rate.
        lambd: how much of the parameter, times the learning rate, is subtracted in a step, and how fast the rate decays.
        alpha: the power with which the learning rate decays.
        t0: the step at which averaging starts.
        weight_decay: the factor of the L2 penalty, or None.
        maximize: whether to ascend.

    Returns:
        The new parameter, number of steps, learning rate, share, and average.

    References:
        B. T. Polyak and A. B. Juditsky, "Acceleration of stochastic approximation by averaging" (1992); L. Bottou,
        "Stochastic gradient descent tricks" (2012), section 5.1.

    Example::

        >>> p, g = np.array([1.0, -2.0]), np.array([0.5, 0.5])
        >>> settings = {"lr": 0.1, "lambd": 1e-4, "alpha": 0.75, "t0": 1e6, "weight_decay": None, "maximize": False}
        >>> new, *state = polygrad.optim.rules.asgd(
        ...     np, p, g, np.array(0.0), np.array(0.1), np.array(1.0), np.zeros(2), **settings
        ... )
        >>> new.round(4)
        array([ 0.95, -2.05])
    """
    parameter, gradient = _decay(parameter, gradient, weight_decay, maximize)
    step = step + 1
    rate = _cast_to_type_of(xp, eta, parameter)
    parameter = parameter * (1 - lambd * rate) - gradient * rate
    ax = ax + (parameter - ax) * _cast_to_type_of(xp, mu, parameter)
    count = _cast_to_type_of(xp, step, eta)
    eta = _cast_to_type_of(xp, lr * xp.exp(-alpha * xp.log1p(count * (lambd * lr))), eta)
    mu = 1 / xp.maximum(count - t0, xp.ones_like(count))
    return parameter, step, eta, mu, ax


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


def _decay(
    parameter: Any, gradient: Any, weight_decay: Any, maximize: bool, decoupled_lr: Any = None
) -> tuple[Any, Any]:
    """The gradient to descend along, with its term for the decay of the weights; with a rate, the weights decay instead."""
    if maximize:
        gradient = -gradient
    if weight_decay is None:
        return parameter, gradient
    if decoupled_lr is not None:
        return parameter * (1 - decoupled_lr * weight_decay), gradient
    return parameter, gradient + parameter * weight_decay


def _cast_to_type_of(xp: Any, count: Any, parameter: Any) -> Any:
    """A count of steps in the data type of ``parameter``."""
    return xp.astype(count, parameter.dtype)


#: The coefficients of x, x**3, … in `_langevin` (DLMF 4.33.6).
_LANGEVIN = (1 / 3, -1 / 45, 2 / 945, -1 / 4725, 2 / 93555, -1382 / 638512875, 4 / 18243225)


def _langevin(xp: Any, x: Any) -> Any:
    """``1 / tanh(x) - 1 / x`` for positive ``x``."""
    is_small, ones = x < 0.3, xp.ones_like(x)
    small, large = xp.where(is_small, x, ones * 0.1), xp.where(is_small, ones, x)
    series = xp.zeros_like(x)
    for coefficient in reversed(_LANGEVIN):
        series = series * (small * small) + coefficient
    return xp.where(is_small, series * small, 1 / xp.tanh(large) - 1 / large)
