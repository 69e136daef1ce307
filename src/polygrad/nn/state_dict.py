"""Saving and loading a module's state.  Loading changes nothing before everything is known to match."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from .._core.tensor import Tensor
from .._functions.creation import as_tensor
from ..autograd.grad_mode import no_grad
from .parameter import Buffer, Parameter, UninitializedTensorMixin, is_lazy
from .registration import BUFFER, MODULE, PARAMETER, register

__all__ = ["IncompatibleKeys", "load_state", "plan_module", "save_module", "save_state"]

EXTRA = "_extra_state"


class IncompatibleKeys(NamedTuple):
    """Result of `Module.load_state_dict`: keys that the dictionary lacks, and keys that the module lacks."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"


# -- saving ------------------------------------------------------------------------------------------------------------


def save_state(module: Any, destination: Any, prefix: str, keep_vars: bool) -> Any:
    """Put the state of ``module`` and its submodules into ``destination``."""
    metadata = getattr(destination, "_metadata", None)
    local = {"version": module._version}
    if metadata is not None:
        metadata[prefix[:-1]] = local
    hooks = module._hooks
    for hook in list(hooks.state_dict_pre.values()) if hooks else ():
        hook(module, prefix, keep_vars)
    module._save_to_state_dict(destination, prefix, keep_vars)
    for name, child in module._modules.items():
        if child is not None:
            child.state_dict(destination=destination, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
    for hook in list(hooks.state_dict_post.values()) if hooks else ():
        if hook(module, destination, prefix, local) is not None:
            raise RuntimeError("a state_dict post-hook returns None; it may change the dictionary in place")
    return destination


def save_module(module: Any, destination: Any, prefix: str, keep_vars: bool) -> None:
    """Put the state of ``module`` alone into ``destination``: parameters, buffers, then its extra state."""
    for chosen in (PARAMETER, BUFFER):
        for name, kind in module._kinds.items():
            value = module.__dict__[name]
            if kind == chosen and value is not None:
                destination[prefix + name] = value if keep_vars else value.detach()
    if hasattr(module, "get_extra_state"):
        destination[prefix + EXTRA] = module.get_extra_state()


# -- loading -----------------------------------------------------------------------------------------------------------


class Plan:
    """What loading a state will do, and the errors found."""

    strict: bool
    assign: bool

    def __init__(self, strict: bool, assign: bool):
        self.strict, self.assign = strict, assign
        self.missing: list[str] = []
        self.unexpected: list[str] = []
        self.errors: list[str] = []
        #: (module, attribute, present value, new value), and (module, former extra state).
        self.values: list[tuple[Any, str, Tensor, Tensor]] = []
        self.extras: list[tuple[Any, Any]] = []


def load_state(module: Any, state_dict: Any, strict: bool, assign: bool) -> IncompatibleKeys:
    """Load ``state_dict`` into ``module`` and its submodules, or raise and change nothing."""
    if not isinstance(state_dict, Mapping):
        raise TypeError(f"load_state_dict() takes a dictionary from names to tensors, not {type(state_dict).__name__}")
    for key in state_dict:
        if not isinstance(key, str):
            raise TypeError(
                f"load_state_dict() takes a dictionary from names to tensors, and this one has the key {key!r}"
            )
    plan = Plan(strict, assign)
    metadata = getattr(state_dict, "_metadata", {})
    try:
        # Hooks may rename and remove keys, so they get a copy.
        _plan(module, OrderedDict(state_dict), metadata, "", plan)
    except BaseException:
        _put_back_extras(plan)
        raise
    result = IncompatibleKeys(plan.missing, plan.unexpected)
    before = [(old, old.__class__, None if is_lazy(old) else old._read(), old._edge) for _, _, old, _ in plan.values]
    if not plan.errors:
        with no_grad():
            for owner, name, old, new in plan.values:
                _put(owner, name, old, new, assign)
        _call_after_loading(module, result)  # these hooks may remove keys from the lists
    problems = list(plan.errors)
    for what, keys in (("Missing", result.missing_keys), ("Unexpected", result.unexpected_keys)):
        if strict and keys:
            problems.append(f"{what} key(s) in state_dict: {', '.join(repr(key) for key in keys)}.")
    if problems:
        for (owner, name, old, _), (_, kind, array, edge) in zip(plan.values, before, strict=True):
            register(owner.__dict__, name, owner._kinds[name], old)
            if array is None:
                old.__class__ = kind
            else:
                old._rebind(array, edge)
        _put_back_extras(plan)
        lines = "".join(f"\n\t{problem}" for problem in problems)
        raise RuntimeError(f"Error(s) in loading state_dict for {type(module).__name__}, nothing was loaded:{lines}")
    return result


def _put_back_extras(plan: Plan) -> None:
    for module, extra in reversed(plan.extras):
        module.set_extra_state(extra)


def _plan(module: Any, state_dict: OrderedDict, metadata: Mapping, prefix: str, plan: Plan) -> None:
    local = {**metadata.get(prefix[:-1], {}), "plan": plan}
    problems = (prefix, local, plan.strict, plan.missing, plan.unexpected, plan.errors)
    hooks = module._hooks
    for hook in list(hooks.load_pre.values()) if hooks else ():
        hook(module, state_dict, *problems)
    module._load_from_state_dict(state_dict, *problems)
    for name, child in module._modules.items():
        if child is not None:
            _plan(child, state_dict, metadata, f"{prefix}{name}.", plan)


def plan_module(module: Any, state_dict: Any, prefix: str, plan: Plan) -> None:
    """Add to ``plan`` what to load into ``module`` alone, and its errors."""
    expected = {}
    for chosen in (PARAMETER, BUFFER):
        for name, kind in module._kinds.items():
            if kind == chosen and module.__dict__[name] is not None:
                expected[name] = module.__dict__[name]
    for name, old in expected.items():
        key = prefix + name
        if key in state_dict:
            new = _convert(key, old, state_dict[key], plan)
            if new is not None:
                plan.values.append((module, name, old, new))
        else:
            plan.missing.append(key)
    known = set(expected)
    if hasattr(module, "set_extra_state"):
        known.add(EXTRA)
        if prefix + EXTRA in state_dict:
            if hasattr(module, "get_extra_state"):
                plan.extras.append((module, module.get_extra_state()))
            module.set_extra_state(state_dict[prefix + EXTRA])  # before the submodules: it may make some
        else:
            plan.missing.append(prefix + EXTRA)
    known.update(name for name, kind in module._kinds.items() if kind == MODULE)
    for key in state_dict:
        if key.startswith(prefix):
            head, _, rest = key[len(prefix) :].partition(".")
            # A name without a dot is a tensor's; otherwise the first part is a submodule, which checks the rest.
            fits = head in known and (head in expected or head == EXTRA) is not bool(rest)
            if not fits:
                plan.unexpected.append(key)


def _convert(key: str, old: Tensor, value: Any, plan: Plan) -> Tensor | None:
    """Return ``value`` as a tensor, or None after adding an error to the plan, or if neither has a shape."""
    if isinstance(value, UninitializedTensorMixin):
        if not is_lazy(old):
            plan.errors.append(
                f"{key} is uninitialized in the state_dict, but the current model's has shape {tuple(old.shape)}."
            )
        return None
    try:
        # Tensors of other libraries, such as PyTorch's, are converted by NumPy.
        new = as_tensor(value if isinstance(value, Tensor) or not hasattr(value, "__array__") else np.asarray(value))
    except (TypeError, ValueError) as error:
        plan.errors.append(f"no tensor for {key}: {error}")
        return None
    if not is_lazy(old) and new.shape != old.shape:
        plan.errors.append(
            f"size mismatch for {key}: copying a parameter of shape {tuple(new.shape)} from state_dict, the shape in "
            f"the current model is {tuple(old.shape)}."
        )
        return None
    if new.dtype.is_complex and not old.dtype.is_complex:
        plan.errors.append(f"dtype mismatch for {key}: {new.dtype.name} does not fit into {old.dtype.name}.")
        return None
    return new


def _put(module: Any, name: str, old: Tensor, new: Tensor, assign: bool) -> None:
    if not assign:
        if isinstance(old, UninitializedTensorMixin):
            old.materialize(new.shape)
        old.copy_(new)
    else:
        if isinstance(old, Parameter):
            new = new if isinstance(new, Parameter) else Parameter(new, old.requires_grad)
        else:
            new = Buffer(new) if isinstance(old, Buffer) else new.detach()
        register(module.__dict__, name, module._kinds[name], new)


def _call_after_loading(module: Any, result: IncompatibleKeys) -> None:
    for child in module._modules.values():
        if child is not None:
            _call_after_loading(child, result)
    hooks = module._hooks
    for hook in list(hooks.load_post.values()) if hooks else ():
        if hook(module, result) is not None:
            raise RuntimeError("a load_state_dict post-hook returns None; it may change the lists of keys in place")
