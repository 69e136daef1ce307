"""Sets the backend, and marks the tests of `reasons.py` as known to fail."""

from __future__ import annotations

import os

import pytest
import reasons

import polygrad

BACKEND, *MODE = os.environ["POLYGRAD_CONFORMANCE"].split()
polygrad.set_backend(BACKEND)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that stand in the list fail; where a random case is what fails, they may also pass."""
    known = {**reasons.REASONS.get(BACKEND, {}), **(reasons.MODES[MODE[0]] if MODE else {})}
    for item in items:
        name = f"{item.path.name}::{item.name}"
        for part, reason in known.items():
            if part in name:
                item.add_marker(pytest.mark.xfail(reason=reason, strict=part not in reasons.AT_RANDOM))
