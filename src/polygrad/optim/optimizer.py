"""The base class of optimizers: parameter groups, state, hooks, and the step.

A subclass names its update rule (see `rules`), its state and its settings.  `step.update` then runs the rule for all
parameters of a group.
"""

from __future__ import annotations

import functools
import weakref
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, TypeVar, overload

from .._core.graph import RemovableHandle
from .._core.tensor import Tensor
from .._core.warn import warn
from .._functions.creation import zeros_like
from .._state import RECORDERS, recorder
from ..autograd.grad_mode import enable_grad
from .custom_step import watch_step
from .state_dict import load_state, save_state
from .step import update, zero_steps, zeros

__all__ = ["Optimizer", "required"]

R = TypeVar("R")
Parameters = Iterable[Tensor] | Iterable[dict[str, Any]] | Iterable[tuple[str, Tensor]]


class _Required:
    def __repr__(self) -> str:
        return "<required parameter>"


#: The default of a setting that every group must state.
required = _Required()


#: The optimizers that have made a step, by id: kept here, since a compiled step must not change attributes.
_STEPPED: dict[int, weakref.ref[Any]] = {}


def has_stepped(optimizer: Any) -> bool:
    """Whether ``optimizer`` has made a step."""
    return id(optimizer) in _STEPPED


def _note_step(optimizer: Any) -> None:
    number = id(optimizer)

    def forget(_: Any) -> None:
        _STEPPED.pop(number, None)

    _STEPPED[number] = weakref.ref(optimizer, forget)


def _with_hooks(step: Callable) -> Callable:
    """Wrap ``step`` so that it runs the optimizer's hooks."""

    @functools.wraps(step)
    def wrapper(self: Optimizer, *args: Any, **kwargs: Any) -> Any:
        if RECORDERS and (active := recorder()) is not None:
            active.guard(self, "_step_hooks", self._step_hooks)
        if id(self) not in _STEPPED:
            _note_step(self)
        if self._hooks is None:
            return step(self, *args, **kwargs)
        for hook in list(self._hooks["step_pre"].values()):
            replaced = hook(self, args, kwargs)
            if replaced is not None:
                args, kwargs = replaced
        result = step(self, *args, **kwargs)
        for hook in list(self._hooks["step_post"].values()):
            hook(self, args, kwargs)
        return result

    return wrapper


