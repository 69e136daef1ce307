"""Which backend the tests run on.

``--backend NAME`` keeps the tests of that backend: those that are parametrised with it, and, for NumPy, all that are not
parametrised with any.  Without it everything runs on every backend that is installed.
"""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--backend", help="run the tests of this backend only")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = config.getoption("--backend")
    if wanted is None:
        return
    kept, dropped = [], []
    for item in items:
        (kept if _backend_of(item) == wanted else dropped).append(item)
    config.hook.pytest_deselected(items=dropped)
    items[:] = kept


def _backend_of(item: pytest.Item) -> str:
    """The backend that ``item`` is parametrised with; NumPy where it is not."""
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    value = parameters.get("backend", parameters.get("backend_name"))
    if value is not None:
        return getattr(value, "name", value)
    if any(name in getattr(item, "fixturenames", ()) for name in ("jax", "on_jax")):
        return "jax"
    return "numpy"
