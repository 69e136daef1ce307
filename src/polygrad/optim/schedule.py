"""The base class of the learning-rate schedules of `polygrad.optim.lr_scheduler`."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from types import FunctionType
from typing import Any

from .._core.scalars import accept_any_scalars, to_python
from .._core.warn import warn
from .._state import python_side_effect
from .optimizer import Optimizer, has_stepped

__all__ = ["LRScheduler"]

EPOCH_DEPRECATION_WARNING = (
    "the epoch parameter of lr_scheduler.step() is deprecated: call step() without one after every epoch; to resume, load the "
    "scheduler's state_dict"
)


def _check_verbose(verbose: Any) -> None:
    if verbose != "deprecated":
        warn("the verbose parameter is deprecated and prints nothing; print scheduler.get_last_lr() after step()")


def _accept_verbose(init: Callable[..., None]) -> Callable[..., None]:
    """Wrap a schedule's ``__init__`` so that it takes ``verbose``, as PyTorch's did for years, and warns of it."""

    @functools.wraps(init)
    def wrapper(self: Any, *args: Any, verbose: Any = "deprecated", **kwargs: Any) -> None:
        _check_verbose(verbose)
        init(self, *args, **kwargs)

    return wrapper


def _warn_outside_step(get_lr: Callable[[Any], Sequence[float]]) -> Callable[[Any], Sequence[float]]:
    """Wrap a schedule's `get_lr` so that it warns when a user calls it: it returns the next rates."""

    @functools.wraps(get_lr)
    def wrapper(self: Any) -> Sequence[float]:
        if not self._is_setting_rates:
            warn("get_lr() computes the next rates from the present ones; the present ones are scheduler.get_last_lr()")
        return get_lr(self)

    return wrapper


