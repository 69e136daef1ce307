"""Save and load an optimizer's state, in PyTorch's layout."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from copy import deepcopy
from itertools import chain
from typing import Any

import numpy as np

from .._core.tensor import Tensor, cell
from .._functions.creation import tensor
from .._functions.transfer import transfer
from ..autograd.grad_mode import no_grad


def save_state(optimizer: Any) -> dict[str, Any]:
    """``{"state": {number: {name: tensor}}, "param_groups": [{…, "params": [numbers]}]}``."""
    numbers: dict[int, int] = {}
    groups = []
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            numbers.setdefault(id(parameter), len(numbers))
        settings = {name: value for name, value in group.items() if name != "params"}
        groups.append({**settings, "params": [numbers[id(parameter)] for parameter in group["params"]]})
    state = {
        numbers[id(key)] if isinstance(key, Tensor) else key: dict(value) if isinstance(value, dict) else value
        for key, value in optimizer.state.items()
        if not isinstance(key, Tensor) or id(key) in numbers
    }
    return {"state": state, "param_groups": groups}


def load_state(optimizer: Any, state_dict: dict[str, Any]) -> None:
    """Load what `save_state` returned; tensors are copied to the data type and device of their parameters.

    Raises ValueError for what does not match the optimizer, before anything is changed.
    """
    for part in ("param_groups", "state"):
        if not isinstance(state_dict, Mapping) or part not in state_dict:
            raise ValueError(
                f"an optimizer's state dict has 'state' and 'param_groups', and this one lacks {part!r}; it is what "
                "optimizer.state_dict() gives"
            )
    ours, theirs = optimizer.param_groups, state_dict["param_groups"]
    if not isinstance(theirs, (list, tuple)) or not all(
        isinstance(group, Mapping) and isinstance(group.get("params"), (list, tuple)) for group in theirs
    ):
        raise ValueError(
            "'param_groups' of an optimizer's state dict is a list of dictionaries, each with 'params', a list of the "
            "parameters' numbers"
        )
    if not isinstance(state_dict["state"], Mapping):
        raise ValueError(
            "'state' of an optimizer's state dict is a dictionary from the parameters' numbers, not "
            f"{type(state_dict['state']).__name__}"
        )
    if len(ours) != len(theirs):
        raise ValueError(f"loaded state dict has {len(theirs)} parameter groups, and the optimizer has {len(ours)}")
    for number, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
        if len(mine["params"]) != len(other["params"]):
            raise ValueError(
                f"loaded state dict has a parameter group that doesn't match the size of optimizer's group: group {number} "
                f"has {len(other['params'])} parameters, and the optimizer's has {len(mine['params'])}"
            )
    saved = chain.from_iterable(group["params"] for group in theirs)
    parameters = dict(zip(saved, chain.from_iterable(group["params"] for group in ours), strict=True))
    groups = [
        {**mine, **{name: deepcopy(value) for name, value in other.items() if name != "params"}}
        for mine, other in zip(ours, theirs, strict=True)
    ]
    group_of = {id(parameter): group for group in groups for parameter in group["params"]}
    state: dict[Any, Any] = defaultdict(dict)
    for key, values in state_dict["state"].items():
        parameter = parameters.get(key)
        if parameter is not None:
            if not isinstance(values, Mapping):
                raise ValueError(
                    f"loaded state dict has {type(values).__name__} for parameter {key}, and not a dictionary from names to values"
                )
            state[parameter] = {name: _load_value(name, value, parameter) for name, value in values.items()}
            _check(optimizer, f"parameter {key}", parameter, group_of[id(parameter)], state[parameter])
        elif isinstance(key, int):
            raise ValueError(f"loaded state dict has a state for parameter {key}, which is in none of its groups")
        else:
            state[key] = deepcopy(values)
    optimizer.state = state
    optimizer.param_groups[:] = groups


def _check(optimizer: Any, label: str, parameter: Tensor, group: dict[str, Any], values: dict[str, Any]) -> None:
    """Raise ValueError where ``values`` are not the state that the optimizer keeps for ``parameter``."""
    names = [name for name in optimizer.names(group) if name is not None]
    missing = [name for name in names if values and name not in values]
    if missing:
        raise ValueError(
            f"loaded state dict has {', '.join(values)} for {label}, and {type(optimizer).__name__} needs "
            f"{', '.join(missing)} as well: it is of another optimizer, or of other settings"
        )
    for name in [name for name in names if values.get(name) is not None]:
        made = optimizer.new_state(name, parameter, group)
        expected = tuple((parameter if made is None else made).shape)
        if not isinstance(values[name], (Tensor, int, float)):
            raise ValueError(
                f"loaded state dict has {name!r} of type {type(values[name]).__name__} for {label}: it must be a tensor or a number"
            )
        found = tuple(getattr(values[name], "shape", ()))
        if found != expected:
            raise ValueError(
                f"loaded state dict has {name!r} of shape {found} for {label}, whose shape is {tuple(parameter.shape)}: it must "
                f"have shape {expected}"
            )


def _load_value(name: str, value: Any, parameter: Tensor) -> Any:
    """``value`` as state of ``parameter``, in its data type; a count of steps keeps its own."""
    if not isinstance(value, Tensor):
        if not hasattr(value, "__array__"):
            return deepcopy(value)
        value = tensor(np.asarray(value), backend=parameter.backend)
    dtype = parameter.dtype if value.dtype.is_differentiable and name != "step" else None
    with no_grad():
        return cell(transfer(value, parameter.backend, parameter.device, dtype)._read())
