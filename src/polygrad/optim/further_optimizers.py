"""Optimizers that programs use less often: their settings, the checks, and which state the rules need."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from .._core.tensor import Tensor
from . import rules
from .optimizer import Optimizer, Parameters
from .settings import check_betas, check_range, number_or_none, pair, settings_of_betas, to_number
from .step import number_state, numbers

__all__ = ["ASGD", "Adadelta", "Adamax", "NAdam", "RAdam", "Rprop"]


class Adadelta(Optimizer):
    """Adadelta: gradients in units of the running mean of past updates, so that a step has the parameter's unit.

    A parameter ``p`` with gradient ``g`` is updated by::

        g = g + weight_decay * p
        v = rho * v + (1 - rho) * g**2
        d = sqrt(u + eps) / sqrt(v + eps) * g
        u = rho * u + (1 - rho) * d**2
        p = p - lr * d

    Args:
        params: the parameters: tensors, pairs ``(name, tensor)``, or dictionaries of ``"params"`` and settings for
            them.
        lr: the factor of the update, at least 0; a number, or a tensor of one element.
        rho: the decay rate of the running means, in [0, 1].
        eps: added to both means under the root, at least 0.
        weight_decay: the factor of the L2 penalty, at least 0.
        foreach: accepted for compatibility with PyTorch, without effect: parameters are updated together where that is
            faster.
        capturable: accepted for compatibility with PyTorch, without effect.
        maximize: whether to ascend instead of descend.
        differentiable: whether to record the step in the graph, so that it can be differentiated.

    Raises:
        TypeError: a setting is not a number, or a parameter not a tensor.
        ValueError: a setting is out of range, or there are no parameters.

    References:
        M. D. Zeiler, "ADADELTA: an adaptive learning rate method" (2012), algorithm 1.

    Example::

        >>> w = polygrad.tensor([1.0, -2.0], requires_grad=True)
        >>> optimizer = polygrad.optim.Adadelta([w], lr=1.0, eps=1e-2)
        >>> loss = (w * w).sum()
        >>> loss.backward()
        >>> optimizer.step()
        >>> w
        tensor([ 0.6877, -1.6848], requires_grad=True)
    """

    rule: ClassVar[Callable[..., Any]] = staticmethod(rules.adadelta)

    def __init__(
        self, params: Parameters, lr: float | Tensor = 1.0, rho: float = 0.9, eps: float = 1e-6, weight_decay: float = 0,
        foreach: bool | None = None, *, capturable: bool = False, maximize: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(
            params,
            {
                "lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay, "maximize": maximize,
                "capturable": capturable, "foreach": foreach, "differentiable": differentiable,
            },
        )  # fmt: skip

    def check(self, group: dict[str, Any]) -> None:
        """Raise TypeError or ValueError for settings of ``group`` that are not numbers or out of range."""
        check_range(self, group, lr="≥ 0", rho="in [0, 1]", eps="≥ 0", weight_decay="≥ 0")

    def names(self, group: dict[str, Any]) -> tuple[str | None, ...]:
        """The state that the rule takes: the steps and the two means."""
        return ("step", "square_avg", "acc_delta")

    def settings(self, group: dict[str, Any]) -> dict[str, Any]:
        """The settings of ``group`` that `rules.adadelta` takes, as Python numbers."""
        return {
            "lr": to_number(group["lr"]), "rho": to_number(group["rho"]), "eps": to_number(group["eps"]),
            "weight_decay": number_or_none(group["weight_decay"]), "maximize": group["maximize"],
        }  # fmt: skip


class Adamax(Optimizer):
    """Adamax: Adam with the largest gradient, discounted, in place of the root of the mean square.

    In step ``t`` a parameter ``p`` with gradient ``g`` is updated by::

        g = g + weight_decay * p
        m = beta1 * m + (1 - beta1) * g
        u = max(beta2 * u, abs(g) + eps)
        p = p - lr / (1 - beta1**t) * m / u

    Args:
        params: the parameters: tensors, pairs ``(name, tensor)``, or dictionaries of ``"params"`` and settings for
            them.
        lr: the learning rate, at least 0; a number, or a tensor of one element.
        betas: the decay rates of the mean and of the maximum, each in [0, 1).
        eps: added to the size of the gradient, at least 0.
        weight_decay: the factor of the L2 penalty, at least 0.
        foreach: accepted for compatibility with PyTorch, without effect: parameters are updated together where that is
            faster.
        maximize: whether to ascend instead of descend.
        differentiable: whether to record the step in the graph, so that it can be differentiated.
        capturable: accepted for compatibility with PyTorch, without effect.

    Raises:
        TypeError: a setting is not a number, or a parameter not a tensor.
        ValueError: a setting is out of range, or there are no parameters.

    References:
        D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization" (2015), algorithm 2.

    Example::

        >>> w = polygrad.tensor([1.0, -2.0], requires_grad=True)
        >>> optimizer = polygrad.optim.Adamax([w], lr=0.1)
        >>> loss = (w * w).sum()
        >>> loss.backward()
        >>> optimizer.step()
        >>> w
        tensor([ 0.9000, -1.9000], requires_grad=True)
    """

    rule: ClassVar[Callable[..., Any]] = staticmethod(rules.adamax)
    scheduled: ClassVar[tuple[str, ...]] = ("lr", "beta1", "log_beta1")

    def __init__(
        self, params: Parameters, lr: float | Tensor = 2e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 0, foreach: bool | None = None, *, maximize: bool = False, differentiable: bool = False,
        capturable: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(
            params,
            {
                "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "foreach": foreach,
                "maximize": maximize, "differentiable": differentiable, "capturable": capturable,
            },
        )  # fmt: skip

    def check(self, group: dict[str, Any]) -> None:
        """Raise TypeError or ValueError for settings of ``group`` that are not numbers or out of range."""
        check_range(self, group, lr="≥ 0", eps="≥ 0", weight_decay="≥ 0")
        check_betas(self, group)

    def names(self, group: dict[str, Any]) -> tuple[str | None, ...]:
        """The state that the rule takes: the steps, the mean and the maximum."""
        return ("step", "exp_avg", "exp_inf")

    def settings(self, group: dict[str, Any]) -> dict[str, Any]:
        """The settings of ``group`` that `rules.adamax` takes, as Python numbers."""
        return {
            "lr": to_number(group["lr"]), **settings_of_betas(group, "log_beta1"), "eps": to_number(group["eps"]),
            "weight_decay": number_or_none(group["weight_decay"]), "maximize": group["maximize"],
        }  # fmt: skip


class NAdam(Optimizer):
    """NAdam: Adam with Nesterov momentum, which grows from step to step.

    In step ``t`` a parameter ``p`` with gradient ``g`` is updated by::

        g = g + weight_decay * p
        mu(t) = beta1 * (1 - 0.5 * 0.96**(t * momentum_decay))
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        d = (1 - mu(t)) * g / (1 - mu(1) … mu(t)) + mu(t + 1) * m / (1 - mu(1) … mu(t + 1))
        p = p - lr * d / (sqrt(v / (1 - beta2**t)) + eps)

    Args:
        params: the parameters: tensors, pairs ``(name, tensor)``, or dictionaries of ``"params"`` and settings for
            them.
        lr: the learning rate, at least 0; a number, or a tensor of one element.
        betas: the decay rates of the two running means, each in [0, 1).
        eps: added to the denominator, at least 0.
        weight_decay: the factor of the L2 penalty, at least 0; with ``decoupled_weight_decay`` that of `AdamW`.
        momentum_decay: how fast the momentum grows to ``beta1``, at least 0.
        decoupled_weight_decay: whether weights decay by ``lr * weight_decay * p`` instead of by a term of the
            gradient.
        foreach: accepted for compatibility with PyTorch, without effect: parameters are updated together where that is
            faster.
        maximize: whether to ascend instead of descend.
        capturable: accepted for compatibility with PyTorch, without effect.
        differentiable: whether to record the step in the graph, so that it can be differentiated.

    Raises:
        TypeError: a setting is not a number, or a parameter not a tensor.
        ValueError: a setting is out of range, or there are no parameters.

    References:
        T. Dozat, "Incorporating Nesterov momentum into Adam" (2016).

    Example::

        >>> w = polygrad.tensor([1.0, -2.0], requires_grad=True)
        >>> optimizer = polygrad.optim.NAdam([w], lr=0.1)
        >>> loss = (w * w).sum()
        >>> loss.backward()
        >>> optimizer.step()
        >>> w
        tensor([ 0.8944, -1.8944], requires_grad=True)
    """

    rule: ClassVar[Callable[..., Any]] = staticmethod(rules.nadam)
    scheduled: ClassVar[tuple[str, ...]] = ("lr", "beta1")

    def __init__(
        self, params: Parameters, lr: float | Tensor = 2e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 0, momentum_decay: float = 4e-3, decoupled_weight_decay: bool = False, *,
        foreach: bool | None = None, maximize: bool = False, capturable: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(
            params,
            {
                "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "momentum_decay": momentum_decay,
                "decoupled_weight_decay": decoupled_weight_decay, "maximize": maximize, "foreach": foreach,
                "capturable": capturable, "differentiable": differentiable,
            },
        )  # fmt: skip

    def check(self, group: dict[str, Any]) -> None:
        """Raise TypeError or ValueError for settings of ``group`` that are not numbers or out of range."""
        check_range(self, group, lr="≥ 0", eps="≥ 0", weight_decay="≥ 0", momentum_decay="≥ 0")
        check_betas(self, group)

    def names(self, group: dict[str, Any]) -> tuple[str | None, ...]:
        """The state that the rule takes: the steps, the product of the momenta, and the two means."""
        return ("step", "mu_product", "exp_avg", "exp_avg_sq")

    def new_state(self, name: str, parameter: Tensor, group: dict[str, Any]) -> Any:
        """No steps, an empty product, and zeros."""
        return number_state(parameter, 1) if name == "mu_product" else super().new_state(name, parameter, group)

    def settings(self, group: dict[str, Any]) -> dict[str, Any]:
        """The settings of ``group`` that `rules.nadam` takes, as Python numbers."""
        return {
            "lr": to_number(group["lr"]), **settings_of_betas(group, "log_beta2"), "eps": to_number(group["eps"]),
            "weight_decay": number_or_none(group["weight_decay"]), "decoupled": group["decoupled_weight_decay"],
            "momentum_decay": to_number(group["momentum_decay"]), "maximize": group["maximize"],
        }  # fmt: skip


class RAdam(Optimizer):
    """RAdam: Adam, but momentum alone while the running mean of squares has too few terms.

    In step ``t`` a parameter ``p`` with gradient ``g`` is updated by::

        g = g + weight_decay * p
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        R = 2 / (1 - beta2) - 1
        r = R - 2 * t * beta2**t / (1 - beta2**t)
        d = sqrt((r - 4) * (r - 2) * R / ((R - 4) * (R - 2) * r)) * sqrt(1 - beta2**t) / (sqrt(v) + eps) if r > 5 else 1
        p = p - lr * m / (1 - beta1**t) * d

    Args:
        params: the parameters: tensors, pairs ``(name, tensor)``, or dictionaries of ``"params"`` and settings for
            them.
        lr: the learning rate, at least 0; a number, or a tensor of one element.
        betas: the decay rates of the two running means, each in [0, 1).
        eps: added to the denominator, at least 0.
        weight_decay: the factor of the L2 penalty, at least 0; with ``decoupled_weight_decay`` that of `AdamW`.
        decoupled_weight_decay: whether weights decay by ``lr * weight_decay * p`` instead of by a term of the
            gradient.
        foreach: accepted for compatibility with PyTorch, without effect: parameters are updated together where that is
            faster.
        maximize: whether to ascend instead of descend.
        capturable: accepted for compatibility with PyTorch, without effect.
        differentiable: whether to record the step in the graph, so that it can be differentiated.

    Raises:
        TypeError: a setting is not a number, or a parameter not a tensor.
        ValueError: a setting is out of range, or there are no parameters.

    References:
        L. Liu et al., "On the variance of the adaptive learning rate and beyond" (2020), algorithm 2.

    Example::

        >>> w = polygrad.tensor([1.0, -2.0], requires_grad=True)
        >>> optimizer = polygrad.optim.RAdam([w], lr=0.1)
        >>> loss = (w * w).sum()
        >>> loss.backward()
        >>> optimizer.step()
        >>> w
        tensor([ 0.8000, -1.6000], requires_grad=True)
    """

    rule: ClassVar[Callable[..., Any]] = staticmethod(rules.radam)
    scheduled: ClassVar[tuple[str, ...]] = ("lr", "beta1", "log_beta1")

    def __init__(
        self, params: Parameters, lr: float | Tensor = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 0, decoupled_weight_decay: bool = False, *, foreach: bool | None = None, maximize: bool = False,
        capturable: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(
            params,
            {
                "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "maximize": maximize,
                "foreach": foreach, "capturable": capturable, "decoupled_weight_decay": decoupled_weight_decay,
                "differentiable": differentiable,
            },
        )  # fmt: skip

    def check(self, group: dict[str, Any]) -> None:
        """Raise TypeError or ValueError for settings of ``group`` that are not numbers or out of range."""
        check_range(self, group, lr="≥ 0", eps="≥ 0", weight_decay="≥ 0")
        check_betas(self, group)

    def names(self, group: dict[str, Any]) -> tuple[str | None, ...]:
        """The state that the rule takes: the steps and the two means."""
        return ("step", "exp_avg", "exp_avg_sq")

    def settings(self, group: dict[str, Any]) -> dict[str, Any]:
        """The settings of ``group`` that `rules.radam` takes, as Python numbers."""
        return {
            "lr": to_number(group["lr"]), **settings_of_betas(group), "eps": to_number(group["eps"]),
            "weight_decay": number_or_none(group["weight_decay"]), "decoupled": group["decoupled_weight_decay"],
            "maximize": group["maximize"],
        }  # fmt: skip


class Rprop(Optimizer):
    """Resilient backpropagation: steps whose size depends on the signs of the gradient only.

    Each element of a parameter ``p`` with gradient ``g``, which was ``h`` in the step before, has a step of size ``s``::

        if g * h > 0: s = min(s * etas[1], step_sizes[1])
        if g * h < 0: s = max(s * etas[0], step_sizes[0]); g = 0
        p = p - s * sign(g)

    It is for full batches: with mini-batches the signs change by chance.

    Args:
        params: the parameters: tensors, pairs ``(name, tensor)``, or dictionaries of ``"params"`` and settings for
            them.
        lr: the first size of the steps, at least 0; a number, or a tensor of one element.
        etas: the factors of the size where the sign changes, in (0, 1), and where it does not, above 1.
        step_sizes: the smallest and the largest size.
        capturable: accepted for compatibility with PyTorch, without effect.
        foreach: accepted for compatibility with PyTorch, without effect: parameters are updated together where that is
            faster.
        maximize: whether to ascend instead of descend.
        differentiable: whether to record the step in the graph, so that it can be differentiated.

    Raises:
        TypeError: a setting is not a number, or a parameter not a tensor.
        ValueError: a setting is out of range, or there are no parameters.

    References:
        M. Riedmiller and H. Braun, "A direct adaptive method for faster backpropagation learning: the RPROP algorithm"
        (1993).

    Example::

        >>> w = polygrad.tensor([1.0, -2.0], requires_grad=True)
        >>> optimizer = polygrad.optim.Rprop([w], lr=0.1)
        >>> loss = (w * w).sum()
        >>> loss.backward()
        >>> optimizer.step()
        >>> w
        tensor([ 0.9000, -1.9000], requires_grad=True)
    """

    rule: ClassVar[Callable[..., Any]] = staticmethod(rules.rprop)
    scheduled: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self, params: Parameters, lr: float | Tensor = 1e-2, etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50), *, capturable: bool = False, foreach: bool | None = None,
        maximize: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(
            params,
            {
                "lr": lr, "etas": etas, "step_sizes": step_sizes, "foreach": foreach, "maximize": maximize,
                "differentiable": differentiable, "capturable": capturable,
            },
        )  # fmt: skip

    def check(self, group: dict[str, Any]) -> None:
        """Raise TypeError or ValueError for settings of ``group`` that are not numbers or out of range."""
        check_range(self, group, lr="≥ 0")
        eta_minus, eta_plus = pair(self, group, "etas")
        if not 0 < eta_minus < 1 < eta_plus:
            raise ValueError(f"Invalid eta values: {eta_minus}, {eta_plus} (they must be in (0, 1), and above 1)")
        pair(self, group, "step_sizes")

    def names(self, group: dict[str, Any]) -> tuple[str | None, ...]:
        """The state that the rule takes: the steps, the gradient before, and the sizes."""
        return ("step", "prev", "step_size")

    def new_state(self, name: str, parameter: Tensor, group: dict[str, Any]) -> Any:
        """No steps, no gradient before, and sizes of ``lr``."""
        if name == "step_size":
            return numbers(parameter, to_number(group["lr"]))
        return super().new_state(name, parameter, group)

    def settings(self, group: dict[str, Any]) -> dict[str, Any]:
        """The settings of ``group`` that `rules.rprop` takes, as Python numbers."""
        return {
            "eta_minus": to_number(group["etas"][0]), "eta_plus": to_number(group["etas"][1]),
            "smallest": to_number(group["step_sizes"][0]), "largest": to_number(group["step_sizes"][1]),
            "maximize": group["maximize"],
        }  # fmt: skip


class ASGD(Optimizer):
    """Averaged stochastic gradient descent: the mean of the parameters is kept, too.

    In step ``t`` a parameter ``p`` with gradient ``g`` is updated by::

        g = g + weight_decay * p
        p = p - eta * (g + lambd * p)
        a = a + (p - a) / max(1, t - t0)  # the average, ``optimizer.state[p]["ax"]``
        eta = lr / (1 + lambd * lr * t)**alpha

    Args:
        params: the parameters: tensors, pairs ``(name, tensor)``, or dictionaries of ``"params"`` and settings for
            them.
        lr: the learning rate, at least 0; a number, or a tensor of one element.
        lambd: how much of the parameter is subtracted, and how fast the learning rate decays.
        alpha: the power with which the learning rate decays.
        t0: the step at which averaging starts.
        weight_decay: the factor of the L2 penalty, at least 0.
        foreach: accepted for compatibility with PyTorch, without effect: parameters are updated together where that is
            faster.
        maximize: whether to ascend instead of descend.
        differentiable: whether to record the step in the graph, so that it can be differentiated.
        capturable: accepted for compatibility with PyTorch, without effect.

    Raises:
        TypeError: a setting is not a number, or a parameter not a tensor.
        ValueError: a setting is out of range, or there are no parameters.

    References:
        B. T. Polyak and A. B. Juditsky, "Acceleration of stochastic approximation by averaging" (1992); L. Bottou,
        "Stochastic gradient descent tricks" (2012), section 5.1.

    Example::

        >>> w = polygrad.tensor([1.0, -2.0], requires_grad=True)
        >>> optimizer = polygrad.optim.ASGD([w], lr=0.1)
        >>> loss = (w * w).sum()
        >>> loss.backward()
        >>> optimizer.step()
        >>> w
        tensor([ 0.8000, -1.6000], requires_grad=True)
    """

    rule: ClassVar[Callable[..., Any]] = staticmethod(rules.asgd)

    def __init__(
        self, params: Parameters, lr: float | Tensor = 1e-2, lambd: float = 1e-4, alpha: float = 0.75, t0: float = 1e6,
        weight_decay: float = 0, foreach: bool | None = None, maximize: bool = False, differentiable: bool = False,
        capturable: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(
            params,
            {
                "lr": lr, "lambd": lambd, "alpha": alpha, "t0": t0, "weight_decay": weight_decay, "foreach": foreach,
                "maximize": maximize, "differentiable": differentiable, "capturable": capturable,
            },
        )  # fmt: skip

    def check(self, group: dict[str, Any]) -> None:
        """Raise TypeError or ValueError for settings of ``group`` that are not numbers or out of range."""
        check_range(self, group, lr="≥ 0", lambd="any", alpha="any", t0="any", weight_decay="≥ 0")

    def names(self, group: dict[str, Any]) -> tuple[str | None, ...]:
        """The state that the rule takes: the steps, the learning rate, the share of the new parameter, and the average."""
        return ("step", "eta", "mu", "ax")

    def new_state(self, name: str, parameter: Tensor, group: dict[str, Any]) -> Any:
        """No steps, the first learning rate, all of the new parameter, and zeros."""
        first = {"eta": to_number(group["lr"]), "mu": 1}.get(name)
        return super().new_state(name, parameter, group) if first is None else number_state(parameter, first)

    def settings(self, group: dict[str, Any]) -> dict[str, Any]:
        """The settings of ``group`` that `rules.asgd` takes, as Python numbers."""
        return {
            "lr": to_number(group["lr"]), "lambd": to_number(group["lambd"]), "alpha": to_number(group["alpha"]),
            "t0": to_number(group["t0"]), "weight_decay": number_or_none(group["weight_decay"]),
            "maximize": group["maximize"],
        }  # fmt: skip
