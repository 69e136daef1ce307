"""How one parameter is updated: pure functions ``(xp, parameter, gradient, *state, settings) -> (parameter, *state)``.

They are Array API code over ``xp``, as gradient rules are: on a backend's namespace they compute on its arrays, eagerly or
while it traces; on polygrad's own operations they are recorded, and an optimizer's step can be differentiated.  Numbers
among the settings may be Python's or 0-d arrays of the parameter's type; None switches off what they are for.
"""

from __future__ import annotations

from typing import Any


def sgd(
    xp: Any, parameter: Any, gradient: Any, momentum_buffer: Any, *, lr: Any, momentum: Any, dampening: Any,
    weight_decay: Any, nesterov: bool, maximize: bool,
) -> tuple:  # fmt: skip
    """Stochastic gradient descent, with momentum (Polyak, 1964) or Nesterov's (Sutskever et al., 2013, equation 4).

    ``momentum_buffer`` None means that this is the first step: the gradient is the first momentum, undampened.
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
) -> tuple:  # fmt: skip
    """Adam (Kingma and Ba, 2015, algorithm 1), AMSGrad (Reddi et al., 2018), AdamW (Loshchilov and Hutter, 2019).

    ``log_beta1`` and ``log_beta2`` are the logarithms of the decay rates: ``1 - beta**step`` by way of ``expm1`` keeps its
    digits in float32.
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
    count = _as_type_of(xp, step, parameter)
    correction1, correction2 = -xp.expm1(count * log_beta1), -xp.expm1(count * log_beta2)
    size = xp.sqrt(largest) / xp.sqrt(correction2) + eps
    return parameter - exp_avg / size * (lr / correction1), step, exp_avg, exp_avg_sq, max_exp_avg_sq


def rmsprop(
    xp: Any, parameter: Any, gradient: Any, step: Any, square_avg: Any, momentum_buffer: Any, grad_avg: Any, *, lr: Any,
    alpha: Any, eps: Any, weight_decay: Any, momentum: Any, centered: bool, maximize: bool,
) -> tuple:  # fmt: skip
    """RMSprop (Tieleman and Hinton, lecture 6.5, 2012); centered as in Graves (2013)."""
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
) -> tuple:  # fmt: skip
    """Adagrad (Duchi et al., 2011)."""
    if maximize:
        gradient = -gradient
    if weight_decay is not None:
        gradient = gradient + parameter * weight_decay
    sum = sum + gradient * gradient
    rate = lr if lr_decay is None else lr / (1 + _as_type_of(xp, step, parameter) * lr_decay)
    return parameter - gradient / (xp.sqrt(sum) + eps) * rate, step + 1, sum


def by_parts(rule: Any, xp: Any, parameter: Any, gradient: Any, *state: Any, **settings: Any) -> tuple:
    """``rule`` for a complex parameter: on its real and its imaginary part as if they were two parameters."""

    def whole(x: Any) -> bool:
        """Whether there is nothing to divide: no such state, or a count of steps."""
        return x is None or not xp.isdtype(x.dtype, "complex floating")

    parts = []
    for part in (xp.real, xp.imag):
        values = [x if whole(x) else part(x) for x in (parameter, gradient, *state)]
        parts.append(rule(xp, *values, **settings))
    return tuple(
        x
        if x is None or (old is not None and whole(old))
        else xp.complex(x, y)  # one made of the gradient has two parts
        for old, x, y in zip((parameter, *state), *parts, strict=True)
    )


def in_single_precision(
    rule: Any, single: Any, xp: Any, parameter: Any, gradient: Any, *state: Any, **settings: Any
) -> tuple:
    """``rule`` for a parameter of half precision: computed in ``single``, and rounded once to the types there were."""
    half = parameter.dtype
    values = [x if x is None or x.dtype != half else xp.astype(x, single) for x in (parameter, gradient, *state)]
    results = rule(xp, *values, **settings)
    return tuple(
        xp.astype(x, half) if x is not None and (old is None or old.dtype == half) else x
        for old, x in zip((parameter, *state), results, strict=True)
    )


def _as_type_of(xp: Any, count: Any, parameter: Any) -> Any:
    """A count of steps as a number beside ``parameter``."""
    return xp.astype(count, parameter.dtype)