class Optimizer:
    """Base class of optimizers: parameter groups, their state, and the step.

    A subclass gives either an update rule, with ``rule``, `names`, `settings` and perhaps `new_state`, or its own
    `step`.

    Args:
        params: the parameters: tensors, pairs ``(name, tensor)``, or dictionaries of ``"params"`` and settings for
            them.
        defaults: the settings of groups that do not have their own.

    Attributes:
        param_groups: a list of dictionaries with ``"params"`` and the settings, which may be changed between steps.
        state: a dictionary of tensors for each parameter.

    Raises:
        TypeError: ``params`` is no iterable, or has something that is not a tensor.
        ValueError: there are no parameters, one is not a leaf, or one is in two groups.

    Example::

        >>> class SignSGD(polygrad.optim.Optimizer):
        ...     def __init__(self, params, lr):
        ...         super().__init__(params, {"lr": lr})
        ...
        ...     @polygrad.no_grad()
        ...     def step(self):
        ...         for group in self.param_groups:
        ...             for p in group["params"]:
        ...                 p -= group["lr"] * p.grad.sign()
        >>> w = polygrad.tensor([1.0, -2.0], requires_grad=True)
        >>> optimizer = SignSGD([w], lr=0.5)
        >>> (w * w).sum().backward()
        >>> optimizer.step()
        >>> w
        tensor([ 0.5000, -1.5000], requires_grad=True)
    """

    #: The update rule, and the kernel that does the same for many parameters at once.
    rule: ClassVar[Callable[..., tuple[Any, ...]] | None] = None
    kernel: ClassVar[str] = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "step" in cls.__dict__:
            cls.step = _with_hooks(watch_step(cls.step))  # type: ignore[method-assign]  # a subclass's own step

    def __init__(self, params: Parameters, defaults: dict[str, Any]):
        self._hooks: dict[str, OrderedDict[Any, Any]] | None = None
        self.defaults = defaults
        self.state: dict[Any, dict[str, Any]] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        if isinstance(params, Tensor):
            raise TypeError(
                "params must be an iterable of tensors or of dictionaries, as model.parameters() is, not one tensor; write "
                "[tensor]"
            )
        if not hasattr(params, "__iter__"):
            raise TypeError(
                f"params must be an iterable of tensors or of dictionaries, as model.parameters() is, not {type(params).__name__}"
            )
        groups: list[Any] = list(params)  # `add_param_group` checks each
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        for group in groups if isinstance(groups[0], dict) else [{"params": groups}]:
            self.add_param_group(group)

    # -- groups --------------------------------------------------------------------------------------------------------

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add a group of parameters.

        Args:
            param_group: a dictionary with ``"params"`` and the settings that differ from the defaults.

        Raises:
            TypeError: as the constructor; nothing is added then.
            ValueError: as the constructor; nothing is added then.
        """
        if not isinstance(param_group, dict):
            raise TypeError(f"a param_group is a dictionary, not {type(param_group).__name__}")
        if "params" not in param_group:
            raise ValueError(
                f"a param_group has 'params', its parameters, and this one has {sorted(map(str, param_group))}"
            )
        params = param_group["params"]
        if isinstance(params, set):
            raise TypeError(
                "parameters must be in an ordered collection; the order of a set changes between runs: use a list"
            )
        if not isinstance(params, Tensor) and not hasattr(params, "__iter__"):
            raise TypeError(f"the 'params' of a param_group must be some tensors, not {type(params).__name__}")
        params = [params] if isinstance(params, Tensor) else list(params)
        names = None
        if params and isinstance(params[0], tuple):
            names, params = [name for name, _ in params], [parameter for _, parameter in params]
        for parameter in params:
            if not isinstance(parameter, Tensor):
                raise TypeError(f"an optimizer takes tensors, not {type(parameter).__name__}")
            if not (self.defaults.get("differentiable") or parameter.is_leaf or parameter.retains_grad):
                raise ValueError("can't optimize a non-leaf tensor: it was computed; give its leaves, or detach() it")
        first: dict[int, int] = {}  # id → position of the first occurrence
        for place, parameter in enumerate(params):
            first.setdefault(id(parameter), place)
        distinct = list(first.values())
        if len(distinct) != len(params):
            warn(
                f"the optimizer was given {len(params) - len(distinct)} parameter(s) of a group more than once; each is kept "
                "once, and changed once in a step"
            )
            params = [params[place] for place in distinct]
            names = None if names is None else [names[place] for place in distinct]
        taken = {id(parameter) for group in self.param_groups for parameter in group["params"]}
        if any(id(parameter) in taken for parameter in params):
            raise ValueError("some parameters appear in more than one parameter group")
        group = {**param_group, "params": params}
        if names is not None:
            group["param_names"] = names
        for name, default in self.defaults.items():
            if default is required and name not in group:
                raise ValueError(f"parameter group didn't specify a value of required optimization parameter {name}")
            group.setdefault(name, default)
        self.check(group)
        self.param_groups.append(group)

    def check(self, group: dict[str, Any]) -> None:
        """Raise ValueError for settings of ``group`` that are out of range.  A subclass may define it."""

    # -- a step --------------------------------------------------------------------------------------------------------

    def names(self, group: dict[str, Any]) -> tuple[str | None, ...]:
        """The names of the state that the rule takes, in its order, None for what ``group`` has not.  For subclasses."""
        return ()

    def settings(self, group: dict[str, Any]) -> dict[str, Any]:
        """The settings that the rule takes, by name.  For subclasses."""
        raise NotImplementedError(f"{type(self).__name__} defines neither step() nor settings()")

    #: The settings that a schedule may change: a compiled step takes them as inputs.
    scheduled: ClassVar[tuple[str, ...]] = ("lr",)

    #: Settings with another value in the step in which a parameter's state starts from its first gradient.
    at_first: ClassVar[dict[str, float]] = {}

    def new_state(self, name: str, parameter: Tensor, group: dict[str, Any]) -> Any:
        """The first value of the state ``name`` of a parameter, zeros unless overridden.

        A raw array; or None where the rule starts from None.
        """
        return zero_steps(parameter) if name == "step" else zeros(parameter)

    @overload
    def step(self, closure: None = None) -> None: ...
    @overload
    def step(self, closure: Callable[[], R]) -> R: ...
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update all parameters that have a gradient.

        Args:
            closure: computes the loss and its gradients before the update.

        Returns:
            What ``closure`` returned, or None without one.
        """
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        for group in self.param_groups:
            update(self, group)
        return loss

    step = _with_hooks(step)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Reset the gradients of all parameters.

        Args:
            set_to_none: whether ``.grad`` becomes None; otherwise it becomes zeros.
        """
        for group in self.param_groups:
            for parameter in group["params"]:
                if set_to_none:
                    parameter.grad = None
                elif parameter.grad is not None:
                    parameter.grad = zeros_like(parameter.grad)

    # -- state ---------------------------------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """The state and the settings, for `load_state_dict` and `polygrad.save`.

        Returns:
            ``{"state": …, "param_groups": …}``, in which numbers replace the parameters.  Its tensors are the
            optimizer's.
        """
        for hook in self._hooks_of("state_dict_pre"):
            hook(self)
        result = save_state(self)
        for hook in self._hooks_of("state_dict_post"):
            replaced = hook(self, result)
            result = result if replaced is None else replaced
        return result

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Load a state that `state_dict` returned: copied, to the data types and devices of the parameters.

        Args:
            state_dict: the result of `state_dict`.

        Raises:
            ValueError: groups, names or shapes do not match; nothing is loaded then.
        """
        for hook in self._hooks_of("load_pre"):
            replaced = hook(self, state_dict)
            state_dict = state_dict if replaced is None else replaced
        load_state(self, state_dict)
        for hook in self._hooks_of("load_post"):
            hook(self)

    # -- hooks ---------------------------------------------------------------------------------------------------------

    @property
    def _step_hooks(self) -> tuple[int, ...]:
        """The hooks around a step, as a value that guards compare."""
        return () if self._hooks is None else (*self._hooks["step_pre"], *self._hooks["step_post"])

    def _hooks_of(self, kind: str) -> list[Callable]:
        return [] if self._hooks is None else list(self._hooks[kind].values())

    def _register(self, kind: str, hook: Callable, prepend: bool = False) -> RemovableHandle:
        if self._hooks is None:
            kinds = ("step_pre", "step_post", "state_dict_pre", "state_dict_post", "load_pre", "load_post")
            self._hooks = {name: OrderedDict() for name in kinds}
        handle = RemovableHandle(self._hooks[kind], hook)
        if prepend:
            self._hooks[kind].move_to_end(handle.id, last=False)
        return handle

    def register_step_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(optimizer, args, kwargs)`` before each step; it may return other ``(args, kwargs)``."""
        return self._register("step_pre", hook)

    def register_step_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(optimizer, args, kwargs)`` after each step."""
        return self._register("step_post", hook)

    def register_state_dict_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call ``hook(optimizer)`` before `state_dict`; with ``prepend`` before the other hooks."""
        return self._register("state_dict_pre", hook, prepend)

    def register_state_dict_post_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call ``hook(optimizer, state_dict)`` after `state_dict`; it may return another dictionary."""
        return self._register("state_dict_post", hook, prepend)

    def register_load_state_dict_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call ``hook(optimizer, state_dict)`` before `load_state_dict`; it may return another dictionary."""
        return self._register("load_pre", hook, prepend)

    def register_load_state_dict_post_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call ``hook(optimizer)`` after `load_state_dict`."""
        return self._register("load_post", hook, prepend)

    def __repr__(self) -> str:
        lines = []
        for number, group in enumerate(self.param_groups):
            lines.append(f"Parameter Group {number}")
            lines += [f"    {name}: {group[name]}" for name in sorted(group) if name not in ("params", "param_names")]
        return f"{type(self).__name__} (\n" + "\n".join(lines) + "\n)"
