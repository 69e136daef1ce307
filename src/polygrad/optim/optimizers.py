"""The optimizers: settings, their checks, and which state the rules need."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from .._core.scalars import PYTHON_SCALARS, to_python
from .._core.tensor import Tensor
from .._functions.common import real_number
from .._state import not_recording
from . import rules
from .optimizer import Optimizer, Parameters
from .step import zeros

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "RMSprop"]


def _number(value: Any) -> Any:
    """A setting as a Python number; PyTorch also takes tensors of one element."""
    if not isinstance(value, Tensor):
        return value if value.__class__ in PYTHON_SCALARS else to_python(value)
    with not_recording():  # a step that is recorded asks for it at every run
        return value.item()


def _or_none(value: Any) -> Any:
    """A setting as a Python number, and None where 0 switches it off."""
    return _number(value) or None


def _check_range(optimizer: Optimizer, group: dict[str, Any], **allowed: str) -> None:
    """Raise TypeError for a setting that is no number, ValueError for one out of its range: "≥ 0", or "any" number."""
    for name, wanted in allowed.items():
        value = _number(real_number(group[name], type(optimizer).__name__, name))
        if wanted == "≥ 0" and not value >= 0:
            raise ValueError(f"Invalid {name} value: {value} (it must be at least 0)")


class SGD(Optimizer):
    """Stochastic gradient descent: ``parameter -= lr * gradient``.

    Args:
        lr: the learning rate.
        momentum: the share of the former change that is kept in each step.
        dampening: the share of the gradient that does not enter the momentum.
        weight_decay: the factor of the parameter that is added to its gradient.
        nesterov: look ahead along the momentum (Sutskever et al., 2013).
        maximize: go up instead of down.
        differentiable: record the step in the graph.
        foreach, fused: accepted and not needed: what can be run together is.

    Raises ValueError for impossible settings.

    Example::

        optimizer = polygrad.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    """

    rule, kernel, scheduled = staticmethod(rules.sgd), "sgd_step", ("lr", "momentum")
    at_first: ClassVar[dict[str, float]] = {"dampening": 0.0}

    def __init__(
        self, params: Parameters, lr: Any = 1e-3, momentum: float = 0, dampening: float = 0, weight_decay: float = 0,
        nesterov: bool = False, *, maximize: bool = False, foreach: bool | None = None, differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:  # fmt: skip
        super().__init__(
            params,
            {
                "lr": lr, "momentum": momentum, "dampening": dampening, "weight_decay": weight_decay, "nesterov": nesterov,
                "maximize": maximize, "foreach": foreach, "differentiable": differentiable, "fused": fused,
            },
        )  # fmt: skip

    def check(self, group: dict[str, Any]) -> None:
        _check_range(self, group, lr="≥ 0", momentum="≥ 0", dampening="any", weight_decay="≥ 0")
        if group["nesterov"] and (group["momentum"] <= 0 or group["dampening"] != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")

    def names(self, group: dict[str, Any]) -> tuple[str | None, ...]:
        return ("momentum_buffer",) if group["momentum"] else (None,)

    def new_state(self, name: str, parameter: Tensor, group: dict[str, Any]) -> Any:
        # The first momentum is the gradient itself: of zeros, unless dampening takes its share.
        return zeros(parameter) if not group["dampening"] else None

    def settings(self, group: dict[str, Any]) -> dict[str, Any]:
        return {
            "lr": _number(group["lr"]), "momentum": _or_none(group["momentum"]), "dampening": _or_none(group["dampening"]),
            "weight_decay": _or_none(group["weight_decay"]), "nesterov": group["nesterov"], "maximize": group["maximize"],
        }  # fmt: skip


def _log(rate: float) -> float:
    return math.log(rate) if rate else -math.inf


class Adam(Optimizer):
    """Adam: steps of about ``lr``, scaled by running means of the gradient and of its square (Kingma and Ba, 2015).

    Args:
        lr: the learning rate.
        betas: the decay rates of the two running means.
        eps: what is added to the denominator.
        weight_decay: the factor of the parameter that is added to its gradient, or, with ``decoupled_weight_decay``, by
            which (times ``lr``) the parameter shrinks.
        amsgrad: divide by the largest mean of squares so far (Reddi et al., 2018).
        maximize: go up instead of down.
        differentiable: record the step in the graph.
        foreach, capturable, fused: accepted and not needed: what can be run together is.

    Raises ValueError for impossible settings.

    Example::

        optimizer = polygrad.optim.Adam(model.parameters(), lr=1e-3)
    """

    rule, kernel, scheduled = staticmethod(rules.adam), "adam_step", ("lr", "beta1", "log_beta1")

    def __init__(
        self, params: Parameters, lr: Any = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 0, amsgrad: bool = False, *, foreach: bool | None = None, maximize: bool = False,
        capturable: bool = False, differentiable: bool = False, fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(
            params,
            {
                "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "amsgrad": amsgrad,
                "maximize": maximize, "foreach": foreach, "capturable": capturable, "differentiable": differentiable,
                "fused": fused, "decoupled_weight_decay": decoupled_weight_decay,
            },
        )  # fmt: skip

    def check(self, group: dict[str, Any]) -> None:
        _check_range(self, group, lr="≥ 0", eps="≥ 0", weight_decay="≥ 0")
        name, betas = type(self).__name__, group["betas"]
        if not isinstance(betas, (tuple, list)):
            raise TypeError(
                f"{name}(): argument 'betas' must be two numbers, as in (0.9, 0.999), not {type(betas).__name__}"
            )
        if len(betas) != 2:
            raise ValueError(f"{name}(): argument 'betas' must be two numbers, as in (0.9, 0.999), not {len(betas)}")
        for number, beta in enumerate(betas):
            if not 0 <= _number(real_number(beta, name, f"betas[{number}]")) < 1:
                raise ValueError(f"Invalid beta parameter at index {number}: {beta} (it must be in [0, 1))")

    def names(self, group: dict[str, Any]) -> tuple[str | None, ...]:
        return ("step", "exp_avg", "exp_avg_sq", "max_exp_avg_sq" if group["amsgrad"] else None)

    def settings(self, group: dict[str, Any]) -> dict[str, Any]:
        beta1, beta2 = group["betas"]
        beta1, beta2 = _number(beta1), _number(beta2)
        return {
            "lr": _number(group["lr"]), "beta1": beta1, "beta2": beta2, "log_beta1": _log(beta1), "log_beta2": _log(beta2),
            "eps": _number(group["eps"]), "weight_decay": _or_none(group["weight_decay"]),
            "decoupled": group["decoupled_weight_decay"], "amsgrad": group["amsgrad"], "maximize": group["maximize"],
        }  # fmt: skip


class AdamW(Adam):
    """`Adam` with weights that shrink by ``lr * weight_decay`` in each step (Loshchilov and Hutter, 2019).

    Example::

        optimizer = polygrad.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)
    """

    def __init__(
        self, params: Parameters, lr: Any = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 1e-2, amsgrad: bool = False, *, maximize: bool = False, foreach: bool | None = None,
        capturable: bool = False, differentiable: bool = False, fused: bool | None = None,
    ) -> None:  # fmt: skip
        super().__init__(
            params, lr, betas, eps, weight_decay, amsgrad, foreach=foreach, maximize=maximize, capturable=capturable,
            differentiable=differentiable, fused=fused, decoupled_weight_decay=True,
        )  # fmt: skip


class RMSprop(Optimizer):
    """RMSprop: gradients divided by the root of the running mean of their squares (Tieleman and Hinton, 2012).

    Args:
        lr: the learning rate.
        alpha: the decay rate of the running mean.
        eps: what is added to the denominator.
        weight_decay: the factor of the parameter that is added to its gradient.
        momentum: the share of the former change that is kept in each step.
        centered: divide by the standard deviation instead (Graves, 2013).
        maximize: go up instead of down.
        differentiable: record the step in the graph.
        foreach, capturable: accepted and not needed.
    """

    rule, scheduled = staticmethod(rules.rmsprop), ("lr", "momentum")

    def __init__(
        self, params: Parameters, lr: Any = 1e-2, alpha: float = 0.99, eps: float = 1e-8, weight_decay: float = 0,
        momentum: float = 0, centered: bool = False, capturable: bool = False, foreach: bool | None = None,
        maximize: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(
            params,
            {
                "lr": lr, "momentum": momentum, "alpha": alpha, "eps": eps, "centered": centered,
                "weight_decay": weight_decay, "capturable": capturable, "foreach": foreach, "maximize": maximize,
                "differentiable": differentiable,
            },
        )  # fmt: skip

    def check(self, group: dict[str, Any]) -> None:
        _check_range(self, group, lr="≥ 0", eps="≥ 0", momentum="≥ 0", weight_decay="≥ 0", alpha="≥ 0")

    def names(self, group: dict[str, Any]) -> tuple[str | None, ...]:
        momentum = "momentum_buffer" if group["momentum"] else None
        return ("step", "square_avg", momentum, "grad_avg" if group["centered"] else None)

    def settings(self, group: dict[str, Any]) -> dict[str, Any]:
        return {
            "lr": _number(group["lr"]), "alpha": _number(group["alpha"]), "eps": _number(group["eps"]),
            "weight_decay": _or_none(group["weight_decay"]), "momentum": _or_none(group["momentum"]),
            "centered": group["centered"], "maximize": group["maximize"],
        }  # fmt: skip


class Adagrad(Optimizer):
    """Adagrad: gradients divided by the root of the sum of all their squares so far (Duchi et al., 2011).

    Args:
        lr: the learning rate, which decays as ``lr / (1 + steps * lr_decay)``.
        weight_decay: the factor of the parameter that is added to its gradient.
        initial_accumulator_value: where the sum starts.
        eps: what is added to the denominator.
        maximize: go up instead of down.
        differentiable: record the step in the graph.
        foreach, fused: accepted and not needed.
    """

    rule = staticmethod(rules.adagrad)

    def __init__(
        self, params: Parameters, lr: Any = 1e-2, lr_decay: float = 0, weight_decay: float = 0,
        initial_accumulator_value: float = 0, eps: float = 1e-10, foreach: bool | None = None, *, maximize: bool = False,
        differentiable: bool = False, fused: bool | None = None,
    ) -> None:  # fmt: skip
        super().__init__(
            params,
            {
                "lr": lr, "lr_decay": lr_decay, "eps": eps, "weight_decay": weight_decay,
                "initial_accumulator_value": initial_accumulator_value, "foreach": foreach, "maximize": maximize,
                "differentiable": differentiable, "fused": fused,
            },
        )  # fmt: skip

    def check(self, group: dict[str, Any]) -> None:
        _check_range(
            self, group, lr="≥ 0", lr_decay="≥ 0", eps="≥ 0", weight_decay="≥ 0", initial_accumulator_value="≥ 0"
        )

    def names(self, group: dict[str, Any]) -> tuple[str | None, ...]:
        return ("step", "sum")

    def new_state(self, name: str, parameter: Tensor, group: dict[str, Any]) -> Any:
        first = super().new_state(name, parameter, group)
        if name == "step":
            return first
        value = _number(group["initial_accumulator_value"])
        return first + (complex(value, value) if parameter.dtype.is_complex else value)

    def settings(self, group: dict[str, Any]) -> dict[str, Any]:
        return {
            "lr": _number(group["lr"]), "lr_decay": _or_none(group["lr_decay"]), "eps": _number(group["eps"]),
            "weight_decay": _or_none(group["weight_decay"]), "maximize": group["maximize"],
        }  # fmt: skip
