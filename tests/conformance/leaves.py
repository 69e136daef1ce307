"""`polygrad.array_api`, whose new arrays of floating-point numbers are leaves that require grad."""

from __future__ import annotations

import functools
from typing import Any

from polygrad import Tensor, array_api
from polygrad.array_api import *  # noqa: F403 - the same names

__array_api_version__ = array_api.__array_api_version__
__array_namespace_info__ = array_api.__array_namespace_info__


def _as_leaf(function: Any) -> Any:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        made = function(*args, **kwargs)
        if isinstance(made, Tensor) and made.is_leaf and made.dtype.is_differentiable:
            made.requires_grad_()
        return made

    return call


for (
    _name
) in "arange asarray astype empty empty_like eye full full_like linspace ones ones_like zeros zeros_like".split():
    globals()[_name] = _as_leaf(getattr(array_api, _name))