class LRScheduler:
    """Base class of the schedules.  A subclass defines `get_lr`.

    With another ``last_epoch`` than -1 the schedule continues after that epoch for an optimizer that has loaded its
    state: its rates are already those of that epoch, so a schedule that computes them from the present ones leaves
    them unchanged.

    Args:
        optimizer: the optimizer whose learning rates are set; each of its groups gets ``"initial_lr"``.
        last_epoch: the number of the last epoch; -1 starts at the initial rate.
        verbose: deprecated, warns.

    Attributes:
        last_epoch: the number of the present epoch.
        base_lrs: the initial rates, one per group.

    Raises:
        TypeError: ``optimizer`` is not an `Optimizer`.
        KeyError: ``last_epoch`` is given and a group has no ``"initial_lr"``.

    Example::

        >>> class Halve(polygrad.optim.lr_scheduler.LRScheduler):
        ...     def get_lr(self):
        ...         return [base / 2**self.last_epoch for base in self.base_lrs]
        >>> optimizer = polygrad.optim.SGD([polygrad.ones(2, requires_grad=True)], lr=1.0)
        >>> scheduler = Halve(optimizer)
        >>> optimizer.step()
        >>> scheduler.step()
        >>> scheduler.get_last_lr()
        [0.5]
    """

    #: How often `step` was called, plus one for the first rates.
    _step_count = 1
    #: Whether the first rates are being computed.
    _is_initial = False
    #: Whether the schedule itself is calling `get_lr`, which returns the next rates only there.
    _is_setting_rates = False
    #: The optimizer's instance attribute ``step``, if it had one when the schedule was made.
    _overridden_step: Callable[..., Any] | None = None
    #: Whether the rates depend on the number of the epoch alone, so that the schedule can go to any epoch.
    _depends_on_epoch_alone = False

    base_lrs: list[Any]
    last_epoch: int

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "__init__" in vars(cls):
            cls.__init__ = accept_any_scalars(cls.__init__)  # type: ignore[method-assign]  # a subclass's own constructor
            if cls.__module__.startswith(f"{__package__}."):
                cls.__init__ = _accept_verbose(cls.__init__)  # type: ignore[method-assign]  # as above
        if "get_lr" in vars(cls) and cls.__module__.startswith(f"{__package__}."):
            cls.get_lr = _warn_outside_step(cls.get_lr)  # type: ignore[method-assign,assignment]  # the same signature

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1, verbose: Any = "deprecated"):
        _check_verbose(verbose)
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"a scheduler takes an optimizer, not {type(optimizer).__name__}")
        self.optimizer = optimizer
        self._overridden_step = vars(optimizer).get("step")
        for number, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", to_python(group["lr"]))
            elif "initial_lr" not in group:
                raise KeyError(
                    f"param 'initial_lr' is not specified in param_groups[{number}] when resuming an optimizer"
                )
        self.base_lrs = [group["initial_lr"] for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self._last_lr: list[float] = []
        self._is_initial = True
        self._advance()
        del self._is_initial

    def get_lr(self) -> Sequence[float]:
        """The rates of the epoch ``last_epoch``, one per group.  For subclasses."""
        raise NotImplementedError(f"{type(self).__name__} does not define get_lr()")

    def get_last_lr(self) -> list[float]:
        """The rates that were set last, one per group."""
        return self._last_lr

    def step(self, epoch: int | None = None) -> None:
        """Advance to the next epoch, and set its rates.

        Warns where the optimizer has not made a step yet, so that the first rate would be skipped, and where its
        ``step`` was replaced since the schedule was made, so that this is unknown.

        Args:
            epoch: the number of an epoch to go to; deprecated, warns.
        """
        self._check_order()
        if epoch is None:
            python_side_effect(self._step, self._remember)
        else:
            warn(EPOCH_DEPRECATION_WARNING)
            python_side_effect(lambda: self._go_to(epoch), self._remember)

    def _check_order(self) -> None:
        if self._step_count != 1:
            return
        step = vars(self.optimizer).get("step")
        if step is not self._overridden_step:
            warn(
                "optimizer.step() has been overridden after the learning rate scheduler was made, so whether it was called "
                "before lr_scheduler.step() is not known; make the scheduler after overriding it"
            )
        elif step is None and not has_stepped(self.optimizer):
            warn(
                "lr_scheduler.step() is called before optimizer.step(), so the first learning rate of the schedule is never "
                "used; call optimizer.step() first, then lr_scheduler.step()"
            )

    def _step(self) -> None:
        self._step_count += 1
        self._advance()

    def _remember(self) -> Callable[[], None]:
        """A function that restores the scheduler and the groups' settings to their present values."""
        state, groups = self.state_dict(), [dict(group) for group in self.optimizer.param_groups]

        def restore() -> None:
            self.load_state_dict(state)
            for group, settings in zip(self.optimizer.param_groups, groups, strict=True):
                group.update(settings)

        return restore

    def _advance(self) -> None:
        self.last_epoch += 1
        self._set_rates()

    def _set_rates(self) -> None:
        """Set the rates of the epoch ``last_epoch``."""
        self._is_setting_rates = True
        try:
            self._assign(self.get_lr())
        finally:
            del self._is_setting_rates

    def _go_to(self, epoch: Any) -> None:
        """Set the rates of ``epoch``, whatever the present ones."""
        self._step_count += 1
        if self._depends_on_epoch_alone:
            self._restart()
            while self.last_epoch < epoch:
                self._advance()
        else:
            self.last_epoch = epoch
            self._set_rates()

    def _restart(self) -> None:
        """Start again at epoch 0, from the initial rates."""
        for group in self.optimizer.param_groups:
            group["lr"] = group["initial_lr"]
        self._begin()

    def _begin(self) -> None:
        """Go to epoch 0, from the present rates."""
        self.last_epoch = -1
        self._advance()

    def _assign(self, rates: Iterable[float]) -> None:
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            group["lr"] = rate
        self._last_lr = self._rates()

    def _rates(self) -> list[float]:
        return [group["lr"] for group in self.optimizer.param_groups]

    @property
    def _resumes(self) -> bool:
        """Whether the rates were loaded with the optimizer, and are right for this epoch."""
        return self._is_initial and self.last_epoch > 0

    def _scale(self, factor: float) -> list[float]:
        """The rates times ``factor``, which leads from the epoch before to this one."""
        return self._rates() if self._resumes else [rate * factor for rate in self._rates()]

    def state_dict(self) -> dict[str, Any]:
        """All attributes except the optimizer.  Functions are left out, callable objects keep their attributes."""
        return {name: _save_value(value) for name, value in self.__dict__.items() if name not in _NOT_SAVED}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Load what `state_dict` returned."""
        for name, value in state_dict.items():
            self.__dict__[name] = _load_value(self.__dict__.get(name), value)


#: Attributes that `state_dict` leaves out.
_NOT_SAVED = ("optimizer", "_overridden_step")


def _save_value(value: Any) -> Any:
    if isinstance(value, list) and value and all(isinstance(item, LRScheduler) for item in value):
        return [item.state_dict() for item in value]
    if isinstance(value, list) and value and all(callable(item) for item in value):
        return [None if isinstance(item, FunctionType) else dict(item.__dict__) for item in value]
    return value


def _load_value(present: Any, value: Any) -> Any:
    if isinstance(present, list) and present and all(isinstance(item, LRScheduler) for item in present):
        for item, state in zip(present, value, strict=True):
            item.load_state_dict(state)
        return present
    if isinstance(present, list) and present and all(callable(item) for item in present):
        for item, state in zip(present, value, strict=True):
            if state is not None:
                item.__dict__.update(state)
        return present
    return value
