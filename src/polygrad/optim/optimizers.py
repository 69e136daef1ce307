"""The optimizers: settings, their checks, and which state the rules need."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from .._core.tensor import Tensor
from . import rules
from .optimizer import Optimizer, Parameters
from .settings import check_betas, check_range, number_or_none, settings_of_betas, to_number
from .step import numbers, zeros

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "RMSprop"]


class SGD(Optimizer):
    """Stochastic gradient descent, with momentum or Nesterov momentum.

    A parameter ``p`` with gradient ``g`` is updated by::

        g = g + weight_decay * p
        m = momentum * m + (1 - dampening) * g  # m = g in the first step, and where momentum is 0
        p = p - lr * (g + momentum * m if nesterov else m)

    Args:
        params: the parameters: tensors, pairs ``(name, tensor)``, or dictionaries of ``"params"`` and settings for
            them.
        lr: the learning rate, at least 0; a number, or a tensor of one element.
        momentum: the factor by which the previous update is kept, at least 0.
        dampening: the share of the gradient that does not enter the momentum.
        weight_decay: the factor of the L2 penalty, at least 0.
        nesterov: whether to use Nesterov momentum, which needs a ``momentum`` and no ``dampening``.
        maximize: whether to ascend instead of descend.
        foreach: accepted for compatibility with PyTorch, without effect: parameters are updated together where that is
            faster.
        differentiable: whether to record the step in the graph, so that it can be differentiated.
        fused: accepted for compatibility with PyTorch, without effect, as ``foreach``.

    Raises:
        TypeError: a setting is not a number, or a parameter not a tensor.
        ValueError: a setting is out of range, or there are no parameters.

    References:
        B. T. Polyak, "Some methods of speeding up the convergence of iteration methods" (1964); I. Sutskever, J.
        Martens, G. Dahl and G. Hinton, "On the importance of initialization and momentum in deep learning" (2013),
        equation 4.

    Example::

        >>> w = polygrad.tensor([1.0, -2.0], requires_grad=True)
        >>> optimizer = polygrad.optim.SGD([w], lr=0.1, momentum=0.9)
        >>> loss = (w * w).sum()
        >>> loss.backward()
        >>> optimizer.step()
        >>> w
        tensor([ 0.8000, -1.6000], requires_grad=True)
    """

    rule: ClassVar[Callable[..., Any]] = staticmethod(rules.sgd)
    kernel: ClassVar[str] = "sgd_step"
    scheduled: ClassVar[tuple[str, ...]] = ("lr", "momentum")
    at_first: ClassVar[dict[str, float]] = {"dampening": 0.0}

    def __init__(
        self, params: Parameters, lr: float | Tensor = 1e-3, momentum: float = 0, dampening: float = 0, weight_decay: float = 0,
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
        """Raise TypeError or ValueError for settings of ``group`` that are not numbers or out of range."""
        check_range(self, group, lr="≥ 0", momentum="≥ 0", dampening="any", weight_decay="≥ 0")
        if group["nesterov"] and (group["momentum"] <= 0 or group["dampening"] != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")

    def names(self, group: dict[str, Any]) -> tuple[str | None, ...]:
        """The state that the rule takes: ``"momentum_buffer"``, where the group has a momentum."""
        return ("momentum_buffer",) if group["momentum"] else (None,)

    def new_state(self, name: str, parameter: Tensor, group: dict[str, Any]) -> Any:
        """Zeros for the momentum; None with dampening, where the rule starts from the first gradient."""
        # Without dampening the first momentum, the gradient, also follows from zeros.
        return zeros(parameter) if not group["dampening"] else None

    def settings(self, group: dict[str, Any]) -> dict[str, Any]:
        """The settings of ``group`` that `rules.sgd` takes, as Python numbers."""
        return {
            "lr": to_number(group["lr"]), "momentum": number_or_none(group["momentum"]),
            "dampening": number_or_none(group["dampening"]),
            "weight_decay": number_or_none(group["weight_decay"]), "nesterov": group["nesterov"], "maximize": group["maximize"],
        }  # fmt: skip


class Adam(Optimizer):
    """Adam: steps scaled by running means of the gradient and of its square.

    In step ``t`` a parameter ``p`` with gradient ``g`` is updated by::

        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        p = p - lr * (m / (1 - beta1**t)) / (sqrt(v / (1 - beta2**t)) + eps)

    Args:
        params: the parameters: tensors, pairs ``(name, tensor)``, or dictionaries of ``"params"`` and settings for
            them.
        lr: the learning rate, at least 0, about the size of a step; a number, or a tensor of one element.
        betas: the decay rates of the two running means, each in [0, 1).
        eps: added to the denominator, at least 0.
        weight_decay: the factor of the L2 penalty, at least 0; with ``decoupled_weight_decay`` that of `AdamW`.
        amsgrad: whether to divide by the largest ``v`` so far (AMSGrad).
        foreach: accepted for compatibility with PyTorch, without effect: parameters are updated together where that is
            faster.
        maximize: whether to ascend instead of descend.
        capturable: accepted for compatibility with PyTorch, without effect.
        differentiable: whether to record the step in the graph, so that it can be differentiated.
        fused: accepted for compatibility with PyTorch, without effect, as ``foreach``.
        decoupled_weight_decay: whether weights decay by ``lr * weight_decay * p`` instead of by a term of the
            gradient.

    Raises:
        TypeError: a setting is not a number, or a parameter not a tensor.
        ValueError: a setting is out of range, or there are no parameters.

    References:
        D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization" (2015), algorithm 1; S. J. Reddi, S. Kale
        and S. Kumar, "On the convergence of Adam and beyond" (2018), for AMSGrad.

    Example::

        >>> w = polygrad.tensor([1.0, -2.0], requires_grad=True)
        >>> optimizer = polygrad.optim.Adam([w], lr=0.1)
        >>> loss = (w * w).sum()
        >>> loss.backward()
        >>> optimizer.step()
        >>> w
        tensor([ 0.9000, -1.9000], requires_grad=True)
    """

    rule: ClassVar[Callable[..., Any]] = staticmethod(rules.adam)
    kernel: ClassVar[str] = "adam_step"
    scheduled: ClassVar[tuple[str, ...]] = ("lr", "beta1", "log_beta1")

    def __init__(
        self, params: Parameters, lr: float | Tensor = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
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
        """Raise TypeError or ValueError for settings of ``group`` that are not numbers or out of range."""
        check_range(self, group, lr="≥ 0", eps="≥ 0", weight_decay="≥ 0")
        check_betas(self, group)

    def names(self, group: dict[str, Any]) -> tuple[str | None, ...]:
        """The state that the rule takes: the step, the two means, and with AMSGrad the largest second mean."""
        return ("step", "exp_avg", "exp_avg_sq", "max_exp_avg_sq" if group["amsgrad"] else None)

    def settings(self, group: dict[str, Any]) -> dict[str, Any]:
        """The settings of ``group`` that `rules.adam` takes, as Python numbers."""
        return {
            "lr": to_number(group["lr"]), **settings_of_betas(group), "eps": to_number(group["eps"]),
            "weight_decay": number_or_none(group["weight_decay"]),
            "decoupled": group["decoupled_weight_decay"], "amsgrad": group["amsgrad"], "maximize": group["maximize"],
        }  # fmt: skip


class AdamW(Adam):
    """`Adam` with decoupled weight decay.

    In step ``t`` a parameter ``p`` with gradient ``g`` is updated by::

        p = p - lr * weight_decay * p
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        p = p - lr * (m / (1 - beta1**t)) / (sqrt(v / (1 - beta2**t)) + eps)

    Args:
        params: the parameters: tensors, pairs ``(name, tensor)``, or dictionaries of ``"params"`` and settings for
            them.
        lr: the learning rate, at least 0, about the size of a step; a number, or a tensor of one element.
        betas: the decay rates of the two running means, each in [0, 1).
        eps: added to the denominator, at least 0.
        weight_decay: how much of the parameter, times ``lr``, is subtracted in a step, at least 0.
        amsgrad: whether to divide by the largest ``v`` so far (AMSGrad).
        maximize: whether to ascend instead of descend.
        foreach: accepted for compatibility with PyTorch, without effect: parameters are updated together where that is
            faster.
        capturable: accepted for compatibility with PyTorch, without effect.
        differentiable: whether to record the step in the graph, so that it can be differentiated.
        fused: accepted for compatibility with PyTorch, without effect, as ``foreach``.

    Raises:
        TypeError: a setting is not a number, or a parameter not a tensor.
        ValueError: a setting is out of range, or there are no parameters.

    References:
        I. Loshchilov and F. Hutter, "Decoupled weight decay regularization" (2019).

    Example::

        >>> w = polygrad.tensor([1.0, -2.0], requires_grad=True)
        >>> optimizer = polygrad.optim.AdamW([w], lr=0.1, weight_decay=0.5)
        >>> loss = (w * w).sum()
        >>> loss.backward()
        >>> optimizer.step()
        >>> w
        tensor([ 0.8500, -1.8000], requires_grad=True)
    """

    def __init__(
        self, params: Parameters, lr: float | Tensor = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 1e-2, amsgrad: bool = False, *, maximize: bool = False, foreach: bool | None = None,
        capturable: bool = False, differentiable: bool = False, fused: bool | None = None,
    ) -> None:  # fmt: skip
        super().__init__(
            params, lr, betas, eps, weight_decay, amsgrad, foreach=foreach, maximize=maximize, capturable=capturable,
            differentiable=differentiable, fused=fused, decoupled_weight_decay=True,
        )  # fmt: skip


class RMSprop(Optimizer):
    """RMSprop: gradients divided by the root of the running mean of their squares.

    A parameter ``p`` with gradient ``g`` is updated by::

        g = g + weight_decay * p
        v = alpha * v + (1 - alpha) * g**2
        c = alpha * c + (1 - alpha) * g  # used where centered; otherwise c**2 is left out
        m = momentum * m + g / (sqrt(v - c**2) + eps)
        p = p - lr * m

    Args:
        params: the parameters: tensors, pairs ``(name, tensor)``, or dictionaries of ``"params"`` and settings for
            them.
        lr: the learning rate, at least 0; a number, or a tensor of one element.
        alpha: the decay rate of the running means, at least 0.
        eps: added to the denominator, at least 0.
        weight_decay: the factor of the L2 penalty, at least 0.
        momentum: the factor by which the previous update is kept, at least 0.
        centered: whether to divide by an estimate of the standard deviation instead.
        capturable: accepted for compatibility with PyTorch, without effect.
        foreach: accepted for compatibility with PyTorch, without effect: parameters are updated together where that is
            faster.
        maximize: whether to ascend instead of descend.
        differentiable: whether to record the step in the graph, so that it can be differentiated.

    Raises:
        TypeError: a setting is not a number, or a parameter not a tensor.
        ValueError: a setting is out of range, or there are no parameters.

    References:
        T. Tieleman and G. Hinton, "Lecture 6.5: RMSprop" (2012); A. Graves, "Generating sequences with recurrent
        neural networks" (2013), equations 38 to 40, for ``centered``.

    Example::

        >>> w = polygrad.tensor([1.0, -2.0], requires_grad=True)
        >>> optimizer = polygrad.optim.RMSprop([w], lr=0.01)
        >>> loss = (w * w).sum()
        >>> loss.backward()
        >>> optimizer.step()
        >>> w
        tensor([ 0.9000, -1.9000], requires_grad=True)
    """

    rule: ClassVar[Callable[..., Any]] = staticmethod(rules.rmsprop)
    scheduled: ClassVar[tuple[str, ...]] = ("lr", "momentum")

    def __init__(
        self, params: Parameters, lr: float | Tensor = 1e-2, alpha: float = 0.99, eps: float = 1e-8, weight_decay: float = 0,
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
        """Raise TypeError or ValueError for settings of ``group`` that are not numbers or out of range."""
        check_range(self, group, lr="≥ 0", eps="≥ 0", momentum="≥ 0", weight_decay="≥ 0", alpha="≥ 0")

    def names(self, group: dict[str, Any]) -> tuple[str | None, ...]:
        """The state that the rule takes: ``"step"``, ``"square_avg"``, and what momentum and centering need."""
        momentum = "momentum_buffer" if group["momentum"] else None
        return ("step", "square_avg", momentum, "grad_avg" if group["centered"] else None)

    def settings(self, group: dict[str, Any]) -> dict[str, Any]:
        """The settings of ``group`` that `rules.rmsprop` takes, as Python numbers."""
        return {
            "lr": to_number(group["lr"]), "alpha": to_number(group["alpha"]), "eps": to_number(group["eps"]),
            "weight_decay": number_or_none(group["weight_decay"]), "momentum": number_or_none(group["momentum"]),
            "centered": group["centered"], "maximize": group["maximize"],
        }  # fmt: skip


class Adagrad(Optimizer):
    """Adagrad: gradients divided by the root of the sum of all their squares so far.

    In step ``t``, counted from 0, a parameter ``p`` with gradient ``g`` is updated by::

        g = g + weight_decay * p
        s = s + g**2
        p = p - lr / (1 + t * lr_decay) * g / (sqrt(s) + eps)

    Args:
        params: the parameters: tensors, pairs ``(name, tensor)``, or dictionaries of ``"params"`` and settings for
            them.
        lr: the learning rate, at least 0; a number, or a tensor of one element.
        lr_decay: how fast the learning rate decays, at least 0.
        weight_decay: the factor of the L2 penalty, at least 0.
        initial_accumulator_value: the first value of the sum ``s``, at least 0.
        eps: added to the denominator, at least 0.
        foreach: accepted for compatibility with PyTorch, without effect: parameters are updated together where that is
            faster.
        maximize: whether to ascend instead of descend.
        differentiable: whether to record the step in the graph, so that it can be differentiated.
        fused: accepted for compatibility with PyTorch, without effect, as ``foreach``.

    Raises:
        TypeError: a setting is not a number, or a parameter not a tensor.
        ValueError: a setting is out of range, or there are no parameters.

    References:
        J. Duchi, E. Hazan and Y. Singer, "Adaptive subgradient methods for online learning and stochastic
        optimization" (2011).

    Example::

        >>> w = polygrad.tensor([1.0, -2.0], requires_grad=True)
        >>> optimizer = polygrad.optim.Adagrad([w], lr=0.1)
        >>> loss = (w * w).sum()
        >>> loss.backward()
        >>> optimizer.step()
        >>> w
        tensor([ 0.9000, -1.9000], requires_grad=True)
    """

    rule: ClassVar[Callable[..., Any]] = staticmethod(rules.adagrad)

    def __init__(
        self, params: Parameters, lr: float | Tensor = 1e-2, lr_decay: float = 0, weight_decay: float = 0,
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
        """Raise TypeError or ValueError for settings of ``group`` that are not numbers or out of range."""
        check_range(
            self, group, lr="≥ 0", lr_decay="≥ 0", eps="≥ 0", weight_decay="≥ 0", initial_accumulator_value="≥ 0"
        )

    def names(self, group: dict[str, Any]) -> tuple[str | None, ...]:
        """The state that the rule takes: ``"step"`` and ``"sum"``."""
        return ("step", "sum")

    def new_state(self, name: str, parameter: Tensor, group: dict[str, Any]) -> Any:
        """Zero steps, and ``initial_accumulator_value`` for the sum."""
        if name == "step":
            return super().new_state(name, parameter, group)
        return numbers(parameter, to_number(group["initial_accumulator_value"]))

    def settings(self, group: dict[str, Any]) -> dict[str, Any]:
        """The settings of ``group`` that `rules.adagrad` takes, as Python numbers."""
        return {
            "lr": to_number(group["lr"]), "lr_decay": number_or_none(group["lr_decay"]), "eps": to_number(group["eps"]),
            "weight_decay": number_or_none(group["weight_decay"]), "maximize": group["maximize"],
        }  # fmt: skip
