"""The core's hooks: filled once, by the rooms above."""

from __future__ import annotations

import pytest

import polygrad
from polygrad._core.hooks import HOOKS, Hooks


def test_every_hook_is_annotated_and_filled():
    polygrad.func.jvp(polygrad.sin, (polygrad.ones(1),), (polygrad.ones(1),))
    assert set(Hooks.__annotations__) == set(Hooks.__slots__)
    assert all(callable(getattr(HOOKS, name)) for name in Hooks.__slots__)


def test_a_hook_that_is_not_filled_or_filled_twice_is_an_error():
    hooks = Hooks()
    with pytest.raises(RuntimeError, match="hook 'make_tensor' is not filled yet"):
        _ = hooks.make_tensor
    hooks.make_tensor = polygrad.tensor
    with pytest.raises(RuntimeError, match="hook 'make_tensor' is filled already"):
        hooks.make_tensor = polygrad.tensor
    with pytest.raises(AttributeError):
        hooks.unknown = 1
    with pytest.raises(AttributeError, match="no hook 'unknown'; it has constant_of"):
        _ = hooks.unknown
