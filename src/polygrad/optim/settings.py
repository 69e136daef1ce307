"""Settings of optimizers: read as Python numbers, and checked."""

from __future__ import annotations

import math
from typing import Any

from .._core.scalars import PYTHON_SCALARS, to_python
from .._core.tensor import Tensor
from .._functions.common import real_number
from .._state import not_recording
from .optimizer import Optimizer


def to_number(value: Any) -> Any:
    """A setting as a Python number; PyTorch also takes tensors of one element."""
    if not isinstance(value, Tensor):
        return value if value.__class__ in PYTHON_SCALARS else to_python(value)
    with not_recording():  # a recorded step reads it in every run
        return value.item()


def number_or_none(value: Any) -> Any:
    """A setting as a Python number, and None where 0 switches it off."""
    return to_number(value) or None


def check_range(optimizer: Optimizer, group: dict[str, Any], **allowed: str) -> None:
    """Raise TypeError for a setting that is no number, ValueError for one out of its range: "≥ 0", "in [0, 1]" or "any"."""
    for name, wanted in allowed.items():
        value = to_number(real_number(group[name], type(optimizer).__name__, name))
        if wanted == "≥ 0" and not value >= 0:
            raise ValueError(f"Invalid {name} value: {value} (it must be at least 0)")
        if wanted == "in [0, 1]" and not 0 <= value <= 1:
            raise ValueError(f"Invalid {name} value: {value} (it must be in [0, 1])")


def pair(optimizer: Optimizer, group: dict[str, Any], name: str) -> tuple[Any, Any]:
    """The setting ``name``, two numbers; TypeError or ValueError for anything else."""
    kind, values = type(optimizer).__name__, group[name]
    if not isinstance(values, (tuple, list)):
        raise TypeError(f"{kind}(): argument {name!r} must be two numbers, not {type(values).__name__}")
    if len(values) != 2:
        raise ValueError(f"{kind}(): argument {name!r} must be two numbers, not {len(values)}")
    first, second = (to_number(real_number(x, kind, f"{name}[{place}]")) for place, x in enumerate(values))
    return first, second


def check_betas(optimizer: Optimizer, group: dict[str, Any]) -> None:
    """Raise TypeError or ValueError unless ``betas`` are two numbers in [0, 1)."""
    for place, beta in enumerate(pair(optimizer, group, "betas")):
        if not 0 <= beta < 1:
            raise ValueError(f"Invalid beta parameter at index {place}: {beta} (it must be in [0, 1))")


def settings_of_betas(group: dict[str, Any], *logarithms: str) -> dict[str, float]:
    """Both ``betas`` as Python numbers, and their logarithms, or those that are named."""
    found = {}
    for name, beta in zip(("beta1", "beta2"), map(to_number, group["betas"]), strict=True):
        found[name] = beta
        if not logarithms or f"log_{name}" in logarithms:
            found[f"log_{name}"] = math.log(beta) if beta else -math.inf
    return found
