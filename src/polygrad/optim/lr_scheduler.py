"""Learning-rate schedules: call ``scheduler.step()`` after every epoch, or after every batch where a schedule says so.

A schedule computes the next rate from the present one, so several of them can work on one optimizer together.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from .._core.tensor import Tensor
from .._core.warn import warn
from .._functions.common import real_number
from .._state import python_side_effect
from .optimizer import Optimizer
from .schedule import EPOCH_DEPRECATION_WARNING as EPOCH_DEPRECATION_WARNING
from .schedule import LRScheduler

__all__ = [
    "ChainedScheduler", "ConstantLR", "CosineAnnealingLR", "CosineAnnealingWarmRestarts", "ExponentialLR", "LRScheduler",
    "LambdaLR", "LinearLR", "MultiStepLR", "MultiplicativeLR", "OneCycleLR", "PolynomialLR", "ReduceLROnPlateau",
    "SequentialLR", "StepLR",
]  # fmt: skip


#: PyTorch's former name of the base class.
_LRScheduler = LRScheduler


class LambdaLR(LRScheduler):
    """The initial learning rate times ``lr_lambda(epoch)``.

    Args:
        optimizer: the optimizer whose learning rates are set.
        lr_lambda: a function from the number of the epoch to a factor, or a list of one function per parameter group.
        last_epoch: the number of the last epoch; -1 starts at the initial rate, another one resumes a loaded
            optimizer.

    Raises:
        TypeError: ``lr_lambda`` is not callable.
        ValueError: there are more or fewer functions than groups.

    Example::

        >>> optimizer = polygrad.optim.SGD([polygrad.ones(2, requires_grad=True)], lr=1.0)
        >>> scheduler = polygrad.optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: 0.5**epoch)
        >>> optimizer.step()
        >>> scheduler.step()
        >>> scheduler.get_last_lr()
        [0.5]
    """

    lr_lambdas: list[Callable[[int], float]]

    def __init__(self, optimizer: Optimizer, lr_lambda: Any, last_epoch: int = -1):
        groups = len(optimizer.param_groups)
        self.lr_lambdas = list(lr_lambda) if isinstance(lr_lambda, (list, tuple)) else [lr_lambda] * groups
        if len(self.lr_lambdas) != groups:
            raise ValueError(f"expected {groups} lr_lambdas, but got {len(self.lr_lambdas)}")
        for function in self.lr_lambdas:
            if not callable(function):
                raise TypeError(f"{type(self).__name__}(): lr_lambda must be a function, not {type(function).__name__}")
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> Sequence[float]:
        """The rates of the epoch ``last_epoch``, one per group."""
        return [base * function(self.last_epoch) for base, function in zip(self.base_lrs, self.lr_lambdas, strict=True)]


class MultiplicativeLR(LambdaLR):
    """The learning rate times ``lr_lambda(epoch)`` in every epoch.

    Args:
        optimizer: the optimizer whose learning rates are set.
        lr_lambda: a function from the number of the epoch to a factor, or a list of one function per parameter group.
        last_epoch: the number of the last epoch; -1 starts at the initial rate, another one resumes a loaded
            optimizer.

    Raises:
        TypeError: ``lr_lambda`` is not callable.
        ValueError: there are more or fewer functions than groups.

    Example::

        >>> optimizer = polygrad.optim.SGD([polygrad.ones(2, requires_grad=True)], lr=1.0)
        >>> scheduler = polygrad.optim.lr_scheduler.MultiplicativeLR(optimizer, lambda epoch: 0.5)
        >>> optimizer.step()
        >>> scheduler.step()
        >>> scheduler.get_last_lr()
        [0.5]
    """

    def get_lr(self) -> Sequence[float]:
        """The present rates times the factors of the epoch ``last_epoch``."""
        if self.last_epoch <= 0 or self._resumes:
            return self._rates()
        return [rate * function(self.last_epoch) for rate, function in zip(self._rates(), self.lr_lambdas, strict=True)]


class StepLR(LRScheduler):
    """The learning rate times ``gamma`` every ``step_size`` epochs: ``lr * gamma ** (epoch // step_size)``.

    Args:
        optimizer: the optimizer whose learning rates are set.
        step_size: the number of epochs between two decays.
        gamma: the factor of a decay.
        last_epoch: the number of the last epoch; -1 starts at the initial rate, another one resumes a loaded
            optimizer.

    Raises:
        TypeError: ``gamma`` is not a number.

    Example::

        >>> optimizer = polygrad.optim.SGD([polygrad.ones(2, requires_grad=True)], lr=1.0)
        >>> scheduler = polygrad.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5)
        >>> rates = []
        >>> for epoch in range(4):
        ...     rates += scheduler.get_last_lr()
        ...     optimizer.step()
        ...     scheduler.step()
        >>> rates
        [1.0, 1.0, 0.5, 0.5]
    """

    _depends_on_epoch_alone = True

    step_size: int
    gamma: float

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1):
        self.step_size, self.gamma = step_size, real_number(gamma, "StepLR", "gamma")
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> Sequence[float]:
        """The present rates, times ``gamma`` where a decay is due."""
        due = self.last_epoch > 0 and self.last_epoch % self.step_size == 0
        return self._scale(self.gamma if due else 1)


class MultiStepLR(LRScheduler):
    """The learning rate times ``gamma`` at each of the epochs in ``milestones``.

    Args:
        optimizer: the optimizer whose learning rates are set.
        milestones: the numbers of the epochs at which the rate decays.
        gamma: the factor of a decay.
        last_epoch: the number of the last epoch; -1 starts at the initial rate, another one resumes a loaded
            optimizer.

    Raises:
        TypeError: ``gamma`` is not a number.

    Example::

        >>> optimizer = polygrad.optim.SGD([polygrad.ones(2, requires_grad=True)], lr=1.0)
        >>> scheduler = polygrad.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[1, 3], gamma=0.5)
        >>> rates = []
        >>> for epoch in range(4):
        ...     rates += scheduler.get_last_lr()
        ...     optimizer.step()
        ...     scheduler.step()
        >>> rates
        [1.0, 0.5, 0.5, 0.25]
    """

    _depends_on_epoch_alone = True

    milestones: Counter[int]
    gamma: float

    def __init__(self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1, last_epoch: int = -1):
        self.milestones, self.gamma = Counter(milestones), real_number(gamma, "MultiStepLR", "gamma")
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> Sequence[float]:
        """The present rates, times ``gamma`` where the epoch is a milestone."""
        return self._scale(self.gamma ** self.milestones[self.last_epoch])


class ExponentialLR(LRScheduler):
    """The learning rate times ``gamma`` in every epoch: ``lr * gamma ** epoch``.

    Args:
        optimizer: the optimizer whose learning rates are set.
        gamma: the factor of a decay.
        last_epoch: the number of the last epoch; -1 starts at the initial rate, another one resumes a loaded
            optimizer.

    Raises:
        TypeError: ``gamma`` is not a number.

    Example::

        >>> optimizer = polygrad.optim.SGD([polygrad.ones(2, requires_grad=True)], lr=1.0)
        >>> scheduler = polygrad.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
        >>> optimizer.step()
        >>> scheduler.step()
        >>> scheduler.get_last_lr()
        [0.5]
    """

    _depends_on_epoch_alone = True

    gamma: float

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1):
        self.gamma = real_number(gamma, "ExponentialLR", "gamma")
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> Sequence[float]:
        """The present rates times ``gamma``, except in epoch 0."""
        return self._scale(self.gamma if self.last_epoch > 0 else 1)


class ConstantLR(LRScheduler):
    """The learning rate times ``factor`` for ``total_iters`` epochs, and then the rate itself.

    Args:
        optimizer: the optimizer whose learning rates are set.
        factor: the factor in the first epochs, between 0 and 1.
        total_iters: the number of epochs with that factor.
        last_epoch: the number of the last epoch; -1 starts at the initial rate, another one resumes a loaded
            optimizer.

    Raises:
        ValueError: ``factor`` is out of range.

    Example::

        >>> optimizer = polygrad.optim.SGD([polygrad.ones(2, requires_grad=True)], lr=1.0)
        >>> scheduler = polygrad.optim.lr_scheduler.ConstantLR(optimizer, factor=0.5, total_iters=2)
        >>> rates = []
        >>> for epoch in range(4):
        ...     rates += scheduler.get_last_lr()
        ...     optimizer.step()
        ...     scheduler.step()
        >>> rates
        [0.5, 0.5, 1.0, 1.0]
    """

    _depends_on_epoch_alone = True

    factor: float
    total_iters: int

    def __init__(self, optimizer: Optimizer, factor: float = 1 / 3, total_iters: int = 5, last_epoch: int = -1):
        if not 0 <= factor <= 1:
            raise ValueError(f"factor must be between 0 and 1, but got {factor}")
        self.factor, self.total_iters = factor, total_iters
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> Sequence[float]:
        """The present rates, multiplied at the first epoch and divided at epoch ``total_iters``."""
        if self.last_epoch == 0:
            return self._scale(self.factor)
        return self._scale(1 / self.factor if self.last_epoch == self.total_iters else 1)


class LinearLR(LRScheduler):
    """The learning rate times a factor that changes linearly from ``start_factor`` to ``end_factor``.

    Args:
        optimizer: the optimizer whose learning rates are set.
        start_factor: the factor in epoch 0, above 0 and at most 1.
        end_factor: the factor from epoch ``total_iters`` on, between 0 and 1.
        total_iters: the number of epochs between the two.
        last_epoch: the number of the last epoch; -1 starts at the initial rate, another one resumes a loaded
            optimizer.

    Raises:
        ValueError: a factor is out of range.

    Example::

        >>> optimizer = polygrad.optim.SGD([polygrad.ones(2, requires_grad=True)], lr=1.0)
        >>> scheduler = polygrad.optim.lr_scheduler.LinearLR(optimizer, start_factor=0.5, total_iters=2)
        >>> rates = []
        >>> for epoch in range(4):
        ...     rates += scheduler.get_last_lr()
        ...     optimizer.step()
        ...     scheduler.step()
        >>> rates
        [0.5, 0.75, 1.0, 1.0]
    """

    _depends_on_epoch_alone = True

    start_factor: float
    end_factor: float
    total_iters: int

    def __init__(
        self, optimizer: Optimizer, start_factor: float = 1 / 3, end_factor: float = 1.0, total_iters: int = 5,
        last_epoch: int = -1,
    ):  # fmt: skip
        if not 0 < start_factor <= 1:
            raise ValueError(f"start_factor must be greater than 0 and at most 1, but got {start_factor}")
        if not 0 <= end_factor <= 1:
            raise ValueError(f"end_factor must be between 0 and 1, but got {end_factor}")
        self.start_factor, self.end_factor, self.total_iters = start_factor, end_factor, total_iters
        super().__init__(optimizer, last_epoch)

    def _factor(self, epoch: int) -> float:
        """The factor of the initial rate in ``epoch``."""
        share = min(epoch, self.total_iters) / self.total_iters
        return self.start_factor + (self.end_factor - self.start_factor) * share

    def get_lr(self) -> Sequence[float]:
        """The present rates times the ratio of the factors of this epoch and of the one before."""
        if self.last_epoch == 0:
            return self._scale(self.start_factor)
        return self._scale(self._factor(self.last_epoch) / self._factor(self.last_epoch - 1))


class PolynomialLR(LRScheduler):
    """The learning rate times ``(1 - epoch / total_iters) ** power``, down to 0.

    Args:
        optimizer: the optimizer whose learning rates are set.
        total_iters: the number of epochs until the rate is 0.
        power: the exponent.
        last_epoch: the number of the last epoch; -1 starts at the initial rate, another one resumes a loaded
            optimizer.

    Example::

        >>> optimizer = polygrad.optim.SGD([polygrad.ones(2, requires_grad=True)], lr=1.0)
        >>> scheduler = polygrad.optim.lr_scheduler.PolynomialLR(optimizer, total_iters=4)
        >>> rates = []
        >>> for epoch in range(4):
        ...     rates += scheduler.get_last_lr()
        ...     optimizer.step()
        ...     scheduler.step()
        >>> rates
        [1.0, 0.75, 0.5, 0.25]
    """

    _depends_on_epoch_alone = True

    total_iters: int
    power: float

    def __init__(self, optimizer: Optimizer, total_iters: int = 5, power: float = 1.0, last_epoch: int = -1):
        self.total_iters, self.power = total_iters, power
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> Sequence[float]:
        """The present rates times the ratio of the factors of this epoch and of the one before."""
        epoch, total = self.last_epoch, self.total_iters
        return self._scale(1 if epoch == 0 or epoch > total else ((total - epoch) / (total - epoch + 1)) ** self.power)


class CosineAnnealingLR(LRScheduler):
    """The learning rate along a cosine, from its initial value down to ``eta_min`` in ``T_max`` epochs, and up again.

    The rate is ``eta_min + (lr - eta_min) * (1 + cos(pi * epoch / T_max)) / 2``.

    Args:
        optimizer: the optimizer whose learning rates are set.
        T_max: the number of epochs of half a wave.
        eta_min: the smallest rate.
        last_epoch: the number of the last epoch; -1 starts at the initial rate, another one resumes a loaded
            optimizer.

    References:
        I. Loshchilov and F. Hutter, "SGDR: stochastic gradient descent with warm restarts" (2017), without the
        restarts.

    Example::

        >>> optimizer = polygrad.optim.SGD([polygrad.ones(2, requires_grad=True)], lr=1.0)
        >>> scheduler = polygrad.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=4)
        >>> for epoch in range(2):
        ...     optimizer.step()
        ...     scheduler.step()
        >>> [round(rate, 4) for rate in scheduler.get_last_lr()]
        [0.5]
    """

    _depends_on_epoch_alone = True

    T_max: int
    eta_min: float

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1):
        self.T_max, self.eta_min = T_max, eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> Sequence[float]:
        """The next rates, computed from the present ones."""
        if self.last_epoch == 0 or self._resumes:
            return self._rates()
        now, before = (1 + math.cos(math.pi * epoch / self.T_max) for epoch in (self.last_epoch, self.last_epoch - 1))
        if (self.last_epoch - 1 - self.T_max) % (2 * self.T_max) == 0:
            # The rate was eta_min, from which no factor leads up.
            return [
                rate + (base - self.eta_min) * (1 - math.cos(math.pi / self.T_max)) / 2
                for rate, base in zip(self._rates(), self.base_lrs, strict=True)
            ]
        return [(rate - self.eta_min) * now / before + self.eta_min for rate in self._rates()]


class CosineAnnealingWarmRestarts(LRScheduler):
    """The learning rate along half a wave of a cosine, from its initial value to ``eta_min``, with restarts.

    Within a wave of ``T_i`` epochs the rate is ``eta_min + (lr - eta_min) * (1 + cos(pi * T_cur / T_i)) / 2``.

    Args:
        optimizer: the optimizer whose learning rates are set.
        T_0: the number of epochs of the first wave, a positive int.
        T_mult: the factor from the length of a wave to that of the next, an int of at least 1.
        eta_min: the smallest rate.
        last_epoch: the number of the last epoch; -1 starts at the initial rate, another one resumes a loaded
            optimizer.

    Raises:
        ValueError: ``T_0`` or ``T_mult`` is not an int in its range.

    References:
        I. Loshchilov and F. Hutter, "SGDR: stochastic gradient descent with warm restarts" (2017).

    Example::

        >>> optimizer = polygrad.optim.SGD([polygrad.ones(2, requires_grad=True)], lr=1.0)
        >>> scheduler = polygrad.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=2)
        >>> rates = []
        >>> for epoch in range(4):
        ...     rates += scheduler.get_last_lr()
        ...     optimizer.step()
        ...     scheduler.step()
        >>> [round(rate, 4) for rate in rates]
        [1.0, 0.5, 1.0, 0.5]
    """

    T_mult: int
    eta_min: float
    last_epoch: int
    T_cur: float
    T_i: int

    def __init__(self, optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0, last_epoch: int = -1):
        if T_0 <= 0 or not isinstance(T_0, int):
            raise ValueError(f"expected a positive integer T_0, but got {T_0}")
        if T_mult < 1 or not isinstance(T_mult, int):
            raise ValueError(f"expected an integer T_mult of at least 1, but got {T_mult}")
        self.T_0, self.T_mult, self.eta_min = T_0, T_mult, eta_min
        self._set_position(max(last_epoch, 0))
        super().__init__(optimizer, last_epoch)

    def step(self, epoch: float | None = None) -> None:
        """Advance to the next epoch, or to ``epoch``, and set the rates.

        Args:
            epoch: the epoch to go to; it may have a fraction, as in ``step(epoch + batch / batches)``.

        Raises:
            ValueError: ``epoch`` is negative.
        """
        if epoch is None:
            super().step()
            return
        if epoch < 0:
            raise ValueError(f"expected an epoch of at least 0, but got {epoch}")
        self._check_order()
        python_side_effect(lambda: self._go_to(epoch), self._remember)

    def _go_to(self, epoch: float) -> None:
        self._step_count += 1
        self._set_position(epoch)
        self.last_epoch = math.floor(epoch)
        self._set_rates()

    def _set_position(self, epoch: float) -> None:
        """Set ``T_cur``, the epochs since the last restart, and ``T_i``, the length of the wave."""
        self.T_cur, self.T_i = epoch, self.T_0
        if self.T_mult == 1:
            self.T_cur %= self.T_0
        while self.T_cur >= self.T_i:
            self.T_cur -= self.T_i
            self.T_i *= self.T_mult

    def _advance(self) -> None:
        if self.last_epoch < 0:
            self._set_position(0)
        else:
            self.T_cur += 1
            if self.T_cur >= self.T_i:
                self.T_cur %= self.T_i
                self.T_i *= self.T_mult
        super()._advance()

    def get_lr(self) -> Sequence[float]:
        """The rates at ``T_cur`` epochs of a wave of ``T_i``."""
        share = (1 + math.cos(math.pi * self.T_cur / self.T_i)) / 2
        return [self.eta_min + (base - self.eta_min) * share for base in self.base_lrs]


class OneCycleLR(LRScheduler):
    """The learning rate up to ``max_lr`` and down to nearly 0, in one cycle; step it after every batch.

    The rate starts at ``max_lr / div_factor``, reaches ``max_lr`` after the share ``pct_start`` of the steps, and ends
    at the initial rate divided by ``final_div_factor``.  Momentum, or Adam's first beta, goes the opposite way.

    Args:
        optimizer: the optimizer whose learning rates are set.
        max_lr: the largest rate, a number or a list of one per group.
        total_steps: the number of steps; otherwise give ``epochs`` and ``steps_per_epoch``.
        epochs: the number of epochs.
        steps_per_epoch: the number of steps in an epoch.
        pct_start: the share of the steps in which the rate rises, between 0 and 1.
        anneal_strategy: ``"cos"`` or ``"linear"``.
        cycle_momentum: whether to change momentum, or Adam's first beta.
        base_momentum: the momentum at ``max_lr``, a number or a list of one per group.
        max_momentum: the momentum at the start and at the end.
        div_factor: ``max_lr`` over the initial rate.
        final_div_factor: the initial rate over the final one.
        three_phase: whether the rate first falls as fast as it rose, to the initial rate, and then to the final one.
        last_epoch: the number of the last step; -1 starts at the initial rate, another one resumes a loaded optimizer.

    Raises:
        ValueError: the number of steps is not given, a setting is out of range, the optimizer has neither momentum nor
            betas; and from `step` after the last step.

    References:
        L. N. Smith and N. Topin, "Super-convergence: very fast training of neural networks using large learning rates"
        (2018).

    Example::

        >>> optimizer = polygrad.optim.SGD([polygrad.ones(2, requires_grad=True)], lr=1.0, momentum=0.9)
        >>> scheduler = polygrad.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=1.0, total_steps=10)
        >>> rates = []
        >>> for batch in range(4):
        ...     rates += scheduler.get_last_lr()
        ...     optimizer.step()
        ...     scheduler.step()
        >>> [round(rate, 4) for rate in rates]
        [0.04, 0.52, 1.0, 0.9505]
    """

    total_steps: int
    cycle_momentum: bool

    def __init__(
        self, optimizer: Optimizer, max_lr: Any, total_steps: int | None = None, epochs: int | None = None,
        steps_per_epoch: int | None = None, pct_start: float = 0.3, anneal_strategy: str = "cos",
        cycle_momentum: bool = True, base_momentum: Any = 0.85, max_momentum: Any = 0.95, div_factor: float = 25.0,
        final_div_factor: float = 1e4, three_phase: bool = False, last_epoch: int = -1,
    ):  # fmt: skip
        if total_steps is None and epochs is not None and steps_per_epoch is not None:
            total_steps = epochs * steps_per_epoch
        if total_steps is None or total_steps <= 0 or not isinstance(total_steps, int):
            raise ValueError("give a positive total_steps, or positive epochs and steps_per_epoch")
        if not 0 <= pct_start <= 1:
            raise ValueError(f"expected pct_start between 0 and 1, but got {pct_start}")
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be 'cos' or 'linear', not {anneal_strategy!r}")
        self.total_steps, self.anneal_strategy, self.cycle_momentum = total_steps, anneal_strategy, cycle_momentum
        top = pct_start * total_steps - 1
        #: (last step of a phase, names of its first and last value)
        self._phases: list[tuple[float, str, str]] = [(top, "initial", "max")]
        if three_phase:
            self._phases += [(2 * pct_start * total_steps - 2, "max", "initial"), (total_steps - 1, "initial", "min")]
        else:
            self._phases += [(total_steps - 1, "max", "min")]
        groups = optimizer.param_groups
        if last_epoch == -1:
            for group, rate in zip(groups, self._expand(max_lr, len(groups)), strict=True):
                group["max_lr"] = rate
                group["initial_lr"] = rate / div_factor
                group["min_lr"] = group["initial_lr"] / final_div_factor
        if cycle_momentum:
            if not all("momentum" in group or "betas" in group for group in groups):
                raise ValueError("the optimizer has neither momentum nor betas; pass cycle_momentum=False")
            if last_epoch == -1:
                low, high = self._expand(base_momentum, len(groups)), self._expand(max_momentum, len(groups))
                for group, base, most in zip(groups, low, high, strict=True):
                    group["base_momentum"], group["max_momentum"] = base, most
        super().__init__(optimizer, last_epoch)

    @staticmethod
    def _expand(value: Any, count: int) -> list[float]:
        """``value`` as a list with one number per group."""
        values = list(value) if isinstance(value, (list, tuple)) else [value] * count
        if len(values) != count:
            raise ValueError(f"expected {count} values, one for each group, but got {len(values)}")
        return values

    def _interpolate(self, start: float, end: float, share: float) -> float:
        """The value at ``share`` of the way from ``start`` to ``end``."""
        if self.anneal_strategy == "linear":
            return start + (end - start) * share
        return end + (start - end) / 2 * (1 + math.cos(math.pi * share))

    def get_lr(self) -> Sequence[float]:
        """The rates of this step; sets the momentum of this step as well."""
        step = self.last_epoch
        if step > self.total_steps:
            raise ValueError(f"tried to step {step} times, but the schedule has {self.total_steps} steps")
        ends = [end for end, _, _ in self._phases]
        number = min(bisect_left(ends, step), len(ends) - 1)
        begin, (end, source, target) = ends[number - 1] if number else 0.0, self._phases[number]
        share = (step - begin) / (end - begin)
        rates = []
        for group in self.optimizer.param_groups:
            rates.append(self._interpolate(group[f"{source}_lr"], group[f"{target}_lr"], share))
            if self.cycle_momentum:
                # Momentum is low where the rate is high.
                values = {"initial": group["max_momentum"], "max": group["base_momentum"], "min": group["max_momentum"]}
                momentum = self._interpolate(values[source], values[target], share)
                if "betas" in group:
                    group["betas"] = (momentum, *group["betas"][1:])
                else:
                    group["momentum"] = momentum
        return rates


class SequentialLR(LRScheduler):
    """Several schedules one after the other: the next one starts at each of the ``milestones``.

    Args:
        optimizer: the optimizer whose learning rates are set.
        schedulers: the schedules, all of this optimizer.
        milestones: the numbers of the epochs at which the second, third, … schedule starts.
        last_epoch: the number of the last epoch.

    Raises:
        ValueError: there is no schedule, one is of another optimizer, or the number of milestones is wrong.

    Example::

        >>> optimizer = polygrad.optim.SGD([polygrad.ones(2, requires_grad=True)], lr=1.0)
        >>> warmup = polygrad.optim.lr_scheduler.ConstantLR(optimizer, factor=0.1, total_iters=2)
        >>> decay = polygrad.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
        >>> scheduler = polygrad.optim.lr_scheduler.SequentialLR(optimizer, [warmup, decay], milestones=[2])
        >>> rates = []
        >>> for epoch in range(4):
        ...     rates += scheduler.get_last_lr()
        ...     optimizer.step()
        ...     scheduler.step()
        >>> rates
        [0.1, 0.1, 1.0, 0.5]
    """

    last_epoch: int

    def __init__(
        self, optimizer: Optimizer, schedulers: Sequence[LRScheduler], milestones: Sequence[int], last_epoch: int = -1
    ):
        schedulers = list(schedulers)
        if not schedulers:
            raise ValueError("SequentialLR needs at least one scheduler")
        if len(milestones) != len(schedulers) - 1:
            raise ValueError(
                f"{len(schedulers)} schedulers need {len(schedulers) - 1} milestones, but got {len(milestones)}"
            )
        for number, scheduler in enumerate(schedulers):
            if scheduler.optimizer is not optimizer:
                raise ValueError(f"the scheduler at index {number} belongs to another optimizer")
        self.optimizer = optimizer
        self._schedulers, self._milestones = schedulers, list(milestones)
        # Each of them set its first rate when it was made; only that of the first schedule counts.
        self._restart()
        self.last_epoch = last_epoch + 1

    def _begin(self) -> None:
        self.last_epoch = 0
        scheduler = self._present()
        scheduler._begin()
        self._last_lr = scheduler.get_last_lr()

    def _present(self) -> LRScheduler:
        """The schedule of this epoch."""
        return self._schedulers[bisect_right(self._milestones, self.last_epoch)]

    def _advance(self) -> None:
        self.last_epoch += 1
        scheduler = self._present()
        if self.last_epoch in self._milestones:
            scheduler._restart()
        else:
            scheduler._advance()
        self._last_lr = scheduler.get_last_lr()


class ChainedScheduler(LRScheduler):
    """Several schedules that are stepped together; their factors multiply.

    Args:
        schedulers: the schedules, all of one optimizer.
        optimizer: that optimizer; by default the one of the first schedule.

    Raises:
        ValueError: there is no schedule, or one is of another optimizer.

    Example::

        >>> optimizer = polygrad.optim.SGD([polygrad.ones(2, requires_grad=True)], lr=1.0)
        >>> one = polygrad.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
        >>> two = polygrad.optim.lr_scheduler.ConstantLR(optimizer, factor=0.1, total_iters=3)
        >>> scheduler = polygrad.optim.lr_scheduler.ChainedScheduler([one, two])
        >>> optimizer.step()
        >>> scheduler.step()
        >>> scheduler.get_last_lr()
        [0.05]
    """

    optimizer: Optimizer

    def __init__(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None):
        if not schedulers:
            raise ValueError("ChainedScheduler needs at least one scheduler")
        optimizer = schedulers[0].optimizer if optimizer is None else optimizer
        for number, scheduler in enumerate(schedulers):
            if scheduler.optimizer is not optimizer:
                raise ValueError(f"the scheduler at index {number} belongs to another optimizer")
        self.optimizer, self._schedulers = optimizer, list(schedulers)
        self._last_lr = self._rates()

    def _begin(self) -> None:
        for scheduler in self._schedulers:
            scheduler._begin()
        self._last_lr = self._rates()

    def _advance(self) -> None:
        for scheduler in self._schedulers:
            scheduler._advance()
        self._last_lr = self._rates()


class ReduceLROnPlateau(LRScheduler):
    """The learning rate times ``factor`` when a metric has stopped improving.

    Its `step` takes the metric, for example the validation loss.

    Args:
        optimizer: the optimizer whose learning rates are set.
        mode: ``"min"`` where small values of the metric are good, ``"max"`` where large ones are.
        factor: the factor of a reduction, below 1.
        patience: the number of epochs without improvement that are allowed.
        threshold: by how much the metric must improve on the best one.
        threshold_mode: ``"rel"``, relative to the best one, or ``"abs"``.
        cooldown: the number of epochs after a reduction in which nothing is counted.
        min_lr: the smallest rate, a number or a list of one per group.
        eps: the smallest change of the rate that is made.

    Raises:
        ValueError: a setting is out of range, or ``min_lr`` has the wrong length.

    Example::

        >>> optimizer = polygrad.optim.SGD([polygrad.ones(2, requires_grad=True)], lr=1.0)
        >>> scheduler = polygrad.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=1)
        >>> for loss in [1.0, 0.8, 0.8, 0.8]:
        ...     optimizer.step()
        ...     scheduler.step(loss)
        >>> scheduler.get_last_lr()
        [0.1]
    """

    factor: float
    patience: int
    threshold: float
    cooldown: int
    eps: float
    min_lrs: list[float]
    best: float
    num_bad_epochs: int
    cooldown_counter: int
    last_epoch: int

    def __init__(
        self, optimizer: Optimizer, mode: str = "min", factor: float = 0.1, patience: int = 10, threshold: float = 1e-4,
        threshold_mode: str = "rel", cooldown: int = 0, min_lr: Any = 0, eps: float = 1e-8,
    ):  # fmt: skip
        if factor >= 1:
            raise ValueError(f"factor should be below 1, but got {factor}")
        if mode not in ("min", "max"):
            raise ValueError(f"mode {mode!r} is unknown: it is 'min' or 'max'")
        if threshold_mode not in ("rel", "abs"):
            raise ValueError(f"threshold mode {threshold_mode!r} is unknown: it is 'rel' or 'abs'")
        self.optimizer = optimizer
        self.mode, self.factor, self.patience, self.threshold = mode, factor, patience, threshold
        self.threshold_mode, self.cooldown, self.eps = threshold_mode, cooldown, eps
        self.default_min_lr = min_lr
        self.min_lrs = list(min_lr) if isinstance(min_lr, (list, tuple)) else [min_lr] * len(optimizer.param_groups)
        if len(self.min_lrs) != len(optimizer.param_groups):
            raise ValueError(f"expected {len(optimizer.param_groups)} min_lrs, got {len(self.min_lrs)}")
        self.best = math.inf if mode == "min" else -math.inf
        self.num_bad_epochs, self.cooldown_counter, self.last_epoch = 0, 0, 0
        self._last_lr = self._rates()

    def is_better(self, a: float, best: float) -> bool:
        """Whether the metric ``a`` improves on ``best``."""
        sign = -1 if self.mode == "min" else 1
        if self.threshold_mode == "rel":
            return sign * a > sign * best * (1 + sign * self.threshold)
        return sign * a > sign * best + self.threshold

    def step(self, metrics: float | Tensor, epoch: int | None = None) -> None:  # type: ignore[override]  # as PyTorch's
        """Take the metric of an epoch and set the rates.

        Args:
            metrics: the metric, a number or a tensor of one element.
            epoch: the number of the epoch; deprecated, warns.
        """
        value = float(metrics.detach() if isinstance(metrics, Tensor) else metrics)
        if epoch is not None:
            warn(EPOCH_DEPRECATION_WARNING)
        python_side_effect(lambda: self._update(value, epoch), self._remember)

    def _update(self, value: float, epoch: int | None) -> None:
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        if self.is_better(value, self.best):
            self.best, self.num_bad_epochs = value, 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            for group, least in zip(self.optimizer.param_groups, self.min_lrs, strict=True):
                rate = max(group["lr"] * self.factor, least)
                if group["lr"] - rate > self.eps:
                    group["lr"] = rate
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0
        self._last_lr = self._rates()
