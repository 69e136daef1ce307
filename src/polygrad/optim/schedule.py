"""The base of the learning-rate schedules: what `polygrad.optim.lr_scheduler` has in common."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from types import FunctionType
from typing import Any

from .._core.scalars import accept_any_scalars, to_python
from .._functions.common import warn
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


def _with_verbose(init: Callable[..., None]) -> Callable[..., None]:
    """A schedule's ``__init__`` that takes ``verbose``, as PyTorch's did for years, and warns of it."""

    @functools.wraps(init)
    def wrapper(self: Any, *args: Any, verbose: Any = "deprecated", **kwargs: Any) -> None:
        _check_verbose(verbose)
        init(self, *args, **kwargs)

    return wrapper


def _only_when_asked(get_lr: Callable[[Any], Sequence[float]]) -> Callable[[Any], Sequence[float]]:
    """A schedule's `get_lr` that warns where it is called from outside: what it gives then are not the present rates."""

    @functools.wraps(get_lr)
    def wrapper(self: Any) -> Sequence[float]:
        if not self._is_asked:
            warn("get_lr() computes the next rates from the present ones; the present ones are scheduler.get_last_lr()")
        return get_lr(self)

    return wrapper


class LRScheduler:
    """The base of the schedules.  A subclass defines `get_lr`.

    ``last_epoch`` is the number of the epoch, -1 before the first; each group keeps its first rate as ``"initial_lr"``.

    With another ``last_epoch`` the schedule goes on, with the epoch after it, for an optimizer that has loaded its state:
    its rates are already those of that epoch, so a schedule that computes them from the present ones leaves them alone.
    """

    #: How often `step` was called, and once for the first rates.
    _step_count = 1
    #: Whether the first rates are being computed.
    _is_initial = False
    #: Whether `get_lr` is called by the schedule itself, in the one place where it gives the next rates.
    _is_asked = False
    #: The optimizer's own ``step``, where it had one in place of its class's when the schedule was made.
    _overridden_step: Callable[..., Any] | None = None
    #: Whether the rates at an epoch are the same however it was come to: such a schedule can go there.
    _depends_on_epoch_alone = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "__init__" in vars(cls):
            cls.__init__ = accept_any_scalars(cls.__init__)  # type: ignore[method-assign]  # a subclass's own constructor
            if cls.__module__.startswith(f"{__package__}."):
                cls.__init__ = _with_verbose(cls.__init__)  # type: ignore[method-assign]  # as above
        if "get_lr" in vars(cls) and cls.__module__.startswith(f"{__package__}."):
            cls.get_lr = _only_when_asked(cls.get_lr)  # type: ignore[method-assign,assignment]  # the same signature

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
        """The rates for ``last_epoch``, one per group, computed from the present ones."""
        raise NotImplementedError(f"{type(self).__name__} does not define get_lr()")

    def get_last_lr(self) -> list[float]:
        """The rates that were set last, one per group."""
        return self._last_lr

    def step(self, epoch: int | None = None) -> None:
        """Go on to the next epoch, and set the rates for it.

        Warns where the optimizer has not made a step yet: the first rate would be skipped; where its ``step`` was replaced
        since the schedule was made, so that this is not known; and of ``epoch``, a number to go to, which is deprecated.
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
        """What puts the scheduler and the groups' settings back to what they are now."""
        state, groups = self.state_dict(), [dict(group) for group in self.optimizer.param_groups]

        def put_back() -> None:
            self.load_state_dict(state)
            for group, settings in zip(self.optimizer.param_groups, groups, strict=True):
                group.update(settings)

        return put_back

    def _advance(self) -> None:
        self.last_epoch += 1
        self._ask()

    def _ask(self) -> None:
        """Set the rates of ``last_epoch``."""
        self._is_asked = True
        try:
            self._set(self.get_lr())
        finally:
            del self._is_asked

    def _go_to(self, epoch: Any) -> None:
        """Set the rates that there are at ``epoch``, whatever the present ones."""
        self._step_count += 1
        if self._depends_on_epoch_alone:
            self._restart()
            while self.last_epoch < epoch:
                self._advance()
        else:
            self.last_epoch = epoch
            self._ask()

    def _restart(self) -> None:
        """Begin again at epoch 0, from the first rates."""
        for group in self.optimizer.param_groups:
            group["lr"] = group["initial_lr"]
        self._begin()

    def _begin(self) -> None:
        """Go to epoch 0, from the present rates."""
        self.last_epoch = -1
        self._advance()

    def _set(self, rates: Iterable[float]) -> None:
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            group["lr"] = rate
        self._last_lr = self._rates()

    def _rates(self) -> list[float]:
        return [group["lr"] for group in self.optimizer.param_groups]

    @property
    def _resumes(self) -> bool:
        """Whether the rates are those of an optimizer that was loaded, and right for this epoch."""
        return self._is_initial and self.last_epoch > 0

    def _scaled(self, factor: float) -> list[float]:
        """The rates times ``factor``, which leads from the epoch before to this one."""
        return self._rates() if self._resumes else [rate * factor for rate in self._rates()]

    def state_dict(self) -> dict[str, Any]:
        """All attributes but the optimizer.  Functions are left out, callable objects keep their attributes."""
        return {name: _saved(value) for name, value in self.__dict__.items() if name not in _OF_THE_PROGRAM}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` gave."""
        for name, value in state_dict.items():
            self.__dict__[name] = _loaded(self.__dict__.get(name), value)


#: Attributes that are not a part of the state.
_OF_THE_PROGRAM = ("optimizer", "_overridden_step")


def _saved(value: Any) -> Any:
    if isinstance(value, list) and value and all(isinstance(item, LRScheduler) for item in value):
        return [item.state_dict() for item in value]
    if isinstance(value, list) and value and all(callable(item) for item in value):
        return [None if isinstance(item, FunctionType) else dict(item.__dict__) for item in value]
    return value


def _loaded(present: Any, value: Any) -> Any:
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
